from typing import Any, NamedTuple

from numpy.typing import NDArray

class DigitSteps(NamedTuple):
    ink: NDArray[Any]
    cropped: NDArray[Any]
    scaled: NDArray[Any]
    centred: NDArray[Any]

def prepare_digit(image: NDArray[Any]) -> NDArray[Any]: ...
def digit_steps(image: NDArray[Any]) -> DigitSteps: ...
