"""The notebooks as they are committed: tidy, executed in order, with alt text for every picture, not too long, with the package's own
code."""

import ast
import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nnfromscratch
import nnfromscratch.widgets
from environment import ROOT
from nnfromscratch.widgets.base import LiveFigure
from tools.notebooks import tidy

yaml = pytest.importorskip("yaml")

NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
EVERY_NOTEBOOK = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_cells(path):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


def tags(cell):
    return cell["metadata"].get("tags", [])


@EVERY_NOTEBOOK
def test_notebook_is_tidy(path):
    text = path.read_text(encoding="utf-8")
    assert tidy.tidied(text) == text, f"run: make tidy ({path.name})"


@EVERY_NOTEBOOK
def test_jupyterlab_shows_what_the_text_asks_for(path):
    """jupyterlab-myst shows what it does not know as an error."""
    text = "\n".join(source(cell) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "markdown")
    assert set(re.findall(r"^[`:]{3,}\{([\w-]+)\}", text, re.MULTILINE)) <= {"admonition", "dropdown"}
    assert set(re.findall(r"\{([\w:-]+)\}`", text)) <= {"cite", "doc", "eq", "func", "glue:text", "mod", "term"}


@EVERY_NOTEBOOK
def test_notebook_was_run_and_says_something(path):
    cells = code_cells(path)
    outputs = [output for cell in cells for output in cell["outputs"]]
    compared = [output for output in outputs if output["output_type"] in ("stream", "execute_result", "display_data")]
    assert len(compared) >= len(cells) / 4, "nbval compares next to nothing here: print what the reader should see"
    assert not [output for output in outputs if output.get("name") == "stderr"], "a warning is stored in the notebook"
    unexpected = [
        source(cell)
        for cell in cells
        if "raises-exception" not in tags(cell)
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]
    assert not unexpected, f"a cell failed: {unexpected}"


@EVERY_NOTEBOOK
def test_cell_ids_are_unique(path):
    ids = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert len(ids) == len(set(ids))


@EVERY_NOTEBOOK
def test_lines_do_not_end_in_a_semicolon(path):
    """nbval runs cells without history, where IPython prints the value despite the semicolon."""
    assert not [source(cell) for cell in code_cells(path) if source(cell).rstrip().endswith(";")]


# --- no line of code needs scrolling on a desktop -----------------------------------------------------------------------------------------

# In a window 1,280 pixels wide, the column holds 81 characters of open code, 79 in a fold and 79 in the editor of the laboratory; in one of
# 1,024 pixels, where a sidebar is gone, 88 or more (tests/site/test_layout.py measures this). Folded code wraps.
WIDEST = 79


def too_wide(cell):
    """Return the lines of a cell that are too long for a page on a desktop; folded code is separate."""
    folded = {"hide-input", "hide-cell"} & set(tags(cell))
    return [line for line in source(cell).splitlines() if len(line) > WIDEST and not folded]


@EVERY_NOTEBOOK
def test_open_code_fits_the_page(path):
    assert not [line for cell in code_cells(path) if "remove-cell" not in tags(cell) for line in too_wide(cell)]


# --- every picture has alt text ----------------------------------------------------------------------------------------------------------


def draws(cell):
    """Whether the cell shows a figure: its output contains the text of one."""
    return any("<Figure size" in "".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"])


def alt_text(cell):
    return cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "").strip()


@EVERY_NOTEBOOK
def test_every_figure_has_alt_text(path):
    silent = [source(cell) for cell in code_cells(path) if draws(cell) and len(alt_text(cell)) < 20]
    assert not silent, f"cells with a figure but without metadata mystnb: image: alt: (in a sentence)\n{silent}"


INTERACTIVE = re.compile(rf"^({'|'.join(cls.__name__ for cls in LiveFigure.__subclasses__())})\(", re.MULTILINE)


def test_every_figure_has_a_caption_and_a_name_of_its_own():
    figures = [(path.stem, cell) for path in NOTEBOOKS for cell in code_cells(path) if draws(cell) or INTERACTIVE.search(source(cell))]
    described = [(page, cell["metadata"].get("mystnb", {}).get("figure", {})) for page, cell in figures]
    assert not [page for page, figure in described if not figure.get("caption") or not figure.get("name", "").startswith("fig-")]
    names = [figure["name"] for _, figure in described]
    assert len(names) > 60 and sorted(set(names)) == sorted(names)


@EVERY_NOTEBOOK
def test_one_figure_a_cell(path):
    """One alt text describes one picture."""
    for cell in code_cells(path):
        assert sum("<Figure size" in "".join(output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]) <= 1


