"""What search engines and people who share a page need: a description of each page, a picture, and, at a known address, a site map.

Also the page that leads from the site's folder to the first page: Jupyter Book would write one that names neither title nor language.

The address comes from one place, the environment variable NNFROMSCRATCH_SITE (such as https://someone.github.io/course). Without it there
is no site map and no page for what is not found, because both must name the site in full.
"""

import os
import re
from html import escape
from pathlib import Path

from docutils import nodes

ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+)*")
LONGEST = 200
PICTURE = "_static/social.png"
ALT = "A handwritten digit goes into a network of neurons; out come ten probabilities."
NOT_FOUND = Path(__file__).with_name("404.html.template")
START = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><title>{title}</title><meta http-equiv="Refresh" content="0; url={first}" /></head>
<body><p><a href="{first}">{title}</a></p></body>
</html>
"""


def site_address():
    """Return the site's public address without a slash at its end, or None where none is named."""
    named = os.environ.get("NNFROMSCRATCH_SITE", "").rstrip("/")
    if named and not ADDRESS.fullmatch(named):
        raise ValueError(f"NNFROMSCRATCH_SITE is {named!r}; expected an address such as https://someone.github.io/course")
    return named or None


def description(document):
    """Return what a page is about in at most 200 characters: its first paragraph, and where that only opens a list, the list.

    Points of the list that hold formulas are left out: a description is plain text.
    """
    paragraph = next((node for node in document.findall(nodes.paragraph) if isinstance(node.parent, nodes.section)), None)
    if paragraph is None:
        return ""
    text, after = paragraph.astext(), paragraph.next_node(descend=False, siblings=True)
    if isinstance(after, nodes.bullet_list):
        items = [item.astext().rstrip(" ,;.") for item in after.children if not any(item.findall(nodes.math))]
        text = f"{text.rstrip(':')}: {'; '.join(items)}."
    return shortened(" ".join(text.split()))


def shortened(text):
    """Return the text, cut after a word and with an ellipsis if it is too long."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


def add_meta(app, pagename, templatename, context, doctree):
    """Put the description and what is shown where a link to the page is shared into the head of the page."""
    words = description(doctree) if doctree is not None else ""
    tags = {
        "name": {"description": words},
        "property": {
            "og:type": "article",
            "og:site_name": app.config.html_title or app.config.project,
            "og:title": re.sub(r"<[^>]+>", "", context.get("title", "")),
            "og:description": words,
        },
    }
    if address := app.config.html_baseurl:
        tags["property"] |= {"og:url": address + app.builder.get_target_uri(pagename), "og:image": address + PICTURE, "og:image:alt": ALT}
        tags["name"]["twitter:card"] = "summary_large_image"
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {kind}="{name}" content="{escape(value)}" />\n' for kind, values in tags.items() for name, value in values.items() if value
    )


def use_address(app, config):
    """Tell Sphinx where the site is; it then also names each page's one true address."""
    config.html_baseurl = f"{address}/" if (address := site_address()) else ""


def write_start(app, exception):
    """Write the page of the site's folder, which leads on to the first page."""
    if not exception and app.builder.format == "html":
        page = START.format(title=escape(app.config.html_title), first=app.builder.get_target_uri(app.config.root_doc))
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def write_map(app, exception):
    """Write the site map and the page for what is not found, which names the site in full: it answers for addresses of any depth."""
    address = app.config.html_baseurl
    if exception or app.builder.format != "html" or not address:
        return
    folder = Path(app.outdir)
    pages = (f"  <url><loc>{escape(address + app.builder.get_target_uri(name))}</loc></url>\n" for name in sorted(app.env.found_docs))
    (folder / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(pages)
        + "</urlset>\n",
        encoding="utf-8",
    )
    (folder / "404.html").write_text(NOT_FOUND.read_text(encoding="utf-8").replace("{site}", escape(address)), encoding="utf-8")


def setup(app):
    app.connect("config-inited", use_address)
    app.connect("html-page-context", add_meta)
    app.connect("build-finished", write_start)
    app.connect("build-finished", write_map)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
