"""The book's own machinery, tried on a book of one page: fresh execution, launch buttons, and the last look at the built pages."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.house

ROOT = Path(__file__).parent.parent


def load_extension(name):
    """Import one of the book's Sphinx extensions."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "book" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A function that builds a book of one notebook with this repository's settings, and returns (exit code, log, page)."""
    from nbformat import v4, write

    root = tmp_path_factory.mktemp("book")
    shutil.copytree(ROOT / "book" / "_ext", root / "book" / "_ext")
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    for name in ("_config.yml", "requirements.txt", "book/references.bib"):
        shutil.copy(ROOT / name, root / name)
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/page\n")
    (root / "nnfromscratch").mkdir()

    def build(code, *, package, **environment):
        """Build with this code cell, and a package of this source, which stands before the installed one."""
        (root / "nnfromscratch" / "__init__.py").write_text(package)
        cells = [v4.new_markdown_cell("# Page", id="title"), v4.new_code_cell(code, id="code")]
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        write(notebook, root / "book" / "page.ipynb")
        run = subprocess.run(
            [Path(sys.executable).parent / "jupyter-book", "build", root, "-W", "-n", "--keep-going"],
            capture_output=True, text=True, cwd=root,
            env={**os.environ, "PYTHONPATH": str(root), "NNFROMSCRATCH_REPOSITORY": "", **environment})
        page = root / "_build" / "html" / "book" / "page.html"
        return run.returncode, run.stdout + run.stderr, page.read_text() if page.exists() else ""

    return build


SHOW = "import nnfromscratch\nprint('the package says', nnfromscratch.ANSWER * 111)"


def test_a_changed_package_runs_the_pages_again_and_an_unchanged_one_does_not(small_book):
    code, log, page = small_book(SHOW, package="ANSWER = 2")
    assert code == 0, log
    assert "the package says 222" in page
    assert "mybinder" not in page and "colab" not in page

    code, log, page = small_book(SHOW, package="ANSWER = 3")
    assert code == 0 and "the package says 333" in page

    code, log, page = small_book(SHOW, package="ANSWER = 3", NNFROMSCRATCH_REPOSITORY="https://github.com/someone/course")
    assert code == 0 and "the package says 333" in page
    assert "Executing notebook" not in log, "an unchanged page was run again"
    assert "https://mybinder.org/v2/gh/someone/course/main?urlpath=lab/tree/book/page.ipynb" in page
    assert "https://colab.research.google.com/github/someone/course/blob/main/book/page.ipynb" in page


UNFIT = """
import sys
import ipywidgets
import matplotlib.pyplot as plt
print("careful", file=sys.stderr)
ax = plt.plot([0, 1])
ipywidgets.IntSlider()
"""


@pytest.mark.parametrize(("code", "complaints"), [
    ("1 / 0", ["ZeroDivisionError"]),
    (UNFIT, ["stderr was found", "picture without alt text", "ordinary widget (IntSliderModel)"]),
])
def test_a_page_that_is_not_fit_fails_the_build(small_book, code, complaints):
    exit_code, log, _ = small_book(code, package="")
    assert exit_code != 0
    assert [complaint for complaint in complaints if complaint not in log] == []


@pytest.mark.parametrize(("named", "address"), [
    ("https://github.com/someone/course", "https://github.com/someone/course"),
    ("https://github.com/someone/course.git", "https://github.com/someone/course"),
    ("git@github.com:some-one/the.course.git", "https://github.com/some-one/the.course"),
    ("https://token@github.com/someone/course", "https://github.com/someone/course"),
    ("https://example.org/someone/course", None),
    ("../course", None),
    ("", None),
])
def test_the_repository_s_address(monkeypatch, tmp_path, named, address):
    launch_buttons = load_extension("launch_buttons")
    monkeypatch.setenv("NNFROMSCRATCH_REPOSITORY", named)
    assert launch_buttons.repository(tmp_path) == address
    monkeypatch.delenv("NNFROMSCRATCH_REPOSITORY")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert launch_buttons.repository(tmp_path) is None
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", named or "."], check=True)
    assert launch_buttons.repository(tmp_path) == address


MODEL = '{"state": {"m": {"model_name": "X", "state": {"_model_module": "%s"}}}}'
STATE = f'<script type="application/vnd.jupyter.widget-state+json">{MODEL}</script>'
VIEW = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "m"}</script>'


@pytest.mark.parametrize(("html", "faults"), [
    ('<img src="a.png" alt="A line that rises">', 0),
    ('<img src="a.png">', 1),
    ('<img src="a.png" alt=" ">', 1),
    ('<img src="a.png" alt="a.png">', 1),
    (STATE % "anywidget" + VIEW, 0),
    (STATE % "@jupyter-widgets/controls" + VIEW, 1),
    (VIEW, 1),
])
def test_the_last_look_at_a_page(html, faults):
    assert len(list(load_extension("checked_pages").faults(html))) == faults


def test_the_fingerprint_covers_the_package_the_quizzes_and_the_pins(tmp_path):
    fingerprint = load_extension("fresh_execution").fingerprint
    seen = {fingerprint(tmp_path)}
    names = ["layers.py", "data/digits.npz", "widgets/a.js"]
    for name in [*(f"nnfromscratch/{name}" for name in names), "book/quizzes/1.json", "requirements.txt"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for content in ("one", "two"):
            path.write_text(content)
            seen.add(fingerprint(tmp_path))
    assert len(seen) == 11
    (tmp_path / "nnfromscratch" / "layers.pyc").write_text("compiled")
    (tmp_path / "README.md").write_text("words")
    assert fingerprint(tmp_path) in seen


def test_bars_in_docstrings_are_bars():
    escape_bars = load_extension("plain_docstrings").escape_bars
    lines = ["Return |a - b|.", "", ">>> print('|')", "|", "", "And |c|."]
    escape_bars(None, "function", "f", None, None, lines)
    assert lines == [r"Return \|a - b\|.", "", ">>> print('|')", "|", "", r"And \|c\|."]


def test_the_server_is_for_this_machine_only():
    spec = importlib.util.spec_from_file_location("serve", ROOT / "tools" / "serve.py")
    serve = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(serve)
    with serve.start(0) as first, serve.start(first.server_port) as second:
        assert first.server_address[0] == second.server_address[0] == "127.0.0.1"
        assert first.server_port != second.server_port
