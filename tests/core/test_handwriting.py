"""Preparation of a drawn digit: what MNIST's makers did, whatever the picture's size, place, colours and noise."""

import numpy as np
import pytest

from nnfromscratch import load_digits
from nnfromscratch.data.handwriting import BOX, digit_steps, overlaps, prepare_digit
from nnfromscratch.widgets import load_digit_network


def seven(height=60, width=40, thick=5):
    """Return a plain 7 in white on black."""
    image = np.zeros((height, width))
    image[:thick] = 1
    for row in range(height):
        right = round((width - thick) * (1 - row / height))
        image[row, right : right + thick] = 1
    return image


def centre_of_mass(image):
    rows, columns = np.indices(image.shape) + 0.5
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def test_place_size_and_colours_do_not_matter():
    plain = prepare_digit(np.pad(seven(), 5))
    for image in (
        np.pad(seven(), ((3, 90), (150, 7))),
        np.pad(np.kron(seven(), np.ones((4, 4))), 9),
        1 - np.pad(seven(), 5),
        0.2 + 0.6 * np.pad(seven(), 5),
        np.pad(seven(), 5).astype(np.float32),
    ):
        np.testing.assert_allclose(prepare_digit(image), plain, atol=1 / 255 + 1e-6)
    assert plain.dtype == np.float32 and plain.shape == (784,) and plain.max() == 1 and plain.min() == 0


def test_steps_do_what_they_say():
    steps = digit_steps(np.pad(seven(), ((0, 33), (50, 2))))
    assert steps.ink.shape == (93, 92) and steps.cropped.shape == (60, 40)
    assert steps.scaled.shape == (BOX, 13) and steps.scaled.max() == 1
    np.testing.assert_allclose(centre_of_mass(steps.centred), 14.5, atol=0.51)
    assert not np.any((steps.centred * 255 + 1e-9) % 1 > 1e-6)


def test_noise_of_the_paper_is_wiped_away():
    rng, clean = np.random.default_rng(0), np.pad(seven(), 12)
    noisy = np.clip(0.15 + 0.75 * clean + rng.normal(scale=0.04, size=clean.shape), 0, 1)
    assert ((digit_steps(noisy).ink > 0) == (clean > 0)).all()


def test_each_new_pixel_is_the_mean_of_its_area():
    for n_old, n_new in ((7, 3), (3, 7), (5, 5), (1, 20), (280, 20)):
        matrix = overlaps(n_old, n_new)
        np.testing.assert_allclose(matrix.sum(axis=1), 1)
        np.testing.assert_allclose(matrix.sum(axis=0), n_new / n_old)
    np.testing.assert_allclose(overlaps(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]])


def test_dot_becomes_a_block_and_a_line_stays_a_line():
    dot, line = np.zeros((50, 50)), np.zeros((50, 50))
    dot[3:5, 40:42], line[:, 0] = 1, 1
    assert (digit_steps(dot).centred > 0).sum() == 20 * 20
    assert digit_steps(line).scaled.shape == (20, 1)


@pytest.mark.parametrize(
    "image, error, message",
    [
        (np.zeros((28, 28)), ValueError, "shows no digit.*differ by 0.00"),
        (np.full((9, 9), 0.7), ValueError, "shows no digit"),
        (np.ones((28, 28), int), TypeError, "image has dtype int64"),
        (np.ones(784), ValueError, "image has 1 axes"),
        (np.full((5, 5), 255.0), ValueError, "shades from 255 to 255; expected 0"),
        (np.full((5, 5), np.nan), ValueError, "holds nan"),
        (np.ones((0, 5)), ValueError, "empty"),
    ],
)
def test_what_is_no_digit_is_refused(image, error, message):
    with pytest.raises(error, match=message):
        prepare_digit(image)


def test_digits_are_still_read_when_moved_enlarged_and_inverted():
    data, network = load_digits(), load_digit_network()
    X, y = data.X_test[::4], data.y_test[::4]
    changed = [1 - np.pad(np.kron(x.reshape(28, 28), np.ones((3, 3))), ((0, 40), (70, 3))) for x in X]
    assert network.score(np.array([prepare_digit(image) for image in changed]), y) > 0.97
    raw = np.array([image[::4, ::4][:28, :28].ravel() for image in changed])  # the same pictures without preparation
    assert network.score(raw.astype(np.float32), y) < 0.6
