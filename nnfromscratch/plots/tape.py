"""A tape as a picture: every operation of a formula, what it computed, and the derivative that came back to it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from ..autodiff import Tensor
from .style import BLUE, GRAY, GREEN, PALE_BLUE, PALE_INK, PALE_ORANGE, VERMILLION, axes_or_new, minus, readable_on

WIDTH, STRIP, GAP = 1.05, 0.21, 0.34  # of a card, of each of its three strips, and between rows, all in inches
MOST_CARDS = 40


class Card(NamedTuple):
    """One tensor of a tape and its place in the picture: the middle of its upper edge, in inches, y downward.

    Examples
    --------
    >>> Card(Tensor(2.0, "w"), 0.0, 0.0).tensor.name
    'w'
    """

    tensor: Tensor
    x: float
    y: float


def tape_graph(tensor: Tensor, *, ax: Axes | None = None) -> Axes:
    """Draw the tape of a tensor: inputs at the top, one card per operation, the result at the bottom.

    A card shows a name, the value, and the derivative of the result with respect to it if there was a backward pass. Arrays of more than
    one number appear with their shape.

    Parameters
    ----------
    tensor : Tensor
        The result. Its tape has at most 40 entries.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    TypeError, ValueError
        If it is not a Tensor, or its tape is too long to be read.

    Examples
    --------
    >>> w, x = Tensor(2.0, "w"), Tensor(3.0, "x")
    >>> product = w * x
    >>> product.backward()
    >>> ax = tape_graph(product)
    >>> [text.get_text() for text in ax.texts if text.get_text()]
    ['w', '2', '3', 'x', '3', '2', '*', '6', '1', 'value', 'derivative']
    """
    cards = tape_layout(tensor)
    places = {card.tensor: card for card in cards}
    right, bottom = max(abs(card.x) for card in cards) + WIDTH / 2, max(card.y for card in cards) + 3 * STRIP
    ax = axes_or_new(ax, (2 * right + 0.3, bottom + 0.6))
    for end in cards:
        for source in dict.fromkeys(source for source, _ in end.tensor.inputs):
            start = places[source]
            arrow = {"arrowstyle": "-|>", "color": GRAY, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", (end.x, -end.y), (start.x, -start.y - 3 * STRIP), arrowprops=arrow)
    for card in cards:
        _draw(ax, card, color_of(card.tensor, tensor))
    for x, words, color in [(-0.6, "value", PALE_BLUE), (0.5, "derivative", PALE_ORANGE)]:
        ax.text(
            x, -bottom - 0.27, words, ha="center", va="center", color=PALE_INK, bbox={"facecolor": color, "edgecolor": "none", "pad": 3}
        )
    ax.set(xlim=(-right - 0.1, right + 0.1), ylim=(-bottom - 0.45, 0.1), aspect="equal")
    ax.axis("off")
    return ax


def tape_layout(tensor: Tensor) -> list[Card]:
    """Return a card for every tensor on the tape: each below all of its inputs, and in its row near the middle of them.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    list of Card

    Examples
    --------
    >>> w, x = Tensor(2.0), Tensor(3.0)
    >>> [(card.x, round(card.y, 2)) for card in tape_layout(w * x)]
    [(-0.6, 0.0), (0.6, 0.0), (0.0, 0.97)]
    """
    if not hasattr(tensor, "tape"):  # the class that a reader of the chapter builds works as well
        raise TypeError(f"tensor is a {type(tensor).__name__}; expected a Tensor")
    tape = tensor.tape()
    if len(tape) > MOST_CARDS:
        raise ValueError(f"the tape has {len(tape)} entries; expected at most {MOST_CARDS}, or the picture is too crowded to read")
    rows = defaultdict(list)
    for entry, row in _rows(tape).items():
        rows[row].append(entry)
    x: dict[Any, float] = {}
    for number in sorted(rows, reverse=True):  # from the result upward: each above the middle of what uses it
        users = {entry: [x[user] for user in tape if entry in {source for source, _ in user.inputs}] for entry in rows[number]}
        order = sorted(rows[number], key=lambda entry: (np.mean(users[entry]) if users[entry] else 0.0, entry.number))
        for place, entry in enumerate(order):
            x[entry] = (place - (len(order) - 1) / 2) * (WIDTH + 0.15)
    height = {row: place * (3 * STRIP + GAP) for place, row in enumerate(sorted(rows))}
    return [Card(entry, round(x[entry], 3), height[row]) for entry, row in _rows(tape).items()]


def _rows(tape: list[Tensor]) -> dict[Tensor, int]:
    """Return the row of every entry: operations below all of their inputs, inputs just above what uses them first."""
    row: dict[Tensor, int] = {}
    for entry in tape:
        row[entry] = 1 + max((row[source] for source, _ in entry.inputs), default=-1)
    for entry in tape:
        if not entry.inputs:
            row[entry] = min((row[user] for user in tape if entry in {source for source, _ in user.inputs}), default=1) - 1
    return row


def color_of(entry: Tensor, result: Tensor) -> str:
    """Return the color of a card's head: green for inputs, blue for operations, vermillion for the result."""
    return VERMILLION if entry is result else BLUE if entry.inputs else GREEN


def shown(array: np.ndarray | None) -> str:
    """Return what a card shows of an array: a number with four digits, or a shape.

    Examples
    --------
    >>> shown(np.array(1 / 3)), shown(np.zeros((64, 10))), shown(None)
    ('0.3333', '64 × 10', '')
    """
    if array is None:
        return ""
    return minus(f"{round(array.item(), 4) + 0:.4g}") if array.size == 1 else " × ".join(str(n) for n in array.shape)


def _draw(ax: Axes, card: Card, color: str) -> None:
    """Draw a card: its name, its value, its derivative."""
    entry = card.tensor
    for i, (words, fill) in enumerate([(entry.name, color), (shown(entry.data), PALE_BLUE), (shown(entry.grad), PALE_ORANGE)]):
        corner = (card.x - WIDTH / 2, -card.y - (i + 1) * STRIP)
        ax.add_patch(Rectangle(corner, WIDTH, STRIP, facecolor=fill, edgecolor="none", zorder=3))
        middle = (card.x, corner[1] + STRIP / 2)
        ax.text(*middle, words, ha="center", va="center_baseline", color=PALE_INK if i else readable_on(fill), zorder=4, fontsize=9)
