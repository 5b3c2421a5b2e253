"""ActivationCurve: an activation, its slope, and a point on it that can be dragged."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_number, look_up
from .._typing import Array
from ..network import make_activation
from .base import LiveFigure, bundle, still_picture

NAMES = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "Identity", "BinaryStep")


class ActivationCurve(LiveFigure):
    """The curve of an activation with its tangent at a point that can be dragged, and below it the curve of its slope.

    Parameters
    ----------
    activation : str
        Name of the activation to start with.
    z : float
        Where the point starts, from -6 to 6.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> print("\\n".join(ActivationCurve(z=0.0).lines()[:3]))
    Activations and their slopes: z = 0
    Sigmoid: 0.500, slope 0.250
    Tanh: 0.000, slope 1.000
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "activation_curve.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(self, activation: str = "Sigmoid", z: float = 1.0, *, title: str = "Activations and their slopes") -> None:
        look_up("activation", activation, dict.fromkeys(NAMES))
        self.activation, self.z = activation, check_number("z", z, minimum=-6, maximum=6)
        value, slope = self.at(activation)
        super().__init__(
            still=still_picture(self._draw),
            alt=f"The curve of {activation} with its tangent at z = {self.z:g}, where the value is {value:.3f} and the slope {slope:.3f}.",
            meta={"title": title, "activations": list(NAMES), "start": {"activation": NAMES.index(activation), "z": self.z}},
        )

    def at(self, name: str) -> tuple[float, float]:
        """Return value and slope of an activation at the point."""
        layer = make_activation(name)
        return layer.forward(np.array([[self.z]])).item(), layer.backward(np.ones((1, 1))).item()

    def lines(self) -> list[str]:
        """Return value and slope of each activation at the point."""
        return [f"{self.meta['title']}: z = {self.z:g}", *("{}: {:z.3f}, slope {:.3f}".format(name, *self.at(name)) for name in NAMES)]

    def _draw(self, figure: Figure) -> None:
        def f(z: Array) -> Any:
            return make_activation(self.activation).forward(np.reshape(z, (1, -1)).astype(float)).reshape(np.shape(z))

        def slope(z: Array) -> Any:
            layer = make_activation(self.activation)
            layer.forward(np.reshape(z, (1, -1)).astype(float))
            return layer.backward(np.ones((1, np.size(z)))).reshape(np.shape(z))

        plots.tangent(f, slope, at=self.z, x_range=(-6, 6), ax=figure.subplots()).set(xlabel="z", ylabel="f(z)")
