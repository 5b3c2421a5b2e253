"""What the interactive figures have in common: a text form, an initial picture, their JavaScript, and answers from the kernel.

A figure is data that travel to the browser, and an ES module there that draws them. What delivers them
differs: a Jupyter widget in a notebook (see `jupyter.py`), the page itself when it is published, and the laboratory when the page runs
its own Python. Wherever Python runs, it computes on request what was not computed before.
"""

import asyncio
import base64
import html
import inspect
import io
import re
import secrets
import sys
from collections.abc import Callable, Generator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image

from ..plots.style import minus
from .jobs import Job

HERE = Path(__file__).parent
VIEW = "application/vnd.jupyter.widget-view+json"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./[\w-]+\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)
PIXELS_PER_INCH = 100  # of a figure on the page; a phone shows it smaller
SAVED = """<div class="nns-saved" data-figure="{name}">
<style>.jp-OutputArea-child:has(.nns-saved) + .jp-OutputArea-child .jupyter-widgets:not(:has(*)) {{ display: none; }}</style>
<img alt="{alt}" width="{width}" src="data:image/png;base64,{png}">
<p>This is a picture of the figure. Run the cell to make it interactive.</p>
</div>"""  # the rule hides the message that a figure is missing
DPI = 144  # of an initial picture: sharp on paper and on fine screens


def bundle(*names: str) -> str:
    """Return front-end files of this folder as one text: modules that import each other become one module.

    Parameters
    ----------
    *names : str
        In this order. Imports between the files and `export` are removed; `export default`, in the last file, stays.

    Examples
    --------
    >>> "import" in bundle("shared.js", "explore.js")
    False
    """
    text = "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)
    return EXPORT.sub("", IMPORT.sub("", text))


def png(figure: Figure, *, dpi: int = DPI, colors: int = 96) -> bytes:
    """Return a matplotlib figure as the bytes of a small PNG: on white, with a palette of a few colors.

    The palette starts from the most distant colors, so that a few small markers keep theirs next to large areas of many shades, and moves
    from there to the middle of what each color stands for.
    """
    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white")
    with Image.open(buffer) as image:
        few = image.convert("RGB").quantize(colors, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


def check_title(title: Any) -> None:
    """Raise a ValueError unless a title is a text with something in it."""
    if not isinstance(title, str) or not title.strip():
        raise ValueError(f"title is {title!r}; expected a few words")


def still_picture(draw: Callable[..., Any], size: tuple[float, float] = (4.8, 3.2)) -> bytes:
    """Return the PNG of what `draw(figure)` draws: the initial picture of a figure, for readers without JavaScript and on paper."""
    with matplotlib.rc_context({"figure.dpi": 100}):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure)
        return png(figure)


def in_words(error: Exception) -> str:
    """Return an error as a sentence for the reader of a figure."""
    expected = isinstance(error, (ValueError, TypeError, ArithmeticError))
    return str(error) if expected and str(error) else f"{type(error).__name__}: {error}"


def a_person_runs_this() -> bool:
    """Return whether a person runs the cell: programs that execute notebooks let nobody type anything in."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))


def display_html(text: str, plain: str) -> None:
    """Display HTML in the output of the cell that runs, and plain text where HTML cannot be shown."""
    from IPython.display import display

    display({"text/html": text, "text/plain": plain}, raw=True)


class LiveFigure:
    """The base of all interactive figures.

    A subclass sets `_esm` (see `bundle`), hands its data to this class, and defines `lines`; with `answer` it also computes on demand.

    Parameters
    ----------
    still : bytes
        PNG of the initial picture.
    alt : str
        What the picture shows.
    meta : dict
        Whatever the front end needs that JSON can hold; at least "title".
    **payload : bytes
        Larger data, by name; each also becomes an attribute.
    """

    _css = bundle("shared.css")
    _homes: tuple[str, ...] = ()  # modules, besides this package, between whose lines an answer may be ended

    def __init__(self, *, still: bytes, alt: str, meta: dict[str, Any], **payload: Any) -> None:
        check_title(meta["title"])
        self.meta, self.payload = meta, payload
        self._still, self._alt = still, minus(alt)
        self._job: Job | None = None
        self._widget: Any = None
        vars(self).update(payload)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        parameters = list(inspect.signature(cls.__init__).parameters.values())
        setattr(cls, "__signature__", inspect.Signature(parameters[1:]))  # noqa: B010  (for help and the documentation)

    def lines(self) -> Any:
        """Return the results of all frames, one line each: the text form, which tests of notebooks compare."""
        raise NotImplementedError

    def answer(self, request: dict[str, Any]) -> Generator[dict[str, Any], None, None]:
        """Yield, for a reader's request (a dict), dicts for the front end; "buffers" in one of them may hold a list of bytes.

        This runs as a `Job`: it is ended wherever it is as soon as the reader asks for something else.
        """
        raise ValueError(f"{type(self).__name__} has no answer to {sorted(request)}")
        yield

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the live figure; if a person runs the notebook, display a picture before it, for times when no kernel runs.

        The live figure hides this picture. A program that executes a notebook gets one output, which contains both.
        """
        width, height = (round(pixels / DPI * PIXELS_PER_INCH) for pixels in Image.open(io.BytesIO(self._still)).size)
        picture = base64.b64encode(self._still).decode()
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget().model_id, "alt": self._alt}
        if "saved" in self.meta:
            saved = SAVED.format(name=self.meta["saved"], alt=html.escape(self._alt), width=width, png=picture)
            display_html(saved, self._alt)
        data = {"text/plain": repr(self), VIEW: view}
        return (data, {}) if "saved" in self.meta else (data | {"image/png": picture}, {"image/png": {"width": width, "height": height}})

    def widget(self) -> Any:
        """Return the Jupyter widget that shows this figure, always the same one."""
        if self._widget is None:
            from .jupyter import widget

            if a_person_runs_this():
                self.meta["saved"] = secrets.token_hex(8)  # the name of the picture that the live figure hides
            self._widget = widget(self)
        return self._widget

    def send(self, content: Any, buffers: Any = None) -> None:
        """Send a dict, and a list of bytes, to the front end of a notebook."""
        self.widget().send(content, buffers)

    def hear(self, request: dict[str, Any]) -> None:
        """Start to answer the reader's request; an earlier answer that is still being computed is ended."""
        if "hello" in request:
            self.send({"hello": request["hello"]})
            return
        if self._job:
            self._job.end()
        if "forget" not in request:
            send: Any = partial(asyncio.get_running_loop().call_soon_threadsafe, self.send)  # type: ignore[arg-type]
            self._job = Job(partial(self._work, request, send), homes=[__name__, *self._homes])

    def _work(self, request: dict[str, Any], send: Any) -> None:
        job = request.get("job")
        try:
            with closing(self.answer(request)) as parts:
                for part in parts:
                    buffers = part.pop("buffers", [])
                    send({"job": job, **part}, buffers)
        except Exception as error:  # whatever went wrong, the reader is told, in the figure
            send({"job": job, "error": in_words(error)})
