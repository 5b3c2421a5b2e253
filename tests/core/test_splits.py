"""Splits partition the data, keep samples and labels together, and give every set its fraction of every class."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfromscratch.data.splits import Dataset, Split, train_test_split, train_validation_test_split


@st.composite
def labeled(draw, smallest=10):
    """Samples that carry their own number and label, so that a part can be traced back; classes of different sizes."""
    sizes = draw(st.lists(st.integers(smallest, 40), min_size=1, max_size=4))
    names = draw(st.lists(st.integers(0, 50), min_size=len(sizes), max_size=len(sizes), unique=True))
    y = np.random.default_rng(draw(st.integers(0, 100))).permutation(np.repeat(names, sizes))
    return np.column_stack([np.arange(len(y)), y]).astype(np.float32), y


def assert_partition(X, y, parts):
    """`parts`: pairs of samples and labels, which together must be (X, y) in another order."""
    together = np.concatenate([samples for samples, _ in parts])
    assert sorted(together[:, 0]) == list(range(len(X)))
    for samples, labels in parts:
        np.testing.assert_array_equal(samples, X[samples[:, 0].astype(int)])
        np.testing.assert_array_equal(labels, y[samples[:, 0].astype(int)])
        assert samples.dtype == X.dtype and labels.dtype == y.dtype


@given(data=labeled(), test_size=st.floats(0.1, 0.9), seed=st.integers(0, 2**32))
def test_train_test_split_partitions_the_data_in_proportion(data, test_size, seed):
    X, y = data
    split = train_test_split(X, y, test_size=test_size, rng=seed)
    assert isinstance(split, Dataset)
    assert_partition(X, y, [split[:2], split[2:]])
    for label, size in zip(*np.unique(y, return_counts=True)):
        assert (split.y_test == label).sum() == round(test_size * size)


@given(data=labeled(), validation_size=st.floats(0.1, 0.4), test_size=st.floats(0.1, 0.4), seed=st.integers(0, 2**32))
def test_train_validation_test_split_partitions_the_data_in_proportion(data, validation_size, test_size, seed):
    X, y = data
    split = train_validation_test_split(X, y, validation_size=validation_size, test_size=test_size, rng=seed)
    assert isinstance(split, Split)
    assert_partition(X, y, [split[:2], split[2:4], split[4:]])
    for label, size in zip(*np.unique(y, return_counts=True)):
        assert (split.y_val == label).sum() == round(validation_size * size)
        assert (split.y_test == label).sum() == round(test_size * size)


X, Y = np.arange(200.0, dtype=np.float32).reshape(100, 2), np.arange(100) % 4


@pytest.mark.parametrize(
    "split",
    [
        lambda rng: train_test_split(X, Y, rng=rng),
        lambda rng: train_validation_test_split(X, Y, validation_size=0.2, test_size=0.2, rng=rng),
    ],
)
def test_splits_depend_on_rng_and_nothing_else(split):
    for again in (split(3), split(np.random.default_rng(3))):
        assert all((a == b).all() for a, b in zip(split(3), again))
    for one, other in [(split(3), split(4)), (split(None), split(None))]:
        assert set(one.X_test[:, 0]) != set(other.X_test[:, 0])  # other samples, not only another order


def test_parts_are_copies_in_mixed_order():
    before = X.copy()
    split = train_test_split(X, Y, rng=0)
    assert len(set(split.y_train[:12])) > 1 and len(set(split.y_test[:8])) > 1
    assert not (np.diff(split.X_train[:, 0]) > 0).all()
    split.X_train[:] = -1
    np.testing.assert_array_equal(X, before)


def test_images_and_raw_pixels_are_split_too():
    images = np.zeros((100, 28, 28), np.uint8)
    split = train_test_split(images, Y, rng=0)
    assert split.X_train.shape == (76, 28, 28) and split.X_train.dtype == np.uint8  # 25 per class: round(6.25) for testing


@pytest.mark.parametrize(
    ("arguments", "shares", "error", "words"),
    [
        ((X, Y), {"test_size": 0}, ValueError, "test_size is 0; expected a number above 0 and below 1"),
        ((X, Y), {"test_size": 1}, ValueError, "test_size is 1; expected a number above 0 and below 1"),
        ((X, Y), {"test_size": 25}, ValueError, "test_size is 25"),
        ((X, Y), {"test_size": float("nan")}, ValueError, "test_size is nan"),
        ((X, Y), {"test_size": "half"}, TypeError, "test_size is 'half'; expected a number"),
        ((X, Y[:-1]), {}, ValueError, r"y has shape \(99,\); expected \(100,\)"),
        ((X, Y.astype(float)), {}, TypeError, "y has dtype float64; expected integer labels"),
        ((X, Y[:, None]), {}, ValueError, r"y has shape \(100, 1\); expected a vector of labels, shape \(100,\): pass np.ravel\(y\)"),
        ((X.view(np.matrix), Y), {}, TypeError, "X is an np.matrix; expected a plain array"),
        ((np.ma.array(X), Y), {}, TypeError, "X is a masked array; expected a plain array"),
        ((X, Y.tolist()), {}, TypeError, "y is a list"),
        ((X.tolist(), Y), {}, TypeError, "X is a list; expected a NumPy array"),
        ((np.array(3.0), Y), {}, TypeError, "expected a NumPy array with one row per sample"),
        ((X[:0], Y[:0]), {}, ValueError, "y is empty"),
        ((np.where(X == 7, np.nan, X), Y), {}, ValueError, r"X holds nan at index \(3, 1\)"),
        ((X, Y - 1), {}, ValueError, "labels from -1 to 2"),
        (
            (X, np.maximum(Y, np.arange(100) // 99 * 9)),
            {},
            ValueError,
            r"class 9 has 1 sample, which would be split into \[1, 0\]; expected at least one in every set",
        ),
        ((X, Y), {"test_size": 0.01}, ValueError, r"class 0 has 25 samples, which would be split into \[25, 0\]"),
        ((X, Y), {"test_size": 0.99}, ValueError, r"class 0 has 25 samples, which would be split into \[0, 25\]"),
        ((X, Y), {"rng": -1}, ValueError, "non-negative"),
    ],
)
def test_what_cannot_be_split_is_refused(arguments, shares, error, words):
    with pytest.raises(error, match=words):
        train_test_split(*arguments, **shares)


@pytest.mark.parametrize(
    ("shares", "error", "words"),
    [
        (
            {"validation_size": 0.5, "test_size": 0.5},
            ValueError,
            r"validation_size \+ test_size is 1.0; expected less than 1, so that samples are left for training",
        ),
        ({"validation_size": 0, "test_size": 0.5}, ValueError, "validation_size is 0"),
        ({"validation_size": 0.2, "test_size": 1.5}, ValueError, "test_size is 1.5"),
        ({"validation_size": None, "test_size": 0.5}, TypeError, "validation_size is None"),
        ({"validation_size": 0.01, "test_size": 0.5}, ValueError, r"split into \[13, 0, 12\]"),
    ],
)
def test_shares_that_leave_a_part_empty_are_refused(shares, error, words):
    with pytest.raises(error, match=words):
        train_validation_test_split(X, Y, **shares)
