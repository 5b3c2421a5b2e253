from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .network import Network

def numerical_gradient(f: Callable[[NDArray[Any]], Any], x: NDArray[Any], h: float = 1e-5) -> NDArray[np.float64]: ...
def relative_error(a: NDArray[Any], b: NDArray[Any]) -> float: ...
def check_gradients(network: Network, X: NDArray[Any], y: NDArray[Any], h: float = 1e-5) -> dict[str, float]: ...
