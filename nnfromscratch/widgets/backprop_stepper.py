"""Backpropagation, one step at a time: every number of a small network on its way forward, every gradient on its way back."""

from collections.abc import Sequence
from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from .. import plots
from .._checks import check_array, check_labels, check_number
from .._typing import Array
from ..layers import Activation, Linear
from ..losses import SoftmaxCrossEntropy
from ..network import Network, make_activation
from .backprop_steps import Story, run, text
from .base import LiveFigure, bundle, png

MOST_NEURONS = 4


class BackpropStepper(LiveFigure):
    """The computation graph of a network with two inputs, one hidden layer and softmax, filled in step by step.

    The numbers are those that the network's own layers compute, on a copy in float64.

    Parameters
    ----------
    network : Network
        Linear, activation, Linear; 2 inputs, at most 4 neurons in each layer; softmax cross-entropy.
    X : ndarray of float, shape (1, 2)
        The sample.
    y : ndarray of int, shape (1,)
        Its label.
    activations : sequence of str
        Names of the activations to choose from, beside the network's own.
    inputs : sequence of (float, float), optional
        Further samples to choose from.
    title : str

    Raises
    ------
    TypeError, ValueError
        If the network is of another kind or too large, or something does not fit it.

    Examples
    --------
    >>> from nnfromscratch import mlp
    >>> network = Network(mlp([2, 1, 2], "Tanh", rng=0))
    >>> network.layers[0].params["W"], network.layers[2].params["W"] = [[0.5], [1.0]], [[1.0, -1.0]]
    >>> stepper = BackpropStepper(network, np.array([[2.0, -1.0]], np.float32), np.array([0]), activations=["Tanh"])
    >>> print("\\n".join(stepper.lines()[7:10]))
      6. Forward, softmax: p1 = exp(0.000) / (exp(0.000) + exp(0.000)) = 0.500, p2 = 0.500.
      7. Forward, loss: L = -ln p1 = -ln 0.500 = 0.693.
      8. Backward, output neuron 1: dz = (p - y) / n = (0.500 - 1) / 1 = -0.500.
    """

    _esm = bundle("shared.js", "backprop_stepper.js")
    _css = bundle("shared.css", "backprop_stepper.css")

    def __init__(
        self,
        network: Network,
        X: Array,
        y: Array,
        *,
        activations: Sequence[str] = ("Sigmoid", "Tanh", "ReLU"),
        inputs: Sequence[tuple[float, float]] | None = None,
        title: str = "Backpropagation step by step",
    ) -> None:
        _check(network, X, y)
        self.network, self.y, own = _as_written(network), y, network.layers[1]
        self.activations = {type(own).__name__: own} | {name: make_activation(name) for name in activations if name != type(own).__name__}
        samples = [_check_sample(sample) for sample in (X[0].astype(str).astype(float), *(inputs or ()))]
        runs = [self._run(self.network, name, sample) for name, sample in product(self.activations, samples)]
        super().__init__(
            still=_graph(self.network, samples[0], y),
            alt=f"The computation graph with every value and, under it, its gradient. The loss is {runs[0]['numbers']['loss.L']}.",
            meta={
                "title": title,
                "hidden": network.layers[0].n_out,
                "outputs": network.layers[2].n_out,
                "activations": list(self.activations),
                "samples": samples,
                "runs": runs,
                "parameters": list(_places(self.network)),
            },
        )

    def lines(self):
        """Return every step of every run."""
        lines = [self.meta["title"]]
        for told in self.meta["runs"]:
            lines += [told["setting"], *(f"  {number}. {step['words']}" for number, step in enumerate(told["steps"], start=1))]
        return lines

    def answer(self, request):
        """Run the network on the sample, with the activation and the parameters that the reader asks for."""
        network = self.network.astype(np.float64)
        for name, value in request["parameters"].items():
            layer, key, *place = _places(network)[name]
            network.layers[layer].params[key][tuple(place)] = check_number(name, value)
        yield self._run(network, request["activation"], _check_sample(request["sample"]))

    def _run(self, network, activation, sample):
        """Return all numbers of one run, each as it is shown, its steps and its code."""
        layers = [network.layers[0], self.activations[activation].copy(np.float64), network.layers[2]]
        numbers = run(*layers, network.loss, np.array([sample]), self.y)
        return {
            "setting": f"{activation}, x = ({sample[0]:g}, {sample[1]:g}), label {self.y[0]}",
            "numbers": {name: text(number) for name, number in numbers.items()},
            "steps": [step._asdict() for step in Story(numbers, activation, int(self.y[0])).steps()],
            "code": _code(layers, sample, self.y),
        }


