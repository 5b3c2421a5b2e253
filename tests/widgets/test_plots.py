"""The figures: what is drawn is what was given, no other axes are touched, and everyone can distinguish the colors."""

import copy
import io
import itertools
import re
import subprocess
import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.patches import ArrowStyle

import nnfromscratch as nn
from nnfromscratch import plots
from nnfromscratch.autodiff import Tensor
from nnfromscratch.plots import style
from nnfromscratch.plots.graph import STRIP, WIDTH, _short

X6 = np.array([[-2, 0], [-1, 1], [-1, -1], [1, 1], [1, -1], [2, 0]], dtype=np.float32)
Y6 = np.array([0, 0, 0, 1, 1, 2])
IMAGES = np.arange(3 * 4 * 5, dtype=np.float32).reshape(3, 4, 5)


def network(sizes=(2, 2, 2), activation="Sigmoid", loss=None, dtype=np.float64):
    return nn.Network(nn.mlp(list(sizes), activation, rng=3, dtype=dtype), loss)


def square(x):
    return x**2


def double(x):
    return 2 * x


def bowl(x, y):
    return x**2 + 4 * y**2


PATH = np.array([[2.0, 1.0], [1.0, -0.5], [0.5, 0.25]])
EVERY = {
    "activation": lambda **ax: plots.activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2, **ax),
    "tangent": lambda **ax: plots.tangent(square, double, -1.0, **ax),
    "descent_curve": lambda **ax: plots.descent_curve(square, PATH[:, 0], **ax),
    "descent_contours": lambda **ax: plots.descent_contours(bowl, PATH, **ax),
    "curves": lambda **ax: plots.curves({"a": [3, 2, 1]}, **ax),
    "training_curves": lambda **ax: plots.training_curves({"loss": [3.0, 2.0], "val_loss": [3.0, 2.5]}, **ax),
    "samples": lambda **ax: plots.samples(X6, Y6, **ax),
    "decision_boundary": lambda **ax: plots.decision_boundary(network((2, 3)), X6.astype(float), Y6, resolution=20, **ax),
    "neuron_line": lambda **ax: plots.neuron_line(np.array([1.0, 2.0]), -1.0, **ax),
    "image_grid": lambda **ax: plots.image_grid(IMAGES, np.array([7, 2, 9]), np.array([7, 2, 4]), **ax),
    "weight_images": lambda **ax: plots.weight_images(np.linspace(-1, 3, 20).reshape(4, 5), (2, 2), names=range(1, 6), **ax),
    "probabilities": lambda **ax: plots.probabilities(np.array([0.1, 0.7, 0.2]), true=2, **ax),
    "confusion_matrix": lambda **ax: plots.confusion_matrix(np.array([[90, 10], [0, 100]]), **ax),
    "activation_histograms": lambda **ax: plots.activation_histograms(
        {"a": np.linspace(-1, 1, 30), "b": np.ones((2, 3)), "c": np.linspace(0, 1e-5, 30)}, **ax
    ),
    "network_diagram": lambda **ax: plots.network_diagram(network((2, 3, 2)), labels=["in", "hidden", "out"], **ax),
    "tape_graph": lambda **ax: plots.tape_graph((Tensor(-2.0, "w") * Tensor(3.0, "x")).tanh(), **ax),
    "computation_graph": lambda **ax: plots.computation_graph(network(), np.array([[1.0, -2.0]]), np.array([1]), **ax),
}


