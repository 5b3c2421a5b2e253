"""Read the sources of the assignments, `src/NN-topic.md`, as notebooks.

A source holds everything: text, solutions, visible and hidden tests, points. In a hidden test that draws numbers, the line

    seed = 2026  # variant

carries the seed; `read` puts an instructor's own number in its place, and before the first code cell the one that fetches the package.
"""

import ast
import copy
import hashlib
import json
import os
import re
from pathlib import Path

import jupytext
import nbformat

from tools.notebooks import setup_cells

FOLDER = Path(__file__).parent / "src"
TARGET = Path(__file__).parent.parent / "book" / "exercises"
KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FOLDED = {  # a check shows what is expected, so it is folded
    "jupyter": {"source_hidden": True},
    "tags": ["hide-input"],
    "mystnb": {"code_prompt_show": "Show the check", "code_prompt_hide": "Hide the check"},
}
SEED = re.compile(r"^(\s*seed = )\d+(  # variant)$", re.MULTILINE)
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?\n *### END SOLUTION", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"^ *### BEGIN HIDDEN TESTS\n(.*?)\n *### END HIDDEN TESTS", re.MULTILINE | re.DOTALL)


def names():
    """Return the names of all assignments, in order."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def target(name):
    """Return the path of the student's notebook that is made of a source."""
    return TARGET / f"{name}.ipynb"


def secret():
    """Return the instructor's secret, the environment variable NNFROMSCRATCH_VARIANT, or "" if it is not set."""
    return os.environ.get("NNFROMSCRATCH_VARIANT", "").strip()


def seed_of(secret, assignment, student=""):
    """Return the seed that takes the place of every variant's seed in an assignment, or None without a secret.

    Each assignment has its own, and each student if one is named. From one seed neither another nor the secret can be found.
    """
    digest = hashlib.sha256(f"{secret}/{assignment}/{student}".encode()).digest()
    return int.from_bytes(digest[:4], "big") if secret else None


def read(name, seed=None):
    """Return an assignment as its instructor's notebook.

    Parameters
    ----------
    name : str
        Such as "02-activations".
    seed : int, optional
        The number that takes the place of every variant's seed.

    Returns
    -------
    nbformat.NotebookNode
        Graded cells have their grade_id as id, all others a number: the same source always makes the same notebook. Checks are folded.
        It knows the address that the first chapter knows.
    """
    notebook = jupytext.read(FOLDER / f"{name}.md")
    notebook.metadata.clear()
    notebook.metadata.update(KERNEL)
    for number, cell in enumerate(notebook.cells):
        cell.id = grade_id(cell) or f"cell-{number}"
        if is_test(cell):
            cell.metadata.update(copy.deepcopy(FOLDED))
        if seed is not None:
            cell.source = SEED.sub(rf"\g<1>{seed}\g<2>", cell.source)
    chapter = json.loads(min(setup_cells.ROOT.glob(setup_cells.CHAPTERS)).read_text(encoding="utf-8"))
    complete = setup_cells.with_setup_cell(notebook, setup_cells.known_address(chapter), kind="assignment")
    return nbformat.reads(json.dumps(complete), as_version=4)


def grade_id(cell):
    """Return the name by which nbgrader knows a cell, or None."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def points(cell):
    """Return how many points a cell carries."""
    return cell.metadata.get("nbgrader", {}).get("points", 0)


def is_solution(cell):
    """Whether students write in this cell."""
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def is_test(cell):
    """Whether this is a cell that nbgrader runs and grades by itself."""
    return cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade", False)


def hidden_tests(notebook):
    """Return {name of a test cell: source of its hidden part}, in the order of the cells."""
    tests = [cell for cell in notebook.cells if is_test(cell)]
    return {grade_id(cell): "\n".join(HIDDEN.findall(cell.source)) for cell in tests}


def defined(source):
    """Return the names that some code defines at its top: functions, classes, and variables; none if it cannot be read."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    named = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return named | {target.id for node in body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}


def answered(notebook):
    """Return the names of the functions and classes that students write."""
    return set().union(*(defined(cell.source) for cell in notebook.cells if is_solution(cell) and cell.cell_type == "code"))


def rubric(cell):
    """Return what a solution cell has between its marks: for a text, the sample answer and how it is graded."""
    return solved(cell).strip()


def solved(cell):
    """Return the source of a solution cell without the marks around the solution."""
    return re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)


def visible(source):
    """Return the source of a cell without its hidden tests."""
    return HIDDEN.sub("", source).strip()


def without_solution(source):
    """Return the source of a cell as students get it, hidden tests apart."""
    return SOLUTION.sub(r"\1# YOUR CODE HERE\n\1raise NotImplementedError()", source)


def secrets(notebook):
    """Return the pieces of an instructor's notebook that no student may see: solutions and hidden tests."""
    text = "\n".join(cell.source for cell in notebook.cells)
    return [match[0] for pattern in (SOLUTION, HIDDEN) for match in pattern.finditer(text)]
