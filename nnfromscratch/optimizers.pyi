from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from .parameters import Parameters

_Rate = float | Callable[[int], float]  # a learning rate, or a schedule: the rate of each step

class Optimizer:
    memory: tuple[str, ...]
    lr: _Rate
    steps: int
    state: dict[str, NDArray[Any]]
    options: dict[str, Any]
    def __init__(self, lr: _Rate, **options: float) -> None: ...
    def scale(self) -> float: ...
    def step(self, parameters: Parameters, scale: float = 1.0) -> None: ...
    def update(self, w: NDArray[Any], g: NDArray[Any], lr: float) -> None: ...
    def current_rate(self) -> float: ...

class SGD(Optimizer):
    momentum: float
    weight_decay: float
    def __init__(self, lr: _Rate, momentum: float = 0.0, weight_decay: float = 0.0) -> None: ...

class RMSProp(Optimizer):
    decay: float
    epsilon: float
    def __init__(self, lr: _Rate, decay: float = 0.99, epsilon: float = 1e-8) -> None: ...

class Adam(Optimizer):
    beta1: float
    beta2: float
    epsilon: float
    def __init__(self, lr: _Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None: ...
