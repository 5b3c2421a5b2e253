from typing import Any

from numpy.typing import NDArray

from .splits import Dataset

IRIS_FEATURES: tuple[str, str, str, str]
IRIS_CLASSES: tuple[str, str, str]

def load_digits(raw: bool = False) -> Dataset: ...
def load_mnist(raw: bool = False) -> Dataset: ...
def load_iris() -> tuple[NDArray[Any], NDArray[Any]]: ...
