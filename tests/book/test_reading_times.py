"""The course map's reading times: near what the counting gives today, and the counting counts what it claims to."""

import re

import pytest

from tools.notebooks import reading_times

ROWS = list(reading_times.ROW.finditer(reading_times.MAP.read_text(encoding="utf-8")))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_the_course_map_has_about_the_estimate_of_today(row):
    """Small edits of a page change nothing; `python -m tools.notebooks.reading_times` writes new estimates."""
    written = [int(cell) for cell in re.findall(r" (\d+) (?=\|)", row[0])[-2:]]
    page, practice = reading_times.of_page(row[1])
    assert abs(written[0] - page) <= 10 and written[1] == practice


def test_words_code_figures_questions_and_tasks_count():
    text = {"cell_type": "markdown", "source": ["word " * 1500]}
    code = {"cell_type": "code", "metadata": {}, "source": ["x = 1\n"] * 60}
    folded = {"cell_type": "code", "metadata": {"tags": ["hide-input"]}, "source": ["x = 1\n"] * 600}
    figure = {"cell_type": "code", "metadata": {"tags": ["hide-input"]}, "source": ['Explore(draw, title="Rates")']}
    task = {"cell_type": "markdown", "source": ["**1. A task.** Do it."]}
    assert reading_times.minutes([text], 0) == (10, 0)
    assert reading_times.minutes([text, code, folded], 0) == (20, 0)
    assert reading_times.minutes([text, code, figure], 5) == (30, 0)
    assert reading_times.minutes([text, task, task], 0) == (10, 20)
