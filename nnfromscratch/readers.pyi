from os import PathLike
from typing import Any

from numpy.typing import NDArray

def read_idx(path: str | PathLike[str]) -> NDArray[Any]: ...
