"""The catalog of mistakes against the ways in which people write these functions in public.

Each style is a set of conventions, named after code where many learners meet it; the code here is our own. An answer in another convention
is often right there and wrong here: sums instead of means, columns instead of rows, probabilities instead of scores. The feedback must
accept what is right and name what is not.
"""

import numpy as np
import pytest

from nnfromscratch.course import expect, mistakes

N, D, K = 5, 4, 3  # samples, inputs, outputs
rng = np.random.default_rng(42)
X, W, b = rng.normal(size=(N, D)), rng.normal(size=(D, K)), rng.normal(size=K)
y = np.array([0, 2, 1, 2, 2])
Y, Z = np.eye(K)[y], X @ W + b
P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
dZ = (P - Y) / N
TARGET = rng.normal(size=(N, K))
p, t = 1 / (1 + np.exp(-Z[:, 0])), np.array([0, 1, 1, 0, 1])
right_dW, right_db, right_dX = X.T @ dZ, dZ.sum(axis=0), dZ @ W.T
BACK = mistakes.linear_backward_mistakes(X, W, dZ)

TASKS = {  # the right answer, and the mistakes
    "Z": (Z, mistakes.linear_mistakes(X, W, b)),
    "P": (P, mistakes.softmax_mistakes(Z)),
    "cross-entropy": (-np.log(P[np.arange(N), y]).mean(), mistakes.cross_entropy_mistakes(P, Y)),
    "binary": (-np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)), mistakes.binary_cross_entropy_mistakes(p, t)),
    "squares": (((Z - TARGET) ** 2).sum() / (2 * N), mistakes.squared_error_mistakes(Z, TARGET)),
    "dZ": (dZ, mistakes.cross_entropy_gradient_mistakes(Z, y)),
    "dZ of squares": ((Z - TARGET) / N, mistakes.loss_gradient_mistakes(Z, TARGET)),
    "dZ of sigmoids": ((p[:, None] - t[:, None]) / N, mistakes.loss_gradient_mistakes(p[:, None], t[:, None])),
    "dW": (right_dW, BACK["dW"]),
    "db": (right_db, BACK["db"]),
    "dX": (right_dX, BACK["dX"]),
    "sigmoid'": (p * (1 - p), mistakes.d_sigmoid_mistakes(Z[:, 0])),
    "relu backward": (dZ * (Z > 0), mistakes.d_relu_mistakes(Z, dZ)),
    "step": (W - 0.1 * right_dW, mistakes.update_mistakes(W, right_dW, 0.1)),
    "labels": (Z.argmax(axis=1), mistakes.prediction_mistakes(Z)),
    "accuracy": ((Z.argmax(axis=1) == y).mean(), mistakes.accuracy_mistakes(Z, y)),
}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def columns():
    """Samples are columns, W has a row for each neuron, b is a column; 1/m comes with each gradient of the parameters."""
    A, targets, inputs, weights, m = P.T, Y.T, X.T, W.T, N
    scores = weights @ inputs + b[:, None]
    e = np.exp(scores)
    delta = A - targets
    yield "Z", scores, "it is transposed; samples are rows: X @ W"
    yield "P", e / e.sum(axis=0), "it is transposed"
    yield "cross-entropy", np.squeeze(-np.sum(targets * np.log(A)) / m), None
    yield "binary", -1 / m * np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)), None
    yield "dZ", delta, "the division by n is missing; the loss is a mean over samples, and it is transposed"
    yield "dW", delta @ inputs.T / m, "it is transposed"
    yield "dW", dZ.T @ inputs.T / m, "divided by n, but dZ already contains the 1/n of the loss, and it is transposed"
    yield "db", np.sum(delta, axis=1, keepdims=True) / m, "it has an extra axis of length 1"
    yield "db", np.sum(dZ.T, axis=1, keepdims=True) / m, "divided by n, but dZ already contains the 1/n"
    yield "dX", weights.T @ dZ.T, "it is transposed: dX has the shape of X"
    yield "labels", A.argmax(axis=0), None
    yield "accuracy", np.sum(A.argmax(axis=0) == y) / m, None


def columns_from_a_video():
    """Columns, written in one evening: db is summed over everything."""
    yield "db", 1 / N * np.sum(P - Y), "dZ is summed over everything"
    yield "db", 1 / N * np.sum(dZ), "dZ is summed over everything"
    yield "relu backward", dZ * (np.maximum(Z, 0) > 0), None
    yield "P", np.exp(Z.T) / sum(np.exp(Z.T)), "it is transposed"
    yield "accuracy", np.sum(Z.argmax(axis=1) == y) / y.size, None


