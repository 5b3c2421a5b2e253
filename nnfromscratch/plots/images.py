"""Many small pictures in one: samples with their labels, and what the first layer's neurons look for."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .._checks import check_array, check_finite, check_int, check_labels
from .._typing import Array
from .style import DIVERGING, GRAY, VERMILLION, axes_or_new, check_names, ink, minus


def image_grid(
    images: Array, labels: Array | None = None, predicted: Array | None = None, *, columns: int = 5, ax: Axes | None = None
) -> Axes:
    """Draw images row by row with their labels; a wrong prediction gets a cross, a frame, and the right answer.

    Parameters
    ----------
    images : ndarray, shape (n_images, height, width) or (n_images, side * side)
        Gray values, drawn as ink on paper: the largest number is black.
    labels, predicted : ndarray of int, shape (n_images,), optional
        The true classes and those a network predicted.
    columns : int
        Five leave room for the words "4, not 9".
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> images = np.zeros((3, 8, 8), dtype=np.float32)
    >>> ax = image_grid(images, np.array([7, 2, 9]), np.array([7, 2, 4]))
    >>> [text.get_text() for text in ax.texts]
    ['7', '2', '✗ 4, not 9']
    """
    images = _as_images(images)
    for name, y in [("labels", labels), ("predicted", predicted)]:
        if y is not None:
            check_labels(y, n_samples=len(images), name=name)
    if predicted is not None and labels is None:
        raise ValueError("predicted was passed without labels; expected both, to mark the mistakes")
    shown = labels if predicted is None else predicted
    ax, corners = _draw_tiles(ax, images, columns, with_text=shown is not None, cmap="gray_r", vmin=images.min(), vmax=images.max())
    if shown is None or labels is None:
        for corner in corners:  # without words above it, an image with white edges has no visible end
            ax.add_patch(Rectangle(corner, *images.shape[:0:-1], fill=False, edgecolor=GRAY, linewidth=0.5, clip_on=False))
        return ax
    for i, (x, top) in enumerate(corners):
        wrong = shown[i] != labels[i]
        words = f"✗ {shown[i]}, not {labels[i]}" if wrong else f"{shown[i]}"
        _write_above(ax, words, (x, top), images)
        if wrong:
            ax.add_patch(Rectangle((x, top), *images.shape[:0:-1], fill=False, edgecolor=VERMILLION, linewidth=2, clip_on=False))
    return ax


def weight_images(
    W: Array, image_shape: tuple[int, int] = (28, 28), *, names: Sequence[object] | None = None, columns: int = 5, ax: Axes | None = None
) -> Axes:
    """Draw each neuron's weights as an image, one pixel per weight: white is zero, orange positive, blue negative.

    Parameters
    ----------
    W : ndarray of float, shape (height * width, n_neurons)
        One column per neuron: `W[:, :10]` are the first ten.
    image_shape : (int, int)
        Height and width.
    names : sequence, optional
        What is written above each image.
    columns : int
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = weight_images(np.linspace(-1, 3, 12).reshape(4, 3), (2, 2))
    >>> ax.images[0].get_clim()
    (-3.0, 3.0)
    """
    if np.shape(image_shape) != (2,):
        raise ValueError(f"image_shape is {image_shape!r}; expected (height, width)")
    height, width = (check_int("image_shape", n) for n in image_shape)
    check_array("W", W, shape=(height * width, None))
    largest = float(np.abs(W).max()) or 1.0
    images = W.T.reshape(-1, height, width)
    words = [] if names is None else check_names(names, len(images), "neuron")
    ax, corners = _draw_tiles(ax, images, columns, with_text=bool(words), cmap=DIVERGING, vmin=-largest, vmax=largest)
    for name, corner in zip(words, corners):
        _write_above(ax, name, corner, images)
    bar = ax.figure.colorbar(
        ax.images[0], cax=ax.inset_axes((1.03, 0, 0.03, 1)), ticks=[-largest, 0, largest], format=lambda value, _: minus(f"{value:.2g}")
    )
    bar.outline.set_visible(False)
    return ax


def _write_above(ax: Axes, words: str, corner: tuple[int, int], images: Array) -> None:
    """Write words above the image whose upper left corner is given."""
    _, height, width = images.shape
    ax.text(corner[0] + width / 2, corner[1] - 0.06 * height, words, ha="center", va="bottom", color=ink())


def _as_images(images: Array) -> Array:
    """Return rows of pixels as square images; images stay as they are."""
    if not isinstance(images, np.ndarray) or images.dtype.kind not in "fiu":
        raise TypeError(f"images is {getattr(images, 'dtype', type(images).__name__)}; expected a NumPy array of numbers")
    side = round(images.shape[1] ** 0.5) if images.ndim == 2 else 0
    if images.size == 0 or not (images.ndim == 3 or (images.ndim == 2 and side**2 == images.shape[1])):
        raise ValueError(f"images has shape {images.shape}; expected (n_images, height, width) or (n_images, side * side)")
    check_finite("images", images)
    return images.reshape(-1, side, side) if images.ndim == 2 else images


def _draw_tiles(ax: Axes | None, images: Array, columns: int, *, with_text: bool, **shown: Any) -> tuple[Axes, list[tuple[int, int]]]:
    """Draw all images as one, with gaps; return the axes and the upper left corner of each image."""
    n, height, width = images.shape
    columns = min(check_int("columns", columns), n)
    rows = -(-n // columns)
    across, down = width + max(1, width // 9), height + max(1, round(height * (0.075 * max(columns, 4) if with_text else 0.11)))
    corners = [(i % columns * across, i // columns * down + down - height) for i in range(n)]
    sheet = np.full((rows * down, columns * across), np.nan)
    for image, (x, y) in zip(images, corners):
        sheet[y : y + height, x : x + width] = image
    ax = axes_or_new(ax, (4.5, 4.5 * sheet.shape[0] / sheet.shape[1]))
    ax.imshow(sheet, extent=(0, sheet.shape[1], sheet.shape[0], 0), interpolation="nearest", **shown)
    ax.axis("off")
    return ax, corners
