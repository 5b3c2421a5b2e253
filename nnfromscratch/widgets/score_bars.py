"""ScoreBars: scores that can be dragged, the probabilities of softmax, the loss, and the gradient."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_int, check_number
from ..losses import SoftmaxCrossEntropy
from .base import LiveFigure, bundle, still_picture


class ScoreBars(LiveFigure):
    """A bar to drag for each score, with the probabilities, the loss of the true class, and arrows for the gradient.

    Parameters
    ----------
    scores : sequence of float
        Two to five, from -5 to 5.
    names : sequence of str
        What the classes are called.
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
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "score_bars.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        scores: Sequence[float] = (0.0, 0.7, 1.6),
        names: Sequence[str] = ("cat", "dog", "fox"),
        truth: int = 2,
        *,
        temperature: float = 1.0,
        title: str = "From scores to probabilities",
    ) -> None:
        self.scores = [check_number("a score", score, minimum=-5, maximum=5) for score in scores]
        if not 2 <= len(self.scores) <= 5 or len(names) != len(self.scores):
            raise ValueError(f"there are {len(self.scores)} scores and {len(names)} names; expected as many of each, two to five")
        if check_int("truth", truth, minimum=0) >= len(names):
            raise ValueError(f"truth is {truth}; expected an index below {len(names)}")
        self.names, self.truth, self.temperature = list(names), truth, check_number("temperature", temperature, minimum=0.05, maximum=100)
        super().__init__(
            still=still_picture(self._draw, size=(4.8, 2.6)),
            alt="Bars for the probabilities of each class.",
            meta={"title": title, "names": self.names, "start": {"scores": self.scores, "truth": truth, "temperature": self.temperature}},
        )

    def lines(self) -> list[str]:
        """Return scores, probabilities, and gradients at the start."""
        loss = SoftmaxCrossEntropy()
        value = loss.forward(np.array([self.scores]) / self.temperature, np.array([self.truth]))
        gradient, p = loss.backward()[0] / self.temperature, loss.Y_hat[0]
        lines = [f"{self.meta['title']}: temperature {self.temperature:g}, true class {self.names[self.truth]}"]
        lines += [
            f"{name}: score {score:g}, probability {share:.2f}, gradient {slope:z.2f}"
            for name, score, share, slope in zip(self.names, self.scores, p, gradient)
        ]
        return [*lines, f"loss {value:.3f}"]

    def _draw(self, figure: Figure) -> None:
        p = SoftmaxCrossEntropy().activation(np.array([self.scores]) / self.temperature)[0]
        plots.probabilities(p, self.names, true=self.truth, ax=figure.subplots())