def words(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


# ---------------------------------------------------------------- what holds for every figure


def test_every_public_plot_is_in_these_tests():
    assert set(EVERY) == {name for name in plots.__all__ if callable(getattr(plots, name))} - {"new_axes"}


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_draws_into_the_given_axes_only(draw):
    _, (left, right) = plots.new_axes(1, 2), plots.new_axes(1, 2)
    before, numbers = [len(ax.get_children()) for ax in (left, right)], plt.get_fignums()
    assert draw(ax=left) is left
    assert len(left.get_children()) > before[0] and len(right.get_children()) == before[1]
    assert plt.get_fignums() == numbers and len(left.figure.axes) == 2


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_without_axes_draws_one_new_narrow_figure(draw):
    current = plots.new_axes()
    ax = draw()
    assert len(plt.get_fignums()) == 2 and ax.figure is not current.figure and not current.has_data()
    assert ax.figure.get_figwidth() <= 4.7


def test_new_axes_are_narrow_and_without_a_box():
    axes = plots.new_axes(2, 1)
    assert axes.shape == (2,) and axes[0].figure.get_size_inches().tolist() == [4.5, 6.0]
    assert plots.new_axes(size=(3, 2)).figure.get_size_inches().tolist() == [3, 2]
    assert [axes[1].spines[side].get_visible() for side in ("top", "right", "left", "bottom")] == [False, False, True, True]


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_leaves_settings_and_random_numbers_alone(draw):
    settings, state = dict(matplotlib.rcParams), np.random.get_state()[1].copy()  # noqa: NPY002
    draw()
    assert dict(matplotlib.rcParams) == settings
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_text_is_large_enough_stays_inside_and_follows_the_page(draw):
    with plt.rc_context({name: "#abcdef" for name in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color", "axes.titlecolor")}):
        ax = draw()
        ax.figure.canvas.draw()
        frame = ax.figure.bbox.padded(1)
        for text in written(ax):
            on_a_fill = to_rgba(text.get_color()) in map(to_rgba, ("white", style.NIGHT, style.PALE_INK))
            assert on_a_fill or to_rgba(text.get_color()) == to_rgba("#abcdef"), text
            assert text.get_fontsize() >= 9, text
            box = text.get_window_extent()
            assert frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1, text


def written(ax):
    """Every text that a reader sees."""
    shown = [*ax.texts, ax.title, *(ax.get_legend().get_texts() if ax.get_legend() else [])]
    for scale in [axis for each in (ax, *ax.child_axes) if each.axison for axis in (each.xaxis, each.yaxis)]:
        low, high = sorted(scale.get_view_interval())
        shown += [scale.label, *(tick.label1 for tick in scale.get_major_ticks() if low <= tick.get_loc() <= high)]
    return [text for text in shown if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_negative_numbers_have_a_minus_sign_and_no_hyphen(draw):
    ax = draw()
    ax.figure.canvas.draw()
    assert [text.get_text() for text in written(ax) if re.search(r"(?<![\w{])-\.?\d|\de-", text.get_text())] == []


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_becomes_png_and_svg(draw):
    figure = draw().figure
    for kind, start in [("png", b"\x89PNG"), ("svg", b"<?xml")]:
        file = io.BytesIO()
        figure.savefig(file, format=kind)
        assert file.getvalue().startswith(start)


@pytest.mark.parametrize("name", EVERY)
def test_refuses_what_is_no_axes_before_drawing(name):
    with pytest.raises(TypeError, match="ax is a list; expected matplotlib Axes"):
        EVERY[name](ax=[])
    assert not plt.get_fignums()


BAD = [
    (TypeError, "f is a ndarray", lambda: plots.activation(np.zeros(3))),
    (ValueError, r"f\(x\) has shape \(\); expected \(801,\)", lambda: plots.activation(lambda z: 1.0)),
    (ValueError, r"f\(x\) holds (nan|inf)", lambda: plots.activation(lambda z: np.where(z > 0, np.inf, 0.0))),
    (ValueError, r"f'\(x\) has shape", lambda: plots.activation(np.tanh, lambda z: z[:-1])),
    (ValueError, "z_range is 2; expected a number above 3.0", lambda: plots.activation(np.tanh, z_range=(3, 2))),
    (ValueError, "x_range is 5; expected two numbers", lambda: plots.tangent(square, double, 0, x_range=5)),
    (ValueError, "at is 9", lambda: plots.tangent(square, double, 9)),
    (TypeError, "at is 'here'", lambda: plots.tangent(square, double, "here")),
    (ValueError, "path has 2 axes", lambda: plots.descent_curve(square, PATH)),
    (TypeError, "path is a list", lambda: plots.descent_curve(square, [1.0])),
    (ValueError, r"path has shape \(3,\); expected \(any, 2\)", lambda: plots.descent_contours(bowl, PATH[:, 0])),
    (ValueError, "path holds nan", lambda: plots.descent_contours(bowl, PATH * np.nan)),
    (TypeError, "lines is a list; expected a dict", lambda: plots.curves([1, 2])),
    (ValueError, "lines has 0 entries", lambda: plots.curves({})),
    (ValueError, "lines has 7 entries; expected 1 to 6", lambda: plots.curves({str(i): [1] for i in range(7)})),
    (ValueError, "a holds nan at index", lambda: plots.curves({"a": [1, np.nan]})),
    (ValueError, "history has no 'los'; it has: loss", lambda: plots.training_curves({"loss": [1], "val_loss": []}, "los")),
    (TypeError, "history is a list", lambda: plots.training_curves([1.0])),
    (ValueError, r"X has shape \(6, 1\)", lambda: plots.samples(X6[:, :1], Y6)),
    (ValueError, r"y has shape \(5,\); expected \(6,\)", lambda: plots.samples(X6, Y6[:5])),
    (ValueError, "y holds labels from 4 to 6; expected 0 to 5", lambda: plots.samples(X6[:3], np.array([4, 5, 6]))),
    (ValueError, "names has 2 entries; expected 3", lambda: plots.samples(X6, Y6, names=["a", "b"])),
    (TypeError, "model is a int; expected a Network or a function", lambda: plots.decision_boundary(3, X6, Y6)),
    (ValueError, r"model\(points\) has shape \(2,\)", lambda: plots.decision_boundary(lambda P: np.array([0, 1]), X6, Y6)),
    (ValueError, "columns; expected 3 to 6", lambda: plots.decision_boundary(lambda P: np.full((len(P), 2), 0.5), X6, Y6)),
    (ValueError, "expected probabilities", lambda: plots.decision_boundary(lambda P: np.full((len(P), 3), 7.0), X6, Y6)),
    (TypeError, "no probabilities", lambda: plots.decision_boundary(network((2, 3), loss=nn.SquaredError(), dtype=np.float32), X6, Y6)),
    (ValueError, "resolution is 1", lambda: plots.decision_boundary(lambda P: P, X6, Y6, resolution=1)),
    (ValueError, r"w is \(0, 0\)", lambda: plots.neuron_line(np.zeros(2), 1.0)),
    (ValueError, r"w has shape \(3,\)", lambda: plots.neuron_line(np.ones(3), 1.0)),
    (ValueError, "limits, y is", lambda: plots.neuron_line(np.ones(2), 1.0, limits=(0, 1, 2))),
    (TypeError, "images is list", lambda: plots.image_grid([[1]])),
    (ValueError, r"images has shape \(2, 5\)", lambda: plots.image_grid(np.zeros((2, 5)))),
    (ValueError, r"images has shape \(0, 4, 4\)", lambda: plots.image_grid(np.zeros((0, 4, 4)))),
    (ValueError, r"labels has shape \(2,\); expected \(3,\)", lambda: plots.image_grid(IMAGES, np.array([1, 2]))),
    (ValueError, "predicted was passed without labels", lambda: plots.image_grid(IMAGES, None, np.array([1, 2, 3]))),
    (ValueError, "columns is 0", lambda: plots.image_grid(IMAGES, columns=0)),
    (ValueError, r"W has shape \(4, 5\); expected \(784, any\)", lambda: plots.weight_images(np.ones((4, 5)))),
    (ValueError, "image_shape is 28; expected", lambda: plots.weight_images(np.ones((4, 5)), 28)),
    (ValueError, "p holds numbers from 0.5 to 1.5", lambda: plots.probabilities(np.array([0.5, 1.5]))),
    (ValueError, "true is 2; expected a class from 0 to 1", lambda: plots.probabilities(np.array([0.5, 0.5]), true=2)),
    (TypeError, "counts is float64; expected", lambda: plots.confusion_matrix(np.ones((2, 2)))),
    (TypeError, "counts is list; expected", lambda: plots.confusion_matrix([[1]])),
    (ValueError, r"counts has shape \(2, 3\); expected \(2, 2\)", lambda: plots.confusion_matrix(np.ones((2, 3), int))),
    (ValueError, r"counts has shape \(0, 0\)", lambda: plots.confusion_matrix(np.ones((0, 0), int))),
    (ValueError, "counts holds -1", lambda: plots.confusion_matrix(np.array([[-1]]))),
    (ValueError, "activations is empty", lambda: plots.activation_histograms({})),
    (ValueError, "a holds inf", lambda: plots.activation_histograms({"a": np.array([1, np.inf])})),
    (TypeError, "network is 5; expected layer sizes", lambda: plots.network_diagram(5)),
    (ValueError, r"network is \[3\]; expected at least 2", lambda: plots.network_diagram([3])),
    (ValueError, "network is 0; expected a whole number", lambda: plots.network_diagram([3, 0])),
    (
        ValueError,
        r"weights\[1\] has shape \(4, 1\); expected \(3, any\)",
        lambda: plots.network_diagram([np.ones((2, 3)), np.ones((4, 1))]),
    ),
    (ValueError, "names has 1 entries; expected 2, one for each layer", lambda: plots.network_diagram([3, 2], labels=["in"])),
    (ValueError, "max_neurons is 2", lambda: plots.network_diagram([3, 2], max_neurons=2)),
    (TypeError, "network is a list; expected a Network", lambda: plots.computation_graph([2, 2], X6[:1], Y6[:1])),
    (ValueError, r"X has shape \(6, 2\); expected \(1, any\)", lambda: plots.computation_graph(network(), X6.astype(float), Y6)),
    (TypeError, "X has dtype float32; expected float64", lambda: plots.computation_graph(network(), X6[:1], Y6[:1])),
    (
        ValueError,
        "needs 20 numbers in a row; expected at most 16",
        lambda: plots.computation_graph(network((3, 5, 2)), np.ones((1, 3)), Y6[:1]),
    ),
]


@pytest.mark.parametrize("error, message, draw", BAD, ids=[message for _, message, _ in BAD])
def test_bad_input_is_named_and_leaves_no_figure(error, message, draw):
    with pytest.raises(error, match=message):
        draw()
    assert not plt.get_fignums()


def test_importing_the_package_does_not_import_matplotlib():
    code = [
        "import sys, nnfromscratch",
        "assert 'matplotlib' not in sys.modules",
        "from nnfromscratch import plots",
        "assert 'matplotlib' in sys.modules and 'anywidget' not in sys.modules",
    ]
    subprocess.run([sys.executable, "-c", "\n".join(code)], check=True)


# ---------------------------------------------------------------- colors

# Machado, Oliveira, and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009), severity 1, linear RGB
EYES = {
    "usual": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def lab(color, eye):
    """CIELAB (CIE 1976, white point D65) of a color as an eye sees it."""
    rgb = np.array(to_rgb(color))
    linear = np.clip(EYES[eye] @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), 0, 1)
    xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]) @ linear
    f = np.array([t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29 for t in xyz / [0.95047, 1, 1.08883]])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_every_eye_can_tell_the_palette_apart(eye):
    distances = {pair: np.linalg.norm(lab(pair[0], eye) - lab(pair[1], eye)) for pair in itertools.combinations(plots.PALETTE, 2)}
    assert min(distances.values()) > 15, min(distances, key=distances.get)


def test_the_eyes_of_this_test_do_see_less():
    red, green = "#C83200", "#6E7300"  # a pair that people with a color vision deficiency cannot distinguish
    assert np.linalg.norm(lab(red, "usual") - lab(green, "usual")) > 60
    assert np.linalg.norm(lab(red, "deuteranopia") - lab(green, "deuteranopia")) < 15


def test_lines_stand_out_on_white_and_on_dark_pages():
    for color in (*plots.PALETTE, style.GRAY):
        assert style.contrast(color, "white") >= 3 and style.contrast(color, "#14181e") >= 3, color


def test_contrast_is_that_of_wcag():
    assert style.contrast("#777777", "white") == pytest.approx(4.48, abs=0.005)
    assert style.contrast("blue", "yellow") == style.contrast("yellow", "blue") == pytest.approx(8.00, abs=0.005)


def test_text_on_fills_is_readable():
    fills = [*plots.PALETTE, *style.SEQUENTIAL(np.linspace(0, 1, 200))]
    assert min(style.contrast(style.readable_on(fill), fill) for fill in fills) >= 4.5
    assert min(style.contrast(style.PALE_INK, fill) for fill in (style.PALE_BLUE, style.PALE_ORANGE)) >= 4.5


def test_there_is_a_dash_and_a_marker_for_each_color():
    assert len(plots.PALETTE) == len(set(plots.DASHES)) == len(set(plots.MARKERS)) == 6


def test_maps_go_from_white_to_dark_evenly():
    shades = [style.luminance(color) for color in style.SEQUENTIAL(np.linspace(0, 1, 20))]
    assert shades == sorted(shades, reverse=True) and shades[0] == pytest.approx(1)
    assert style.DIVERGING(0.5) == (1, 1, 1, 1)


# ---------------------------------------------------------------- functions


def test_activation_draws_function_and_derivative():
    ax = plots.activation(nn.sigmoid, nn.d_sigmoid, z_range=(-2, 4), name="sigmoid")
    f, d_f = ax.lines[-2:]
    np.testing.assert_allclose(f.get_ydata(), 1 / (1 + np.exp(-f.get_xdata())))
    np.testing.assert_allclose(d_f.get_ydata(), f.get_ydata() * (1 - f.get_ydata()))
    assert (ax.get_xlim(), ax.get_title()) == ((-2, 4), "sigmoid")
    assert f.get_color() != d_f.get_color() and f.get_linestyle() != d_f.get_linestyle()


def test_a_jump_is_not_drawn_as_a_line():
    ax = plots.activation(nn.binary_step)
    x, y = ax.lines[-1].get_data()
    assert len(ax.lines) == 3 and np.isnan(y).sum() == 1 and set(y[~np.isnan(y)]) == {0, 1}
    assert (y[x < 0] == 0).all() and (y[x >= 0] == 1).all()
    steep = plots.activation(lambda z: np.tanh(20 * z)).lines[-1].get_ydata()
    constant = plots.activation(np.zeros_like).lines[-1].get_ydata()
    assert not np.isnan(steep).any() and not np.isnan(constant).any()


def test_tangent_has_the_slope_it_tells():
    ax = plots.tangent(square, double, -1.5)
    (x0, x1), (y0, y1) = ax.lines[1].get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(-3) and words(ax) == ["slope −3"]
    assert ax.lines[2].get_xydata().tolist() == [[-1.5, 2.25]]


def test_descent_draws_each_step():
    curve, contours = EVERY["descent_curve"](), EVERY["descent_contours"]()
    assert curve.lines[1].get_xydata().tolist() == [[2, 4], [1, 1], [0.5, 0.25]]
    assert contours.lines[0].get_xydata().tolist() == PATH.tolist()
    assert words(curve) == words(contours) == ["start"]
    assert curve.texts[0].xyann[0] < 0 < plots.descent_curve(square, -PATH[:, 0]).texts[0].xyann[0]  # the word stays inside
    assert plots.descent_curve(square, PATH[:, 0], x_range=(-4, 5)).get_xlim() == (-4, 5)


def test_contour_lines_lie_where_the_function_has_their_level():
    contours = EVERY["descent_contours"]().collections[0]
    for level, path in zip(contours.levels[:5], contours.get_paths()):
        np.testing.assert_allclose(bowl(*path.vertices.T), level, atol=0.01)


# ---------------------------------------------------------------- results


def test_curves_count_epochs_from_one_and_differ_in_color_and_dash():
    ax = plots.curves({name: np.arange(5.0) + i for i, name in enumerate("abcdef")}, xlabel="step", ylabel="error", log=True)
    assert [line.get_label() for line in ax.lines] == list("abcdef") == [text.get_text() for text in ax.get_legend().get_texts()]
    assert ax.lines[2].get_xydata().tolist() == [[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]
    assert len({line.get_color() for line in ax.lines}) == 6
    assert [line._unscaled_dash_pattern for line in ax.lines] == [_dashes(dash) for dash in plots.DASHES]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("step", "error", "log")


def _dashes(dash):
    return matplotlib.lines.Line2D([], [], linestyle=dash)._unscaled_dash_pattern


@pytest.mark.parametrize("epochs", [2, 8, 17, 24, 30, 41, 100, 800, 1500])
def test_epochs_are_counted_off_in_ones_twos_fives_or_tens(epochs):
    ticks = plots.curves({"a": np.ones(epochs)}).get_xticks()
    assert (ticks % 1 == 0).all() and f"{np.diff(ticks)[0]:e}"[:3] in ("1.0", "2.0", "5.0")


def test_learning_curve_of_a_real_run():
    net = network((2, 4, 3), dtype=np.float32)
    history = net.fit(X6, Y6, epochs=4, validation=(X6, Y6), rng=0)
    ax = plots.training_curves(history, "accuracy")
    assert [line.get_ydata().tolist() for line in ax.lines] == [history["accuracy"], history["val_accuracy"]]
    assert [line.get_label() for line in ax.lines] == ["training", "validation"] and ax.get_ylabel() == "accuracy"
    alone = plots.training_curves(net.fit(X6, Y6, epochs=1, rng=0))
    assert [line.get_label() for line in alone.lines] == ["training"] and alone.lines[0].get_marker() == "o"  # one point is visible


def test_probabilities_are_as_long_as_they_say():
    ax = plots.probabilities(np.array([0.1, 0.7, 0.2], dtype=np.float32), ["cat", "dog", "owl"], true=2)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.1, 0.7, 0.2])
    assert words(ax) == ["0.10", "0.70", "0.20  true"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog", "owl"] and ax.yaxis_inverted()
    assert [bar.get_facecolor() == to_rgba(style.BLUE) for bar in ax.patches] == [False, True, False]


def test_confusion_matrix_writes_each_count_in_its_cell():
    counts = nn.confusion_matrix(np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 0]), 3)
    ax = plots.confusion_matrix(counts, ["a", "b", "c"])
    assert {text.get_position(): text.get_text() for text in ax.texts} == {(j, i): str(counts[i, j]) for i in range(3) for j in range(3)}
    np.testing.assert_allclose(ax.images[0].get_array() ** 2, counts / counts.sum(axis=1, keepdims=True))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")
    assert [label.get_text() for label in ax.get_xticklabels()] == [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]


