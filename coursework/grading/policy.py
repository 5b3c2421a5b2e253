"""How a term is graded: due dates, late days, extensions, points, groups, dropped scores. All of it may change at any time.

`policy.toml` in the folder with the results says it; `TEMPLATE` is the file that is put there, in which everything is still switched off.
"""

import math
import tomllib
from datetime import date, datetime, timedelta

TEMPLATE = """\
# How this term is graded. Change what you like, at any time, then run: make grades GRADED=this-folder
# Nothing has to be graded again, and nothing is lost. A line that starts with # does nothing.

[late]
# per_day = 0.1          # of the earned points, for each day or part of a day after the due date
# free_days = 3          # per student and term, used up before points are deducted
# maximum_days = 5       # after that, no points

[totals]
# drop_lowest = 1        # assignments; the best ones count

[keep]
# days = 365             # python -m coursework.grading erase FOLDER --old removes what is older

# [assignments.02-activations]
# due = 2027-01-15T23:59:00+01:00
# points = {test-saturated = 2}      # in place of those in the source
# column = "Homework 2 (4711)"       # in Canvas's gradebook, if its name is not that of the assignment

# [students."Grace Hopper"]
# extra_days = 2                     # on every due date (an accommodation)
# extensions = {02-activations = 3}  # days, for one assignment
# excused = ["03-forward-propagation"]
# id = "1042"                        # this student's number in the class list, if the names differ

# [groups]
# "Team 7" = ["Grace Hopper", "Alan Turing"] # one of them submits for all
"""
KNOWN = {
    "late": {"per_day": (int, float), "free_days": int, "maximum_days": int},
    "totals": {"drop_lowest": int},
    "keep": {"days": int},
    "assignments": {"due": (datetime, date), "points": dict, "column": str},
    "students": {"extra_days": (int, float), "extensions": dict, "excused": list, "id": str},
}


class Policy:
    """What `policy.toml` says.

    Parameters
    ----------
    path : path
        If it does not exist, it is written with every setting switched off.

    Raises
    ------
    ValueError
        If it cannot be read, or contains something that is not known.
    """

    def __init__(self, path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(TEMPLATE, encoding="utf-8")
        try:
            self.rules = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
        self.check(path)
        self.due_dates = {}  # {(student or number, assignment): until when}, as the learning platform states it
        self.times = {}  # {(student or number, assignment): when it was submitted}, as the learning platform states it

    def check(self, path):
        """Reject what is not known: a misspelled rule would do nothing."""
        for part, rules in self.rules.items():
            if part != "groups" and part not in KNOWN:
                raise ValueError(f"{path}: [{part}] is not known; expected one of {', '.join(KNOWN)}, groups")
            nested = part in ("assignments", "students")
            for owner, given in rules.items() if nested else [("", rules)]:
                for rule, value in given.items() if isinstance(given, dict) and part != "groups" else []:
                    kinds = KNOWN[part].get(rule)
                    if kinds is None or not isinstance(value, kinds) or isinstance(value, bool):
                        known = ", ".join(KNOWN[part])
                        raise ValueError(
                            f"{path}: [{'.'.join(filter(None, (part, owner)))}] {rule} = {value!r} is not understood; known: {known}"
                        )

    def part(self, name, owner=None):
        """Return the rules of a part, or of somebody in it."""
        rules = self.rules.get(name, {})
        return rules if owner is None else rules.get(owner, {})

    def points(self, assignment, points):
        """Return {graded cell: points} with those of the policy in place of the source's."""
        return points | {name: value for name, value in self.part("assignments", assignment).get("points", {}).items() if name in points}

    def days_late(self, student, assignment, submitted, number=""):
        """Return how many days after the due date something came, extensions counted; None if that cannot be known, 0 if it was in time.

        The learning platform's due date is found by the student's name, or else by the number that the platform has for the student.
        """
        due = self.part("assignments", assignment).get("due")
        granted = self.due_dates.get((student, assignment)) or self.due_dates.get((number, assignment))
        if due is None and granted is None:
            return 0
        if not submitted:
            return None
        if due and not isinstance(due, datetime):
            due = datetime(due.year, due.month, due.day, 23, 59, 59)
        rules = self.part("students", student)
        days = rules.get("extra_days", 0) + rules.get("extensions", {}).get(assignment, 0)
        limits = [due.astimezone() + timedelta(days=days)] if due else []
        over = datetime.fromisoformat(submitted).astimezone() - max(limits + ([granted.astimezone()] if granted else []))
        return max(0, math.ceil(over / timedelta(days=1)))

    def kept(self, days, free):
        """Return (fraction of the points that is kept, free days that this uses) for something that came `days` late."""
        late = self.part("late")
        if days > late.get("maximum_days", math.inf):
            return 0.0, 0
        used = min(days, free)
        return max(0.0, 1.0 - late.get("per_day", 0.0) * (days - used)), used

    def is_excused(self, student, assignment):
        return assignment in self.part("students", student).get("excused", [])

    def groups(self):
        """Return {student: all members of the group, including the student and the group's own name}."""
        groups = [[name, *members] for name, members in self.part("groups").items()]
        return {member: group for group in groups for member in group}
