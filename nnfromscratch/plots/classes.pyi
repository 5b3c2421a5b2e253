from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..network import Network

def samples(X: NDArray[Any], y: NDArray[Any], *, names: Sequence[str] | None = None, ax: Axes | None = None) -> Axes: ...
def decision_boundary(
    model: Network | Callable[[NDArray[Any]], NDArray[Any]],
    X: NDArray[Any],
    y: NDArray[Any],
    *,
    names: Sequence[str] | None = None,
    resolution: int = 200,
    ax: Axes | None = None,
) -> Axes: ...
def neuron_line(
    w: NDArray[Any], b: float, *, limits: tuple[float, float, float, float] = (-3, 3, -3, 3), ax: Axes | None = None
) -> Axes: ...
