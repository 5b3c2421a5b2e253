"""TenLayers: what happens to a signal, and to the gradients, on the way through ten layers of random weights."""

import copy
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_kind, check_number, look_up
from .._doors import as_targets
from .._typing import Array
from ..layers import Activation, Linear
from ..losses import Loss
from ..network import Network, make_activation
from .base import LiveFigure, bundle, still_picture
from .own import KNOWN, check_together, engine_activation, read_samples
from .random import Generator

NAMES = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "Identity")
LOSSES = ("SoftmaxCrossEntropy", "BinaryCrossEntropy", "SquaredError")
WIDTH, LAYERS, SAMPLES, SEED = 40, 10, 40, 0
MOST_LAYERS, MOST_SAMPLES, MOST_PRODUCTS = 20, 200, 10_000_000  # hidden layers, samples, and products per pass of your own
OWN = "your own"


class Stack(NamedTuple):
    """The layers that a figure shows, and what comes in on both sides."""

    X: Array
    weights: list[tuple[Array, Array]]
    activations: list[Activation]
    output: tuple[Array, Array] | None = None
    loss: Loss | None = None
    Y: Any = None

    @property
    def arrays(self) -> list[Array]:
        """All numbers, in the order in which the browser reads them."""
        pairs = [*self.weights, *([self.output] if self.output else [])]
        return [self.X, *(array for pair in pairs for array in pair), *([] if self.Y is None else [self.Y])]

    def gradient(self, A: Array, scale: float) -> Array:
        """Return the derivative with respect to the outputs A of the last layer: of the loss, if there are targets; otherwise random."""
        if self.output is None or self.loss is None:
            return Generator(SEED + 2).normal(*A.shape)
        W, b = self.output
        self.loss.forward(A @ (scale * W) + b, self.Y)
        dA: Array = self.loss.backward() @ (scale * W).T
        return dA


