"""The built site as a whole: every link inside it leads somewhere, and its search works with no program on the server."""

from html.parser import HTMLParser

import pytest
from figure_driver import PATIENCE

pytestmark = pytest.mark.house


class Links(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes.get("id"), attributes.get("name")}
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])


def broken_links(site):
    """Yield every link between pages of the site whose file or anchor is not there."""
    pages = {path.resolve(): Links(path.read_text(encoding="utf-8")) for path in [*site.glob("book/**/*.html"), *site.glob("*.html")]}
    for path, page in pages.items():
        for link in page.links:
            if "://" not in link and not link.startswith(("mailto:", "javascript:")):
                name, _, anchor = link.partition("#")
                target = (path.parent / name).resolve() if name else path
                if not target.exists() or (target in pages and anchor not in pages[target].anchors):
                    yield f"{path.relative_to(site.resolve())}: {link}"


def test_every_link_inside_the_site_leads_somewhere(site):
    assert list(broken_links(site)) == []


def test_a_broken_link_is_found(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "b.html").write_text('<h1 id="here">B</h1>')
    (tmp_path / "index.html").write_text(
        '<a href="book/b.html#here">1</a><a href="book/b.html#gone">2</a><a href="c.html">3</a>'
        '<a href="https://example.org">4</a><a href="#">5</a>')
    assert list(broken_links(tmp_path)) == ["index.html: book/b.html#gone", "index.html: c.html"]


@pytest.mark.browser
def test_search_finds_a_word_of_the_chapters(browser, site, served):
    page = browser.new_page()
    page.goto(f"{served(site)}/search.html?q=backpropagation")
    page.wait_for_selector("ul.search li a", timeout=PATIENCE * 1000)
    assert page.locator("ul.search li a").count() > 1
    page.close()
