"""BackpropStepper: the numbers in the browser are the package's, its sentences are correct, and so are its nudges and steps."""

import contextlib
import io
import re

import numpy as np
import pytest

from figure_driver import opened, ready, shown_code, state
from nnfromscratch import SGD, LeakyReLU, Linear, Network, ReLU, SquaredError, mlp
from nnfromscratch.widgets import BackpropStepper
from nnfromscratch.widgets.backprop_steps import run
from widget_modules import write_modules
from widget_pages import write_page

X, Y = np.array([[1.0, -0.5]], np.float32), np.array([1])
SHAPES = [([2, 3, 2], "Tanh"), ([2, 3, 2], "ReLU"), ([2, 1, 3], "Sigmoid"), ([2, 2], []), ([2, 4, 3, 2, 3], ["ELU", "Tanh", "LeakyReLU"])]
IN_THE_BROWSER = """async ([sizes, activations, loss, values, x, label]) => {
    const { makeNetwork } = await import("./engine.js"), { calculate, story } = await import("./backprop_story.js");
    const network = makeNetwork(sizes, activations, loss);
    network.values.set(values);
    const numbers = calculate(network, x, label);
    return [numbers, story(network, numbers, loss)];
}"""


@pytest.fixture(scope="module")
def network():
    return Network(mlp([2, 3, 2], "Tanh", rng=1))


@pytest.fixture(scope="module")
def stepper(network):
    return BackpropStepper(network, X, Y)


@pytest.fixture(scope="module")
def modules(browser, served, tmp_path_factory):
    page = browser.new_page()
    page.goto(served(write_modules(tmp_path_factory.mktemp("modules"))) + "/index.html")
    yield page
    page.close()


def told(modules, sizes, activations, loss=None):
    """Return, for a network with random biases, the package's numbers, the browser's numbers, and the browser's steps."""
    network = Network(mlp(sizes, activations, rng=0, dtype=np.float64), loss)
    network.parameters.values[:] += 0.3 * np.random.default_rng(1).standard_normal(network.parameters.values.size)
    names = [activations] * (len(sizes) - 2) if isinstance(activations, str) else activations
    truth = np.eye(sizes[-1])[Y] if loss else Y
    settings = [sizes, names, type(network.loss).__name__, network.parameters.values.tolist(), [1.0, -0.5], 1]
    return run(network, X.astype(np.float64), truth), *modules.evaluate(IN_THE_BROWSER, settings)


@pytest.mark.browser
@pytest.mark.parametrize("sizes, activations", SHAPES)
@pytest.mark.parametrize("loss", [None, SquaredError()], ids=["softmax", "squares"])
def test_every_number_is_the_packages(modules, sizes, activations, loss):
    exact, found, _ = told(modules, sizes, activations, loss)
    assert found.keys() == exact.keys()
    np.testing.assert_allclose([found[name] for name in exact], list(exact.values()), atol=1e-12)


@pytest.mark.browser
@pytest.mark.parametrize("sizes, activations", SHAPES)
def test_every_number_appears_once_and_only_from_what_is_known(modules, sizes, activations):
    _, numbers, steps = told(modules, sizes, activations)
    known = set()
    for step in steps:
        assert known.issuperset(step["uses"]) and known.isdisjoint(step["shows"])
        known.update(step["shows"])
    assert known == numbers.keys()


SUM = re.compile(r"= ((?:\(?−?\d+\.\d+\)?(?: · |·| \+ )?){2,}) = (−?\d+\.\d+)")


@pytest.mark.browser
@pytest.mark.parametrize("sizes, activations", SHAPES)
def test_the_sums_in_the_sentences_are_right(modules, sizes, activations):
    found = 0
    for step in told(modules, sizes, activations)[2]:
        for left, right in SUM.findall(step["words"]):
            assert eval(left.replace("·", "*").replace("−", "-")) == pytest.approx(float(right.replace("−", "-")), abs=0.006), step["words"]
            found += 1
    assert found >= 6


# --- the text form -----------------------------------------------------------------------------------------------------------------------


def test_text_form_holds_the_networks_own_gradients(network, stepper):
    exact = network.astype(np.float64)
    loss, text = exact.loss_and_gradients(X.astype(np.float64), Y), repr(stepper)
    assert text.splitlines()[1] == f"Tanh: loss {loss:.3f}" and "0x" not in text
    assert text.count("loss ") == 3 and "x = (1, -0.5), label 1" in text
    dW, db = exact.layers[0].grads["W"], exact.layers[0].grads["b"]
    assert f"dw1 {dW[0, 1]:z.3f}, dw2 {dW[1, 1]:z.3f}, db {db[1]:z.3f}" in next(
        line for line in text.splitlines() if line.startswith("  h2")
    )


