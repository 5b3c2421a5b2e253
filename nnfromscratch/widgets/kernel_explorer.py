"""KernelExplorer: a small kernel slides over a drawing, and the feature map appears."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .. import plots
from .._checks import check_kind, check_number
from .._doors import as_floats
from .._typing import Array
from ..convolution import patches
from ..plots.style import DIVERGING
from .base import LiveFigure, bundle, still_picture
from .own import read_names

SIDE, SIZE, MOST = 28, 3, 50


class KernelExplorer(LiveFigure):
    """A kernel of 3 by 3 numbers slides over a digit or the reader's own drawing. Everything is computed in the browser.

    The reader moves the kernel with pointer, slider, or keys, sees nine products and their sum, changes the kernel's numbers, and draws.

    Parameters
    ----------
    images : dict of str to array, shape (28, 28)
        Images to choose from, at most 50, shades from 0 to 1. One of the digits is `X[i].reshape(28, 28)`.
    kernels : dict of str to array or list of rows, shape (3, 3)
        Kernels to choose from, at most 50.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an image or a kernel does not have this shape or holds numbers that are not allowed.

    Examples
    --------
    >>> image = np.zeros((28, 28))
    >>> image[:, 14:] = 1
    >>> edges = [[-1, 0, 1]] * 3
    >>> print(KernelExplorer({"half": image}, {"left edges": edges}))
    A kernel at work
    left edges on half: from 0 to 3, the highest at row 1, column 13
    """

    _esm = bundle("shared.js", "drawing.js", "kernel_explorer.js")
    _css = bundle("shared.css", "kernel_explorer.css")

    def __init__(self, images: Mapping[str, ArrayLike], kernels: Mapping[str, ArrayLike], *, title: str = "A kernel at work") -> None:
        images, kernels = _read("images", images, SIDE), _read("kernels", kernels, SIZE)
        for name, image in images.items():
            if image.min() < 0 or image.max() > 1:
                advice = f": divide by 255, {name} / 255" if 1 < image.max() <= 255 and image.min() >= 0 else ""
                raise ValueError(f"{name} holds shades from {image.min():g} to {image.max():g}; expected 0 to 1{advice}")
        shades = np.round(np.array(list(images.values())) * 255).astype(np.uint8)
        maps = {
            f"{kernel} on {image}": feature_map(shade / 255, numbers)
            for kernel, numbers in kernels.items()
            for image, shade in zip(images, shades)
        }
        self._lines = [f"{name}: {_in_words(found)}" for name, found in maps.items()]
        first = next(iter(maps))
        super().__init__(
            still=still_picture(lambda figure: _draw(figure, shades[0] / 255, maps[first]), size=(4.8, 2.5)),
            alt=f"An image, and next to it the feature map of the kernel: {self._lines[0]}.",
            images=zlib.compress(shades.tobytes(), 9),
            meta={
                "title": title,
                "images": list(images),
                "kernels": [{"name": name, "numbers": [check_number(name, float(n)) for n in k.ravel()]} for name, k in kernels.items()],
            },
        )

    def lines(self) -> list[str]:
        """Return the range of every feature map."""
        return [self.meta["title"], *self._lines]


def _read(what: str, named: Any, side: int) -> dict[str, Array]:
    """Return a dict of square arrays of this size, float64."""
    check_kind(what, named, Mapping, f'a dict of arrays, such as {{"mine": array}}, each of shape ({side}, {side})')
    if not 1 <= len(named) <= MOST:
        raise ValueError(f"{what} has {len(named)} entries; expected 1 to {MOST}")
    names = read_names(f"the list of names in {what}", named)
    return {name: as_floats(name, array, (side, side), np.float64) for name, array in zip(names, named.values())}


def feature_map(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the sum of the products of the kernel with the patch at every place, shape (26, 26) for an image (28, 28)."""
    return np.asarray((patches(image[None, None], len(kernel))[0, ..., 0] * kernel).sum(axis=(2, 3)))


def _in_words(found: np.ndarray) -> str:
    row, column = np.unravel_index(found.round(6).argmax(), found.shape)
    low, high = (f"{round(float(number), 2) + 0:g}" for number in (found.min(), found.max()))
    return f"from {low} to {high}, the highest at row {row + 1}, column {column + 1}"


def _draw(figure: Figure, image: np.ndarray, found: np.ndarray) -> None:
    """Draw the initial picture."""
    left, right = figure.subplots(1, 2)
    plots.image_grid(image[None], columns=1, ax=left)
    limit = abs(found).max() or 1.0
    right.imshow(found, cmap=DIVERGING, vmin=-limit, vmax=limit)
    right.axis("off")
    for ax, words in [(left, "image"), (right, "feature map")]:
        ax.set_title(words, fontsize=10, color=matplotlib.rcParams["text.color"])
