"""Estimate how long each chapter takes, and write it into the table of the course map.

It counts the words of running text, the lines of visible code, the interactive figures, the questions of the quiz, and the practice
tasks.

    python -m tools.notebooks.reading_times
"""

import json
import re

from tools import ROOT

MAP = ROOT / "book" / "course-map.md"
ROW = re.compile(r"^\| \{doc\}`([^`]+)` \|.*\|$", re.MULTILINE)
FOLDED = {"hide-cell", "hide-input", "remove-cell", "remove-input"}
WIDGETS = re.findall(
    r"^from \.\w+ import (?:Choice, )?([A-Z]\w+)", (ROOT / "nnfromscratch" / "widgets" / "__init__.py").read_text(encoding="utf-8"), re.M
)
FIGURES = re.compile(rf"\b(?:{'|'.join(WIDGETS)})\(")
WORDS_A_MINUTE, LINES_A_MINUTE = 150, 6
MINUTES_A_FIGURE, MINUTES_A_QUESTION, MINUTES_A_TASK = 5, 1, 10


def source(cell):
    return "".join(cell["source"])


def minutes(cells, n_questions):
    """Return two estimates, rounded to five minutes: for the page with its figures and quiz, and for its practice tasks."""
    text = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    lines = sum(len(source(cell).splitlines()) for cell in code if not FOLDED & set(cell["metadata"].get("tags", [])))
    figures = sum(bool(FIGURES.search(source(cell))) for cell in code)
    tasks = len(re.findall(r"^\*\*\d\. ", text, re.MULTILINE))
    page = len(text.split()) / WORDS_A_MINUTE + lines / LINES_A_MINUTE + MINUTES_A_FIGURE * figures + MINUTES_A_QUESTION * n_questions
    return 5 * round(page / 5), MINUTES_A_TASK * tasks


def of_page(name):
    """Return the two estimates for a chapter of the book."""
    quiz = ROOT / "book" / "quizzes" / f"{name}.json"
    n_questions = len(json.loads(quiz.read_text(encoding="utf-8"))) if quiz.exists() else 0
    return minutes(json.loads((ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"], n_questions)


def with_times(text):
    """Return the course map with each row's last two cells replaced by the estimates."""

    def row(match):
        page, afterwards, builds_on, *_ = match[0].strip("| ").split(" | ")
        return f"| {page} | {afterwards} | {builds_on} | {' | '.join(map(str, of_page(match[1])))} |"

    return ROW.sub(row, text)


def main():
    MAP.write_text(with_times(MAP.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
