"""A term: inputs as they arrive, points and rules that change afterwards, people who grade, and data that are erased."""

import base64
import csv
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbformat import v4

pytest.importorskip("jupytext")
from coursework import mutants, sources
from coursework.grading import pages, report
from coursework.grading.__main__ import main
from coursework.grading.grade import output_of
from coursework.grading.policy import Policy
from coursework.grading.results import Results
from coursework.grading.sandbox import SANDBOXES, choose, works
from grading.similar import disguised
from grading.submissions import NAME, POINTS, ROOT, answers, cell_of, record, rows, run, text_of, write

KIND = next(kind for kind in SANDBOXES if works(kind))
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n picture").decode()
LOSSES = "for step in range(3000):\n    print('loss', step, 'x' * 60)\n"
SCATTER = "import matplotlib.pyplot as plt\nimport numpy as np\nplt.scatter(*np.random.default_rng(0).normal(size=(2, 2000)), alpha=.5)"
SATURATED = sources.solved(cell_of(sources.read(NAME), "saturated"))
WRONG = {"saturated": "def saturated_fraction(Z, limit=0.01):\n    return Z"}


def without_imports():
    notebook = answers()
    notebook.cells = [cell for cell in notebook.cells if "from nnfromscratch import numerical_gradient" not in cell.source]
    return notebook


def importing_what_is_not_there():
    notebook = answers()
    for cell in notebook.cells:
        if "from nnfromscratch import numerical_gradient" in cell.source:
            cell.source = "import tensorflow\n" + cell.source
    return notebook


def with_metadata(value):
    notebook = json.loads(json.dumps(answers()))
    notebook["cells"][3]["metadata"] = {"nbgrader": {"grade_id": value}}
    return json.dumps(notebook)


def with_picture():
    notebook = answers({"explain-trouble": "See ![sketch](attachment:image.png)"})
    cell_of(notebook, "explain-trouble")["attachments"] = {"image.png": {"image/png": PNG}}
    return notebook


