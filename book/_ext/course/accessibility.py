"""Repairs for screen readers: citations without roles that they cannot use (docutils marks a list whose children are not list items), bars
of folded cells that are named after their text (myst-nb gives all of them the same name), and a name for the arrows that unfold a part of
the list of pages (the theme gives them none)."""

from pathlib import Path

ARROW = '<summary><span class="toctree-toggle"'
NAMED = ARROW.replace("<summary>", '<summary aria-label="Pages below this one">')
MARKS = {
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    ' role="doc-biblioentry"': "",
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def without_marks(body):
    """Return the HTML of a page's text without these roles and labels."""
    for marked, plain in MARKS.items():
        body = body.replace(marked, plain)
    return body


def clean(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = without_marks(context["body"])


def name_arrows(app, exception):
    """Name the arrows in the list of pages, which the theme writes when the page around the text is made."""
    if exception or app.builder.format != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        if ARROW in html:
            path.write_text(html.replace(ARROW, NAMED), encoding="utf-8")


def setup(app):
    app.connect("build-finished", name_arrows)
    app.connect("html-page-context", clean)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
