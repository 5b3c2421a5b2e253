"""Is the derivative right? Compare it with the definition.

A derivative is the limit of (f(x + h) - f(x - h)) / (2 h) as h goes to 0. To catch a mistake, you do not need the limit: a small h is
enough. This is far too slow for training, but so simple that it is hard to get wrong, which makes it the ideal test of code that is fast
and clever.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._checks import check_array, check_number, check_shape
from ._typing import Array
from .network import Network


def numerical_gradient(f: Callable[[Array], Any], x: Array, h: float = 1e-5) -> NDArray[np.float64]:
    """Return the derivative of f at x by central differences, one number of x at a time.

    They differ from the derivative by about h^2 times a number that depends on f (Abramowitz and Stegun, *Handbook of Mathematical
    Functions*, 1964, section 25.3).

    Parameters
    ----------
    f : function of an array like x to float
    x : ndarray of float64, any shape
        It is not changed.
    h : float
        Step, above 0. If it is too large, the curve bends between the two points; if it is too small, rounding dominates the difference.

    Returns
    -------
    ndarray of float64, shape of x

    Examples
    --------
    >>> numerical_gradient(lambda x: (x ** 2).sum(), np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    check_array("x", x, dtype=np.float64)
    check_number("h", h, above=0)
    x, gradient = x.copy(), np.empty_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        x[index] = old
        gradient[index] = (above - below) / (2 * h)
    return gradient


def relative_error(a: Array, b: Array) -> float:
    """Return how far apart two arrays are, relative to their own size: |a - b| / (|a| + |b|).

    Parameters
    ----------
    a, b : ndarray of float, equal shapes

    Returns
    -------
    float
        0 for equal arrays, 1 for opposite ones. The measure has no absolute tolerance, so tiny gradients are held to the same
        standard as large ones. Two arrays of zeros are equal; NaN and infinity are infinitely far from everything.

    Examples
    --------
    >>> round(relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.002])), 6)
    0.000447
    """
    a, b = np.asarray(a), np.asarray(b)
    check_shape("b", b, a.shape)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return math.inf
    size = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / size) if size else 0.0


def check_gradients(network: Network, X: Array, y: Array, h: float = 1e-5) -> dict[str, float]:
    """Compare every gradient of the network with central differences.

    The check runs on a copy in float64, whatever the network's own dtype: in float32 even correct derivatives look wrong.

    Parameters
    ----------
    network : Network
    X : ndarray of float, shape (n_samples, n_inputs)
    y : ndarray
        Labels or targets, as the loss expects them.
    h : float
        Step of the differences. A kink of ReLU within h of a pre-activation shows as an error.

    Returns
    -------
    dict of str to float
        The relative error of each parameter's gradient ("0.W", "0.b", ...) and of the derivative with respect to the input ("X").
        Below 1e-7 the gradient is correct; above 1e-4 it is wrong; in between, look for kinks.

    Examples
    --------
    >>> from nnfromscratch import Network, mlp
    >>> errors = check_gradients(Network(mlp([2, 3, 2], "Tanh", rng=0)), np.array([[1.0, -2.0]]), np.array([1]))
    >>> sorted(errors), max(errors.values()) < 1e-7
    (['0.W', '0.b', '2.W', '2.b', 'X'], True)
    """
    network = network.astype(np.float64)
    X, y, parameters = network._samples(X), network._truth(y), network.parameters

    def loss_at(values: Array, X: Array = X) -> float:
        parameters.values[:] = values
        return network.loss.forward(network._forward(X), y)

    start = parameters.values.copy()
    loss_at(start)
    dX = network.backward(network.loss.backward(), input_gradient=True)
    right = parameters.split(numerical_gradient(loss_at, start, h))
    errors = {name: relative_error(parameters.grad(name), right[name]) for name in parameters.names}
    return errors | {"X": relative_error(dX, numerical_gradient(lambda X: loss_at(start, X), X, h))}
