"""Errors that help: every check says what was expected and what came.

A network that silently accepts a transposed matrix, or labels from 1 to 10, still trains: it only learns the wrong thing. So each public
function checks its arguments once, before it computes anything. Layers, losses and metrics are strict. `Network` converts what can be
converted without guessing (see `as_floats` and `as_targets`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ._typing import Array

Shape = tuple[int | None, ...]  # None means any length


# ---------------------------------------------------------------------------------------------- strict


def check_array(name: str, value: Any, *, ndim: int | None = None, shape: Shape | None = None, dtype: DTypeLike | None = None) -> Array:
    """Return `value` if it is a non-empty array of finite numbers with the expected shape and dtype.

    Parameters
    ----------
    name : str
        What the caller calls the array; it opens every message.
    value : object
        What came.
    ndim : int, optional
        The expected number of axes.
    shape : tuple, optional
        The expected shape; `None` stands for any length along that axis.
    dtype : dtype, optional
        The expected dtype. Without it, any real floating dtype is accepted.

    Returns
    -------
    ndarray
        `value` itself: nothing is copied or cast.

    Examples
    --------
    >>> check_array("X", np.zeros((4, 3)), shape=(None, 2))
    Traceback (most recent call last):
        ...
    ValueError: X has shape (4, 3); expected (any, 2)
    """
    check_dtype(name, value, dtype)
    array: Array = value
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} has {array.ndim} axes (shape {array.shape}); expected {ndim}")
    if shape is not None:
        check_shape(name, array, shape)
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); expected at least one number")
    check_finite(name, array)
    return array


def check_dtype(name: str, value: Any, dtype: DTypeLike | None = None) -> None:
    """Raise a TypeError unless `value` is an array of `dtype` (without one: of any floating dtype)."""
    if not isinstance(value, np.ndarray):
        raise TypeError(f"{name} is a {type(value).__name__}; expected a NumPy array")
    check_plain(name, value)
    if dtype is None and not np.issubdtype(value.dtype, np.floating):
        raise TypeError(f"{name} has dtype {value.dtype}; expected a floating dtype: {name}.astype(np.float32)")
    if dtype is not None and value.dtype != dtype:
        wanted = np.dtype(dtype).name
        raise TypeError(f"{name} has dtype {value.dtype}; expected {wanted}: {name}.astype(np.{wanted})")


def check_plain(name: str, value: Any) -> None:
    """Raise a TypeError for the kinds of array whose arithmetic is different: `np.matrix` and masked arrays."""
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} is a masked array; expected a plain array: replace the masked entries, such as {name}.filled(0)")
    if isinstance(value, np.matrix):
        raise TypeError(f"{name} is an np.matrix; expected a plain array: np.asarray({name})")


def check_shape(name: str, value: Array, shape: Shape) -> None:
    """Raise a ValueError unless `value` has this shape; `None` in `shape` stands for any length."""
    if value.shape != tuple(n if s is None else s for s, n in zip(shape, value.shape)) or value.ndim != len(shape):
        wanted = ", ".join("any" if s is None else str(s) for s in shape)
        raise ValueError(f"{name} has shape {value.shape}; expected ({wanted}{',' if len(shape) == 1 else ''})")


def check_finite(name: str, value: Array) -> None:
    """Raise a ValueError if the array holds NaN or infinity (no copy of a large array is made)."""
    if value.size and value.dtype.kind == "f" and not (np.isfinite(value.min()) and np.isfinite(value.max())):
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(value))[0])
        raise ValueError(f"{name} holds {value[where]} at index {where}; expected finite numbers")


def check_labels(y: Any, *, n_samples: int | None = None, n_classes: int | None = None, name: str = "y") -> Array:
    """Return `y` if it is a vector of integer labels 0 ... n_classes - 1, one for each sample.

    Parameters
    ----------
    y : ndarray of int, shape (n_samples,)
    n_samples, n_classes : int, optional
        Without `n_classes`, any label from 0 upward is accepted.
    name : str

    Returns
    -------
    ndarray
        `y` itself.

    Examples
    --------
    >>> check_labels(np.array([1, 2, 10]), n_classes=10)
    Traceback (most recent call last):
        ...
    ValueError: y holds labels from 1 to 10; expected 0 to 9
    """
    if not isinstance(y, np.ndarray):
        raise TypeError(f"{name} is a {type(y).__name__}; expected a NumPy array of integer labels")
    check_plain(name, y)
    if y.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {y.dtype}; expected integer labels")
    if y.ndim == 2 and 1 in y.shape:
        raise ValueError(f"{name} has shape {y.shape}; expected a vector of labels, shape ({y.size},): pass np.ravel({name})")
    check_shape(name, y, (n_samples,))
    if y.size == 0:
        raise ValueError(f"{name} is empty; expected at least one label")
    lowest, highest = int(y.min()), int(y.max())
    if lowest < 0 or (n_classes is not None and highest >= n_classes):
        wanted = "0 or more" if n_classes is None else f"0 to {n_classes - 1}"
        raise ValueError(f"{name} holds labels from {lowest} to {highest}; expected {wanted}")
    return y


def check_number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    below: float | None = None,
) -> float:
    """Return `value` as a Python float if it is a finite real number inside the bounds (True and False are not numbers).

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
        A Python float, so that it never changes the dtype of an array.

    Examples
    --------
    >>> check_number("lr", 0, above=0)
    Traceback (most recent call last):
        ...
    ValueError: lr is 0; expected a number above 0
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}; expected a number")
    tests: list[tuple[float | None, str, Callable[[Any, Any], bool]]] = [
        (above, "above", lambda v, b: v > b),
        (minimum, "of at least", lambda v, b: v >= b),
        (maximum, "of at most", lambda v, b: v <= b),
        (below, "below", lambda v, b: v < b),
    ]
    bounds = [(bound, words, holds) for bound, words, holds in tests if bound is not None]
    finite = _is_finite(value)
    if not finite or not all(holds(value, bound) for bound, _, holds in bounds):
        wanted = " and ".join(f"{words} {bound}" for bound, words, _ in bounds)
        raise ValueError(f"{name} is {value}; expected a {'' if finite else 'finite '}number {wanted}".rstrip())
    return float(value)


