"""Initialization: the promised standard deviation, and the same numbers from the same seed."""

import numpy as np
import pytest

from nnfromscratch import INITIALIZERS, Linear, ReLU, Tanh, mlp

STANDARD_DEVIATIONS = {"normal": 0.01, "xavier": np.sqrt(2 / (300 + 200)), "he": np.sqrt(2 / 300), "zeros": 0}


@pytest.mark.parametrize("name, init", INITIALIZERS.items())
def test_mean_and_spread_are_as_promised(name, init):
    W, std, n = init(300, 200, rng=1), STANDARD_DEVIATIONS[name], 300 * 200
    assert W.shape == (300, 200) and W.dtype == np.float64
    assert abs(W.mean()) <= 5 * std / np.sqrt(n) and abs(W.std() - std) <= 5 * std / np.sqrt(2 * n)  # five standard errors


@pytest.mark.parametrize("init", INITIALIZERS.values())
def test_sizes_are_looked_at(init):
    for sizes, error in (((0, 3), ValueError), ((3, 0), ValueError), ((-1, 3), ValueError), ((2.0, 3), TypeError), ((2, True), TypeError)):
        with pytest.raises(error, match="expected a whole number"):
            init(*sizes)


@pytest.mark.parametrize("name", ["normal", "xavier", "he"])
def test_the_seed_decides(name):
    init = INITIALIZERS[name]
    assert (init(3, 4, rng=5) == init(3, 4, rng=np.random.default_rng(5))).all()
    assert (init(3, 4, rng=5) != init(3, 4, rng=6)).all()
    assert (init(3, 4) != init(3, 4)).all()


def test_signals_keep_their_size_through_ten_layers():
    """What the variances are for: he under ReLU and xavier under tanh keep the signal alive; small normal weights kill it."""

    def spread(act, init):
        A = np.random.default_rng(0).standard_normal((200, 100))
        for layer in mlp([100] * 11, act, init=init, rng=1, dtype=np.float64):
            A = layer.forward(A)
        return A.std()

    assert 0.3 < spread(ReLU, "he") < 3 and 0.1 < spread(Tanh, "xavier") < 3
    assert spread(ReLU, "normal") < 1e-8 and spread(Tanh, "normal") < 1e-8


def test_the_global_generator_is_left_alone():
    def state():
        return np.random.get_state()[1].tolist()  # noqa: NPY002

    before = state()
    Linear(3, 4), mlp([3, 4, 2], dropout=0.5)
    assert state() == before


def test_linear_takes_a_name_or_a_function_and_biases_start_at_zero():
    for init in ("he", INITIALIZERS["he"]):
        layer = Linear(3, 4, init=init, rng=2)
        np.testing.assert_array_equal(layer.params["W"], INITIALIZERS["he"](3, 4, rng=2).astype(np.float32))
        assert not layer.params["b"].any()


def test_mlp_gives_each_layer_the_start_that_suits_its_activation():
    layers = mlp([300, 300, 300, 300], [ReLU, Tanh], rng=0)
    he, xavier = np.sqrt(2 / 300), np.sqrt(2 / 600)
    for layer, std in zip(layers[::2], (he, xavier, xavier)):
        assert layer.params["W"].std() == pytest.approx(std, rel=0.02)
