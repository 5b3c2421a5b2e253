"""Layers: the building blocks of a network. Each consists of two things, its formula and its derivative.

`forward(X)` computes the output and keeps what the derivative will need. `backward(dA)` receives the derivative of the loss with
respect to that output; it stores the derivatives with respect to the layer's own parameters in `grads` and returns the derivative
with respect to its input, which is what the preceding layer needs. That is all there is to backpropagation.

Samples are rows everywhere.
"""

import copy
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from ._checks import check_array, check_choice, check_gradient, check_ints, check_number, check_precision, check_samples
from ._typing import Array, Rng
from .activations import elu, leaky_relu, relu, sigmoid, softmax
from .initializers import INITIALIZERS
from .parameters import LayerArrays


class Layer:
    """The base class of all layers.

    Attributes
    ----------
    params : dict of str to ndarray
        Parameters by name.
    grads : dict of str to ndarray
        The derivatives of the loss with respect to them, under the same names and with the same shapes.
    training : bool
        True only while the network trains (`Dropout` behaves differently then).
    in_use : bool
        True once the layer belongs to a network.

    Examples
    --------
    A layer of your own needs `forward` and `backward`; `options` names the arguments that its `repr` shows.

    >>> class Square(Layer):
    ...     def forward(self, Z):
    ...         self.cache = Z
    ...         return Z ** 2
    ...     def backward(self, dA):
    ...         return dA * 2 * self.cached(dA)
    >>> square = Square()
    >>> square.forward(np.array([[3.0]])), square.backward(np.array([[1.0]]))
    (array([[9.]]), array([[6.]]))
    """

    options: tuple[str, ...] = ()
    sample_shape: tuple[int | None, ...] | None = None  # of one input; None means any number
    training = in_use = False
    params, grads = LayerArrays(), LayerArrays()

    def __init__(self) -> None:
        self.cache: Any = None
        self.params, self.grads = {}, {}

    def forward(self, X: Array) -> Array:
        """Return the output (n_samples, n_out) for an input (n_samples, n_in), and keep what `backward` needs."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def backward(self, dA: Array) -> Array | Any:
        """Return the derivative of the loss with respect to the last input (n_samples, n_in), given dA, the one with respect to the output.

        dA has the shape (n_samples, n_out). If the layer has parameters, fill `grads`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no backward")

    def cached(self, dA: Array) -> Array:
        """Return what `forward` kept, after checking that `dA` has the same shape."""
        check_gradient("dA", dA, self)
        return self.cache

    def __copy__(self) -> Self:
        return copy.deepcopy(self)  # a shallow copy would share its parameters with a layer whose network binds them to its own vector

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "cache": None, "in_use": False}  # a copy belongs to no network yet

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.options)})"


class Scale(Layer):
    """A = factor * X, which turns stored pixels 0 ... 255 into numbers 0 ... 1. As the first layer, it lets a network learn from bytes.

    Bytes (uint8) become float32 one mini-batch at a time. The data set as a whole stays in bytes, a quarter of its size in float32, and
    nobody can forget to scale before `predict`.

    Parameters
    ----------
    factor : float

    Examples
    --------
    >>> Scale(1 / 255).forward(np.array([[0, 51, 255]], dtype=np.uint8)).round(3)
    array([[0. , 0.2, 1. ]], dtype=float32)
    """

    options = ("factor",)

    def __init__(self, factor: float) -> None:
        super().__init__()
        check_number("factor", factor)
        self.factor = float(factor)

    def forward(self, X: Array) -> Array:
        check_samples("X", X, bytes_too=True)
        self.cache = X
        return X * np.result_type(X, np.float32).type(self.factor)

    def backward(self, dA: Array) -> Array:
        self.cached(dA)
        return dA * self.factor


