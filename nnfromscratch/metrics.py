"""How good is it? Numbers for people; the network itself learns from the loss."""

import numpy as np
from numpy import int64
from numpy.typing import NDArray

from ._checks import check_array, check_int, check_labels, check_shape
from ._typing import Array


def accuracy(y_true: Array, y_pred: Array) -> float:
    """Return the share of right answers.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (n_samples,)
        True and predicted labels.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        If they are no labels, or not equally many.

    Examples
    --------
    >>> accuracy(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0]))
    0.75
    """
    check_pair(y_true, y_pred)
    return float((y_true == y_pred).mean())


def confusion_matrix(y_true: Array, y_pred: Array, n_classes: int | None = None) -> NDArray[int64]:
    """Count how often each class was taken for each class.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (n_samples,)
    n_classes : int, optional
        Without it: up to the largest label met.

    Returns
    -------
    ndarray of int64, shape (n_classes, n_classes)
        Row: the true label. Column: the predicted one. The right answers stand on the diagonal.

    Raises
    ------
    TypeError, ValueError
        If they are no labels, not equally many, or out of range.

    Examples
    --------
    >>> confusion_matrix(np.array([0, 1, 1, 1]), np.array([0, 1, 1, 0]))
    array([[1, 0],
           [1, 2]])
    """
    if n_classes is not None:
        check_int("n_classes", n_classes)
    check_pair(y_true, y_pred, n_classes)
    k = n_classes or int(max(y_true.max(), y_pred.max())) + 1
    return np.bincount(y_true.astype(np.int64) * k + y_pred.astype(np.int64), minlength=k * k).reshape(k, k)


def misclassified(y_true: Array, y_pred: Array) -> NDArray[int64]:
    """Return the indices of the wrong answers, in order.

    Parameters
    ----------
    y_true, y_pred : ndarray of int, shape (n_samples,)

    Returns
    -------
    ndarray of int64, shape (n_wrong,)

    Raises
    ------
    TypeError, ValueError
        If they are no labels, or not equally many.

    Examples
    --------
    >>> misclassified(np.array([3, 1, 2]), np.array([3, 7, 0]))
    array([1, 2])
    """
    check_pair(y_true, y_pred)
    return np.flatnonzero(y_true != y_pred)


def r_squared(y_true: Array, y_pred: Array) -> float:
    """Return the share of the variance of y_true that y_pred explains (the coefficient of determination).

    Parameters
    ----------
    y_true, y_pred : ndarray of float, shape (n_samples, n_outputs)
        True and predicted numbers.

    Returns
    -------
    float
        1 is perfect; 0 is as good as always answering with the mean; there is no lower end.

    Raises
    ------
    TypeError, ValueError
        If they are no arrays of finite numbers of one shape, or y_true is constant.

    Examples
    --------
    >>> r_squared(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [2.0]]))
    0.5
    """
    check_array("y_true", y_true)
    check_array("y_pred", y_pred, shape=y_true.shape)
    spread = ((y_true - y_true.mean(axis=0)) ** 2).sum()
    if spread == 0:
        raise ValueError("y_true is constant; expected targets that vary, for there is no variance to explain")
    return float(1 - ((y_true - y_pred) ** 2).sum() / spread)


def check_pair(y: Array, y_pred: Array, n_classes: int | None = None) -> None:
    """Raise an error unless both are labels of the same samples."""
    check_labels(y, n_classes=n_classes)
    check_labels(y_pred, n_classes=n_classes, name="y_pred")
    check_shape("y_pred", y_pred, y.shape)
