"""What a training run did and how good its network is: curves, bars, histograms, and the confusion matrix."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from .._checks import check_array, check_int, check_shape
from .._typing import Array
from .style import BLUE, DASHES, GRAY, PALETTE, SEQUENTIAL, axes_or_new, check_names, check_probabilities, ink, minus, readable_on


def curves(lines: Mapping[str, Any], *, xlabel: str = "epoch", ylabel: str = "loss", log: bool = False, ax: Axes | None = None) -> Axes:
    """Draw several runs to compare them, each with its own color and dashes.

    Parameters
    ----------
    lines : dict
        The name of each line and its values, for epoch 1, 2, 3, ...; six lines at most.
    xlabel, ylabel : str
    log : bool
        Whether the vertical axis is logarithmic.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there is no line or too many, or one holds NaN, infinity, or nothing.

    Examples
    --------
    >>> ax = curves({"lr 0.1": [2.0, 1.0, 0.5], "lr 0.01": [2.0, 1.9, 1.8]})
    >>> ax.lines[0].get_xdata()
    array([1, 2, 3])
    """
    if not 1 <= len(_check_dict("lines", lines)) <= len(PALETTE):
        raise ValueError(f"lines has {len(lines)} entries; expected 1 to {len(PALETTE)}")
    values = {name: check_array(str(name), np.asarray(line, dtype=float), ndim=1) for name, line in lines.items()}
    ax = axes_or_new(ax)
    for (name, line), color, dash in zip(values.items(), PALETTE, DASHES):
        marker = "o" if line.size == 1 else None
        ax.plot(np.arange(1, line.size + 1), line, color=color, linestyle=dash, linewidth=2, marker=marker, label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, yscale="log" if log else "linear")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.legend(frameon=False)
    return ax


def training_curves(history: Mapping[str, Sequence[float]], quantity: str = "loss", *, log: bool = False, ax: Axes | None = None) -> Axes:
    """Draw how the loss or the accuracy changed while a network learned, on the training and on the validation samples.

    Parameters
    ----------
    history : dict of lists
        As `Network.fit` returns it; validation values, if it has any, are drawn as well.
    quantity : str
        "loss" or "accuracy".
    log : bool
        Whether the vertical axis is logarithmic.
    ax : Axes, optional

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the history has no such quantity.

    Examples
    --------
    >>> ax = training_curves({"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]})
    >>> [line.get_label() for line in ax.lines]
    ['training', 'validation']
    """
    keys = {"training": quantity, "validation": f"val_{quantity}"}
    lines = {name: history[key] for name, key in keys.items() if len(_check_dict("history", history).get(key, []))}
    if "training" not in lines:
        raise ValueError(f"history has no {quantity!r}; it has: {', '.join(key for key in history if len(history[key]))}")
    return curves(lines, ylabel=quantity, log=log, ax=ax)


def probabilities(p: Array, names: Sequence[str] | None = None, *, true: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw the probability that a network gives to each class.

    Parameters
    ----------
    p : ndarray of float, shape (n_classes,)
        Numbers from 0 to 1.
    names : sequence of str, optional
        By default 0, 1, 2, ...
    true : int, optional
        The right class, to be marked.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = probabilities(np.array([0.1, 0.7, 0.2]), ["cat", "dog", "owl"], true=2)
    >>> [text.get_text() for text in ax.texts]
    ['0.10', '0.70', '0.20  true']
    """
    check_probabilities("p", check_array("p", p, ndim=1))
    names = check_names(range(p.size) if names is None else names, p.size)
    if true is not None and check_int("true", true, 0) >= p.size:
        raise ValueError(f"true is {true}; expected a class from 0 to {p.size - 1}")
    ax = axes_or_new(ax, (4.5, 0.8 + 0.24 * p.size))
    ax.barh(range(p.size), p, color=[BLUE if i == p.argmax() else GRAY for i in range(p.size)])
    for i, value in enumerate(p):
        words, weight = (f"{value:.2f}  true", "bold") if i == true else (f"{value:.2f}", "normal")
        ax.text(value + 0.015, i, words, va="center", color=ink(), weight=weight)
    ax.set(yticks=range(p.size), yticklabels=names, xlabel="probability", xlim=(0, 1.25), xticks=[0, 0.25, 0.5, 0.75, 1])
    ax.invert_yaxis()
    return ax


def confusion_matrix(counts: Array, names: Sequence[str] | None = None, *, ax: Axes | None = None) -> Axes:
    """Draw how often each true class was predicted as each class; the darker a cell, the larger its fraction of the row.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes, n_classes)
        Rows are true classes, columns are predicted ones.
    names : sequence of str, optional
        By default 0, 1, 2, ...
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = confusion_matrix(np.array([[8, 2], [0, 9]]))
    >>> [text.get_text() for text in ax.texts]
    ['8', '2', '0', '9']
    """
    if not isinstance(counts, np.ndarray) or counts.dtype.kind not in "iu":
        raise TypeError(f"counts is {getattr(counts, 'dtype', type(counts).__name__)}; expected a NumPy array of integers")
    n = len(counts) if counts.size else 1
    check_shape("counts", counts, (n, n))
    if counts.min() < 0:
        raise ValueError(f"counts holds {counts.min()}; expected 0 or more")
    names = check_names(range(n) if names is None else names, n)
    shares = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))  # the square root makes even a few mistakes visible
    ax = axes_or_new(ax, (max(3.6, 0.46 * n), max(3.0, 0.42 * n)))
    ax.imshow(shares, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    for (i, j), count in np.ndenumerate(counts):
        ax.text(j, i, str(count), ha="center", va="center", color=readable_on(SEQUENTIAL(shares[i, j])))
    ax.set(xticks=range(n), yticks=range(n), xticklabels=names, yticklabels=names, xlabel="predicted", ylabel="true")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def activation_histograms(activations: Mapping[str, Array], *, bins: int = 40, ax: Axes | None = None) -> Axes:
    """Draw how the numbers in each layer are spread, one row per layer, with their standard deviation.

    Parameters
    ----------
    activations : dict of ndarray
        The name of each layer and its outputs, of any shape.
    bins : int
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = activation_histograms({"layer 1": np.array([-1.0, 1.0]), "layer 2": np.array([-0.5, 0.5])})
    >>> [text.get_text() for text in ax.texts]
    ['std 1', 'std 0.5']
    """
    if not _check_dict("activations", activations):
        raise ValueError("activations is empty; expected at least one layer")
    values = [check_array(name, array).ravel() for name, array in activations.items()]
    low, high = min(v.min() for v in values), max(v.max() for v in values)
    edges = np.histogram_bin_edges([low, high], check_int("bins", bins))
    ax = axes_or_new(ax, (4.5, 0.8 + 0.5 * len(values)))
    for row, v in enumerate(values):
        counts = np.histogram(v, edges)[0]
        ax.stairs(row - 0.85 * counts / counts.max(), edges, baseline=row, fill=True, color=BLUE)
        ax.text(1.01, row, minus(f"std {v.std():.2g}"), transform=ax.get_yaxis_transform(), color=ink())
    ax.set(yticks=range(len(values)), yticklabels=activations, xlabel="value", ylim=(len(values) - 0.9, -1))
    return ax


def _check_dict(name: str, value: object) -> dict[Any, Any]:
    """Return `value` if it is a dict."""
    if not isinstance(value, dict):
        raise TypeError(f"{name} is a {type(value).__name__}; expected a dict")
    return value
