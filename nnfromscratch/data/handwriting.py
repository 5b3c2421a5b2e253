"""From a drawn or photographed digit to the 784 numbers that a network trained on MNIST expects.

A network knows only what it was trained on. Every digit of MNIST is white on black, fits a box of 20 x 20 pixels, and has its center of
mass in the middle of 28 x 28 pixels. A picture that is larger, off center, or black on white looks strange to the network, however neat it
is. `handwriting.js` does the same in the browser; the tests compare the two, value by value.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from .._checks import check_array
from .._typing import Array

SIZE, BOX = 28, 20
MIDDLE = 14.5  # MNIST's centers of mass: the middle of row 14 and column 14, counted from 0
CONTRAST, NOISE = 0.1, 0.25  # least difference between ink and paper; anything fainter than this fraction of the darkest ink is noise
NUDGE = 1e-6  # decides ties between two whole numbers, whatever the rounding errors
DRAWN, PEN = 160, 9.0  # strokes are drawn this large, with a pen of this radius: as wide as MNIST's strokes once the box has 20 pixels
SMALLEST = 5  # anything smaller is a dot: in pixels of a picture, in units of the sheet
LARGEST = 1600  # larger pictures are shrunk first
PAPER = 240  # the light on the paper is estimated in a copy whose longer side has at most this many pixels
EVEN = 0.25  # paper counts as evenly lit if the middle 80% of the border's shades span at most this fraction of the ink's contrast
SHEET_CELLS = 40  # a sheet of paper in the picture has at least this many cells along each side
GRID = 256  # connected shapes are looked for on a grid of at most 256 x 256 cells

Strokes = Sequence[Any]  # one list of points [x, y] per stroke


class DigitSteps(NamedTuple):
    """A picture on its way to the network.

    Attributes
    ----------
    ink : ndarray, shape (height, width)
        1 is ink, 0 is paper. Shadows, frames, specks, and noise are gone.
    cropped : ndarray
        The smallest rectangle that contains all ink.
    scaled : ndarray
        Longer side 20 pixels, proportions kept, darkest ink 1.
    centered : ndarray, shape (28, 28)
        Center of mass in row 14 and column 14, 256 shades, both as in MNIST.
    remarks : list of str
        What was left out, such as a frame, as text.

    Examples
    --------
    >>> steps = digit_steps(np.pad(np.ones((6, 3)), 2))
    >>> [step.shape for step in steps[:4]]
    [(10, 7), (6, 3), (20, 10), (28, 28)]
    """

    ink: Array
    cropped: Array
    scaled: Array
    centered: Array
    remarks: list[str]


def prepare_digit(image: Array) -> Array:
    """Return the network's input for a picture of a digit.

    Parameters
    ----------
    image : ndarray of float, shape (height, width)
        Shades from 0 (black) to 1 (white), light on dark or dark on light, of any size. The paper may be unevenly lit.

    Returns
    -------
    ndarray of float32, shape (784,)

    Notes
    -----
    Source of the box of 20 pixels and the center of mass: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
    document recognition", 1998, section III.A.

    Examples
    --------
    >>> stroke = np.zeros((100, 60))
    >>> stroke[10:90, 5:15] = 1
    >>> prepare_digit(stroke).reshape(28, 28).sum(axis=0).nonzero()
    (array([13, 14, 15]),)
    """
    return digit_steps(image).centered.ravel().astype(np.float32)


def prepare_strokes(strokes: Strokes) -> Array:
    """Return the network's input for a digit drawn with a pen, shape (784,).

    The pen is as wide in proportion to the digit as it is in MNIST, so the size of the writing does not matter.

    Parameters
    ----------
    strokes : list
        One list of points [x, y] per stroke, on a sheet of 280 x 280 units; y increases downward.

    Examples
    --------
    >>> small, large = [[[10, 10], [10, 60]]], [[[90, 20], [90, 270]]]
    >>> bool(np.all(prepare_strokes(small) == prepare_strokes(large)))
    True
    """
    return stroke_steps(strokes).centered.ravel().astype(np.float32)


def load_drawings(file: str | Path) -> tuple[Array, Array]:
    """Return the digits of a file that the drawing canvas saved, ready for a network.

    Parameters
    ----------
    file : str or Path
        JSON, {"format": "nnfromscratch drawings", "version": 1, "sheet": 280, "drawings": [...]}. Each drawing has a "label" (0 to 9, or
        null if it is not a digit) and either "strokes" (see `prepare_strokes`) or "pixels": 784 prepared shades from 0 to 255.

    Returns
    -------
    X : ndarray of float32, shape (n_drawings, 784)
    y : ndarray of int64, shape (n_drawings,)
        The labels; -1 for anything that is not a digit.
    """
    try:
        content = json.loads(Path(file).read_text(encoding="utf-8"))
        drawings = content["drawings"] if content["format"] == "nnfromscratch drawings" else None
    except (ValueError, KeyError, TypeError):
        drawings = None
    if not isinstance(drawings, list) or not drawings:
        raise ValueError(f"{file} holds no drawings; expected a file that the drawing canvas saved (Collect your own digits, Save file)")
    rows = [_row(drawing, f"drawing {k + 1} of {file}") for k, drawing in enumerate(drawings)]
    return np.array([pixels for pixels, _ in rows]), np.array([label for _, label in rows], dtype=np.int64)


def _row(drawing: Any, name: str) -> tuple[Array, int]:
    """Return the network's input for one drawing of a file, and its label."""
    try:
        label = -1 if drawing["label"] is None else int(drawing["label"])
        if not -1 <= label <= 9:
            raise ValueError(f"label {label}; expected 0 to 9, or null")
        if "strokes" in drawing:
            return prepare_strokes(drawing["strokes"]), label
        pixels = np.asarray(drawing["pixels"], dtype=np.int64).reshape(784)
        if pixels.min() < 0 or pixels.max() > 255:
            raise ValueError(f"pixels from {pixels.min()} to {pixels.max()}; expected 0 to 255")
        return (pixels / 255).astype(np.float32), label
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} is damaged ({error}); expected a label, and strokes or 784 pixels") from None


