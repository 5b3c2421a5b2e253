"""What a reader hands to a figure: lists, DataFrames and arrays of any kind of number; whatever cannot be shown is explained."""

import json
import math

import numpy as np
import pytest

import nnfromscratch as nn
import reader_figures
from figure_driver import opened, ready
from nnfromscratch.autodiff import Tensor
from nnfromscratch.widgets import (
    ActivationCurve,
    BackpropStepper,
    Bends,
    GradientCloud,
    HiddenSpace,
    KernelExplorer,
    MatrixProduct,
    NeuronLine,
    OneNeuron,
    Playground,
    ScoreBars,
    TapeStepper,
    TenLayers,
    TwoLosses,
    base,
)
from nnfromscratch.widgets.base import LiveFigure
from widget_pages import write_page

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(20, 2)), np.arange(20) % 2
FILLED = np.where(np.eye(20, 2) > 0, np.nan, X)
SMALL = nn.Network(nn.mlp([2, 3, 2], rng=0))
DEEP = nn.Network(nn.mlp([2, 4, 4, 2], rng=0))
LARGE = nn.Network(nn.mlp([784, 300, 100, 10], rng=0))
ONE_LAYER = nn.Network(nn.mlp([2, 4, 2], rng=0))
IMAGE, EDGES = {"mine": np.zeros((28, 28))}, {"edges": [[-1, 0, 1]] * 3}


class Frame:
    """What NumPy sees of a DataFrame."""

    def __init__(self, rows):
        self.rows = np.asarray(rows)

    def __array__(self, dtype=None, copy=None):
        return self.rows.astype(dtype or self.rows.dtype)


class Broken(nn.Activation):
    """An activation whose values have another shape."""

    def forward(self, Z):
        return Z.sum(axis=0)


@pytest.fixture(scope="module")
def my():
    return reader_figures.made()


def test_there_is_a_figure_of_every_kind(my):
    assert {type(my[name]) for name in reader_figures.CELLS} == set(LiveFigure.__subclasses__())


@pytest.mark.browser
def test_what_is_drawn_is_the_readers(browser, served, tmp_path, my):
    """On a phone; another test does the same in JupyterLab."""
    address = served(write_page(tmp_path, *(my[name] for name in reader_figures.CELLS))) + "/index.html"
    with opened(browser, address, name="own", viewport={"width": 390, "height": 844}) as page:
        for name, figure in zip(reader_figures.CELLS, ready(page), strict=True):
            getattr(reader_figures, f"check_{name}")(figure, my)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    "make",
    [
        lambda kind: GradientCloud(kind(X.round(2)), kind(X[:, 0].round(2))),
        lambda kind: NeuronLine(X=kind(X.round(2)), y=kind(Y)),
        lambda kind: HiddenSpace(None, kind(X.round(2)), kind(Y)),
        lambda kind: Playground((kind(X.round(2)), kind(Y))),
        lambda kind: MatrixProduct(kind(np.arange(6).reshape(3, 2)), kind([[1], [2]]), kind([3])),
        lambda kind: Bends(2, (kind([0, 1, 4]), kind([2, 0, 1]))),
        lambda kind: ScoreBars(kind([0.5, -0.5, 2]), truth=1),
        lambda kind: KernelExplorer({"a": kind(np.eye(28))}, {"b": kind(np.eye(3))}),
        lambda kind: BackpropStepper(SMALL, kind([[0.5, -1.0]]), kind([1])),
        lambda kind: TenLayers(network=DEEP, X=kind(X.round(2)), y=kind(Y)),
    ],
)
def test_lists_and_frames_will_do(make):
    expected = repr(make(np.asarray))
    assert repr(make(Frame)) == expected
    assert repr(make(lambda values: np.asarray(values).tolist())) == expected


