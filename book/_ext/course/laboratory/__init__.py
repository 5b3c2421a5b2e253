"""Marks the cells that readers can run, and puts the laboratory into the site.

A page gets the address of its notebook and one small script; that script loads the laboratory when the reader acts. Where the laboratory's
Python cannot be downloaded, the site is built without all of this; `python -m course.laboratory`, the last line of `make book`, says so.

* `runtime`: Python and the editor, from wheels on PyPI
* `parts`: the files next to the pages
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from . import parts, runtime

logger = logging.getLogger(__name__)
SCRIPT, STYLE = "laboratory-page.js", "laboratory-page.css"
SETUP = "setup"  # the id of the cell that fetches the package, which is always there
QUIZ = "show_quiz("
IN_WORDS = "YOUR ANSWER HERE"  # all that nbgrader leaves of a question that is answered in words


def kind(cell):
    """Return what readers can do with a code cell of a notebook: "run", "check", "task", "solution", or "" for nothing.

    A task is the cell that defines a practice task's check; a check is a visible test of an assignment.
    """
    metadata = cell["metadata"]
    tags, prompt = metadata.get("tags", []), metadata.get("mystnb", {}).get("code_prompt_show", "")
    if cell["cell_type"] != "code" or cell.get("id") == SETUP or QUIZ in "".join(cell["source"]) or "remove-input" in tags:
        return ""
    if metadata.get("nbgrader", {}).get("grade"):
        return "check"
    return {"Show the check": "task", "Show the solution": "solution"}.get(prompt, "run")


def answered_in_words(cell):
    """Whether readers write an answer in words into this cell."""
    return cell["cell_type"] == "markdown" and cell["metadata"].get("nbgrader", {}).get("solution", False)


def notebook_cells(path):
    """Return the cells of a notebook, or an empty list for a page that is none."""
    if Path(path).suffix != ".ipynb":
        return []
    return json.loads(Path(path).read_text(encoding="utf-8"))["cells"]


class MarkCells(SphinxPostTransform):
    """Give each cell that can be run its id, and a class that says what it is."""

    default_priority = 2  # before myst-nb folds cells
    formats = ("html",)

    def run(self, **kwargs):
        cells = notebook_cells(self.env.doc2path(self.env.docname))
        for node in self.document.findall(_is_cell) if cells else ():  # the first page is a text page that shows a figure
            cell = cells[node["cell_index"]]
            if kind(cell):
                node["ids"].append(f"cell-{cell['id']}")
                node["classes"] += ["laboratory", f"laboratory-for-{kind(cell)}"]
        self.mark_answers([cell for cell in cells if answered_in_words(cell) and "".join(cell["source"]).strip() == IN_WORDS])

    def mark_answers(self, cells):
        """Put the place of each answer in words into a box with the id of its cell."""
        places = [node for node in self.document.findall(nodes.paragraph) if node.astext() == IN_WORDS] if cells else []
        for cell, place in zip(cells, places, strict=True):
            place.replace_self(nodes.container("", place.deepcopy(), ids=[f"cell-{cell['id']}"], classes=["laboratory-in-words"]))


def _is_cell(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def source(app):
    """Return the folder of the laboratory's own files; a book without it has no laboratory."""
    return Path(app.srcdir) / "book" / "_laboratory"


def find_python(app, config):
    """Look whether the laboratory can be built, once for the whole build; its small script and style are served with the pages.

    They are not in the static folder, because Jupyter Book loads every file there on every page.
    """
    config.laboratory = False
    if source(app).exists():
        try:
            runtime.files()
        except runtime.Unavailable as error:
            logger.info("The laboratory's Python cannot be downloaded: %s", error)
        else:
            config.laboratory = True
            config.html_static_path += [str(source(app) / "page" / name) for name in (SCRIPT, STYLE)]


def add_script(app, pagename, templatename, context, doctree):
    """Name the page's notebook, and load the small script, on every page of the book."""
    if app.config.laboratory and doctree is not None and app.builder.format == "html":
        notebook = f"_sources/{context.get('sourcename')}" if pagename.startswith("book/") else ""
        app.add_js_file(SCRIPT, type="module", **{"data-laboratory-page": pagename, "data-notebook": notebook})
        app.add_css_file(STYLE)


def write_laboratory(app, exception):
    """Put the laboratory next to the pages, and a list of what can be done on each."""
    if exception or app.builder.format != "html" or not app.config.laboratory:
        return
    folder = Path(app.outdir) / "laboratory"
    parts.write(Path(app.srcdir), folder)
    (folder / "pages.json").write_text(json.dumps(pages(app.env)), encoding="utf-8")


def pages(env):
    """Return the pages in the order of the book: name, title, the ids of what can be checked, and the number of questions."""
    found = []
    for name in _in_order(env, env.config.root_doc):
        cells = notebook_cells(env.doc2path(name))
        checks = [cell["id"] for cell in cells if kind(cell) in ("check", "task")]
        title = env.titles[name].astext() if name in env.titles else name
        found.append({"name": name, "title": title, "checks": checks, "quiz": _questions(cells, Path(env.srcdir) / "book")})
    return found


def _in_order(env, name):
    """Yield a page and all below it, as a reader meets them."""
    yield name
    for below in env.toctree_includes.get(name, []):
        yield from _in_order(env, below)


def _questions(cells, book):
    """Return the number of questions in the quizzes that a notebook shows."""
    paths = ["".join(cell["source"]).partition(QUIZ)[2].partition(")")[0].strip("\"'") for cell in cells if QUIZ in "".join(cell["source"])]
    return sum(len(json.loads((book / path).read_text(encoding="utf-8"))) for path in paths if (book / path).exists())


def setup(app):
    app.add_config_value("laboratory", False, "env")  # set by `find_python`; a change writes every page again
    app.add_post_transform(MarkCells)
    app.connect("config-inited", find_python)
    app.connect("html-page-context", add_script)
    app.connect("build-finished", write_laboratory)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
