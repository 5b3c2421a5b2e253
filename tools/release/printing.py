"""Print HTML into a PDF with Chromium; formulas are set by the copy of MathJax that the site has, and no other host is asked."""

import os
import shutil
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

from tools.release.paper import BROWSERS, FACES, STYLES, font_face

HOME = "http://sheet.invalid/"
STYLE = "".join(font_face(name, look) for name, look in FACES.items())
MATHJAX = '<script>window.MathJax = {{options: {{processHtmlClass: "math"}}}};</script><script src="{home}mathjax/tex-chtml.js"></script>'


def mathjax():
    """Return the folder of MathJax, which is a package of its own."""
    return next(Path(file.locate()).parent for file in files("sphinx-mathjax-offline") if file.name == "tex-chtml.js")


@contextmanager
def launched():
    """Yield a headless Chromium: the system's, or else Playwright's."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


def whole(title, body, style="", math=False):
    """Return a page of HTML in the type of the book."""
    common = (STYLES / "pdf.css").read_text(encoding="utf-8")
    first = "@page :first { margin: 22mm 22mm 20mm; @bottom-center { content: counter(page); } }"  # there is no cover
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{STYLE}{common}{first}{style}</style>'
        f"{MATHJAX.format(home=HOME) if math else ''}</head><body>{body}</body></html>"
    )


@contextmanager
def opened(browser, page, root=None):
    """Open a page and wait until it is complete; a relative address in it leads into the folder `root`, and no other host is reached."""
    places = {"mathjax": mathjax()}

    def answer(route):
        first, _, rest = unquote(urlsplit(route.request.url).path.lstrip("/")).partition("/")
        file = places[first] / rest if first in places else Path(root or "/nowhere") / first / rest
        if not first:
            route.fulfill(body=page, content_type="text/html; charset=utf-8")
        elif route.request.url.startswith(HOME) and file.is_file():
            route.fulfill(path=file)
        else:
            route.abort()

    sheet = browser.new_page()
    sheet.route("**/*", answer)
    sheet.goto(HOME)
    sheet.evaluate("window.MathJax && MathJax.startup.promise")
    sheet.evaluate("document.fonts.ready")
    sheet.evaluate("window.prepared")  # what a script of the page still does, if there is one
    yield sheet
    sheet.close()


def print_pdf(browser, page, path, root=None):
    """Print a page; see `opened`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened(browser, page, root) as sheet:
        sheet.pdf(path=path, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
