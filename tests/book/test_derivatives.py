"""Every derivative that the book displays is measured.

A displayed formula with a derivative carries a label, and a code cell of the same chapter that compares it with a finite difference carries
the tag `check:LABEL`. What that cell prints is compared whenever the notebook runs. A page without code links to the chapter whose cell
checks its formula.
"""

import json
import re

import pytest

from environment import ROOT

BOOK = ROOT / "book"
NOTEBOOKS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(BOOK.glob("[0-9]*.ipynb"))}
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(BOOK.glob("*.md"))}
DISPLAYED = re.compile(
    r"""
    ^\$\$(?P<dollars>.*?)\$\$(?:\ \((?P<label>[^)]+)\))?                    # $$ ... $$ (label)
    | ^(?P<fence>`{3,}|:{3,})\{math\}\s*\n(?::label:\ *(?P<option>\S+)\n)?(?P<math>.*?)^(?P=fence)
    | ^(?P<amsmath>\\begin\{(?P<kind>[a-z]+\*?)\}.*?\\end\{(?P=kind)\})     # which can carry no label: so it must hold no derivative
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
DERIVATIVE = re.compile(r"\\partial\b|\\d?frac\{d|\\nabla\b|'\s*(?:\(|[a-z]\s*=)|(?<![\w\\])d[A-Za-z]\s*&?\s*=")


def displayed_derivatives(texts):
    """Return (label or None, formula) of every displayed formula that holds a derivative and states what it is."""
    found = [match for text in texts for match in DISPLAYED.finditer(text)]
    formulae = [(match["label"] or match["option"], match["dollars"] or match["math"] or match["amsmath"]) for match in found]
    return [(label, formula) for label, formula in formulae if DERIVATIVE.search(formula) and "\\leftarrow" not in formula]


def words(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


def checks(notebook):
    """Return {label: what the cell printed} of the cells that check a displayed derivative."""
    return {
        tag.removeprefix("check:"): "".join("".join(output.get("text", [])) for output in cell["outputs"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        for tag in cell["metadata"].get("tags", [])
        if tag.startswith("check:")
    }


def faults(notebook, elsewhere=()):
    """Return what is missing in a chapter, as text; `elsewhere` are the labels of pages without code."""
    derivatives, checked = displayed_derivatives(words(notebook)), checks(notebook)
    return [
        *(f"no label: {formula}" for label, formula in derivatives if not label),
        *(f"no cell is tagged check:{label}" for label, _ in derivatives if label and label not in checked),
        *(f"the check of {label} prints nothing" for label, printed in checked.items() if not printed.strip()),
        *(f"check:{label} belongs to no displayed derivative" for label in checked.keys() - dict(derivatives) - set(elsewhere)),
    ]


def text_faults(text, chapters):
    """Return what is missing on a page without code, as text."""
    derivatives = displayed_derivatives([text])
    checked_in = {label: [stem for stem, notebook in chapters.items() if label in checks(notebook)] for label, _ in derivatives if label}
    return [
        *(f"no label: {formula}" for label, formula in derivatives if not label),
        *(f"no cell of a chapter is tagged check:{label}" for label, stems in checked_in.items() if not stems),
        *(
            f"no link to the chapter that checks {label}"
            for label, stems in checked_in.items()
            if stems and not any(re.search(rf"{{doc}}`[^`]*\b{stem}\b", text) for stem in stems)
        ),
    ]


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_displayed_derivatives_are_checked(stem):
    elsewhere = dict(displayed_derivatives(TEXTS.values()))
    assert faults(NOTEBOOKS[stem], elsewhere) == []


@pytest.mark.parametrize("stem", TEXTS)
def test_pages_without_code_lead_to_the_check(stem):
    assert text_faults(TEXTS[stem], NOTEBOOKS) == []
