"""The matrix products of a mini-batch whose right side is blank, at a different column in each row.

Where the rows of X stand in the order of how far each reaches, all that is not 0 lies below a staircase. Here are three steps of it, with
the blanks left out::

        row 0   1 1
        row 1   1 1
        row 2   1 1 2 2
        row 3   1 1 2 2
        row 4   1 1 2 2 3 3 3
        row 5   1 1 2 2 3 3 3

X @ W needs, for the rows of a step, only the columns up to its reach; and X.T @ dZ, for the columns of a step, only the rows from its
start on. Each is one product of blocks, and a block of a matrix is only a view: nothing is copied and nothing has to be added up.
"""

import math
from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """Rows start ... stop - 1 of a mini-batch: they and all rows before them are 0 from column `reach` on."""

    start: int
    stop: int
    reach: int


def staircase(reach, n_out):
    """Return the steps of a mini-batch for a layer of n_out neurons.

    Parameters
    ----------
    reach : ndarray of int, shape (n_samples,)
        How many leading columns each row needs. Any order will do, but only a rising one leaves out much.
    n_out : int

    Returns
    -------
    list of Step

    Notes
    -----
    How high should a step be? BLAS reads the blocks of a small product where they lie. Those of a larger one it copies first, into an
    order that the processor likes, and W anew for each step. So small batches and layers take steps of eight rows, as many as there are,
    and for the others step and number of steps grow alike. Both were measured, on layers of 32 to 1,024 neurons.

    Examples
    --------
    >>> staircase(np.array([3, 3, 4, 4, 4, 5, 6, 6, 7, 9]), n_out=32)
    [Step(start=0, stop=8, reach=6), Step(start=8, stop=10, reach=9)]
    """
    n = len(reach)
    height = 8 if n <= 128 and n_out <= 256 else 8 * math.ceil(math.sqrt(n / 8))
    stops = [*range(height, n, height), n]
    furthest = np.maximum.accumulate(reach)
    return [Step(start, stop, int(furthest[stop - 1])) for start, stop in zip([0, *stops], stops)]


def product(X, W, steps):
    """Return X @ W.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_in)
    W : ndarray, shape (n_in, n_out)
    steps : list of Step

    Examples
    --------
    >>> X = np.array([[1.0, 0.0], [1.0, 2.0]])
    >>> product(X, np.array([[1.0], [10.0]]), [Step(0, 1, 1), Step(1, 2, 2)])
    array([[ 1.],
           [21.]])
    """
    Z = np.empty((len(X), W.shape[1]), W.dtype)
    for start, stop, reach in steps:
        np.matmul(X[start:stop, :reach], W[:reach], out=Z[start:stop])
    return Z


def weight_gradient(X, dZ, steps, out):
    """Put X.T @ dZ into `out`, which may have more rows than X has columns: they become 0.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_in)
    dZ : ndarray, shape (n_samples, n_out)
    steps : list of Step
    out : ndarray, shape (n_in or more, n_out)

    Examples
    --------
    >>> out = np.empty((3, 1))
    >>> weight_gradient(np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([[1.0], [10.0]]), [Step(0, 1, 1), Step(1, 2, 2)], out)
    >>> out.ravel()
    array([11., 20.,  0.])
    """
    done = 0
    for start, _, reach in steps:
        np.matmul(X[start:, done:reach].T, dZ[start:], out=out[done:reach])
        done = reach
    out[done:] = 0
