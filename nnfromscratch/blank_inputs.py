"""Blank inputs: how training leaves out products with 0 without changing a result.

Four fifths of a digit's pixels are blank, and 0 times a weight adds nothing. To leave such products out one at a time would cost more
than they do; to leave out whole columns is free, as long as they stand side by side, because a stretch of a matrix is only a view. So the
columns of X are put into the order of their use, those that are hardly ever inked last. Then all the ink of a mini-batch is in its first
k columns, and `X[:, :k] @ W[:k]` is the whole product. Of the 784 pixels, k is about 590 for 32 digits and 670 for 512.

Which input comes first means nothing to a network, as long as the rows of W, and all that an optimizer remembers about them, are put into
the same order. They are, for the length of an epoch; nobody outside sees it.
"""

from contextlib import contextmanager

import numpy as np

from .layers import Linear, Scale
from .optimizers import SGD, Adam, RMSProp


def order_of_use(X):
    """Return an order of the columns of X, the most used first; or None where half of X or more is not 0: it would not pay.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_inputs)

    Returns
    -------
    ndarray of int, shape (n_inputs,), or None

    Examples
    --------
    >>> order_of_use(np.array([[0, 0, 7, 0], [0, 1, 9, 0]]))
    array([2, 1, 0, 3])
    """
    used = (X != 0).mean(axis=0)        # of all samples: it is the rarely used columns that a batch has to reach out for
    return np.argsort(-used, kind="stable") if used.mean() < 0.5 else None


def n_used(X):
    """Return how many of the leading columns of X are needed to hold all that is not 0 (all of them, if all is 0).

    Examples
    --------
    >>> n_used(np.array([[0.0, 2.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]))
    2
    """
    return X.shape[1] - int(X.any(axis=0)[::-1].argmax())


def can_be_left_out(layers, optimizer):
    """Tell whether blank inputs change nothing: they meet a `Linear` layer first, and the optimizer treats every number alike.

    Parameters
    ----------
    layers : list of Layer
        The first layer with parameters, and those before it.
    optimizer : Optimizer
    """
    *before, first = layers
    return type(first) is Linear and all(type(layer) is Scale for layer in before) and type(optimizer) in (SGD, RMSProp, Adam)


@contextmanager
def rows_in_order(parameters, name, optimizer, order):
    """Put the rows of one parameter, of its gradient and of the optimizer's memory of it into this order, and back at the end.

    Parameters
    ----------
    parameters : Parameters
    name : str
        Of a matrix in them, such as "0.W".
    optimizer : Optimizer
    order : ndarray of int, shape (n_rows,)

    Examples
    --------
    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"W": np.array([[1.0], [2.0], [3.0]])})
    >>> with rows_in_order(parameters, "W", SGD(0.1), [2, 0, 1]):
    ...     print(parameters["W"].ravel())
    [3. 1. 2.]
    >>> parameters["W"].ravel()
    array([1., 2., 3.])
    """
    def matrices():     # the optimizer's memory may only come into being at the first step
        return [parameters.split(vector)[name] for vector in (parameters.values, parameters.gradients, *optimizer.state.values())]

    for matrix in matrices():
        matrix[...] = matrix[order]
    try:
        yield
    finally:
        for matrix in matrices():
            matrix[order] = matrix.copy()
