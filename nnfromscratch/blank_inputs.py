"""Blank inputs: how training leaves out products with 0 without changing a result.

Four fifths of a digit's pixels are blank, and 0 times a weight adds nothing. To leave such products out one at a time would cost more
than they do; but whole blocks of them cost nothing to leave out, as long as they stand side by side. So the columns of X are put into the
order of their use, those that are hardly ever inked last. Then all the ink of a digit is in its first columns. How many of them it needs
is its reach: for half of the digits less than 420 of 784. And the digits of a mini-batch are put into the order of their reach, so that
the blanks lie above a staircase (see `staircase`). Of the products of a batch of 128 digits, a little more than half remain.

Which input comes first means nothing to a network, as long as the rows of W, and all that an optimizer remembers about them, are put into
the same order; and which sample comes first means nothing to a sum over them. The columns and rows go back after each epoch: nobody
outside sees it.
"""

from contextlib import contextmanager

import numpy as np

from .layers import LAYERS, Dropout, Linear, Scale
from .optimizers import SGD, Adam, RMSProp
from .staircase import staircase


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
    used = (X != 0).mean(axis=0)  # of all samples: it is the rarely used columns that a batch has to reach out for
    return np.argsort(-used, kind="stable") if used.mean() < 0.5 else None


def reaches(X):
    """Return how many columns of each row of X, from the left, hold all of it that is not 0 (for a row of zeros: every column).

    Examples
    --------
    >>> reaches(np.array([[0.0, 2.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]))
    array([2, 1])
    """
    return X.shape[1] - (X[:, ::-1] != 0).argmax(axis=1)


def find_blanks(X, layers, first, optimizer):
    """Return the `BlankInputs` of X; or None where to leave them out would not pay, or could change a result.

    No result changes where X goes into a `Linear` layer (a `Scale` may stand before it), and the optimizer treats all parameters alike.

    Parameters
    ----------
    X : ndarray, shape (n_samples, n_inputs)
    layers : list of Layer
    first : int
        The place of the first layer with parameters.
    optimizer : Optimizer

    Examples
    --------
    >>> X = np.array([[0, 0, 7.0, 0], [0, 1, 9, 0]])
    >>> find_blanks(X, [Linear(4, 2)], 0, SGD(0.1)).X
    array([[7., 0., 0., 0.],
           [9., 1., 0., 0.]])
    """
    linear, scaled = type(layers[first]) is Linear, all(type(layer) is Scale for layer in layers[:first])
    order = order_of_use(X) if linear and scaled and type(optimizer) in (SGD, RMSProp, Adam) else None
    return None if order is None else BlankInputs(X, order, layers, first)


class BlankInputs:
    """The samples of a run, with the columns of X in the order of use.

    Attributes
    ----------
    X : ndarray, shape (n_samples, n_inputs)
    reach : ndarray of int, shape (n_samples,)
        Of each sample, as `reaches` gives it.

    Examples
    --------
    >>> blanks = BlankInputs(np.array([[5, 0, 7, 1], [0, 0, 9, 0], [1, 0, 6, 0]]), [2, 0, 3, 1], [Linear(4, 2)], 0)
    >>> blanks.reach
    array([3, 1, 2])
    >>> blanks.arrange(np.array([0, 1, 2]), batch_size=2)       # of the two in the first batch, the shorter one first
    array([1, 0, 2])
    """

    def __init__(self, X, order, layers, first):
        self.order, self.layer, self.name = order, layers[first], f"{first}.W"
        self.X = X.take(order, axis=1)
        self.reach = reaches(self.X)
        # dropout silences the neurons of one sample after the other: in another order it would be another run
        self.any_order = all(type(layer) in LAYERS.values() and type(layer) is not Dropout for layer in layers)

    def arrange(self, samples, batch_size):
        """Return the samples of an epoch (n_samples,), each batch of them in the order of reach."""
        if not self.any_order:
            return samples
        return samples[np.lexsort((self.reach[samples], np.arange(len(samples)) // batch_size))]

    def cut(self, X, batch):
        """Return the columns of a batch's X (n_samples, n_inputs) that have ink, and tell the layer where it lies."""
        self.layer.steps = staircase(self.reach[batch], self.layer.n_out)
        return X[:, : self.layer.steps[-1][-1]]  # the last step reaches furthest

    @contextmanager
    def left_out(self, parameters, optimizer):
        """For the length of an epoch, put the rows of W in the order of the columns of X."""
        with rows_in_order(parameters, self.name, optimizer, self.order):
            try:
                yield
            finally:
                self.layer.steps = None


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

    def matrices():  # the optimizer's memory may only come into being at the first step
        return [parameters.split(vector)[name] for vector in (parameters.values, parameters.gradients, *optimizer.state.values())]

    for matrix in matrices():
        matrix[...] = matrix[order]
    try:
        yield
    finally:
        for matrix in matrices():
            matrix[order] = matrix.copy()
