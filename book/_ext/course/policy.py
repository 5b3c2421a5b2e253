"""Each page tells the browser what it may load and run: files of this site, and the scripts that the page was built with. Nothing else.

A Content-Security-Policy in a meta element, since a site of plain files has no say in what its server sends. The scripts within a page
are named by their hashes, so that a script from anywhere else does not run. Styles within elements are allowed: MathJax and SVG need them.
"""

import base64
import hashlib
from html.parser import HTMLParser
from pathlib import Path

CODE = {"", "module", "text/javascript", "application/javascript"}  # the types of script elements that browsers run
NOT_PAGES = {"_static", "_sources"}
VIEW = "application/vnd.jupyter.widget-view+json"
CHARSET = '<meta charset="utf-8" />'
META = '<meta http-equiv="Content-Security-Policy" content="{}" />'
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",  # the files of the laboratory
    "worker-src": "'self'",  # in which Python runs
    "form-action": "'self'",
    "base-uri": "'none'",
}


class Scripts(HTMLParser):
    """The code within a page: in script elements, and in attributes such as onclick."""

    def __init__(self, html):
        super().__init__(convert_charrefs=False)
        self.elements, self.attributes, self.figures, self._inside = [], [], False, False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.attributes += [value for name, value in attributes if name.startswith("on") and value]
        self.figures |= tag == "script" and (values.get("type") == VIEW or "data-laboratory-page" in values)
        self._inside = tag == "script" and "src" not in values and (values.get("type") or "").lower() in CODE
        if self._inside:
            self.elements.append("")

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.elements[-1] += data


def digest(code):
    """Return how a policy names a piece of code."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def policy(html):
    """Return the policy of a page: as narrow as its content allows."""
    scripts = Scripts(html)
    sources = [POLICY["script-src"]]
    sources += ["blob:"] if scripts.figures else []  # the figures' modules, which travel with the page or come from its Python
    sources += ["'unsafe-hashes'"] if scripts.attributes else []
    sources += sorted({digest(code) for code in scripts.elements + scripts.attributes})
    return "; ".join(f"{name} {value}" for name, value in (POLICY | {"script-src": " ".join(sources)}).items())


def guarded(html):
    """Return the page with its policy, in the place of the one that it may have had."""
    start, end = html.find(META.partition("{")[0]), html.find(CHARSET) + len(CHARSET)
    if start >= 0:
        end = html.index("/>", start) + 2
    else:
        start = end
    return html[:start] + META.format(policy(html)) + html[end:]


def guard_pages(app, exception):
    """Write the policy into every page of the site."""
    if exception or app.builder.format != "html" or app.tags.has("live"):  # make live adds its own script to each page
        return
    for path in Path(app.outdir).rglob("*.html"):
        if not NOT_PAGES & set(path.relative_to(app.outdir).parts):
            html = path.read_text(encoding="utf-8")
            if CHARSET in html and guarded(html) != html:
                path.write_text(guarded(html), encoding="utf-8")


def setup(app):
    app.connect("build-finished", guard_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
