"""Explore: what it says without a browser. (How it behaves in one: test_widgets_browser.py.)"""

import contextlib
import io
import os
import subprocess
import sys
import threading
import warnings
import zlib

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import nnfromscratch
from nnfromscratch import plots, relu, tanh
from nnfromscratch.widgets import Choice, Explore, NeuronLine
from nnfromscratch.widgets.base import VIEW, png
from nnfromscratch.widgets.svg import INK, slim
from widget_pages import talk

STEEPNESS = 2.0


def steep(z):
    return STEEPNESS * z


def draw(figure, lr, activation):
    end = float(activation(steep(np.float64(lr))))
    figure.subplots().plot([0, end])
    return f"A line that ends at {end:.2f}.", {"end": end}


@pytest.fixture(scope="module")
def widget():
    return Explore(draw, title="Lines", lr=Choice(0.25, 1.0, label="learning rate", start=1), activation=[relu, tanh])


def blocks(widget):
    """Return the frames as bytes."""
    data, parts = zlib.decompress(widget.frames), []
    for frame in widget.meta["frames"]:
        parts.append(data[: frame["size"]])
        data = data[frame["size"] :]
    assert not data
    return parts


def test_text_form_holds_every_frame(widget):
    assert repr(widget).splitlines() == [
        "Lines: learning rate (0.25, 1.0), activation (relu, tanh)",
        "Learning rate 0.25, activation relu: end 0.5. A line that ends at 0.50.",
        "Learning rate 0.25, activation tanh: end 0.462. A line that ends at 0.46.",
        "Learning rate 1.0, activation relu: end 2. A line that ends at 2.00.",
        "Learning rate 1.0, activation tanh: end 0.964. A line that ends at 0.96.",
    ]


@pytest.mark.parametrize("label, start", [("lr", "lr 0.5, activation"), ("x₁", "x₁ 0.5"), ("w", "w 0.5"), ("the rate", "The rate 0.5")])
def test_a_sentence_starts_with_a_capital_but_a_symbol_stays(label, start):
    figure = Explore(draw, title="Lines", lr=Choice(0.5, 1.0, label=label), activation=[relu])
    assert figure.lines()[1].startswith(start)


def test_values_are_called_what_their_names_say():
    figure = Explore(draw, title="Lines", lr=[1.0], activation=Choice(relu, tanh, names=["a ramp", "an S"]))
    first, *lines = figure.lines()
    assert first.endswith("activation (a ramp, an S)") and [line.split(":")[0] for line in lines] == [
        "lr 1.0, activation a ramp",
        "lr 1.0, activation an S",
    ]
    assert figure.meta["choices"][1]["codes"] == ["relu", "tanh"]  # the code of the figure still names the functions


def test_bundle_shows_the_start_frame_to_everybody(widget):
    data, metadata = widget._repr_mimebundle_()
    assert data["text/plain"] == repr(widget) and data["image/png"].startswith("iVBOR")
    assert data[VIEW]["alt"] == "A line that ends at 2.00." and metadata["image/png"]["width"] == 480


def test_frames_are_different_and_inherit_the_color_of_the_page(widget):
    texts = blocks(widget)
    assert len(set(texts)) == 4
    for text in texts:
        assert text.startswith(b"<svg") and text.endswith(b"</svg>")
        assert b"currentColor" in text and INK.encode() not in text and b"<style" not in text


def test_a_small_picture_keeps_the_colors_of_few_markers_among_many_shades():
    figure = Figure(figsize=(4.8, 3.2))
    ax = figure.subplots()
    ax.pcolormesh(np.linspace(0, 1, 90).reshape(3, 30), cmap="viridis")
    for place, color in enumerate(plots.PALETTE[:3]):
        ax.plot([5 * place + 5], [1], "s", color=color)
    with Image.open(io.BytesIO(png(figure))) as image:
        found = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int)
    for color in plots.PALETTE[:3]:
        wanted = 255 * np.array(matplotlib.colors.to_rgb(color))
        assert (abs(found - wanted).max(axis=1) < 6).sum() > 10, color


def test_dense_pictures_are_stored_as_png():
    def dust(figure, n):
        figure.subplots().scatter(*np.random.default_rng(0).random((2, 1000 * n)))
        return f"{n} thousand points"

    widget = Explore(dust, title="Dust", n=[1, 3])
    assert widget.meta["mime"] == "image/png"
    assert all(block.startswith(b"\x89PNG") for block in blocks(widget))


