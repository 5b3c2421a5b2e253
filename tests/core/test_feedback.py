"""`expect` accepts what is right, says what is wrong, and names every classic mistake that it claims to know."""

import numpy as np
import pytest
import test_feedback_styles

from nnfromscratch.course import expect, expect_between, mistakes

NOT_FINITE = "inf and nan come from numbers too large to hold, a division by 0, or a logarithm of 0"


def message(*arguments, **keywords):
    """Return what `expect` says of a wrong answer."""
    with pytest.raises(AssertionError) as caught:
        expect(*arguments, **keywords)
    return str(caught.value)


# --- right answers -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "value"),
    [
        (2.0, 2),
        (2, 2.0),
        (np.float32(2), 2.0),
        (np.array(2.0), 2.0),
        (True, 1),
        (0.0, 0.0),
        (1e-7, 0.0),
        (0.1 + 0.2, 0.3),
        (np.array([1, 0]), np.array([1.0, 0.0])),
        (np.array([True, False]), np.array([1.0, 0.0])),
        (np.array([[1.0, 1e-7]]), np.array([[1.0, 0.0]])),
        ([1, 2], [1, 2]),
        ((1.0, 2.0), [1, 2]),
        (np.array([1, 2]), [1, 2]),
        (np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])),
    ],
)
def test_right_answers_pass_in_silence(got, value):
    assert expect("x", got, value) is None


def test_the_tolerance_is_a_share_of_the_largest_number():
    """Tiny gradients are held to the same standard as large ones."""
    expect("x", np.array([1000.0, 0.0005]), np.array([1000.0, 0.0]))
    assert "x[1] is 1e-09; expected 2e-09" in message("x", np.array([3e-9, 1e-9]), np.array([3e-9, 2e-9]))
    expect("x", 1.01, 1.0, tolerance=0.02)
    assert message("x", 1.03, 1.0, tolerance=0.02) == "x is 1.03; expected 1"


# --- messages ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "value", "words"),
    [
        (None, np.ones(3), "x is None: does the function return it?"),
        (..., 1.0, "x is still Ellipsis: replace it with your answer"),
        (np.array([None, None]), np.ones(2), "x contains None: does the function return a number?"),
        (NotImplemented, 1.0, "x is still NotImplemented: replace it with your answer"),
        ("2", 2.0, "x is a str; expected a number"),
        (np.sum, 2.0, "x is a function; expected a number: did you forget to call it?"),
        (abs, np.ones(3), "x is a function; expected an array of shape (3,): did you forget to call it?"),
        (2j, 2.0, "x is a complex; expected a number"),
        ([1.0, 2.0], np.array([1.0, 2.0]), "x is a list; expected an array of shape (2,)"),
        ((1.0, 2.0), np.array([1.0, 2.0]), "x is a tuple; expected an array of shape (2,)"),
        ([[1], [1, 2]], [[1, 2], [1, 2]], "x has rows of different lengths; expected an array of shape (2, 2)"),
        (np.array([1, "a"], dtype=object), np.ones(2), "x is an array of object; expected an array of shape (2,)"),
        (2.0, np.ones(3), "x is a single number; expected shape (3,)"),
        (np.ones(2), 1.0, "x has shape (2,); expected a single number"),
        (np.ones(1), 1.0, "x has shape (1,); expected a single number: it has an extra axis of length 1"),
        (np.ones((1, 3)), np.ones(3), "x has shape (1, 3); expected (3,): it has an extra axis of length 1"),
        (np.ones(3), np.ones((3, 1)), "x has shape (3,); expected (3, 1): an axis of length 1 is missing"),
        (np.ones((2, 3)), np.ones((3, 2)), "x has shape (2, 3); expected (3, 2): it is transposed"),
        (np.ones((2, 3)), np.ones((3, 4)), "x has shape (2, 3); expected (3, 4)"),
        (np.array([[1.0, np.nan]]), np.ones((1, 2)), f"x[0, 1] is nan; expected 1 (1 of 2 numbers differ): {NOT_FINITE}"),
        (np.array([-np.inf, 1.0]), np.ones(2), f"x[0] is -inf; expected 1 (1 of 2 numbers differ): {NOT_FINITE}"),
        (2.0, -2.0, "x is 2; expected -2: the sign is flipped"),
        (False, True, "x is False; expected True"),
        (np.array(1), False, "x is True; expected False"),
        (3, True, "x is 3; expected 1"),
        (True, 0, "x is 1; expected 0"),
        (np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), "x[1, 1] is 5; expected 4 (1 of 4 numbers differ)"),
        (1.00002, 1.00001, "x is 1.00002; expected 1.00001"),
        (1.0000021, 1.0000001, "x is 1.0000021; expected 1.0000001"),
    ],
)
def test_what_the_message_says(got, value, words):
    assert message("x", got, value) == words


