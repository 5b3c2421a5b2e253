from .backprop_stepper import BackpropStepper
from .digit_canvas import DigitCanvas
from .digit_network import load_digit_network
from .explore import Choice, Explore
from .neuron_explorer import NeuronExplorer
from .training_explorer import TrainingExplorer

__all__ = ["BackpropStepper", "Choice", "DigitCanvas", "Explore", "NeuronExplorer", "TrainingExplorer", "load_digit_network"]
