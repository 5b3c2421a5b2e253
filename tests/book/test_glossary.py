"""The glossary: in every chapter the first use of a term leads there, and the glossary names the chapter that explains it."""

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
