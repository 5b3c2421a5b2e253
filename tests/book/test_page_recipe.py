"""The recipe that its page states is the one that was chosen and measured, and the measurement supports what the page says."""

import json

import numpy as np
import pytest

import nnfromscratch as nn
from environment import ROOT

BOOK = ROOT / "book"
RESULTS = json.loads((BOOK / "results" / "recipe.json").read_text(encoding="utf-8"))["results"]


@pytest.fixture(scope="module")
def page():
    """The names that the page's cell with the recipe defines."""
    cells = json.loads((BOOK / "10b-recipe.ipynb").read_text(encoding="utf-8"))["cells"]
    [source] = [text for text in ("".join(cell["source"]) for cell in cells) if text.startswith("recipe = {")]
    names = {"nn": nn, "np": np}
    exec(source, names)
    return names


def test_the_recipe_is_the_candidate_that_was_best_on_validation_digits(page):
    best = max(RESULTS["candidates"], key=lambda candidate: np.mean(candidate["val_accuracy"]))
    assert page["recipe"]["lr"] == RESULTS["chosen"]["lr"] == best["lr"]
    assert RESULTS["chosen"]["weight_decay"] == best["weight_decay"] == 0


def test_the_test_set_was_opened_with_seeds_that_chose_nothing():
    assert len(RESULTS["test_accuracy"]) == len(RESULTS["test_seeds"]) >= 5
    assert not set(RESULTS["test_seeds"]) & {0, 1, 2}
    assert np.median(RESULTS["test_accuracy"]) >= 0.988


def test_the_page_s_code_reads_digits(page):
    digits = nn.load_digits(raw=True)
    network = page["learn"](page["recipe"] | {"epochs": 4}, digits.X_train[:1000], digits.y_train[:1000], seed=10)
    assert network.score(digits.X_train[1000:2000], digits.y_train[1000:2000]) > 0.6
