"""Optional speed: the same results as the plain code of the core, up to rounding, in less time.

`fit(network, X, y, ...)` takes the arguments of `Network.fit`. For the duration of a run it replaces what the core lets you replace: the
function that makes the mini-batches, and the classes of the layers, the loss, and the optimizer, which give way to subclasses that compute
the same numbers with fewer multiplications and fewer passes through memory. The core knows nothing about this module.

The largest gain comes from blank inputs. Four fifths of a digit's pixels are 0, and 0 times a weight adds nothing. Leaving out such
products one at a time would cost more than it saves, but a whole block of them costs next to nothing to leave out. So the columns of X
are sorted by how often they are used, the rarely used ones last, and the samples of a mini-batch by their *reach*: the number of leading
columns that hold all their ink. Below is such a mini-batch, cut into three blocks; everything to the right is 0::

        row 0   1 1
        row 1   1 1
        row 2   1 1 2 2
        row 3   1 1 2 2
        row 4   1 1 2 2 3 3 3
        row 5   1 1 2 2 3 3 3

For the rows of a block, X @ W needs only the columns up to its reach. For the columns of a block, X.T @ dZ needs only the rows from the
start of the block on. The order of the inputs means nothing to a network, as long as the rows of W, and all that an optimizer remembers
about them, are in the same order. They return to their places at the end of every epoch.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ._checks import check_gradient, check_samples
from ._typing import Array, Batches
from .layers import LAYERS, Dropout, Linear, ReLU, Scale
from .losses import SoftmaxCrossEntropy
from .network import Network
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSProp

PIECE = 2**15  # of a long vector; several such pieces fit into the cache of a core


def fit(network: Network, X: Any, y: Any, *, optimizer: Optimizer | None = None, **settings: Any) -> dict[str, list[float]]:
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
    optimizer, X = SGD(lr=0.1) if optimizer is None else optimizer, network._samples(X)
    given = {name: value for name, value in settings.items() if value is not None}
    with faster(network, X, optimizer, blanks=not {"batches", "augment"} & set(given)) as own:
        return network.fit(X, y, optimizer=optimizer, **{"batches": own} | given)


@contextmanager
def faster(network: Network, X: Array, optimizer: Any, blanks: bool = True) -> Iterator[Batches]:
    """Exchange layers, loss, and optimizer for faster ones, and yield a batch function for `train` or `fit`.

    Parameters
    ----------
    network : Network
    X : ndarray, shape (n_samples, n_inputs)
        The data of the run, in the network's dtype (or bytes, if the first layer is a `Scale`).
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
    own = OwnBatches(network, X, optimizer) if blanks and blanks_pay(network, X, optimizer) else gathered_batches
    parts = [part for part in (*network.layers, network.loss, optimizer) if type(part) in FAST and getattr(part, "slope", 1) == 1]
    kinds = [type(part) for part in parts]
    try:
        for part in parts:
            part.__class__ = FAST[type(part)]
        yield own
    finally:
        if isinstance(own, OwnBatches):
            own.move(inside=False)
        for part, kind in zip(parts, kinds):
            part.__class__ = kind
            for name in ("place", "order", "steps", "rate"):
                part.__dict__.pop(name, None)


