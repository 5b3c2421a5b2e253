"""Automatic differentiation: write down a formula, and its derivative follows.

Every operation on a `Tensor` is recorded: its result, the tensors it used, and for each of these a *local derivative*, the function that
turns the derivative of the loss with respect to the result into the derivative with respect to that input. This record is called the
tape. `backward` plays it from end to beginning and applies the chain rule at every entry: backpropagation for any formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import numpy as np

from ._checks import check_labels, check_shape
from ._typing import Array
from .activations import log_softmax, softmax

Local = Callable[[Array], Any]  # from the derivative with respect to a result to that with respect to one of its inputs

numbers = count()  # each new tensor takes the next one


class Tensor:
    """An array that remembers how it was computed.

    Plain numbers and arrays can be used in the same formula. They are constants: nothing is differentiated with respect to them.

    Parameters
    ----------
    data : float or array of float
    name : str
        A label for figures. The result of an operation is named after the operation.
    inputs : sequence of (Tensor, function)
        How it was computed: every tensor used, with its local derivative. Empty for a tensor that you make yourself.

    Attributes
    ----------
    data : ndarray
    grad : ndarray or None
        The derivative that `backward` found, with the shape of `data`; None before the first backward pass.

    Notes
    -----
    `backward` *adds* to `grad`, so two backward passes, from the same result or from different ones, leave the sum of their derivatives.
    `reset_gradients` starts over. Change `data` only after the backward pass: local derivatives use the values of the forward pass.

    (R. E. Wengert, "A simple automatic derivative evaluation program", 1964.)

    Examples
    --------
    >>> w, x, b = Tensor(2.0), Tensor(3.0), Tensor(1.0)
    >>> loss = (w * x + b) ** 2
    >>> loss.backward()
    >>> float(loss.data), float(w.grad), float(x.grad), float(b.grad)
    (49.0, 42.0, 28.0, 14.0)
    """

    __array_ufunc__ = None  # leaves `array * tensor` to __rmul__ below; otherwise NumPy would multiply by each entry of the array

    def __init__(self, data: Any, name: str = "", inputs: Iterable[tuple[Tensor, Local]] = ()) -> None:
        self.data: Array = np.asarray(data)
        self.grad: Array | None = None
        self.name, self.inputs, self.number = name, list(inputs), next(numbers)
        check_floats(self.data)

    def tape(self) -> list[Tensor]:
        """Return this tensor and everything it was computed from, in order of creation."""
        found, to_visit = {self}, [self]
        while to_visit:
            new = {source for source, _ in to_visit.pop().inputs} - found
            found |= new
            to_visit += new
        return sorted(found, key=lambda tensor: tensor.number)

    def backward(self) -> None:
        """Add the derivative of this tensor, which must be a single number, to the `grad` of every tensor on the tape."""
        check_single(self.data)
        arrived: dict[Tensor, Any] = {self: np.ones_like(self.data)}
        for tensor in reversed(self.tape()):
            d = arrived.pop(tensor)
            tensor.grad = d if tensor.grad is None else tensor.grad + d
            for source, local in tensor.inputs:
                arrived[source] = arrived.get(source, 0) + sum_to(local(d), source.data.shape)

    def __add__(self, other: Any) -> Tensor:
        return record("+", value(self) + value(other), (self, lambda d: d), (other, lambda d: d))

    def __sub__(self, other: Any) -> Tensor:
        return record("-", value(self) - value(other), (self, lambda d: d), (other, lambda d: -d))

    def __mul__(self, other: Any) -> Tensor:
        a, b = value(self), value(other)
        return record("*", a * b, (self, lambda d: d * b), (other, lambda d: d * a))

    def __truediv__(self, other: Any) -> Tensor:
        a, b = value(self), value(other)
        return record("/", a / b, (self, lambda d: d / b), (other, lambda d: -d * a / b**2))

    def __matmul__(self, other: Any) -> Tensor:
        a, b = value(self), value(other)
        check_matrices(a, b)
        return record("@", a @ b, (self, lambda d: d @ b.T), (other, lambda d: a.T @ d))

    def __pow__(self, power: float) -> Tensor:
        a = self.data
        return record(f"** {power}", a**power, (self, lambda d: d * power * a ** (power - 1)))

    def __getitem__(self, index: Any) -> Tensor:
        def local(d: Array) -> Array:
            whole = np.zeros_like(self.data)
            np.add.at(whole, index, d)  # not `whole[index] += d`: an entry that was picked twice gets both contributions
            return whole

        return record("[]", self.data[index], (self, local))

    def __neg__(self) -> Tensor:
        return self * -1.0

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: Any) -> Tensor:
        return Tensor.__sub__(other, self)

    def __rtruediv__(self, other: Any) -> Tensor:
        return Tensor.__truediv__(other, self)

    def __rmatmul__(self, other: Any) -> Tensor:
        return Tensor.__matmul__(other, self)

    def relu(self) -> Tensor:
        """Return max(x, 0), entry by entry."""
        return record("relu", np.maximum(self.data, 0), (self, lambda d: d * (self.data > 0)))

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent of every entry."""
        a = np.tanh(self.data)
        return record("tanh", a, (self, lambda d: d * (1 - a * a)))

    def exp(self) -> Tensor:
        """Return e to the power of every entry."""
        a = np.exp(self.data)
        return record("exp", a, (self, lambda d: d * a))

    def log(self) -> Tensor:
        """Return the natural logarithm of every entry."""
        return record("log", np.log(self.data), (self, lambda d: d / self.data))

    def sum(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """Return the sum over one axis, several, or all."""

        def local(d: Array) -> Array:
            d = d if axis is None or keepdims else np.expand_dims(d, axis)
            return np.broadcast_to(d, self.data.shape)

        return record("sum", self.data.sum(axis=axis, keepdims=keepdims), (self, local))

    def mean(self, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """Return the mean over one axis, several, or all."""
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)

    def reshape(self, *shape: int) -> Tensor:
        """Return the same entries in a different shape."""
        return record("reshape", self.data.reshape(*shape), (self, lambda d: d.reshape(self.data.shape)))

    @property
    def T(self) -> Tensor:
        """The transpose."""
        return record("T", self.data.T, (self, lambda d: d.T))

    def __repr__(self) -> str:
        return f"Tensor({self.data})"


def record(name: str, data: Any, *inputs: tuple[Any, Local]) -> Tensor:
    """Return the result of an operation as a new tensor. Constants among its inputs are left out: nothing is passed back to them."""
    return Tensor(data, name, [(source, local) for source, local in inputs if isinstance(source, Tensor)])


def value(x: Any) -> Any:
    """Return the array inside a tensor; a constant is returned as it is."""
    return x.data if isinstance(x, Tensor) else x


def sum_to(d: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: an entry that was used many times gets the sum of what comes back from all its uses.

    Examples
    --------
    >>> sum_to(np.ones((4, 3)), (3,))
    array([4., 4., 4.])
    """
    if d.shape == shape:
        return d
    d = d.sum(axis=tuple(range(d.ndim - len(shape))))
    return d.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


def check_floats(data: Array) -> None:
    """Raise a TypeError unless the array holds floating-point numbers."""
    if data.dtype.kind != "f":
        raise TypeError(f"data has dtype {data.dtype}; expected floating-point numbers, such as Tensor(2.0)")


def check_single(data: Array) -> None:
    """Raise a ValueError unless the array holds exactly one number."""
    if data.size != 1:
        raise ValueError(f"backward starts at a tensor of shape {data.shape}; expected a single number: use sum() or mean()")


def check_matrices(a: Any, b: Any) -> None:
    """Raise a ValueError unless both factors of a matrix product are matrices."""
    if np.ndim(a) != 2 or np.ndim(b) != 2:
        raise ValueError(f"@ got shapes {np.shape(a)} and {np.shape(b)}; expected two matrices")


def softmax_cross_entropy(Z: Tensor, y: Array) -> Tensor:
    """Return the mean cross-entropy between softmax(Z) and the labels y: one entry on the tape, with the derivative (Y_hat - Y) / n.

    Parameters
    ----------
    Z : Tensor, shape (n_samples, n_classes)
    y : ndarray of int, shape (n_samples,)

    Examples
    --------
    >>> Z = Tensor(np.zeros((1, 4)))
    >>> loss = softmax_cross_entropy(Z, np.array([2]))
    >>> loss.backward()
    >>> round(float(loss.data), 4), Z.grad
    (1.3863, array([[ 0.25,  0.25, -0.75,  0.25]]))
    """
    check_shape("Z", Z.data, (None, None))
    n, n_classes = Z.data.shape
    check_labels(y, n_samples=n, n_classes=n_classes)
    Y = np.eye(n_classes, dtype=Z.data.dtype)[y]
    loss = -(Y * log_softmax(Z.data)).sum() / n
    return record("cross-entropy", loss, (Z, lambda d: d * (softmax(Z.data) - Y) / n))


def reset_gradients(tensors: Iterable[Tensor]) -> None:
    """Forget the gradients of these tensors, so that the next backward pass starts over.

    Examples
    --------
    >>> x = Tensor(3.0)
    >>> for step in range(2):
    ...     reset_gradients([x])
    ...     (x * x).backward()
    >>> float(x.grad)
    6.0
    """
    for tensor in tensors:
        tensor.grad = None
