"""NeuronExplorer: what the browser computes is what the package computes, and every weight can be turned."""

import contextlib
import io

import numpy as np
import pytest

import nnfromscratch as nn
from figure_driver import WINDOWS, exercise, opened, ready, shown_code, state
from nnfromscratch.widgets import NeuronExplorer
from nnfromscratch.widgets.neuron_explorer import NAMES, XOR_SOLUTIONS, XOR_X, XOR_Y, xor_network
from widget_modules import write_modules
from widget_pages import write_page

X, Y = nn.make_blobs(40, n_classes=2, noise=0.3, rng=0)


# --- without a browser -------------------------------------------------------------------------------------------------------------------


def test_text_form_of_one_neuron():
    lines = repr(NeuronExplorer(w=(2.0, -1.0), b=0.5, x=(1.0, 1.0), X=X, y=Y)).splitlines()
    right = (((X @ np.array([2.0, -1.0]) + 0.5) >= 0) == Y).sum()
    assert lines[0] == f"One neuron: w = (2, -1), b = 0.5, x = (1, 1): z = 1.50; {right} of 40 samples on the right side"
    assert lines[1:] == [f"{name}: output {float(getattr(nn, name)(1.5)):.3f}" for name in NAMES]


def test_text_form_of_exclusive_or():
    lines = repr(NeuronExplorer(layers=2)).splitlines()
    assert lines[:2] == ["Exclusive or by hand", "identity: no weights solve it"]
    assert len(lines) == 8 and all(line.endswith("4 of 4 rows right") for line in lines[2:])


