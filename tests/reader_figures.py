"""A figure of every kind with a reader's own network and data: the cell that makes it, and whether what is drawn is the reader's."""

import contextlib
import io
import linecache
import re

import numpy as np
import pytest

from figure_driver import shown_code
from nnfromscratch.widgets.kernel_explorer import feature_map

CELLS = {  # by the name of the figure in the cell
    "curve": """
import numpy as np
from nnfromscratch import Activation, BinaryCrossEntropy, LeakyReLU, Linear, Network, load_digits, mlp, sigmoid
from nnfromscratch.autodiff import Tensor
from nnfromscratch.widgets import *

class Swish(Activation):
    def forward(self, Z):
        self.cache = Z
        return Z * sigmoid(Z)

    def backward(self, dA):
        s = sigmoid(self.cache)
        return dA * (s + self.cache * s * (1 - s))

curve = ActivationCurve(Swish(), z=-1.2)
curve
""",
    "stepper": """
small = Network(mlp([2, 3, 2], lambda: LeakyReLU(0.3), rng=3))
stepper = BackpropStepper(small, [[0.7, -1.3]], [1])
stepper
""",
    "bends": """
hours, degrees = [0, 4, 8, 12, 16, 20, 24], [11.0, 9.5, 14.0, 21.5, 22.5, 17.0, 12.5]
bends = Bends(3, (hours, degrees))
bends
""",
    "waves": """
waves = Bends(6, lambda x: 4 + np.cos(3 * x), title="My function")
waves
""",
    "canvas": """
digits = load_digits()
reader = Network(mlp([784, 16, 10], "Tanh", rng=8))
_ = reader.fit(digits.X_train[:500], digits.y_train[:500], epochs=3, rng=0)
canvas = DigitCanvas(reader, title="My network")
canvas
""",
    "rates": """
def draw(figure, lr):
    losses, w = [], 2.0
    for _ in range(5):
        losses.append(w * w)
        w -= lr * 2 * w
    figure.subplots().plot(losses)
    return f"My loss falls from 4 to {losses[-1]:.3f}."

rates = Explore(draw, title="My rates", lr=[0.1, 0.3])
rates
""",
    "cloud": """
rng = np.random.default_rng(4)
inputs = rng.normal(size=(48, 2))
heights = inputs @ [0.5, 2.0] + 0.3 * rng.normal(size=48)
cloud = GradientCloud(inputs.tolist(), heights.tolist(), w=(3, -2), lr=0.2)
cloud
""",
    "space": """
points = rng.normal(size=(24, 2)) * 3
sides = (points[:, 0] * points[:, 1] > 0).astype(int)
separator = Network([Linear(2, 2, rng=1), LeakyReLU(0.3), Linear(2, 1, rng=2)], BinaryCrossEntropy())
space = HiddenSpace(separator, points, sides)
space
""",
    "kernel": """
mine, corner = digits.X_test[7].reshape(28, 28), [[1, 2, 0], [2, -1, 0], [0, 0, -3]]
kernel = KernelExplorer({"my digit": mine}, {"my corner": corner})
kernel
""",
    "product": """
A, B, c = [[1, 2, 3], [4, 5, 6.5]], [[1, -1], [0.5, 2], [0, 1]], [10, -20]
product = MatrixProduct(A, B, c)
product
""",
    "line": """
flowers, kinds = [[1.4, 0.2], [1.7, 0.4], [4.7, 1.4], [4.5, 1.5], [5.1, 1.9]], [0, 0, 1, 1, 1]
line = NeuronLine(w=(4.5, 0.5), b=-13, activation="Sigmoid", X=flowers, y=kinds)
line
""",
    "neuron": """
neuron = OneNeuron(w=-1.5, b=0.7, x=1.1, y=-2, activation="ELU")
neuron
""",
    "playground": """
classes = np.repeat([0, 1, 2], 8)
classifier = Network(mlp([2, 5, 3], "ReLU", rng=5))
playground = Playground((points.tolist(), classes.tolist()), network=classifier)
playground
""",
    "scores": """
scores = ScoreBars(reader.forward(digits.X_test[:1])[0], truth=int(digits.y_test[0]), title="My scores")
scores
""",
    "tape": """
u, v = Tensor(1.5, "u"), Tensor(-2.0, "v")
tape = TapeStepper({"u * v + u": u * v + u})
tape
""",
    "layers": """
deep = Network(mlp([2, 12, 9, 7, 5, 3], "Tanh", rng=6))
layers = TenLayers(network=deep, X=points, y=classes)
layers
""",
    "losses": """
losses = TwoLosses(z=2.5, lr=0.8, step=30, x=-0.5, y=0)
losses
""",
}