def read_picture(file: str | Path | BinaryIO) -> Array:
    """Return a picture file as shades from 0 (black) to 1 (white), ready for `prepare_digit`. Needs Pillow.

    The picture is turned upright if its camera recorded how it was held. Anything transparent becomes white paper (black, if white ink
    would be invisible).

    Parameters
    ----------
    file : str, Path, or binary file

    Returns
    -------
    ndarray of float64, shape (height, width)
    """
    from PIL import Image, ImageOps

    with Image.open(file) as opened:
        picture = ImageOps.exif_transpose(opened)
        if picture.mode.startswith("I"):  # 16 bits per pixel, which Pillow would clip to 8
            return np.asarray(picture, dtype=np.float64) / 65535
        return grays(np.asarray(picture.convert("RGBA"), dtype=np.float64) / 255)


def grays(rgba: Array) -> Array:
    """Return colors with opacity, shape (..., 4), as shades: on white paper or, if nothing would be seen there, on black."""
    shades = rgba[..., 0] * 0.299 + rgba[..., 1] * 0.587 + rgba[..., 2] * 0.114
    opacity = rgba[..., 3]
    on_white = np.minimum(opacity * shades + (1 - opacity), 1)
    return on_white if np.ptp(on_white) >= CONTRAST else np.minimum(opacity * shades, 1)


def digit_steps(image: Array) -> DigitSteps:
    """Return every step from a picture to the network's input, as `DigitSteps`. Parameters as in `prepare_digit`.

    Examples
    --------
    >>> digit_steps(np.zeros((28, 28)))
    Traceback (most recent call last):
        ...
    ValueError: the picture shows no digit: ink and paper differ by 0.00; expected at least 0.1
    """
    check_array("image", image, ndim=2)
    if image.min() < 0 or image.max() > 1:
        raise ValueError(f"image holds shades from {image.min():g} to {image.max():g}; expected 0 (black) to 1 (white)")
    ink, remarks = find_digit(shrink(image.astype(np.float64)))
    return ink_steps(ink, remarks)


def stroke_steps(strokes: Strokes) -> DigitSteps:
    """Return every step from strokes to the network's input, as `DigitSteps`. Parameters as in `prepare_strokes`.

    Examples
    --------
    >>> stroke_steps([[[50, 50]]])
    Traceback (most recent call last):
        ...
    ValueError: the drawing is only a dot: it is 0 units across; expected at least 5
    """
    return ink_steps(draw_strokes(strokes))


def ink_steps(ink: Array, remarks: Sequence[str] = ()) -> DigitSteps:
    """Return every step from clean ink (1 on 0) to the network's input, as `DigitSteps`."""
    cropped = crop(ink)
    scaled = scale(cropped)
    return DigitSteps(ink, cropped, scaled, center(scaled), list(remarks))


# --- strokes ---------------------------------------------------------------------------------------------------------------------------


