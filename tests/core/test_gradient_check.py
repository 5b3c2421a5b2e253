"""The gradient check, and the check of the check: a derivative that is wrong by a thousandth must be rejected."""

import math

import numpy as np
import pytest

from cases import ACTIVATIONS, LAYERS, LOSSES, HeldDropout, numbers, targets
from nnfromscratch import (
    Linear,
    Network,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
    check_gradients,
    mlp,
    numerical_gradient,
    relative_error,
)

RIGHT, WRONG = 1e-7, 1e-4


def deep(act, loss, dtype=np.float64):
    """Three linear layers with two activations between them, and data for them."""
    network = Network(mlp([4, 5, 5, 3], act, rng=3, init="xavier", dtype=dtype), loss())
    return network, numbers(6, 4), targets(loss, 6, 3)


# ---------------------------------------------------------------------------------------------- what is right passes


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("act", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_every_activation_with_every_loss(act, loss):
    errors = check_gradients(*deep(act, loss))
    assert sorted(errors) == ["0.W", "0.b", "2.W", "2.b", "4.W", "4.b", "X"]
    assert max(errors.values()) < RIGHT


@pytest.mark.parametrize("loss", LOSSES)
def test_a_network_of_all_layers_at_once(loss):
    smooth = [make for name, make in ACTIVATIONS.items() if "BinaryStep" not in name]
    hidden = [layer for make in smooth for layer in (Linear(8, 8, rng=8, dtype=np.float64), make())]
    layers = [Linear(4, 8, rng=0, dtype=np.float64), *hidden, Linear(8, 3, rng=0, dtype=np.float64)]
    assert max(check_gradients(Network(layers, loss()), numbers(6, 4), targets(loss, 6, 3)).values()) < RIGHT


def test_dropout_inside_a_network():
    network = Network([Linear(4, 5, rng=0, dtype=np.float64), HeldDropout(0.4), Tanh(), Linear(5, 3, rng=1, dtype=np.float64)])
    assert network.astype(np.float64).layers[1].training  # the copy that is checked drops out, too
    assert max(check_gradients(network, numbers(6, 4), targets(SoftmaxCrossEntropy, 6, 3)).values()) < RIGHT


def test_a_float32_network_is_checked_in_float64_and_left_alone():
    network, X, y = deep(Tanh, SoftmaxCrossEntropy, np.float32)
    before = network.parameters.values.copy()
    assert max(check_gradients(network, X.astype(np.float32), y).values()) < RIGHT
    assert network.dtype == np.float32 and (network.parameters.values == before).all() and not network.parameters.gradients.any()


def test_in_float32_the_same_check_would_say_nothing():
    """Why the copy is float64: measured in float32, a right derivative has a larger error than a wrong one."""
    network, X, y = deep(Tanh, SoftmaxCrossEntropy, np.float32)
    X = X.astype(np.float32)
    network.loss_and_gradients(X, y)
    w, right = network.parameters.values, network.parameters.gradients.copy()
    differences = np.empty_like(w)
    for i in range(w.size):
        losses = []
        for h in (1e-5, -2e-5):
            w[i] += h
            losses.append(network.loss_and_gradients(X, y))
        w[i] += 1e-5
        differences[i] = (losses[0] - losses[1]) / 2e-5
    assert relative_error(right, differences) > WRONG


# ---------------------------------------------------------------------------------------------- what is wrong does not


def wrong_by(factor, layer, key):
    """Let the layer's backward give a derivative that is wrong by this factor."""
    right = type(layer).backward

    class Wrong(type(layer)):
        def backward(self, dA):
            dX = right(self, dA)
            if key == "X":
                return dX * factor
            self.grads[key] = self.grads[key] * factor
            return dX

    layer.__class__ = Wrong


SLOPED = {name: make for name, make in LAYERS.items() if name != "Linear" and "BinaryStep" not in name}


@pytest.mark.parametrize("make", SLOPED.values(), ids=SLOPED)
@pytest.mark.parametrize("factor", [1.001, 0.999])
def test_a_layer_wrong_by_a_thousandth_is_rejected(make, factor):
    _, X, y = deep(Tanh, SoftmaxCrossEntropy)
    layers = [
        Linear(4, 5, rng=0, dtype=np.float64),
        Tanh(),
        Linear(5, 5, rng=1, dtype=np.float64),
        make(),
        Linear(5, 3, rng=2, dtype=np.float64),
    ]
    wrong_by(factor, layers[3], "X")
    errors = check_gradients(Network(layers), X, y)
    assert min(errors[name] for name in ("0.W", "0.b", "2.W", "2.b", "X")) > WRONG  # everything before it
    assert max(errors["4.W"], errors["4.b"]) < RIGHT  # and nothing after it


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("i, key", [(i, key) for i in (2, 4) for key in "WbX"])
def test_a_linear_layer_wrong_by_a_thousandth_is_rejected_by_name(i, key, loss):
    network, X, y = deep(Tanh, loss)
    wrong_by(1.001, network.layers[i], key)
    guilty = {name for name, error in check_gradients(network, X, y).items() if error > WRONG}
    before = {f"{j}.{k}" for j in range(0, i, 2) for k in "Wb"} | {"X"}
    assert guilty == (before if key == "X" else {f"{i}.{key}"})


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_wrong_by_a_thousandth_is_rejected_everywhere(loss):
    class Wrong(loss):
        def backward(self):
            return super().backward() * 1.001

    network, X, y = deep(Tanh, loss)
    network.loss = Wrong()
    assert min(check_gradients(network, X, y).values()) > WRONG


@pytest.mark.parametrize("key, index", [("W", (0, 0)), ("W", (57, 23)), ("b", (29,))])
def test_a_single_wrong_number_in_a_large_matrix_is_found(key, index):
    class Wrong(Linear):
        def backward(self, dZ, input_gradient=True):
            dX = super().backward(dZ, input_gradient)
            self.grads[key][index] *= 1.001
            return dX

    def error(make):
        network = Network([make(60, 30, rng=0, dtype=np.float64)])
        return check_gradients(network, numbers(3, 60), targets(SoftmaxCrossEntropy, 3, 30))[f"0.{key}"]

    assert error(Linear) < RIGHT < 3e-7 < error(Wrong)


def test_nan_in_a_derivative_cannot_hide():
    class Wrong(Sigmoid):
        def backward(self, dA):
            return super().backward(dA) * np.nan

    network, X, y = deep(lambda: Wrong(), SquaredError)
    assert max(check_gradients(network, X, y).values()) == math.inf


# ---------------------------------------------------------------------------------------------- its parts


def test_numerical_gradient_by_hand():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    x.flags.writeable = False
    np.testing.assert_allclose(numerical_gradient(lambda x: float((x**3).sum()), x), 3 * x**2, rtol=1e-8)


def test_numerical_gradient_is_of_second_order():
    errors = [abs(numerical_gradient(lambda x: math.exp(x[0]), np.array([1.0]), h=h)[0] - math.e) for h in (0.1, 0.05)]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.01)


