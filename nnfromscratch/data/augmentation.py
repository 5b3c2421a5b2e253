"""More images from a few: a digit that is shifted, rotated, or bent slightly is still the same digit, but to a dense network it is new."""

from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .._checks import check_int, check_number, check_shape
from .._typing import Array, Rng


class _Augment(Protocol):
    def __call__(self, X: Array, rng: Rng = None) -> Array: ...


SAME_WARP = 32  # neighbors in a (shuffled) batch that share a warp: moving whole rows of memory is 3 times as fast


def random_shifts(pixels: int = 1, image_shape: tuple[int, int] = (28, 28)) -> _Augment:
    """Return a function that moves every image by its own random number of pixels, up or down and left or right.

    Parameters
    ----------
    pixels : int
        The most that an image moves along each axis; all whole numbers from -pixels to pixels are equally likely.
    image_shape : tuple of two ints
        Height and width of the images.

    Returns
    -------
    function
        `shift(X, rng)`: from rows of images, shape (n_samples, height * width) and any dtype, to a new array of the same
        shape and dtype, with zeros where an image moved away from its edge. `rng` is a Generator (or an int, or None).
        It raises a TypeError if `X` is not an array, and a ValueError if its rows are not images of this shape.

    Raises
    ------
    TypeError
        If `pixels` or a side of the image is not an integer.
    ValueError
        If `pixels` is negative, or so large that an image could move out of its frame.

    Notes
    -----
    Source: P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for convolutional neural networks applied to visual
    document analysis", 2003. Each image is put into a frame of zeros and then cut out again through a randomly shifted window.

    Examples
    --------
    >>> shift = random_shifts(pixels=1, image_shape=(3, 3))
    >>> X = np.array([[0, 0, 0, 0, 5, 6, 0, 0, 0]], dtype=np.uint8)
    >>> shift(X, np.random.default_rng(2)).reshape(3, 3)
    array([[0, 0, 5],
           [0, 0, 0],
           [0, 0, 0]], dtype=uint8)
    """
    height, width = check_sides(image_shape)
    pixels = check_int("pixels", pixels, minimum=0)
    if pixels >= min(height, width):
        raise ValueError(f"pixels is {pixels}; expected less than the shorter side of the image ({min(height, width)})")

    def shift(X: Array, rng: Rng = None) -> Array:
        check_images(X, height, width)
        framed = np.zeros((len(X), height + 2 * pixels, width + 2 * pixels), X.dtype)
        framed[:, pixels : pixels + height, pixels : pixels + width] = X.reshape(-1, height, width)
        windows = sliding_window_view(framed, (height, width), axis=(1, 2))
        top, left = np.random.default_rng(rng).integers(0, 2 * pixels + 1, size=(2, len(X)))
        shifted: Array = windows[np.arange(len(X)), top, left].reshape(X.shape)
        return shifted

    return shift


def check_sides(image_shape: tuple[int, int]) -> tuple[int, int]:
    """Return height and width as whole numbers."""
    height, width = (check_int("a side of image_shape", side) for side in image_shape)
    return height, width


def check_images(X: Array, height: int, width: int) -> None:
    """Raise an error unless the rows of X are images of this size."""
    if not isinstance(X, np.ndarray):
        raise TypeError(f"X is a {type(X).__name__}; expected a NumPy array")
    check_shape("X", X, (None, height * width))


