"""Figures of the course: arrays and functions in, matplotlib Axes out.

No function here trains a network, changes one, or touches matplotlib's settings. Each draws into the axes given as `ax`, or, without one,
into a new figure; each returns its axes, so that a title or another line can be added. Text, frames, and thin lines take the color that
matplotlib is set to; whatever is filled has a fixed color with readable text on it. So a figure also works on a dark page.
"""

from .classes import decision_boundary, neuron_line, samples
from .diagrams import network_diagram
from .functions import activation, descent_contours, descent_curve, tangent
from .graph import computation_graph
from .images import image_grid, weight_images
from .results import activation_histograms, confusion_matrix, curves, probabilities, training_curves
from .style import DASHES, MARKERS, PALETTE, new_axes
from .tape import tape_graph

__all__ = [
    "DASHES", "MARKERS", "PALETTE", "activation", "activation_histograms", "computation_graph", "confusion_matrix", "curves",
    "decision_boundary", "descent_contours", "descent_curve", "image_grid", "network_diagram", "neuron_line", "new_axes",
    "probabilities", "samples", "tangent", "tape_graph", "training_curves", "weight_images",
]  # fmt: skip
