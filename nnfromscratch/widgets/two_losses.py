"""TwoLosses: a sigmoid neuron that is wrong learns slowly with the squared error, and quickly with cross-entropy."""

import numpy as np
from matplotlib.figure import Figure

from .. import plots
from .._checks import check_int, check_number
from ..activations import sigmoid
from .base import LiveFigure, bundle, still_picture

STEPS = 200
SLOPES = {"squared error": lambda a, y: (a - y) * a * (1 - a), "cross-entropy": lambda a, y: a - y}


class TwoLosses(LiveFigure):
    """Two copies of one sigmoid neuron learn one sample from the same start, each with its own loss.

    Parameters
    ----------
    z : float
        The sum at the start, from -6 to 6: far below 0 the neuron is confident, and wrong if the label is 1.
    lr : float
        Learning rate, from 0.01 to 10.
    step : int
        The step that is shown first, from 0 to 200.
    x : float
        The input of your own sample, from -3 to 3. A step changes the sum (x^2 + 1) times as much as it changes the bias.
    y : {0, 1}
        Its label.
    title : str

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit.

    Examples
    --------
    >>> TwoLosses(z=-4.0, lr=0.5)
    Two losses, one wrong start: z = -4, learning rate 0.5
    squared error: output 0.018 at step 0, 0.022 at step 10, 0.087 at step 50, 0.930 at step 200
    cross-entropy: output 0.018 at step 0, 0.841 at step 10, 0.978 at step 50, 0.995 at step 200

    Your own sample, which belongs to class 0:

    >>> TwoLosses(z=3.0, lr=0.5, x=0.5, y=0)
    Two losses, one wrong start: z = 3, learning rate 0.5, x = 0.5, label 0
    squared error: output 0.953 at step 0, 0.937 at step 10, 0.517 at step 50, 0.085 at step 200
    cross-entropy: output 0.953 at step 0, 0.270 at step 10, 0.037 at step 50, 0.008 at step 200
    """

    _esm = bundle("shared.js", "drawing.js", "two_losses.js")
    _css = bundle("shared.css", "figures.css")

    def __init__(
        self, z: float = -4.0, lr: float = 0.5, step: int = 0, *, x: float = 1.0, y: int = 1, title: str = "Two losses, one wrong start"
    ) -> None:
        self.x, self.y = check_number("x", x, minimum=-3, maximum=3), check_int("y", y, minimum=0)
        if self.y > 1:
            raise ValueError(f"y is {y}; expected the label 0 or 1")
        self.z, self.lr = check_number("z", z, minimum=-6, maximum=6), check_number("lr", lr, minimum=0.01, maximum=10)
        step = check_int("step", step, minimum=0)
        if step > STEPS:
            raise ValueError(f"step is {step}; expected at most {STEPS}")
        super().__init__(
            still=still_picture(self._draw),
            alt=self._in_words(),
            meta={"title": title, "x": self.x, "y": self.y, "start": {"z": self.z, "lr": self.lr, "step": step}},
        )

    def outputs(self, loss: str) -> np.ndarray:
        """Return the neuron's output before each step, and after the last."""
        z = [self.z]
        for _ in range(STEPS):
            z.append(z[-1] - (self.x**2 + 1) * self.lr * SLOPES[loss](sigmoid(z[-1]), self.y))
        return sigmoid(np.array(z))

    def lines(self) -> list[str]:
        """Return the output at a few steps, with both losses."""
        sample = "" if (self.x, self.y) == (1, 1) else f", x = {self.x:g}, label {self.y}"
        lines = [f"{self.meta['title']}: z = {self.z:g}, learning rate {self.lr:g}{sample}"]
        for loss in SLOPES:
            a = self.outputs(loss)
            lines.append(f"{loss}: output " + ", ".join(f"{a[step]:.3f} at step {step}" for step in (0, 10, 50, STEPS)))
        return lines

    def _in_words(self) -> str:
        """Return what the initial picture shows."""
        squared, entropy = (self.outputs(loss)[50] for loss in SLOPES)
        outputs = f"{entropy:.2f} with cross-entropy, and {squared:.2f} with the squared error"
        return f"The output of the neuron over {STEPS} steps. The label is {self.y}. After 50 steps the output is {outputs}."

    def _draw(self, figure: Figure) -> None:
        plots.curves({loss: self.outputs(loss) for loss in SLOPES}, xlabel="step", ylabel="output", ax=figure.subplots())
