"""A formula stays on one line with the comma behind it and the bracket before it: browsers know a formula as a picture, not as a word,
and may break a line on either side of it."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

BEFORE, AFTER = re.compile(r"[(\[“‘]*$"), re.compile(r"[.,;:!?)\]”’]*")


class WholeFormulas(SphinxPostTransform):
    default_priority = 900
    formats = ("html",)

    def run(self):
        for formula in list(self.document.findall(nodes.math)):
            keep_together(formula)


def keep_together(formula):
    """Put the formula into one span with the marks that touch it, if there are any."""
    parent, place = formula.parent, formula.parent.index(formula)
    before, after = beside(parent, place - 1), beside(parent, place + 1)
    opening, closing = BEFORE.search(before)[0], AFTER.match(after)[0]
    if not opening and not closing:
        return
    span = nodes.inline("", "", nodes.Text(opening), formula, nodes.Text(closing), classes=["whole-formula"])
    parent[place] = span
    if closing:
        parent[place + 1] = nodes.Text(after[len(closing) :])
    if opening:
        parent[place - 1] = nodes.Text(before[: len(before) - len(opening)])


def beside(parent, place):
    """Return the text at this place, or "" where something else stands, or nothing."""
    return parent[place].astext() if 0 <= place < len(parent) and isinstance(parent[place], nodes.Text) else ""


def setup(app):
    app.add_post_transform(WholeFormulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