WRONG = {
    "no function": (lambda: ActivationCurve(math.tanh), ValueError, r"or an activation of your own, such as LeakyReLU\(0.3\)"),
    "a class": (lambda: ActivationCurve(nn.ReLU), ValueError, "or an activation of your own"),
    "other shape": (lambda: ActivationCurve(Broken()), ValueError, r"what forward returned has shape \(1,\)"),
    "sample too long": (lambda: BackpropStepper(SMALL, [[1, 2, 3]], [0]), ValueError, r"X has shape \(1, 3\); expected \(1, 2\)"),
    "two samples": (lambda: BackpropStepper(SMALL, X[:2], Y[:2]), ValueError, r"expected \(1, 2\)"),
    "no label": (lambda: BackpropStepper(SMALL, [[1, 2]], [2]), ValueError, "expected 0 to 1"),
    "no network": (lambda: BackpropStepper([1], [[1, 2]], [0]), TypeError, "expected a Network"),
    "no target": (lambda: Bends(3, "a cliff"), ValueError, "unknown target 'a cliff'"),
    "one number": (lambda: Bends(3, 5), TypeError, "target is 5; expected one of a wave"),
    "three vectors": (lambda: Bends(3, ([1, 2], [1, 2], [1, 2])), ValueError, "3 parts"),
    "unequal lengths": (lambda: Bends(3, ([1, 2, 3], [1, 2])), ValueError, r"y has shape \(2,\); expected \(3,\)"),
    "one place": (lambda: Bends(3, ([1, 1], [1, 2])), ValueError, "only the number 1"),
    "one point": (lambda: Bends(3, ([1], [1])), ValueError, "expected 2 to 500"),
    "missing point": (lambda: Bends(3, ([1, 2], [1, np.nan])), ValueError, "y holds nan"),
    "not vectorized": (lambda: Bends(3, math.sin), TypeError, "such as np.cos"),
    "a constant": (lambda: Bends(3, lambda x: 2), ValueError, r"what target returned has shape \(\); expected \(200,\)"),
    "infinite": (lambda: Bends(3, lambda x: np.full(200, np.inf)), ValueError, "holds inf"),
    "X without y": (lambda: GradientCloud(X), ValueError, "X is given without y"),
    "y without X": (lambda: NeuronLine(y=[0, 1]), ValueError, "y is given without X"),
    "three columns": (lambda: GradientCloud(np.ones((20, 3)), Y), ValueError, r"expected \(any, 2\)"),
    "too many samples": (lambda: GradientCloud(np.ones((600, 2)), np.ones(600)), ValueError, "600 samples; expected at most 512"),
    "not a number": (lambda: GradientCloud(FILLED, Y), ValueError, r"X holds nan at index \(0, 0\)"),
    "column vector": (lambda: GradientCloud(X, X[:, :1]), ValueError, r"y has shape \(20, 1\); expected \(20,\)"),
    "equal columns": (lambda: GradientCloud(X[:, [0, 0]], Y), ValueError, "neither is a multiple"),
    "raw columns": (lambda: GradientCloud(100 * X, Y), ValueError, "standardize both columns"),
    "raw targets": (lambda: GradientCloud(X, 1e4 * X[:, 0]), ValueError, "divide y"),
    "text": (lambda: HiddenSpace(None, [["a", "b"]], [0]), TypeError, "expected numbers"),
    "rows of unequal length": (lambda: HiddenSpace(None, [[1, 2], [3]], [0, 1]), ValueError, "rows of equal length"),
    "three classes": (lambda: HiddenSpace(None, X[:3], [0, 1, 2]), ValueError, "y holds labels from 0 to 2; expected 0 to 1"),
    "another object": (lambda: HiddenSpace("mine"), TypeError, "network is 'mine'; expected a Network"),
    "one image": (lambda: KernelExplorer(np.zeros((28, 28)), EDGES), TypeError, "expected a dict of arrays"),
    "no image": (lambda: KernelExplorer({}, EDGES), ValueError, "images has 0 entries"),
    "a row of pixels": (lambda: KernelExplorer({"mine": np.zeros(784)}, EDGES), ValueError, r"mine has shape \(784,\)"),
    "bytes": (lambda: KernelExplorer({"mine": np.full((28, 28), 255)}, EDGES), ValueError, "divide by 255"),
    "large kernel": (lambda: KernelExplorer(IMAGE, {"large": np.ones((5, 5))}), ValueError, r"large has shape \(5, 5\); expected \(3, 3\)"),
    "unequal sides": (lambda: MatrixProduct(X[:3], np.ones((3, 2))), ValueError, r"X has shape \(3, 2\); expected \(any, 3\)"),
    "a vector": (lambda: MatrixProduct([1, 2], [[1], [2]]), ValueError, r"X has shape \(2,\)"),
    "one weight": (lambda: NeuronLine(w=[1]), ValueError, r"w has shape \(1,\); expected \(2,\)"),
    "a scalar": (lambda: NeuronLine(w=1.0), ValueError, r"w has shape \(\)"),
    "labels from 1": (lambda: NeuronLine(X=X[:2], y=[1, 2]), ValueError, "expected 0 to 1"),
    "half a label": (lambda: NeuronLine(X=X[:2], y=[0, 0.5]), ValueError, "y holds 0.5; expected labels"),
    "fewer labels": (lambda: NeuronLine(X=X[:3], y=[0, 1]), ValueError, r"y has shape \(2,\); expected \(3,\)"),
    "a column of labels": (lambda: NeuronLine(X=X[:2], y=[[0], [1]]), ValueError, r"y has shape \(2, 1\); expected \(2,\)"),
    "501 samples": (lambda: NeuronLine(X=np.ones((501, 2)), y=np.ones(501, int)), ValueError, r"the first, X\[:500\]"),
    "far away": (lambda: OneNeuron(x=5), ValueError, "x is 5; expected a number of at least -3 and of at most 3"),
    "a set alone": (lambda: Playground(X), TypeError, r"expected the name of a toy set \(moons"),
    "three parts": (lambda: Playground((X, Y, Y)), ValueError, "3 parts"),
    "seven classes": (lambda: Playground((X[:7], np.arange(7))), ValueError, "expected 0 to 5"),
    "another option": (
        lambda: Playground((X, Y), network=nn.Network(nn.mlp([2, 3, 2], lambda: nn.LeakyReLU(0.3)))),
        ValueError,
        "expected one with its usual option",
    ),
    "eleven scores": (lambda: ScoreBars(range(11)), ValueError, "11 scores; expected 2 to 10"),
    "two rows": (lambda: ScoreBars([[1, 2], [3, 4]]), ValueError, r"scores has shape \(2, 2\)"),
    "missing score": (lambda: ScoreBars([1.0, np.nan]), ValueError, "scores holds nan"),
    "a number of names": (lambda: ScoreBars([1, 2], 2, 0), TypeError, r"names is 2; expected a list, such as \[2\]"),
    "a text as names": (lambda: ScoreBars([1, 2, 3], "cat"), TypeError, r"names is 'cat'; expected a list, such as \['cat'\]"),
    "a set of names": (
        lambda: ScoreBars([1, 2], {"b", "a"}),
        TypeError,
        r"a set, which has no order; expected a list, such as \['a', 'b'\]",
    ),
    "the same name twice": (lambda: ScoreBars([1, 2], ["a", "a"]), ValueError, "expected names that all differ"),
    "an empty name": (lambda: ScoreBars([1, 2], ["a", " "]), ValueError, "none that is empty"),
    "a text as sets": (lambda: Playground(toys="moons"), TypeError, r"toys is 'moons'; expected a list, such as \['moons'\]"),
    "a number as layers": (lambda: Playground(hidden=4), TypeError, r"hidden is 4; expected a list, such as \[4\]"),
    "a text as layers": (lambda: Playground(hidden="44"), TypeError, r"hidden is '44'; expected a list"),
    "a text as activations": (
        lambda: BackpropStepper(nn.Network(nn.mlp([2, 3, 2], "Tanh")), [[1, 2]], [1], activations="ReLU"),
        TypeError,
        r"activations is 'ReLU'; expected a list, such as \['ReLU'\]",
    ),
    "one name for two images": (
        lambda: KernelExplorer({1: np.zeros((28, 28)), "1": np.zeros((28, 28))}, {"k": np.ones((3, 3))}),
        ValueError,
        r"the list of names in images is \['1', '1'\]; expected names that all differ",
    ),
    "no title": (lambda: ScoreBars(title=""), ValueError, "title is ''; expected a few words"),
    "a number as title": (lambda: TwoLosses(title=5), ValueError, "title is 5; expected a few words"),
    "another target": (lambda: NeuronLine(X=X[:2], y=[0, 1], target="nonsense"), ValueError, "unknown target 'nonsense'"),
    "a tensor": (lambda: TapeStepper(Tensor(1.0, "x")), TypeError, "expected a dict of formulas"),
    "no formula": (lambda: TapeStepper({}), ValueError, "formulas is empty"),
    "a number": (lambda: TapeStepper({"x": 3.0}), TypeError, "x is 3.0; expected a Tensor"),
    "one hidden layer": (lambda: TenLayers(network=ONE_LAYER), ValueError, "1 hidden layer; expected 2 to 20"),
    "convolution": (lambda: TenLayers(network=nn.Network([nn.Linear(2, 2)])), ValueError, "0 hidden layers"),
    "wrong width": (lambda: TenLayers(network=DEEP, X=np.ones((4, 3)), y=[0] * 4), ValueError, r"expected \(any, 2\)"),
    "data alone": (lambda: TenLayers(X=X, y=Y), ValueError, "without network"),
    "too much": (
        lambda: TenLayers(network=LARGE, X=np.ones((90, 784)), y=[0] * 90),
        ValueError,
        r"23,868,000 products; expected at most 10,000,000: pass at most 37 samples, such as X\[:37\]",
    ),
    "too large": (
        lambda: TenLayers(network=nn.Network(nn.mlp([100, 5000, 2000, 2], rng=0))),
        ValueError,
        "network has 10,500,000 weights up to its last hidden layer; expected at most 10,000,000",
    ),
    "label 2": (lambda: TwoLosses(y=2), ValueError, "y is 2; expected the label 0 or 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_figure_cannot_show_is_explained(name):
    make, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        make()


def into_a_plane(activation, *, last=1.0):
    """Return a network for HiddenSpace; `last` multiplies the weights of its last neuron."""
    network = nn.Network([nn.Linear(2, 2, rng=0), activation, nn.Linear(2, 1, rng=0)], nn.BinaryCrossEntropy())
    network.layers[2].params["W"] *= last
    return network


def test_a_large_network_passes_fewer_random_samples():
    assert TenLayers(network=DEEP).meta["samples"] == 40
    assert TenLayers(network=LARGE).meta["samples"] == 37  # 37 * (784 * 300 + 300 * 100) products are less than 10 million, 38 are more


def test_a_last_neuron_without_weights_has_no_line():
    figure = HiddenSpace(into_a_plane(nn.Tanh(), last=0))
    assert figure.lines()[1].endswith("; 2 of 4 correct")
    assert figure._alt.endswith("without a line, since both weights of the last neuron are 0.")


def test_every_activation_of_the_engine_leads_into_the_plane():
    assert "ScaledIdentity: (0, 0) to (0.00, 0.00)" in repr(HiddenSpace(into_a_plane(nn.ScaledIdentity(0.5))))


def test_names_and_scores_can_be_anything_to_iterate_over():
    scores = {"a": 1.0, "b": 2.0, "c": 0.5}
    expected = repr(ScoreBars([1.0, 2.0, 0.5], ["a", "b", "c"]))
    assert repr(ScoreBars(scores.values(), scores.keys())) == expected
    assert repr(ScoreBars((score for score in scores.values()), tuple("abc"))) == expected


def test_words_count_and_claim_only_what_is_there():
    assert "the inputs with four samples," in NeuronLine()._alt
    assert "the inputs with 1 sample," in NeuronLine(X=[[1, 2]], y=[1])._alt
    assert "the inputs with 20 samples," in NeuronLine(X=X, y=Y)._alt
    assert HiddenSpace()._alt.endswith("where a line separates them.")
    few = HiddenSpace(into_a_plane(nn.Tanh()), [[1, 2]], [0]), HiddenSpace(into_a_plane(nn.Tanh()), [[1, 2]], [1])
    assert {figure._alt.rsplit(", ", 1)[1] for figure in few} == {"where a line separates them.", "with the line of the last neuron."}
    assert few[0].lines()[0] == "Into the hidden plane: 1 sample"


def test_whole_numbers_of_numpy_reach_the_browser():
    assert json.loads(json.dumps(TwoLosses(step=np.int64(3)).meta))["start"]["step"] == 3


@pytest.mark.parametrize("early", [True, False])
def test_the_picture_for_later_belongs_to_the_live_figure(monkeypatch, early):
    """Also if the widget is made before the figure is displayed: otherwise both stay visible."""
    displayed = []
    monkeypatch.setattr(base, "a_person_runs_this", lambda: True)
    monkeypatch.setattr(base, "display_html", lambda text, plain: displayed.append(text))
    figure = ScoreBars()
    if early:
        figure.widget()
    data, _ = figure._repr_mimebundle_()
    assert f'data-figure="{figure.widget().meta["saved"]}"' in displayed[0] and "image/png" not in data


@pytest.mark.browser
def test_scores_far_apart_have_the_packages_loss(browser, served, tmp_path):
    bars = [ScoreBars([100, -100], truth=1, temperature=0.05, title="Far"), ScoreBars([40, -40, 0], truth=1, temperature=0.1)]
    with opened(browser, served(write_page(tmp_path, *bars)) + "/index.html", name="own-scores") as page:
        for figure, losses in zip(ready(page), ("4000.000", "800.000"), strict=True):
            assert figure.locator(".nns-words").inner_text().endswith(f"so the loss is {losses}.")


@pytest.mark.browser
@pytest.mark.parametrize(
    "x, y",
    [
        ([0, 0.1, 0.2, 0.336], [1, 3, 2, 4]),  # ends that are not multiples of 0.01
        ([0, 0.001, 0.002, 0.003], [0.001, 0.004, 0.002, 0.003]),
        ([1000, 1000.001, 1000.003], [5e5, 7e5, 6e5]),
        ([0, 0.1, 10], [1000, 1001, 1000]),  # far from all points, the best heights are near 0
    ],
)
def test_a_link_carries_the_readers_curve(browser, served, tmp_path, x, y):
    address = served(write_page(tmp_path, Bends(4, (x, y)))) + "/index.html"
    with opened(browser, address, name="own-bends") as page:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        (figure,) = ready(page)
        figure.get_by_label("neurons", exact=True).fill("3")
        figure.get_by_label("Bend 2", exact=True).press("ArrowRight")
        before = reader_figures.places(figure, "circle.nns-knob")
        figure.get_by_role("button", name="Copy a link").click()
        link = figure.get_by_label("Link to the figure as it is now", exact=True).input_value()
        page.goto("about:blank")
        page.goto(link)
        (figure,) = ready(page)
        after = reader_figures.places(figure, "circle.nns-knob")
    np.testing.assert_allclose(after, before, atol=0.6)  # pixels


@pytest.mark.browser
def test_sliders_of_a_line_meet_zero_and_both_ends(browser, served, tmp_path, my):
    with opened(browser, served(write_page(tmp_path, my["line"])) + "/index.html", name="own-line") as page:
        (figure,) = ready(page)
        sliders = figure.locator(".nns-controls input[type=range]").all()
        assert len(sliders) == 3
        for slider in sliders:
            for value in (slider.get_attribute("min"), "0", slider.get_attribute("max")):
                slider.fill(value)
                assert slider.input_value() == value
