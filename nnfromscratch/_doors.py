"""What a network accepts: whatever can be converted without guessing is converted, once; the rest is rejected."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ._checks import Shape, check_array, check_finite, check_int, check_kind, check_plain, check_shape
from ._typing import Array


def as_floats(name: str, value: Any, shape: Shape, dtype: DTypeLike) -> Array:
    """Return any finite real numbers as an array of this floating dtype: lists, DataFrames, other floats, integers, booleans.

    An array that already has this dtype is not copied.

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
    """Return the ground truth as an array: int64 if it is a vector of labels (whole numbers of any dtype), else this floating dtype.

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
        raise TypeError(f"{name} is a {type(value).__name__}; expected an array, a list, or a DataFrame of numbers")
    if array.dtype.kind not in "fiub":
        advice = advice or {"O": f"convert it first: np.array({name}, float)", "c": f"choose a part, such as {name}.real"}.get(
            array.dtype.kind, "convert or leave out what is not a number"
        )
        raise TypeError(f"{name} has dtype {array.dtype}; expected numbers ({advice})")
    return array


def check_sizes(sizes: Any) -> None:
    """Raise an error unless this is a list of at least two sizes."""
    check_kind("sizes", sizes, (list, tuple, np.ndarray), "a list: inputs, hidden layers, outputs")
    if len(sizes) < 2:
        raise ValueError(f"sizes is {sizes}; expected at least two: inputs and outputs")


def check_validation(validation: Any, patience: Any) -> None:
    """Raise an error unless `validation` is a pair or None, and `patience` fits it."""
    if validation is not None and not (isinstance(validation, (tuple, list)) and len(validation) == 2):
        raise ValueError(f"validation is of type {type(validation).__name__}; expected a pair (X, y)")
    if patience is not None and validation is None:
        raise ValueError("patience is set, but validation is None; expected validation=(X, y) as well")
    if patience is not None:
        check_int("patience", patience)


def as_list(name: str, value: Any, n: int) -> Sequence[Any]:
    """Return a list with one entry for each of n hidden layers; a single value is repeated.

    Examples
    --------
    >>> as_list("activation", "Tanh", 2)
    ['Tanh', 'Tanh']
    """
    if not isinstance(value, (list, tuple)):
        return [value] * n
    if len(value) != n:
        raise ValueError(
            f"{name} has {len(value)} entr{'y' if len(value) == 1 else 'ies'}; expected {n}, one for each hidden layer "
            "(the output layer needs none: its activation is part of the loss)"
        )
    return value
