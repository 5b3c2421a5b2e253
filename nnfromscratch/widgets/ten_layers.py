"""TenLayers: what happens to a signal, and to the gradients, on the way through ten layers of random weights."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_number, look_up
from ..network import make_activation
from .base import LiveFigure, bundle, still_picture
from .random import Generator

NAMES = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "Identity")
WIDTH, LAYERS, SAMPLES, SEED = 40, 10, 40, 0


class TenLayers(LiveFigure):
    """Ten layers of 40 neurons with random weights: histograms of their outputs, and of the gradients that come back.

    Parameters
    ----------
    activation : str
        Name of an activation at the start.
    scale : float
        Standard deviation of the weights times the square root of 40, from 0.25 to 16: 1 is Xavier's, 1.41 He's.
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
    """

    _esm = bundle("shared.js", "engine.js", "random.js", "drawing.js", "ten_layers.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(self, activation: str = "Sigmoid", scale: float = 1.0, *, title: str = "Ten layers") -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        self.activation, self.scale = activation, check_number("scale", scale, minimum=0.25, maximum=16)
        super().__init__(
            still=still_picture(self._draw, size=(4.8, 3.0)),
            alt=f"The size of the gradients in each of ten layers of {activation} neurons, on a logarithmic scale.",
            meta={
                "title": title,
                "activations": list(NAMES),
                "width": WIDTH,
                "layers": LAYERS,
                "samples": SAMPLES,
                "seed": SEED,
                "start": {"activation": NAMES.index(activation), "scale": self.scale},
            },
        )

    def lines(self) -> list[str]:
        """Return for each activation the sizes of outputs and gradients: outputs from the first layer to the last, gradients back."""
        lines = [f"{self.meta['title']}: scale {self.scale:g}"]
        for name in NAMES:
            outputs, gradients = self.run(name)
            sizes = [outputs[0].std(), outputs[-1].std(), _size(gradients[-1]), _size(gradients[0])]
            lines.append("{}: outputs {:.1g} to {:.1g}, gradients {:.1g} to {:.1g}".format(name, *sizes))
        return lines

    def run(self, name: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return the outputs A of each layer, and the gradients dZ of each layer."""
        A = Generator(SEED).normal(SAMPLES, WIDTH)
        weights = Generator(SEED + 1).normal(LAYERS, WIDTH, WIDTH) * self.scale / np.sqrt(WIDTH)
        layers = [make_activation(name) for _ in weights]
        outputs: list[Any] = []
        gradients: list[Any] = []
        for W, layer in zip(weights, layers):
            A = layer.forward(A @ W)
            outputs.append(A)
        dA = Generator(SEED + 2).normal(SAMPLES, WIDTH)
        for W, layer in zip(weights[::-1], layers[::-1]):
            gradients.insert(0, layer.backward(dA))
            dA = gradients[0] @ W.T
        return outputs, gradients

    def _draw(self, figure: Figure) -> None:
        sizes = [_size(gradient) for gradient in self.run(self.activation)[1]]
        plots.curves({self.activation: sizes}, xlabel="layer", ylabel="size of the gradients", log=True, ax=figure.subplots())


def _size(values: Any) -> Any:
    return float(np.sqrt((values**2).mean()))
