"""Shifted images: every image by its own amount, every amount equally often, nothing lost except what leaves the frame."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfromscratch.data.augmentation import random_shifts


def moved(image, down, right):
    """One image moved, pixel by pixel."""
    result = np.zeros_like(image)
    for row in range(image.shape[0]):
        for column in range(image.shape[1]):
            if 0 <= row + down < image.shape[0] and 0 <= column + right < image.shape[1]:
                result[row + down, column + right] = image[row, column]
    return result


def all_moves(image, pixels):
    steps = range(-pixels, pixels + 1)
    return {moved(image, down, right).tobytes(): (down, right) for down in steps for right in steps}


@given(
    height=st.integers(3, 6),
    width=st.integers(3, 6),
    pixels=st.integers(0, 2),
    n=st.integers(1, 8),
    dtype=st.sampled_from([np.uint8, np.float32, np.float64]),
    seed=st.integers(0, 2**32),
)
def test_every_image_is_moved_by_at_most_so_many_pixels(height, width, pixels, n, dtype, seed):
    X = np.random.default_rng(seed).integers(1, 256, (n, height * width)).astype(dtype)
    before = X.copy()
    result = random_shifts(pixels, (height, width))(X, np.random.default_rng(seed))
    assert result.shape == X.shape and result.dtype == dtype and result.flags.c_contiguous
    for image, shifted in zip(X, result):
        assert shifted.tobytes() in all_moves(image.reshape(height, width), pixels)
    np.testing.assert_array_equal(X, before)
    assert not np.shares_memory(X, result)


@pytest.mark.parametrize("pixels", [1, 2])
def test_all_moves_are_equally_likely_and_differ_from_image_to_image(pixels):
    image = np.arange(1, 26, dtype=np.float32)
    n, moves = 9000, all_moves(image.reshape(5, 5), pixels)
    result = random_shifts(pixels, (5, 5))(np.tile(image, (n, 1)), np.random.default_rng(0))
    counts = {move: 0 for move in moves.values()}
    for row in result:
        counts[moves[row.tobytes()]] += 1
    expected = n / (2 * pixels + 1) ** 2
    assert len(counts) == (2 * pixels + 1) ** 2
    assert all(abs(count - expected) < 5 * expected**0.5 for count in counts.values())


def test_the_default_is_one_pixel_on_mnist():
    X = np.zeros((500, 784), np.uint8)
    X[:, 14 * 28 + 14] = 9
    rows, columns = np.divmod(random_shifts()(X, np.random.default_rng(0)).argmax(axis=1), 28)
    assert set(rows) == set(columns) == {13, 14, 15}


def test_no_pixels_is_a_copy():
    X = np.random.default_rng(0).random((3, 784), np.float32)
    result = random_shifts(0)(X, np.random.default_rng(0))
    np.testing.assert_array_equal(result, X)
    assert not np.shares_memory(X, result)


def test_shifts_depend_on_rng_alone_and_use_it_up():
    X, shift, rng = np.random.default_rng(0).random((50, 784), np.float32), random_shifts(2), np.random.default_rng(3)
    first, second = shift(X, rng), shift(X, rng)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(shift(X, np.random.default_rng(3)), first)
    np.testing.assert_array_equal(shift(X, 3), first)


def test_rows_that_do_not_lie_side_by_side_in_memory():
    X = np.random.default_rng(0).random((40, 784), np.float32)
    expected = random_shifts()(X[::2].copy(), 1)
    np.testing.assert_array_equal(random_shifts()(X[::2], 1), expected)
    np.testing.assert_array_equal(random_shifts()(np.asfortranarray(X[::2]), 1), expected)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"pixels": -1}, ValueError, "pixels is -1; expected a whole number of at least 0"),
        ({"pixels": 1.5}, TypeError, "pixels is 1.5"),
        ({"pixels": 28}, ValueError, "pixels is 28; expected less than the shorter side of the image \\(28\\)"),
        ({"pixels": 3, "image_shape": (3, 8)}, ValueError, "less than the shorter side of the image \\(3\\)"),
        ({"image_shape": (0, 28)}, ValueError, "a side of image_shape is 0"),
        ({"image_shape": (28, 28.0)}, TypeError, "a side of image_shape is 28.0"),
        ({"image_shape": (28, 28, 1)}, ValueError, "values to unpack"),
    ],
)
def test_bad_arguments_are_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        random_shifts(**arguments)


@pytest.mark.parametrize(
    ("X", "error", "words"),
    [
        (np.zeros((2, 783)), ValueError, r"X has shape \(2, 783\); expected \(any, 784\)"),
        (np.zeros(784), ValueError, r"X has shape \(784,\); expected \(any, 784\)"),
        (np.zeros((2, 28, 28)), ValueError, r"X has shape \(2, 28, 28\)"),
        ([[0.0] * 784], TypeError, "X is a list; expected a NumPy array"),
    ],
)
def test_what_is_no_row_of_such_images_is_refused(X, error, words):
    with pytest.raises(error, match=words):
        random_shifts()(X, np.random.default_rng(0))
