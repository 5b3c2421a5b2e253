"""Assignments' Markdown as HTML to print, with formulas for MathJax."""

import html
import re

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

FORMATTER = HtmlFormatter(nowrap=True)
STYLE = (
    HtmlFormatter().get_style_defs("pre")
    + """
pre { background: #f4f6f8; border-left: 2pt solid #1d3f72; padding: 0.5em 0.8em; break-inside: avoid-page; margin-bottom: 0.8em; }
.sample { border-left: 2pt solid #009e73; padding-left: 1em; } .sample > p:first-child { break-after: avoid; }
h1 { break-before: page; } h1:first-of-type { break-before: auto; }
table { break-inside: auto; } tr { break-inside: avoid; } .ask td:first-child { width: 48%; }
"""
)


def formula(text, options):
    """Return a formula as MathJax finds it."""
    opened, closed = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{opened}{html.escape(text.strip(), quote=False)}{closed}"


RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table").use(dollarmath_plugin, renderer=formula)


def markdown(text):
    """Return Markdown as HTML; a reference to a page becomes its name."""
    text = re.sub(r"\{(?:doc|ref|numref|term|eq)\}`(?:([^`<]+?) ?<[^`]+>|([^`]+))`", lambda match: match[1] or match[2], text)
    return RENDERER.render(text)


def code(text):
    """Return Python as HTML, colored."""
    return f"<pre>{highlight(text.strip(), PythonLexer(), FORMATTER)}</pre>"
