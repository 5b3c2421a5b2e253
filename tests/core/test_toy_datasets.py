"""The made-up data: balanced, exact in number, reproducible, and of the shape that its name promises."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfromscratch.data import toy as toy_datasets
from nnfromscratch.data.toy import make_blobs, make_circles, make_moons, make_spirals, make_xor

MAKERS = [make_xor, make_moons, make_circles, make_spirals, make_blobs]
MANY = [make_spirals, make_blobs]


def test_every_maker_is_tried_here():
    assert {name for name in vars(toy_datasets) if name.startswith("make_")} == {make.__name__ for make in MAKERS}


@pytest.mark.parametrize("make", MAKERS)
@given(n_samples=st.integers(4, 90), noise=st.floats(0, 5), seed=st.integers(0, 2**32))
def test_sets_are_balanced_exact_and_reproducible(make, n_samples, noise, seed):
    X, y = make(n_samples, noise=noise, rng=seed)
    assert X.shape == (n_samples, 2) and X.dtype == np.float32 and np.isfinite(X).all()
    assert y.shape == (n_samples,) and y.dtype == np.int64
    assert np.ptp(np.bincount(y)) <= 1
    for rng in (seed, np.random.default_rng(seed)):
        X_again, y_again = make(n_samples, noise=noise, rng=rng)
        np.testing.assert_array_equal(X_again, X)
        np.testing.assert_array_equal(y_again, y)


@pytest.mark.parametrize("make", MANY)
@given(n_classes=st.integers(2, 12), n_samples=st.integers(12, 60))
def test_sets_of_many_classes_hold_them_all(make, n_classes, n_samples):
    _, y = make(n_samples, n_classes=n_classes, rng=0)
    sizes = np.bincount(y)
    assert len(sizes) == n_classes and np.ptp(sizes) <= 1


@pytest.mark.parametrize("make", MAKERS)
def test_sets_differ_with_rng_and_come_in_random_order(make):
    (X, y), (X_other, y_other) = make(100, rng=1), make(100, rng=2)
    assert not np.array_equal(X, X_other) and not np.array_equal(y, y_other)
    assert not np.array_equal(make(100)[0], make(100)[0])


@pytest.mark.parametrize("make", MAKERS)
def test_noise_is_the_standard_deviation_of_what_is_added(make):
    (clean, y), (noisy, y_again) = make(4000, noise=0, rng=5), make(4000, noise=0.25, rng=5)
    np.testing.assert_array_equal(y, y_again)
    np.testing.assert_allclose((noisy - clean).std(axis=0), 0.25, rtol=0.05)
    np.testing.assert_allclose((noisy - clean).mean(axis=0), 0, atol=0.02)
    assert abs(np.corrcoef((noisy - clean).T)[0, 1]) < 0.1  # each feature has its own


def test_xor_without_noise_is_its_truth_table():
    X, y = make_xor(4, noise=0)
    assert {(*row, label) for row, label in zip(X.tolist(), y.tolist())} == {(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)}


def test_moons_are_two_half_circles_that_reach_into_each_other():
    X, y = make_moons(1000, noise=0)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1, rtol=1e-5)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1, rtol=1e-5)
    assert upper[:, 1].min() >= -1e-6 and lower[:, 1].max() <= 0.5 + 1e-6
    assert (lower[:, 1] > 0).any() and (lower[:, 0] < 0.5).any() and (upper[:, 0] > 0.5).any()


def test_circles_have_radius_1_and_a_half():
    X, y = make_circles(1000, noise=0)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(y == 0, 1, 0.5), rtol=1e-5)
    for label in (0, 1):
        assert all(((X[y == label] * signs) > 0).all(axis=1).any() for signs in [(1, 1), (1, -1), (-1, 1), (-1, -1)])


def test_spirals_turn_three_quarters_of_a_turn_on_their_way_out():
    X, y = make_spirals(3000, n_classes=3, noise=0)
    radius, angle = np.hypot(*X.T.astype(float)), np.arctan2(X[:, 1], X[:, 0])
    expected = 2 * np.pi * (y / 3 + 0.75 * radius)
    np.testing.assert_allclose(np.exp(1j * angle), np.exp(1j * expected), atol=1e-4)
    assert radius.min() < 0.01 and 0.99 < radius.max() <= 1


def test_blobs_without_noise_are_their_centers_evenly_on_a_circle():
    X, y = make_blobs(50, n_classes=5, noise=0)
    np.testing.assert_allclose(X, np.column_stack([np.cos(2 * np.pi * y / 5), np.sin(2 * np.pi * y / 5)]), atol=1e-6)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_samples": 1}, ValueError, "n_samples is 1; expected a whole number of at least"),
        ({"n_samples": -4}, ValueError, "n_samples is -4"),
        ({"n_samples": 100.0}, TypeError, "n_samples is 100.0; expected a whole number"),
        ({"n_samples": "many"}, TypeError, "n_samples is 'many'"),
        ({"noise": -0.1}, ValueError, "noise is -0.1; expected a number of at least 0"),
        ({"noise": float("inf")}, ValueError, "noise is inf"),
        ({"noise": float("nan")}, ValueError, "noise is nan"),
        ({"noise": None}, TypeError, "noise is None"),
        ({"rng": -1}, ValueError, "non-negative"),
        ({"rng": "seed"}, TypeError, "seed"),
    ],
)
def test_bad_arguments_are_refused(make, arguments, error, words):
    with pytest.raises(error, match=words):
        make(**arguments)


@pytest.mark.parametrize("make", MANY)
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n_classes": 1}, ValueError, "n_classes is 1; expected a whole number of at least 2"),
        ({"n_classes": 2.5}, TypeError, "n_classes is 2.5"),
        ({"n_samples": 4, "n_classes": 5}, ValueError, "n_samples is 4; expected a whole number of at least 5"),
    ],
)
def test_bad_numbers_of_classes_are_refused(make, arguments, error, words):
    with pytest.raises(error, match=words):
        make(**arguments)


@pytest.mark.parametrize("make", MAKERS)
def test_noise_and_rng_are_given_by_name(make):
    with pytest.raises(TypeError, match="positional"):
        functools.partial(make, 10, 0.1)()
