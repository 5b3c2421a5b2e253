"""Whose file each one is: every layout in which submissions arrive, and the class list."""

import io
import shutil
import tracemalloc
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("jupytext")
from coursework.grading.__main__ import named
from coursework.grading.collect import collect, of_nbgrader
from coursework.grading.roster import Roster
from grading.submissions import NAME

ASSIGNMENTS = [NAME, "05-backpropagation"]


def place_of(paths, folder, packed=False):
    """Make a folder with these files, or a zip archive of it; return its path."""
    place = folder / "in"
    for path in paths:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text("{}")
    return Path(shutil.make_archive(str(folder / "in"), "zip", place)) if packed else place


def students(place):
    """Return the names of those who submitted something, and what is ignored."""
    found, ignored = collect(place, ASSIGNMENTS)
    return [one.student for one in found], ignored


LAYOUTS = {
    "nbgrader": ["submitted/ada/02-activations/02-activations.ipynb", "submitted/bob/02-activations/02-activations.ipynb"],
    "nbgrader's folder itself": [
        "ada/02-activations/02-activations.ipynb",
        "ada/02-activations/timestamp.txt",
        "bob/02-activations/x.ipynb",
    ],
    "folders of students": ["ada/02-activations.ipynb", "bob/homework (1).ipynb"],
    "folders of students in a folder": ["week 2/ada/02-activations.ipynb", "week 2/bob/my.ipynb"],
    "with a hidden file": ["week 2/ada/x.ipynb", "week 2/bob/x.ipynb", "week 2/.DS_Store", ".git/config"],
    "with a loose file": ["ada/x.ipynb", "bob/x.ipynb", "notes.txt"],
    "with a loose file in the folder": ["w/ada/x.ipynb", "w/bob/x.ipynb", "w/Thumbs.db", "w/notes.pdf"],
    "folders of assignments": ["02-activations/ada.ipynb", "02-activations/bob.ipynb"],
    "folders of students in those of assignments": ["02-activations/ada/02-activations.ipynb", "02-activations/bob/x.ipynb"],
    "files": ["ada.ipynb", "bob_02-activations.ipynb"],
    "files of one name each": ["ada-02-activations.ipynb", "bob 02-activations (1).ipynb.txt"],
    "files that begin with the assignment": ["02-activations-ada.ipynb", "02-activations_bob.ipynb"],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_usual_layout_is_understood(layout, packed, tmp_path):
    assert students(place_of([*LAYOUTS[layout], "__MACOSX/x.ipynb"], tmp_path, packed))[0] == ["ada", "bob"]


@pytest.mark.parametrize(
    ("path", "student", "number", "file"),
    [
        ("Ada Lovelace_123_assignsubmission_file_/02-activations.ipynb", "Ada Lovelace", "123", "02-activations.ipynb"),
        ("Ada Lovelace_123_assignsubmission_file/my work.ipynb", "Ada Lovelace", "123", "my work.ipynb"),
        ("Ada Lovelace_123_assignsubmission_file_homework.ipynb", "Ada Lovelace", "123", "homework.ipynb"),
        ("O'Brien, Ann_7_assignsubmission_file_a_b.ipynb", "O'Brien, Ann", "7", "a_b.ipynb"),
        ("Course-Week 2-4711/Ada Lovelace_123_assignsubmission_file_/x.ipynb", "Ada Lovelace", "123", "x.ipynb"),
        ("lovelaceada_4711_99_02-activations.ipynb", "lovelaceada", "4711", "02-activations.ipynb"),
        ("lovelaceada_LATE_4711_99_02-activations-1.ipynb", "lovelaceada", "4711", "02-activations.ipynb"),
        ("lovelaceada_4711_9901_homework/week 2/02-activations.ipynb", "lovelaceada", "4711", "02-activations.ipynb"),
        ("lovelaceada_late_4711_99_a_b.ipynb", "lovelaceada", "4711", "a_b.ipynb"),
        ("../../../ada/02-activations.ipynb", "ada", "", "02-activations.ipynb"),
        ("ada/hw2/02-activations.ipynb", "ada", "", "02-activations.ipynb"),
        ("ada/src/deep/er/x.ipynb", "ada", "", "x.ipynb"),
        ("प्रिया/x.ipynb", "प्रिया", "", "x.ipynb"),
        ("김민준/x.ipynb", "김민준", "", "x.ipynb"),
        ("🦊 Fox/x.ipynb", "🦊 Fox", "", "x.ipynb"),
        (unicodedata.normalize("NFD", "Jürgen") + "/x.ipynb", "Jürgen", "", "x.ipynb"),
        ("Ada   Lovelace /x.ipynb", "Ada Lovelace", "", "x.ipynb"),
        ("CON/x.ipynb", "CON_", "", "x.ipynb"),
        ("a<b>c/x.ipynb", "a_b_c", "", "x.ipynb"),
    ],
)
def test_names_of_people_and_of_files(path, student, number, file, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr(path, "{}")
    [one], _ = collect(tmp_path / "all.zip", ASSIGNMENTS)
    assert (one.student, one.id, one.file) == (student, number, file)


@pytest.mark.parametrize(
    "paths", [["ada/hw1/x.ipynb", "ada/hw2/y.ipynb"], ["ada/week 1/x.ipynb", "ada/week 2/x.ipynb"], ["ada/1/x.ipynb", "ada/2/x.ipynb"]]
)
def test_folders_of_work_are_nobody_s_name(paths, tmp_path):
    assert students(place_of(paths, tmp_path))[0] == ["ada", "ada"]


@pytest.mark.parametrize("name", ["notes.txt", "grades.csv", "README", "photo.png"])
def test_a_loose_file_is_ignored_and_reported(name, tmp_path):
    assert students(place_of(["ada.ipynb", name], tmp_path)) == (["ada"], [name])


def test_who_submitted_something_else_is_there_with_it(tmp_path):
    place = place_of(["ada/x.ipynb", "cem/work.pdf", "dia/a.py", "dia/b.py"], tmp_path)
    (place / "bob").mkdir()
    (place / "bob" / "work.zip").write_bytes(b"PK\x03\x04 torn")
    found, _ = collect(place, ASSIGNMENTS)
    assert [(one.student, one.path, one.is_notebook) for one in found] == [
        ("ada", "ada/x.ipynb", True),
        ("bob", "bob/work.zip", False),
        ("cem", "cem/work.pdf", False),
        ("dia", "dia/a.py", False),
    ]


def zipped(files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_archives_in_archives_are_opened_three_deep(tmp_path):
    inner = zipped({"02-activations.ipynb": "{}"})
    deeper = zipped({"again.zip": zipped({"once more.zip": zipped({"x.ipynb": "{}"})})})
    files = {
        "Ada Lovelace_1_assignsubmission_file_/hw.zip": inner,
        "Bob_2_assignsubmission_file_/hw.zip": deeper,
        "Cem_3_assignsubmission_file_hw.zip": inner,
    }
    (tmp_path / "all.zip").write_bytes(zipped(files))
    found, _ = collect(tmp_path / "all.zip", ASSIGNMENTS)
    assert [(one.student, one.read()) for one in found] == [("Ada Lovelace", b"{}"), ("Bob", b"{}"), ("Cem", b"{}")]
    for _ in range(5):
        deeper = zipped({"more.zip": deeper})
    (tmp_path / "deep.zip").write_bytes(zipped({"dia/x.zip": deeper}))
    [one], _ = collect(tmp_path / "deep.zip", ASSIGNMENTS)
    assert not one.is_notebook


def test_memory_does_not_grow_with_the_class(tmp_path):
    """Twelve files of 30 MB, some packed: nothing is read before its turn, and an archive cannot unpack to more than a file may hold."""
    large = b" " * 30_000_000
    place = tmp_path / "in"
    for number in range(6):
        (place / f"{number}").mkdir(parents=True)
        (place / f"{number}" / "x.ipynb").write_bytes(large)
        (place / f"packed {number}.zip").write_bytes(zipped({"x.ipynb": large}))
    (place / "bomb.zip").write_bytes(zipped({"x.ipynb": b" " * 60_000_000}))
    tracemalloc.start()
    found, _ = collect(place, ASSIGNMENTS)
    collecting = tracemalloc.get_traced_memory()[1]
    sizes = [len(one.read()) for one in found]
    reading = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sizes.count(30_000_000) == 12 and sizes.count(0) == 1
    assert collecting < 10_000_000 and reading < 150_000_000


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2027-01-15 23:58:59.123456 UTC", datetime(2027, 1, 15, 23, 58, 59, tzinfo=UTC)),
        ("2027-01-15 23:58:59", datetime(2027, 1, 15, 23, 58, 59, tzinfo=UTC)),
        ("2027-01-15 23:58:59 Europe/Berlin", datetime(2027, 1, 15, 22, 58, 59, tzinfo=UTC)),
        ("yesterday", None),
        ("2027-13-45 23:58:59 Nowhere/Land", None),
    ],
)
def test_the_time_that_nbgrader_writes(text, when):
    assert of_nbgrader(text.encode()) == when


def test_places_that_are_not_there_or_no_archive(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder or zip archive"):
        collect(tmp_path / "nowhere", ASSIGNMENTS)
    (tmp_path / "x.zip").write_bytes(b"torn")
    with pytest.raises(ValueError, match="neither a folder nor a zip archive"):
        collect(tmp_path / "x.zip", ASSIGNMENTS)


# --- the class ----------------------------------------------------------------------------------------------------------------------------

CLASSES = {
    "names": "Ada Lovelace\nBob Ray\n",
    "with a heading": "Name\nAda Lovelace\nBob Ray\n",
    "quoted": '"Lovelace, Ada"\n"Ray, Bob"\n',
    "family name first, not quoted": "Lovelace, Ada\nRay, Bob\n",
    "semicolons": "Vorname;Nachname;E-Mail\nAda;Lovelace;al@example.org\nBob;Ray;br@example.org\n",
    "a heading that nobody knows": "Wer;Nummer\nAda Lovelace;101\nBob Ray;102\n",
    "Moodle's participants": "First name,Surname,Email address\nAda,Lovelace,al@example.org\nBob,Ray,br@example.org\n",
    "Moodle's worksheet": 'Identifier,"Full name","Email address"\n"Participant 101","Ada Lovelace",a@b.c\n'
    '"Participant 102","Bob Ray",d@e.f\n',
    "Canvas's gradebook": 'Student,ID,SIS Login ID,Section\n"    Points Possible",,,\n"Lovelace, Ada",101,al,1\n"Ray, Bob",102,br,1\n',
    "tabs": "Full name\tID number\nAda Lovelace\t101\nBob Ray\t102\n",
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("layout", CLASSES)
def test_every_class_list_names_its_students(layout, encoding, end, tmp_path):
    (tmp_path / "class.csv").write_text(CLASSES[layout], encoding=encoding, newline=end)
    roster = Roster(tmp_path / "class.csv")
    assert [student.name for student in roster.students] == ["Ada Lovelace", "Bob Ray"]
    for name in ("Ada Lovelace", "ada lovelace", "lovelaceada", "Ada_Lovelace", " Ada  Lovelace"):
        assert roster.find(name).name == "Ada Lovelace", name
    if "101" in CLASSES[layout] and "Nummer" not in CLASSES[layout]:
        assert roster.find("somebody", "102").name == "Bob Ray"


@pytest.mark.parametrize(
    "content", [b"J\xfcrgen\n", "Jürgen\n".encode("utf-16"), b"\xef\xbb\xbfJ\xc3\xbcrgen\r\n", "Ju\u0308rgen\n".encode()]
)
def test_a_class_list_in_any_encoding(content, tmp_path):
    (tmp_path / "class.txt").write_bytes(content)
    assert Roster(tmp_path / "class.txt").find("jürgen").name == "Jürgen"


@pytest.mark.parametrize("content", [b"", b"\n\n", b"Name\n"])
def test_a_class_list_that_names_nobody_is_refused(content, tmp_path):
    (tmp_path / "class.txt").write_bytes(content)
    with pytest.raises(ValueError, match="contains no names of students"):
        Roster(tmp_path / "class.txt")


def test_two_of_one_name_in_the_class_are_told_apart_by_number(tmp_path):
    (tmp_path / "class.csv").write_text("Full name,ID\nAda Lovelace,1\nAda Lovelace,2\n")
    roster = Roster(tmp_path / "class.csv")
    assert roster.find("Ada Lovelace") is None
    assert roster.find("Ada Lovelace", "2") is roster.students[1] is roster.find("Ada Lovelace (2)")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for number in (1, 2):
            archive.writestr(f"Ada Lovelace_{number}_assignsubmission_file/x.ipynb", "{}")
    assert [one.student for one in named(collect(tmp_path / "all.zip", ASSIGNMENTS)[0], roster)] == ["Ada Lovelace (1)", "Ada Lovelace (2)"]


WORKSHEET = """Identifier,Full name,Email address,Last modified (submission),Feedback comments
Participant 1,Ada Lovelace,ada@x.edu,"Thursday, 14 January 2027, 8:00 PM",
Participant 7,Ada Lovelace,al@x.edu,"Thursday, 14 January 2027, 8:07 PM","<p>Well
done</p>"
Participant 12,Alan Turing,turing@x.edu,"Thursday, 14 January 2027, 8:01 PM",with Ada Lovelace
"""


@pytest.mark.parametrize(
    ("content", "name", "rows"),
    [
        ("Full name,ID\nAda Lovelace,1\nAda Lovelace,2\nAlan Turing,12\nAda Lovelace,21\n", "Ada Lovelace (2)", {2}),
        ("Full name,ID\nAda Lovelace,1\nAda Lovelace,2\nAlan Turing,12\nAda Lovelace,21\n", "Ada Lovelace (1)", {1}),
        ("Li Wei,li@x.edu\nAlice Liu,alice@x.edu\nOlivia Weil,ow@x.edu\n", "Li Wei", {0}),
        ("Name,Email\nLi Wei,li@x.edu\nAlice Liu,alice@x.edu\nOlivia Weil,ow@x.edu\n", "Li Wei", {1}),
        ("First name,Last name,Email\nWei,Li,li@x.edu\nOlivia,Li,ol@x.edu\nWei,Zhang,wz@x.edu\n", "Wei Li", {1}),
        ("Lovelace, Ada\nLovelace, Adam\nTuring, Alan\n", "Ada Lovelace", {0}),
        ("Ada Love\nAda Lovelace\n\nAlan Turing\n", "Ada Love", {0}),
        (WORKSHEET, "Ada Lovelace (7)", {2, 3}),
        (WORKSHEET, "Ada Lovelace (1)", {1}),
        (WORKSHEET, "Alan Turing", {4}),
        (WORKSHEET, "Ada Lovelace", set()),
    ],
)
def test_who_is_erased_leaves_the_class_list_and_nobody_else_does(content, name, rows, tmp_path):
    path = tmp_path / "class.csv"
    path.write_text(content)
    students = Roster(path).students
    left = Roster(path).without(name, path).students
    assert path.read_text() == "".join(line for number, line in enumerate(content.splitlines(True)) if number not in rows)
    assert left == [student for student in students if student.name != name]


def test_one_of_two_namesakes_can_be_erased_after_the_other(tmp_path):
    (tmp_path / "class.csv").write_text("Full name,ID\nAda Lovelace,1\nAlan Turing,12\nAda Lovelace,2\n")
    Roster(tmp_path / "class.csv").without("Ada Lovelace (1)", tmp_path / "class.csv")
    Roster(tmp_path / "class.csv").without("Ada Lovelace (2)", tmp_path / "class.csv")
    assert (tmp_path / "class.csv").read_text() == "Full name,ID\nAlan Turing,12\n"
    Roster(tmp_path / "class.csv").without("Alan Turing", tmp_path / "class.csv")
    assert not (tmp_path / "class.csv").exists()


def test_two_of_one_name_stay_two_and_spellings_that_a_disk_confuses_too(tmp_path):
    paths = ["Ada L_1_assignsubmission_file_/x.ipynb", "Ada L_2_assignsubmission_file_/x.ipynb", "bob/x.ipynb", "Bob/x.ipynb"]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in paths:
            archive.writestr(path, "{}")
    assert sorted(one.student for one in named(collect(tmp_path / "all.zip", ASSIGNMENTS)[0], None)) == [
        "Ada L (1)",
        "Ada L (2)",
        "Bob",
        "bob-2",
    ]