def test_the_hint_follows_where_no_mistake_is_known():
    assert (
        message("db", np.ones((1, 3)), np.ones(3), hint="sum over samples, axis 0")
        == "db has shape (1, 3); expected (3,): sum over samples, axis 0"
    )
    assert message("db", 0.0, 1.0, hint="sum over samples") == "db is 0; expected 1: sum over samples"


def test_a_mistake_goes_before_the_hint_and_is_computed_only_when_asked_for():
    def never():
        raise RuntimeError("computed for a right answer")

    expect("x", 1.0, 1.0, mistakes={"never": never})
    assert message("x", 2.0, 1.0, mistakes={"no": 3.0, "doubled": lambda: 2.0}, hint="a hint") == "x is 2; expected 1: doubled"


def test_a_mistake_that_cannot_be_made_here_is_passed_over():
    X = np.ones((2, 3))
    assert message("x", 2.0, 1.0, mistakes={"impossible": lambda: X @ X, "doubled": 2.0}).endswith("doubled")


def test_a_mistake_full_of_nan_is_known_by_its_places_and_warns_of_nothing():
    Z = np.array([[1e4, 0.0], [0.0, 0.0]])
    P = np.array([[1.0, 0.0], [0.5, 0.5]])
    unstable = np.array([[np.nan, 0.0], [0.5, 0.5]])
    assert "exp overflows" in message("P", unstable, P, mistakes=mistakes.softmax_mistakes(Z))
    assert "exp overflows" not in message("P", np.full((2, 2), np.nan), P, mistakes=mistakes.softmax_mistakes(Z))


SQUARE_X = np.array([[1.0, 2.0], [5.0, -3.0]])


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (SQUARE_X.T, "it is transposed"),
        (2 * SQUARE_X.T, "doubled, and it is transposed"),
        (SQUARE_X + 1, "plus one"),
        ((SQUARE_X + 1).T, "plus one, and it is transposed"),
        (-SQUARE_X.T, "the sign is flipped, and it is transposed"),
        (0.25 * SQUARE_X, "every number is 0.25 times the right one"),
        (-3 * SQUARE_X, "every number is -3 times the right one"),
        (0 * SQUARE_X, "all numbers are 0"),
        (np.nan * SQUARE_X, NOT_FINITE),
        (np.inf * SQUARE_X, NOT_FINITE),
        (SQUARE_X[:1], ""),
    ],
)
def test_other_forms_and_multiples_are_seen(got, words):
    """Columns instead of rows, sums instead of means: the same for every answer."""
    assert message("x", got, SQUARE_X, mistakes={"doubled": 2 * SQUARE_X, "plus one": SQUARE_X + 1}).partition(": ")[2] == words


def test_an_axis_too_many_does_not_hide_the_mistake():
    row, mistakes = np.array([1.0, 2.0, 4.0]), {"doubled": np.array([2.0, 4.0, 8.0])}
    assert message("x", 2 * row[None], row, mistakes=mistakes).endswith(": doubled, and it has an extra axis of length 1")
    assert message("x", 2 * row[:, None], row, mistakes=mistakes).endswith(": doubled, and it has an extra axis of length 1")
    assert message("x", row[:, None], row, mistakes=mistakes).endswith(": it has an extra axis of length 1")


def test_a_right_answer_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="the right answer for x holds nan"):
        expect("x", np.array([np.nan]), np.array([np.nan]))