SUBMITTED = {
    "Ada Lovelace": answers({"explain-trouble": "Ana: the identity. **Ben**: $0.25^{15}$. Cem: lines of lines."}),
    "Bob": answers(WRONG | {"explain-trouble": "It vanishes."}),
    "प्रिया": answers({"explain-trouble": "half an emoji: \ud83d"}),
    "prints": answers({"saturated": LOSSES + SATURATED}),
    "draws": answers(own=SCATTER),
    "no imports": without_imports(),
    "tensorflow": importing_what_is_not_there(),
    "odd metadata": with_metadata(["a"]),
    "odder metadata": with_metadata({"a": None}),
    "picture": with_picture(),
    "syntax": answers({"saturated": "def saturated_fraction(Z, limit=0.01)\n    return Z"}),
    "asks": answers({"saturated": "name = input()\n" + SATURATED}),
    "times": answers({"saturated": "%%time\n" + SATURATED}),
    "foreign": v4.new_notebook(cells=[v4.new_markdown_cell("YOUR ANSWER HERE")]),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Grade this class once, from its own folder, in a folder whose name has everything that trips up a shell."""
    place = write(tmp_path_factory.mktemp("term") / "week (2) [Ü] 'x'", SUBMITTED)
    (place / "=1+1.ipynb").write_text("no JSON")
    (place / "@SUM_A1.ipynb").write_text("[]")
    (place / ".DS_Store").write_text("")
    (place / "notes.txt").write_text("to do")
    (place.parent / "class.csv").write_bytes("Name;Nummer\nLovelace, Ada;1\nBob;2\nJürgen;3\n".encode("cp1252"))
    done = subprocess.run(
        [sys.executable, "-m", "coursework.grading", "grade", ".", "--students", "../class.csv", "--sandbox", KIND, "--processes", "2"],
        cwd=place,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NNFROMSCRATCH_VARIANT": "autumn"},
    )
    assert done.returncode == 0, done.stderr
    return place.with_name(f"{place.name}-graded"), done


@pytest.fixture
def results(graded, tmp_path, monkeypatch):
    """Return a copy of the results, to change them."""
    monkeypatch.setenv("NNFROMSCRATCH_VARIANT", "autumn")
    return shutil.copytree(graded[0], tmp_path / "results")


def lost(row):
    return {test for test in POINTS if row[test] != "" and float(row[test]) < POINTS[test]}


# --- inputs as they arrive ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "student", ["Ada Lovelace", "प्रिया", "prints", "draws", "no imports", "odd metadata", "odder metadata", "picture", "times"]
)
def test_what_is_only_unusual_loses_nothing(graded, student):
    assert lost(rows(graded[0])[student]) == set()


def test_what_nobody_owns_is_reported(graded):
    assert "belong to nobody: .DS_Store, notes.txt" in graded[1].stderr


def test_everybody_on_the_class_list_is_there_once(graded):
    found = rows(graded[0])
    assert (found["Jürgen"]["state"], found["Jürgen"]["score"]) == ("missing", "")
    assert sorted(name for name in found if "Lovelace" in name or "Bob" in name) == ["Ada Lovelace", "Bob"]


@pytest.mark.parametrize(
    ("student", "note"),
    [
        ("no imports", "deleted and restored: 1 of the cells before the first task"),
        ("tensorflow", "ModuleNotFoundError: No module named 'tensorflow'"),
        ("syntax", "saturated: SyntaxError"),
        ("asks", "saturated: RuntimeError: input() is not available while grading"),
    ],
)
def test_what_a_person_should_see_is_noted(graded, student, note):
    row = rows(graded[0])[student]
    assert note in row["notes"] and (student == "no imports" or row["state"].startswith("review"))


def test_a_foreign_notebook_has_no_score(graded):
    row = rows(graded[0])["foreign"]
    assert (row["state"], row["score"], row["assignment"]) == ("unreadable", "", NAME)


def test_no_cell_of_any_table_begins_a_formula_and_spreadsheets_know_the_encoding(graded):
    for name in ("grades.csv", "totals.csv"):
        content = (graded[0] / name).read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        for row in rows(graded[0], name).values():
            assert [cell for cell in row.values() if cell.startswith(report.FORMULA)] == []
    assert rows(graded[0])["'=1+1"]["state"] == "unreadable"


def test_output_is_cut_and_pictures_are_kept(graded):
    [text] = [cell["outputs"] for cell in record(graded[0], "prints")["cells"] if cell["name"] == "saturated"]
    assert len(text[0]["text"]) < 101_000 and "more characters were left out" in text[0]["text"]
    assert any("png" in output for output in record(graded[0], "draws")["cells"][0]["outputs"])


@pytest.mark.parametrize("output", [{"png": "<script>"}, {"html": "<b>"}, {"text": 7}, [], {"png": "iVBORw0KGgo" + '"'}, None])
def test_an_output_that_is_none_is_left_out(output):
    assert output_of(output, str) is None


def test_a_pasted_picture_is_in_the_feedback_and_on_the_grading_page(graded):
    for page in (graded[0] / "feedback" / "picture" / NAME / f"{NAME}.html", graded[0] / "grading" / f"{NAME}--explain-trouble.html"):
        assert f'<img alt="sketch" src="data:image/png;base64,{PNG}">' in page.read_text(encoding="utf-8")


def test_feedback_opens_with_a_table_of_tasks_points_and_sentences(graded):
    page = (graded[0] / "feedback" / "Bob" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert page.index("7 of 8 points so far; 2 more are still being graded.") < page.index("<table>") < page.index("Your answers")
    [row] = re.findall(r"<tr>(?:(?!</tr>).)*test-saturated.*?</tr>", page, re.DOTALL)
    assert "4. Which neurons are saturated?" in row and "0 of 1" in row and "shape" in row
    assert "numpy" not in page.partition("Your answers")[0]


def test_a_class_list_that_cannot_be_used_stops_before_the_work(graded, tmp_path):
    (tmp_path / "class.txt").write_text("\n")
    done = run("grade", graded[0].parent, "--students", tmp_path / "class.txt", "--to", tmp_path / "to", check=False)
    assert done.returncode == 1 and "contains no names of students" in done.stderr and "Traceback" not in done.stderr


def test_results_of_a_folder_and_of_an_archive_of_that_name_do_not_meet(tmp_path, monkeypatch):
    monkeypatch.delenv("NNFROMSCRATCH_VARIANT", raising=False)
    for name in ("week.1", "week.2"):
        write(tmp_path / name, {"ada": "no JSON"})
        main(["grade", str(tmp_path / name), "--sandbox", KIND])
    shutil.make_archive(str(tmp_path / "week.1"), "zip", tmp_path / "week.1")
    main(["grade", str(tmp_path / "week.1.zip"), "--sandbox", KIND])
    assert {path.name for path in tmp_path.glob("*-graded")} == {"week.1-graded", "week.2-graded", "week.1.zip-graded"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts all processes of a window, these tests included")
def test_what_was_graded_is_in_the_table_after_an_interruption(tmp_path):
    place = write(tmp_path / "in", {"ada": answers(), **{f"loops {i}": answers(own="while True: pass") for i in range(3)}})
    process = subprocess.Popen(
        [sys.executable, "-m", "coursework.grading", "grade", place, "--sandbox", KIND, "--processes", "1"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background may ignore interruptions
    )
    with process:
        while "1 of 4 graded" not in (process.stderr.readline() or "1 of 4 graded"):
            pass
        process.send_signal(signal.SIGINT)
        assert "the tables contain what was graded so far" in process.stderr.read()
    assert rows(tmp_path / "in-graded")["ada"]["score"] == "8.0"


def test_nobody_is_graded_without_a_sandbox_by_accident(monkeypatch):
    from coursework.grading import sandbox

    monkeypatch.setattr(sandbox, "works", lambda kind: kind == "none")
    with pytest.raises(ValueError, match="This machine has no sandbox"):
        choose("auto")
    assert choose("none") == "none"
    with pytest.raises(ValueError, match="'docker' does not work"):
        choose("docker")


# --- after grading -----------------------------------------------------------------------------------------------------------------------


def rule(results, text):
    (results / "policy.toml").write_text(text, encoding="utf-8")
    main(["table", str(results)])
    return rows(results)


def test_points_can_change_and_nothing_has_to_be_graded_again(results):
    main(["decide", str(results), "Bob", NAME, "explain-trouble", "--points", "1"])
    found = rule(results, f"[assignments.{NAME}]\npoints = {{test-saturated = 3, test-slopes-relu = 0, explain-trouble = 4}}")
    ada, bob = found["Ada Lovelace"], found["Bob"]
    assert (ada["test-saturated"], ada["test-slopes-relu"], ada["score"], ada["max_score"]) == ("3.0", "0.0", "9.0", "13")
    assert (bob["test-saturated"], bob["explain-trouble"], bob["score"]) == ("0.0", "2.0", "8.0")
    assert [event["before"] is None for event in Results(results).log() if event["what"] == "points changed"] == [True, False]


def test_a_rule_that_is_not_known_is_refused(tmp_path):
    for text in ("[late]\nper_dya = 0.1", "[letters]\na = 1", '[assignments.02-x]\ndue = "tomorrow"', "[late", "[late]\nper_day = true"):
        (tmp_path / "policy.toml").write_text(text)
        with pytest.raises(ValueError, match=r"policy\.toml"):
            Policy(tmp_path / "policy.toml")


LATE = f"""
[late]
per_day = 0.1
free_days = 1
maximum_days = 5
[assignments.{NAME}]
due = 2027-01-15T12:00:00+00:00
[students.Bob]
extra_days = 1
extensions = {{{NAME} = 1}}
[students.Cem]
excused = ["{NAME}"]
"""


@pytest.mark.parametrize(
    ("student", "submitted", "days", "kept"),
    [
        ("Ada", "2027-01-15T11:59:00+00:00", 0, 1.0),
        ("Ada", "2027-01-15T12:00:01+00:00", 1, 1.0),  # a free day
        ("Ada", "2027-01-17T12:00:00+00:00", 2, 0.9),
        ("Ada", "2027-01-17T13:00:01+01:00", 3, 0.8),
        ("Ada", "2027-01-21T00:00:00+00:00", 6, 0.0),
        ("Bob", "2027-01-17T12:00:00+00:00", 0, 1.0),  # an accommodation and an extension
        ("Bob", "2027-01-18T12:00:00+00:00", 1, 1.0),
        ("Ada", "", None, 1.0),
    ],
)
def test_late_days(student, submitted, days, kept, tmp_path):
    (tmp_path / "policy.toml").write_text(LATE)
    policy = Policy(tmp_path / "policy.toml")
    assert policy.days_late(student, NAME, submitted) == days
    assert policy.kept(days or 0, 1)[0] == pytest.approx(kept)
    assert policy.is_excused("Cem", NAME) and not policy.is_excused("Bob", NAME)


def test_lateness_and_dropped_assignments_are_in_the_tables(results):
    ada = record(results, "Ada Lovelace")
    ada["submitted"] = "2027-01-18T12:00:00+00:00"
    (results / "records" / "Ada Lovelace" / f"{NAME}.json").write_text(json.dumps(ada))
    found = rule(results, LATE)
    assert (found["Ada Lovelace"]["days_late"], found["Ada Lovelace"]["score"], found["Ada Lovelace"]["final"]) == ("3", "8.0", "6.4")
    assert "the time of submission is unknown" in found["Bob"]["notes"]
    rule(results, LATE + "[totals]\ndrop_lowest = 1")
    total = rows(results, "totals.csv")["Ada Lovelace"]
    assert (total["total"], total["dropped"]) == ("0", NAME)


def test_a_group_shares_what_one_of_them_submitted(results):
    found = rule(results, '[groups]\n"Team 7" = ["Ada Lovelace", "Grace"]')
    assert (found["Grace"]["score"], found["Grace"]["notes"]) == ("8.0", "submitted by Ada Lovelace")


def test_reviewed_and_ok_holds_until_there_is_something_new(results):
    assert rows(results)["syntax"]["state"] == "review: explain-trouble, saturated"
    main(["decide", str(results), "syntax", NAME])
    main(["decide", str(results), "syntax", NAME, "explain-trouble", "--points", "2"])
    assert rows(results)["syntax"]["state"] == "ok"
    again = record(results, "syntax")
    again["notes"].append("something new")
    (results / "records" / "syntax" / f"{NAME}.json").write_text(json.dumps(again))
    main(["table", str(results)])
    assert rows(results)["syntax"]["state"] == "review: saturated"


def decisions(results, who, given, path, time="2027-02-01T10:00:00+00:00"):
    """Write a file as a grading page saves it."""
    pages = Results(results)
    page = (results / "grading" / f"{NAME}--explain-trouble.html").read_text(encoding="utf-8")
    about = json.loads(re.search(r'<script type="application/json" id="about">(.*?)</script>', page)[1])
    texts = dict(re.findall(r'data-id="(\w+)" data-text="(\w+)"', page))
    path.write_text(
        json.dumps(
            [
                {
                    **about,
                    "pseudonym": pages.pseudonym(student),
                    "who": who,
                    "points": points,
                    "comment": "=1",
                    "text": texts[pages.pseudonym(student)],
                    "time": time,
                }
                for student, points in given.items()
            ]
        )
    )
    return str(path)


def test_decisions_of_several_graders_are_taken_in_once(results, tmp_path):
    first = decisions(results, "Grace", {"Ada Lovelace": 1.5, "Bob": 0}, tmp_path / "a.json")
    second = decisions(results, "Alan", {"Bob": 1}, tmp_path / "b.json", "2027-02-02T10:00:00+00:00")
    main(["table", str(results), second, first])
    main(["table", str(results), first])
    found = rows(results)
    assert (found["Ada Lovelace"]["state"], found["Ada Lovelace"]["score"]) == ("ok", "9.5")
    assert found["Bob"]["explain-trouble"] == "1.0" and "Alan gave 1, but Grace gave 0" in found["Bob"]["notes"]
    assert [event["who"] for event in Results(results).log() if event["what"] == "decided"] == ["Grace", "Grace", "Alan"]


@pytest.mark.parametrize("pattern", ["{}/decisions-*.json", "'{}/decisions-a.json' '{}/decisions-b (1).json'", "'{}'/decisions-?*.json"])
def test_files_of_decisions_are_found_by_a_pattern_in_any_folder(results, tmp_path, pattern):
    folder = tmp_path / "my downloads [2]"
    folder.mkdir()
    decisions(results, "Grace", {"Ada Lovelace": 1.5}, folder / "decisions-a.json")
    decisions(results, "Grace", {"Bob": 2}, folder / "decisions-b (1).json")
    escaped = str(folder) if "*" not in pattern else str(folder).replace("[", "[[]")
    main(["table", str(results), pattern.format(*[escaped] * 2)])
    assert (rows(results)["Ada Lovelace"]["score"], rows(results)["Bob"]["score"]) == ("9.5", "9.0")
    with pytest.raises(SystemExit, match="no such file"):
        main(["table", str(results), str(folder / "nothing-*.json")])


def test_grading_pages_show_no_names(graded):
    page = (graded[0] / "grading" / f"{NAME}--explain-trouble.html").read_text(encoding="utf-8")
    assert "Lovelace" not in page and "Bob" not in page and "It vanishes." in page and "Vanishing gradient" in page


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '[{"pseudonym": "nobody"}]', "torn"])
def test_a_file_that_no_page_saved_is_refused(results, tmp_path, text):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(SystemExit, match=r"x\.json"):
        main(["table", str(results), str(tmp_path / "x.json")])


def test_more_points_than_there_are_is_refused(results, tmp_path):
    with pytest.raises(SystemExit, match="gives 3 of 2 points"):
        main(["table", str(results), decisions(results, "Grace", {"Bob": 3}, tmp_path / "a.json")])


def test_one_student_is_graded_again_and_a_new_text_is_flagged(graded, results, tmp_path):
    main(["decide", str(results), "Bob", NAME, "explain-trouble", "--points", "2", "--comment", "well said"])
    place = write(tmp_path / "in", {"Bob": answers({"explain-trouble": "Something else."}), "Cem": answers()})
    main(["grade", str(place), "--to", str(results), "--only", "Bob", "--sandbox", KIND])
    found = rows(results)
    assert (found["Bob"]["score"], found["Bob"]["state"]) == ("10.0", "review: explain-trouble")
    assert "explain-trouble: changed since it was graded" in found["Bob"]["notes"] and "Cem" not in found
    page = (results / "feedback" / "Bob" / NAME / f"{NAME}.html").read_text(encoding="utf-8")
    assert "10 of 10 points" in page and "well said" in page
    [event] = [event for event in Results(results).log() if event["what"] == "graded" and event["before"]]
    assert "test-saturated" in event["after"]["passed"] and "test-saturated" not in event["before"]["passed"]


def test_who_comes_late_is_missing_no_more(results, tmp_path):
    main(["grade", str(write(tmp_path / "in", {"Jürgen": answers()})), "--to", str(results), "--sandbox", KIND])
    with open(results / "grades.csv", encoding="utf-8-sig") as file:
        assert sum(line.startswith("Jürgen") for line in file) == 1
    assert rows(results)["Jürgen"]["score"] == "8.0"


def test_a_forgotten_variant_is_noticed(results, tmp_path, monkeypatch):
    monkeypatch.delenv("NNFROMSCRATCH_VARIANT")
    place = write(tmp_path / "in", {"Bob": answers()})
    with pytest.raises(SystemExit, match="has changed since"):
        main(["grade", str(place), "--to", str(results), "--sandbox", KIND])
    main(["grade", str(place), "--to", str(results), "--sandbox", KIND, "--new-variant"])
    assert record(results, "Bob")["seed"] is None


def test_each_assignment_has_a_seed_and_each_student_on_request(results, tmp_path):
    assert len({sources.seed_of("autumn", name) for name in sources.names()}) == len(sources.names())
    main(["grade", str(write(tmp_path / "in", {"Bob": answers()})), "--to", str(results), "--variant-per-student", "--sandbox", KIND])
    assert rows(results)["Bob"]["variant"] == str(sources.seed_of("autumn", NAME, "Bob")) != str(sources.seed_of("autumn", NAME))
    assert lost(rows(results)["Bob"]) == set()


def test_a_student_is_erased_without_a_trace(results):
    main(["decide", str(results), "Ada Lovelace", NAME, "explain-trouble", "--points", "2"])
    main(["erase", str(results), "Ada Lovelace"])
    for path in results.rglob("*"):
        assert "Lovelace" not in path.name
        assert not path.is_file() or b"Lovelace" not in path.read_bytes(), path
    main(["table", str(results)])
    assert "Bob" in rows(results) and "Ada Lovelace" not in rows(results)


def aged(results, student, days):
    """Let a record be as old as this."""
    path = results / "records" / student / f"{NAME}.json"
    if student in ("foreign", "=1+1"):  # without a time in it
        path = next(path.parent.glob("*.json"))
        os.utime(path, (time.time() - days * 86_400,) * 2)
    else:
        graded = (datetime.now() - timedelta(days=days)).isoformat()
        path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "graded": graded}), encoding="utf-8")


def test_what_is_old_is_erased_and_nothing_else(results):
    with pytest.raises(SystemExit, match="set days = 365"):
        main(["erase", str(results), "--old"])
    for student, days in {"Bob": 366, "Ada Lovelace": 364, "प्रिया": 1000, "foreign": 400, "=1+1": 300}.items():
        aged(results, student, days)
    main(["similar", str(results)])
    rule(results, "[keep]\ndays = 365\n[students.Bob]\nextra_days = 1\n")
    before = rows(results).keys()
    with pytest.raises(SystemExit, match="policy.toml names Bob: remove these lines first"):
        main(["erase", str(results), "--old"])
    assert rows(results).keys() == before
    rule(results, "[keep]\ndays = 365\n")
    main(["erase", str(results), "--old"])
    assert before - rows(results).keys() == {"Bob", "प्रिया", "foreign"}
    for path in results.rglob("*"):
        assert not path.is_file() or not {"Bob", "प्रिया"} & set(re.findall(r"[\w्ि]+", path.read_text("utf-8", "replace"))), path
    main(["erase", str(results), "Ada Lovelace"])
    assert "Ada Lovelace" not in rows(results)


def test_answers_that_are_copied_are_listed_and_change_no_grade(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("NNFROMSCRATCH_VARIANT", raising=False)
    copied = {cell: disguised(source) for cell, source in mutants.tables(NAME)[1]["case by case"].items()}
    cells = {who: mutants.tables(NAME)[1][who] for who in ("case by case", "numpy's own")}
    place = write(tmp_path / "in", {"Ada": answers(cells["case by case"]), "Bob": answers(cells["numpy's own"]), "Cem": answers(copied)})
    main(["grade", str(place), "--sandbox", KIND])
    results = tmp_path / "in-graded"
    before = (results / "grades.csv").read_bytes()
    capsys.readouterr()
    main(["similar", str(results)])
    with open(results / "similar.csv", encoding="utf-8-sig") as file:
        [pair] = csv.DictReader(file)
    assert (pair["assignment"], pair["one"], pair["other"]) == (NAME, "Ada", "Cem") and float(pair["similarity"]) > 0.9
    assert "Ada and Cem" in (said := capsys.readouterr().out) and "1 pairs" in said
    assert (results / "grades.csv").read_bytes() == before and lost(rows(results)["Cem"]) == set()


def test_a_full_disk_leaves_the_tables_as_they_were(results, monkeypatch):
    from coursework.grading import results as module

    before = (results / "grades.csv").read_bytes()
    write_text = Path.write_text

    def full(path, text, **options):
        write_text(path, text[:100], **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.Path, "write_text", full)
    with pytest.raises(SystemExit, match="No space left on device"):
        main(["table", str(results)])
    monkeypatch.undo()
    assert (results / "grades.csv").read_bytes() == before


def test_a_damaged_record_and_a_damaged_log_cost_nothing_else(results):
    (results / "records" / "Bob" / f"{NAME}.json").write_text('{"torn')
    with open(results / "log.jsonl", "a") as file:
        file.write('{"torn\n')
    main(["table", str(results)])
    found = rows(results)
    assert found["Bob"]["state"] == "unreadable" and found["Ada Lovelace"]["score"] == "8.0"


def test_nbgrader_s_own_configuration_is_left_alone(tmp_path):
    from coursework.build import write_course

    pytest.importorskip("nbgrader")
    (tmp_path / "nbgrader_config.py").write_text("c.Exchange.root = '/srv/exchange'\n")
    write_course(tmp_path, [NAME])
    assert (tmp_path / "nbgrader_config.py").read_text() == "c.Exchange.root = '/srv/exchange'\n"
    assert (tmp_path / "release" / NAME / f"{NAME}.ipynb").exists()


def test_the_time_of_an_archive_is_that_of_the_submission_unless_a_platform_made_it(tmp_path, monkeypatch):
    """Moodle and Canvas give all files in an archive the time of the download."""
    monkeypatch.delenv("NNFROMSCRATCH_VARIANT", raising=False)
    paths = ["Ada_7_assignsubmission_file_/x.ipynb", "bob_8_9001_x.ipynb", "Cem/x.ipynb"]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in paths:
            archive.writestr(zipfile.ZipInfo(path, (2027, 1, 15, 10, 30, 0)), text_of(answers()))
    main(["grade", str(tmp_path / "all.zip"), "--sandbox", KIND])
    found = rows(Path(f"{tmp_path / 'all.zip'}-graded"))
    assert {name: (row["submitted"], row["id"]) for name, row in found.items()} == {
        "Ada": ("", "7"),
        "bob": ("", "8"),
        "Cem": ("2027-01-15T10:30:00", ""),
    }


def test_a_stray_assignment_makes_nobody_else_missing_and_waits_for_a_person(results):
    one = record(results, "Ada Lovelace")
    (results / "records" / "Ada Lovelace" / f"{NAME}.json").unlink()
    Results(results).write(one | {"assignment": "01-neuron", "cells": [], "tests": {}})
    main(["table", str(results)])
    table = of_both(results)
    assert [student for student, assignment in table if assignment == "01-neuron"] == ["Ada Lovelace"]
    stray, instead = table["Ada Lovelace", "01-neuron"], table["Ada Lovelace", NAME]
    assert stray["state"].endswith("everything") and "is it the right one?" in stray["notes"]
    assert (instead["state"], instead["notes"]) == ("missing", "submitted 01-neuron instead")
    main(["decide", str(results), "Ada Lovelace", "01-neuron"])
    assert "everything" not in of_both(results)["Ada Lovelace", "01-neuron"]["state"]


@pytest.mark.parametrize(("count", "most", "stray"), [(9, 100, False), (2, 100, True), (2, 15, False), (1, 4, True), (1, 3, False)])
def test_what_several_students_chose_is_not_a_stray_assignment(count, most, stray, tmp_path):
    for name, number in (("01-neuron", count), (NAME, most)):
        for student in range(number):
            path = tmp_path / "records" / str(student) / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
    assert report.strays(Results(tmp_path)) == ({"01-neuron"} if stray else set())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`cost$a + cost$b` grows", "<code>cost$a + cost$b</code> grows"),
        ("```\nx = '$a$'\ny = '$$b$$'\n```\nand $w_1$", "x = '$a$'\ny = '$$b$$'\n"),
        ("```\nx = '$a$'", "<code>x = '$a$'</code>"),
        ("`$x$` and $y$", "<code>$x$</code> and <code>$y$</code>"),
        ("the price is $5 and `a`, or $6", "the price is $5 and <code>a</code>, or $6"),
        ("$$w_1$$ and `b`", "w_1\n</code></pre>\n<p>and <code>b</code>"),
    ],
)
def test_code_in_an_answer_is_shown_as_typed(text, shown):
    assert shown in html.unescape(pages.markdown(text))


def of_both(results):
    """Return {(student, assignment): row}."""
    with open(results / "grades.csv", encoding="utf-8-sig", newline="") as file:
        return {(row["student"], row["assignment"]): row for row in csv.DictReader(file)}
