"""The page about a class: what failed, how often, with which named mistake, and where it is explained."""

import json
import re

import numpy as np
import pytest
from docutils.nodes import make_id

pytest.importorskip("jupytext")
from coursework.grading import mistakes_page
from coursework.grading.course import Course
from coursework.grading.mistakes_page import NO_NAME, NOT_TRIED, anchor, mistake, page, reports, to_review
from coursework.grading.results import Results, new_record
from environment import ROOT
from nnfromscratch.course import expect, linear_backward_mistakes

COURSE, NAME = Course(), "05-backpropagation"


def test(message="", error=""):
    return {"passed": not message, "message": message, "error": error}


test.__test__ = False


def message_of(got, value, **options):
    with pytest.raises(AssertionError) as caught:
        expect("dW", got, value, **options)
    return str(caught.value)


def headings(page):
    cells = json.loads((ROOT / "book" / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"^#+ (.+)$", text, re.MULTILINE)


def test_every_graded_cell_leads_to_a_section_that_is_there():
    used = set()
    for name in COURSE.names:
        for cell in COURSE.points(name):
            place, _, heading = to_review(name, cell).partition("#")
            assert heading in headings(place), (name, cell, heading)
            assert anchor(heading) == make_id(heading)
            used.add((name, cell))
    for name, table in mistakes_page.REVIEW.items():
        assert all(any(one == name and cell.startswith(key) for one, cell in used) for key in table), name


def test_a_mistake_has_the_words_of_the_catalog():
    X, W, dZ = np.arange(6.0).reshape(3, 2), np.ones((2, 4)), np.arange(12.0).reshape(3, 4)
    table = linear_backward_mistakes(X, W, dZ)["dW"]
    for words, wrong in table.items():
        try:
            got = wrong()
        except ValueError:
            continue
        assert mistake(test(message_of(got, X.T @ dZ, mistakes=table))) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (test("NotImplementedError", "NotImplementedError"), NOT_TRIED),
        (test("...: NameError: name 'x' is not defined", "NameError"), "it ends with NameError"),
        (test("the call took too long", "Ended"), "it does not finish, or takes too much memory"),
        (test(message_of(None, np.ones(3))), "None: does the function return it?"),
        (test(message_of(np.ones(3), np.arange(3.0) ** 2 + 5)), NO_NAME),
        (test(message_of(np.ones((3, 2)), np.ones(4))), "the shapes do not fit: an answer or a product has the wrong shape"),
        (test("operands could not be broadcast", "ValueError"), "the shapes do not fit: an answer or a product has the wrong shape"),
    ],
)
def test_what_a_failed_test_is_called(found, words):
    assert mistake(found) == words


def test_a_class_is_counted_and_nobody_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("NNFROMSCRATCH_SITE", "https://example.org/course")
    results = Results(tmp_path)
    swapped = "dW[0] is 1; expected 2 (1 of 2 numbers differ): dW and dX are swapped: this is dZ @ W.T"
    for number in range(5):
        tests = {name: test() for name in COURSE.points(NAME) if name.startswith("test-")}
        tests["test-merge-weights"] = test(swapped.replace("2", str(number + 2), 1) if number < 3 else "")
        tests["test-silu"] = test("x", "NotImplementedError") if number == 0 else test()
        results.write(new_record(f"Student{number}", NAME, f"{number}.ipynb", tests=tests))
    rows = [{"assignment": NAME, "explain-reports": points} for points in (1.0, 0.5, None)]
    found = {one.cell: one for one in reports(results, rows, COURSE)}
    merge = found["test-merge-weights"]
    assert (merge.failed, merge.answers) == (3, 5)
    assert merge.mistakes == {"dW and dX are swapped: this is dZ @ W.T": 3}
    assert found["test-silu"].mistakes == {NOT_TRIED: 1}
    assert (found["explain-reports"].failed, found["explain-reports"].answers) == (1, 2)
    text = page(list(found.values()))
    assert "Student" not in text
    assert "<li>3 of 5: dW and dX are swapped" in text and "3 of 5 (60%)" in text
    assert "https://example.org/course/book/05-backpropagation.html#a-batch-at-once-three-matrix-rules" in text
