"""The first code cell of every chapter: it fetches the package where it is missing, from where it can be had, and else says so."""

import importlib.util
import json
import subprocess
import sys

import pytest

from environment import ROOT
from tools.notebooks import setup_cells

HOME = "https://github.com/someone/course"

CHAPTERS = sorted(ROOT.glob(setup_cells.CHAPTERS))


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_has_the_cell_as_its_first(path):
    notebook = read(path)
    assert setup_cells.with_setup_cell(notebook) == notebook, "run: make tidy"


def test_all_chapters_know_the_same_address():
    assert len({setup_cells.known_address(read(path)) for path in CHAPTERS}) == 1


def test_an_address_is_written_once_and_kept_until_another_comes():
    notebook = read(CHAPTERS[0])
    once = setup_cells.with_setup_cell(notebook, HOME)
    assert setup_cells.known_address(once) == HOME and len(once["cells"]) == len(notebook["cells"])
    assert setup_cells.with_setup_cell(once) == once
    assert setup_cells.known_address(setup_cells.with_setup_cell(once, f"{HOME}@autumn")) == f"{HOME}@autumn"


@pytest.mark.parametrize(
    ("named", "address"),
    [("", ""), (HOME, HOME), (f"{HOME}.git", HOME), (f"{HOME}/tree/autumn", f"{HOME}@autumn"), ("https://example.org/course", "")],
)
def test_the_address_is_that_of_the_launch_links(monkeypatch, named, address):
    monkeypatch.setenv("NNFROMSCRATCH_REPOSITORY", named)
    assert setup_cells.launch_address() == address


def run_cell(monkeypatch, folder, *, home="", missing=True):
    """Run the cell in this folder, as IPython would; return what it told pip."""
    from IPython.core.inputtransformer2 import TransformerManager

    told = []

    class Shell:
        def run_line_magic(self, name, line):
            told.append((name, line))

    monkeypatch.chdir(folder)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if missing else "found")
    code = TransformerManager().transform_cell("".join(setup_cells.setup_cell(home)["source"]))
    names = {"get_ipython": Shell}
    exec(code, names)
    return [(name, line.format(**names)) for name, line in told]


@pytest.fixture
def chapters(tmp_path):
    """The folder of the chapters, in a folder that may hold more."""
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


def install(source):
    return [("pip", f'install --quiet "nnfromscratch[widgets,quizzes] @ {source}"')]


def test_the_cell_does_nothing_where_the_package_is(monkeypatch, chapters):
    assert run_cell(monkeypatch, chapters, home=HOME, missing=False) == []


def test_the_cell_takes_the_nearest_source(monkeypatch, chapters):
    assert run_cell(monkeypatch, chapters, home=HOME) == install(f"git+{HOME}")
    (chapters.parent / "nnfromscratch").mkdir()
    assert run_cell(monkeypatch, chapters, home=HOME) == install(chapters.parent.as_uri())
    for version in ("0.1.0", "0.2.0"):
        wheel = chapters.parent / f"nnfromscratch-{version}-py3-none-any.whl"
        wheel.touch()
        assert run_cell(monkeypatch, chapters, home=HOME) == install(wheel.as_uri())


def test_the_cell_says_when_it_knows_no_source(monkeypatch, chapters):
    with pytest.raises(ModuleNotFoundError, match="does not know where to fetch it"):
        run_cell(monkeypatch, chapters)


def test_the_command_writes_the_address_into_every_chapter(monkeypatch, tmp_path):
    (tmp_path / "book").mkdir()
    for path in CHAPTERS[:2]:
        (tmp_path / "book" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(setup_cells, "ROOT", tmp_path)
    monkeypatch.setattr(setup_cells, "launch_address", lambda: HOME)
    setup_cells.main()
    copies = sorted(tmp_path.glob("book/*.ipynb"))
    assert [setup_cells.known_address(read(path)) for path in copies] == [HOME, HOME]
    monkeypatch.setattr(setup_cells, "launch_address", lambda: "")
    before = [path.read_bytes() for path in copies]
    setup_cells.main()
    assert [path.read_bytes() for path in copies] == before


def test_a_run_of_a_chapter_leaves_no_trace_on_the_cell(tmp_path):
    notebook = read(CHAPTERS[0])
    number = next(number for number, cell in enumerate(notebook["cells"]) if cell["id"] == "setup")
    clean = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    notebook["cells"][number] |= {"execution_count": 1, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["Note"]}]}
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "tools.notebooks.tidy", path], cwd=ROOT, check=True)
    assert path.read_text(encoding="utf-8") == clean