# --- practice --------------------------------------------------------------------------------------------------------------------------


CHAPTERS = [path for path in NOTEBOOKS if path.stem[0].isdigit()]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_task_has_a_solution_that_is_folded_and_was_run(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tasks = re.findall(r"^\*\*\d\. ", "\n".join(map(source, cells)), re.MULTILINE)
    solutions = [cell for cell in code_cells(path) if source(cell).startswith("# Solution")]
    assert len(solutions) >= max(1, len(tasks))
    for cell in solutions:
        assert "hide-cell" in tags(cell) and cell["metadata"]["mystnb"]["code_prompt_show"] == "Show the solution", source(cell)
        assert cell["execution_count"] and cell["outputs"], source(cell)


# --- the reader's code is the package's code -----------------------------------------------------------------------------------------


class Bare(ast.NodeTransformer):
    """Remove everything that is not the idea itself: docstrings, annotations, and bare `check_...(...)` statements."""

    def visit_Expr(self, node):
        call = node.value.func if isinstance(node.value, ast.Call) else None
        name = call.id if isinstance(call, ast.Name) else call.attr if isinstance(call, ast.Attribute) else ""
        return None if name.startswith("check_") else node

    def strip(self, node):
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    visit_ClassDef = strip

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.strip(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        return ast.Assign(targets=[node.target], value=node.value, lineno=node.lineno) if node.value else None


def bare(node):
    """Return the text of a definition's syntax tree, without docstrings and annotations."""
    return ast.dump(Bare().visit(copy.deepcopy(node)))


def definitions(code):
    """Return {name: syntax tree} of the functions and classes at the top of some code."""
    return {node.name: node for node in ast.parse(code).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def package_definitions():
    """Return {name: syntax tree} of all functions and classes of the package's numeric modules."""
    modules = sorted(Path(nnfromscratch.__file__).parent.glob("*.py"))
    return {name: node for module in modules for name, node in definitions(module.read_text(encoding="utf-8")).items()}


def differing(code, package):
    """Return the names whose definition in `code` is not the package's; a class may leave methods out, but not change any."""
    wrong = []
    for name, node in definitions(code).items():
        original = package.get(name)
        if original is None or type(original) is not type(node):
            wrong.append(name)
        elif isinstance(node, ast.FunctionDef):
            wrong += [name] if bare(node) != bare(original) else []
        else:
            wrong += [f"{name}.{part}" for part in differing_parts(node, original)]
    return wrong


def differing_parts(node, original):
    """Return which parts of a class (bases, methods, assignments) are not those of the package's class."""
    node, original = Bare().visit(copy.deepcopy(node)), Bare().visit(copy.deepcopy(original))
    known = {ast.dump(part) for part in original.body} | {ast.dump(ast.Pass())}
    wrong = [getattr(part, "name", "body") for part in node.body if ast.dump(part) not in known]
    same_bases = [ast.dump(base) for base in node.bases] == [ast.dump(base) for base in original.bases]
    return wrong if same_bases else ["bases", *wrong]


@EVERY_NOTEBOOK
def test_tagged_code_is_the_package_s(path):
    for cell in code_cells(path):
        if "same-as-package" in tags(cell):
            assert definitions(source(cell)), "a cell tagged same-as-package defines nothing"
            assert differing(source(cell), package_definitions()) == [], source(cell)


CORE = ("activations", "layers", "losses", "optimizers", "initializers", "schedules", "parameters", "network", "gradient_check", "metrics")
NOT_DEVELOPED = {  # a reason for each class and function of the core that no chapter develops
    "Layer": "a base class; what it does is in its subclasses",
    "Activation": "a base class; what it does is in its subclasses",
    "Loss": "a base class; what it does is in its subclasses",
    "Optimizer": "a base class; what it does is in its subclasses",
    "Scale": "preparation of data: one multiplication",
    "Dropout": "chapter 10b uses it as it is",
    "zeros": "shown because it fails", "normal": "shown because it fails",
    "constant": "chapter 10b uses schedules as they are", "step_decay": "chapter 10b uses schedules as they are",
    "cosine": "chapter 10b uses schedules as they are", "warmup": "chapter 10b uses schedules as they are",
    "ParameterDict": "bookkeeping", "LayerArrays": "bookkeeping", "Parameters": "bookkeeping", "Epoch": "bookkeeping",
    "mlp": "convenience: it makes a list of layers",
    "make_activation": "a part of mlp",
    "augmented": "bookkeeping: it calls augment",
    "check_gradients": "chapter 5a compares all gradients in the same way; this one does it for a Network",
    "accuracy": "one comparison and a mean", "confusion_matrix": "chapter 9 uses it as it is", "misclassified": "one comparison",
    "r_squared": "no chapter needs it",
}  # fmt: skip


def bound_names():
    """Return the names that a cell tagged same-as-package defines."""
    tagged = [source(cell) for path in NOTEBOOKS for cell in code_cells(path) if "same-as-package" in tags(cell)]
    return {name for code in tagged for name in definitions(code)}


def test_every_core_name_is_developed_in_a_chapter_or_says_why_not():
    folder = Path(nnfromscratch.__file__).parent
    core = {name for module in CORE for name in definitions((folder / f"{module}.py").read_text(encoding="utf-8")) if name[0] != "_"}
    assert core - bound_names() == set(NOT_DEVELOPED)


def test_the_core_is_as_short_as_the_first_page_says():
    folder = Path(nnfromscratch.__file__).parent
    modules = [ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")) for name in CORE]
    lines = sum(len(ast.unparse(Bare().strip(module)).splitlines()) for module in modules)
    assert "a core of fewer than 1,000 lines of code" in (ROOT / "book" / "index.md").read_text(encoding="utf-8")
    assert lines < 1000


@pytest.mark.parametrize(("name", "parts"), [("Linear", {"__init__", "forward", "backward"}), ("Network", {"_forward", "_steps"}),
                                             ("SGD", {"__init__", "update"}), ("Adam", {"__init__", "update"}),
                                             ("SoftmaxCrossEntropy", {"_compute"}), ("BinaryCrossEntropy", {"_compute"})])  # fmt: skip
def test_the_chapters_develop_the_parts_that_matter(name, parts):
    """A class in a chapter may leave methods out, but not these."""
    tagged = [definitions(source(cell)) for path in NOTEBOOKS for cell in code_cells(path) if "same-as-package" in tags(cell)]
    classes = [cell[name] for cell in tagged if name in cell]
    assert any(parts <= {part.name for part in node.body if isinstance(part, ast.FunctionDef)} for node in classes)


PACKAGE = '''
def double(x: int) -> int:
    """Twice."""
    return 2 * x

def half(x):
    """Half."""
    check_number("x", x, above=0)
    return x / 2

class Layer:
    """A layer."""
    options: tuple = ()
    def forward(self, X):
        """Forward."""
        self.X = X
        return X
    def backward(self, dA):
        return dA * self.X
'''


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("def double(x):\n    return 2 * x", []),
        ("def double(x):\n    'Other words.'\n    return 2*x  # comment", []),
        ("def double(x):\n    return 3 * x", ["double"]),
        ("def double(x, y=1):\n    return 2 * x", ["double"]),
        ("def triple(x):\n    return 3 * x", ["triple"]),
        ("class double:\n    pass", ["double"]),
        ("def half(x):\n    return x / 2", []),
        ("def half(x):\n    check_number('x', x)\n    self.check_it(x)\n    return x / 2", []),
        ("def half(x):\n    return check_number('x', x) / 2", ["half"]),
        ("class Layer:\n    def backward(self, dA):\n        return dA * self.X", []),
        ("class Layer:\n    options = ()\n    def backward(self, dA):\n        return dA", ["Layer.backward"]),
        ("class Layer(Base):\n    def backward(self, dA):\n        return dA * self.X", ["Layer.bases"]),
        ("class Layer:\n    rate = 1", ["Layer.body"]),
    ],
)
def test_the_comparison_sees_a_changed_body_and_nothing_else(code, wrong):
    package = definitions(PACKAGE)
    assert differing(code, package) == wrong


# --- the tidy tool ------------------------------------------------------------------------------------------------------------------


RAW = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {"jp-MarkdownHeadingCollapsed": True}, "source": ["# Title"]},
        {
            "cell_type": "code",
            "id": "b",
            "execution_count": 17,
            "source": ["draw()"],
            "metadata": {"tags": ["hide-input"], "execution": {"iopub.status.busy": "now"}, "mystnb": {"image": {"alt": "A line"}}},
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["loss 0.5\n"]},
                {
                    "output_type": "display_data",
                    "metadata": {"needs_background": "light"},
                    "data": {"image/png": "iVBORw0K", "text/plain": ["<Figure size 640x480 with 1 Axes>"]},
                },
                {"output_type": "display_data", "metadata": {}, "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}},
                {
                    "output_type": "display_data",
                    "metadata": {"scrapbook": {"name": "loss"}, "tags": []},
                    "data": {"application/papermill.record/text/plain": ["0.5"], "application/papermill.record/text/html": ["<b>0.5</b>"]},
                },
            ],
        },
        {
            "cell_type": "code",
            "id": "c",
            "execution_count": 3,
            "metadata": {},
            "source": ["1 + 1"],
            "outputs": [{"output_type": "execute_result", "execution_count": 3, "metadata": {}, "data": {"text/plain": ["2"]}}],
        },
    ],
    "metadata": {"kernelspec": {"name": "my-own"}, "widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.11.7"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_tidy_keeps_text_tags_and_ids_and_drops_the_rest():
    notebook = tidy.tidy(copy.deepcopy(RAW))
    title, drawing, sum_ = notebook["cells"]
    assert [cell["id"] for cell in notebook["cells"]] == ["a", "b", "c"]
    assert title["metadata"] == {} and drawing["metadata"] == {"tags": ["hide-input"], "mystnb": {"image": {"alt": "A line"}}}
    assert drawing["execution_count"] == 1 and sum_["execution_count"] == sum_["outputs"][0]["execution_count"] == 2
    assert [output.get("text") or output["data"] for output in drawing["outputs"]] == [
        ["loss 0.5\n"],
        {"text/plain": ["<Figure size 640x480 with 1 Axes>"]},
        {"application/papermill.record/text/plain": ["0.5"]},
    ]
    assert drawing["outputs"][-1]["metadata"] == {"scrapbook": {"name": "loss"}}
    assert "widgets" not in notebook["metadata"] and notebook["metadata"]["kernelspec"]["name"] == "python3"


def test_tidy_keeps_an_error_and_forgets_its_way_through_the_machine():
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["File /a/b.py"]}
    assert tidy.tidy_output(error, 1) == error | {"traceback": []}


