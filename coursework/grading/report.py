"""The tables: grades.csv, a row for each submission, and totals.csv, a row for each student.

Both are made from the records, the decisions, and the policy, again each time: `python -m coursework.grading table FOLDER`.
"""

import csv
import io
from collections import Counter

from coursework.grading.results import digest, write_whole
from coursework.grading.roster import key

COLUMNS = ["student", "id", "assignment", "state", "score", "max_score", "submitted", "days_late", "final", "variant", "notes"]
STRAY = "hardly anybody else submitted this assignment here: is it the right one?"
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # a spreadsheet reads a cell that begins with one of these as a formula


def judge(record, points, decided):
    """Return what a record is worth, {"scores": {graded cell: points or None}, "state", "notes"}.

    Parameters
    ----------
    record : dict
    points : dict
        {graded cell: points}, in the order of the cells.
    decided : dict
        {item: event}, from `Results.decisions`.
    """
    texts = {cell["name"]: digest(cell["source"], cell["attachments"]) for cell in record["cells"] if cell["name"]}
    scores, notes, review = {}, list(record["notes"]), set(record["review"])
    for name, most in points.items():
        decision = decided.get(name, {})
        if decision.get("points") is not None:
            scores[name] = scaled(decision, most)
            if decision["also"]:
                gave = ", ".join(f"{who} gave {given:g}" for who, given in decision["also"].items())
                notes.append(f"{name}: {decision['who']} gave {decision['points']:g}, but {gave}")
                review.add(name)
            if decision.get("text") not in (None, texts.get(name)):
                notes.append(f"{name}: changed since it was graded")
                review.add(name)
        elif record["state"] == "graded":
            test = record["tests"].get(name, {"passed": False} if name in record.get("unanswered", ()) else None)
            scores[name] = None if test is None else float(most) if test["passed"] else 0.0
    if decided.get("reviewed", {}).get("text") == seen(record):
        review = {name for name in review if name not in record["review"]}
    review |= {name for name, score in scores.items() if score is None}
    order = [name for name in (*points, *sorted(review - points.keys())) if name in review]
    state = record["state"] if record["state"] != "graded" else f"review: {', '.join(order)}" if review else "ok"
    return {"scores": scores, "state": state, "notes": notes}


def scaled(decision, most):
    """Return the points of a decision, in proportion if the task is worth more or less than it was then."""
    maximum = decision.get("maximum")
    return round(decision["points"] * most / maximum, 4) if maximum and maximum != most else float(decision["points"])


def seen(record):
    """Return the sign that a person has seen everything there is to review."""
    return digest("\n".join([record["state"], *record["notes"], *record["review"]]))


def strays(results):
    """Return the assignments that hardly anybody submitted here: probably files that went into the wrong folder."""
    counts = Counter(path.stem for path in results.folder.glob("records/*/*.json"))
    most = max(counts.values(), default=0)
    return {name for name, count in counts.items() if (count < 3 and 10 * count < most) or (count == 1 and most > 3)}


def marked(record, strays):
    """Return a record, one of a stray assignment with a note that says so."""
    if record["assignment"] not in strays:
        return record
    return record | {"notes": [*record["notes"], STRAY], "review": [*record["review"], "everything"]}


def rows(results, policy, course, roster=None):
    """Return the rows of grades.csv.

    Parameters
    ----------
    results : results.Results
    policy : policy.Policy
    course : course.Course
        The assignments, with their points.
    roster : roster.Roster, optional
        The class. Members who submitted nothing get a row for each assignment that others submitted.
    """
    decisions, groups, odd, found = results.decisions(), policy.groups(), strays(results), {}
    for record in results.records():
        record = marked(record, odd)
        student, assignment = record["student"], record["assignment"]
        points = policy.points(assignment, course.points(assignment))
        judged = judge(record, points, decisions.get((student, assignment), {}))
        number = record.get("id", "")
        known = [score for score in judged["scores"].values() if score is not None]
        found[student, assignment] = {
            "student": student,
            "id": number,
            "assignment": assignment,
            "state": judged["state"],
            "score": sum(known) if judged["scores"] else None,
            "max_score": sum(points.values()) if judged["scores"] else None,
            "submitted": policy.times.get((student, assignment)) or policy.times.get((number, assignment)) or record.get("submitted") or "",
            "late": record.get("late"),
            "variant": record.get("seed"),
            "notes": "; ".join(judged["notes"]),
            **judged["scores"],
        }
    add_group_members(found, groups)
    add_missing(found, roster, odd)
    add_final(found, policy, course)
    return [found[key] for key in sorted(found)]


