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
    "squares of one": (((Z - TARGET)[:, 0] ** 2).sum() / (2 * N), mistakes.squared_error_mistakes(Z[:, :1], TARGET[:, :1])),
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
    yield "dZ of sigmoids", ((p - t) * p * (1 - p))[:, None], "the slope of the sigmoid is applied once more, and the division by n"


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
    yield ("dZ of sigmoids", (2 * (p - t) * p * (1 - p) / N)[:, None], "the factor 2 is left over, and the slope of the sigmoid is applied")
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


def an_article_with_caches():
    """Columns and caches of dictionaries; m is read from the wrong axis when the data are rows."""
    m = Y.shape[1]
    yield "cross-entropy", -np.sum(np.multiply(Y, np.log(P))) / m, "divided by the number of classes"
    yield "squares", np.sum(np.square(Z - TARGET)) / (2 * m), "divided by the number of outputs"
    yield "squares", np.sum(np.square(Z - TARGET)) / m, "the factor 1/2 is missing, and it is divided by the number of outputs"
    yield "dZ", (P - Y) / m, "divided by the number of outputs"
    yield "dZ", 2 * (P - Y) / m, "the factor 2 is left over, and it is divided by the number of outputs"


def a_column_and_a_row():
    """Predictions are a column (n, 1), labels are (n,): NumPy combines every one with every other."""
    column = p[:, None]
    yield "binary", -np.mean(t * np.log(column) + (1 - t) * np.log(1 - column)), "every p is paired with every y: one has shape"
    yield "binary", -np.sum(t * np.log(column) + (1 - t) * np.log(1 - column)) / N, "and only one sum is divided by n"
    yield "dZ of sigmoids", (column - t) / N, "every prediction is paired with every target: one"
    yield "dZ of sigmoids", column - t, "every prediction is paired with every target, and not"
    yield "accuracy", np.mean(Z.argmax(axis=1).reshape(-1, 1) == y), "every prediction is compared with every label"


def targets_minus_outputs():
    """Errors are target minus output and are multiplied by the slope of the output; the step adds."""
    delta = (t - p) * p * (1 - p)
    yield "dZ of sigmoids", delta[:, None], "the sign is flipped, the slope of the sigmoid is applied once more, and the division by n"
    yield "dZ of sigmoids", 2 * delta[:, None], "the sign is flipped, the factor 2 is left over, the slope of the sigmoid is applied once"
    yield "dZ of sigmoids", delta[:, None] / N, "the sign is flipped, and the slope of the sigmoid is applied once more"
    yield "dZ of squares", -2 * (Z - TARGET) / N, "the sign is flipped, and the factor 2 is left over"
    yield "dZ of squares", 2 * (TARGET - Z) / Z.size, "the factor 2 is left over, and it is divided by the number of all entries"
    yield "step", right_dW - 0.1 * W, "w and dw are swapped"
    yield "step", 0.1 * (W - right_dW), "the learning rate multiplies w as well"


def epsilons():
    """A small number in every logarithm, some of them not so small."""
    yield "cross-entropy", -np.sum(Y * np.log(P + 1e-9)) / N, None
    yield "cross-entropy", -np.sum(Y * np.log(P + 1e-5)) / N, "1e-05 is added inside the logarithm"
    yield "cross-entropy", -np.sum(Y * np.log(P + 0.01)) / N, "0.01 is added inside the logarithm"
    yield "binary", -np.mean(t * np.log(p + 1e-6) + (1 - t) * np.log(1 - p + 1e-6)), "1e-06 is added inside the logarithm"
    yield "binary", -np.mean(t * np.log10(p) + (1 - t) * np.log10(1 - p)), "the base of the logarithm is 10"


def loops_that_end_early():
    """`return` inside the loop, or `=` in place of `+=`."""
    right = -np.log(P[np.arange(N), y])
    yield "cross-entropy", right[0], "only the first sample counts"
    yield "cross-entropy", right[-1] / N, "only the last sample counts"
    yield "binary", -np.log(1 - p[0]), "only the first sample counts"
    yield "squares", ((Z[-1] - TARGET[-1]) ** 2).sum() / (2 * N), "only the last sample counts"
    yield "squares", ((Z - TARGET) ** 2).sum() / (2 * N) / N, "divided by n twice"
    yield "dW", np.array([np.outer(x, d) for x, d in zip(X, dZ)]), "the sum over samples is missing"


