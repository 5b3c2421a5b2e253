"""What a cell shows besides text: values, pictures, interactive figures.

`install` provides the few names of IPython that notebooks use, because that package does not exist here.
"""

import sys
import types

from . import drawing
from .page import as_text, shortened, tell

LIVE = "application/vnd.nnfromscratch.figure+json"
figures = []  # those on the page that may ask Python for something; the page knows each by its place in this list


def display(*values, metadata=None, raw=False, **options):
    """Show values as a notebook does."""
    for value in values:
        data = value if raw else bundle(value)
        tell("display", data=data, metadata=metadata or {})


def bundle(value):
    """Return what the page can show of a value: {type: content}."""
    data = {"text/plain": shortened(repr(value))}
    if drawing.is_figure(value):
        return data | {"image/svg+xml": drawing.svg(value)}
    if hasattr(value, "payload") and hasattr(value, "_esm"):
        return data | {LIVE: live(value)}
    for name, kind in (("_repr_svg_", "image/svg+xml"), ("_repr_html_", "text/html"), ("_repr_png_", "image/png")):
        method = None if isinstance(value, type) else getattr(value, name, None)
        content = method() if method else None
        if content is not None:
            data[kind] = as_text(content) if isinstance(content, bytes) else content
            return data
    return data


def live(figure):
    """Return an interactive figure as its data, its module, and its style."""
    if figure not in figures:
        figures.append(figure)
    payload = {name: as_text(content) for name, content in figure.payload.items()}
    return {
        "number": figures.index(figure),
        "esm": figure._esm,
        "css": figure._css,
        "meta": figure.meta,
        "payload": payload,
        "alt": getattr(figure, "_alt", ""),
    }


def answer(number, request):
    """Let a figure answer what the reader asked it for."""
    if "hello" in request:
        tell("figure", number=number, content={"hello": request["hello"]}, buffers=[])
    elif "forget" not in request:
        job = request.get("job")
        try:
            for part in figures[number].answer(request):
                buffers = [as_text(content) for content in part.pop("buffers", [])]
                tell("figure", number=number, content={"job": job, **part}, buffers=buffers)
        except Exception as error:  # the figure says what is wrong
            tell("figure", number=number, content={"job": job, "error": f"{type(error).__name__}: {error}"}, buffers=[])


class Shown:
    """A piece of HTML, Markdown, or the like, as in IPython.display."""

    kind = "text/plain"

    def __init__(self, data=""):
        self.data = data

    def __repr__(self):
        return f"<IPython.core.display.{type(self).__name__} object>"


class HTML(Shown):
    def _repr_html_(self):
        return self.data


class SVG(Shown):
    def _repr_svg_(self):
        return self.data


class Markdown(Shown):
    def __repr__(self):
        return self.data


class Javascript(Shown):
    """The page runs no scripts but its own: this shows its name and nothing more."""


def install():
    """Make `from IPython.display import display, HTML, ...` work, and `get_ipython()` return None."""
    package, module = types.ModuleType("IPython"), types.ModuleType("IPython.display")
    for name in (display, HTML, SVG, Markdown, Javascript):
        setattr(module, name.__name__, name)
    module.clear_output = lambda wait=False: tell("clear")
    package.display, package.get_ipython, package.version_info = module, lambda: None, (9, 0)
    sys.modules |= {"IPython": package, "IPython.display": module}
