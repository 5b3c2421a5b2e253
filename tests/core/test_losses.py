"""Losses: the formula, its one derivative, and scores of any size."""

import math

import numpy as np
import pytest

from cases import LOSSES, numbers, targets
from nnfromscratch import (
    BinaryCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    SquaredError,
    numerical_gradient,
    one_hot,
    relative_error,
    sigmoid,
    softmax,
)

each_loss = pytest.mark.parametrize("make", LOSSES)
Z = numbers(5, 3)
# every kind of ground truth that a loss accepts
CASES = {
    "squared": (SquaredError, Z, numbers(5, 3, seed=1)),
    "squared, one output": (SquaredError, Z[:, :1], numbers(5, 1, seed=1)),
    "binary, one output": (BinaryCrossEntropy, Z[:, :1], np.array([0, 1, 1, 0, 1])),
    "binary, one-hot by labels": (BinaryCrossEntropy, Z, np.array([0, 1, 2, 0, 1])),
    "binary, many at once": (BinaryCrossEntropy, Z, np.array([[0, 1, 1], [0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0]], float)),
    "binary, soft": (BinaryCrossEntropy, Z[:, :1], np.array([[0.0], [1.0], [0.25], [0.5], [0.9]])),
    "softmax": (SoftmaxCrossEntropy, Z, np.array([0, 1, 2, 0, 1])),
    "softmax, soft": (SoftmaxCrossEntropy, Z, softmax(numbers(5, 3, seed=1))),
}
each_case = pytest.mark.parametrize("make, Z, y", CASES.values(), ids=CASES)
FORMULAS = {  # as the docstrings have them, straight from the probabilities
    SquaredError: lambda Z, Y: ((Z - Y) ** 2).sum() / (2 * len(Y)),
    BinaryCrossEntropy: lambda Z, Y: -(Y * np.log(sigmoid(Z)) + (1 - Y) * np.log(1 - sigmoid(Z))).sum() / len(Y),
    SoftmaxCrossEntropy: lambda Z, Y: -(Y * np.log(softmax(Z))).sum() / len(Y),
}


def matrix(y, n_outputs):
    """The targets, written out."""
    if y.ndim == 2:
        return y
    return one_hot(y, n_outputs) if n_outputs > 1 else y[:, None]


@each_case
def test_loss_is_its_formula(make, Z, y):
    assert make().forward(Z, y) == pytest.approx(FORMULAS[make](Z, matrix(y, Z.shape[1])), rel=1e-12)


@each_case
def test_gradient_against_differences(make, Z, y):
    loss = make()
    loss.forward(Z, y)
    assert relative_error(loss.backward(), numerical_gradient(lambda Z: make().forward(Z, y), Z)) < 1e-7


@each_case
def test_gradient_is_output_minus_truth_over_n(make, Z, y):
    loss = make()
    loss.forward(Z, y)
    np.testing.assert_allclose(loss.backward(), (loss.activation(Z) - matrix(y, Z.shape[1])) / len(Z), rtol=1e-12, atol=1e-15)


