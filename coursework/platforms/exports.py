"""What a learning platform exports about a class: Moodle's grading worksheet, its gradebook or list of participants, Canvas's gradebook.

Each is a table. What is uploaded later is the same table with grades in it, so every other cell stays as it was.
"""

import csv
import io
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from coursework.grading import roster

WORKSHEET, LIST, CANVAS = "Moodle's grading worksheet", "Moodle's gradebook or list of participants", "Canvas's gradebook"
NOT_STUDENTS = re.compile(r"\s*(points possible|student, test|test student)\s*", re.IGNORECASE)
EXTENSION = re.compile(r"Extension granted until: (?:\w+, )?(\d{1,2} \w+ \d{4}, \d{1,2}:\d\d [AP]M)")
PEOPLE = ("identifier", "full name", "first name", "last name", "id number", "email address", "username", "institution", "department")
CANVAS_PEOPLE = ("student", "lastname", "firstname", "id", "sis user id", "sis login id", "integration id", "root account", "section")


class Line(NamedTuple):
    """A student in an export."""

    number: int  # of the row in the table
    name: str
    student: roster.Student
    due: datetime | None = None  # as the export states it, with an extension
    submitted: datetime | None = None  # as the export states it


class Export:
    """A table that a learning platform exported.

    Parameters
    ----------
    path : path

    Attributes
    ----------
    kind : str or None
        WORKSHEET, LIST, CANVAS; None for a list of names that no platform exported.
    headings : list of str
    rows : list of list of str
        Everything below the headings, each row as long as the headings.
    lines : list of Line
        The rows that are a student's.

    Raises
    ------
    ValueError
        If it is not a table.
    """

    def __init__(self, path):
        self.path = Path(path)
        text = roster.decoded(self.path.read_bytes())
        self.separator = max(",;\t", key=text.strip().partition("\n")[0].count)
        try:
            table = [row for row in csv.reader(io.StringIO(text), delimiter=self.separator) if any(map(str.strip, row))]
        except csv.Error as error:
            raise ValueError(f"{path} cannot be read as a table: {error}") from error
        self.headings = [cell.strip() for cell in table[0]] if table else []
        self.rows = [(row + [""] * len(self.headings))[: len(self.headings)] for row in table[1:]]
        self.kind = kind_of([heading.casefold() for heading in self.headings])
        found = [(number, student) for number, row in enumerate(self.rows) if (student := self.student(row))]
        students = roster.distinct([student for _, student in found])
        self.lines = [self.line(number, student) for (number, _), student in zip(found, students)]

    def student(self, row):
        """Return the student of a row, or None."""
        if self.kind is None or not row[0].strip() or NOT_STUDENTS.fullmatch(row[0]):
            return None
        return roster.as_student([cell.strip() for cell in row], [heading.casefold() for heading in self.headings])

    def line(self, number, student):
        """Return the line of a student, with all dates in it."""
        row = self.rows[number]
        return Line(number, student.name, student, self.due(row), moment(self.cell(row, "Last modified (submission)")))

    def due(self, row):
        """Return until when this student has time, if the export says so."""
        extension = EXTENSION.search(self.cell(row, "Status"))
        return moment(extension[1] if extension else self.cell(row, "Due date"))

    def column(self, *names):
        """Return the index of the first column with one of these headings, in any spelling, or None."""
        spelled = [heading.casefold() for heading in self.headings]
        return next((spelled.index(name.casefold()) for name in names if name.casefold() in spelled), None)

    def cell(self, row, name):
        """Return a cell of a row, or "" if there is no such column."""
        column = self.column(name)
        return "" if column is None else row[column].strip()

    def participant(self, line):
        """Return the number that Moodle's worksheet and the folders of its download have for a student, or ""."""
        return "".join(re.findall(r"\d", self.cell(self.rows[line.number], "Identifier")))

    def people(self):
        """Return the indices of the columns that say who somebody is."""
        known = CANVAS_PEOPLE if self.kind == CANVAS else PEOPLE
        return [number for number, heading in enumerate(self.headings) if heading.casefold() in known]

    def text(self, rows, headings=None):
        """Return a table as the platform reads it: in UTF-8, separated as the export is."""
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.separator, lineterminator="\r\n").writerows([headings or self.headings, *rows])
        return stream.getvalue()


def kind_of(headings):
    """Return what was exported, by its headings in small letters; None if no platform writes such."""
    if {"identifier", "grade", "last modified (grade)"} <= set(headings):
        return WORKSHEET
    if {"id", "section"} <= set(headings) and headings[0] in ("student", "lastname"):
        return CANVAS
    return LIST if {"email address", "username", "id number"} & set(headings) else None


def moment(text):
    """Return the time that Moodle writes as 15 January 2027, 11:59 PM, or None."""
    text = re.sub(r"^\w+, ", "", text.strip()).replace("\u202f", " ")
    try:
        return datetime.strptime(text, "%d %B %Y, %I:%M %p")
    except ValueError:
        return None


# --- exports are kept with the results, so they need to be given only once ---------------------------------------------------------------


def keep(folder, path, assignments):
    """Keep an export with the results, and return its name; a worksheet belongs to the assignment of most of these submissions."""
    export = Export(path)
    if export.kind is None:
        return None
    counts = sorted(((assignments.count(name), name) for name in set(assignments) if name), reverse=True)
    name = "gradebook" if export.kind != WORKSHEET else counts[0][1] if counts else None
    if name:
        (folder / "class").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / "class" / f"{name}.csv")
    return name


def kept(folder):
    """Return {assignment, or "gradebook": Export} of all exports that are kept with the results."""
    return {path.stem: Export(path) for path in sorted((folder / "class").glob("*.csv"))}


def forget(folder, name):
    """Take a student out of the exports that are kept; return those in which several people have this name, and which stay as they are."""
    unclear = []
    for export in kept(folder).values():
        found = [line.number for line in export.lines if roster.key(name) in line.student.keys]
        if len(found) == 1:
            rows = [row for number, row in enumerate(export.rows) if number not in found]
            export.path.write_text(export.text(rows), encoding="utf-8", newline="")
        unclear += [export.path] if len(found) > 1 else []
    return unclear


def times(exports):
    """Return {(student, assignment): when it was submitted}, from the worksheets that say so."""
    return {who: when.isoformat() for who, when in of_lines(exports, "submitted").items()}


def due_dates(exports):
    """Return {(student, assignment): until when}, from the worksheets that say so."""
    return of_lines(exports, "due")


def of_lines(exports, what):
    """Return {(student, assignment): what the line says}; the name changes with the class, so the student's number is a key as well."""
    found = {}
    for name, export in exports.items():
        for line in export.lines:
            said = getattr(line, what)
            found |= {(who, name): said for who in (line.name, export.participant(line)) if who and said}
    return found
