"""A number and its percent sign stay on one line."""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


class WholePercents(SphinxPostTransform):
    default_priority = 900

    def run(self):
        for text in list(self.document.findall(nodes.Text)):
            joined = keep_together(text.astext())
            if joined != text.astext() and not isinstance(text.parent, (nodes.literal, nodes.literal_block)):
                text.parent.replace(text, nodes.Text(joined))


def keep_together(text):
    """Return the text with a space that breaks no line between each number and its percent sign."""
    return re.sub(r"(?<=\d) %(?!\w)", "\N{NO-BREAK SPACE}%", text)


def setup(app):
    app.add_post_transform(WholePercents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
