"""The chapter's own slider works with a kernel: moving a control runs the function again, for one figure and for two linked ones."""

import nbformat
from nbclient import NotebookClient

from environment import ROOT

CHAPTER = ROOT / "book" / "07-network-class.ipynb"
BEFORE = """
import numpy as np
import nnfromscratch as nn
from nnfromscratch import plots
X, y = nn.load_iris()
(P,) = nn.standardize(X[:, 2:])
"""
MOVED = """
print(controls.result)
controls.children[0].value = 0.001
print(controls.result, controls.kwargs)
print([type(child).__name__ for child in linked.children], len(linked.children[2].children))
"""


def test_controls_of_the_chapter_run_its_functions():
    cells = {cell.id: cell for cell in nbformat.read(CHAPTER, as_version=4).cells}
    shown = [cells[name] for name in ("interact-function", "interact-one", "interact-two")]
    for cell in shown:
        cell.metadata.clear()  # the book skips the sliders
    code = [nbformat.v4.new_code_cell(BEFORE), *shown, nbformat.v4.new_code_cell(MOVED)]
    notebook = nbformat.v4.new_notebook(cells=code)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    printed = "".join(output.text for output in notebook.cells[-1].outputs if output.output_type == "stream")
    first, moved, linked = printed.splitlines()
    assert first.startswith("correct: 9") and moved.startswith("correct: 7") and "'lr': 0.001" in moved
    assert linked == "['FloatLogSlider', 'Dropdown', 'HBox'] 2"