def test_softmax_layer_and_logarithm_together_have_the_simple_derivative():
    """Softmax with its whole Jacobian after d(-log a_y)/da = -1/a_y is what SoftmaxCrossEntropy does in one step."""
    layer, loss, y = Softmax(), SoftmaxCrossEntropy(), np.array([0, 1, 2, 0, 1])
    A = layer.forward(Z)
    loss.forward(Z, y)
    np.testing.assert_allclose(layer.backward(-one_hot(y, 3) / A / len(y)), loss.backward(), rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize(
    "loss, Z, y, value",
    [
        (SquaredError(), [[1.0, 2.0], [3.0, 4.0]], np.array([[0.0, 0.0], [3.0, 2.0]]), (1 + 4 + 0 + 4) / 4),
        (BinaryCrossEntropy(), [[math.log(3)], [math.log(3)]], np.array([1, 0]), (math.log(4 / 3) + math.log(4)) / 2),
        (SoftmaxCrossEntropy(), [[0.0, math.log(3)], [0.0, 0.0]], np.array([1, 0]), (math.log(4 / 3) + math.log(2)) / 2),
    ],
)
def test_by_hand(loss, Z, y, value):
    assert loss.forward(np.array(Z), y) == pytest.approx(value, rel=1e-14)


@each_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_outputs", [1, 3])
def test_scores_of_ten_thousand_are_no_trouble(make, dtype, n_outputs):
    loss, signs = make(), np.array(np.meshgrid(*[[-1, 0, 1]] * n_outputs)).reshape(n_outputs, -1).T
    Z = (1e4 * signs).astype(dtype)
    for label in range(max(n_outputs, 2) if make is BinaryCrossEntropy else n_outputs):
        y = np.full(len(Z), label) if make is not SquaredError else np.full(Z.shape, label, dtype)
        value = loss.forward(Z, y)
        assert math.isfinite(value) and np.isfinite(loss.backward()).all() and loss.backward().dtype == dtype
        exact = FORMULAS_IN_THE_LIMIT[make](Z.astype(float), matrix(y, n_outputs))
        assert value == pytest.approx(exact, rel=1e-6)


FORMULAS_IN_THE_LIMIT = {
    SquaredError: FORMULAS[SquaredError],
    BinaryCrossEntropy: lambda Z, Y: (np.logaddexp(0, Z) - Z * Y).sum() / len(Y),
    SoftmaxCrossEntropy: lambda Z, Y: (np.logaddexp.reduce(Z, axis=1) - (Z * Y).sum(axis=1)).mean(),
}


@each_loss
def test_loss_is_a_python_float_and_a_sure_right_answer_costs_nothing(make):
    Y = np.eye(3) if make is not SquaredError else 1e3 * np.eye(3)
    value = make().forward(1e3 * np.eye(3) - (make is BinaryCrossEntropy) * 5e2, Y)
    assert type(value) is float and value < 1e-200


@each_loss
def test_loss_is_a_mean_over_samples(make):
    y = targets(make, 5, 3)
    alone = [make().forward(Z[i : i + 1], y[i : i + 1]) for i in range(5)]
    assert make().forward(Z, y) == pytest.approx(np.mean(alone), rel=1e-13)


@pytest.mark.parametrize(
    "loss, Z, answers",
    [
        (SquaredError(), [[1.5], [-2.0]], [[1.5], [-2.0]]),
        (BinaryCrossEntropy(), [[1.5], [-2.0], [0.0]], [1, 0, 0]),
        (BinaryCrossEntropy(), [[1.5, 2.0], [-2.0, -3.0]], [1, 0]),
        (SoftmaxCrossEntropy(), [[1.5, 2.0, 0.0], [-2.0, -3.0, -9.0]], [1, 0]),
    ],
)
def test_predict(loss, Z, answers):
    assert loss.predict(np.array(Z)).tolist() == answers


@pytest.mark.parametrize(
    "loss, Z, y, score",
    [
        (SquaredError(), [[1.0], [2.0], [2.0]], np.array([[1.0], [2.0], [3.0]]), 0.5),
        (BinaryCrossEntropy(), [[1.0], [-1.0], [2.0], [3.0]], np.array([1, 0, 0, 1]), 0.75),
        (BinaryCrossEntropy(), [[1.0], [-1.0], [2.0], [3.0]], np.array([[1.0], [0.0], [0.0], [1.0]]), 0.75),
        (BinaryCrossEntropy(), [[1.0], [-1.0], [-2.0], [-3.0]], np.array([[0.6], [0.4], [0.2], [0.9]]), 0.75),
        (SoftmaxCrossEntropy(), [[1.0, 0.0], [0.0, 1.0]], np.array([1, 1]), 0.5),
        (SoftmaxCrossEntropy(), [[1.0, 0.0], [0.0, 1.0]], np.array([[0.0, 1.0], [0.1, 0.9]]), 0.5),
    ],
)
def test_score(loss, Z, y, score):
    assert loss.score(np.array(Z), y) == score


@pytest.mark.parametrize("loss, output", [(SquaredError(), lambda Z: Z), (BinaryCrossEntropy(), sigmoid), (SoftmaxCrossEntropy(), softmax)])
def test_output_is_the_matching_activation(loss, output):
    np.testing.assert_array_equal(loss.activation(Z), output(Z))


@each_loss
def test_backward_needs_forward(make):
    with pytest.raises(RuntimeError, match=f"{make.__name__}.backward needs a forward pass"):
        make().backward()


# ---------------------------------------------------------------------------------------------- doors

F = np.float64
BAD_TRUTH = [
    (SquaredError, np.array([0, 1]), TypeError, "dtype int64; expected float64"),
    (SquaredError, np.zeros(2), ValueError, r"shape \(2,\); expected \(2, 3\)"),
    (SquaredError, np.zeros((2, 3), np.float32), TypeError, "dtype float32; expected float64"),
    (SquaredError, np.full((2, 3), np.nan), ValueError, "holds nan at index .*; expected finite"),
    (SquaredError, [[0.0] * 3] * 2, TypeError, "is a list; expected a NumPy array"),
    (BinaryCrossEntropy, np.array([0, 3]), ValueError, "from 0 to 3; expected 0 to 2"),
    (BinaryCrossEntropy, np.full((2, 3), 1.5), ValueError, "from 1.5 to 1.5; expected targets between 0 and 1"),
    (BinaryCrossEntropy, np.zeros((3, 2)), ValueError, r"shape \(3, 2\); expected \(2, 3\)"),
    (BinaryCrossEntropy, np.array([0.0, 1.0]), TypeError, "dtype float64; expected integer labels"),
    (SoftmaxCrossEntropy, np.array([1, 3]), ValueError, "from 1 to 3; expected 0 to 2"),
    (SoftmaxCrossEntropy, np.array([-1, 2]), ValueError, "from -1 to 2; expected 0 to 2"),
    (SoftmaxCrossEntropy, np.array([1]), ValueError, r"shape \(1,\); expected \(2,\)"),
    (SoftmaxCrossEntropy, np.array([True, False]), TypeError, "dtype bool; expected integer labels"),
    (SoftmaxCrossEntropy, np.array([], int), ValueError, r"expected \(2,\)"),
    (SoftmaxCrossEntropy, [0, 1], TypeError, "is a list; expected a NumPy array"),
    (SoftmaxCrossEntropy, np.array(["0", "1"]), TypeError, "dtype <U1; expected integer labels"),
    (SoftmaxCrossEntropy, np.array([[0, 1, 0], [1, 0, 0]]), TypeError, "dtype int64; expected float64"),
    (SoftmaxCrossEntropy, np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0]]), ValueError, "expected .*sum to 1"),
    (SoftmaxCrossEntropy, np.zeros((2, 3)), ValueError, "expected .*sum to 1"),
]


@pytest.mark.parametrize("make, y, error, message", BAD_TRUTH)
def test_bad_truth_is_refused(make, y, error, message):
    with pytest.raises(error, match=message):
        make().forward(numbers(2, 3), y)


@each_loss
@pytest.mark.parametrize(
    "Z, error, message",
    [
        (np.zeros(3), ValueError, "expected 2"),
        (np.full((2, 3), np.inf), ValueError, "holds inf"),
        (np.zeros((0, 3)), ValueError, "is empty"),
        (np.zeros((2, 3), int), TypeError, "dtype int64; expected a floating dtype"),
        ([[1.0]], TypeError, "is a list; expected a NumPy array"),
    ],
)
def test_bad_scores_are_refused(make, Z, error, message):
    with pytest.raises(error, match=message):
        make().forward(Z, np.array([0, 1]))


def test_soft_targets_in_float32_may_round():
    Y = softmax(np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32))
    assert SoftmaxCrossEntropy().forward(np.zeros((50, 10), np.float32), Y) == pytest.approx(math.log(10), rel=1e-5)
