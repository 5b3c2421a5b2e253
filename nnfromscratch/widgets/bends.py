"""Bends: a sum of ReLU neurons, or of steps, over a target: what a hidden layer can draw."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .._checks import check_int, check_kind, look_up
from .._doors import as_floats
from .._typing import Array
from .base import LiveFigure, bundle, still_picture
from .own import read_vector

TARGETS: dict[str, Callable[[Array], Array]] = {
    "a wave": lambda x: np.sin(2 * x),
    "a hill": lambda x: 2 * np.exp(-2 * x * x) - 0.5,
    "a step": lambda x: np.where(x < 0.5, -1.0, 1.0),
    "a valley": lambda x: np.abs(x) - 1.5,
}
X = -3 + 6 * (np.arange(200) + 0.5) / 200  # where distances are measured
ENDS, POINTS = (-3.0, 3.0), "your points"
FEWEST, MOST, RIDGE = 2, 500, 1e-6  # points of the reader; what is added so that least squares always has a unique solution


class Bends(LiveFigure):
    """A target curve, and over it the sum of up to 12 neurons with one input, whose bends can be dragged.

    Each ReLU neuron adds one bend, each binary step one step. The weights are found by least squares, or by hand.

    Parameters
    ----------
    neurons : int
        From 1 to 12.
    target : {"a wave", "a hill", "a step", "a valley"}, function or (x, y)
        Your own target is a function of an array of numbers from -3 to 3, such as `np.cos`, or your own points: two vectors of 2 to 500
        numbers, x and y. The figure then shows their range.
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

    Your own points, such as a temperature every four hours:

    >>> hours, degrees = [0, 4, 8, 12, 16, 20, 24], [11.0, 9.5, 14.0, 21.5, 22.5, 17.0, 12.5]
    >>> print("\\n".join(Bends(3, (hours, degrees)).lines()[:4]))
    A sum of bends: your points, 3 neurons, best heights
    1 ReLU: mean squared error 5.945
    2 ReLU: mean squared error 2.363
    3 ReLU: mean squared error 0.451
    """

    _esm = bundle("shared.js", "random.js", "drawing.js", "bends.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(self, neurons: int = 5, target: Any = "a wave", *, title: str = "A sum of bends") -> None:
        if check_int("neurons", neurons) > 12:
            raise ValueError(f"neurons is {neurons}; expected at most 12")
        self.neurons, (self.target, self.x, self.y, self.ends) = int(neurons), _read(target)
        own = self.target not in TARGETS
        shape = "dots, and near them" if self.target == POINTS else "a dashed curve, and near it"
        super().__init__(
            still=still_picture(self._draw),
            alt=f"{self.target.capitalize()} as {shape} a line with {neurons} bend{'s' * (neurons != 1)}.",
            meta={
                "title": title,
                "box": self._box() if own else [-3, -2.6, 3, 2.6],
                "own": {"name": self.target, "x": self.x.tolist(), "y": self.y.tolist(), "points": self.target == POINTS} if own else None,
                "start": {"n": self.neurons, "kind": 0, "target": 0 if own else list(TARGETS).index(self.target), "fitted": True},
            },
        )

    def lines(self) -> list[str]:
        """Return the mean squared error of 1 to 12 neurons of both kinds at their best heights."""
        lines = [f"{self.meta['title']}: {self.target}, {self.neurons} neuron{'s' * (self.neurons != 1)}, best heights"]
        for kind, stairs in (("ReLU", False), ("BinaryStep", True)):
            lines += [f"{n} {kind}: mean squared error {self.error(n, stairs):.3f}" for n in range(1, 13)]
        return lines

    def error(self, neurons: int, stairs: bool = False) -> float:
        """Return the mean squared distance of the best sum of this many neurons from the target."""
        return float(((self.curve(neurons, stairs)(self.x) - self.y) ** 2).mean())

    def curve(self, neurons: int, stairs: bool = False) -> Callable[[Array], Array]:
        """Return the best sum as a function of x."""
        knots = np.linspace(*self.ends, neurons + 2)
        B = _basis(self.x, knots, stairs)
        heights = np.linalg.solve(B.T @ B + RIDGE * np.eye(len(knots)), B.T @ self.y)
        return lambda x: _basis(x, knots, stairs) @ heights

    def _box(self) -> list[float]:
        """Return left, bottom, right, and top of the picture: room for the target, and for bends beyond it."""
        low, high = float(self.y.min()), float(self.y.max())
        margin = 0.25 * (high - low) or 1.0
        return [self.ends[0], low - margin, self.ends[1], high + margin]

    def _draw(self, figure: Figure) -> None:
        ax, x = figure.subplots(), np.linspace(*self.ends, 400)
        ax.plot(self.x, self.y, "o" if self.target == POINTS else "--", color="#808080", label="target")
        ax.plot(x, self.curve(self.neurons)(x), color="#0072B2", label=f"{self.neurons} ReLU neurons")
        ax.set(xlabel="x", ylabel="output")
        ax.legend()


def _read(target: Any) -> tuple[str, Array, Array, tuple[float, float]]:
    """Return a target's name, its x and y, and the ends of the picture."""
    if isinstance(target, str):
        return target, X, look_up("target", target, TARGETS)(X), ENDS
    if callable(target):
        try:
            y = target(X)
        except (TypeError, ValueError) as error:
            raise TypeError(f"target does not accept an array of {len(X)} numbers ({error}); expected a function such as np.cos") from None
        return "your function", X, as_floats("what target returned", y, (len(X),), np.float64), ENDS
    check_kind("target", target, (tuple, list), f"one of {', '.join(TARGETS)}; a function; or your own points (x, y)")
    if len(target) != 2:
        raise ValueError(f"target has {len(target)} parts; expected two vectors, (x, y)")
    x = np.array(read_vector("x", target[0]))
    y = as_floats("y", target[1], (len(x),), np.float64)
    if not FEWEST <= len(x) <= MOST:
        raise ValueError(f"x has {len(x)} points; expected {FEWEST} to {MOST}")
    if np.ptp(x) == 0:
        raise ValueError(f"x holds only the number {x[0]:g}; expected at least two different numbers")
    order = x.argsort(kind="stable")
    return POINTS, x[order], y[order], (float(x.min()), float(x.max()))


def _basis(x: Array, knots: Array, stairs: bool) -> Array:
    """Return, for each x, how much the height at each knot counts there."""
    place = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
    share = np.zeros_like(x) if stairs else (x - knots[place]) / (knots[place + 1] - knots[place])
    basis, row = np.zeros((len(x), len(knots))), np.arange(len(x))
    basis[row, place], basis[row, place + 1] = 1 - share, share
    return basis
