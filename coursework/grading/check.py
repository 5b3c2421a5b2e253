"""Look at a submission before it runs, and put it into the form that nbgrader needs where that changes nothing a student wrote.

The notebook is built anew: code and text are the student's, the metadata of graded cells is the original's.
"""

import ast
import json
from collections import Counter
from pathlib import PurePosixPath
from typing import NamedTuple

from nbformat import v4

from coursework.grading import watch
from coursework.grading.collect import LARGEST
from coursework.sources import KERNEL, grade_id, is_solution


class Unreadable(ValueError):
    """There is no notebook of any assignment in this file."""


class Checked(NamedTuple):
    """A submission that can be graded."""

    assignment: str
    notebook: dict
    notes: list  # in words: what was repaired, and what the code does that an answer has no need of
    look: set  # the graded cells that somebody should look at


def check(submission, originals):
    """Return the submission as nbgrader can grade it.

    Parameters
    ----------
    submission : collect.Submission
    originals : dict
        {name of an assignment: its student's notebook}.

    Raises
    ------
    Unreadable
        With the reason, in words.
    """
    cells = read_cells(submission)
    assignment = recognise(cells, submission.path, originals)
    original = originals[assignment]
    notes = []
    if PurePosixPath(submission.path).name != f"{assignment}.ipynb":
        notes.append(f"handed in as {PurePosixPath(submission.path).name}")
    cells = name_cells(cells, original, notes)
    cells = without_duplicates(cells, original, notes)
    cells, put_back = with_deleted_cells(cells, original, notes)
    notebook = v4.new_notebook(cells=[rebuilt(cell, original, notes) for cell in cells], metadata=KERNEL)
    warned, look = watch.findings(notebook, original)
    return Checked(assignment, notebook, notes + warned, look | put_back)


def read_cells(submission):
    """Return the cells of a notebook file as a list of {"type", "id", "name", "source"}."""
    if not submission.content.strip():
        what = "is empty" if submission.path.lower().endswith(".ipynb") else "is no notebook, or no archive that can be read"
        raise Unreadable(f"{submission.path} {what} (or larger than {LARGEST // 1_000_000} MB)")
    try:
        notebook = json.loads(submission.content.decode("utf-8-sig"))
        cells = [as_cell(cell) for cell in notebook["cells"]]
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(f"{submission.path} is not JSON, and so no notebook: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{submission.path} is JSON, but no notebook of format 4") from error
    return cells


def as_cell(cell):
    """Return what is needed of a notebook's cell."""
    metadata = cell.get("metadata") or {}
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    kind = cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "raw"
    name = (metadata.get("nbgrader") or {}).get("grade_id")
    return {"type": kind, "source": source, "name": name, "marked": name is not None, "id": str(cell.get("id") or metadata.get("id"))}


def graded_cells(original):
    """Return {grade_id: cell} of the cells that nbgrader knows, in their order."""
    return {grade_id(cell): cell for cell in original.cells if grade_id(cell)}


def recognise(cells, path, originals):
    """Return the name of the assignment with which a notebook shares most cells; between equals, its file's name decides."""
    texts = {cell["source"] for cell in cells}
    names = {cell["name"] for cell in cells} | {cell["id"] for cell in cells}

    def likeness(name):
        graded = graded_cells(originals[name])
        same = len(names & graded.keys()) + len(texts & {cell.source for cell in originals[name].cells})
        return same, name in path

    best = max(originals, key=likeness)
    if likeness(best) == (0, False):
        raise Unreadable(f"{path} shares no cell with any assignment")
    return best


def defined(source):
    """Return the names that some code defines at its top: functions, classes and variables; none if it cannot be read."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    named = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return named | {target.id for node in body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}


def name_cells(cells, original, notes):
    """Return the cells, each with the name of the graded cell that it is: by metadata, id, text, what it defines, or its place.

    Colab and other editors drop metadata.
    """
    graded = graded_cells(original)
    cells = [{**cell, "name": cell["name"] if cell["name"] in graded else None} for cell in cells]
    for recognised in (by_id, by_text, by_definition):
        named = {cell["name"] for cell in cells}
        lost = {name: cell for name, cell in graded.items() if name not in named}
        for cell in cells:
            if cell["name"] is None:
                cell["name"] = recognised(cell, lost)
    name_by_place(cells, original)
    recovered = [cell["name"] for cell in cells if cell["name"] and not cell["marked"]]
    if recovered:
        notes.append(f"nbgrader's marks were gone (Colab?); cells recognised all the same: {' '.join(recovered)}")
    return cells


def by_id(cell, lost):
    return cell["id"] if cell["id"] in lost else None


def by_text(cell, lost):
    return next((name for name, original in lost.items() if original.source.strip() == cell["source"].strip()), None)


def by_definition(cell, lost):
    wanted = {name: defined(original.source) for name, original in lost.items() if is_solution(original)}
    made = defined(cell["source"]) if cell["type"] == "code" else set()
    return next((name for name, names in wanted.items() if names and names <= made), None)


def name_by_place(cells, original):
    """Give a name to each cell that follows the same text as in the original, if that place's own cell is not there under its name."""
    named = {cell["name"] for cell in cells}
    for before, cell in zip(original.cells, original.cells[1:]):
        if grade_id(cell) and grade_id(cell) not in named:
            for first, second in zip(cells, cells[1:]):
                same = first["source"].strip() == before.source.strip() and second["type"] == cell.cell_type
                if same and second["name"] is None:
                    second["name"] = grade_id(cell)
                    break


def without_duplicates(cells, original, notes):
    """Return the cells so that each name stands once: the last copy of an answer counts, as in a run from top to bottom."""
    graded, left = graded_cells(original), Counter(cell["name"] for cell in cells if cell["name"])
    doubled = [name for name, times in left.items() if times > 1]
    if doubled:
        notes.append(f"there twice or more, the last one counts: {' '.join(doubled)}")
    kept = []
    for cell in cells:
        name = cell["name"]
        if name and left[name] > 1:
            left[name] -= 1
            if not is_solution(graded[name]):
                continue  # a copy of a test says nothing
            cell = {**cell, "name": None}
        kept.append(cell)
    return kept


def with_deleted_cells(cells, original, notes):
    """Return the cells with every graded cell there, and the answers that were not.

    A test comes back as it was, an answer left empty, each behind the graded cell that it followed.
    """
    graded, previous = graded_cells(original), None
    cells, deleted = list(cells), []
    for name, cell in graded.items():
        if name not in [one["name"] for one in cells]:
            empty = is_solution(cell) and cell.cell_type == "code"
            place = next((i for i, one in enumerate(cells) if one["name"] == previous), len(cells) - 1) + 1 if previous else 0
            cells.insert(place, {"type": cell.cell_type, "source": "# this cell was deleted" if empty else cell.source, "name": name})
            deleted.append(name)
        previous = name
    if deleted:
        notes.append(f"deleted, and put back: {' '.join(deleted)}")
    return cells, {name for name in deleted if is_solution(graded[name])}


def rebuilt(cell, original, notes):
    """Return the cell for the notebook that is graded."""
    first = graded_cells(original).get(cell["name"])
    kind, source, metadata = cell["type"], cell["source"], {}
    if first is not None:
        kind, metadata = first.cell_type, first.metadata
        if not is_solution(first) and source.strip() != first.source.strip():
            notes.append(f"changed, and put back: {cell['name']}")
            source = first.source
    make = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}[kind]
    return make(source, metadata=metadata)
