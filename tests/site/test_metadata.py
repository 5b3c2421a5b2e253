"""Each page says what it is about; a site with a known address also has a site map, link previews, and a page for wrong addresses."""

import functools
import os
import re
import shutil
import struct
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from course import metadata
from environment import ROOT

bs4 = pytest.importorskip("bs4")


def meta(path):
    """Return {name or property: content} of a page's meta elements."""
    page = bs4.BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser", parse_only=bs4.SoupStrainer("meta"))
    return {tag.get("name") or tag.get("property"): tag.get("content") for tag in page.find_all("meta")}


def test_every_page_says_what_it_is_about(site):
    pages = {path.relative_to(site).as_posix(): meta(path).get("description", "") for path in (site / "book").glob("**/*.html")}
    pages.pop("book/references.html")  # a list of books alone
    assert {name: text for name, text in pages.items() if not 40 <= len(text) <= 200} == {}
    assert len(set(pages.values())) == len(pages), "two pages have the same description"


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
def test_anything_else_is_rejected(monkeypatch, named):
    monkeypatch.setenv("NNFROMSCRATCH_SITE", named)
    with pytest.raises(ValueError, match="expected an address such as"):
        metadata.site_address()


def test_the_shared_picture_has_the_size_that_sites_ask_for():
    content = (ROOT / "book" / "_static" / "social.png").read_bytes()
    assert struct.unpack(">II", content[16:24]) == (1200, 630) and len(content) < 150_000


# --- a small book with a known address -----------------------------------------------------------------------------------------------

FIRST = """# The "first" page

In this chapter you will

- compute;
- derive $\\partial w$;
- draw.
"""


class LikePages(SimpleHTTPRequestHandler):
    """Answers as GitHub Pages does: the site is below /course, and its 404.html answers for everything that does not exist."""

    def translate_path(self, path):
        return super().translate_path(path.removeprefix("/course"))

    def send_error(self, code, message=None, explain=None):
        content = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Keep the test's output for the tests."""


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    """(address, folder) of a site of two pages, built with this repository's settings and served at its address."""
    root = tmp_path_factory.mktemp("course")
    folder = root / "_build" / "html"
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(LikePages, directory=folder))
    address = f"http://127.0.0.1:{server.server_port}/course"
    shutil.copytree(ROOT / "book" / "_ext", root / "book" / "_ext")
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    for name in ("_config.yml", "book/references.bib"):
        shutil.copy(ROOT / name, root / name)
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters:\n- file: book/second\n")
    (root / "book" / "index.md").write_text(FIRST)
    (root / "book" / "second.md").write_text("# Second\n\nMore words.")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", root, "-W", "-n", "--keep-going"]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NNFROMSCRATCH_SITE": address})
    assert run.returncode == 0, run.stdout + run.stderr
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield address, folder
    server.shutdown()
    server.server_close()


def test_the_site_map_lists_the_pages_and_nothing_else(small_site):
    address, folder = small_site
    listed = re.findall("<loc>(.*?)</loc>", (folder / "sitemap.xml").read_text())
    assert sorted(listed) == [f"{address}/book/index.html", f"{address}/book/second.html"]


def test_a_shared_link_shows_title_description_and_picture(small_site):
    address, folder = small_site
    tags = meta(folder / "book" / "index.html")
    assert tags["og:title"] == "The “first” page" and tags["og:type"] == "article"
    assert tags["og:url"] == f"{address}/book/index.html" and tags["og:image"] == f"{address}/_static/social.png"
    assert tags["description"] == tags["og:description"] and "partial" not in tags["description"], tags["description"]
    assert tags["description"].startswith("In this chapter you will compute;") and "draw" in tags["description"]


@pytest.mark.browser
@pytest.mark.parametrize("typo", ["x", "book/01-neurone.html", "book/a/b/c/d.html"])
def test_a_wrong_address_leads_back_from_any_depth(browser, small_site, typo):
    address, _ = small_site
    page, faults = browser.new_page(), []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" and "404" not in message.text else None)
    assert page.goto(f"{address}/{typo}").status == 404
    assert page.locator("img.logo__image").first.evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_role("link", name="the first page").click()
    assert page.url == f"{address}/book/index.html" and page.locator("article h1").inner_text().startswith("The “first” page")
    page.goto(f"{address}/{typo}")
    page.get_by_role("link", name="search the course").click()
    assert page.url == f"{address}/search.html" and faults == []
    page.close()
