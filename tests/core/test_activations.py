"""Activation functions: the formula, its derivative, and every finite float32."""

import functools
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnfromscratch import activations as act
from nnfromscratch import relative_error

# name, arguments, the formula as the docstring has it (for one number), where the derivative jumps
CURVES = [
    ("identity", {}, lambda z: z, None),
    ("scaled_identity", {"a": -0.7}, lambda z: -0.7 * z, None),
    ("binary_step", {}, lambda z: 1 if z >= 0 else 0, 0),
    ("binary_step", {"threshold": 0.5}, lambda z: 1 if z >= 0.5 else 0, 0.5),
    ("sigmoid", {}, lambda z: 1 / (1 + math.exp(-z)), None),
    ("tanh", {}, math.tanh, None),
    ("relu", {}, lambda z: z if z > 0 else 0, 0),
    ("relu", {"slope": 2.5}, lambda z: 2.5 * z if z > 0 else 0, 0),
    ("leaky_relu", {}, lambda z: z if z > 0 else 0.01 * z, 0),
    ("leaky_relu", {"negative_slope": -2}, lambda z: z if z > 0 else -2 * z, 0),
    ("elu", {}, lambda z: z if z > 0 else math.exp(z) - 1, 0),
    ("elu", {"alpha": 0.4}, lambda z: z if z > 0 else 0.4 * (math.exp(z) - 1), 0),
]
curves = pytest.mark.parametrize("name, options, formula, kink", CURVES, ids=[f"{name} {options}" for name, options, *_ in CURVES])
GRID = np.linspace(-4, 4, 801)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
MATRICES = arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 5)), elements=FLOATS)
LARGEST = np.finfo(np.float32).max


def pair(name, options):
    """The function and its derivative, with their arguments filled in."""
    return [functools.partial(getattr(act, prefix + name), **options) for prefix in ("", "d_")]


@curves
def test_function_is_its_formula(name, options, formula, kink):
    f, _ = pair(name, options)
    np.testing.assert_allclose(f(GRID), [formula(z) for z in GRID], rtol=1e-13, atol=1e-15)


@curves
def test_derivative_is_the_limit_of_differences(name, options, formula, kink):
    f, d_f = pair(name, options)
    z, h = GRID if kink is None else GRID[abs(GRID - kink) > 1e-3], 1e-5
    assert relative_error(d_f(z), (f(z + h) - f(z - h)) / (2 * h)) < 1e-9


@pytest.mark.parametrize(
    "name, options, value",
    [
        ("relu", {}, 0),
        ("relu", {"slope": 2.5}, 0),
        ("leaky_relu", {}, 0.01),
        ("leaky_relu", {"negative_slope": -2}, -2),
        ("elu", {}, 1),
        ("elu", {"alpha": 0.4}, 0.4),
        ("binary_step", {}, 0),
    ],
)
def test_derivative_at_the_kink_is_the_one_from_the_left(name, options, value):
    assert pair(name, options)[1](np.zeros(1)) == value


@curves
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 3)])
def test_shape_and_dtype_stay(name, options, formula, kink, dtype, shape):
    z = np.linspace(-1, 1, math.prod(shape)).astype(dtype).reshape(shape)
    for f in pair(name, options):
        assert f(z).shape == shape and f(z).dtype == dtype


@curves
def test_plain_numbers_will_do(name, options, formula, kink):
    for z in (-1.5, 2.0, 3, -2):
        assert float(pair(name, options)[0](z)) == pytest.approx(formula(z))


@pytest.mark.parametrize("name", ["identity", "binary_step", "sigmoid", "tanh", "relu", "leaky_relu", "elu"])
@given(z=arrays(np.float32, st.integers(1, 20), elements=FLOATS))
def test_every_finite_float32_gives_a_finite_float32(name, z):
    for f in pair(name, {}):
        result = f(np.concatenate([z, [LARGEST, -LARGEST, np.float32(1e-45)]]).astype(np.float32))  # a warning would be an error
        assert np.isfinite(result).all() and result.dtype == np.float32


@given(Z=MATRICES)
@example(Z=np.array([[LARGEST, -LARGEST]], np.float32))
def test_softmax_of_every_finite_float32_is_a_distribution(Z):
    A = act.softmax(Z)
    assert A.dtype == np.float32 and (A >= 0).all()
    np.testing.assert_allclose(A.sum(axis=1), 1, rtol=1e-5)


@given(Z=MATRICES)
@example(Z=np.array([[LARGEST, -LARGEST]], np.float32))
def test_log_softmax_is_finite_wherever_differences_of_scores_are(Z):
    logs = act.log_softmax(Z / 2)
    assert logs.dtype == np.float32 and np.isfinite(logs).all() and (logs <= 0).all()


def test_softmax_by_hand():
    np.testing.assert_allclose(act.softmax(np.log([[1.0, 3.0, 4.0], [5.0, 5.0, 10.0]])), [[1 / 8, 3 / 8, 4 / 8], [1 / 4, 1 / 4, 1 / 2]])


def test_log_softmax_is_the_logarithm_of_softmax():
    Z = np.random.default_rng(0).normal(0, 3, (5, 4))
    np.testing.assert_allclose(act.log_softmax(Z), np.log(act.softmax(Z)), rtol=1e-12)


def test_log_softmax_is_exact_where_softmax_is_zero():
    assert act.log_softmax(np.array([[1000.0, 0.0]])).tolist() == [[0.0, -1000.0]]


@pytest.mark.parametrize("slope", [1, 2.5, np.nan, np.inf])
@pytest.mark.parametrize("f", [act.leaky_relu, act.d_leaky_relu])
def test_leaky_relu_rejects_slopes_that_are_not_below_1(f, slope):
    with pytest.raises(ValueError, match="negative_slope is .*; expected a"):
        f(1.0, slope)
