"""The repository: what imports what, what is pinned, what is packed, and that nothing is where it does not belong."""

import ast
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import nnfromscratch
from environment import ROOT
from nnfromscratch import plots

PACKAGE = ROOT / "nnfromscratch"
DRAWS = {"matplotlib", "ipywidgets", "anywidget", "IPython"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


# --- what Windows lacks ----------------------------------------------------------------------------------------------------------------


FOLDERS = ["nnfromscratch", "coursework", "tools", "tests", "benchmarks", "book", "examples"]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_needs_what_windows_lacks(folder):
    """Such a module is imported where it is used, and the user's number is read only where there is one: a file would fail as a whole."""
    missing, found = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}, []
    for path in (ROOT / folder).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for statement in ast.parse(text).body:
            names = [name.name for name in statement.names] if isinstance(statement, ast.Import) else [getattr(statement, "module", "")]
            found += [(path.name, name) for name in names if name in missing]
        found += [(path.name, match) for match in re.findall(r'(?<!hasattr\(os, "geteuid"\) and )os\.geteuid\(\) ==', text)]
    assert found == []


# --- what the imports load (import-linter checks the layers) -------------------------------------------------------------------------


def loaded_by(statement):
    """Return the top-level packages that a fresh interpreter has loaded after a statement."""
    code = f"{statement}; import sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.split())


def test_the_numerics_load_numpy_and_nothing_that_draws_or_downloads():
    loaded = loaded_by("import nnfromscratch")
    assert "numpy" in loaded
    assert loaded & (DRAWS | {"pooch", "tqdm", "scipy", "sklearn", "torch", "pandas"}) == set()


def test_the_plots_load_matplotlib_but_no_widgets():
    loaded = loaded_by("from nnfromscratch import plots")
    assert "matplotlib" in loaded
    assert loaded & (DRAWS - {"matplotlib"} | {"pooch", "tqdm"}) == set()


# --- documentation ------------------------------------------------------------------------------------------------------------------


def public(module):
    """Return (name, object) of everything public in a module that can carry a docstring."""
    return [(name, getattr(module, name)) for name in module.__all__ if callable(getattr(module, name))]


EVERYTHING = dict(public(nnfromscratch) + public(plots))


@pytest.mark.parametrize(("name", "thing"), EVERYTHING.items(), ids=EVERYTHING)
def test_every_public_name_is_explained_with_an_example(name, thing):
    text = inspect.getdoc(thing) or ""
    assert ">>> " in text, f"{name} has no example"
    if inspect.isfunction(thing) and inspect.signature(thing).parameters and not name.startswith("d_"):  # d_f takes what f takes
        assert "Parameters\n" in text and "Returns\n" in text, f"{name} does not say what it takes and returns"
    if inspect.isclass(thing):
        methods = [method for method in vars(thing).values() if inspect.isfunction(method) and not method.__name__.startswith("_")]
        assert [method.__name__ for method in methods if not inspect.getdoc(method)] == []


def docstrings(path):
    """Return the docstrings of a module and of everything in it."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, kinds)]
    return [ast.get_docstring(node) for node in nodes if ast.get_docstring(node)]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_reference_page_shows_docstrings_as_they_are(path):
    """There, each line of what a function returns is a result of its own, and indented lines become one, unless :: comes before them."""
    for text in docstrings(path):
        returned = re.search(r"^Returns\n-+\n((?:.+\n?)+)", text, re.MULTILINE)
        results = re.findall(r"^\S.*", returned[1], re.MULTILINE) if returned else []
        assert len(results) < 2 or all(" : " in result for result in results), results
        assert re.findall(r"[^:]:\n\n +\S.*\n +\S.*", text) == []


def test_all_is_what_can_be_imported():
    for module in (nnfromscratch, plots):
        assert sorted(module.__all__) == sorted(set(module.__all__))
        assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_the_reference_page_has_every_module():
    page = read("book/api.md")
    modules = [path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_")]
    packages = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    assert [name for name in modules + packages if f".. automodule:: nnfromscratch.{name}\n" not in page] == []


def test_every_page_is_in_the_table_of_contents():
    """A page that is missing there is silently left out of the site."""
    contents = re.findall(r"(?:file|root): (\S+)", read("_toc.yml"))
    pages = [path for pattern in ("*.md", "*.ipynb", "exercises/*.ipynb") for path in (ROOT / "book").glob(pattern)]
    assert sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in pages) == sorted(contents)


# --- what is pinned and packed -------------------------------------------------------------------------------------------------------


PIN = re.compile(r"[a-z0-9][a-z0-9-]*==[0-9][\w.]*( ; .+)?")


def pins(name):
    """Return the lines of a compiled requirements file."""
    return [line for line in read(name).splitlines() if line.strip() and not line.startswith("#")]


def versions(name):
    """Return {package: version} of a compiled requirements file, whatever the platforms that each line is for."""
    return dict(line.partition(" ;")[0].split("==") for line in pins(name) if line != "-e .")


@pytest.mark.parametrize("name", ["requirements.txt", *(f"requirements/{name}.txt" for name in ("test", "parity", "colab"))])
def test_requirements_are_exact_pins_and_no_addresses(name):
    assert [line for line in pins(name) if line != "-e ." and not PIN.fullmatch(line)] == []


def test_environments_agree():
    course, test, parity = (versions(name) for name in ("requirements.txt", "requirements/test.txt", "requirements/parity.txt"))
    assert course.items() < test.items()
    assert [name for name in parity.keys() & test.keys() if parity[name] != test[name]] == []


def test_versions_agree():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["dependencies"] == ["numpy>=1.26"], "NumPy alone is required"
    cited = re.search(r"^version: (\S+)$", read("CITATION.cff"), re.MULTILINE)[1]
    assert project["version"] == cited == nnfromscratch.__version__
    assert project["version"] in read("CHANGELOG.md")


def test_ruff_knows_each_module_of_the_repository():
    """It does not find them by itself if the name of the course's folder has brackets, and then sorts imports differently."""
    ruff = tomllib.loads(read("pyproject.toml"))["tool"]["ruff"]
    folders = [ROOT / name for name in ruff["src"]]
    modules = {path.stem for folder in folders for path in folder.glob("*.py")}
    packages = {path.parent.name for folder in folders for path in folder.glob("*/__init__.py")}
    assert modules | packages <= set(ruff["lint"]["isort"]["known-first-party"])


