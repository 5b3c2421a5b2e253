"""Any matplotlib figure, over any combination of named choices: drawn once in Python, picked in the reader's browser."""

import inspect
import os
import zlib
from collections.abc import Callable, Hashable, Iterable
from functools import partial
from itertools import product
from numbers import Integral, Real
from time import perf_counter
from typing import Any

import matplotlib.pyplot
from matplotlib.figure import Figure

from .._checks import check_kind, check_number
from .base import PIXELS_PER_INCH, LiveFigure, bundle, check_title, png
from .own import read_names, read_vector
from .source import standalone
from .svg import STYLE, svg

KINDS = ("slider", "menu", "play")
DENSE = 150_000  # characters of SVG; beyond this, a phone is slow to draw it
HEAVY = 10_000  # compressed bytes of SVG per figure; beyond this, pixels may weigh less
SECONDS = float(os.environ.get("NNFROMSCRATCH_DRAW_SECONDS", "inf"))  # after which Explore leaves further frames for later


class Choice:
    """What a reader can choose from.

    Parameters
    ----------
    *values : numbers, strings, functions, or classes
        At least one, all different.
    label : str
        What the control is called; the parameter's name unless given.
    start : int
        Index of the value that is shown first.
    kind : {"slider", "menu", "play"}
        The control; "play" is a slider with a play button. Unless given: a slider for numbers, a menu for anything else.
    format : str
        How a value is written, as for `str.format`.
    names : sequence of str, optional
        How each value is written, in place of `format`: for functions whose own names would mean little to a reader.

    Raises
    ------
    TypeError, ValueError
        If there are no values, equal ones, a list among them, a start that is not an index, an unknown kind, a format that does not fit
        the values, or not one name for each value.

    Examples
    --------
    >>> Choice(0.1, 1.0, 10.0, label="learning rate", format="{:g}").options
    ['0.1', '1', '10']
    """

    def __init__(
        self, *values: Any, label: str = "", start: int = 0, kind: str = "", format: str = "{}", names: Iterable[str] | None = None
    ) -> None:
        if not values:
            raise ValueError("Choice has no values; expected at least one")
        for value in values:
            check_kind(
                "a value of Choice", value, Hashable, "numbers, strings, functions, or classes, such as Choice(1, 2) or Choice(*values)"
            )
        check_kind("label", label, str, "a few words")
        check_kind("format", format, str, "text such as '{:g}'")
        self.values, self.label, self.start = values, label, start
        self.numeric = all(isinstance(value, Real) and not isinstance(value, bool) for value in values)
        self.kind = kind or ("slider" if self.numeric else "menu")
        self.options = [_named(value, format) for value in values] if names is None else read_names("names", names)
        if len(self.options) != len(values):
            raise ValueError(f"there are {len(values)} values and {len(self.options)} names; expected one name for each value")
        if len(set(self.options)) < len(values):
            raise ValueError(f"Choice holds {self.options}; expected values that all differ")
        if not isinstance(start, Integral) or isinstance(start, bool) or not 0 <= start < len(values):
            raise ValueError(f"start is {start!r}; expected the index of one of {len(values)} values")
        if self.kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; expected one of: {', '.join(KINDS)}")

    def read(self, number: Any) -> Any:
        """Return what a reader typed as a value like the others: an integer if they are."""
        whole = all(isinstance(value, Integral) for value in self.values)
        if isinstance(number, bool) or not isinstance(number, (int, float)) or (whole and number != int(number)):
            raise ValueError(f"{self.label}: {number!r} is not a {'whole ' if whole else ''}number")
        return int(number) if whole else float(number)


def _named(value: Any, format: str) -> str:
    """Return how a value is written: by its name, or in a format."""
    try:
        return str(getattr(value, "__name__", None) or format.format(value))
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise ValueError(f"format is {format!r}, which cannot write {value!r} ({error}); expected one that can, such as '{{:g}}'") from None


