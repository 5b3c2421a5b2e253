from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from numpy.typing import NDArray

def activation(
    f: Callable[..., Any],
    d_f: Callable[..., Any] | None = None,
    *,
    z_range: tuple[float, float] = (-5, 5),
    name: str = "",
    ax: Axes | None = None,
) -> Axes: ...
def tangent(
    f: Callable[..., Any], d_f: Callable[..., Any], at: float, *, x_range: tuple[float, float] = (-3, 3), ax: Axes | None = None
) -> Axes: ...
def descent_curve(
    f: Callable[..., Any], path: NDArray[Any], *, x_range: tuple[float, float] | None = None, ax: Axes | None = None
) -> Axes: ...
def descent_contours(
    f: Callable[..., Any],
    path: NDArray[Any],
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes: ...
