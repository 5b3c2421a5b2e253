"""NeuronExplorer: turn the weights of one neuron, or of the three that make an exclusive or, and see what they do."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import activations, plots
from .._checks import check_array, check_labels, check_number, look_up
from .._typing import Array
from ..plots.style import DIVERGING
from .base import LiveFigure, bundle, still_picture

NAMES = ("identity", "binary_step", "relu", "leaky_relu", "elu", "sigmoid", "tanh")
XOR_X, XOR_Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
XOR_START = [1, 1, -0.5, 1, 1, -0.5, 1, 0, -0.5]  # w1, w2, b of the hidden neurons 1 and 2 and of the output: an OR, right in 3 rows
XOR_SOLUTIONS = {
    "binary_step": [1, 1, -0.5, 1, 1, -1.5, 1, -1, -0.5],  # OR, AND, and "the first but not the second"
    "sigmoid": [10, 10, -5, 10, 10, -15, 10, -10, -5],
    "tanh": [10, 10, -5, 10, 10, -15, 10, -10, -10],
    "relu": [1, 1, 0, 1, 1, -1, 1, -2, 0],
    "leaky_relu": [1, 1, 0, 1, 1, -1, 1, -2, 0],
    "elu": [10, 10, 0, 10, 10, -10, 0.1, -0.2, -0.1],
}


class NeuronExplorer(LiveFigure):
    """A neuron with two inputs whose weights and bias are turned by the reader: its line in the plane, its output as a surface.

    With `layers=2` it is a network of two hidden neurons and one output, with the truth table of exclusive or to be filled. Everything is
    computed in the browser.

    Parameters
    ----------
    w : (float, float)
        Weights at the start.
    b : float
        Bias at the start.
    activation : str
        Name of an activation function at the start: identity, binary_step, sigmoid, tanh, relu, leaky_relu or elu.
    x : (float, float)
        Input at the start.
    X, y : ndarrays, optional
        Samples (n_samples, 2) and labels 0 or 1 to be parted by the line: class 1 belongs where z >= 0.
    layers : int
        1, or 2 for exclusive or (w, b, x, X and y are not used then).
    title : str, optional

    Raises
    ------
    TypeError, ValueError
        If something does not fit.

    Examples
    --------
    >>> print("\\n".join(NeuronExplorer(w=(1.0, -1.0), b=0.5, x=(2.0, 1.0)).lines()[:4]))
    One neuron: w = (1, -1), b = 0.5, x = (2, 1): z = 1.50
    identity: output 1.500
    binary_step: output 1.000
    relu: output 1.500
    """

    _esm = bundle("shared.js", "network.js", "canvas.js", "neuron_explorer.js")
    _css = bundle("shared.css", "neuron_explorer.css")

    def __init__(
        self,
        w: tuple[float, float] = (1.0, -1.0),
        b: float = 0.0,
        *,
        activation: str = "sigmoid",
        x: tuple[float, float] = (2.0, 1.0),
        X: Array | None = None,
        y: Array | None = None,
        layers: int = 1,
        title: str | None = None,
    ) -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        if layers not in (1, 2):
            raise ValueError(f"layers is {layers!r}; expected 1 or 2")
        self.layers, self.values = layers, [float(value) for value in XOR_START] if layers == 2 else _check_values(w, b, x)
        samples: Any = (XOR_X, XOR_Y) if layers == 2 else _check_samples(X, y)
        self.X, self.y = samples
        self.box = [-0.5, -0.5, 1.5, 1.5] if layers == 2 else _box(self.X, self.values[3:])
        self.title = title or ("Exclusive or by hand" if layers == 2 else "One neuron")
        f = getattr(activations, activation)
        super().__init__(
            still=still_picture(lambda figure: self._draw(figure, f), size=(4.2, 3.4)),
            alt=self._alt_text(activation),
            meta={
                "title": self.title,
                "layers": layers,
                "activations": list(NAMES),
                "activation": NAMES.index(activation),
                "values": self.values,
                "box": self.box,
                "solutions": XOR_SOLUTIONS,
                "points": [[*map(float, sample), int(label)] for sample, label in zip(self.X, self.y)],
            },
        )

    def lines(self) -> list[str]:
        """Return the output at the start for each activation; with `layers=2` weights that solve exclusive or, where there are any."""
        return [self.title, *(_solution(name) for name in NAMES)] if self.layers == 2 else self._neuron_lines()

    def _neuron_lines(self) -> list[str]:
        (w1, w2, b, x1, x2), z = self.values, self._z(np.array(self.values[3:]))
        first = f"{self.title}: w = ({w1:g}, {w2:g}), b = {b:g}, x = ({x1:g}, {x2:g}): z = {z:.2f}"
        if len(self.y):
            first += f"; {((self._z(self.X) >= 0) == self.y).sum()} of {len(self.y)} samples on the right side"
        return [first, *(f"{name}: output {getattr(activations, name)(z):.3f}" for name in NAMES)]

    def _z(self, X: Array) -> Array:
        w1, w2, b = self.values[:3]
        return np.asarray(X @ np.array([w1, w2]) + b)

    def _alt_text(self, activation: str) -> str:
        if self.layers == 2:
            return "A map of the output of a network for exclusive or, with the four inputs on it."
        w1, w2, b = self.values[:3]
        return f"A map of the output of a neuron, {activation}({w1:g}·x1 + {w2:g}·x2 + {b:g}), and the line on which the sum is 0."

    def _draw(self, figure: Figure, f: Any) -> None:
        """Draw the start picture: the output over the plane."""
        left, bottom, right, top = self.box
        grid = np.stack(np.meshgrid(np.linspace(left, right, 120), np.linspace(bottom, top, 120)), axis=-1)
        output = f(self._z(grid)) if self.layers == 1 else xor_network(self.values, f, grid)[1]
        ax, most = figure.subplots(), np.abs(output).max() or 1
        ax.imshow(output, cmap=DIVERGING, vmin=-most, vmax=most, extent=(left, right, bottom, top), origin="lower", aspect="auto")
        if len(self.y):
            plots.samples(self.X, self.y, ax=ax)
        if self.layers == 1 and any(self.values[:2]):
            plots.neuron_line(np.array(self.values[:2]), self.values[2], limits=(left, right, bottom, top), ax=ax)
        ax.set(xlabel="$x_1$", ylabel="$x_2$")


def xor_network(values: Any, f: Any, X: Array) -> Any:
    """Return hidden outputs (..., 2) and output (...) of two hidden neurons and one after them; `values` as in XOR_START."""
    (first, second, last), X = np.reshape(values, (3, 3)), np.asarray(X)
    H = f(X @ np.array([first[:2], second[:2]]).T + np.array([first[2], second[2]]))
    return H, f(H @ last[:2] + last[2])


def _solution(name: str) -> Any:
    if name not in XOR_SOLUTIONS:
        return f"{name}: no weights solve it"
    outputs = xor_network(XOR_SOLUTIONS[name], getattr(activations, name), XOR_X)[1]
    right = ((outputs >= 0.5) == XOR_Y).sum()
    return f"{name}: weights {XOR_SOLUTIONS[name]}, outputs {', '.join(f'{output:z.2f}' for output in outputs)}: {right} of 4 rows right"


def _check_values(w: Any, b: Any, x: Any) -> Any:
    for name, pair in (("w", w), ("x", x)):
        if len(pair) != 2:
            raise ValueError(f"{name} is {pair!r}; expected two numbers")
    return [check_number(name, value) for name, value in zip(("w1", "w2", "b", "x1", "x2"), (*w, b, *x))]


def _check_samples(X: Any, y: Any) -> Any:
    if X is None and y is None:
        return np.zeros((0, 2)), np.zeros(0, int)
    if X is None or y is None:
        raise ValueError("only one of X and y is given; expected both or none")
    check_array("X", X, shape=(None, 2))
    return X.astype(np.float64), check_labels(y, n_samples=len(X), n_classes=2)


def _box(X: Array, x: Any) -> Any:
    """Return left, bottom, right, top: a square around the origin that holds everything."""
    side = max(3.0, 1.15 * float(np.abs(np.vstack([X, x])).max()))
    return [-side, -side, side, side]
