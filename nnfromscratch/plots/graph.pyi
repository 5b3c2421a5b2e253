from typing import Any

from matplotlib.axes import Axes
from numpy.typing import NDArray

from ..network import Network

def computation_graph(network: Network, X: NDArray[Any], y: NDArray[Any], *, ax: Axes | None = None) -> Axes: ...
