"""Grading, with the submissions that instructors really get and with those that they fear: what each of them gets is a table.

The table goes through nbgrader, once, several submissions at a time.
"""

import copy
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import v4

from coursework import mutants, sources
from coursework.grading import isolation
from coursework.grading.check import Unreadable, check
from coursework.grading.collect import Submission, collect
from environment import ROOT, missing, skip_without

skip_without("nbgrader")
NAME = "02-activations"
ORIGINAL = nbformat.read(ROOT / "book" / "exercises" / f"{NAME}.ipynb", 4)
SOURCE = sources.read(NAME)
POINTS = {cell.id: sources.points(cell) for cell in SOURCE.cells if sources.is_test(cell)}
MUTANTS, UNUSUAL = mutants.tables(NAME)
WALLS = "bwrap" if isolation.stand("bwrap") else "none"


def answers(replaced=None, own=None):
    """Return a submission: the reference solution, with some answers replaced, and perhaps with a cell of its own before all others."""
    notebook = copy.deepcopy(ORIGINAL)
    solutions = {cell.id: re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source) for cell in SOURCE.cells if sources.is_solution(cell)}
    for cell in notebook.cells:
        cell.source = {**solutions, **(replaced or {})}.get(cell.id, cell.source)
    if own is not None:
        notebook.cells.insert(0, v4.new_code_cell(own))
    return notebook


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if sources.grade_id(cell) == name)


def without(name):
    notebook = answers()
    notebook.cells.remove(cell_of(notebook, name))
    return notebook


def twice(name):
    """A student copied an answer, changed the copy below it and left the first try above."""
    notebook = answers()
    first = copy.deepcopy(cell_of(notebook, name))
    first.source = "def saturated_share(Z, limit=0.01):\n    return Z"
    notebook.cells.insert(notebook.cells.index(cell_of(notebook, name)), first)
    return notebook


def from_colab(ids):
    """Colab moves a cell's id into its metadata; other editors drop what they do not know."""
    notebook = answers()
    for cell in notebook.cells:
        cell.metadata = {"id": cell.id} if ids else {}
        del cell["id"]
    notebook.nbformat_minor = 0
    return notebook


def with_test(name, source, replaced):
    notebook = answers(replaced)
    cell_of(notebook, name).source = source
    return notebook


LOST = {"saturated": "def saturated_share(Z, limit=0.01):\n    return Z"}  # loses test-saturated, and nothing else
GETS_ALL_BOOKS = """
import pathlib, sqlite3
for place in ("/tmp", "..", "../..", "../../.."):
    for book in pathlib.Path(place).glob("**/gradebook.db"):
        sqlite3.connect(book).execute("UPDATE grade SET auto_score = 1")
"""
READS = f"""
import pathlib
seen = [path for path in {[str(ROOT / "coursework" / "src"), str(ROOT / "tests")]!r} if pathlib.Path(path).exists()]
print("it sees", len(seen))
"""
LEAVES_A_PROCESS = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600.25)"], start_new_session=True)
"""
ALLOCATES = """
import numpy
def take(kept):
    while True:
        kept.append(numpy.zeros(10_000_000))