class Linear(Layer):
    """Every output is a weighted sum of all inputs plus a bias: Z = X W + b. Also called a dense layer.

    Parameters
    ----------
    n_in, n_out : int
        Inputs and outputs (neurons) of the layer.
    init : str or function
        How the weights are initialized: "he", "xavier", "normal", "zeros", or a function (n_in, n_out, rng) -> array. Biases start at 0.
    rng : None, int, or numpy.random.Generator
    dtype : dtype
        float32, or float64 if precision matters more than speed.

    Notes
    -----
    To find the derivatives, look at one number at a time: z_k = sum_j x_j W_jk + b_k, so dz_k/dW_jk = x_j, dz_k/db_k = 1, and
    dz_k/dx_j = W_jk. Multiply by dz_k and sum over all paths on which a number affects the loss (over samples for W and b, over
    neurons for x)::

        dW = X.T @ dZ
        db = dZ.sum(axis=0)
        dX = dZ @ W.T

    (Goodfellow, Bengio, and Courville, *Deep Learning*, 2016, section 6.5.)

    Examples
    --------
    >>> layer = Linear(2, 1, dtype=np.float64)
    >>> layer.params["W"], layer.params["b"] = [[2.0], [-1.0]], [0.5]
    >>> layer.forward(np.array([[1.0, 3.0]]))
    array([[-0.5]])
    >>> layer.backward(np.array([[1.0]]))
    array([[ 2., -1.]])
    >>> layer.grads
    {'W': array([[1.],
           [3.]]), 'b': array([1.])}
    """

    options = ("n_in", "n_out")

    def __init__(
        self, n_in: int, n_out: int, *, init: str | Callable[[int, int, Any], Array] = "he", rng: Rng = None, dtype: DTypeLike = np.float32
    ) -> None:
        super().__init__()
        check_ints(n_in=n_in, n_out=n_out)
        check_choice("init", init, INITIALIZERS)
        check_precision(dtype)
        self.n_in, self.n_out = int(n_in), int(n_out)
        self.sample_shape = (self.n_in,)
        draw = init if callable(init) else INITIALIZERS[init]
        W = np.asarray(draw(n_in, n_out, rng))
        check_array("the array that init returned", W, shape=(n_in, n_out))
        self.params = {"W": W.astype(dtype), "b": np.zeros(n_out, dtype)}
        self.grads = {"W": np.zeros((n_in, n_out), dtype), "b": np.zeros(n_out, dtype)}

    def forward(self, X: Array) -> Array:
        check_samples("X", X, self.n_in, self.params["W"].dtype)
        self.cache = X
        return X @ self.params["W"] + self.params["b"]

    def backward(self, dZ: Array, input_gradient: bool = True) -> Array | Any:
        """Fill grads["W"] and grads["b"]; return dX (or None if `input_gradient` is False: the first layer's dX is not needed to learn)."""
        check_gradient("dZ", dZ, self, self.n_out)
        X, W = self.cache, self.params["W"]
        self.grads["W"][...] = X.T @ dZ
        self.grads["b"][...] = dZ.sum(axis=0)
        return dZ @ W.T if input_gradient else None


class Activation(Layer):
    """A layer without parameters, whose output has the shape of its input. All but `Softmax` treat every number on its own.

    Examples
    --------
    >>> isinstance(ReLU(), Activation), isinstance(Linear(2, 3), Activation)
    (True, False)
    """

    init: str = "xavier"  # the initialization that suits the weights in front of this activation

    def check_input(self, Z: Array) -> Array:
        """Return Z if it is a floating array with one row (or one image) per sample."""
        check_samples("Z", Z)
        return Z


class Identity(Activation):
    """f(z) = z. Forward (n_samples, n) -> (n_samples, n).

    Examples
    --------
    >>> Identity().forward(np.array([[-2.0, 3.0]]))
    array([[-2.,  3.]])
    """

    def forward(self, Z: Array) -> Array:
        self.cache = self.check_input(Z)
        return Z

    def backward(self, dA: Array) -> Array:
        self.cached(dA)
        return dA


class ScaledIdentity(Activation):
    """f(z) = a z. Forward (n_samples, n) -> (n_samples, n).

    Parameters
    ----------
    a : float

    Examples
    --------
    >>> ScaledIdentity(0.5).forward(np.array([[-2.0, 3.0]]))
    array([[-1. ,  1.5]])
    """

    options = ("a",)

    def __init__(self, a: float) -> None:
        super().__init__()
        check_number("a", a)
        self.a = float(a)

    def forward(self, Z: Array) -> Array:
        self.cache = self.check_input(Z)
        return self.a * Z

    def backward(self, dA: Array) -> Array:
        self.cached(dA)
        return dA * self.a


class BinaryStep(Activation):
    """f(z) = 1 if z >= threshold, else 0. Its derivative is 0, so no layer in front of it can learn.

    Parameters
    ----------
    threshold : float

    Examples
    --------
    >>> BinaryStep(threshold=1).forward(np.array([[-2.0, 1.0, 3.0]]))
    array([[0., 1., 1.]])
    """

    options = ("threshold",)

    def __init__(self, threshold: float = 0) -> None:
        super().__init__()
        check_number("threshold", threshold)
        self.threshold = float(threshold)

    def forward(self, Z: Array) -> Array:
        self.cache = self.check_input(Z)
        return (Z >= self.threshold).astype(Z.dtype)

    def backward(self, dA: Array) -> Array:
        self.cached(dA)
        return np.zeros_like(dA)


class Sigmoid(Activation):
    """f(z) = 1 / (1 + exp(-z)), with the derivative written in terms of the output: A (1 - A).

    Examples
    --------
    >>> layer = Sigmoid()
    >>> layer.forward(np.array([[0.0]])), layer.backward(np.array([[1.0]]))
    (array([[0.5]]), array([[0.25]]))
    """

    def forward(self, Z: Array) -> Array:
        self.cache = A = sigmoid(self.check_input(Z))
        return A

    def backward(self, dA: Array) -> Array:
        A = self.cached(dA)
        return dA * (A * (1 - A))


class Tanh(Activation):
    """f(z) = tanh z, with the derivative 1 - A^2.

    Examples
    --------
    >>> layer = Tanh()
    >>> layer.forward(np.array([[0.0]])), layer.backward(np.array([[1.0]]))
    (array([[0.]]), array([[1.]]))
    """

    def forward(self, Z: Array) -> Array:
        self.cache = A = np.tanh(self.check_input(Z))
        return A

    def backward(self, dA: Array) -> Array:
        A = self.cached(dA)
        return dA * (1 - A * A)


