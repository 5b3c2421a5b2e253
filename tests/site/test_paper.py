"""The book as a PDF and as an EPUB: complete, readable, and as accessible as the site."""

import copy
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from environment import CI, ROOT, skip_without
from tools.release import paper

skip_without("pypdf")
pytestmark = pytest.mark.browser

XHTML, MATH, OPF = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/1998/Math/MathML}", "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def book(site):
    """The chapters, as the site has them."""
    return paper.chapters(site)


def pictures(book):
    return [picture for one in book for picture in one.body.select("img")]


def test_the_book_has_every_page_of_the_table_of_contents(book):
    listed = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert [one.name for one in book] == [f"{name}.html" for name in listed]


def test_nothing_is_left_that_only_a_screen_can_use(book):
    for one in book:
        assert one.body.select("script, style, button, details, summary, .headerlink") == []
        if one.body.select_one(".live-still"):
            assert paper.STILL in one.body.get_text() and "JavaScript runs" not in one.body.get_text()


def test_no_heading_stands_alone(book):
    assert [heading.get_text() for one in book for heading in one.body.select("h1, h2, h3, h4") if not heading.find_next_sibling()] == []


def test_solutions_stand_in_the_book_with_their_answers(book):
    cells = [cell for one in book for cell in one.body.select(".cell") if cell.get_text().strip().startswith("# Solution")]
    assert len(cells) == sum(path.read_text(encoding="utf-8").count('"# Solution') for path in (ROOT / "book").glob("*.ipynb"))
    assert all(cell.select_one(".cell_output").get_text().strip() for cell in cells)


def test_links_lead_to_places_of_the_book_and_every_id_stands_once(book):
    ids = [element["id"] for one in book for element in [one.body, *one.body.select("[id]")]]
    assert len(ids) == len(set(ids))
    inside = {link["href"][1:] for one in book for link in one.body.select('a[href^="#"]')}
    assert inside - set(ids) == set() and len(inside) > 30
    assert [link["href"] for one in book for link in one.body.select("a[href]") if not re.match("#|https?:", link["href"])] == []


# --- PDF --------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(book):
    """The chapters that are printed: all in CI, elsewhere the first and every fourth, in a quarter of the time."""
    return book if CI else [book[0], *book[3::4]]


@pytest.fixture(scope="module")
def pdf(browser, printed, tmp_path_factory):
    """The PDF, read."""
    from pypdf import PdfReader

    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    paper.make_pdf(browser, path, printed)
    return PdfReader(path)


def structure(pdf):
    """Yield every element of the structure of a tagged PDF."""
    waiting = [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, list):
            waiting += element
        elif hasattr(element, "get"):
            yield element
            waiting += [element.raw_get("/K")] if "/K" in element else []


def text(page):
    """Return the text of a page without ligatures, letters of formulas as ordinary ones, and without white space, which a PDF moves."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", page.extract_text()))


def test_the_pdf_is_tagged_and_every_picture_keeps_its_words(pdf, printed):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].startswith("en")
    kept = {"".join(str(element["/Alt"]).split()) for element in structure(pdf) if "/Alt" in element}
    assert [picture["alt"] for picture in pictures(printed) if "".join(picture["alt"].split()) not in kept] == []
    assert [element for element in structure(pdf) if element.get("/S") == "/Figure" and "/Alt" not in element] == []


def test_the_pdf_s_outline_and_contents_lead_to_the_chapters(pdf, printed):
    assert [entry.title for entry in pdf.outline if not isinstance(entry, list)] == ["Contents", *(one.title for one in printed)]
    titles = {
        re.sub(r"\s+", "", entry.title): pdf.get_destination_page_number(entry) for entry in pdf.outline if not isinstance(entry, list)
    }
    words = [re.sub(r"\s+", "", one.title) for one in printed]
    contents = "".join(text(pdf.pages[number]) for number in range(1, titles[words[0]]))
    for title in words:
        assert title in text(pdf.pages[titles[title]])
        assert f"{title}{titles[title] + 1}" in contents, "the table of contents names another page"


def test_formulas_are_set_in_the_pdf(pdf):
    some, wanted = pdf.pages[8::3], {"∂", "∑", "σ"}
    assert not re.search(r"\\(frac|partial|sum|hat|begin)|\\\(|\\\[", "".join(map(text, some)))
    for page in pdf.pages:
        wanted -= set(text(page)) if wanted else set()
    assert wanted == set()
    fonts = [font.get_object() for page in some for font in page["/Resources"]["/Font"].values()]
    assert any("STIX" in font.get("/BaseFont", "") for font in fonts), "the text has no font of its own"


# --- EPUB -------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def epub(browser, book, tmp_path_factory):
    """The path of the EPUB."""
    path = tmp_path_factory.mktemp("epub") / "book.epub"
    paper.make_epub(browser, path, [one._replace(body=copy.copy(one.body)) for one in book])
    return path


@pytest.fixture(scope="module")
def files(epub):
    """{name: content} of what the EPUB holds."""
    with zipfile.ZipFile(epub) as archive:
        first = archive.infolist()[0]
        assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
        return {name.removeprefix("book/"): archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def trees(files):
    """{name: tree} of the EPUB's pages, which have to be well-formed for that."""
    return {name: ElementTree.fromstring(content) for name, content in files.items() if name.endswith(".xhtml")}


def test_the_epub_lists_all_that_it_holds(files, book):
    package = ElementTree.fromstring(files["package.opf"])
    listed = {item.get("href"): item.get("id") for item in package.iter(f"{OPF}item")}
    assert set(files) - set(listed) == {"mimetype", "META-INF/container.xml", "package.opf"}
    in_order = [item.get("idref") for item in package.iter(f"{OPF}itemref")]
    assert len(in_order) == len(book) + 1 and set(in_order) <= set(listed.values())


def test_links_and_pictures_of_the_epub_are_there(files, trees, book):
    ids = {name: {element.get("id") for element in tree.iter()} for name, tree in trees.items()}
    for name, tree in trees.items():
        for link in tree.iter(f"{XHTML}a"):
            target, _, fragment = link.get("href").partition("#")
            assert re.match("https?:", target) or (fragment or None) in {None, *ids[target]}, f"{name}: {link.get('href')}"
        assert list(tree.iter(f"{XHTML}script")) == []
    shown = [picture for tree in trees.values() for picture in tree.iter(f"{XHTML}img")]
    assert [picture.get("alt") for picture in shown if picture.get("src") not in files] == []
    assert sorted(picture.get("alt") for picture in shown) == sorted(picture["alt"] for picture in pictures(book))


def test_every_formula_is_mathml(trees, book):
    formulas = [element for tree in trees.values() for element in tree.iter(f"{MATH}math")]
    assert len(formulas) == sum(len(one.body.select(".math")) for one in book) > 300
    assert [element.get("alttext") for element in formulas if element.find(f".//{MATH}merror") is not None] == []
    assert [element.get("alttext") for element in formulas if not "".join(element.itertext()).strip()] == []


def test_the_epub_is_valid(epub):
    """According to the usual checker, if it is installed."""
    checker = shutil.which("epubcheck")
    if not (checker and shutil.which("java")):
        pytest.skip("epubcheck is not there. To check the EPUB: apt-get install epubcheck default-jre-headless")
    command = ["java", "-jar", checker] if Path(checker).read_bytes()[:2] == b"PK" else [checker]
    quick = {"JAVA_TOOL_OPTIONS": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"}  # what speeds up long runs slows this one down
    run = subprocess.run([*command, epub], capture_output=True, text=True, env=os.environ | quick)
    assert run.returncode == 0, run.stdout + run.stderr
