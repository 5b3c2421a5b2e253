"""The solution manual: every task with its solution, its sample answer and rubric, and its checks, as instructors grade them."""

import html
import re

from coursework import sources
from coursework.manuals.text import code, markdown

ABOUT = """<p>For staff. Each assignment is here as students get it, followed by the solution to each task. A green line marks
sample answers,
with the rule by which they are graded. Hidden tests are in <code>coursework/src</code>; they use different numbers.</p>
<h2>What a public repository reveals</h2>
<p>If your copy of the course is public, everything in this manual can be found in it: solutions, sample answers, hidden tests,
typical wrong answers, and the questions with their keys. A secret seed (<code>NNFROMSCRATCH_VARIANT</code>) changes the numbers
in hidden tests and in numeric questions, and nothing else. The history of a repository stays public even if a file is deleted later.</p>
<h2>How a private copy avoids that</h2>
<ol><li>Make a private repository. A fork of a public repository cannot be made private, so clone the public one and push it to a
new, private one.</li><li>Change tasks in <code>coursework/src</code>, and the wrong solutions in <code>coursework/mutants</code>
with them; the test <code>tests/grading/test_coursework_mutants.py</code> tells you whether your tests still catch
them.</li><li>Publish the site (<code>_build/html</code>) and the students' notebooks, never the repository. This manual is written
to <code>dist/staff</code>, which is part of neither the site nor the repository.</li><li>To get later improvements, add
the public repository as a second remote and merge from it.</li></ol>
"""


def manual():
    """Return the body of the solution manual."""
    return f"<h1>Solution manual</h1>{ABOUT}" + "".join(assignment(sources.read(name)) for name in sources.names())


def assignment(notebook):
    """Return an assignment with its solutions."""
    return "".join(cell_of(cell) for cell in notebook.cells if cell.id != "setup" and "setup" not in cell.metadata.get("tags", []))


def cell_of(cell):
    """Return a cell as it is printed; a test cell with its points and without its hidden part."""
    if cell.cell_type == "markdown":
        if not sources.is_solution(cell):
            return markdown(cell.source)
        worth = points(cell)
        return f'<div class="sample"><p><b>Sample answer{worth}</b></p>{markdown(sources.rubric(cell))}</div>'
    if sources.is_test(cell):
        return f"<p><b>Check{points(cell)}</b></p>{code(sources.visible(cell.source))}"
    if sources.is_solution(cell):
        return f'<div class="sample"><p><b>Solution</b></p>{code(sources.solved(cell))}</div>'
    return code(cell.source) if re.search(r"\S", cell.source) else ""


def points(cell):
    """Return the name of a graded cell and its points, in parentheses."""
    worth = sources.points(cell)
    return f" ({html.escape(sources.grade_id(cell))}, {worth:g} point{'s' * (worth != 1)})"
