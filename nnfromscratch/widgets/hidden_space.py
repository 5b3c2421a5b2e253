"""HiddenSpace: samples travel from the plane of the inputs to the plane of two hidden neurons."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_kind
from .._typing import Array
from ..layers import LAYERS, Linear
from ..network import Network
from .base import LiveFigure, bundle, still_picture
from .own import KNOWN, check_together, engine_activation, read_labels, read_samples

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
SOLUTIONS = [  # activation, then weights and biases that solve exclusive or: hidden W row by row, hidden b, output w, output b
    ("BinaryStep", [1, 1, 1, 1], [-0.5, -1.5], [1, -1], -0.5),
    ("Sigmoid", [6, 6, 6, 6], [-3, -9], [1, -1], -0.5),
    ("Tanh", [2, 2, 2, 2], [-1, -3], [1, -1], -1.0),
    ("ReLU", [1, 1, 1, 1], [0, -1], [1, -2], -0.5),
]
MOST_SAMPLES = 500


class HiddenSpace(LiveFigure):
    """The plane deforms: each sample moves from its inputs to the outputs of two hidden neurons, where one line separates the classes.

    Parameters
    ----------
    network : Network, optional
        Linear(2, 2), activation, Linear(2, 1) of your own; without it, four networks that solve exclusive or.
    X : array, list of rows, or DataFrame, shape (n_samples, 2), optional
        Your own samples, at most 500.
    y : array or list, shape (n_samples,), optional
        Their labels, 0 and 1; class 1 belongs where the last sum is at least 0.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> print("\\n".join(HiddenSpace().lines()[:2]))
    Into the hidden plane: 4 samples
    BinaryStep: (0, 0) to (0.00, 0.00), (0, 1) to (1.00, 0.00), (1, 0) to (1.00, 0.00), (1, 1) to (1.00, 1.00); 4 of 4 correct
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "hidden_space.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(self, network: Network | None = None, X: Any = None, y: Any = None, *, title: str = "Into the hidden plane") -> None:
        self.X, self.y = XOR
        if check_together(X, y):
            self.X = read_samples(X, most=MOST_SAMPLES)
            self.y = read_labels(y, n_samples=len(self.X), n_classes=2)
        self.networks = [_describe(*solution) for solution in SOLUTIONS] if network is None else [_read(network)]
        places = np.concatenate([self.X, *(self.hidden(one) for one in self.networks)])
        low, high = places.min() - 0.4, places.max() + 0.4
        super().__init__(
            still=still_picture(self._draw, size=(4.0, 3.6)),
            alt=f"The samples in the plane of the two hidden neurons ({self.networks[0]['activation']}), {self._line_in_words()}.",
            meta={
                "title": title,
                "samples": self.X.tolist(),
                "labels": self.y.tolist(),
                "networks": self.networks,
                "box": [round(float(v), 2) for v in (low, low, high, high)],
                "tangled": X is None,  # no line separates exclusive or; for the reader's own samples this is not known
                "t": 0,
            },
        )

    def lines(self) -> list[str]:
        """Return for each network where the first samples go, and how many are then on the correct side."""
        lines = [f"{self.meta['title']}: {len(self.X)} sample{'s' * (len(self.X) != 1)}"]
        for network in self.networks:
            A = self.hidden(network)
            moves = [f"({x[0]:g}, {x[1]:g}) to ({a[0]:z.2f}, {a[1]:z.2f})" for x, a in zip(self.X[:6], A)]
            lines.append(f"{network['activation']}: {', '.join(moves)}; {self.correct(network)} of {len(self.X)} correct")
        return lines

    def hidden(self, network: dict[str, Any]) -> Array:
        """Return the outputs of the two hidden neurons for each sample."""
        layer = LAYERS[network["activation"]](*network["option"])
        A: Array = layer.forward(self.X @ np.array(network["W"]) + np.array(network["b"]))
        return A

    def correct(self, network: dict[str, Any]) -> int:
        """Return how many samples are on the correct side of the line."""
        return int(((self.hidden(network) @ network["W2"] + network["b2"] >= 0) == self.y).sum())

    def _line_in_words(self) -> str:
        if not any(self.networks[0]["W2"]):
            return "without a line, since both weights of the last neuron are 0"
        return "where a line separates them" if self.correct(self.networks[0]) == len(self.X) else "with the line of the last neuron"

    def _draw(self, figure: Figure) -> None:
        A, network = self.hidden(self.networks[0]), self.networks[0]
        ax = plots.samples(A, self.y, ax=figure.subplots())
        low, high = A.min() - 0.4, A.max() + 0.4
        if any(network["W2"]):
            plots.neuron_line(np.array(network["W2"], float), network["b2"], limits=(low, high, low, high), ax=ax)
        ax.set(xlabel="hidden neuron 1", ylabel="hidden neuron 2")


def _describe(activation: str, W: Any, b: Any, W2: Any, b2: Any, *option: float) -> Any:
    return {"activation": activation, "option": list(option), "W": np.reshape(W, (2, 2)).tolist(), "b": list(b), "W2": list(W2), "b2": b2}


def _read(network: Network) -> Any:
    check_kind("network", network, Network, "a Network")
    kinds = [type(layer).__name__ for layer in network.layers]
    linear: list[Any] = network.layers[::2]
    fits = len(kinds) == 3 and kinds[1] in KNOWN and all(isinstance(layer, Linear) for layer in linear)
    if not fits or [linear[0].n_in, linear[0].n_out, linear[1].n_out] != [2, 2, 1]:
        raise ValueError(f"network has the layers {network.layers}; expected Linear(2, 2), an activation, Linear(2, 1)")
    first, last = network.layers[0].params, network.layers[2].params
    name, *option = engine_activation(network.layers[1])
    return _describe(name, first["W"].tolist(), first["b"].tolist(), last["W"][:, 0].tolist(), float(last["b"][0]), *option)
