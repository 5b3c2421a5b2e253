"""Invented drawings to train with: what MNIST lacks (European 1s and 7s, slashed 0s), and what is not a digit at all.

MNIST's writers were American, and every image in it is a digit. A network that has seen nothing else reads a European 1 as a 7, and a
smiley as a 0 with great confidence. Every function returns rows of 784 shades (uint8), prepared as a drawing on the canvas is.
"""

from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from nnfromscratch.data.handwriting import ink_steps, prepare_digit, prepare_strokes

FONTS = ["cmr10", "cmmi10", "cmss10", "cmtt10", "STIXGeneral", "STIXGeneralItalic", "DejaVuSans", "DejaVuSerif", "DejaVuSansMono-Oblique"]
LETTERS = "ACEFGHJKLMNPQRTUVWXadefhkmnprtuvwx&#@?%*=+<"  # without those that are digits as well, such as O, l, Z, S, B, b, g, q, y, D


def rows(draw, n):
    """Return n drawings as rows of shades; `draw()` returns one, and is asked again whenever its drawing cannot be prepared."""
    found = []
    while len(found) < n:
        try:
            found.append(draw())
        except ValueError:
            continue
    return np.round(255 * np.array(found)).astype(np.uint8)


def slanted(strokes, rng):
    """Return strokes (arrays of points, in units of the height) slanted and stretched by chance, at the size of the sheet."""
    matrix = np.array([[np.exp(rng.normal(0, 0.15)), -rng.uniform(-0.15, 0.4)], [0, 1]])
    return [200 * np.asarray(stroke) @ matrix.T for stroke in strokes]


def bent(start, end, rng, bend=0.06, n=9):
    """Return n points from a start to an end, bent to one side."""
    start, end = np.array(start), np.array(end)
    t = np.linspace(0, 1, n)[:, None]
    across = (end - start)[::-1] * [1, -1]
    return start + t * (end - start) + rng.normal(0, bend) * 4 * t * (1 - t) * across


def european_ones(n, rng):
    """Return 1s with a flag, short or very long, some with a foot."""

    def draw():
        top, foot = np.array([rng.normal(0.4, 0.03), 0]), np.array([0.4, 1.0])
        length, angle = rng.uniform(0.15, 0.8), rng.uniform(0.2, 0.95)
        flag = top + length * np.array([-np.sin(angle), np.cos(angle)])
        strokes = [bent(flag, top, rng, 0.1), bent(top, foot, rng, 0.02)]
        if rng.random() < 0.5:
            strokes = [np.concatenate(strokes)]
        if rng.random() < 0.35:
            width = rng.uniform(0.12, 0.3)
            strokes.append(bent(foot - [width, rng.normal(0, 0.03)], foot + [width, rng.normal(0, 0.03)], rng))
        return prepare_strokes(slanted(strokes, rng))

    return rows(draw, n)


def european_sevens(n, rng):
    """Return 7s, most with a bar, some with a serif."""

    def draw():
        left, right, foot = (0, rng.normal(0.05, 0.04)), (rng.uniform(0.4, 0.75), rng.normal(0.02, 0.03)), (rng.uniform(0.05, 0.4), 1)
        top, stem = bent(left, right, rng, 0.08), bent(right, foot, rng, 0.08)
        strokes = [np.concatenate([top, stem])]
        if rng.random() < 0.3:
            strokes[0] = np.concatenate([[(rng.normal(0, 0.03), rng.uniform(0.12, 0.3))], strokes[0]])
        if rng.random() < 0.75:
            middle, reach = stem[rng.integers(3, 6)], rng.uniform(0.12, 0.32)
            tilt = rng.normal(0, 0.05)
            strokes.append(bent(middle - [reach, -tilt], middle + [reach, -tilt], rng))
        return prepare_strokes(slanted(strokes, rng))

    return rows(draw, n)


def slashed_zeros(n, rng):
    """Return 0s with a stroke through them, from the upper right to the lower left, or inside."""

    def draw():
        t = np.linspace(0, 2 * np.pi, 30)[:, None] + rng.uniform(-0.5, 0.5) - np.pi / 2
        width = rng.uniform(0.2, 0.45)
        oval = [0.5, 0.5] + np.hstack([-width * np.cos(t), 0.5 * np.sin(t)])
        reach = rng.uniform(0.6, 1.15) * np.array([width, -0.5 * rng.uniform(0.7, 1)])
        strokes = [oval + rng.normal(0, 0.01, oval.shape), bent([0.5, 0.5] + reach, [0.5, 0.5] - reach, rng)]
        return prepare_strokes(slanted(strokes, rng))

    return rows(draw, n)


