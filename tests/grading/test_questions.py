"""The question bank: every key is recomputed in a different way, every format read by an independent reader if there is one."""

import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from pypdf import PdfReader

pytest.importorskip("jupytext")
from coursework.questions import items, model, moodle, paper, qti
from coursework.questions.__main__ import main
from environment import ROOT, missing
from grading import brute_force

SEEDS = (2026, 48151)
QUIZ, BANKS = model.book_questions(), {seed: items.bank(seed) for seed in SEEDS}
ALL = QUIZ + BANKS[2026]
PEGJS = ROOT / ".venv-npm" / "node_modules" / "gift-pegjs"


def lists(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


# --- keys --------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", items.TEMPLATES)
def test_every_key_is_found_by_other_means_too(name):
    for variant in "ABCDEFGH":
        for seed in SEEDS:
            one = items.item(name, variant, seed)
            found = getattr(brute_force, name.replace("-", "_"))(**{key: lists(value) for key, value in one.given.items()})
            assert found == pytest.approx(one.value, rel=1e-6, abs=1e-6), one
            assert abs(float(one.key) - one.value) <= max(one.tolerance, 1e-9) / 2 * 1.0001
            assert one.decimals or float(one.key) == one.value, "a whole number"


@pytest.mark.parametrize("seed", SEEDS)
def test_no_wrong_answer_counts_as_right_and_each_question_knows_one(seed):
    for one in BANKS[seed]:
        assert one.mistakes
        assert all(abs(value - float(one.key)) > one.tolerance for value in one.mistakes.values()), one.name


def test_the_numbers_in_the_text_are_those_of_the_key():
    """A reader has only the text."""
    for one in BANKS[2026]:
        text = model.plain(one.text).replace(" ", "").replace("−", "-")
        for name, value in one.given.items():
            if name not in ("place", "i", "j", "lr", "m", "sizes") and not isinstance(value, list):
                shown = (
                    np.array2string(np.asarray(value), separator=",", formatter={"float": "{:g}".format}).replace("\n", "").replace(" ", "")
                )
                assert shown in text or shown.strip("[]") in text, (one.name, name, shown)


def test_the_bank_is_large_and_every_seed_and_variant_has_numbers_of_its_own():
    bank = BANKS[2026]
    assert len(bank) >= 60 and len({one.name for one in ALL}) == len(ALL)
    assert [one.text for one in items.bank(2026)] == [one.text for one in bank]
    by_template = Counter(one.name.rpartition("-")[0] for one in bank if one.text not in {other.text for other in bank if other is not one})
    assert sum(by_template.values()) >= 0.9 * len(bank)
    assert [one.text for one in bank] != [one.text for one in BANKS[48151]]


@pytest.mark.parametrize("seed", (*SEEDS, 99))
def test_no_two_versions_of_a_test_have_the_same_numbers(seed):
    texts = [one.text for one in items.bank(seed)]
    assert len(set(texts)) == len(texts)


def test_every_chapter_is_one():
    assert {one.chapter for one in ALL} <= {path.stem for path in (ROOT / "book").glob("*.ipynb")}
    assert all(sum(option.correct for option in one.options) == 1 for one in QUIZ)


# --- Moodle ------------------------------------------------------------------------------------------------------------------------------


def test_moodle_xml_has_what_moodle_s_importer_reads():
    root = ET.fromstring(moodle.moodle_xml(ALL))
    kinds = Counter(one.get("type") for one in root)
    assert (kinds["multichoice"], kinds["numerical"]) == (len(QUIZ), len(BANKS[2026]))
    assert kinds["category"] == len({one.chapter for one in ALL})
    by_name = {one.findtext("name/text"): one for one in root if one.get("type") != "category"}
    for one in BANKS[2026]:
        answers = by_name[one.name].findall("answer")
        right = [answer for answer in answers if answer.get("fraction") == "100"]
        assert [answer.findtext("text") for answer in right] == [one.key]
        assert float(right[0].findtext("tolerance")) == pytest.approx(one.tolerance)
        assert {answer.findtext("feedback/text") for answer in answers if answer.get("fraction") == "0"} == {
            words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for words in one.mistakes
        }


def test_another_reader_finds_the_same_questions_in_moodle_xml():
    parser = pytest.importorskip("moodle_xml_parser.parser")
    found = parser.parse_bytes(moodle.moodle_xml(ALL))["multichoice"]
    assert len(found) == len(QUIZ)
    for theirs, ours in zip(sorted(found, key=lambda one: one.name), sorted(QUIZ, key=lambda one: one.name)):
        assert [option.score_fraction for option in theirs.options] == [100.0 * option.correct for option in ours.options]
        assert [option.answer for option in theirs.options] == [html.unescape(option.text) for option in ours.options]


def test_another_reader_finds_the_same_questions_in_gift(tmp_path):
    if not (shutil.which("node") and PEGJS.exists()):
        missing("gift-pegjs, or Node.js,", "For this comparison: make .venv-npm/stamp (it needs npm).")
    (tmp_path / "bank.gift").write_text(moodle.gift(ALL), encoding="utf-8")
    program = f"""import fs from "fs"; import {{parse}} from "{PEGJS.as_uri()}/{main_of(PEGJS)}";
    console.log(JSON.stringify(parse(fs.readFileSync("bank.gift", "utf8"))))"""
    (tmp_path / "read.mjs").write_text(program)
    found = subprocess.run(["node", "read.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    theirs = {one["title"]: one for one in json.loads(found) if one["type"] != "Category"}
    assert theirs.keys() == {one.name for one in ALL}
    for ours in BANKS[2026]:
        first, *others = theirs[ours.name]["choices"]
        assert (first["text"]["number"], first["text"]["range"]) == (float(ours.key), pytest.approx(ours.tolerance))
        assert all(one["weight"] == 0 for one in others) and len(others) == len(ours.mistakes)
    for ours in QUIZ:
        assert [one["isCorrect"] for one in theirs[ours.name]["choices"]] == [one.correct for one in ours.options]
        assert theirs[ours.name]["stem"]["text"] == " ".join(ours.text.split())


def main_of(package):
    about = json.loads((package / "package.json").read_text())
    return about.get("module") or about["main"]


def test_nothing_in_gift_has_a_meaning_that_was_not_meant():
    assert moodle.escaped("a ~ b = {c}: #\n\\d") == r"a \~ b \= \{c\}\: \# \\d"


# --- QTI ---------------------------------------------------------------------------------------------------------------------------------


def named(tag):
    return tag.rpartition("}")[2]


def paths(node, above=()):
    """Yield every path of tags with the names of its attributes."""
    here = (*above, named(node.tag))
    yield here, tuple(sorted(map(named, node.attrib)))
    for child in node:
        yield from paths(child, here)


@pytest.mark.parametrize("write", [qti.qti12, qti.qti21])
def test_a_package_names_each_of_its_files_once(write):
    files = write(ALL)
    manifest = ET.fromstring(files["imsmanifest.xml"])
    listed = [node.get("href") for node in manifest.iter() if named(node.tag) == "file"]
    assert sorted(listed) == sorted(files.keys() - {"imsmanifest.xml"})
    identifiers = [node.get("identifier") for node in manifest.iter() if named(node.tag) == "resource"]
    assert len(set(identifiers)) == len(identifiers) and all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in identifiers)
    assert {node.get("identifierref") for node in manifest.iter() if named(node.tag) == "dependency"} <= set(identifiers)


def score12(item, response):
    """Return the points in percent that a response earns in QTI 1.2, by the rules of its resprocessing."""
    space = {"q": qti.QTI12}
    tests = {
        "varequal": lambda node: response == node.text or (numeric(response) is not None and numeric(response) == numeric(node.text)),
        "vargte": lambda node: numeric(response) is not None and numeric(response) >= numeric(node.text),
        "varlte": lambda node: numeric(response) is not None and numeric(response) <= numeric(node.text),
        "or": lambda node: any(tests[named(child.tag)](child) for child in node),
        "and": lambda node: all(tests[named(child.tag)](child) for child in node),
        "other": lambda node: True,
    }
    for condition in item.findall("q:resprocessing/q:respcondition", space):
        [test] = condition.find("q:conditionvar", space)
        if tests[named(test.tag)](test):
            if condition.find("q:setvar", space) is not None:
                return float(condition.findtext("q:setvar", namespaces=space))
            if condition.get("continue") == "No":
                return 0.0
    return 0.0


def numeric(text):
    try:
        return float(text)
    except ValueError:
        return None


def test_qti_12_gives_points_for_the_key_and_for_nothing_else():
    found = {}
    for name, content in qti.qti12(ALL).items():
        if name not in ("imsmanifest.xml",) and not name.endswith("assessment_meta.xml"):
            found |= {node.get("title"): node for node in ET.fromstring(content).iter(f"{{{qti.QTI12}}}item")}
    assert found.keys() == {one.name for one in ALL}
    for one in BANKS[2026]:
        assert score12(found[one.name], one.key) == score12(found[one.name], repr(one.value)) == 100.0
        assert not any(score12(found[one.name], f"{value:.6f}") for value in one.mistakes.values())
    for one in QUIZ:
        assert [score12(found[one.name], f"answer{number}") for number in range(len(one.options))] == [
            100.0 * o.correct for o in one.options
        ]


def test_qti_12_has_the_form_that_text2qti_gives_to_the_same_questions(tmp_path):
    text2qti = pytest.importorskip("text2qti.quiz")
    from text2qti.config import Config
    from text2qti.qti import QTI

    quiz, number = QUIZ[0], BANKS[2026][0]
    options = "\n".join(f"{'*' if one.correct else ''}{letter}) answer {letter}\n... why" for letter, one in zip("abcdef", quiz.options))
    text = f"Quiz title: t\n\n1. What?\n{options}\n\n2. How much?\n... because\n=   {number.key} +- {number.room}\n"
    config = Config()
    config["run_code_blocks"] = False
    QTI(text2qti.Quiz(text, config=config, source_name="t")).save(tmp_path / "theirs.zip")
    with zipfile.ZipFile(tmp_path / "theirs.zip") as archive:
        theirs = [archive.read(name) for name in archive.namelist() if b"<questestinterop" in archive.read(name)]
    [ours] = [
        content for name, content in qti.qti12([quiz._replace(chapter="x"), number._replace(chapter="x")]).items() if name == "x/x.xml"
    ]
    known = set(paths(ET.fromstring(theirs[0])))
    assert set(paths(ET.fromstring(ours))) - known == set()


def score21(item, response):
    """Return the points that a response earns in QTI 2.1."""
    tag = f"{{{qti.QTI21}}}"
    right = item.findtext(f"{tag}responseDeclaration/{tag}correctResponse/{tag}value")
    most = next(node for node in item.iter(f"{tag}outcomeDeclaration") if node.get("identifier") == "MAXSCORE")
    test = item.find(f".//{tag}responseIf")[0]
    if named(test.tag) == "match" or test.get("toleranceMode") == "exact":
        passed = response == right
    else:
        low, high = map(float, test.get("tolerance").split())
        passed = float(right) - low <= float(response) <= float(right) + high
    return float(most.findtext(f".//{tag}value")) if passed else 0.0


def test_qti_21_gives_points_for_the_key_and_for_nothing_else():
    files = qti.qti21(ALL)
    for one in ALL:
        item = ET.fromstring(files[f"items/{one.name}.xml"])
        if isinstance(one, model.Choice):
            found = [score21(item, f"answer{number}") for number in range(len(one.options))]
            assert found == [1.0 * option.correct for option in one.options]
        else:
            assert score21(item, one.key) == one.points
            assert not any(score21(item, f"{value:.6f}") for value in one.mistakes.values())


def test_all_text_is_simple_html():
    """Every platform shows these elements, and none changes them."""
    for one in ALL:
        texts = (
            [one.text, *(part for option in one.options for part in (option.text, option.feedback))]
            if one in QUIZ
            else [one.text, one.solution]
        )
        for text in texts:
            tags = {node.tag for node in ET.fromstring(f"<div>{text}</div>").iter()}
            assert tags <= {"div", "p", "code", "em", "sub", "sup", "strong", "br"}, (one.name, tags)


# --- paper -------------------------------------------------------------------------------------------------------------------------------


def test_papers_have_the_same_tasks_with_other_numbers():
    names, quiz = paper.chosen(QUIZ, 10, 10, 5)
    papers = [paper.paper(variant, names, quiz, 5) for variant in "ABC"]
    assert len(names) == len(quiz) == 10
    assert len({tuple(one.name.removesuffix(f"-{variant}") for one in questions) for variant, questions in zip("ABC", papers)}) == 1
    assert len({sum(one.points for one in questions) for questions in papers}) == 1
    different = [a.text != b.text or getattr(a, "options", ()) != getattr(b, "options", ()) for a, b in zip(papers[0], papers[1])]
    assert sum(different) >= 15
    chapters = Counter(items.TEMPLATES[name][1] for name in names)
    assert max(chapters.values()) <= 2


@pytest.mark.browser
def test_papers_and_keys_are_printed_from_the_command(browser, tmp_path, monkeypatch):
    monkeypatch.delenv("NNFROMSCRATCH_VARIANT", raising=False)
    subprocess.run(
        [sys.executable, "-m", "coursework.questions", "--to", tmp_path, "--chapters", "05,06", "--numeric", "4", "--choice", "3"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == [
        "canvas-qti-1.2.zip",
        "keys.pdf",
        "moodle.xml",
        "paper-A.pdf",
        "paper-B.pdf",
        "paper-C.pdf",
        "qti-2.1.zip",
        "questions.gift",
    ]
    texts = {name: "\n".join(page.extract_text() for page in PdfReader(tmp_path / name).pages) for name in made if name.endswith(".pdf")}
    names, quiz = paper.chosen([one for one in QUIZ if one.chapter.startswith(("05", "06"))], 4, 3, 2026)
    for variant in "ABC":
        questions = paper.paper(variant, names, quiz, 2026)
        printed = " ".join(texts[f"paper-{variant}.pdf"].split())
        assert f"version {variant}" in printed and f"of {sum(one.points for one in questions)} points" in printed
        for one in questions:
            if isinstance(one, model.Numeric):
                assert one.key in texts["keys.pdf"]
    assert "How points are awarded" in texts["keys.pdf"]


def test_an_unknown_chapter_is_named():
    with pytest.raises(SystemExit, match="no chapter's name begins with 99"):
        main(["--chapters", "99"])
