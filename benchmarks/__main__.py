"""Measure, print, and save: `make bench`, or one part of it: `python -m benchmarks epochs --rounds 5`."""

import argparse
import json
import os
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent / "book" / "results" / "how-fast.json"
PARTS = ("epochs", "quality")


def measure(part, digits, rounds):
    """Return what one part of the benchmark finds."""
    from . import epochs, quality

    return quality.measure() if part == "quality" else epochs.measure(digits, rounds)


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS, help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the JSON file to save to; other parts in it are kept")
    parser.add_argument("--even-if-busy", action="store_true", help="measure although other processes use the machine, and say so")
    options = parser.parse_args()
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"  # read by the libraries when they are imported, which is why nothing is imported above

    from . import data
    from . import measure as clock

    if not set(options.parts) <= set(PARTS):
        parser.error(f"unknown part in {options.parts}; expected any of: {', '.join(PARTS)}")
    clock.pin_to_one_core()
    busy = clock.busy_neighbors()
    if busy > clock.TOO_BUSY:
        print(f"Other processes are using {busy} cores: they would disturb the comparison.")
        if not options.even_if_busy:
            raise SystemExit("Stop them, or add --even-if-busy: then the tables say how busy the machine was.")
    digits = data.digits() if "epochs" in options.parts else None
    results = json.loads(options.results.read_text()) if options.results.exists() else {}
    for part in options.parts:
        results[part] = {"machine": clock.machine(), **measure(part, digits, options.rounds)}
        options.results.write_text(json.dumps(results, indent=1) + "\n")
    print(f"saved to {options.results}")


if __name__ == "__main__":
    main()
