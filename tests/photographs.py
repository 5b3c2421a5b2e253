"""Photographs of drawn digits as people take them: shadows, frames, specks, a sheet on a table, a tiny digit on a large sheet."""

import json
from pathlib import Path

import numpy as np

from nnfromscratch.data.handwriting import draw_strokes, resize

DRAWN = json.loads((Path(__file__).parents[1] / "benchmarks" / "drawings" / "development.json").read_text(encoding="utf-8"))["drawings"]
DIGITS = {drawing["label"]: drawing["strokes"] for drawing in DRAWN if drawing["label"] is not None}  # the last drawing of each digit
HEIGHT, WIDTH = 400, 300


def photograph(digit, paper, *, size=(HEIGHT, WIDTH), longer=120, at=(150, 90), ink=0.2, noise=0.0):
    """Return a digit in ink on paper, whose shade is a function of x and y from 0 to 1."""
    shape = resize(draw_strokes(DIGITS[digit]), longer)
    y, x = np.mgrid[: size[0], : size[1]] / np.reshape(size, (2, 1, 1))
    image = paper(x, y) + np.zeros(size)
    window = image[at[0] : at[0] + shape.shape[0], at[1] : at[1] + shape.shape[1]]
    window[...] = (1 - shape) * window + shape * ink
    return np.clip(image + np.random.default_rng(digit).normal(0, noise, size), 0, 1) if noise else image


def white(x, y):
    """Return evenly lit paper."""
    return 0.9


def darker_to_one_side(x, y):
    """Return paper that gets darker from left to right."""
    return 0.85 - 0.4 * x


def with_box(image, inset, width, shade=0.2):
    """Return the picture with a rectangle drawn into it, `inset` pixels from the edges."""
    framed = image.copy()
    framed[inset : -inset or None, inset : -inset or None] = shade
    inner = inset + width
    framed[inner:-inner, inner:-inner] = image[inner:-inner, inner:-inner]
    return framed


def with_specks(image):
    """Return the picture with 40 specks."""
    specked = image.copy()
    for row, column in np.random.default_rng(0).integers(0, (HEIGHT - 3, WIDTH - 3), (40, 2)):
        specked[row : row + 2, column : column + 3] = 0.3
    return specked


def on_a_table(image):
    """Return the picture as a sheet on a dark table."""
    table = np.full((800, 700), 0.15)
    table[200:600, 200:500] = image
    return table


def dark_corner(image):
    """Return the picture with a dark corner, as of a finger."""
    return np.where(np.add.outer(np.arange(HEIGHT), np.arange(WIDTH)) < 110, 0.1, image)


KINDS = {
    "darker to one side": lambda digit: photograph(digit, darker_to_one_side),
    "darker to one side, grainy": lambda digit: photograph(digit, darker_to_one_side, noise=0.03),
    "the edge of a shadow": lambda digit: photograph(digit, lambda x, y: 0.9 - 0.3 * (x + y > 1.1)),
    "dark toward the corners": lambda digit: photograph(digit, lambda x, y: 0.9 - 1.2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2), ink=0.1),
    "chalk on a board": lambda digit: 1 - photograph(digit, darker_to_one_side),
    "a black edge": lambda digit: with_box(photograph(digit, white), 0, 12, 0.1),
    "a box": lambda digit: with_box(photograph(digit, white), 40, 4),
    "specks": lambda digit: with_specks(photograph(digit, white)),
    "a sheet on a table": lambda digit: on_a_table(photograph(digit, white)),
    "a dark corner": lambda digit: dark_corner(photograph(digit, white)),
    "tiny on a large sheet": lambda digit: photograph(digit, white, size=(1500, 2000), longer=45, at=(700, 1200), noise=0.02),
}
PHOTOGRAPHS = {f"{kind}: {digit}": make(digit) for kind, make in KINDS.items() for digit in ((3, 5) if "tiny" not in kind else (2,))}
