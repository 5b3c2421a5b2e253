"""Make one PDF or one EPUB of the whole book: the pages of the built site, in the order of its table of contents, with each figure's start.

python -m tools.release.paper pdf|epub
"""

import argparse
import base64
import html
import os
import re
import shutil
import subprocess
import time
import tomllib
import uuid
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import matplotlib
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

from tools import ROOT

SITE = ROOT / "_build" / "html"
START = "book/index.html"
STYLES = Path(__file__).with_name("paper_styles")
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MATHJAX = """<script>window.MathJax = {options: {processHtmlClass: "math"}};</script><script src="_static/mathjax/tex-chtml.js"></script>"""
STILL = "On the course’s site this figure is interactive. This is its initial state."
SCREEN_ONLY = (
    "script, style, button, svg, summary, .only-dark, .headerlink, section:has(> h2 + .toctree-wrapper), .toctree-wrapper, "
    ".cell:has(> .cell_output img) > details.hide, .output.text_html:has([id^=quiz_])"
)
FACES = {
    "STIXGeneral": "",
    "STIXGeneralItalic": "font-style: italic",
    "STIXGeneralBol": "font-weight: bold",
    "STIXGeneralBolIta": "font-style: italic; font-weight: bold",
}
SUMMARY = (
    "Every formula is text (MathML) and every figure has a description. The figures that are interactive on the course's site "
    "are shown in their initial state."
)


class Chapter(NamedTuple):
    """A page of the site as a part of the book."""

    name: str
    title: str
    part: str
    body: BeautifulSoup


def about():
    """Return what the cover shows: title, author, version, and the day of the last commit."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    run = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    day = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH") or run.stdout.strip() or 0))
    return {"title": config["title"], "author": config["author"], "version": version, "day": day}


# --- the pages of the site become chapters ----------------------------------------------------------------------------------------------


def page(site, name):
    """Return a page of the site, parsed."""
    return BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")


def contents(site):
    """Yield (name of the page, caption of its part) in the order of reading."""
    part = ""
    for entry in page(site, START).select("nav.bd-links :is(p.caption, li > a)"):
        if entry.name == "p":
            part = entry.get_text().strip()
        else:
            yield START if entry["href"] == "#" else (Path(START).parent / entry["href"]).as_posix(), part


def anchor(name, fragment=""):
    """Return the id that a place of a page has in the book, where each id occurs once."""
    return re.sub(r"\W+", "-", f"{name.removesuffix('.html')} {fragment}".strip())


def chapters(site):
    """Return the book's chapters."""
    order = list(contents(site))
    names = {name for name, _ in order}
    return [chapter(site, name, part, names) for name, part in order]


def chapter(site, name, part, names):
    """Return one page as a chapter: without what only a screen can use, with ids and links of the book."""
    article = page(site, name).select_one("article")
    for element in article.select(SCREEN_ONLY):
        if element.name == "summary" and element.select_one(".sd-summary-text"):
            element.name, element.string = "p", element.select_one(".sd-summary-text").get_text()
            element["class"] = "box-title"
        elif not element.decomposed:
            element.decompose()
    for box in article.select("details"):
        box.name = "div"
        box["class"] = "box"
    for listing in article.select("p > ul"):  # a list of what a function returns
        listing.parent.unwrap()
    for formula in article.select("span.math"):
        keep_together(formula)
    for note in article.select(".live-still > p"):
        note.string = STILL
        note["class"] = "still"
    for picture in article.select("img"):
        picture["src"] = os.path.normpath(Path(name).parent / unquote(picture["src"]))
    for element in article.select("[id]"):
        element["id"] = anchor(name, element["id"])
    for link in article.select("a[href]"):
        link["href"] = book_link(name, link["href"], names)
        if not link["href"]:
            link.name, link.attrs = "span", {}
    article["id"] = anchor(name)
    return Chapter(name, article.select_one("h1").get_text(), part, article)