def add_group_members(found, groups):
    """Give a row to each member of a group of whom another member submitted: that of the last submission."""
    for (student, assignment), row in sorted(found.items(), key=lambda item: str(item[1]["submitted"])):
        for member in groups.get(student, [])[1:]:
            if (member, assignment) not in found or found[member, assignment].get("of_group"):
                found[member, assignment] = {**row, "student": member, "of_group": student, "notes": f"submitted by {student}"}


def add_missing(found, roster, odd):
    """Give a row to each member of the class who submitted nothing; those who submitted a stray assignment get a note."""
    assignments = sorted({assignment for _, assignment in found if assignment} - odd)
    known = [(member, row) for row in found.values() if roster and (member := roster.find(row["student"], row["id"]))]
    present = {(member.name, row["assignment"]) for member, row in known}
    spelled = {member.name: row["student"] for member, row in known if key(row["student"]) in member.keys}
    spelled |= {row["student"]: row["student"] for row in found.values()}
    for member in roster.students if roster else []:
        student = spelled.get(member.name, member.name)  # as in the records: a list without a namesake has no number after the name
        for assignment in assignments:
            if (member.name, assignment) not in present:
                row = {"student": student, "assignment": assignment, "state": "missing"}
                if instead := [name for name in sorted(odd) if (member.name, name) in present]:
                    row["notes"] = f"submitted {', '.join(instead)} instead"
                found.setdefault((student, assignment), row)


def add_note(row, note):
    """Add a note to a row."""
    row["notes"] = "; ".join(filter(None, (row["notes"], note)))


def add_final(found, policy, course):
    """Add what is left of each score when lateness is counted; free late days are used in the order of the due dates."""
    free = {}

    def by_due_date(key):
        return str(policy.part("assignments", key[1]).get("due", "")), key

    for student, assignment in sorted(found, key=by_due_date):
        row = found[student, assignment]
        if policy.is_excused(student, assignment):
            row["state"] = "excused"
            continue
        if row.get("score") is None:
            continue
        days = policy.days_late(student, assignment, row["submitted"], "" if row.get("of_group") else row["id"])
        if row["late"] and not row["submitted"]:
            add_note(row, "late, according to the learning platform; nothing was deducted, because it does not say by how much")
        elif days is None and row["late"] is None:
            add_note(row, "the time of submission is unknown; nothing was deducted for lateness")
        days = days or 0
        left = free.setdefault(student, policy.part("late").get("free_days", 0))
        fraction, used = policy.kept(days, left)
        free[student] = left - used
        row["days_late"], row["final"] = days, round(row["score"] * fraction, 4)


def totals(rows, policy):
    """Return a row for each student: the final score of each assignment, the lowest ones dropped, and their sum."""
    drop, students = policy.part("totals").get("drop_lowest", 0), {}
    for row in rows:
        if row["assignment"]:
            students.setdefault(row["student"], {})[row["assignment"]] = row
    table = []
    for student, found in students.items():
        count = {name: row for name, row in found.items() if row["state"] != "excused"}
        lowest = sorted(count, key=lambda name: (count[name].get("final") or 0.0, name))[:drop]
        kept = [row.get("final") or 0.0 for name, row in count.items() if name not in lowest]
        undecided = sum(row["state"] not in ("ok", "missing") for row in count.values())
        scores = {name: row.get("final") for name, row in found.items()}
        table.append({"student": student, "total": sum(kept), "dropped": " ".join(lowest), "undecided": undecided, **scores})
    return table


def write(path, rows, first):
    """Write a table that opens in every spreadsheet as it is: with a byte order mark, and without a cell that begins a formula."""
    others = list(dict.fromkeys(name for row in rows for name in row if name not in first and name not in ("late", "of_group")))
    table = csv.DictWriter(text := io.StringIO("\ufeff", newline=""), first + others, extrasaction="ignore")
    text.seek(0, io.SEEK_END)
    table.writeheader()
    table.writerows({name: plain_cell(value) for name, value in row.items()} for row in rows)
    write_whole(path, text.getvalue())


def plain_cell(value):
    """Return a value for a cell of a table."""
    if not isinstance(value, str):
        return value
    value = " ".join(value.split())
    return f"'{value}" if value.startswith(FORMULA) else value
