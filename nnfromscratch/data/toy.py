"""Synthetic data with two features, so that a picture shows everything a network has learned.

Every set is balanced (class sizes differ by at most one), in random order, and depends only on its arguments.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._checks import check_int, check_number
from .._typing import Array, Rng


def make_xor(n_samples: int = 200, *, noise: float = 0.1, rng: Rng = None) -> tuple[Array, NDArray[np.int64]]:
    """Make clouds around the four corners of a square; the class is 1 if exactly one coordinate is 1.

    Parameters
    ----------
    n_samples : int
        At least 4.
    noise : float
        Standard deviation of the noise added to both features; 0 gives the corners themselves.
    rng : None, int, or Generator
        The same int gives the same data.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 2)
    y : ndarray of int64, shape (n_samples,)
        Labels 0 and 1.

    Raises
    ------
    TypeError
        If an argument is not a number, or a count is not an integer.
    ValueError
        If there are too few samples, or `noise` is negative or not finite.

    Notes
    -----
    Source: M. Minsky, S. Papert, "Perceptrons", 1969: no single neuron can separate these classes.

    Examples
    --------
    >>> X, y = make_xor(4, noise=0, rng=2)
    >>> X
    array([[1., 0.],
           [1., 1.],
           [0., 0.],
           [0., 1.]], dtype=float32)
    >>> y
    array([1, 0, 0, 1])
    """
    corners = np.array([[0, 0], [0, 1], [1, 1], [1, 0]])
    X, corner = _toy(lambda corner, t: corners[corner].T, n_samples, 4, noise, rng)
    return X, corner % 2


def make_moons(n_samples: int = 200, *, noise: float = 0.1, rng: Rng = None) -> tuple[Array, NDArray[np.int64]]:
    """Make two interleaving half circles.

    Parameters
    ----------
    n_samples : int
        At least 2.
    noise : float
        Standard deviation of the noise added to both features; the half circles have radius 1.
    rng : None, int, or Generator
        The same int gives the same data.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 2)
    y : ndarray of int64, shape (n_samples,)
        Labels 0 (the upper moon) and 1 (the lower).

    Raises
    ------
    TypeError
        If an argument is not a number, or a count is not an integer.
    ValueError
        If there are too few samples, or `noise` is negative or not finite.

    Notes
    -----
    Source: the data set of the same name in scikit-learn.

    Examples
    --------
    >>> X, y = make_moons(5, rng=0)
    >>> X.shape, y
    ((5, 2), array([0, 0, 1, 0, 1]))
    """

    def moons(y: Array, t: Array) -> tuple[Array, Array]:
        x1, x2 = _on_circle(t / 2)
        return np.where(y == 0, x1, 1 - x1), np.where(y == 0, x2, 0.5 - x2)

    return _toy(moons, n_samples, 2, noise, rng)


def make_circles(n_samples: int = 200, *, noise: float = 0.1, rng: Rng = None) -> tuple[Array, NDArray[np.int64]]:
    """Make two circles around the origin, one inside the other.

    Parameters
    ----------
    n_samples : int
        At least 2.
    noise : float
        Standard deviation of the noise added to both features.
    rng : None, int, or Generator
        The same int gives the same data.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 2)
    y : ndarray of int64, shape (n_samples,)
        Labels 0 (the outer circle, of radius 1) and 1 (the inner circle, of radius 1/2).

    Raises
    ------
    TypeError
        If an argument is not a number, or a count is not an integer.
    ValueError
        If there are too few samples, or `noise` is negative or not finite.

    Notes
    -----
    Source: the data set of the same name in scikit-learn.

    Examples
    --------
    >>> X, y = make_circles(4, noise=0, rng=0)
    >>> np.hypot(*X.T), y
    (array([1. , 1. , 0.5, 0.5], dtype=float32), array([0, 0, 1, 1]))
    """
    return _toy(lambda y, t: _on_circle(t) / (1 + y), n_samples, 2, noise, rng)


def make_spirals(n_samples: int = 300, *, n_classes: int = 3, noise: float = 0.03, rng: Rng = None) -> tuple[Array, NDArray[np.int64]]:
    """Make spiral arms, one per class, that wind three quarters of a turn around the origin.

    Parameters
    ----------
    n_samples : int
        At least one per class.
    n_classes : int
        At least 2.
    noise : float
        Standard deviation of the noise added to both features; the arms end at radius 1.
    rng : None, int, or Generator
        The same int gives the same data.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 2)
    y : ndarray of int64, shape (n_samples,)
        Labels 0 ... n_classes - 1.

    Raises
    ------
    TypeError
        If an argument is not a number, or a count is not an integer.
    ValueError
        If there are too few samples or classes, or `noise` is negative or not finite.

    Notes
    -----
    Source: K. J. Lang, M. J. Witbrock, "Learning to tell two spirals apart", 1988.

    Examples
    --------
    >>> X, y = make_spirals(9, n_classes=3, rng=0)
    >>> X.shape, np.bincount(y)
    ((9, 2), array([3, 3, 3]))
    """
    n_classes = check_int("n_classes", n_classes, minimum=2)
    return _toy(lambda y, t: t * _on_circle(y / n_classes + 0.75 * t), n_samples, n_classes, noise, rng)


def make_blobs(n_samples: int = 300, *, n_classes: int = 3, noise: float = 0.2, rng: Rng = None) -> tuple[Array, NDArray[np.int64]]:
    """Make round clouds, one per class, whose centers are evenly spaced on a circle of radius 1.

    Parameters
    ----------
    n_samples : int
        At least one per class.
    n_classes : int
        At least 2.
    noise : float
        Standard deviation of the clouds, the same in every direction.
    rng : None, int, or Generator
        The same int gives the same data.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 2)
    y : ndarray of int64, shape (n_samples,)
        Labels 0 ... n_classes - 1.

    Raises
    ------
    TypeError
        If an argument is not a number, or a count is not an integer.
    ValueError
        If there are too few samples or classes, or `noise` is negative or not finite.

    Examples
    --------
    >>> X, y = make_blobs(4, n_classes=4, noise=0, rng=0)
    >>> y
    array([2, 0, 1, 3])
    >>> abs(X).round()
    array([[1., 0.],
           [1., 0.],
           [0., 1.],
           [0., 1.]], dtype=float32)
    """
    n_classes = check_int("n_classes", n_classes, minimum=2)
    return _toy(lambda y, t: _on_circle(y / n_classes), n_samples, n_classes, noise, rng)


def _toy(place: Callable[[Array, Array], Any], n_samples: int, n_groups: int, noise: float, rng: Rng) -> tuple[Array, NDArray[np.int64]]:
    """Return noisy points and their groups; `place(group, t)` gives both coordinates of points with t random in [0, 1)."""
    check_int("n_samples", n_samples, minimum=n_groups)
    noise, rng = check_number("noise", noise, minimum=0), np.random.default_rng(rng)
    group = rng.permutation(np.arange(n_samples, dtype=np.int64) % n_groups)
    X = np.transpose(place(group, rng.random(n_samples))) + noise * rng.standard_normal((n_samples, 2))
    return X.astype(np.float32), group


def _on_circle(turn: Array) -> Array:
    """Return both coordinates of points on the circle of radius 1, this many full turns away from (1, 0)."""
    return np.array([np.cos(2 * np.pi * turn), np.sin(2 * np.pi * turn)])
