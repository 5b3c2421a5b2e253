"""Convolution: layers for images, shape (n_samples, channels, height, width).

A dense layer gives every pixel its own weight and cannot tell neighbors from strangers. A convolution slides one small kernel over
the image, so that every place is seen through the same few weights. Cut into patches, an image becomes a matrix with one row per patch, and
a convolution is the matrix product you know::

    Z = patches @ W + b
    dW = patches.T @ dZ        db = dZ.sum(axis=0)        dpatches = dZ @ W.T

These layers fit into a `Network` like all others; importing this module tells `Network.load` about them.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import DTypeLike

from ._checks import check_array, check_choice, check_dtype, check_int, check_precision, check_shape
from ._typing import Array, Rng
from .initializers import INITIALIZERS
from .layers import LAYERS, Layer

IMAGE = (None, None, None)  # channels, height, and width: any
PIECE = 16  # 5 by 5 patches need 25 times the memory of their images, so they are made for a few images at a time


def patches(X: Array, size: int, stride: int = 1) -> Array:
    """Return every patch of every image as a view of X: nothing is copied.

    Parameters
    ----------
    X : ndarray, shape (n_samples, channels, height, width)
    size : int
        Height and width of a patch.
    stride : int
        Pixels from one patch to the next.

    Returns
    -------
    ndarray, shape (n_samples, n_down, n_across, size, size, channels)
        With n_down = (height - size) // stride + 1, and n_across likewise from the width.

    Examples
    --------
    >>> X = np.arange(9.0).reshape(1, 1, 3, 3)
    >>> patches(X, 2)[0, 0, 1, :, :, 0]
    array([[1., 2.],
           [4., 5.]])
    """
    windows = sliding_window_view(X, (size, size), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 4, 5, 1)


def slices(n: int) -> list[slice]:
    """Return slices that cut n images into pieces of at most PIECE images.

    Examples
    --------
    >>> slices(20)
    [slice(0, 16, None), slice(16, 32, None)]
    """
    return [slice(start, start + PIECE) for start in range(0, n, PIECE)]


def add_patches(images: Array, pixels: Array, stride: int) -> None:
    """Add every patch to the images at the place it was taken from, which reverses `patches`. Where patches overlap, they add up.

    Parameters
    ----------
    images : ndarray, shape (n_samples, height, width, channels)
        Changed in place.
    pixels : ndarray, shape (n_samples, n_down, n_across, size, size, channels)
    stride : int

    Examples
    --------
    All four 2 by 2 patches of a 3 by 3 image contain its central pixel:

    >>> image = np.zeros((1, 3, 3, 1))
    >>> add_patches(image, np.ones((1, 2, 2, 2, 2, 1)), stride=1)
    >>> image[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    n_down, n_across, height, width = pixels.shape[1:5]
    for i, j in np.ndindex(height, width):
        images[:, i : i + n_down * stride : stride, j : j + n_across * stride : stride] += pixels[:, :, :, i, j]


def check_room(X: Array, size: int, padding: int = 0) -> None:
    """Raise a ValueError if the images X are smaller than a patch of this size."""
    side = min(X.shape[2:]) + 2 * padding
    if side < size:
        raise ValueError(f"X has shape {X.shape}: with padding its shorter side is {side} pixels; expected at least {size}")


def check_geometry(n_in: int, n_out: int, size: int, stride: int, padding: int) -> None:
    """Raise an error unless these are whole numbers that describe a convolution."""
    for name, value in {"n_in": n_in, "n_out": n_out, "size": size, "stride": stride}.items():
        check_int(name, value)
    check_int("padding", padding, minimum=0)


def check_output(layer: "Conv2D", dZ: Array) -> None:
    """Raise an error unless the layer has had a forward pass and dZ has the shape of its output."""
    if layer.cache is None:
        raise RuntimeError(f"{type(layer).__name__}.backward needs a forward pass first")
    n, n_down, n_across, n_out = layer.out_shape
    check_shape("dZ", dZ, (n, n_out, n_down, n_across))


class Reshape(Layer):
    """Reshape rows of numbers into images: (n_samples, channels * height * width) -> (n_samples, channels, height, width).

    Parameters
    ----------
    shape : tuple of int
        Channels, height, and width of one image.

    Examples
    --------
    >>> Reshape((1, 2, 2)).forward(np.array([[1.0, 2.0, 3.0, 4.0]]))
    array([[[[1., 2.],
             [3., 4.]]]])
    """

    options = ("shape",)

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = tuple(check_int("a side of shape", side) for side in shape)
        self.sample_shape = (int(np.prod(self.shape)),)

    def forward(self, X: Array) -> Array:
        check_shape("X", X, (None, int(np.prod(self.shape))))
        self.cache = A = X.reshape(-1, *self.shape)
        return A

    def backward(self, dA: Array) -> Array:
        return dA.reshape(len(self.cached(dA)), -1)


class Flatten(Layer):
    """Flatten images into rows of numbers: (n_samples, channels, height, width) -> (n_samples, channels * height * width).

    Examples
    --------
    >>> Flatten().forward(np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    array([[1., 2., 3., 4.]])
    """

    sample_shape = IMAGE

    def forward(self, X: Array) -> Array:
        check_shape("X", X, (None, *IMAGE))
        self.image_shape = X.shape[1:]
        self.cache = A = X.reshape(len(X), -1)
        return A

    def backward(self, dA: Array) -> Array:
        return dA.reshape(len(self.cached(dA)), *self.image_shape)


class Conv2D(Layer):
    """Slide kernels over images: each output channel is one kernel's weighted sums of the patches under it, plus a bias.

    Forward (n_samples, n_in, height, width) -> (n_samples, n_out, n_down, n_across), where
    n_down = (height + 2 padding - size) // stride + 1, and n_across follows from the width in the same way.

    Parameters
    ----------
    n_in, n_out : int
        Channels of the input and of the output. `params["W"]` holds one kernel per output channel: (n_out, n_in, size, size).
    size : int
        Height and width of a kernel.
    stride : int
        Pixels from one patch to the next.
    padding : int
        Rows and columns of zeros added on each side of the image.
    init : str or function
        How the weights are initialized, as in `Linear`: a neuron has n_in * size * size inputs. Biases start at 0.
    rng : None, int, or numpy.random.Generator
    dtype : dtype
        float32 or float64.

    Notes
    -----
    As in most frameworks, this is what mathematicians call a cross-correlation: the kernel is not flipped. (LeCun, Bottou, Bengio, and
    Haffner, "Gradient-based learning applied to document recognition", 1998.)

    Examples
    --------
    A kernel that responds to the left edge of a bright area:

    >>> layer = Conv2D(1, 1, 2, dtype=np.float64)
    >>> layer.params["W"] = [[[[-1.0, 1.0], [-1.0, 1.0]]]]
    >>> layer.forward(np.array([[[[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]]]))
    array([[[[0., 2.],
             [0., 2.]]]])
    """

    options = ("n_in", "n_out", "size", "stride", "padding")

    def __init__(
        self,
        n_in: int,
        n_out: int,
        size: int,
        stride: int = 1,
        padding: int = 0,
        *,
        init: str | Callable[..., Array] = "he",
        rng: Rng = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        check_geometry(n_in, n_out, size, stride, padding)
        check_precision(dtype)
        self.n_in, self.n_out, self.size = int(n_in), int(n_out), int(size)
        self.stride, self.padding, self.sample_shape = int(stride), int(padding), (self.n_in, None, None)
        check_choice("init", init, INITIALIZERS)
        draw = init if callable(init) else INITIALIZERS[init]
        W = np.asarray(draw(n_in * size * size, n_out, rng))
        check_array("the array that init returned", W, shape=(n_in * size * size, n_out))
        W = W.T.reshape(n_out, n_in, size, size).astype(dtype)
        self.params = {"W": W, "b": np.zeros(n_out, dtype)}
        self.grads = {"W": np.zeros_like(W), "b": np.zeros(n_out, dtype)}

    def matrix(self) -> Array:
        """Return the kernels as the columns of a matrix, shape (size * size * n_in, n_out): the W of `Linear`."""
        W = self.params["W"]
        return W.transpose(2, 3, 1, 0).reshape(-1, self.n_out)

    def forward(self, X: Array) -> Array:
        """Return Z (n_samples, n_out, n_down, n_across)."""
        check_dtype("X", X, self.params["W"].dtype)
        check_shape("X", X, (None, self.n_in, None, None))
        check_room(X, self.size, self.padding)
        margin = (self.padding, self.padding)
        self.cache = X = np.pad(X, ((0, 0), (0, 0), margin, margin))
        windows = patches(X, self.size, self.stride)
        W = self.matrix()
        self.out_shape = *windows.shape[:3], self.n_out
        Z = np.empty(self.out_shape, X.dtype)
        for piece in slices(len(X)):
            rows = windows[piece].reshape(-1, len(W))  # one row per patch
            Z[piece] = (rows @ W).reshape(Z[piece].shape)
        Z += self.params["b"]
        return Z.transpose(0, 3, 1, 2)

    def backward(self, dZ: Array, input_gradient: bool = True) -> Array | None:
        """Fill grads["W"] and grads["b"]; return dX (or None if `input_gradient` is False, because no layer precedes it)."""
        check_output(self, dZ)
        X, W, n = self.cache, self.matrix(), len(dZ)
        windows = patches(X, self.size, self.stride)
        dZ = dZ.transpose(0, 2, 3, 1)
        dW = np.zeros_like(W)
        dX = np.zeros((n, *X.shape[2:], self.n_in), X.dtype)
        for piece in slices(n):
            rows = windows[piece].reshape(-1, len(W))
            dZ_rows = dZ[piece].reshape(-1, self.n_out)
            dW += rows.T @ dZ_rows
            if input_gradient:
                d_rows = (dZ_rows @ W.T).reshape(windows[piece].shape)
                add_patches(dX[piece], d_rows, self.stride)
        self.grads["W"][...] = dW.reshape(self.size, self.size, self.n_in, -1).transpose(3, 2, 0, 1)
        self.grads["b"][...] = dZ.sum(axis=(0, 1, 2))
        if not input_gradient:
            return None
        inside = slice(self.padding, -self.padding or None)
        return dX[:, inside, inside].transpose(0, 3, 1, 2)


class MaxPool2D(Layer):
    """Shrink images: keep the largest number of every size-by-size block of a channel.

    Forward (n_samples, channels, height, width) -> (n_samples, channels, height // size, width // size); rows and columns that do not
    fill a block are left out. In the backward pass, the derivative goes to the place of the largest number (the first one, if there are
    several).

    Parameters
    ----------
    size : int
        Height and width of a block.

    Examples
    --------
    >>> layer = MaxPool2D(2)
    >>> layer.forward(np.array([[[[1.0, 7.0], [3.0, 4.0]]]]))
    array([[[[7.]]]])
    >>> layer.backward(np.array([[[[10.0]]]]))
    array([[[[ 0., 10.],
             [ 0.,  0.]]]])
    """

    options, sample_shape = ("size",), IMAGE

    def __init__(self, size: int) -> None:
        super().__init__()
        check_int("size", size)
        self.size = int(size)

    def corners(self, X: Array) -> list[Array]:
        """Return views of X, each with one pixel of every block: first all the upper left ones, last all the lower right ones."""
        size = self.size
        down, across = (side // size * size for side in X.shape[2:])
        return [X[:, :, i:down:size, j:across:size] for i, j in np.ndindex(size, size)]

    def forward(self, X: Array) -> Array:
        check_dtype("X", X)
        check_shape("X", X, (None, *IMAGE))
        check_room(X, self.size)
        first, *others = self.corners(X)
        A, self.in_shape = first.copy(), X.shape
        self.cache = winner = np.zeros_like(A, dtype=np.int32)  # which pixel of its block was the largest
        for place, pixel in enumerate(others, start=1):
            winner[pixel > A] = place
            np.maximum(A, pixel, out=A)
        return A

    def backward(self, dA: Array) -> Array:
        winner, dX = self.cached(dA), np.zeros(self.in_shape, dA.dtype)
        for place, pixel in enumerate(self.corners(dX)):
            pixel[...] = dA * (winner == place)
        return dX


LAYERS.update({cls.__name__: cls for cls in (Reshape, Flatten, Conv2D, MaxPool2D)})
