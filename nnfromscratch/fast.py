"""Optional speed: the same results as the plain code of the core, to rounding, in less time.

`fit(network, X, y, ...)` takes the arguments of `Network.fit`. For the length of a run it exchanges what the core offers to exchange: the
function that makes the mini-batches, and the classes of layers, loss and optimizer, for subclasses that compute the same numbers with fewer
walks through memory. The core knows nothing of this module.

The largest gain comes from blank inputs. Four fifths of a digit's pixels are 0, and 0 times a weight adds nothing. Leaving out such
products one at a time would cost more than it saves, but a whole block of them costs nothing to leave out. So the columns of X are put
into the order of their use, those that are hardly ever inked last, and the samples of a mini-batch into the order of their *reach*: the
number of leading columns that hold all their ink. Below is such a mini-batch, cut into three blocks; everything to the right is 0::

        row 0   1 1
        row 1   1 1
        row 2   1 1 2 2
        row 3   1 1 2 2
        row 4   1 1 2 2 3 3 3
        row 5   1 1 2 2 3 3 3

X @ W needs, for the rows of a block, only the columns up to its reach; and X.T @ dZ, for the columns of a block, only the rows from its
start on. The order of the inputs means nothing to a network, as long as the rows of W, and all that an optimizer remembers about them,
are in the same order. They return to their places at the end of every epoch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ._checks import check_gradient, check_samples
from ._typing import Array, Augment, Batches
from .layers import LAYERS, Dropout, Linear, ReLU, Scale
from .losses import SoftmaxCrossEntropy
from .network import Network
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSProp

PIECE = 2**15  # of a long vector; several such pieces fit into the cache of a core


def fit(
    network: Network,
    X: Any,
    y: Any,
    *,
    optimizer: Optimizer | None = None,
    batches: Batches | None = None,
    augment: Augment | None = None,
    **settings: Any,
) -> dict[str, list[float]]:
    """Do what `network.fit` does with these arguments, faster. (With `batches` of your own, or `augment`, no blank inputs are left out.)

    Examples
    --------
    >>> from nnfromscratch import load_digits, mlp
    >>> digits = load_digits(raw=True)
    >>> network = Network([Scale(1 / 255), *mlp([784, 32, 10], rng=0)])
    >>> history = fit(network, digits.X_train, digits.y_train, epochs=3, rng=0)
    >>> history["accuracy"][-1] > 0.9
    True
    """
    optimizer = SGD(lr=0.1) if optimizer is None else optimizer
    X = network._samples(X)
    with faster(network, X, optimizer, blanks=batches is None and augment is None) as own:
        return network.fit(X, y, optimizer=optimizer, batches=batches or own, augment=augment, **settings)


@contextmanager
def faster(network: Network, X: Array, optimizer: Any, blanks: bool = True) -> Iterator[Batches]:
    """Exchange layers, loss and optimizer for faster ones, and yield a batch function for `train` or `fit`.

    Parameters
    ----------
    network : Network
    X : ndarray, shape (n_samples, n_inputs)
        The data of the run, in the network's dtype (or bytes in front of a `Scale`).
    optimizer : Optimizer
        The one that the run will use.
    blanks : bool
        Leave out blank inputs, if there are enough of them.

    Examples
    --------
    >>> from nnfromscratch import mlp
    >>> network, X = Network(mlp([3, 2], rng=0)), np.eye(3, dtype=np.float32)
    >>> with faster(network, X, optimizer=SGD(0.1)) as batches:
    ...     run = network.train(X, [0, 1, 0], epochs=1, batches=batches)
    ...     next(run).number
    1
    """
    parts = [part for part in (*network.layers, network.loss, optimizer) if type(part) in FAST]
    own = OwnBatches(network, X, optimizer) if blanks and blanks_pay(network, X, optimizer) else gathered_batches
    try:
        for part in parts:
            part.__class__ = FAST[type(part)]
        yield own
    finally:
        if isinstance(own, OwnBatches):
            own.leave()
        for part in parts:
            part.__class__ = type(part).__base__
            part.__dict__.pop("place", None)


def blanks_pay(network: Network, X: Array, optimizer: object) -> bool:
    """Return whether leaving out blank inputs pays, and changes no result: X goes into a `Linear` layer, directly or through `Scale`.

    The optimizer must treat all parameters alike, because rows of W change places.
    """
    before, first = network.layers[: network.first], network.layers[network.first]
    plain = type(first) is Linear and all(type(layer) is Scale for layer in before) and type(optimizer) in FAST
    return plain and bool(np.count_nonzero(X) < X.size / 2)


def gathered_batches(X: Array, Y: Array, batch_size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield the mini-batches of `shuffled_batches`. `take` with mode="clip" needs half the time of X[batch], which checks each index."""
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        yield X.take(batch, axis=0, mode="clip"), Y.take(batch, axis=0, mode="clip")


