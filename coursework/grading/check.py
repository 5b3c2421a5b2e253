"""Check a submission before it runs, and repair it if that changes nothing a student wrote.

The cells are the student's; which of them are graded, and what their tests are, the original says.
"""

import ast
import json
import re
from collections import Counter

from coursework.grading import static_check
from coursework.grading.collect import LARGEST
from coursework.sources import defined, grade_id, is_solution, is_test

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LARGEST_PICTURE = 5_000_000  # characters of base64
EMPTY = re.compile(r"your (answer|code) here", re.IGNORECASE)
ENOUGH = 1 / 3  # of an assignment's graded cells must be in a notebook


class Unreadable(ValueError):
    """There is no notebook of any assignment in this file."""


class Checked:
    """A submission that can be graded.

    Attributes
    ----------
    assignment : str
    cells : list of dict
        {"type", "name" of a graded cell or None, "source", "attachments"}, in the order in which they run.
    notes : list of str
        What was repaired, and what the code does that an answer does not need.
    review : set of str
        The graded cells that a person should look at.
    """

    def __init__(self, assignment, cells, notes, review):
        self.assignment, self.cells, self.notes, self.review = assignment, cells, notes, review


def check(content, path, file, originals):
    """Return the submission as it can be graded.

    Parameters
    ----------
    content : bytes
    path, file : str
        Where the file was, and its name as the student chose it.
    originals : dict
        {name of an assignment: its student's notebook}.

    Raises
    ------
    Unreadable
        With the reason, in words.
    """
    cells = read_cells(content, path)
    assignment = recognize(cells, path, originals)
    original, notes = originals[assignment], []
    if file != f"{assignment}.ipynb":
        notes.append(f"submitted as {file}")
    cells = name_cells(cells, original, notes)
    cells = without_duplicates(cells, original, notes)
    cells, restored = with_deleted_cells(cells, original, notes)
    cells = with_given_cells(cells, original, notes)
    cells = [with_its_own_test(cell, original, notes) for cell in cells]
    warned, review = static_check.findings(cells, original)
    return Checked(assignment, cells, notes + warned, review | restored)


def assignment_of(content, path, originals):
    """Return the name of the assignment that a file is, without further checks."""
    return recognize(read_cells(content, path), path, originals)