def test_the_networks_own_activation_keeps_its_option():
    layers = [Linear(2, 1, rng=0), LeakyReLU(negative_slope=0.5), Linear(1, 2, rng=0)]
    layers[0].params["W"] = [[-1.0], [0.0]]
    stepper = BackpropStepper(Network(layers), X, Y, activations=["ReLU"])
    assert [(kind["name"], kind["option"]) for kind in stepper.meta["activations"]] == [("LeakyReLU", 0.5), ("ReLU", 1)]
    assert stepper.numbers("LeakyReLU")["h1.a"] == -0.5 and stepper.numbers("ReLU")["h1.a"] == 0


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"network": "a net"}, TypeError, "network is 'a net'; expected a Network"),
        ({"network": Network(mlp([2, 3, 3, 2]))}, ValueError, "expected Linear, an activation, Linear"),
        ({"network": Network(mlp([3, 3, 2]))}, ValueError, r"sizes \[3, 3, 2\]; expected 2 inputs"),
        ({"network": Network(mlp([2, 5, 2]))}, ValueError, "at most 4 neurons"),
        ({"network": Network([Linear(2, 2), ReLU(), Linear(2, 2)], SquaredError())}, ValueError, "expected SoftmaxCrossEntropy"),
        ({"X": np.ones((2, 2), np.float32)}, ValueError, r"X has shape \(2, 2\)"),
        ({"y": np.array([2])}, ValueError, "y holds labels"),
        ({"activations": ["Softmax"]}, ValueError, "activation is Softmax; expected one of"),
        ({"activations": ["Softmin"]}, ValueError, "unknown activation 'Softmin'"),
    ],
)
def test_what_does_not_fit_is_refused(network, change, error, message):
    with pytest.raises(error, match=message):
        BackpropStepper(**{"network": network, "X": X, "y": Y} | change)


# --- what the reader does ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(stepper, served, tmp_path_factory):
    return served(write_page(tmp_path_factory.mktemp("site"), stepper)) + "/index.html"


def numbers_in(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d+\.\d+", text)]


@pytest.mark.browser
def test_a_nudge_is_predicted_and_measured(browser, address, network):
    with opened(browser, address, name="stepper-nudge") as page:
        (figure,) = ready(page)
        figure.get_by_label("nudge this weight").select_option("w1 of output neuron 2")
        slope, by, predicted, actual = numbers_in(figure.locator(".nns-outcome").inner_text())
        exact = network.astype(np.float64)
        loss = exact.loss_and_gradients(X.astype(np.float64), Y)
        assert slope == pytest.approx(exact.parameters.grad("2.W")[0, 1], abs=6e-4)
        exact.parameters["2.W"][0, 1] += by
        assert actual == pytest.approx(exact.loss_and_gradients(X.astype(np.float64), Y) - loss, abs=6e-5)
        assert predicted == pytest.approx(slope * by, abs=1e-4) and abs(actual - predicted) < abs(predicted)


@pytest.mark.browser
def test_a_step_is_the_packages_step(browser, address, network):
    with opened(browser, address, name="stepper-step") as page:
        (figure,) = ready(page)
        figure.get_by_role("button", name="Take a step").click()
        rate, before, after = numbers_in(state(figure)["said"])
        exact = network.astype(np.float64)
        assert exact.loss_and_gradients(X.astype(np.float64), Y) == pytest.approx(before, abs=6e-4)
        SGD(rate).step(exact.parameters)
        assert exact.loss_and_gradients(X.astype(np.float64), Y) == pytest.approx(after, abs=6e-4) and after < before
        assert figure.locator('[data-number="h1.w1"]').text_content() == f"{exact.parameters['0.W'][0, 0]:.3f}".replace("-", "−")


@pytest.mark.browser
def test_code_prints_what_is_shown(browser, address):
    with opened(browser, address, name="stepper-code") as page:
        (figure,) = ready(page)
        figure.get_by_label("activation", exact=True).select_option("Sigmoid")
        figure.get_by_label("input x1").press("End")
        figure.get_by_role("button", name="Take a step").click()
        code, printed = shown_code(figure), io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, {})
        lines = dict(line.split(" ", 1) for line in printed.getvalue().splitlines())
        assert lines["loss"] == figure.locator('[data-number="loss.L"]').text_content()
        shown = figure.locator('[data-number="h2.db"]').text_content().replace("−", "-")
        assert f"{eval(lines['0.b'])[1]:z.3f}" == shown