@pytest.mark.parametrize("name", XOR_SOLUTIONS)
def test_solutions_solve_it_as_a_network_of_the_package(name):
    (w1, w2, b1), (w3, w4, b2), (w5, w6, b3) = np.reshape(XOR_SOLUTIONS[name], (3, 3))
    layers = [nn.Linear(2, 2, dtype=np.float64), nn.Linear(2, 1, dtype=np.float64)]
    layers[0].params["W"], layers[0].params["b"] = np.array([[w1, w3], [w2, w4]]), np.array([b1, b2])
    layers[1].params["W"], layers[1].params["b"] = np.array([[w5], [w6]]), np.array([b3])
    f = getattr(nn, name)
    output = f(layers[1].forward(f(layers[0].forward(XOR_X))))[:, 0]
    assert ((output >= 0.5) == XOR_Y).all()
    np.testing.assert_allclose(xor_network(XOR_SOLUTIONS[name], f, XOR_X)[1], output)


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"w": (1.0,)}, ValueError, r"w is \(1.0,\); expected two numbers"),
        ({"w": (1.0, np.nan)}, ValueError, "w2 is nan"),
        ({"b": "0"}, TypeError, "b is '0'; expected a number"),
        ({"activation": "softmax"}, ValueError, "unknown activation 'softmax'"),
        ({"layers": 3}, ValueError, "layers is 3; expected 1 or 2"),
        ({"X": X}, ValueError, "only one of X and y"),
        ({"X": X, "y": Y + 1}, ValueError, "expected 0 to 1"),
        ({"X": X[:, :1], "y": Y}, ValueError, "X has shape"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        NeuronExplorer(**arguments)


def test_weights_of_zero_have_a_start_picture():
    data, _ = NeuronExplorer(w=(0.0, 0.0))._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR")


# --- in the browser ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_numpy(browser, served, tmp_path, name):
    rng, f = np.random.default_rng(3), getattr(nn, name)
    with opened(browser, served(write_modules(tmp_path)) + "/index.html", name="neuron-parity") as page:
        for scale in (1, 30):
            values, points = rng.normal(scale=scale, size=9), rng.normal(scale=2, size=(50, 2))
            found = page.evaluate(
                """async ([values, name, points]) => {
                const { neuron, xorNetwork } = await import("./neuron_explorer.js");
                return points.map(([x1, x2]) => [neuron(values, name, x1, x2), xorNetwork(values, name, x1, x2)]);
            }""",
                [values.tolist(), name, points.tolist()],
            )
            z = points @ values[:2] + values[2]
            H, output = xor_network(values, f, points)
            np.testing.assert_allclose([[one["z"], one["a"]] for one, _ in found], np.stack([z, f(z)], axis=1), rtol=1e-9, atol=1e-6)
            np.testing.assert_allclose([[two["h1"], two["h2"]] for _, two in found], H, rtol=1e-9, atol=1e-6)
            np.testing.assert_allclose([two["output"] for _, two in found], output, rtol=1e-9, atol=1e-6)


@pytest.fixture(scope="module")
def address(served, tmp_path_factory):
    widgets = NeuronExplorer(), NeuronExplorer(X=X, y=Y, activation="tanh", title="Blobs"), NeuronExplorer(layers=2)
    return served(write_page(tmp_path_factory.mktemp("neuron"), *widgets)) + "/index.html"


@pytest.mark.browser
@pytest.mark.parametrize("window", WINDOWS)
def test_every_control_answers(browser, address, window):
    with opened(browser, address, name=f"neuron-{window}", **WINDOWS[window]) as page:
        figures = ready(page)
        assert [exercise(figure) for figure in figures] == [6, 6, 10]
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def run_code(code):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<figure>", "exec"), {})
    return printed.getvalue().splitlines()


def type_into(figure, label, number):
    field = figure.get_by_label(f"{label}, exactly")
    field.fill(str(number))
    field.press("Tab")


@pytest.mark.browser
@pytest.mark.parametrize("weights, name", [((1.5, -2), "sigmoid"), ((0, 0), "leaky_relu"), ((1e6, 3), "elu"), ((0, 2), "binary_step")])
def test_typed_numbers_words_and_code_agree(browser, address, weights, name):
    with opened(browser, address, name="neuron-code") as page:
        one, blobs, _ = ready(page)
        for figure in (one, blobs):
            for k, weight in enumerate(weights):
                type_into(figure, f"weight {k + 1}", weight)
            type_into(figure, "bias", -0.25)
            figure.get_by_label("activation").select_option(name)
        z = weights[0] * 2 + weights[1] - 0.25
        first, *rest = run_code(shown_code(one))
        assert first == f"z = {z:.2f}, and {name}(z) = {float(getattr(nn, name)(z)):.3f}" and not rest
        if z < 1e4:
            assert first.split("z = ")[1].split(",")[0].replace("-", "\u2212") in state(one)["said"]
            assert first.split(") = ")[1].replace("-", "\u2212") + "." in state(one)["said"]
        right = run_code(shown_code(blobs))[1].split()[0]
        assert f" {right} of 40 samples are on the right side." in state(blobs)["said"]
        assert ("there is no line" in state(one)["said"]) == (weights == (0, 0))


@pytest.mark.browser
def test_exclusive_or_by_hand(browser, address):
    with opened(browser, address, name="neuron-xor") as page:
        figure = ready(page)[2]
        assert state(figure)["said"].startswith("3 of 4 rows are right")
        assert figure.locator("tbody tr.nns-wrong").count() == 1
        assert figure.locator("tbody tr").last.locator("td").all_text_contents() == ["1", "1", "0.82", "0.82", "0.58", "0", "✗ wrong"]
        for label, number in [
            ("hidden neuron 1, weight 1", 10),
            ("hidden neuron 1, weight 2", 10),
            ("hidden neuron 1, bias", -5),
            ("hidden neuron 2, weight 1", 10),
            ("hidden neuron 2, weight 2", 10),
            ("hidden neuron 2, bias", -15),
            ("output neuron, weight 1", 10),
            ("output neuron, weight 2", -10),
            ("output neuron, bias", -5),
        ]:
            type_into(figure, label, number)
        assert state(figure)["said"].startswith("4 of 4 rows are right") and figure.locator("tbody tr.nns-wrong").count() == 0
        assert run_code(shown_code(figure))[4] == "4 of 4 rows are right"
        for k, number in enumerate((2, 0.5, -0.75)):  # nine different numbers: none may stand in another's place
            type_into(figure, f"hidden neuron 1, {('weight 1', 'weight 2', 'bias')[k]}", number)
            type_into(figure, f"hidden neuron 2, {('weight 1', 'weight 2', 'bias')[k]}", 1.5 - number)
            type_into(figure, f"output neuron, {('weight 1', 'weight 2', 'bias')[k]}", (1.25, 3, -2)[k])
        outputs = figure.locator("tbody td:nth-child(5)").all_text_contents()
        assert [line.split()[-1] for line in run_code(shown_code(figure))[:4]] == outputs


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
def test_a_solution_can_be_asked_for(browser, address, name):
    with opened(browser, address, name="neuron-solution") as page:
        figure = ready(page)[2]
        figure.get_by_label("activation").select_option(name)
        figure.get_by_role("button", name="Set weights that solve it").click()
        assert state(figure)["said"].startswith("4 of 4 rows" if name in XOR_SOLUTIONS else "No weights solve it")
        figure.get_by_role("button", name="Set the weights of the start").click()
        assert not state(figure)["said"].startswith("4 of 4 rows")


@pytest.mark.browser
def test_link_carries_the_state(browser, address):
    with opened(browser, address, name="neuron-link") as page:
        one, _, _ = ready(page)
        type_into(one, "weight 2", 1.75)
        one.get_by_label("activation").select_option("elu")
        said = state(one)["said"]
        page.wait_for_url("**one-neuron.values=1_1.75_0_2_1**")
        page.reload()
        assert state(ready(page)[0])["said"] == said
        page.goto(f"{address}?one-neuron.values=1_2&one-neuron.activation=softmax")
        assert "sigmoid(z) = 0.731" in state(ready(page)[0])["said"]


@pytest.mark.browser
def test_two_thousand_samples(browser, served, tmp_path):
    X, y = nn.make_blobs(2000, n_classes=2, noise=0.5, rng=1)
    widget = NeuronExplorer(w=(-1.0, 0.25), b=0.1, X=X, y=y, title="Many")
    with opened(browser, served(write_page(tmp_path, widget)) + "/index.html", name="neuron-many") as page:
        (figure,) = ready(page)
        right = run_code(shown_code(figure))[1].split()[0]
        assert f" {right} of 2000 samples are on the right side." in state(figure)["said"]
        assert f"; {right} of 2000 samples on the right side" in widget.lines()[0]
