from os import PathLike
from typing import Any

from numpy.typing import NDArray

def read_idx(path: str | PathLike[str]) -> NDArray[Any]: ...
def read_mnist_csv(path: str | PathLike[str], raw: bool = False) -> tuple[NDArray[Any], NDArray[Any] | Any]: ...
