"""Clocks, the machine, and who else is using it.

CPU time of this process is what is compared: on a busy machine wall time says more about the neighbors. But neighbors also share
memory and caches, so the CPU time that the others used in the meantime is also measured, and reported with every table.
"""

import contextlib
import importlib.metadata
import os
import platform
import time
from datetime import date
from pathlib import Path
from statistics import median

import psutil

PACKAGES = ("nnfromscratch", "numpy", "torch", "scikit-learn", "jax", "keras")
TOO_BUSY = 0.2  # cores that others may take before a comparison is called disturbed


def pin_to_one_core():
    """Keep this process and its children on one core, where the system can: then no library can use a second thread."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def cpu_seconds(work):
    """Return how many CPU seconds of this process, all threads together, `work()` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def in_turn(works, rounds):
    """Run every work once to warm up, then all of them in turn, `rounds` times: A B A B ... Return the CPU seconds of each."""
    for work in works.values():
        work()
    seconds = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            seconds[name].append(cpu_seconds(work))
    return seconds


def summary(numbers):
    """Return median, smallest, and largest of some numbers."""
    numbers = [float(n) for n in numbers]
    return {"median": median(numbers), "min": min(numbers), "max": max(numbers), "n": len(numbers)}


class Neighbors:
    """Measures, as a context, how many cores the other processes of the machine took meanwhile."""

    def __enter__(self):
        self.start, self.cores = self._now(), 0.0
        return self

    def __exit__(self, *_):
        wall, others = (now - then for now, then in zip(self._now(), self.start))
        self.cores = round(max(0.0, others / wall), 2) if wall > 0 else 0.0

    @staticmethod
    def _now():
        """Return the wall clock, and the CPU seconds of everyone who is not this process or its children."""
        machine, own = psutil.cpu_times(), os.times()
        busy = machine.user + machine.system + getattr(machine, "nice", 0.0)
        return time.perf_counter(), busy - own.user - own.system - own.children_user - own.children_system


def busy_neighbors(seconds=1.0):
    """Return how many cores other processes take just now."""
    with Neighbors() as neighbors:
        time.sleep(seconds)
    return neighbors.cores


def processor():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def machine():
    """Return what a reader needs to know to compare numbers: date, processor, system, versions."""
    versions = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return {
        "date": date.today().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": 1,
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
    }
