"""Every derivative that a chapter displays is measured on the same page.

A displayed formula with a derivative carries a label, and a code cell that compares it with a finite difference carries the tag
`check:LABEL`. What that cell prints is compared whenever the notebook runs.
"""

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.house

NOTEBOOKS = sorted((Path(__file__).parent.parent / "book").glob("[0-9]*.ipynb"))
DISPLAYED = re.compile(r"^\$\$\n(.*?)\n\$\$(?: \((?P<label>[^)]+)\))?", re.DOTALL | re.MULTILINE)
DERIVATIVE = re.compile(r"\\partial\b|\\d?frac\{d|'\s*(?:\(|[a-z]\s*=)")


def displayed_derivatives(notebook):
    """Return (label or None, formula) of every displayed formula that holds a derivative and states what it is."""
    texts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    found = [(match["label"], match[1]) for text in texts for match in DISPLAYED.finditer(text)]
    return [(label, formula) for label, formula in found if DERIVATIVE.search(formula) and "\\leftarrow" not in formula]


def checks(notebook):
    """Return {label: what the cell printed} of the cells that check a displayed derivative."""
    return {tag.removeprefix("check:"): "".join("".join(output.get("text", [])) for output in cell["outputs"])
            for cell in notebook["cells"] if cell["cell_type"] == "code"
            for tag in cell["metadata"].get("tags", []) if tag.startswith("check:")}


def faults(notebook):
    """Return what is missing, in words."""
    derivatives, checked = displayed_derivatives(notebook), checks(notebook)
    return [
        *(f"no label: {formula}" for label, formula in derivatives if not label),
        *(f"no cell is tagged check:{label}" for label, _ in derivatives if label and label not in checked),
        *(f"the check of {label} prints nothing" for label, printed in checked.items() if not printed.strip()),
        *(f"check:{label} belongs to no displayed derivative" for label in checked if label not in dict(derivatives)),
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_displayed_derivatives_are_checked(path):
    assert faults(json.loads(path.read_text(encoding="utf-8"))) == []


def page(formula, tags=(), printed="True\n"):
    code = {"cell_type": "code", "metadata": {"tags": list(tags)}, "outputs": [{"text": [printed]}]}
    return {"cells": [{"cell_type": "markdown", "source": [f"So\n\n$$\n{formula}"]}, code]}


@pytest.mark.parametrize(("notebook", "fault"), [
    (page("a = b + c\n$$"), None),
    (page("w \\leftarrow w - \\eta \\frac{dL}{dw}\n$$"), None),
    (page("\\frac{dL}{dw} = x\n$$ (slope)", ["check:slope"]), None),
    (page("\\frac{\\partial L}{\\partial w} = x\n$$"), "no label"),
    (page("\\tanh' z = 1\n$$ (tanh)"), "no cell is tagged check:tanh"),
    (page("f'(z) = 1\n$$ (f)", ["check:f"], printed=""), "prints nothing"),
    (page("f'(z) = 1\n$$ (f)", ["check:f", "check:g"]), "belongs to no displayed derivative"),
])
def test_a_missing_check_is_seen(notebook, fault):
    found = faults(notebook)
    assert not found if fault is None else len(found) == 1 and fault in found[0]
