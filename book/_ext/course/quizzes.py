"""Below each quiz that can be clicked, the same questions as text, in a closed box: for readers on paper, without JavaScript, or in a
hurry.

A quiz is a cell that calls `show_quiz`; a notebook holds nothing else for it, so that it reads as well in Jupyter.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms import SphinxTransform

SHOWN = re.compile(r'^show_quiz\("([^"]+)"\)', re.MULTILINE)


def paragraph(html):
    return nodes.paragraph("", "", nodes.raw("", html, format="html"))


def listing(kind, items):
    """Return a list of this kind with one item for each list of children."""
    return kind("", *(nodes.list_item("", *children) for children in items))


def question(entry):
    """Return a question as nodes: its text, and its answers, each with the feedback to it."""
    answers = ([paragraph(f"{'✓' if a['correct'] else '✗'} {a['answer']}<br><em>{a['feedback']}</em>")] for a in entry["answers"])
    return [paragraph(entry["question"]), listing(nodes.bullet_list, answers)]


def box(questions):
    """Return the closed box with all questions of a quiz."""
    title = nodes.title("", "The same questions as text, with their answers")
    return nodes.admonition("", title, listing(nodes.enumerated_list, map(question, questions)), classes=["dropdown", "quiz-text"])


class QuizTexts(SphinxTransform):
    default_priority = 400

    def apply(self):
        path = Path(self.env.doc2path(self.env.docname))
        if path.suffix != ".ipynb":
            return
        sources = ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
        for cell in list(self.document.findall(nodes.container)):
            shown = SHOWN.search(sources[cell["cell_index"]]) if cell.get("nb_element") == "cell_code" else None
            if shown:
                quiz = path.parent / shown[1]
                self.env.note_dependency(str(quiz))
                cell.parent.insert(cell.parent.index(cell) + 1, box(json.loads(quiz.read_text(encoding="utf-8"))))


def setup(app):
    app.add_transform(QuizTexts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
