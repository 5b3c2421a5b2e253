"""The plane and its classes: samples, one neuron's line, and the regions a network divides the plane into."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from .._checks import check_array, check_int, check_labels, check_number
from .._typing import Array
from ..network import Network
from .functions import around
from .style import GRAY, MARKERS, PALETTE, VERMILLION, above, axes_or_new, check_names, check_probabilities, check_range, ink


def samples(X: Array, y: Array, *, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw samples with two features, a color and a marker for each class.

    Parameters
    ----------
    X : ndarray of float, shape (n_samples, 2)
    y : ndarray of int, shape (n_samples,)
        Classes from 0 to 5.
    names : sequence of str, optional
        One for each class.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = samples(np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), np.array([0, 1, 1]))
    >>> ax.collections[1].get_offsets().tolist()
    [[1.0, 0.0], [2.0, 2.0]]
    """
    check_array("X", X, shape=(None, 2))
    check_labels(y, n_samples=len(X), n_classes=len(PALETTE))
    names = check_names(names, max(int(y.max()) + 1, len(names or [])))
    ax = axes_or_new(ax, (4.5, 3.6))
    for k, name in enumerate(names):
        x1, x2 = X[y == k].T
        ax.scatter(x1, x2, s=34, color=PALETTE[k], marker=MARKERS[k], edgecolor="white", linewidth=0.6, label=name, zorder=3)
    ax.set(xlabel="$x_1$", ylabel="$x_2$")
    above(ax, len(names))
    return ax


def decision_boundary(
    model: Network | Callable[[Array], Array],
    X: Array,
    y: Array,
    *,
    names: Sequence[str] | None = None,
    resolution: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Draw the regions a classifier divides the plane into, and the samples on them; the more certain, the stronger the color.

    Parameters
    ----------
    model : Network or function
        A function gets points (n, 2) of X's dtype and returns labels (n,) or probabilities (n, n_classes).
    X : ndarray of float, shape (n_samples, 2)
    y : ndarray of int, shape (n_samples,)
        Classes from 0 to 5.
    names : sequence of str, optional
        One for each class.
    resolution : int
        Points along each side.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> X, y = np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([0, 1])
    >>> ax = decision_boundary(lambda points: (points[:, 0] > 0).astype(int), X, y, resolution=50)
    >>> ax.images[0].get_array().shape
    (50, 50, 4)
    """
    check_array("X", X, shape=(None, 2))
    check_labels(y, n_samples=len(X), n_classes=len(PALETTE))
    side = check_int("resolution", resolution, 2)
    ticks = [np.linspace(*around(column, 0.1), side, dtype=X.dtype) for column in X.T]
    P = _probabilities(model, np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, 2), int(y.max()) + 1)
    n_classes = P.shape[1]
    names = check_names(names, n_classes)
    best, certainty = P.argmax(axis=1), np.maximum(0, P.max(axis=1) - 1 / n_classes) / (1 - 1 / n_classes)
    colors = np.column_stack([np.array([to_rgb(color) for color in PALETTE])[best], 0.08 + 0.42 * certainty])  # the page shows through
    ax = axes_or_new(ax, (4.5, 3.6))
    box = (*ticks[0][[0, -1]], *ticks[1][[0, -1]])
    ax.imshow(colors.reshape(side, side, 4), extent=box, origin="lower", aspect="auto", interpolation="none")
    for k in np.unique(best):
        lead = P[:, k] - np.delete(P, k, axis=1).max(axis=1)
        if lead.min() < 0 < lead.max():
            ax.contour(*ticks, lead.reshape(side, side), levels=[0], colors=ink(), linewidths=1.2)
    return samples(X, y, names=names, ax=ax)


def _probabilities(model: Any, points: Array, n_classes: int) -> Array:
    """Return the probability of each class at each point; 0 and 1 where the model gives labels only."""
    predict = getattr(model, "predict_proba", model)
    if not callable(predict):
        raise TypeError(f"model is a {type(model).__name__}; expected a Network or a function of points (n, 2)")
    P = np.asarray(predict(points))
    if P.ndim == 1 and P.dtype.kind in "iu":
        check_labels(P, n_samples=len(points), n_classes=len(PALETTE), name="model(points)")
        return np.asarray(np.eye(max(n_classes, int(P.max()) + 1))[P])
    check_probabilities("model(points)", check_array("model(points)", P, shape=(len(points), None)))
    P = np.hstack([1 - P, P]) if P.shape[1] == 1 else P  # a single output is the probability of class 1
    if not n_classes <= P.shape[1] <= len(PALETTE):
        raise ValueError(f"model(points) has {P.shape[1]} columns; expected {n_classes} to {len(PALETTE)}, one for each class")
    return P


def neuron_line(w: Array, b: float, *, limits: tuple[float, float, float, float] = (-3, 3, -3, 3), ax: Axes | None = None) -> Axes:
    """Draw the boundary of a neuron with two inputs, the line w . x + b = 0, with its weights as an arrow.

    Parameters
    ----------
    w : ndarray of float, shape (2,)
        Weights: the arrow points to the side where w . x + b is positive.
    b : float
        Bias.
    limits : (float, float, float, float)
        Left, right, bottom, and top edges of the plane; pass `ax.axis()` to keep the current ones.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If both weights are zero: there is no line then.

    Examples
    --------
    >>> ax = neuron_line(np.array([1.0, 2.0]), -1.0)
    >>> [text.get_text() for text in ax.texts]
    ['', 'w', '+', '−']
    """
    check_array("w", w, shape=(2,))
    b = check_number("b", b)
    if not w.any():
        raise ValueError("w is (0, 0); expected at least one weight that is not zero, otherwise there is no line")
    (left, right), (bottom, top) = check_range("limits, x", limits[:2]), check_range("limits, y", limits[2:])
    ax = axes_or_new(ax, (4.0, 3.6))
    center, unit = np.array([left + right, bottom + top]) / 2, w / np.linalg.norm(w)
    along = np.array([-unit[1], unit[0]])
    foot = center - (w @ center + b) / (w @ w) * w  # the point of the line nearest to the center of the picture
    step = 0.22 * min(right - left, top - bottom)
    ax.axline(foot, foot + along, color=ink(), linewidth=2)
    arrow = {"arrowstyle": "-|>", "color": VERMILLION, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", foot + step * unit, foot, arrowprops=arrow)
    for word, place in [("w", 1.25 * unit), ("+", 0.6 * unit + 1.2 * along), ("−", -0.6 * unit + 1.2 * along)]:
        x1, x2 = foot + step * place
        ax.text(x1, x2, word, ha="center", va="center", color=ink(), fontsize=12 if word == "w" else 16, clip_on=True)
    ax.axhline(0, color=GRAY, linewidth=0.6, zorder=0)
    ax.axvline(0, color=GRAY, linewidth=0.6, zorder=0)
    ax.set(xlabel="$x_1$", ylabel="$x_2$", xlim=(left, right), ylim=(bottom, top), aspect="equal")
    return ax
