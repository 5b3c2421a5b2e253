"""The catalog of mistakes: for each idea of the course, what the classic wrong answers are and what to call them.

Each function takes the arguments of the right formula and returns a dictionary for `expect`: each key is a sentence that names a mistake,
and each value is a function that computes what the mistake leads to.
"""

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .._typing import Array
from ..activations import relu, sigmoid, softmax
from .feedback import expect  # noqa: F401  (every example below uses it)

Mistakes = dict[str, Callable[[], Any]]

# --- forward ---------------------------------------------------------------------------------------------------------------------------


def neuron_mistakes(x: Array, w: Array, b: Any) -> Mistakes:
    """Return the mistakes in the sum of one neuron, z = x . w + b.

    Parameters
    ----------
    x : ndarray, shape (n_features,) or (n_samples, n_features)
    w : ndarray, shape (n_features,)
    b : float

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> x, w, b = np.array([1.0, 2.0]), np.array([3.0, -1.0]), 0.5
    >>> expect("z", (x * w + b).sum(), x @ w + b, mistakes=neuron_mistakes(x, w, b))
    Traceback (most recent call last):
        ...
    AssertionError: z is 2; expected 1.5: b is added once for each input; add it once, after the sum
    """
    return {
        "the bias is missing": lambda: x @ w,
        "the bias is subtracted": lambda: x @ w - b,
        "b is added once for each input; add it once, after the sum": lambda: (x * w + b).sum(axis=-1),
        "the inputs are added up without their weights": lambda: x.sum(axis=-1) + b,
        "the products of inputs and weights are not added up": lambda: x * w + b,
        "the products of inputs and weights are averaged; add them up": lambda: (x * w).mean(axis=-1) + b,
        "the sum is multiplied by b; add b to it": lambda: x @ w * b,
        "b is added to the weights; add it once, after the sum": lambda: x @ (w + b),
        "only the first input counts: does a loop return too early?": lambda: x[..., 0] * w[0] + b,
        "the last input is left out: does a loop end too early?": lambda: x[..., :-1] @ w[:-1] + b,
        "the step function has already been applied; z is its input": lambda: np.where(x @ w + b > 0, 1.0, 0.0),
        "the sigmoid has already been applied; z is its input": lambda: sigmoid(x @ w + b),
        "tanh has already been applied; z is its input": lambda: np.tanh(x @ w + b),
    }


def linear_mistakes(X: Array, W: Array, b: Any) -> Mistakes:
    """Return the mistakes in a layer's forward pass, Z = X @ W + b.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_in)
    W : ndarray, shape (n_in, n_out)
    b : ndarray, shape (n_out,)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> X, W, b = np.ones((2, 3)), np.ones((3, 2)), np.array([1.0, 5.0])
    >>> expect("Z", X @ W + b[:, None], X @ W + b, mistakes=linear_mistakes(X, W, b))
    Traceback (most recent call last):
        ...
    AssertionError: Z[0, 1] is 4; expected 8 (2 of 4 numbers differ): b is added along the wrong axis: one number per neuron, not per sample
    """
    return {
        "the bias is missing": lambda: X @ W,
        "b is added along the wrong axis: one number per neuron, not per sample": lambda: X @ W + b[:, None],
        "all biases are added to every neuron; each neuron has its own": lambda: X @ W + b.sum(),
        "b is added once for each input; add it once, after the sum": lambda: X @ W + b * len(W),
        "W is transposed; its columns are the neurons: X @ W": lambda: X @ W.T + b,
        "the factors are swapped: X @ W, not W @ X": lambda: W @ X + b,
        "it is transposed; samples are rows: X @ W": lambda: (X @ W + b).T,
        "X and W are multiplied entry by entry; the matrix product is X @ W": lambda: X * W + b,
        "the bias is subtracted": lambda: X @ W - b,
        "the product is multiplied by b; add b to it": lambda: X @ W * b,
        "b is added to the weights; add it once, after the product": lambda: X @ (W + b),
        "only the first sample is used; X @ W + b has a row for each": lambda: X[0] @ W + b,
        "ReLU has already been applied; Z is its input": lambda: relu(X @ W + b),
        "the sigmoid has already been applied; Z is its input": lambda: sigmoid(X @ W + b),
        "tanh has already been applied; Z is its input": lambda: np.tanh(X @ W + b),
        "softmax has already been applied; Z is its input": lambda: softmax(X @ W + b),
    }


def softmax_mistakes(Z: Array) -> Mistakes:
    """Return the mistakes in softmax, row by row.

    Parameters
    ----------
    Z : ndarray, shape (n_samples, n_classes)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> Z = np.zeros((2, 2))
    >>> expect("P", np.exp(Z) / np.exp(Z).sum(), np.full((2, 2), 0.5), mistakes=softmax_mistakes(Z))
    Traceback (most recent call last):
        ...
    AssertionError: P[0, 0] is 0.25; expected 0.5 (4 of 4 numbers differ): normalized over the whole matrix; each row must sum to 1
    """

    def normalized(e: Array, **axis: Any) -> Any:
        return e / e.sum(**axis)

    by_rows: dict[str, Any] = {"axis": 1, "keepdims": True}
    return {
        "normalized over the whole matrix; each row must sum to 1": lambda: normalized(np.exp(Z - Z.max())),
        "normalized over samples, axis 0; each row must sum to 1": lambda: normalized(np.exp(Z - Z.max()), axis=0),
        "not normalized: divide by the sum of the row": lambda: np.exp(Z),
        "not normalized after the largest score was subtracted: divide by the sum of the row": lambda: np.exp(Z - Z.max(**by_rows)),
        "exp overflows: subtract the largest score of each row first": lambda: normalized(np.exp(Z), **by_rows),
        "exp is 0 for a whole row: subtract the largest score of each row, not of the whole matrix": lambda: normalized(
            np.exp(Z - Z.max()), **by_rows
        ),
        "the largest score of each column is subtracted; every row needs one number, its own largest": lambda: normalized(
            np.exp(Z - Z.max(axis=0)), **by_rows
        ),
        "the largest score is subtracted in the numerator only; subtract it in the sum as well": lambda: (
            np.exp(Z - Z.max(**by_rows)) / np.exp(Z).sum(**by_rows)
        ),
        "the scores are divided by the largest one; subtract it from them": lambda: softmax(Z / Z.max(**by_rows)),
        "divided by the sum of the scores; divide by the sum of their exponentials": lambda: np.exp(Z) / Z.sum(**by_rows),
        "the scores are divided by their sum without exp": lambda: normalized(Z, **by_rows),
        "the columns are divided by the sums of the rows: keep the axis with keepdims=True": lambda: np.exp(Z) / np.exp(Z).sum(axis=1),
        "this is the logarithm of softmax": lambda: np.log(softmax(Z)),
        "softmax is applied twice": lambda: softmax(softmax(Z)),
        "the exponent has the wrong sign: exp(Z), not exp(-Z)": lambda: softmax(-Z),
        "the largest score of each row gets probability 1; softmax gives every class some": lambda: np.eye(Z.shape[1])[Z.argmax(axis=1)],
        "each class is treated on its own: this is the sigmoid of the scores": lambda: sigmoid(Z),
    }


