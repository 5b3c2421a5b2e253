"""How good is it? Numbers for people; the network itself learns from the loss."""

import numpy as np
from numpy.typing import NDArray

from ._checks import check_array, check_pair
from ._typing import Array


def accuracy(y_true: Array, y_pred: Array) -> float:
    """Return the fraction of correct predictions.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (n_samples,)
        True and predicted labels.

    Returns
    -------
    float
        Between 0 and 1.

    Examples
    --------
    >>> accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]))
    0.75
    """
    check_pair(y_true, y_pred)
    return float((y_true == y_pred).mean())


def confusion_matrix(y_true: Array, y_pred: Array, n_classes: int | None = None) -> NDArray[np.int64]:
    """Count how often each class was predicted as each class.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (n_samples,)
    n_classes : int, optional
        Without it, up to the largest label that occurs.

    Returns
    -------
    ndarray of int64, shape (n_classes, n_classes)
        Row: the true label. Column: the predicted one. Correct predictions are on the diagonal.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1, 1]), np.array([0, 1, 1, 0]))
    array([[1, 0],
           [1, 2]])
    """
    check_pair(y_true, y_pred, n_classes)
    k = n_classes or int(max(y_true.max(), y_pred.max())) + 1
    cells = y_true.astype(np.intp) * k + y_pred.astype(np.intp)  # intp: the one dtype that bincount accepts on every machine
    return np.bincount(cells, minlength=k * k).reshape(k, k).astype(np.int64)


def misclassified(y_true: Array, y_pred: Array) -> NDArray[np.int64]:
    """Return the indices of the wrong predictions, in order.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (n_samples,)

    Returns
    -------
    ndarray of int64, shape (n_wrong,)

    Examples
    --------
    >>> misclassified(np.array([3, 1, 2]), np.array([3, 7, 0]))
    array([1, 2])
    """
    check_pair(y_true, y_pred)
    return np.flatnonzero(y_true != y_pred).astype(np.int64)


def r_squared(y_true: Array, y_pred: Array) -> float:
    """Return the fraction of the variance of y_true that y_pred explains (the coefficient of determination).

    Several outputs are pooled: squared distances and variances are summed over them.

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples, n_outputs)
        True and predicted numbers.

    Returns
    -------
    float
        1 is perfect; 0 is as good as always predicting the mean; there is no lower bound.

    Examples
    --------
    >>> r_squared(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [2.0]]))
    0.5
    """
    check_array("y_true", y_true)
    check_array("y_pred", y_pred, shape=y_true.shape)
    spread = ((y_true - y_true.mean(axis=0)) ** 2).sum()
    if spread == 0:
        raise ValueError("y_true is constant; expected targets that vary: otherwise there is no variance to explain")
    return float(1 - ((y_true - y_pred) ** 2).sum() / spread)
