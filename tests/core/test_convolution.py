"""Convolution: by hand, by definition, by differences, and like PyTorch; and layers like all others in a network."""

import copy
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import numbers
from nnfromscratch import SGD, Linear, Network, ReLU, Scale, Softmax, check_gradients, load_digits
from nnfromscratch.convolution import PIECE, Conv2D, Flatten, MaxPool2D, Reshape, add_patches, patches

CLOSE = dict(rtol=1e-10, atol=1e-12)
GEOMETRIES = [(7, 6, 3, 1, 0), (8, 9, 3, 2, 1), (11, 7, 5, 3, 2), (5, 5, 1, 2, 0), (6, 6, 6, 1, 0), (5, 8, 2, 5, 3)]
EVERY_GEOMETRY = pytest.mark.parametrize(("height", "width", "size", "stride", "padding"), GEOMETRIES)


def images(n=4, channels=2, height=7, width=6, dtype=np.float64, seed=0):
    return np.random.default_rng(seed).normal(size=(n, channels, height, width)).astype(dtype)


def small_network(dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    return Network(
        [
            Conv2D(2, 3, 3, padding=1, rng=rng, dtype=dtype),
            ReLU(),
            MaxPool2D(2),
            Conv2D(3, 4, 2, stride=2, rng=rng, dtype=dtype),
            Flatten(),
            Linear(4, 3, rng=rng, dtype=dtype),
        ]
    )


# --- convolution --------------------------------------------------------------------------------------------------------------------


def convolve_by_definition(X, W, b, stride, padding):
    """Sum over everything, one output number at a time."""
    X = np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    size = W.shape[-1]
    down, across = ((side - size) // stride + 1 for side in X.shape[2:])
    Z = np.empty((len(X), len(W), down, across))
    for n, k, i, j in np.ndindex(Z.shape):
        patch = X[n, :, i * stride : i * stride + size, j * stride : j * stride + size]
        Z[n, k, i, j] = (patch * W[k]).sum() + b[k]
    return Z


@EVERY_GEOMETRY
def test_forward_is_the_definition(height, width, size, stride, padding):
    X, layer = images(3, 2, height, width), Conv2D(2, 3, size, stride, padding, rng=0, dtype=np.float64)
    layer.params["b"] = [1.0, -2.0, 0.5]
    wanted = convolve_by_definition(X, layer.params["W"], layer.params["b"], stride, padding)
    np.testing.assert_allclose(layer.forward(X), wanted, **CLOSE)


@EVERY_GEOMETRY
@pytest.mark.parametrize("n", [1, PIECE + 3])
def test_like_pytorch(torch, height, width, size, stride, padding, n):
    X, layer = images(n, 2, height, width), Conv2D(2, 3, size, stride, padding, rng=0, dtype=np.float64)
    layer.params["b"] = [1.0, -2.0, 0.5]
    Z = layer.forward(X)
    dZ = np.random.default_rng(1).normal(size=Z.shape)
    x, W, b = (torch.tensor(array, requires_grad=True) for array in (X, layer.params["W"], layer.params["b"]))
    z = torch.nn.functional.conv2d(x, W, b, stride, padding)
    z.backward(torch.tensor(dZ))
    np.testing.assert_allclose(Z, z.detach(), **CLOSE)
    np.testing.assert_allclose(layer.backward(dZ), x.grad, **CLOSE)
    np.testing.assert_allclose(layer.grads["W"], W.grad, **CLOSE)
    np.testing.assert_allclose(layer.grads["b"], b.grad, **CLOSE)


@EVERY_GEOMETRY
def test_gradients(height, width, size, stride, padding):
    layers = [Conv2D(1, 2, size, stride, padding, rng=0, dtype=np.float64), Flatten()]
    X = images(3, 1, height, width)
    n_out = layers[1].forward(layers[0].forward(X)).shape[1]
    errors = check_gradients(Network([*layers, Linear(n_out, 3, rng=1, dtype=np.float64)]), X, np.array([0, 2, 1]))
    assert max(errors.values()) < 1e-7, errors


def test_a_kernel_of_one_number_scales_the_image():
    layer, X = Conv2D(1, 1, 1, dtype=np.float64), images(2, 1)
    layer.params["W"], layer.params["b"] = [[[[3.0]]]], [1.0]
    np.testing.assert_allclose(layer.forward(X), 3 * X + 1)


def test_a_kernel_as_large_as_the_image_is_a_dense_layer():
    X, conv, dense = images(5, 2, 4, 4), Conv2D(2, 3, 4, rng=0, dtype=np.float64), Linear(32, 3, dtype=np.float64)
    dense.params["W"] = conv.params["W"].reshape(3, 32).T
    np.testing.assert_allclose(conv.forward(X)[:, :, 0, 0], dense.forward(X.reshape(5, 32)), **CLOSE)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 99))
