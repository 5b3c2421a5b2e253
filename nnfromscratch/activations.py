"""Activation functions and their derivatives.

An activation is applied to each number of Z on its own, and it is what keeps a stack of layers from collapsing into one linear
map. Each function `f` of one number is followed by its derivative `d_f`, so that the two can be read (and checked) together.

All of them take numbers or arrays of any shape, keep the dtype of floating arrays, and are safe for every finite input: nothing
overflows (unless you choose a slope above 1). `softmax` and `log_softmax` work on a whole row at once; each row is a sample.
"""

import numpy as np

from ._checks import check_number
from ._typing import Array, Number


def identity(z: Number) -> Number:
    """Return `z` unchanged: f(z) = z.

    Parameters
    ----------
    z : float or ndarray of any shape

    Returns
    -------
    Same type and shape as `z`.

    Examples
    --------
    >>> identity(3.0)
    3.0
    """
    return z


def d_identity(z: Number) -> Number:
    """Return the derivative of `identity`: 1 everywhere. Shapes and dtypes as in `identity`.

    Examples
    --------
    >>> float(d_identity(3.0))
    1.0
    """
    return np.ones_like(z)


def scaled_identity(z: Number, a: float) -> Number:
    """Multiply by a constant: f(z) = a z.

    Parameters
    ----------
    z : float or ndarray of any shape
    a : float
        The slope.

    Returns
    -------
    Same type and shape as `z`.

    Examples
    --------
    >>> scaled_identity(3.0, a=0.5)
    1.5
    """
    return a * z


def d_scaled_identity(z: Number, a: float) -> Number:
    """Return the derivative of `scaled_identity`: `a` everywhere. Shapes and dtypes as in `scaled_identity`.

    Examples
    --------
    >>> float(d_scaled_identity(3.0, a=0.5))
    0.5
    """
    return a * np.ones_like(z)


def binary_step(z: Number, threshold: float = 0) -> Number:
    """Fire or stay silent: 1 where z >= threshold, else 0 (McCulloch and Pitts, 1943).

    Parameters
    ----------
    z : float or ndarray of any shape
    threshold : float

    Returns
    -------
    Zeros and ones in the shape and dtype of `z`.

    Examples
    --------
    >>> binary_step(np.array([-1.0, 0.0, 2.0]))
    array([0., 1., 1.])
    """
    return np.where(z >= threshold, np.ones_like(z), np.zeros_like(z))


def d_binary_step(z: Number, threshold: float = 0) -> Number:
    """Return the derivative of `binary_step`: 0 (undefined at the threshold itself; 0 is used).

    Examples
    --------
    >>> float(d_binary_step(2.0))
    0.0
    """
    return np.zeros_like(z)


def sigmoid(z: Number) -> Number:
    """Squash into (0, 1): f(z) = 1 / (1 + exp(-z)), the logistic function.

    For z < 0, numerator and denominator are multiplied by exp(z), so no exponent is ever positive and nothing overflows.

    Parameters
    ----------
    z : float or ndarray of any shape

    Returns
    -------
    Same shape and dtype as `z`.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def d_sigmoid(z: Number) -> Number:
    """Return the derivative of `sigmoid`: s(z) (1 - s(z)), never more than 1/4. Shapes and dtypes as in `sigmoid`.

    Examples
    --------
    >>> float(d_sigmoid(0.0))
    0.25
    """
    s = sigmoid(z)
    return s * (1 - s)


def tanh(z: Number) -> Number:
    """Squash into (-1, 1), centered on zero: the hyperbolic tangent.

    Parameters
    ----------
    z : float or ndarray of any shape

    Returns
    -------
    Same shape and dtype as `z`.

    Examples
    --------
    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(z)


def d_tanh(z: Number) -> Number:
    """Return the derivative of `tanh`: 1 - tanh(z)^2. Shapes and dtypes as in `tanh`.

    Examples
    --------
    >>> float(d_tanh(0.0))
    1.0
    """
    return 1 - np.tanh(z) ** 2