take([])
"""
FORGES = {"saturated": "def saturated_share(Z, limit=0.01):\n    import sys\n    sys.displayhook(1.0)\n    return Z"}
WARNS = {
    "saturated": "def saturated_share(Z, limit=0.01):\n    import sys\n    print('a warning', file=sys.stderr)\n"
    "    s = sigmoid(Z)\n    return (s * (1 - s) < limit).mean(axis=0)"
}
PATCHES_EXPECT = {"saturated": "import nnfromscratch.course.feedback as m\nm.expect = expect = lambda *a, **k: None\n" + LOST["saturated"]}

EVERYTHING = set(POINTS)
CLASSIC = [MUTANTS[name] for name in ("overflows", "mean over neurons")]
DONE = "look at: explain-trouble"  # nothing but the free text is left to mark
# submission: (notebook, state, graded cells without points or None if there are no marks, what the notes say)
TABLE = {
    "right": (answers(), DONE, set(), ""),
    "untouched": (copy.deepcopy(ORIGINAL), "ok", EVERYTHING, ""),
    **{f"mutant-{i}": (answers({mutant.cell: mutant.source}), DONE, mutant.loses, "") for i, mutant in enumerate(CLASSIC, 1)},
    "unusual": (answers({cell: source for solution in UNUSUAL.values() for cell, source in solution.items()}), DONE, set(), ""),
    "warns": (answers(WARNS), DONE, set(), ""),
    "loops": (answers(own="while True:\n    pass"), DONE, set(), "runs longer than 3 seconds: 'while True:'"),
    "loops-in-an-answer": (
        answers({"saturated": "def saturated_share(Z, limit=0.01):\n    while True:\n        pass"}),
        DONE,
        {"test-saturated"},
        "runs longer than 3 seconds: test-saturated",
    ),
    "raises": (answers(own="1 / 0"), DONE, set(), ""),
    "exits": (answers(own="import sys\nsys.exit()"), DONE, set(), ""),
    "ends-the-interpreter": (answers(own="import os\nos._exit(0)"), "crashed", None, "uses os._exit; ends the interpreter"),
    "allocates": (answers(own=ALLOCATES), DONE, set(), "needs more than 1500 MB"),
    "prints": (answers(own="while True:\n    print('x' * 1000)"), DONE, set(), "prints without end: 'while True:'"),
    "deletes-a-test": (without("test-saturated"), DONE, set(), "deleted, and put back: test-saturated"),
    "deletes-an-answer": (without("saturated"), f"{DONE}, saturated", {"test-saturated"}, "deleted, and put back: saturated"),
    "replaces-a-test": (with_test("test-saturated", "pass", LOST), DONE, {"test-saturated"}, "changed, and put back"),
    "patches-allclose": (
        answers(LOST, own="import numpy\nnumpy.allclose = lambda *a, **k: True"),
        "look at: everything, explain-trouble, other cells",
        {"test-saturated"},
        "changes numpy.allclose; changes numpy.allclose",
    ),
    "patches-expect": (
        answers(PATCHES_EXPECT),
        "look at: everything, explain-trouble, saturated",
        EVERYTHING,
        "switches the tests off, no mark counts",
    ),
    "forges-points": (answers(FORGES), DONE, {"test-saturated"}, ""),
    "writes-gradebooks": (
        answers(LOST, own=GETS_ALL_BOOKS),
        f"{DONE}, other cells",
        {"test-saturated"},
        "imports sqlite3, speaks of gradebook",
    ),
    "reads-hidden-tests": (answers(own=READS), DONE, set(), ""),
    "leaves-a-process": (answers(own=LEAVES_A_PROCESS), f"{DONE}, other cells", set(), "imports subprocess"),
    "takes-the-package": (
        answers({"saturated": "from nnfromscratch import Sigmoid\n" + LOST["saturated"]}),
        f"{DONE}, saturated",
        {"test-saturated"},
        "saturated: takes Sigmoid from nnfromscratch",
    ),
    "colab": (from_colab(ids=True), DONE, set(), "nbgrader's marks were gone"),
    "stripped": (from_colab(ids=False), DONE, set(), "nbgrader's marks were gone"),
    "twice": (twice("saturated"), DONE, set(), "there twice or more, the last one counts: saturated"),
    "not-json": ("{'cells': [", "unreadable", None, "is not JSON"),
}


def grade(table, folder, walls):
    """Grade a table's submissions; return the folder of the results, and {student: row of grades.csv}."""
    for student, (notebook, *_) in table.items():
        (folder / student).mkdir(parents=True)
        (folder / student / f"{NAME}.ipynb").write_text(notebook if isinstance(notebook, str) else json.dumps(notebook), encoding="utf-8")
    (folder.parent / "class.csv").write_text("id,name\nright,Ada\nabsent,Bob\n", encoding="utf-8")
    options = ["--isolation", walls, "--processes", "2", "--cell-seconds", "3", "--seconds", "60", "--memory", "1500"]
    run = subprocess.run(
        [sys.executable, "-m", "coursework.grading", folder, "--students", folder.parent / "class.csv", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "NNFROMSCRATCH_VARIANT": "48151"},
    )
    assert run.returncode == 0, run.stderr
    results = folder.with_name("handed-in-graded")
    with open(results / "grades.csv", encoding="utf-8") as file:
        return results, {row["student"]: row for row in csv.DictReader(file)}


