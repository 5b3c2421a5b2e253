"""Interactive figures: on a published page they need no kernel; in a notebook they show your own networks and data.

A figure is the last line of a cell. Its text form gives the results as words and numbers.
"""

from .activation_curve import ActivationCurve
from .backprop_stepper import BackpropStepper
from .bends import Bends
from .digit_canvas import DigitCanvas
from .digit_network import load_digit_network
from .explore import Choice, Explore
from .gradient_cloud import GradientCloud
from .hidden_space import HiddenSpace
from .kernel_explorer import KernelExplorer
from .matrix_product import MatrixProduct
from .neuron_line import NeuronLine
from .one_neuron import OneNeuron
from .playground import Playground
from .score_bars import ScoreBars
from .tape_stepper import TapeStepper
from .ten_layers import TenLayers
from .two_losses import TwoLosses

__all__ = [
    "ActivationCurve", "BackpropStepper", "Bends", "Choice", "DigitCanvas", "Explore", "GradientCloud", "HiddenSpace",
    "KernelExplorer", "MatrixProduct", "NeuronLine", "OneNeuron", "Playground", "ScoreBars", "TapeStepper", "TenLayers",
    "TwoLosses", "load_digit_network",
]  # fmt: skip
