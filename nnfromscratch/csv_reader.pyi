from os import PathLike
from typing import Any

from numpy.typing import NDArray

def read_mnist_csv(
    path: str | PathLike[str], raw: bool = False, label: str | int | None = None
) -> tuple[NDArray[Any], NDArray[Any] | Any]: ...
