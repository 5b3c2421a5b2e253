from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

class Dataset(NamedTuple):
    X_train: NDArray[Any]
    y_train: NDArray[Any]
    X_test: NDArray[Any]
    y_test: NDArray[Any]

class Split(NamedTuple):
    X_train: NDArray[Any]
    y_train: NDArray[Any]
    X_dev: NDArray[Any]
    y_dev: NDArray[Any]
    X_test: NDArray[Any]
    y_test: NDArray[Any]

def train_test_split(X: NDArray[Any], y: NDArray[Any], *, test: float = 0.25, rng: int | np.random.Generator | None = None) -> Dataset: ...
def train_dev_test_split(
    X: NDArray[Any], y: NDArray[Any], *, dev: float, test: float, rng: int | np.random.Generator | None = None
) -> Split: ...