def scribbles(n, rng):
    """Return drawings of several random lines, arcs, and curves."""

    def line():
        return bent(rng.uniform(0, 1, 2), rng.uniform(0, 1, 2), rng, 0.1)

    def corners():
        knots = rng.uniform(0, 1, (rng.integers(4, 8), 2))
        return np.concatenate([bent(a, b, rng) for a, b in zip(knots, knots[1:])])

    def arc():
        start, turn = rng.uniform(0, 2 * np.pi), rng.uniform(1, 4.5) * np.pi
        t = np.linspace(0, 1, 40)
        radius = rng.uniform(0.15, 0.5) * (1 - rng.uniform(0, 0.9) * t) if turn > 2 * np.pi else rng.uniform(0.08, 0.5)
        return rng.uniform(0.25, 0.75, 2) + np.stack([radius * np.cos(start + turn * t), radius * np.sin(start + turn * t)], axis=1)

    def curve():
        t = np.linspace(0, 1, 60)[:, None, None]
        waves = rng.normal(0, 1, (2, 5, 2)) / np.arange(1, 6)[:, None]
        angle = np.arange(1, 6)[:, None] * rng.uniform(2, 6) * t
        return (waves[0] * np.sin(angle) + waves[1] * np.cos(angle)).sum(axis=1) / 4

    def zigzag():
        k = rng.integers(5, 10)
        points = np.stack([np.linspace(0, rng.uniform(0.5, 1.5), k), np.arange(k) % 2 * rng.uniform(0.4, 1)], axis=1)
        points += rng.normal(0, 0.05, points.shape)
        return np.concatenate([bent(a, b, rng) for a, b in zip(points, points[1:])])

    kinds = [line, corners, arc, curve, zigzag]

    def draw():
        alone = rng.random() < 0.35
        chosen = [corners, curve, zigzag][rng.integers(3) :][:1] if alone else [kinds[k] for k in rng.integers(0, 5, rng.integers(3, 6))]
        return prepare_strokes(slanted([kind() for kind in chosen], rng))

    return rows(draw, n)


def faces_and_frames(n, rng):
    """Return closed shapes with something inside: faces, boxes, triangles."""

    def ring(center, radius, corners):
        angle = np.linspace(0, 2 * np.pi, corners + 1) + rng.uniform(0, 2 * np.pi)
        knots = center + radius * np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.8, 1.2)], axis=1)
        return np.concatenate([bent(a, b, rng, 0.05, 5) for a, b in zip(knots, knots[1:])])

    def draw():
        strokes = [ring([0.5, 0.5], 0.5, rng.choice([3, 4, 12]))]
        for _ in range(rng.integers(2, 5)):
            strokes.append(bent(rng.uniform(0.25, 0.75, 2), rng.uniform(0.25, 0.75, 2), rng, 0.3))
        return prepare_strokes(slanted(strokes, rng))

    return rows(draw, n)


def letters(n, rng):
    """Return printed letters and signs that are not digits, in the fonts that come with matplotlib."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    fonts = [ImageFont.truetype(folder / f"{name}.ttf", 90) for name in FONTS]

    def draw():
        image = Image.new("L", (220, 180))
        pen, sign = ImageDraw.Draw(image), LETTERS[rng.integers(len(LETTERS))]
        pen.text((60, 30), sign, fill=255, font=fonts[rng.integers(len(fonts))], stroke_width=int(rng.integers(0, 4)))
        return prepare_digit(np.asarray(image) / 255)

    return rows(draw, n)


def two_digits(images, n, rng):
    """Return pairs of digits side by side."""

    def draw():
        left, right = (images[k].reshape(28, 28) / 255 for k in rng.integers(0, len(images), 2))
        overlap = rng.integers(2, 9)
        both = np.zeros((28, 56 - overlap))
        both[:, :28] = left
        both[:, 28 - overlap :] = np.maximum(both[:, 28 - overlap :], right)
        return ink_steps(both).centered.ravel()

    return rows(draw, n)


def two_digits_at_once(images, labels, n, rng):
    """Return digits written over different ones; without 1s, since a 0 with a 1 in it is a slashed 0."""

    def draw():
        first, second = rng.integers(0, len(images), 2)
        if labels[first] == labels[second] or 1 in (labels[first], labels[second]):
            raise ValueError("still a digit")
        a, b = (images[k].reshape(28, 28) / 255 for k in (first, second))
        both = np.maximum(a, np.roll(b, rng.integers(-4, 5, 2), axis=(0, 1)))
        return ink_steps(both).centered.ravel()

    return rows(draw, n)


def lying_digits(images, labels, n, rng):
    """Return digits rotated by 90 degrees, but only those that are then no longer digits."""
    candidates = np.flatnonzero(np.isin(labels, [2, 3, 4, 5, 7]))

    def draw():
        image = images[candidates[rng.integers(len(candidates))]].reshape(28, 28) / 255
        return ink_steps(np.rot90(image, rng.choice([1, 3]))).centered.ravel()

    return rows(draw, n)
