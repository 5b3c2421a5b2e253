"""A figure of every kind, for tests that try them all."""

import numpy as np

import nnfromscratch as nn
from nnfromscratch import widgets
from nnfromscratch.autodiff import Tensor
from nnfromscratch.widgets.base import LiveFigure


def one_of_each():
    """Return a figure of every kind, by name."""
    rng = np.random.default_rng(0)
    network = nn.Network(nn.mlp([2, 2, 2], "Tanh", rng=1, dtype=np.float64))
    w, x = Tensor(2.0, "w"), Tensor(3.0, "x")
    figures = [
        widgets.ActivationCurve(),
        widgets.BackpropStepper(network, np.array([[1.0, -0.5]]), np.array([1])),
        widgets.Bends(4),
        widgets.DigitCanvas(),
        widgets.Explore(draw_line, title="A line", slope=[1.0, 2.0, 3.0]),
        widgets.GradientCloud(),
        widgets.HiddenSpace(),
        widgets.KernelExplorer({"noise": rng.random((28, 28))}, {"edges": np.array([[-1.0, 0.0, 1.0]] * 3)}),
        widgets.MatrixProduct(rng.normal(size=(2, 3)), rng.normal(size=(3, 2))),
        widgets.NeuronLine(),
        widgets.OneNeuron(),
        widgets.Playground(),
        widgets.ScoreBars(),
        widgets.TapeStepper({"a square": (w * x) ** 2}),
        widgets.TenLayers(),
        widgets.TwoLosses(),
    ]
    assert {type(figure) for figure in figures} == set(LiveFigure.__subclasses__()), "a kind of figure is missing here"
    return {type(figure).__name__: figure for figure in figures}


def draw_line(figure, slope):
    """Draw a line, and return which one."""
    figure.subplots().plot([0, 1], [0, slope])
    return f"A line of slope {slope}."
