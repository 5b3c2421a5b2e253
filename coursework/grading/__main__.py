"""Grade a folder of submissions: make grade SUBMISSIONS=folder.

The hidden tests take their numbers from the environment variable NNFROMSCRATCH_VARIANT, a whole number of your own, if there is one.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path, PurePosixPath

import nbformat

from coursework import sources
from coursework.build import generate, write_course
from coursework.grading import isolation
from coursework.grading.check import Unreadable, check
from coursework.grading.collect import collect
from coursework.grading.grade import Task, grade_all
from coursework.grading.report import Report


def main(arguments=None):
    given = parse(arguments)
    try:
        seed = sources.variant()
        walls = isolation.choose(given.isolation)
        submissions = collect(given.submissions, sources.names())
    except (ValueError, OSError) as error:
        sys.exit(str(error))
    print(isolation.WARNING if walls == "none" else f"Students' code runs behind walls: {walls}.", file=sys.stderr)
    begin = time.monotonic()
    report = grade_folder(submissions, given, walls, seed)
    for student in students(given.students) - {one["student"] for one in report.checks.values()}:
        report.add(student, "", "missing")
    rows = report.write()
    say(rows)
    print(f"{len(rows)} rows in {time.monotonic() - begin:.0f} s: {report.folder / 'grades.csv'}; feedback: {report.folder / 'feedback'}")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python -m coursework.grading", description=__doc__)
    parser.add_argument("submissions", type=Path, help="a folder or a zip archive, in any of the usual layouts")
    parser.add_argument("--to", type=Path, help="the folder for the results (default: SUBMISSIONS-graded, beside it)")
    parser.add_argument("--students", type=Path, help="a text or CSV file whose first column names the students, to tell who is missing")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many submissions at a time (default: one a processor)")
    parser.add_argument("--isolation", default="auto", choices=["auto", *isolation.WALLS], help="default: the strongest that is there")
    limits = isolation.Limits()
    parser.add_argument("--cell-seconds", type=int, default=limits.cell, help=f"time for one cell (default: {limits.cell})")
    parser.add_argument("--seconds", type=int, default=limits.whole, help=f"time for one submission (default: {limits.whole})")
    parser.add_argument("--memory", type=int, default=limits.memory, help=f"megabytes for one submission (default: {limits.memory})")
    given = parser.parse_args(arguments)
    given.to = given.to or given.submissions.with_name(f"{given.submissions.stem}-graded")
    given.limits = isolation.Limits(given.cell_seconds, given.seconds, given.memory)
    return given


def students(path):
    """Return the names in the first column of a file, without its heading."""
    if path is None:
        return set()
    names = [line.partition(",")[0].strip().strip('"') for line in path.read_text(encoding="utf-8-sig").splitlines()]
    return {name for name in names if name and name.lower() not in ("id", "student", "username", "name")}


def grade_folder(submissions, given, walls, seed):
    """Check and grade submissions; return the report with all of them."""
    with tempfile.TemporaryDirectory(prefix="template-") as template:
        originals = {name: nbformat.read(path, 4) for name, path in generate(sources.names(), template, seed).items()}
        gradebook = (Path(template) / "gradebook.db").read_bytes()
    report = Report(given.to)
    checked = check_all(submissions, originals, report)
    write_course(given.to, sorted({assignment for _, assignment in checked}), seed)
    tasks = [
        Task(student, assignment, nbformat.writes(one.notebook), gradebook, walls, given.limits)
        for (student, assignment), one in checked.items()
    ]
    for number, (task, graded) in enumerate(grade_all(tasks, given.processes), 1):
        one = checked[task.student, task.assignment]
        report.add_graded(task.student, task.assignment, graded._replace(notes=one.notes + graded.notes, look=one.look | graded.look))
        print(f"\r{number} of {len(tasks)} graded", end="" if sys.stderr.isatty() else "\n", file=sys.stderr)
    return report


def check_all(submissions, originals, report):
    """Return {(student, assignment): Checked}; what cannot be read goes into the report."""
    found = defaultdict(list)
    for submission in submissions:
        try:
            one = check(submission, originals)
            found[submission.student, one.assignment].append((submission.path, one))
        except Unreadable as reason:
            assignment = next((name for name in originals if name in submission.path), "")
            report.add(submission.student, assignment, "unreadable", [str(reason)])
    return {key: the_one_that_counts(several) for key, several in found.items()}


def the_one_that_counts(several):
    """Return one of a student's notebooks for the same assignment: the one with the right name, or else the last by name."""
    path, one = max(several, key=lambda item: (PurePosixPath(item[0]).name == f"{item[1].assignment}.ipynb", item[0]))
    if len(several) > 1:
        one = one._replace(notes=[f"handed in {len(several)} times, this one counts: {path}", *one.notes], look=one.look | {"everything"})
    return one


def say(rows):
    """Print what is not simply right."""
    for row in rows:
        if row["state"] != "ok" or row.get("notes"):
            print(f"{row['student']:20} {row['assignment']:22} {row['state']}" + (f"\n{'':20} {row['notes']}" if row.get("notes") else ""))


if __name__ == "__main__":
    main()
