"""Networks as pictures: a column of neurons for each layer, a line for each weight."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from .._checks import check_array, check_int
from .._typing import Array
from ..network import Network
from .style import BLUE, GRAY, GREEN, VERMILLION, axes_or_new, check_names, ink


def network_diagram(
    network: Network | Sequence[int] | Sequence[Array], *, labels: Sequence[str] | None = None, max_neurons: int = 8, ax: Axes | None = None
) -> Axes:
    """Draw the neurons of a network, layer by layer, and how they are connected; dots shorten long layers.

    Parameters
    ----------
    network : sequence of int, sequence of ndarray, or Network
        The sizes of the layers, or the weight matrices (n_in, n_out), or a network. Weights give the lines their width (how large) and
        their color and dashes (orange, solid: positive; blue, dashed: negative).
    labels : sequence of str, optional
        A name under each layer.
    max_neurons : int
        A layer with more neurons than this is shortened.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there are fewer than two layers, or weight matrices do not fit together.

    Examples
    --------
    >>> ax = network_diagram([784, 128, 10], labels=["pixels", "hidden", "digits"])
    >>> [text.get_text() for text in ax.texts if "\\n" in text.get_text()]
    ['pixels\\n784', 'hidden\\n128', 'digits\\n10']
    """
    sizes, weights = _sizes_and_weights(network)
    limit = check_int("max_neurons", max_neurons, 3)
    names = [""] * len(sizes) if labels is None else check_names(labels, len(sizes), "layer")
    places = [_heights(size, limit) for size in sizes]
    top = max(max(layer.values()) for layer in places)
    ax = axes_or_new(ax, (4.5, 1.2 + 0.66 * top))
    for i, (start, end) in enumerate(pairwise(places)):
        ax.add_collection(_lines(i, start, end, None if weights is None else weights[i]))
    colors = [GREEN, *[BLUE] * (len(sizes) - 2), VERMILLION]
    for i, (size, layer, name, color) in enumerate(zip(sizes, places, names, colors)):
        ax.scatter([i] * len(layer), list(layer.values()), s=230, color=color, edgecolor="white", linewidth=1, zorder=3)
        if len(layer) < size:
            ax.plot([i] * 3, [-0.3, 0, 0.3], "o", color=color, markersize=3)
        ax.text(i, -top - 0.7, f"{name}\n{size}".strip(), ha="center", va="top", color=ink())
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-top - 0.7, top + 0.5))
    ax.axis("off")
    return ax


def _sizes_and_weights(network: Any) -> tuple[list[int], list[Array] | None]:
    """Return the layer sizes, and the weight matrices or None."""
    if isinstance(network, Network):
        network = [layer.params["W"] for layer in network.layers if "W" in layer.params]
    if not isinstance(network, (list, tuple)) or not network:
        raise TypeError(f"network is {network!r}; expected layer sizes, weight matrices, or a Network with weights")
    if not isinstance(network[0], np.ndarray):
        if len(network) < 2:
            raise ValueError(f"network is {network}; expected at least 2 sizes, of the inputs and of the outputs")
        return [check_int("network", size) for size in network], None
    weights = list(network)
    check_array("weights[0]", weights[0], ndim=2)
    for i, (W, following) in enumerate(pairwise(weights), start=1):
        check_array(f"weights[{i}]", following, shape=(W.shape[1], None))
    return [weights[0].shape[0], *(W.shape[1] for W in weights)], weights


def _heights(size: int, limit: int) -> dict[int, float]:
    """Return the height of each drawn neuron by index; of a long layer only the first and the last ones, with room for dots."""
    half = (limit - 1) // 2
    rows = list(range(size)) if size <= limit else [*range(half), None, *range(size - half, size)]
    return {neuron: (len(rows) - 1) / 2 - row for row, neuron in enumerate(rows) if neuron is not None}


def _lines(column: int, start: dict[int, float], end: dict[int, float], W: Array | None) -> LineCollection:
    """Return the lines between two neighboring columns, as wide as the weights are large."""
    pairs = [(i, j) for i in start for j in end]
    segments = [[(column, start[i]), (column + 1, end[j])] for i, j in pairs]
    if W is None:
        return LineCollection(segments, colors=GRAY, linewidths=0.8)
    w = np.array([W[pair] for pair in pairs]) / (np.abs(W).max() or 1.0)
    return LineCollection(
        segments, linewidths=0.3 + 2.7 * np.abs(w), colors=np.where(w < 0, BLUE, VERMILLION), linestyles=np.where(w < 0, "--", "-").tolist()
    )
