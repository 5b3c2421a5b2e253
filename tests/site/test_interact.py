"""The chapter's own sliders work: moving a control runs the function again, for one figure and for two linked ones.

Without a kernel: one that answers to no browser waits for it forever, now and then, when a control moves while a cell runs.
"""

import json

import numpy as np

import nnfromscratch as nn
from environment import ROOT
from nnfromscratch import plots

CHAPTER = ROOT / "book" / "07-network-class.ipynb"


def test_controls_of_the_chapter_run_its_functions():
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]}
    X, y = nn.load_iris()
    names = {"np": np, "nn": nn, "plots": plots, "y": y, "P": nn.standardize(X[:, 2:])[0]}
    for name in ("interact-function", "interact-one", "interact-two"):
        exec(cells[name], names)
    controls, linked = names["controls"], names["linked"]
    controls.update()
    assert controls.result.startswith("correct: 9")
    controls.children[0].value = 0.001
    assert controls.result.startswith("correct: 7") and controls.kwargs["lr"] == 0.001
    assert [type(child).__name__ for child in linked.children] == ["FloatLogSlider", "Dropdown", "HBox"]
    assert linked.children[0] is controls.children[0] and len(linked.children[2].children) == 2
