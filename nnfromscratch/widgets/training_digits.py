"""The training digits as the canvas compares a drawing with them: one picture of all, and what is usual for each label."""

import io
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image

from .._typing import Array
from ..data.datasets import load_digits

COLUMNS, SIDE, SHADES = 80, 28, 16
PAGE_FILE = "training-digits.png"  # at the root of the published site: loaded when a reader first draws
QUANTILES = np.array([1, 2.5, 5, 10, 25, 50, 75, 90, 95, 97.5, 99])


@lru_cache(maxsize=1)
def bundled() -> tuple[Array, Array]:
    """Return the bundled training digits, ordered by label."""
    data = load_digits()
    order = np.argsort(data.y_train, kind="stable")
    return data.X_train[order], data.y_train[order]


def sprite(X: Array) -> bytes:
    """Return a PNG with all images, 80 in a row, in 16 shades of gray."""
    rows = -(-len(X) // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, SIDE, SIDE), dtype=np.uint8)
    tiles[: len(X)] = np.round((SHADES - 1) * X).reshape(-1, SIDE, SIDE)
    picture = Image.fromarray(tiles.reshape(rows, COLUMNS, SIDE, SIDE).swapaxes(1, 2).reshape(rows * SIDE, COLUMNS * SIDE), mode="P")
    picture.putpalette([level * 255 // (SHADES - 1) for level in range(SHADES) for _ in "rgb"])
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", bits=4, optimize=True)
    return buffer.getvalue()


def measures(X: Array) -> Array:
    """Return the ink, the width divided by the height, and the slant of each image, shape (n_images, 3); digit_why.js does the same."""
    images, place = X.reshape(-1, SIDE, SIDE).astype(np.float64), np.arange(SIDE)
    mass = images.sum(axis=(1, 2))
    x, y = images.sum(axis=1) @ place / mass, images.sum(axis=2) @ place / mass
    dx, dy = place - x[:, None], place - y[:, None]
    slant = -np.einsum("nij,ni,nj->n", images, dy, dx) / np.einsum("nij,ni->n", images, dy**2)
    width, height = (np.ptp(np.where((images > 0.2).any(axis=axis), place, place.mean()), axis=1) + 1 for axis in (1, 2))
    return np.stack([mass, width / height, slant], axis=1)


def usual(X: Array, y: Array) -> list[dict[str, list[float]]]:
    """Return, for each label, the quantiles of the measures and of the distance to the nearest other image with this label."""
    found = []
    for label in range(10):
        of_label = X[y == label]
        quantiles = (
            np.percentile(np.column_stack([measures(of_label), distances(of_label)]), QUANTILES, axis=0) if len(of_label) > 1 else []
        )
        names = ("ink", "width", "slant", "distance")
        found.append({name: np.round(column, 3).tolist() for name, column in zip(names, np.transpose(quantiles))})
    return found


def distances(X: Array) -> Array:
    """Return the Euclidean distance of each image to the nearest other one."""
    X = X.astype(np.float64)
    squares = (X**2).sum(axis=1)
    all_pairs = np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0)
    np.fill_diagonal(all_pairs, np.inf)
    nearest: Array = np.sqrt(all_pairs.min(axis=1))
    return nearest


@lru_cache(maxsize=1)
def bundled_description() -> dict[str, Any]:
    """Return what a page needs to know about the bundled digits before it loads them."""
    X, y = bundled()
    return describe(X, y) | {"file": PAGE_FILE}


def describe(X: Array, y: Array) -> dict[str, Any]:
    """Return the labels in order, how the picture is laid out, and what is usual."""
    return {"labels": "".join(map(str, y)), "columns": COLUMNS, "quantiles": QUANTILES.tolist(), "usual": usual(X, y), "file": None}
