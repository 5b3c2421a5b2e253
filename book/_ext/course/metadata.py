"""What search engines and people who share a page need: descriptions, a preview picture, a site map, and a page for unknown addresses.

sphinxext-opengraph, sphinx-sitemap, and sphinx-notfound-page write them. The last two name the site in full, so they are loaded only when
its address is known, from the environment variable NNFROMSCRATCH_SITE (such as https://someone.github.io/course).

Jupyter Book's page for the site's folder has no title and no language; the one written here has both.
"""

import os
import re
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes

ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w.~-]+)*")
PICTURE = "_static/social.png"
ALT = "A handwritten digit goes into a network of neurons; out come ten probabilities."
NO_SITE_MAP = ["404.html", "search.html", "genindex.html", "py-modindex.html", "_modules/*"]
NOT_FOUND = {
    "title": "Page not found",
    "body": "<h1>Page not found</h1>\n<p>The page may have been renamed, or the address may contain a typo. "
    'All pages are listed on <a href="{site}book/index.html">the first page</a>; '
    'you can also <a href="{site}search.html">search the course</a>.</p>',
}
START = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><title>{title}</title><meta http-equiv="Refresh" content="0; url={first}" /></head>
<body><p><a href="{first}">{title}</a></p></body>
</html>
"""


def site_address():
    """Return the site's public address without a slash at its end, or None if it is not known."""
    named = os.environ.get("NNFROMSCRATCH_SITE", "").rstrip("/")
    if named and not ADDRESS.fullmatch(named):
        raise ValueError(f"NNFROMSCRATCH_SITE is {named!r}; expected an address such as https://someone.github.io/course")
    return named or None


def configure(app, config):
    """Pass the site's address to Sphinx and to the three extensions."""
    config.ogp_site_name = config.html_title
    config.ogp_type = "article"
    config.ogp_social_cards = {"enable": False}
    if address := site_address():
        config.html_baseurl = config.ogp_site_url = f"{address}/"
        config.ogp_image, config.ogp_image_alt = f"{address}/{PICTURE}", ALT
        config.ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image" />']
        config.sitemap_url_scheme, config.sitemap_locales, config.sitemap_excludes = "{link}", [None], NO_SITE_MAP
        config.notfound_urls_prefix = f"{urlsplit(address).path}/"
        config.notfound_context = NOT_FOUND | {"body": NOT_FOUND["body"].format(site=config.notfound_urls_prefix)}


def leave_formulas_out(app, pagename, templatename, context, doctree):
    """Drop list items with formulas before the description is made: a description is plain text. (The page is rendered already.)"""
    if doctree is not None:
        for item in list(doctree.findall(nodes.list_item)):
            if any(item.findall(nodes.math)):
                item.parent.remove(item)


def write_start(app, exception):
    """Write the page of the site's folder, which redirects to the first page."""
    if not exception and app.builder.format == "html":
        page = START.format(title=escape(app.config.html_title), first=app.builder.get_target_uri(app.config.root_doc))
        (Path(app.outdir) / "index.html").write_text(page, encoding="utf-8")


def setup(app):
    app.setup_extension("sphinxext.opengraph")
    if site_address():
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("notfound.extension")
    app.connect("config-inited", configure, priority=400)  # before the extensions validate it
    app.connect("html-page-context", leave_formulas_out, priority=400)  # before sphinxext-opengraph reads the page
    app.connect("build-finished", write_start)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