# --- derivatives of activations --------------------------------------------------------------------------------------------------------


def with_upstream(slope: Array, mistakes: Mistakes, dA: Array | None) -> Mistakes:
    """Return the mistakes in a slope, each multiplied by dA, and the mistakes in this multiplication. If dA is None, change nothing."""
    if dA is None:
        return mistakes
    return {words: lambda wrong=wrong: dA * wrong() for words, wrong in mistakes.items()} | {
        "dA is passed on unchanged: multiply it by the activation's slope": lambda: dA,
        "this is only the slope: multiply dA by it": lambda: slope,
    }


def d_sigmoid_mistakes(z: Array, dA: Array | None = None) -> Mistakes:
    """Return the mistakes in the derivative of the sigmoid, s(z) (1 - s(z)).

    Parameters
    ----------
    z : ndarray of any shape
    dA : ndarray, shape of z, optional
        With it, the answer is dA times the derivative, as in a backward pass.

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> expect("sigmoid'(2)", 2 * (1 - 2), 0.104994, tolerance=1e-5, mistakes=d_sigmoid_mistakes(2.0))
    Traceback (most recent call last):
        ...
    AssertionError: sigmoid'(2) is -2; expected 0.104994: this is z (1 - z); the formula needs the output s = sigmoid(z): s (1 - s)
    """
    s = sigmoid(z)
    twice = sigmoid(s)
    return with_upstream(
        s * (1 - s),
        {
            "this is z (1 - z); the formula needs the output s = sigmoid(z): s (1 - s)": lambda: z * (1 - z),
            "sigmoid is applied twice; s is already its output: s (1 - s)": lambda: twice * (1 - twice),
            "this is sigmoid itself, not its derivative": lambda: s,
            "the factor s is missing: s (1 - s)": lambda: 1 - s,
            "the factor 1 - s is missing: s (1 - s), not s squared": lambda: s * s,
            "1 - s^2 is the formula of tanh; the sigmoid has s (1 - s)": lambda: 1 - s * s,
        },
        dA,
    )


def d_tanh_mistakes(z: Array, dA: Array | None = None) -> Mistakes:
    """Return the mistakes in the derivative of tanh, 1 - tanh(z)^2. It takes and returns what `d_sigmoid_mistakes` does.

    Examples
    --------
    >>> expect("tanh'(2)", 1 - 2 ** 2, 0.0706508, mistakes=d_tanh_mistakes(2.0))
    Traceback (most recent call last):
        ...
    AssertionError: tanh'(2) is -3; expected 0.0706508: this is 1 - z^2; the formula needs the output t = tanh(z): 1 - t^2
    """
    t = np.tanh(z)
    return with_upstream(
        1 - t**2,
        {
            "this is 1 - z^2; the formula needs the output t = tanh(z): 1 - t^2": lambda: 1 - z**2,
            "tanh is applied twice; t is already its output: 1 - t^2": lambda: 1 - np.tanh(t) ** 2,
            "this is tanh itself, not its derivative": lambda: t,
            "the square is missing: 1 - t^2": lambda: 1 - t,
            "the square belongs to t alone: 1 - t^2, not (1 - t)^2": lambda: (1 - t) ** 2,
            "this is t^2; the derivative is 1 - t^2": lambda: t**2,
            "the sign is wrong: 1 - t^2, not 1 + t^2": lambda: 1 + t**2,
            "this is the formula of the sigmoid, s (1 - s)": lambda: t * (1 - t),
        },
        dA,
    )


def d_relu_mistakes(z: Array, dA: Array | None = None) -> Mistakes:
    """Return the mistakes in the derivative of ReLU: 1 where z > 0, else 0. It takes and returns what `d_sigmoid_mistakes` does.

    Examples
    --------
    >>> z = np.array([-1.0, 2.0])
    >>> expect("d", (np.maximum(z, 0) >= 0) * 1.0, np.array([0.0, 1.0]), mistakes=d_relu_mistakes(z))
    Traceback (most recent call last):
        ...
    AssertionError: d[0] is 1; expected 0 (1 of 2 numbers differ): the slope is 1 everywhere: the output is always >= 0; check whether z > 0
    """
    mask = np.where(z > 0, 1.0, 0.0)
    mistakes = with_upstream(
        mask,
        {
            "the slope is 1 everywhere: the output is always >= 0; check whether z > 0": lambda: np.ones_like(z),
            "at 0 itself the course uses the slope 0: check z > 0, not z >= 0": lambda: np.where(z >= 0, 1.0, 0.0),
            "the mask is inverted: the slope is 1 where z > 0": lambda: np.where(z > 0, 0.0, 1.0),
            "this is ReLU itself, not its derivative": lambda: np.maximum(z, 0),
            "this is the sign of z; the slope is 0 where z is negative": lambda: np.sign(z),
            "this is z; the slope is 1 where z > 0, and 0 elsewhere": lambda: z,
            "at 0 itself the course uses the slope 0, not 1/2": lambda: np.heaviside(z, 0.5),
            "this is the slope of leaky ReLU: 0.01 where z < 0": lambda: np.where(z > 0, 1.0, 0.01),
            "this is the slope of leaky ReLU: 0.1 where z < 0": lambda: np.where(z > 0, 1.0, 0.1),
            "this is the slope of leaky ReLU: 0.2 where z < 0": lambda: np.where(z > 0, 1.0, 0.2),
        },
        dA,
    )
    if dA is not None:
        mistakes["the mask checks dA; check whether z > 0"] = lambda: dA * (dA > 0)
    return mistakes


# --- a layer's backward pass -----------------------------------------------------------------------------------------------------------


