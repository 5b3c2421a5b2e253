"""What all figures share: colors that everybody can distinguish, and fresh axes of a size that stays readable on a phone."""

import re
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.typing import ColorType

from .._checks import check_number
from .._typing import Array

# Blue, vermillion, green, and purple are from Okabe and Ito, "Color Universal Design" (2008); violet and crimson were chosen to be far
# from them for color-blind eyes too. All have a contrast of at least 3 : 1 on a white page and on a dark one.
PALETTE: tuple[str, ...] = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7B4FE0", "#E10F4B")
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (8, 3)))  # color is never the only difference
MARKERS: tuple[str, ...] = ("o", "s", "^", "D", "v", "X")
BLUE, VERMILLION, GREEN, _, VIOLET, _ = PALETTE
GRAY, NIGHT = "#808080", "#040506"  # on any fill white or NIGHT has a contrast of at least 4.5 : 1
# Text on one of the pale colors is in a near-black of its own: in dark mode, a page replaces all three.
PALE_BLUE, PALE_ORANGE, PALE_INK = "#CFE3F1", "#F8D9C4", "#050607"
DIVERGING = LinearSegmentedColormap.from_list("diverging", ["#004B76", BLUE, "white", VERMILLION, "#8A3D00"], N=257)  # odd: 0 is white
SEQUENTIAL = LinearSegmentedColormap.from_list("sequential", ["white", BLUE, "#00304C"])


def luminance(color: ColorType) -> float:
    """Return the relative luminance of a color, from 0 (black) to 1 (white), as WCAG 2 defines it."""
    rgb = np.array(to_rgb(color))
    return float(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


def contrast(color: ColorType, other: ColorType) -> float:
    """Return the contrast of two colors, from 1 to 21, as WCAG 2 defines it.

    Examples
    --------
    >>> round(contrast("black", "white"))
    21
    """
    darker, lighter = sorted([luminance(color), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(color: ColorType) -> str:
    """Return the text color, white or nearly black, that stands out best from a background."""
    return max("white", NIGHT, key=lambda text: contrast(text, color))


def ink() -> str:
    """Return the color that matplotlib is set to write in."""
    return str(plt.rcParams["text.color"])


def new_axes(rows: int = 1, columns: int = 1, *, size: tuple[float, float] = (4.5, 3.0)) -> Any:
    """Return the axes of a new figure; narrow by default, so that its text stays readable on a phone.

    Parameters
    ----------
    rows, columns : int
        Prefer rows: panels side by side become small.
    size : (float, float)
        Width and height of one panel in inches.

    Returns
    -------
    Axes, or ndarray of Axes if there are several

    Examples
    --------
    >>> upper, lower = new_axes(rows=2)
    >>> upper.figure.get_size_inches()
    array([4.5, 6. ])
    """
    space = ConstrainedLayoutEngine(hspace=0.08)  # a title is nearer to its own panel than to the one above
    figure, axes = plt.subplots(rows, columns, figsize=(columns * size[0], rows * size[1]), layout=space)
    for ax in figure.axes:
        ax.spines[["top", "right"]].set_visible(False)
    return axes


def axes_or_new(ax: Axes | None, size: tuple[float, float] = (4.5, 3.0)) -> Axes:
    """Return `ax`, or the axes of a new figure if it is None."""
    if ax is None:
        ax = new_axes(size=size)
    if not isinstance(ax, Axes):
        raise TypeError(f"ax is a {type(ax).__name__}; expected matplotlib Axes")
    return ax


def check_names(names: Sequence[object] | None, n: int, kind: str = "class") -> list[str]:
    """Return one name for each of `n` things: those given, or "class 0", "class 1", ..."""
    found = [f"{kind} {i}" for i in range(n)] if names is None else [str(name) for name in names]
    if len(found) != n:
        raise ValueError(f"names has {len(found)} entries; expected {n}, one for each {kind}")
    return found


def check_probabilities(name: str, P: Array) -> Array:
    """Return P if all its numbers are from 0 to 1, except for rounding."""
    if P.min() < 0 or P.max() > 1 + 1e-6:
        raise ValueError(f"{name} holds numbers from {P.min():.3g} to {P.max():.3g}; expected probabilities, 0 to 1")
    return P


def check_range(name: str, limits: tuple[float, float]) -> tuple[float, float]:
    """Return the two ends of a range as floats."""
    if np.shape(limits) != (2,):
        raise ValueError(f"{name} is {limits!r}; expected two numbers, the lowest and the highest")
    low = check_number(name, limits[0])
    return low, check_number(name, limits[1], above=low)


def minus(text: str) -> str:
    """Return a text whose negative numbers have a true minus sign, as on the axes, instead of a hyphen."""
    return re.sub(r"(?<!\w)-(?=\.?\d)|(?<=\de)-", "−", text)


def above(ax: Axes, n: int) -> None:
    """Put the legend, of `n` entries, above the axes, where it hides nothing."""
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(n, 3), frameon=False, handletextpad=0.4, columnspacing=1.2)
