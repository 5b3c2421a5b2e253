"""All weights and biases of a network, by name and as one flat vector.

A layer needs its matrix `W`; an optimizer does not care about shapes and prefers one long vector. Both are possible, because in NumPy a
matrix can be a *view* of part of a vector: the same numbers in memory under two names.
"""

from collections import UserDict
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from ._checks import check_one_dtype
from ._doors import as_floats
from ._typing import Array


class ParameterDict(UserDict[str, Array]):
    """A dictionary of arrays. Assigning to a name writes *into* its array and does not replace it.

    So everything that holds a view of the array, such as the network and its optimizer, sees `layer.params["W"] = numbers`. For the same
    reason, no name can be added or removed. The new values are converted to the dtype of the array.

    Parameters
    ----------
    **arrays : ndarray
        The arrays by name; they are kept, not copied. (`data` is the ordinary dictionary that holds them.)

    Examples
    --------
    >>> params = ParameterDict(W=np.zeros((2, 1)))
    >>> view = params["W"]
    >>> params["W"] = [[1.0], [2.0]]
    >>> view.tolist()
    [[1.0], [2.0]]
    """

    def __init__(self, **arrays: Array) -> None:
        self.data = arrays

    def __setitem__(self, name: str, values: ArrayLike) -> None:
        if name not in self:
            raise ValueError(f"unknown parameter {name!r}; expected one of: {', '.join(self) or 'none'}")
        self[name][...] = as_floats(name, values, self[name].shape, self[name].dtype)

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name} cannot be removed: the parameters of a layer are fixed")

    def __ior__(self, others: Any) -> Self:  # type: ignore[override, misc]  # UserDict's own would replace the arrays
        self.update(others)
        return self


class LayerArrays:
    """The attribute `params` or `grads` of a layer: always a `ParameterDict`, and fixed once the layer belongs to a network.

    From then on the network works with the arrays of that dictionary and would not notice a new one.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, owner: type) -> ParameterDict:
        arrays: ParameterDict = layer.__dict__[self.name]
        return arrays

    def __set__(self, layer: Any, arrays: Mapping[str, Array]) -> None:
        if layer.in_use:
            raise AttributeError(
                f"cannot replace `{self.name}` of a layer that belongs to a network; "
                f'assign to one array instead: layer.{self.name}["W"] = ...'
            )
        layer.__dict__[self.name] = arrays if isinstance(arrays, ParameterDict) else ParameterDict(**arrays)


class Parameters:
    """Named arrays in one flat vector, with a second vector for their gradients.

    Parameters
    ----------
    arrays : dict of str to ndarray
        The initial values; they are copied. All have the same floating dtype.

    Attributes
    ----------
    names : list of str
    values : ndarray, shape (n_parameters,)
        All parameters, one after another. An optimizer changes it in place.
    gradients : ndarray, shape (n_parameters,)
        The derivative of the loss with respect to each of them.

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
        check_one_dtype(arrays)
        values = np.concatenate([a.ravel() for a in arrays.values()] or [np.zeros(0, np.float32)])
        self.__setstate__(({name: a.shape for name, a in arrays.items()}, values, np.zeros_like(values)))

    def __getstate__(self) -> tuple[dict[str, tuple[int, ...]], Array, Array]:
        return self.shapes, self.values, self.gradients

    def __setstate__(self, state: tuple[dict[str, tuple[int, ...]], Array, Array]) -> None:
        self.shapes, self.values, self.gradients = state  # a copy or a pickle also needs views of its own vectors
        self.names = list(self.shapes)
        self._values, self._gradients = self.split(self.values), self.split(self.gradients)

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
