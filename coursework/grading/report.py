"""What the instructor gets: a course folder of nbgrader with the gradebook, grades.csv, and a page of feedback for every student.

python -m coursework.grading.report FOLDER      write grades.csv and feedback again, after marking by hand
"""

import argparse
import csv
import json
import shutil
import sys
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from coursework.build import course

COLUMNS = ["student", "assignment", "state", "score", "max_score", "notes"]


class Report:
    """The folder with all results; what is added to it can be added again.

    Parameters
    ----------
    folder : path
        A course of nbgrader: `gradebook.db`, `autograded/`, `feedback/`.
    """

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.database = f"sqlite:///{self.folder / 'gradebook.db'}"
        self.checks_file = self.folder / "checks.json"
        self.checks = json.loads(self.checks_file.read_text(encoding="utf-8")) if self.checks_file.exists() else {}

    def add(self, student, assignment, state, notes=(), look=()):
        """Note what is to be said of a submission."""
        key = f"{student}/{assignment}"
        self.checks[key] = {"student": student, "assignment": assignment, "state": state, "notes": list(notes), "look": sorted(look)}

    def add_graded(self, student, assignment, graded):
        """Enter a graded submission into the gradebook, and keep its notebook and its feedback."""
        self.add(student, assignment, graded.state, graded.notes, graded.look)
        with Gradebook(self.database) as gradebook:
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(assignment, student)
            for grade in gradebook.find_submission_notebook(assignment, assignment, student).grades:
                grade.auto_score = graded.scores.get(grade.name, 0.0)
                grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
            gradebook.db.commit()
        for place, suffix, text in (("autograded", "ipynb", graded.notebook), ("feedback", "html", graded.feedback)):
            path = self.folder / place / student / assignment / f"{assignment}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            if text:
                path.write_text(text, encoding="utf-8")
            else:
                path.unlink(missing_ok=True)
            for name in ("timestamp.txt", "submission_secret.txt"):  # nbgrader's exchange asks for them when feedback is released
                handed_in = self.folder / "submitted" / student / assignment / name
                if handed_in.exists():
                    shutil.copyfile(handed_in, path.with_name(name))

    def rows(self):
        """Return the rows of grades.csv: one a submission, with the points of each graded cell."""
        with Gradebook(self.database) as gradebook:
            return [row(gradebook, check) for _, check in sorted(self.checks.items())]

    def write(self):
        """Write grades.csv and what is known besides; return the rows."""
        self.checks_file.write_text(json.dumps(self.checks, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        rows = self.rows()
        cells = list(dict.fromkeys(cell for row in rows for cell in row if cell not in COLUMNS))
        with open(self.folder / "grades.csv", "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, COLUMNS + cells)
            table.writeheader()
            table.writerows(rows)
        return rows

    def feedback(self):
        """Let nbgrader write all feedback again."""
        api = course(self.folder)
        for assignment in sorted({check["assignment"] for check in self.checks.values() if check["state"] in ("ok", "crashed")}):
            result = api.generate_feedback(assignment)
            if not result["success"]:
                print(result["log"], file=sys.stderr)


def row(gradebook, check):
    """Return a row of grades.csv. Where nothing could be marked there is no score: a zero would look like one that was earned."""
    base = {"student": check["student"], "assignment": check["assignment"], "state": check["state"], "notes": "; ".join(check["notes"])}
    try:
        grades = gradebook.find_submission_notebook(check["assignment"], check["assignment"], check["student"]).grades
    except MissingEntry:
        return base
    if check["state"] != "ok":
        return base
    unmarked = [grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is None]
    look = sorted({*check["look"], *unmarked})
    points = {grade.name: None if grade.name in unmarked else grade.score for grade in grades}
    return base | {
        "state": f"look at: {', '.join(look)}" if look else "ok",
        "score": sum(grade.score for grade in grades),
        "max_score": sum(grade.max_score for grade in grades),
        **points,
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m coursework.grading.report", description="Write grades.csv and feedback again.")
    parser.add_argument("folder", type=Path, help="where `make grade` put its results")
    folder = parser.parse_args(arguments).folder
    if not (folder / "gradebook.db").exists():
        sys.exit(f"no gradebook in {folder}: give the folder where `make grade` put its results")
    report = Report(folder)
    report.feedback()
    report.write()
    print(f"written: {folder / 'grades.csv'}, {folder / 'feedback'}")


if __name__ == "__main__":
    main()
