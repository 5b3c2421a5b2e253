"""Figures that answer: on a published page without any kernel, and in a notebook also for values that nobody foresaw.

Each figure is the last line of a cell. Its text form lists the results of everything that a reader can choose.
"""

from .backprop_stepper import BackpropStepper
from .digit_canvas import DigitCanvas
from .digit_network import load_digit_network
from .explore import Choice, Explore
from .kernel_explorer import KernelExplorer
from .neuron_explorer import NeuronExplorer
from .playground import Playground
from .tape_stepper import TapeStepper
from .training_explorer import TrainingExplorer

__all__ = [
    "BackpropStepper", "Choice", "DigitCanvas", "Explore", "KernelExplorer", "NeuronExplorer", "Playground", "TapeStepper",
    "TrainingExplorer", "load_digit_network",
]  # fmt: skip
