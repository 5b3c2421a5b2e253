"""GradientCloud: the gradients of many mini-batches around the gradient of all samples, on the contours of a loss."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_number
from .._doors import as_floats
from .._typing import Array
from .base import LiveFigure, bundle, still_picture
from .own import check_together, read_samples, read_vector

SEED = 5
FEWEST, MOST, FAR = 16, 512, 50  # samples; samples; the largest weight in the picture
LEVELS = 0.002, 0.013, 0.04, 0.09, 0.19, 0.33, 0.53, 0.8  # of the contours, as fractions of the loss at the far corner
CODE = """import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(256, 2)) * [1.0, 0.35]
Y = X @ [1.5, -1.0] + 0.8 * rng.normal(size=256)"""


class GradientCloud(LiveFigure):
    """The loss of a linear neuron with two weights, seen from above; at a point that can be dragged, mini-batch gradients and their mean.

    Parameters
    ----------
    X : array, list of rows, or DataFrame, shape (n_samples, 2), optional
        Your own samples, 16 to 512; standardize features that are large or small. The neuron has no bias: center X and y first.
    y : array or list, shape (n_samples,), optional
        Their targets.
    w : (float, float)
        The weights at the start, from -50 to 50.
    lr : float
        Learning rate, from 0.01 to 2: the arrows are steps at this rate.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> print("\\n".join(GradientCloud().lines()[:2]))
    The cloud of gradients: 256 samples, w = (-1, 1), learning rate 0.3
    gradient of all samples: (-2.63, 0.26), of length 2.64

    Your own samples:

    >>> X = np.random.default_rng(0).normal(size=(40, 2))
    >>> print("\\n".join(GradientCloud(X, 2 * X[:, 0] - X[:, 1], w=(0, 0)).lines()[:2]))
    The cloud of gradients: 40 samples, w = (0, 0), learning rate 0.3
    gradient of all samples: (-1.73, 0.59), of length 1.83
    """

    _esm = bundle("shared.js", "random.js", "drawing.js", "gradient_cloud.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self, X: Any = None, y: Any = None, *, w: Sequence[float] = (-1.0, 1.0), lr: float = 0.3, title: str = "The cloud of gradients"
    ) -> None:
        own = check_together(X, y)
        samples: tuple[Array, Array] = _read(X, y) if own else _valley()
        self.X, self.y = samples
        self.w = [check_number("a weight", value, minimum=-FAR, maximum=FAR) for value in read_vector("w", w, 2)]
        self.lr = check_number("lr", lr, minimum=0.01, maximum=2)
        self.best, self.H = _bottom(self.X, self.y)
        low, high = np.minimum(self.best, self.w) - 1.2, np.maximum(self.best, self.w) + 1.2
        code = f"import numpy as np\n\nX = np.array({self.X.tolist()})\nY = np.array({self.y.tolist()})" if own else CODE
        super().__init__(
            still=still_picture(self._draw, size=(4.8, 3.8)),
            alt="The contours of the loss of two weights, an elongated valley, with a path of full-batch steps toward the bottom.",
            meta={
                "title": title,
                "X": self.X.round(6).tolist(),
                "Y": self.y.round(6).tolist(),
                "best": self.best.tolist(),
                "H": self.H.tolist(),
                "floor": self.loss(self.best),
                "levels": [round(level * self._height(low, high), 6) for level in LEVELS],
                "box": [*low.round(1).tolist(), *high.round(1).tolist()],
                "batches": [size for size in (1, 2, 4, 8, 16, 32, 64, 128) if size < len(self.X)] + [len(self.X)],
                "seed": SEED,
                "code": code,
                "start": {"w": self.w, "lr": self.lr, "batch": 2},
            },
        )

    def _height(self, low: Array, high: Array) -> float:
        """Return how far the loss rises above the bottom toward the corners of the picture."""
        corners = np.array([(x, y) for x in (low[0], high[0]) for y in (low[1], high[1])]) - self.best
        return float(((corners @ self.H) * corners).sum(axis=1).max() / 2)

    def loss(self, w: np.ndarray) -> float:
        """Return half the mean squared error."""
        return float(((self.X @ w - self.y) ** 2).mean() / 2)

    def gradient(self) -> np.ndarray:
        """Return the gradient of all samples at the start."""
        return np.asarray(self.X.T @ (self.X @ np.array(self.w) - self.y) / len(self.X))

    def lines(self) -> list[str]:
        """Return the gradient at the start, and by how much those of mini-batches differ from it in theory."""
        g, each = self.gradient(), self.X * (self.X @ np.array(self.w) - self.y)[:, None]
        spread = np.sqrt(((each - g) ** 2).sum(axis=1).mean())
        first = f"{self.meta['title']}: {len(self.X)} samples, w = ({self.w[0]:g}, {self.w[1]:g}), learning rate {self.lr:g}"
        lines = [first, f"gradient of all samples: ({g[0]:.2f}, {g[1]:.2f}), of length {np.linalg.norm(g):.2f}"]
        return lines + [
            f"batch size {size}: expected deviation {spread * np.sqrt((len(each) - size) / (len(each) - 1) / size):.2f}"
            for size in self.meta["batches"]
        ]

    def _draw(self, figure: Figure) -> None:
        path, w = [], np.array(self.w)
        for _ in range(20):
            path.append(w)
            w = w - self.lr * self.X.T @ (self.X @ w - self.y) / len(self.X)
        low, high = np.minimum(self.best, self.w) - 1, np.maximum(self.best, self.w) + 1
        (a, b), (_, c) = self.H
        v, u = self.best

        def height(w1: Any, w2: Any) -> Any:
            return (a * (w1 - v) ** 2 + 2 * b * (w1 - v) * (w2 - u) + c * (w2 - u) ** 2) / 2

        ax = plots.descent_contours(height, np.array(path), x_range=(low[0], high[0]), y_range=(low[1], high[1]), ax=figure.subplots())
        ax.set(xlabel="weight $w_1$", ylabel="weight $w_2$")


def _read(X: Any, y: Any) -> tuple[Array, Array]:
    """Return the reader's own samples and targets, as float64."""
    samples = read_samples(X, most=MOST)
    if len(samples) < FEWEST:
        raise ValueError(f"X has {len(samples)} samples; expected {FEWEST} to {MOST}")
    return samples, as_floats("y", y, (len(samples),), np.float64)


def _bottom(X: Array, y: Array) -> tuple[Array, Array]:
    """Return the weights with the lowest loss, and the curvature there, if the picture can show both."""
    H = X.T @ X / len(X)
    flat, steep = np.linalg.eigvalsh(H)
    if steep > 100 or flat < 1e-3:
        raise ValueError(
            f"the curvature of the loss ranges from {flat:.3g} to {steep:.3g}; expected 0.001 to 100: standardize both columns of X, "
            "and make sure that neither is a multiple of the other"
        )
    best = np.linalg.solve(H, X.T @ y / len(X))
    if np.abs(best).max() > FAR:
        raise ValueError(f"the best weights are ({best[0]:.3g}, {best[1]:.3g}); expected numbers up to {FAR}: divide y by a constant")
    return best, H


def _valley() -> Any:
    """Return samples whose features differ in size, so that the loss is an elongated valley."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(256, 2)) * [1.0, 0.35]
    return X, X @ [1.5, -1.0] + 0.8 * rng.normal(size=256)