def keep_together(formula):
    """Let no line begin with the punctuation mark that follows a formula."""
    mark = re.match(r"[.,;:!?)]+", formula.next_sibling) if isinstance(formula.next_sibling, str) else None
    if mark:
        formula.next_sibling.replace_with(formula.next_sibling[mark.end() :])
        formula.wrap(BeautifulSoup('<span class="together"></span>', "html.parser").span).append(mark[0])


def book_link(name, href, names):
    """Return where a link of a page leads in the book; "" for a page that the book leaves out."""
    if re.match(r"[a-z]+:", href):
        return href
    target, _, fragment = href.partition("#")
    target = os.path.normpath(Path(name).parent / target) if target else name
    return "#" + anchor(target, fragment) if target in names else ""


@contextmanager
def opened(browser, text):
    """Open this HTML in a browser as if it were in the site's folder; no server is needed, and nothing else can be reached."""

    def answer(route):
        path = urlsplit(route.request.url).path.lstrip("/")
        route.fulfill(path=SITE / unquote(path)) if path else route.fulfill(body=text, content_type="text/html; charset=utf-8")

    sheet = browser.new_page()
    sheet.route("**/*", answer)
    sheet.goto("http://book.invalid/")
    yield sheet
    sheet.close()


# --- PDF ---------------------------------------------------------------------------------------------------------------------------------


def cover(facts):
    """Return the cover as HTML, with the first picture of the first page."""
    picture = page(SITE, START).select_one("article img")
    source = os.path.normpath(Path(START).parent / unquote(picture["src"]))
    return (
        f'<section class="cover"><p class="title">{html.escape(facts["title"])}</p>'
        f'<img src="{source}" alt="{html.escape(picture["alt"])}">'
        f"<p>{html.escape(facts['author'])}</p><p>Version {facts['version']}, {time.strftime('%-d %B %Y', facts['day'])}</p>"
        "<p>Text and figures: CC BY 4.0. Code: MIT.</p></section>"
    )


def table_of_contents(book, numbers):
    """Return the table of contents as HTML, with the numbers of the pages as far as they are known."""
    lines, part = [], ""
    for one in book:
        if one.part != part:
            part = one.part
            lines.append(f'<p class="part">{html.escape(part)}</p>')
        for heading in one.body.select("h1, h2"):
            target = one.body["id"] if heading.name == "h1" else heading.parent["id"]
            text = html.escape(heading.get_text())
            lines.append(f'<p class="{heading.name}"><a href="#{target}"><span>{text}</span><span>{numbers.get(target, "")}</span></a></p>')
    return f'<nav class="contents"><h1 id="contents">Contents</h1>{"".join(lines)}</nav>'


def running_head(number, one):
    """Return the style that writes a chapter's title over its pages."""
    title = one.title.replace("\\", "").replace('"', "")
    return f'@page chapter{number} {{ @top-right {{ content: "{title}"; }} }}\n#{one.body["id"]} {{ page: chapter{number}; }}\n'


def one_page(book, facts):
    """Return the whole book as one page of HTML, which is in the site's folder."""
    heads = "".join(running_head(number, one) for number, one in enumerate(book))
    style = (STYLES / "pdf.css").read_text(encoding="utf-8") + (SITE / "_static" / "pygments.css").read_text(encoding="utf-8")
    fonts = "".join(font_face(name, look) for name, look in FACES.items())
    return (
        f'<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{html.escape(facts["title"])}</title>'
        f'<meta name="author" content="{html.escape(facts["author"])}"><style>{fonts}{style}{heads}</style>'
        f"{MATHJAX}</head><body>"
        f"{cover(facts)}{table_of_contents(book, {})}{''.join(str(one.body) for one in book)}</body></html>"
    )


def font_face(name, look):
    """Return the style that embeds one of matplotlib's fonts."""
    font = base64.b64encode((FONTS / f"{name}.ttf").read_bytes()).decode()
    return f"@font-face {{ font-family: Book; src: url(data:font/ttf;base64,{font}); {look} }}\n"