class TenLayers(LiveFigure):
    """Ten layers of 40 neurons with random weights: histograms of their outputs, and of the gradients that come back.

    With `network` these are the hidden layers of your own network: its depth, widths, activations, and weights, such as those of an
    initialization that you want to examine, or those after training. With `X` and `y`, the gradients are those of its loss; otherwise they
    start as random numbers at the last hidden layer.

    Parameters
    ----------
    activation : str
        Name of the activation at the start; with `network` the figure starts with the network's own.
    scale : float
        Standard deviation of the weights times the square root of 40, from 0.25 to 16: 1 is Xavier's, 1.41 He's. The weights of your own
        network are multiplied by it.
    network : Network, optional
        Linear, activation, Linear, ..., Linear, with 2 to 20 hidden layers.
    X : array, list of rows, or DataFrame, shape (n_samples, n_inputs), optional
        Samples for your network, at most 200. Default: 40 samples of random numbers, fewer if your network is large.
    y : array or list, optional
        Their labels or targets, as for `network.fit`.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> print("\\n".join(TenLayers("Tanh").lines()[:3]))
    Ten layers: scale 1
    Sigmoid: outputs 0.2 to 0.1, gradients 0.2 to 5e-07
    Tanh: outputs 0.6 to 0.2, gradients 0.9 to 0.3

    Three layers of your own, with weights that are too small:

    >>> from nnfromscratch import mlp
    >>> network = Network(mlp([8, 20, 20, 20, 2], "Tanh", init="normal", rng=0))
    >>> print("\\n".join(TenLayers(network=network).lines()[:2]))
    Your layers: scale 1
    your own: outputs 0.03 to 4e-05, gradients 1 to 0.002
    """

    _esm = bundle("shared.js", "engine.js", "random.js", "drawing.js", "ten_layers.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        activation: str = "Sigmoid",
        scale: float = 1.0,
        *,
        network: Network | None = None,
        X: Any = None,
        y: Any = None,
        title: str = "",
    ) -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        if network is None and check_together(X, y):
            raise ValueError("X and y are given without network; expected all three: these ten layers have no inputs of their own")
        self.stack = _ten() if network is None else _own(network, X, y)
        self.names = NAMES if network is None else (OWN, *NAMES)
        self.activation, self.scale = activation if network is None else OWN, check_number("scale", scale, minimum=0.25, maximum=16)
        n = len(self.stack.weights)
        super().__init__(
            still=still_picture(self._draw, size=(4.8, 3.0)),
            alt=f"The size of the gradients in each of {n} layers, on a logarithmic scale. Activation: {self.activation}.",
            meta={
                "title": title or ("Ten layers" if network is None else "Your layers"),
                "activations": list(self.names),
                "sizes": [len(W) for W, _ in self.stack.weights] + [self.stack.weights[-1][0].shape[1]],
                "samples": len(self.stack.X),
                "seed": SEED,
                "own": self._describe() if network else None,
                "start": {"activation": self.names.index(self.activation), "scale": self.scale},
            },
            **({"numbers": np.concatenate([array.ravel() for array in self.stack.arrays]).tobytes()} if network else {}),
        )

    def lines(self) -> list[str]:
        """Return for each activation the sizes of outputs and gradients: outputs from the first layer to the last, gradients back."""
        lines = [f"{self.meta['title']}: scale {self.scale:g}"]
        for name in self.names:
            outputs, gradients = self.run(name)
            sizes = [outputs[0].std(), outputs[-1].std(), _size(gradients[-1]), _size(gradients[0])]
            lines.append("{}: outputs {:.1g} to {:.1g}, gradients {:.1g} to {:.1g}".format(name, *sizes))
        return lines

    def run(self, name: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return the outputs A of each layer, and the gradients dZ of each layer."""
        layers = [copy.deepcopy(own) if name == OWN else make_activation(name) for own in self.stack.activations]
        A, outputs, gradients = self.stack.X, list[Any](), list[Any]()
        for (W, b), layer in zip(self.stack.weights, layers):
            A = layer.forward(A @ (self.scale * W) + b)
            outputs.append(A)
        dA = self.stack.gradient(A, self.scale)
        for (W, _), layer in zip(self.stack.weights[::-1], layers[::-1]):
            gradients.insert(0, layer.backward(dA))
            dA = gradients[0] @ (self.scale * W).T
        return outputs, gradients

    def _describe(self) -> dict[str, Any]:
        """Return what the browser needs to rebuild the reader's own network."""
        return {
            "activations": [engine_activation(layer) for layer in self.stack.activations],
            "loss": type(self.stack.loss).__name__,
            "outputs": self.stack.output[0].shape[1] if self.stack.output else 0,
        }

    def _draw(self, figure: Figure) -> None:
        sizes = [_size(gradient) for gradient in self.run(self.activation)[1]]
        plots.curves({self.activation: sizes}, xlabel="layer", ylabel="size of the gradients", log=True, ax=figure.subplots())


def _ten() -> Stack:
    weights = Generator(SEED + 1).normal(LAYERS, WIDTH, WIDTH) / np.sqrt(WIDTH)
    return Stack(Generator(SEED).normal(SAMPLES, WIDTH), [(W, np.zeros(WIDTH)) for W in weights], [make_activation("Identity")] * LAYERS)


def _own(network: Any, X: Any, y: Any) -> Stack:
    """Return the layers of the reader's own network."""
    check_kind("network", network, Network, "a Network")
    layers: list[Any] = network.layers
    linear, activations = layers[::2], layers[1::2]
    fits = len(layers) % 2 and all(isinstance(layer, Linear) for layer in linear)
    if not fits or not {type(layer).__name__ for layer in activations} <= set(KNOWN) or type(network.loss).__name__ not in LOSSES:
        raise ValueError(
            f"network has the layers {layers} and the loss {network.loss}; expected Linear, activation, Linear, ..., Linear, and one of "
            f"the losses {', '.join(LOSSES)}"
        )
    if not 2 <= len(activations) <= MOST_LAYERS:
        raise ValueError(f"network has {len(activations)} hidden layer{'s' * (len(activations) != 1)}; expected 2 to {MOST_LAYERS}")
    *weights, output = [(layer.params["W"].astype(np.float64), layer.params["b"].astype(np.float64)) for layer in linear]
    products = sum(W.size for W, _ in weights)  # per sample
    if products > MOST_PRODUCTS:
        raise ValueError(f"network has {products:,} weights up to its last hidden layer; expected at most {MOST_PRODUCTS:,}")
    most = MOST_PRODUCTS // products
    if not check_together(X, y):
        stack = Stack(Generator(SEED).normal(min(SAMPLES, most), len(weights[0][0])), weights, activations, loss=network.loss)
    else:
        samples = read_samples(X, most=MOST_SAMPLES, n_columns=len(weights[0][0]))
        Y = network.loss.encode(as_targets(y, network.loss.labels, np.float64), (len(samples), output[0].shape[1]), np.float64)
        stack = Stack(samples, weights, activations, output, copy.deepcopy(network.loss), Y)
    if len(stack.X) > most:
        raise ValueError(
            f"a pass has {len(stack.X) * products:,} products; expected at most {MOST_PRODUCTS:,}: "
            f"pass at most {most} samples, such as X[:{most}]"
        )
    return stack


def _size(values: Any) -> Any:
    return float(np.sqrt((values**2).mean()))
