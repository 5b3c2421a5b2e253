"""DigitCanvas: draw a digit, and see how a trained network reads it, step by step, in the browser."""

import zlib
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_array
from .._typing import Array
from ..data.datasets import load_digits
from ..data.handwriting import prepare_digit
from ..layers import Activation, Dropout, Linear
from ..network import Network
from .base import LiveFigure, bundle, still_picture
from .digit_network import load_digit_network
from .training_explorer import FUNCTIONS


class DigitCanvas(LiveFigure):
    """A sheet to draw a digit on, every step from there to the network's input, and what the network makes of it.

    Everything is computed in the browser, from the network's weights.

    Parameters
    ----------
    network : Network, optional
        784 inputs, 10 outputs, in between Linear layers with one kind of activation. Without it: `load_digit_network()`.
    examples : ndarray of float, shape (n_examples, 784), optional
        Digits to choose from, shades from 0 to 1. Without it: ten bundled ones, from 0 to 9.
    title : str

    Raises
    ------
    TypeError, ValueError
        If the network or the examples do not fit.

    Examples
    --------
    >>> print("\\n".join(DigitCanvas().lines()[:3]))
    Draw a digit: a network 784-96-10 with ReLU
    digit 0: read as 0 (100 %)
    digit 1: read as 1 (99 %)
    """

    _esm = bundle("shared.js", "network.js", "canvas.js", "handwriting.js", "digit_link.js", "picture_file.js", "digit_canvas.js")
    _css = bundle("shared.css", "digit_canvas.css")

    def __init__(self, network: Network | None = None, *, examples: Array | None = None, title: str = "Draw a digit") -> None:
        linear, activation = _parts(network or load_digit_network())
        images = _one_of_each() if examples is None else _check_examples(examples)
        self._names = [f"digit {k}" if examples is None else f"example {k + 1}" for k in range(len(images))]
        shades = np.round(images * 255).astype(np.uint8)
        widths = "-".join(str(n) for n in [784, *(layer.n_out for layer in linear)])
        self._kind = f"a network {widths}" + f" with {activation}" * (len(linear) > 1)
        self._read = (network or load_digit_network()).astype(np.float32).predict_proba(prepared(shades / 255))
        super().__init__(
            still=still_picture(lambda figure: _draw(figure, images[0], self._read[0]), size=(4.2, 5.4)),
            alt=f"A handwritten digit, and below it what the network reads: {_answer(self._read[0])}.",
            weights=zlib.compress(b"".join(layer.params[key].astype("<f4").tobytes() for layer in linear for key in "Wb"), 9),
            examples=zlib.compress(shades.tobytes(), 9),
            meta={
                "title": title,
                "sizes": [784, *(layer.n_out for layer in linear)],
                "activation": FUNCTIONS.get(activation, "identity"),
                "names": self._names,
                "own": network is not None,
            },
        )

    def lines(self) -> list[str]:
        """Return how the network reads each example."""
        return [f"{self.meta['title']}: {self._kind}", *(f"{name}: {_answer(p)}" for name, p in zip(self._names, self._read))]


def prepared(images: Array) -> Any:
    """Return each row of 784 shades as the network's input, prepared as a drawing is."""
    return np.array([prepare_digit(image.reshape(28, 28)) for image in images])


def _parts(network: Network) -> Any:
    """Return the Linear layers and the name of the activation between them."""
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; expected a Network")
    layers: list[Any] = [layer for layer in network.layers if not isinstance(layer, Dropout)]
    names = {type(layer).__name__ for layer in layers[1::2]}
    if (
        not all(isinstance(layer, Linear) for layer in layers[::2])
        or not all(isinstance(layer, Activation) for layer in layers[1::2])
        or len(layers) % 2 == 0
        or len(names) > 1
        or not names <= FUNCTIONS.keys()
    ):
        raise ValueError(
            f"network is {network.layers}; expected Linear layers with the same activation after each but the last: {', '.join(FUNCTIONS)}"
        )
    if any(
        layer.options and [getattr(layer, name) for name in layer.options] != [getattr(type(layer)(), name) for name in layer.options]
        for layer in layers[1::2]
    ):
        raise ValueError(f"network is {network.layers}; expected activations with their usual options")
    if layers[0].n_in != 784 or layers[-1].n_out != 10:
        raise ValueError(f"the network has {layers[0].n_in} inputs and {layers[-1].n_out} outputs; expected 784 and 10")
    return layers[::2], names.pop() if names else "Identity"


def _check_examples(examples: Any) -> Any:
    check_array("examples", examples, shape=(None, 784))
    if examples.min() < 0 or examples.max() > 1:
        raise ValueError(f"examples hold shades from {examples.min():g} to {examples.max():g}; expected 0 to 1")
    return examples


def _one_of_each() -> Any:
    """Return the first of each digit among the bundled ones that no training here has seen."""
    data = load_digits()
    return np.array([data.X_test[np.flatnonzero(data.y_test == digit)[0]] for digit in range(10)])


def _answer(probabilities: Array) -> Any:
    return f"read as {probabilities.argmax()} ({probabilities.max():.0%})".replace("%", " %")


def _draw(figure: Figure, image: Array, probabilities: Array) -> None:
    """Draw the start picture."""
    above, below = figure.subplots(2, 1)
    plots.image_grid(image[None], columns=1, ax=above)
    plots.probabilities(probabilities, ax=below)