def test_confusion_matrix_text_can_be_read_on_every_cell():
    ax = plots.confusion_matrix(np.array([[1000, 0, 0], [500, 480, 20], [0, 0, 0]]))
    fills = {(j, i): ax.images[0].cmap(share) for (i, j), share in np.ndenumerate(ax.images[0].get_array())}
    assert {text.get_color() for text in ax.texts} == {"white", style.NIGHT}
    assert all(style.contrast(text.get_color(), fills[text.get_position()]) >= 4.5 for text in ax.texts)


def test_histograms_share_their_bins_and_stand_apart():
    values = {"first": np.array([-1.0, -1.0, 1.0]), "second": np.array([[0.0, 0.1]])}
    ax = plots.activation_histograms(values, bins=4)
    first, second = (stairs.get_data() for stairs in ax.patches)
    assert first.edges.tolist() == second.edges.tolist() == [-1, -0.5, 0, 0.5, 1]
    np.testing.assert_allclose(0 - first.values, [0.85, 0, 0, 0.425])
    np.testing.assert_allclose(1 - second.values, [0, 0, 0.85, 0])
    assert words(ax) == ["std 0.94", "std 0.05"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"] and ax.yaxis_inverted()


# ---------------------------------------------------------------- classes


def test_samples_of_each_class_have_their_color_and_marker():
    ax = plots.samples(X6, Y6, names=["a", "b", "c"])
    for k, dots in enumerate(ax.collections):
        assert dots.get_offsets().tolist() == X6[Y6 == k].tolist() and to_rgba(plots.PALETTE[k]) == tuple(dots.get_facecolor()[0])
    assert len({dots.get_paths()[0].vertices.tobytes() for dots in ax.collections}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]


def lit(ax):
    """The colors of a decision boundary's picture on a white page, and the points that they belong to."""
    (image,) = ax.images
    assert image.origin == "lower"
    left, right, bottom, top = image.get_extent()
    rows, columns, _ = image.get_array().shape
    strength = image.get_array()[..., 3:]
    seen = 1 - strength + strength * image.get_array()[..., :3]
    return seen, *np.meshgrid(np.linspace(left, right, columns), np.linspace(bottom, top, rows))


def blend(k, strength):
    return 1 - strength + strength * np.array(to_rgb(plots.PALETTE[k]))


def test_regions_have_the_color_of_their_label():
    ax = plots.decision_boundary(lambda P: (P[:, 1] > 0.3).astype(int) + (P[:, 0] > 0), X6, Y6, resolution=30)
    colors, x, y = lit(ax)
    for i, j in [(0, 0), (0, 29), (29, 0), (29, 29)]:  # wrong if rows and columns, or up and down, are exchanged
        np.testing.assert_allclose(colors[i, j], blend(int(y[i, j] > 0.3) + int(x[i, j] > 0), 0.5))


def test_certain_regions_are_stronger():
    ax = plots.decision_boundary(lambda P: np.stack([1 - P[:, 0], P[:, 0]], axis=1), np.array([[0.1, 0.0], [0.9, 1.0]]), np.array([0, 1]))
    colors, x, _ = lit(ax)
    for j in (0, 60, 199):
        p = x[7, j]
        np.testing.assert_allclose(colors[7, j], blend(int(p > 0.5), 0.08 + 0.42 * abs(2 * p - 1)))
    line = np.concatenate([path.vertices for contour in ax.collections[:2] for path in contour.get_paths()])
    np.testing.assert_allclose(line[:, 0], 0.5, atol=1e-6)


@pytest.mark.parametrize(
    "loss, n_out",
    [
        (nn.SoftmaxCrossEntropy, 2),
        (nn.SoftmaxCrossEntropy, 3),
        (nn.BinaryCrossEntropy, 1),
        (nn.BinaryCrossEntropy, 2),
        (nn.BinaryCrossEntropy, 3),
    ],
)
def test_boundary_of_a_network_is_that_of_its_predictions(loss, n_out):
    net, y = network((2, 5, n_out), "Tanh", loss(), np.float32), np.minimum(Y6, max(n_out - 1, 1))
    net.parameters.values[:] *= 3
    ax = plots.decision_boundary(net, X6, y, resolution=25)
    colors, x, y = lit(ax)
    labels = net.predict(np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)).reshape(25, 25)
    assert len(np.unique(labels)) > 1
    for k in np.unique(labels):
        tint = (1 - colors[labels == k]) / (1 - np.array(to_rgb(plots.PALETTE[k])))  # the same in all three channels
        np.testing.assert_allclose(tint, tint[:, :1].repeat(3, axis=1), rtol=1e-5)


