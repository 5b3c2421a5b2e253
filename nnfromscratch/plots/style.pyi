from typing import Any

PALETTE: tuple[str, ...]
DASHES: tuple[Any, ...]
MARKERS: tuple[str, ...]

def new_axes(rows: int = 1, columns: int = 1, *, size: tuple[float, float] = (4.5, 3.0)) -> Any: ...  # Axes, or an array of Axes
