"""An assignment that was solved on its page and downloaded earns what the same answers earn from Jupyter."""

import json

import pytest

from coursework import sources
from coursework.grading.sandbox import SANDBOXES, works
from grading.submissions import NAME, answers, grade, record, write
from laboratory_driver import choose, laboratory, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_same_answers_earn_the_same_points(browser, published, tmp_path):
    right = answers()
    given = {cell.id: cell.source for cell in answers(half_right(right)).cells}
    with opened(browser, f"{published}/book/exercises/{NAME}.html") as page:
        laboratory(page)
        page.evaluate(
            """async answers => {
              for (const cell of [...laboratory.cells, ...laboratory.answers]) {
                const text = answers[cell.id];
                if (text !== undefined && text !== cell.text) { await cell.edit(false); cell.write(text); }
              }
              await within(laboratory.runRow(laboratory.cells.slice(0, 4)), 120, "the first cells");
            }""",
            given,
        )
        with page.expect_download() as saved:
            choose(page, "Download notebook")
        downloaded = json.loads(saved.value.path().read_text(encoding="utf-8"))
    folder = write(tmp_path / "submitted", {"page": downloaded, "jupyter": answers(half_right(right))})
    results, rows = grade(folder, next(kind for kind in SANDBOXES if works(kind)))
    points = [{name: value for name, value in rows[student].items() if name != "student"} for student in ("page", "jupyter")]
    assert points[0] == points[1]
    assert any(value not in ("", "0", "0.0") for value in points[0].values())
    words = [in_words(record(results, student)) for student in ("page", "jupyter")]
    assert words[0] == words[1] == {"explain-trouble": given["explain-trouble"]}
    assert "YOUR ANSWER HERE" not in given["explain-trouble"]


def in_words(record):
    """Return {name: text} of the answers in words, as the page for grading them shows them."""
    return {
        cell["name"]: cell["source"]
        for cell in record["cells"]
        if cell["type"] == "markdown" and (cell["name"] or "").startswith("explain-")
    }


def half_right(notebook):
    """Return the answers of a notebook, the last of them wrong."""
    last = [cell for cell in notebook.cells if cell.cell_type == "code" and sources.is_solution(cell)][-1]
    return {last.id: "\n".join(line for line in last.source.splitlines() if line.startswith("def")) + "\n    return None"}