@pytest.mark.parametrize("name", ["allclose", "isclose", "array_equal", "asarray", "isfinite", "abs"])
def test_an_answer_that_replaces_numpys_functions_changes_nothing(name, monkeypatch):
    monkeypatch.setattr(np, name, lambda *arguments, **keywords: np.True_)
    assert message("x", np.array([1.0, 2.0]), np.array([1.0, 3.0])) == "x[1] is 2; expected 3 (1 of 2 numbers differ)"


def test_an_array_with_methods_of_its_own_is_read_as_numbers():
    class Sly(np.ndarray):
        tolist = ravel = astype = lambda self, *arguments: np.ones(2)
        __eq__ = __le__ = __ge__ = lambda self, other: True

    assert "is 0; expected 1" in message("x", np.zeros(2).view(Sly), np.ones(2))


# --- numbers that have to be in a range ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("got", [0.9, 1, 0.95, np.float32(0.95), np.array(0.95)])
def test_a_number_in_the_range_passes_in_silence(got):
    assert expect_between("x", got, 0.9, 1) is None


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (None, "x is None: does the function return it?"),
        (..., "x is still Ellipsis: replace it with your answer"),
        ("0.95", "x is a str; expected a number"),
        ([0.95], "x is a list; expected a number"),
        (np.array([0.95, 1]), "x has shape (2,); expected a single number"),
        (np.nan, "x is nan; expected a number from 0.9 to 1: a hint"),
        (0.5, "x is 0.5; expected a number from 0.9 to 1: a hint"),
        (0.1, "x is 0.1; expected a number from 0.9 to 1: guessed"),
        (95, "x is 95; expected a number from 0.9 to 1: a percentage"),
        (np.inf, "x is inf; expected a number from 0.9 to 1: too many"),
        (True, "x is True; expected a number from 0.9 to 1"),
    ],
)
def test_a_number_outside_is_named_by_the_first_range_that_holds_it(got, words):
    with pytest.raises(AssertionError) as caught:
        expect_between("x", got, 0.9, 1, mistakes={"guessed": (0, 0.2), "a percentage": (2, 100), "too many": (50, np.inf)}, hint="a hint")
    assert str(caught.value) == words


# --- the list of mistakes ----------------------------------------------------------------------------------------------------------------


def draw(*shape, seed=0):
    return np.random.default_rng((seed, *shape)).normal(size=shape)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(Z):
    e = np.exp(Z)
    return e / e.sum(axis=1, keepdims=True)


N, J, K = 4, 3, 5
X, W, B, DZ = draw(N, J), draw(J, K), draw(K), draw(N, K)
ZS = draw(J, J, seed=9)
XS, WS, BS, DZS = draw(J, J, seed=1), draw(J, J, seed=2), draw(J), draw(J, J, seed=3)  # square: shapes hide nothing
x, w, b = draw(J, seed=4), draw(J, seed=5), 0.7
z, dA = np.array([-1.5, 0.0, 0.5, 2.0]), np.array([2.0, 3.0, -1.0, 0.5])
scores = np.array([[0.1, 0.9, 0.0], [0.8, 0.2, 0.3], [0.3, 0.1, 0.7], [0.6, 0.5, 0.4], [0.2, 0.4, 0.1]])
labels = np.array([1, 0, 0, 0, 1])
big = np.array([[1000.0, 999.0], [0.0, 1.0]])
P, Y = softmax(draw(N, J, seed=6)), np.eye(J)[[0, 2, 1, 2]]
p, y = sigmoid(draw(N)), np.array([1, 0, 0, 1])
Y_hat, target = draw(N, 3), draw(N, 3, seed=7)
NEURON, LINEAR, SQUARE = (mistakes.neuron_mistakes(x, w, b), mistakes.linear_mistakes(X, W, B), mistakes.linear_mistakes(XS, WS, BS))
SOFTMAX, BIG = mistakes.softmax_mistakes(scores), mistakes.softmax_mistakes(big)
D_SIGMOID, D_TANH = mistakes.d_sigmoid_mistakes(z), mistakes.d_tanh_mistakes(z)
D_RELU = mistakes.d_relu_mistakes(z)
BACK, BACK_SQUARE = (mistakes.linear_backward_mistakes(*arrays) for arrays in ((X, W, DZ), (XS, WS, DZS)))
SQUARES, BCE, CE = (
    mistakes.squared_error_mistakes(Y_hat, target),
    mistakes.binary_cross_entropy_mistakes(p, y),
    mistakes.cross_entropy_mistakes(P, Y),
)
GRADIENT = mistakes.loss_gradient_mistakes(P, Y, loss=1.25)
LABEL_GRADIENT = mistakes.cross_entropy_gradient_mistakes(scores, labels)
SOFTMAX_BACK = mistakes.softmax_backward_mistakes(draw(N, J, seed=8), P)
UPDATE = mistakes.update_mistakes(w, x, 0.1)
true_six, said_six = np.array([0, 2, 2, 2, 0, 1]), np.array([0, 0, 0, 2, 1, 1])
CONFUSION = mistakes.confusion_matrix_mistakes(true_six, said_six, 4)
LABELS, ACCURACY = mistakes.prediction_mistakes(scores), mistakes.accuracy_mistakes(scores, labels)

