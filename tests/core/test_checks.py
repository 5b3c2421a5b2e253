"""The checks: only what was asked for gets in, and a rejection names what came and what was expected."""

import math
from fractions import Fraction

import numpy as np
import pytest

from nnfromscratch._checks import check_array, check_finite, check_int, check_labels, check_number, check_shape, look_up


@pytest.mark.parametrize("options", [{}, {"ndim": 2}, {"shape": (2, 3)}, {"shape": (None, 3)}, {"dtype": np.float32}, {"dtype": "float32"}])
def test_a_good_array_comes_back_itself(options):
    X = np.ones((2, 3), np.float32)
    assert check_array("X", X, **options) is X


@pytest.mark.parametrize(
    "value, options, error, message",
    [
        ([[1.0]], {}, TypeError, "X is a list; expected a NumPy array"),
        (np.ones((2, 3)), {"dtype": np.float32}, TypeError, "X has dtype float64; expected float32: X.astype(np.float32)"),
        (np.ones((2, 3), int), {}, TypeError, "X has dtype int64; expected a floating dtype: X.astype(np.float32)"),
        (np.ones((2, 3), complex), {}, TypeError, "X has dtype complex128; expected a floating dtype: X.astype(np.float32)"),
        (np.ones(3), {"ndim": 2}, ValueError, "X has 1 axes (shape (3,)); expected 2"),
        (np.ones(3), {"shape": (None, 3)}, ValueError, "X has shape (3,); expected (any, 3)"),
        (np.ones((2, 3, 1)), {"shape": (2, 3)}, ValueError, "X has shape (2, 3, 1); expected (2, 3)"),
        (np.ones((2, 1)), {"shape": (2,)}, ValueError, "X has shape (2, 1); expected (2,)"),
        (np.ones((0, 3)), {"ndim": 2}, ValueError, "X is empty (shape (0, 3)); expected at least one number"),
        (np.array([[1.0, 2.0], [-np.inf, 4.0]]), {}, ValueError, "X holds -inf at index (1, 0); expected finite numbers"),
        (np.array([1.0, np.nan, np.inf]), {}, ValueError, "X holds nan at index (1,); expected finite numbers"),
    ],
)
def test_a_bad_array_is_refused_in_words(value, options, error, message):
    with pytest.raises(error) as caught:
        check_array("X", value, **options)
    assert str(caught.value) == message


def test_finite_makes_no_copy_of_what_is_large():
    import tracemalloc

    X = np.ones(10**6, np.float32)
    tracemalloc.start()
    try:
        check_finite("X", X)
        assert tracemalloc.get_traced_memory()[1] < X.nbytes / 10
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int32])
def test_good_labels_come_back_themselves(dtype):
    y = np.array([0, 2, 1], dtype)
    assert check_labels(y, n_samples=3, n_classes=3) is y and check_labels(y) is y


@pytest.mark.parametrize("shape", [(3, 1), (1, 3)])
def test_labels_in_a_column_or_a_row_are_rejected_with_the_remedy(shape):
    with pytest.raises(
        ValueError, match=rf"y has shape \({shape[0]}, {shape[1]}\); expected a vector of labels, shape \(3,\): pass np.ravel"
    ):
        check_labels(np.array([0, 2, 1]).reshape(shape), n_samples=shape[0])


@pytest.mark.parametrize(
    "value, bounds, result",
    [
        (1, {}, 1.0),
        (np.float32(0.5), {}, 0.5),
        (np.int64(3), {"above": 2}, 3.0),
        (0, {"minimum": 0, "below": 1}, 0.0),
        (1, {"maximum": 1}, 1.0),
        (Fraction(1, 4), {}, 0.25),
        (10**20, {}, 1e20),
        (-2.5, {}, -2.5),
    ],
)
def test_a_good_number_comes_back_as_a_float(value, bounds, result):
    number = check_number("x", value, **bounds)
    assert type(number) is float and number == result


@pytest.mark.parametrize(
    "value, bounds, error, message",
    [
        (0, {"above": 0}, ValueError, "x is 0; expected a number above 0"),
        (1, {"below": 1}, ValueError, "x is 1; expected a number below 1"),
        (-1, {"minimum": 0, "below": 1}, ValueError, "x is -1; expected a number of at least 0 and below 1"),
        (2, {"maximum": 1}, ValueError, "x is 2; expected a number of at most 1"),
        (math.nan, {}, ValueError, "x is nan; expected a finite number"),
        (math.inf, {"above": 0}, ValueError, "x is inf; expected a finite number above 0"),
        (-math.inf, {}, ValueError, "x is -inf; expected a finite number"),
        (True, {}, TypeError, "x is True; expected a number"),
        (np.bool_(True), {}, TypeError, f"x is {np.True_!r}; expected a number"),
        ("1", {}, TypeError, "x is '1'; expected a number"),
        (None, {}, TypeError, "x is None; expected a number"),
        (1j, {}, TypeError, "x is 1j; expected a number"),
        ([1], {}, TypeError, "x is [1]; expected a number"),
    ],
)
def test_a_bad_number_is_refused_in_words(value, bounds, error, message):
    with pytest.raises(error) as caught:
        check_number("x", value, **bounds)
    assert str(caught.value) == message


def test_a_number_beyond_all_floats_is_refused():
    with pytest.raises(ValueError, match="expected a finite number"):
        check_number("x", 10**400)


@pytest.mark.parametrize("value", [1, np.int32(1), np.uint8(1)])
def test_a_good_int_comes_back_as_an_int(value):
    assert type(check_int("n", value)) is int


@pytest.mark.parametrize(
    "value, minimum, error, message",
    [
        (0, 1, ValueError, "n is 0; expected a whole number of at least 1"),
        (-1, 0, ValueError, "n is -1; expected a whole number of at least 0"),
        (1.0, 1, TypeError, "n is 1.0; expected a whole number"),
        (True, 1, TypeError, "n is True; expected a whole number"),
        ("3", 1, TypeError, "n is '3'; expected a whole number"),
        (None, 1, TypeError, "n is None; expected a whole number"),
    ],
)
def test_a_bad_int_is_refused_in_words(value, minimum, error, message):
    with pytest.raises(error) as caught:
        check_int("n", value, minimum)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["sgd", None, ["SGD"], {}, 3])
def test_look_up_says_which_names_there_are(name):
    with pytest.raises(ValueError) as caught:
        look_up("optimizer", name, {"SGD": 1, "Adam": 2})
    assert str(caught.value) == f"unknown optimizer {name!r}; expected one of: SGD, Adam"
    assert look_up("optimizer", "Adam", {"SGD": 1, "Adam": 2}) == 2


@pytest.mark.parametrize(
    "shape, wanted, good",
    [
        ((2, 3), (2, 3), True),
        ((2, 3), (None, None), True),
        ((), (), True),
        ((0, 3), (None, 3), True),
        ((2,), (None, None), False),
        ((2, 3, 4), (2, 3), False),
        ((3, 2), (2, 3), False),
    ],
)
def test_shapes(shape, wanted, good):
    if good:
        check_shape("X", np.zeros(shape), wanted)
    else:
        with pytest.raises(ValueError, match="expected"):
            check_shape("X", np.zeros(shape), wanted)