def test_tidy_joins_what_was_printed_in_pieces():
    def printed(name, *text):
        return {"name": name, "output_type": "stream", "text": list(text)}

    pieces = [printed("stdout", "a\n", "b"), printed("stdout", "c\n"), printed("stderr", "d\n"), printed("stdout", "e\n")]
    assert tidy.merged(pieces) == [printed("stdout", "a\n", "bc\n"), printed("stderr", "d\n"), printed("stdout", "e\n")]
    notebook, view = copy.deepcopy(RAW), RAW["cells"][1]["outputs"][2]
    notebook["cells"][1]["outputs"] = [printed("stdout", "a\n"), view, printed("stdout", "b\n")]  # what is between them is not kept
    assert tidy.tidy(notebook)["cells"][1]["outputs"] == [printed("stdout", "a\n", "b\n")]


def test_tidy_twice_is_tidy_once():
    once = tidy.tidied(json.dumps(RAW))
    assert tidy.tidied(once) == once


@pytest.mark.parametrize("check", [True, False])
def test_the_command_repairs_or_with_check_only_complains(tmp_path, monkeypatch, check):
    path = tmp_path / "raw.ipynb"
    path.write_text(json.dumps(RAW), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["tidy.py", str(path), *["--check"] * check])
    if check:
        with pytest.raises(SystemExit, match="not tidy"):
            tidy.main()
        assert json.loads(path.read_text(encoding="utf-8")) == RAW
    else:
        tidy.main()
        assert tidy.tidied(json.dumps(RAW)) == path.read_text(encoding="utf-8")


