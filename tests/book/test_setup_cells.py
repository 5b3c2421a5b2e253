"""The first code cell of every chapter: it installs the package if that is missing, or says where it looked for it."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import zipfile
from importlib.machinery import ModuleSpec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

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


def run_cell(monkeypatch, folder, *, home="", spec=None, uploads="/nowhere"):
    """Run the cell in this folder, as IPython would; return where it told pip to install from, or None."""
    from IPython.core.inputtransformer2 import TransformerManager

    told = []

    class Shell:
        def run_line_magic(self, name, line):
            told.append((name, line))

    monkeypatch.chdir(folder)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    source = "".join(setup_cells.setup_cell(home)["source"])
    assert '"/content"' in source
    code = TransformerManager().transform_cell(source.replace('"/content"', repr(str(uploads))))
    names = {"get_ipython": Shell}
    exec(code, names)
    assert all(line == 'install --quiet "nnfromscratch[widgets,quizzes] @ {source}"' for _, line in told) and len(told) <= 1
    return names["source"] if told else None


def wheel(folder, version="0.1.0", ending=".whl", name="nnfromscratch"):
    """Make the smallest wheel that pip installs."""
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-{version}-py3-none-any{ending}", f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", f"__version__ = {version!r}")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def course(folder):
    """Make the files that show that a folder is the course's."""
    (folder / "nnfromscratch").mkdir(parents=True)
    (folder / "nnfromscratch" / "__init__.py").touch()
    (folder / "pyproject.toml").touch()
    return folder


def version_at(source):
    """Return the version of the wheel at this address, whose file must have a name that pip accepts."""
    path = Path(url2pathname(urlsplit(source).path))
    version = re.fullmatch(r"nnfromscratch-([^-]+)-py3-none-any\.whl", path.name)[1]
    with zipfile.ZipFile(path) as archive:
        assert repr(version) in archive.read("nnfromscratch/__init__.py").decode()
    return version


@pytest.fixture
def notebooks(tmp_path):
    """The folder of a notebook, two below one that may hold more."""
    (tmp_path / "course" / "week 2").mkdir(parents=True)
    return tmp_path / "course" / "week 2"


def test_the_cell_does_nothing_if_the_package_is_there(monkeypatch, notebooks):
    assert run_cell(monkeypatch, notebooks, home=HOME, spec=ModuleSpec("nnfromscratch", None, origin="__init__.py")) is None


def test_a_folder_that_is_only_called_like_the_package_is_not_the_package(monkeypatch, notebooks):
    assert run_cell(monkeypatch, notebooks, home=HOME, spec=ModuleSpec("nnfromscratch", None)) == f"git+{HOME}"


@pytest.mark.parametrize("place", [".", "..", "../.."])
def test_a_wheel_is_found_beside_the_notebook_and_up_to_two_folders_above(monkeypatch, notebooks, place):
    wheel(notebooks / place, "0.3.0")
    assert version_at(run_cell(monkeypatch, notebooks, home=HOME)) == "0.3.0"


def test_a_wheel_is_found_where_colab_uploads_to(monkeypatch, notebooks, tmp_path):
    wheel(tmp_path / "uploads", "0.3.0")
    assert version_at(run_cell(monkeypatch, notebooks, home=HOME, uploads=tmp_path / "uploads")) == "0.3.0"


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        (["0.9.0", "0.10.0"], "0.10.0"),
        (["1.0.0rc1", "1.0.0"], "1.0.0"),
        (["0.2", "0.1.9"], "0.2"),
        (["0.2.0.post1", "0.2.0"], "0.2.0.post1"),
    ],
)
@pytest.mark.parametrize("places", [[".", ".."], ["../..", "."], ["..", ".."]])
def test_the_newest_version_wins_wherever_it_is(monkeypatch, notebooks, versions, newest, places):
    for version, place in zip(versions, places):
        wheel(notebooks / place, version)
    assert version_at(run_cell(monkeypatch, notebooks, home=HOME)) == newest