def test_moving_the_image_moves_the_feature_map(down, right, seed):
    """The property that makes a convolution a convolution."""
    layer = Conv2D(1, 2, 3, rng=seed, dtype=np.float64)
    X = np.zeros((1, 1, 14, 14))
    X[:, :, 4:9, 4:9] = images(1, 1, 5, 5, seed=seed)
    moved = np.roll(X, (down, right), axis=(2, 3))
    np.testing.assert_allclose(layer.forward(moved), np.roll(layer.forward(X), (down, right), axis=(2, 3)), **CLOSE)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(4, 9), st.integers(4, 9))
def test_adding_patches_is_the_transpose_of_taking_them(size, stride, height, width):
    """<patches(X), P> = <X, add_patches(P)> for all X and P: the definition of a transposed linear map."""
    X = images(2, 3, height, width)
    taken = patches(X, size, stride)
    P, added = numbers(taken.size, 1).reshape(taken.shape), np.zeros((2, height, width, 3))
    add_patches(added, P, stride)
    assert (taken * P).sum() == pytest.approx((X * added.transpose(0, 3, 1, 2)).sum(), rel=1e-9, abs=1e-9)


def test_patches_copy_nothing():
    X = images()
    assert np.shares_memory(patches(X, 3), X)


def test_initialization_depends_on_the_inputs_of_a_kernel():
    W = Conv2D(8, 500, 5, rng=0).params["W"]
    assert W.shape == (500, 8, 5, 5) and W.std() == pytest.approx(np.sqrt(2 / 200), rel=0.02)


# --- pooling, reshaping -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("ties", [False, True])
def test_pooling_like_pytorch(torch, size, ties):
    X = images(5, 2, 8, 7)
    X = np.round(X) if ties else X
    layer, x = MaxPool2D(size), torch.tensor(X, requires_grad=True)
    A, a = layer.forward(X), torch.nn.functional.max_pool2d(x, size)
    dA = np.random.default_rng(1).normal(size=A.shape)
    a.backward(torch.tensor(dA))
    np.testing.assert_array_equal(A, a.detach())
    np.testing.assert_array_equal(layer.backward(dA), x.grad)


def test_pooling_passes_every_derivative_to_one_place():
    layer, X = MaxPool2D(2), np.zeros((1, 1, 4, 4))
    A = layer.forward(X)
    assert layer.backward(np.ones_like(A)).sum() == 4


def test_reshape_and_flatten_undo_each_other():
    X, reshape, flatten = numbers(5, 24), Reshape((2, 3, 4)), Flatten()
    A = reshape.forward(X)
    assert A.shape == (5, 2, 3, 4)
    np.testing.assert_array_equal(flatten.forward(A), X)
    np.testing.assert_array_equal(reshape.backward(flatten.backward(X)), X)


# --- in a network -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_network_of_them_learns_saves_and_loads(dtype, tmp_path):
    network, X, y = small_network(dtype), images(30, 2, 4, 4, dtype), np.arange(30) % 3
    before = network.evaluate(X, y)[0]
    network.fit(X, y, epochs=30, batch_size=7, optimizer=SGD(0.1), rng=0)
    assert network.evaluate(X, y)[0] < before / 2
    network.save(tmp_path / "network.npz")
    twin = Network.load(tmp_path / "network.npz")
    assert repr(twin) == repr(network) and twin.dtype == dtype
    assert twin.parameters.values.tobytes() == network.parameters.values.tobytes()
    np.testing.assert_array_equal(twin.forward(X), network.forward(X))
    assert network.forward(X).dtype == dtype and network.parameters.gradients.dtype == dtype