def random_warps(
    degrees: float = 10,
    stretch: float = 0.1,
    pixels: float = 1,
    bend: float = 0.7,
    image_shape: tuple[int, int] = (28, 28),
    *,
    n_warps: int = 200,
    rng: Rng = None,
) -> _Augment:
    """Return a function that rotates, stretches, shifts, and bends every image a little.

    Parameters
    ----------
    degrees : float
        The largest rotation, in either direction.
    stretch : float
        The most that an image is stretched, squeezed, or slanted: 0.1 is about a tenth.
    pixels : float
        The most that an image is moved along each axis, in pixels.
    bend : float
        Standard deviation, in pixels, of a further displacement of its points; neighbors move almost together.
    image_shape : tuple of two ints
        Height and width of the images.
    n_warps : int
        How many warps are computed in advance. In a batch, every 32 images share one of them.
    rng : None, int, or numpy.random.Generator
        Draws these warps.

    Returns
    -------
    function
        `warp(X, rng)`: from rows of images, shape (n_samples, height * width), to a new array of the same shape and of X's dtype if
        that is floating; bytes (uint8) become float32 from 0 to 255. `rng` is a Generator (or an int, or None). It raises a
        TypeError if `X` is not an array, and a ValueError if its rows are not images of this shape.

    Raises
    ------
    TypeError, ValueError
        If a setting is not a number, or is below 0 (`n_warps` or a side of the image: below 1).

    Notes
    -----
    Source: P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for convolutional neural networks applied to visual
    document analysis", 2003. A warp says which point of the old image each pixel of the new one comes from. Such a point is
    usually between pixels, so the four around it are averaged, the nearer ones with more weight (bilinear interpolation). Outside the
    image everything is 0.

    Examples
    --------
    >>> warp = random_warps(n_warps=5, rng=0)
    >>> X = np.zeros((2, 784), np.uint8)
    >>> warp(X, np.random.default_rng(0)).shape
    (2, 784)
    """
    height, width = check_sides(image_shape)
    degrees, stretch, pixels, bend = (
        check_number(name, value, minimum=0)
        for name, value in [("degrees", degrees), ("stretch", stretch), ("pixels", pixels), ("bend", bend)]
    )
    rng = np.random.default_rng(rng)
    warps = [four_neighbors(warped_grid(height, width, degrees, stretch, pixels, bend, rng)) for _ in range(check_int("n_warps", n_warps))]

    def warp(X: Array, rng: Rng = None) -> Array:
        check_images(X, height, width)
        rng = np.random.default_rng(rng)
        warped = np.empty(X.shape, X.dtype if X.dtype.kind == "f" else np.float32)
        for start in range(0, len(X), SAME_WARP):
            images = X[start : start + SAME_WARP].T.astype(warped.dtype, order="C")  # (pixels, images)
            average = np.zeros_like(images)
            for index, weight in warps[rng.integers(n_warps)]:
                neighbor = images.take(index, axis=0, mode="clip")
                neighbor *= weight
                average += neighbor
            warped[start : start + SAME_WARP] = average.T
        return warped

    return warp


def warped_grid(height: int, width: int, degrees: float, stretch: float, pixels: float, bend: float, rng: np.random.Generator) -> Array:
    """Return the point (row, column) from which each pixel of a randomly warped image comes, shape (2, height, width)."""
    angle = np.deg2rad(rng.uniform(-degrees, degrees))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    slant, *scales = rng.uniform(-stretch, stretch, 3)
    center = np.array([(height - 1) / 2, (width - 1) / 2])[:, None, None]
    straight = np.indices((height, width)) - center
    moved = np.tensordot(turn @ np.diag(np.exp(scales)) @ [[1, 0], [slant, 1]], straight, axes=1)
    pull = smoothing(height) @ rng.uniform(-1, 1, (2, height, width)) @ smoothing(width).T
    grid: Array = moved + center + rng.uniform(-pixels, pixels, (2, 1, 1)) + bend * pull / pull.std()
    return grid


def smoothing(n: int, reach: float = 4) -> Array:
    """Return a matrix (n, n) that replaces each of n numbers by an average of its neighborhood, weighted by a Gaussian."""
    distance = np.subtract.outer(np.arange(n), np.arange(n))
    weights: Array = np.exp(-((distance / reach) ** 2) / 2)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def four_neighbors(points: Array) -> list[tuple[Array, Array]]:
    """Return, for the four pixels around each point, their flat index and their weight (as a column) in the average: 4 pairs."""
    (height, width), corner = points.shape[1:], np.floor(points).astype(int)
    neighbors = []
    for step in np.ndindex(2, 2):
        row, column = pixel = corner + np.reshape(step, (2, 1, 1))
        weight = (1 - abs(points - pixel)).prod(axis=0)
        weight[(row < 0) | (row >= height) | (column < 0) | (column >= width)] = 0
        index = row.clip(0, height - 1) * width + column.clip(0, width - 1)
        neighbors.append((index.ravel(), weight.reshape(-1, 1).astype(np.float32)))
    return neighbors
