"""Copies, pickles, and worker processes: every one of them is a network that learns, and that shares nothing."""

import copy
import multiprocessing
import pickle

import numpy as np
import pytest

from cases import numbers, targets
from nnfromscratch import (
    SGD,
    Adam,
    Dropout,
    LeakyReLU,
    Linear,
    Loss,
    Network,
    ReLU,
    Scale,
    SoftmaxCrossEntropy,
    SquaredError,
    check_gradients,
    cosine,
    mlp,
)
from nnfromscratch.convolution import Conv2D, Flatten, MaxPool2D, Reshape

X, Y = numbers(40, 4, dtype=np.float32), targets(SoftmaxCrossEntropy, 40, 3)


class Smooth(SoftmaxCrossEntropy):
    """A loss with an option of its own: label smoothing."""

    def __init__(self, by):
        self.by = by

    def encode(self, y, shape, dtype):
        return (1 - self.by) * super().encode(y, shape, dtype) + dtype.type(self.by / shape[1])

    def __repr__(self):
        return f"Smooth({self.by})"


class Named(Network):
    """A network with an attribute of its own."""

    def __init__(self, layers, loss=None, name="?"):
        super().__init__(layers, loss)
        self.name = name


def named(loss=None):
    return Named(mlp([4, 6, 3], "Tanh", rng=0, dropout=0.2), loss, name="mine")


