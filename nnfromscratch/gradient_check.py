"""Is the derivative right? Ask the definition.

A derivative is the limit of (f(x + h) - f(x - h)) / (2 h). Nobody needs the limit to catch a mistake: a small h will do. It is far too
slow to train with, and needs no cleverness to be right, which makes it the ideal judge of code that is fast and clever.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy import float64
from numpy.typing import NDArray

from ._checks import check_array, check_dtype, check_number, check_shape
from ._typing import Array
from .network import Network


def numerical_gradient(f: Callable[[Array], Any], x: Array, h: float = 1e-5) -> NDArray[float64]:
    """Return the derivative of f at x by central differences, one number of x at a time.

    They miss the derivative by about h^2 times a number that depends on f (Abramowitz and Stegun, *Handbook of Mathematical Functions*,
    1964, section 25.3).

    Parameters
    ----------
    f : function of an array like x to float
    x : ndarray of float64, any shape
        Left as it was.
    h : float
        Step, above 0. Too large, and the curve bends between the two points; too small, and rounding eats the difference.

    Returns
    -------
    ndarray of float64, shape of x

    Raises
    ------
    TypeError
        If x is not float64: in float32 the difference would be mostly rounding.
    ValueError
        If x is empty or not finite, or h is not above 0.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x ** 2).sum(), np.array([1.0, -3.0])).round(6)
    array([ 2., -6.])
    """
    check_array("x", x, dtype=np.float64)
    h = check_number("h", h, above=0)
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
    """Return how far two arrays are apart, measured by their own size: |a - b| / (|a| + |b|).

    Parameters
    ----------
    a, b : ndarray of float, equal shapes

    Returns
    -------
    float
        0 for equal arrays, 1 for opposite ones. There is no absolute tolerance anywhere in it, so tiny gradients are held to
        the same standard as large ones. Two arrays of zeros are equal; NaN and infinity are infinitely far from everything.

    Raises
    ------
    ValueError
        If the shapes differ.

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

    The check runs on a copy in float64, whatever the network's own dtype: in float32 even right derivatives look wrong.

    Parameters
    ----------
    network : Network
    X : ndarray of float, shape (n_samples, n_inputs)
    y : ndarray
        Labels or targets, as the loss takes them.
    h : float
        Step of the differences. A kink of ReLU within h of a pre-activation shows as an error.

    Returns
    -------
    dict of str to float
        The relative error of each parameter's gradient ("0.W", "0.b", ...) and of the derivative with respect to the input ("X").
        Below 1e-7 is right; above 1e-4 is a mistake; in between, look for kinks.

    Raises
    ------
    TypeError, ValueError
        For X or y that the network would not take.

    Examples
    --------
    >>> from nnfromscratch import Network, mlp
    >>> errors = check_gradients(Network(mlp([2, 3, 2], "Tanh", rng=0)), np.array([[1.0, -2.0]]), np.array([1]))
    >>> sorted(errors), max(errors.values()) < 1e-7
    (['0.W', '0.b', '2.W', '2.b', 'X'], True)
    """
    check_dtype("X", X)
    network, X = network.astype(np.float64), X.astype(np.float64)
    y = y.astype(np.float64) if isinstance(y, np.ndarray) and y.dtype.kind == "f" else y
    parameters, loss = network.parameters, lambda *_: network.loss.forward(network.forward(X), y)
    loss()
    dX = network.backward(network.loss.backward(), input_gradient=True)
    found = {name: parameters.grad(name).copy() for name in parameters.names}
    errors = {}
    for name in parameters.names:
        array, start = parameters[name], parameters[name].copy()

        def loss_at(values, array=array):
            array[...] = values
            return loss()

        errors[name] = relative_error(found[name], numerical_gradient(loss_at, start, h))
        array[...] = start
    errors["X"] = relative_error(dX, numerical_gradient(lambda X: network.loss.forward(network.forward(X), y), X, h))
    return errors
