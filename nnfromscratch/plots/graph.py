"""The computation graph: every number of a small network's forward pass, and its gradient in the backward pass."""

from itertools import product
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from .._checks import check_array
from .._typing import Array
from ..layers import Layer, Softmax
from ..network import Network
from .style import BLUE, GRAY, GREEN, PALE_BLUE, PALE_INK, PALE_ORANGE, VERMILLION, VIOLET, axes_or_new, ink, minus, readable_on

WIDTH, STRIP, GAP = 0.58, 0.19, 0.32  # of a card, of each of its three strips, and between rows, all in inches
MOST_CARDS = 16


class Card(NamedTuple):
    """One number of the graph: its name, value, and gradient, its place, and the color of its head."""

    name: str
    value: float
    gradient: float
    x: float
    y: float
    color: str


def computation_graph(network: Network, X: Array, y: Array, *, ax: Axes | None = None) -> Axes:
    """Draw the forward values of a small network, and under each the gradient of the loss with respect to it.

    Data flow down, gradients flow back up. A weight sits on the line whose number it multiplies. The numbers are those of the network's
    own layers, run on a copy: the network stays as it is.

    Parameters
    ----------
    network : Network
        Small: at most 16 weights and biases in a layer.
    X : ndarray of float, shape (1, n_in)
        One sample, of the network's dtype.
    y : ndarray
        Its label, shape (1,), or its targets, shape (1, n_out).
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        If X is more than one sample, something does not fit the network, or the network is too large.

    Examples
    --------
    >>> from nnfromscratch import Linear, Network, SquaredError
    >>> network = Network([Linear(1, 1, init="zeros", dtype=np.float64)], SquaredError())
    >>> ax = computation_graph(network, np.array([[3.0]]), np.array([[2.0]]))
    >>> [text.get_text() for text in ax.texts[-5:-2]]
    ['loss', '2', '1']
    """
    if not isinstance(network, Network):
        raise TypeError(f"network is a {type(network).__name__}; expected a Network")
    check_array("X", X, shape=(1, None))
    widest = max(X.size, *(_n_parameters(layer) for layer in network.layers))
    if widest > MOST_CARDS:
        raise ValueError(f"network needs {widest} numbers in a row; expected at most {MOST_CARDS} (network_diagram draws larger ones)")
    rows, edges = _layout(widest * (WIDTH + 0.06), *_run(network.astype(network.dtype), X, y))
    right, bottom = max(1.5, widest * (WIDTH + 0.06) / 2), rows[-1][0].y - 3 * STRIP
    ax = axes_or_new(ax, (2 * right + 0.5, 0.6 - bottom))
    for start, end in edges:
        times = end.name.startswith("$w")  # a weight is not computed from what it multiplies: the line ends at a sign, not in an arrow
        arrow = {"arrowstyle": "-" if times else "-|>", "color": GRAY, "shrinkA": 0, "shrinkB": 9 * times}
        ax.annotate("", (end.x, end.y), (start.x, start.y - 3 * STRIP), arrowprops=arrow)
        if times:
            ax.plot(end.x, end.y + 0.06, "x", color=GRAY, markersize=5)
    for row in rows:
        for card in row:
            _draw_card(ax, card)
    weight_rows = [row for row in rows if row[-1].name.startswith("$b")]
    for number, row in enumerate(weight_rows if len(weight_rows) > 1 else [], start=1):  # a single layer needs no number
        ax.text(-right - 0.2, row[0].y - 3 * STRIP - GAP / 2, f"layer {number}", rotation=90, ha="center", va="center", color=ink())
    for x, words, color in [(-0.85, "value", PALE_BLUE), (0.45, "gradient of the loss", PALE_ORANGE)]:
        ax.text(x, bottom - 0.28, words, ha="center", va="center", color=PALE_INK, bbox={"facecolor": color, "edgecolor": "none", "pad": 3})
    ax.set(xlim=(-right - 0.4, right + 0.1), ylim=(bottom - 0.5, 0.1), aspect="equal")
    ax.axis("off")
    return ax