def compare(row, expected):
    """Compare a row of grades.csv with that of the table."""
    _, state, lost, notes = expected
    assert row["state"] == state, row
    assert notes in row["notes"] and bool(notes) <= bool(row["notes"])
    if lost is None:
        assert row["score"] == "" and {row[test] for test in POINTS} == {""}
    else:
        assert {test: float(row[test]) for test in POINTS} == {test: 0.0 if test in lost else float(POINTS[test]) for test in POINTS}
        assert float(row["score"]) == sum(points for test, points in POINTS.items() if test not in lost)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade the table once."""
    return grade(TABLE, tmp_path_factory.mktemp("course") / "handed-in", WALLS)


@pytest.mark.parametrize("student", TABLE)
def test_what_a_submission_gets(graded, student):
    compare(graded[1][student], TABLE[student])


def test_a_look_that_takes_long_is_not_taken_for_a_trick(monkeypatch, tmp_path_factory):
    from coursework.grading import execute

    monkeypatch.setattr(execute, "LOOK", f"import time; time.sleep(1.5)\n{execute.LOOK}")
    for name, value in {"walls": WALLS, "desk": str(tmp_path_factory.mktemp("desk")), "limits": isolation.Limits(cell=1)}.items():
        monkeypatch.setattr(execute.Kernel, name, value)
    monkeypatch.setattr(execute.Run, "trusted", False)
    execute.Run().preprocess(v4.new_notebook(cells=[v4.new_code_cell("x = 1", id="one")]), {})
    assert execute.Run.trusted


def test_who_handed_in_nothing_is_missing(graded):
    assert graded[1]["absent"]["state"] == "missing" and graded[1]["absent"]["score"] == ""


def test_everybody_who_was_graded_has_feedback_and_a_place_in_the_gradebook(graded):
    from nbgrader.api import Gradebook

    folder, rows = graded
    with_marks = {student for student, row in rows.items() if row["score"]}
    pages = {path.parts[-3]: path.read_text(encoding="utf-8") for path in (folder / "feedback").glob("*/*/*.html")}
    assert with_marks <= pages.keys() <= TABLE.keys()
    assert "was expected" in pages["mutant-1"] or "expected" in pages["mutant-1"]
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        scores = {submission.student.id: submission.score for submission in gradebook.assignment_submissions(NAME)}
    assert {student: scores[student] for student in with_marks} == {student: float(rows[student]["score"]) for student in with_marks}


def test_nothing_that_a_submission_started_is_still_running(graded):
    commands = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if "time.sleep(3600.25)" in command] == []


def test_behind_walls_neither_the_sources_nor_the_tests_are_to_be_seen(graded):
    if WALLS == "none":
        missing(
            "A Bubblewrap that works here",
            "Debian has it: apt-get install bubblewrap. If it is installed, the system forbids it; "
            "Ubuntu allows it after: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        )
    notebook = nbformat.read(graded[0] / "autograded" / "reads-hidden-tests" / NAME / f"{NAME}.ipynb", 4)
    assert "it sees 0" in notebook.cells[0].outputs[0].text


def test_the_hidden_tests_are_the_instructor_s_variant(graded):
    notebook = nbformat.read(graded[0] / "autograded" / "right" / NAME / f"{NAME}.ipynb", 4)
    seeds = re.findall(r"^seed = (\d+)  # variant$", "\n".join(cell.source for cell in notebook.cells), re.MULTILINE)
    assert seeds and set(seeds) == {"48151"}


def test_a_variant_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("NNFROMSCRATCH_VARIANT", "autumn")
    with pytest.raises(ValueError, match="whole number, such as 48151; it is 'autumn'"):
        sources.variant()


def test_marks_given_by_hand_reach_the_table(graded):
    from nbgrader.api import Gradebook

    folder, _ = graded
    copied = shutil.copytree(folder, folder.with_name("marked"))
    with Gradebook(f"sqlite:///{copied / 'gradebook.db'}") as gradebook:
        grade = gradebook.find_grade("explain-trouble", NAME, NAME, "right")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    from coursework.grading.report import Report

    row = next(row for row in Report(copied).write() if row["student"] == "right")
    assert (row["state"], row["score"], row["explain-trouble"]) == ("ok", 9.5, 1.5)


# --- before grading ------------------------------------------------------------------------------------------------------------------


LAYOUTS = {
    "nbgrader": ["submitted/ada/02-activations/02-activations.ipynb", "submitted/bob/02-activations/02-activations.ipynb"],
    "nbgrader's folder itself": [
        "ada/02-activations/02-activations.ipynb",
        "ada/02-activations/timestamp.txt",
        "bob/02-activations/02-activations.ipynb",
    ],
    "folders of students": ["ada/02-activations.ipynb", "bob/homework (1).ipynb"],
    "folders of students in a folder": ["week 2/ada/02-activations.ipynb", "week 2/bob/my.ipynb"],
    "folders of assignments": ["02-activations/ada.ipynb", "02-activations/bob.ipynb"],
    "folders of students in those of assignments": ["02-activations/ada/02-activations.ipynb", "02-activations/bob/x.ipynb"],
    "files": ["ada.ipynb", "bob_02-activations.ipynb"],
    "files of one name each": ["ada-02-activations.ipynb", "bob 02-activations (1).ipynb.txt"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_usual_layout_is_understood(layout, packed, tmp_path):
    place = tmp_path / "in"
    for path in [*LAYOUTS[layout], "__MACOSX/x.ipynb"]:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text("{}")
    if packed:
        place = Path(shutil.make_archive(tmp_path / "in", "zip", place))
    assert [one.student for one in collect(place, [NAME])] == ["ada", "bob"]


@pytest.mark.parametrize(
    ("path", "student"),
    [
        ("Ada Lovelace_123_assignsubmission_file_/02-activations.ipynb", "Ada_Lovelace_123"),
        ("lovelaceada_4711_99_02-activations.ipynb", "lovelaceada_4711"),
        ("lovelaceada_LATE_4711_99_02-activations-1.ipynb", "lovelaceada_4711"),
        ("=cmd/02-activations.ipynb", "cmd"),
        ("../../../ada/02-activations.ipynb", "ada"),
    ],
)
def test_names_given_by_learning_platforms(path, student, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(path, "{}")
    assert [one.student for one in collect(tmp_path / "all.zip", [NAME])] == [student]


def test_a_class_of_one(tmp_path):
    (tmp_path / "ada" / NAME).mkdir(parents=True)
    (tmp_path / "ada" / NAME / f"{NAME}.ipynb").write_text("{}")
    assert [one.student for one in collect(tmp_path, [NAME])] == ["ada"]


def test_an_archive_a_student_a_broken_one_and_another_file(tmp_path):
    place = tmp_path / "in"
    for student in ("ada", "bob", "cem"):
        (place / student).mkdir(parents=True)
    with zipfile.ZipFile(place / "ada" / "work.zip", "w") as archive:
        archive.writestr("02-activations.ipynb", "{}")
    (place / "bob" / "work.zip").write_bytes(b"PK\x03\x04 torn")
    (place / "cem" / "work.pdf").write_bytes(b"%PDF")
    found = {one.student: (one.path, one.content) for one in collect(place, [NAME])}
    assert found == {"ada": ("ada/work/02-activations.ipynb", b"{}"), "bob": ("bob/work.zip", b""), "cem": ("cem/work.pdf", b"")}


def test_different_students_keep_different_names(tmp_path):
    for student in ("a b", "a?b"):
        (tmp_path / student).mkdir()
        (tmp_path / student / "x.ipynb").write_text("{}")
    assert [one.student for one in collect(tmp_path, [NAME])] == ["a_b", "a_b-2"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        '{"cells": 3}',
        '{"cells": [1]}',
        '{"cells": []}',
        '{"worksheets": []}',
        '{"cells": [{"cell_type": "code"}]}',
        '{"cells": [{"cell_type": "code", "source": [1], "metadata": {}}]}',
        "[" * 100_000,
        "\xff\xfe",
    ],
)
def test_what_is_no_notebook_is_named_as_such(content):
    with pytest.raises(Unreadable, match=r"ada/x\.ipynb"):
        check(Submission("ada", "ada/x.ipynb", content.encode("latin-1")), {NAME: ORIGINAL})


def submitted(notebook):
    originals = {NAME: ORIGINAL, "07-network-class": v4.new_notebook()}
    return check(Submission("ada", f"ada/{NAME}.ipynb", json.dumps(notebook).encode()), originals)


def test_a_submission_as_it_should_be_is_only_read():
    notebook = answers()
    checked = submitted(notebook)
    assert (checked.assignment, checked.notes, checked.look) == (NAME, [], set())
    assert [cell.source for cell in checked.notebook.cells] == [cell.source for cell in notebook.cells]


def test_metadata_cannot_be_changed():
    notebook = answers()
    cell_of(notebook, "test-saturated").metadata.nbgrader.points = 1000
    cell_of(notebook, "test-saturated").metadata.nbgrader.locked = False
    points = {sources.grade_id(cell): sources.points(cell) for cell in submitted(notebook).notebook.cells if sources.is_test(cell)}
    assert points == POINTS


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
        "from nnfromscratch import softplus",
        "print('gradebook.db')",
        "__import__('os').kill(1, 9)",
    ],
)
def test_what_an_answer_has_no_need_of_is_named(code):
    checked = submitted(answers(own=code))
    assert checked.look == {"other cells"} and checked.notes


@pytest.mark.parametrize("solution", UNUSUAL)
def test_honest_code_is_not_suspected(solution):
    assert submitted(answers(UNUSUAL[solution])).notes == []


# --- walls ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", isolation.CONTAINERS)
def test_a_container_has_no_network_nothing_to_write_but_the_desk_and_no_rights(engine):
    command = isolation.command(engine, "/desks/one", ["-c", "print(1)"], isolation.Limits(memory=500))
    text = " ".join(command)
    assert command[:2] == [engine, "run"] and command[-3:] == ["/usr/local/bin/python", "-c", "print(1)"]
    for option in ("--network none", "--read-only", "--cap-drop ALL", "--memory 500m", "no-new-privileges", "--pids-limit"):
        assert option in text
    assert [word for before, word in zip(command, command[1:]) if before == "--volume"] == [
        "/desks/one:/desks/one",
        f"{isolation.INSIDE}:{isolation.INSIDE}:ro",
    ]


SEES = """
import os, pathlib, socket
def tried(action):
    try:
        action()
        return "yes"
    except OSError:
        return "no"