def linear_backward_mistakes(X: Array, W: Array, dZ: Array) -> dict[str, Mistakes]:
    """Return the mistakes in a layer's backward pass: dW = X.T @ dZ, db = dZ.sum(axis=0), dX = dZ @ W.T.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_in)
    W : ndarray, shape (n_in, n_out)
    dZ : ndarray, shape (n_samples, n_out)
        It already contains the 1/n of the mean loss.

    Returns
    -------
    dict of str to dict
        The mistakes in "dW", in "db", and in "dX".

    Examples
    --------
    >>> X, W, dZ = np.ones((4, 2)), np.ones((2, 3)), np.ones((4, 3))
    >>> expect("db", dZ.sum(), dZ.sum(axis=0), mistakes=linear_backward_mistakes(X, W, dZ)["db"])
    Traceback (most recent call last):
        ...
    AssertionError: db is a single number; expected shape (3,): dZ is summed over everything; sum over samples only, axis 0
    """
    n, (n_in, n_out) = len(X), W.shape
    dW, db, dX = X.T @ dZ, dZ.sum(axis=0), dZ @ W.T
    again = "divided by n, but dZ already contains the 1/n of the loss"
    return {
        "dW": {
            again: lambda: dW / n,
            "multiplied by n: the 1/n of the mean is missing": lambda: dW * n,
            "it is transposed: dW has the shape of W, X.T @ dZ": lambda: dW.T,
            "dW and dX are swapped: this is dZ @ W.T": lambda: dX,
            "X is not transposed: X.T @ dZ": lambda: X @ dZ,
            "only the last sample is used; all samples share the same W": lambda: np.outer(X[-1], dZ[-1]),
            "only the first sample is used; all samples share the same W": lambda: np.outer(X[0], dZ[0]),
            "the sum over samples is missing: dW has the shape of W, X.T @ dZ": lambda: X[:, :, None] * dZ[:, None, :],
            "the bias's derivative is used for every input: each dZ must be multiplied by its x": lambda: np.tile(db, (n_in, 1)),
        },
        "db": {
            "dZ is summed over everything; sum over samples only, axis 0": lambda: dZ.sum(),
            "dZ is summed over everything and spread over the neurons; sum over samples only, axis 0": lambda: np.full(n_out, dZ.sum()),
            "dZ is summed over neurons, axis 1; sum over samples, axis 0": lambda: dZ.sum(axis=1),
            "dZ is not summed: all samples share the same b; sum over samples, axis 0": lambda: dZ,
            "the axis of samples is kept; db has the shape of b: sum over samples, axis 0, without keepdims": lambda: dZ.sum(
                axis=0, keepdims=True
            ),
            again: lambda: db / n,
            "dZ is averaged over everything; sum over samples only, axis 0": lambda: dZ.mean(),
            "dZ is summed over everything, and divided by n; sum over samples only, axis 0": lambda: dZ.sum() / n,
            "multiplied by n: the 1/n of the mean is missing": lambda: db * n,
            "only the first sample is used; sum over samples, axis 0": lambda: dZ[0],
            "only the last sample is used; sum over samples, axis 0": lambda: dZ[-1],
        },
        "dX": {
            "dW and dX are swapped: this is X.T @ dZ": lambda: dW,
            "W is not transposed: dZ @ W.T": lambda: dZ @ W,
            "it is transposed: dX has the shape of X, dZ @ W.T": lambda: dX.T,
            again: lambda: dX / n,
            "the slope of ReLU belongs to the preceding layer; dX is just dZ @ W.T": lambda: dX * (X > 0),
            "multiplied by n; dX is just dZ @ W.T": lambda: dX * n,
            "dZ is multiplied by X; the slope of z with respect to x is the weight: dZ @ W.T": lambda: X * dZ,
        },
    }


def softmax_backward_mistakes(dA: Array, A: Array) -> Mistakes:
    """Return the mistakes in a backward pass through softmax, dZ = A * (dA - the sum of dA * A over the row).

    Parameters
    ----------
    dA, A : ndarray, shape (n_samples, n_classes)
        The gradient that arrives, and the probabilities.

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> dA, A = np.array([[1.0, 0.0], [0.0, 0.0]]), np.full((2, 2), 0.5)
    >>> expect("dZ", dA * A, np.array([[0.25, -0.25], [0.0, 0.0]]), mistakes=softmax_backward_mistakes(dA, A))
    Traceback (most recent call last):
        ...
    AssertionError: dZ[0, 0] is 0.5; expected 0.25 (2 of 4 numbers differ): the sum over the row is not subtracted
    """
    rows: dict[str, Any] = {"axis": 1, "keepdims": True}
    return {
        "each score is treated as if it affected only its own probability (the diagonal of the Jacobian)": lambda: dA * A * (1 - A),
        "this is A (1 - A): multiply it by dA, and add what each score does to the other probabilities": lambda: A * (1 - A),
        "the sum over the row is not subtracted": lambda: A * dA,
        "the sum runs over samples, axis 0; each sample has its own sum, axis 1": lambda: A * (dA - (dA * A).sum(axis=0)),
        "the sum runs over everything; each sample has its own sum, axis 1": lambda: A * (dA - (dA * A).sum()),
        "the sum is over dA only; weight it by the probabilities": lambda: A * (dA - dA.sum(**rows)),
        "the factor A in front is missing": lambda: dA - (dA * A).sum(**rows),
        "dA is passed on unchanged": lambda: dA,
    }


# --- losses ----------------------------------------------------------------------------------------------------------------------------


def mean_mistakes(costs: Array) -> Mistakes:
    """Return the mistakes in a loss that is the mean of these costs, one for each sample."""
    n = len(costs)
    return {
        "divided by n twice": lambda: costs.sum() / n**2,
        "only the first sample counts: does a loop return too early?": lambda: costs[0],
        "only the first sample counts, divided by n: does a loop return too early?": lambda: costs[0] / n,
        "only the last sample counts: add up the costs of all": lambda: costs[-1],
        "only the last sample counts, divided by n: add up the costs of all": lambda: costs[-1] / n,
    }


def logarithm_mistakes(loss: Callable[[Callable[[Array], Array]], Any]) -> Mistakes:
    """Return the mistakes in the logarithm of a loss, which is given as a function of the logarithm."""

    def raised(small: float) -> Any:
        return loss(lambda p: np.log(p + small))

    return {
        "the base of the logarithm is not e: use np.log": lambda: loss(np.log2),
        "the base of the logarithm is 10, not e: use np.log": lambda: loss(np.log10),
        "0.01 is added inside the logarithm, which changes the loss: add at most 1e-12": lambda: raised(1e-2),
        "0.001 is added inside the logarithm, which changes the loss: add at most 1e-12": lambda: raised(1e-3),
        "0.0001 is added inside the logarithm, which changes the loss: add at most 1e-12": lambda: raised(1e-4),
        "1e-05 is added inside the logarithm, which changes the loss: add at most 1e-12": lambda: raised(1e-5),
        "1e-06 is added inside the logarithm, which changes the loss: add at most 1e-12": lambda: raised(1e-6),
    }


