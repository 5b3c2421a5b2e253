"""Backpropagation, one step at a time: every number of a small network in its forward pass, every gradient in its backward pass."""

import copy
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from .. import plots
from .._checks import check_kind
from .._doors import as_floats
from .._typing import Array
from ..layers import Activation, Linear
from ..losses import SoftmaxCrossEntropy
from ..network import Network, make_activation
from .backprop_steps import run, text
from .base import LiveFigure, bundle, png
from .own import KNOWN, read_labels, read_list

MOST_NEURONS = 4
MODULES = ("shared", "engine", "drawing", "backprop_story", "backprop_view", "backprop_stepper")


class BackpropStepper(LiveFigure):
    """The computation graph of a network with two inputs, one hidden layer, and softmax, filled in step by step.

    The reader also chooses the sample, nudges a weight, compares the predicted with the actual change in the loss, and takes steps of
    gradient descent. Everything is computed in the browser, in float64, by the same formulas as in the package.

    Parameters
    ----------
    network : Network
        Linear, activation, Linear; 2 inputs, at most 4 neurons in each layer; softmax cross-entropy.
    X : array or list, shape (1, 2)
        The sample, from -3 to 3.
    y : array or list, shape (1,)
        Its label.
    activations : sequence of str
        Names of the activations to choose from, in addition to the network's own.
    title : str

    Raises
    ------
    TypeError, ValueError
        If the network is of a different kind or too large, or the sample does not fit it.

    Examples
    --------
    >>> from nnfromscratch import mlp
    >>> network = Network(mlp([2, 1, 2], "Tanh", rng=0))
    >>> network.layers[0].params["W"], network.layers[2].params["W"] = [[0.5], [1.0]], [[1.0, -1.0]]
    >>> BackpropStepper(network, np.array([[2.0, -1.0]], np.float32), np.array([0]), activations=["Tanh"])
    Backpropagation step by step: 2-1-2, x = (2, -1), label 0
    Tanh: loss 0.693
      h1: z 0.000, a 0.000, slope 1.000, da -1.000, dz -1.000, dw1 -2.000, dw2 1.000, db -1.000
      o1: z 0.000, p 0.500, dz -0.500, dw1 0.000, db -0.500
      o2: z 0.000, p 0.500, dz 0.500, dw1 0.000, db 0.500
    """

    _esm = bundle(*(f"{name}.js" for name in MODULES))
    _css = bundle("shared.css", "backprop_stepper.css")

    def __init__(
        self,
        network: Network,
        X: ArrayLike,
        y: ArrayLike,
        *,
        activations: Sequence[str] = ("Sigmoid", "Tanh", "ReLU"),
        title: str = "Backpropagation step by step",
    ) -> None:
        n_classes = _check(network)[2]
        X = as_floats("X", X, (1, 2), network.dtype)
        y = read_labels(y, n_samples=1, n_classes=n_classes)
        layers: list[Any] = network.layers
        first, own, last = layers
        self.network, self.y = _as_written(network), y
        self.X = X.astype(str).astype(np.float64)
        self.activations = {type(own).__name__: own} | {
            name: make_activation(name) for name in read_list("activations", activations) if name != type(own).__name__
        }
        sizes = [2, first.n_out, last.n_out]
        super().__init__(
            still=_graph(self.network, self.X, y),
            alt=f"The computation graph with every value and its gradient. The loss is {self.network.loss_and_gradients(self.X, y):.3f}.",
            meta={
                "title": title,
                "sizes": sizes,
                "activations": [_describe(layer) for layer in self.activations.values()],
                "loss": type(network.loss).__name__,
                "values": self.network.parameters.values.tolist(),
                "x": self.X[0].tolist(),
                "label": int(y[0]),
            },
        )

    def lines(self) -> list[str]:
        """Return every value and gradient, a line for each neuron, for each activation."""
        sizes, (x1, x2) = "-".join(map(str, self.meta["sizes"])), self.X[0]
        lines = [f"{self.meta['title']}: {sizes}, x = ({x1:g}, {x2:g}), label {self.y[0]}"]
        for name in self.activations:
            numbers = self.numbers(name)
            lines += [f"{name}: loss {text(numbers['loss.L'])}", *_by_neuron(numbers)]
        return lines

    def numbers(self, activation: str) -> dict[str, float]:
        """Return every value and gradient by name, with one of the activations."""
        first, _, last = self.network.layers
        twin = Network([copy.deepcopy(layer) for layer in (first, self.activations[activation], last)], SoftmaxCrossEntropy())
        return dict(run(twin.astype(np.float64), self.X, self.y))


def _describe(activation: Any) -> Any:
    """Return an activation's name, its option, and the code that makes it."""
    name = type(activation).__name__
    if name not in KNOWN:
        raise ValueError(f"activation is {name}; expected one of: {', '.join(KNOWN)}")
    return {"name": name, "option": getattr(activation, activation.options[-1]) if activation.options else None, "code": repr(activation)}


def _by_neuron(numbers: Any) -> Any:
    """Yield a line for each neuron, without weights, biases, and targets, which are known."""
    for neuron in sorted({name.partition(".")[0] for name in numbers if name[0] in "ho"}):
        shown = [key for key in ("z", "a", "p", "slope", "da", "dz") if f"{neuron}.{key}" in numbers]
        shown += [name.partition(".")[2] for name in numbers if name.startswith((f"{neuron}.dw", f"{neuron}.db"))]
        yield f"  {neuron}: " + ", ".join(f"{key} {text(numbers[f'{neuron}.{key}'])}" for key in shown)


def _check(network: Network) -> list[int]:
    """Return how many inputs, hidden neurons, and outputs the network has, after checking that the figure can show it."""
    check_kind("network", network, Network, "a Network")
    kinds = [type(layer) for layer in network.layers]
    if len(kinds) != 3 or (kinds[0], kinds[2]) != (Linear, Linear) or not issubclass(kinds[1], Activation):
        raise ValueError(f"network has the layers {network.layers}; expected Linear, an activation, Linear")
    if not isinstance(network.loss, SoftmaxCrossEntropy):
        raise ValueError(f"network has the loss {network.loss}; expected SoftmaxCrossEntropy()")
    layers: list[Any] = network.layers
    first, _, last = layers
    sizes = [first.n_in, first.n_out, last.n_out]
    if sizes[0] != 2 or max(sizes) > MOST_NEURONS:
        raise ValueError(f"network has the sizes {sizes}; expected 2 inputs and at most {MOST_NEURONS} neurons in a layer")
    return sizes


def _as_written(network: Network) -> Any:
    """Return the network in float64, each parameter being the short decimal number that it prints as: 0.1, not 0.10000000149."""
    twin = network.astype(np.float64)
    for name in twin.parameters.names:
        twin.parameters[name][...] = network.parameters[name].astype(str).astype(np.float64)
    return twin


def _graph(network: Network, X: Array, y: Array) -> Any:
    """Return the picture of the whole graph."""
    axes = plots.computation_graph(network, X, y)
    picture = png(axes.figure)  # type: ignore[arg-type]
    plt.close(axes.figure)  # type: ignore[arg-type]
    return picture
