"""The experiments that use the code of the pages: what they saved is what that code gives."""

import json

import numpy as np
import pytest

from benchmarks import page_code
from environment import ROOT


def saved(name):
    return json.loads((ROOT / "book" / "results" / f"{name}.json").read_text(encoding="utf-8"))["results"]


def planned(name, monkeypatch):
    """Return {candidate: (settings, rates, judge)} of an experiment, without running it."""
    found = {}

    def keep(candidates, rates, seeds, judge):
        found.update({candidate: (settings, rates, judge) for candidate, settings in candidates.items()})
        return []

    monkeypatch.setattr(page_code, "sweep", keep)
    page_code.EXPERIMENTS[name](range(5))
    return found


@pytest.mark.parametrize(
    "name, candidate, lr",
    [
        ("wrong-derivatives", "healthy", 0.5),
        ("wrong-derivatives", "6 one bias for all", 0.2),
        ("right-gradients", "ReLU", 0.1),
        ("right-gradients", "pixels 0 to 255, small start", 1e-5),
        ("repaired-notebook", "scaled weights", 0.1),
        ("shuffled-pixels", "shuffled", 0.05),
        ("attention", "alone, with the mean", 0.3),
        ("attention", "attention", 0.3),
    ],
)
def test_a_saved_number_is_that_of_the_page_s_code(name, candidate, lr, monkeypatch):
    settings, _, judge = planned(name, monkeypatch)[candidate]
    row = next(row for row in saved(name) if (row["name"], row["lr"]) == (candidate, lr))
    assert judge(settings, lr, 0) == pytest.approx(row["found"][0], abs=0.005)


@pytest.mark.parametrize("name", ["wrong-derivatives", "right-gradients", "repaired-notebook", "shuffled-pixels", "attention"])
def test_every_candidate_was_run_at_every_rate_and_is_best_inside_its_rates(name, monkeypatch):
    rows = saved(name)
    plan = planned(name, monkeypatch)
    assert [(row["name"], row["lr"]) for row in rows] == [(candidate, lr) for candidate, (_, rates, _) in plan.items() for lr in rates]
    assert all(len(row["found"]) == 5 for row in rows)
    for candidate, (_, rates, _) in plan.items():
        means = {row["lr"]: np.mean(row["found"]) for row in rows if row["name"] == candidate and None not in row["found"]}
        best = (min if name == "wrong-derivatives" else max)(means, key=means.get)
        assert min(rates) < best < max(rates), candidate


def test_divergence_is_saved_as_none(capsys):
    def judge(settings, lr, seed):
        if lr > 1:
            raise FloatingPointError("training has diverged")
        return settings * lr + seed

    assert page_code.sweep({"double": 2}, (1, 10), (0, 1), judge) == [
        {"name": "double", "lr": 1, "found": [2.0, 3.0]},
        {"name": "double", "lr": 10, "found": [None, None]},
    ]


def test_the_readers_of_chapter_15_answer_as_was_saved():
    found = saved("readers")
    right = {kind: page_code.right(kind, found["best"][kind], 2) for kind in ("perceptron", "perceptron, shifts")}
    for kind, row in right.items():
        accuracies = next(run["found"] for run in found["rows"] if (run["name"], run.get("lr")) == (kind, found["best"][kind]))
        assert row.mean() == pytest.approx(accuracies[2], abs=0.005)
    plain, shifted = right.values()
    counts = [(shifted & ~plain).sum(), (plain & ~shifted).sum()]
    assert counts == pytest.approx(found["only one right"]["perceptron, shifts > perceptron"][2], abs=4)


def test_the_saved_comparisons_of_readers_agree_with_their_accuracies():
    """In a pair, the difference of the right answers is that of the digits that only one of them gets right."""
    found = saved("readers")
    accuracies = {(row["name"], row.get("lr")): row["found"] for row in found["rows"]}
    best = {kind: accuracies[kind, lr] for kind, lr in found["best"].items()}
    for pair, counts in found["only one right"].items():
        first, second = (best[kind] for kind in pair.split(" > "))
        assert len(counts) == 5
        for a, b, (only_first, only_second) in zip(first, second, counts):
            assert only_first - only_second == pytest.approx(800 * (a - b), abs=0.1)


def test_chapter_15_trains_each_network_at_the_rate_that_was_best():
    found = saved("readers")
    cells = json.loads((ROOT / "book" / "15-your-own-digits.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells)
    for kind, rate in found["best"].items():
        means = {row["lr"]: np.mean(row["found"]) for row in found["rows"] if row["name"] == kind}
        assert rate == max(means, key=means.get)
        build = "convolutional" if kind == "convolutional" else "perceptron"
        assert f'"{kind}": train({build}(), {rate}' in code