def pairs(column: Array, row: Array) -> tuple[Array, Array]:
    """Return two arrays that NumPy combines in every pair, as it does with shapes (n, 1) and (n,); only for one output."""
    n = len(column)
    return column.reshape(n, 1), row.reshape(1, n)


def squared_error_mistakes(Y_hat: Array, Y: Array) -> Mistakes:
    """Return the mistakes in half the mean squared error, sum((Y_hat - Y)^2) / (2 n).

    Parameters
    ----------
    Y_hat, Y : ndarray, shape (n_samples,) or (n_samples, n_out)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> Y_hat, Y = np.array([1.0, 3.0]), np.array([0.0, 0.0])
    >>> expect("loss", ((Y_hat - Y) ** 2).mean(), 2.5, mistakes=squared_error_mistakes(Y_hat, Y))
    Traceback (most recent call last):
        ...
    AssertionError: loss is 5; expected 2.5: the factor 1/2 is missing: divide the sum of squares by 2 n
    """
    errors = Y_hat - Y
    n = len(errors)
    of_sample = tuple(range(1, errors.ndim))
    return {
        "the factor 1/2 is missing: divide the sum of squares by 2 n": lambda: (errors**2).sum() / n,
        "the division by n is missing: divide the sum of squares by 2 n": lambda: (errors**2).sum() / 2,
        "this is the sum of squares; divide it by 2 n": lambda: (errors**2).sum(),
        "divided by the number of all entries; n is the number of samples": lambda: (errors**2).mean() / 2,
        "multiplied by n: 1 / 2 * n is n / 2; write 1 / (2 * n)": lambda: (errors**2).sum() / 2 * n,
        "only the target is squared: put the difference in parentheses, (Y_hat - Y)**2": lambda: (Y_hat - Y**2).sum() / (2 * n),
        "the squares are subtracted; square the difference": lambda: (Y_hat**2 - Y**2).sum() / (2 * n),
        "the errors are doubled; square them, with **2": lambda: (errors * 2).sum() / (2 * n),
        "the errors are not squared, so some cancel": lambda: errors.sum() / (2 * n),
        "the sum is squared; square each error, then add up": lambda: errors.sum() ** 2 / (2 * n),
        "this is the mean of the absolute errors, not of the squares": lambda: np.abs(errors).sum() / n,
        "this is the mean of squares over all outputs; divide the sum of squares by 2 n, where n is the number of samples": lambda: (
            errors**2
        ).mean(),
        "this is the mean absolute error over all outputs; square the errors, and divide the sum by 2 n": lambda: np.abs(errors).mean(),
        "this is the root of the mean square; leave out the root, and divide by 2 n, not by n": lambda: np.sqrt((errors**2).mean()),
        "the mean over samples is missing: the loss is one number": lambda: (errors**2).sum(axis=of_sample) / 2,
        "the factor 1/2 and the mean over samples are missing: the loss is one number": lambda: (errors**2).sum(axis=of_sample),
        "this is the mean over the outputs of each sample; the loss is one number": lambda: (errors**2).mean(axis=of_sample),
        "this is the mean over samples for each output; also add up the outputs": lambda: (errors**2).mean(axis=0),
        "the outputs are not added up; the loss is one number": lambda: (errors**2).sum(axis=0) / (2 * n),
        "divided by the number of outputs; n is the number of samples": lambda: (errors**2).sum() / (2 * errors[0].size),
        "the factor 1/2 is missing, and it is divided by the number of outputs: divide the sum of squares by 2 n": lambda: (
            (errors**2).sum() / errors[0].size
        ),
        "this is the norm, the root of the sum of squares; leave out the root, and divide by 2 n": lambda: np.sqrt((errors**2).sum()),
        "this is the root of the sum divided by n; leave out the root, and divide by 2 n, not by n": lambda: np.sqrt((errors**2).sum() / n),
        "this is the mean of the errors, some of which cancel; square them, and divide the sum by 2 n": lambda: errors.mean(),
        "every prediction is paired with every target: one has shape (n, 1), the other (n,)": lambda: (
            (np.subtract(*pairs(Y_hat, Y)) ** 2).mean() / 2
        ),
        "every prediction is paired with every target, and the factor 1/2 is missing: one has shape (n, 1), the other (n,)": lambda: (
            np.subtract(*pairs(Y_hat, Y)) ** 2
        ).mean(),
    } | mean_mistakes((errors**2).sum(axis=of_sample) / 2)


def binary_cross_entropy_mistakes(p: Array, y: Array) -> Mistakes:
    """Return the mistakes in binary cross-entropy, -mean(y log p + (1 - y) log(1 - p)).

    Parameters
    ----------
    p : ndarray of float, shape (n_samples,) or (n_samples, 1)
        Probabilities of a 1, above 0 and below 1.
    y : ndarray, shape of p
        Zeros and ones.

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> p, y = np.array([0.5, 0.5]), np.array([1, 0])
    >>> expect("loss", -(y * np.log(p)).mean(), np.log(2), mistakes=binary_cross_entropy_mistakes(p, y))
    Traceback (most recent call last):
        ...
    AssertionError: loss is 0.346574; expected 0.693147: only the samples with y = 1 count; those with y = 0 cost -log(1 - p)
    """
    ones, zeros = y * np.log(p), (1 - y) * np.log(1 - p)
    costs = -(ones + zeros)

    def loss(log: Callable[[Array], Array], p: Array = p, y: Array = y) -> Any:
        return -(y * log(p) + (1 - y) * log(1 - p)).mean()

    one_sign = "one minus sign is missing: it belongs to both logarithms, -(y log p + (1 - y) log(1 - p))"
    return {
        "only the samples with y = 1 count; those with y = 0 cost -log(1 - p)": lambda: -ones.mean(),
        "only the samples with y = 0 count; those with y = 1 cost -log p": lambda: -zeros.mean(),
        one_sign: lambda: (zeros - ones).mean(),
        f"{one_sign}; here it is missing from the first": lambda: (ones - zeros).mean(),
        f"{one_sign}; and the sum is not divided by n": lambda: (zeros - ones).sum(),
        f"{one_sign}; here it is missing from the first, and the sum is not divided by n": lambda: (ones - zeros).sum(),
        "sigmoid is applied twice: p is already a probability": lambda: loss(np.log, sigmoid(p)),
        "the sum over samples is not divided by n": lambda: costs.sum(),
        "the mean over samples is missing: the loss is one number": lambda: costs,
        "the minus sign is missing: the logarithm of a probability is negative": lambda: -costs.mean(),
        "the minus sign is missing, and the sum is not divided by n": lambda: -costs.sum(),
        "these are squared errors; the cost of a sample is a logarithm": lambda: ((p - y) ** 2).mean(),
        "p and 1 - p are swapped": lambda: loss(np.log, 1 - p),
        "p and y are swapped: the logarithm belongs to the prediction": lambda: loss(np.log, y, p),
        "every p is paired with every y: one has shape (n, 1), the other (n,)": lambda: loss(np.log, *pairs(p, y)),
        "every p is paired with every y, and only one sum is divided by n: one has shape (n, 1), the other (n,)": lambda: (
            len(p) * loss(np.log, *pairs(p, y))
        ),
    } | (logarithm_mistakes(loss) | mean_mistakes(costs))


