"""Learning-rate schedules: plain functions that return the learning rate of each step.

Large steps find the valley, small steps find its floor. Each function here returns another one, `step -> lr`, which you pass to an
optimizer in place of a fixed rate. Steps are mini-batches, counted from 0. (Each is a `partial` of a function defined at module level,
which can be pickled; a lambda cannot.)
"""

import math
from functools import partial

from ._checks import check_int, check_number
from ._typing import Schedule


def constant(lr: float) -> Schedule:
    """Keep the same learning rate forever.

    Parameters
    ----------
    lr : float
        Above 0.

    Returns
    -------
    function of int to float

    Examples
    --------
    >>> constant(0.1)(1000)
    0.1
    """
    return partial(_constant, check_number("lr", lr, above=0))


def _constant(lr: float, step: int) -> float:
    return lr


def step_decay(lr: float, every: int, factor: float = 0.5) -> Schedule:
    """Multiply the rate by `factor` once every `every` steps.

    Parameters
    ----------
    lr : float
        The first rate, above 0.
    every : int
        Number of steps between two changes.
    factor : float
        In (0, 1].

    Returns
    -------
    function of int to float

    Examples
    --------
    >>> rate = step_decay(0.8, every=100)
    >>> [rate(0), rate(99), rate(100), rate(250)]
    [0.8, 0.8, 0.4, 0.2]
    """
    lr, every = check_number("lr", lr, above=0), check_int("every", every)
    factor = check_number("factor", factor, above=0, maximum=1)
    return partial(_step_decay, lr, every, factor)


def _step_decay(lr: float, every: int, factor: float, step: int) -> float:
    return lr * float(factor ** (step // every))


def cosine(lr: float, steps: int) -> Schedule:
    """Fall from `lr` to 0 along half a cosine wave (Loshchilov and Hutter, 2017).

    Parameters
    ----------
    lr : float
        The first rate, above 0.
    steps : int
        From this step on the rate is 0.

    Returns
    -------
    function of int to float

    Examples
    --------
    >>> rate = cosine(0.2, steps=100)
    >>> [round(rate(s), 3) for s in (0, 50, 100, 999)]
    [0.2, 0.1, 0.0, 0.0]
    """
    lr, steps = check_number("lr", lr, above=0), check_int("steps", steps)
    return partial(_cosine, lr, steps)


def _cosine(lr: float, steps: int, step: int) -> float:
    return lr * (1 + math.cos(math.pi * min(step / steps, 1))) / 2


def warmup(schedule: Schedule, steps: int) -> Schedule:
    """Rise linearly to the rate of another schedule during the first `steps` steps (Goyal et al., 2017).

    Parameters
    ----------
    schedule : function of int to float
    steps : int

    Returns
    -------
    function of int to float

    Examples
    --------
    >>> rate = warmup(constant(0.4), steps=4)
    >>> [round(rate(s), 2) for s in (0, 1, 3, 4, 100)]
    [0.1, 0.2, 0.4, 0.4, 0.4]
    """
    steps = check_int("steps", steps)
    if not callable(schedule):
        raise TypeError(f"schedule is {schedule!r}; expected a function of the step, such as constant(0.1)")
    return partial(_warmup, schedule, steps)


def _warmup(schedule: Schedule, steps: int, step: int) -> float:
    return schedule(step) * min((step + 1) / steps, 1)