@pytest.mark.parametrize("ending", [" (1).whl", "(2).whl", "-copy.whl", " - Kopie.whl"])
def test_a_wheel_that_was_downloaded_again_is_taken_in_its_newest_copy(monkeypatch, notebooks, ending):
    os.utime(wheel(notebooks, "0.3.0"), (0, 0))
    again = wheel(notebooks, "0.3.0", ending)
    source = run_cell(monkeypatch, notebooks)
    assert version_at(source) == "0.3.0"
    assert Path(url2pathname(urlsplit(source).path)).read_bytes() == again.read_bytes()


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: c[:100], lambda c: b"", lambda c: b"<!DOCTYPE html>"])
def test_an_older_whole_wheel_is_taken_before_a_newer_broken_one(monkeypatch, notebooks, spoil):
    wheel(notebooks / "..", "0.3.0")
    for newer in (wheel(notebooks, "0.4.0"), wheel(notebooks, "0.3.0", " (1).whl")):
        newer.write_bytes(spoil(newer.read_bytes()))
    assert version_at(run_cell(monkeypatch, notebooks, home=HOME)) == "0.3.0"
    (notebooks / ".." / "nnfromscratch-0.3.0-py3-none-any.whl").unlink()
    assert run_cell(monkeypatch, notebooks, home=HOME) == f"git+{HOME}"
    with pytest.raises(ModuleNotFoundError, match="It looked for a complete wheel"):
        run_cell(monkeypatch, notebooks)


@pytest.mark.parametrize("ending", [".whl.zip", ".zip", ".WHL", " (1).whl.zip"])
def test_a_wheel_that_a_browser_or_a_platform_renamed_is_taken(monkeypatch, notebooks, ending):
    wheel(notebooks, "0.3.0", ending)
    (notebooks / "nnfromscratch-0.4.0-py3-none-any").mkdir()  # unpacked
    assert version_at(run_cell(monkeypatch, notebooks, home=HOME)) == "0.3.0"


def test_other_wheels_are_not_taken_for_the_package(monkeypatch, notebooks):
    wheel(notebooks, name="nnfromscratch_extras")
    (notebooks / "nnfromscratch-latest.whl").touch()
    (notebooks / "nnfromscratch-0.1.0.tar.gz").touch()
    assert run_cell(monkeypatch, notebooks, home=HOME) == f"git+{HOME}"


@pytest.mark.parametrize("place", [".", "..", "../..", "nnfromscratch", "../nnfromscratch", "../../nnfromscratch"])
def test_the_courses_folder_is_found_too(monkeypatch, notebooks, place):
    folder = course(notebooks / place)
    assert run_cell(monkeypatch, notebooks, home=HOME) == folder.resolve().as_uri()
    wheel(notebooks / "..")
    assert version_at(run_cell(monkeypatch, notebooks, home=HOME)) == "0.1.0"


def test_a_folder_of_that_name_without_the_course_is_no_source(monkeypatch, notebooks):
    (notebooks / "nnfromscratch").mkdir()
    assert run_cell(monkeypatch, notebooks, home=HOME) == f"git+{HOME}"


def test_without_a_source_the_cell_says_where_it_looked_and_what_to_do(monkeypatch, notebooks, tmp_path):
    with pytest.raises(ModuleNotFoundError, match="Put the wheel next to this notebook, and run this cell again") as error:
        run_cell(monkeypatch, notebooks, uploads=tmp_path)
    for folder in (notebooks, notebooks.parent, tmp_path):
        assert str(folder) in str(error.value)
    assert "{" not in str(error.value)


@pytest.mark.parametrize("name", ["week 2", "[week] (2)", "größe-数", "-week", "a'b", "50% $HOME", "a#b?c", "{x}"])
def test_pip_installs_from_a_folder_of_any_name(monkeypatch, tmp_path, name):
    (tmp_path / name / "book").mkdir(parents=True)
    wheel(tmp_path / name, "0.3.0", " (1).whl")
    source = run_cell(monkeypatch, tmp_path / name / "book")
    target = tmp_path / "installed"
    options = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", "--target", target]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, f"nnfromscratch[widgets,quizzes] @ {source}"], check=True)
    assert (target / "nnfromscratch" / "__init__.py").read_text() == "__version__ = '0.3.0'"


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
