"""The directive `{quiz-text} quizzes/01-neuron.json`: a quiz as text, in a closed box.

The same file feeds the quiz that can be clicked; this is for readers on paper, without JavaScript, or in a hurry.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


def paragraph(html):
    return nodes.paragraph("", "", nodes.raw("", html, format="html"))


def listing(kind, items):
    """Return a list of this kind with one item for each list of children."""
    return kind("", *(nodes.list_item("", *children) for children in items))


def question(entry):
    """Return a question as nodes: its text, and its answers, each with the feedback to it."""
    answers = ([paragraph(f"{'✓' if a['correct'] else '✗'} {a['answer']}<br><em>{a['feedback']}</em>")] for a in entry["answers"])
    return [paragraph(entry["question"]), listing(nodes.bullet_list, answers)]


class QuizText(SphinxDirective):
    required_arguments = 1

    def run(self):
        path, absolute = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        questions = json.loads(Path(absolute).read_text(encoding="utf-8"))
        title = nodes.title("", "The same questions as text, with their answers")
        return [nodes.admonition("", title, listing(nodes.enumerated_list, map(question, questions)), classes=["dropdown", "quiz-text"])]


def setup(app):
    app.add_directive("quiz-text", QuizText)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
