"""Numbers in the form a network likes: features of comparable size, and classes as vectors."""

import numpy as np
from numpy import float32
from numpy.typing import NDArray

from .._checks import check_array, check_int, check_labels
from .._typing import Array


def standardize(X_train: Array, *others: Array) -> tuple[Array, ...]:
    """Shift and scale every feature so that it has mean 0 and standard deviation 1 in the training samples.

    The other arrays are shifted and scaled by the training samples' statistics: the test samples must not leak into
    training. A feature that is constant in training is only shifted, so it becomes 0 there.

    Parameters
    ----------
    X_train : ndarray of float, shape (n_samples, n_features)
    *others : ndarrays of the same dtype, shape (any, n_features)

    Returns
    -------
    tuple of ndarrays
        `X_train` and the others, standardized: new arrays of the same shapes and dtype.

    Raises
    ------
    TypeError
        If one is not an array of floats, or their dtypes differ.
    ValueError
        If one is empty, holds NaN or infinity, or their numbers of features differ.

    Notes
    -----
    Source: Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, "Efficient BackProp", 1998, section 4.3.

    Examples
    --------
    >>> X_train, X_test = standardize(np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[2.0, 6.0]]))
    >>> X_train
    array([[-1.,  0.],
           [ 1.,  0.]])
    >>> X_test
    array([[0., 1.]])
    """
    check_array("X_train", X_train, ndim=2)
    for i, other in enumerate(others):
        check_array(f"others[{i}]", other, shape=(None, X_train.shape[1]), dtype=X_train.dtype)
    mean, deviation = X_train.mean(axis=0, dtype=np.float64), X_train.std(axis=0, dtype=np.float64)
    constant = X_train.min(axis=0) == X_train.max(axis=0)
    deviation[constant | (deviation == 0)] = 1  # by rounding, a constant feature's deviation can be 1e-17
    return tuple(((X - mean) / deviation).astype(X.dtype) for X in (X_train, *others))


def one_hot(y: Array, n_classes: int) -> NDArray[float32]:
    """Turn labels into rows that are 1 in the column of their class and 0 elsewhere.

    Parameters
    ----------
    y : ndarray of int, shape (n_samples,)
        Labels 0 ... n_classes - 1.
    n_classes : int

    Returns
    -------
    ndarray of float32, shape (n_samples, n_classes)

    Raises
    ------
    TypeError
        If `y` is not an array of integers, or `n_classes` is not an integer.
    ValueError
        If `n_classes` is below 1, `y` is empty or not a vector, or a label is out of range.

    Examples
    --------
    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    check_labels(y, n_classes=check_int("n_classes", n_classes))
    return np.eye(n_classes, dtype=np.float32)[y]
