"""What the first page promises: no cookies, no tracking, nothing from other servers; and the policy that makes browsers enforce it."""

import http.server
import threading

import pytest

from course import policy
from figure_driver import exercise, ready

CHAPTER = "book/01-neuron.html"
STATEMENT = (
    "This site sets no cookies, tracks nobody, and loads nothing from other servers. Your own browser remembers whether you chose light "
    "or dark mode, which word you last searched for, how far you scrolled in the list of chapters, which pages you read to the end, "
    "your quiz answers, the code you changed, the answers you wrote, the checks that passed, and the digits that you collected."
)
REMEMBERED = {"mode", "theme", "sphinx_highlight_terms", "sidebar-scroll-top"}
PROGRESS = {"read", "quiz"}  # of a page; edits and passed checks are kept under the ids of cells
STORED = "() => ({ cookie: document.cookie, names: [...Object.keys(localStorage), ...Object.keys(sessionStorage)] })"


@pytest.mark.browser
def test_the_statement_on_the_first_page_is_true(browser, published):
    """A reader reads, chooses dark, moves figures, answers a question, searches and follows a result; what is left behind?"""
    context = browser.new_context()
    page, asked, refused = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None)
    page.goto(f"{published}/book/index.html")
    assert STATEMENT in " ".join(page.locator("article").inner_text().split())
    page.locator(".theme-switch-button:visible").first.click()
    page.goto(f"{published}/{CHAPTER}")
    for figure in ready(page):
        exercise(figure)
    page.locator(".Quiz input[type=radio]").first.check(force=True)
    page.goto(f"{published}/search.html?q=sigmoid")
    page.locator("ul.search li a").first.click()
    page.wait_for_load_state()
    left = page.evaluate(STORED)
    assert refused == [], "the policy forbids what the site itself does"
    assert context.cookies() == [] and left["cookie"] == ""
    progress = {name.partition("#")[2] for name in left["names"] if name.startswith("nnfromscratch/")}
    names = {name for name in left["names"] if not name.startswith("nnfromscratch/")}
    assert {"mode", "theme"} <= names <= REMEMBERED
    assert {"quiz"} <= progress <= PROGRESS
    host = published.split("/")[2]
    assert [url for url in asked if url.partition("://")[0] in ("http", "https", "ws", "wss") and url.split("/")[2] != host] == []
    context.close()


# --- the policy ---------------------------------------------------------------------------------------------------------------------------


def test_every_page_has_a_policy_that_is_its_own(site):
    pages = [*site.glob("book/**/*.html"), *(site / name for name in ("index.html", "search.html", "genindex.html"))]
    for path in pages:
        html = path.read_text(encoding="utf-8")
        assert html.count("Content-Security-Policy") == 1 and policy.guarded(html) == html, path
        assert "<script" not in html.partition("Content-Security-Policy")[0], path


HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" /><title>t</title><link rel="icon" href="data:," />'
PAGE = HEAD + '<script>document.documentElement.dataset.own = "ran"</script>{}</head><body onclick="document.title = 1">text</body></html>'


def test_a_policy_names_the_scripts_of_the_page_and_nothing_more():
    allowed = policy.policy(PAGE.format(""))
    assert allowed.count("'sha256-") == 2 and "'unsafe-hashes'" in allowed
    assert "blob:" not in allowed.partition("script-src")[2].partition(";")[0]
    figure = '<script type="application/vnd.jupyter.widget-view+json">{"a": 1}</script>'
    assert policy.policy(PAGE.format(figure)) == allowed.replace("script-src 'self'", "script-src 'self' blob:")
    assert "unsafe-inline" not in allowed.partition("script-src")[2].partition(";")[0] and "http" not in allowed


def test_a_page_that_is_guarded_twice_has_one_policy():
    once = policy.guarded(PAGE.format(""))
    assert once != PAGE.format("") and policy.guarded(once) == once


@pytest.fixture
def other_host():
    """Another web server, and the requests that it got."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.browser
def test_what_was_not_built_into_the_page_does_not_run_or_load(browser, served, tmp_path, other_host):
    """A page as someone might tamper with it after it was built, next to the same page without a policy."""
    address, asked = other_host
    foreign = (
        f'<script>document.documentElement.dataset.foreign = "ran"</script><img src="{address}/picture.png">'
        f'<script src="{address}/code.js"></script><link rel="stylesheet" href="{address}/style.css">'
    )
    (tmp_path / "guarded.html").write_text(policy.guarded(PAGE.format("")).replace("</body>", f"{foreign}</body>"))
    (tmp_path / "open.html").write_text(PAGE.format("").replace("</body>", f"{foreign}</body>"))
    root = served(tmp_path)
    page = browser.new_page()
    for name, ran, requests in (("guarded", None, 0), ("open", "ran", 3)):
        page.goto(f"{root}/{name}.html", wait_until="load")
        assert page.locator("html").get_attribute("data-own") == "ran"
        assert page.locator("html").get_attribute("data-foreign") == ran
        assert len(asked) == requests
    page.close()
