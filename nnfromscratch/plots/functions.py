"""Functions of one and two numbers: activations, tangents, and the way downhill."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .._checks import check_array, check_number
from .._typing import Array
from .style import BLUE, GRAY, VERMILLION, axes_or_new, check_range, ink, minus


def evaluate(name: str, f: Callable[..., Any], *grids: Array) -> Array:
    """Return f at arrays of points, making sure that it gives one finite number for each."""
    if not callable(f):
        raise TypeError(f"{name} is a {type(f).__name__}; expected a function of an array")
    return check_array(f"{name}(x)", np.asarray(f(*grids), dtype=float), shape=grids[0].shape)


def around(values: Array, margin: float = 0.15) -> tuple[float, float]:
    """Return a range that holds all values, with room on both sides."""
    room = margin * (np.ptp(values) or 1.0)
    return float(values.min() - room), float(values.max() + room)


def broken_at_jumps(x: Array, y: Array) -> tuple[Array, Array]:
    """Put a gap into a curve wherever it jumps, so that no line is drawn where the function has no values."""
    jumps = np.flatnonzero((np.abs(np.diff(y)) > 0.25 * np.ptp(y)) & (np.ptp(y) > 0)) + 1
    return np.insert(x, jumps, np.nan), np.insert(y, jumps, np.nan)


def activation(
    f: Callable[..., Any],
    d_f: Callable[..., Any] | None = None,
    *,
    z_range: tuple[float, float] = (-5, 5),
    name: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw an activation function and its derivative.

    Parameters
    ----------
    f, d_f : function
        From an array of z to the array of values; leave out `d_f` to draw only `f`.
    z_range : (float, float)
    name : str
        Title.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        If f or d_f is not a function, or does not return one finite number for each z.

    Examples
    --------
    >>> ax = activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2, name="tanh")
    >>> [line.get_label() for line in ax.lines[-2:]]
    ['f(z)', "f'(z), its derivative"]
    """
    z = np.linspace(*check_range("z_range", z_range), 801)
    curves = [("f(z)", f, BLUE, "-")]
    if d_f is not None:
        curves.append(("f'(z), its derivative", d_f, VERMILLION, "--"))
    values = [evaluate(label[: label.index("(")], function, z) for label, function, _, _ in curves]
    ax = axes_or_new(ax)
    ax.axhline(0, color=GRAY, linewidth=0.8)
    ax.axvline(0, color=GRAY, linewidth=0.8)
    for (label, _, color, dash), value in zip(curves, values):
        ax.plot(*broken_at_jumps(z, value), color=color, linestyle=dash, linewidth=2.2, label=label)
    ax.set(xlabel="z", title=name, xlim=(z[0], z[-1]))
    ax.legend(frameon=False)  # where the curves are not
    return ax


def tangent(
    f: Callable[..., Any], d_f: Callable[..., Any], at: float, *, x_range: tuple[float, float] = (-3, 3), ax: Axes | None = None
) -> Axes:
    """Draw a function with its tangent at one point, and write the slope there.

    Parameters
    ----------
    f, d_f : function
        The function and its derivative, from an array to an array.
    at : float
        Where the tangent touches.
    x_range : (float, float)
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> tangent(lambda x: x**2, lambda x: 2 * x, at=1.0).texts[0].get_text()
    'slope 2'
    """
    low, high = check_range("x_range", x_range)
    at = check_number("at", at, minimum=low, maximum=high)
    x, point = np.linspace(low, high, 401), np.array([at])
    y, height, slope = evaluate("f", f, x), evaluate("f", f, point)[0], evaluate("d_f", d_f, point)[0]
    ax = axes_or_new(ax)
    ax.plot(*broken_at_jumps(x, y), color=BLUE, linewidth=2.2)
    near = at + np.array([-0.2, 0.2]) * (high - low)
    ax.plot(near, height + slope * (near - at), color=VERMILLION, linestyle="--", linewidth=2)
    ax.plot(point, [height], "o", color=VERMILLION, markersize=8)
    ax.annotate(minus(f"slope {slope:.3g}"), (at, height), xytext=(10, -14), textcoords="offset points", color=ink())
    ax.set(xlabel="x", ylabel="f(x)")
    return ax


def descent_curve(f: Callable[..., Any], path: Array, *, x_range: tuple[float, float] | None = None, ax: Axes | None = None) -> Axes:
    """Draw the steps of gradient descent on the curve of a function of one number.

    Parameters
    ----------
    f : function
        From an array to an array.
    path : ndarray of float, shape (n_steps,)
        The position after each step; the first one is the start.
    x_range : (float, float), optional
        By default as wide as the path, with some room.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = descent_curve(lambda x: x**2, np.array([2.0, -1.0, 0.5]))
    >>> ax.lines[1].get_ydata()
    array([4.  , 1.  , 0.25])
    """
    check_array("path", path, ndim=1)
    x = np.linspace(*(around(path) if x_range is None else check_range("x_range", x_range)), 401)
    y, heights = evaluate("f", f, x), evaluate("f", f, path)
    ax = axes_or_new(ax)
    ax.plot(x, y, color=BLUE, linewidth=2.2)
    _draw_path(ax, path, heights)
    ax.set(xlabel="x", ylabel="f(x)", xlim=(x[0], x[-1]))
    return ax


def descent_contours(
    f: Callable[..., Any],
    path: Array,
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the steps of gradient descent on the contour lines of a function of two numbers.

    Parameters
    ----------
    f : function
        f(x, y), from two arrays to the array of values.
    path : ndarray of float, shape (n_steps, 2)
    x_range, y_range : (float, float), optional
        By default as wide as the path, with some room.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = descent_contours(lambda x, y: x**2 + 4 * y**2, np.array([[2.0, 1.0], [1.0, -0.5]]))
    >>> ax.lines[0].get_xydata().tolist()
    [[2.0, 1.0], [1.0, -0.5]]
    """
    check_array("path", path, shape=(None, 2))
    ranges = [
        around(values) if limits is None else check_range(name, limits)
        for name, limits, values in [("x_range", x_range, path[:, 0]), ("y_range", y_range, path[:, 1])]
    ]
    x, y = np.meshgrid(*(np.linspace(*limits, 121) for limits in ranges))
    heights = evaluate("f", f, x, y)
    levels = heights.min() + np.ptp(heights) * np.linspace(0, 1, 13)[1:] ** 2  # close together near the bottom of the valley
    ax = axes_or_new(ax, (4.5, 3.6))
    ax.contour(x, y, heights, levels=np.unique(levels), colors=BLUE, linewidths=1.3)
    _draw_path(ax, *path.T)
    ax.set(xlabel="x", ylabel="y", xlim=ranges[0], ylim=ranges[1])
    return ax


def _draw_path(ax: Axes, x: Array, y: Array) -> None:
    """Draw the steps as dots joined by a dashed line, and name the first."""
    ax.plot(x, y, "--o", color=VERMILLION, linewidth=1.4, markersize=5)
    side, align = (-8, "right") if x[0] > x.mean() else (8, "left")  # on the side where the picture has room
    ax.annotate("start", (x[0], y[0]), xytext=(side, 6), textcoords="offset points", ha=align, color=ink())
