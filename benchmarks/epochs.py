"""CPU seconds of one epoch: every peer in turn, the same network, data, and batch size."""

import numpy as np

from .measure import Neighbors, in_turn, summary
from .peers import installed, ours, per_sample

SHALLOW, DEEP = (784, 128, 10), (784, 256, 128, 10)
CASES = [(SHALLOW, 32, "sgd"), (SHALLOW, 64, "sgd"), (SHALLOW, 128, "sgd"), (SHALLOW, 512, "sgd"), (DEEP, 128, "sgd"), (DEEP, 128, "adam")]
OURS = "nnfromscratch"
PER_SAMPLE = "NumPy, float64 per sample"


def measure_case(digits, sizes, batch, optimizer, rounds, peers=None):
    """Return one table: for each peer its CPU seconds per epoch, and how many times ours they are, round by round."""
    works = {name: make(digits, sizes, batch, optimizer) for name, make in (peers or installed()).items()}
    with Neighbors() as neighbors:
        seconds = in_turn(works, rounds)
    rows = {
        name: {"cpu_seconds": summary(times), "times_ours": summary(np.divide(times, seconds[OURS]))} for name, times in seconds.items()
    }
    return {"sizes": list(sizes), "batch": batch, "optimizer": optimizer, "rows": rows, "neighbors": neighbors.cores}


def measure_per_sample(digits, n_samples=3000, rounds=5):
    """Compare with the loops of older tutorials, on a part of the data (their cost per sample does not depend on how many there are)."""
    part = type(digits)(*(array[:n_samples] for array in digits))
    works = {OURS: ours(digits, SHALLOW, 32, "sgd"), PER_SAMPLE: per_sample(part, SHALLOW, 32, "sgd")}
    seconds = in_turn(works, rounds)
    whole_epoch = [time * len(digits.y) / len(part.y) for time in seconds[PER_SAMPLE]]
    return {
        "sizes": list(SHALLOW),
        "batch": 32,
        "optimizer": "sgd",
        "n_samples_measured": len(part.y),
        "cpu_seconds": summary(whole_epoch),
        "times_ours": summary(np.divide(whole_epoch, seconds[OURS])),
    }


def measure(digits, rounds):
    cases = []
    for sizes, batch, optimizer in CASES:
        cases.append(measure_case(digits, sizes, batch, optimizer, rounds))
        print(table(cases[-1]), flush=True)
    return {"cases": cases, "per_sample": measure_per_sample(digits, rounds=rounds)}


def table(case):
    """Return a case as text."""
    lines = [
        f"\n{'-'.join(map(str, case['sizes']))}, batch {case['batch']}, {case['optimizer']}; "
        f"other processes used {case['neighbors']} cores",
        f"{'':32}{'CPU s per epoch':>20}{'times ours':>22}",
    ]
    for name, row in case["rows"].items():
        lines.append(f"{name:32}{spread(row['cpu_seconds']):>20}{spread(row['times_ours']):>22}")
    return "\n".join(lines)


def spread(numbers):
    return f"{numbers['median']:.2f} ({numbers['min']:.2f}-{numbers['max']:.2f})"