def _check(network, X, y):
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; expected a Network")
    kinds = [type(layer) for layer in network.layers]
    if len(kinds) != 3 or (kinds[0], kinds[2]) != (Linear, Linear) or not issubclass(kinds[1], Activation):
        raise ValueError(f"network has the layers {network.layers}; expected Linear, an activation, Linear")
    if not isinstance(network.loss, SoftmaxCrossEntropy):
        raise ValueError(f"network has the loss {network.loss}; expected SoftmaxCrossEntropy()")
    sizes = [network.layers[0].n_in, network.layers[0].n_out, network.layers[2].n_out]
    if sizes[0] != 2 or max(sizes) > MOST_NEURONS:
        raise ValueError(f"network has the sizes {sizes}; expected 2 inputs and at most {MOST_NEURONS} neurons in a layer")
    check_array("X", X, shape=(1, 2))
    check_labels(y, n_samples=1, n_classes=sizes[2])


def _check_sample(sample):
    if len(sample) != 2:
        raise ValueError(f"a sample has {len(sample)} numbers; expected 2")
    return tuple(float(check_number("an input", number)) for number in sample)


def _as_written(network):
    """Return the network in float64, its parameters the short decimal numbers as which they are written: 0.1, not 0.10000000149."""
    twin = network.astype(np.float64)
    for name in twin.parameters.names:
        twin.parameters[name][...] = network.parameters[name].astype(str).astype(np.float64)
    return twin


def _graph(network, sample, y):
    """Return the picture of the whole graph."""
    axes = plots.computation_graph(network, np.array([sample]), y)
    picture = png(axes.figure)
    plt.close(axes.figure)
    return picture


def _places(network):
    """Return, for the name of each weight and bias, its layer, its array and its place there."""
    places = {}
    for layer, kind in [(0, "h"), (2, "o")]:
        n_in, n_out = network.layers[layer].n_in, network.layers[layer].n_out
        for j in range(n_out):
            places |= {f"{kind}{j + 1}.w{i + 1}": (layer, "W", i, j) for i in range(n_in)} | {f"{kind}{j + 1}.b": (layer, "b", j)}
    return places


def _code(layers, sample, y):
    """Return code that computes the same gradients."""
    sizes = [2, layers[0].n_out, layers[2].n_out]
    name = type(layers[1]).__name__
    lines = [
        "import numpy as np",
        f"from nnfromscratch import Linear, Network, {name}",
        "",
        f"network = Network([Linear({sizes[0]}, {sizes[1]}, dtype=np.float64), {layers[1]}, "
        f"Linear({sizes[1]}, {sizes[2]}, dtype=np.float64)])",
    ]
    lines += [f'network.layers[{i}].params["{key}"] = {layers[i].params[key].tolist()}' for i in (0, 2) for key in ("W", "b")]
    lines += [
        f"loss = network.loss_and_gradients(np.array([{list(sample)}]), np.array({y.tolist()}))",
        'print(f"loss {loss:.3f}")',
        "for name in network.parameters.names:",
        "    print(name, network.parameters.grad(name).round(3).tolist())",
    ]
    return "\n".join(lines)