print("network:", sorted(name for _, name in socket.if_nameindex()))
print("writes the system:", tried(lambda: pathlib.Path("/usr/mine").touch()))
print("writes its folder:", tried(lambda: pathlib.Path("mine").touch()))
print("rights:", {int(line.split()[1], 16) for line in open("/proc/self/status") if line.startswith(("CapEff", "CapPrm", "CapBnd"))})
print("a secret:", "NNFROMSCRATCH_VARIANT" in pathlib.Path("/proc/1/environ").read_text() or "NNFROMSCRATCH_VARIANT" in os.environ)
print("processes:", sum(path.name.isdigit() for path in pathlib.Path("/proc").iterdir()) < 10)
"""
SEEN = ["network: ['lo']", "writes the system: no", "writes its folder: yes", "rights: {0}", "a secret: False", "processes: True"]
# Where it matters which walls they are.
IN_A_CONTAINER = {
    student: TABLE[student]
    for student in (
        "right",
        "untouched",
        "mutant-1",
        "loops",
        "ends-the-interpreter",
        "allocates",
        "prints",
        "reads-hidden-tests",
        "writes-gradebooks",
        "leaves-a-process",
    )
} | {"looks-around": (answers(own=SEES), f"{DONE}, other cells", set(), "imports socket")}


@pytest.mark.parametrize("engine", isolation.CONTAINERS)
def test_what_submissions_get_in_a_container(engine, tmp_path):
    """Behind the walls themselves, where the engine works and has the image (`--isolation podman` builds it)."""
    if not shutil.which(engine) or not isolation.quietly(engine, "run", "--rm", "--network", "none", isolation.image(), "true"):
        pytest.skip(f"{engine} is not there, or has no image to grade in: nothing ran in its container")
    folder, rows = grade(IN_A_CONTAINER, tmp_path / "handed-in", engine)
    for student, expected in IN_A_CONTAINER.items():
        compare(rows[student], expected)
    outputs = {
        student: nbformat.read(folder / "autograded" / student / NAME / f"{NAME}.ipynb", 4).cells[0].outputs
        for student in ("looks-around", "reads-hidden-tests")
    }
    assert outputs["looks-around"][0].text.splitlines() == SEEN
    assert "it sees 0" in outputs["reads-hidden-tests"][0].text
    left = subprocess.run([engine, "ps", "--all", "--filter", f"ancestor={isolation.image()}", "--quiet"], capture_output=True, text=True)
    assert (left.returncode, left.stdout) == (0, "")


def test_the_image_holds_all_that_the_package_is_made_of_and_nothing_of_the_coursework():
    files = isolation.context()
    elsewhere = tomllib.loads(files["pyproject.toml"].decode())["tool"]["setuptools"]["package-dir"].values()
    folders = {path.rpartition("/")[0] for path in files}
    assert {"nnfromscratch", *elsewhere} <= folders
    assert [folder for folder in folders if not folder.startswith("nnfromscratch") and folder not in ("", *elsewhere)] == []
    assert b"-e ." not in files["requirements.txt"]


def test_an_engine_finds_its_images_and_bubblewrap_gets_no_secret(monkeypatch):
    monkeypatch.setattr(
        os, "environ", {"HOME": "/home/ada", "XDG_RUNTIME_DIR": "/run/user/1", "DOCKER_HOST": "unix:///x", "TOKEN": "y", "PATH": "/bin"}
    )
    assert isolation.environment("bwrap", "/desks/one") == {"PATH": "/bin", "HOME": "/desks/one"}
    assert isolation.environment("podman", "/desks/one").keys() == {"PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST"}


def test_walls_that_do_not_stand_are_refused(monkeypatch):
    monkeypatch.setattr(isolation, "stand", lambda walls: walls == "none")
    assert isolation.choose("auto") == "none"
    with pytest.raises(ValueError, match="isolation 'docker' is not to be had"):
        isolation.choose("docker")
