"""MatrixProduct: which row and which column make a number of a matrix product, and of the gradients of a batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .._doors import as_floats
from .._typing import Array
from ..plots.style import DIVERGING
from .base import LiveFigure, bundle, still_picture

MOST = 6


class MatrixProduct(LiveFigure):
    """Two factors and their product: each number of the product lights up the row and the column that it comes from.

    With `dZ` it shows instead the three products of a backward pass: dW = X.T dZ, db, a sum over the samples, and dX = dZ W.T.

    Parameters
    ----------
    X : array, list of rows, or DataFrame, shape (n_samples, n_in)
        Your own numbers, at most 6 on each side.
    W : array or list of rows, shape (n_in, n_out)
    b : array or list, shape (n_out,), optional
    dZ : array or list of rows, shape (n_samples, n_out), optional
        The gradient that arrives.
    title : str

    Raises
    ------
    TypeError, ValueError
        If shapes do not fit together, or a side is longer than 6.

    Examples
    --------
    >>> MatrixProduct([[1, 2]], [[3], [4]])
    A matrix product: Z = X W
    Z = [[11.0]]
    """

    _esm = bundle("shared.js", "drawing.js", "matrix_product.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self, X: ArrayLike, W: ArrayLike, b: ArrayLike | None = None, dZ: ArrayLike | None = None, *, title: str = "A matrix product"
    ) -> None:
        W = as_floats("W", W, (None, None), np.float64)
        X = as_floats("X", X, (None, len(W)), np.float64)
        n, n_out = len(X), W.shape[1]
        if max(*X.shape, n_out) > MOST:
            raise ValueError(f"X and W have the shapes {X.shape} and {W.shape}; expected at most {MOST} on each side")
        if b is not None:
            b = as_floats("b", b, (n_out,), np.float64)
        if dZ is not None:
            dZ = as_floats("dZ", dZ, (n, n_out), np.float64)
        self.products = _forward(X, W, b) if dZ is None else _backward(X, W, dZ)
        super().__init__(
            still=still_picture(self._draw, size=(4.2, 3.2)),
            alt=f"The product {self.products[0]['title']} as colored squares with numbers.",
            meta={"title": title, "products": self.products, "cell": 0},
        )

    def lines(self) -> list[str]:
        """Return each product with its result."""
        lines = [f"{self.meta['title']}: {', '.join(product['title'] for product in self.products)}"]
        return lines + [f"{product['names'][2]} = {_result(product).round(3).tolist()}" for product in self.products]

    def _draw(self, figure: Figure) -> None:
        product = self.products[0]
        left, right, result = np.array(product["left"]), np.array(product["right"]), _result(product)
        axes = figure.subplots(2, 2, width_ratios=(left.shape[1], right.shape[1]), height_ratios=(left.shape[1], len(left)))
        axes[0, 0].axis("off")
        for ax, matrix, name in zip((axes[1, 0], axes[0, 1], axes[1, 1]), (left, right, result), product["names"]):
            most = np.abs(matrix).max() or 1
            ax.imshow(matrix, cmap=DIVERGING, vmin=-2 * most, vmax=2 * most, aspect="auto")
            ax.set(xticks=[], yticks=[], title=name)
            for (i, j), value in np.ndenumerate(matrix):
                ax.text(j, i, f"{value:.2f}", ha="center", va="center")


def _product(
    title: str, names: Sequence[str], left: np.ndarray, right: np.ndarray, summed: str, bias: np.ndarray | None = None
) -> dict[str, Any]:
    shapes = f"Shapes: ({len(left)}, {left.shape[1]}) times ({len(right)}, {right.shape[1]}) gives ({len(left)}, {right.shape[1]})."
    return {
        "title": title,
        "names": list(names),
        "left": left.tolist(),
        "right": right.tolist(),
        "bias": None if bias is None else bias.tolist(),
        "sum": f"The sum runs over the {summed}.",
        "shapes": shapes,
    }


def _forward(X: Array, W: Array, b: Any) -> Any:
    return [_product("Z = X W" + " + b" * (b is not None), ("X", "W", "Z"), X, W, "inputs", b)]


def _backward(X: Array, W: Array, dZ: Array) -> Any:
    return [
        _product("dW = Xᵀ dZ", ("Xᵀ", "dZ", "dW"), X.T, dZ, "samples"),
        _product("db = 1ᵀ dZ", ("1ᵀ", "dZ", "db"), np.ones((1, len(X))), dZ, "samples"),
        _product("dX = dZ Wᵀ", ("dZ", "Wᵀ", "dX"), dZ, W.T, "neurons"),
    ]


def _result(product: Any) -> Any:
    bias = 0 if product["bias"] is None else np.array(product["bias"])
    return np.array(product["left"]) @ np.array(product["right"]) + bias
