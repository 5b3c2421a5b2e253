"""DigitCanvas: draw a digit, and see how a trained network reads it and why."""

import zlib
from collections.abc import Generator
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_array, check_labels
from .._typing import Array
from ..data.datasets import load_digits
from ..data.handwriting import prepare_digit
from ..layers import Activation, Dropout, Linear, Scale
from ..losses import SoftmaxCrossEntropy
from ..network import Network
from . import training_digits
from .base import LiveFigure, bundle, still_picture
from .digit_network import THRESHOLD, load_digit_network
from .own import KNOWN, engine_activation

STEP = 2.0**-13
MODULES = (
    *("shared", "engine", "drawing", "handwriting", "picture_orientation", "picture_file", "digit_link", "digit_sheet", "digit_reader"),
    *("digit_graph", "digit_why", "digit_collection", "digit_canvas"),
)


class DigitCanvas(LiveFigure):
    """A sheet to draw a digit on, the network with all it computes for this digit, and reasons for its answer.

    The figure shows the ten probabilities, the steps from the drawing to the network's input, the three nearest training digits, and which
    ink favors the most probable digit over the next one. Drawings can be labeled and saved as a file, which `load_drawings`
    reads. A network of Linear layers and elementwise activations runs in the browser; any other runs in the kernel.

    Parameters
    ----------
    network : Network, optional
        784 inputs (shades from 0 to 1; from 0 to 255 if the first layer is a `Scale`) and 10 outputs. Default: `load_digit_network()`.
    examples : ndarray of float, shape (n_examples, 784), optional
        Digits to choose from, shades from 0 to 1. Default: ten bundled ones, from 0 to 9.
    training : (X, y), optional
        The digits that the network was trained on, to find the nearest ones among them. Default: the 4,000 bundled training digits.
    threshold : float
        An answer that is less probable than this is shown as "I don't know"; the reader can change it.
    explain : bool
        Whether the reasons are open at the start.
    title : str

    Examples
    --------
    >>> print("\\n".join(DigitCanvas().lines()[:3]))
    Draw a digit: a 784-96-10 network with ReLU
    digit 0: read as 0 (100%)
    digit 1: read as 1 (98%)
    """

    _esm = bundle(*(f"{name}.js" for name in MODULES))
    _css = bundle("shared.css", "digit_canvas.css")

    def __init__(
        self,
        network: Network | None = None,
        *,
        examples: Array | None = None,
        training: tuple[Array, Array] | None = None,
        threshold: float = THRESHOLD,
        explain: bool = True,
        title: str = "Draw a digit",
    ) -> None:
        self.network, own = network or load_digit_network(), network is not None
        layers = _check_network(self.network)
        images = one_of_each() if examples is None else _check_examples(examples)
        self.training = None if training is None else _check_training(*training)
        self._names = [f"digit {k}" if examples is None else f"example {k + 1}" for k in range(len(images))]
        shades = np.round(images * 255).astype(np.uint8)
        self._read = self.probabilities(np.array([prepare_digit(image.reshape(28, 28)) for image in shades / 255]))
        self._kind = f"a {describe(layers)}" if layers else "a network that runs in the kernel"
        start = min(3, len(images) - 1)
        weights, step = _pack(layers or [])
        super().__init__(
            still=still_picture(lambda figure: _draw(figure, images[start], self._read[start]), size=(4.2, 5.4)),
            alt=f"A handwritten digit, and below it what the network reads: {answer(self._read[start])}.",
            weights=weights,
            examples=zlib.compress(shades.tobytes(), 9),
            meta={
                "title": title,
                "sizes": [784, *(layer.n_out for layer in layers[::2])] if layers else None,
                "activations": [engine_activation(layer) for layer in layers[1::2]] if layers else None,
                "step": step,
                "answers": None if layers else np.round(self._read, 5).tolist(),
                "names": self._names,
                "start": start,
                "own": own,
                "bytes": _takes_bytes(self.network),
                "threshold": float(threshold),
                "explain": bool(explain),
                "digits": training_digits.bundled_description() if self.training is None else training_digits.describe(*self.training),
            },
        )

    def lines(self) -> list[str]:
        """Return how the network reads each example."""
        return [f"{self.meta['title']}: {self._kind}", *(f"{name}: read as {answer(p)}" for name, p in zip(self._names, self._read))]

    def probabilities(self, X: Array) -> Array:
        """Return the network's probabilities for prepared digits, shades from 0 to 1."""
        return probabilities(self.network, X)

    def hear(self, request: dict[str, Any]) -> None:
        """Send the training digits at once: the front end asks for them only once, and its next request would end a `Job`."""
        if request.get("digits"):
            self._work(request, self.send)
        else:
            super().hear(request)

    def answer(self, request: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
        """Yield the probabilities of one prepared digit (784 shades from 0 to 255), or the picture of the training digits."""
        if "shades" in request:
            X = np.array([request["shades"]], dtype=np.float32) / 255
            yield {"probabilities": self.probabilities(X)[0].tolist()}
        if request.get("digits"):
            X, _ = self.training or training_digits.bundled()
            yield {"digits": True, "buffers": [training_digits.sprite(X)]}


def probabilities(network: Network, X: Array) -> Array:
    """Return a network's probabilities; one that starts with a `Scale` gets bytes."""
    return network.predict_proba(np.round(255 * X).astype(np.uint8) if _takes_bytes(network) else X.astype(network.dtype))


def _takes_bytes(network: Network) -> bool:
    return bool(network.layers) and isinstance(network.layers[0], Scale)


def _check_network(network: Any) -> list[Any] | None:
    """Return the layers Linear, activation, ..., Linear if the browser can compute the network, else None."""
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; expected a Network")
    layers = [layer for layer in network.layers if not isinstance(layer, Dropout)]
    linear = [layer for layer in layers if isinstance(layer, Linear)]
    if (linear and linear[-1].n_out != 10) or (isinstance(layers[0], Linear) and layers[0].n_in != 784):
        raise ValueError(f"the network has {linear[0].n_in} inputs and {linear[-1].n_out} outputs; expected 784 and 10")
    known = all(isinstance(layer, Linear) for layer in layers[::2]) and all(_is_known(layer) for layer in layers[1::2])
    if known and len(layers) % 2 and isinstance(network.loss, SoftmaxCrossEntropy):
        return layers
    shape = probabilities(network, np.zeros((1, 784), np.float32)).shape
    if shape != (1, 10):
        raise ValueError(f"the network returns probabilities of shape {shape} for one digit; expected (1, 10)")
    return None


def _is_known(layer: Any) -> bool:
    return isinstance(layer, Activation) and type(layer).__name__ in KNOWN


def describe(layers: list[Any]) -> str:
    """Return the widths and the activations of a network, such as "784-96-10 network with ReLU"."""
    widths = "-".join(str(n) for n in [784, *(layer.n_out for layer in layers[::2])])
    names = list(dict.fromkeys(type(layer).__name__ for layer in layers[1::2]))
    return f"{widths} network" + (f" with {' and '.join(names)}" if names else "")


def _pack(layers: list[Any]) -> tuple[bytes, float]:
    """Return all weights, compressed (layer by layer, W before b), and the step of which they are multiples, 0 for 32-bit floats.

    Trained weights are rounded to multiples of 2^-13, which halves their size and changes no probability by more than about 0.001.
    Multiples are written as four planes of bytes, the lowest ones first.
    """
    values = np.concatenate([np.zeros(0), *(layer.params[key].ravel() for layer in layers[::2] for key in "Wb")]).astype("<f4")
    plain = zlib.compress(values.tobytes(), 9)
    if not np.abs(values).max(initial=0) < 2**31 * STEP:
        return plain, 0.0
    multiples = np.round(values / STEP).astype("<i4").view(np.uint8).reshape(-1, 4)
    rounded = zlib.compress(multiples.T.tobytes(), 9)
    return (rounded, STEP) if len(rounded) < len(plain) else (plain, 0.0)


def _check_examples(examples: Array) -> Array:
    check_array("examples", examples, shape=(None, 784))
    if examples.min() < 0 or examples.max() > 1:
        raise ValueError(f"examples hold shades from {examples.min():g} to {examples.max():g}; expected 0 to 1")
    return examples


def _check_training(X: Array, y: Array) -> tuple[Array, Array]:
    """Return the digits in the order of their labels."""
    check_array("training digits", X, shape=(None, 784))
    check_labels(y, n_samples=len(X), n_classes=10, name="training labels")
    order = np.argsort(y, kind="stable")
    return X[order], np.asarray(y)[order]


@lru_cache(maxsize=1)
def one_of_each() -> Array:
    """Return, for each digit, the first bundled test image that the network reads with more than 90%: clear ones to start from."""
    data = load_digits()
    clear = load_digit_network().predict_proba(data.X_test)[np.arange(len(data.y_test)), data.y_test] > 0.9
    return np.array([data.X_test[np.flatnonzero(clear & (data.y_test == digit))[0]] for digit in range(10)])


def answer(p: Array) -> str:
    """Return the most probable digit with its probability."""
    return f"{p.argmax()} ({p.max():.0%})"


def _draw(figure: Figure, image: Array, p: Array) -> None:
    """Draw the initial picture."""
    above, below = figure.subplots(2, 1)
    plots.image_grid(image[None], columns=1, ax=above)
    plots.probabilities(p, ax=below)