def one_sample_at_a_time():
    """Column vectors for one sample; costs are halves of squared lengths; gradients are summed over a batch and divided at the step."""
    yield "squares", sum(0.5 * np.linalg.norm(a - s) ** 2 for a, s in zip(Z, TARGET)), "the division by n is missing"
    yield "squares", sum(0.5 * np.linalg.norm(a - s) ** 2 for a, s in zip(Z, TARGET)) / N, None
    yield "dZ", np.array([a - s for a, s in zip(P, Y)]), "the division by n is missing"
    yield "dW", sum(np.outer(a - s, x) for a, s, x in zip(P, Y, X)), "the 1/n of the mean is missing, and it is transposed"
    yield "db", sum((a - s)[:, None] for a, s in zip(P, Y)), "the 1/n of the mean is missing, and it has an extra axis"
    yield "cross-entropy", np.sum(np.nan_to_num(-Y * np.log(P) - (1 - Y) * np.log(1 - P))) / N, "belongs to binary cross-entropy"
    yield "sigmoid'", sigmoid(Z[:, 0]) * (1 - sigmoid(Z[:, 0])), None
    yield "dZ of sigmoids", ((p - t) * p * (1 - p))[:, None], "the slope of the sigmoid has canceled, and the division by n"


def scores_and_ranges():
    """Rows; scores, then probs[range(n), y] -= 1; biases are a row."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    probs = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    dscores = probs.copy()
    dscores[range(N), y] -= 1
    yield "Z", X.dot(W) + b.reshape(1, -1), None
    yield "P", probs, None
    yield "cross-entropy", np.sum(-np.log(probs[range(N), y])) / N, None
    yield "dZ", dscores, "the division by n is missing"
    yield "dZ", dscores / N, None
    yield "dW", X.T.dot(dscores / N), None
    yield "db", np.sum(dscores / N, axis=0, keepdims=True), "the axis of samples is kept"
    yield "dX", np.dot(dscores / N, W.T), None
    yield "step", W + -0.1 * right_dW, None


def scores_without_a_mean():
    """The same without the division: the loss is a mean, the gradient is not."""
    delta = P.copy()
    delta[range(N), y] -= 1
    yield "cross-entropy", 1.0 / N * np.sum(-np.log(P[range(N), y])), None
    yield "dZ", delta, "the division by n is missing"
    yield "dW", X.T.dot(delta), "the 1/n of the mean is missing"
    yield "db", np.sum(delta, axis=0, keepdims=True), "the 1/n of the mean is missing, and it has an extra axis"
    yield "dX", delta.dot(W.T), "multiplied by n; dX is just dZ @ W.T"


def eleven_lines():
    """One function for the sigmoid and its derivative, which takes the output; the error is target minus output; no learning rate."""
    yield "sigmoid'", p * (1 - p), None
    yield "sigmoid'", Z[:, 0] * (1 - Z[:, 0]), "this is z (1 - z)"
    yield "dZ of sigmoids", (t - p)[:, None], "the sign is flipped, and the division by n is missing"
    yield "step", W + right_dW, "uphill, and the learning rate is missing"
    yield "step", W - right_dW, "the learning rate is missing"


def logits():
    """Rows; log-probabilities from logits, and a mean over the right ones."""
    logprobs = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    dlogits = np.exp(logprobs)
    dlogits[range(N), y] -= 1
    yield "P", logprobs, "the logarithm of softmax"
    yield "cross-entropy", -logprobs[range(N), y].mean(), None
    yield "dZ", dlogits / N, None
    yield "binary", np.mean(np.maximum(Z[:, 0], 0) - Z[:, 0] * t + np.log1p(np.exp(-np.abs(Z[:, 0])))), None


def losses_that_take_logits():
    """A layer's weight has a row per output; the losses take logits and average over everything, and get probabilities by mistake."""
    weight = W.T

    def cross_entropy(scores):
        return -(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))[range(N), y].mean()

    yield "Z", X @ weight.T + b, None
    yield "cross-entropy", cross_entropy(Z), None
    yield "cross-entropy", cross_entropy(P), "softmax is applied twice: P already"
    yield "binary", -np.mean(t * np.log(sigmoid(p)) + (1 - t) * np.log(1 - sigmoid(p))), "sigmoid is applied twice: p is already"
    yield "squares", np.mean((Z - TARGET) ** 2), "the mean of squares over all outputs"
    yield "dZ of squares", 2 * (Z - TARGET) / Z.size, "the factor 2 is left over, and it is divided by the number of all entries"
    yield "dW", dZ.T @ X, "it is transposed: dW has the shape of W"
    yield "dZ", (np.exp(P) / np.exp(P).sum(axis=1, keepdims=True) - Y) / N, "softmax is applied twice"


def losses_by_sample():
    """Losses are averaged over the outputs of each sample first, and over samples later."""
    yield "squares", np.mean(np.square(Z - TARGET), axis=-1), "the mean over the outputs of each sample"
    yield "squares", np.mean(np.mean(np.square(Z - TARGET), axis=-1)), "the mean of squares over all outputs"
    yield "cross-entropy", -np.sum(Y * np.log(np.clip(P, 1e-7, 1 - 1e-7)), axis=-1), "the mean over samples is missing"
    yield "binary", -(t * np.log(p + 1e-7) + (1 - t) * np.log(1 - p + 1e-7)), "the mean over samples is missing"
    yield "binary", np.mean(-(t * np.log(p) + (1 - t) * np.log(1 - p))), None


