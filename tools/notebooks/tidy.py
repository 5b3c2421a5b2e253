"""Keep in a committed notebook only what a reader of its source and nbval need.

Code, text, cell tags, and the text outputs that nbval compares stay; pictures, widget views and state, HTML, and execution metadata go.
Cell ids are kept; code cells with outputs are numbered 1 ... n, as a run from top to bottom numbers them.

    python -m tools.notebooks.tidy [--check] [NOTEBOOK ...]        (without names: every chapter)
"""

import argparse
import json
import sys
from pathlib import Path

from tools import ROOT

SETUP_CELL = "setup"
CELL_METADATA = ("tags", "mystnb", "nbgrader", "editable", "deletable")
TEXT = ("text/plain", "application/papermill.record/text/plain")  # the second is a number glued for the running text
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def tidy_output(output, number):
    """Return the output without anything that differs from run to run or is not text; None if nothing is left."""
    if output["output_type"] in ("display_data", "execute_result"):
        data = {kind: text for kind, text in output["data"].items() if kind in TEXT}
        if not data:
            return None
        output = {**output, "data": data, "metadata": {key: kept for key, kept in output["metadata"].items() if key == "scrapbook"}}
    if output["output_type"] == "error":
        return {**output, "traceback": []}  # name and message are compared; the paths in a traceback differ between machines
    return {**output, "execution_count": number} if "execution_count" in output else output


def merged(outputs):
    """Return outputs in which text that was printed in several pieces, as happens on a busy machine, is one piece."""
    pieces = []
    for output in outputs:
        if pieces and output["output_type"] == "stream" and output.get("name") == pieces[-1].get("name"):
            lines = "".join([*pieces[-1]["text"], *output["text"]]).splitlines(keepends=True)
            output = {**output, "text": lines}
            pieces.pop()
        pieces.append(output)
    return pieces


def tidy(notebook):
    """Return the notebook (a dictionary as read from its JSON) in the form in which it is committed."""
    cells, number = [], 0
    for cell in notebook["cells"]:
        if cell.get("id") == SETUP_CELL:  # as setup_cells made it; a run of the chapter leaves no trace on it
            cells.append({**cell, "execution_count": None, "outputs": []})
            continue
        kept = {key: cell["metadata"][key] for key in CELL_METADATA if cell["metadata"].get(key) not in (None, [])}
        cell = {"id": f"cell-{len(cells)}", **cell, "metadata": kept}
        cell.pop("attachments", None)
        if cell["cell_type"] == "code":
            number += 1
            outputs = [tidy_output(output, number) for output in cell["outputs"]]
            cell |= {"execution_count": number, "outputs": merged([output for output in outputs if output])}
        cells.append(cell)
    mystnb = {"mystnb": notebook["metadata"]["mystnb"]} if "mystnb" in notebook["metadata"] else {}
    return {"cells": cells, "metadata": METADATA | mystnb, "nbformat": 4, "nbformat_minor": 5}


def tidied(text):
    """Return the text of a tidy notebook file, given the text of any."""
    return json.dumps(tidy(json.loads(text)), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a notebook is not tidy")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every chapter")
    arguments = parser.parse_args()
    untidy = []
    for path in arguments.notebooks or sorted((ROOT / "book").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        if tidied(text) != text:
            untidy.append(str(path))
            if not arguments.check:
                path.write_text(tidied(text), encoding="utf-8")
    if arguments.check and untidy:
        sys.exit(f"not tidy (run `make tidy`): {' '.join(untidy)}")


if __name__ == "__main__":
    main()