def _is_finite(number: Any) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer too large for a float
        return False


def check_int(name: str, value: Any, minimum: int = 1) -> int:
    """Return `value` as a Python int if it is a whole number of at least `minimum` (True and 3.0 are not).

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


def check_precision(dtype: DTypeLike) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype; reject every other."""
    if dtype not in (np.float32, np.float64, "float32", "float64"):
        raise TypeError(f"dtype is {dtype!r}; expected float32 or float64")
    return np.dtype(dtype)


def check_choice(kind: str, choice: Any, known: Mapping[str, Any]) -> None:
    """Raise a ValueError unless `choice` is a function or one of the known names."""
    if not callable(choice):
        look_up(kind, choice, known)


def look_up(kind: str, name: Any, known: Mapping[str, Any]) -> Any:
    """Return `known[name]`; for an unknown name, list those that exist.

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


# ---------------------------------------------------------------------------------------------- friendly: at the network's door


def as_floats(name: str, value: Any, shape: Shape, dtype: DTypeLike) -> Array:
    """Return any finite real numbers as an array of this floating dtype: lists, DataFrames, other floats, integers, booleans.

    What has this dtype already is not copied.

    Examples
    --------
    >>> as_floats("X", [[1, 2], [3, 4]], (None, 2), np.float32)
    array([[1., 2.],
           [3., 4.]], dtype=float32)
    """
    array = as_numbers(name, value)
    check_shape(name, array, shape)
    if array.dtype != dtype:
        check_finite(name, array)
        with np.errstate(over="ignore"):
            converted = array.astype(dtype)
        check_finite(f"{name}, converted to {np.dtype(dtype)},", converted)
        array = converted
    return check_array(name, array, dtype=dtype)


def as_targets(y: Any, labels: bool, dtype: DTypeLike) -> Array:
    """Return the truth as an array: of int64 if it is a vector of labels (whole numbers of any dtype), else of this floating dtype.

    Examples
    --------
    >>> as_targets([0.0, 2.0], labels=True, dtype=np.float32)
    array([0, 2])
    """
    advice = "names, y = np.unique(y, return_inverse=True) turns names into labels" if labels else ""
    array = as_numbers("y", y, advice)
    if not (labels and array.ndim == 1):
        return as_floats("y", array, (None,) * array.ndim, dtype)
    check_finite("y", array)
    whole = array.astype(np.int64)
    if (whole != array).any():
        raise ValueError(f"y holds {array[whole != array][0]}; expected labels, which are whole numbers")
    return whole


def as_numbers(name: str, value: Any, advice: str = "") -> Array:
    """Return an array of real numbers, as NumPy converts it; reject everything else, and say what to do."""
    check_plain(name, value)
    if not isinstance(value, np.ndarray) and hasattr(value, "toarray"):
        raise TypeError(f"{name} is a sparse {type(value).__name__}; expected a dense array: {name}.toarray()")
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is a {type(value).__name__} that NumPy cannot convert ({error}); expected rows of equal length") from None
    if array.dtype == object and array.ndim == 0:
        raise TypeError(f"{name} is a {type(value).__name__}; expected an array, a list or a DataFrame of numbers")
    if array.dtype.kind not in "fiub":
        advice = advice or {"O": f"convert it first: np.array({name}, float)", "c": f"choose a part, such as {name}.real"}.get(
            array.dtype.kind, "convert or leave out what is not a number"
        )
        raise TypeError(f"{name} has dtype {array.dtype}; expected numbers ({advice})")
    return array
