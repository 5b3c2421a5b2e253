"""Every make target, in folders and with paths that people really have: spaces, brackets, quotes, umlauts, a leading dash.

The Makefile runs in a copy whose programs only record how they were called.
"""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from environment import ROOT

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make, which Windows does not have")
NAMES = ["week 2", "[week] (2)", "größe-数", "-week", "-week [2] größe", "a'b", 'a"b', "a&b;c", "back\\slash", "*", "~week"]
PROGRAM = r"""#!/bin/sh
printf '%s\0' "$0" "$HOME" "$#" "$@" >> "$LOG"
"""
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROGRAMS = sorted(set(re.findall(r"\$\(BIN\)/([\w-]+)", MAKEFILE)))
PLAIN = ("tools.notebooks.words",)  # has no options: whatever follows is a path
TARGETS = sorted(set(re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE)[1].split()) - {"pins"})  # that one needs the network


@pytest.fixture
def course(request, tmp_path):
    """A copy of the Makefile in a folder of the wanted name, with programs that record how they were called."""
    folder = tmp_path / request.param
    for environment in (".venv", ".venv-bench"):
        (folder / environment / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "requirements"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, folder / name)
    for path in [*(folder / ".venv" / "bin" / name for name in PROGRAMS), folder / ".venv-bench" / "bin" / "python", folder / "bin" / "uv"]:
        path.parent.mkdir(exist_ok=True)
        path.write_text(PROGRAM, encoding="utf-8")
        path.chmod(0o755)
    (folder / ".venv-npm").mkdir()
    for stamp in (".venv-npm/stamp", ".venv/book.stamp", ".venv/test.stamp", ".venv/grading.stamp", ".venv-bench/bench.stamp"):
        (folder / stamp).touch()
    return folder


def make(folder, *arguments, fails=False, **environment):
    """Run make; return the calls of programs, each as a program, its arguments, and its home folder."""
    log = folder.parent / "log"
    log.write_text("")
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    variables = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        ["make", *arguments], cwd=folder, env=variables | {"PATH": path, "LOG": str(log)} | environment, capture_output=True, text=True
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    texts, calls = iter(log.read_text(encoding="utf-8").split("\0")[:-1]), []
    for program in texts:
        home, count = next(texts), int(next(texts))
        calls.append((os.path.basename(program), [next(texts) for _ in range(count)], home))
    return calls


in_any_folder = pytest.mark.parametrize("course", ["-week [2] größe", "a'b", 'a"b', "a&b;c"], indirect=True)


@in_any_folder
def test_every_target_works_in_a_folder_of_any_name(course):
    for target in TARGETS:
        (course / "_build" / "html").mkdir(parents=True, exist_ok=True)
        (course / "_build" / "html" / "output.txt").touch()  # what the linkcheck would write
        calls = make(course, target, "FILE=page.ipynb", "SUBMISSIONS=week", "GRADED=week-graded")
        assert calls or target in ("help", "clean"), target
    assert [path.name for path in course.parent.iterdir() if path != course] == ["log"]


@pytest.mark.parametrize("course", ["course"], indirect=True)
@pytest.mark.parametrize("name", NAMES)
def test_every_variable_takes_a_path_of_any_name(course, name):
    for target, variable in [("chapter", "FILE"), ("grade", "SUBMISSIONS"), ("grades", "GRADED"), ("grades", "DECISIONS")]:
        given = [arguments for _, arguments, _ in make(course, target, f"{variable}={name}") if name in arguments]
        assert given and all(arguments[-1] == name for arguments in given), (target, given)
        assert all("--" in arguments for arguments in given if arguments[1] not in PLAIN), f"{target}: options could follow"


@pytest.mark.parametrize("course", ["course"], indirect=True)
def test_options_may_hold_paths_too(course):
    [(_, arguments, _)] = make(course, "grade", "SUBMISSIONS=week 2", """OPTIONS=--students "my class.csv" --to '[a] b'""")
    assert arguments[3:] == ["--students", "my class.csv", "--to", "[a] b", "--", "week 2"]


@pytest.mark.parametrize("course", ["course"], indirect=True)
@pytest.mark.parametrize("name", NAMES)
def test_a_class_list_may_have_any_name(course, name):
    [(_, arguments, _)] = make(course, "grade", "SUBMISSIONS=week 2", f"CLASS={name}")
    assert arguments[3:] == [f"--students={name}", "--", "week 2"]


@in_any_folder
def test_the_environment_is_made_with_a_python_at_any_path(course):
    shutil.rmtree(course / ".venv")
    python = course / "bin" / "my python"
    shutil.copy(course / "bin" / "uv", python)
    [(program, arguments, _), *_] = make(course, "book", f"PYTHON={python}", fails=True)[-1:]  # this Python makes no environment
    assert (program, arguments) == ("my python", ["-m", "venv", ".venv"])


@in_any_folder
@pytest.mark.parametrize("home", ["/proc/none", "/dev/null"])
def test_a_home_that_cannot_be_written_is_replaced(course, home):
    [(_, _, used)] = make(course, "tidy", HOME=home)[:1]
    assert used == str(course / "_build" / "home") and os.path.isdir(used)


@pytest.mark.parametrize("course", ["course"], indirect=True)
def test_any_other_home_stays(course, tmp_path):
    [(_, _, used)] = make(course, "tidy", HOME=str(tmp_path))[:1]
    assert used == str(tmp_path)


def test_the_commands_for_windows_in_the_readme_are_those_of_make():
    [block] = re.findall(r"^```powershell\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    makefile = MAKEFILE.replace(" --quiet --disable-pip-version-check", "").replace("$(BIN)/", ".venv\\Scripts\\")
    commands = [line for line in block.splitlines() if line.startswith(".venv")]
    assert len(commands) == 5 and [line for line in commands if line not in makefile] == []
    for program in set(re.findall(r"Scripts\\([\w-]+)", block)) - {"python"}:
        assert shutil.which(program, path=os.path.dirname(sys.executable)), program


# ---------------------------------------------------------------------------------------------- the programs themselves


NOTEBOOK = {"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "execution_count": None, "outputs": [], "source": ["1 + 1"]}]}
NOTEBOOK |= {
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.mark.parametrize("name", ["-week [2] größe", "a'b 数"])
def test_the_programs_of_make_chapter_take_such_paths(tmp_path, name):
    (tmp_path / name).mkdir()
    notebook = tmp_path / name / f"{name}.ipynb"
    notebook.write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command in ["jupyter", "execute", "--inplace"], ["tools.notebooks.tidy"]:
        run = [sys.executable, "-m", *command, "--", notebook.name]
        subprocess.run(run, cwd=notebook.parent, env=settings, check=True, capture_output=True)
    [cell] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    assert cell["outputs"][0]["data"]["text/plain"] == ["2"] and cell["metadata"] == {}