def read_cells(content, path):
    """Return the cells of a notebook file as a list of {"type", "id", "name", "marked", "source", "attachments"}."""
    if not content.strip():
        what = "is empty" if path.lower().endswith(".ipynb") else "is not a notebook, or not an archive that can be read"
        raise Unreadable(f"{path} {what} (or larger than {LARGEST // 1_000_000} MB)")
    try:
        notebook = json.loads(content)
        cells = [as_cell(cell) for cell in notebook["cells"]]
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Unreadable(f"{path} is not JSON, and therefore not a notebook: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unreadable(f"{path} is JSON, but not a notebook of format 4") from error
    return cells


def as_cell(cell):
    """Return what is needed of a notebook's cell. Values of a wrong type are left out."""
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    nbgrader = metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {}
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    name = nbgrader.get("grade_id") if isinstance(nbgrader.get("grade_id"), str) else None
    return {
        "type": cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "raw",
        "id": str(cell.get("id") or metadata.get("id")),
        "name": name,
        "marked": name is not None,
        "source": plain_text(source),
        "attachments": pictures(cell.get("attachments")),
    }


def plain_text(source):
    """Return a text with one kind of line ending, and without broken characters."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def pictures(attachments):
    """Return {name: [type, base64]} of the pictures that were pasted into a cell."""
    kept = {}
    for name, kinds in attachments.items() if isinstance(attachments, dict) else []:
        for kind, data in kinds.items() if isinstance(kinds, dict) else []:
            data = "".join(data) if isinstance(data, list) else data
            if kind in PICTURES and isinstance(data, str) and len(data) <= LARGEST_PICTURE and re.fullmatch(r"[A-Za-z0-9+/=\s]*", data):
                kept[plain_text(name)] = [kind, "".join(data.split())]
    return kept


def graded_cells(original):
    """Return {grade_id: cell} of the cells that nbgrader knows, in their order."""
    return {grade_id(cell): cell for cell in original.cells if grade_id(cell)}


def recognize(cells, path, originals):
    """Return the name of the assignment most of whose graded cells are in a notebook; if several tie, the file's name decides."""
    texts = {cell["source"].strip() for cell in cells if not EMPTY.search(cell["source"])}
    names = {cell["name"] for cell in cells} | {cell["id"] for cell in cells}
    made = set().union(*(defined(cell["source"]) for cell in cells if cell["type"] == "code"))

    def fraction(name):
        graded = graded_cells(originals[name])
        same = [
            one
            for one, cell in graded.items()
            if one in names or cell.source.strip() in texts or (is_solution(cell) and defined(cell.source) & made)
        ]
        return len(same) / max(1, len(graded)), name in path

    best = max(originals, key=fraction)
    if fraction(best)[0] < ENOUGH:
        raise Unreadable(f"{path} has too few of the graded cells of any assignment to be recognized")
    return best


def name_cells(cells, original, notes):
    """Return the cells, each with the name of the graded cell that it is: by metadata, id, text, what it defines, or its place.

    Colab and other editors drop metadata.
    """
    graded = graded_cells(original)
    cells = [{**cell, "name": cell["name"] if cell["name"] in graded else None} for cell in cells]
    for recognized in (by_id, by_text, by_definition):
        named = {cell["name"] for cell in cells}
        lost = {name: cell for name, cell in graded.items() if name not in named}
        for cell in cells:
            if cell["name"] is None:
                cell["name"] = recognized(cell, lost)
    name_by_place(cells, original)
    recovered = [cell["name"] for cell in cells if cell["name"] and not cell["marked"]]
    if recovered:
        notes.append(f"nbgrader's metadata was missing (Colab?); recognized anyway: {' '.join(recovered)}")
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
    """Return the cells so that each name occurs once: the last copy of an answer counts, as in a run from top to bottom."""
    graded, left = graded_cells(original), Counter(cell["name"] for cell in cells if cell["name"])
    doubled = [name for name, times in left.items() if times > 1]
    if doubled:
        notes.append(f"present more than once; the last one counts: {' '.join(doubled)}")
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

    A test comes back as it was, an answer left empty, each after the graded cell that it followed.
    """
    graded, previous = graded_cells(original), None
    cells, deleted = list(cells), []
    for name, cell in graded.items():
        if name not in [one["name"] for one in cells]:
            empty = is_solution(cell) and cell.cell_type == "code"
            place = next((i for i, one in enumerate(cells) if one["name"] == previous), len(cells) - 1) + 1 if previous else 0
            cells.insert(place, given(cell, "# this cell was deleted" if empty else cell.source))
            deleted.append(name)
        previous = name
    if deleted:
        notes.append(f"deleted and restored: {' '.join(deleted)}")
    return cells, {name for name in deleted if is_solution(graded[name])}


def with_given_cells(cells, original, notes):
    """Return the cells with those that came with the assignment and define something that nothing defines any more: imports, for one."""
    defines = set().union(*(everything_defined(cell["source"]) for cell in cells if cell["type"] == "code"))
    first = next(iter(graded_cells(original)), None)
    ungraded = [cell for cell in original.cells if cell.cell_type == "code" and not grade_id(cell)]
    before = original.cells[: next((i for i, cell in enumerate(original.cells) if grade_id(cell) == first), 0)]
    lost = [cell for cell in ungraded if cell in before and everything_defined(cell.source) - defines]
    if lost:
        notes.append(f"deleted and restored: {len(lost)} of the cells before the first task")
    return [given(cell, cell.source) for cell in lost] + cells


def given(cell, source):
    """Return a cell of the original."""
    return {"type": cell.cell_type, "source": source, "name": grade_id(cell), "attachments": {}}


def everything_defined(source):
    """Return the names that a cell defines or imports at its top."""
    try:
        body = ast.parse(static_check.as_python(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    imports = [alias for node in body if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names]
    return defined(source) | {(alias.asname or alias.name).partition(".")[0] for alias in imports}


def with_its_own_test(cell, original, notes):
    """Return the cell; of a test, with the source and the kind that it had."""
    first = graded_cells(original).get(cell["name"])
    source = cell["source"]
    if first is not None and not is_solution(first) and source.strip() != first.source.strip():
        notes.append(f"changed and restored: {cell['name']}")
        source = first.source
    kind = cell["type"] if first is None else first.cell_type
    return {
        "type": kind,
        "name": cell["name"],
        "source": source,
        "attachments": cell["attachments"],
        "test": first is not None and is_test(first),
    }
