from typing import Any

from numpy.typing import NDArray

from .base import LiveFigure

class NeuronExplorer(LiveFigure):
    def __init__(
        self,
        w: tuple[float, float] = (1.0, -1.0),
        b: float = 0.0,
        *,
        activation: str = "sigmoid",
        x: tuple[float, float] = (2.0, 1.0),
        X: NDArray[Any] | None = None,
        y: NDArray[Any] | None = None,
        layers: int = 1,
        title: str | None = None,
    ) -> None: ...