def test_load_finds_these_layers_by_itself(tmp_path):
    """A program that imports only the package can load such a network, and one that does not need them does not import them."""
    network = Network([Reshape((1, 4, 4)), Conv2D(1, 2, 3, rng=0), MaxPool2D(2), Flatten(), Linear(2, 2, rng=0)])
    network.save(tmp_path / "network.npz")
    code = (
        "import sys; from nnfromscratch import Network; assert 'nnfromscratch.convolution' not in sys.modules; "
        f"print(Network.load({str(tmp_path / 'network.npz')!r}))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == repr(network)


def test_a_file_that_claims_huge_kernels_is_rejected(tmp_path):
    network, path = Network([Conv2D(1, 2, 3, rng=0), Flatten(), Linear(2, 2, rng=0)]), tmp_path / "network.npz"
    network.save(path)
    path.write_bytes(path.read_bytes().replace(b'"size": 3', b'"size": 9'))
    with pytest.raises(ValueError, match="not a saved network"):
        Network.load(path)


def test_gradients_of_a_network_on_images():
    errors = check_gradients(small_network(), images(3, 2, 4, 4), np.array([0, 1, 2]))
    assert len(errors) == 7 and max(errors.values()) < 1e-7, errors


def test_astype_gives_an_independent_copy():
    network, X = small_network(), images(3, 2, 4, 4)
    Z, twin = network.forward(X), network.astype(np.float32)
    twin.parameters.values[:] = 0
    np.testing.assert_array_equal(network.forward(X), Z)
    assert network.backward(np.ones_like(Z), input_gradient=True).shape == X.shape


def test_summary_counts_the_parameters():
    text = small_network().summary()
    assert "Conv2D(n_in=2, n_out=3, size=3, stride=1, padding=1)" in text and "W (3, 2, 3, 3), b (3,)" in text
    assert "57" in text and "124" in text  # 3 * 2 * 9 + 3, and 57 + 52 + 15


def test_elementwise_layers_take_images():
    X = images(3, 2, 4, 4)
    for layer in (Scale(0.5), ReLU(), Softmax()):
        assert layer.forward(X).shape == layer.backward(X).shape == X.shape
    np.testing.assert_allclose(Softmax().forward(X).sum(axis=1), 1)


def test_bytes_become_pixels():
    X = np.random.default_rng(0).integers(0, 256, (4, 16), np.uint8)
    network = Network([Scale(1 / 255), Reshape((1, 4, 4)), Conv2D(1, 2, 3, rng=0), Flatten(), Linear(8, 2, rng=0)])
    same = [copy.deepcopy(layer) for layer in network.layers[1:]]
    np.testing.assert_allclose(network.forward(X), Network(same).forward(X.astype(np.float32) / 255), rtol=1e-5)


@pytest.mark.slow
def test_prediction_needs_bounded_memory():
    """Patches of all images at once would take 25 times their size."""
    network = Network([Conv2D(1, 4, 5, padding=2, rng=0), Flatten(), Linear(4 * 28 * 28, 2, rng=0)])

    def peak(n):
        X = np.zeros((n, 1, 28, 28), np.float32)
        tracemalloc.start()
        network.predict(X)
        needed = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return needed

    assert peak(6000) < 1.1 * peak(3000) < 60e6


def test_digits_are_learned():
    digits, rng = load_digits(), np.random.default_rng(0)
    network = Network([Reshape((1, 28, 28)), Conv2D(1, 6, 5, stride=2, rng=rng), ReLU(), MaxPool2D(2), Flatten(), Linear(216, 10, rng=rng)])
    network.fit(digits.X_train[:2000], digits.y_train[:2000], epochs=3, optimizer=SGD(0.05, momentum=0.9), rng=0)
    assert network.score(digits.X_train[2000:], digits.y_train[2000:]) > 0.85


# --- what is rejected ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Conv2D(0, 1, 3), ValueError, "n_in is 0; expected a whole number of at least 1"),
        (lambda: Conv2D(1, 1, 3.0), TypeError, "size is 3.0; expected a whole number"),
        (lambda: Conv2D(1, 1, 3, stride=0), ValueError, "stride is 0"),
        (lambda: Conv2D(1, 1, 3, padding=-1), ValueError, "padding is -1"),
        (lambda: Conv2D(1, 1, 3, init="best"), ValueError, "unknown init 'best'"),
        (lambda: Conv2D(1, 1, 3, init=lambda n_in, n_out, rng: np.zeros((n_out, n_in + 1))), ValueError, "expected (9, 1)"),
        (lambda: Conv2D(1, 1, 3, dtype=np.float16), TypeError, "expected float32 or float64"),
        (lambda: Conv2D(2, 1, 3).forward(images(dtype=np.float64)), TypeError, "X has dtype float64; expected float32"),
        (lambda: Conv2D(3, 1, 3, dtype=np.float64).forward(images()), ValueError, "X has shape (4, 2, 7, 6); expected (any, 3, any, any)"),
        (lambda: Conv2D(2, 1, 7, dtype=np.float64).forward(images()), ValueError, "its shorter side is 6 pixels; expected at least 7"),
        (lambda: Conv2D(2, 1, 3).backward(images()), RuntimeError, "Conv2D.backward needs a forward pass"),
        (lambda: MaxPool2D(0), ValueError, "size is 0"),
        (lambda: MaxPool2D(7).forward(images()), ValueError, "its shorter side is 6 pixels; expected at least 7"),
        (lambda: MaxPool2D(2).forward(numbers(3, 4)), ValueError, "X has shape (3, 4); expected (any, any, any, any)"),
        (lambda: Flatten().forward(numbers(3, 4)), ValueError, "expected (any, any, any, any)"),
        (lambda: Reshape((1, 2, 3)).forward(numbers(3, 4)), ValueError, "X has shape (3, 4); expected (any, 6)"),
        (lambda: Reshape((1, 0, 3)), ValueError, "a side of shape is 0"),
        (lambda: small_network().predict(numbers(3, 4)), ValueError, "expected (any, 2, any, any)"),
    ],
)
def test_what_does_not_fit_is_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)


def test_backward_wants_the_shape_of_the_output():
    layer = Conv2D(2, 3, 3, dtype=np.float64)
    layer.forward(images())
    with pytest.raises(ValueError, match=r"dZ has shape \(4, 3, 5, 5\); expected \(4, 3, 5, 4\)"):
        layer.backward(np.zeros((4, 3, 5, 5)))