class Explore(LiveFigure):
    """A figure with controls: every combination of the choices is drawn in advance, and the browser shows the one that is chosen.

    A page that runs its own Python sets NNFROMSCRATCH_DRAW_SECONDS in the environment. Then the frame that is shown first is drawn,
    and more of them until this time is up; the others are drawn when the reader chooses them. (With a choice of kind "play", all are
    drawn in advance.)

    Parameters
    ----------
    draw : function of (figure, **values)
        Draws one frame into an empty matplotlib figure, and returns a description of what it shows (the alt text); or a pair of
        this text and a dict of named results.
    title : str
        What the figure is called.
    size : (float, float)
        Width and height in inches.
    setup : str
        Code that defines what `draw` uses but the "Code" button cannot look up, such as data.
    **choices : Choice, list, or tuple
        The values of each parameter of `draw`. At most one may be of kind "play".

    Raises
    ------
    TypeError, ValueError
        If the choices do not fit `draw`, `draw` returns something else, or its code would lack a name.

    Examples
    --------
    >>> def draw(figure, power):
    ...     figure.subplots().plot([x**power for x in range(5)])
    ...     return f"A curve through (0, 0) and (4, {4**power})."
    >>> Explore(draw, title="Powers", power=[1, 2])
    Powers: power (1, 2)
    Power 1: A curve through (0, 0) and (4, 4).
    Power 2: A curve through (0, 0) and (4, 16).
    """

    _esm = bundle("shared.js", "explore.js")
    _css = bundle("shared.css", "explore.css")

    def __init__(
        self, draw: Callable[..., str], *, title: str, size: tuple[float, float] = (4.8, 3.2), setup: str = "", **choices: Any
    ) -> None:
        self.draw, self.size = draw, size
        self.choices = {name: _as_choice(name, choice) for name, choice in choices.items()}
        self._check(title, setup)
        self._homes = (draw.__module__,)
        combinations = list(product(*(range(len(choice.values)) for choice in self.choices.values())))
        start = tuple(choice.start for choice in self.choices.values())
        drawn = self._draw_frames(sorted(combinations, key=partial(_distance, start)))
        places = sorted(drawn)
        blocks, mime = _encode([drawn[place][0] for place in places], [drawn[place][3] for place in places])
        frames = {place: {"alt": drawn[place][1], "words": drawn[place][2], "size": len(block)} for place, block in zip(places, blocks)}
        values = [value for choice in self.choices.values() for value in choice.values]
        super().__init__(
            still=png(drawn[start][0]),
            alt=drawn[start][1],
            frames=zlib.compress(b"".join(blocks), 9),
            meta={
                "title": title,
                "width": round(size[0] * PIXELS_PER_INCH),
                "height": round(size[1] * PIXELS_PER_INCH),
                "mime": mime,
                "choices": [_describe(name, choice) for name, choice in self.choices.items()],
                "frames": [frames.get(place) for place in combinations],  # None: not drawn yet
                "code": standalone(draw, setup, values, plt=matplotlib.pyplot),
                "call": f'print({draw.__name__}(plt.figure(figsize={size}, layout="constrained"), VALUES))\nplt.show()',
            },
        )

    def lines(self) -> list[str]:
        """Return the title and the choices, a line for each frame, and the number of frames that are not drawn yet."""
        choices = ", ".join(f"{choice['label']} ({', '.join(choice['options'])})" for choice in self.meta["choices"])
        words = [frame["words"] for frame in self.meta["frames"] if frame]
        missing = len(self.meta["frames"]) - len(words)
        return [f"{self.meta['title']}: {choices}", *words, *([f"Drawn when they are chosen: {missing} more."] if missing else [])]

    def answer(self, request: dict[str, Any]) -> Any:
        """Draw the frame for values that the reader typed, or chose although it was not drawn yet."""
        values = {name: self._value(name, asked) for name, asked in request["values"].items()}
        figure, alt, words = self._draw(values)
        (block,), mime = _encode([figure], [svg(figure).encode()])
        yield {"alt": alt, "words": words, "mime": mime, "buffers": [block]}

    def _value(self, name: str, asked: Any) -> Any:
        choice = self.choices[name]
        return choice.values[asked["option"]] if "option" in asked else choice.read(asked["number"])

    def _check(self, title: str, setup: str) -> None:
        check_title(title)
        check_kind("setup", setup, str, "code as text")
        for length in read_vector("size", self.size, 2):
            check_number("size", length, minimum=0.5, maximum=50)
        if not self.choices:
            raise ValueError("there are no choices; expected at least one, such as lr=[0.1, 1.0]")
        if not inspect.isfunction(self.draw):
            raise TypeError(f"draw is a {type(self.draw).__name__}; expected a function of (figure, {', '.join(self.choices)})")
        try:
            inspect.signature(self.draw).bind(None, **self.choices)
        except TypeError as error:
            raise ValueError(f"draw does not take (figure, {', '.join(self.choices)}): {error}") from None
        if sum(choice.kind == "play" for choice in self.choices.values()) > 1:
            raise ValueError("several choices are of kind 'play'; expected at most one")

    def _draw_frames(self, places: list[tuple[int, ...]]) -> Any:
        """Return {place: frame and its SVG} of the first place, and of as many others as the time allows."""
        begun = perf_counter()
        seconds = float("inf") if any(choice.kind == "play" for choice in self.choices.values()) else SECONDS
        frames: dict[tuple[int, ...], Any] = {}
        for place in places:
            if frames and perf_counter() - begun > seconds:
                break
            frame = self._draw({name: choice.values[k] for (name, choice), k in zip(self.choices.items(), place)})
            frames[place] = *frame, svg(frame[0]).encode()  # which can take longer than drawing it
        return frames

    def _draw(self, values: Any) -> Any:
        """Return a figure, its alt text, and what is said about it."""
        with matplotlib.rc_context(STYLE):
            figure = Figure(figsize=self.size, layout="constrained")
            alt, results = _check_returned(self.draw(figure, **values))
        setting = ", ".join(f"{choice.label} {_written(choice, values[name])}" for name, choice in self.choices.items())
        return figure, alt, f"{_capitalized(setting)}: {results}{alt}"


