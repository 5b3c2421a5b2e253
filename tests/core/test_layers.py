"""Layers: forward is the formula, backward its derivative, and both check their arguments."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import nnfromscratch as nn
from cases import ACTIVATIONS, LAYERS, HeldDropout, numbers
from nnfromscratch import Dropout, Layer, Linear, Network, Parameters, ReLU, numerical_gradient, relative_error

each_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
each_activation = pytest.mark.parametrize("make", ACTIVATIONS.values(), ids=ACTIVATIONS)
FUNCTIONS = [
    (nn.Identity(), nn.identity, {}),
    (nn.ScaledIdentity(-0.7), nn.scaled_identity, {"a": -0.7}),
    (nn.BinaryStep(0.25), nn.binary_step, {"threshold": 0.25}),
    (nn.Sigmoid(), nn.sigmoid, {}),
    (nn.Tanh(), nn.tanh, {}),
    (nn.ReLU(2.5), nn.relu, {"slope": 2.5}),
    (nn.LeakyReLU(-2), nn.leaky_relu, {"negative_slope": -2}),
    (nn.ELU(0.4), nn.elu, {"alpha": 0.4}),
]


def loss_of(layer, X):
    """A number to which every output of the layer contributes differently, and its derivative with respect to the output."""
    dA = numbers(*layer.forward(X).shape, seed=5)
    return lambda X: float((layer.forward(X) * dA).sum()), dA


# ---------------------------------------------------------------------------------------------- derivatives


@each_layer
def test_input_gradient_against_differences(make):
    layer, X = make(), numbers(4, 3)
    loss, dA = loss_of(layer, X)
    assert relative_error(layer.backward(dA), numerical_gradient(loss, X)) < 1e-7


@pytest.mark.parametrize("name", ["W", "b"])
def test_parameter_gradient_against_differences(name):
    layer, X = Linear(3, 2, rng=0, dtype=np.float64), numbers(4, 3)
    loss, dA = loss_of(layer, X)
    layer.backward(dA)

    def loss_at(values):
        layer.params[name] = values
        return loss(X)

    assert relative_error(layer.grads[name], numerical_gradient(loss_at, layer.params[name].copy())) < 1e-7


def test_softmax_backward_is_its_whole_jacobian():
    layer, Z, dA = nn.Softmax(), numbers(1, 4), numbers(1, 4, seed=5)
    a = layer.forward(Z)[0]
    jacobian = np.diag(a) - np.outer(a, a)  # da_i/dz_j = a_i (delta_ij - a_j)
    np.testing.assert_allclose(layer.backward(dA)[0], dA[0] @ jacobian, rtol=1e-13)


def test_no_layer_is_forgotten_here():
    known = {name for name, layer in nn.LAYERS.items() if layer.__module__ == "nnfromscratch.layers"}  # convolution adds its own
    assert {type(make()).__name__.removeprefix("Held") for make in LAYERS.values()} == known


def test_linear_by_hand():
    layer = Linear(2, 3, dtype=np.float64)
    layer.params["W"], layer.params["b"] = [[1, 2, 3], [4, 5, 6]], [10, 20, 30]
    assert layer.forward(np.array([[1.0, 0.0], [0.0, 2.0]])).tolist() == [[11, 22, 33], [18, 30, 42]]
    assert layer.backward(np.array([[1.0, 0, 0], [0, 0, 1]])).tolist() == [[1, 4], [3, 6]]
    assert layer.grads["W"].tolist() == [[1, 0, 0], [0, 0, 2]] and layer.grads["b"].tolist() == [1, 0, 1]


def test_linear_leaves_out_the_input_gradient_when_told():
    layer = Linear(3, 2, rng=0, dtype=np.float64)
    layer.forward(numbers(4, 3))
    layer.backward(numbers(4, 2))
    grads = {name: g.copy() for name, g in layer.grads.items()}
    assert layer.backward(numbers(4, 2), input_gradient=False) is None
    assert all((layer.grads[name] == grads[name]).all() for name in grads)


def test_gradients_are_replaced_and_not_added_up():
    layer = Linear(3, 2, rng=0, dtype=np.float64)
    layer.forward(numbers(4, 3))
    layer.backward(numbers(4, 2))
    first = layer.grads["W"].copy()
    layer.backward(numbers(4, 2))
    assert (layer.grads["W"] == first).all()


# ---------------------------------------------------------------------------------------------- forward


@pytest.mark.parametrize("layer, function, options", FUNCTIONS, ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_forward_is_the_function_and_backward_its_derivative(layer, function, options, dtype):
    Z, dA = numbers(5, 3, dtype=dtype), numbers(5, 3, seed=5, dtype=dtype)
    np.testing.assert_array_equal(layer.forward(Z), function(Z, **options))
    derivative = getattr(nn, "d_" + function.__name__)(Z, **options)
    np.testing.assert_allclose(layer.backward(dA), dA * derivative, rtol=20 * np.finfo(dtype).eps)


@pytest.mark.parametrize("layer, function, options", FUNCTIONS, ids=lambda value: getattr(value, "__name__", None))
def test_at_the_kink_layer_and_function_agree(layer, function, options):
    Z = np.full((2, 3), options.get("threshold", 0.0))
    np.testing.assert_array_equal(layer.forward(Z), function(Z, **options))
    np.testing.assert_array_equal(layer.backward(np.ones((2, 3))), getattr(nn, "d_" + function.__name__)(Z, **options))


@each_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_stays(make, dtype):
    layer = Network([make()]).astype(dtype).layers[0]
    A = layer.forward(numbers(4, 3, dtype=dtype))
    dX = layer.backward(numbers(*A.shape, dtype=dtype))
    assert {A.dtype, dX.dtype, *(g.dtype for g in layer.grads.values())} == {np.dtype(dtype)}
    assert dX.shape == (4, 3)


@each_layer
def test_neither_pass_changes_what_it_is_given(make):
    layer, X = make(), numbers(4, 3)
    kept, A = X.copy(), layer.forward(X)
    dA, kept_A = numbers(*A.shape), A.copy()
    kept_dA = dA.copy()
    layer.backward(dA)
    assert (X == kept).all() and (dA == kept_dA).all() and (A == kept_A).all()


@each_activation
@given(Z=arrays(np.float32, (2, 3), elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_activation_layers_take_every_finite_float32(make, Z):
    layer = make()
    if getattr(layer, "slope", 1) > 1 or getattr(layer, "negative_slope", 0) < -1:
        Z = Z / 4  # a slope above 1 takes the largest numbers to infinity, as it should
    A = layer.forward(Z)  # a warning would be an error
    dZ = layer.backward(np.ones_like(A))
    assert np.isfinite(A).all() and np.isfinite(dZ).all() and A.dtype == dZ.dtype == np.float32


def test_scale_turns_bytes_into_float32_and_keeps_floats():
    layer, pixels = nn.Scale(1 / 255), np.array([[0, 51, 255]], np.uint8)
    assert layer.forward(pixels).dtype == np.float32
    np.testing.assert_allclose(layer.forward(pixels), [[0, 0.2, 1]], rtol=1e-6)
    for dtype in (np.float32, np.float64):
        assert layer.forward(pixels.astype(dtype)).dtype == dtype
    assert (pixels == [[0, 51, 255]]).all()


# ---------------------------------------------------------------------------------------------- dropout


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_silences_a_share_p_and_scales_the_others(p, dtype):
    layer, Z = Dropout(p, rng=0), np.ones((200, 500), dtype)
    layer.training = True
    A = layer.forward(Z)
    kept = A != 0
    np.testing.assert_allclose(A[kept], 1 / (1 - p), rtol=2 * np.finfo(dtype).eps)
    assert abs(kept.mean() - (1 - p)) < 5 * math.sqrt(p * (1 - p) / Z.size)  # five standard deviations
    assert (layer.backward(Z) == A).all()  # the same mask in the backward pass


def test_dropout_does_nothing_outside_training():
    layer, Z = Dropout(0.5, rng=0), numbers(4, 3)
    assert (layer.forward(Z) == Z).all() and (layer.backward(Z) == Z).all()


def test_dropout_draws_a_new_mask_every_time_and_the_same_ones_from_the_same_seed():
    def masks():
        layer = Dropout(0.5, rng=3)
        layer.training = True
        return [layer.forward(np.ones((8, 8))) for _ in range(2)]

    first, second = masks()
    assert (first != second).any()
    assert all((a == b).all() for a, b in zip((first, second), masks()))


def test_dropout_of_nothing_keeps_everything():
    layer = Dropout(0)
    layer.training = True
    assert (layer.forward(np.ones((50, 50))) == 1).all()


def test_held_dropout_is_at_work():
    """The gradient check of dropout above does not just check the identity."""
    assert 0 < (HeldDropout(0.4).forward(np.ones((4, 3))) == 0).sum() < 12


# ---------------------------------------------------------------------------------------------- doors


@each_layer
def test_backward_needs_forward(make):
    with pytest.raises(RuntimeError, match=r"backward needs a forward pass first"):
        make().backward(np.zeros((4, 2)))


@each_layer
def test_backward_refuses_another_shape(make):
    layer = make()
    shape = layer.forward(numbers(4, 3)).shape
    for wrong in ((shape[0] + 1, shape[1]), (shape[0], shape[1] + 1), (1, shape[1]), (shape[0],), (*shape, 1)):
        with pytest.raises(ValueError, match=rf"has shape \({wrong[0]},.*expected \({shape[0]}, {shape[1]}\)"):
            layer.backward(np.zeros(wrong))


@each_layer
@pytest.mark.parametrize(
    "X, error",
    [
        (np.zeros(3), ValueError),
        (np.zeros((2, 3), int), TypeError),
        ([[1.0, 2.0, 3.0]], TypeError),
        (None, TypeError),
        (1.0, TypeError),
        (np.zeros((2, 3)).view(np.matrix), TypeError),
        (np.ma.zeros((2, 3)), TypeError),
    ],
)
def test_forward_refuses_what_is_no_matrix_of_floats(make, X, error):
    with pytest.raises(error, match="expected"):
        make().forward(X)


@pytest.mark.parametrize(
    "layer, text",
    [
        (Linear(2, 3), "Linear(n_in=2, n_out=3)"),
        (ReLU(), "ReLU(slope=1.0)"),
        (Dropout(0.5), "Dropout(p=0.5)"),
        (nn.LeakyReLU(), "LeakyReLU(negative_slope=0.01)"),
        (nn.Softmax(), "Softmax()"),
    ],
)
def test_repr_is_how_to_make_it(layer, text):
    assert repr(layer) == text and repr(eval(text, vars(nn))) == text


@each_layer
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy_is_independent(make, copied):
    layer = make()
    layer.forward(numbers(4, 3))
    twin = copied(layer)
    assert twin.cache is None and twin.params.keys() == layer.params.keys()
    for name in layer.params:
        twin.params[name] = np.zeros_like(twin.params[name]) + 9
        assert not (layer.params[name] == 9).any()


def test_a_layer_of_your_own_says_what_it_lacks():
    with pytest.raises(NotImplementedError, match="Layer has no forward"):
        Layer().forward(np.zeros((1, 1)))
    with pytest.raises(NotImplementedError, match="Layer has no backward"):
        Layer().backward(np.zeros((1, 1)))


def test_deepcopied_layer_shares_nothing():
    layer = Linear(2, 2, rng=0)
    twin = copy.deepcopy(layer)
    twin.params["W"] = np.zeros((2, 2), np.float32)
    assert layer.params["W"].any() and Parameters(layer.params).values.any()
