"""Preparation of a drawn digit: what MNIST's makers did, whatever the picture's size, place, colors, and noise."""

import json

import numpy as np
import pytest

from nnfromscratch import load_digits
from nnfromscratch.data.handwriting import (
    BOX,
    digit_steps,
    grays,
    load_drawings,
    overlaps,
    prepare_digit,
    prepare_strokes,
    read_picture,
    stroke_steps,
)
from nnfromscratch.widgets import load_digit_network
from photographs import DIGITS, DRAWN, PHOTOGRAPHS, darker_to_one_side, photograph, white


def seven(height=60, width=40, thick=5):
    """Return a plain 7 in white on black."""
    image = np.zeros((height, width))
    image[:thick] = 1
    for row in range(height):
        right = round((width - thick) * (1 - row / height))
        image[row, right : right + thick] = 1
    return image


def center_of_mass(image):
    rows, columns = np.indices(image.shape) + 0.5
    return (rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()


def test_place_size_and_colors_do_not_matter():
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
    np.testing.assert_allclose(center_of_mass(steps.centered), 14.5, atol=0.51)
    assert not np.any((steps.centered * 255 + 1e-9) % 1 > 1e-6)


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


def test_a_line_stays_a_line():
    line = np.zeros((50, 50))
    line[:, 0] = 1
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
        (np.pad(np.ones((3, 4)), 30), ValueError, "shows only specks: the largest is 4 pixels long; expected at least 5"),
    ],
)
def test_anything_else_is_rejected(image, error, message):
    with pytest.raises(error, match=message):
        prepare_digit(image)


@pytest.mark.slow
def test_digits_are_still_read_when_moved_enlarged_and_inverted():
    data, network = load_digits(), load_digit_network()
    X, y = data.X_test[::4], data.y_test[::4]
    changed = [1 - np.pad(np.kron(x.reshape(28, 28), np.ones((3, 3))), ((0, 40), (70, 3))) for x in X]
    assert network.score(np.array([prepare_digit(image) for image in changed]), y) > 0.97
    raw = np.array([image[::4, ::4][:28, :28].ravel() for image in changed])  # the same pictures without preparation
    assert network.score(raw.astype(np.float32), y) < 0.6


# --- strokes ---------------------------------------------------------------------------------------------------------------------------


def moved(strokes, zoom, x, y):
    return [[[zoom * px + x, zoom * py + y] for px, py in stroke] for stroke in strokes]


def test_size_and_place_of_a_drawing_do_not_matter():
    three = DIGITS[3]
    for zoom, x, y in ((1, 0, 0), (0.25, 200, 20), (0.2, 7, 9), (3, -80, 5)):
        np.testing.assert_array_equal(prepare_strokes(moved(three, zoom, x, y)), prepare_strokes(three))


def test_the_pen_is_as_wide_as_in_mnist():
    widths = [(prepare_strokes([[[50, 40], [50, 240]]]).reshape(28, 28) > 0.5).sum(axis=1).max()]
    assert widths == [2]
    ink = [np.mean([prepare_strokes(drawing["strokes"]).sum() for drawing in DRAWN if drawing["label"] == 0])]
    data = load_digits()
    assert ink == pytest.approx([data.X_train[data.y_train == 0].sum(axis=1).mean()], rel=0.3)


@pytest.mark.parametrize(
    "strokes, message",
    [
        ([], "the sheet is empty"),
        ([[]], "the sheet is empty"),
        ([[[9, 9], [11, 12]]], "only a dot: it is 3 units"),
        ([[[0, np.nan]]], "NaN"),
    ],
)
def test_strokes_that_show_no_digit_are_rejected(strokes, message):
    with pytest.raises(ValueError, match=message):
        stroke_steps(strokes)


# --- photographs -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_shows_the_digit_alone(name):
    digit = int(name[-1])
    found, drawn = prepare_digit(PHOTOGRAPHS[name]), prepare_strokes(DIGITS[digit])
    assert np.corrcoef(found, drawn)[0, 1] > 0.7
    assert load_digit_network().predict(found[None]) == digit


@pytest.mark.parametrize(
    "kind, remark",
    [
        ("a black edge: 3", "Everything around the sheet of paper was left out."),
        ("a box: 3", "A frame around the digit was left out."),
        ("a sheet on a table: 5", "Everything around the sheet of paper was left out."),
        ("a dark corner: 5", "A shadow or a frame at the edge was left out."),
        ("specks: 3", ""),
    ],
)
def test_what_is_left_out_is_reported(kind, remark):
    assert " ".join(digit_steps(PHOTOGRAPHS[kind]).remarks) == remark


