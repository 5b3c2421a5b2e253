"""A notebook before it runs: what is read, recognized, repaired, and named."""

import base64
import copy
import json

import nbformat
import pytest
from nbformat import v4

pytest.importorskip("jupytext")
from coursework import mutants, sources
from coursework.grading.check import Unreadable, check
from coursework.grading.course import Course
from grading.submissions import NAME, ROOT, answers, cell_of

ORIGINALS = {path.stem: nbformat.read(path, 4) for path in sorted((ROOT / "book" / "exercises").glob("*.ipynb"))}
_, UNUSUAL = mutants.tables(NAME)
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n picture").decode()


def checked(notebook, file=f"{NAME}.ipynb"):
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return check(content, f"ada/{file}", file, ORIGINALS)


def source_of(found, name):
    return next(cell["source"] for cell in found.cells if cell["name"] == name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[1, 2]",
        b'{"cells": 3}',
        b'{"cells": [1]}',
        b'{"cells": []}',
        b'{"worksheets": []}',
        b'{"cells": [{"cell_type": "code"}]}',
        b'{"cells": [{"cell_type": "code", "source": [1], "metadata": {}}]}',
        b"[" * 100_000,
        b"\xff\xfe",
        b"\xed\xa0\xbd",
        b"null",
    ],
)
def test_what_is_not_a_notebook_is_named_as_such(content):
    with pytest.raises(Unreadable, match=r"ada/02-activations\.ipynb"):
        checked(content)


FOREIGN = {
    "one common text": ["YOUR ANSWER HERE"],
    "a common import": ["import numpy as np", "YOUR ANSWER HERE", "# YOUR CODE HERE\nraise NotImplementedError()"],
    "a chapter": ["import numpy as np\n\nfrom nnfromscratch import relu", "def relu(z):\n    return np.maximum(z, 0)"],
}


@pytest.mark.parametrize("notebook", FOREIGN)
def test_a_foreign_notebook_is_not_taken_for_an_assignment(notebook):
    cells = [v4.new_markdown_cell(source) if source.startswith("YOUR") else v4.new_code_cell(source) for source in FOREIGN[notebook]]
    with pytest.raises(Unreadable, match="too few of the graded cells"):
        checked(v4.new_notebook(cells=cells))


@pytest.mark.parametrize("name", ORIGINALS)
def test_every_assignment_is_recognized_under_any_name(name):
    assert checked(ORIGINALS[name], "homework.ipynb").assignment == name


def test_a_submission_as_it_should_be_is_only_read():
    notebook = answers()
    found = checked(notebook)
    assert (found.assignment, found.notes, found.review) == (NAME, [], set())
    assert [cell["source"] for cell in found.cells] == [cell.source for cell in notebook.cells]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_any_system_are_no_change(ends):
    notebook = answers()
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", ends)
    assert checked(notebook).notes == []


def test_line_ends_that_are_mixed_are_no_change_and_strings_in_lists_neither():
    notebook = answers()
    for number, cell in enumerate(notebook.cells):
        lines = cell.source.splitlines()
        cell.source = [line + ("\r\n" if number % 2 else "\n") for line in lines[:-1]] + lines[-1:]
    assert checked(notebook).notes == []


@pytest.mark.parametrize("half", ["\ud83d", "text \udc00 text", "\ud83d\ud83d"])
def test_half_an_emoji_costs_nothing(half):
    notebook = json.loads(json.dumps(answers({"explain-trouble": "placeholder"})))
    next(cell for cell in notebook["cells"] if cell["id"] == "explain-trouble")["source"] = half
    found = checked(notebook)
    source_of(found, "explain-trouble").encode("utf-8")


@pytest.mark.parametrize("value", [["a"], {"a": 1}, 7, None, True])
@pytest.mark.parametrize("where", ["grade_id", "nbgrader", "metadata"])
def test_metadata_of_any_type_is_harmless(where, value):
    notebook = json.loads(json.dumps(answers()))
    cell = next(cell for cell in notebook["cells"] if cell["id"] == "saturated")
    if where == "metadata":
        cell["metadata"] = value
    elif where == "nbgrader":
        cell["metadata"]["nbgrader"] = value
    else:
        cell["metadata"]["nbgrader"]["grade_id"] = value
    assert source_of(checked(notebook), "saturated").startswith("def saturated_fraction")


def test_a_pasted_picture_survives_and_what_is_no_picture_does_not():
    notebook = answers()
    cell_of(notebook, "explain-trouble")["attachments"] = {
        "image.png": {"image/png": PNG},
        "lines.jpg": {"image/jpeg": [PNG[:8], PNG[8:]]},
        "page.html": {"text/html": "<script>"},
        "odd": 7,
        "torn.png": {"image/png": "<not base64>"},
    }
    cell = next(cell for cell in checked(notebook).cells if cell["name"] == "explain-trouble")
    assert cell["attachments"] == {"image.png": ["image/png", PNG], "lines.jpg": ["image/jpeg", PNG]}