sum_of = sum  # Python's own, for answers that are written with loops
slope = sigmoid(z) * (1 - sigmoid(z))
error = Y_hat - target
costs = np.array([-np.log(p_i) if y_i else -np.log(1 - p_i) for p_i, y_i in zip(p, y)])
dP, hot = draw(N, J, seed=8), np.eye(3)[labels]
chosen = np.array([row[k] for row, k in zip(P, Y.argmax(axis=1))])

RIGHT = {  # the right answer to each idea
    "neuron": (x @ w + b, NEURON),
    "linear": (X @ W + B, LINEAR),
    "square": (XS @ WS + BS, SQUARE),
    "softmax": (softmax(scores), SOFTMAX),
    "softmax square": (softmax(ZS), mistakes.softmax_mistakes(ZS)),
    "big": (np.array([[sigmoid(1.0), sigmoid(-1.0)], [sigmoid(-1.0), sigmoid(1.0)]]), BIG),
    "sigmoid'": (slope, D_SIGMOID),
    "tanh'": (1 - np.tanh(z) ** 2, D_TANH),
    "relu'": (np.array([0.0, 0.0, 1.0, 1.0]), D_RELU),
    "sigmoid backward": (dA * slope, mistakes.d_sigmoid_mistakes(z, dA)),
    "tanh backward": (dA * (1 - np.tanh(z) ** 2), mistakes.d_tanh_mistakes(z, dA)),
    "relu backward": (np.array([0.0, 0.0, -1.0, 0.5]), mistakes.d_relu_mistakes(z, dA)),
    "dW": (X.T @ DZ, BACK["dW"]),
    "db": (DZ.sum(axis=0), BACK["db"]),
    "dX": (DZ @ W.T, BACK["dX"]),
    "dW square": (XS.T @ DZS, BACK_SQUARE["dW"]),
    "dX square": (DZS @ WS.T, BACK_SQUARE["dX"]),
    "squares": ((error**2).sum() / (2 * N), SQUARES),
    "bce": (costs.mean(), BCE),
    "ce": (-np.log(chosen).mean(), CE),
    "softmax backward": (np.array([(np.diag(a) - np.outer(a, a)) @ d for a, d in zip(P, dP)]), SOFTMAX_BACK),
    "label gradient": ((softmax(scores) - hot) / 5, LABEL_GRADIENT),
    "gradient": ((P - Y) / N, GRADIENT),
    "update": (w - 0.1 * x, UPDATE),
    "confusion": (np.array([[1, 1, 0, 0], [0, 1, 0, 0], [2, 0, 1, 0], [0, 0, 0, 0]]), CONFUSION),
    "labels": (np.array([1, 0, 2, 0, 1]), LABELS),
    "accuracy": (0.8, ACCURACY),
}

