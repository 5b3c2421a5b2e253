"""Give every notebook its first code cell: it fetches the course's package where that is missing, as in Colab, and else does nothing.

The cell holds the repository's address. It comes from where the launch links have theirs (book/_ext/course/address.py): the environment
variable NNFROMSCRATCH_REPOSITORY, or the git remote `origin`. Where neither says anything, what the cell knows already stays. Assignments
get the cell from coursework/sources.py, with the address that the chapters know.

    python -m tools.notebooks.setup_cells
"""

import json
import re

from book._ext.course.address import repository
from tools import ROOT

CHAPTERS = "book/[0-9]*.ipynb"
CELL_ID = "setup"
ADDRESS = re.compile(r'^HOME = "(.*)"', re.MULTILINE)
SOURCE = """\
# @title The course's package, fetched where it is missing {{display-mode: "form"}}
from importlib.util import find_spec
from pathlib import Path

HOME = "{home}"    # where the course can be had from; written by `make tidy`
if find_spec("nnfromscratch") is None:
    folder = Path("{above}").resolve()
    wheels = sorted(folder.glob("nnfromscratch-*.whl"))
    if wheels:
        source = wheels[-1].as_uri()
    elif (folder / "nnfromscratch").is_dir():
        source = folder.as_uri()
    elif HOME:
        source = f"git+{{HOME}}"
    else:
        raise ModuleNotFoundError("This {kind} needs the course's package, nnfromscratch, and does not know where to fetch it. "
                                  "Put its wheel or the course's folder above this notebook's, and run this cell again.")
    %pip install --quiet "nnfromscratch[widgets,quizzes] @ {{source}}"
"""


def launch_address():
    """Return the repository's address as pip takes it (a branch or tag behind an @), or "" where nothing names it."""
    home = repository(ROOT)
    return home.for_pip if home else ""


def setup_cell(address, kind="chapter", above=".."):
    """Return the cell as it stands in a notebook: left out of the page, folded in JupyterLab and in Colab, and never numbered.

    It calls the notebook a `kind`, and looks for the package in the folder `above` it first.
    """
    metadata = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
    source = SOURCE.format(home=address, kind=kind, above=above).rstrip("\n").splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": CELL_ID, "metadata": metadata, "outputs": [], "source": source}


def known_address(notebook):
    """Return the address in a notebook's setup cell, or "" where it has none."""
    sources = ("".join(cell["source"]) for cell in notebook["cells"] if cell.get("id") == CELL_ID)
    return next((match[1] for match in map(ADDRESS.search, sources) if match), "")


def with_setup_cell(notebook, address="", **place):
    """Return the notebook with the setup cell as its first code cell; without an address it keeps the one that it knows.

    Further arguments are those of `setup_cell`.
    """
    cells = [cell for cell in notebook["cells"] if cell.get("id") != CELL_ID]
    first = next(number for number, cell in enumerate(cells) if cell["cell_type"] == "code")
    cells.insert(first, setup_cell(address or known_address(notebook), **place))
    return {**notebook, "cells": cells}


def main():
    address = launch_address()
    for path in sorted(ROOT.glob(CHAPTERS)):
        text = path.read_text(encoding="utf-8")
        notebook = with_setup_cell(json.loads(text), address)
        changed = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if changed != text:
            path.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    main()