@pytest.mark.parametrize("number", [1, 2])
def test_an_import_cell_that_was_deleted_comes_back(number):
    notebook = answers()
    codes = [cell for cell in notebook.cells if cell.cell_type == "code" and not sources.grade_id(cell)][:number]
    imports = next(cell for cell in notebook.cells if "from nnfromscratch import numerical_gradient" in cell.source)
    for cell in {cell.id: cell for cell in (*codes[1:], imports)}.values():
        notebook.cells.remove(cell)
    found = checked(notebook)
    assert any("import numpy as np" in cell["source"] for cell in found.cells if cell["name"] is None)
    assert "deleted and restored" in "; ".join(found.notes)


def test_an_import_cell_that_was_changed_is_left_as_it_is():
    notebook = answers()
    cell = next(cell for cell in notebook.cells if "from nnfromscratch import numerical_gradient" in cell.source)
    cell.source += "\nimport math"
    assert checked(notebook).notes == []


def test_metadata_cannot_change_what_a_cell_is():
    notebook = answers()
    cell_of(notebook, "test-saturated").metadata.nbgrader.points = 1000
    cell_of(notebook, "test-saturated").cell_type = "markdown"
    found = checked(notebook)
    assert next(cell["type"] for cell in found.cells if cell["name"] == "test-saturated") == "code"
    assert Course().points(NAME)["test-saturated"] == 1


# --- what an answer does not need --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(0)",
        "get_ipython().run_cell = None",
        "np.exp = print",
        "import nnfromscratch as nn\nnn.relu = print",
        "setattr(np, 'exp', print)",
        "del np.exp",
        "open('x')",
        "import sys\nsys.modules['numpy'] = None",
        "def expect(*a): pass",
        "!rm -r x",
        "%%bash\nrm -r x",
        "files = !ls",
        "from nnfromscratch import softplus",
        "print('gradebook.db')",
        "__import__('os').kill(1, 9)",
        "np.exp?\nopen('x', 'w')",
        "%time open('x', 'w')",
        "!ls\nopen('x', 'w')",
        "import pathlib",
        "from glob import glob",
        "import torch",
        "x = _dZ",
        "print(vars())",
        "class A:\n    def __array__(self): pass",
        "class A(np.ndarray): pass",
        "class A(float): pass",
        "getattr(np, 'lo' + 'ad')('x')",
        "np.load('x.npy')",
        "input()",
        "async def f():\n    import os",
        "match 1:\n    case n: n.f_back",
        "def call_hard_tanh(z): return z",
        "display('<SCRIPT>alert(1)</SCRIPT>')",
    ],
)
def test_what_an_answer_does_not_need_is_named(code):
    found = checked(answers(own=code))
    assert found.review == {"other cells"} and found.notes


@pytest.mark.parametrize(
    "code",
    [
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "%%time\nx = [n for n in range(3)]",
        "%timeit 1 + 1",
        "import math, itertools\nfrom collections import Counter",
        "try:\n    x = 1\nexcept ValueError as error:\n    print(error)",
        "def f(a, *b, c=1, **d):\n    return lambda e: (a, b, c, d, e)\nprint(f(1), __name__, _)",
        "match [1, 2]:\n    case [first, *rest]: print(first, rest)\n    case {'a': b, **more}: print(b, more)",
        "with np.errstate(all='ignore') as state:\n    global counter\n    counter = state",
    ],
)
def test_honest_code_is_not_suspected(code):
    assert checked(answers(own=code)).notes == []


SHARE = "def saturated_fraction(Z, limit=0.01):\n    "


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (SHARE + "return np.array([2 / 3, 1 / 3])", True),
        (SHARE + "answer = [0.5]\n    return answer", True),
        ("class Share:\n    def __call__(self, Z):\n        return 0.5\nsaturated_fraction = Share()", True),
        (SHARE + "...", False),
        (SHARE + "raise NotImplementedError  # later", False),
        (SHARE + "return np.mean(Z, axis=0)", False),
        (
            "class Share:\n    def size(self): return 2\n    def __call__(self, Z): return Z[self.size()]\nsaturated_fraction = Share()",
            False,
        ),
    ],
)
def test_an_answer_that_does_not_use_what_it_is_called_with_is_named(code, found):
    assert ("does not use its arguments" in str(checked(answers({"saturated": code})).notes)) is found


@pytest.mark.parametrize("name", sources.names())
def test_neither_reference_solutions_nor_unusual_ones_are_suspected(name):
    for replaced in ({}, *mutants.tables(name)[1].values()):
        notebook = copy.deepcopy(ORIGINALS[name])
        solved = {cell.id: sources.solved(cell) for cell in sources.read(name).cells if sources.is_solution(cell)} | replaced
        for cell in notebook.cells:
            cell.source = solved.get(cell.id, cell.source)
        assert checked(notebook, f"{name}.ipynb").notes == []
