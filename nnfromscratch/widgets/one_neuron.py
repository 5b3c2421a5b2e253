"""OneNeuron: backpropagation through one neuron, with the local slopes on the way, and a nudge that checks the result."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from .. import plots
from .._checks import check_number, look_up
from ..layers import Linear
from ..losses import SquaredError
from ..network import Network, make_activation
from .base import LiveFigure, bundle, png

NAMES = ("Sigmoid", "Tanh", "ReLU", "Identity", "LeakyReLU", "ELU", "BinaryStep")


class OneNeuron(LiveFigure):
    """One neuron with one input and the squared error as a chain: values forward, gradients backward, local slopes on the edges.

    Parameters
    ----------
    w, b, x, y : float
        Weight, bias, input, and target at the start, from -3 to 3.
    activation : str
        Name of an activation.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> OneNeuron(w=0.5, b=-1.0, x=2.0, y=1.0)
    One neuron, step by step: w = 0.5, b = -1, x = 2, y = 1
    Sigmoid: a 0.500, L 0.125, dL/da -0.500, dL/dz -0.125, dL/db -0.125, dL/dw -0.250
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "one_neuron.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        w: float = 0.5,
        b: float = -1.0,
        x: float = 2.0,
        y: float = 1.0,
        *,
        activation: str = "Sigmoid",
        title: str = "One neuron, step by step",
    ) -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        self.values = {name: check_number(name, value, minimum=-3, maximum=3) for name, value in {"w": w, "b": b, "x": x, "y": y}.items()}
        self.activation = activation
        super().__init__(
            still=self._graph(),
            alt="A neuron as a chain of boxes, each with its value and the slope of the loss with respect to it.",
            meta={
                "title": title,
                "activations": list(NAMES),
                "start": self.values | {"activation": NAMES.index(activation), "step": 0, "which": "w", "nudge": 0.1},
            },
        )

    def network(self) -> Network:
        """Return the neuron as a network."""
        network = Network([Linear(1, 1, dtype=np.float64), make_activation(self.activation)], SquaredError())
        network.parameters.values[:] = self.values["w"], self.values["b"]
        return network

    def lines(self) -> list[str]:
        """Return every value and gradient."""
        network, X, Y = self.network(), np.array([[self.values["x"]]]), np.array([[self.values["y"]]])
        loss = network.loss_and_gradients(X, Y)
        a, dz, dw = network.forward(X).item(), network.parameters.grad("0.b").item(), network.parameters.grad("0.W").item()
        numbers = {"a": a, "L": loss, "dL/da": a - self.values["y"], "dL/dz": dz, "dL/db": dz, "dL/dw": dw}
        first = f"{self.meta['title']}: " + ", ".join(f"{name} = {value:g}" for name, value in self.values.items())
        return [first, f"{self.activation}: " + ", ".join(f"{name} {value:z.3f}" for name, value in numbers.items())]

    def _graph(self) -> Any:
        axes = plots.computation_graph(self.network(), np.array([[self.values["x"]]]), np.array([[self.values["y"]]]))
        picture = png(axes.figure)  # type: ignore[arg-type]
        plt.close(axes.figure)  # type: ignore[arg-type]
        return picture
