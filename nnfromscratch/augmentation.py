"""More images out of few: a digit that is moved a little is still the same digit, but to a dense network it is a new one."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .checks import check_int, check_shape


def random_shifts(pixels=1, image_shape=(28, 28)):
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
        It raises a TypeError if `X` is no array, and a ValueError if its rows are no images of this shape.

    Raises
    ------
    TypeError
        If `pixels` or a side of the image is no whole number.
    ValueError
        If `pixels` is negative, or so large that an image could move out of its frame.

    Notes
    -----
    Source: P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for convolutional neural networks applied to visual
    document analysis", 2003. Each image is laid into a frame of zeros and then seen through a window moved at random.

    Examples
    --------
    >>> shift = random_shifts(pixels=1, image_shape=(3, 3))
    >>> X = np.array([[0, 0, 0, 0, 5, 6, 0, 0, 0]], dtype=np.uint8)
    >>> shift(X, np.random.default_rng(2)).reshape(3, 3)
    array([[0, 0, 5],
           [0, 0, 0],
           [0, 0, 0]], dtype=uint8)
    """
    height, width = (check_int("a side of image_shape", side) for side in image_shape)
    pixels = check_int("pixels", pixels, minimum=0)
    if pixels >= min(height, width):
        raise ValueError(f"pixels is {pixels}; expected less than the sides of the image, {height} x {width}")

    def shift(X, rng=None):
        if not isinstance(X, np.ndarray):
            raise TypeError(f"X is a {type(X).__name__}; expected a NumPy array")
        check_shape("X", X, (None, height * width))
        framed = np.zeros((len(X), height + 2 * pixels, width + 2 * pixels), X.dtype)
        framed[:, pixels:pixels + height, pixels:pixels + width] = X.reshape(-1, height, width)
        windows = sliding_window_view(framed, (height, width), axis=(1, 2))
        top, left = np.random.default_rng(rng).integers(0, 2 * pixels + 1, size=(2, len(X)))
        return windows[np.arange(len(X)), top, left].reshape(X.shape)

    return shift