def draw_strokes(strokes: Strokes) -> Array:
    """Return a picture of strokes, the longer side of its ink 160 pixels: a round pen that is as wide as in MNIST, with soft edges."""
    lines = [np.asarray(stroke, dtype=np.float64).reshape(-1, 2) for stroke in strokes if len(stroke)]
    if not lines:
        raise ValueError("the sheet is empty; expected at least one stroke")
    points = np.concatenate(lines)
    if not np.isfinite(points).all():
        raise ValueError("the strokes hold NaN or infinity; expected finite coordinates")
    longer = np.ptp(points, axis=0).max()
    if longer < SMALLEST:
        raise ValueError(f"the drawing is only a dot: it is {longer:.0f} units across; expected at least {SMALLEST}")
    zoom, corner = (DRAWN - 2 * PEN) / longer, points.min(axis=0)
    width, height = (int(np.ceil(side * zoom + 2 * PEN)) + 2 for side in np.ptp(points, axis=0))
    picture = np.zeros((height, width))
    for line in lines:
        placed = (line - corner) * zoom + PEN + 1
        for start, end in zip(placed[: max(len(placed) - 1, 1)], placed[1:] if len(placed) > 1 else placed):
            _draw_segment(picture, start, end)
    return picture


def _draw_segment(picture: Array, start: Array, end: Array) -> None:
    """Draw a straight piece of a stroke: the nearer a pixel is to the piece, the darker it becomes."""
    low, high = np.minimum(start, end) - PEN - 1, np.maximum(start, end) + PEN + 1
    left, top = np.maximum(np.floor(low).astype(int), 0)
    right, bottom = np.minimum(np.ceil(high).astype(int), np.array(picture.shape[::-1]) - 1)
    x, y = np.arange(left, right + 1) + 0.5 - start[0], np.arange(top, bottom + 1)[:, None] + 0.5 - start[1]
    length = np.hypot(*(end - start))
    u, v = (end - start) / (length or 1)
    along = np.clip(x * u + y * v, 0, length)
    far = np.hypot(x - along * u, y - along * v)
    window = picture[top : bottom + 1, left : right + 1]
    np.maximum(window, np.clip(PEN + 0.5 - far, 0, 1), out=window)


# --- pictures --------------------------------------------------------------------------------------------------------------------------


def find_digit(image: Array) -> tuple[Array, list[str]]:
    """Return the digit's ink (1 where it is strongest, 0 for everything else) and remarks on what was left out."""
    ink = find_ink(image)
    for box in sheets(ink):  # a light sheet on a dark table, or a black border: look for the digit on the sheet
        try:
            found, remarks = find_digit(image[box])
        except ValueError:
            continue
        framed = np.zeros_like(image)
        framed[box] = found
        return framed, ["Everything around the sheet of paper was left out.", *remarks]
    return keep_digit(ink)


