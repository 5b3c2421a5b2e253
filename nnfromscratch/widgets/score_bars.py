"""ScoreBars: scores that can be dragged, the probabilities of softmax, the loss, and the gradient."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_int, check_number
from ..losses import SoftmaxCrossEntropy
from .base import LiveFigure, bundle, still_picture
from .own import read_names, read_vector

MOST_CLASSES, REACH, MOST = 10, 5, 100  # of classes; how far the sliders go at least; the largest score


class ScoreBars(LiveFigure):
    """A bar to drag for each score, with the probabilities, the loss of the true class, and arrows for the gradient.

    Parameters
    ----------
    scores : array, list, or other iterable of float, shape (n_classes,)
        Two to ten, such as those that your own network computes for a sample: `network.forward(X[:1])[0]`. The sliders go from -5 to 5,
        or as far as your scores require.
    names : iterable of str, optional
        What the classes are called. Default: cat, dog, and fox for three classes, otherwise their indices.
    truth : int
        Index of the true class.
    temperature : float
        The scores are divided by it: 0.05 to 100.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> ScoreBars([0.0, 0.7, 1.6], ["cat", "dog", "fox"], truth=2)
    From scores to probabilities: temperature 1, true class fox
    cat: score 0, probability 0.13, gradient 0.13
    dog: score 0.7, probability 0.25, gradient 0.25
    fox: score 1.6, probability 0.62, gradient -0.38
    loss 0.475

    The scores of your own network for your own sample, which belongs to class 1:

    >>> from nnfromscratch import Network, mlp
    >>> network = Network(mlp([4, 3, 2], rng=0))
    >>> X = np.array([[0.5, -1.0, 2.0, 0.0]], np.float32)
    >>> ScoreBars(network.forward(X)[0], truth=1)
    From scores to probabilities: temperature 1, true class 1
    0: score -3.99, probability 0.05, gradient 0.05
    1: score -1.03, probability 0.95, gradient -0.05
    loss 0.051
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "score_bars.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        scores: Iterable[float] = (0.0, 0.7, 1.6),
        names: Iterable[Any] | None = None,
        truth: int = 2,
        *,
        temperature: float = 1.0,
        title: str = "From scores to probabilities",
    ) -> None:
        self.scores = [check_number("a score", score, minimum=-MOST, maximum=MOST) for score in read_vector("scores", scores)]
        self.names = _names(names, len(self.scores))
        if check_int("truth", truth, minimum=0) >= len(self.names):
            raise ValueError(f"truth is {truth}; expected the index of a class, from 0 to {len(self.names) - 1}")
        self.truth, self.temperature = int(truth), check_number("temperature", temperature, minimum=0.05, maximum=100)
        super().__init__(
            still=still_picture(self._draw, size=(4.8, 2.6)),
            alt="A bar for the probability of each class.",
            meta={
                "title": title,
                "names": self.names,
                "reach": max(REACH, math.ceil(max(map(abs, self.scores)))),
                "start": {"scores": self.scores, "truth": self.truth, "temperature": self.temperature},
            },
        )

    def lines(self) -> list[str]:
        """Return scores, probabilities, and gradients at the start."""
        loss = SoftmaxCrossEntropy()
        value = loss.forward(np.array([self.scores]) / self.temperature, np.array([self.truth]))
        gradient, p = loss.backward()[0] / self.temperature, loss.Y_hat[0]
        lines = [f"{self.meta['title']}: temperature {self.temperature:g}, true class {self.names[self.truth]}"]
        lines += [
            f"{name}: score {score:.3g}, probability {share:.2f}, gradient {slope:z.2f}"
            for name, score, share, slope in zip(self.names, self.scores, p, gradient)
        ]
        return [*lines, f"loss {value:.3f}"]

    def _draw(self, figure: Figure) -> None:
        p = SoftmaxCrossEntropy().activation(np.array([self.scores]) / self.temperature)[0]
        plots.probabilities(p, self.names, true=self.truth, ax=figure.subplots())


def _names(names: Any, n: int) -> list[str]:
    """Return what n classes are called."""
    if not 2 <= n <= MOST_CLASSES:
        raise ValueError(f"there are {n} scores; expected 2 to {MOST_CLASSES}")
    if names is None:
        return ["cat", "dog", "fox"] if n == 3 else [str(label) for label in range(n)]
    called = read_names("names", names)
    if len(called) != n:
        raise ValueError(f"there are {n} scores and {len(called)} names; expected one name for each score")
    return called
