"""The network: a sequence of layers, a loss at the end, and the loop that makes it learn.

In the forward pass, every layer feeds the next one. In the backward pass, every layer hands the derivative to the preceding one. Training
repeats four steps: predict, measure the loss, go back through the layers, change the parameters.
"""

import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ._checks import check_augmented, check_int, check_kind, check_loss, check_parts, check_precision, check_shape, look_up
from ._display import progress_bar, table
from ._doors import as_floats, as_list, as_targets, check_sizes, check_validation
from ._storage import load_layers, save_network
from ._typing import Array, Augment, Batches, Rng
from .layers import LAYERS, Activation, Dropout, Layer, Linear, ReLU, Scale, ScaledIdentity
from .losses import Loss, SoftmaxCrossEntropy
from .optimizers import SGD, Optimizer
from .parameters import Parameters

CHUNK = 1000  # a prediction processes this many samples at once, to save memory


def mlp(
    sizes: Sequence[int] | Array,
    activation: str | Callable[[], Activation] | Sequence[str | Callable[[], Activation]] = ReLU,
    *,
    rng: Rng = None,
    init: str | Callable[[int, int, Any], Array] | None = None,
    dropout: float = 0.0,
    dtype: DTypeLike = np.float32,
) -> list[Layer]:
    """Return the layers of a multilayer perceptron: Linear, activation, Linear, ..., Linear.

    The last layer has no activation: the loss includes the one that matches it.

    Parameters
    ----------
    sizes : list of int
        How many inputs, neurons in each hidden layer, and outputs there are: [784, 128, 10].
    activation : class, function, str, or a list of these
        What follows each hidden layer: an `Activation` class, its name ("ReLU"), or a function that makes a new one
        (`lambda: LeakyReLU(0.1)`). A list has one entry for each hidden layer.
    rng : None, int, or numpy.random.Generator
        Draws the weights (and what `Dropout` sets to 0).
    init : str or function, optional
        How the weights are initialized, as in `Linear`. By default each layer uses what suits its activation: "he" for the ReLU
        family, "xavier" for the others.
    dropout : float
        If above 0, a `Dropout` of this probability follows every hidden activation.
    dtype : dtype
        float32 or float64, as in `Linear`.

    Returns
    -------
    list of Layer

    Examples
    --------
    >>> mlp([4, 8, 3], rng=0)
    [Linear(n_in=4, n_out=8), ReLU(slope=1.0), Linear(n_in=8, n_out=3)]
    """
    check_sizes(sizes)
    rng, layers = np.random.default_rng(rng), list[Layer]()
    for n_in, n_out, make in zip(sizes, sizes[1:], as_list("activation", activation, len(sizes) - 2)):
        act = make_activation(make)
        layers += [Linear(n_in, n_out, init=init or act.init, rng=rng, dtype=dtype), act]
        layers += [Dropout(dropout, rng)] if dropout else []
    return [*layers, Linear(sizes[-2], sizes[-1], init=init or "xavier", rng=rng, dtype=dtype)]


def make_activation(make: Any) -> Activation:
    """Return a new activation from a class, a function, or a name."""
    made = look_up("activation", make, LAYERS) if isinstance(make, str) else make
    if made in (Linear, ScaledIdentity, Scale, Dropout) or not callable(made):
        raise TypeError(
            f"activation is {make!r}; expected a class such as ReLU, its name, or a function that makes an activation, "
            "such as lambda: LeakyReLU(0.1)"
        )
    layer: Activation = made()
    check_kind("what activation made", layer, Activation, "an activation, such as ReLU()")
    return layer


