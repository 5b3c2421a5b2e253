"""Back to the learning platform: files written by hand from the platforms' documentation, and the rules of their importers."""

import csv
import io
import re
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("jupytext")
from coursework.grading.__main__ import main, write_all
from coursework.grading.course import Course
from coursework.grading.policy import Policy
from coursework.grading.results import Results, new_record
from coursework.grading.roster import Roster
from coursework.platforms import exports
from coursework.platforms.matching import match
from coursework.platforms.upload import moodle_folder
from grading.submissions import rows

GOLDEN = Path(__file__).with_name("platforms")
NAME = "02-activations"
WRONG = "share is <b>; expected 0.5: the slope is taken at z"
COURSE = Course()


def submitted(folder, student, number, path, wrong=False, text_points=2.0, **more):
    """Keep the record of a submission that was graded, with its text (None: not yet)."""
    results = Results(folder)
    tests = {name: {"passed": True, "message": "", "error": "", "shown": True} for name in COURSE.points(NAME) if name.startswith("test-")}
    if wrong:
        tests["test-saturated"] = {"passed": False, "message": WRONG, "error": "", "shown": True}
    cells = [{"name": "saturated", "type": "code", "source": "def saturated(): pass", "attachments": {}, "outputs": [], "error": None}]
    results.write(new_record(student, NAME, path, id=number, tests=tests, cells=cells, **more))
    if text_points is not None:
        results.note("decided", student, NAME, item="explain-trouble", points=text_points, maximum=2.0, comment="", text=None)


@pytest.fixture
def graded(tmp_path):
    """A function that grades a class, as one platform downloads it, and uploads into an export."""

    def grade(export, path_of, rules=""):
        folder = tmp_path / "graded"
        shutil.rmtree(folder, ignore_errors=True)
        for name, number, more in [
            ("Ada Lovelace", "101", {"submitted": "2027-01-16T09:15:00"}),
            ("Alan Turing", "102", {"wrong": True, "submitted": "2027-01-14T20:00:00"}),
            ("Grace Hopper", "", {"submitted": "2027-01-14T20:01:00"}),
            ("Emmy Noether", "104", {"text_points": None, "submitted": "2027-01-14T20:02:00"}),
        ]:
            submitted(folder, name, number, path_of(name, number), **more)
        (folder / "policy.toml").write_text(f"[late]\nper_day = 0.5\n[assignments.{NAME}]\ndue = 2027-01-15T06:00:00\n{rules}")
        export = export if isinstance(export, Path) else GOLDEN / export
        exports.keep(folder, export, [NAME, NAME, "01-neuron"])
        write_all(Results(folder), Policy(folder / "policy.toml"), COURSE, Roster(export))
        return folder

    return grade


def moodle(name, number):
    return f"{name}_{number}_assignsubmission_file_/{NAME}.ipynb" if number else f"{name}.ipynb"


def canvas(name, number):
    return f"{''.join(reversed(name.lower().split()))}_{number or 103}_9{number or 103}_{NAME}-1.ipynb"


def table(text):
    return list(csv.reader(io.StringIO(text)))


def same(found, golden):
    """Whether a file has the cells of one that was written by hand, in UTF-8 without a byte order mark."""
    content = found.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    return table(content.decode()) == table((GOLDEN / golden).read_text(encoding="utf-8"))


def test_moodle_s_worksheet_comes_back_with_the_grades_that_are_decided(graded):
    folder = graded("moodle-worksheet.csv", moodle)
    assert same(folder / "upload" / f"{NAME}-moodle-worksheet.csv", "moodle-worksheet-uploaded.csv")
    page = (folder / "upload" / "index.html").read_text()
    assert "Grace Brewster Hopper" in page and "Emmy Noether" in page and "10 points here are 20 there" in page


def as_moodle_reads(name):
    """Return (number of the participant, file) of a path in a zip archive, by the rule in Moodle's importziplib.php."""
    parts = name.split("/")
    while parts:
        found = parts.pop(0).split("_", 4)
        if len(found) >= 4 and found[1].isdigit() and (found[2], found[3]) == ("assignsubmission", "file"):
            return int(found[1]), "/".join([*found[4:], *parts]).lstrip("/")
    return None


def test_moodle_takes_the_feedback_archive(graded):
    folder = graded("moodle-worksheet.csv", moodle)
    with zipfile.ZipFile(folder / "upload" / f"{NAME}-moodle-feedback.zip") as archive:
        assert archive.testzip() is None
        found = [as_moodle_reads(name) for name in archive.namelist()]
        assert found == [(101, f"feedback-{NAME}.html"), (102, f"feedback-{NAME}.html")]
        assert b"Which neurons are saturated" in archive.read(archive.namelist()[1])