def test_binder_takes_the_repository_as_it_is():
    """Its own program makes a recipe for an image: with the Python of runtime.txt, exactly the reader's requirements, and this package."""
    command = [Path(sys.executable).with_name("jupyter-repo2docker"), "--no-build", "--debug", "--ref", "HEAD", "."]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert f"Building conda environment for {read('runtime.txt').strip().replace('-', '=')}\n" in said
    installed = re.findall(r"pip install --no-cache-dir (.+)", said)
    assert installed == ['-r "requirements.txt"', "."]


def test_the_source_archive_makes_a_wheel_that_holds_the_package_its_types_its_data_quizzes_and_results(tmp_path):
    for name in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ("nnfromscratch", "tests", "book/quizzes", "book/results"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from setuptools import build_meta as backend; backend.build_{0}('dist')"
    subprocess.run([sys.executable, "-c", build.format("sdist")], cwd=tmp_path, check=True, capture_output=True)
    [archive] = (tmp_path / "dist").glob("*.tar.gz")
    shutil.unpack_archive(archive, tmp_path / "unpacked", filter="data")
    [unpacked] = (tmp_path / "unpacked").iterdir()
    subprocess.run([sys.executable, "-c", build.format("wheel")], cwd=unpacked, check=True, capture_output=True)
    [wheel] = (unpacked / "dist").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    source = {path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    carried = {f"nnfromscratch/{name}/{path.name}" for name in ("quizzes", "results") for path in (ROOT / "book" / name).iterdir()}
    assert packed == source | carried
    assert wheel.stat().st_size < 3_000_000


def test_the_package_s_page_shows_lines_that_are_tested_and_no_file_of_the_repository():
    page = tomllib.loads(read("pyproject.toml"))["project"]["readme"]["text"]
    [code] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert code and code in read("README.md")
    assert re.findall(r"\]\((?!https:)[^)]*", page) == []


# --- what does not belong here -------------------------------------------------------------------------------------------------------


def tracked():
    """Return the files that git knows."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        pytest.skip("this is not a git repository")
    return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).exists()]


MACHINE_PATH = r"(?<![\w.~:/-])/(?:work|tmp|root|home/\w+|Users/\w+)/"
PACKAGE_HOST = r"(?:pypi|pythonhosted|npmjs|deb\.debian)\.(?:org|com)\b"
INDEX_OPTION = r"(?<!no-emit-)(?:(?:extra-)?index-url|find-links)[ =]"


@pytest.mark.parametrize("pattern", [MACHINE_PATH, PACKAGE_HOST, INDEX_OPTION])
def test_no_file_names_a_machine_or_a_package_index(pattern):
    """The laboratory's files name folders of the Python in the browser, which has a file system of its own; hostile answers name any."""
    elsewhere = ("laborator", "test_hostile") if pattern == MACHINE_PATH else ()
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content and path != Path(__file__) and not any(name in path.as_posix() for name in elsewhere):
            found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in re.finditer(pattern, content.decode("utf-8"))]
    assert found == []


def test_nothing_built_is_committed():
    assert [path for path in tracked() if path.suffix in {".html", ".pyc", ".whl"} or "_build" in path.parts or ".venv" in path.parts] == []
    assert [path for path in tracked() if path.stat().st_size > 2_000_000] == []
