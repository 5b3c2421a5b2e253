"""References and other citations without roles that no screen reader can use: docutils marks a list whose children are no list items."""

ROLES = {'<div role="list" class="citation-list">': '<div class="citation-list">', ' role="doc-biblioentry"': ""}


def without_roles(body):
    """Return the HTML of a page's text without these roles."""
    for marked, plain in ROLES.items():
        body = body.replace(marked, plain)
    return body


def clean(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = without_roles(context["body"])


def setup(app):
    app.connect("html-page-context", clean)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