@pytest.mark.parametrize(
    "a, b, error",
    [
        ([0, 0], [0, 0], 0),
        ([1, 2], [1, 2], 0),
        ([3, 4], [-3, -4], 1),
        ([3, 4], [0, 0], 1),
        ([1e-30, 0], [0, 0], 1),
        ([1e-30], [1.001e-30], 0.001 / 2.001),
        ([np.nan], [1], math.inf),
        ([np.inf], [np.inf], math.inf),
    ],
)
def test_relative_error(a, b, error):
    assert relative_error(np.array(a, float), np.array(b, float)) == pytest.approx(error)
    assert relative_error(np.array(b, float), np.array(a, float)) == pytest.approx(error)


NETWORK, Y = Network(mlp([2, 2], rng=0)), np.array([0])


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: relative_error(np.zeros(2), np.zeros(3)), ValueError, r"b has shape \(3,\); expected \(2,\)"),
        (lambda: relative_error(np.zeros((2, 1)), np.zeros(2)), ValueError, r"b has shape \(2,\); expected \(2, 1\)"),
        (lambda: numerical_gradient(np.sum, np.zeros(2, np.float32)), TypeError, "x has dtype float32; expected float64"),
        (lambda: numerical_gradient(np.sum, np.zeros(0)), ValueError, "x is empty"),
        (lambda: numerical_gradient(np.sum, np.array([np.nan])), ValueError, "x holds nan"),
        (lambda: numerical_gradient(np.sum, np.zeros(2), h=0), ValueError, "h is 0; expected a number above 0"),
        (lambda: numerical_gradient(np.sum, [1.0]), TypeError, "x is a list; expected a NumPy array"),
        (lambda: check_gradients(NETWORK, np.zeros((1, 3)), Y), ValueError, r"X has shape \(1, 3\); expected \(any, 2\)"),
        (lambda: check_gradients(NETWORK, np.zeros((1, 2)), np.array([2])), ValueError, "labels from 2 to 2; expected 0 to 1"),
    ],
)
def test_doors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_whatever_a_network_takes_can_be_checked():
    X, y = np.array([[1, -2], [0, 3]]), [0, 1]
    for data in (X, X.tolist(), X.astype(np.float32)):
        assert max(check_gradients(NETWORK, data, y).values()) < 1e-7
