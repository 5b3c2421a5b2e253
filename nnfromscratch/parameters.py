"""All the weights and biases of a network, by name and as one long vector.

A layer wants its matrix `W`; an optimizer does not care about shapes and would rather see one long vector. Both can have their way,
because in NumPy a matrix can be a *view* of a stretch of a vector: the same numbers in memory under two names.
"""

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from ._checks import check_dtype, check_finite, check_shape
from ._typing import Array


class ParameterDict(MutableMapping):
    """A dictionary of arrays whose assignment writes *into* the array instead of putting another in its place.

    So `layer.params["W"] = numbers` is seen by everyone who holds a view of the array: the network and its optimizer.
    For the same reason no name can be added or removed.

    Parameters
    ----------
    **arrays : ndarray
        The arrays by name; they are kept, not copied.

    Raises
    ------
    ValueError
        If the name is unknown, or the new values have another shape, or are not finite.
    TypeError
        If the new values are no real numbers, or a name is to be removed.

    Examples
    --------
    >>> params = ParameterDict(W=np.zeros((2, 1)))
    >>> view = params["W"]
    >>> params["W"] = [[1.0], [2.0]]
    >>> view.tolist()
    [[1.0], [2.0]]
    """

    def __init__(self, **arrays) -> None:
        self._arrays = arrays

    def __getitem__(self, name: str) -> Array:
        return self._arrays[name]

    def __setitem__(self, name: str, values: ArrayLike) -> None:
        if name not in self._arrays:
            raise ValueError(f"unknown parameter {name!r}; expected one of: {', '.join(self) or 'none'}")
        array, values = self._arrays[name], np.asarray(values)
        if values.dtype.kind not in "fiu":
            raise TypeError(f"{name} has dtype {values.dtype}; expected real numbers")
        check_shape(name, values, array.shape)
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused in words
            values = values.astype(array.dtype)
        check_finite(name, values)
        array[...] = values

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name} cannot be removed: which parameters a layer has is fixed")

    def __ior__(self, others: Mapping[str, ArrayLike] | Iterable[tuple[str, ArrayLike]]) -> Self:
        self.update(others)
        return self

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    def __repr__(self):
        return repr(self._arrays)

    def __deepcopy__(self, memo):
        return ParameterDict(**{name: array.copy() for name, array in self.items()})

    def bind(self, name: str, array: Array) -> None:
        """Put `array` itself in place of the old one."""
        self._arrays[name] = array


class Parameters:
    """Named arrays in one flat vector, with a gradient vector beside it.

    Parameters
    ----------
    arrays : dict of str to ndarray
        The start values; they are copied. All of one floating dtype.

    Attributes
    ----------
    names : list of str
    values : ndarray, shape (n_parameters,)
        Every parameter, one after the other. An optimizer changes it in place.
    gradients : ndarray, shape (n_parameters,)
        The derivative of the loss with respect to each of them.

    Raises
    ------
    TypeError
        If they are no arrays of floats, or have different dtypes.

    Examples
    --------
    >>> parameters = Parameters({"W": np.ones((2, 3)), "b": np.zeros(3)})
    >>> parameters.values
    array([1., 1., 1., 1., 1., 1., 0., 0., 0.])
    >>> parameters["b"][:] = 7          # a view: the vector changes too
    >>> parameters.values[-3:]
    array([7., 7., 7.])
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        for name, array in arrays.items():
            check_dtype(name, array)
        dtypes = sorted({str(a.dtype) for a in arrays.values()})
        if len(dtypes) > 1:
            raise TypeError(f"the parameters have dtypes {', '.join(dtypes)}; expected one dtype for all")
        self.shapes = {name: a.shape for name, a in arrays.items()}
        self.values = np.concatenate([a.ravel() for a in arrays.values()] or [np.zeros(0, np.float32)])
        self.gradients = np.zeros_like(self.values)
        self._values, self._gradients = self.split(self.values), self.split(self.gradients)

    @property
    def names(self) -> list[str]:
        return list(self.shapes)

    def __getitem__(self, name: str) -> Array:
        """The array of this name, as a view of `values`."""
        return self._values[name]

    def grad(self, name: str) -> Array:
        """Return the gradient of the array of this name, as a view of `gradients`."""
        return self._gradients[name]

    def split(self, vector: Array) -> dict[str, Array]:
        """Cut any vector as long as `values` into named views with the shapes of the parameters."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes.values()])
        pieces = np.split(vector, ends[:-1]) if self.shapes else []
        return {name: piece.reshape(self.shapes[name]) for name, piece in zip(self.shapes, pieces)}
