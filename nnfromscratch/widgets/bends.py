"""Bends: a sum of ReLU neurons, or of steps, over a target: what a hidden layer can draw."""

from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from .._checks import check_int, look_up
from .._typing import Array
from .base import LiveFigure, bundle, still_picture

TARGETS: dict[str, Callable[[Array], Array]] = {
    "a wave": lambda x: np.sin(2 * x),
    "a hill": lambda x: 2 * np.exp(-2 * x * x) - 0.5,
    "a step": lambda x: np.where(x < 0.5, -1.0, 1.0),
    "a valley": lambda x: np.abs(x) - 1.5,
}
X = -3 + 6 * (np.arange(200) + 0.5) / 200  # where distances are measured


class Bends(LiveFigure):
    """A target curve, and over it the sum of up to 12 neurons with one input, whose bends can be dragged.

    Each ReLU neuron adds one bend, each binary step one step. The weights are found by least squares, or by hand.

    Parameters
    ----------
    neurons : int
        From 1 to 12.
    target : {"a wave", "a hill", "a step", "a valley"}
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> print("\\n".join(Bends(3).lines()[:2]))
    A sum of bends: a wave, 3 neurons, best heights
    1 ReLU: mean squared error 0.438
    """

    _esm = bundle("shared.js", "random.js", "drawing.js", "bends.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(self, neurons: int = 5, target: str = "a wave", *, title: str = "A sum of bends") -> None:
        look_up("target", target, TARGETS)
        if check_int("neurons", neurons) > 12:
            raise ValueError(f"neurons is {neurons}; expected at most 12")
        self.neurons, self.target = neurons, target
        super().__init__(
            still=still_picture(self._draw),
            alt=f"{target.capitalize()} as a dashed curve, and near it a line with {neurons} bends.",
            meta={"title": title, "start": {"n": neurons, "kind": 0, "target": list(TARGETS).index(target), "fitted": True}},
        )

    def lines(self) -> list[str]:
        """Return the mean squared error of 1 to 12 neurons of both kinds at their best heights."""
        lines = [f"{self.meta['title']}: {self.target}, {self.neurons} neurons, best heights"]
        for kind, stairs in (("ReLU", False), ("BinaryStep", True)):
            lines += [f"{n} {kind}: mean squared error {self.error(n, stairs):.3f}" for n in range(1, 13)]
        return lines

    def error(self, neurons: int, stairs: bool = False) -> float:
        """Return the mean squared distance of the best sum of this many neurons from the target."""
        return float(((self.curve(neurons, stairs)(X) - TARGETS[self.target](X)) ** 2).mean())

    def curve(self, neurons: int, stairs: bool = False) -> Callable[[Array], Array]:
        """Return the best sum as a function of x."""
        knots = np.linspace(-3, 3, neurons + 2)
        heights = np.linalg.lstsq(_basis(X, knots, stairs), TARGETS[self.target](X), rcond=None)[0]
        return lambda x: _basis(x, knots, stairs) @ heights

    def _draw(self, figure: Figure) -> None:
        ax, x = figure.subplots(), np.linspace(-3, 3, 400)
        ax.plot(x, TARGETS[self.target](x), "--", color="#808080", label="target")
        ax.plot(x, self.curve(self.neurons)(x), color="#0072B2", label=f"{self.neurons} ReLU neurons")
        ax.set(xlabel="x", ylabel="output")
        ax.legend()


def _basis(x: Array, knots: Array, stairs: bool) -> Array:
    """Return, for each x, how much the height at each knot counts there."""
    place = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    share = np.zeros_like(x) if stairs else (x - knots[place]) / (knots[place + 1] - knots[place])
    basis, row = np.zeros((len(x), len(knots))), np.arange(len(x))
    basis[row, place], basis[row, place + 1] = 1 - share, share
    return basis
