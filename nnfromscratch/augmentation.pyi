from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

class _Augment(Protocol):
    def __call__(self, X: NDArray[Any], rng: int | np.random.Generator | None = None) -> NDArray[Any]: ...

def random_shifts(pixels: int = 1, image_shape: tuple[int, int] = (28, 28)) -> _Augment: ...
def random_warps(
    degrees: float = 10,
    stretch: float = 0.1,
    pixels: float = 1,
    bend: float = 0.7,
    image_shape: tuple[int, int] = (28, 28),
    *,
    n_warps: int = 200,
    rng: int | np.random.Generator | None = None,
) -> _Augment: ...
