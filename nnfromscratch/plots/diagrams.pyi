from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..network import Network

def network_diagram(
    network: Network | Sequence[int] | Sequence[NDArray[Any]],
    *,
    labels: Sequence[str] | None = None,
    max_neurons: int = 8,
    ax: Axes | None = None,
) -> Axes: ...
