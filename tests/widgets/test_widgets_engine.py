"""The engine in JavaScript computes what the package computes: loss and every parameter, over many steps."""

from itertools import product

import numpy as np
import pytest

import nnfromscratch as nn
from nnfromscratch.widgets.random import Generator
from widget_modules import write_modules

pytestmark = pytest.mark.browser

STEPS = 50
ACTIVATIONS = ["Identity", "BinaryStep", "Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU"]
LOSSES = ["SoftmaxCrossEntropy", "SquaredError", "BinaryCrossEntropy"]
OPTIONS = [{}, {"momentum": 0.9}, {"weight_decay": 0.01}, {"momentum": 0.5, "weight_decay": 0.1}]
HIDDEN = [[], [1], [3], [5, 4], [8, 8, 8], [2, 3, 4, 5]]
BATCHES = [1, 7, 16, 40]
# every activation with every loss, and then all depths, batches, and options of the optimizer along the way
SETTINGS = [
    {"activation": activation, "loss": loss, "hidden": HIDDEN[i % 6], "batch_size": BATCHES[i % 4], **OPTIONS[(i // 2) % 4], "seed": i}
    for i, (activation, loss) in enumerate([*product(ACTIVATIONS, LOSSES)] * 2)
]
IN_THE_BROWSER = """async settings => {
    const engine = await import("./engine.js"), random = await import("./random.js");
    return settings.map(({ sizes, activations, loss, values, X, Y, batch_size, seed, options, steps }) => {
        const network = engine.makeNetwork(sizes, activations, loss), losses = [];
        network.values.set(values);
        const draw = random.generator(seed), n = X.length / sizes[0];
        for (let order = [], taken = 0; taken < steps; taken++) {
            if (!order.length) order = [...random.permutation(draw, n)];
            losses.push(engine.learn(network, new Float64Array(X), new Float64Array(Y), order.splice(0, batch_size), options));
        }
        return { losses, values: [...network.values], gradients: [...network.gradients] };
    });
}"""


@pytest.fixture(scope="module")
def modules(browser, served, tmp_path_factory):
    page = browser.new_page()
    page.goto(served(write_modules(tmp_path_factory.mktemp("modules"))) + "/index.html")
    yield page
    page.close()


def make(activation="Tanh", loss="SoftmaxCrossEntropy", hidden=(3,), seed=0, **_):
    """Return a network of the package in float64, and 40 samples of three classes."""
    X, y = nn.make_blobs(40, noise=0.5, rng=seed)
    network = nn.Network(nn.mlp([2, *hidden, 3], activation, rng=seed, dtype=np.float64), getattr(nn, loss)())
    network.parameters.values[:] += 0.05 * np.random.default_rng(seed).standard_normal(network.parameters.values.size)  # biases as well
    return network, X.astype(np.float64), nn.one_hot(y, 3).astype(np.float64)


def with_the_package(network, X, Y, batch_size, seed, steps, **options):
    """Take the same steps on the same samples with the package."""
    optimizer, losses, draw, order = nn.SGD(lr=0.1, **options), [], Generator(seed), []
    for _ in range(steps):
        if not len(order):
            order = draw.permutation(len(X))
        batch, order = order[:batch_size], order[batch_size:]
        losses.append(network.loss_and_gradients(X[batch], Y[batch]))
        optimizer.step(network.parameters)
    return losses


def asked(network, X, Y, *, activation, loss, hidden, batch_size, seed, **options):
    """Return the same task for the browser."""
    names = {"weight_decay": "weightDecay"}
    return {
        "sizes": [2, *hidden, 3],
        "activations": [activation] * len(hidden),
        "loss": loss,
        "values": network.parameters.values.tolist(),
        "X": X.ravel().tolist(),
        "Y": Y.ravel().tolist(),
        "batch_size": batch_size,
        "seed": seed,
        "options": {"lr": 0.1} | {names.get(name, name): value for name, value in options.items()},
        "steps": STEPS,
    }


def test_fifty_steps_of_every_kind_equal_those_of_the_package(modules):
    made = [make(**setting) for setting in SETTINGS]
    found = modules.evaluate(IN_THE_BROWSER, [asked(*task, **setting) for task, setting in zip(made, SETTINGS)])
    assert len(found) >= 40
    for setting, task, answer in zip(SETTINGS, made, found):
        network = task[0]
        options = {name: setting[name] for name in ("momentum", "weight_decay") if name in setting}
        losses = with_the_package(*task, setting["batch_size"], setting["seed"], STEPS, **options)
        np.testing.assert_allclose(answer["losses"], losses, rtol=1e-6, atol=1e-6, err_msg=str(setting))
        np.testing.assert_allclose(answer["values"], network.parameters.values, rtol=1e-6, atol=1e-6, err_msg=str(setting))
        np.testing.assert_allclose(answer["gradients"], network.parameters.gradients, rtol=1e-6, atol=1e-6, err_msg=str(setting))


WITH_OPTIONS = [
    ("ReLU", 0.5, nn.ReLU(0.5)),
    ("LeakyReLU", 0.2, nn.LeakyReLU(0.2)),
    ("ELU", 0.5, nn.ELU(0.5)),
    ("BinaryStep", 1.0, nn.BinaryStep(1.0)),
    ("ScaledIdentity", 0.5, nn.ScaledIdentity(0.5)),
]


@pytest.mark.parametrize("name, option, layer", WITH_OPTIONS)
def test_options_of_activations(modules, name, option, layer):
    Z = np.linspace(-3, 3, 13)[None, :]
    A, slopes = layer.forward(Z)[0], layer.backward(np.ones_like(Z))[0]
    found = modules.evaluate(
        """async ([name, option, Z]) => {
            const { ACTIVATIONS } = await import("./engine.js"), [f, slope] = ACTIVATIONS[name](option);
            return [Z.map(z => f(z)), Z.map(z => slope(z, f(z)))];
        }""",
        [name, option, Z[0].tolist()],
    )
    np.testing.assert_allclose(found, [A, slopes], atol=1e-15)


def test_first_weights_have_the_deviation_of_the_package(modules):
    found = modules.evaluate(
        """async () => {
            const { initialize, makeNetwork } = await import("./engine.js"), { generator, normals } = await import("./random.js");
            const network = makeNetwork([100, 200, 300, 3], ["ReLU", "Tanh"]), draw = generator(0);
            initialize(network, n => normals(draw, n));
            return network.layers.map(({ W, b, nOut }) => [[...network.values.subarray(W, b)], [...network.values.subarray(b, b + nOut)]]);
        }"""
    )
    layers = [layer for layer in nn.mlp([100, 200, 300, 3], ["ReLU", "Tanh"], rng=0) if layer.params]
    for (W, b), layer in zip(found, layers):
        assert np.std(W) == pytest.approx(layer.params["W"].std(), rel=0.05) and not any(b)


def test_random_numbers_are_the_same_in_both_languages(modules):
    found = modules.evaluate(
        """async () => {
            const { generator, normals, permutation } = await import("./random.js"), draw = generator(7);
            return [Array.from({ length: 100 }, draw), [...normals(draw, 100)], [...permutation(draw, 100)]];
        }"""
    )
    draw = Generator(7)
    np.testing.assert_allclose(found[0], draw.uniform(100), rtol=0)
    np.testing.assert_allclose(found[1], draw.normal(100), rtol=1e-12)
    np.testing.assert_array_equal(found[2], draw.permutation(100))


def test_random_numbers_are_evenly_spread():
    draw = Generator(3)
    u, z = draw.uniform(100_000), draw.normal(100_000)
    assert abs(np.histogram(u, 10, (0, 1))[0] / 10_000 - 1).max() < 0.05
    assert abs(z.mean()) < 0.02 and abs(z.std() - 1) < 0.02 and abs((z**4).mean() - 3) < 0.1
    assert sorted(draw.permutation(50)) == list(range(50))