WRONG = [  # idea, an answer as learners write it, the words that name the mistake
    ("neuron", x @ w, "the bias is missing"),
    ("neuron", np.dot(w, x) - b, "the bias is subtracted"),
    ("neuron", sum_of(x_j * w_j + b for x_j, w_j in zip(x, w)), "once for each input"),
    ("neuron", sum_of(x) + b, "without their weights"),
    ("neuron", x * w + b, "not added up"),
    ("linear", np.dot(X, W), "the bias is missing"),
    ("square", XS @ WS + BS.reshape(-1, 1), "wrong axis"),
    ("linear", X @ W + np.sum(B), "all biases"),
    ("linear", X @ W + J * B, "once for each input; add it once"),
    ("square", XS @ WS.T + BS, "its columns are the neurons"),
    ("square", np.dot(WS, XS) + BS, "the factors are swapped"),
    ("linear", W.T @ X.T + B[:, None], "samples are rows"),
    ("square", XS * WS + BS, "entry by entry"),
    ("softmax", np.exp(scores) / np.exp(scores).sum(), "the whole matrix"),
    ("softmax", np.exp(scores) / np.exp(scores).sum(axis=0), "over samples"),
    ("softmax", np.exp(scores), "not normalized: divide"),
    ("softmax", np.exp(scores - scores.max(axis=1)[:, None]), "not normalized after"),
    ("big", np.array([[np.nan, np.nan], sigmoid(np.array([-1.0, 1.0]))]), "exp overflows"),
    ("big", np.array([sigmoid(np.array([1.0, -1.0])), [np.nan, np.nan]]), "not of the whole matrix"),
    ("softmax", scores / scores.sum(axis=1, keepdims=True), "without exp"),
    ("softmax square", np.exp(ZS) / np.exp(ZS).sum(axis=1), "divided by the sums of the rows"),
    ("softmax", np.log(softmax(scores)), "the logarithm of softmax"),
    ("softmax", softmax(softmax(scores)), "softmax is applied twice"),
    ("softmax", softmax(-scores), "the exponent has the wrong sign"),
    ("softmax", np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0], [0, 1, 0]]), "gets probability 1"),
    ("softmax", sigmoid(scores), "the sigmoid of the scores"),
    ("sigmoid'", z * (1 - z), "this is z (1 - z)"),
    ("sigmoid'", sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z))), "sigmoid is applied twice"),
    ("sigmoid'", sigmoid(z), "sigmoid itself"),
    ("sigmoid'", 1 - sigmoid(z), "the factor s is missing"),
    ("sigmoid'", sigmoid(z) ** 2, "not s squared"),
    ("tanh'", 1 - z * z, "this is 1 - z^2"),
    ("tanh'", 1 - np.tanh(np.tanh(z)) ** 2, "tanh is applied twice"),
    ("tanh'", 1 - np.tanh(z), "the square is missing"),
    ("tanh'", np.tanh(z) * (1 - np.tanh(z)), "the formula of the sigmoid"),
    ("relu'", (np.maximum(z, 0) >= 0).astype(float), "1 everywhere"),
    ("relu'", z >= 0, "not z >= 0"),
    ("relu'", (z < 0) + (z == 0), "inverted"),
    ("relu'", np.maximum(0, z), "ReLU itself"),
    ("relu'", np.sign(z), "the sign of z"),
    ("relu'", np.heaviside(z, 0.5), "not 1/2"),
    ("relu'", np.where(z > 0, 1, 0.01), "leaky ReLU"),
    ("relu backward", dA * (dA > 0), "the mask checks dA"),
    ("sigmoid backward", dA, "passed on unchanged"),
    ("sigmoid backward", slope, "only the slope"),
    ("sigmoid backward", dA * z * (1 - z), "this is z (1 - z)"),
    ("tanh backward", dA * (1 - z**2), "this is 1 - z^2"),
    ("relu backward", dA * (np.maximum(z, 0) >= 0), "1 everywhere"),
    ("relu backward", np.where(z > 0, 0, dA), "inverted"),
    ("dW", X.T @ DZ / N, "divided by n, but dZ already"),
    ("dW", N * X.T @ DZ, "the 1/n of the mean is missing"),
    ("dW", DZ.T @ X, "it is transposed"),
    ("dW", DZ @ W.T, "dW and dX are swapped"),
    ("dW square", XS @ DZS, "X is not transposed"),
    ("dW", X[-1:].T @ DZ[-1:], "only the last sample"),
    ("dW", X[:1].T @ DZ[:1], "only the first sample is used; all"),
    ("dW", np.ones((J, 1)) * DZ.sum(axis=0), "each dZ must be multiplied by its x"),
    ("db", np.sum(DZ), "over everything; sum"),
    ("db", np.sum(DZ) * np.ones(K), "spread over the neurons"),
    ("db", np.mean(DZ), "averaged over everything"),
    ("db", np.sum(DZ) / N, "over everything, and divided by n"),
    ("db", DZ[-1], "only the last sample is used; sum"),
    ("db", np.sum(DZ, axis=1), "over neurons, axis 1"),
    ("db", DZ, "dZ is not summed"),
    ("db", np.sum(DZ, axis=0, keepdims=True), "without keepdims"),
    ("db", np.mean(DZ, axis=0), "divided by n, but dZ already"),
    ("db", N * DZ.sum(axis=0), "the 1/n of the mean is missing"),
    ("db", DZ[0], "only the first sample"),
    ("dX", X.T @ DZ, "dW and dX are swapped"),
    ("dX square", DZS @ WS, "W is not transposed"),
    ("dX", W @ DZ.T, "it is transposed"),
    ("dX", DZ @ W.T / N, "divided by n, but dZ already"),
    ("dX", N * DZ @ W.T, "multiplied by n; dX"),
    ("dX square", XS * DZS, "dZ is multiplied by X"),
    ("squares", (error**2).sum() / N, "the factor 1/2 is missing"),
    ("squares", 0.5 * (error**2).sum(), "the division by n is missing"),
    ("squares", np.square(error).sum(), "this is the sum of squares"),
    ("squares", 0.5 * np.mean(error**2), "the number of all entries"),
    ("squares", error.sum() / (2 * N), "not squared"),
    ("squares", error.sum() ** 2 / (2 * N), "the sum is squared"),
    ("squares", np.abs(error).sum() / N, "absolute errors"),
    ("squares", np.mean(error**2), "the mean of squares over all outputs"),
    ("squares", np.mean(np.abs(error)), "the mean absolute error over all outputs"),
    ("squares", np.sqrt(np.mean(error**2)), "the root of the mean square"),
    ("squares", (error**2).sum(axis=1) / 2, "the mean over samples is missing: the loss"),
    ("squares", (error**2).sum(axis=1), "the factor 1/2 and the mean over samples"),
    ("squares", np.mean(error**2, axis=1), "the mean over the outputs of each sample"),
    ("bce", np.mean(np.where(y == 1, costs, 0)), "only the samples with y = 1"),
    ("bce", np.mean(np.where(y == 0, costs, 0)), "only the samples with y = 0"),
    ("bce", np.mean(-(y * np.log(p)) + (1 - y) * np.log(1 - p)), "one minus sign is missing: it belongs to both"),
    ("bce", np.mean(y * np.log(p) - (1 - y) * np.log(1 - p)), "here it is missing from the first"),
    ("bce", np.sum(-(y * np.log(p)) + (1 - y) * np.log(1 - p)), "log(1 - p)); and the sum is not divided by n"),
    ("bce", np.sum(y * np.log(p) - (1 - y) * np.log(1 - p)), "from the first, and the sum is not divided by n"),
    ("bce", -np.mean(y * np.log(sigmoid(p)) + (1 - y) * np.log(1 - sigmoid(p))), "sigmoid is applied twice: p"),
    ("bce", -costs.sum(), "the minus sign is missing, and the sum"),
    ("bce", costs.sum(), "not divided by n"),
    ("bce", costs, "the loss is one number"),
    ("bce", -costs.mean(), "the minus sign is missing"),
    ("bce", np.mean([-np.log(1 - p_i) if y_i else -np.log(p_i) for p_i, y_i in zip(p, y)]), "p and 1 - p are swapped"),
    ("bce", np.inf, "p and y are swapped"),
    ("bce", np.mean(costs / np.log(2)), "is not e"),
    ("ce", -np.log(chosen).sum() / Y.size, "the number of all entries"),
    ("ce", -np.log(chosen).sum(), "not divided by n"),
    ("ce", -np.log(chosen), "the loss is one number"),
    ("ce", np.log(chosen).mean(), "the minus sign is missing"),
    ("ce", np.log(chosen).sum(), "the minus sign is missing, and the sum"),
    ("ce", -np.log(softmax(P))[range(N), Y.argmax(axis=1)].mean(), "softmax is applied twice: P"),
    ("ce", -np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P)) / N, "binary cross-entropy; only"),
    ("ce", -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P)), "binary cross-entropy; this is its mean"),
    ("ce", -np.log(P).sum() / N, "all classes are counted"),
    ("ce", -chosen.mean(), "the logarithm is missing"),
    ("ce", -np.log(chosen.mean()), "after the mean"),
    ("ce", -np.log2(chosen).mean(), "is not e"),
    ("ce", -np.log(chosen + 1e-3).mean(), "0.001 is added inside"),
    ("ce", -np.log(chosen + 1e-4).mean(), "0.0001 is added inside"),
    ("ce", -np.log(P)[:, Y.argmax(axis=1)].mean(), "whole columns"),
    ("softmax backward", dP * P * (1 - P), "affected only its own probability"),
    ("softmax backward", dP * P, "is not subtracted"),
    ("softmax backward", P * (dP - np.sum(dP * P, axis=0)), "over samples, axis 0; each sample"),
    ("softmax backward", P * (dP - np.sum(dP * P)), "over everything; each sample"),
    ("softmax backward", P * (dP - np.sum(dP, axis=1)[:, None]), "over dA only"),
    ("softmax backward", dP - np.sum(dP * P, axis=1)[:, None], "in front is missing"),
    ("softmax backward", dP, "dA is passed on unchanged"),
    ("label gradient", (softmax(scores) - np.array([1, 1, 0])) / 5, "whole columns"),
    ("label gradient", -hot / softmax(scores) / 5, "with respect to the probabilities"),
    ("label gradient", (np.exp(scores) / np.exp(scores).sum() - hot) / 5, "over the whole matrix; each row"),
    ("label gradient", (softmax(softmax(scores)) - hot) / 5, "softmax is applied twice"),
    ("label gradient", (sigmoid(scores) - hot) / 5, "sigmoid instead of softmax"),
    ("label gradient", (softmax(scores) - 1) / 5, "from every class"),
    ("label gradient", (scores - hot) / 5, "subtracted from the scores"),
    ("gradient", P - Y, "the division by n is missing; the loss"),
    ("gradient", (P - Y) / N / N, "divided by n twice"),
    ("gradient", (P - Y) / Y.size, "the number of all entries"),
    ("gradient", (Y - P) / N, "prediction minus target"),
    ("gradient", Y - P, "the sign is flipped, and the division by n is missing"),
    ("gradient", 2 * (P - Y) / N, "the factor 2"),
    ("gradient", (P - Y) / N * P * (1 - P), "which has already canceled"),
    ("gradient", (P - Y) / (P * (1 - P)) / N, "this is dL/dp"),
    ("gradient", (P - Y) / (P * (1 - P)), "dL/dp without the division by n"),
    ("gradient", -Y / P / N, "this is -Y / P / n"),
    ("gradient", -Y / P, "this is -Y / P, the derivative"),
    ("gradient", 2 * (P - Y), "the factor 2 is left over, and the division by n is missing"),
    ("gradient", 2 * (P - Y) / Y.size, "the factor 2 is left over, and it is divided by the number"),
    ("gradient", (P - Y) * P * (1 - P), "the slope of the sigmoid is applied once more, and the division"),
    ("gradient", 2 * (P - Y) / N * P * (1 - P), "the factor 2 is left over, and the slope"),
    ("gradient", P, "this is the prediction"),
    ("gradient", np.full(P.shape, 1.25), "this is the value of the loss; its"),
    ("gradient", 1.25, "one number; its gradient"),
    ("update", w + 0.1 * x, "uphill"),
    ("update", w, "it has not changed"),
    ("update", w - x, "the learning rate is missing"),
    ("update", w + x, "uphill, and the learning rate"),
    ("update", 0.1 * x, "this is only the step"),
    ("update", -0.1 * x, "this is only minus the step"),
    ("update", w - x / 0.1, "divided by the learning rate"),
    ("update", 0.9 * w, "w shrinks"),
    ("update", w - 0.2 * x, "taken twice"),
    ("confusion", np.array([[1, 0, 2, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]), "it is transposed: rows are true"),
    ("confusion", np.array([[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]), "counted only once"),
    ("confusion", np.array([[3, 3, 0, 0], [0, 6, 0, 0], [4, 0, 2, 0], [np.nan] * 4]) / 6, "fractions of each row"),
    ("confusion", np.array([[1, 1, 0, 0], [0, 1, 0, 0], [2, 0, 1, 0], [0, 0, 0, 0]]) / 6, "fractions of all samples"),
    ("confusion", np.diag([1, 1, 1, 0]), "only right answers"),
    ("confusion", np.array([[1, 1, 0], [0, 1, 0], [2, 0, 1]]), "that do not occur are missing"),
    ("labels", np.argmax(scores, axis=0), "over samples, axis 0"),
    ("labels", np.argmax(scores), "over the whole matrix"),
    ("labels", np.max(scores, axis=1), "the largest score"),
    ("labels", np.argmax(scores, axis=1) + 1, "count from 1"),
    ("labels", np.argmin(scores, axis=1), "the smallest score"),
    ("accuracy", 4, "counts the right answers"),
    ("accuracy", 0.2, "wrong answers"),
    ("accuracy", 80.0, "this is a percentage"),
    ("accuracy", 4 / scores.size, "the number of all scores"),
    ("accuracy", np.array([True, True, False, True, True]), "the accuracy is one number"),
]


@pytest.mark.parametrize("idea", RIGHT)
def test_the_right_answer_passes(idea):
    value, mistakes = RIGHT[idea]
    expect(idea, value.copy() if isinstance(value, np.ndarray) else float(value), value, mistakes=mistakes)


@pytest.mark.parametrize(("idea", "got", "words"), WRONG, ids=[f"{idea}: {words}" for idea, _, words in WRONG])
def test_each_mistake_is_named(idea, got, words):
    value, mistakes = RIGHT[idea]
    assert words in message(idea, got, value, mistakes=mistakes).partition(": ")[2]


def test_argmax_of_the_wrong_axis_is_named_in_the_accuracy_too():
    """It needs as many samples as classes; otherwise, labels and positions cannot be compared."""
    square, y = np.array([[0.1, 0.9, 0.0], [0.8, 0.2, 0.9], [0.3, 0.1, 0.7]]), np.array([1, 2, 2])
    named = mistakes.accuracy_mistakes(square, y)
    assert "over samples, axis 0" in message("accuracy", (square.argmax(axis=0) == y).mean(), 1.0, mistakes=named)
    four, y = np.array([[0.1, 0.9, 0.0], [0.2, 0.8, 0.3], [0.3, 0.1, 0.7], [0.4, 0.5, 0.6]]), np.array([1, 1, 2, 0])
    named = mistakes.accuracy_mistakes(four, y)
    assert "over the whole matrix" in message("accuracy", (four.argmax() == y).mean(), 0.75, mistakes=named)


def test_no_name_on_the_list_is_left_untested():
    listed = {words for _, mistakes in RIGHT.values() for words in mistakes}
    styles = [words for _, _, _, words in test_feedback_styles.ANSWERS if words]
    tested = [words for _, _, words in WRONG] + styles + ["over samples, axis 0", "over the whole matrix"]
    assert sorted(name for name in listed if not any(words in name for words in tested)) == []


IMAGE, DIAGONAL = np.array([[1.0, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 4]]), np.diag([1.0, 2.0])


@pytest.mark.parametrize(
    ("wrong", "known", "words"),
    [
        (np.full((1, 3), 2.0), mistakes.sum_to_mistakes(np.ones((2, 3)), (3,)), "sum over it without keepdims"),
        (np.array([[7.0, 9, 7], [4, 9, 14]]), mistakes.convolution_mistakes(IMAGE, DIAGONAL), "with *"),
        (np.array([[3.0, 8, 0], [0, 0, 0]]), mistakes.convolution_mistakes(IMAGE, DIAGONAL), "are still 0"),
    ],
)
def test_what_a_reader_tried_is_named(wrong, known, words):
    assert words in message("x", wrong, np.full(3, 7.0) if "keepdims" in words else np.ones((2, 3)), mistakes=known)
