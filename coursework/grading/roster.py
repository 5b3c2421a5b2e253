"""The class: a list of names, as text or as a learning platform exports it.

Moodle's list of participants and its grading worksheet, Canvas's gradebook, and any table whose first column holds names.
"""

import csv
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
NUMBERS = ("id", "user id", "sis user id", "id number", "student id", "matriculation number", "matrikelnummer")
PARTICIPANT = ("identifier",)  # Moodle's number of a participant, which differs between assignments
ADDRESSES = ("email address", "email", "e-mail")
LOGINS = ("sis login id", "login", "username", *ADDRESSES)
HEADINGS = {*FULL, *FIRST, *LAST, *NUMBERS, *PARTICIPANT, *LOGINS}


class Student(NamedTuple):
    """A member of the class."""

    name: str
    keys: frozenset  # what a name on a file may be, without spaces and signs
    numbers: frozenset  # what a number on a file may be
    number: str = ""  # what distinguishes people with the same name: a number, or else the e-mail address

    def is_same(self, other):
        """Whether the other is this student, even if one of the two has the number after the name."""
        return other is not None and self._replace(name=other.name) == other


class Roster:
    """The class, as a list of students.

    Parameters
    ----------
    path : path
        A text or CSV file, in any usual encoding, separated by commas, semicolons, or tabs.

    Raises
    ------
    ValueError
        If the file cannot be read as a table, or contains no names.
    """

    def __init__(self, path):
        self.students = distinct([student for student in map(as_student, *table(path)[:2]) if student])
        if not self.students:
            raise ValueError(f"{path} contains no names of students")

    def find(self, name, number=""):
        """Return the one student who has this number, or else this name; None if there is none, or more than one."""
        by_number = [student for student in self.students if number and number in student.numbers]
        by_name = [student for student in self.students if key(name) in student.keys]
        found = [student for student in by_name if student in by_number] or (by_name if len(by_name) == 1 else by_number)
        return found[0] if len(found) == 1 else None

    def without(self, name, path):
        """Return the class without a student, and write the list without the rows that are the student's."""
        member, (rows, headings, places) = self.find(name), table(path)
        found = [place for student, place in zip(map(as_student, rows, headings), places) if student and student.is_same(member)]
        theirs = {number for place in found for number in place}
        kept = [line for number, line in enumerate(lines_of(path)) if number not in theirs]
        path.write_text("".join(kept), encoding="utf-8", newline="")
        self.students = [student for student in self.students if student is not member]
        if not self.students:
            path.unlink()  # a list without names cannot be read
        return self


def lines_of(path):
    """Return the lines of a file, with their ends."""
    return decoded(Path(path).read_bytes()).replace("\0", "").splitlines(keepends=True)


def table(path):
    """Return (rows, headings repeated for each row, range of the lines of each row) of a file."""
    lines, found, end = lines_of(path), [], 0
    separator = max(",;\t", key=next(filter(str.strip, lines), "").strip().count)
    reader = csv.reader(lines, delimiter=separator)
    try:
        for row in reader:
            begin, end = end, reader.line_num
            found += [([cell.strip() for cell in row], range(begin, end))] if any(map(str.strip, row)) else []
    except csv.Error as error:
        raise ValueError(f"{path} cannot be read as a table: {error}") from error
    rows, places = [row for row, _ in found], [place for _, place in found]
    if len(rows) > 1 and separator == "," and all(len(row) == 2 for row in rows) and not is_heading(rows[0], rows[1:]):
        quoted = '"' in "".join(lines)
        rows = [row if quoted or re.search(r"[\d@]", row[1]) else [", ".join(row)] for row in rows]  # Lovelace, Ada
    headings = [cell.casefold() for cell in rows[0]] if rows and is_heading(rows[0], rows[1:]) else []
    skip = ("points possible", "student, test")
    people = [number for number in range(bool(headings), len(rows)) if rows[number][0].casefold() not in skip]
    return [rows[number] for number in people], [headings] * len(people), [places[number] for number in people]


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
    numbers, participant = (
        [digits for one in headings if (digits := "".join(re.findall(r"\d", cells.get(one, ""))))] for headings in (NUMBERS, PARTICIPANT)
    )
    marks = [clean(mark) for mark in (*numbers, first_of(ADDRESSES), *participant) if mark]
    keys |= {key(name + mark) for mark in marks}
    return Student(clean(name), frozenset(keys - {""}), frozenset(numbers + participant), marks[0] if marks else "") if key(name) else None


def distinct(students):
    """Return the students, with a number after each name that several of them have."""
    counts, found = Counter(key(student.name) for student in students), []
    for student in students:
        if counts[key(student.name)] > 1 and student.number:
            student = student._replace(name=f"{student.name} ({student.number})")
        found.append(student)
    return found


def key(name):
    """Return a name without anything that is written in more than one way: spaces, signs, capitals, composed letters."""
    name = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in name if unicodedata.category(sign)[0] in "LMN" or unicodedata.category(sign) == "So")