def test_the_boundary_reads_points_in_the_dtype_of_X():
    seen = []
    plots.decision_boundary(lambda P: seen.append(P) or np.zeros(len(P), int), X6, Y6, resolution=9)
    assert (seen[0].dtype, seen[0].shape) == (np.float32, (81, 2))
    assert (seen[0].min(axis=0) < X6.min(axis=0)).all() and (seen[0].max(axis=0) > X6.max(axis=0)).all()


@pytest.mark.parametrize("w, b", [([1, 2], -1.0), ([0, 1], 0.5), ([-3, 0], 2.0)])
def test_neuron_line_is_where_the_neuron_is_zero(w, b):
    w = np.array(w, dtype=float)
    ax = plots.neuron_line(w, b, limits=(-2, 3, -3, 2))
    point, slope = np.array(ax.lines[0].get_xy1()), ax.lines[0].get_xy2()
    assert w @ point + b == pytest.approx(0) and w @ np.array(slope) + b == pytest.approx(0)
    side = {text.get_text(): w @ text.get_position() + b for text in ax.texts if text.get_text() in "+−w" and text.get_text()}
    assert side["+"] > 0 > side["−"] and side["w"] > 0
    arrow = np.subtract(ax.texts[0].xy, ax.texts[0].xyann)
    assert w @ arrow == pytest.approx(np.linalg.norm(w) * np.linalg.norm(arrow))  # it points where w points
    assert ax.get_aspect() == 1 and ax.axis() == (-2, 3, -3, 2)


