"""BackpropStepper: its numbers are the package's, its sentences compute what they say. (In a browser: test_widgets_browser.py.)"""

import contextlib
import io
import math
import re

import numpy as np
import pytest

from nnfromscratch import LeakyReLU, Linear, Network, ReLU, SquaredError, mlp
from nnfromscratch.widgets import BackpropStepper
from widget_pages import talk

X, Y = np.array([[1.0, -0.5]], np.float32), np.array([1])


@pytest.fixture(scope="module")
def network():
    return Network(mlp([2, 3, 2], "Tanh", rng=1))


@pytest.fixture(scope="module")
def stepper(network):
    return BackpropStepper(network, X, Y, inputs=[(0.5, 2)])


def test_every_gradient_is_the_networks_own(network, stepper):
    exact = network.astype(np.float64)
    loss = exact.loss_and_gradients(X.astype(np.float64), Y)
    numbers = stepper.meta["runs"][0]["numbers"]
    assert numbers["loss.L"] == f"{loss:.3f}"
    for layer, kind in [(0, "h"), (2, "o")]:
        dW, db = exact.layers[layer].grads["W"], exact.layers[layer].grads["b"]
        for j in range(dW.shape[1]):
            assert float(numbers[f"{kind}{j + 1}.db"]) == pytest.approx(db[j], abs=6e-4)
            for i in range(dW.shape[0]):
                assert float(numbers[f"{kind}{j + 1}.dw{i + 1}"]) == pytest.approx(dW[i, j], abs=6e-4)


def test_every_number_appears_once_and_only_from_what_is_known(stepper):
    for run in stepper.meta["runs"]:
        known = set()
        for step in run["steps"]:
            assert known.issuperset(step["uses"]) and known.isdisjoint(step["shows"])
            known.update(step["shows"])
        assert run["numbers"].keys() - known == {"x1.dx", "x2.dx"} & run["numbers"].keys()


SUM = re.compile(r"= ((?:\(?-?\d+\.\d+\)?(?: · |·| \+ )?){2,}) = (-?\d+\.\d+)")


def test_the_sums_in_the_sentences_are_right(stepper):
    found = 0
    for line in stepper.lines():
        for left, right in SUM.findall(line):
            assert eval(left.replace("·", "*")) == pytest.approx(float(right), abs=0.005), line
            found += 1
    assert found > 100


def test_softmax_and_loss_are_told_right(stepper):
    run = stepper.meta["runs"][0]
    scores = [float(run["numbers"][f"o{k}.z"]) for k in (1, 2)]
    p = math.exp(scores[0]) / sum(map(math.exp, scores))
    softmax, loss = (next(step["words"] for step in run["steps"] if word in step["words"]) for word in ("softmax:", "loss:"))
    assert f"p1 = exp({scores[0]:.3f}) / (exp({scores[0]:.3f}) + exp({scores[1]:.3f})) = {p:.3f}, p2 = {1 - p:.3f}" in softmax
    assert f"-ln {1 - p:.3f} = {-math.log(1 - p):.3f}" in loss


def test_text_form_tells_every_run(stepper):
    text = repr(stepper)
    assert text.count("label 1") == 6 and "0x" not in text
    for setting in ("Tanh, x = (1, -0.5)", "Sigmoid, x = (0.5, 2)", "ReLU, x = (0.5, 2)"):
        assert setting in text


@pytest.mark.parametrize("k", range(6))
def test_code_prints_the_same_gradients(stepper, k):
    run, printed = stepper.meta["runs"][k], io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(run["code"], {})
    lines = dict(line.split(" ", 1) for line in printed.getvalue().splitlines())
    assert lines["loss"] == run["numbers"]["loss.L"]
    assert [f"{db:z.3f}" for db in eval(lines["0.b"])] == [run["numbers"][f"h{j}.db"] for j in (1, 2, 3)]


def test_the_networks_own_activation_keeps_its_options():
    layers = [Linear(2, 1, rng=0), LeakyReLU(0.5), Linear(1, 2, rng=0)]
    layers[0].params["W"] = [[-1.0], [0.0]]
    stepper = BackpropStepper(Network(layers), X, Y, activations=["ReLU"])
    assert stepper.meta["activations"] == ["LeakyReLU", "ReLU"]
    assert stepper.meta["runs"][0]["numbers"]["h1.a"] == "-0.500" and stepper.meta["runs"][1]["numbers"]["h1.a"] == "0.000"


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"network": "a net"}, TypeError, "network is a str; expected a Network"),
        ({"network": Network(mlp([2, 3, 3, 2]))}, ValueError, "expected Linear, an activation, Linear"),
        ({"network": Network(mlp([3, 3, 2]))}, ValueError, r"sizes \[3, 3, 2\]; expected 2 inputs"),
        ({"network": Network(mlp([2, 5, 2]))}, ValueError, "at most 4 neurons"),
        ({"network": Network([Linear(2, 2), ReLU(), Linear(2, 2)], SquaredError())}, ValueError, "expected SoftmaxCrossEntropy"),
        ({"X": np.ones((2, 2), np.float32)}, ValueError, r"X has shape \(2, 2\)"),
        ({"y": np.array([2])}, ValueError, "y holds labels"),
        ({"inputs": [(1, 2, 3)]}, ValueError, "a sample has 3 numbers; expected 2"),
        ({"activations": ["Softmin"]}, ValueError, "unknown activation 'Softmin'"),
    ],
)
def test_what_does_not_fit_is_refused(network, change, error, message):
    with pytest.raises(error, match=message):
        BackpropStepper(**{"network": network, "X": X, "y": Y} | change)


def test_a_kernel_runs_any_sample_and_weights(network, stepper):
    request = {"job": "a", "activation": "Tanh", "sample": [2, 3], "parameters": {"h1.w1": 0.25, "o2.b": -1}}
    ((answer, _),) = talk(stepper, request)
    assert answer["numbers"]["x1.x"] == "2.000" and answer["numbers"]["h1.w1"] == "0.250" and answer["numbers"]["o2.b"] == "-1.000"
    assert stepper.network.parameters["2.b"].tolist() == [0, 0]  # the figure's own network stays as it was
    assert "finite" in talk(stepper, request | {"sample": [2, math.inf]})[0][0]["error"]
