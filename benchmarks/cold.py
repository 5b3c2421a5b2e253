"""A script from a cold start: import, load the data, train three epochs. Each peer runs in a process of its own.

python -m benchmarks.cold "scikit-learn"
"""

import contextlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from .measure import Neighbours, summary

EPOCHS, SIZES, BATCH = 3, (784, 128, 10), 128


def run_here(name):
    """Run one peer's script in this process, and return what it took: CPU and wall seconds since the process began, and memory."""
    from . import data, peers

    digits = data.digits_of_ours() if name == "nnfromscratch" else data.plain_digits()
    epoch = peers.PEERS[name](digits, SIZES, BATCH, "sgd")
    for _ in range(EPOCHS):
        epoch()
    return {"cpu_seconds": time.process_time(), "peak_mb": peak_memory_mb()}


def peak_memory_mb():
    """Return the most memory that this process ever held."""
    with contextlib.suppress(OSError):  # Linux: since the program began; getrusage would remember the process that started it
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def run_apart(name):
    """Run one peer's script in a process of its own."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cold", name],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    if done.returncode:
        raise RuntimeError(f"the cold script of {name} failed:\n{done.stderr}")
    return {**json.loads(done.stdout.splitlines()[-1]), "wall_seconds": time.perf_counter() - start}


def measure(names, rounds):
    """Return, for each peer, CPU seconds, wall seconds and peak memory of its cold script, all peers in turn."""
    for name in names:
        run_apart(name)
    runs = {name: [] for name in names}
    with Neighbours() as neighbours:
        for _ in range(rounds):
            for name in names:
                runs[name].append(run_apart(name))
    ours = runs["nnfromscratch"]
    rows = {
        name: {key: summary(run[key] for run in found) for key in found[0]}
        | {"times_ours": summary(a["cpu_seconds"] / b["cpu_seconds"] for a, b in zip(found, ours))}
        for name, found in runs.items()
    }
    for name, row in rows.items():
        print(
            f"cold  {name:32}{row['cpu_seconds']['median']:8.2f} s  {row['times_ours']['median']:5.2f} times ours  "
            f"{row['peak_mb']['median']:6.0f} MB",
            flush=True,
        )
    return {"epochs": EPOCHS, "sizes": list(SIZES), "batch": BATCH, "rows": rows, "neighbours": neighbours.cores}


if __name__ == "__main__":
    print(json.dumps(run_here(sys.argv[1])))
