from collections.abc import Callable
from typing import Any

from .base import LiveFigure

class Choice:
    def __init__(self, *values: Any, label: str = "", start: int = 0, kind: str = "", format: str = "{}") -> None: ...

class Explore(LiveFigure):
    def __init__(
        self,
        draw: Callable[..., str],
        *,
        title: str,
        size: tuple[float, float] = (4.8, 3.2),
        setup: str = "",
        **choices: Choice | list[Any] | tuple[Any, ...],
    ) -> None: ...
