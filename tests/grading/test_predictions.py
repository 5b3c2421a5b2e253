"""Wrong predictions to expect, for the notes of the slides: some for every Predict question, and none for a question that is gone."""

import json
import re

import pytest

from coursework.slides.deck import PREDICTIONS
from environment import ROOT

BOX = re.compile(r"(:{3,}|`{3,})\{admonition\} Predict\n(?::[^\n]*\n)*(.*?)\n\1", re.DOTALL)
CHAPTERS = sorted((ROOT / "book").glob("[0-9]*.ipynb"))


def questions(path):
    """Return the Predict questions of a chapter, each on one line."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    found = [" ".join(question.split()) for _, question in BOX.findall(text)]
    assert len(found) == text.count("{admonition} Predict")
    return found


def test_every_chapter_with_a_question_has_a_table_and_no_other():
    assert set(PREDICTIONS) == {path.stem for path in CHAPTERS if questions(path)} and len(PREDICTIONS) >= 20


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_question_has_one_phrase_and_one_or_two_wrong_predictions(path):
    table = PREDICTIONS.get(path.stem, {})
    assert [sum(phrase in question for phrase in table) for question in questions(path)] == [1] * len(table)
    for phrase, pairs in table.items():
        assert sum(phrase in question for question in questions(path)) == 1, phrase
        assert 1 <= len(pairs) <= 2
        for wrong, shows in pairs:
            assert 1 <= len(wrong.split()) <= 14 and 4 <= len(shows.split()) <= 25 and not shows.endswith("."), (wrong, shows)