def cross_entropy_mistakes(P: Array, Y: Array) -> Mistakes:
    """Return the mistakes in cross-entropy, -sum(Y log P) / n.

    Parameters
    ----------
    P : ndarray of float, shape (n_samples, n_classes)
        Probabilities above 0; each row sums to 1.
    Y : ndarray, shape of P
        One-hot rows.

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> P, Y = np.array([[0.5, 0.5], [0.25, 0.75]]), np.eye(2)
    >>> expect("loss", -(Y * np.log(P)).mean(), 0.490415, mistakes=cross_entropy_mistakes(P, Y))
    Traceback (most recent call last):
        ...
    AssertionError: loss is 0.245207; expected 0.490415: divided by the number of all entries; n is the number of samples
    """
    costs, n = -(Y * np.log(P)), len(P)
    binary = costs - (1 - Y) * np.log(1 - P)
    return {
        "divided by the number of all entries; n is the number of samples": lambda: costs.mean(),
        "the sum over samples is not divided by n": lambda: costs.sum(),
        "the mean over samples is missing: the loss is one number": lambda: costs.sum(axis=1),
        "the minus sign is missing: the logarithm of a probability is negative": lambda: -costs.sum() / n,
        "the minus sign is missing, and the sum is not divided by n": lambda: -costs.sum(),
        "softmax is applied twice: P already holds probabilities": lambda: -(Y * np.log(softmax(P))).sum() / n,
        "(1 - Y) log(1 - P) belongs to binary cross-entropy; only the probability of the right class counts": lambda: binary.sum() / n,
        "(1 - Y) log(1 - P) belongs to binary cross-entropy; this is its mean over all entries": lambda: binary.mean(),
        "these are squared errors; the cost of a sample is -log of the probability of the right class": lambda: ((P - Y) ** 2).sum() / n,
        "these are squared errors, halved; the cost of a sample is -log of the probability of the right class": lambda: (
            ((P - Y) ** 2).sum() / (2 * n)
        ),
        "these are squared errors, averaged over all entries; the cost of a sample is -log of the probability of the right class": lambda: (
            (P - Y) ** 2
        ).mean(),
        "the largest probability of each row is counted; count that of the right class": lambda: -np.log(P.max(axis=1)).mean(),
        "this is exp of the loss, the perplexity; leave out exp": lambda: np.exp(costs.sum() / n),
        "this is -log(1 - p); take -log of the probability of the right class": lambda: -(Y * np.log(1 - P)).sum() / n,
        "all classes are counted; count only the probability of the right class": lambda: -np.log(P).sum() / n,
        "the logarithm is missing: -log of the probability of the right class": lambda: -(Y * P).sum() / n,
        "the logarithm is taken after the mean: take the logarithms first, then their mean": lambda: -np.log((Y * P).sum() / n),
        "[:, y] takes whole columns; use [np.arange(n), y]": lambda: -np.log(P)[:, Y.argmax(axis=1)].mean(),
        "P and Y are swapped: the logarithm belongs to the prediction": lambda: -(P * np.log(Y)).sum() / n,
        "divided by the number of classes; n is the number of samples": lambda: costs.sum() / P.shape[1],
        "the classes are not added up; the loss is one number": lambda: costs.mean(axis=0),
        "the classes are not added up, and the sum is not divided by n; the loss is one number": lambda: costs.sum(axis=0),
    } | (logarithm_mistakes(lambda log: -(Y * log(P)).sum() / n) | mean_mistakes(costs.sum(axis=1)))


def loss_gradient_mistakes(Y_hat: Array, Y: Array, loss: float | None = None) -> Mistakes:
    """Return the mistakes in the gradient that all three losses share, dZ = (Y_hat - Y) / n.

    Parameters
    ----------
    Y_hat, Y : ndarray, shape (n_samples, n_out)
        Predictions (numbers or probabilities) and targets.
    loss : float, optional
        The value of the loss, which people sometimes pass on instead of its gradient.

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> Y_hat, Y = np.array([[0.5, 0.5], [0.2, 0.8]]), np.eye(2)
    >>> expect("dZ", Y_hat - Y, (Y_hat - Y) / 2, mistakes=loss_gradient_mistakes(Y_hat, Y))
    Traceback (most recent call last):
        ...
    AssertionError: dZ[0, 0] is -0.5; expected -0.25 (4 of 4 numbers differ): the division by n is missing; the loss is a mean over samples
    """
    n = len(Y)
    dZ = (Y_hat - Y) / n
    mistakes = {
        "the division by n is missing; the loss is a mean over samples": lambda: Y_hat - Y,
        "divided by n twice": lambda: dZ / n,
        "divided by the number of all entries; n is the number of samples": lambda: (Y_hat - Y) / Y_hat.size,
        "divided by the number of outputs; n is the number of samples": lambda: (Y_hat - Y) / Y_hat[0].size,
        "the sign is flipped: prediction minus target": lambda: -dZ,
        "the factor 2 from the square is left over; the 1/2 in the loss cancels it": lambda: 2 * dZ,
        "it is multiplied by the slope of the sigmoid, which has already canceled": lambda: dZ * Y_hat * (1 - Y_hat),
        "this is dL/dp, the derivative with respect to the probability; go on to dL/dz": lambda: dZ / (Y_hat * (1 - Y_hat)),
        "this is dL/dp without the division by n; divide, and go on to dL/dz": lambda: (Y_hat - Y) / (Y_hat * (1 - Y_hat)),
        "this is -Y / P / n, the derivative with respect to the probabilities; go on to dL/dz": lambda: -Y / Y_hat / n,
        "this is -Y / P, the derivative with respect to the probabilities; divide by n, and go on to dL/dz": lambda: -Y / Y_hat,
        "this is the prediction; subtract the target and divide by n": lambda: Y_hat,
        "every prediction is paired with every target: one has shape (n, 1), the other (n,)": lambda: (Y_hat - Y.T) / n,
        "every prediction is paired with every target, and not divided by n: one has shape (n, 1), the other (n,)": lambda: Y_hat - Y.T,
    }
    mistakes |= several_slips(Y_hat, Y)
    if loss is not None:
        mistakes |= {
            "this is the value of the loss; its gradient is needed": lambda: np.full_like(dZ, loss),
            "this is the value of the loss, one number; its gradient has the shape of Z": lambda: loss,
        }
    return mistakes


