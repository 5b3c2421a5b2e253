"""Find out which student each line of an export belongs to. A grade goes to a line only if there is no doubt; a person decides the rest."""

import difflib
from pathlib import PurePosixPath
from typing import NamedTuple

from coursework.grading.collect import CANVAS, MOODLE, clean
from coursework.grading.roster import key

ALIKE = 0.75  # of two names, from which on one is suggested for the other


class Match(NamedTuple):
    """A student of the results, and the line of an export."""

    student: str
    line: object  # exports.Line or None
    certain: bool
    why: str


def match(rows, export, policy, paths):
    """Return {student: Match}.

    Parameters
    ----------
    rows : list of dict
        Rows of grades.csv that belong into this export.
    export : exports.Export
    policy : policy.Policy
        `[students.NAME] id` settles a doubt.
    paths : dict
        {student: paths of submissions, as they were downloaded}.
    """
    students = {row["student"]: "" if row.get("of_group") else row.get("id", "") for row in rows if row["assignment"]}
    found = {
        name: one(name, number, export, policy.part("students", name).get("id"), paths.get(name, [])) for name, number in students.items()
    }
    owners = {}
    for name, match in found.items():
        if match.line:
            owners.setdefault(match.line.number, []).append(name)
    for names in owners.values():
        if len(names) > 1 and sum(found[name].certain for name in names) != 1:
            for name in names:
                others = ", ".join(other for other in names if other != name)
                found[name] = found[name]._replace(certain=False, why=f"the same line as {others}")
    return found


def one(name, number, export, told, paths):
    """Return the Match of one student."""
    if told is not None:
        line = only([line for line in export.lines if told in identities(export, line)])
        return Match(
            name, line, line is not None, f"policy.toml says {told}" if line else f"policy.toml says {told}, which belongs to nobody"
        )
    by_name = [line for line in export.lines if key(name) in line.student.keys]
    by_number = only([line for line in export.lines if number and number in line.student.numbers])
    if by_number:
        called = {key(name)} | {key(spelled) for path in paths for spelled in names_in(path)}
        if called & by_number.student.keys:
            return Match(name, by_number, True, "number and name")
        return Match(name, by_number, False, f"the number is {by_number.name}'s")
    if len(by_name) == 1:
        return Match(name, by_name[0], True, "name")
    if by_name:
        return Match(name, None, False, f"{len(by_name)} people in the export have this name")
    like = max(export.lines, key=lambda line: likeness(name, line.name), default=None)
    if like and likeness(name, like.name) >= ALIKE:
        return Match(name, like, False, "the names are similar")
    return Match(name, None, False, "nobody in the export has this name")


def only(lines):
    """Return the one line, or None if there is none or more than one."""
    return lines[0] if len(lines) == 1 else None


def identities(export, line):
    """Return what identifies a line: its number, its login, its address, its name."""
    cells = {export.rows[line.number][column].strip() for column in export.people()}
    return cells | set(line.student.numbers)


def names_in(path):
    """Yield the names that a platform wrote into the path of a downloaded file."""
    for part in PurePosixPath(path).parts:
        if found := MOODLE.fullmatch(part) or CANVAS.fullmatch(part):
            yield clean(found["name"])


def likeness(one, other):
    """Return how alike two names are, from 0 to 1, whatever the order of their words; a name within the other is alike."""
    first, second = (sorted(key(word) for word in name.split() if key(word)) for name in (one, other))
    if min(len(first), len(second)) > 1 and (set(first) <= set(second) or set(second) <= set(first)):
        return 0.95
    return difflib.SequenceMatcher(None, "".join(first), "".join(second)).ratio()
