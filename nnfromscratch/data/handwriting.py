"""From a picture of a digit to the 784 numbers that a network trained on MNIST expects.

A network knows only what it has seen. Every digit of MNIST is white on black, 20 pixels in its longer direction, and has its centre of
mass in the middle of 28 x 28 pixels; a drawing that is larger, off centre or black on white is a stranger to the network, however neat.
"""

from typing import NamedTuple

import numpy as np

from .._checks import check_array
from .._typing import Array

SIZE, BOX = 28, 20
MIDDLE = 14.5  # where the centres of mass of MNIST's digits are: in the middle of row 14 and column 14, counted from 0
CONTRAST, NOISE = 0.1, 0.25  # least difference between ink and paper; what is fainter than this part of the darkest ink is no ink
NUDGE = 1e-6  # decides what lies exactly half-way between two whole numbers, whatever the rounding errors


class DigitSteps(NamedTuple):
    """A picture on its way to the network.

    Attributes
    ----------
    ink : ndarray, shape of the picture
        1 is ink, 0 is paper; noise is gone.
    cropped : ndarray
        The smallest rectangle that holds all ink.
    scaled : ndarray
        Longer side 20, proportions kept; darkest ink 1.
    centred : ndarray, shape (28, 28)
        Centre of mass in row 14 and column 14, 256 shades, both as in MNIST.

    Examples
    --------
    >>> steps = digit_steps(np.pad(np.ones((6, 3)), 2))
    >>> [step.shape for step in steps]
    [(10, 7), (6, 3), (20, 10), (28, 28)]
    """

    ink: np.ndarray
    cropped: np.ndarray
    scaled: np.ndarray
    centred: np.ndarray


def prepare_digit(image: Array) -> Array:
    """Return the network's input for a picture of a digit.

    Parameters
    ----------
    image : ndarray of float, shape (height, width)
        Shades from 0 (black) to 1 (white), white on black or black on white, of any size.

    Returns
    -------
    ndarray of float32, shape (784,)

    Raises
    ------
    TypeError
        If it is no array of floats.
    ValueError
        If it has other than 2 axes, holds other numbers, or shows no ink.

    Notes
    -----
    Source of the box of 20 pixels and the centre of mass: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
    document recognition", 1998, section III.A.

    Examples
    --------
    >>> stroke = np.zeros((100, 60))
    >>> stroke[10:90, 5:15] = 1
    >>> prepare_digit(stroke).reshape(28, 28).sum(axis=0).nonzero()
    (array([13, 14, 15]),)
    """
    return digit_steps(image).centred.ravel().astype(np.float32)


def digit_steps(image: Array) -> DigitSteps:
    """Return every step from a picture to the network's input, as `DigitSteps`. Parameters and errors as in `prepare_digit`.

    Examples
    --------
    >>> digit_steps(np.zeros((28, 28)))
    Traceback (most recent call last):
        ...
    ValueError: the picture shows no digit: its darkest and its lightest shade differ by 0.00, expected at least 0.1
    """
    check_array("image", image, ndim=2)
    if image.min() < 0 or image.max() > 1:
        raise ValueError(f"image holds shades from {image.min():g} to {image.max():g}; expected 0 (black) to 1 (white)")
    ink = find_ink(image.astype(np.float64))
    cropped = crop(ink)
    scaled = scale(cropped)
    return DigitSteps(ink, cropped, scaled, centre(scaled))


def find_ink(image):
    """Return 1 where the ink is strongest and 0 where there is paper: the border tells the shade of the paper."""
    border = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
    difference = np.abs(image - np.median(border))
    strongest = difference.max()
    if strongest < CONTRAST:
        raise ValueError(
            f"the picture shows no digit: its darkest and its lightest shade differ by {strongest:.2f}, expected at least {CONTRAST}"
        )
    ink = difference / strongest
    return np.where(ink < NOISE, 0.0, ink)


def crop(ink):
    """Return the smallest rectangle that holds all ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def scale(image):
    """Return the picture with a longer side of 20 pixels: each new pixel is the mean of the area that it covers, the darkest becomes 1."""
    longer = max(image.shape)
    height, width = (max(1, round_half_up(BOX * side / longer)) for side in image.shape)
    scaled = overlaps(image.shape[0], height) @ image @ overlaps(image.shape[1], width).T
    return scaled / scaled.max()


def overlaps(n_old, n_new):
    """Return a matrix (n_new, n_old): which part of each new pixel lies over each old one, along one axis. Its rows sum to 1."""
    ratio = n_old / n_new
    new, old = np.arange(n_new)[:, None], np.arange(n_old)
    return np.clip(np.minimum((new + 1) * ratio, old + 1) - np.maximum(new * ratio, old), 0, None) / ratio


def centre(scaled):
    """Return 28 x 28 pixels with the picture's centre of mass as near to row 14 and column 14 as whole pixels allow, in 256 shades."""
    framed, mass = np.zeros((SIZE, SIZE)), scaled.sum()
    middles = [(np.arange(side) + 0.5) @ scaled.sum(axis=1 - axis) / mass for axis, side in enumerate(scaled.shape)]
    top, left = (min(max(round_half_up(MIDDLE - middle), 0), SIZE - side) for middle, side in zip(middles, scaled.shape))
    framed[top : top + scaled.shape[0], left : left + scaled.shape[1]] = np.floor(255 * scaled + 0.5 + NUDGE) / 255
    return framed


def round_half_up(number):
    """Return the nearest whole number; halves go up.

    Examples
    --------
    >>> round_half_up(2.5), round_half_up(-2.5)
    (3, -2)
    """
    return int(np.floor(number + 0.5 + NUDGE))
