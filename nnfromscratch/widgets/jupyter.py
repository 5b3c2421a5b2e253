"""Where a figure meets Jupyter: the only module here that needs anywidget."""

from typing import Any

import anywidget
from traitlets import Bytes, Dict


def widget(figure: Any) -> Any:
    """Return the Jupyter widget that shows a figure: its data, its module, and its style, and messages in both directions.

    Parameters
    ----------
    figure : LiveFigure

    Returns
    -------
    anywidget.AnyWidget
    """
    traits: dict[str, Any] = {"meta": Dict(figure.meta), **{name: Bytes(value) for name, value in figure.payload.items()}}
    members = {name: trait.tag(sync=True) for name, trait in traits.items()}
    members |= {"__module__": __name__, "_esm": figure._esm, "_css": figure._css}
    shown = type(type(figure).__name__, (anywidget.AnyWidget,), members)()
    shown.on_msg(lambda _, request, buffers: figure.hear(request))
    return shown