def test_a_submission_that_moodle_did_not_deliver_gets_a_folder_that_moodle_knows(graded):
    settled = '[students."Grace Hopper"]\nid = "Participant 103"\n'
    folder = graded("moodle-worksheet.csv", moodle, settled)
    with zipfile.ZipFile(folder / "upload" / f"{NAME}-moodle-feedback.zip") as archive:
        assert (103, f"feedback-{NAME}.html") in [as_moodle_reads(name) for name in archive.namelist()]
    assert table((folder / "upload" / f"{NAME}-moodle-worksheet.csv").read_text())[3][4] == "20.00"


def test_an_extension_in_moodle_s_worksheet_counts(graded):
    """Ada is late by the policy, and on time by the worksheet."""
    ada = rows(graded("moodle-worksheet.csv", moodle))["Ada Lovelace"]
    assert (ada["days_late"], ada["final"]) == ("0", "10.0")
    ada = rows(graded("moodle-participants.csv", moodle))["Ada Lovelace"]
    assert (ada["days_late"], ada["final"]) == ("2", "0.0")


def test_the_time_in_moodle_s_worksheet_counts(graded, tmp_path):
    """Alan submitted on January 14, 8 PM, whatever the time of a file."""
    text = (
        (GOLDEN / "moodle-worksheet.csv")
        .read_text(encoding="utf-8")
        .replace("Thursday, 14 January 2027, 8:00 PM", "Sunday, 17 January 2027, 8:00 AM")
    )
    (tmp_path / "worksheet.csv").write_text(text, encoding="utf-8")
    alan = rows(graded("moodle-worksheet.csv", moodle))["Alan Turing"]
    assert (alan["submitted"], alan["days_late"]) == ("2027-01-14T20:00:00", "0")
    alan = rows(graded(tmp_path / "worksheet.csv", moodle))["Alan Turing"]
    assert (alan["submitted"], alan["days_late"]) == ("2027-01-17T08:00:00", "3")


NAMESAKES = ["Ada Lovelace (ada@example.org)", "Ada Lovelace (alan@example.org)"]


def namesakes(path, first=101):
    """Write a worksheet in which Alan is called Ada Lovelace as well, with other numbers of the participants; return its path."""
    text = (GOLDEN / "moodle-worksheet.csv").read_text(encoding="utf-8").replace("Alan Turing", "Ada Lovelace")
    text = re.sub(r"Participant (\d+)", lambda found: f"Participant {int(found[1]) - 101 + first}", text)
    path.write_text(text, encoding="utf-8")
    return path


def test_times_of_an_earlier_worksheet_are_pointed_out(tmp_path, capsys):
    """A submission that came after the worksheet was exported would count as on time."""
    (tmp_path / "week" / NAME).mkdir(parents=True)
    (tmp_path / "week" / NAME / "Ada Lovelace.ipynb").write_text("not a notebook")

    def said(*students):
        main(["grade", str(tmp_path / "week"), "--sandbox", "none", *students])
        return [line for line in capsys.readouterr().err.splitlines() if "earlier worksheet" in line]

    assert said() == [] == said("--students", str(GOLDEN / "moodle-worksheet.csv"))
    [line] = said()
    assert f"for {NAME} come" in line and "give it with --students" in line
    assert len(said("--students", str(GOLDEN / "moodle-participants.csv"))) == 1
    assert said("--students", str(GOLDEN / "moodle-worksheet.csv")) == []


def test_two_of_one_name_get_a_line_each(tmp_path):
    path = namesakes(tmp_path / "worksheet.csv")
    export, rules = exports.Export(path), Policy(tmp_path / "policy.toml")
    assert [line.name for line in export.lines][:2] == NAMESAKES == [one.name for one in Roster(path).students][:2]
    graded = [{"student": name, "id": number, "assignment": NAME} for name, number in zip(NAMESAKES, ["101", "102"])]
    paths = {one["student"]: [f"Ada Lovelace_{one['id']}_assignsubmission_file/x.ipynb"] for one in graded}
    found = match(graded, export, rules, paths)
    assert [(found[name].certain, found[name].line.number) for name in NAMESAKES] == [(True, 0), (True, 1)]


