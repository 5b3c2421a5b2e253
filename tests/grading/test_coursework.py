"""The students' notebooks: made from their sources and nothing else, on the site, and without a word of a solution or a hidden test."""

import functools
import html
import json
import re
import subprocess
import sys

import pytest

from environment import ROOT

pytest.importorskip("jupytext")
import nbformat

from coursework import solved, sources

EXERCISES = ROOT / "book" / "exercises"
NAMES = sources.names()
WITH_TEXT = {".html", ".ipynb", ".md", ".txt", ".js", ".json", ".xml", ".py"}
EVERY_ASSIGNMENT = pytest.mark.parametrize("name", NAMES)


def test_the_students_notebooks_are_what_the_sources_make():
    run = subprocess.run([sys.executable, "-m", "coursework.build", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@EVERY_ASSIGNMENT
def test_the_book_has_the_exercise_and_a_chapter_leads_there(name):
    line, link = f"- file: book/exercises/{name}\n", f"{{doc}}`exercises/{name}`"
    assert line in (ROOT / "_toc.yml").read_text(encoding="utf-8"), f"_toc.yml needs the line: {line}"
    pages = [path for path in (ROOT / "book").glob("[0-9]*.ipynb") if link in path.read_text(encoding="utf-8")]
    assert pages, f"no chapter of the book has the link {link}"


@EVERY_ASSIGNMENT
def test_the_solved_notebook_is_the_source_and_was_run(name):
    """nbval runs it and compares what it printed (testpaths in pyproject.toml)."""
    notebook = nbformat.read(solved.FOLDER / f"{name}.ipynb", 4)
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in sources.read(name).cells], "run: make coursework"
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    assert not [cell.source for cell in notebook.cells if "execution" in cell.metadata], "times differ from run to run"


@EVERY_ASSIGNMENT
def test_checks_are_folded_and_nothing_else_is(name):
    cells = json.loads(sources.target(name).read_text(encoding="utf-8"))["cells"]
    folded = [cell["id"] for cell in cells if cell["metadata"].get("jupyter", {}).get("source_hidden") and cell["id"] != "setup"]
    assert folded == [cell["id"] for cell in cells if "hide-input" in cell["metadata"].get("tags", [])]
    assert folded == list(sources.hidden_tests(sources.read(name)))


def test_no_solved_notebook_is_left_over():
    assert sorted(path.stem for path in solved.FOLDER.glob("*.ipynb")) == NAMES


@EVERY_ASSIGNMENT
def test_the_first_cell_fetches_the_package_where_it_is_missing_and_only_there(name):
    first = next(cell for cell in nbformat.read(EXERCISES / f"{name}.ipynb", 4).cells if cell.cell_type == "code")
    assert "pip install" in first.source and 'find_spec("nnfromscratch")' in first.source


# --- nothing secret gets out ---------------------------------------------------------------------------------------------------------


def words(text):
    """Return a text without differences in space."""
    return " ".join(text.split())


def shown(page):
    """Return what a page of HTML shows."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


def plain(secret):
    """Return a solution or a hidden test as it would appear in a text."""
    return " ".join(line.strip() for line in secret.splitlines() if "###" not in line)


@functools.lru_cache(2)
def texts(folder):
    """Return (path, text) of every file with text in a folder; of a notebook, what its cells say."""
    return list(read_texts(folder))


def read_texts(folder):
    for path in sorted(path for path in folder.rglob("*") if path.suffix in WITH_TEXT):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        yield path, words(shown(text) if path.suffix == ".html" else text)


@functools.cache
def chapters():
    """Return what the chapters say and show."""
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "book").glob("[0-9]*.ipynb"))]
    return words("\n".join("".join(cell["source"]) for notebook in notebooks for cell in notebook["cells"]))


def leaks(name, folder):
    """Return the places of anything that only instructors may see. Lines that a chapter shows are not secret."""
    hidden = [plain(secret) for secret in sources.secrets(sources.read(name))]
    hidden = [secret for secret in hidden if secret and secret not in chapters()]
    return [(path.name, secret) for path, text in texts(folder) for secret in hidden if words(secret) in text]


@EVERY_ASSIGNMENT
def test_no_solution_and_no_hidden_test_is_in_the_students_notebooks(name):
    assert leaks(name, EXERCISES) == []


@EVERY_ASSIGNMENT
def test_no_solution_and_no_hidden_test_is_on_the_site(name, site):
    assert leaks(name, site) == []


def test_no_mark_of_a_secret_is_anywhere(site):
    marks = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "# variant")
    assert [path for folder in (EXERCISES, site) for path, text in texts(folder) if any(mark in text for mark in marks)] == []


@EVERY_ASSIGNMENT
def test_the_search_for_secrets_finds_one(name, tmp_path):
    nbformat.write(sources.read(name), tmp_path / "with-solutions.ipynb")
    assert len(leaks(name, tmp_path)) >= 5
    page = "".join(f"<span>{html.escape(line)}</span>\n" for line in sources.secrets(sources.read(name))[-1].splitlines())
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "page.html").write_text(f"<pre>{page}</pre>", encoding="utf-8")
    assert leaks(name, tmp_path / "site")
