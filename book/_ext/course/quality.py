"""The last look before a site counts as built: every chapter ran, every picture has alt text, every widget works.

Looking at the result, and not at each page as it is read, finds a fault even in a page that an earlier build left behind.
"""

import json
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer
from sphinx.errors import ExtensionError

STATE = "application/vnd.jupyter.widget-state+json"
EXERCISES = "book/exercises/"
VIEW = "application/vnd.jupyter.widget-view+json"


def faults(html):
    """Yield what is wrong with a page, as text."""
    page = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer(["img", "script"]))
    for image in page.find_all("img"):
        if not image.get("alt", "").strip() or image["alt"] == image.get("src"):
            yield f"picture without alt text: {image.get('src', '')[:80]}"
    states = [json.loads(script.string)["state"] for script in page.find_all("script", type=STATE)]
    models = {name: model for state in states for name, model in state.items()}
    for view in page.find_all("script", type=VIEW):
        model = models.get(json.loads(view.string)["model_id"])
        if model is None:
            yield "widget without state: the page was built without running its notebook"
        elif model["state"].get("_model_module") != "anywidget":
            yield f"ordinary widget ({model.get('model_name')}), which is dead without a kernel: use an anywidget"


def unexecuted(env):
    """Yield the notebooks of which the execution report does not say that they ran to their end; exercises are not to be run."""
    for name in sorted(env.found_docs):
        if env.doc2path(name).endswith(".ipynb") and not name.startswith(EXERCISES):
            report = env.nb_metadata.get(name, {}).get("exec_data") or {}
            if not report.get("succeeded"):
                yield f"{name}: not executed without error ({report.get('error', 'no report')})"


def check(app, exception):
    """Fail the build, naming every fault of every page."""
    if exception or app.builder.format != "html":
        return
    found = list(unexecuted(app.env))
    for name in sorted(app.env.found_docs):
        page = Path(app.builder.get_outfilename(name)).read_text(encoding="utf-8")
        found += [f"{name}: {fault}" for fault in faults(page)]
    if found:
        raise ExtensionError("the site cannot be published:\n  " + "\n  ".join(found))


def setup(app):
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
