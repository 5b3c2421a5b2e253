"""TrainingExplorer: trained for every learning rate and activation in Python, played like a film in the reader's browser."""

import zlib
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_array, check_int, check_labels, check_number, look_up
from .._typing import Array
from ..data.toy import make_blobs, make_circles, make_moons, make_spirals, make_xor
from ..network import Network, mlp
from ..optimizers import SGD
from .base import LiveFigure, bundle, still_picture

TOYS = {
    "moons": (make_moons, {"n_samples": 120, "noise": 0.15, "rng": 0}),
    "circles": (make_circles, {"n_samples": 120, "noise": 0.08, "rng": 0}),
    "xor": (make_xor, {"n_samples": 120, "noise": 0.15, "rng": 0}),
    "spirals": (make_spirals, {"n_samples": 150, "noise": 0.03, "rng": 0}),
    "blobs": (make_blobs, {"n_samples": 150, "noise": 0.25, "rng": 0}),
}
FUNCTIONS = {
    "Identity": "identity",
    "BinaryStep": "binary_step",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "ELU": "elu",
}
MOST_NEURONS, MOST_SAMPLES, NEVER = 64, 5000, 65535
LARGEST = np.sinh(16)  # weights beyond are shown as this
EVERY = 20  # epochs between two signs of life of a run that a reader waits for


class Run(NamedTuple):
    """One training: loss and number of right samples for each epoch from 0, parameters at the snapshots, what became of it."""

    losses: list[float]
    right: list[int]
    parameters: np.ndarray
    verdict: str
    network: Network


