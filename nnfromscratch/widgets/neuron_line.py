"""NeuronLine: one neuron with two inputs, whose line, weights, and input can be dragged."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_number, look_up
from ..network import make_activation
from .base import LiveFigure, bundle, still_picture
from .own import check_together, read_labels, read_samples, read_vector

NAMES = ("BinaryStep", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "Identity")
CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0], "xor": [0, 1, 1, 0]}
REACH = 3  # the sliders go at least this far
MOST, MOST_SAMPLES = 1000, 500  # of any number that is given; of samples


class NeuronLine(LiveFigure):
    """The plane of a neuron's two inputs: its boundary, its weight vector, and an input can be dragged, and a map shows its output.

    Parameters
    ----------
    w : (float, float)
        Weights at the start. The sliders go from -3 to 3, or as far as your weights and samples require.
    b : float
        Bias at the start.
    activation : str
        Name of an activation.
    x : (float, float), optional
        Input at the start. Default: (1, 0), or the first of your own samples.
    target : str
        What the neuron should say about the four corners of the unit square: and, or, nand, nor, or xor. Your own
        samples have their own labels instead.
    X : array, list of rows, or DataFrame, shape (n_samples, 2), optional
        Your own samples, at most 500.
    y : array or list, shape (n_samples,), optional
        Their labels, 0 or 1: the neuron should fire for label 1.
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

    Your own samples, and a neuron that separates them:

    >>> NeuronLine(w=(0, 5), b=-6, X=[[3, 1], [4, 2], [5, 1]], y=[0, 1, 0])
    One neuron: w = (0, 5), b = -6, BinaryStep, x = (3, 1): z = -1.000, output 0.000
    on the correct side: your labels 3 of 3
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "neuron_line.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        w: Sequence[float] = (1.0, 1.0),
        b: float = -0.5,
        *,
        activation: str = "BinaryStep",
        x: Sequence[float] | None = None,
        target: str = "and",
        X: Any = None,
        y: Any = None,
        title: str = "One neuron",
    ) -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        self.X, self.targets = _samples(X, y)
        x = read_vector("x", x, 2) if x is not None else [1.0, 0.0] if X is None else self.X[0].tolist()
        values = dict(zip(("w1", "w2", "b", "x1", "x2"), (*read_vector("w", w, 2), b, *x)))
        self.values = {name: check_number(name, value, minimum=-MOST, maximum=MOST) for name, value in values.items()}
        look_up("target", target, GATES)
        targets = list(self.targets)
        samples = "four samples" if X is None else f"{len(self.X)} sample{'s' * (len(self.X) != 1)}"
        self.activation = activation
        low, high = self._range()
        super().__init__(
            still=still_picture(self._draw, size=(3.8, 3.6)),
            alt=f"The plane of the inputs with {samples}, and the line on which the neuron's sum is 0.",
            meta={
                "title": title,
                "activations": list(NAMES),
                "box": [low, low, high, high],
                "reach": self._reach(),
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
        low, high = self._range()
        w = np.array([self.values["w1"], self.values["w2"]])
        if w.any():
            plots.neuron_line(w, self.values["b"], limits=(low, high, low, high), ax=ax)

    def _range(self) -> tuple[float, float]:
        """Return the lowest and the highest coordinate that the picture shows."""
        places = np.append(self.X, [self.values["x1"], self.values["x2"]])
        margin = 0.25 * max(np.ptp(places), 1)
        return round(float(places.min() - margin), 2), round(float(places.max() + margin), 2)

    def _reach(self) -> dict[str, float]:
        """Return how far weights and bias go: far enough for the boundary to be anywhere among the samples."""
        w = max(REACH, *(math.ceil(abs(self.values[name])) for name in ("w1", "w2")))
        return {"w": w, "b": max(1, math.ceil(abs(self.values["b"])), math.ceil(w * np.abs(self.X).max()))}


def _samples(X: Any, y: Any) -> Any:
    if not check_together(X, y):
        return CORNERS, GATES
    samples = read_samples(X, most=MOST_SAMPLES)
    labels = read_labels(y, n_samples=len(samples), n_classes=2)
    if np.abs(samples).max() > MOST:
        raise ValueError(
            f"X holds numbers up to {np.abs(samples).max():g}; expected numbers from -{MOST} to {MOST}: scale the columns down"
        )
    return samples, {"your labels": labels.tolist()}