def sums_of_squares():
    """The loss is a plain sum of squares, its gradient twice the error."""
    yield "squares", np.sum((Z - TARGET) ** 2), "this is the sum of squares"
    yield "dZ of squares", 2 * (Z - TARGET), "the factor 2 is left over, and the division by n is missing"
    yield "db", np.sum(dZ, axis=0), None
    yield "dX", dZ @ W.T, None


def dvalues():
    """Classes with dinputs and dvalues; biases are a row; gradients are divided by the number of samples in the loss."""
    clipped = np.clip(P, 1e-7, 1 - 1e-7)
    yield "cross-entropy", np.mean(-np.log(clipped[range(N), y])), None
    yield "dZ", -Y / clipped / N, "with respect to the probabilities"
    yield "dZ", -Y / clipped, "with respect to the probabilities"
    yield "db", np.sum(dZ, axis=0, keepdims=True), "the axis of samples is kept"
    yield "relu backward", np.where(Z <= 0, 0, dZ), None
    yield "P", np.exp(Z - np.max(Z, axis=1, keepdims=True)), "not normalized after"


def half_of_the_mean():
    """Squared errors are averaged over everything and halved; log losses are sums divided by the number of samples."""
    yield "squares", ((TARGET - Z) ** 2).mean() / 2, "divided by the number of all entries"
    yield "cross-entropy", -(Y * np.log(P)).sum() / N, None
    yield "binary", -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum() / N, None
    yield "dW", (X.T @ (P - Y)) / N, None
    yield "db", np.mean(P - Y, axis=0), None
    yield "db", np.mean(dZ, axis=0), "divided by n, but dZ already"


def sigmoids_and_one_hot():
    """Classes are predicted by sigmoids and squared errors; the gradient starts with 2 (a - y) / n."""
    yield "P", sigmoid(Z), "the sigmoid of the scores"
    yield "dZ", (sigmoid(Z) - Y) / N, "sigmoid instead of softmax"
    yield "dZ of sigmoids", (2 * (p - t) / N)[:, None], "the factor 2"
    yield "dZ of sigmoids", (2 * (p - t) * p * (1 - p) / N)[:, None], "leave out the factor 2 and the slope of the sigmoid"
    yield "squares", np.mean(np.sum((Z - TARGET) ** 2, axis=1)), "the factor 1/2 is missing"


def binary_by_hand():
    """Binary cross-entropy typed from a blackboard."""
    yield "binary", np.mean(-t * np.log(p) + (1 - t) * np.log(1 - p)), "one minus sign is missing"
    yield "binary", -np.mean(t * np.log(p) - (1 - t) * np.log(1 - p)), "one minus sign is missing"
    yield "binary", np.mean(t * np.log(p) - (1 - t) * np.log(1 - p)), "one minus sign is missing"
    yield "binary", np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)), "the minus is missing"
    yield "binary", -np.mean(t * np.log(p)), "only the samples with y = 1"
    yield "binary", -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)), "not divided by n"
    yield "dZ of sigmoids", (-(t / p) + (1 - t) / (1 - p))[:, None], "dL/dp without the division by n"
    yield "dZ of sigmoids", ((p - t) / (p * (1 - p)) / N)[:, None], "this is dL/dp"
    yield "dZ of sigmoids", (p - t) / N, "an axis of length 1 is missing"


def loops():
    """Lists and loops over everything, without NumPy's sums."""
    yield "Z", np.array([[sum(x_j * w for x_j, w in zip(x, W[:, k])) + b[k] for k in range(K)] for x in X]), None
    yield (
        "Z",
        np.array([[sum(x_j * w + b[k] for x_j, w in zip(x, W[:, k])) for k in range(K)] for x in X]),
        "b is added once for each input",
    )
    yield "squares", sum(sum((a - s) ** 2 for a, s in zip(*pair)) for pair in zip(Z, TARGET)) / N / 2, None
    yield "cross-entropy", sum(-np.log(P[i, y[i]]) for i in range(N)), "not divided by n"
    yield "dW", sum(np.outer(X[i], dZ[i]) for i in range(N)), None
    yield "accuracy", 100 * sum(Z.argmax(axis=1) == y) / N, "a percentage"


STYLES = [
    columns,
    columns_from_a_video,
    one_sample_at_a_time,
    scores_and_ranges,
    scores_without_a_mean,
    eleven_lines,
    logits,
    losses_that_take_logits,
    losses_by_sample,
    sums_of_squares,
    dvalues,
    half_of_the_mean,
    sigmoids_and_one_hot,
    binary_by_hand,
    loops,
]
ANSWERS = [(style.__name__, task, answer, words) for style in STYLES for task, answer, words in style()]


@pytest.mark.parametrize(
    ("style", "task", "answer", "words"), ANSWERS, ids=[f"{style}: {task}: {words}" for style, task, _, words in ANSWERS]
)
def test_answers_in_every_style_are_accepted_or_named(style, task, answer, words):
    value, known = TASKS[task]
    if words is None:
        expect(task, answer, value, mistakes=known)
        return
    with pytest.raises(AssertionError) as caught:
        expect(task, answer, value, mistakes=known)
    assert words in str(caught.value).partition(": ")[2], str(caught.value)