def several_slips(Y_hat: Array, Y: Array) -> Mistakes:
    """Return what becomes of dZ = (Y_hat - Y) / n with several slips at a time: in its sign, its factors, and its divisor."""
    n = len(Y)
    signs = {"": 1, "the sign is flipped": -1}
    factors = {"": 1, "the factor 2 is left over": 2}
    slopes = {"": 1, "the slope of the sigmoid is applied once more": Y_hat * (1 - Y_hat)}
    divisors = {"": n, "the division by n is missing": 1, "it is divided by n twice": n**2}
    divisors |= {"it is divided by the number of all entries": Y.size, "it is divided by the number of outputs": Y[0].size}
    mistakes: Mistakes = {}
    for slips in itertools.product(signs.items(), factors.items(), slopes.items(), divisors.items()):
        *words, last = [word for word, _ in slips if word] or [""]
        if words:
            scale = slips[0][1] * slips[1][1] * slips[2][1] / slips[3][1]
            mistakes[f"{', '.join(words)}, and {last}: (prediction - target) / n"] = partial(np.multiply, Y_hat - Y, scale)
    return mistakes


def cross_entropy_gradient_mistakes(Z: Array, y: Array) -> Mistakes:
    """Return the mistakes in the gradient of cross-entropy after softmax when it is made from labels, (softmax(Z) - one-hot rows) / n.

    Parameters
    ----------
    Z : ndarray, shape (n_samples, n_classes)
        Scores.
    y : ndarray of int, shape (n_samples,)

    Returns
    -------
    dict of str to function
        Those in `loss_gradient_mistakes`, and those that are possible only with labels.

    Examples
    --------
    >>> Z, y = np.zeros((2, 2)), np.array([0, 1])
    >>> expect("dZ", (0.5 - np.ones((2, 2))) / 2, (0.5 - np.eye(2)) / 2, mistakes=cross_entropy_gradient_mistakes(Z, y))
    Traceback (most recent call last):
        ...
    AssertionError: dZ[0, 1] is -0.25; expected 0.25 (2 of 4 numbers differ): [:, y] takes whole columns; use [np.arange(n), y]
    """
    P, Y, n = softmax(Z), np.eye(Z.shape[1])[y], len(Z)
    return loss_gradient_mistakes(P, Y, loss=-np.log(P[np.arange(n), y]).mean()) | {
        "[:, y] takes whole columns; use [np.arange(n), y]": lambda: (P - Y.any(axis=0)) / n,
        "this is the gradient with respect to the probabilities; go on to the scores": lambda: -Y / P / n,
        "softmax is normalized over the whole matrix; each row must sum to 1": lambda: (np.exp(Z) / np.exp(Z).sum() - Y) / n,
        "1 is subtracted from the scores; subtract it from the probabilities": lambda: (Z - Y) / n,
        "softmax is applied twice": lambda: (softmax(P) - Y) / n,
        "this is sigmoid instead of softmax": lambda: (sigmoid(Z) - Y) / n,
        "1 is subtracted from every class; subtract it from the right class only": lambda: (P - 1) / n,
        "the label itself is subtracted; subtract 1 from the right class": lambda: (P - y[:, None]) / n,
        "the label itself is subtracted, and not divided by n; subtract 1 from the right class": lambda: P - y[:, None],
    }


# --- learning and judging --------------------------------------------------------------------------------------------------------------


def update_mistakes(w: Array, dw: Array, lr: float) -> Mistakes:
    """Return the mistakes in a step of gradient descent, w - lr * dw.

    Parameters
    ----------
    w, dw : float or ndarray, equal shapes
    lr : float

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> expect("w", 1.0 + 0.1 * 4.0, 0.6, mistakes=update_mistakes(1.0, 4.0, 0.1))
    Traceback (most recent call last):
        ...
    AssertionError: w is 1.4; expected 0.6: the step goes uphill: subtract lr * dw
    """
    w, dw = np.array(w, dtype=np.float64), np.array(dw, dtype=np.float64)
    return {
        "the step goes uphill: subtract lr * dw": lambda: w + lr * dw,
        "it has not changed: was the new value stored?": lambda: w,
        "the learning rate is missing: w - lr * dw": lambda: w - dw,
        "the step goes uphill, and the learning rate is missing: w - lr * dw": lambda: w + dw,
        "this is only the step; subtract it from w": lambda: lr * dw,
        "this is only minus the step; add it to w": lambda: -lr * dw,
        "dw is divided by the learning rate; multiply it: w - lr * dw": lambda: w - dw / lr,
        "w shrinks instead of going downhill: the step is lr * dw, not lr * w": lambda: w - lr * w,
        "the learning rate is subtracted; multiply dw by it: w - lr * dw": lambda: w - lr - dw,
        "the learning rate is applied twice": lambda: w - lr**2 * dw,
        "only the sign of dw counts; its size matters as well: w - lr * dw": lambda: w - lr * np.sign(dw),
        "the step is multiplied by w: it is just lr * dw": lambda: w - lr * dw * w,
        "the step was taken twice": lambda: w - 2 * lr * dw,
        "the learning rate multiplies w as well: w - lr * dw": lambda: lr * (w - dw),
        "w and dw are swapped: w - lr * dw": lambda: dw - lr * w,
    }


