"""How long the import and the data loaders take, and how much memory beside what they return."""

import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

from .measure import summary

IMPORT = """
import time
{before}
start = time.process_time()
import {module}
print(time.process_time() - start)
"""


def import_seconds(module, before="", rounds=7):
    """Return the CPU seconds that importing a module takes in a fresh interpreter, after the line `before`."""
    script = IMPORT.format(module=module, before=before)
    return summary(
        float(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout) for _ in range(rounds)
    )


def write_csv(path, digits, n_rows):
    """Write a file like Kaggle's."""
    header = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    np.savetxt(path, np.column_stack([digits.y[:n_rows], digits.raw[:n_rows]]), fmt="%d", delimiter=",", header=header, comments="")


def n_bytes(loaded):
    return sum(array.nbytes for array in loaded if array is not None)


def measure_loader(load, rounds):
    """Return CPU and wall seconds of a loader, and its peak memory as a multiple of what it returns."""
    cpu, wall = [], []
    for _ in range(rounds):
        start = time.perf_counter(), time.process_time()
        loaded = load()
        wall.append(time.perf_counter() - start[0])
        cpu.append(time.process_time() - start[1])
    size = n_bytes(loaded)
    del loaded
    tracemalloc.start()
    load()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"cpu_seconds": summary(cpu), "wall_seconds": summary(wall), "megabytes": size / 1e6, "peak_over_data": peak / size}


def measure(digits, rounds=5, csv_rows=42000):
    from nnfromscratch import load_digits, load_mnist, read_mnist_csv

    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "train.csv"
        write_csv(csv, digits, csv_rows)
        loaders = {
            "load_digits()": load_digits,
            "load_digits(raw=True)": lambda: load_digits(raw=True),
            "load_mnist()": load_mnist,
            "load_mnist(raw=True)": lambda: load_mnist(raw=True),
            "read_mnist_csv(path)": lambda: read_mnist_csv(csv),
            "read_mnist_csv(path, raw=True)": lambda: read_mnist_csv(csv, raw=True),
        }
        for name, load in loaders.items():
            rows[name] = measure_loader(load, rounds if "csv" not in name else min(rounds, 3))
            print(
                f"load  {name:32}{rows[name]['cpu_seconds']['median']:7.3f} s, peak {rows[name]['peak_over_data']:.2f} times the data",
                flush=True,
            )
    imports = {"numpy": import_seconds("numpy"), "nnfromscratch, after numpy": import_seconds("nnfromscratch", "import numpy")}
    print("import", json.dumps(imports), flush=True)
    return {"loaders": rows, "imports": imports, "csv_rows": csv_rows}