def blanks_pay(network: Network, X: Array, optimizer: object) -> bool:
    """Return whether leaving out blank inputs saves time and changes no result: X goes into a `Linear` layer, directly or through `Scale`.

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
    """The batch function that leaves out blank inputs: `shuffled_batches` with columns sorted by use, rows by reach.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_inputs)
        A copy of the data with its columns sorted by use.
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
        self.network, self.optimizer, self.inside = network, optimizer, False
        self.layer: Any = network.layers[network.first]
        self.loss: Any = network.loss
        self.order = np.argsort(-np.count_nonzero(X, axis=0), kind="stable")
        self.X = X.take(self.order, axis=1)
        self.reach = X.shape[1] - (self.X[:, ::-1] != 0).argmax(axis=1)
        # dropout draws its random numbers sample by sample, so a different order would make a different run
        self.any_order = all(type(layer) in LAYERS.values() and type(layer) is not Dropout for layer in network.layers)
        plain = type(optimizer) is SGD and optimizer.momentum == optimizer.weight_decay == 0
        self.folds = plain and type(network.loss) is SoftmaxCrossEntropy

    def __call__(self, X: Array, Y: Array, batch_size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
        order = rng.permutation(len(X))
        if self.any_order:
            order = order[np.lexsort((self.reach[order], np.arange(len(X)) // batch_size))]
        place = np.empty((min(batch_size, len(X)), X.shape[1]), X.dtype)  # every batch is written here, so that it stays in the cache
        self.move(inside=True)
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            self.layer.steps = steps = blocks(self.reach[batch], self.layer.n_out)
            if self.folds:
                self.optimizer.rate = self.loss.rate = self.optimizer.current_rate()
            X_batch = self.X.take(batch, axis=0, mode="clip", out=place[: len(batch)])
            yield X_batch[:, : steps[-1][-1]], Y.take(batch, axis=0, mode="clip")
        self.move(inside=False)

    def move(self, inside: bool) -> None:
        """Put the rows of W, of its gradient, and of the optimizer's memory into the order of the columns, or back."""
        if inside == self.inside:
            return
        parameters, rows = self.network.parameters, self.order if inside else np.argsort(self.order)
        for vector in (parameters.values, parameters.gradients, *self.optimizer.state.values()):
            matrix = parameters.split(vector)[f"{self.network.first}.W"]
            matrix[...] = matrix[rows]
        self.inside, self.layer.order, self.layer.steps = inside, self.order if inside else slice(None), ()
        if self.folds and not inside:
            parameters.gradients /= self.optimizer.rate or 1
            self.optimizer.rate = self.loss.rate = 0


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
        (start, stop, reach): rows start ... stop - 1. These rows, and all rows before them, are 0 from column `reach` on.

    Examples
    --------
    >>> blocks(np.array([3, 3, 4, 4, 4, 5, 6, 6, 7, 9]), n_out=32)
    [(0, 8, 6), (8, 10, 9)]
    """
    n = len(reach)
    # BLAS reads the blocks of a small product in place, but copies those of a larger one first, and W again for each block (measured)
    height = 8 if n <= 128 and n_out <= 256 else 16 if n <= 512 and n_out <= 128 else 8 * math.ceil(math.sqrt(n / 8))
    furthest = np.maximum.accumulate(reach)
    stops = [*range(height, n, height), n]
    return list(zip([0, *stops], stops, furthest[np.array(stops) - 1].tolist()))


class FastLinear(Linear):
    """`Linear` that writes into existing arrays, and leaves out the blank blocks of X (see `OwnBatches`)."""

    steps: Sequence[tuple[int, int, int]] = ()
    order: Any = slice(None)  # of the rows of W, inside an epoch

    def forward(self, X: Array) -> Array:
        W, steps = self.params["W"], self.steps if self.training else ()
        if not steps:
            check_samples("X", X, self.n_in, W.dtype)
            X = X[:, self.order]
        self.cache, Z = X, np.empty((len(X), self.n_out), W.dtype)
        for start, stop, reach in steps or [(0, len(X), len(W))]:
            np.matmul(X[start:stop, :reach], W[:reach], out=Z[start:stop])
        Z += self.params["b"]
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
    """`Scale` that puts each mini-batch of a run into the same place in memory, which stays in the processor's cache."""

    place: Array = np.empty(0, np.float32)

    def forward(self, X: Array) -> Array:
        if not self.training or X.dtype != np.uint8:
            return super().forward(X)
        if self.place.size < X.size:
            self.place = np.empty(X.size, np.float32)
        self.cache, A = X, self.place[: X.size].reshape(X.shape)
        return np.multiply(X, np.float32(self.factor), out=A)


class FastReLU(ReLU):
    """`ReLU` without the factor 1. (If the slope is different, the layer stays a `ReLU`.)"""

    def forward(self, Z: Array) -> Array:
        self.cache = self.check_input(Z)
        return np.maximum(Z, 0)

    def backward(self, dA: Array) -> Array:
        return dA * (self.cached(dA) > 0)


class FastSoftmaxCrossEntropy(SoftmaxCrossEntropy):
    """`SoftmaxCrossEntropy` on scores stored by columns, where sums along rows are two to four times as fast.

    Instead of the gradients of all weights, the much smaller dZ is multiplied by the learning rate (see `FastSGD`).
    """

    rate = 0.0  # 0: it is left to the optimizer

    def _compute(self, Z: Array, Y: Array) -> Any:
        return super()._compute(np.asfortranarray(Z), np.asfortranarray(Y))

    def backward(self) -> Array:
        return super().backward() * (self.rate or 1)


class FastSGD(SGD):
    """`SGD` whose gradients have been multiplied by the learning rate, if it is plain and `FastSoftmaxCrossEntropy` is the loss."""

    rate = 0.0  # of the coming step, if it is in the gradients

    def step(self, parameters: Any) -> None:
        if not self.rate:
            return super().step(parameters)
        parameters.values -= parameters.gradients
        self.step_count += 1


class InPieces(Optimizer):
    """An optimizer whose formulas work through the long vectors piece by piece, because a piece fits into the cache."""

    def update(self, w: Array, g: Array, lr: float) -> None:
        whole = self.state
        for start in range(0, len(w), PIECE):
            piece = slice(start, start + PIECE)
            self.state = {name: vector[piece] for name, vector in whole.items()}
            super().update(w[piece], g[piece], lr)
        self.state = whole


class FastRMSProp(InPieces, RMSProp):
    """`RMSProp` in pieces."""


class FastAdam(InPieces, Adam):
    """`Adam` in pieces."""


class FastAdamW(InPieces, AdamW):
    """`AdamW` in pieces."""


FAST: dict[type, type] = {
    Linear: FastLinear, Scale: FastScale, ReLU: FastReLU, SoftmaxCrossEntropy: FastSoftmaxCrossEntropy,
    SGD: FastSGD, RMSProp: FastRMSProp, Adam: FastAdam, AdamW: FastAdamW,
}  # fmt: skip
