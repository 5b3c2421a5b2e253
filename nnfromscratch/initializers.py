"""Initialization: where the weights start.

If all weights start equal, the neurons of a hidden layer receive equal gradients and stay equal forever: the layer can do no more than a
single neuron. So weights start at random, and their standard deviation is chosen so that signals neither die out nor blow up on their way
through the layers.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ._checks import check_ints
from ._typing import Rng


def zeros(n_in: int, n_out: int, rng: Rng = None) -> NDArray[np.float64]:
    """Set all weights to zero: the course shows it because it fails.

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
    check_ints(n_in=n_in, n_out=n_out)
    return np.zeros((n_in, n_out))


def normal(n_in: int, n_out: int, rng: Rng = None) -> NDArray[np.float64]:
    """Draw from a normal distribution with the small standard deviation 0.01, whatever the size of the layer.

    Parameters
    ----------
    n_in, n_out : int
    rng : None, int, or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> bool(abs(normal(200, 300, rng=0).std() - 0.01) < 1e-4)
    True
    """
    check_ints(n_in=n_in, n_out=n_out)
    rng = np.random.default_rng(rng)
    return 0.01 * rng.standard_normal((n_in, n_out))


def xavier(n_in: int, n_out: int, rng: Rng = None) -> NDArray[np.float64]:
    """Draw from a normal distribution with variance 2 / (n_in + n_out), for sigmoid and tanh (Glorot and Bengio, 2010).

    Parameters
    ----------
    n_in, n_out : int
    rng : None, int, or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> bool(abs(xavier(200, 300, rng=0).var() - 2 / 500) < 1e-4)
    True
    """
    check_ints(n_in=n_in, n_out=n_out)
    rng = np.random.default_rng(rng)
    return np.sqrt(2 / (n_in + n_out)) * rng.standard_normal((n_in, n_out))


def he(n_in: int, n_out: int, rng: Rng = None) -> NDArray[np.float64]:
    """Draw from a normal distribution with variance 2 / n_in, for ReLU, which sets half of its inputs to 0 (He et al., 2015).

    Parameters
    ----------
    n_in, n_out : int
    rng : None, int, or numpy.random.Generator

    Returns
    -------
    ndarray of float64, shape (n_in, n_out)

    Examples
    --------
    >>> bool(abs(he(200, 300, rng=0).var() - 2 / 200) < 1e-4)
    True
    """
    check_ints(n_in=n_in, n_out=n_out)
    rng = np.random.default_rng(rng)
    return np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out))


INITIALIZERS: dict[str, Callable[[int, int, Rng], NDArray[np.float64]]] = {f.__name__: f for f in (zeros, normal, xavier, he)}