WAYS = {
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
    "old pickle": lambda thing: pickle.loads(pickle.dumps(thing, protocol=2)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    "astype": lambda thing: thing.astype(np.float32),
    "in a list": lambda thing: copy.deepcopy([thing, thing])[1],
    "a copy of a copy": lambda thing: pickle.loads(pickle.dumps(copy.deepcopy(thing))),
}
each_way = pytest.mark.parametrize("twin", WAYS.values(), ids=WAYS)


def assert_bound(network):
    """Everything that a layer holds is a view of this network's flat vectors, and of no other's."""
    for i, layer in enumerate(network.layers):
        assert layer.in_use
        for key in layer.params:
            assert np.shares_memory(layer.params[key], network.parameters.values)
            assert np.shares_memory(layer.grads[key], network.parameters.gradients)
            assert layer.params[key] is network.parameters[f"{i}.{key}"] and layer.grads[key] is network.parameters.grad(f"{i}.{key}")


@each_way
@pytest.mark.parametrize("trained", [False, True])
def test_a_copy_is_equal_independent_and_learns(twin, trained):
    network = named(Smooth(0.3))
    if trained:
        network.fit(X, Y, epochs=1, rng=0)
    before = network.parameters.values.copy()
    other = twin(network)
    assert_bound(other)
    assert type(other) is Named and other.name == "mine" and repr(other) == repr(network) and other.loss.by == 0.3
    assert other.loss is not network.loss and not np.shares_memory(other.parameters.values, before)
    assert (other.predict_proba(X) == network.predict_proba(X)).all()
    history = other.fit(X, Y, epochs=3, rng=1)
    assert (network.parameters.values == before).all() and (other.parameters.values != before).any()
    assert network.fit(X, Y, epochs=3, rng=1) == history  # the same dropout as well: its generator was copied
    assert (network.parameters.values == other.parameters.values).all()
    assert_bound(network)


@each_way
def test_options_of_a_loss_are_kept(twin):
    network = named(Smooth(0.3))
    plain = named()
    assert twin(network).evaluate(X, Y)[0] == pytest.approx(network.evaluate(X, Y)[0])
    assert network.evaluate(X, Y)[0] != pytest.approx(plain.evaluate(X, Y)[0], rel=1e-3)


def test_check_gradients_uses_the_options_of_the_loss():
    class Weighted(SquaredError):
        factor = 1.0

        def _compute(self, Z, Y):
            return self.factor * super()._compute(Z, Y)

        def backward(self):
            return 3.0 * super().backward()

    right, wrong = Weighted(), Weighted()
    right.factor = 3.0
    targets_of_two = numbers(40, 2, seed=2)
    for loss, fits in ((right, True), (wrong, False)):
        errors = check_gradients(Network(mlp([4, 2], rng=0), loss), X, targets_of_two)
        assert (max(errors.values()) < 1e-7) is fits


@pytest.mark.parametrize("twin", [WAYS["pickle"], WAYS["deepcopy"], WAYS["copy"]])
def test_a_copied_layer_belongs_to_no_network(twin):
    network = named()
    layer = twin(network.layers[0])
    assert not layer.in_use and layer.cache is None
    other = Network([layer])
    other.parameters.values[:] = 9
    assert not (network.parameters.values == 9).any()
    assert_bound(network), assert_bound(other)


@each_way
def test_layers_for_images(twin):
    layers = [Scale(0.5), Reshape((1, 4, 4)), Conv2D(1, 2, 3, rng=0), ReLU(), MaxPool2D(2), Flatten(), Linear(2, 3, rng=1)]
    network, images = Network(layers), np.abs(numbers(10, 16, dtype=np.float32))
    other = twin(network)
    assert_bound(other)
    for which in (network, other):
        which.fit(images, Y[:10], epochs=2, rng=0)
    assert (network.parameters.values == other.parameters.values).all()


def test_the_gradients_are_copied_as_well():
    network = named()
    network.loss_and_gradients(X, Y)
    for twin in (WAYS["pickle"], WAYS["deepcopy"]):
        assert (twin(network).parameters.gradients == network.parameters.gradients).all()


def test_a_pickle_does_not_hold_the_last_batch():
    network = Network(mlp([4, 3], rng=0))
    empty = len(pickle.dumps(network))
    network.predict(np.zeros((1000, 4), np.float32))
    assert len(pickle.dumps(network)) < empty + 1000


def test_network_and_optimizer_go_on_together():
    network, optimizer = named(), Adam(cosine(0.01, 100))
    network.fit(X, Y, epochs=2, optimizer=optimizer, rng=0)
    other, descent = pickle.loads(pickle.dumps((network, optimizer)))
    for pair in ((network, optimizer), (other, descent)):
        pair[0].fit(X, Y, epochs=2, optimizer=pair[1], rng=1)
    assert (network.parameters.values == other.parameters.values).all() and descent.step_count == optimizer.step_count == 8


def test_a_copy_made_in_the_middle_of_an_epoch_works():
    network, kept = named(), []
    network.fit(X, Y, epochs=1, batch_size=10, optimizer=SGD(lambda step: kept.append(copy.deepcopy(network)) or 0.1), rng=0)
    assert len(kept) == 4 and (kept[0].predict(X) == named().predict(X)).all()
    assert_bound(kept[2])


# ---------------------------------------------------------------------------------------------- worker processes


def train_elsewhere(network, optimizer):
    """What a worker process does."""
    before = network.parameters.values.copy()
    history = network.fit(X, Y, epochs=2, optimizer=optimizer, rng=0)
    return network, history, bool((network.parameters.values != before).any())


@pytest.mark.slow
def test_a_worker_process_trains_and_returns_the_network():
    context = multiprocessing.get_context("spawn")
    network = Network(mlp([4, 6, 3], lambda: LeakyReLU(0.1), rng=0))
    with context.Pool(1) as pool:
        returned, history, changed = pool.apply(train_elsewhere, (network, SGD(0.1, momentum=0.9)))
    here, expected, _ = train_elsewhere(network, SGD(0.1, momentum=0.9))
    assert changed and history == expected and np.allclose(returned.parameters.values, here.parameters.values)
    assert_bound(returned)
    returned.fit(X, Y, epochs=1, rng=1)
    assert not np.allclose(returned.parameters.values, here.parameters.values)


def test_dropout_and_losses_are_where_they_should_be():
    """The classes above are really used: dropout drops, smoothing smooths."""
    assert any(isinstance(layer, Dropout) for layer in named().layers) and isinstance(Smooth(0.1), Loss)
    np.testing.assert_allclose(Smooth(0.3).encode(np.array([0]), (1, 3), np.dtype(np.float32)), [[0.8, 0.1, 0.1]], rtol=1e-6)
