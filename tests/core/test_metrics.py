"""Metrics, by hand and against counting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfromscratch import accuracy, confusion_matrix, misclassified, r_squared

Y = np.array([0, 1, 2, 2, 1, 0])
PRED = np.array([0, 2, 2, 2, 1, 1])
PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40).map(lambda pairs: np.array(pairs).T)


def test_by_hand():
    assert accuracy(Y, PRED) == 4 / 6
    assert confusion_matrix(Y, PRED).tolist() == [[1, 1, 0], [0, 1, 1], [0, 0, 2]]
    assert misclassified(Y, PRED).tolist() == [1, 5]


@given(pair=PAIRS)
def test_the_three_agree_with_counting(pair):
    y, y_pred = pair
    C = confusion_matrix(y, y_pred, n_classes=6)
    assert C.dtype == np.int64 and C.shape == (6, 6)
    assert all(C[t, p] == sum((y == t) & (y_pred == p)) for t in range(6) for p in range(6))
    assert accuracy(y, y_pred) == np.trace(C) / len(y)
    assert len(misclassified(y, y_pred)) == len(y) - np.trace(C)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64])
def test_labels_of_any_integer_dtype(dtype):
    y, y_pred = np.array([100, 3], dtype), np.array([100, 100], dtype)
    C = confusion_matrix(y, y_pred)
    assert C.shape == (101, 101) and C[100, 100] == C[3, 100] == 1 and C.sum() == 2


def test_confusion_matrix_has_room_for_classes_that_never_came():
    assert confusion_matrix(Y, PRED, n_classes=5).shape == (5, 5)


def test_r_squared():
    Y = np.array([[1.0, 0.0], [2.0, 1.0], [3.0, 5.0]])
    assert r_squared(Y, Y) == 1
    assert r_squared(Y, np.tile(Y.mean(axis=0), (3, 1))) == 0
    assert r_squared(Y, Y + np.array([1.0, 0.0])) == pytest.approx(1 - 3 / (2 + 14))
    assert r_squared(Y, -Y) < 0


FLOATS = np.zeros((2, 1))


@pytest.mark.parametrize("f", [accuracy, confusion_matrix, misclassified])
@pytest.mark.parametrize(
    "y, y_pred, error, message",
    [
        ([0, 1], np.array([0, 1]), TypeError, "y is a list; expected a NumPy array"),
        (np.array([0, 1]), [0, 1], TypeError, "y_pred is a list"),
        (np.array([0, 1]), np.array([0.0, 1.0]), TypeError, "y_pred has dtype float64; expected integer labels"),
        (np.array([0, 1]), np.array([0]), ValueError, r"y_pred has shape \(1,\); expected \(2,\)"),
        (np.array([[0], [1]]), np.array([0, 1]), ValueError, r"y has shape \(2, 1\); expected a vector of labels"),
        (np.array([], int), np.array([], int), ValueError, "y is empty; expected at least one label"),
        (np.array([-1, 1]), np.array([0, 1]), ValueError, "y holds labels from -1 to 1; expected 0 or more"),
    ],
)
def test_doors(f, y, y_pred, error, message):
    with pytest.raises(error, match=message):
        f(y, y_pred)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: confusion_matrix(Y, PRED, n_classes=2), ValueError, "from 0 to 2; expected 0 to 1"),
        (lambda: confusion_matrix(Y, PRED, n_classes=0), ValueError, "n_classes is 0; expected a whole number of at least 1"),
        (lambda: confusion_matrix(Y, PRED, n_classes=3.0), TypeError, "n_classes is 3.0; expected a whole number"),
        (lambda: r_squared(FLOATS, np.zeros((1, 2))), ValueError, r"y_pred has shape \(1, 2\); expected \(2, 1\)"),
        (lambda: r_squared(FLOATS, FLOATS), ValueError, "y_true is constant; expected targets that vary"),
        (lambda: r_squared(np.array([1, 2]), FLOATS), TypeError, "y_true has dtype int64"),
    ],
)
def test_more_doors(call, error, message):
    with pytest.raises(error, match=message):
        call()
