"""matplotlib in a page: a backend whose figures become SVG, readable in light and dark mode.

matplotlib is imported only when a cell has done so.
"""

import sys

BACKEND = "module://laboratory.backend"
PIXELS_PER_INCH = 100


def is_figure(value):
    """Return whether a value is a matplotlib figure."""
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def svg(figure):
    """Return a figure as the text of an SVG element of the size that it has on the published page."""
    from nnfromscratch.widgets.svg import svg as slim_svg

    width, height = (round(PIXELS_PER_INCH * length) for length in figure.get_size_inches())
    return slim_svg(figure).replace("<svg ", f'<svg data-width="{width}" data-height="{height}" ', 1)


def open_figures():
    """Return the figures that pyplot holds, and close them: each is shown once."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    found = [pyplot.figure(number) for number in pyplot.get_fignums()]
    pyplot.close("all")
    return found
