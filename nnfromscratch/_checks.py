"""Errors that help: every check names what was expected and what came.

A network that silently accepts a transposed matrix, or labels from 1 to 10, still trains -- it only learns the wrong thing.
So the doors of the package are guarded: each public function looks at what it is given once, before it computes anything.
"""

import math
from numbers import Integral, Real

import numpy as np


def check_array(name, value, *, ndim=None, shape=None, dtype=None):
    """Return `value` if it is a non-empty array of finite numbers with the wanted shape and dtype.

    Parameters
    ----------
    name : str
        What the caller calls the array; it opens every message.
    value : object
        What came.
    ndim : int, optional
        The wanted number of axes.
    shape : tuple, optional
        The wanted shape; `None` stands for any length along that axis.
    dtype : dtype, optional
        The wanted dtype. Without it any real floating dtype will do.

    Returns
    -------
    ndarray
        `value` itself: nothing is copied or cast.

    Raises
    ------
    TypeError
        If it is no array, or of another dtype.
    ValueError
        If the shape is wrong, or it is empty, or holds NaN or infinity.

    Examples
    --------
    >>> check_array("X", np.zeros((4, 3)), shape=(None, 2))
    Traceback (most recent call last):
        ...
    ValueError: X has shape (4, 3); expected (any, 2)
    """
    check_dtype(name, value, dtype)
    if ndim is not None and value.ndim != ndim:
        raise ValueError(f"{name} has {value.ndim} axes (shape {value.shape}); expected {ndim}")
    if shape is not None:
        check_shape(name, value, shape)
    if value.size == 0:
        raise ValueError(f"{name} is empty (shape {value.shape}); expected at least one number")
    check_finite(name, value)
    return value


def check_dtype(name, value, dtype=None):
    """Raise a TypeError unless `value` is an array of `dtype` (without one: of any floating dtype)."""
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is a {type(value).__name__}; expected a NumPy array")
    if dtype is None and not np.issubdtype(value.dtype, np.floating):
        raise TypeError(f"{name} has dtype {value.dtype}; expected a floating dtype: {name}.astype(np.float32)")
    if dtype is not None and value.dtype != dtype:
        wanted = np.dtype(dtype).name
        raise TypeError(f"{name} has dtype {value.dtype}; expected {wanted}: {name}.astype(np.{wanted})")


def check_shape(name, value, shape):
    """Raise a ValueError unless `value` has this shape; `None` in `shape` stands for any length."""
    if value.shape != tuple(n if s is None else s for s, n in zip(shape, value.shape)) or value.ndim != len(shape):
        wanted = ", ".join("any" if s is None else str(s) for s in shape)
        raise ValueError(f"{name} has shape {value.shape}; expected ({wanted}{',' if len(shape) == 1 else ''})")


def check_finite(name, value):
    """Raise a ValueError if the array holds NaN or infinity (no copy of a large array is made)."""
    if value.dtype.kind == "f" and not (np.isfinite(value.min()) and np.isfinite(value.max())):
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
        raise ValueError(f"{name} holds {value[where]} at index {where}; expected finite numbers")


def check_labels(y, *, n_samples=None, n_classes=None, name="y"):
    """Return `y` if it is a vector of integer labels 0 ... n_classes - 1, one for each sample.

    Parameters
    ----------
    y : ndarray of int, shape (n_samples,)
    n_samples, n_classes : int, optional
        Without `n_classes` any label from 0 upwards will do.
    name : str

    Returns
    -------
    ndarray
        `y` itself.

    Raises
    ------
    TypeError
        If `y` is no array of integers.
    ValueError
        If its length is wrong, it is empty, or a label is out of range.

    Examples
    --------
    >>> check_labels(np.array([1, 2, 10]), n_classes=10)
    Traceback (most recent call last):
        ...
    ValueError: y holds labels from 1 to 10; expected 0 to 9
    """
    if not isinstance(y, np.ndarray):
        raise TypeError(f"{name} is a {type(y).__name__}; expected a NumPy array of integer labels")
    if y.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {y.dtype}; expected integer labels")
    check_shape(name, y, (n_samples,))
    if y.size == 0:
        raise ValueError(f"{name} is empty; expected at least one label")
    lowest, highest = int(y.min()), int(y.max())
    if lowest < 0 or (n_classes is not None and highest >= n_classes):
        wanted = "0 or more" if n_classes is None else f"0 to {n_classes - 1}"
        raise ValueError(f"{name} holds labels from {lowest} to {highest}; expected {wanted}")
    return y


def check_number(name, value, *, above=None, minimum=None, maximum=None, below=None):
    """Return `value` as a Python float if it is a finite real number inside the bounds.

    Parameters
    ----------
    name : str
    value : object
    above, below : float, optional
        Bounds that are themselves not allowed.
    minimum, maximum : float, optional
        Bounds that are allowed.

    Returns
    -------
    float
        A Python float, so that it never changes the dtype of an array it meets.

    Raises
    ------
    TypeError
        If it is no real number (True and False are none).
    ValueError
        If it is NaN, infinite or out of bounds.

    Examples
    --------
    >>> check_number("lr", 0, above=0)
    Traceback (most recent call last):
        ...
    ValueError: lr is 0; expected a number above 0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}; expected a number")
    bounds = [
        (above, "above", lambda v, b: v > b),
        (minimum, "of at least", lambda v, b: v >= b),
        (maximum, "of at most", lambda v, b: v <= b),
        (below, "below", lambda v, b: v < b),
    ]
    bounds = [(bound, words, holds) for bound, words, holds in bounds if bound is not None]
    finite = _is_finite(value)
    if not finite or not all(holds(value, bound) for bound, _, holds in bounds):
        wanted = " and ".join(f"{words} {bound}" for bound, words, _ in bounds)
        raise ValueError(f"{name} is {value}; expected a {'' if finite else 'finite '}number {wanted}".rstrip())
    return float(value)


def _is_finite(number):
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float can hold
        return False


def check_int(name, value, minimum=1):
    """Return `value` as a Python int if it is a whole number of at least `minimum`.

    Raises
    ------
    TypeError
        If it is no integer (True and 3.0 are none).
    ValueError
        If it is too small.

    Examples
    --------
    >>> check_int("batch_size", 0)
    Traceback (most recent call last):
        ...
    ValueError: batch_size is 0; expected a whole number of at least 1
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r}; expected a whole number")
    if value < minimum:
        raise ValueError(f"{name} is {value}; expected a whole number of at least {minimum}")
    return int(value)


def look_up(kind, name, known):
    """Return `known[name]`, or say which names there are.

    Raises
    ------
    ValueError
        If the name is unknown.

    Examples
    --------
    >>> look_up("activation", "rleu", {"relu": 1, "tanh": 2})
    Traceback (most recent call last):
        ...
    ValueError: unknown activation 'rleu'; expected one of: relu, tanh
    """
    try:
        return known[name]
    except (KeyError, TypeError):
        raise ValueError(f"unknown {kind} {name!r}; expected one of: {', '.join(known)}") from None
