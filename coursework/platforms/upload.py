"""Write the folder `upload/`: for each platform the file with grades and the archive with feedback that it imports, and what is unclear.

| platform | grades | feedback |
|---|---|---|
| Moodle, with its grading worksheet | *Upload grading worksheet* | *Upload multiple feedback files in a zip* |
| Moodle, with its gradebook or list of participants | *Import, CSV file* | in a column |
| Canvas, with its gradebook | *Import* | *Upload submissions*: the files keep the names with which they were downloaded |

A grade is written only if it is decided (its state is *ok*) and it is certain whose it is. Any other cell stays as it was exported,
because an empty cell would erase a grade there.
"""

import html
import shutil
from pathlib import PurePosixPath
from typing import NamedTuple

import nbformat
from nbformat import v4

from coursework.grading import feedback, pages
from coursework.grading.collect import CANVAS, MOODLE
from coursework.grading.pages import escape
from coursework.grading.results import write_whole
from coursework.grading.roster import key
from coursework.platforms import exports
from coursework.platforms.matching import match
from tools.release.dist import write_zip

DAY = (1980, 1, 1, 0, 0, 0)  # of all files in an archive, so that the same results make the same one


class Graded(NamedTuple):
    """A submission with all that is known about it."""

    row: dict
    record: dict
    points: dict
    headings: dict
    decided: dict

    def outcomes(self):
        """Yield (heading, points earned or None, points at most, sentence) of each graded cell."""
        for name, most in self.points.items():
            earned, sentence = feedback.outcome(name, self.record, self.row, self.decided)
            yield self.headings.get(name, name), earned, most, sentence


class Sheet(NamedTuple):
    """An export with what is uploaded in its place."""

    assignments: list
    matches: dict  # {student: Match}
    written: list  # (student, assignment, grade)
    waiting: list  # (student, assignment, state)
    remarks: list
    files: dict  # {path below upload/: what to do with it}


def write(results, rows, policy, course, decisions, kept):
    """Write `upload/` again; return {name of an export: Sheet}."""
    folder = results.folder / "upload"
    shutil.rmtree(folder, ignore_errors=True)
    if not kept:
        return {}
    graded = {}
    for record in results.records():
        name = record["student"], record["assignment"]
        if record["assignment"] in course.names:
            row = next((row for row in rows if (row["student"], row["assignment"]) == name), None)
            points = policy.points(name[1], course.points(name[1]))
            graded[name] = Graded(row, record, points, course.headings(name[1]), decisions.get(name, {}))
    submitted = {(row["student"], row["assignment"]): (row["of_group"], row["assignment"]) for row in rows if row.get("of_group")}
    for (member, assignment), origin in submitted.items():
        row = next(row for row in rows if (row["student"], row["assignment"]) == (member, assignment))
        if origin in graded:
            graded[member, assignment] = graded[origin]._replace(row=row)
    sheets = {name: sheet(folder, name, export, rows, policy, course, graded) for name, export in kept.items()}
    write_whole(folder / "index.html", page(sheets, kept))
    return sheets


def sheet(folder, name, export, rows, policy, course, graded):
    """Write what is uploaded in the place of one export."""
    assignments = sorted({row["assignment"] for row in rows if row["assignment"] in course.names})
    assignments = assignments if name == "gradebook" else [name]
    ours = [row for row in rows if row["assignment"] in assignments and row["state"] != "missing"]
    paths = {}
    for (student, assignment), one in graded.items():
        if assignment in assignments and not one.row.get("of_group"):
            paths.setdefault(student, []).append(one.record["path"])
    made = Sheet(assignments, match(ours, export, policy, paths), [], [], [], {})
    make = {exports.WORKSHEET: worksheet, exports.LIST: gradebook, exports.CANVAS: canvas}[export.kind]
    make(folder, export, ours, policy, course, graded, made)
    return made


def decided(rows, made):
    """Yield (row, line) of every submission that is decided and surely somebody's; note the others as waiting."""
    for row in rows:
        found = made.matches[row["student"]]
        if row["state"] not in ("ok", "excused"):
            made.waiting.append((row["student"], row["assignment"], row["state"]))
        elif found.certain:
            yield row, found.line


def points(row, most, made):
    """Return a row's final points as those of `most`, which the platform gives at most."""
    if most and row["max_score"] and most != row["max_score"]:
        remark = f"{row['assignment']}: {row['max_score']:g} points here are {most:g} there; grades are scaled"
        made.remarks.append(remark) if remark not in made.remarks else None
        return round(row["final"] * most / row["max_score"], 2)
    return round(row["final"], 2)


def number(text):
    """Return a number in a cell of a table, written with a comma or a point, or None."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def spelled(value, like=""):
    """Return points as text, with a comma where the export has one."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if "," in like else text


def comment(one):
    """Return the feedback that goes into a cell: HTML in one line, which nothing that a student wrote can break out of."""
    lines = [
        f"{html.escape(task)}: {'–' if earned is None else f'{earned:g}'} of {most:g}. {html.escape(sentence)}".rstrip()
        for task, earned, most, sentence in one.outcomes()
        if most and (sentence not in ("correct", "") or earned != most)
    ]
    return f"<p>{html.escape(feedback.total(one.row, one.points))}</p>" + "".join(f"<p>{line}</p>" for line in lines)


