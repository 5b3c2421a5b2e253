"""Schedules: their formulas, their ends, and that no rate is ever negative."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnfromscratch import constant, cosine, step_decay, warmup

RATES = st.floats(1e-6, 10)
COUNTS = st.integers(1, 1000)
SCHEDULES = st.one_of(
    st.builds(constant, RATES), st.builds(cosine, RATES, COUNTS), st.builds(step_decay, RATES, COUNTS, st.floats(0.01, 1))
)


@pytest.mark.parametrize(
    "schedule, rates",
    [
        (constant(0.3), {0: 0.3, 10**6: 0.3}),
        (step_decay(0.8, every=3), {0: 0.8, 2: 0.8, 3: 0.4, 5: 0.4, 6: 0.2, 9: 0.1}),
        (step_decay(1.0, every=1, factor=0.1), {0: 1, 1: 0.1, 3: 0.001}),
        (cosine(0.2, steps=6), {0: 0.2, 2: 0.15, 3: 0.1, 4: 0.05, 6: 0, 1000: 0}),
        (warmup(constant(1.0), steps=5), {0: 0.2, 1: 0.4, 4: 1, 5: 1, 99: 1}),
        (warmup(cosine(1.0, steps=4), steps=2), {0: 0.5, 1: (1 + math.sqrt(0.5)) / 2, 2: 0.5, 4: 0}),
    ],
)
def test_by_hand(schedule, rates):
    assert {step: schedule(step) for step in rates} == pytest.approx(rates, abs=1e-15)


@given(schedule=SCHEDULES, steps=COUNTS, step=st.integers(0, 10**6))
def test_a_rate_is_a_float_and_never_negative_and_warming_up_never_raises_it(schedule, steps, step):
    rate, warm = schedule(step), warmup(schedule, steps)
    assert type(rate) is float and 0 <= rate <= schedule(0)
    assert 0 <= warm(step) <= rate and warm(steps + step) == schedule(steps + step)


@given(schedule=SCHEDULES, step=st.integers(0, 2000))
def test_without_warmup_rates_never_rise(schedule, step):
    assert schedule(step + 1) <= schedule(step)


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: constant(0), ValueError, "lr is 0; expected a number above 0"),
        (lambda: constant(True), TypeError, "lr is True; expected a number"),
        (lambda: cosine(-0.1, 5), ValueError, "lr is -0.1; expected a number above 0"),
        (lambda: cosine(0.1, 0), ValueError, "steps is 0; expected a whole"),
        (lambda: cosine(0.1, 2.5), TypeError, "steps is 2.5; expected a whole number"),
        (lambda: step_decay("0.1", 5), TypeError, "lr is '0.1'; expected"),
        (lambda: step_decay(0.1, 0), ValueError, "every is 0; expected"),
        (lambda: step_decay(0.1, 5, factor=0), ValueError, "factor is 0; expected"),
        (lambda: step_decay(0.1, 5, factor=1.5), ValueError, "factor is 1.5; expected a number above 0 and of at most 1"),
        (lambda: step_decay(math.nan, 5), ValueError, "lr is nan; expected a finite number above 0"),
        (lambda: warmup(0.1, 5), TypeError, "schedule is 0.1; expected a function"),
        (lambda: warmup(constant(0.1), -1), ValueError, "steps is -1"),
    ],
)
def test_doors(call, error, message):
    with pytest.raises(error, match=message):
        call()
