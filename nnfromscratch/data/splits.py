"""Parts of a data set: one to learn from, one to choose by, one to be judged by.

A network is judged by samples it has never seen. Every set receives the same fraction of every class (a stratified split), and the
sets depend only on the data and `rng`.
"""

from typing import NamedTuple

import numpy as np

from .._checks import check_finite, check_labels, check_number, check_plain
from .._typing import Array, Rng


class Dataset(NamedTuple):
    """Samples to train with and samples to test with.

    Attributes
    ----------
    X_train : ndarray, shape (n_samples, n_features)
    y_train : ndarray of int, shape (n_samples,)
    X_test : ndarray, shape (n_test, n_features)
    y_test : ndarray of int, shape (n_test,)

    Examples
    --------
    >>> data = Dataset(np.zeros((3, 2)), np.array([0, 1, 1]), np.zeros((1, 2)), np.array([0]))
    >>> len(data.X_train), len(data.X_test)
    (3, 1)
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


class Split(NamedTuple):
    """Samples to train with, samples to choose a model by (the validation set), and samples to test with.

    Attributes
    ----------
    X_train : ndarray, shape (n_samples, n_features)
    y_train : ndarray of int, shape (n_samples,)
    X_val : ndarray, shape (n_val, n_features)
    y_val : ndarray of int, shape (n_val,)
    X_test : ndarray, shape (n_test, n_features)
    y_test : ndarray of int, shape (n_test,)

    Examples
    --------
    >>> Split._fields
    ('X_train', 'y_train', 'X_val', 'y_val', 'X_test', 'y_test')
    """

    X_train: np.ndarray
    y_train: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def train_test_split(X: Array, y: Array, *, test_size: float = 0.25, rng: Rng = None) -> Dataset:
    """Split samples at random into a training set and a test set, class by class.

    Parameters
    ----------
    X : ndarray, shape (n_samples, ...)
        Of any dtype.
    y : ndarray of int, shape (n_samples,)
        Labels.
    test_size : float
        The fraction of each class for testing, between 0 and 1; a class of n samples gives round(test_size * n).
    rng : None, int, or Generator
        The same int gives the same split.

    Returns
    -------
    Dataset
        `X_train, y_train, X_test, y_test`: copies, in random order, of the dtypes of `X` and `y`.

    Raises
    ------
    TypeError
        If `X` or `y` is not an array, `y` does not hold integers, or `test_size` is not a number.
    ValueError
        If the lengths differ, `X` holds NaN or infinity, `test_size` is not between 0 and 1, or a class has too few samples
        to be in both parts.

    Examples
    --------
    >>> X, y = np.arange(20.0).reshape(10, 2), np.array([0, 1] * 5)
    >>> X_train, y_train, X_test, y_test = train_test_split(X, y, test_size=0.4, rng=0)
    >>> np.bincount(y_train), np.bincount(y_test)
    (array([3, 3]), array([2, 2]))
    """
    test_size = check_number("test_size", test_size, above=0, below=1)
    return Dataset(*_split(X, y, [test_size], rng))


def train_validation_test_split(X: Array, y: Array, *, validation_size: float, test_size: float, rng: Rng = None) -> Split:
    """Split samples at random into a training set, a validation set (to choose a model by), and a test set, class by class.

    Parameters
    ----------
    X : ndarray, shape (n_samples, ...)
        Of any dtype.
    y : ndarray of int, shape (n_samples,)
        Labels.
    validation_size, test_size : float
        The fractions of each class, each above 0, together below 1; a class of n samples gives round(validation_size * n) and
        round(test_size * n). The rest is for training.
    rng : None, int, or Generator
        The same int gives the same split.

    Returns
    -------
    Split
        `X_train, y_train, X_val, y_val, X_test, y_test`: copies, in random order, of the dtypes of `X` and `y`.

    Raises
    ------
    TypeError
        If `X` or `y` is not an array, `y` does not hold integers, or a fraction is not a number.
    ValueError
        If the lengths differ, `X` holds NaN or infinity, the fractions leave nothing for training, or a class has too few
        samples to be in all parts.

    Examples
    --------
    >>> X, y = np.arange(40.0).reshape(20, 2), np.array([0, 1] * 10)
    >>> split = train_validation_test_split(X, y, validation_size=0.2, test_size=0.3, rng=0)
    >>> len(split.X_train), len(split.X_val), len(split.X_test)
    (10, 4, 6)
    """
    validation_size = check_number("validation_size", validation_size, above=0, below=1)
    test_size = check_number("test_size", test_size, above=0, below=1)
    if validation_size + test_size >= 1:
        total = validation_size + test_size
        raise ValueError(f"validation_size + test_size is {total}; expected less than 1, so that samples are left for training")
    return Split(*_split(X, y, [validation_size, test_size], rng))


def _split(X: Array, y: Array, fractions: list[float], rng: Rng) -> list[Array]:
    """Return `X` and `y` of each part in turn: first what the fractions leave over, then a part for each fraction."""
    if not isinstance(X, np.ndarray) or X.ndim == 0:
        raise TypeError(f"X is a {type(X).__name__}; expected a NumPy array with one row per sample")
    check_plain("X", X)
    check_labels(y, n_samples=len(X))
    check_finite("X", X)
    rng = np.random.default_rng(rng)
    by_class = [_cut(rng.permutation(np.flatnonzero(y == label)), label, fractions) for label in np.unique(y)]
    parts = [rng.permutation(np.concatenate(pieces)) for pieces in zip(*by_class)]
    return [array[part] for part in parts for array in (X, y)]


def _cut(indices: Array, label: int, fractions: list[float]) -> list[Array]:
    """Cut the indices of the samples of one class into pieces: what is left over, then a piece for each fraction."""
    sizes = [round(fraction * len(indices)) for fraction in fractions]
    sizes = [len(indices) - sum(sizes), *sizes]
    if min(sizes) < 1:
        count = f"{len(indices)} sample{'s' * (len(indices) != 1)}"
        raise ValueError(f"class {label} has {count}, which would be split into {sizes}; expected at least one in every set")
    return np.split(indices, np.cumsum(sizes)[:-1])
