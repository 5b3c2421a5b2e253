"""Where the weights start.

All equal is the one hopeless start: equal neurons get equal gradients and stay equal for ever. So weights start random, and their
spread is chosen such that signals neither die out nor blow up on their way through the layers.
"""

from collections.abc import Callable

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from ._checks import check_int
from ._typing import Rng


def zeros(n_in: int, n_out: int, rng: Rng = None) -> NDArray[float64]:
    """All weights zero: shown in the course because it fails.

    Parameters
    ----------
    n_in, n_out : int
        Inputs and outputs of the layer.
    rng : ignored

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> zeros(2, 3).shape
    (2, 3)
    """
    return np.zeros(_shape(n_in, n_out))


def normal(n_in: int, n_out: int, rng: Rng = None) -> NDArray[float64]:
    """Normal with the small standard deviation 0.01, whatever the size of the layer.

    Parameters
    ----------
    n_in, n_out : int
    rng : None, int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> bool(abs(normal(200, 300, rng=0).std() - 0.01) < 1e-4)
    True
    """
    return 0.01 * _standard_normal(*_shape(n_in, n_out), rng)


def xavier(n_in: int, n_out: int, rng: Rng = None) -> NDArray[float64]:
    """Normal with variance 2 / (n_in + n_out), for sigmoid and tanh (Glorot and Bengio, 2010).

    Parameters
    ----------
    n_in, n_out : int
    rng : None, int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> bool(abs(xavier(200, 300, rng=0).var() - 2 / 500) < 1e-4)
    True
    """
    n_in, n_out = _shape(n_in, n_out)
    return np.sqrt(2 / (n_in + n_out)) * _standard_normal(n_in, n_out, rng)


def he(n_in: int, n_out: int, rng: Rng = None) -> NDArray[float64]:
    """Normal with variance 2 / n_in, for ReLU, which silences half of its inputs (He et al., 2015).

    Parameters
    ----------
    n_in, n_out : int
    rng : None, int or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> bool(abs(he(200, 300, rng=0).var() - 2 / 200) < 1e-4)
    True
    """
    n_in, n_out = _shape(n_in, n_out)
    return np.sqrt(2 / n_in) * _standard_normal(n_in, n_out, rng)


def _shape(n_in, n_out):
    return check_int("n_in", n_in), check_int("n_out", n_out)


def _standard_normal(n_in, n_out, rng):
    return np.random.default_rng(rng).standard_normal((n_in, n_out))


INITIALIZERS: dict[str, Callable[[int, int, Rng], NDArray[float64]]] = {f.__name__: f for f in (zeros, normal, xavier, he)}