def prediction_mistakes(scores: Array) -> Mistakes:
    """Return the mistakes in the predicted labels, the index of the largest score in each row.

    Parameters
    ----------
    scores : ndarray, shape (n_samples, n_classes)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]])
    >>> expect("labels", scores.argmax(axis=0), np.array([1, 0, 1]), mistakes=prediction_mistakes(scores))
    Traceback (most recent call last):
        ...
    AssertionError: labels has shape (2,); expected (3,): argmax runs over samples, axis 0; it must run over classes, axis 1
    """
    return {
        "argmax runs over samples, axis 0; it must run over classes, axis 1": lambda: scores.argmax(axis=0),
        "argmax runs over the whole matrix; it must run over classes, axis 1": lambda: scores.argmax(),
        "this is the largest score; return its position in the row: argmax": lambda: scores.max(axis=1),
        "labels count from 1; the first class is 0": lambda: scores.argmax(axis=1) + 1,
        "this is the class of the smallest score": lambda: scores.argmin(axis=1),
        "these are the scores; return the position of the largest in each row: argmax": lambda: scores,
        "these are one-hot rows; return the position of the 1": lambda: np.eye(scores.shape[1])[scores.argmax(axis=1)],
    }


def accuracy_mistakes(scores: Array, y: Array) -> Mistakes:
    """Return the mistakes in the accuracy, the fraction of rows whose largest score is at the correct label.

    Parameters
    ----------
    scores : ndarray, shape (n_samples, n_classes)
    y : ndarray of int, shape (n_samples,)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> scores, y = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), np.array([1, 1, 1])
    >>> expect("accuracy", (scores.argmax(axis=1) == y).sum(), 2 / 3, mistakes=accuracy_mistakes(scores, y))
    Traceback (most recent call last):
        ...
    AssertionError: accuracy is 2; expected 0.666667: this counts the right answers; divide by the number of samples
    """
    right = scores.argmax(axis=1) == y
    return {
        "this counts the right answers; divide by the number of samples": lambda: right.sum(),
        "this is the fraction of wrong answers": lambda: 1 - right.mean(),
        "this counts the wrong answers": lambda: (~right).sum(),
        "every prediction is compared with every label: one has shape (n, 1), the other (n,)": lambda: np.equal(
            *pairs(scores.argmax(axis=1), y)
        ).mean(),
        "one-hot rows are compared entry by entry; compare labels": lambda: (
            1 - 2 * (1 - right.mean()) / scores.shape[1]  # a wrong answer differs in two entries
        ),
        "this is a percentage; the accuracy is a fraction between 0 and 1": lambda: 100 * right.mean(),
        "argmax runs over samples, axis 0; it must run over classes, axis 1": lambda: (scores.argmax(axis=0) == y).mean(),
        "argmax runs over the whole matrix; it must run over classes, axis 1": lambda: (scores.argmax() == y).mean(),
        "divided by the number of all scores; divide by the number of samples": lambda: right.sum() / scores.size,
        "the mean over samples is missing: the accuracy is one number": lambda: right,
    }


def confusion_matrix_mistakes(y: Array, y_pred: Array, n_classes: int) -> Mistakes:
    """Return the mistakes in the confusion matrix, whose rows are true classes and whose columns are predictions.

    Parameters
    ----------
    y, y_pred : ndarray of int, shape (n_samples,)
    n_classes : int

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> y, y_pred = np.array([0, 0, 1]), np.array([1, 1, 1])
    >>> counts = np.zeros((2, 2))
    >>> counts[y, y_pred] += 1
    >>> expect("counts", counts, np.array([[0, 2], [0, 1]]), mistakes=confusion_matrix_mistakes(y, y_pred, 2))
    Traceback (most recent call last):
        ...
    AssertionError: counts[0, 1] is 1; expected 2 (1 of 4 numbers differ): each pair is counted only once; np.add.at counts every sample
    """
    counts = np.zeros((n_classes, n_classes))
    np.add.at(counts, (y, y_pred), 1)
    return {
        "it is transposed: rows are true classes, columns are predictions": lambda: counts.T,
        "each pair is counted only once; np.add.at counts every sample": lambda: (counts > 0) * 1.0,
        "these are fractions of each row; expected counts": lambda: counts / counts.sum(axis=1, keepdims=True),
        "these are fractions of each column; expected counts": lambda: counts / counts.sum(axis=0),
        "right answers are not counted; they belong on the diagonal": lambda: counts - np.diag(np.diag(counts)),
        "this is only the diagonal, the right answers of each class; expected a row for each true class": lambda: np.diag(counts),
        "these are fractions of all samples; expected counts": lambda: counts / len(y),
        "only right answers are counted; the others belong off the diagonal": lambda: np.diag(np.diag(counts)),
        "rows and columns of classes that do not occur are missing": lambda: counts[
            : max(y.max(), y_pred.max()) + 1, : max(y.max(), y_pred.max()) + 1
        ],
    }


# --- beyond ----------------------------------------------------------------------------------------------------------------------------


def tape_backward_mistakes(tape: list[list[tuple[int, float]]]) -> Mistakes:
    """Return the mistakes in the backward pass of a tape, whose entries list (position of an input, local derivative).

    Parameters
    ----------
    tape : list of lists of (int, float)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> tape = [[], [(0, 3.0), (0, 3.0)]]
    >>> expect("gradients", np.array([3.0, 1.0]), np.array([6.0, 1.0]), mistakes=tape_backward_mistakes(tape))
    Traceback (most recent call last):
        ...
    AssertionError: gradients[0] is 3; expected 6 (1 of 2 numbers differ): a value that is used several times gets overwritten; use +=
    """

    def play(*, add: bool = True, order: int = -1, times: bool = True) -> Array:
        gradients = np.zeros(len(tape))
        gradients[-1] = 1.0
        for position in range(len(tape))[::order]:
            for source, local in tape[position]:
                arrived = local * gradients[position] if times else local
                gradients[source] = gradients[source] + arrived if add else arrived
        return gradients

    def without_last() -> Array:
        gradients = play()
        gradients[-1] = 0.0
        return gradients

    return {
        "a value that is used several times gets overwritten; use +=": lambda: play(add=False),
        "the tape is played forward; start with the last value": lambda: play(order=1),
        "the local derivative is not multiplied by what has arrived": lambda: play(times=False),
        "the derivative of the last value with respect to itself is 1": without_last,
        "nothing arrives: start with a 1 at the last value": lambda: np.zeros(len(tape)),
    }