# ---------------------------------------------------------------- images


def tile(ax, i, columns, height=4, width=5):
    """The i-th image of a sheet, found by its place."""
    sheet = ax.images[0].get_array()
    filled = ~np.ma.getmaskarray(np.ma.masked_invalid(sheet))
    rows = np.flatnonzero(np.diff(np.r_[0, filled.any(axis=1)]) == 1)
    starts = np.flatnonzero(np.diff(np.r_[0, filled.any(axis=0)]) == 1)
    y, x = rows[i // columns], starts[i % columns]
    return sheet[y : y + height, x : x + width], (x, y)


def test_images_without_labels_are_framed():
    frames = plots.image_grid(IMAGES, columns=2).patches
    assert [(*frame.get_xy(), frame.get_width(), frame.get_height()) for frame in frames] == [(0, 1, 5, 4), (6, 1, 5, 4), (0, 6, 5, 4)]


@pytest.mark.parametrize("columns", [1, 2, 3, 9])
def test_image_grid_shows_every_image_unchanged_and_labels_it(columns):
    ax = plots.image_grid(IMAGES, np.array([7, 2, 9]), columns=columns)
    for i, (image, text) in enumerate(zip(IMAGES, ax.texts)):
        drawn, (x, y) = tile(ax, i, min(columns, 3))
        np.testing.assert_array_equal(drawn, image)
        assert text.get_text() == "729"[i] and text.get_position()[0] == x + 2.5 and y - 1 < text.get_position()[1] < y
    assert ax.images[0].get_clim() == (0, 59) and not ax.patches and not ax.axison


def test_mistakes_are_framed_crossed_and_corrected():
    ax = plots.image_grid(IMAGES, np.array([7, 2, 9]), np.array([7, 1, 9]))
    assert words(ax) == ["7", "✗ 1, not 2", "9"]
    (frame,) = ax.patches
    _, corner = tile(ax, 1, 3)
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == (corner, 5, 4)


def test_rows_of_pixels_become_square_images():
    rows = np.arange(32, dtype=np.uint8).reshape(2, 16)
    ax = plots.image_grid(rows)
    np.testing.assert_array_equal(tile(ax, 1, 2, 4, 4)[0], rows[1].reshape(4, 4))
    assert not ax.texts


def test_weight_images_are_the_columns_of_W_about_zero():
    W = np.linspace(-1, 3, 60).reshape(20, 3)
    ax = plots.weight_images(W, (4, 5))
    for i in range(3):
        np.testing.assert_array_equal(tile(ax, i, 3)[0], W[:, i].reshape(4, 5))
    assert ax.images[0].get_clim() == (-3, 3)
    (bar,) = ax.child_axes
    assert [label.get_text() for label in bar.get_yticklabels()] == ["−3", "0", "3"]
    assert plots.weight_images(np.zeros((4, 1)), (2, 2)).images[0].get_clim() == (-1, 1)


# ---------------------------------------------------------------- networks


def test_diagram_has_a_neuron_for_each_and_a_line_for_each_weight():
    ax = plots.network_diagram([2, 3, 1], labels=["in", "hidden", "out"])
    lines, dots = ax.collections[:2], ax.collections[2:]
    assert [len(group.get_offsets()) for group in dots] == [2, 3, 1] and [len(group.get_segments()) for group in lines] == [6, 3]
    ends = {tuple(point) for group in lines for segment in group.get_segments() for point in segment}
    assert ends == {tuple(place) for group in dots for place in group.get_offsets()}
    assert words(ax) == ["in\n2", "hidden\n3", "out\n1"]


def test_long_layers_are_shortened_by_dots():
    ax = plots.network_diagram([784, 8, 10])
    assert [len(group.get_offsets()) for group in ax.collections[2:]] == [6, 8, 6]
    assert [line.get_xdata().tolist() for line in ax.lines] == [[0] * 3, [2] * 3] and words(ax) == ["784", "8", "10"]


def test_weights_give_width_color_and_dashes():
    W = np.array([[1.0, -2.0], [0.0, 4.0]])
    (lines,) = [group for group in plots.network_diagram([W]).collections if hasattr(group, "get_segments")]
    np.testing.assert_allclose(lines.get_linewidths(), [0.975, 1.65, 0.3, 3.0])
    assert [tuple(color) == to_rgba(style.BLUE) for color in lines.get_colors()] == [False, True, False, False]
    assert [dashes is not None for _, dashes in lines.get_linestyles()] == [False, True, False, False]
    assert lines.get_segments()[1].tolist() == [[0, 0.5], [1, -0.5]]  # from the first input to the second output


def test_diagram_of_a_network_shows_its_own_weights():
    net = network((2, 12, 3))
    ax = plots.network_diagram(net, max_neurons=5)
    W = net.layers[0].params["W"][:, [0, 1, 10, 11]].ravel()
    np.testing.assert_allclose(ax.collections[0].get_linewidths(), 0.3 + 2.7 * abs(W) / abs(net.layers[0].params["W"]).max())
    assert words(ax) == ["2", "12", "3"]


def cards(ax):
    """The cards of a graph: (name, value, gradient), each with the place of its head."""
    texts = [text for text in ax.texts if text.get_text() and not text.get_rotation()][:-2]
    return [(*(text.get_text() for text in texts[i : i + 3]), texts[i].get_position()) for i in range(0, len(texts), 3)]


def numbers(values):
    return [_short(value) for value in np.ravel(values)]


def by_neuron(of):
    return np.vstack([of["W"], of["b"]]).T


@pytest.mark.parametrize("activation", ["Sigmoid", "ReLU", "Softmax"])
def test_graph_shows_the_numbers_of_the_package(activation):
    net, X, y = network(activation=activation), np.array([[1.0, -2.0]]), np.array([1])
    net.layers[0].params["b"] = [0.25, 1.5]
    drawn = cards(plots.computation_graph(net, X, y))
    loss = net.loss_and_gradients(X, y)
    first, act, last = net.layers
    z, a = X @ first.params["W"] + first.params["b"], act.forward(X @ first.params["W"] + first.params["b"])
    scores, d_scores = net.forward(X), net.loss.backward()
    d_a = d_scores @ last.params["W"].T
    d_z = act.backward(d_a)
    values = [X, by_neuron(first.params), z, a, by_neuron(last.params), scores, loss]
    gradients = [d_z @ first.params["W"].T, by_neuron(first.grads), d_z, d_a, by_neuron(last.grads), d_scores, 1.0]
    assert [value for _, value, _, _ in drawn] == [number for array in values for number in numbers(array)]
    assert [gradient for _, _, gradient, _ in drawn] == [number for array in gradients for number in numbers(array)]
    weights = ["$w_{11}$", "$w_{21}$", "$b_{1}$", "$w_{12}$", "$w_{22}$", "$b_{2}$"]
    assert [name for name, *_ in drawn] == [
        "$x_{1}$",
        "$x_{2}$",
        *weights,
        "$z_{1}$",
        "$z_{2}$",
        "$a_{1}$",
        "$a_{2}$",
        *weights,
        "$z_{1}$",
        "$z_{2}$",
        "loss",
    ]


def test_graph_numbers_nothing_that_is_alone():
    alone = cards(plots.computation_graph(network((1, 1), loss=nn.SquaredError()), np.array([[1.0]]), np.array([[0.5]])))
    assert [name for name, *_ in alone] == ["$x$", "$w$", "$b$", "$z$", "loss"]
    neuron = cards(plots.computation_graph(network((2, 1), loss=nn.SquaredError()), np.array([[1.0, 2.0]]), np.array([[0.5]])))
    assert [name for name, *_ in neuron] == ["$x_{1}$", "$x_{2}$", "$w_{11}$", "$w_{21}$", "$b$", "$z$", "loss"]


def test_graph_writes_short_numbers_and_no_minus_zero():
    assert [_short(number) for number in (-0.00001, -0.0625, 0.5, 12.3456, -1234.5678)] == ["0", "−0.0625", "0.5", "12.35", "−1235"]


def test_graph_gradients_are_right_by_a_difference():
    net, X, y, h = network(), np.array([[1.0, -2.0]]), np.array([1]), 1e-5
    gradient = {name: float(text.replace("−", "-")) for name, _, text, _ in cards(plots.computation_graph(net, X, y))[:2]}
    for i, name in enumerate(["$x_{1}$", "$x_{2}$"]):
        step = h * np.eye(2)[[i]]
        slope = (net.evaluate(X + step, y)[0] - net.evaluate(X - step, y)[0]) / (2 * h)
        assert gradient[name] == pytest.approx(slope, abs=6e-5) and abs(slope) > 0.001


@pytest.mark.parametrize("activation, across", [("Sigmoid", []), ("Softmax", [("$z_{1}$", "$a_{2}$"), ("$z_{2}$", "$a_{1}$")])])
def test_graph_joins_what_depends_on_what(activation, across):
    ax = plots.computation_graph(network(activation=activation), np.array([[1.0, -2.0]]), np.array([1]))
    heads = {(round(x, 6), round(y + STRIP / 2, 6)): (i, name) for i, (name, _, _, (x, y)) in enumerate(cards(ax))}
    feet = {(x, round(y - 3 * STRIP, 6)): card for (x, y), card in heads.items()}
    arrows = [text for text in ax.texts if not text.get_text()]
    joined = [(feet[_place(arrow.xyann)][1], heads[_place(arrow.xy)][1]) for arrow in arrows]
    wanted = [(f"${source}_{{{i}}}$", f"$w_{{{i}{j}}}$") for source in "xa" for i in (1, 2) for j in (1, 2)]
    wanted += 2 * [(f"${source}{j}}}$", f"$z_{{{j}}}$") for source in ("w_{1", "w_{2", "b_{") for j in (1, 2)]
    wanted += [(f"$z_{{{j}}}$", f"$a_{{{j}}}$") for j in (1, 2)] + [(f"$z_{{{j}}}$", "loss") for j in (1, 2)]
    assert sorted(joined) == sorted(wanted + across)
    for (_, end), arrow in zip(joined, arrows):  # a line goes through the weight, whose head would say that it is computed
        assert isinstance(arrow.arrow_patch.get_arrowstyle(), ArrowStyle.CurveFilledB) == (not end.startswith("$w"))


def _place(point):
    return round(float(point[0]), 6), round(float(point[1]), 6)


def test_graph_cards_do_not_overlap():
    for sizes in [(2, 2, 2), (1, 1, 1), (2, 3, 1), (3, 4, 2)]:
        places = [place for *_, place in cards(plots.computation_graph(network(sizes), np.ones((1, sizes[0])), np.array([0])))]
        assert all(abs(a[0] - b[0]) > WIDTH or abs(a[1] - b[1]) > 3 * STRIP for a, b in itertools.combinations(places, 2))


def test_graph_leaves_the_network_as_it_was():
    net, X, y = network(), np.array([[1.0, -2.0]]), np.array([1])
    net.loss_and_gradients(-X, 1 - y)
    values, gradients = net.parameters.values.copy(), net.parameters.gradients.copy()
    kept, output = [copy.copy(layer.cache) for layer in net.layers], net.loss.Y_hat.copy()
    plots.computation_graph(net, X, y)
    assert (net.parameters.values == values).all() and (net.parameters.gradients == gradients).all()
    assert all((layer.cache == cache).all() for layer, cache in zip(net.layers, kept)) and (net.loss.Y_hat == output).all()


def test_graph_takes_regression_targets_and_float32():
    net = network((1, 2, 1), "Tanh", nn.SquaredError(), np.float32)
    X = np.array([[0.5]], dtype=np.float32)
    drawn = cards(plots.computation_graph(net, X, np.array([[2.0]], dtype=np.float32)))
    assert drawn[-1][:3] == ("loss", f"{(float(net.forward(X)[0, 0]) - 2) ** 2 / 2:.4g}", "1")
