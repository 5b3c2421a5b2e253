"""The manuals for staff: complete, with typeset formulas, and nowhere near the site."""

import re

import pytest
from pypdf import PdfReader

pytest.importorskip("jupytext")
from coursework import sources
from coursework.grading.course import Course
from coursework.manuals import guide, mistakes, solutions
from coursework.manuals.__main__ import write
from coursework.manuals.text import code, markdown
from environment import ROOT
from nnfromscratch.course import mistakes as catalog


def test_the_words_of_the_catalog_are_those_that_its_functions_give():
    """The manual reads the source; here the functions are called."""
    import numpy as np

    rng = np.random.default_rng(1)
    X, W, b, dZ = rng.normal(size=(4, 3)), rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=(4, 3))
    P, Y = np.full((4, 3), 1 / 3), np.eye(3)[[0, 1, 2, 0]]
    called = {
        "neuron_mistakes": catalog.neuron_mistakes(X[0], W[0], 1.0),
        "linear_mistakes": catalog.linear_mistakes(X, W, b),
        "d_relu_mistakes": catalog.d_relu_mistakes(X),
        "softmax_mistakes": catalog.softmax_mistakes(X),
        "cross_entropy_mistakes": catalog.cross_entropy_mistakes(P, Y),
        "update_mistakes": catalog.update_mistakes(b, b, 0.1),
    }
    read = mistakes.the_catalog()
    for name, table in called.items():
        assert set(table) <= set(read[name][""]), name
    parts = catalog.linear_backward_mistakes(X, W, dZ)
    assert {name: list(table) for name, table in parts.items()} == read["linear_backward_mistakes"]


def test_nearly_every_mistake_has_a_question_of_its_own():
    words = [one for tables in mistakes.the_catalog().values() for table in tables.values() for one in table]
    words += [one for name in sources.names() for table in mistakes.of_assignment(sources.read(name)).values() for one in table]
    general = [one for one in words if mistakes.question(one) == mistakes.GENERAL]
    assert len(words) > 300
    assert len(general) <= 0.05 * len(words), general
    assert all(any(re.search(pattern, one) for one in words) for pattern, _ in mistakes.QUESTIONS), "each pattern is used"


@pytest.mark.parametrize("name", sources.names())
def test_a_solution_manual_has_every_solution_every_rubric_and_no_mark(name):
    made = solutions.assignment(sources.read(name))
    notebook = sources.read(name)
    for cell in notebook.cells:
        if sources.is_solution(cell) and cell.cell_type == "code":
            assert code(sources.solved(cell)) in made
        elif sources.is_solution(cell):
            assert markdown(sources.rubric(cell)) in made
    assert "### BEGIN" not in made and "### END" not in made and "HIDDEN" not in made and "{doc}" not in made


@pytest.mark.parametrize("name", sources.names())
def test_the_guide_has_every_task(name):
    made, course = guide.assignment(name), Course()
    for cell in course.points(name):
        assert course.headings(name)[cell].replace("'", "&#x27;") in made
    for words in mistakes.of_assignment(sources.read(name)).values():
        assert all(
            one.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in made.replace("&quot;", '"')
            for one in words
        )


@pytest.mark.browser
def test_manuals_are_printed_with_formulas(browser, tmp_path):
    write(browser, tmp_path)
    texts = {}
    for name in ("solution-manual", "teaching-assistants"):
        reader = PdfReader(tmp_path / f"{name}.pdf")
        texts[name] = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
        assert len(reader.pages) > 10
        titles = [one["/Title"] for one in flat(reader.outline)]
        assert any("Assignment 5" in title or "05-backpropagation" in title for title in titles)
    assert "What a public repository reveals" in texts["solution-manual"]
    assert r"\frac" not in texts["solution-manual"] and r"\partial" not in texts["solution-manual"]
    assert "Where does the 1/n" in texts["teaching-assistants"]


def flat(outline):
    for one in outline:
        yield from flat(one) if isinstance(one, list) else [one]


def test_manuals_are_neither_published_nor_committed(site):
    assert not [path for path in site.rglob("*") if path.name in ("solution-manual.pdf", "teaching-assistants.pdf", "keys.pdf")]
    assert re.search(r"^/?dist/?$", (ROOT / ".gitignore").read_text(encoding="utf-8"), re.MULTILINE)