def _distance(a: tuple[int, ...], b: tuple[int, ...]) -> int:
    """Return how many steps apart two settings are, over all choices together."""
    return sum(abs(i - j) for i, j in zip(a, b))


def _as_choice(name: str, choice: Any) -> Any:
    if not isinstance(choice, (Choice, list, tuple)):
        raise TypeError(f"{name} is a {type(choice).__name__}; expected a Choice, a list, or a tuple")
    choice = choice if isinstance(choice, Choice) else Choice(*choice)
    choice.label = choice.label or name
    return choice


def _capitalized(text: str) -> str:
    """Return a sentence with a capital at its start; a symbol such as x, lr, or x₁ stays what it is."""
    return text[:1].upper() + text[1:] if text[:3].isalpha() else text


def _written(choice: Any, value: Any) -> Any:
    return dict(zip(choice.values, choice.options)).get(value) or f"{value:g}"


def _check_returned(returned: Any) -> Any:
    """Return the alt text and the results, as text, that `draw` returned."""
    alt, results = returned if isinstance(returned, tuple) and len(returned) == 2 else (returned, {})
    if not isinstance(alt, str) or not isinstance(results, dict):
        raise TypeError(f"draw returned {returned!r}; expected the alt text, or (alt text, dict of results)")
    if not alt.strip():
        raise ValueError("draw returned an empty alt text; expected a description of the picture")
    said = ", ".join(f"{name} {_number(value)}" for name, value in results.items())
    return alt, said + ". " * bool(said)


def _number(value: Any) -> Any:
    return f"{value:.3g}" if isinstance(value, Real) and not isinstance(value, Integral) else str(value)


def _describe(name: str, choice: Any) -> Any:
    codes = [getattr(value, "__name__", None) or repr(value.item() if hasattr(value, "item") else value) for value in choice.values]
    return {
        "name": name,
        "label": choice.label,
        "kind": choice.kind,
        "start": choice.start,
        "options": choice.options,
        "codes": codes,
        "numeric": choice.numeric,
    }


def _encode(figures: Any, texts: list[bytes]) -> Any:
    """Return all figures as SVG, which the texts are, or all as PNG if they are dense or hold pixels; and the type of the data."""
    weight = len(zlib.compress(b"".join(texts), 9))
    if weight > HEAVY * len(texts) or max(map(len, texts)) > DENSE:
        pictures = [png(figure) for figure in figures]
        if sum(map(len, pictures)) < weight or max(map(len, texts)) > DENSE:
            return pictures, "image/png"
    return texts, "image/svg+xml"
