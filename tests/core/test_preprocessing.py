"""Standardized features and one-hot labels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnfromscratch.data.preprocessing import one_hot, standardize

matrices = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=12), elements=st.integers(-1000, 1000).map(lambda n: n / 8)
)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@given(X=matrices)
def test_training_features_get_mean_0_and_deviation_1(dtype, tolerance, X):
    X = X.astype(dtype)
    before = X.copy()
    (Z,) = standardize(X)
    constant = (X == X[0]).all(axis=0)
    assert Z.dtype == dtype and Z.shape == X.shape
    np.testing.assert_allclose(Z.mean(axis=0, dtype=np.float64), 0, atol=tolerance)
    np.testing.assert_allclose(Z.std(axis=0, dtype=np.float64)[~constant], 1, atol=tolerance)
    assert (Z[:, constant] == 0).all()
    np.testing.assert_array_equal(X, before)


@given(X=matrices, seed=st.integers(0, 100))
def test_other_samples_are_moved_by_the_training_statistics(X, seed):
    other = np.random.default_rng(seed).normal(size=(5, X.shape[1]))
    Z, Z_other = standardize(X, other)
    np.testing.assert_array_equal(Z, standardize(X)[0])  # the others have no influence
    varied = (X != X[0]).any(axis=0)
    expected = (other - X.mean(axis=0))[:, varied] / X.std(axis=0)[varied]
    np.testing.assert_allclose(Z_other[:, varied], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e10, -7.7e-5, 5e-324])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_constant_features_stay_finite_for_other_samples_too(value, dtype):
    X, other = np.full((97, 2), value, dtype), np.array([[value, value + 1]], dtype)
    Z, Z_other = standardize(X, other)
    np.testing.assert_allclose(Z, 0, atol=1e-5)
    np.testing.assert_allclose(Z_other, other - X[:1], rtol=1e-6, atol=1e-5)


def test_tiny_differences_do_not_divide_by_zero():
    (Z,) = standardize(np.array([[0.0], [5e-324]]))
    assert np.isfinite(Z).all()


ONES = np.ones((3, 2), np.float32)


@pytest.mark.parametrize(
    ("arrays", "error", "words"),
    [
        ((ONES.astype(int),), TypeError, "X_train has dtype int64; expected a floating dtype"),
        ((ONES.tolist(),), TypeError, "X_train is a list"),
        ((ONES[0],), ValueError, "X_train has 1 axes"),
        ((ONES[:0],), ValueError, "X_train is empty"),
        ((np.where(np.eye(3, 2), np.nan, ONES).astype(np.float32),), ValueError, r"X_train holds nan at index \(0, 0\)"),
        ((ONES, ONES[:, :1]), ValueError, r"others\[0\] has shape \(3, 1\); expected \(any, 2\)"),
        ((ONES, ONES.astype(float)), TypeError, r"expected float32: others\[0\].astype\(np.float32\)"),
        ((ONES, ONES, ONES * np.float32(np.inf)), ValueError, "holds inf"),
    ],
)
def test_what_cannot_be_standardized_is_refused(arrays, error, words):
    with pytest.raises(error, match=words):
        standardize(*arrays)


@given(y=hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 6)), extra=st.integers(0, 3))
def test_one_hot_and_back(y, extra):
    n_classes = int(y.max()) + 1 + extra
    Y = one_hot(y, n_classes)
    assert Y.dtype == np.float32 and Y.shape == (len(y), n_classes)
    np.testing.assert_array_equal(Y.argmax(axis=1), y)
    assert (Y.sum(axis=1) == 1).all() and set(np.unique(Y)) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((np.array([0, 3]), 3), ValueError, "y holds labels from 0 to 3; expected 0 to 2"),
        ((np.array([-1, 0]), 3), ValueError, "y holds labels from -1 to 0; expected 0 to 2"),
        ((np.array([0.0, 1.0]), 3), TypeError, "expected integer labels"),
        ((np.array([[0], [1]]), 3), ValueError, r"y has shape \(2, 1\)"),
        ((np.array([], int), 3), ValueError, "y is empty"),
        (([0, 1], 3), TypeError, "y is a list"),
        ((np.array([0]), 0), ValueError, "n_classes is 0; expected a whole number of at least 1"),
        ((np.array([0]), 3.0), TypeError, "n_classes is 3.0"),
    ],
)
def test_labels_that_have_no_one_hot_form_are_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        one_hot(*arguments)
