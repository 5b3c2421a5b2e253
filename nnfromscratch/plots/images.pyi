from typing import Any

from matplotlib.axes import Axes
from numpy.typing import NDArray

def image_grid(
    images: NDArray[Any],
    labels: NDArray[Any] | None = None,
    predicted: NDArray[Any] | None = None,
    *,
    columns: int = 5,
    ax: Axes | None = None,
) -> Axes: ...
def weight_images(W: NDArray[Any], image_shape: tuple[int, int] = (28, 28), *, columns: int = 5, ax: Axes | None = None) -> Axes: ...