def sum_to_mistakes(d: Array, shape: tuple[int, ...]) -> Mistakes:
    """Return the mistakes in undoing broadcasting: summing d over all uses of each entry of an array of this shape.

    Parameters
    ----------
    d : ndarray
        The derivative with respect to the broadcast result.
    shape : tuple of int
        The shape before broadcasting.

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> d = np.ones((4, 2))
    >>> expect("db", d.mean(axis=0), np.array([4.0, 4.0]), mistakes=sum_to_mistakes(d, (2,)))
    Traceback (most recent call last):
        ...
    AssertionError: db[0] is 1; expected 4 (2 of 2 numbers differ): this is the mean; contributions add up
    """
    padded = (1,) * (d.ndim - len(shape)) + tuple(shape)
    stretched = tuple(i for i, n in enumerate(padded) if n == 1)
    other = tuple(i for i in range(d.ndim) if i not in stretched)
    if 1 in shape:
        axes: Mistakes = {"the axes of length 1 are lost; keep them with keepdims": lambda: d.sum(axis=stretched)}
    else:
        axes = {"an axis that the array does not have is kept; sum over it without keepdims": lambda: d.sum(axis=stretched, keepdims=True)}
    return {
        "this is the mean; contributions add up": lambda: d.mean(axis=stretched, keepdims=True).reshape(shape),
        "nothing is summed: each entry was used several times": lambda: d,
        "only the first use of each entry is counted": lambda: d[tuple(slice(1) if n == 1 else slice(None) for n in padded)].reshape(shape),
        **axes,
        "the sum runs over the wrong axis": lambda: d.sum(axis=other),
    }


def _slide(image: Array, kernel: Array) -> Array:
    """Return the sum of products of the kernel with the patch at every place."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.asarray((windows * kernel).sum(axis=(2, 3)))


def convolution_mistakes(image: Array, kernel: Array) -> Mistakes:
    """Return the mistakes in sliding a kernel over an image, with stride 1 and without padding.

    Parameters
    ----------
    image : ndarray, shape (height, width)
    kernel : ndarray, shape (k, m)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> image, kernel = np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0]])
    >>> flipped = np.array([[1.0, 4.0], [10.0, 13.0], [19.0, 22.0]])
    >>> expect("Z", flipped, flipped + 1, mistakes=convolution_mistakes(image, kernel))
    Traceback (most recent call last):
        ...
    AssertionError: Z[0, 0] is 1; expected 2 (6 of 6 numbers differ): the kernel is flipped; slide it as it is
    """
    return {
        "the kernel is flipped; slide it as it is": lambda: _slide(image, kernel[::-1, ::-1]),
        "the kernel is transposed": lambda: _slide(image, kernel.T),
        "the last row and column are missing: the height is image height - kernel height + 1": lambda: _slide(image, kernel)[:-1, :-1],
        "the last row and column are still 0: the height is image height - kernel height + 1": lambda: np.pad(
            _slide(image, kernel)[:-1, :-1], ((0, 1), (0, 1))
        ),
        "@ is a matrix product; multiply entry by entry, with *": lambda: _slide(image, np.tile(kernel.sum(axis=1), (len(kernel.T), 1))),
        "this is the mean of the products; add them up": lambda: _slide(image, kernel) / kernel.size,
        "the kernel moves by its own size; it must move by one pixel": lambda: _slide(image, kernel)[
            :: kernel.shape[0], :: kernel.shape[1]
        ],
        "the patch is added up without the weights": lambda: _slide(image, np.ones_like(kernel)),
    }


def kernel_gradient_mistakes(image: Array, dZ: Array) -> Mistakes:
    """Return the mistakes in the derivative with respect to the kernel: every weight was used at every place.

    Parameters
    ----------
    image : ndarray, shape (height, width)
    dZ : ndarray, shape (height - k + 1, width - m + 1)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> image, dZ = np.arange(9.0).reshape(3, 3), np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> right = np.array([[27.0, 37.0], [57.0, 67.0]])
    >>> expect("dK", right / 4, right, mistakes=kernel_gradient_mistakes(image, dZ))
    Traceback (most recent call last):
        ...
    AssertionError: dK[0, 0] is 6.75; expected 27 (4 of 4 numbers differ): this is the mean over the places; contributions add up
    """
    return {
        "this is the mean over the places; contributions add up": lambda: _slide(image, dZ) / dZ.size,
        "dZ is flipped": lambda: _slide(image, dZ[::-1, ::-1]),
        "the result is flipped": lambda: _slide(image, dZ)[::-1, ::-1],
        "only the last place counts; add up all of them": lambda: dZ[-1, -1] * image[dZ.shape[0] - 1 :, dZ.shape[1] - 1 :],
        "dZ is missing: it says how much each place affects the loss": lambda: _slide(image, np.ones_like(dZ)),
    }


def image_gradient_mistakes(kernel: Array, dZ: Array) -> Mistakes:
    """Return the mistakes in the derivative with respect to the image: a pixel collects a contribution from every patch that contains it.

    Parameters
    ----------
    kernel : ndarray, shape (k, m)
    dZ : ndarray, shape (n_down, n_across)

    Returns
    -------
    dict of str to function

    Examples
    --------
    >>> kernel, dZ = np.array([[1.0, 2.0]]), np.array([[1.0, 10.0]])
    >>> expect("d_image", np.array([[1.0, 10.0, 20.0]]), np.array([[1.0, 12.0, 20.0]]), mistakes=image_gradient_mistakes(kernel, dZ))
    Traceback (most recent call last):
        ...
    AssertionError: d_image[0, 1] is 10; expected 12 (1 of 3 numbers differ): where patches overlap, a pixel gets overwritten; use +=
    """

    def collect(kernel: Array, *, add: bool = True) -> Array:
        k, m = kernel.shape
        d_image = np.zeros((dZ.shape[0] + k - 1, dZ.shape[1] + m - 1))
        for i, j in np.ndindex(*dZ.shape):
            patch = d_image[i : i + k, j : j + m]
            patch[...] = patch * add + dZ[i, j] * kernel
        return d_image

    return {
        "where patches overlap, a pixel gets overwritten; use +=": lambda: collect(kernel, add=False),
        "the kernel is flipped": lambda: collect(kernel[::-1, ::-1]),
        "the kernel is missing: multiply by the pixel's weight in each patch": lambda: collect(np.ones_like(kernel)),
        "this is the feature map of dZ; the image is larger than dZ, not smaller": lambda: _slide(dZ, kernel),
    }