def test_pictures_inside_a_figure_do_not_make_it_heavy():
    def hills(figure, height):
        x = np.linspace(0, 6, 300)
        figure.subplots().imshow(np.sin(x) * np.cos(height * x[:, None]))
        return f"Hills of height {height}"

    widget = Explore(hills, title="Hills", height=[1, 2])
    assert widget.meta["mime"] == "image/png" and len(widget.frames) < 60_000


def test_rounding_leaves_what_is_read_and_what_is_no_coordinate():
    tags = '<svg viewBox="0 0 345.6 230.4"><g transform="translate({}) scale(0.015625 -0.015625)"><text x="{}">lr = 0.01</text></g></svg>'
    assert slim(tags.format("1.26 -0.04", "3.14159")) == tags.format("1.3 0", "3.1")


def run(code):
    """Execute code in a namespace of its own, without a screen; return what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        exec(compile(code, "<figure>", "exec"), {"__name__": "elsewhere"})
    return printed.getvalue()


@pytest.mark.parametrize("lr, activation, k", [("0.25", "relu", 0), ("1.0", "tanh", 3)])
def test_code_reproduces_a_frame(widget, lr, activation, k):
    code = f"{widget.meta['code']}\n{widget.meta['call']}".replace("VALUES", f"lr={lr}, activation={activation}")
    assert "STEEPNESS = 2.0" in code and "def steep" in code and "from nnfromscratch import relu, tanh" in code
    assert widget.meta["frames"][k]["alt"] in run(code)


X = nnfromscratch.make_moons(50, noise=0.1, rng=0)[0]


def draw_data(figure, n):
    figure.subplots().scatter(*X[:n].T)
    return f"{n} of {len(X)} points"


def double(number):
    return 2 * number


doubled = np.array(double(4))


def draw_doubled(figure, n):
    return f"{n} and {doubled}"


def test_the_setup_may_call_a_function_of_the_page():
    widget = Explore(draw_doubled, title="Doubled", n=[5, 10], setup="doubled = double(4)")
    assert "10 and 8" in run(f"{widget.meta['code']}\n{widget.meta['call']}".replace("VALUES", "n=10"))


def test_code_needs_a_setup_for_data():
    with pytest.raises(ValueError, match=r"X is a ndarray.*setup='X = ...'"):
        Explore(draw_data, title="Data", n=[5, 10])
    widget = Explore(draw_data, title="Data", n=[5, 10], setup="X, y = nnfromscratch.make_moons(50, noise=0.1, rng=0)")
    assert "10 of 50 points" in run(f"{widget.meta['code']}\n{widget.meta['call']}".replace("VALUES", "n=10"))


def draw_unknown(figure, n):
    return unheard_of(n)  # noqa: F821


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"lr": [1.0]}, "draw does not take"),
        ({"lr": [1.0], "activation": [relu], "depth": [1]}, "draw does not take"),
        ({}, "there are no choices"),
        ({"title": " ", "lr": [1.0], "activation": [relu]}, "title is ' '"),
        ({"lr": Choice(1.0, 2.0, kind="play"), "activation": Choice(relu, tanh, kind="play")}, "at most one"),
    ],
)
def test_choices_must_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        Explore(draw, **{"title": "Lines"} | arguments)


def test_types_are_checked():
    with pytest.raises(TypeError, match="lr is a float; expected a Choice, a list, or a tuple"):
        Explore(draw, title="Lines", lr=0.1, activation=[relu])
    with pytest.raises(TypeError, match="draw is a str; expected a function"):
        Explore("draw", title="Lines", lr=[0.1])
    with pytest.raises(TypeError, match=r"draw returned 3; expected the alt text, or \(alt text, dict of results\)"):
        Explore(lambda figure, lr: 3, title="Lines", lr=[0.1])
    with pytest.raises(ValueError, match="empty alt text"):
        Explore(lambda figure, lr: " ", title="Lines", lr=[0.1])
    with pytest.raises(ValueError, match="not made by def"):
        Explore(lambda figure, lr: "A figure", title="Lines", lr=[0.1])
    with pytest.raises(NameError):
        Explore(draw_unknown, title="Lines", n=[1])


@pytest.mark.parametrize(
    "values, options, message",
    [
        ((), {}, "no values"),
        ((1, 1), {}, "all differ"),
        ((1, 2), {"start": 2}, "start is 2"),
        ((1, 2), {"start": -1}, "start is -1"),
        ((1, 2), {"kind": "knob"}, "kind is 'knob'"),
        ((0.001, 0.002), {"format": "{:.1f}"}, "all differ"),
        ((relu, tanh), {"names": ["one name"]}, "there are 2 values and 1 names"),
        ((relu, tanh), {"names": ["the same"] * 2}, "all differ"),
        ((relu, tanh), {"names": []}, "there are 2 values and 0 names"),
        ((relu, tanh), {"names": ["", "an S"]}, "none that is empty"),
        ((1, 2), {"start": True}, "start is True"),
        ((1.5, 2), {"format": "{:d}"}, "which cannot write 1.5 .*; expected one that can"),
        ((1, 2), {"format": "{x}"}, "which cannot write 1 "),
    ],
)
def test_choice_must_make_sense(values, options, message):
    with pytest.raises(ValueError, match=message):
        Choice(*values, **options)


@pytest.mark.parametrize(
    "values, options, message",
    [
        ((relu, tanh), {"names": "ab"}, r"names is 'ab'; expected a list, such as \['ab'\]"),
        ((relu, tanh), {"names": 5}, "names is 5; expected a list"),
        ((relu, tanh), {"names": {"a ramp", "an S"}}, "a set, which has no order"),
        (([1, 2],), {}, r"a value of Choice is \[1, 2\]; expected .* Choice\(\*values\)"),
        ((1, 2), {"label": 3}, "label is 3; expected a few words"),
        ((1, 2), {"format": 3}, "format is 3; expected text"),
    ],
)
def test_arguments_of_choice_are_of_the_right_type(values, options, message):
    with pytest.raises(TypeError, match=message):
        Choice(*values, **options)


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"size": 5}, ValueError, r"size has shape \(\)"),
        ({"size": "ab"}, TypeError, "size"),
        ({"size": (4,)}, ValueError, r"size has shape \(1,\)"),
        ({"size": (0, 3)}, ValueError, "size is 0.0; expected a number of at least 0.5"),
        ({"setup": 5}, TypeError, "setup is 5; expected code as text"),
    ],
)
def test_size_and_setup_are_checked_before_anything_is_drawn(options, error, message):
    drawn = []

    def note(figure, lr):
        drawn.append(lr)
        return "A figure."

    with pytest.raises(error, match=message):
        Explore(note, title="Lines", lr=[1.0], **options)
    assert not drawn


# --- where Python answers at once: a short time for the frames that nobody has chosen yet ---


@pytest.fixture
def hurried(monkeypatch):
    """The same figure as `widget`, in a page that has no time: only the start is drawn."""
    monkeypatch.setattr("nnfromscratch.widgets.explore.SECONDS", 0)
    return Explore(draw, title="Lines", lr=Choice(0.25, 1.0, label="learning rate", start=1), activation=[relu, tanh])


def test_without_time_only_the_start_is_drawn_and_the_text_form_says_so(hurried, widget):
    assert [frame and frame["words"] for frame in hurried.meta["frames"]] == [None, None, widget.meta["frames"][2]["words"], None]
    assert zlib.decompress(hurried.frames) == blocks(widget)[2]
    assert repr(hurried).splitlines() == [repr(widget).splitlines()[0], repr(widget).splitlines()[3], "Drawn when they are chosen: 3 more."]
    assert hurried._alt == widget._alt and hurried._still == widget._still


def test_a_frame_that_is_chosen_later_is_the_one_that_would_have_been_drawn(hurried, widget):
    for k, frame in enumerate(widget.meta["frames"]):
        chosen = {"lr": {"option": k // 2}, "activation": {"option": k % 2}}
        ((answer, (picture,)),) = talk(hurried, {"job": "a", "values": chosen})
        assert (answer["words"], answer["alt"], answer["mime"]) == (frame["words"], frame["alt"], "image/svg+xml")
        assert bytes(picture) == blocks(widget)[k]


def test_the_time_goes_to_the_frames_next_to_the_start(monkeypatch):
    seconds, drawn = iter(range(100)), []
    monkeypatch.setattr("nnfromscratch.widgets.explore.perf_counter", lambda: next(seconds))
    monkeypatch.setattr("nnfromscratch.widgets.explore.SECONDS", 3)

    def dots(figure, x, y):
        drawn.append((x, y))
        figure.subplots().plot(x, y, "o")
        return "A dot."

    figure = Explore(dots, title="Dots", x=Choice(0, 1, 2, 3, start=2), y=Choice(0, 1, 2, start=1), setup="drawn = []")
    assert drawn[0] == (2, 1) and set(drawn[1:]) <= {(1, 1), (3, 1), (2, 0), (2, 2)} and len(drawn) == 4
    assert figure.meta["frames"].count(None) == 8


def test_the_time_also_pays_for_the_svg(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("nnfromscratch.widgets.explore.perf_counter", lambda: now[0])
    monkeypatch.setattr("nnfromscratch.widgets.explore.SECONDS", 2)

    def slow(figure):
        now[0] += 1
        return "<svg/>"

    monkeypatch.setattr("nnfromscratch.widgets.explore.svg", slow)
    frames = Explore(draw, title="Lines", lr=[1, 2, 3, 4, 5], activation=[relu]).meta["frames"]
    assert [frame is None for frame in frames] == [False, False, False, True, True]


def test_what_plays_is_drawn_as_a_whole(monkeypatch):
    monkeypatch.setattr("nnfromscratch.widgets.explore.SECONDS", 0)
    figure = Explore(draw, title="Lines", lr=Choice(0.25, 0.5, 1.0, kind="play"), activation=[relu, tanh])
    assert None not in figure.meta["frames"] and len(figure.lines()) == 7


def test_the_time_is_read_from_the_environment():
    code = "from nnfromscratch.widgets import explore; print(explore.SECONDS)"
    for environment, printed in ({}, "inf"), ({"NNFROMSCRATCH_DRAW_SECONDS": "2"}, "2.0"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment})
        assert done.stdout.strip() == printed


# --- with a kernel: values that were not drawn in advance ---


def values(lr):
    return {"lr": lr, "activation": {"option": 1}}


def test_a_typed_value_is_drawn(widget):
    ((answer, buffers),) = talk(widget, {"job": "a", "values": values({"number": 0.5})})
    assert answer["job"] == "a" and answer["words"] == "Learning rate 0.5, activation tanh: end 0.762. A line that ends at 0.76."
    assert bytes(buffers[0]).startswith(b"<svg")


def test_a_kernel_says_hello(widget):
    assert talk(widget, {"hello": "x"})[0][0] == {"hello": "x"}


BEGUN, LEFT = threading.Event(), []


def endless(figure, x):
    figure.subplots().plot([0, x])
    try:
        while x < 0:
            BEGUN.set()
    except Exception:  # what ends a drawing is none
        LEFT.append("not at all")
    finally:
        LEFT.append(x)
    return f"A line to {x:g}."


@pytest.fixture
def patience():
    BEGUN.clear()
    LEFT.clear()
    return Explore(endless, title="Patience", x=[1, 4], setup="import threading\nBEGUN, LEFT = threading.Event(), []")


@pytest.mark.parametrize("other, words", [({"job": "b", "values": {"x": {"number": 2}}}, ["x 2: A line to 2."]), ({"forget": "a"}, [])])
def test_a_drawing_under_way_ends_when_the_reader_asks_for_something_else(patience, other, words):
    LEFT.clear()
    before = dict(matplotlib.rcParams)
    heard = talk(patience, {"job": "a", "values": {"x": {"number": -1}}}, lambda: BEGUN.wait(20), other)
    assert [answer["words"] for answer, _ in heard] == words
    assert LEFT == [-1] + [2] * len(words)
    assert dict(matplotlib.rcParams) == before


def test_what_waits_for_its_turn_is_never_drawn_when_it_is_replaced(patience):
    LEFT.clear()
    requests = [{"job": str(x), "values": {"x": {"number": x}}} for x in (-1, 3, 4, 5)]
    heard = talk(patience, requests[0], lambda: BEGUN.wait(20), *requests[1:])
    assert [answer["words"] for answer, _ in heard] == ["x 5: A line to 5."] and LEFT[0] == -1 and LEFT[-1] == 5


def test_errors_are_told_in_words():
    def root(figure, x):
        if x < 0:
            raise ValueError("x is negative; expected a number with a root")
        figure.subplots().plot([0, x**0.5])
        return f"A line to {x**0.5:.1f}."

    widget = Explore(root, title="Roots", x=[1, 4])
    assert talk(widget, {"job": "a", "values": {"x": {"number": -1}}})[0][0] == {
        "job": "a",
        "error": "x is negative; expected a number with a root",
    }
    assert "1.5 is not a whole number" in talk(widget, {"job": "b", "values": {"x": {"number": 1.5}}})[0][0]["error"]
    assert "KeyError" in talk(widget, {"job": "c", "values": {"y": {"number": 1.5}}})[0][0]["error"]


def test_figures_need_no_jupyter():
    """Where Python runs in a page, none of Jupyter's packages exists: a figure is still made, and says the same."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['anywidget', 'ipywidgets', 'traitlets', 'IPython', 'comm']))\n"
        "from nnfromscratch.widgets import NeuronLine; figure = NeuronLine(); print(figure)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == NeuronLine().lines()
