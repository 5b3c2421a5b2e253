"""How long does grading take? Forty submissions, all assignments in turn, on one process and on two.

    .venv/bin/python -m benchmarks.grading                     prints the table; don't use the machine in the meantime
    .venv/bin/python -m benchmarks.grading --sandbox wasi      the same in WebAssembly (compiled before the clock starts, if it is new)

The submissions are the reference solutions, so every cell and every test runs to its end. The time is that of the whole command of
`make grade`: reading the assignments, grading, feedback, and the tables.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from coursework import sources
from coursework.grading import sandbox

ROOT = Path(__file__).resolve().parent.parent


def solved(name):
    """Return the student's notebook of an assignment with the reference solution in it."""
    notebook = nbformat.read(sources.target(name), 4)
    answers = {cell.id: sources.solved(cell) for cell in sources.read(name).cells if sources.is_solution(cell)}
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return notebook


def submit(folder, number):
    """Write this many submissions into a folder, each from a different student."""
    names = sources.names()
    for student in range(number):
        name = names[student % len(names)]
        path = folder / f"student-{student:03}" / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(solved(name)), encoding="utf-8")


def seconds(folder, processes, kind):
    """Return how long grading a folder takes."""
    with tempfile.TemporaryDirectory() as results:
        begin = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "coursework.grading",
                "grade",
                folder,
                "--to",
                Path(results) / "graded",
                "--processes",
                str(processes),
                "--sandbox",
                kind,
            ],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--sandbox", default="auto", choices=("auto", *sandbox.SANDBOXES))
    given = parser.parse_args()
    kind = sandbox.choose(given.sandbox)
    print(f"{given.submissions} submissions, sandbox {kind}\n")
    with tempfile.TemporaryDirectory() as folder:
        submit(Path(folder), given.submissions)
        print("| processes | seconds | seconds per submission |\n|---:|---:|---:|")
        for processes in (1, 2):
            taken = seconds(folder, processes, kind)
            print(f"| {processes} | {taken:.0f} | {taken / given.submissions:.1f} |", flush=True)


if __name__ == "__main__":
    main()
