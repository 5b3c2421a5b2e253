"""matplotlib figures as small SVG for a page: coordinates have one decimal, and text has the color of the page's text."""

import io
import re
from typing import Any

import matplotlib
from matplotlib.figure import Figure

INK = "#010203"  # drawn in place of black; on the page it is the color of the text around, light or dark
STYLE: Any = {
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "legend.edgecolor"), INK),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "legend.framealpha": 0,
    "svg.fonttype": "none",
    "svg.hashsalt": "nnfromscratch",
}
COORDINATES = re.compile(r' (?:d|points|x|y|x1|y1|x2|y2|cx|cy|r|width|height)="[^"]*"|\b(?:translate|rotate)\([^)]*\)')
NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?")
CLUTTER = re.compile(r"(?s)<\?xml.*?(?=<svg)|<!--.*?-->|<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>")
UNUSED_ID = re.compile(r' id="(?:figure|axes|patch|line2d|text|xtick|ytick|matplotlib\.axis|legend|[A-Z]\w+)_\d+"')


def svg(figure: Figure) -> str:
    """Return a matplotlib figure, drawn under the settings `STYLE`, as the text of a slim SVG element."""
    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return slim(buffer.getvalue())


def slim(text: str) -> str:
    """Return the text of an SVG file without anything that a page does not need. Numbers in its texts are not changed.

    Examples
    --------
    >>> slim('<svg x="0"><!-- axis --><path d="M 1.2345 0.0312" style="stroke: #010203; opacity: 0.25"/><text>0.0125</text></svg>')
    '<svg x="0"><path d="M 1.2 0" style="stroke: currentColor; opacity: 0.25"/><text>0.0125</text></svg>'
    """
    parts = re.split(r"(<[^>]*>)", UNUSED_ID.sub("", CLUTTER.sub("", text)))  # text, tag, text, tag, ..., text
    parts[1::2] = (COORDINATES.sub(_round, tag).replace(INK, "currentColor") for tag in parts[1::2])
    slimmed = re.sub(r">\s*\n\s*<", ">\n<", "".join(parts)).strip()
    # the rule that matplotlib writes for every element would hold for the whole page
    return slimmed.replace("<svg ", '<svg style="stroke-linejoin: round; stroke-linecap: butt" ', 1) if "<style" in text else slimmed


def _round(attribute: Any) -> Any:
    return NUMBER.sub(lambda number: f"{float(number[0]):z.1f}".removesuffix(".0"), attribute[0])