def page_numbers(pdf):
    """Return {id: number of its page} of all places in a PDF that a link leads to."""
    reader = PdfReader(pdf)
    return {name.lstrip("/"): reader.get_destination_page_number(place) + 1 for name, place in reader.named_destinations.items()}


def make_pdf(browser, path, book):
    """Print these chapters twice: the second time the table of contents knows the pages."""
    with opened(browser, one_page(book, about())) as sheet:
        sheet.evaluate("MathJax.startup.promise")
        print_sheet(sheet, path)  # what only screen readers and eyes need is left for the second time
        numbered = table_of_contents(book, page_numbers(path))
        sheet.evaluate("contents => { document.querySelector('.contents').outerHTML = contents; }", numbered)
        sheet.evaluate("MathJax.typesetPromise([document.querySelector('.contents')])")
        sheet.evaluate("for (const one of document.querySelectorAll('figure')) one.role = 'group'")  # only its picture needs words
        print_sheet(sheet, path, tagged=True, print_background=True)
    write_outline(path, book)


def print_sheet(sheet, path, **options):
    """Print a page into a PDF, once its fonts are there."""
    sheet.evaluate("document.fonts.ready")
    sheet.pdf(path=path, prefer_css_page_size=True, **options)


def write_outline(path, book):
    """Give the PDF an outline of chapters and sections. (Chromium's own writes a title in an embedded font twice, part by part.)"""
    reader = PdfReader(path)
    writer = PdfWriter(clone_from=reader)

    def add(heading, target, parent=None):
        place = reader.named_destinations[f"/{target}"]
        page = reader.get_destination_page_number(place)
        return writer.add_outline_item(title=heading, page_number=page, parent=parent, fit=Fit.xyz(top=place.top))

    writer.add_outline_item(title="Contents", page_number=1)  # after the cover
    for one in book:
        chapter = add(one.title, one.body["id"])
        for heading in one.body.select("h2"):
            add(heading.get_text(), heading.parent["id"], chapter)
    writer.write(path)


# --- EPUB --------------------------------------------------------------------------------------------------------------------------------


def plain_svg(picture):
    """Return a picture as an EPUB takes it: an SVG has no document type, and every path in it a shape."""
    if b"<svg" not in picture[:1000]:
        return picture
    return re.sub(rb"<path (?![^>]*\bd=)", b'<path d="M0 0" ', re.sub(rb"<!DOCTYPE[^>]*>", b"", picture, count=1))


def mathml(browser, book):
    """Replace every formula of the book by MathML, as MathJax understands it."""
    places = [place for one in book for place in one.body.select(".math")]
    sources = [formula(place) for place in places]
    with opened(browser, f"<!doctype html>{MATHJAX}") as sheet:
        sheet.evaluate("MathJax.startup.promise")
        made = sheet.evaluate("sources => sources.map(([tex, display]) => MathJax.tex2mml(tex, {display}))", sources)
    for place, (tex, _), text in zip(places, sources, made):
        number = place.select_one(".eqno")
        place.clear()
        if number:
            place.append(number)
        element = BeautifulSoup(re.sub(r"\s*\n\s*", "", text), "html.parser").math
        element["alttext"] = tex
        place.append(element)


def formula(place):
    """Return (TeX, whether it is on its own line)."""
    text = "".join(part.get_text() for part in place.children if "eqno" not in (part.get("class") or [] if part.name else []))
    return re.sub(r"^\s*\\[(\[]|\\[)\]]\s*$", "", text).strip(), place.name == "div"


