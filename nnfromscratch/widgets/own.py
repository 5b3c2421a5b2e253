"""What readers hand to a figure: converted as a network converts it, and checked against what the figure can show."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .._checks import check_labels, check_shape
from .._doors import as_floats, as_numbers, as_targets
from .._typing import Array

# the activations that the engine in the browser knows
KNOWN = ("Identity", "ScaledIdentity", "BinaryStep", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU")


def read_samples(X: Any, *, most: int, n_columns: int = 2) -> Array:
    """Return X, such as an array, a list of rows, or a DataFrame, as float64 with shape (n_samples, n_columns).

    Examples
    --------
    >>> read_samples([[1, 2], [3, 4]], most=10)
    array([[1., 2.],
           [3., 4.]])
    >>> read_samples(np.zeros((11, 2)), most=10)
    Traceback (most recent call last):
        ...
    ValueError: X has 11 samples; expected at most 10: pass some of them, such as the first, X[:10]
    """
    samples = as_floats("X", X, (None, n_columns), np.float64)
    if len(samples) > most:
        raise ValueError(f"X has {len(samples)} samples; expected at most {most}: pass some of them, such as the first, X[:{most}]")
    return samples


def read_labels(y: Any, *, n_samples: int, n_classes: int) -> Array:
    """Return one whole number per sample, from 0 to n_classes - 1, as int64.

    Examples
    --------
    >>> read_labels([0.0, 1.0], n_samples=2, n_classes=2)
    array([0, 1])
    """
    if as_numbers("y", y).ndim != 1:
        check_shape("y", as_numbers("y", y), (n_samples,))
    return check_labels(as_targets(y, labels=True, dtype=np.float64), n_samples=n_samples, n_classes=n_classes)


def read_vector(name: str, values: Any, n: int | None = None) -> list[float]:
    """Return the numbers of an array, or of anything else that can be iterated over, as a list of n (without n: of any length).

    Examples
    --------
    >>> read_vector("w", np.array([1, 2]), 2)
    [1.0, 2.0]
    >>> read_vector("w", {"cat": 1, "dog": 2}.values())
    [1.0, 2.0]
    """
    if isinstance(values, Iterable) and not hasattr(values, "__array__"):  # a DataFrame would give its names
        values = list(values)
    return list(as_floats(name, values, (n,), np.float64).tolist())


def read_list(name: str, values: Any) -> list[Any]:
    """Return what can be iterated over in a fixed order as a list; a text is a single value and not a list of letters.

    Examples
    --------
    >>> read_list("toys", ("moons", "xor"))
    ['moons', 'xor']
    >>> read_list("toys", "moons")
    Traceback (most recent call last):
        ...
    TypeError: toys is 'moons'; expected a list, such as ['moons']
    """
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise TypeError(f"{name} is {values!r}; expected a list, such as [{values!r}]")
    if isinstance(values, (set, frozenset)):
        raise TypeError(f"{name} is a {type(values).__name__}, which has no order; expected a list, such as {sorted(values, key=str)}")
    return list(values)


def read_names(name: str, values: Any) -> list[str]:
    """Return a list of names, as text: none empty, and all different.

    Examples
    --------
    >>> read_names("names", [1, "cat"])
    ['1', 'cat']
    >>> read_names("names", ["cat", "dog", "cat"])
    Traceback (most recent call last):
        ...
    ValueError: names is ['cat', 'dog', 'cat']; expected names that all differ, and none that is empty
    """
    names = [str(value) for value in read_list(name, values)]
    if len(set(names)) < len(names) or not all(map(str.strip, names)):
        raise ValueError(f"{name} is {names}; expected names that all differ, and none that is empty")
    return names


def engine_activation(layer: Any) -> list[Any]:
    """Return an activation's name and option, as the engine in the browser takes them.

    Examples
    --------
    >>> from nnfromscratch import LeakyReLU, Tanh
    >>> engine_activation(LeakyReLU(0.3)), engine_activation(Tanh())
    (['LeakyReLU', 0.3], ['Tanh'])
    """
    return [type(layer).__name__, *(float(getattr(layer, name)) for name in layer.options)]


def check_together(X: Any, y: Any) -> bool:
    """Return whether X and y are given; raise a ValueError if only one of them is."""
    if (X is None) != (y is None):
        raise ValueError(f"{'X' if y is None else 'y'} is given without {'y' if y is None else 'X'}; expected both, or neither")
    return X is not None
