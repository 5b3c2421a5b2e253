"""Submissions for tests: right ones, wrong ones, hostile ones; and how they are graded."""

import copy
import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import v4

from coursework import sources

ROOT = Path(__file__).parents[2]
NAME = "02-activations"
ORIGINAL = nbformat.read(ROOT / "book" / "exercises" / f"{NAME}.ipynb", 4)
SOURCE = sources.read(NAME)
POINTS = {cell.id: sources.points(cell) for cell in SOURCE.cells if sources.is_test(cell)}


def answers(replaced=None, own=None):
    """Return a submission: the reference solution, with some answers replaced, and perhaps with a cell of its own before all others."""
    notebook = copy.deepcopy(ORIGINAL)
    solutions = {cell.id: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source) for cell in SOURCE.cells if sources.is_solution(cell)}
    for cell in notebook.cells:
        cell.source = {**solutions, **(replaced or {})}.get(cell.id, cell.source)
    if own is not None:
        notebook.cells.insert(0, v4.new_code_cell(own))
    return notebook


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if sources.grade_id(cell) == name)


def text_of(notebook):
    """Return a notebook as it is in a file; a text stays as it is."""
    return notebook if isinstance(notebook, str) else json.dumps(notebook)


def write(folder, notebooks, name=f"{NAME}.ipynb"):
    """Write {student: notebook} as folders of students."""
    for student, notebook in notebooks.items():
        (folder / student).mkdir(parents=True, exist_ok=True)
        (folder / student / name).write_text(text_of(notebook), encoding="utf-8")
    return folder


def run(*arguments, variant="48151", check=True):
    """Run `python -m coursework.grading`."""
    done = subprocess.run(
        [sys.executable, "-m", "coursework.grading", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NNFROMSCRATCH_VARIANT": variant},
    )
    assert not check or done.returncode == 0, done.stderr
    return done


def grade(folder, kind, *options):
    """Grade a folder in a sandbox; return (folder of the results, {student: row})."""
    quick = ["--sandbox", kind, "--processes", "2", "--cell-seconds", "5", "--seconds", "100", "--memory", "1500"]
    run("grade", folder, *quick, *options)
    results = folder.with_name(f"{folder.name}-graded")
    return results, rows(results)


def rows(results, name="grades.csv"):
    """Return {student: row} of a table."""
    with open(results / name, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def record(results, student, assignment=NAME):
    """Return the record of a submission."""
    return json.loads((results / "records" / student / f"{assignment}.json").read_text(encoding="utf-8"))