def made():
    """Return what the cells make here, by name."""
    source, names = "\n".join(CELLS.values()), {}
    linecache.cache["<cells>"] = len(source), None, source.splitlines(keepends=True), "<cells>"  # so that the code of a function is found
    exec(compile(source, "<cells>", "exec"), names)
    return names


def numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d+(?:\.\d+)?(?:e−?\d+)?", text)]


def said(figure):
    return figure.locator(".nns-words").inner_text()


def close(values, digits=2):
    return pytest.approx(np.ravel(values).tolist(), abs=0.6 * 10**-digits)


def drawn(places, values):
    """Whether pixels are where a straight axis puts these values."""
    slope, height = np.polyfit(values, places, 1)
    return np.abs(slope * np.asarray(values) + height - places).max() < 0.2 and abs(slope) > 0


def corners(polyline):
    """Return the points of a polyline, one row each."""
    return np.array([place.split(",") for place in polyline.get_attribute("points").split()], float)


def places(figure, selector):
    """Return x and y of the circles, or of whatever has been moved there."""
    found = figure.locator(selector).evaluate_all(
        "all => all.map(one => one.cx ? [one.cx.baseVal.value, one.cy.baseVal.value] : "
        "one.getAttribute('transform').match(/-?[\\d.]+/g).slice(0, 2).map(Number))"
    )
    return np.array(found).T


def end(figure, label="step"):
    figure.get_by_label(label, exact=True).press("End")


# --- one function for each cell: figure as it is drawn, and the names that the cells define -----------------------------------------------


def check_curve(figure, my):
    z = np.linspace(-6, 6, 241)
    swish = z / (1 + np.exp(-z))
    value, slope = my["curve"].at("Swish()")
    assert numbers(said(figure)) == close([-1.2, value, slope], 3) and value == pytest.approx(-1.2 / (1 + np.exp(1.2)))
    assert drawn(corners(figure.locator("polyline.nns-a").first)[:, 1], swish)


def check_stepper(figure, my):
    end(figure)
    expected = my["stepper"].numbers("LeakyReLU")
    shown = [number for text in figure.locator(".nns-picture text").all_text_contents() for number in numbers(text)]
    for name in ("h1.z", "h3.z", "o1.p", "o2.dz", "loss.L"):
        assert any(number == pytest.approx(expected[name], abs=6e-4) for number in shown), name


def check_bends(figure, my):
    x, y = places(figure, "circle.nns-fill-gray")
    assert drawn(x, my["hours"]) and drawn(y, my["degrees"])
    assert numbers(said(figure))[:2] == [3, pytest.approx(my["bends"].error(3), abs=6e-4)]
    assert figure.get_by_label("target", exact=True).count() == 0


def check_waves(figure, my):
    target = corners(figure.locator("polyline.nns-gray"))
    x = np.linspace(-3, 3, len(target))
    assert np.abs(np.corrcoef(target[:, 1], np.cos(3 * x))[0, 1]) > 0.9999
    assert numbers(said(figure))[:2] == [6, pytest.approx(my["waves"].error(6), abs=6e-4)]


def check_canvas(figure, my):
    figure.get_by_role("application").press(" ")
    for _ in range(14):
        figure.get_by_role("application").press("ArrowDown")
    figure.get_by_role("application").press(" ")
    figure.get_by_text(re.compile("Read as|I don’t know")).first.wait_for()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(shown_code(figure), {"network": my["reader"]})
    digit, percent = printed.getvalue().split()[:2]
    figure.get_by_text(f"{digit} ({percent})").first.wait_for()


def check_rates(figure, my):
    assert said(figure).endswith("My loss falls from 4 to 0.671.")
    end(figure, "lr")
    assert said(figure).endswith("My loss falls from 4 to 0.003.")


def check_cloud(figure, my):
    X, y, w = my["inputs"], my["heights"], np.array([3.0, -2.0])
    best = np.linalg.lstsq(X, y, rcond=None)[0]
    above = ((X @ w - y) ** 2).mean() / 2 - ((X @ best - y) ** 2).mean() / 2
    w1, w2, high, samples, length, *_ = numbers(said(figure).replace("w = (", ""))
    assert [w1, w2, samples] == [3, -2, 48]
    assert [high, length] == [pytest.approx(above, abs=6e-4), pytest.approx(np.linalg.norm(X.T @ (X @ w - y) / 48), abs=6e-3)]


