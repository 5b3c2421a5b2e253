"""The class: a list of names, as text or as a learning platform exports it.

Moodle's list of participants and its grading worksheet, Canvas's gradebook, and any table whose first column holds names.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from coursework.grading.collect import clean

FULL = (
    "full name",
    "name",
    "student",
    "student name",
    "display name",
    "nom",
    "nombre",
    "vollständiger name",
    "username",
    "id",
    "participant",
)
FIRST = ("first name", "firstname", "given name", "vorname", "prénom")
LAST = ("last name", "lastname", "surname", "family name", "nachname", "nom de famille")
NUMBERS = ("identifier", "id", "user id", "sis user id", "id number", "student id", "matriculation number", "matrikelnummer")
LOGINS = ("sis login id", "login", "username", "email address", "email", "e-mail")
HEADINGS = {*FULL, *FIRST, *LAST, *NUMBERS, *LOGINS}


class Student(NamedTuple):
    """A member of the class."""

    name: str
    keys: frozenset  # what a name on a file may be, without spaces and signs
    numbers: frozenset  # what a number on a file may be
    number: str = ""  # the first of them, which distinguishes people with the same name


class Roster:
    """The class, as a list of students.

    Parameters
    ----------
    path : path
        A text or CSV file, in any usual encoding, separated by commas, semicolons or tabs.

    Raises
    ------
    ValueError
        If the file cannot be read as a table, or contains no names.
    """

    def __init__(self, path):
        self.students = distinct([student for student in map(as_student, *table(path)) if student])
        if not self.students:
            raise ValueError(f"{path} contains no names of students")

    def find(self, name, number=""):
        """Return the one student who has this number, or else this name; None if there is none, or more than one."""
        by_number = [student for student in self.students if number and number in student.numbers]
        by_name = [student for student in self.students if key(name) in student.keys]
        found = [student for student in by_name if student in by_number] or (by_name if len(by_name) == 1 else by_number)
        return found[0] if len(found) == 1 else None

    def without(self, name, path):
        """Return the class without a student, and write the list without the lines that name the student."""
        member = self.find(name)
        others = frozenset().union(*(student.keys for student in self.students if student is not member))
        marks = {*(member.keys - others), *({member.number} - {""} if member.keys & others else ())} if member else ()
        lines = decoded(path.read_bytes()).splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not any(mark in key(line) for mark in marks)), encoding="utf-8")
        self.students = [student for student in self.students if student is not member]
        return self


def table(path):
    """Return (rows, headings repeated for each row) of a file."""
    text = "\n".join(decoded(Path(path).read_bytes()).replace("\0", "").splitlines())
    first = text.strip().partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=separator) if any(map(str.strip, row))]
    except csv.Error as error:
        raise ValueError(f"{path} cannot be read as a table: {error}") from error
    if len(rows) > 1 and separator == "," and all(len(row) == 2 for row in rows) and not is_heading(rows[0], rows[1:]):
        rows = [[", ".join(row)] if not re.search(r"[\d@]", row[1]) and '"' not in text else row for row in rows]  # Lovelace, Ada
    headings = [cell.casefold() for cell in rows[0]] if rows and is_heading(rows[0], rows[1:]) else []
    rows = [row for row in rows[bool(headings) :] if row[0].casefold() not in ("points possible", "student, test")]
    return rows, [headings] * len(rows)


def decoded(content):
    """Return the text of a file in an encoding that spreadsheets write."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def is_heading(row, others):
    """Whether a row names columns: by a word that is known, or because there are numbers and addresses only below it."""
    cells = [cell.casefold() for cell in row]
    return any(cell in HEADINGS for cell in cells) or (
        len(row) > 1 and not re.search(r"[\d@]", " ".join(row)) and any(re.search(r"[\d@]", " ".join(other)) for other in others)
    )


def as_student(row, headings):
    """Return the student of a row, or None if it names nobody."""
    cells = dict(zip(headings, row))

    def first_of(names):
        return next((cells[name] for name in names if cells.get(name)), "")

    name = " ".join(filter(None, (first_of(FIRST), first_of(LAST)))) if first_of(LAST) else first_of(FULL) or row[0]
    family, comma, given = name.partition(",")
    name = f"{given.strip()} {family.strip()}" if comma else name
    words = name.split()
    keys = {key(name), key(" ".join(words[-1:] + words[:-1])), key(row[0]), *(key(cells.get(one, "").partition("@")[0]) for one in LOGINS)}
    numbers = [digits for one in NUMBERS if (digits := "".join(re.findall(r"\d", cells.get(one, ""))))]
    return Student(clean(name), frozenset(keys - {""}), frozenset(numbers), numbers[0] if numbers else "") if key(name) else None


def distinct(students):
    """Return the students, with a number after each name that several of them have."""
    counts, found = Counter(key(student.name) for student in students), []
    for student in students:
        if counts[key(student.name)] > 1 and student.number:
            name = f"{student.name} ({student.number})"
            student = student._replace(name=name, keys=student.keys | {key(name)})
        found.append(student)
    return found


def key(name):
    """Return a name without anything that is written in more than one way: spaces, signs, capitals, composed letters."""
    name = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in name if unicodedata.category(sign)[0] in "LMN" or unicodedata.category(sign) == "So")
