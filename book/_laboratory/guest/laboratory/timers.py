"""%time and %timeit, with the output of a notebook."""

import time as clock
from timeit import Timer

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def time(code, scope, first_line):
    """Run code once and print how long it took."""
    program = _compiled(code, first_line)
    start = clock.perf_counter()
    exec(program, scope)
    seconds = clock.perf_counter() - start
    print(f"Wall time: {_written(seconds) if seconds else 'less than 0.1 ms, the shortest time that a browser shows'}")


def timeit(code, scope, first_line):
    """Run code many times and print how long one run takes."""
    _compiled(code, first_line)
    timer = Timer(code, globals=scope)
    number, _ = timer.autorange()
    times = [seconds / number for seconds in timer.repeat(7, number)]
    mean = sum(times) / len(times)
    spread = (sum((seconds - mean) ** 2 for seconds in times) / len(times)) ** 0.5
    print(f"{_written(mean)} ± {_written(spread)} per loop (mean ± std. dev. of 7 runs, {number:,} loops each)")


def _compiled(code, first_line):
    return compile("\n" * (first_line - 1) + code, "<timed>", "exec")


def _written(seconds):
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"
