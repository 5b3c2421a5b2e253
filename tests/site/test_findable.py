"""The course can be found: each page says what it is about, and a site with a known address has a map, and answers for typos."""

import functools
import re
import struct
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from course import metadata, policy
from environment import ROOT

bs4 = pytest.importorskip("bs4")
nodes = pytest.importorskip("docutils.nodes")


def described(site):
    """Return {page: its description} for the chapters and other texts of the book."""
    own = bs4.SoupStrainer("meta", attrs={"name": "description"})
    pages = {
        path.relative_to(site).as_posix(): bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser", parse_only=own)
        for path in sorted((site / "book").glob("**/*.html"))
    }
    return {name: page.meta["content"] if page.meta else "" for name, page in pages.items()}


def test_every_page_says_what_it_is_about(site):
    words = {name: text for name, text in described(site).items() if name != "book/references.html"}  # a list of books alone
    assert {name: text for name, text in words.items() if not 40 <= len(text) <= metadata.LONGEST} == {}
    assert len(set(words.values())) == len(words), "two pages say the same"


def section(*children):
    return nodes.document(None, None, "", nodes.section("", nodes.title("", "T"), *children))


def words_of(*children):
    return metadata.description(section(*children))


def test_a_description_is_the_first_paragraph_with_the_list_that_it_opens():
    items = nodes.bullet_list("", *(nodes.list_item("", nodes.paragraph("", text)) for text in ("compute,", "draw.")))
    items += nodes.list_item("", nodes.paragraph("", "derive ", nodes.math("", r"\partial w")))
    assert words_of(nodes.paragraph("", "In this chapter you will"), items) == "In this chapter you will: compute; draw."
    assert words_of(nodes.paragraph("", "One  line\nand another."), nodes.paragraph("", "More.")) == "One line and another."
    assert words_of() == ""


def test_a_long_description_ends_after_a_word():
    words = words_of(nodes.paragraph("", "word, " * 60))
    assert len(words) <= metadata.LONGEST and words.endswith("word…")


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("https://someone.github.io/course/", "https://someone.github.io/course"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("", None),
    ],
)
def test_the_address_comes_from_the_environment(monkeypatch, named, address):
    monkeypatch.setenv("NNFROMSCRATCH_SITE", named)
    assert metadata.site_address() == address


@pytest.mark.parametrize("named", ["someone.github.io", "https://a b", 'https://x/"><script>', "file:///course"])
def test_what_is_no_address_is_refused(monkeypatch, named):
    monkeypatch.setenv("NNFROMSCRATCH_SITE", named)
    with pytest.raises(ValueError, match="expected an address such as"):
        metadata.site_address()


def app(folder, address=""):
    """Return as much of Sphinx as the extension asks for."""
    return SimpleNamespace(
        outdir=folder,
        config=SimpleNamespace(html_baseurl=address, html_title="T", project="P"),
        builder=SimpleNamespace(format="html", get_target_uri=lambda name: f"{name}.html"),
        env=SimpleNamespace(found_docs={"book/b", "book/a"}),
    )


def test_a_known_site_has_a_map_and_an_unknown_one_has_none(tmp_path):
    metadata.write_map(app(tmp_path), None)
    assert list(tmp_path.iterdir()) == []
    metadata.write_map(app(tmp_path, "https://x.org/course/"), None)
    assert re.findall("<loc>(.*?)</loc>", (tmp_path / "sitemap.xml").read_text()) == [
        "https://x.org/course/book/a.html",
        "https://x.org/course/book/b.html",
    ]


def test_a_shared_link_shows_a_picture_where_the_address_is_known():
    document = section(nodes.paragraph("", 'A "word".'))
    context = {"title": "<em>T</em>"}
    metadata.add_meta(app(None), "book/a", "page.html", context, document)
    assert '<meta name="description" content="A &quot;word&quot;." />' in context["metatags"] and "og:image" not in context["metatags"]
    assert '<meta property="og:title" content="T" />' in context["metatags"]
    metadata.add_meta(app(None, "https://x.org/"), "book/a", "page.html", context, document)
    assert '<meta property="og:image" content="https://x.org/_static/social.png" />' in context["metatags"]
    assert '<meta property="og:url" content="https://x.org/book/a.html" />' in context["metatags"]


def test_the_shared_picture_has_the_size_that_sites_ask_for():
    content = (ROOT / "book" / "_static" / "social.png").read_bytes()
    assert struct.unpack(">II", content[16:24]) == (1200, 630) and len(content) < 150_000


class LikePages(SimpleHTTPRequestHandler):
    """Answers as GitHub Pages does: below /course lies the site, and its 404.html stands for everything that is not there."""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/course"))

    def send_error(self, code, message=None, explain=None):
        content = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Stay silent."""


@pytest.mark.browser
@pytest.mark.parametrize("typo", ["x", "book/01-neurone.html", "book/a/b/c/d.html"])
def test_what_is_not_there_leads_back_from_any_depth(browser, site, tmp_path, typo):
    for path in site.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "404.html").unlink(missing_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(LikePages, directory=tmp_path))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/course/"
    metadata.write_map(app(tmp_path, address), None)
    guarded = policy.guarded
    (tmp_path / "404.html").write_text(guarded((tmp_path / "404.html").read_text(encoding="utf-8")), encoding="utf-8")
    page, faults = browser.new_page(), []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" and "404" not in message.text else None)
    assert page.goto(address + typo).status == 404
    assert page.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_role("link", name="The first page").click()
    assert page.url == f"{address}book/index.html" and page.locator("article h1").inner_text().startswith("Neural Networks from Scratch")
    page.goto(address + typo)
    page.get_by_role("link", name="Search").click()
    assert page.url == f"{address}search.html" and faults == []
    page.close()
    server.shutdown()
    server.server_close()
