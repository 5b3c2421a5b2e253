"""Playground: a network that the reader builds, and that learns in the browser."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_int, check_kind, check_number, look_up
from .._doors import as_list
from .._typing import Array
from ..data.toy import make_blobs, make_circles, make_moons, make_spirals, make_xor
from ..losses import BinaryCrossEntropy, SoftmaxCrossEntropy, SquaredError
from ..network import Network, make_activation, mlp
from .base import LiveFigure, bundle, still_picture
from .own import read_labels, read_list, read_samples

TOYS = {  # what makes each toy set, of how many points, and with how much noise
    "moons": (make_moons, 200, 0.15),
    "circles": (make_circles, 200, 0.08),
    "xor": (make_xor, 200, 0.15),
    "blobs": (make_blobs, 200, 0.25),
    "spirals": (make_spirals, 240, 0.03),
}
ACTIVATIONS = ("Identity", "BinaryStep", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU")
LOSSES = {cls.__name__: cls for cls in (SoftmaxCrossEntropy, SquaredError, BinaryCrossEntropy)}
MOST_LAYERS, MOST_NEURONS, MOST_POINTS, DATA_SEED = 4, 8, 1000, 0
MODULES = (
    "shared",
    "engine",
    "random",
    "drawing",
    "run",
    "backprop_story",
    "backprop_view",
    "playground_views",
    "playground_points",
    "playground_text",
    "playground",
)


class Playground(LiveFigure):
    """A network with up to four hidden layers that learns to classify points in the plane, live; everything about it can be changed.

    The reader chooses data, layers, activations, learning rate, and more, sees what each neuron computes, edits weights, adds points, and
    compares two networks. Everything is computed in the browser, by the same formulas as in the package.

    Parameters
    ----------
    data : str, or (X, y)
        A toy set that is shown first: moons, circles, xor, blobs, or spirals; or your own: X (n_samples, 2), at most 1,000, and labels
        y of at most 6 classes, as arrays, lists, or DataFrames. Every fourth point is used for validation.
    toys : sequence of str
        The toy sets to choose from.
    noise : float, optional
        Noise of the toy set, from 0 to 0.5.
    hidden : list of int
        Neurons of each hidden layer: at most 4 layers of at most 8 neurons.
    activation : str or list of str
        Names of activations, as in `mlp`.
    loss : {"SoftmaxCrossEntropy", "SquaredError", "BinaryCrossEntropy"}
        With the last one, the network has a single output, for two classes.
    lr, momentum, weight_decay : float
        As in `SGD`; the reader can choose rates from 0.0001 to 10.
    batch_size, seed : int
    network : Network, optional
        A network of your own, with two inputs: its layers, weights, and loss are those at the start.
    trains : bool
        Whether the reader can train the network. If not, there are only weights to change, and no point is kept for validation.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> Playground("xor", hidden=[3], activation="Tanh", lr=0.3)
    Playground: xor, 2-3-2, Tanh, loss SoftmaxCrossEntropy
    learning rate 0.3, momentum 0, batch size 16, L2 0, seed 0
    before training: training loss 0.693, validation loss 0.705
    """

    _esm = bundle(*(f"{name}.js" for name in MODULES))
    _css = bundle("shared.css", "backprop_stepper.css", "playground.css")

    def __init__(
        self,
        data: str | tuple[Any, Any] = "moons",
        *,
        toys: Sequence[str] = tuple(TOYS),
        noise: float | None = None,
        hidden: Sequence[int] = (4,),
        activation: str | Sequence[str] = "Tanh",
        loss: str = "SoftmaxCrossEntropy",
        lr: float = 0.1,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        batch_size: int = 16,
        seed: int = 0,
        network: Network | None = None,
        trains: bool = True,
        title: str = "Playground",
    ) -> None:
        sets = [_toy(name) for name in dict.fromkeys([data, *read_list("toys", toys)])] if isinstance(data, str) else [_own(*_pair(data))]
        first = sets[0]
        noise = first["noise"] if noise is None else check_number("noise", noise, minimum=0, maximum=0.5)
        first["noise"] = noise
        if network is None:
            n_out = 1 if loss == "BinaryCrossEntropy" else first["classes"]
            layers = mlp([2, *_check_hidden(hidden), n_out], as_list("activation", activation, len(hidden)), rng=seed, dtype=np.float64)
            network = Network(layers, look_up("loss", loss, LOSSES)())
        check_kind("network", network, Network, "a Network")
        self.trains = bool(trains)
        self.network = network.astype(np.float64)
        self.X, self.y = _points(first, noise)
        self.settings = {
            "hidden": _read_hidden(network, first["classes"]),
            "loss": type(network.loss).__name__,
            "lr": check_number("lr", lr, minimum=1e-4, maximum=10),
            "momentum": check_number("momentum", momentum, minimum=0, maximum=0.99),
            "l2": check_number("weight_decay", weight_decay, minimum=0, maximum=0.3),
            "batch": check_int("batch_size", batch_size),
            "seed": check_int("seed", seed, minimum=0),
        }
        super().__init__(
            still=still_picture(self._draw, size=(4.4, 3.6)),
            alt=f"The network's answer over the plane before training, with the points of {first['name']}.",
            meta={
                "title": title,
                "trains": self.trains,
                "activations": list(ACTIVATIONS),
                "data": sets,
                "start": {
                    "data": first["name"],
                    "noise": noise,
                    "classes": first["classes"],
                    "settings": self.settings,
                    "values": self.network.parameters.values.tolist(),
                },
            },
        )

    def lines(self) -> list[str]:
        """Return the settings at the start, and the losses before training."""
        settings, hidden = self.settings, self.settings["hidden"]
        last: Any = self.network.layers[-1]
        sizes = "-".join(map(str, [2, *(layer["n"] for layer in hidden), last.n_out]))
        activations = ", ".join(layer["activation"] for layer in hidden) or "no hidden layer"
        first = f"{self.meta['title']}: {self.meta['start']['data']}, {sizes}, {activations}, loss {settings['loss']}"
        if not self.trains:
            (loss, correct) = self._measure(slice(None))
            return [first, f"loss {loss:.3f}, {correct} of {len(self.X)} points classified correctly"]
        kept = np.arange(len(self.X)) % 4 == 3
        losses = [f"{name} loss {self._measure(part)[0]:.3f}" for name, part in (("training", ~kept), ("validation", kept)) if part.any()]
        return [
            first,
            f"learning rate {settings['lr']:g}, momentum {settings['momentum']:g}, batch size {settings['batch']}, "
            f"L2 {settings['l2']:g}, seed {settings['seed']}",
            f"before training: {', '.join(losses)}",
        ]

    def _measure(self, part: Any) -> Any:
        """Return the loss, and the number of points classified correctly."""
        Z, y = self.network.forward(self.X[part]), self.y[part]
        targets = np.eye(Z.shape[1])[y] if Z.shape[1] > 1 else y[:, None].astype(np.float64)
        return self.network.loss.forward(Z, targets), int((_labels(self.network, Z) == y).sum())

    def _draw(self, figure: Figure) -> None:
        """Draw the initial picture."""
        plots.decision_boundary(self._answer, self.X, self.y, ax=figure.subplots())

    def _answer(self, X: Array) -> Any:
        return _labels(self.network, self.network.forward(X.astype(np.float64)))


def _labels(network: Network, Z: Array) -> Any:
    """Return the class with the highest score; with a single score, class 1 if it is above 0."""
    return Z.argmax(axis=1) if Z.shape[1] > 1 else (Z[:, 0] > 0).astype(int)


def _toy(name: str) -> Any:
    """Return a toy set: where its points are without noise, and the noise of each, which its seed fixes."""
    make, n, noise = look_up("toy set", name, TOYS)
    clean, y = make(n, noise=0, rng=DATA_SEED)
    unit = make(n, noise=1, rng=DATA_SEED)[0].astype(float) - clean
    description = {"name": name, "classes": int(y.max()) + 1, "noise": noise, "maker": make.__name__, "samples": n, "seed": DATA_SEED}
    return description | {"clean": clean.round(4).ravel().tolist(), "unit": unit.round(4).ravel().tolist(), "labels": y.tolist()}


def _pair(data: Any) -> Any:
    check_kind("data", data, (tuple, list), f"the name of a toy set ({', '.join(TOYS)}), or your own samples and labels, (X, y)")
    if len(data) != 2:
        raise ValueError(f"data has {len(data)} parts; expected samples and labels, (X, y)")
    return data


def _own(X: Any, y: Any) -> Any:
    X = read_samples(X, most=MOST_POINTS)
    y = read_labels(y, n_samples=len(X), n_classes=len(plots.PALETTE))
    points = {"clean": X.ravel().tolist(), "unit": [0.0] * X.size, "labels": y.tolist()}
    return {"name": "your data", "classes": max(2, int(y.max()) + 1), "noise": 0.0} | points


def _points(toy: Any, noise: float) -> Any:
    """Return X and y of a toy set as the browser has them."""
    X = np.reshape(toy["clean"], (-1, 2)) + noise * np.reshape(toy["unit"], (-1, 2))
    return X.astype(np.float32).astype(np.float64), np.array(toy["labels"])


def _check_hidden(hidden: Any) -> Any:
    hidden = [check_int("hidden", n) for n in read_list("hidden", hidden)]
    if len(hidden) > MOST_LAYERS or max(hidden, default=1) > MOST_NEURONS:
        raise ValueError(f"hidden is {hidden}; expected at most {MOST_LAYERS} layers of at most {MOST_NEURONS} neurons")
    return hidden


def _read_hidden(network: Network, n_classes: int) -> Any:
    """Return sizes and activations of a network's hidden layers."""
    kinds = [type(layer).__name__ for layer in network.layers]
    linear: list[Any] = network.layers[::2]
    activations = kinds[1::2]
    n_out = 1 if isinstance(network.loss, BinaryCrossEntropy) else n_classes
    fits = len(kinds) % 2 and set(kinds[::2]) == {"Linear"} and set(activations) <= set(ACTIVATIONS) and n_classes <= max(n_out, 2)
    if not fits or type(network.loss).__name__ not in LOSSES or linear[0].n_in != 2 or linear[-1].n_out != n_out:
        raise ValueError(
            f"network has the layers {network.layers} and the loss {network.loss}; expected Linear(2, ...), activation, ..., "
            f"Linear(..., {n_out}), and one of the losses {', '.join(LOSSES)}"
        )
    for layer in network.layers[1::2]:
        if repr(layer) != repr(make_activation(type(layer).__name__)):
            raise ValueError(
                f"network has the activation {layer}; expected one with its usual option: {make_activation(type(layer).__name__)}"
            )
    _check_hidden([layer.n_out for layer in linear[:-1]])
    return [{"n": layer.n_out, "activation": name} for layer, name in zip(linear, activations)]
