"""Figures that answer: each shows its start picture, until the script beside this file has started it in the reader's browser.

A notebook's output holds a figure twice: as a widget, and as a picture. HTML pages get both, the picture with a line that says what the
figure needs to answer; books on paper get the picture.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from nnfromscratch.widgets import training_digits

VIEW = "application/vnd.jupyter.widget-view+json"
NOTE = "This figure is interactive if JavaScript runs and the page comes from a web server. This is its initial state."


class StillAndLive(SphinxPostTransform):
    """Put the start picture of a figure in front of it, with its alt text."""

    default_priority = 3  # just before myst-nb selects one form of each output

    def run(self, **kwargs):
        for bundle in list(self.document.findall(_is_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if {VIEW, "image/png"} <= forms.keys():
                _join(bundle, forms[VIEW], forms["image/png"], live=self.app.builder.name in ("html", "dirhtml"))


def _is_bundle(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _join(bundle, view, picture, live):
    """Give the picture its alt text; then put it in front of the live figure, or alone in its place."""
    script = view.children[0].astext()
    image = next(picture.findall(nodes.image))
    image["alt"] = json.loads(script[script.index(">") + 1 : script.rindex("<")])["alt"]
    if live:
        view.insert(0, nodes.container("", *picture.children, nodes.paragraph("", NOTE), classes=["live-still"]))
    else:
        bundle.remove(view)


def add_script(app, config):
    """Serve the script. (Not from the static folder: every file there would be loaded on every page.)"""
    config.html_static_path.append(str(Path(__file__).with_suffix(".js")))


def write_training_digits(app, exception):
    """Write the picture of the training digits, which the drawing canvas loads when a reader first draws."""
    if not exception and app.builder.format == "html":
        path = Path(app.outdir) / training_digits.PAGE_FILE
        content = training_digits.sprite(training_digits.bundled()[0])
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)


def setup(app):
    app.connect("build-finished", write_training_digits)
    app.add_post_transform(StillAndLive)
    app.connect("config-inited", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
