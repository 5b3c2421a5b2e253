"""The page on which people grade text, operated in a browser; and axe on both kinds of page."""

import json

import pytest

pytest.importorskip("jupytext")
import axe
from coursework.grading.__main__ import write_all
from coursework.grading.course import Course
from coursework.grading.policy import Policy
from coursework.grading.results import Results, new_record
from grading.submissions import NAME, rows

pytestmark = pytest.mark.browser
ANSWERS = {"Ada": "The slope of a ReLU is 0 there.", "Bob": "<img src=x onerror=alert(1)> $x^2$", "Cem": "No idea."}


@pytest.fixture
def results(tmp_path):
    """Results of three students who wrote something."""
    kept, course = Results(tmp_path / "results"), Course()
    for student, text in ANSWERS.items():
        cell = {"name": "explain-trouble", "type": "markdown", "source": text, "attachments": {}}
        tests = {name: {"passed": True, "message": "", "error": "", "shown": True} for name in course.tests(NAME)}
        kept.write(new_record(student, NAME, f"{student}.ipynb", cells=[cell], tests=tests))
    write_all(kept, Policy(kept.folder / "policy.toml"), course, None)
    return kept


@pytest.fixture
def page(results, browser):
    """The grading page, open; nothing is requested from a server, and nothing goes wrong."""
    context, wrong = browser.new_context(accept_downloads=True), []
    opened = context.new_page()
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or wrong.append(request.url))
    opened.goto((results.folder / "grading" / f"{NAME}--explain-trouble.html").as_uri())
    yield opened
    context.close()
    assert wrong == []


def test_nothing_need_be_decided_about_a_blank_answer(results, browser):
    blank = results.read(results.path_of("Cem", NAME))
    results.write(blank | {"unanswered": ["explain-trouble"]})
    write_all(results, Policy(results.folder / "policy.toml"), Course(), None)
    opened = browser.new_page()
    opened.goto((results.folder / "grading" / f"{NAME}--explain-trouble.html").as_uri())
    assert opened.inner_text("#count") == "1 of 3 graded"
    assert opened.locator("article", has_text="Nothing was written").get_by_label("points").input_value() == "0"
    opened.close()


def test_decisions_are_kept_saved_and_taken_in(page, results, tmp_path):
    from coursework.grading.__main__ import main

    assert page.inner_text("#count") == "0 of 3 graded"
    article = page.locator("article", has_text="No idea.")
    article.get_by_label("partly right").check()
    article.get_by_label("a sentence for the student").fill("Read chapter 2 again.")
    page.locator("article", has_text="slope of a ReLU").get_by_label("points").fill("1.75")
    page.wait_for_timeout(1000)  # Chromium writes to its storage a little later
    page.reload()
    assert page.inner_text("#count") == "2 of 3 graded"
    page.fill("#grader", " ")
    page.click("#save")  # does nothing but ask for a name
    assert page.evaluate("document.activeElement.id") == "grader" and page.evaluate("!document.activeElement.validity.valid")
    page.fill("#grader", "Grace")
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(tmp_path / "decisions.json")
    assert {one["who"] for one in json.loads((tmp_path / "decisions.json").read_text())} == {"Grace"}
    main(["table", str(results.folder), str(tmp_path / "decisions.json")])
    found = rows(results.folder)
    assert [found[who]["explain-trouble"] for who in ANSWERS] == ["1.75", "", "1.0"]
    assert "Read chapter 2 again." in (results.folder / "feedback" / "Cem" / NAME / f"{NAME}.html").read_text(encoding="utf-8")


def test_pages_are_accessible_and_run_nothing_that_a_student_wrote(page, results):
    assert page.locator("article img").count() == 0
    axe.prepare(page)
    assert axe.barriers(page) == []
    page.goto((results.folder / "feedback" / "Bob" / NAME / f"{NAME}.html").as_uri())
    axe.prepare(page)
    assert axe.barriers(page) == []
