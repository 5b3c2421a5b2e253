from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from ..network import Network
from .base import LiveFigure

class BackpropStepper(LiveFigure):
    def __init__(
        self,
        network: Network,
        X: NDArray[Any],
        y: NDArray[Any],
        *,
        activations: Sequence[str] = ("Sigmoid", "Tanh", "ReLU"),
        inputs: Sequence[tuple[float, float]] | None = None,
        title: str = "Backpropagation step by step",
    ) -> None: ...
