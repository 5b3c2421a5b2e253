"""The pages print numbers: a result that is only True or False says too little."""

import json
import re

import pytest

from environment import ROOT

NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
SHARE = 0.1  # of the printed lines of a page may hold a Boolean
BOOLEAN = re.compile(r"\b(True|False)\b")


def printed(notebook):
    """Return the lines that the code cells of a notebook print or display as text; objects such as figures are not results."""
    outputs = [output for cell in notebook["cells"] if cell["cell_type"] == "code" for output in cell["outputs"]]
    texts = [output.get("text") or output.get("data", {}).get("text/plain", []) for output in outputs]
    lines = [line for text in texts for line in "".join(text).splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("<")]


def booleans(lines):
    return [line for line in lines if BOOLEAN.search(line)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_at_most_one_printed_line_in_ten_is_a_boolean(path):
    lines = printed(json.loads(path.read_text(encoding="utf-8")))
    assert len(booleans(lines)) <= SHARE * len(lines), "print the numbers that were compared:\n" + "\n".join(booleans(lines))


def test_a_boolean_is_found_wherever_it_is_printed():
    def cell(**output):
        return {"cell_type": "code", "outputs": [output]}

    notebook = {"cells": [
        {"cell_type": "markdown", "source": ["True"]},
        cell(output_type="stream", text=["same sums: True\n", "loss 0.5\n", "\n"]),
        cell(output_type="execute_result", data={"text/plain": ["array([ True, False])"]}),
        cell(output_type="display_data", data={"text/plain": ["<Figure size 640x480 with 1 Axes>"]}),
    ]}  # fmt: skip
    assert printed(notebook) == ["same sums: True", "loss 0.5", "array([ True, False])"]
    assert booleans(printed(notebook)) == ["same sums: True", "array([ True, False])"]