def test_two_of_one_name_stay_the_same_two_in_every_assignment(tmp_path):
    """Moodle numbers the participants of each assignment anew."""
    (tmp_path / "list.csv").write_text("Identifier,Full name\nParticipant 101,Ada Lovelace\nParticipant 102,Ada Lovelace\n")
    (tmp_path / "id.csv").write_text("Identifier,Full name,ID number,Email address\nParticipant 1,A,7,a@x.edu\nParticipant 2,A,8,b@x.edu\n")
    for number in (101, 205):
        roster = Roster(namesakes(tmp_path / "worksheet.csv", number))
        assert [roster.find("Ada Lovelace", str(number + one)).name for one in (0, 1)] == NAMESAKES
    assert [student.name for student in Roster(tmp_path / "list.csv").students] == ["Ada Lovelace (101)", "Ada Lovelace (102)"]
    assert [student.name for student in Roster(tmp_path / "id.csv").students] == ["A (7)", "A (8)"]


def test_who_is_erased_changes_nothing_for_the_one_of_the_same_name(tmp_path, capsys):
    """The other keeps the name, the time, and the extension; who submitted nothing elsewhere is not counted twice."""
    folder, sheet = tmp_path / "graded", namesakes(tmp_path / "worksheet.csv")
    for name, number in zip(NAMESAKES, ["101", "102"]):
        submitted(folder, name, number, moodle("Ada Lovelace", number))
    submitted(folder, "Emmy Noether", "104", moodle("Emmy Noether", "104"))
    other = Results(folder).read(Results(folder).path_of("Emmy Noether", NAME)) | {"assignment": "01-neuron"}
    Results(folder).write(other | {"path": "01-neuron.ipynb"})
    (folder / "policy.toml").write_text(f"[late]\nper_day = 0.1\n[assignments.{NAME}]\ndue = 2027-01-13T06:00:00\n")
    shutil.copyfile(sheet, folder / "class-list")
    exports.keep(folder, sheet, [NAME])
    main(["table", str(folder)])
    before, totals = rows(folder)[NAMESAKES[0]], (folder / "totals.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (before["submitted"], before["days_late"]) == ("2027-01-16T09:15:00", "0") and rows(folder)[NAMESAKES[1]]["days_late"] == "2"
    main(["erase", str(folder), "Ada Lovelace"])
    assert f"Several people in {folder / 'class' / NAME}.csv have the name Ada Lovelace" in capsys.readouterr().err
    assert len(exports.Export(folder / "class" / f"{NAME}.csv").lines) == 5
    main(["erase", str(folder), NAMESAKES[1]])
    main(["table", str(folder)])
    assert rows(folder)[NAMESAKES[0]] == before
    left = (folder / "totals.csv").read_text(encoding="utf-8-sig").splitlines()
    assert left == [line for line in totals if not line.startswith(NAMESAKES[1])]
    assert "102" not in (folder / "class" / f"{NAME}.csv").read_text() + (folder / "class-list").read_text()
    main(["erase", str(folder), NAMESAKES[0]])
    assert "Lovelace" not in (folder / "class" / f"{NAME}.csv").read_text() + (folder / "class-list").read_text()


def test_moodle_s_folder_of_a_namesake_has_the_name_that_moodle_knows(tmp_path):
    export = exports.Export(namesakes(tmp_path / "worksheet.csv"))
    assert moodle_folder("ada.ipynb", export, export.lines[0]) == "Ada Lovelace_101_assignsubmission_file_"


def test_canvas_s_lateness_is_told_and_takes_nothing_off(graded):
    def row(late):
        folder = graded("canvas-gradebook.csv", canvas)
        results = Results(folder)
        one = results.read(results.path_of("Alan Turing", NAME))
        results.write(one | {"submitted": None, "late": late})
        main(["table", str(folder)])
        return rows(folder)["Alan Turing"]

    assert (row(True)["days_late"], row(True)["final"]) == ("0", "9.0") and "does not say by how much" in row(True)["notes"]
    assert row(False)["notes"] == "" and "is unknown" in row(None)["notes"]


def test_moodle_s_participants_make_a_table_for_its_gradebook(graded, tmp_path):
    text = (GOLDEN / "moodle-participants.csv").read_text(encoding="utf-8")
    (tmp_path / "list.csv").write_bytes(text.encode("utf-16"))
    folder = graded(tmp_path / "list.csv", moodle, '[students."Ada Lovelace"]\nextra_days = 2\n')
    assert same(folder / "upload" / "moodle-gradebook.csv", "moodle-gradebook-uploaded.csv")


def test_canvas_s_gradebook_comes_back_with_its_own_columns_only(graded):
    rules = f'[students."Emmy Noether"]\nexcused = ["{NAME}"]\n[students."Ada Lovelace"]\nextra_days = 2\n'
    folder = graded("canvas-gradebook.csv", canvas, rules)
    assert same(folder / "upload" / "canvas-gradebook.csv", "canvas-gradebook-uploaded.csv")


def test_canvas_takes_the_feedback_archive(graded):
    """By the rule in Canvas's infer_comment_context_from_filename: the first two numbers between underscores are user and attachment."""
    folder = graded("canvas-gradebook.csv", canvas)
    with zipfile.ZipFile(folder / "upload" / f"{NAME}-canvas-feedback.zip") as archive:
        found = [[part for part in name.split("_") if part.isdigit()][:2] for name in archive.namelist()]
        assert found == [["101", "9101"], ["102", "9102"]]
        feedback = nbformat.reads(archive.read(archive.namelist()[1]).decode(), 4)
    nbformat.validate(feedback)
    assert "9 of 10 points" in feedback.cells[0].source and "share is &lt;b&gt;" in feedback.cells[0].source


def test_feedback_that_canvas_cannot_take_is_in_a_folder_that_exists(graded):
    folder = graded("canvas-gradebook.csv", lambda name, number: f"{name}.ipynb", '[groups]\n"Team" = ["Alan Turing", "Grace Hopper"]\n')
    results = Results(folder)
    results.path_of("Grace Hopper", NAME).unlink()
    (folder / "policy.toml").write_text((folder / "policy.toml").read_text() + '[students."Grace Hopper"]\nid = "103"\n')
    main(["table", str(folder)])
    page = (folder / "upload" / "index.html").read_text()
    assert f"Grace Hopper, {NAME}: Canvas does not know the file Alan Turing.ipynb" in page
    sent = re.findall("so send (.*?) yourself", page)
    assert f"feedback/Alan Turing/{NAME}" in sent and all((folder / place).is_dir() for place in sent)


def test_a_column_with_another_name_is_asked_for_and_then_used(graded, tmp_path):
    text = (GOLDEN / "canvas-gradebook.csv").read_text().replace("Assignment 2: Activations (4711)", "Homework B (4711)")
    (tmp_path / "renamed.csv").write_text(text)
    folder = graded(tmp_path / "renamed.csv", canvas)
    assert not list((folder / "upload").glob("*.csv"))
    assert f"[assignments.{NAME}], column = &quot;...&quot;" in (folder / "upload" / "index.html").read_text()
    folder = graded(tmp_path / "renamed.csv", canvas, 'column = "Homework B (4711)"\n')
    assert "Homework B (4711)" in (folder / "upload" / "canvas-gradebook.csv").read_text()


@pytest.mark.parametrize(
    ("student", "number", "certain", "line", "why"),
    [
        ("Ada Lovelace", "101", True, "Ada Lovelace", "number and name"),
        ("Ada Lovelace", "", True, "Ada Lovelace", "name"),
        ("Ada Lovelace", "102", False, "Alan Turing", "the number is Alan Turing's"),
        ("Grace Hopper", "", False, "Grace Brewster Hopper", "the names are similar"),
        ("Alan Türing", "", False, "Alan Turing", "the names are similar"),
        ("ada", "", True, "Ada Lovelace", "name"),
        ("Nobody Known", "", False, None, "nobody in the export has this name"),
    ],
)
def test_what_is_certain_and_what_is_not(student, number, certain, line, why, tmp_path):
    export, rules = exports.Export(GOLDEN / "moodle-worksheet.csv"), Policy(tmp_path / "policy.toml")
    found = match([{"student": student, "id": number, "assignment": NAME}], export, rules, {})[student]
    assert (found.certain, found.line and found.line.name, found.why) == (certain, line, why)


def test_two_submissions_never_share_a_line(tmp_path):
    export, rules = exports.Export(GOLDEN / "moodle-worksheet.csv"), Policy(tmp_path / "policy.toml")
    both = [{"student": name, "id": "", "assignment": NAME} for name in ("Ada Lovelace", "ada")]
    assert not any(found.certain for found in match(both, export, rules, {}).values())


def test_who_is_erased_is_in_no_file(graded, capsys):
    folder = graded("moodle-worksheet.csv", moodle)
    main(["erase", str(folder), "Ada Lovelace"])
    left = [path for path in folder.rglob("*") if path.is_file() and re.search(rb"Lovelace|ada@", path.read_bytes())]
    assert left == []
    assert "Alan Turing" in (folder / "upload" / f"{NAME}-moodle-worksheet.csv").read_text()


def test_a_list_of_names_makes_no_upload(graded, tmp_path):
    (tmp_path / "names.txt").write_text("Ada Lovelace\nAlan Turing\n")
    assert not (graded(tmp_path / "names.txt", moodle) / "upload").exists()
