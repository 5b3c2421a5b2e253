"""Give every notebook its first code cell: it installs the course's package if that is missing, as in Colab.

The cell holds the repository's address. It comes from where the launch links have theirs (book/_ext/course/address.py): the environment
variable NNFROMSCRATCH_REPOSITORY, or the git remote `origin`. If neither is set, the address that is already in the cell stays. Assignments
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
# @title The course's package, installed if it is missing {{display-mode: "form"}}
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from zipfile import is_zipfile

HOME = "{home}"    # the course's address; written by `make tidy`
spec = find_spec("nnfromscratch")
if spec is None or spec.origin is None:    # a plain folder of that name has no origin
    from packaging.version import Version    # 0.10 is newer than 0.9

    folders = [folder.resolve() for folder in map(Path, (".", "..", "../..", "/content")) if folder.is_dir()]
    names = {{file: re.match(r"nnfromscratch-([0-9][^-]*)-py3-none-any", file.name)
             for folder in folders for file in folder.glob("nnfromscratch-*") if is_zipfile(file)}}
    wheels = [(Version(name[1]), file.stat().st_mtime, file) for file, name in names.items() if name]
    courses = [course for folder in folders for course in (folder, folder / "nnfromscratch")
               if (course / "pyproject.toml").is_file() and (course / "nnfromscratch" / "__init__.py").is_file()]
    if wheels:
        *_, newest = max(wheels)
        file = Path(tempfile.mkdtemp(), names[newest][0] + ".whl")    # a browser may have added " (1)" to the name
        source = Path(shutil.copy(newest, file)).as_uri()
    elif courses:
        source = courses[0].as_uri()
    elif HOME:
        source = f"git+{{HOME}}"
    else:
        raise ModuleNotFoundError("This {kind} needs the course's package, nnfromscratch. It looked for a complete wheel "
                                  "(nnfromscratch-*.whl) and for the course's folder in "
                                  f"{{', '.join(map(str, folders))}}. Put the wheel next to this notebook, and run this cell again.")
    %pip install --quiet "nnfromscratch[widgets,quizzes] @ {{source}}"
"""


def launch_address():
    """Return the repository's address as pip takes it (a branch or tag after an @), or "" if nothing names it."""
    home = repository(ROOT)
    return home.for_pip if home else ""


def setup_cell(address, kind="chapter"):
    """Return the cell as it is in a notebook: left out of the page, folded in JupyterLab and in Colab, and never numbered.

    It calls the notebook a `kind`. It takes the newest complete wheel in its folder, the two above it, and the one that Colab uploads
    to; or else the course's folder, or the repository at its address.
    """
    metadata = {"cellView": "form", "jupyter": {"source_hidden": True}, "tags": ["remove-cell"]}
    source = SOURCE.format(home=address, kind=kind).rstrip("\n").splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": CELL_ID, "metadata": metadata, "outputs": [], "source": source}


def known_address(notebook):
    """Return the address in a notebook's setup cell, or "" if it has none."""
    sources = ("".join(cell["source"]) for cell in notebook["cells"] if cell.get("id") == CELL_ID)
    return next((match[1] for match in map(ADDRESS.search, sources) if match), "")


def with_setup_cell(notebook, address="", **place):
    """Return the notebook with the setup cell as its first code cell; without an address, it keeps the one that it has.

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
