"""The rates that the bundled network reaches on the benchmark's drawings, and how they are counted."""

import json

import numpy as np
import pytest

from benchmarks.handwriting import FOLDER, rates
from nnfromscratch.data.handwriting import load_drawings
from nnfromscratch.widgets import load_digit_network
from tools.assets import drawings


def measured(name):
    file = FOLDER / f"{name}.json"
    notes = [drawing["note"] for drawing in json.loads(file.read_text(encoding="utf-8"))["drawings"]]
    X, y = load_drawings(file)
    return {what: n / of for what, (n, of) in rates(load_digit_network().predict_proba(X), y, notes).items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["development", "held_out"])
def test_drawings_are_read_as_well_as_promised(name):
    found = measured(name)
    assert found["digits of any size"] >= 0.95 and found["digits, quarter size"] >= 0.95
    assert found["European 1"] >= 0.8
    assert found['not a digit: "I don\'t know"'] >= 0.8
    assert found['digits answered with "I don\'t know"'] <= 0.05


def test_rates_are_counted_by_kind():
    p = np.full((4, 10), 0.01)
    p[[0, 1, 2, 3], [1, 7, 3, 8]] = 0.91, 0.91, 0.4, 0.4
    notes = ["European, long flag; normal", "European, flag; quarter size", "round; normal", "star; thick"]
    found = rates(p, np.array([1, 1, 3, -1]), notes)
    assert found["digits of any size"] == (2, 3) and found["European 1"] == (1, 2) and found["digits, quarter size"] == (0, 1)
    assert found['digits answered with "I don\'t know"'] == (1, 3) and found["digits answered, and correctly"] == (1, 2)
    assert found['not a digit: "I don\'t know"'] == (1, 1)


def test_the_two_sets_are_as_large_as_promised_and_share_no_form():
    sets = [drawings.DEVELOPMENT, drawings.HELD_OUT]
    assert all(len([form for form in forms if form[0] is not None]) >= 35 for forms in sets)
    assert not {form for _, _, form in drawings.DEVELOPMENT} & {form for _, _, form in drawings.HELD_OUT}
    for name in ("development", "held_out"):
        assert len(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["drawings"]) >= 60


def test_the_files_are_what_the_program_writes(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "FOLDER", tmp_path)
    for name, forms, seed in (("development", drawings.DEVELOPMENT, 1), ("held_out", drawings.HELD_OUT, 2)):
        drawings.write(name, forms, seed)
        assert (tmp_path / f"{name}.json").read_bytes() == (FOLDER / f"{name}.json").read_bytes()
