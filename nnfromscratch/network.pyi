from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from .layers import Activation, Layer
from .losses import Loss
from .optimizers import Optimizer
from .parameters import Parameters

_Random = int | np.random.Generator | None
_Activation = str | Callable[[], Activation]
_Augment = Callable[[NDArray[Any], Any], NDArray[Any]]

def mlp(
    sizes: Sequence[int] | NDArray[Any],
    activation: _Activation | Sequence[_Activation] = ...,
    *,
    rng: _Random = None,
    init: str | Callable[[int, int, Any], NDArray[Any]] | None = None,
    dropout: float = 0.0,
    dtype: DTypeLike = ...,
) -> list[Layer]: ...

class Epoch(NamedTuple):
    number: int
    loss: float
    batch_losses: NDArray[np.float64]

class Network:
    layers: list[Layer]
    loss: Loss
    parameters: Parameters
    first: int
    n_in: int | None
    def __init__(self, layers: Sequence[Layer], loss: Loss | None = None) -> None: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    def forward(self, X: NDArray[Any]) -> NDArray[Any]: ...
    def backward(self, dZ: NDArray[Any], input_gradient: bool = False) -> NDArray[Any] | Any: ...
    def gradients(self, X: NDArray[Any], y: NDArray[Any]) -> float: ...
    def train(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        *,
        epochs: int,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        rng: _Random = None,
        augment: _Augment | None = None,
    ) -> Iterator[Epoch]: ...
    def fit(
        self,
        X: NDArray[Any],
        y: NDArray[Any],
        *,
        epochs: int,
        batch_size: int = 32,
        optimizer: Optimizer | None = None,
        validation: tuple[NDArray[Any], NDArray[Any]] | None = None,
        patience: int | None = None,
        rng: _Random = None,
        progress: bool = False,
        augment: _Augment | None = None,
    ) -> dict[str, list[float]]: ...
    def predict(self, X: NDArray[Any]) -> NDArray[Any]: ...
    def predict_proba(self, X: NDArray[Any]) -> NDArray[Any]: ...
    def evaluate(self, X: NDArray[Any], y: NDArray[Any]) -> tuple[float, float]: ...
    def score(self, X: NDArray[Any], y: NDArray[Any]) -> float: ...
    def summary(self) -> str: ...
    def astype(self, dtype: DTypeLike) -> Network: ...
    def save(self, path: str | PathLike[str]) -> None: ...
    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self: ...
