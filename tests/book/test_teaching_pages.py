"""The pages for students and instructors keep up with the course: every page, every assignment, every test that they name."""

import re

import pytest
import yaml

from environment import ROOT

BOOK = ROOT / "book"
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))


def text(name):
    return (BOOK / f"{name}.md").read_text(encoding="utf-8")


def order():
    """Return the names of the chapters' pages in the order of the table of contents."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    entries = [entry for part in contents["parts"] for chapter in part["chapters"] for entry in (chapter, *chapter.get("sections", ()))]
    names = [entry["file"].removeprefix("book/") for entry in entries]
    return [name for name in names if re.match(r"\d", name)]


def rows(name):
    """Return the links in each row of a page's tables, cell by cell."""
    lines = [line for line in text(name).splitlines() if line.startswith("| ") and "{doc}" in line]
    return [[re.findall(r"\{doc\}`([^`]+)`", cell) for cell in line.strip("| ").split(" | ")] for line in lines]


def test_the_course_map_has_every_chapter_after_what_it_builds_on():
    pages = order()
    assert [row[0][0] for row in rows("course-map")] == pages
    for row in rows("course-map"):
        for needed in row[2] if len(row) > 2 else []:
            assert pages.index(needed) < pages.index(row[0][0]), row


@pytest.mark.parametrize("heading", ["Two weeks", "Six weeks", "Fourteen weeks"])
def test_no_plan_asks_for_an_assignment_before_its_chapter(heading):
    """A plan follows the chapters' order, except that page 5c may come early; an assignment comes with its chapter or later."""
    section = text("teaching-plans").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    plan = "\n".join(line for line in section.splitlines() if line.startswith("|"))
    links = re.findall(r"\{doc\}`([^`]+)`", plan)
    assert links
    for place, link in enumerate(links):
        if link.startswith("exercises/"):
            assert link.removeprefix("exercises/") in links[:place], link
    chapters = [link for link in links if link in order() and link not in ("05c-ten-layers-deep", "12-classic-results")]
    assert chapters == sorted(chapters, key=order().index)


def test_the_long_plan_has_every_chapter_and_every_assignment():
    plan = text("teaching-plans").partition("## Fourteen weeks\n")[2].partition("\n## ")[0]
    links = set(re.findall(r"\{doc\}`([^`]+)`", plan))
    assert links >= set(order()) | {f"exercises/{path.stem}" for path in (BOOK / "exercises").glob("*.ipynb")}


def test_every_statement_about_accessibility_names_a_test_that_is_there():
    statements = [line for line in text("accessibility").splitlines() if line.startswith("| ") and "`test_" in line]
    assert len(statements) >= 8
    for line in statements:
        for name in re.findall(r"`(test_\w+)`", line):
            assert f"\ndef {name}(" in TESTS, name