class TrainingExplorer(LiveFigure):
    """A network with one hidden layer, trained on small sets in the plane for every learning rate and activation.

    The reader chooses, and plays the training epoch by epoch: decision boundary, curves, and what each hidden neuron sees. All runs start
    from the same seed and compute in float64, so that they hardly differ from one computer to the next.

    Parameters
    ----------
    data : sequence of str, or dict of str to (X, y)
        Names of toy sets (moons, circles, xor, spirals, blobs), or your own: X (n_samples, 2) of floats, y integer labels of at most 6
        classes.
    lr : sequence of float
        Learning rates. The one in the middle is shown first.
    activation : sequence of str
        Names of activations as in `mlp`. The one in the middle is shown first.
    hidden : int
        Neurons of the hidden layer, at most 64.
    epochs, batch_size : int
        As in `Network.fit`.
    seed : int
        For the first weights and the order of the samples.
    title : str

    Raises
    ------
    TypeError, ValueError
        If something does not fit.

    Examples
    --------
    >>> TrainingExplorer(["moons"], lr=[0.1, 1.0], activation=["Tanh"], epochs=5)
    Training explorer: data (moons), learning rate (0.1, 1), activation (Tanh), 8 hidden neurons, 5 epochs
    moons, learning rate 0.1, Tanh: loss 0.52 to 0.36, 84 % right
    moons, learning rate 1, Tanh: loss 0.52 to 0.26, 89 % right
    """

    _esm = bundle("shared.js", "network.js", "canvas.js", "training_explorer.js")
    _css = bundle("shared.css", "training_explorer.css")

    def __init__(
        self,
        data: Sequence[str] | Mapping[str, tuple[Array, Array]] = ("moons", "circles", "xor", "spirals"),
        *,
        lr: Sequence[float] = (0.001, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
        activation: Sequence[str] = ("Identity", "Sigmoid", "Tanh", "ReLU", "LeakyReLU"),
        hidden: int = 8,
        epochs: int = 100,
        batch_size: int = 32,
        seed: int = 0,
        title: str = "Training explorer",
    ) -> None:
        self.hidden, self.epochs, self.batch_size, self.seed = _check_sizes(hidden, epochs, batch_size, seed)
        self.data: dict[str, Any] = {name: _samples(name, data) for name in data}
        self.lr, self.activation = [check_number("lr", rate, above=0) for rate in lr], list(activation)
        for values in (self.data, self.lr, self.activation):
            if not values or len(set(values)) < len(list(values)):
                raise ValueError(f"the choices are {list(values)}; expected at least one, and all different")
        self.snapshots = snapshot_epochs(self.epochs)
        combinations: list[Any] = list(product(self.data, self.lr, self.activation))
        runs = [self._run(name, rate, kind, self.hidden) for name, rate, kind in combinations]
        start = len(self.lr) // 2 * len(activation) + len(activation) // 2
        self._results = [_result(name, rate, kind, run, len(self.data[name][1])) for (name, rate, kind), run in zip(combinations, runs)]
        X, y = self.data[combinations[start][0]][:2]
        super().__init__(
            still=still_picture(lambda figure: _draw(figure, X, y, runs[start]), size=(4.8, 6.0)),
            alt=f"Above the decision boundary, below loss and accuracy. {self._results[start].rstrip('.')}.",
            runs=zlib.compress(b"".join(pack(run) for run in runs), 9),
            meta={
                "title": title,
                "epochs": self.epochs,
                "snapshots": self.snapshots,
                "hidden": self.hidden,
                "batch_size": self.batch_size,
                "seed": seed,
                "lr": self.lr,
                "activation": self.activation,
                "functions": [FUNCTIONS[name] for name in self.activation],
                "data": [_describe(name, *samples) for name, samples in self.data.items()],
                "more": [name for name in TOYS if name not in self.data],
                "verdicts": [run.verdict for run in runs],
            },
        )

    def lines(self) -> list[str]:
        """Return the title and the choices, and the end of each run."""
        choices = (
            f"{name} ({', '.join(values)})"
            for name, values in (("data", self.data), ("learning rate", [f"{rate:g}" for rate in self.lr]), ("activation", self.activation))
        )
        return [f"{self.meta['title']}: {', '.join(choices)}, {self.hidden} hidden neurons, {self.epochs} epochs", *self._results]

    def answer(self, request: dict[str, Any]) -> Any:
        """Train with what the reader typed."""
        name, hidden = request["data"], _check_hidden(request["hidden"])
        samples = self.data[name] if name in self.data else _samples(name, [name])
        X, y = samples[:2]
        steps = train(
            X,
            y,
            check_number("the learning rate", request["lr"], above=0),
            request["activation"],
            hidden,
            self.epochs,
            self.batch_size,
            self.seed,
        )
        for number, run in steps:
            if run is None and number % EVERY == 0:
                yield {"epoch": number}
        yield {"data": _describe(name, *samples), "hidden": hidden, "verdict": run.verdict, "buffers": [zlib.compress(pack(run))]}

    def _run(self, name: str, lr: float, activation: str, hidden: Any) -> Any:
        X, y = self.data[name][:2]
        *_, (_, run) = train(X, y, lr, activation, hidden, self.epochs, self.batch_size, self.seed)
        return run


def train(X: Array, y: Array, lr: float, activation: str, hidden: Any, epochs: int, batch_size: int, seed: int) -> Any:
    """Train one network; yield (epoch, None) after each epoch, and (epochs, Run) at the end."""
    look_up("activation", activation, FUNCTIONS)
    network = Network(mlp([2, hidden, n_classes(y)], activation, rng=seed, dtype=np.float64))
    measured, values = [_measure(network, X, y)], [network.parameters.values.copy()]
    try:
        for epoch in network.train(X, y, epochs=epochs, batch_size=batch_size, optimizer=SGD(lr), rng=seed):
            loss, right = _measure(network, X, y)
            if not np.isfinite(loss):
                break
            measured.append((loss, right))
            values.append(network.parameters.values.copy())
            yield epoch.number, None
    except FloatingPointError:
        pass  # as after break: the run is over, and the epochs that it lacks get an infinite loss
    losses, right = (list(column) for column in zip(*measured))
    missing = epochs + 1 - len(losses)
    losses, right, values = losses + [np.inf] * missing, right + [NEVER] * missing, values + values[-1:] * missing
    parameters = np.array([values[number] for number in snapshot_epochs(epochs)])
    network.parameters.values[:] = parameters[-1].clip(-LARGEST, LARGEST)
    yield epochs, Run(losses, right, parameters, _verdict(losses), network)


def _measure(network: Network, X: Array, y: Array) -> Any:
    """Return loss and number of right samples; a network whose scores are no finite numbers has none."""
    with np.errstate(over="ignore", invalid="ignore"):
        Z = network.forward(X)
    if not np.isfinite(Z).all():
        return np.inf, NEVER
    return network.loss.forward(Z, y), int((network.loss.predict(Z) == y).sum())


def _verdict(losses: Any) -> str:
    """Return what is wrong with a run, in words: too large a learning rate shows in the second half of the curve."""
    late = np.array(losses[len(losses) // 2 :])
    if not late[-1] < 1e10:
        return "It diverges: the loss grows beyond every bound."
    if len(late) > 1 and np.diff(late).max() > 1:
        return "The steps are too large: the loss jumps and never settles."
    return ""


def snapshot_epochs(epochs: int) -> Any:
    """Return the epochs whose parameters are kept: each of the first, then ever fewer, and the last.

    Examples
    --------
    >>> snapshot_epochs(20)
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 16, 18, 20]
    """
    kept = [0.0]
    while kept[-1] < epochs:
        kept.append(max(kept[-1] + 1, kept[-1] * 1.13))
    return sorted({min(int(number), epochs) for number in kept})


def pack(run: Any) -> Any:
    """Return a run as bytes that compress well.

    Whole numbers of 16 bits: losses in thousandths, right samples, and the course of each parameter as 2000 asinh(w), which keeps small
    weights exact to 0.0005 and large ones to 0.05 percent. Then the difference of each number to the one before it, first the low bytes of
    all, then the high ones.
    """
    losses = np.minimum(np.array(run.losses) * 1000, NEVER)
    weights = np.arcsinh(run.parameters.T.clip(-LARGEST, LARGEST)) * 2000
    numbers = np.concatenate([losses, run.right, weights.ravel()]).round().astype(np.int32).astype(np.uint16)
    differences = np.diff(numbers, prepend=numbers[:1] * 0)
    return np.concatenate([differences & 255, differences >> 8]).astype(np.uint8).tobytes()


def n_classes(y: Array) -> int:
    """Return how many outputs a network needs for these labels: two even where all samples are of one class."""
    return max(2, int(y.max()) + 1)


def _samples(name: str, data: Any) -> Any:
    """Return X in float64, y, and the code that makes both."""
    if isinstance(data, dict):
        X, y = data[name]
        check_array("X", X, shape=(None, 2))
        check_labels(y, n_samples=len(X), n_classes=len(plots.PALETTE))
        if len(X) > MOST_SAMPLES:
            raise ValueError(f"X has {len(X)} samples; expected at most {MOST_SAMPLES}")
        X = X.astype(np.float64)
        return X, y, f"X = np.array({X.tolist()})\ny = np.array({y.tolist()})"
    make, options = look_up("toy set", name, TOYS)
    X, y = make(**options)
    arguments = ", ".join(f"{key}={value!r}" for key, value in options.items())
    return X.astype(np.float64), y, f"X, y = {make.__name__}({arguments})\nX = X.astype(np.float64)"


def _describe(name: str, X: Array, y: Array, code: str) -> Any:
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.08 * (high - low).max() + 0.1
    return {
        "name": name,
        "points": [[round(a, 3), round(b, 3), int(label)] for (a, b), label in zip(X.tolist(), y)],
        "box": [*(low - margin).round(3).tolist(), *(high + margin).round(3).tolist()],
        "classes": n_classes(y),
        "code": code,
        "imports": TOYS[name][0].__name__ if code.startswith("X, y") else "",
    }


def _result(name: str, lr: float, activation: str, run: Any, n_samples: int) -> Any:
    right = f"{run.right[-1] / n_samples:.0%} right".replace("%", " %")
    end = run.verdict or f"loss {run.losses[0]:.2f} to {run.losses[-1]:.2f}, {right}"
    return f"{name}, learning rate {lr:g}, {activation}: {end}"


def _check_hidden(hidden: Any) -> Any:
    if check_int("hidden", hidden) > MOST_NEURONS:
        raise ValueError(f"hidden is {hidden}; expected at most {MOST_NEURONS} neurons")
    return hidden


def _check_sizes(hidden: Any, epochs: int, batch_size: int, seed: int) -> Any:
    return _check_hidden(hidden), check_int("epochs", epochs), check_int("batch_size", batch_size), check_int("seed", seed, minimum=0)


def _draw(figure: Figure, X: Array, y: Array, run: Any) -> Any:
    """Draw the start picture."""
    above, below = figure.subplots(2, 1, height_ratios=(3, 2))
    plots.decision_boundary(run.network.predict_proba, X, y, ax=above)
    told = np.isfinite(run.losses)
    told[0] = told[1:].sum() == 0  # the curves begin at epoch 1, unless there is none
    plots.curves({"loss": np.array(run.losses)[told], "accuracy": np.array(run.right)[told] / len(y)}, ylabel="", ax=below)
