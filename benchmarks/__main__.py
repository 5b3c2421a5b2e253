"""Measure, print, and save: `make bench`, or `python -m benchmarks --rounds 5`."""

import argparse
import json
import os
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "book" / "results" / "how-fast.json"


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the JSON file to save to")
    parser.add_argument("--even-if-busy", action="store_true", help="measure although other processes use the machine, and say so")
    options = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read by the libraries when they are imported, which is why nothing is imported above

    from . import data, epochs
    from . import measure as clock

    clock.pin_to_one_core()
    busy = clock.busy_neighbors()
    if busy > clock.TOO_BUSY:
        print(f"Other processes are using {busy} cores: they would disturb the comparison.")
        if not options.even_if_busy:
            raise SystemExit("Stop them, or add --even-if-busy: then the tables say how busy the machine was.")
    results = {"machine": clock.machine(), **epochs.measure(data.digits(), options.rounds)}
    options.results.write_text(json.dumps(results, indent=1) + "\n")
    print(f"saved to {options.results}")


if __name__ == "__main__":
    main()
