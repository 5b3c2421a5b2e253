from typing import Any

from numpy.typing import NDArray

from ..network import Network
from .base import LiveFigure

class DigitCanvas(LiveFigure):
    def __init__(self, network: Network | None = None, *, examples: NDArray[Any] | None = None, title: str = "Draw a digit") -> None: ...