def compared_with_the_book(notebook, path):
    """Save a notebook, and run nbval on it as `make test` does."""
    path.write_text(json.dumps(notebook), encoding="utf-8")
    options = ["-p", "_nbval", "-c", "pyproject.toml", "--rootdir", str(path.parent), "--compare-with-book", "-q"]
    return subprocess.run([sys.executable, "-m", "pytest", *options, str(path)], cwd=ROOT, capture_output=True, text=True)


def test_what_the_book_said_is_compared_and_a_changed_cell_runs_again(site, tmp_path):
    notebook = json.loads((ROOT / "book" / "01-neuron.ipynb").read_text(encoding="utf-8"))
    said = next(cell for cell in notebook["cells"] if [output["output_type"] for output in cell.get("outputs", [])] == ["stream"])
    kept = said["outputs"]
    said["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["what no run says\n"]}]
    run = compared_with_the_book(notebook, tmp_path / "changed_output.ipynb")
    assert run.returncode == 1 and "what no run says" in run.stdout, run.stdout
    said["outputs"] = kept
    said["source"] += ["\nraise RuntimeError('a cell that the book has not run')"]
    run = compared_with_the_book(notebook, tmp_path / "changed_cell.ipynb")
    assert run.returncode == 1 and "a cell that the book has not run" in run.stdout, run.stdout
