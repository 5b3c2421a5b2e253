"""Names for the types that signatures repeat."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Number = TypeVar("Number", float, np.floating[Any], Array)  # a number or an array of any shape: the result is of the same kind
Rng = int | np.random.Generator | None
Schedule = Callable[[int], float]  # the learning rate of each step
Rate = float | Schedule
Augment = Callable[[Array, np.random.Generator], Array]
Batches = Callable[[Array, Array, int, np.random.Generator], Iterable[tuple[Array, Array]]]  # (X, Y, batch_size, rng) -> (X, Y) of each