def _n_parameters(layer: Layer) -> int:
    return sum(array.size for array in layer.params.values())


def _run(network: Network, X: Array, y: Array) -> tuple[list[Layer], list[Array], list[Array]]:
    """Return the layers, every value (first X, last the loss), and the gradient of the loss with respect to each."""
    outputs = [X]
    for layer in network.layers:
        outputs.append(layer.forward(outputs[-1]))
    loss, gradients = network.loss.forward(outputs[-1], y), [network.loss.backward()]
    for layer in reversed(network.layers):
        gradients.insert(0, layer.backward(gradients[0]))
    return network.layers, [*outputs, np.array([[loss]])], [*gradients, np.ones((1, 1))]


def _layout(
    width: float, layers: list[Layer], outputs: list[Array], gradients: list[Array]
) -> tuple[list[list[Card]], list[tuple[Card, Card]]]:
    """Return the rows of cards, top to bottom, and the pairs of cards that a line joins."""
    rows: list[list[Card]] = []
    edges: list[tuple[Card, Card]] = []

    def add_row(names: list[str], values: Array, grads: Array, color: str, places: list[float] | None = None) -> list[Card]:
        places = [((i + 0.5) / len(names) - 0.5) * width for i in range(len(names))] if places is None else places
        y = -len(rows) * (3 * STRIP + GAP)
        rows.append([Card(*card, y, color) for card in zip(names, np.ravel(values), np.ravel(grads), places)])
        return rows[-1]

    above = add_row(_names("x", outputs[0].size), outputs[0], gradients[0], GREEN)
    for layer, value, gradient in zip(layers, outputs[1:], gradients[1:]):
        if layer.params:
            n_in, n_out = layer.params["W"].shape
            weight = "$w$" if n_in == n_out == 1 else "$w_{{{}{}}}$"
            names = [
                name
                for j, bias in enumerate(_names("b", n_out), start=1)
                for name in [*(weight.format(i + 1, j) for i in range(n_in)), bias]
            ]
            values, grads = (np.vstack([of["W"], of["b"]]).T for of in (layer.params, layer.grads))
            cards = add_row(names, values, grads, VIOLET)
            below = add_row(_names("z", n_out), value, gradient, BLUE)
            for j, z in enumerate(below):
                group = cards[j * (n_in + 1) : (j + 1) * (n_in + 1)]  # the weights of neuron j, then its bias
                edges += [*zip(above, group), *((card, z) for card in group)]
        else:
            below = add_row(_names("a", value.size), value, gradient, BLUE, [card.x for card in above])
            edges += product(above, below) if isinstance(layer, Softmax) else zip(above, below)
        above = below
    return rows, edges + list(product(above, add_row(["loss"], outputs[-1], gradients[-1], VERMILLION)))


def _names(letter: str, n: int) -> list[str]:
    """Return x_1, x_2, ...; if there is only one, it needs no number."""
    return [f"${letter}_{{{i + 1}}}$" for i in range(n)] if n > 1 else [f"${letter}$"]


def _draw_card(ax: Axes, card: Card) -> None:
    """Draw a card: its name, its value, its gradient."""
    strips = [(card.name, card.color), (_short(card.value), PALE_BLUE), (_short(card.gradient), PALE_ORANGE)]
    for i, (words, color) in enumerate(strips):
        ax.add_patch(Rectangle((card.x - WIDTH / 2, card.y - (i + 1) * STRIP), WIDTH, STRIP, facecolor=color, edgecolor="none", zorder=3))
        ax.text(
            card.x,
            card.y - (i + 0.5) * STRIP,
            words,
            ha="center",
            va="center_baseline",
            color=PALE_INK if i else readable_on(color),
            zorder=4,
            fontsize=11 if i == 0 else 9,
        )


def _short(number: float) -> str:
    """Return a number with at most four digits and four decimals, and without a minus before 0."""
    return minus(f"{round(number, 4) + 0:.4g}")
