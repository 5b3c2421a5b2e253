from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from .base import LiveFigure

class TrainingExplorer(LiveFigure):
    def __init__(
        self,
        data: Sequence[str] | Mapping[str, tuple[NDArray[Any], NDArray[Any]]] = ("moons", "circles", "xor", "spirals"),
        *,
        lr: Sequence[float] = (0.001, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
        activation: Sequence[str] = ("Identity", "Sigmoid", "Tanh", "ReLU", "LeakyReLU"),
        hidden: int = 8,
        epochs: int = 100,
        batch_size: int = 32,
        seed: int = 0,
        title: str = "Training explorer",
    ) -> None: ...
