"""Lines do not break between a formula and the punctuation that touches it, nor between a number and its percent sign.

Browsers treat a formula as a picture, not as a word, and may break a line on either side of it.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

BEFORE, AFTER = re.compile(r"[(\[“‘]*$"), re.compile(r"[.,;:!?)\]”’]*")


class WholePercents(SphinxPostTransform):
    default_priority = 900

    def run(self):
        for text in list(self.document.findall(nodes.Text)):
            joined = keep_percent(text.astext())
            if joined != text.astext() and not isinstance(text.parent, (nodes.literal, nodes.literal_block)):
                text.parent.replace(text, nodes.Text(joined))


def keep_percent(text):
    """Return the text with a no-break space between each number and its percent sign."""
    return re.sub(r"(?<=\d) %(?!\w)", "\N{NO-BREAK SPACE}%", text)


class WholeFormulas(SphinxPostTransform):
    default_priority = 900
    formats = ("html",)

    def run(self):
        for formula in list(self.document.findall(nodes.math)):
            keep_with_punctuation(formula)


def keep_with_punctuation(formula):
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
    """Return the text at this place, or "" if something else, or nothing, is there."""
    return parent[place].astext() if 0 <= place < len(parent) and isinstance(parent[place], nodes.Text) else ""


def setup(app):
    app.add_post_transform(WholePercents)
    app.add_post_transform(WholeFormulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