def test_two_shapes_far_apart_are_reported_and_the_larger_is_kept():
    two = np.zeros((100, 200))
    two[10:90, 10:40], two[30:70, 150:160] = 1, 1
    steps = digit_steps(two)
    assert steps.cropped.shape == (80, 30) and steps.remarks == ["The picture shows several shapes; only the largest was kept."]


def test_a_five_with_a_separate_hat_stays_whole():
    five = np.pad(np.ones((40, 20)), ((20, 20), (20, 40)))
    five[12:16, 42:66] = 1
    assert digit_steps(five).cropped.shape == (48, 46)


def test_paper_without_ink_is_not_read_however_it_is_lit():
    for image in (photograph(3, darker_to_one_side, ink=0.8, longer=5), np.linspace(0.4, 0.9, 200)[None] + np.zeros((90, 1))):
        with pytest.raises(ValueError, match="shows no digit|only specks"):
            prepare_digit(image)


def rgba(ink, alpha):
    return np.stack([ink, ink, ink, alpha], axis=-1)


def test_anything_transparent_is_white_paper_unless_the_ink_is_white():
    sheet = np.pad(np.ones((60, 60)), 30)  # an opaque white sheet with a transparent margin
    black = 1 - np.pad(seven(), ((30, 30), (40, 40)))
    np.testing.assert_allclose(prepare_digit(grays(rgba(black, sheet))), prepare_digit(black))
    np.testing.assert_allclose(prepare_digit(grays(rgba(np.zeros((120, 120)), 1 - black))), prepare_digit(black))
    np.testing.assert_allclose(prepare_digit(grays(rgba(np.ones((120, 120)), 1 - black))), prepare_digit(1 - black))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_file_is_turned_as_its_camera_says(tmp_path, kind):
    pytest.importorskip("PIL")
    from PIL import Image

    shades = np.round(255 * photograph(5, white)).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(shades)).save(tmp_path / "turned", kind, exif=exif, **({"lossless": True} if kind == "webp" else {}))
    np.testing.assert_allclose(read_picture(tmp_path / "turned"), shades / 255, atol=0.1)


def test_sixteen_bits_and_palettes_are_read(tmp_path):
    pytest.importorskip("PIL")
    from PIL import Image

    image = photograph(5, white)
    Image.fromarray(np.round(65535 * image).astype(np.uint16)).save(tmp_path / "deep.png")
    Image.fromarray(np.round(255 * image).astype(np.uint8)).convert("P").save(tmp_path / "palette.gif")
    for name in ("deep.png", "palette.gif"):
        np.testing.assert_allclose(read_picture(tmp_path / name), image, atol=1 / 255)


# --- files of drawings -----------------------------------------------------------------------------------------------------------------


def test_a_file_of_drawings_becomes_a_labeled_set(tmp_path):
    pixels = np.round(255 * load_digits().X_test[0]).astype(int).tolist()
    drawings = [{"label": 3, "strokes": DIGITS[3]}, {"label": None, "strokes": [[[0, 0], [90, 9]]]}, {"label": 7, "pixels": pixels}]
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"format": "nnfromscratch drawings", "version": 1, "sheet": 280, "drawings": drawings}))
    X, y = load_drawings(file)
    assert X.shape == (3, 784) and X.dtype == np.float32 and y.tolist() == [3, -1, 7]
    np.testing.assert_array_equal(X[0], prepare_strokes(DIGITS[3]))
    np.testing.assert_array_equal(X[2], load_digits().X_test[0])


@pytest.mark.parametrize(
    "content, message",
    [
        ("nonsense", "holds no drawings; expected a file that the drawing canvas saved"),
        ("[]", "holds no drawings"),
        ('{"format": "other", "drawings": [1]}', "holds no drawings"),
        ('{"format": "nnfromscratch drawings", "drawings": []}', "holds no drawings"),
        ('{"format": "nnfromscratch drawings", "drawings": [{"label": 3}]}', "drawing 1 of .*damaged"),
        ('{"format": "nnfromscratch drawings", "drawings": [{"label": 12, "strokes": [[[0, 0], [9, 9]]]}]}', "label 12; expected 0 to 9"),
        ('{"format": "nnfromscratch drawings", "drawings": [{"label": 3, "strokes": [[[0, 0]]]}]}', "only a dot"),
        ('{"format": "nnfromscratch drawings", "drawings": [{"label": 3, "pixels": [300]}]}', "drawing 1 of .*damaged"),
    ],
)
def test_a_damaged_file_of_drawings_is_explained(tmp_path, content, message):
    (tmp_path / "mine.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        load_drawings(tmp_path / "mine.json")
