"""The archive for a machine without a network: what is in it, that it is the same each time, and that its starter starts."""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile

import pytest

from environment import ROOT
from figure_driver import opened, ready
from tools.release import offline

DATE = (2030, 1, 2, 3, 4, 6)


@pytest.fixture(scope="module")
def parts(site):
    """{path: content} of the archive."""
    return offline.parts()


@pytest.fixture(scope="module")
def unpacked(parts, tmp_path_factory):
    """The folder that a reader unpacks, under a name that a script may trip over."""
    folder = tmp_path_factory.mktemp("zip") / "My school's folder & more"
    folder.mkdir()
    offline.write_zip(folder / "course.zip", parts, DATE)
    subprocess.run([sys.executable, "-m", "zipfile", "-e", folder / "course.zip", folder], check=True)
    return folder / offline.FOLDER


def test_the_archive_holds_site_notebooks_package_data_and_starters(parts, unpacked):
    names = {name.removeprefix(f"{offline.FOLDER}/") for name in parts}
    assert {
        "site/index.html",
        "site/book/01-neuron.html",
        "notebooks/01-neuron.ipynb",
        "notebooks/quizzes/01-neuron.json",
        "notebooks/exercises/01-neuron.ipynb",
        "data/digits.npz",
        "data/README.md",
        "start.py",
        "start-windows.bat",
        "start-macos.command",
        "start-linux.sh",
        "READ-ME-FIRST.txt",
        "LICENSE.txt",
    } <= names
    notebooks = [
        {path.relative_to(folder) for pattern in ("*.ipynb", "exercises/*") for path in folder.glob(pattern)}
        for folder in (ROOT / "book", unpacked / "notebooks")
    ]
    assert notebooks[0] == notebooks[1]
    [wheel] = unpacked.glob("nnfromscratch-*.whl")  # above the notebooks, where their first cell looks
    assert "nnfromscratch/py.typed" in zipfile.ZipFile(wheel).namelist()
    assert "\r\n" in (unpacked / "start-windows.bat").read_bytes().decode()


def test_the_archive_holds_no_solution_and_no_hidden_test(parts):
    assert [name for name in parts if "coursework" in name] == []
    secrets = [b"BEGIN SOLUTION", b"BEGIN HIDDEN TESTS", b"HIDDEN TESTS"]
    assert [(name, secret) for name, content in parts.items() for secret in secrets if secret in content] == []
    assert [name for name in parts if "mutants" in name or "coursework" in name] == []


def test_the_same_site_gives_the_same_bytes(parts, tmp_path):
    for name in ("one.zip", "two.zip"):
        offline.write_zip(tmp_path / name, parts if name == "one.zip" else offline.parts(), DATE)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def page(figure, layout, spare, *, turned):
    """Return a page with a figure, its layout, and a model that nothing shows, as one build or another writes it."""
    models = {
        figure: {"state": {"layout": f"IPY_MODEL_{layout}", "n": 1}},
        layout: {"state": {"width": "</script>"}},
        spare: {"state": {"n": 2}},
    }
    if turned:
        models = {name: dict(reversed(model.items())) for name, model in reversed(models.items())}
    state = json.dumps({"state": models}).replace("</", "<\\/")
    kind = "application/vnd.jupyter.widget-"
    return (
        f'<p>abc</p><script type="{kind}state+json">{state}</script>'
        f'<script type="{kind}view+json">{json.dumps({"model_id": figure})}</script><img src="{"d" * 32}.png">'
    )


def test_a_page_is_the_same_whatever_its_figures_parts_are_called():
    one = offline.steady(page("a" * 32, "b" * 32, "c" * 32, turned=False))
    assert one == offline.steady(page("f" * 32, "1" * 32, "0" * 32, turned=True))
    assert one == offline.steady(one) and f"{'d' * 32}.png" in one
    state, view = (json.loads(data) for _, _, data, _ in offline.DATA.findall(one))
    assert state["state"][view["model_id"]]["state"] == {"layout": f"IPY_MODEL_{1:032x}", "n": 1}
    assert offline.steady("<p>no figure</p>") == "<p>no figure</p>"
    assert offline.steady(page("a" * 32, "b" * 32, "c" * 32, turned=False).replace("abc", "other")) != one


@pytest.fixture
def started(unpacked):
    """The address at which the starter serves the course."""
    if os.name == "nt":
        pytest.skip("the starter of Windows is another one")
    process = subprocess.Popen(
        [unpacked / "start-linux.sh", "--no-browser"]
        if os.access(unpacked / "start-linux.sh", os.X_OK)
        else ["sh", unpacked / "start-linux.sh", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().split()[-1]
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_starter_serves_the_site_to_this_machine_only(started):
    assert started.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{started}book/01-neuron.html") as answer:
        assert b"The neuron" in answer.read()
    with urllib.request.urlopen(f"{started}_static/figures.js") as answer:
        assert answer.headers["Content-Type"] == "text/javascript"


@pytest.mark.parametrize("python3", [None, "#!/bin/sh\nexit 1\n"], ids=["none", "one that only says where to get it"])
@pytest.mark.parametrize("starter", ["start-linux.sh", "start-macos.command"])
def test_without_python_the_starter_says_what_can_be_read(unpacked, tmp_path, starter, python3):
    if os.name == "nt":
        pytest.skip("the starter of Windows is another one")
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    if python3:
        (tmp_path / "python3").write_text(python3)
        (tmp_path / "python3").chmod(0o755)
    run = subprocess.run([shutil.which("sh"), unpacked / starter], env={"PATH": str(tmp_path)}, capture_output=True, text=True, timeout=30)
    assert "site/index.html" in run.stdout and run.stderr == ""


@pytest.mark.browser
def test_figures_answer_from_the_archive(started, browser):
    with opened(browser, f"{started}book/01-neuron.html", name="offline") as sheet:
        ready(sheet)
        assert sheet.locator(".nns-picture").count() > 0


@pytest.mark.browser
def test_cells_run_from_the_archive(started, browser):
    with opened(browser, f"{started}book/01-neuron.html", name="offline") as sheet:
        cell = sheet.locator(".cell.laboratory").nth(2)
        cell.locator(".laboratory-run").click()
        cell.locator(".laboratory-output pre", has_text="3.90").wait_for(timeout=60_000)
