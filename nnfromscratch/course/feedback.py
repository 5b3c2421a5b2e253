"""Feedback that names the mistake: what tests say to learners.

A bare "False" teaches nothing. Most wrong answers in this course are among a few hundred classic ones, and each of those takes one line
to compute: the right formula with one thing missing, flipped, or doubled. `expect` compares an answer with the right one. If they differ,
it checks whether the answer is one of these, perhaps transposed or with an extra axis, and names it. The module `mistakes` lists what it
can name. `expect_between` does the same for a number that only has to be in a range.

Tests in chapters and assignments use both; nothing else in the package does.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .._checks import check_finite
from .._typing import Array

# Bound at import: if an answer replaces one of NumPy's functions, nothing changes in `expect`.
asarray, ndarray, float64, errstate = np.asarray, np.ndarray, np.float64, np.errstate


def expect(
    name: str, got: object, value: Any, *, mistakes: Mapping[str, Any] | None = None, tolerance: float = 1e-6, hint: str | None = None
) -> None:
    """Do nothing if `got` is right; otherwise say what is wrong with it, and which classic mistake it is.

    Parameters
    ----------
    name : str
        What the learner calls the answer; the message starts with it.
    got : object
        The answer.
    value : float, int, bool, ndarray, or list of numbers
        The right answer, made of finite numbers. The shapes must be equal; a list is accepted only if `value` is one.
    mistakes : dict of str to (float, ndarray, or function without arguments that returns one), optional
        Each key says what was done wrong and what to do; each value is the result. Functions are called only for a wrong answer;
        one that raises a ValueError (a product whose shapes do not match) is skipped.
    tolerance : float
        How far an entry may be off, as a fraction of the largest right one (if all are 0: in absolute terms).
    hint : str, optional
        The end of the message if no mistake is recognized.

    Raises
    ------
    AssertionError
        If the answer is missing, is not a number, has a different shape, is not finite, or differs.
    ValueError
        If the right answer contains NaN or infinity.

    Notes
    -----
    Entries are compared as plain Python floats.

    Examples
    --------
    >>> dZ = np.array([[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]])
    >>> expect("db", dZ.sum(axis=0), np.array([2.0, 3.0, 4.0]))
    >>> expect("db", dZ.sum(axis=0, keepdims=True), np.array([2.0, 3.0, 4.0]), hint="sum over samples, axis 0")
    Traceback (most recent call last):
        ...
    AssertionError: db has shape (1, 3); expected (3,): sum over samples, axis 0
    >>> expect("db", dZ.mean(axis=0), np.array([2.0, 3.0, 4.0]), mistakes={"this is the mean": lambda: dZ.mean(axis=0)})
    Traceback (most recent call last):
        ...
    AssertionError: db[0] is 1; expected 2 (3 of 3 numbers differ): this is the mean
    """
    wanted = asarray(value, dtype=float64)
    check_finite(f"the right answer for {name}", wanted)
    found = as_numbers(name, got, wanted.shape, as_list=isinstance(value, (list, tuple)))
    wrong = differences(found, wanted, tolerance)
    if wrong:
        reason = recognized(found, wanted, mistakes or {}, tolerance) or hint or in_general(found, wanted, tolerance)
        words = what_differs(name, found, wanted, wrong, yes_or_no=isinstance(value, bool | np.bool_))
        raise AssertionError(words + (f": {reason}" if reason else ""))


def expect_between(
    name: str, got: object, low: float, high: float, *, mistakes: Mapping[str, tuple[float, float]] | None = None, hint: str | None = None
) -> None:
    """Do nothing if `got` is a number from `low` to `high`; otherwise say so, and which mistake leads to such a number.

    For the results of experiments: they depend a little on the seed and on the machine.

    Parameters
    ----------
    name : str
        What the learner calls the answer; the message starts with it.
    got : object
        The answer.
    low, high : float
        The smallest and the largest right answer.
    mistakes : dict of str to (float, float), optional
        Each key says what was done wrong and what to do; the value is the range of numbers to which that leads. The first range that
        holds the answer counts.
    hint : str, optional
        The end of the message if the answer is in none of these ranges.

    Raises
    ------
    AssertionError
        If the answer is missing, is not a number, is not finite, or is outside the range.

    Examples
    --------
    >>> expect_between("accuracy", 0.94, 0.9, 1)
    >>> expect_between("accuracy", 94, 0.9, 1, mistakes={"this is a percentage; give a fraction": (90, 100)})
    Traceback (most recent call last):
        ...
    AssertionError: accuracy is 94; expected a number from 0.9 to 1: this is a percentage; give a fraction
    """
    found = as_numbers(name, got, (), as_list=False)
    if found.shape:
        raise AssertionError(f"{name} has shape {found.shape}; expected a single number")
    if isinstance(got, bool | np.bool_):
        raise AssertionError(f"{name} is {got}; expected a number from {low:g} to {high:g}")
    number = float(found)
    if not low <= number <= high:
        reasons = (words for words, (lowest, highest) in (mistakes or {}).items() if lowest <= number <= highest)
        reason = next(reasons, hint)
        raise AssertionError(f"{name} is {number:.6g}; expected a number from {low:g} to {high:g}" + (f": {reason}" if reason else ""))


def as_numbers(name: str, got: object, shape: tuple[int, ...], as_list: bool) -> Array:
    """Return the answer as an array of float64, or say why it is not one."""
    if got is None:
        raise AssertionError(f"{name} is None: does the function return it?")
    if got is Ellipsis or got is NotImplemented:
        raise AssertionError(f"{name} is still {got!r}: replace it with your answer")
    kind = f"an array of shape {shape}" if shape else "a number"
    if callable(got):
        raise AssertionError(f"{name} is a function; expected {kind}: did you forget to call it?")
    if isinstance(got, (list, tuple)) and not as_list:
        raise AssertionError(f"{name} is a {type(got).__name__}; expected {kind}")
    try:
        array = asarray(got)
    except ValueError:
        raise AssertionError(f"{name} has rows of different lengths; expected {kind}") from None
    if array.dtype == object and any(entry is None for entry in array.flat):
        raise AssertionError(f"{name} contains None: does the function return a number?")
    if array.dtype.kind not in "biuf":
        what = f"an array of {array.dtype}" if isinstance(got, ndarray) else f"a {type(got).__name__}"
        raise AssertionError(f"{name} is {what}; expected {kind}")
    return array.astype(float64)


def differences(found: Array, wanted: Array, tolerance: float, scale: Array | None = None) -> list[int]:
    """Return the positions, counted row by row, at which two arrays differ; one position if their shapes do.

    The tolerance is a fraction of the largest finite number in `wanted`, or in `scale`.
    """
    if found.shape != wanted.shape:
        return [0]
    pairs = list(zip(ndarray.tolist(found.ravel()), ndarray.tolist(wanted.ravel())))
    numbers = [b for _, b in pairs] + ([] if scale is None else ndarray.tolist(scale.ravel()))
    largest = max((abs(b) for b in numbers if b - b == 0), default=0)  # b - b is 0 unless b is infinite or NaN
    room = tolerance * (largest or 1.0)
    return [i for i, (a, b) in enumerate(pairs) if not (a == b or -room <= a - b <= room or (a != a and b != b))]


def recognized(found: Array, wanted: Array, mistakes: Mapping[str, Any], tolerance: float) -> str | None:
    """Return the sentence about the mistake that leads to this answer, as it is or in another form, or None."""
    results = {}
    with errstate(all="ignore"):
        for words, result in mistakes.items():
            try:
                value = asarray(result() if callable(result) else result, dtype=float64)
            except ValueError:
                continue
            if differences(value, wanted, tolerance):  # with some numbers, a mistake has no effect
                results[words] = value
    results["the sign is flipped"] = -wanted
    for ending, form in forms(found, wanted):
        for words, result in results.items():
            if not differences(form, result, tolerance, scale=wanted):
                return words + ending
    return None


def forms(found: Array, wanted: Array) -> Iterator[tuple[str, Array]]:
    """Yield the answer as it is, transposed, and without axes of length 1; each after the words that say which."""
    yield "", found
    if found.ndim == wanted.ndim == 2:
        yield ", and it is transposed", found.T
    if found.ndim > 1 and 1 in found.shape:
        yield ", and it has an extra axis of length 1", found.reshape([n for n in found.shape if n != 1])


def in_general(found: Array, wanted: Array, tolerance: float) -> str | None:
    """Return what shapes and numbers alone say about the mistake, or None."""
    if (
        found.ndim > 1
        and found.shape == wanted.shape[::-1]
        and (found.shape != wanted.shape or not differences(found.T, wanted, tolerance))
    ):
        return "it is transposed"
    if found.shape != wanted.shape:
        same = [n for n in found.shape if n != 1] == [n for n in wanted.shape if n != 1]
        if not same:
            return None
        return "it has an extra axis of length 1" if found.ndim > wanted.ndim else "an axis of length 1 is missing"
    return not_finite(found) or proportional(found, wanted, tolerance)


def not_finite(found: Array) -> str | None:
    """Return a sentence if the array contains infinity or NaN, or None."""
    if all(number - number == 0 for number in ndarray.tolist(found.ravel())):  # not for these two
        return None
    return "inf and nan come from numbers too large to hold, a division by 0, or a logarithm of 0"


def proportional(found: Array, wanted: Array, tolerance: float) -> str | None:
    """Return a sentence if the array is a multiple of the right one, or None."""
    squares = (wanted**2).sum()
    if wanted.size < 2 or not squares or differences(found, (ratio := (found * wanted).sum() / squares) * wanted, tolerance):
        return None
    return f"every number is {ratio:.4g} times the right one" if abs(ratio) > tolerance else "all numbers are 0"


def what_differs(name: str, found: Array, wanted: Array, wrong: list[int], yes_or_no: bool = False) -> str:
    """Return the first half of the message: what was found and what was expected."""
    if found.shape != wanted.shape:
        came = f"has shape {found.shape}" if found.shape else "is a single number"
        right = "a single number" if not wanted.shape else wanted.shape if found.shape else f"shape {wanted.shape}"
        return f"{name} {came}; expected {right}"
    came, right = (ndarray.tolist(array.ravel())[wrong[0]] for array in (found, wanted))
    if yes_or_no and came in (0, 1):
        return f"{name} is {came == 1}; expected {right == 1}"
    digits = ".6g" if f"{came:.6g}" != f"{right:.6g}" else ".15g"
    index = [int(i) for i in np.unravel_index(wrong[0], wanted.shape)] if wanted.shape else ""
    count = f" ({len(wrong)} of {wanted.size} numbers differ)" if wanted.size > 1 else ""
    return f"{name}{index} is {came:{digits}}; expected {right:{digits}}{count}"
