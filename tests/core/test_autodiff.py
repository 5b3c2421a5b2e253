"""The tape: every operation against differences, whole programs against PyTorch and against the network's own backward pass."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnfromscratch as nn
from cases import numbers
from nnfromscratch.autodiff import Tensor, reset_gradients, softmax_cross_entropy, sum_to

A, B, ROW, COLUMN, SCALAR = numbers(4, 3), numbers(4, 3, seed=1), numbers(1, 3)[0], numbers(4, 1), np.array(0.7)
POSITIVE = np.abs(A) + 0.5

OPERATIONS = {
    "+": (lambda a, b: a + b, [A, B]),
    "+ row": (lambda a, b: a + b, [A, ROW]),
    "+ column": (lambda a, b: a + b, [A, COLUMN]),
    "+ number": (lambda a, b: b + a, [A, SCALAR]),
    "-": (lambda a, b: a - b, [A, B]),
    "- row": (lambda a, b: b - a, [A, ROW]),
    "*": (lambda a, b: a * b, [A, B]),
    "* row": (lambda a, b: a * b, [A, ROW]),
    "row * column": (lambda a, b: a * b, [ROW, COLUMN]),
    "/": (lambda a, b: a / b, [A, POSITIVE]),
    "/ column": (lambda a, b: a / b, [A, POSITIVE[:, :1]]),
    "/ number": (lambda a, b: b / a, [POSITIVE, SCALAR]),
    "@": (lambda a, b: a @ b, [A, B.T.copy()]),
    "** 3": (lambda a: a**3, [A]),
    "** -0.5": (lambda a: a**-0.5, [POSITIVE]),
    "negative": (lambda a: -a, [A]),
    "constants": (lambda a: (2 - a) * 3 + 1 / (a + 9) - (a - 4) / 2, [A]),
    "arrays left and right": (lambda a: (B + a * B - B / (a + 9)) @ B.T + B @ (B.T * a.T), [A]),
    "relu": (lambda a: a.relu(), [A]),
    "tanh": (lambda a: a.tanh(), [A]),
    "exp": (lambda a: a.exp(), [A]),
    "log": (lambda a: a.log(), [POSITIVE]),
    "sum": (lambda a: a.sum() * a, [A]),
    "sum, rows": (lambda a: a.sum(axis=0) * a, [A]),
    "sum, kept": (lambda a: a.sum(axis=1, keepdims=True) * a, [A]),
    "sum, two axes": (lambda a: a.reshape(2, 2, 3).sum(axis=(0, 2)), [A]),
    "mean": (lambda a: a.mean() * a, [A]),
    "mean, columns": (lambda a: a.mean(axis=1) * a.T, [A]),
    "T": (lambda a: a.T @ a, [A]),
    "reshape": (lambda a: a.reshape(2, 6) @ a.reshape(6, 2), [A]),
    "one row": (lambda a: a[1] * a, [A]),
    "slices": (lambda a: a[1:, ::2] * a[:3, :2], [A]),
    "a row twice": (lambda a: a[[0, 2, 0]], [A]),
    "picked entries": (lambda a: a[np.arange(4), [0, 2, 1, 1]], [A]),
    "used twice": (lambda a: a * a + a, [A]),
}


def total(f, arrays):
    """A weighted sum of all results of f, so that every derivative counts: as a number of the arrays, and as a tensor."""
    weights = numbers(400, 1, seed=3).ravel()

    def weigh(tensor):
        return (tensor * weights[: tensor.data.size].reshape(tensor.data.shape)).sum()

    tensors = [Tensor(array) for array in arrays]
    return weigh(f(*tensors)), tensors


@pytest.mark.parametrize(("f", "arrays"), OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_against_differences(f, arrays):
    loss, tensors = total(f, arrays)
    loss.backward()
    for place, (array, tensor) in enumerate(zip(arrays, tensors)):

        def at(x, place=place):
            return float(total(f, [*arrays[:place], x, *arrays[place + 1 :]])[0].data)

        assert tensor.grad.shape == array.shape
        assert nn.relative_error(tensor.grad, nn.numerical_gradient(at, array)) < 1e-8


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_sums_and_means_are_those_of_numpy(axis, keepdims):
    np.testing.assert_allclose(Tensor(A).sum(axis, keepdims).data, A.sum(axis=axis, keepdims=keepdims))
    np.testing.assert_allclose(Tensor(A).mean(axis, keepdims).data, A.mean(axis=axis, keepdims=keepdims))


def perceptron(X, y, W1, b1, W2, b2):
    return softmax_cross_entropy((X @ W1 + b1).relu() @ W2 + b2, y)


def test_the_derivatives_are_those_of_the_hand_written_backward_pass():
    digits = nn.load_digits()
    X, y = digits.X_train[:50].astype(np.float64), digits.y_train[:50]
    network = nn.Network(nn.mlp([784, 32, 10], rng=0, dtype=np.float64))
    names = network.parameters.names
    tensors = [Tensor(network.parameters[name].copy()) for name in names]
    loss = perceptron(X, y, *tensors)
    loss.backward()
    assert float(loss.data) == pytest.approx(network.loss_and_gradients(X, y), abs=1e-12)
    for name, tensor in zip(names, tensors):
        np.testing.assert_allclose(tensor.grad, network.parameters.grad(name), rtol=1e-10, atol=1e-14, err_msg=name)


def test_a_long_formula_like_pytorch(torch):
    def formula(lib, X, W, b, y):
        H = (X @ W + b).tanh()
        P = H.exp() / H.exp().sum(1, True)
        return ((P[[0, 1, 1]] - 0.5) ** 2).mean() + (P.log().T @ H).relu().sum() / 7 - (-H * 2).reshape(3, 4)[1:].sum()

    arrays = numbers(4, 5), numbers(5, 3, seed=1), numbers(1, 3, seed=2)[0]
    ours, theirs = [Tensor(a) for a in arrays], [torch.tensor(a, requires_grad=True) for a in arrays]
    loss, their_loss = formula(nn, *ours, None), formula(torch, *theirs, None)
    loss.backward()
    their_loss.backward()
    assert float(loss.data) == pytest.approx(their_loss.item(), rel=1e-12)
    for our, their in zip(ours, theirs):
        np.testing.assert_allclose(our.grad, their.grad, rtol=1e-10, atol=1e-12)


def test_cross_entropy_is_finite_for_huge_scores():
    Z = Tensor(np.array([[1e4, -1e4, 0.0]]))
    loss = softmax_cross_entropy(Z, np.array([1]))
    loss.backward()
    assert float(loss.data) == pytest.approx(2e4) and np.isfinite(Z.grad).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_are_kept(dtype):
    if dtype == np.float32 and np.__version__ < "2":
        pytest.skip("NumPy 1 makes a float64 of a float32 number and a Python float")
    arrays = (
        numbers(6, 4, dtype=dtype),
        numbers(4, 5, dtype=dtype),
        numbers(1, 5, dtype=dtype)[0],
        numbers(5, 3, dtype=dtype),
        np.zeros(3, dtype),
    )
    X, *parameters = [Tensor(a) for a in arrays]
    loss = perceptron(X, np.array([0, 1, 2, 0, 1, 2]), *parameters) + 0.5 * (X.tanh() ** 2).mean()
    loss.backward()
    assert {tensor.data.dtype for tensor in loss.tape()} == {tensor.grad.dtype for tensor in loss.tape()} == {np.dtype(dtype)}


# --- the tape ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_tape_may_be_longer_than_the_recursion_limit():
    x = y = Tensor(1.0)
    for _ in range(50_000):
        y = y * 1.0001
    y.backward()
    assert float(x.grad) == pytest.approx(1.0001**50_000, rel=1e-9)
    del y
    gc.collect()


def test_a_second_pass_adds_the_same_again():
    w, x = Tensor(3.0), Tensor(2.0)
    z = w * x
    loss = z * z
    loss.backward()
    first = float(w.grad), float(x.grad), float(z.grad)
    loss.backward()
    assert first == (24, 36, 12) and (float(w.grad), float(x.grad), float(z.grad)) == (48, 72, 24)


def test_passes_of_two_losses_add():
    x = Tensor(3.0)
    (x * x).backward()
    (x * 5.0).backward()
    assert float(x.grad) == 11
    reset_gradients([x])
    assert x.grad is None
    (x * 5.0).backward()
    assert float(x.grad) == 5


def test_gradients_share_no_memory():
    """A gradient may be changed in place (say, clipped) without changing another."""
    a, b = Tensor(A), Tensor(B)
    total = a + b
    total.sum().backward()
    a.grad *= 0
    assert (b.grad == 1).all() and (total.grad == 1).all()


def test_constants_are_not_on_the_tape():
    W, X = Tensor(A.T.copy()), A.copy()
    loss = (X @ W * 2.0).sum()
    assert [tensor.name for tensor in loss.tape()] == ["", "@", "*", "sum"]


def test_the_tape_has_what_was_done():
    def steps(x):
        while float(x.data) < 100:
            x = x * x
        return x

    x = Tensor(2.0)
    result = steps(x)
    result.backward()
    assert len(result.tape()) == 4 and float(x.grad) == 8 * 2.0**7


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["+", "*", "tanh", "-"]), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_random_graphs_against_differences(operations, random):
    """Results are used any number of times, in any order."""
    choices = [(operation, random.random(), random.random()) for operation in operations]

    def program(x):
        known = [x[0:1], x[1:2]]
        for operation, i, j in choices:
            a, b = known[int(i * len(known))], known[int(j * len(known))]
            known.append(
                {"+": lambda a=a, b=b: a + b, "*": lambda a=a, b=b: (a * b).tanh(), "-": lambda a=a, b=b: a - b}.get(operation, a.tanh)()
            )
        return sum(known[1:], known[0]).sum()

    x = Tensor(np.array([0.3, -0.8]))
    program(x).backward()
    numerical = nn.numerical_gradient(lambda array: float(program(Tensor(array)).data), x.data)
    np.testing.assert_allclose(x.grad, numerical, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (4, 1), (1, 1), (4, 3)])
def test_broadcasting_is_undone_for_every_shape(shape):
    assert np.array_equal(sum_to(np.ones((4, 3)), shape), np.full(shape, 12 / max(np.prod(shape), 1)))


def test_it_trains_the_digits():
    digits, rng = nn.load_digits(), np.random.default_rng(0)
    X, y = digits.X_train, digits.y_train
    parameters = [Tensor(a.astype(np.float32)) for a in (nn.he(784, 32, rng), np.zeros(32), nn.xavier(32, 10, rng), np.zeros(10))]
    for start in [*range(0, 3000, 30)] * 2:
        loss = perceptron(X[start : start + 30], y[start : start + 30], *parameters)
        reset_gradients(parameters)
        loss.backward()
        for parameter in parameters:
            parameter.data -= np.float32(0.1) * parameter.grad
    W1, b1, W2, b2 = (p.data for p in parameters)
    assert nn.accuracy(y[3000:], (nn.relu(X[3000:] @ W1 + b1) @ W2 + b2).argmax(axis=1)) > 0.8


# --- what is rejected ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Tensor(2), TypeError, "data has dtype int64; expected floating-point numbers, such as Tensor(2.0)"),
        (lambda: Tensor("two"), TypeError, "expected floating-point numbers"),
        (lambda: Tensor(A).backward(), ValueError, "a tensor of shape (4, 3); expected a single number: use sum() or mean()"),
        (lambda: Tensor(A) @ ROW, ValueError, "@ got shapes (4, 3) and (3,); expected two matrices"),
        (lambda: softmax_cross_entropy(Tensor(ROW), np.array([1])), ValueError, "Z has shape (3,); expected (any, any)"),
        (lambda: softmax_cross_entropy(Tensor(A), np.array([0, 1, 2, 3])), ValueError, "y holds labels from 0 to 3; expected 0 to 2"),
    ],
)
def test_what_does_not_fit_is_named(make, error, words):
    with pytest.raises(error) as caught:
        make()
    assert words in str(caught.value)