def find_ink(image: Array) -> Array:
    """Return 1 where the ink is strongest and 0 for paper."""
    border = np.sort(np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]]))
    difference = np.abs(image - np.median(border))
    if border[(9 * len(border)) // 10] - border[len(border) // 10] > EVEN * difference.max():
        difference = above_local_paper(image)
    strongest = difference.max()
    if strongest < CONTRAST:
        raise ValueError(f"the picture shows no digit: ink and paper differ by {strongest:.2f}; expected at least {CONTRAST}")
    ink = difference / strongest
    return np.where(ink < NOISE, 0.0, ink)


def above_local_paper(image: Array, rounds: int = 4) -> Array:
    """Return by how much each pixel differs from the paper around it, in the direction of the ink; 0 in the other direction.

    The paper is the mean of the neighborhood, in a small copy of the picture: it changes slowly. Ink would distort the mean, so
    pixels that look like ink are left out of the next one.
    """
    small = resize(image, PAPER) if max(image.shape) > PAPER else image
    reach, is_paper = max(small.shape) // 6, np.ones(small.shape)
    for _ in range(rounds):
        paper = neighborhood_mean(small, is_paper, reach)
        darker, lighter = np.maximum(paper - small, 0), np.maximum(small - paper, 0)
        ink, sign = (darker, -1) if (darker**2).sum() >= (lighter**2).sum() else (lighter, 1)
        is_paper = np.where(ink > ink.max() / 2, 0.0, 1.0)
    large = between(len(paper), len(image)) @ paper @ between(paper.shape[1], image.shape[1]).T
    flat: Array = np.maximum(sign * (image - large), 0)
    return flat


def between(n_old: int, n_new: int) -> Array:
    """Return a matrix (n_new, n_old) that interpolates linearly from n_old numbers to n_new over the same interval."""
    place = np.clip((np.arange(n_new)[:, None] + 0.5) * n_old / n_new - 0.5, 0, n_old - 1)
    weights: Array = np.clip(1 - np.abs(place - np.arange(n_old)), 0, None)
    return weights


def neighborhood_mean(image: Array, weights: Array, reach: int) -> Array:
    """Return the weighted mean of the pixels at most `reach` rows and columns away; if all weights are 0, the mean of the picture."""
    sums, counts = neighborhood_sum(image * weights, reach), neighborhood_sum(weights, reach)
    return np.where(counts > 0.5, sums / np.maximum(counts, 1), image.mean())


def neighborhood_sum(values: Array, reach: int) -> Array:
    """Return the sum of the values at most `reach` rows and columns away."""
    for axis in (0, 1):
        n = values.shape[axis]
        total = np.insert(values.cumsum(axis=axis), 0, 0, axis=axis)
        place = np.arange(n)
        values = total.take(np.minimum(place + reach + 1, n), axis=axis) - total.take(np.maximum(place - reach, 0), axis=axis)
    return values


class Shape(NamedTuple):
    """Connected ink: its cells on the grid, and the box around them (top, left, bottom, right; the last two are excluded)."""

    cells: Array
    top: int
    left: int
    bottom: int
    right: int

    @property
    def longer(self) -> int:
        """Longer side of the box."""
        return max(self.bottom - self.top, self.right - self.left)


def cell_side(ink: Array) -> int:
    """Return how many pixels a side of a grid cell has."""
    return -(-int(max(ink.shape)) // GRID)


def shapes(ink: Array) -> list[Shape]:
    """Return the connected shapes of the ink, largest first."""
    side = cell_side(ink)
    rows, columns = (-(-n // side) for n in ink.shape)
    padded = np.zeros((rows * side, columns * side), dtype=bool)
    padded[: ink.shape[0], : ink.shape[1]] = ink > 0
    waiting = np.asarray(padded.reshape(rows, side, columns, side).any(axis=(1, 3)))
    found = []
    for start in np.argwhere(waiting):
        if waiting[tuple(start)]:
            cells = _fill(waiting, tuple(start.tolist()))
            found.append(Shape(cells, *cells.min(axis=0).tolist(), *(cells.max(axis=0) + 1).tolist()))
    return sorted(found, key=lambda shape: -len(shape.cells))


def _fill(waiting: Array, start: tuple[int, int]) -> Array:
    """Return the cells connected to a first one, also across corners, and stop waiting for them."""
    cells, (rows, columns) = [start], waiting.shape
    waiting[start] = False
    for row, column in cells:
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                if waiting[r, c]:
                    waiting[r, c] = False
                    cells.append((r, c))
    return np.array(cells)


def sheets(ink: Array) -> Iterator[tuple[slice, slice]]:
    """Yield a box of the picture if it could be a sheet of paper: a large solid shape whose box has ink along its edges."""
    shape, side = shapes(ink)[0], cell_side(ink)
    height, width = shape.bottom - shape.top, shape.right - shape.left
    margin = -(-max(height, width) // 40)
    solid = len(shape.cells) >= 0.6 * height * width and 10 * height * width * side**2 >= ink.size
    if min(height, width) < max(SHEET_CELLS, 4 * margin) or not solid:
        return
    rows, columns = slice(shape.top + margin, shape.bottom - margin), slice(shape.left + margin, shape.right - margin)
    box = slice(rows.start * side, rows.stop * side), slice(columns.start * side, columns.stop * side)
    paper = ink[box]
    if np.concatenate([paper[0], paper[-1], paper[:, 0], paper[:, -1]]).astype(bool).mean() > 0.9:
        yield box


def keep_digit(ink: Array) -> tuple[Array, list[str]]:
    """Return the ink without frames, shadows at the edge, specks, and shapes far from the largest one; and, as text, what was left out."""
    every, side = shapes(ink), cell_side(ink)
    grid = [-(-n // side) for n in ink.shape]
    inner = [shape for shape in every if not is_edge(shape, grid)]
    kept, remarks = every, []
    if inner and inner[0].longer * side >= SMALLEST and len(inner[0].cells) >= 0.02 * len(every[0].cells) and len(inner) < len(every):
        kept = inner
        remarks.append("A shadow or a frame at the edge was left out.")
    inner = [shape for shape in kept if not is_frame(shape, kept)]
    if len(inner) < len(kept):
        kept = inner
        remarks.append("A frame around the digit was left out.")
    largest = kept[0]
    if largest.longer * side < SMALLEST:
        raise ValueError(f"the picture shows only specks: the largest is {largest.longer * side} pixels long; expected at least {SMALLEST}")
    parts = [shape for shape in kept if shape.longer >= 0.15 * largest.longer]
    near = [shape for shape in parts if gap(shape, largest) <= 0.25 * largest.longer]
    if len(near) < len(parts):
        remarks.append("The picture shows several shapes; only the largest was kept.")
    mask = np.zeros(grid, dtype=bool)
    for shape in near:
        mask[tuple(shape.cells.T)] = True
    return ink * mask.repeat(side, axis=0).repeat(side, axis=1)[: ink.shape[0], : ink.shape[1]], remarks


def is_edge(shape: Shape, grid: list[int]) -> bool:
    """Return whether a shape runs along the picture's edge, or from one edge to the opposite one."""
    rows, columns = shape.cells.T
    on_edge = (rows == 0) | (rows == grid[0] - 1) | (columns == 0) | (columns == grid[1] - 1)
    across = (shape.top == 0 and shape.bottom == grid[0]) or (shape.left == 0 and shape.right == grid[1])
    return bool(across or on_edge.sum() > 0.1 * (grid[0] + grid[1]))


def is_frame(shape: Shape, every: list[Shape]) -> bool:
    """Return whether a shape is a rectangle with another shape inside: nearly all its cells are close to the edges of its box."""
    inside = any(
        other.top > shape.top
        and other.left > shape.left
        and other.bottom < shape.bottom
        and other.right < shape.right
        and other.longer >= 0.2 * shape.longer
        for other in every
    )
    rows, columns = shape.cells.T
    close = np.minimum(
        np.minimum(rows - shape.top, shape.bottom - 1 - rows) / (shape.bottom - shape.top),
        np.minimum(columns - shape.left, shape.right - 1 - columns) / (shape.right - shape.left),
    )
    return bool(inside and (close < 0.1).mean() > 0.85)


def gap(a: Shape, b: Shape) -> int:
    """Return how many cells there are between the boxes of two shapes."""
    return max(b.top - a.bottom, a.top - b.bottom, b.left - a.right, a.left - b.right, 0)


# --- the box of 20 pixels --------------------------------------------------------------------------------------------------------------


def crop(ink: Array) -> Array:
    """Return the smallest rectangle that contains all ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scale(image: Array) -> Array:
    """Return the picture with a longer side of 20 pixels, the darkest of them 1."""
    scaled = resize(image, BOX)
    return np.asarray(scaled / scaled.max())


def shrink(image: Array) -> Array:
    """Return a picture of at most 1,600 pixels along its longer side."""
    return image if max(image.shape) <= LARGEST else resize(image, LARGEST)


def resize(image: Array, longer: int) -> Array:
    """Return the picture with that longer side: each new pixel is the mean of the area that it covers."""
    height, width = (max(1, round_half_up(longer * side / max(image.shape))) for side in image.shape)
    resized: Array = overlaps(image.shape[0], height) @ image @ overlaps(image.shape[1], width).T
    return resized


def overlaps(n_old: int, n_new: int) -> Array:
    """Return a matrix (n_new, n_old): the fraction of each new pixel that covers each old one, along one axis. Its rows sum to 1."""
    ratio = n_old / n_new
    new, old = np.arange(n_new)[:, None], np.arange(n_old)
    covered: Array = np.clip(np.minimum((new + 1) * ratio, old + 1) - np.maximum(new * ratio, old), 0, None)
    return covered / ratio


def center(scaled: Array) -> Array:
    """Return 28 x 28 pixels with the picture's center of mass as near to row 14 and column 14 as whole pixels allow, in 256 shades."""
    framed, mass = np.zeros((SIZE, SIZE)), scaled.sum()
    middles = [(np.arange(side) + 0.5) @ scaled.sum(axis=1 - axis) / mass for axis, side in enumerate(scaled.shape)]
    top, left = (min(max(round_half_up(MIDDLE - middle), 0), SIZE - side) for middle, side in zip(middles, scaled.shape))
    framed[top : top + scaled.shape[0], left : left + scaled.shape[1]] = np.floor(255 * scaled + 0.5 + NUDGE) / 255
    return framed


def round_half_up(number: float) -> int:
    """Return the nearest whole number; halves go up.

    Examples
    --------
    >>> round_half_up(2.5), round_half_up(-2.5)
    (3, -2)
    """
    return int(np.floor(number + 0.5 + NUDGE))
