"""Losses: one number that says how wrong the network is.

Each loss owns the output activation that matches it and therefore works on the last layer's raw scores Z (the logits). Two things
are gained. Nothing overflows, however large the scores. And all three losses, so different on paper, have the same derivative,

    dZ = (Y_hat - Y) / n

what the network said minus what is true, averaged over the n samples. That 1/n stands here and nowhere else.
"""

import numpy as np
from numpy.typing import DTypeLike

from ._checks import check_array, check_labels
from ._typing import Array
from .activations import sigmoid, softmax
from .metrics import accuracy, r_squared


class Loss:
    """What all losses share.

    `forward(Z, y)` takes scores Z (n_samples, n_outputs) and the truth: labels y, or targets Y as `encode` makes them, and
    returns the mean loss of a sample. `backward()` returns dZ. `activation(Z)` applies the output activation, `predict(Z)` turns scores
    into answers, `score(Z, y)` grades them.

    Examples
    --------
    >>> loss = SquaredError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (2.0, array([[2.]]))
    """

    probabilities: bool = True  # what `activation` returns

    def forward(self, Z: Array, y: Array) -> float:
        """Return the mean loss of a sample as a Python float, and keep Y_hat and Y for `backward`.

        Raises
        ------
        TypeError
            If Z or y have a wrong dtype.
        ValueError
            If shapes do not fit, or a label is out of range, or Z holds NaN or infinity.
        """
        check_array("Z", Z, ndim=2)
        Y = self.encode(y, Z.shape, Z.dtype)
        with np.errstate(over="ignore"):  # of scores as large as floats can be
            return float(self._compute(Z, Y))

    def _compute(self, Z: Array, Y: Array) -> float:
        """Do what `forward` does, unchecked, with targets Y as `encode` makes them. This is what training calls."""
        raise NotImplementedError(f"{type(self).__name__} has no _compute")

    def encode(self, y: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Return the truth as a matrix Y of this shape and dtype, after a close look at it: once before training."""
        raise NotImplementedError(f"{type(self).__name__} has no encode")

    def activation(self, Z: Array) -> Array:
        """Return Y_hat, what the output activation makes of the scores Z (n_samples, n_outputs): the same shape."""
        raise NotImplementedError(f"{type(self).__name__} has no activation")

    def backward(self) -> Array:
        """Return dZ = (Y_hat - Y) / n, the derivative of the loss with respect to Z, shape (n_samples, n_outputs)."""
        if not hasattr(self, "Y_hat"):
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward pass before it")
        return (self.Y_hat - self.Y) / len(self.Y)

    def predict(self, Z: Array) -> Array:
        """Return the label with the highest score for each row of Z (n_samples, n_classes), shape (n_samples,)."""
        return Z.argmax(axis=1)

    def score(self, Z: Array, y: Array) -> float:
        """Return the share of right answers (for `SquaredError`: R squared)."""
        labels = y if np.ndim(y) == 1 else self.predict(y - 0.5)
        return accuracy(labels, self.predict(Z))

    def __repr__(self):
        return f"{type(self).__name__}()"


class SquaredError(Loss):
    """Half the squared distance, for numbers: sum((Y_hat - Y)^2) / (2 n), with Y_hat = Z.

    The sum runs over the outputs, the mean over the samples. (Gauss, 1809; Goodfellow et al., 2016, section 5.5.)

    Examples
    --------
    >>> loss = SquaredError()
    >>> loss.forward(np.array([[1.0], [3.0]]), np.array([[0.0], [0.0]]))
    2.5
    >>> loss.backward()
    array([[0.5],
           [1.5]])
    """

    probabilities = False

    def _compute(self, Z, Y):
        self.Y_hat, self.Y = self.activation(Z), Y
        return ((self.Y_hat - Y) ** 2).sum() / (2 * len(Y))

    def encode(self, y, shape, dtype):
        """Return the targets Y themselves, after a look at shape and dtype: (n_samples, n_outputs), like the scores."""
        return check_array("Y", y, shape=shape, dtype=dtype)

    def activation(self, Z):
        return Z

    def predict(self, Z):
        """Return Z as it is: the outputs are the numbers that were asked for."""
        return Z

    def score(self, Z, y):
        return r_squared(y, Z)


def check_matrix(Y, shape, dtype):
    """Return Y if it is a matrix of targets between 0 and 1 with this shape and dtype."""
    check_array("Y", Y, shape=shape, dtype=dtype)
    if Y.min() < 0 or Y.max() > 1:
        raise ValueError(f"Y holds values from {Y.min()} to {Y.max()}; expected targets between 0 and 1")
    return Y


def check_distributions(Y):
    """Return Y if each of its rows sums to 1 (to a thousandth)."""
    sums = Y.sum(axis=1)
    if abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"Y has rows that sum to {sums.min():.4g} up to {sums.max():.4g}; expected target probabilities that sum to 1 "
            "(where several answers may be right: BinaryCrossEntropy)"
        )
    return Y


class BinaryCrossEntropy(Loss):
    """Yes-or-no questions, one for each output: -sum(Y log Y_hat + (1 - Y) log(1 - Y_hat)) / n, with Y_hat = sigmoid(Z).

    With one output, y holds the labels 0 and 1. With k outputs it holds labels 0 ... k - 1, or a (n_samples, k) matrix of zeros and
    ones, and each output is a question of its own. Computed from the scores as max(Z, 0) - Z Y + log(1 + exp(-|Z|)), which is
    the same and never overflows. (Goodfellow et al., 2016, section 6.2.2.2.)

    Examples
    --------
    >>> loss = BinaryCrossEntropy()
    >>> round(loss.forward(np.array([[0.0], [0.0]]), np.array([0, 1])), 4)
    0.6931
    >>> loss.backward()
    array([[ 0.25],
           [-0.25]])
    """

    def _compute(self, Z, Y):
        self.Y_hat, self.Y = self.activation(Z), Y
        return (np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))).sum() / len(Y)

    def encode(self, y, shape, dtype):
        """Return a matrix Y (n_samples, n_outputs) of zeros and ones from labels, or such a matrix itself."""
        if np.ndim(y) == 2:
            return check_matrix(y, shape, dtype)
        check_labels(y, n_samples=shape[0], n_classes=max(shape[1], 2))
        classes = np.arange(shape[1]) if shape[1] > 1 else np.array([1])
        return (y[:, None] == classes).astype(dtype)

    def activation(self, Z):
        return sigmoid(Z)

    def predict(self, Z):
        """Return the labels (n_samples,): of one output, 1 where it is above 0; of several, the place of the highest."""
        return Z.argmax(axis=1) if Z.shape[1] > 1 else (Z[:, 0] > 0).astype(np.int64)


class SoftmaxCrossEntropy(Loss):
    """One right answer among k: -sum(Y log Y_hat) / n, with Y_hat = softmax(Z).

    y holds labels 0 ... k - 1; a (n_samples, k) matrix of target probabilities will do as well.
    (Bridle, 1990; Goodfellow et al., 2016, section 6.2.2.3.)

    Examples
    --------
    >>> loss = SoftmaxCrossEntropy()
    >>> round(loss.forward(np.zeros((1, 4)), np.array([2])), 4)
    1.3863
    >>> loss.backward()
    array([[ 0.25,  0.25, -0.75,  0.25]])
    """

    def _compute(self, Z, Y):
        Z, Y = np.asfortranarray(Z), np.asfortranarray(Y)  # stored by columns, a sum along rows runs 2 to 4 times faster
        shifted = np.maximum(Z - Z.max(axis=1, keepdims=True), np.finfo(Z.dtype).min)  # -inf would give 0 * -inf below
        exps = np.exp(shifted)
        total = exps.sum(axis=1, keepdims=True)
        self.Y_hat, self.Y = exps / total, Y
        # log Y_hat = shifted - log(total), and each row of Y sums to 1: one logarithm a sample will do, not one a class
        return (np.log(total).sum() - (Y * shifted).sum()) / len(Y)

    def encode(self, y, shape, dtype):
        """Return the one-hot matrix Y (n_samples, n_classes) of labels, or a matrix of target probabilities itself."""
        if np.ndim(y) == 2:
            return check_distributions(check_matrix(y, shape, dtype))
        check_labels(y, n_samples=shape[0], n_classes=shape[1])
        return (y[:, None] == np.arange(shape[1])).astype(dtype)

    def activation(self, Z):
        return softmax(Z)


LOSSES: dict[str, type[Loss]] = {cls.__name__: cls for cls in (SquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy)}