class OwnBatches:
    """The batch function that leaves out blank inputs: `shuffled_batches` with columns in the order of use, rows in the order of reach.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_inputs)
        A copy of the data with its columns in the order of use.
    reach : ndarray of int, shape (n_samples,)
        How many leading columns hold all that is not 0 in each sample (for a sample of zeros: all columns).

    Examples
    --------
    >>> X = np.array([[0, 0, 7, 0], [0, 1, 9, 0]], np.float32)
    >>> own = OwnBatches(Network([Linear(4, 2)]), X, SGD(0.1))
    >>> own.X, own.reach
    (array([[7., 0., 0., 0.],
           [9., 1., 0., 0.]], dtype=float32), array([1, 2]))
    """

    def __init__(self, network: Network, X: Array, optimizer: Any) -> None:
        self.network, self.optimizer = network, optimizer
        self.layer: Any = network.layers[network.first]
        self.order = np.argsort(-np.count_nonzero(X, axis=0), kind="stable")
        self.X = X.take(self.order, axis=1)
        self.reach = X.shape[1] - (self.X[:, ::-1] != 0).argmax(axis=1)
        # dropout silences the neurons of one sample after the other: in a different order it would be a different run
        self.any_order = all(type(layer) in LAYERS.values() and type(layer) is not Dropout for layer in network.layers)
        self.inside = False

    def __call__(self, X: Array, Y: Array, batch_size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
        order = rng.permutation(len(X))
        if self.any_order:
            order = order[np.lexsort((self.reach[order], np.arange(len(X)) // batch_size))]
        place = np.empty((min(batch_size, len(X)), X.shape[1]), X.dtype)  # each batch comes here, where the cache knows it
        self.enter()
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            self.layer.__dict__["steps"] = steps = blocks(self.reach[batch], self.layer.n_out)
            X_batch = self.X.take(batch, axis=0, mode="clip", out=place[: len(batch)])
            yield X_batch[:, : steps[-1][-1]], Y.take(batch, axis=0, mode="clip")
        self.leave()

    def enter(self) -> None:
        """Put the rows of W, of its gradient and of the optimizer's memory into the order of the columns."""
        self.layer.__dict__["order"], self.inside = self.order, True
        for matrix in self.matrices():
            matrix[...] = matrix[self.order]

    def leave(self) -> None:
        """Put them back."""
        if self.inside:
            for matrix in self.matrices():
                matrix[self.order] = matrix.copy()
            self.inside = False
            for name in ("order", "steps"):
                self.layer.__dict__.pop(name, None)

    def matrices(self) -> list[Array]:
        parameters = self.network.parameters
        vectors = (parameters.values, parameters.gradients, *self.optimizer.state.values())
        return [parameters.split(vector)[f"{self.network.first}.W"] for vector in vectors]


def blocks(reach: Array, n_out: int) -> list[tuple[int, int, int]]:
    """Return the blocks of a mini-batch for a layer of n_out neurons.

    Parameters
    ----------
    reach : ndarray of int, shape (n_samples,)
        How many leading columns each row needs. Any order works, but only a rising one leaves out much.
    n_out : int

    Returns
    -------
    list of (int, int, int)
        (start, stop, reach): rows start ... stop - 1, of which each, and each row before them, is 0 from column `reach` on.

    Examples
    --------
    >>> blocks(np.array([3, 3, 4, 4, 4, 5, 6, 6, 7, 9]), n_out=32)
    [(0, 8, 6), (8, 10, 9)]
    """
    n = len(reach)
    # BLAS reads the blocks of a small product in place, but copies those of a larger one first, and W anew for each block (measured)
    height = 8 if n <= 128 and n_out <= 256 else 16 if n <= 512 and n_out <= 128 else 8 * math.ceil(math.sqrt(n / 8))
    furthest = np.maximum.accumulate(reach)
    stops = [*range(height, n, height), n]
    return list(zip([0, *stops], stops, furthest[np.array(stops) - 1].tolist()))


class FastLinear(Linear):
    """`Linear` that writes into arrays that exist already, and leaves out the blocks of X that are blank (see `OwnBatches`)."""

    steps: Sequence[tuple[int, int, int]] = ()
    order: Any = slice(None)  # of the rows of W, inside an epoch

    def forward(self, X: Array) -> Array:
        W, b = self.params["W"], self.params["b"]
        if not self.training or not self.steps:
            check_samples("X", X, self.n_in, W.dtype)
            self.cache = X
            Z: Array = (X if isinstance(self.order, slice) else X[:, self.order]) @ W
        else:
            self.cache, Z = X, np.empty((len(X), self.n_out), W.dtype)
            for start, stop, reach in self.steps:
                np.matmul(X[start:stop, :reach], W[:reach], out=Z[start:stop])
        Z += b
        return Z

    def backward(self, dZ: Array, input_gradient: bool = True) -> Array | Any:
        check_gradient("dZ", dZ, self, self.n_out)
        X, W, dW, done = self.cache, self.params["W"], self.grads["W"], 0
        for start, _, reach in self.steps or [(0, len(X), len(W))]:
            np.matmul(X[start:, done:reach].T, dZ[start:], out=dW[done:reach])
            done = reach
        dW[done:] = 0
        dZ.sum(axis=0, out=self.grads["b"])
        return dZ @ W.T if input_gradient else None


class FastScale(Scale):
    """`Scale` that puts each mini-batch of a run into the same place in memory, where the processor's cache knows it."""

    place: Array = np.empty(0, np.float32)

    def forward(self, X: Array) -> Array:
        if not self.training or X.dtype != np.uint8:
            return super().forward(X)
        if self.place.size < X.size:
            self.place = np.empty(X.size, np.float32)
        self.cache, A = X, self.place[: X.size].reshape(X.shape)
        return np.multiply(X, np.float32(self.factor), out=A)


class FastReLU(ReLU):
    """`ReLU` without the factor 1."""

    def forward(self, Z: Array) -> Array:
        if self.slope != 1:
            return super().forward(Z)
        self.cache = self.check_input(Z)
        return np.maximum(Z, 0)

    def backward(self, dA: Array) -> Array:
        return super().backward(dA) if self.slope != 1 else dA * (self.cached(dA) > 0)


class FastSoftmaxCrossEntropy(SoftmaxCrossEntropy):
    """`SoftmaxCrossEntropy` on scores stored by columns, where a sum along rows runs two to four times as fast."""

    def _compute(self, Z: Array, Y: Array) -> Any:
        return super()._compute(np.asfortranarray(Z), np.asfortranarray(Y))


def pieces(*vectors: Array) -> Iterator[tuple[Array, ...]]:
    """Yield pieces of long vectors that fit into the cache together: several walks through a piece cost little more than one."""
    for start in range(0, len(vectors[0]), PIECE):
        yield tuple(vector[start : start + PIECE] for vector in vectors)


class FastSGD(SGD):
    """`SGD` in pieces."""

    def update(self, w: Array, g: Array, lr: float) -> None:
        if self.weight_decay or self.momentum:
            return super().update(w, g, lr)
        for w_piece, g_piece in pieces(w, g):
            w_piece -= lr * g_piece


class FastRMSProp(RMSProp):
    """`RMSProp` in pieces."""

    def update(self, w: Array, g: Array, lr: float) -> None:
        for w_piece, g_piece, s in pieces(w, g, self.state["squares"]):
            step = g_piece * g_piece
            step *= 1 - self.decay
            s *= self.decay
            s += step
            np.sqrt(s, out=step)
            step += self.epsilon
            np.divide(g_piece, step, out=step)
            step *= lr
            w_piece -= step


class FastAdam(Adam):
    """`Adam` in pieces. The corrections for the start at 0 are plain numbers, and are multiplied with the other plain numbers first."""

    def update(self, w: Array, g: Array, lr: float) -> None:
        t = self.step_count + 1
        root = math.sqrt(1 - self.beta2**t)
        rate, epsilon = lr * root / (1 - self.beta1**t), self.epsilon * root
        for w_piece, g_piece, m, s in pieces(w, g, self.state["mean"], self.state["squares"]):
            step = g_piece * (1 - self.beta1)
            m *= self.beta1
            m += step
            np.multiply(g_piece, g_piece, out=step)
            step *= 1 - self.beta2
            s *= self.beta2
            s += step
            np.sqrt(s, out=step)
            step += epsilon
            np.divide(m, step, out=step)
            step *= rate
            w_piece -= step


class FastAdamW(AdamW, FastAdam):
    """`AdamW`, whose Adam is the one in pieces."""


FAST: dict[type, type] = {
    cls.__mro__[1]: cls for cls in (FastLinear, FastScale, FastReLU, FastSoftmaxCrossEntropy, FastSGD, FastRMSProp, FastAdam, FastAdamW)
}