def check_space(figure, my):
    marks = "path[transform^='translate']"
    x, y = places(figure, marks)
    assert drawn(x, my["points"][:, 0]) and drawn(y, my["points"][:, 1])
    assert "No single line" not in said(figure)
    end(figure, "from inputs to hidden neurons")
    hidden = my["separator"].layers[1].forward(my["separator"].layers[0].forward(my["points"].astype(np.float32)))
    x, y = places(figure, marks)
    assert drawn(x, hidden[:, 0]) and drawn(y, hidden[:, 1])
    correct = (my["separator"].predict(my["points"]).ravel() == my["sides"]).sum()
    assert f"does not separate the classes: {correct} of 24 are on the correct side" in said(figure)


def check_kernel(figure, my):
    found = feature_map(np.round(my["mine"] * 255) / 255, np.array(my["corner"]))
    assert numbers(said(figure))[-3:] == close([found[8, 12], found.min(), found.max()])
    shown = [float(field.input_value()) for field in figure.locator("input[type=number]").all()]
    assert shown == np.ravel(my["corner"]).tolist()


def check_product(figure, my):
    cells = figure.locator(".nns-result text").all_text_contents()
    assert [numbers(cell)[0] for cell in cells] == close(np.array(my["A"]) @ my["B"] + my["c"])


def check_line(figure, my):
    x, y = places(figure, ".nns-picture g[transform^='translate']")
    assert drawn(x, np.array(my["flowers"])[:, 0]) and drawn(y, np.array(my["flowers"])[:, 1])
    assert "z = 4.50·1.40 + 0.50·0.20 − 13.00 = −6.60, and Sigmoid outputs 0.001." in said(figure)
    assert "5 of 5 samples are on the correct side (desired outputs: your labels)" in said(figure)


def check_neuron(figure, my):
    end(figure)
    z = -1.5 * 1.1 + 0.7
    a = np.expm1(z)
    assert numbers(said(figure))[-1] == pytest.approx((a + 2) * (a + 1) * 1.1, abs=6e-4)


def check_playground(figure, my):
    kept = np.arange(24) % 4 == 3
    for name, part in (("training", ~kept), ("validation", kept)):
        loss, _ = my["classifier"].evaluate(my["points"][part], my["classes"][part])
        figure.get_by_text(f"{name} loss {loss:.3f}").first.wait_for()
    assert figure.locator("[data-neuron^='1 ']").count() == 5


def check_scores(figure, my):
    Z = my["reader"].forward(my["digits"].X_test[:1]).astype(float)
    p = np.exp(Z - Z.max())[0]
    heights = (
        figure.locator("svg").nth(1).locator("rect[class^='nns-fill']").evaluate_all("all => all.map(one => one.height.baseVal.value)")
    )
    assert drawn(heights, p / p.sum()) and len(heights) == 10
    assert "class 7 0." in said(figure)
    assert numbers(said(figure))[-1] == pytest.approx(-np.log(p[my["digits"].y_test[0]] / p.sum()), abs=6e-4)


def check_tape(figure, my):
    end(figure)
    assert "u receives 1 · (−2) = −2" in said(figure)
    assert {"−2", "1.5", "−1"} <= set(re.findall(r"−?\d+(?:\.\d+)?", figure.locator(".nns-picture").inner_text()))


def check_layers(figure, my):
    outputs, gradients = my["layers"].run("your own")
    network = my["deep"].astype(np.float64)
    network.loss_and_gradients(my["points"], my["classes"])
    assert gradients[0].sum(axis=0) == pytest.approx(network.parameters.grad("0.b"))
    shown = [numbers(text)[0] for text in figure.locator(".nns-small").all_text_contents() if text != "std"]
    assert shown == close([one.std() for one in outputs])
    sizes = [np.sqrt((one**2).mean()) for one in (gradients[-1], gradients[0])]
    said_sizes = numbers(said(figure).split("size of")[1])
    assert [said_sizes[0], said_sizes[2]] == [pytest.approx(size, rel=0.5, abs=6e-3) for size in sizes]


def check_losses(figure, my):
    squared, entropy = (my["losses"].outputs(loss)[30] for loss in ("squared error", "cross-entropy"))
    step, label, *found = numbers(said(figure))
    assert [step, label, found[0], found[2]] == [30, 0, pytest.approx(squared, abs=6e-4), pytest.approx(entropy, abs=6e-4)]
