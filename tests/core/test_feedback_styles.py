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

z, b_0 = Z[:, 0], 0.7
dP = rng.normal(size=(N, K))
CALLED = (np.array([0, 1, 2, 2, 2, 2]), np.array([2, 1, 1, 0, 2, 2]))  # true classes and predictions
COUNTS = np.array([[0, 0, 1], [0, 1, 0], [1, 1, 2]])

TASKS = {  # the right answer, and the mistakes
    "neuron": (X[0] @ W[:, 0] + b_0, mistakes.neuron_mistakes(X[0], W[:, 0], b_0)),
    "neuron of all": (X @ W[:, 0] + b_0, mistakes.neuron_mistakes(X, W[:, 0], b_0)),
    "tanh'": (1 - np.tanh(z) ** 2, mistakes.d_tanh_mistakes(z)),
    "softmax backward": (P * (dP - (dP * P).sum(axis=1, keepdims=True)), mistakes.softmax_backward_mistakes(dP, P)),
    "confusion": (COUNTS, mistakes.confusion_matrix_mistakes(*CALLED, K)),
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
    yield "binary", np.mean(t * np.log(p) + (1 - t) * np.log(1 - p)), "the minus sign is missing"
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


def a_neuron_in_plain_python():
    """Lists, zip and sum; a class `Neuron` whose method already applies the activation."""
    pairs = list(zip(X[0], W[:, 0]))
    total = sum(x * w for x, w in pairs) + b_0
    yield "neuron", total, None
    yield "neuron", pairs[0][0] * pairs[0][1] + b_0, "only the first input counts: does a loop return too early?"
    yield "neuron", sum(x * w for x, w in pairs[:-1]) + b_0, "the last input is left out: does a loop end too early?"
    yield "neuron", sum(x * (w + b_0) for x, w in pairs), "b is added to the weights; add it once, after the sum"
    yield "neuron", sum(x * w for x, w in pairs) / len(pairs) + b_0, "are averaged; add them up"
    yield "neuron", sum(x * w for x, w in pairs) * b_0, "the sum is multiplied by b; add b to it"
    yield "neuron", int(total > 0), "the step function has already been applied"
    yield "neuron", sigmoid(total), "the sigmoid has already been applied"
    yield "neuron of all", np.tanh(X @ W[:, 0] + b_0), "tanh has already been applied"
    yield "neuron of all", X[:, :-1] @ W[:-1, 0] + b_0, "the last input is left out"
    yield "Z", np.dot(X, W) * b, "the product is multiplied by b; add b to it"


def formulas_in_one_line():
    """Loss formulas on one line: what Python calculates first is not what the formula says."""
    yield "squares", 1 / 2 * N * np.sum((Z - TARGET) ** 2), "multiplied by n: 1 / 2 * n is n / 2; write 1 / (2 * n)"
    yield "squares", np.sum((Z - TARGET) ** 2) / 2 * N, "multiplied by n: 1 / 2 * n is n / 2"
    yield "squares", np.sum(Z - TARGET**2) / (2 * N), "only the target is squared: put the difference in parentheses"
    yield "squares", np.sum(Z**2 - TARGET**2) / (2 * N), "the squares are subtracted; square the difference"
    yield "squares", np.sum((Z - TARGET) * 2) / (2 * N), "the errors are doubled; square them, with **2"
    yield "squares", 1 / (2 * N) * np.sum((Z - TARGET) ** 2), None


def activation_classes():
    """A class for each activation, with a method `derivative` that takes z or the output, whichever the author remembered."""
    a = np.tanh(z)
    yield "tanh'", 1 / np.cosh(z) ** 2, None
    yield "tanh'", 4 / (np.exp(z) + np.exp(-z)) ** 2, None
    yield "tanh'", a, "this is tanh itself, not its derivative"
    yield "tanh'", (1 - a) ** 2, "the square belongs to t alone"
    yield "tanh'", np.square(a), "this is t^2; the derivative is 1 - t^2"
    yield "tanh'", 1 + a**2, "the sign is wrong: 1 - t^2, not 1 + t^2"
    yield "tanh'", a**2 - 1, "the sign is flipped"
    yield "tanh'", 1 - np.tanh(a) ** 2, "tanh is applied twice"


def jacobians_of_softmax():
    """A Jacobian for each sample, or its diagonal."""
    jacobians = [np.diagflat(row) - np.outer(row, row) for row in P]
    yield "softmax backward", np.array([jacobian @ d for jacobian, d in zip(jacobians, dP)]), None
    yield "softmax backward", np.array([np.diag(jacobian) for jacobian in jacobians]), "this is A (1 - A): multiply it by dA"
    yield "softmax backward", np.array([np.diag(jacobian) * d for jacobian, d in zip(jacobians, dP)]), "the diagonal of the Jacobian"
    yield "softmax backward", np.array([np.diagflat(row) @ d for row, d in zip(P, dP)]), "the sum over the row is not subtracted"


def softmax_from_memory():
    """Half of the trick against overflow."""
    largest = np.max(Z, axis=-1, keepdims=True)
    yield "P", np.exp(Z - largest) / np.sum(np.exp(Z), axis=-1, keepdims=True), "subtracted in the numerator only"
    yield "P", np.exp(Z / largest) / np.sum(np.exp(Z / largest), axis=-1, keepdims=True), "divided by the largest one; subtract it"
    yield "P", np.exp(Z) / np.sum(Z, axis=-1, keepdims=True), "divide by the sum of their exponentials"
    yield "P", (np.exp(Z) / np.sum(np.exp(Z), axis=-1, keepdims=True)).T, "it is transposed"
    yield "P", np.exp(Z - largest) / np.sum(np.exp(Z - largest), axis=-1, keepdims=True), None


def one_loss_for_everything():
    """The squared error of probabilities, the best probability in place of the right one, the loss of a language model."""
    yield "cross-entropy", np.mean(np.sum((P - Y) ** 2, axis=1)), "these are squared errors; the cost"
    yield "cross-entropy", np.sum((P - Y) ** 2) / (2 * N), "these are squared errors, halved"
    yield "cross-entropy", np.square(P - Y).mean(), "these are squared errors, averaged over all entries"
    yield "binary", np.square(p - t).mean(), "these are squared errors; the cost"
    yield "cross-entropy", -np.mean(np.log(np.max(P, axis=1))), "the largest probability of each row is counted"
    yield "cross-entropy", np.exp(-np.mean(np.log(P[range(N), y]))), "the perplexity; leave out exp"
    yield "cross-entropy", -np.mean(np.log(1 - P[range(N), y])), "this is -log(1 - p)"


def optimizers_by_name():
    """An update method per optimizer, with what other optimizers do."""
    yield "step", W - 0.1 * np.sign(right_dW), "only the sign of dw counts"
    yield "step", W - 0.1**2 * right_dW, "the learning rate is applied twice"
    yield "step", W - (0.1 + right_dW), "the learning rate is subtracted; multiply dw by it"
    yield "step", W - 0.1 * right_dW * W, "the step is multiplied by w"
    yield "step", W + (-0.1 * right_dW), None


def layers_with_activations():
    """A dense layer and its ReLU in one class: `backward` returns what the layer before needs."""
    yield "dX", dZ @ W.T * (X > 0), "the slope of ReLU belongs to the preceding layer"
    yield "dX", np.where(X > 0, (W @ dZ.T).T, 0), "the slope of ReLU belongs to the preceding layer"
    yield "dX", np.einsum("nk,jk->nj", dZ, W), None
    yield "dW", np.einsum("nj,nk->jk", X, dZ), None


def tables_of_percentages():
    """Confusion matrices as plotting functions normalize them."""
    yield "confusion", COUNTS / COUNTS.sum(axis=0), "these are fractions of each column"
    yield "confusion", COUNTS / COUNTS.sum(axis=1)[:, None], "these are fractions of each row"
    yield "confusion", np.where(np.eye(K, dtype=bool), 0, COUNTS), "right answers are not counted"
    yield "confusion", np.array([np.sum((CALLED[0] == k) & (CALLED[1] == k)) for k in range(K)]), "this is only the diagonal"
    yield "confusion", [[np.sum((CALLED[0] == i) & (CALLED[1] == j)) for i in range(K)] for j in range(K)] @ np.eye(K), "it is transposed"


def gradients_of_each_sample():
    """A function for one sample, mapped over all; the mean comes last, also if the loss already is one."""
    yield "dW", np.mean([np.outer(x, d) for x, d in zip(X, P - Y)], axis=0), None
    yield "dW", np.mean([np.outer(x, d) for x, d in zip(X, dZ)], axis=0), "divided by n, but dZ already"
    yield "dX", np.stack([W @ d for d in dZ]), None
    yield "dX", np.stack([W @ d for d in dZ], axis=1), "it is transposed"
    yield "cross-entropy", np.mean([-np.log(row[k]) for row, k in zip(P, y)]), None


STYLES = [
    a_neuron_in_plain_python,
    formulas_in_one_line,
    activation_classes,
    jacobians_of_softmax,
    softmax_from_memory,
    one_loss_for_everything,
    optimizers_by_name,
    layers_with_activations,
    tables_of_percentages,
    gradients_of_each_sample,
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
