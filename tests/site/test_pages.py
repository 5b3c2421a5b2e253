"""The built site as a whole: every link inside it leads somewhere, and its search works with no program on the server."""

from html.parser import HTMLParser

import pytest

from figure_driver import PATIENCE

BeautifulSoup = pytest.importorskip("bs4").BeautifulSoup


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


def seen_solutions(text):
    """Return the solutions of a page's tasks, and those of them whose code or answer is seen before a reader asks for it."""
    cells = BeautifulSoup(text, "html.parser").select("div.cell:has(.cell_input)")
    solutions = [cell for cell in cells if cell.select_one(".cell_input").get_text().strip().startswith("# Solution")]
    return solutions, [cell for cell in solutions if cell.select(":is(.cell_input, .cell_output):not(details:not([open]) *)")]


def test_no_solution_is_seen_before_it_is_asked_for(site):
    for path in site.glob("book/[0-9]*.html"):
        solutions, seen = seen_solutions(path.read_text(encoding="utf-8"))
        assert solutions and seen == []


@pytest.mark.browser
def test_search_finds_a_word_of_the_chapters(browser, site, served):
    page = browser.new_page()
    page.goto(f"{served(site)}/search.html?q=backpropagation")
    page.wait_for_selector("ul.search li a", timeout=PATIENCE * 1000)
    assert page.locator("ul.search li a").count() > 1
    page.close()
