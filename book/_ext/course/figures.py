"""Interactive figures: each shows its initial picture until the script next to this file has started it in the reader's browser.

A notebook's output holds a figure twice: as a widget, and as a picture. HTML pages get both, the picture with a line that says what the
figure needs to be interactive; books on paper get the picture.
"""

import base64
import hashlib
import json
import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from nnfromscratch.widgets import training_digits

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = re.compile(r'(?s)(<script type="application/vnd.jupyter.widget-state\+json">)(.*?)(</script>)')
FOLDER = Path("_static", "figures")
LARGE = 2000  # bytes of data that get a file of their own
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


def share_parts(app, exception):
    """Move what several pages have in common out of them: browsers then load the module of a figure once for the whole book."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        lighter = STATE.sub(lambda script: script[1] + _with_files(script[2], Path(app.outdir)) + script[3], html)
        if lighter != html:
            path.write_text(lighter, encoding="utf-8")


def _with_files(state, site):
    """Return the state of a page's figures with the names of files in place of modules, styles, and large data."""
    content = json.loads(state)
    for model in content["state"].values():
        for name, kind in (("_esm", "js"), ("_css", "css")):
            if model["state"].get("_model_module") == "anywidget" and model["state"].get(name):
                model["state"][f"{name}_file"] = _file(model["state"].pop(name).encode(), kind, site)
        for part in model.get("buffers", []):
            if len(part.get("data", "")) > LARGE:
                part["file"] = _file(base64.b64decode(part.pop("data")), "bin", site)
    return json.dumps(content).replace("</", "<\\/")


def _file(content, kind, site):
    """Write a file that is named for its content; return its name from the site's root."""
    name = FOLDER / f"{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
    if not (site / name).exists():
        os.makedirs(site / FOLDER, exist_ok=True)
        (site / name).write_bytes(content)
    return name.as_posix()


def setup(app):
    app.connect("build-finished", write_training_digits)
    app.connect("build-finished", share_parts)
    app.add_post_transform(StillAndLive)
    app.connect("config-inited", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