def shuffled_batches(X: Array, Y: Array, batch_size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield the mini-batches of one epoch, pairs (X, Y), in a new random order. The last batch takes what is left.

    Parameters
    ----------
    X, Y : ndarray
        Samples and their targets, one per row.
    batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    iterator of (ndarray, ndarray)

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [2.0]])
    >>> [batch.ravel().tolist() for batch, _ in shuffled_batches(X, X, 2, np.random.default_rng(0))]
    [[2.0, 0.0], [1.0]]
    """
    order = rng.permutation(len(X))
    for start in range(0, len(X), batch_size):
        batch = order[start : start + batch_size]
        yield X[batch], Y[batch]


class Epoch(NamedTuple):
    """What `Network.train` reports after each pass over the data.

    Attributes
    ----------
    number : int
        1, 2, 3, ...
    loss : float
        Mean of the losses of all samples, each measured before the step that its mini-batch caused (while the network was learning,
        with `Dropout` and augmentation active).
    batch_losses : ndarray of float64, shape (n_batches,)
        The loss of each mini-batch, before the step that it caused.
    score : float
        NaN, or with `train(..., score=True)` the accuracy (for `SquaredError`: R squared) of the same predictions as the losses.

    Examples
    --------
    >>> Epoch(1, 0.5, np.array([0.6, 0.4])).loss
    0.5
    """

    number: int
    loss: float
    batch_losses: Array
    score: float = np.nan


class Network:
    """A sequence of layers, with a loss at the end.

    Layers and losses require arrays of their exact dtype and shape. The methods of a network convert what can be converted without
    guessing, once: X may be a list, a DataFrame, or an array (even a memory-mapped or read-only one) of floats of any size,
    integers, or booleans; it becomes an array of the network's dtype. (Bytes, uint8, stay bytes if the first layer of a float32 network is
    a `Scale`.) Labels may be whole numbers of any dtype. Text, objects, complex numbers, sparse matrices, NaN, and infinity are rejected.

    Parameters
    ----------
    layers : list of Layer
        A layer belongs to one network only.
    loss : Loss, optional
        By default `SoftmaxCrossEntropy()`.

    Attributes
    ----------
    layers : list of Layer
    loss : Loss
    parameters : Parameters
        Every parameter by name, such as "0.W" for the W of layers[0], and all of them as one flat vector. A second vector holds their
        gradients: after `loss_and_gradients` those of the loss on (X, y), after each epoch of training those of its last mini-batch.
    first : int
        The index of the first layer that has parameters (0 if there is none): training does not need to go back further.

    Examples
    --------
    Exclusive or: no straight line separates its classes, but two layers do.

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> network = Network(mlp([2, 8, 2], "Tanh", rng=0))
    >>> history = network.fit(X, y, epochs=200, batch_size=4, optimizer=SGD(lr=0.5), rng=0)
    >>> network.predict(X)
    array([0, 1, 1, 0])
    """

    def __init__(self, layers: Sequence[Layer], loss: Loss | None = None) -> None:
        check_kind("layers", layers, (list, tuple), "a list of layers")
        self.layers: list[Layer] = list(layers)
        self.loss: Loss = SoftmaxCrossEntropy() if loss is None else loss
        for i, layer in enumerate(self.layers):
            check_kind(f"layer {i}", layer, Layer, "a layer, such as ReLU()")
        check_kind("loss", self.loss, Loss, "a loss, such as SquaredError()")
        check_parts(self.layers, [i for i, layer in enumerate(self.layers) if isinstance(layer, Linear)])
        self.first = next((i for i, layer in enumerate(self.layers) if layer.params), 0)
        self.sample_shape = next((layer.sample_shape for layer in self.layers if layer.sample_shape), (None,))
        self._optional_dX = "input_gradient" in inspect.signature(self.layers[self.first].backward).parameters
        self.parameters = Parameters({f"{i}.{key}": array for i, layer in enumerate(self.layers) for key, array in layer.params.items()})
        self._bind()

    def _bind(self) -> None:
        """Join all parameters in one flat vector, by making each layer's arrays views of it: what the optimizer changes, the layer sees."""
        for i, layer in enumerate(self.layers):
            layer.in_use = True
            for key in layer.params:
                layer.params.data[key] = self.parameters[f"{i}.{key}"]
                layer.grads.data[key] = self.parameters.grad(f"{i}.{key}")

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of the parameters. X is converted to it."""
        return self.parameters.values.dtype

    # ------------------------------------------------------------------ forward and backward

    def forward(self, X: ArrayLike) -> Array:
        """Return the scores Z (n_samples, n_outputs) of the last layer for X (n_samples, n_inputs)."""
        return self._forward(self._samples(X))

    def _forward(self, X: Array) -> Array:
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, dZ: Array, input_gradient: bool = False) -> Array | Any:
        """Fill the gradients of all parameters from dZ, the derivative of the loss with respect to the scores.

        Parameters
        ----------
        dZ : ndarray, shape (n_samples, n_outputs)
        input_gradient : bool
            Return the derivative with respect to X as well. Training does not need it, and for a large first layer it is a third of the
            work.

        Returns
        -------
        dX : ndarray, shape (n_samples, n_inputs), or None
        """
        for layer in reversed(self.layers[self.first + 1 :]):
            dZ = layer.backward(dZ)
        if not input_gradient and self._optional_dX:
            return self.layers[self.first].backward(dZ, input_gradient=False)  # type: ignore[call-arg]
        for layer in reversed(self.layers[: self.first + 1]):
            dZ = layer.backward(dZ)
        return dZ if input_gradient else None

    def loss_and_gradients(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the mean loss on (X, y), and fill the gradients of all parameters: one forward and one backward pass."""
        X, Y = self._data(X, y)
        loss = float(self.loss._compute(self._forward(X), Y))
        self.backward(self.loss.backward())
        return loss

    # ------------------------------------------------------------------ what comes in

    def _samples(self, X: Any) -> Array:
        raw = isinstance(self.layers[0], Scale) and getattr(X, "dtype", None) == np.uint8 and self.dtype == np.float32
        dtype = np.uint8 if raw else self.dtype  # bytes stay bytes: `Scale` converts them one mini-batch at a time
        return as_floats("X", X, (None, *self.sample_shape), dtype)

    def _data(self, X: Any, y: Any) -> tuple[Array, Array]:
        """Return samples X, and targets Y with the shape of the scores."""
        X = self._samples(X)
        n_outputs = self._scores(X[:1]).shape[1]
        return X, self.loss.encode(self._truth(y), (len(X), n_outputs), self.dtype)

    def _truth(self, y: Any) -> Array:
        return as_targets(y, self.loss.labels, self.dtype)

    # ------------------------------------------------------------------ learning

    def train(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        epochs: int,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        rng: Rng = None,
        batches: Batches = shuffled_batches,
        augment: Augment | None = None,
        score: bool = False,
    ) -> Iterator[Epoch]:
        """Learn from (X, y), and report after every epoch. A generator: it checks its arguments at once, and learns while you iterate.

        Parameters
        ----------
        X : array, shape (n_samples, n_inputs)
        y : array
            Labels (n_samples,), or targets (n_samples, n_outputs) as the loss expects them.
        epochs : int
            Passes over the data.
        batch_size : int
            Samples per step. The last batch of an epoch takes what is left.
        optimizer : Optimizer, optional
            By default SGD(lr=0.1).
        rng : None, int, or numpy.random.Generator
            Shuffles the samples again for every epoch.
        batches : function of (X, Y, batch_size, rng)
            Yields the mini-batches of an epoch, pairs (X, Y).
        augment : function of (X, rng) to X, optional
            Changes each mini-batch slightly before the network learns from it, as `random_shifts()` does.
        score : bool
            Report the score of the epoch as well.

        Yields
        ------
        Epoch

        Raises
        ------
        FloatingPointError
            If the loss becomes infinite or NaN: training has diverged.

        Examples
        --------
        >>> X, y = np.array([[0.0], [1.0]]), np.array([0, 1])
        >>> network = Network([Linear(1, 2, init="zeros", dtype=np.float64)])
        >>> for epoch in network.train(X, y, epochs=2, batch_size=2):
        ...     print(epoch.number, round(epoch.loss, 3))
        1 0.693
        2 0.681
        """
        X, Y = self._data(X, y)
        epochs, batch_size, rng = check_int("epochs", epochs), check_int("batch_size", batch_size), np.random.default_rng(rng)
        optimizer = SGD(lr=0.1) if optimizer is None else optimizer
        check_kind("optimizer", optimizer, Optimizer, "an Optimizer, such as SGD(lr=0.1)")
        check_kind("batches", batches, Callable, "a function of (X, Y, batch_size, rng), such as shuffled_batches")
        check_kind("augment", augment, Callable | None, "a function of (X, rng), such as random_shifts()")
        batches = augmented(batches, augment, self.dtype) if augment else batches
        optimizer.attach(self.parameters)
        runs = (self._steps(X, Y, batch_size, optimizer, rng, batches) for _ in range(epochs))  # a generator waits until it is used
        return (self._epoch(number, steps, score) for number, steps in enumerate(runs, start=1))

    def _epoch(self, number: int, steps: Iterator[tuple[float, Array, Array]], score: bool) -> Epoch:
        """Take the steps of an epoch, and report it."""
        with self._mode(training=True), np.errstate(over="ignore", invalid="ignore"):
            losses, Z, Y = zip(*steps)
        loss = float(np.average(losses, weights=[len(batch) for batch in Z]))
        return Epoch(number, loss, np.array(losses), self.loss.score(np.concatenate(Z), np.concatenate(Y)) if score else np.nan)

    def _steps(
        self, X: Array, Y: Array, batch_size: int, optimizer: Optimizer, rng: np.random.Generator, batches: Batches
    ) -> Iterator[tuple[float, Array, Array]]:
        """Take one step per mini-batch: an epoch. This is the training loop."""
        for X_batch, Y_batch in batches(X, Y, batch_size, rng):
            Z = self._forward(X_batch)
            check_shape("Y of a mini-batch", Y_batch, Z.shape)
            loss = float(self.loss._compute(Z, Y_batch))
            check_loss(loss, optimizer, X_batch)
            self.backward(self.loss.backward())
            optimizer.step(self.parameters)
            yield loss, Z, Y_batch

    @contextmanager
    def _mode(self, training: bool) -> Iterator[None]:
        """Set `training` on all layers; at the end, restore what it was."""
        before = [layer.training for layer in self.layers]
        try:
            for layer in self.layers:
                layer.training = training
            yield
        finally:
            for layer, kept in zip(self.layers, before):
                layer.training = kept

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        epochs: int,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        validation: tuple[Any, Any] | None = None,
        patience: int | None = None,
        rng: Rng = None,
        progress: bool = False,
        batches: Batches = shuffled_batches,
        augment: Augment | None = None,
    ) -> dict[str, list[float]]:
        """Learn from (X, y) and return the history of the run.

        Parameters
        ----------
        X, y, epochs, batch_size, optimizer, rng, batches, augment
            As in `train`.
        validation : pair (X, y), optional
            Data on which the network is evaluated after every epoch. It never learns from these data.
        patience : int, optional
            Stop when the validation loss has not improved for this many epochs. However the run ends, the network keeps the parameters
            of its best epoch.
        progress : bool
            Show a progress bar (needs tqdm).

        Returns
        -------
        dict of str to list
            "epoch", "loss", and "accuracy"; with `validation` also "val_loss" and "val_accuracy", which are exact.
            Loss and accuracy on (X, y) are running means over the epoch, from the passes that train the network (with dropout and
            augmentation active, while the parameters change); `evaluate` returns exact ones.
            ("accuracy" holds what `score` returns: for `SquaredError`, R squared.)

        Raises
        ------
        FloatingPointError
            If training diverges.

        Examples
        --------
        >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
        >>> network = Network(mlp([2, 2], rng=0))
        >>> history = network.fit(X, np.array([0, 0, 0, 1]), epochs=100, optimizer=SGD(lr=1.0), rng=0)
        >>> history["epoch"][-1], history["accuracy"][-1]
        (100, 1.0)
        """
        check_validation(validation, patience)
        optimizer = SGD(lr=0.1) if optimizer is None else optimizer
        history: dict[str, list[float]] = {"epoch": [], "loss": [], "accuracy": []}
        if validation is not None:
            validation, history = self._data(*validation), history | {"val_loss": [], "val_accuracy": []}
        for targets in [] if self.loss.labels else [self._truth(y), *(validation or ())[1:]]:
            self.loss.score(targets, targets)  # reject what cannot be scored before anything is learned
        run = self.train(
            X, y, epochs=epochs, batch_size=batch_size, optimizer=optimizer, rng=rng, batches=batches, augment=augment, score=True
        )
        best_loss, best_epoch, best_values = np.inf, 0, None
        for epoch in progress_bar(run, epochs) if progress else run:
            measured = [epoch.number, epoch.loss, epoch.score, *(self._validate(*validation, optimizer) if validation else [])]
            for column, value in zip(history.values(), measured):
                column.append(value)
            if patience and measured[3] < best_loss:
                best_loss, best_epoch, best_values = measured[3], epoch.number, self.parameters.values.copy()
            if patience and epoch.number - best_epoch >= patience:
                break
        if best_values is not None:
            self.parameters.values[:] = best_values
        return history

    def _validate(self, X: Array, Y: Array, optimizer: Optimizer) -> list[float]:
        with np.errstate(over="ignore", invalid="ignore"):
            Z = self._scores(X)
            loss = float(self.loss._compute(Z, Y))
        check_loss(loss, optimizer, X)
        return [loss, self.loss.score(Z, Y)]

    # ------------------------------------------------------------------ using it

    def _scores(self, X: Array) -> Array:
        """Return the scores of all samples, outside training, computed in chunks to save memory."""
        with self._mode(training=False):
            return np.concatenate([self._forward(X[start : start + CHUNK]) for start in range(0, len(X), CHUNK)])

    def predict(self, X: ArrayLike) -> Array:
        """Return the predicted label of each sample, shape (n_samples,); with `SquaredError` the numbers (n_samples, n_outputs)."""
        return self.loss.predict(self._scores(self._samples(X)))

    def predict_proba(self, X: ArrayLike) -> Array:
        """Return the probabilities, shape (n_samples, n_outputs): the loss's output activation applied to the scores.

        Raises a TypeError if the outputs are not probabilities (`SquaredError`).
        """
        if not self.loss.probabilities:
            raise TypeError(f"{self.loss!r} has no probabilities; use predict")
        return self.loss.activation(self._scores(self._samples(X)))

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> tuple[float, float]:
        """Return the mean loss and the score (accuracy; for `SquaredError` R squared) on (X, y): two floats, exact."""
        Z, y = self._scores(self._samples(X)), self._truth(y)
        return self.loss.forward(Z, y), self.loss.score(Z, y)

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the accuracy on (X, y): the fraction of correct predictions (for `SquaredError`: R squared)."""
        return self.evaluate(X, y)[1]

    def summary(self) -> str:
        """Return a table of the layers, with the shapes of their parameters and how many there are.

        Examples
        --------
        >>> print(Network(mlp([784, 128, 10], rng=0)).summary())
             layer                        parameters                      count
          0  Linear(n_in=784, n_out=128)  W (784, 128), b (128,)        100,480
          1  ReLU(slope=1.0)                                                  0
          2  Linear(n_in=128, n_out=10)   W (128, 10), b (10,)            1,290
             SoftmaxCrossEntropy()        total                         101,770
        """
        return table(self)

    def astype(self, dtype: DTypeLike) -> Self:
        """Return an independent copy of the network whose parameters have this dtype."""
        check_precision(dtype)
        twin = copy.deepcopy(self)
        twin.parameters = Parameters({name: self.parameters[name].astype(dtype) for name in self.parameters.names})
        twin._bind()
        return twin

    def __copy__(self) -> Self:
        return copy.deepcopy(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)  # the layers of a copy or a pickle have arrays of their own
        self._bind()

    def __repr__(self) -> str:
        return f"Network({self.layers}, {self.loss!r})"

    # ------------------------------------------------------------------ saving and loading

    def save(self, path: str | PathLike[str]) -> None:
        """Write the network to one .npz file: its arrays, and its architecture as text. It contains no pickle, which could run code.

        Parameters
        ----------
        path : str or path
            The name to write to, ending in .npz.

        Raises
        ------
        ValueError
            If the name has a different ending, `load` does not know the class of a layer or of the loss, or a parameter is not finite.
        """
        save_network(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Return the network that `save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not what `save` writes: damaged, altered, or something else altogether.
        """
        return cls(*load_layers(path))


def augmented(batches: Batches, augment: Augment, dtype: DTypeLike) -> Batches:
    """Return a batch function that augments the mini-batches of another one, and checks the result."""

    def changed(X: Array, Y: Array, batch_size: int, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
        for X_batch, Y_batch in batches(X, Y, batch_size, rng):
            yield check_augmented(augment(X_batch, rng), X_batch, dtype), Y_batch

    return changed