# --- Moodle ------------------------------------------------------------------------------------------------------------------------------


def worksheet(folder, export, rows, policy, course, graded, made):
    """Write Moodle's grading worksheet with grades and comments, and the archive of feedback files."""
    [assignment], table, archive = made.assignments, [list(row) for row in export.rows], {}
    grade, most, said = export.column("grade"), export.column("maximum grade"), export.column("feedback comments", "feedback")
    if said is None:
        made.remarks.append("the worksheet has no column “Feedback comments”: enable this feedback type in the assignment's settings")
    for row, line in decided(rows, made):
        if row["state"] == "excused":
            continue
        limit = table[line.number][most] if most is not None else ""
        table[line.number][grade] = spelled(points(row, number(limit), made), limit)
        made.written.append((row["student"], assignment, table[line.number][grade]))
        one = graded[row["student"], assignment]
        if said is not None:
            table[line.number][said] = comment(one)
        name = moodle_folder(one.record["path"], export, line)
        archive[f"{name}/feedback-{assignment}.html"] = (origin(folder, one) / f"{assignment}.html").read_bytes()
    save(
        folder,
        made,
        f"{assignment}-moodle-worksheet.csv",
        export.text(table),
        "Moodle: the assignment, Submissions, Upload grading worksheet",
    )
    if archive:
        pack(
            folder,
            made,
            f"{assignment}-moodle-feedback.zip",
            archive,
            "Moodle: the assignment, Submissions, Upload multiple feedback files in a zip",
        )


def moodle_folder(path, export, line):
    """Return the name of a student's folder in Moodle's archive: the one that was downloaded, or what Moodle would call it."""
    number = export.participant(line)
    for part in PurePosixPath(path).parts:
        found = MOODLE.fullmatch(part)
        if found and found["id"] == number and not found["file"]:
            return part
    name = line.name.removesuffix(f" ({line.student.number})")
    return f"{name.replace('_', ' ')}_{number}_assignsubmission_file_"


def gradebook(folder, export, rows, policy, course, graded, made):
    """Write a table for Moodle's *Import, CSV file*: who it is, then points and feedback for each assignment."""
    people = export.people()
    headings = [export.headings[column] for column in people]
    headings += [name for one in made.assignments for name in (title(course, one), f"{title(course, one)} (feedback)")]
    found = {(line.number, row["assignment"]): row for row, line in decided(rows, made) if row["state"] == "ok"}
    table = []
    for line in export.lines:
        cells = []
        for assignment in made.assignments:
            row = found.get((line.number, assignment))
            cells += [spelled(points(row, None, made)), comment(graded[row["student"], assignment])] if row else ["", ""]
            made.written.extend([(row["student"], assignment, cells[-2])] if row else [])
        if any(cells):
            table.append([export.rows[line.number][column] for column in people] + cells)
    save(
        folder,
        made,
        "moodle-gradebook.csv",
        export.text(table, headings),
        "Moodle: Grades, Import, CSV file; map the columns by their names",
    )


def title(course, assignment):
    """Return what an assignment is called: its first heading."""
    heading = next(line for cell in course.source(assignment).cells for line in cell.source.splitlines() if line.startswith("# "))
    return heading.lstrip("# ")


# --- Canvas ------------------------------------------------------------------------------------------------------------------------------


def canvas(folder, export, rows, policy, course, graded, made):
    """Write Canvas's gradebook with the columns of these assignments, and for each of them the archive of commented submissions."""
    columns = {name: column for name in made.assignments if (column := canvas_column(export, name, policy, course)) is not None}
    for name in sorted(set(made.assignments) - set(columns)):
        made.remarks.append(
            f"the gradebook has no column for {name} ({title(course, name)}). Create the assignment in Canvas and export again, "
            f'or enter its column in policy.toml: under [assignments.{name}], column = "..."'
        )
    table, archives = [list(row) for row in export.rows], {name: {} for name in columns}
    limits = next((row for row in export.rows if "points possible" in row[0].casefold()), [""] * len(export.headings))
    for row, line in decided([row for row in rows if row["assignment"] in columns], made):
        assignment = row["assignment"]
        column = columns[assignment]
        most = limits[column]
        table[line.number][column] = "EX" if row["state"] == "excused" else spelled(points(row, number(most), made), most)
        made.written.append((row["student"], assignment, table[line.number][column]))
        one = graded.get((row["student"], assignment))
        name = one and PurePosixPath(one.record["path"]).name
        if one and row["state"] == "ok" and CANVAS.fullmatch(name):
            archives[assignment][name] = notebook(one, title(course, assignment))
        elif one and row["state"] == "ok":
            made.remarks.append(
                f"{row['student']}, {assignment}: Canvas does not know the file {name}, "
                f"so send feedback/{one.record['student']}/{assignment} yourself"
            )
    kept = export.people() + sorted(columns.values())
    if columns:
        text = export.text([[row[column] for column in kept] for row in table], [export.headings[column] for column in kept])
        save(folder, made, "canvas-gradebook.csv", text, "Canvas: Grades, Import")
    for assignment, archive in archives.items():
        if archive:
            pack(
                folder,
                made,
                f"{assignment}-canvas-feedback.zip",
                archive,
                "Canvas: the assignment's menu in the gradebook, Upload Submissions",
            )


