"""The recipe that the page *A recipe for 98.8 %* states is the one that was measured, and the measurement holds what the page says."""

import json

import numpy as np
import pytest

import nnfromscratch as nn
from environment import ROOT

pytest.importorskip("psutil")

from benchmarks import quality

BOOK = ROOT / "book"
SAVED = json.loads((BOOK / "results" / "how-fast.json").read_text())["quality"]["rows"]
SETTINGS = ("epochs", "batch_size", "lr", "momentum")


@pytest.fixture(scope="module")
def page():
    """The names that the page's cell with the recipe defines."""
    cells = json.loads((BOOK / "10b-recipe.ipynb").read_text(encoding="utf-8"))["cells"]
    [source] = [text for text in ("".join(cell["source"]) for cell in cells) if text.startswith("recipe = {")]
    names = {"nn": nn, "np": np}
    exec(source, names)
    return names


def measured_as(recipe):
    """Return the row of the saved results for a recipe of the page."""
    [row] = [
        row
        for row in SAVED
        if row["augment"] == "shifts"
        and recipe["augment"] is nn.random_shifts
        and row["data"] == "60,000 digits"
        and tuple(row["hidden"]) == recipe["hidden"]
        and all(row[name] == recipe[name] for name in SETTINGS)
    ]
    return row


def test_the_recipe_was_measured_and_reads_what_the_page_says(page):
    row = measured_as(page["recipe"])
    assert row["per_cent"]["median"] >= 98.8
    assert row["per_cent"]["n"] >= 5
    assert SAVED.index(row) == 1, "the page calls it the second"


def test_the_page_s_code_trains_the_network_that_was_measured(page):
    [recipe] = [recipe for recipe in quality.RECIPES if recipe.title == measured_as(page["recipe"])["title"]]
    digits = nn.load_digits(raw=True)
    X, y = digits.X_train[:300], digits.y_train[:300]
    ours = page["learn"](page["recipe"] | {"epochs": 2}, X, y, seed=10)
    theirs = quality.learn(recipe._replace(epochs=2), X, y, seed=10)
    np.testing.assert_array_equal(ours.parameters.values, theirs.parameters.values)
