"""How good is it? Numbers for people; the network itself learns from the loss."""

import numpy as np

from .checks import check_array, check_int, check_labels, check_shape


def accuracy(y, y_pred):
    """Return the share of right answers.

    Parameters
    ----------
    y, y_pred : ndarray of int, shape (n_samples,)
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
    check_pair(y, y_pred)
    return float((y == y_pred).mean())


def confusion_matrix(y, y_pred, n_classes=None):
    """Count how often each class was taken for each class.

    Parameters
    ----------
    y, y_pred : ndarray of int, shape (n_samples,)
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
    check_pair(y, y_pred, n_classes)
    k = n_classes or int(max(y.max(), y_pred.max())) + 1
    return np.bincount(y.astype(np.int64) * k + y_pred.astype(np.int64), minlength=k * k).reshape(k, k)


def mislabelled(y, y_pred):
    """Return the indices of the wrong answers, in order.

    Parameters
    ----------
    y, y_pred : ndarray of int, shape (n_samples,)

    Returns
    -------
    ndarray of int64, shape (n_wrong,)

    Raises
    ------
    TypeError, ValueError
        If they are no labels, or not equally many.

    Examples
    --------
    >>> mislabelled(np.array([3, 1, 2]), np.array([3, 7, 0]))
    array([1, 2])
    """
    check_pair(y, y_pred)
    return np.flatnonzero(y != y_pred)


def r_squared(Y, Y_hat):
    """Return the share of the variance of Y that Y_hat explains (the coefficient of determination).

    Parameters
    ----------
    Y, Y_hat : ndarray of float, shape (n_samples, n_outputs)
        True and predicted numbers.

    Returns
    -------
    float
        1 is perfect; 0 is as good as always answering with the mean; there is no lower end.

    Raises
    ------
    TypeError, ValueError
        If they are no arrays of finite numbers of one shape, or Y is constant.

    Examples
    --------
    >>> r_squared(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [2.0], [2.0]]))
    0.5
    """
    check_array("Y", Y)
    check_array("Y_hat", Y_hat, shape=Y.shape)
    spread = ((Y - Y.mean(axis=0)) ** 2).sum()
    if spread == 0:
        raise ValueError("Y is constant; expected targets that vary, for there is no variance to explain")
    return float(1 - ((Y - Y_hat) ** 2).sum() / spread)


def check_pair(y, y_pred, n_classes=None):
    """Raise an error unless both are labels of the same samples."""
    check_labels(y, n_classes=n_classes)
    check_labels(y_pred, n_classes=n_classes, name="y_pred")
    check_shape("y_pred", y_pred, y.shape)
