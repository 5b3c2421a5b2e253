from typing import Any

import numpy as np
from numpy.typing import NDArray

def standardize(X_train: NDArray[Any], *others: NDArray[Any]) -> tuple[NDArray[Any], ...]: ...
def one_hot(y: NDArray[Any], n_classes: int) -> NDArray[np.float32]: ...
