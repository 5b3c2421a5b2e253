"""GradientCloud: the gradients of many mini-batches around the gradient of all samples, on the contours of a loss."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_array, check_number
from .base import LiveFigure, bundle, still_picture

SEED = 5
CODE = """import numpy as np

rng = np.random.default_rng(0)
X = rng.normal(size=(256, 2)) * [1.0, 0.35]
Y = X @ [1.5, -1.0] + 0.8 * rng.normal(size=256)"""


class GradientCloud(LiveFigure):
    """The loss of a linear neuron with two weights from above; at a point that can be dragged, gradients of mini-batches and their mean.

    Parameters
    ----------
    X : ndarray of float, shape (n_samples, 2), optional
        Your own samples, 16 to 512.
    y : ndarray of float, shape (n_samples,), optional
        Their targets.
    w : (float, float)
        The weights at the start.
    lr : float
        Learning rate, from 0.01 to 2: the arrows are steps of this rate.
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
    """

    _esm = bundle("shared.js", "random.js", "drawing.js", "gradient_cloud.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self,
        X: np.ndarray | None = None,
        y: np.ndarray | None = None,
        *,
        w: tuple[float, float] = (-1.0, 1.0),
        lr: float = 0.3,
        title: str = "The cloud of gradients",
    ) -> None:
        own = X is not None and y is not None
        samples: Any = _valley() if X is None or y is None else (X.astype(float), y.astype(float))
        self.X, self.y = samples
        check_array("X", self.X, shape=(None, 2))
        check_array("y", self.y, shape=(len(self.X),))
        if not 16 <= len(self.X) <= 512:
            raise ValueError(f"X has {len(self.X)} samples; expected 16 to 512")
        self.w, self.lr = [check_number("a weight", value) for value in w], check_number("lr", lr, minimum=0.01, maximum=2)
        self.best, self.H = np.linalg.lstsq(self.X, self.y, rcond=None)[0], self.X.T @ self.X / len(self.X)
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
                "box": [*low.round(1).tolist(), *high.round(1).tolist()],
                "batches": [size for size in (1, 2, 4, 8, 16, 32, 64, 128) if size < len(self.X)] + [len(self.X)],
                "seed": SEED,
                "code": code,
                "start": {"w": self.w, "lr": self.lr, "batch": 2},
            },
        )

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


def _valley() -> Any:
    """Return samples whose features differ in size, so that the loss is an elongated valley."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(256, 2)) * [1.0, 0.35]
    return X, X @ [1.5, -1.0] + 0.8 * rng.normal(size=256)
