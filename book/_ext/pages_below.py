"""The list on the first page names the pages below each chapter, too. (A chapter itself does not list them,
and a list of its kind hides what a page hides.)"""

from sphinx import addnodes


def show(app, doctree):
    if app.env.docname == app.config.root_doc:
        for toctree in doctree.findall(addnodes.toctree):
            toctree["includehidden"] = True


def setup(app):
    app.connect("doctree-read", show, priority=900)  # after the lists were made
    return {"parallel_read_safe": True, "parallel_write_safe": True}