def relu(z: Number, slope: float = 1) -> Number:
    """Rectified linear unit: slope * z where z > 0, else 0 (Nair and Hinton, 2010).

    Parameters
    ----------
    z : float or ndarray of any shape
    slope : float
        Slope on the positive side; 1 in nearly every network.

    Returns
    -------
    Same shape and dtype as `z`.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """
    return slope * np.maximum(z, 0)


def d_relu(z: Number, slope: float = 1) -> Number:
    """Return the derivative of `relu`: `slope` where z > 0, else 0 (undefined at 0 itself; 0 is used).

    Examples
    --------
    >>> d_relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])
    """
    return np.where(z > 0, slope * np.ones_like(z), np.zeros_like(z))


def leaky_relu(z: Number, negative_slope: float = 0.01) -> Number:
    """ReLU that leaks: z where z > 0, else negative_slope * z (Maas, Hannun, and Ng, 2013).

    Parameters
    ----------
    z : float or ndarray of any shape
    negative_slope : float
        The slope below 0; less than 1.

    Returns
    -------
    Same shape and dtype as `z`.

    Examples
    --------
    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([-0.02,  0.  ,  3.  ])
    """
    check_number("negative_slope", negative_slope, below=1)
    return np.maximum(z, negative_slope * z)


def d_leaky_relu(z: Number, negative_slope: float = 0.01) -> Number:
    """Return the derivative of `leaky_relu`: 1 where z > 0, else `negative_slope`.

    Examples
    --------
    >>> d_leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([0.01, 0.01, 1.  ])
    """
    check_number("negative_slope", negative_slope, below=1)
    return np.where(z > 0, np.ones_like(z), negative_slope * np.ones_like(z))


def elu(z: Number, alpha: float = 1) -> Number:
    """Exponential linear unit: z where z > 0, else alpha (exp(z) - 1) (Clevert, Unterthiner, and Hochreiter, 2016).

    Parameters
    ----------
    z : float or ndarray of any shape
    alpha : float
        The curve levels off at -alpha on the left.

    Returns
    -------
    Same shape and dtype as `z`.

    Examples
    --------
    >>> elu(np.array([-1000.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])
    """
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def d_elu(z: Number, alpha: float = 1) -> Number:
    """Return the derivative of `elu`: 1 where z > 0, else alpha exp(z).

    Examples
    --------
    >>> d_elu(np.array([-1000.0, 3.0]))
    array([0., 1.])
    """
    return np.where(z > 0, np.ones_like(z), alpha * np.exp(np.minimum(z, 0)))


def log_softmax(Z: Array) -> Array:
    """Return the logarithm of `softmax`, computed without ever taking the logarithm of zero.

    Parameters
    ----------
    Z : ndarray of float, shape (n_samples, n_classes)

    Returns
    -------
    ndarray, same shape and dtype
        Z - log(sum(exp(Z))), row by row. Finite if the difference between any two scores in a row is finite.

    Examples
    --------
    >>> log_softmax(np.array([[1000.0, 0.0]]))
    array([[    0., -1000.]])
    """
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(Z: Array) -> Array:
    """Turn each row of scores into probabilities: exp(z_k) / sum_j exp(z_j) (Bridle, 1990).

    Parameters
    ----------
    Z : ndarray of float, shape (n_samples, n_classes)

    Returns
    -------
    ndarray, same shape and dtype
        Numbers from 0 to 1; each row sums to 1. The row's largest score is subtracted first, which changes nothing in the result
        and keeps exp from overflowing.

    Examples
    --------
    >>> softmax(np.array([[1000.0, 1000.0], [0.0, np.log(3.0)]]))
    array([[0.5 , 0.5 ],
           [0.25, 0.75]])
    """
    with np.errstate(over="ignore"):  # a difference beyond the largest float becomes -inf, and exp(-inf) = 0 is right
        e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