def xhtml(title, body, style="book.css"):
    """Return a file of the EPUB."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en"><head>'
        f'<title>{html.escape(title)}</title><link rel="stylesheet" href="{style}"/></head>\n<body>{body}</body></html>\n'
    )


def navigation(book, files):
    """Return the EPUB's table of contents."""
    lines, part, open_list = [], "", False
    for one in book:
        if one.part != part:
            lines.append(("</ol></li>" if open_list else "") + f"<li><span>{html.escape(one.part)}</span><ol>")
            part, open_list = one.part, True
        lines.append(f'<li><a href="{files[one.name]}">{html.escape(one.title)}</a></li>')
    items = "\n".join(lines) + ("</ol></li>" if open_list else "")
    return xhtml("Contents", f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{items}</ol></nav>')


def package(facts, items, order):
    """Return the EPUB's package document: what the book is, what it holds, and in which order."""
    changed = time.strftime("%Y-%m-%dT%H:%M:%SZ", facts["day"])
    access = [
        ("accessMode", "textual"),
        ("accessMode", "visual"),
        ("accessModeSufficient", "textual"),
        ("accessibilityHazard", "none"),
        *(("accessibilityFeature", name) for name in ("alternativeText", "MathML", "structuralNavigation", "tableOfContents")),
        ("accessibilitySummary", SUMMARY),
    ]
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f"nnfromscratch {facts['version']} {changed}")}</dc:identifier>
<dc:title>{html.escape(facts["title"])}</dc:title><dc:language>en</dc:language><dc:creator>{html.escape(facts["author"])}</dc:creator>
<dc:rights>Text and figures: CC BY 4.0. Code: MIT.</dc:rights><meta property="dcterms:modified">{changed}</meta>
{"".join(f'<meta property="schema:{name}">{html.escape(value)}</meta>' for name, value in access)}
</metadata>
<manifest>{"".join(items)}</manifest>
<spine>{"".join(f'<itemref idref="{name}"/>' for name in order)}</spine>
</package>
"""


KINDS = {".png": "image/png", ".svg": "image/svg+xml", ".css": "text/css", ".xhtml": "application/xhtml+xml"}
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""


def make_epub(browser, path, book):
    """Write these chapters as an EPUB 3. They are changed on the way."""
    facts = about()
    mathml(browser, book)
    files = {one.name: f"{anchor(one.name)}.xhtml" for one in book}
    home = {element["id"]: files[one.name] for one in book for element in [one.body, *one.body.select("[id]")]}
    held = {"book.css": (STYLES / "epub.css").read_bytes(), "cover.png": cover_picture(browser, facts)}
    for one in book:
        for picture in one.body.select("img"):
            held[Path(picture["src"]).name] = plain_svg((SITE / picture["src"]).read_bytes())
            picture["src"] = Path(picture["src"]).name
        for link in one.body.select('a[href^="#"]'):
            link["href"] = home.get(link["href"][1:], files[one.name]) + link["href"]
        held[files[one.name]] = xhtml(one.title, str(one.body)).encode()
    held["contents.xhtml"] = navigation(book, files).encode()
    special = {"contents.xhtml": ' properties="nav"', "cover.png": ' properties="cover-image"'}
    special |= {files[one.name]: ' properties="mathml"' for one in book if one.body.math}
    items = [
        f'<item id="{item_id(name)}" href="{name}" media-type="{KINDS[Path(name).suffix]}"{special.get(name, "")}/>'
        for name in sorted(held)
    ]
    order = [item_id(name) for name in ("contents.xhtml", *files.values())]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("book/package.opf", package(facts, items, order))
        for name in sorted(held):
            archive.writestr(f"book/{name}", held[name])


def item_id(name):
    """Return the id of a file in the package document: letters first."""
    return re.sub(r"\W", "-", f"file-{name}")


def cover_picture(browser, facts):
    """Return a picture of the cover."""
    style = (STYLES / "pdf.css").read_text(encoding="utf-8")
    with opened(browser, f'<!doctype html><meta charset="utf-8"><style>{style}</style>{cover(facts)}') as sheet:
        sheet.set_viewport_size({"width": 794, "height": 1123})
        return sheet.screenshot()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=["pdf", "epub"])
    kind = parser.parse_args().kind
    path = ROOT / "dist" / f"neural-networks-from-scratch.{kind}"
    path.parent.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=next(filter(None, map(shutil.which, BROWSERS)), None), args=options)
        {"pdf": make_pdf, "epub": make_epub}[kind](browser, path, chapters(SITE))
        browser.close()
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
