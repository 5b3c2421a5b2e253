"""ActivationCurve: an activation, its slope, and a point on it that can be dragged."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_number
from .._doors import as_floats
from .._typing import Array
from ..layers import Activation
from ..network import make_activation
from .base import LiveFigure, bundle, still_picture

NAMES = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "Identity", "BinaryStep")
PLACES = np.linspace(-6, 6, 1201)  # where the point can be


class ActivationCurve(LiveFigure):
    """The curve of an activation with its tangent at a point that can be dragged, and below it the curve of its slope.

    Parameters
    ----------
    activation : str or Activation
        Name of the activation to start with, or an activation of your own: a layer such as `LeakyReLU(0.3)`, or one of a class you wrote.
        The figure shows what its `forward` and `backward` return.
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

    An activation of your own:

    >>> from nnfromscratch import LeakyReLU
    >>> print("\\n".join(ActivationCurve(LeakyReLU(0.3), z=-2.0).lines()[:2]))
    Activations and their slopes: z = -2
    LeakyReLU(negative_slope=0.3): -0.600, slope 0.300
    """

    _esm = bundle("shared.js", "engine.js", "drawing.js", "activation_curve.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(self, activation: str | Activation = "Sigmoid", z: float = 1.0, *, title: str = "Activations and their slopes") -> None:
        self.own = activation if isinstance(activation, Activation) else None
        if self.own is None and not (isinstance(activation, str) and activation in NAMES):
            expected = f"{', '.join(NAMES)}; or an activation of your own, such as LeakyReLU(0.3)"
            raise ValueError(f"unknown activation {activation!r}; expected one of: {expected}")
        self.activation = str(activation) if self.own is None else repr(self.own)
        self.z = check_number("z", z, minimum=-6, maximum=6)
        names = [self.activation, *NAMES] if self.own else list(NAMES)
        value, slope = self.at(self.activation)
        shown = (
            f"The curve of {self.activation} with its tangent at z = {self.z:g}, where the value is {value:.3f} and the slope {slope:.3f}."
        )
        super().__init__(
            still=still_picture(self._draw),
            alt=shown,
            meta={
                "title": title,
                "activations": names,
                "own": self.own and self._sampled(),
                "start": {"activation": names.index(self.activation), "z": self.z},
            },
        )

    def at(self, name: str) -> tuple[float, float]:
        """Return value and slope of an activation at the point."""
        values, slopes = self._curves(name, np.array([self.z]))
        return values.item(), slopes.item()

    def lines(self) -> list[str]:
        """Return value and slope of each activation at the point."""
        return [
            f"{self.meta['title']}: z = {self.z:g}",
            *("{}: {:z.3f}, slope {:.3f}".format(name, *self.at(name)) for name in self.meta["activations"]),
        ]

    def _curves(self, name: str, z: Array) -> tuple[Array, Array]:
        """Return value and slope of an activation at each z."""
        layer = self.own if self.own and name == self.activation else make_activation(name)
        values = as_floats("what forward returned", layer.forward(z[:, None]), (len(z), 1), np.float64)
        slopes = as_floats("what backward returned", layer.backward(np.ones((len(z), 1))), (len(z), 1), np.float64)
        return values.ravel(), slopes.ravel()

    def _sampled(self) -> dict[str, Any]:
        """Return the reader's own activation at every place that the point can have."""
        values, slopes = self._curves(self.activation, PLACES)
        kind = type(self.own)
        known = kind.__name__ if kind.__module__.startswith("nnfromscratch.") else ""
        return {"kind": known, "values": values.round(6).tolist(), "slopes": slopes.round(6).tolist()}

    def _draw(self, figure: Figure) -> None:
        def f(z: Array) -> Any:
            return self._curves(self.activation, np.ravel(z).astype(float))[0].reshape(np.shape(z))

        def slope(z: Array) -> Any:
            return self._curves(self.activation, np.ravel(z).astype(float))[1].reshape(np.shape(z))

        plots.tangent(f, slope, at=self.z, x_range=(-6, 6), ax=figure.subplots()).set(xlabel="z", ylabel="f(z)")