class ReLU(Activation):
    """f(z) = slope * max(z, 0). The derivative depends on whether Z, the *input*, was above 0.

    Parameters
    ----------
    slope : float
        Above 0.

    Examples
    --------
    >>> layer = ReLU()
    >>> layer.forward(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 0., 3.]])
    >>> layer.backward(np.array([[10.0, 10.0, 10.0]]))
    array([[ 0.,  0., 10.]])
    """

    options, init = ("slope",), "he"

    def __init__(self, slope: float = 1) -> None:
        super().__init__()
        check_number("slope", slope, above=0)
        self.slope = float(slope)

    def forward(self, Z: Array) -> Array:
        self.cache = self.check_input(Z)
        return relu(Z, self.slope)

    def backward(self, dA: Array) -> Array:
        Z = self.cached(dA)
        return self.slope * (dA * (Z > 0))


class LeakyReLU(Activation):
    """f(z) = z if z > 0, else negative_slope * z.

    Parameters
    ----------
    negative_slope : float
        The slope below 0; less than 1.

    Examples
    --------
    >>> LeakyReLU(negative_slope=0.1).forward(np.array([[-2.0, 3.0]]))
    array([[-0.2,  3. ]])
    """

    options, init = ("negative_slope",), "he"

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        check_number("negative_slope", negative_slope, below=1)
        self.negative_slope = float(negative_slope)

    def forward(self, Z: Array) -> Array:
        self.cache = self.check_input(Z)
        return leaky_relu(Z, self.negative_slope)

    def backward(self, dA: Array) -> Array:
        Z = self.cached(dA)
        return np.where(Z > 0, dA, self.negative_slope * dA)


class ELU(Activation):
    """f(z) = z if z > 0, else alpha (exp(z) - 1); on that side the derivative is A + alpha.

    Parameters
    ----------
    alpha : float
        Above 0.

    Examples
    --------
    >>> layer = ELU()
    >>> layer.forward(np.array([[-1000.0, 3.0]])), layer.backward(np.array([[1.0, 1.0]]))
    (array([[-1.,  3.]]), array([[0., 1.]]))
    """

    options, init = ("alpha",), "he"

    def __init__(self, alpha: float = 1) -> None:
        super().__init__()
        check_number("alpha", alpha, above=0)
        self.alpha = float(alpha)

    def forward(self, Z: Array) -> Array:
        self.cache = A = elu(self.check_input(Z), self.alpha)
        return A

    def backward(self, dA: Array) -> Array:
        A = self.cached(dA)
        return np.where(A > 0, dA, dA * (A + self.alpha))


class Softmax(Activation):
    """Turn each row into probabilities; a layer of its own, with its whole Jacobian.

    Every output depends on every input of its row: da_i/dz_j = a_i (delta_ij - a_j). Summed against dA this is
    dZ = A * (dA - sum_i dA_i A_i). (If a cross-entropy follows, use `SoftmaxCrossEntropy` on the scores instead: the two together
    have a far simpler derivative.)

    Examples
    --------
    >>> layer = Softmax()
    >>> layer.forward(np.array([[0.0, 0.0]])), layer.backward(np.array([[1.0, 0.0]]))
    (array([[0.5, 0.5]]), array([[ 0.25, -0.25]]))
    """

    def forward(self, Z: Array) -> Array:
        self.cache = A = softmax(self.check_input(Z))
        return A

    def backward(self, dA: Array) -> Array:
        A = self.cached(dA)
        return A * (dA - (dA * A).sum(axis=1, keepdims=True))


class Dropout(Activation):
    """Set each number to 0 with probability p while training, and divide the others by 1 - p (Srivastava et al., 2014).

    Because of that division, the expected output is the same with and without dropout. Outside training, the layer does nothing.

    Parameters
    ----------
    p : float
        At least 0, below 1.
    rng : None, int, or numpy.random.Generator

    Examples
    --------
    >>> layer = Dropout(0.5, rng=0)
    >>> layer.forward(np.ones((1, 4)))
    array([[1., 1., 1., 1.]])
    >>> layer.training = True
    >>> layer.forward(np.ones((1, 4)))
    array([[2., 0., 0., 0.]])
    """

    options = ("p",)

    def __init__(self, p: float, rng: Rng = None) -> None:
        super().__init__()
        check_number("p", p, minimum=0, below=1)
        self.p = float(p)
        self.rng = np.random.default_rng(rng)

    def forward(self, Z: Array) -> Array:
        keep = self.rng.random(self.check_input(Z).shape) >= self.p if self.training else np.ones(Z.shape, bool)
        self.cache = keep / Z.dtype.type(1 - self.p if self.training else 1)
        return Z * self.cache

    def backward(self, dA: Array) -> Array:
        return dA * self.cached(dA)


LAYERS: dict[str, type[Layer]] = {
    cls.__name__: cls
    for cls in (Scale, Linear, Identity, ScaledIdentity, BinaryStep, Sigmoid, Tanh, ReLU, LeakyReLU, ELU, Softmax, Dropout)
}
