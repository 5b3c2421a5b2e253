"""The page about a class: for each task, how many failed, with which named mistake, and what to read again. No student is named.

A failed test says what is wrong in the words of the catalog (`nnfromscratch.course.mistakes`) or of the task. Students who made the same
mistake get the same words, apart from the numbers in front of them.
"""

import os
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from coursework.grading import pages
from coursework.grading.feedback import first_line
from coursework.grading.pages import escape

ROOT = Path(__file__).parents[2]
# The section to read again after each task, by the beginning of the cell's name.
REVIEW = tomllib.loads((ROOT / "coursework" / "review.toml").read_text(encoding="utf-8"))
NOT_TRIED, NO_NAME = "not attempted", "a mistake without a name: look at some of these answers"
AFTER = re.compile(r"; expected .+?: (.+)|^[^:]*? is (None: .+|still .+|a function; .+)", re.DOTALL)
SHAPES = re.compile(
    r"could not be broadcast|mismatch in its core dimension|must match exactly|(has shape .+|single number); expected [^:]+$"
)


class TaskReport(NamedTuple):
    """What a class did with one graded cell."""

    assignment: str
    cell: str
    heading: str
    answers: int
    failed: int  # of an answer in words: how many earned less than full points
    mistakes: Counter
    review: str  # "page#Heading", or ""


def mistake(test):
    """Return the words for what is wrong in a failed test: those after the numbers."""
    if test["error"] == "NotImplementedError":
        return NOT_TRIED
    if test["error"] == "Ended":
        return "it does not finish, or takes too much memory"
    if SHAPES.search(test["message"]):
        return "the shapes do not fit: an answer or a product has the wrong shape"
    if test["error"]:
        return f"it ends with {test['error']}"
    found = AFTER.search(first_line(test["message"]))
    return " ".join((found[1] or found[2]).split()) if found else NO_NAME


def reports(results, rows, course):
    """Return a TaskReport for each graded cell of each assignment that somebody submitted."""
    failures, answers = {}, Counter()
    for record in results.records():
        if record["state"] == "graded" and record["assignment"] in course.names:
            answers[record["assignment"]] += 1
            for name, test in record["tests"].items():
                if not test["passed"]:
                    failures.setdefault((record["assignment"], name), Counter())[mistake(test)] += 1
    found = []
    for assignment in sorted(answers):
        points, headings, texts = course.points(assignment), course.headings(assignment), course.texts(assignment)
        for cell, most in points.items():
            if cell in texts:
                given = [row[cell] for row in rows if row["assignment"] == assignment and row.get(cell) is not None]
                failed, mistakes, count = sum(earned < most for earned in given), Counter(), len(given)
            else:
                mistakes = failures.get((assignment, cell), Counter())
                failed, count = mistakes.total(), answers[assignment]
            found.append(TaskReport(assignment, cell, headings.get(cell, cell), count, failed, mistakes, to_review(assignment, cell)))
    return found


def to_review(assignment, cell):
    """Return "page#Heading" of the section to read again after a task: the entry with the longest key that begins the cell's name."""
    table = REVIEW.get(assignment, {})
    return table[max(keys, key=len)] if (keys := [key for key in table if cell.startswith(key)]) else ""


def link(place):
    """Return a section as a link: to the published site if its address is known, else to the one that was built here."""
    page, _, heading = place.partition("#")
    text = f"{page}: {heading}"
    local = ROOT / "_build" / "html"
    site = os.environ.get("NNFROMSCRATCH_SITE", "").rstrip("/") or (local.as_uri() if local.exists() else "")
    return f'<a href="{escape(site)}/book/{page}.html#{anchor(heading)}">{escape(text)}</a>' if site else escape(text)


def anchor(heading):
    """Return the id that Sphinx gives to a section."""
    return re.sub(r"^[-0-9]+|-+$", "", re.sub(r"[^a-z0-9]+", "-", heading.lower()))


def page(found):
    """Return the page about a class."""
    body = "<h1>What the class misunderstood</h1>\n"
    body += (
        "<p>How many students failed each task, and with which mistake. Nobody is named. A task counts as failed if its hidden test fails; "
    )
    body += "an answer in words, if it earned less than full points.</p>\n"
    worst = [(count, words, one) for one in found for words, count in one.mistakes.items() if words not in (NOT_TRIED, NO_NAME)]
    if worst:
        lines = "".join(
            f"<li>{count} of {one.answers}: {escape(words)} <small>({escape(one.assignment)}, {escape(one.heading)})</small></li>\n"
            for count, words, one in sorted(worst, key=lambda entry: -entry[0])[:5]
        )
        body += f"<h2>Most frequent</h2>\n<ol>{lines}</ol>\n"
    for assignment in dict.fromkeys(one.assignment for one in found):
        tasks = "".join(task(one) for one in found if one.assignment == assignment)
        head = "<tr><th>Task</th><th>Failed</th><th>Mistakes</th><th>Read again</th></tr>"
        body += f"<h2>{escape(assignment)}</h2>\n<table>{head}\n{tasks}</table>\n"
    return pages.page("What the class misunderstood", body)


def task(one):
    """Return the row of a task."""
    share = f"{one.failed} of {one.answers}" + (f" ({one.failed / one.answers:.0%})" if one.answers else "")
    words = "".join(f"<li>{count} × {escape(text)}</li>" for text, count in one.mistakes.most_common())
    return (
        f"<tr><td>{escape(one.heading)}<br><small>{escape(one.cell)}</small></td><td>{share}</td>"
        f"<td>{f'<ul>{words}</ul>' if words else ''}</td><td>{link(one.review) if one.review else ''}</td></tr>\n"
    )