def labels_in_place_of_rows():
    """Integer labels where one-hot rows belong, and the other way around."""
    yield "dZ", (P - y[:, None]) / N, "the label itself is subtracted; subtract 1"
    yield "dZ", P - y.reshape(-1, 1), "the label itself is subtracted, and not divided by n"
    yield "labels", np.eye(K)[Z.argmax(axis=1)], "these are one-hot rows"
    yield "labels", Z, "these are the scores"
    yield "accuracy", (np.eye(K)[Z.argmax(axis=1)] == Y).mean(), "one-hot rows are compared entry by entry"
    yield "accuracy", (Z.argmax(axis=1) != y).sum(), "this counts the wrong answers"
    yield "cross-entropy", -np.mean(np.sum(P * np.log(Y, where=Y > 0, out=np.full(Y.shape, -np.inf)), axis=1)), "P and Y are swapped"


def sums_over_the_wrong_axis():
    """Losses are averaged over samples first, and never over outputs."""
    yield "cross-entropy", -np.mean(Y * np.log(P), axis=0), "the classes are not added up; the loss"
    yield "cross-entropy", -np.sum(Y * np.log(P), axis=0), "the classes are not added up, and the sum"
    yield "squares", np.mean((Z - TARGET) ** 2, axis=0), "the mean over samples for each output"
    yield "squares", np.sum((Z - TARGET) ** 2, axis=0) / (2 * N), "the outputs are not added up"
    yield "P", np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(axis=0)).sum(axis=1, keepdims=True), "the largest score of each column"


def norms():
    """The length of the error vector."""
    yield "squares", np.linalg.norm(Z - TARGET), "this is the norm"
    yield "squares", np.sqrt(np.sum((Z - TARGET) ** 2) / N), "the root of the sum divided by n"
    yield "squares", np.linalg.norm(Z - TARGET) ** 2 / N / 2, None
    yield "squares", np.mean(Z - TARGET), "this is the mean of the errors"


def layers_that_do_more():
    """A layer's forward pass already holds the activation; slopes of other activations."""
    yield "Z", np.maximum(X @ W + b, 0), "ReLU has already been applied"
    yield "Z", sigmoid(X @ W + b), "the sigmoid has already been applied"
    yield "Z", np.tanh(X @ W + b), "tanh has already been applied"
    yield "Z", P, "softmax has already been applied"
    yield "Z", X @ W - b, "the bias is subtracted"
    yield "Z", X @ (W + b), "b is added to the weights"
    yield "Z", X[0] @ W + b, "only the first sample"
    yield "sigmoid'", 1 - p**2, "the formula of tanh"
    yield "relu backward", dZ * np.where(Z > 0, 1, 0.2), "leaky ReLU: 0.2"
    yield "relu backward", dZ * np.where(Z > 0, 1, 0.1), "leaky ReLU: 0.1"
    yield "relu backward", dZ * Z, "this is z; the slope"


def outputs_of_one_number():
    """A network for one number: rows and columns mix silently."""
    yield "squares of one", np.mean((Z[:, :1] - TARGET[:, 0]) ** 2) / 2, "every prediction is paired with every target: one"
    yield "squares of one", np.mean((Z[:, :1] - TARGET[:, 0]) ** 2), "paired with every target, and the factor 1/2 is missing"
    yield "squares of one", np.mean((Z[:, 0] - TARGET[:, 0]) ** 2), "the factor 1/2 is missing"


STYLES = [
    an_article_with_caches,
    a_column_and_a_row,
    targets_minus_outputs,
    epsilons,
    loops_that_end_early,
    labels_in_place_of_rows,
    sums_over_the_wrong_axis,
    norms,
    layers_that_do_more,
    outputs_of_one_number,
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