def canvas_column(export, assignment, policy, course):
    """Return the column of an assignment: the one that the policy names, or the only one that is called like it."""
    told = policy.part("assignments", assignment).get("column")
    if told is not None:
        return export.column(told)
    wanted = {key(assignment), key(title(course, assignment))}
    found = [
        number
        for number, heading in enumerate(export.headings)
        if number not in export.people() and key(heading.rpartition(" (")[0] or heading) in wanted
    ]
    return found[0] if len(found) == 1 else None


def notebook(one, heading):
    """Return feedback as a notebook: Canvas gives a commented file the name of the one that was submitted, and that is a notebook's."""
    table = "".join(
        f"<tr><td>{escape(task)}</td><td>{'–' if earned is None else f'{earned:g}'} of {most:g}</td><td>{escape(sentence)}</td></tr>\n"
        for task, earned, most, sentence in one.outcomes()
    )
    text = f"# Feedback: {escape(heading)}\n\n**{escape(feedback.total(one.row, one.points))}**\n\n<table>\n{table}</table>"
    cells = [v4.new_markdown_cell(text, id="feedback")]
    for number, cell in enumerate(one.record["cells"]):
        new = v4.new_code_cell if cell["type"] == "code" else v4.new_markdown_cell
        cells.append(new(cell["source"], id=f"cell-{number}"))
    return nbformat.writes(v4.new_notebook(cells=cells)).encode()


# --- files -------------------------------------------------------------------------------------------------------------------------------


def origin(folder, one):
    """Return the folder with the page of feedback of a submission, which may be another member's of a group."""
    return folder.parent / "feedback" / one.record["student"] / one.record["assignment"]


def save(folder, made, name, text, use):
    """Write a table, as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", newline="")
    made.files[name] = use


def pack(folder, made, name, files, use):
    """Write an archive."""
    folder.mkdir(parents=True, exist_ok=True)
    write_zip(folder / name, dict(sorted(files.items())), DAY)
    made.files[name] = use


# --- the page that says what to upload, and what is unclear -----------------------------------------------------------------------------


def page(sheets, kept):
    """Return the page `upload/index.html`."""
    return pages.page("Upload", "<h1>Upload</h1>\n" + "\n".join(section(name, sheets[name], kept[name]) for name in sheets))


def section(name, made, export):
    """Return what concerns one export."""
    files = "".join(
        f'<tr><td><a href="{escape(file)}">{escape(file)}</a></td><td>{escape(use)}</td></tr>' for file, use in made.files.items()
    )
    body = f"<h2>{escape(export.kind)}: {escape(name)}</h2>\n<table><tr><th>File</th><th>Where it goes</th></tr>{files}</table>\n"
    body += f"<p>{len(made.written)} grades are in it.</p>\n" + "".join(f"<p>{escape(remark)}</p>\n" for remark in made.remarks)
    doubtful = [match for match in made.matches.values() if not match.certain]
    if doubtful:
        lines = "".join(
            f"<tr><td>{escape(match.student)}</td><td>{escape(match.line.name if match.line else '')}</td><td>{escape(match.why)}</td>"
            f"<td><code>{escape(settled(match, export))}</code></td></tr>"
            for match in doubtful
        )
        body += (
            f"<h3>Unclear: {len(doubtful)}</h3>\n<p>No grade was written for these. Copy each line into <code>policy.toml</code> if "
            "it is right (otherwise, correct its number first), then run <code>make grades</code>.</p>\n"
            f"<table><tr><th>Submission of</th><th>Perhaps</th><th>Why</th><th>policy.toml</th></tr>{lines}</table>\n"
        )
    if made.waiting:
        lines = "".join(
            f"<tr><td>{escape(who)}</td><td>{escape(what)}</td><td>{escape(state)}</td></tr>" for who, what, state in made.waiting
        )
        body += f"<h3>Waiting for your decision: {len(made.waiting)}</h3>\n<table>{lines}</table>\n"
    by_name = [match for match in made.matches.values() if match.certain and match.why == "name"]
    if by_name:
        names = ", ".join(escape(f"{match.student} = {match.line.name}") for match in by_name)
        body += f"<h3>Matched by name alone: {len(by_name)}</h3>\n<p>{names}</p>\n"
    return body


def settled(match, export):
    """Return the line of policy.toml that would settle a doubt."""
    number = ""
    if match.line:
        column = export.column("identifier", "id", "username", "email address", "id number")
        number = export.rows[match.line.number][column].strip()
    name = match.student.replace("\\", "\\\\").replace('"', '\\"')
    return f'[students."{name}"]\nid = "{number}"'
