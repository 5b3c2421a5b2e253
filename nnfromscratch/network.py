"""The network: layers in a row, a loss at the end, and the loop that makes it learn.

Forward, every layer feeds the next. Backward, every layer hands the derivative to the one before it. Training is the same four things
again and again: predict, measure the loss, go back through the layers, take a step.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from os import PathLike
from typing import Any, NamedTuple, Self

import numpy as np
from numpy import dtype
from numpy.typing import DTypeLike

from ._checks import check_array, check_dtype, check_finite, check_int, check_shape, look_up
from ._storage import load_layers, save_network
from ._typing import Array, Augment, Rng
from .blank_inputs import find_blanks
from .layers import LAYERS, Activation, Dropout, Layer, Linear, ReLU, Scale, ScaledIdentity, check_precision
from .losses import Loss, SoftmaxCrossEntropy
from .optimizers import SGD, Optimizer
from .parameters import Parameters

CHUNK = 1000  # samples that one forward pass of a prediction holds in memory at most


def mlp(
    sizes: Sequence[int] | Array,
    activation: str | Callable[[], Activation] | Sequence[str | Callable[[], Activation]] = ReLU,
    *,
    rng: Rng = None,
    init: str | Callable[[int, int, Any], Array] | None = None,
    dropout: float = 0.0,
    dtype: DTypeLike = np.float32,
) -> list[Layer]:
    """Return the layers of a multi-layer perceptron: Linear, activation, Linear, ..., Linear.

    The last layer has no activation: the loss brings the one that matches it.

    Parameters
    ----------
    sizes : list of int
        Numbers of inputs, of the neurons of each hidden layer, and of outputs: [784, 128, 10].
    activation : class, function, str or a list of these
        What follows each hidden layer: an `Activation` class, its name ("ReLU"), or a function that makes a new one
        (`lambda: LeakyReLU(0.1)`). A list has one entry for each hidden layer.
    rng : None, int or numpy.random.Generator
        Draws the weights (and what `Dropout` silences).
    init : str or function, optional
        Start of the weights, as in `Linear`. Without it each layer takes the one that suits its activation: "he" for the ReLU
        family, "xavier" for the others.
    dropout : float
        If above 0, a `Dropout` of this probability follows every hidden activation.
    dtype : dtype
        float32 or float64, as in `Linear`.

    Returns
    -------
    list of Layer

    Raises
    ------
    ValueError
        For fewer than two sizes, a size below 1, an unknown name, or a list of the wrong length.
    TypeError
        For an activation that makes no `Activation`.

    Examples
    --------
    >>> mlp([4, 8, 3], rng=0)
    [Linear(n_in=4, n_out=8), ReLU(slope=1.0), Linear(n_in=8, n_out=3)]
    """
    if not isinstance(sizes, (list, tuple, np.ndarray)):
        raise TypeError(f"sizes is {sizes!r}; expected a list: inputs, hidden layers, outputs")
    if len(sizes) < 2:
        raise ValueError(f"sizes is {sizes}; expected at least two: inputs and outputs")
    rng, layers = np.random.default_rng(rng), []
    for n_in, n_out, make in zip(sizes, sizes[1:], one_per_layer(activation, len(sizes) - 2)):
        act = make_activation(make)
        layers += [Linear(n_in, n_out, init=init or act.init, rng=rng, dtype=dtype), act]
        layers += [Dropout(dropout, rng)] if dropout else []
    return [*layers, Linear(sizes[-2], sizes[-1], init=init or "xavier", rng=rng, dtype=dtype)]


def one_per_layer(activation, n_hidden):
    """Return a list with one activation for each hidden layer."""
    if not isinstance(activation, (list, tuple)):
        return [activation] * n_hidden
    if len(activation) != n_hidden:
        raise ValueError(
            f"activation lists {len(activation)} of them; expected {n_hidden}, one for each hidden layer "
            "(the last layer has none: the loss brings its own)"
        )
    return activation


def make_activation(make):
    """Return a new activation from a class, a function or a name."""
    made = look_up("activation", make, LAYERS) if isinstance(make, str) else make
    if made in (Linear, ScaledIdentity, Scale, Dropout) or not callable(made):
        raise TypeError(
            f"activation is {make!r}; expected a class such as ReLU, its name, or a function that makes one, such as lambda: LeakyReLU(0.1)"
        )
    layer = made()
    if not isinstance(layer, Activation):
        raise TypeError(f"activation made {layer!r}; expected an activation, such as ReLU()")
    return layer


class Epoch(NamedTuple):
    """What `Network.train` tells after each pass over the data.

    Attributes
    ----------
    number : int
        1, 2, 3, ...
    loss : float
        Mean over the samples of the losses met on the way (the network was learning meanwhile).
    batch_losses : ndarray of float64, shape (n_batches,)
        The loss of each mini-batch, before the step that it caused.

    Examples
    --------
    >>> Epoch(1, 0.5, np.array([0.6, 0.4])).loss
    0.5
    """

    number: int
    loss: float
    batch_losses: np.ndarray


class Network:
    """Layers in a row, with a loss at the end.

    Parameters
    ----------
    layers : list of Layer
        A layer belongs to one network only.
    loss : Loss, optional
        `SoftmaxCrossEntropy()` unless told otherwise.

    Attributes
    ----------
    layers : list of Layer
    loss : Loss
    parameters : Parameters
        Every parameter by name, "0.W" being the W of layers[0], and all of them as one flat vector. Their gradients stand beside
        them: after `loss_and_gradients` those of the loss on (X, y), after each epoch of training those of its last mini-batch.
    first : int
        The place of the first layer that has parameters (0 if there is none): training need not go back further.
    n_in : int or None
        The number of inputs of a sample, where a `Linear` layer says so.

    Raises
    ------
    ValueError
        If there are no layers, neighbours do not fit together, or a layer is in use already.
    TypeError
        If these are no layers or no loss, or the parameters have different dtypes.

    Examples
    --------
    Exclusive or: no straight line parts its classes, but two layers do.

    >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    >>> y = np.array([0, 1, 1, 0])
    >>> network = Network(mlp([2, 8, 2], "Tanh", rng=0))
    >>> history = network.fit(X, y, epochs=200, batch_size=4, optimizer=SGD(lr=0.5), rng=0)
    >>> network.predict(X)
    array([0, 1, 1, 0])
    """

    def __init__(self, layers: Sequence[Layer], loss: Loss | None = None) -> None:
        if not isinstance(layers, (list, tuple)):
            raise TypeError(f"layers is {layers!r}; expected a list of layers")
        self.layers, self.loss = list(layers), SoftmaxCrossEntropy() if loss is None else loss
        self._check_layers()
        self.first = next((i for i, layer in enumerate(self.layers) if layer.params), 0)
        self.n_in = next((layer.n_in for layer in self.layers if isinstance(layer, Linear)), None)
        self.sample_shape = next((layer.sample_shape for layer in self.layers if layer.sample_shape), (None,))
        self.parameters = Parameters({f"{i}.{key}": array for i, layer in enumerate(self.layers) for key, array in layer.params.items()})
        self._bind()

    def _check_layers(self):
        if not self.layers:
            raise ValueError("layers is empty; expected at least one layer")
        for i, layer in enumerate(self.layers):
            if not isinstance(layer, Layer):
                raise TypeError(f"layer {i} is {layer!r}; expected a layer, such as ReLU()")
        if not isinstance(self.loss, Loss):
            raise TypeError(f"loss is {self.loss!r}; expected a loss, such as SquaredError()")
        linear = [(i, layer) for i, layer in enumerate(self.layers) if isinstance(layer, Linear)]
        for (i, left), (j, right) in zip(linear, linear[1:]):
            if left.n_out != right.n_in:
                raise ValueError(f"layer {j} expects {right.n_in} inputs, but layer {i} has {left.n_out} outputs")
        for i, layer in enumerate(self.layers):
            if layer.in_use or any(layer is other for other in self.layers[:i]):
                raise ValueError(f"layer {i} ({layer!r}) belongs to a network already; expected a new layer")

    def _bind(self):
        """Make every layer's arrays views of the flat vectors: what the optimizer changes there, the layer sees."""
        for i, layer in enumerate(self.layers):
            layer.in_use = True
            for key in layer.params:
                layer.params.bind(key, self.parameters[f"{i}.{key}"])
                layer.grads.bind(key, self.parameters.grad(f"{i}.{key}"))

    @property
    def dtype(self) -> dtype[Any]:
        """The dtype of the parameters, which is the dtype that X must have."""
        return self.parameters.values.dtype

    def _check_X(self, X):
        raw = isinstance(self.layers[0], Scale) and getattr(X, "dtype", None) == np.uint8
        return check_array("X", X, shape=(None, *self.sample_shape), dtype=np.uint8 if raw else self.dtype)

    # ------------------------------------------------------------------ forward and backward

    def forward(self, X: Array) -> Array:
        """Return the scores Z (n_samples, n_outputs) of the last layer for X (n_samples, n_inputs).

        Raises
        ------
        TypeError
            If X has another dtype than the parameters.
        ValueError
            If X has a wrong shape, is empty, or holds NaN or infinity.
        """
        return self._forward(self._check_X(X))

    def _forward(self, X):
        for layer in self.layers:
            X = layer.forward(X)
        return X

    def backward(self, dZ: Array, input_gradient: bool = False) -> Array | Any:
        """Fill the gradients of all parameters from dZ, the derivative of the loss with respect to the scores.

        Parameters
        ----------
        dZ : ndarray, shape (n_samples, n_outputs)
        input_gradient : bool
            Ask for the derivative with respect to X as well. Training does not need it, and of a large first layer it is a third
            of the work.

        Returns
        -------
        dX : ndarray, shape (n_samples, n_inputs), or None
        """
        before, first, after = self.layers[: self.first], self.layers[self.first], self.layers[self.first + 1 :]
        for layer in reversed(after):
            dZ = layer.backward(dZ)
        dZ = first.backward(dZ, input_gradient) if hasattr(first, "n_in") else first.backward(dZ)
        if not input_gradient:
            return None
        for layer in reversed(before):
            dZ = layer.backward(dZ)
        return dZ

    def loss_and_gradients(self, X: Array, y: Array) -> float:
        """Return the mean loss on (X, y), and fill the gradients of all parameters: one forward and one backward pass."""
        return self._gradients(X, self._targets(self._check_X(X), y))

    def _gradients(self, X, Y, scale=1.0):
        loss = float(self.loss._compute(self._forward(X), Y))
        dZ = self.loss.backward()
        self.backward(dZ if scale == 1 else dZ * scale)
        return loss

    # ------------------------------------------------------------------ learning

    def train(
        self,
        X: Array,
        y: Array,
        *,
        epochs: int,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        rng: Rng = None,
        augment: Augment | None = None,
    ) -> Iterator[Epoch]:
        """Learn from (X, y), and report after every epoch. A generator: it checks its arguments at once, and learns while iterated.

        Parameters
        ----------
        X : ndarray, shape (n_samples, n_inputs)
            In the dtype of the parameters; or uint8, where the first layer is a `Scale`.
        y : ndarray
            Labels (n_samples,), or targets (n_samples, n_outputs) as the loss takes them.
        epochs : int
            Passes over the data.
        batch_size : int
            Samples a step. The last batch of an epoch takes what is left.
        optimizer : Optimizer, optional
            SGD(lr=0.1) unless told otherwise.
        rng : None, int or numpy.random.Generator
            Shuffles the samples anew for every epoch.
        augment : function of (X, rng) to X, optional
            Changes each mini-batch a little before it is learned from, as `random_shifts()` does.

        Yields
        ------
        Epoch

        Raises
        ------
        TypeError, ValueError
            For bad data or settings, before anything is changed.
        FloatingPointError
            If the loss becomes infinite or NaN: the run has diverged.

        Examples
        --------
        >>> X, y = np.array([[0.0], [1.0]]), np.array([0, 1])
        >>> network = Network([Linear(1, 2, init="zeros", dtype=np.float64)])
        >>> for epoch in network.train(X, y, epochs=2, batch_size=2):
        ...     print(epoch.number, round(epoch.loss, 3))
        1 0.693
        2 0.681
        """
        epochs, batch_size = check_int("epochs", epochs), check_int("batch_size", batch_size)
        optimizer = SGD(lr=0.1) if optimizer is None else optimizer
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"optimizer is {optimizer!r}; expected an Optimizer, such as SGD(lr=0.1)")
        if augment is not None and not callable(augment):
            raise TypeError(f"augment is {augment!r}; expected a function of (X, rng), such as random_shifts()")
        Y = self._targets(self._check_X(X), y)
        return self._epochs(X, Y, epochs, batch_size, optimizer, np.random.default_rng(rng), augment)

    def _targets(self, X, y):
        Z = self._forward(X[:1])
        return self.loss.encode(y, (len(X), Z.shape[1]), self.dtype)

    def _epochs(self, X, Y, epochs, batch_size, optimizer, rng, augment):
        augment = augment and self._augmented(augment, rng)
        blanks = None if augment else find_blanks(X, self.layers, self.first, optimizer)
        X = blanks.X if blanks else X
        place = np.empty((min(batch_size, len(X)), *X.shape[1:]), X.dtype)  # each batch comes here, where the cache knows it
        for number in range(1, epochs + 1):
            order = rng.permutation(len(X))
            if blanks:
                order = blanks.arrange(order, batch_size)
            batches = [order[start : start + batch_size] for start in range(0, len(X), batch_size)]
            with self._training(), blanks.left_out(self.parameters, optimizer) if blanks else nullcontext():
                losses, scales = np.array([self._step(X, Y, batch, place, optimizer, augment, blanks) for batch in batches]).T
            self.parameters.gradients /= scales[-1]
            yield Epoch(number, float(losses @ [len(batch) for batch in batches] / len(X)), losses)

    def _augmented(self, augment, rng):
        """Return a function that augments a batch, and looks at what came out."""

        def look(X):
            X_new = augment(X, rng)
            if getattr(X_new, "dtype", None) != X.dtype:  # bytes may become floats on the way
                check_dtype("what augment returned", X_new, self.dtype)
            check_shape("what augment returned", X_new, X.shape)
            return X_new

        return look

    def _step(self, X, Y, batch, place, optimizer, augment, blanks):
        # take with mode="clip" takes half the time of X[batch], which checks each index once more
        X_batch = X.take(batch, axis=0, mode="clip", out=place[: len(batch)])
        Y_batch = Y.take(batch, axis=0, mode="clip")
        if augment:
            X_batch = augment(X_batch)
        elif blanks:
            X_batch = blanks.cut(X_batch, batch)
        scale = optimizer.scale()  # a factor on the few numbers of dZ saves one on the long gradient vector
        loss = self._gradients(X_batch, Y_batch, scale)
        if not math.isfinite(loss):
            check_finite("what augment returned", X_batch)  # X itself was looked at before
        check_progress(loss, optimizer)
        optimizer.step(self.parameters, *([] if scale == 1 else [scale]))  # an optimizer of your own needs no second argument
        return loss, scale

    @contextmanager
    def _training(self):
        """Tell the layers that they train; a run that diverges is told once and in words, not by NumPy's warnings."""
        try:
            for layer in self.layers:
                layer.training = True
            with np.errstate(over="ignore", invalid="ignore"):
                yield
        finally:
            for layer in self.layers:
                layer.training = False

    def fit(
        self,
        X: Array,
        y: Array,
        *,
        epochs: int,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        validation: tuple[Array, Array] | None = None,
        patience: int | None = None,
        rng: Rng = None,
        progress: bool = False,
        augment: Augment | None = None,
    ) -> dict[str, list[float]]:
        """Learn from (X, y) and return the history of the run.

        Parameters
        ----------
        X, y, epochs, batch_size, optimizer, rng, augment
            As in `train`.
        validation : pair (X, y), optional
            Data to be judged by after every epoch. They are never learned from.
        patience : int, optional
            Stop when the validation loss has found no new low for so many epochs, and go back to the parameters of the best one.
        progress : bool
            Show a progress bar (needs tqdm).

        Returns
        -------
        dict of str to list
            "epoch", "loss" and "accuracy" on (X, y) after each epoch; with `validation` also "val_loss" and "val_accuracy".
            ("accuracy" holds what `score` gives: for `SquaredError`, R squared.)

        Raises
        ------
        TypeError, ValueError
            For bad data or settings, before anything is changed.
        FloatingPointError
            If the run diverges.

        Examples
        --------
        >>> X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
        >>> network = Network(mlp([2, 2], rng=0))
        >>> history = network.fit(X, np.array([0, 0, 0, 1]), epochs=100, optimizer=SGD(lr=1.0), rng=0)
        >>> history["epoch"][-1], history["accuracy"][-1]
        (100, 1.0)
        """
        if patience is not None and validation is None:
            raise ValueError("patience is set, but validation is None; expected validation=(X, y) to be patient with")
        patience = None if patience is None else check_int("patience", patience)
        if validation is not None and not (isinstance(validation, (tuple, list)) and len(validation) == 2):
            raise ValueError(f"validation is {type(validation).__name__}; expected a pair (X, y)")
        optimizer = SGD(lr=0.1) if optimizer is None else optimizer
        run = self.train(X, y, epochs=epochs, batch_size=batch_size, optimizer=optimizer, rng=rng, augment=augment)
        judges = [(X, y), validation] if validation is not None else [(X, y)]
        for data in judges:
            self.evaluate(*data)  # what cannot be judged is refused before anything is learned
        history = {key: [] for key in ("epoch", "loss", "accuracy") + ("val_loss", "val_accuracy") * (validation is not None)}
        best, best_epoch = None, 0
        for epoch in _progress(run, epochs) if progress else run:
            numbers = [epoch.number] + [number for data in judges for number in self._judge(*data, optimizer)]
            for key, number in zip(history, numbers):
                history[key].append(number)
            if patience and epoch.number == 1 + np.argmin(history["val_loss"]):  # the first of equals: a tie is no new low
                best, best_epoch = self.parameters.values.copy(), epoch.number
            if patience and epoch.number - best_epoch >= patience:
                break
        if best is not None:
            self.parameters.values[:] = best
        return history

    def _judge(self, X, y, optimizer):
        with np.errstate(over="ignore", invalid="ignore"):
            Z = self._scores(X)
            loss = self.loss.forward(Z, y) if np.isfinite(Z).all() else math.nan
        check_progress(loss, optimizer)
        return loss, self.loss.score(Z, y)

    # ------------------------------------------------------------------ using it

    def _scores(self, X):
        """Return the scores of all samples, computed in chunks so that memory stays small."""
        self._check_X(X)
        return np.concatenate([self._forward(X[start : start + CHUNK]) for start in range(0, len(X), CHUNK)])

    def predict(self, X: Array) -> Array:
        """Return the predicted label of each sample, shape (n_samples,); with `SquaredError` the numbers (n_samples, n_outputs).

        Raises TypeError or ValueError like `forward`.
        """
        return self.loss.predict(self._scores(X))

    def predict_proba(self, X: Array) -> Array:
        """Return the probabilities that the loss's output activation makes of the scores, shape (n_samples, n_outputs).

        Raises TypeError or ValueError like `forward`, and a TypeError where the outputs are no probabilities (`SquaredError`).
        """
        if not self.loss.probabilities:
            raise TypeError(f"{self.loss!r} has no probabilities; use predict")
        return self.loss.activation(self._scores(X))

    def evaluate(self, X: Array, y: Array) -> tuple[float, float]:
        """Return the mean loss and the score (accuracy; for `SquaredError` R squared) on (X, y): two floats."""
        Z = self._scores(X)
        return self.loss.forward(Z, y), self.loss.score(Z, y)

    def score(self, X: Array, y: Array) -> float:
        """Return the accuracy on (X, y): the share of right answers (for `SquaredError`: R squared)."""
        return self.evaluate(X, y)[1]

    def summary(self) -> str:
        """Return a table of the layers, the shapes of their parameters, and how many numbers that makes.

        Examples
        --------
        >>> print(Network(mlp([784, 128, 10], rng=0)).summary())
             layer                        parameters                      count
          0  Linear(n_in=784, n_out=128)  W (784, 128), b (128,)        100,480
          1  ReLU(slope=1.0)                                                  0
          2  Linear(n_in=128, n_out=10)   W (128, 10), b (10,)            1,290
             SoftmaxCrossEntropy()        total                         101,770
        """
        rows = [("", "layer", "parameters", "count")]
        for i, layer in enumerate(self.layers):
            shapes = ", ".join(f"{key} {array.shape}" for key, array in layer.params.items())
            rows.append((str(i), repr(layer), shapes, f"{sum(a.size for a in layer.params.values()):,}"))
        rows.append(("", repr(self.loss), "total", f"{self.parameters.values.size:,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        return "\n".join(
            "  ".join((a.rjust(widths[0] + 2), b.ljust(widths[1]), c.ljust(widths[2]), d.rjust(max(widths[3], 13)))) for a, b, c, d in rows
        )

    def astype(self, dtype: DTypeLike) -> "Network":
        """Return an independent copy of the network whose parameters have this dtype."""
        dtype = check_precision(dtype)
        return Network([layer.copy(dtype) for layer in self.layers], type(self.loss)())

    def __deepcopy__(self, memo):
        return self.astype(self.dtype)

    def __repr__(self):
        return f"Network({self.layers}, {self.loss!r})"

    # ------------------------------------------------------------------ saving and loading

    def save(self, path: str | PathLike[str]) -> None:
        """Write the network to one .npz file: its arrays, and its architecture as text. No pickle, so nothing in it can run.

        Parameters
        ----------
        path : str or path
            The name to write to, ending in .npz.

        Raises
        ------
        ValueError
            If the name ends otherwise, a layer or the loss is of a class that `load` does not know, or a parameter is not finite.
        """
        save_network(self, path)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Return the network that `save` wrote.

        Parameters
        ----------
        path : str or path

        Returns
        -------
        Network

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not what `save` writes: damaged, altered, or something else altogether.
        """
        return cls(*load_layers(path))


def check_progress(loss, optimizer):
    """Raise a FloatingPointError if the loss is no longer finite."""
    if not math.isfinite(loss):
        raise FloatingPointError(
            f"training has diverged: after {optimizer.step_count} steps with {optimizer} the loss is {loss}; try a smaller learning rate"
        )


def _progress(run, epochs):
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from None
    return tqdm(run, total=epochs, unit="epoch")
