"""The matplotlib backend of the laboratory. Importing it also sets the colors that follow the page's."""

import matplotlib
from matplotlib.backend_bases import FigureManagerBase as FigureManager
from matplotlib.backends.backend_svg import FigureCanvasSVG as FigureCanvas

from . import display, drawing

__all__ = ["FigureCanvas", "FigureManager", "show"]


def show(*args, **kwargs):
    """Show what has been drawn: `plt.show()`."""
    display.display(*drawing.open_figures())


def set_colors():
    """Draw text and axes in the color that becomes the page's, on no background."""
    from nnfromscratch.widgets.svg import STYLE

    kept = {name: value for name, value in STYLE.items() if not name.startswith("axes.spines")}
    matplotlib.rcParams.update(kept | {"figure.dpi": drawing.PIXELS_PER_INCH})


set_colors()
