"""Errors that help: every check says what was expected and what it got instead.

A network that silently accepts a transposed matrix, or labels from 1 to 10, still trains: it just learns the wrong thing. So each public
function checks its arguments once, before it computes anything. Layers, losses, and metrics are strict. `Network` converts what can be
converted without guessing (see `_doors`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
        What the caller calls the array; every message starts with it.
    value : object
        What was passed.
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
        raise TypeError(f"{name} is a masked array; expected a plain array: replace the masked entries, for example with {name}.filled(0)")
    if isinstance(value, np.matrix):
        raise TypeError(f"{name} is an np.matrix; expected a plain array: np.asarray({name})")


def check_one_dtype(arrays: Mapping[str, Any]) -> None:
    """Raise a TypeError unless all these arrays have the same floating dtype."""
    for name, array in arrays.items():
        check_dtype(name, array)
    dtypes = sorted({str(array.dtype) for array in arrays.values()})
    if len(dtypes) > 1:
        raise TypeError(f"the parameters have dtypes {', '.join(dtypes)}; expected one dtype for all")


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


def check_parts(layers: Sequence[Any], linear: Sequence[int]) -> None:
    """Raise a ValueError unless these new layers fit together; `linear` holds the indices of those that have sizes."""
    if not layers:
        raise ValueError("layers is empty; expected at least one layer")
    for i, j in zip(linear, linear[1:]):
        if layers[i].n_out != layers[j].n_in:
            raise ValueError(f"layer {j} expects {layers[j].n_in} inputs, but layer {i} has {layers[i].n_out} outputs")
    for i, layer in enumerate(layers):
        if layer.in_use or any(layer is other for other in layers[:i]):
            raise ValueError(f"layer {i} ({layer!r}) already belongs to a network; expected a new layer")


def check_pair(y_true: Any, y_pred: Any, n_classes: int | None = None) -> None:
    """Raise an error unless both are labels of the same samples, below `n_classes` if that is given."""
    if n_classes is not None:
        check_int("n_classes", n_classes)
    check_labels(y_true, n_classes=n_classes)
    check_labels(y_pred, n_classes=n_classes, name="y_pred")
    check_shape("y_pred", y_pred, y_true.shape)


def check_matrix(Y: Any, shape: Shape, dtype: DTypeLike) -> Array:
    """Return Y if it is a matrix of targets between 0 and 1 with this shape and dtype."""
    if shape[1] != 1 and np.shape(Y) == (shape[0], 1):
        raise ValueError(f"y has shape {np.shape(Y)}; expected a vector of labels, shape ({shape[0]},): pass np.ravel(y)")
    check_array("Y", Y, shape=shape, dtype=dtype)
    if Y.min() < 0 or Y.max() > 1:
        raise ValueError(f"Y holds values from {Y.min()} to {Y.max()}; expected targets between 0 and 1")
    targets: Array = Y
    return targets


def check_distributions(Y: Array) -> Array:
    """Return Y if each of its rows sums to 1 (within 0.001)."""
    sums = Y.sum(axis=1)
    if abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"Y has rows whose sums range from {sums.min():.4g} to {sums.max():.4g}; expected target probabilities that sum to 1 "
            "(if several answers can be right, use BinaryCrossEntropy)"
        )
    return Y


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
    """Return `value` as a Python int if it is a whole number of at least `minimum` (True and 3.0 are rejected).

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


def check_ints(**values: Any) -> None:
    """Raise an error unless all of these are whole numbers of at least 1."""
    for name, value in values.items():
        check_int(name, value)


def check_precision(dtype: DTypeLike) -> np.dtype[Any]:
    """Return float32 or float64 as a dtype; reject any other."""
    if dtype not in (np.float32, np.float64, "float32", "float64"):
        raise TypeError(f"dtype is {dtype!r}; expected float32 or float64")
    return np.dtype(dtype)


def check_kind(name: str, value: Any, kind: Any, wanted: str) -> None:
    """Raise a TypeError unless `value` is of this kind (a class or a union of classes).

    Examples
    --------
    >>> check_kind("layers", 5, list, "a list of layers")
    Traceback (most recent call last):
        ...
    TypeError: layers is 5; expected a list of layers
    """
    if not isinstance(value, kind):
        raise TypeError(f"{name} is {value!r}; expected {wanted}")


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


# ---------------------------------------------------------------------------------------------- inside a step of training


def check_samples(name: str, X: Any, n_columns: int | None = None, dtype: DTypeLike | None = None, bytes_too: bool = False) -> None:
    """Raise an error unless X has a row per sample (or an image, and so on), `n_columns` columns, and this dtype.

    Without a dtype, any floating one is accepted. Training calls this function thousands of times per second: one comparison decides
    whether the slower functions, which explain what is wrong, are called at all.
    """
    shaped = type(X) is np.ndarray and (X.ndim >= 2 if n_columns is None else X.shape[1:] == (n_columns,))
    if not shaped or not (X.dtype.kind == "f" if dtype is None else X.dtype == dtype):
        if not (bytes_too and isinstance(X, np.ndarray) and X.dtype == np.uint8):
            check_dtype(name, X, dtype)
        check_shape(name, X, (None, n_columns) if np.ndim(X) < 3 else (None,) * np.ndim(X))


def check_gradient(name: str, dA: Any, layer: Any, *width: int) -> None:
    """Raise an error unless `layer` has had a forward pass and dA has the shape of what it kept (or this many columns)."""
    if layer.cache is None:
        raise RuntimeError(f"{type(layer).__name__}.backward needs a forward pass first")
    shape = (len(layer.cache), *width) if width else layer.cache.shape
    if np.shape(dA) != shape:
        check_shape(name, np.asarray(dA), shape)


def check_loss(loss: float, optimizer: Any, X: Array) -> None:
    """Raise a FloatingPointError if the loss is no longer finite."""
    if not math.isfinite(loss):
        check_finite("X of a mini-batch", X)  # the data were finite: batches or augment changed them
        raise FloatingPointError(
            f"training has diverged: after {optimizer.step_count} steps with {optimizer} the loss is {loss}; try a smaller learning rate"
        )


def check_augmented(X_new: Any, X: Array, dtype: DTypeLike) -> Array:
    """Return what `augment` made of a mini-batch X, if it has the shape of X, and the dtype of X or of the network."""
    if getattr(X_new, "dtype", None) != X.dtype:  # bytes may become floats
        check_dtype("what augment returned", X_new, dtype)
    check_shape("what augment returned", X_new, X.shape)
    augmented: Array = X_new
    return augmented
