"""The glossary: in every chapter, the first use of a term links to it, and the glossary names the chapter that explains it."""

import json
import re

import pytest

from environment import ROOT
from tools.notebooks import link_terms

GLOSSARY = link_terms.GLOSSARY.read_text(encoding="utf-8")
NAMES = link_terms.terms(GLOSSARY)
CHAPTERS = sorted(ROOT.glob(link_terms.CHAPTERS))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_first_use_of_every_term_is_a_link(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert link_terms.with_links(notebook, NAMES) == notebook, "run: make tidy"
    assert len(link_terms.TERM.findall(json.dumps(notebook))) >= 5


def test_every_term_is_explained_and_its_chapter_named():
    entries = GLOSSARY.partition(":sorted:\n\n")[2].partition("```")[0].strip().split("\n\n")
    assert sorted(entry.splitlines()[0] for entry in entries) == sorted(NAMES)
    assert [entry for entry in entries if not re.search(r"\n  .+\n?.*\{doc\}`", entry)] == []


def test_every_term_is_used_by_a_chapter():
    text = "".join(path.read_text(encoding="utf-8") for path in CHAPTERS)
    used = {name for names in re.findall(r"\{term\}`(?:[^`<]*<([^`>]+)>|([^`<]+))`", text) for name in names}
    assert sorted(set(NAMES) - used) == [], "use the word in a chapter, or take it out of the glossary"


def stressed(path):
    """Return what a chapter says in bold, and its headings: where terms are introduced."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"\*\*(.+?)\*\*|^#+ (.+)$", link_terms.TERM.sub(r"\1", text), re.MULTILINE)


def introduces(path, term):
    """Whether a chapter introduces a term; the end of a long one may differ: a neuron is *saturated*."""
    stem = re.compile(rf"\b{re.escape(term if len(term) <= 6 else term[:-3])}", re.IGNORECASE)
    return any(stem.search(bold or heading) for bold, heading in stressed(path))


def test_every_term_is_introduced_in_bold_by_a_chapter_that_its_entry_names():
    """A use on an earlier page is a link to the glossary, as the first test makes sure."""
    entries = GLOSSARY.partition(":sorted:\n\n")[2].partition("```")[0].strip().split("\n\n")
    named = {entry.splitlines()[0]: re.findall(r"\{doc\}`([^`]+)`", entry) for entry in entries}
    missing = [term for term, pages in named.items() if not any(introduces(ROOT / "book" / f"{page}.ipynb", term) for page in pages)]
    assert missing == []


def test_a_term_that_is_only_used_is_not_introduced(tmp_path):
    page, cells = tmp_path / "page.ipynb", ["# On losses", "A *bias* and **the {term}`weights <weight>`**. It saturates."]
    page.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": [text]} for text in cells]}), encoding="utf-8")
    assert [introduces(page, term) for term in ("weight", "loss", "bias", "saturate")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A loss. Another loss.", "A {term}`loss`. Another loss."),
        ("Losses fall.", "{term}`Losses <loss>` fall."),
        ("The **cross-entropy** is a loss.", "The **{term}`cross-entropy`** is a {term}`loss`."),
        ("Lossless, glossary, log-loss, loss-less.", "Lossless, glossary, log-loss, loss-less."),
        ("# Loss\n\nA loss.", "# Loss\n\nA {term}`loss`."),
        (
            "The `loss`, $loss$ and {doc}`loss <a>` of [a loss](b), then a loss.",
            "The `loss`, $loss$ and {doc}`loss <a>` of [a loss](b), then a {term}`loss`.",
        ),
        (
            "```{admonition} A\nloss\n```\n\n$$\nloss\n$$ (l)\n\n| loss | a |\n\nA loss.",
            "```{admonition} A\nloss\n```\n\n$$\nloss\n$$ (l)\n\n| loss | a |\n\nA {term}`loss`.",
        ),
        ("First a loss, then a {term}`loss`.", "First a {term}`loss`, then a loss."),
        ("**In this chapter you will** see a loss.", "**In this chapter you will** see a loss."),
        ("**On this page you will** see a loss.", "**On this page you will** see a loss."),
        ("Cross-entropy, then entropy.", "{term}`Cross-entropy <cross-entropy>`, then {term}`entropy`."),
    ],
)
def test_links_are_set_in_running_text_alone(text, expected):
    assert link_terms.linked([text], ["cross-entropy", "entropy", "loss"]) == [expected]
    assert link_terms.linked([expected], ["cross-entropy", "entropy", "loss"]) == [expected]
    assert link_terms.linked(["A loss.", "A loss."], ["loss"]) == ["A {term}`loss`.", "A loss."]
