"""NeuronLine: one neuron with two inputs, whose line, weights, and input can be dragged."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_array, check_labels, check_number, look_up
from .._typing import Array
from ..network import make_activation
from .base import LiveFigure, bundle, still_picture

NAMES = ("BinaryStep", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "Identity")
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0], "xor": [0, 1, 1, 0]}
MOST = 3  # of a weight, a bias, or a coordinate


class NeuronLine(LiveFigure):
    """The plane of a neuron's two inputs: its boundary, its weight vector, and an input can be dragged, and a map shows its output.

    Parameters
    ----------
    w : (float, float)
        Weights at the start, from -3 to 3.
    b : float
        Bias at the start, from -3 to 3.
    activation : str
        Name of an activation.
    x : (float, float)
        Input at the start.
    target : str
        What the neuron should say about the four corners of the unit square: and, or, nand, nor, or xor.
    X, y : ndarrays, optional
        Your own samples (n_samples, 2), from -3 to 3, and labels 0 or 1: the neuron should fire for label 1.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> NeuronLine(w=(1, 1), b=-0.5, target="xor")
    One neuron: w = (1, 1), b = -0.5, BinaryStep, x = (1, 0): z = 0.500, output 1.000
    on the correct side: and 2 of 4, or 4 of 4, nand 2 of 4, nor 0 of 4, xor 3 of 4
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "neuron_line.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        w: tuple[float, float] = (1.0, 1.0),
        b: float = -0.5,
        *,
        activation: str = "BinaryStep",
        x: tuple[float, float] = (1.0, 0.0),
        target: str = "and",
        X: np.ndarray | None = None,
        y: np.ndarray | None = None,
        title: str = "One neuron",
    ) -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        names = ("w1", "w2", "b", "x1", "x2")
        self.values = {name: check_number(name, value, minimum=-MOST, maximum=MOST) for name, value in zip(names, (*w, b, *x), strict=True)}
        self.X, self.targets = _samples(X, y)
        targets = list(self.targets)
        if X is None:
            look_up("target", target, GATES)
        self.activation = activation
        low, high = _box(self.X)
        super().__init__(
            still=still_picture(self._draw, size=(3.8, 3.6)),
            alt="The plane of the inputs with four samples, and the line on which the neuron's sum is 0.",
            meta={
                "title": title,
                "activations": list(NAMES),
                "box": [low, low, high, high],
                "samples": self.X.tolist(),
                "targets": [{"name": name, "labels": labels} for name, labels in self.targets.items()],
                "start": self.values | {"activation": NAMES.index(activation), "target": targets.index(target) if X is None else 0},
            },
        )

    def lines(self) -> list[str]:
        """Return the output at the start, and the samples on the correct side for each target."""
        w1, w2, b, x1, x2 = self.values.values()
        z = w1 * x1 + w2 * x2 + b
        output = make_activation(self.activation).forward(np.array([[z]])).item()
        first = f"{self.meta['title']}: w = ({w1:g}, {w2:g}), b = {b:g}, {self.activation}, x = ({x1:g}, {x2:g}): "
        first += f"z = {z:.3f}, output {output:.3f}"
        fires = self.X @ np.array([w1, w2]) + b >= -1e-9
        correct = [f"{name} {(fires == np.array(labels)).sum()} of {len(labels)}" for name, labels in self.targets.items()]
        return [first, f"on the correct side: {', '.join(correct)}"]

    def _draw(self, figure: Figure) -> None:
        labels = np.array(next(iter(self.targets.values())))
        ax = plots.samples(self.X, labels, ax=figure.subplots())
        low, high = _box(self.X)
        w = np.array([self.values["w1"], self.values["w2"]])
        if w.any():
            plots.neuron_line(w, self.values["b"], limits=(low, high, low, high), ax=ax)


def _samples(X: Any, y: Any) -> Any:
    if X is None:
        return CORNERS, GATES
    check_array("X", X, shape=(None, 2))
    check_labels(y, n_samples=len(X), n_classes=2)
    if np.abs(X).max() > MOST:
        raise ValueError(f"X holds numbers up to {np.abs(X).max():g}; expected numbers from -{MOST} to {MOST}")
    return X.astype(np.float64), {"your labels": y.tolist()}


def _box(X: Array) -> Any:
    """Return the lowest and the highest coordinate that the picture shows."""
    margin = 0.25 * max(np.ptp(X), 1)
    return round(float(X.min() - margin), 2), round(float(X.max() + margin), 2)
