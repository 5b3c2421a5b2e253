"""Losses: one number that says how wrong the network is.

Each loss includes the output activation that matches it and therefore works on the last layer's raw scores Z (the logits). This has two
advantages. No exponential overflows, however large the scores are. And all three losses, so different on paper, have the same derivative,

    dZ = (Y_hat - Y) / n

the prediction minus the ground truth, divided by the number of samples. In the backward pass, the 1/n appears only here.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from ._checks import check_array, check_distributions, check_labels, check_matrix
from ._typing import Array
from .activations import sigmoid, softmax
from .metrics import accuracy, r_squared


class Loss:
    """The base class of all losses.

    `forward(Z, y)` takes scores Z (n_samples, n_outputs) and the ground truth: labels y, or targets Y as `encode` makes them. It returns
    the mean loss per sample, and `backward()` returns dZ. `activation(Z)` applies the output activation, `predict(Z)` turns scores into
    predictions, and `score(Z, y)` judges them.

    Examples
    --------
    >>> loss = SquaredError()
    >>> loss.forward(np.array([[3.0]]), np.array([[1.0]])), loss.backward()
    (2.0, array([[2.]]))
    """

    probabilities: bool = True  # what `activation` returns
    labels: bool = True  # whether a vector y holds labels
    Y_hat: Array
    Y: Array

    def forward(self, Z: Array, y: Array) -> float:
        """Return the mean loss per sample as a Python float, and keep Y_hat and Y for `backward`."""
        check_array("Z", Z, ndim=2)
        Y = self.encode(y, Z.shape, Z.dtype)
        with np.errstate(over="ignore"):  # scores may be as large as floats can be
            return float(self._compute(Z, Y))

    def _compute(self, Z: Array, Y: Array) -> Any:
        """Do what `forward` does, unchecked, with targets Y as `encode` makes them. Training calls this method."""
        raise NotImplementedError(f"{type(self).__name__} has no _compute")

    def encode(self, y: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Check the ground truth and return it as a matrix Y of this shape and dtype: once, before training."""
        raise NotImplementedError(f"{type(self).__name__} has no encode")

    def activation(self, Z: Array) -> Array:
        """Return Y_hat, the output activation of the scores Z (n_samples, n_outputs): the same shape."""
        raise NotImplementedError(f"{type(self).__name__} has no activation")

    def backward(self) -> Array:
        """Return dZ = (Y_hat - Y) / n, the derivative of the loss with respect to Z, shape (n_samples, n_outputs)."""
        if not hasattr(self, "Y_hat"):
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward pass first")
        return (self.Y_hat - self.Y) / len(self.Y)

    def predict(self, Z: Array) -> Array:
        """Return the label with the highest score for each row of Z (n_samples, n_classes), shape (n_samples,)."""
        return Z.argmax(axis=1)

    def score(self, Z: Array, y: Array) -> float:
        """Return the fraction of correct predictions (for `SquaredError`: R squared)."""
        labels = y if np.ndim(y) == 1 else self.predict(y - 0.5)
        return accuracy(labels, self.predict(Z))

    def __repr__(self) -> str:
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

    probabilities = labels = False

    def _compute(self, Z: Array, Y: Array) -> Any:
        self.Y_hat, self.Y = Z, Y
        return ((Z - Y) ** 2).sum() / (2 * len(Y))

    def encode(self, y: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Check shape and dtype of the targets Y, (n_samples, n_outputs) like the scores, and return them as they are."""
        if np.shape(y) == shape[:1] and shape[1] == 1:
            raise ValueError(f"Y has shape {np.shape(y)}; expected {shape}: pass a column, such as np.reshape(y, (-1, 1))")
        return check_array("Y", y, shape=shape, dtype=dtype)

    def activation(self, Z: Array) -> Array:
        return Z

    def predict(self, Z: Array) -> Array:
        """Return Z as it is: the outputs are the predicted numbers."""
        return Z

    def score(self, Z: Array, y: Array) -> float:
        return r_squared(y, Z)


class BinaryCrossEntropy(Loss):
    """For yes-or-no questions, one per output: -sum(Y log Y_hat + (1 - Y) log(1 - Y_hat)) / n, with Y_hat = sigmoid(Z).

    With one output, y holds the labels 0 and 1. With k outputs it holds labels 0 ... k - 1, or an (n_samples, k) matrix of zeros and
    ones, and each output answers a question of its own. Computed from the scores as max(Z, 0) - Z Y + log(1 + exp(-|Z|)), which is
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

    def _compute(self, Z: Array, Y: Array) -> Any:
        self.Y_hat, self.Y = sigmoid(Z), Y
        return (np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z)))).sum() / len(Y)

    def encode(self, y: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Return a matrix Y (n_samples, n_outputs) of zeros and ones from labels, or such a matrix itself."""
        if np.ndim(y) == 2:
            return check_matrix(y, shape, dtype)
        check_labels(y, n_samples=shape[0], n_classes=max(shape[1], 2))
        classes = np.arange(shape[1]) if shape[1] > 1 else np.array([1])
        return (y[:, None] == classes).astype(dtype)

    def activation(self, Z: Array) -> Array:
        return sigmoid(Z)

    def predict(self, Z: Array) -> Array:
        """Return the labels (n_samples,): with one output, 1 if it is above 0; with several, the index of the highest."""
        return Z.argmax(axis=1) if Z.shape[1] > 1 else (Z[:, 0] > 0).astype(np.int64)


class SoftmaxCrossEntropy(Loss):
    """For one right answer among k: -sum(Y log Y_hat) / n, with Y_hat = softmax(Z).

    y holds labels 0 ... k - 1, or it is an (n_samples, k) matrix of target probabilities.
    (Bridle, 1990; Goodfellow et al., 2016, section 6.2.2.3.)

    Examples
    --------
    >>> loss = SoftmaxCrossEntropy()
    >>> round(loss.forward(np.zeros((1, 4)), np.array([2])), 4)
    1.3863
    >>> loss.backward()
    array([[ 0.25,  0.25, -0.75,  0.25]])
    """

    def _compute(self, Z: Array, Y: Array) -> Any:
        shifted = np.maximum(Z - Z.max(axis=1, keepdims=True), np.finfo(Z.dtype).min)  # -inf would give 0 * -inf = NaN below
        exps = np.exp(shifted)
        total = exps.sum(axis=1, keepdims=True)
        self.Y_hat, self.Y = exps / total, Y
        # log Y_hat = shifted - log(total), and each row of Y sums to 1: one logarithm per sample is enough
        return (np.log(total).sum() - (Y * shifted).sum()) / len(Y)

    def encode(self, y: Array, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Return the one-hot matrix Y (n_samples, n_classes) of labels, or a matrix of target probabilities itself."""
        if np.ndim(y) == 2:
            return check_distributions(check_matrix(y, shape, dtype))
        check_labels(y, n_samples=shape[0], n_classes=shape[1])
        return (y[:, None] == np.arange(shape[1])).astype(dtype)

    def activation(self, Z: Array) -> Array:
        return softmax(Z)


LOSSES: dict[str, type[Loss]] = {cls.__name__: cls for cls in (SquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy)}
