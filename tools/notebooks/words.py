"""Warn of pages that are long to read. Words of running text are counted, not code or displayed formulas.
A warning is advice and fails nothing.

python -m tools.notebooks.words [PAGE ...]      (default: every page of the book)
"""

import json
import re
import sys
from pathlib import Path

from tools import ROOT

MANY = 2_500  # about a quarter of an hour
FORMULA = re.compile(r"\$\$.*?\$\$", re.DOTALL)
WORD = re.compile(r"[^\W_]")  # a word has a letter or a digit; the bar of a table is not one


def words(path):
    """Return how many words of running text a page has: those of a text page, or of a notebook's Markdown cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
    return sum(bool(WORD.search(word)) for word in FORMULA.sub(" ", text).split())


def main():
    pages = map(Path, sys.argv[1:]) if sys.argv[1:] else sorted(path for kind in ("*.ipynb", "*.md") for path in ROOT.glob(f"book/{kind}"))
    for path in pages:
        if (count := words(path)) > MANY:
            print(f"warning: {path.name} has {count:,} words; consider splitting pages of more than {MANY:,}")


if __name__ == "__main__":
    main()
