"""Nobody is shut out: pages by keyboard, by screen reader, and without motion. (test_site.py runs axe-core.)"""

import pytest

import axe
from environment import SITE
from figure_driver import opened, ready, state

BeautifulSoup = pytest.importorskip("bs4").BeautifulSoup

CHAPTER = "book/01-neuron.html"
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in [*SITE.glob("*.html"), *SITE.glob("book/**/*.html")]
    if path not in (SITE / "index.html", SITE / "404.html")
)
EVERY_PAGE = pytest.mark.parametrize("path", PAGES or [CHAPTER])
FOCUS = """() => {
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
    const within = at.closest(".MCButton");
    return { tag: at.tagName, type: at.type ?? "", name: (at.getAttribute("aria-label") || at.textContent || at.title || "").trim(),
             seen: ring || (within !== null && getComputedStyle(within).outlineStyle !== "none"),
             place: at === document.body ? "end" : at.closest(".nns-figure") ? "figure" : at.closest(".Quiz") ? "quiz" :
                    at.closest(".cell") ? "cell" : at.closest("article") ? "text" : "around",
             onScreen: box.bottom > 0 && box.top < innerHeight };
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter(element => {
    const { transitionDuration, animationDuration, animationName, scrollBehavior } = getComputedStyle(element);
    const longest = text => Math.max(...text.split(",").map(parseFloat));
    return longest(transitionDuration) > 0.01 || (animationName !== "none" && longest(animationDuration) > 0.01)
        || scrollBehavior === "smooth";
}).map(element => element.outerHTML.slice(0, 100))"""


@EVERY_PAGE
def test_language_title_headings_and_bars(site, path):
    """A page says in which language it is, has a title, a main part, one first heading, and skips no level of headings.

    Its bars are named after their text: a screen reader says "Show the solution", and people who use voice control can say it.
    """
    page = BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")
    assert page.html["lang"] == "en" and page.title.string.strip() and page.main
    levels = [
        int(heading.name[1])
        for heading in page.main.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
        if heading.find_parent(class_="onlyprint") is None
    ]
    assert levels.count(1) == 1 and levels[0] == 1
    assert [(a, b) for a, b in zip(levels, levels[1:]) if b > a + 1] == []
    assert page.select("article summary[aria-label]") == []


def walk(page, longest=600):
    """Press the Tab key until the end of the page; return what has had the focus."""
    stops = []
    while len(stops) < longest:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["place"] == "end":
            return stops
        stops.append(stop)
    raise AssertionError(f"no end after {longest} steps: the focus is caught at {stops[-1]}")


@pytest.mark.browser
def test_a_chapter_by_keyboard(browser, published):
    """From the skip link through the text, its figures, cells, and quiz, to the end: each stop has a name and can be seen."""
    with opened(browser, f"{published}/{CHAPTER}", name="keyboard") as page:
        ready(page)
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)["name"] == "Skip to main content"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main-content")
        stops = walk(page)
        assert {"text", "figure", "cell", "quiz"} <= {stop["place"] for stop in stops}
        assert [stop for stop in stops if not (stop["name"] or stop["tag"] in ("INPUT", "SELECT"))] == []
        assert [stop for stop in stops if not stop["seen"]] == []
        assert [stop for stop in stops if not stop["onScreen"]] == []


@pytest.mark.browser
def test_boxes_figures_and_quiz_answer_to_keys(browser, published):
    with opened(browser, f"{published}/{CHAPTER}", name="keys") as page:
        figure = ready(page)[0]
        box = page.locator("article details").first
        box.locator("summary").focus()
        was = box.get_attribute("open")
        page.keyboard.press("Enter")
        assert box.get_attribute("open") != was
        control = figure.locator("input[type=range], select").first
        before = state(figure)
        control.focus()
        page.keyboard.press("ArrowRight")
        assert state(figure)["said"] != before["said"]
        page.locator(".Quiz input[type=radio]").first.focus()
        page.keyboard.press("Space")
        assert page.locator(".Quiz .Feedback").first.inner_text().strip()


@pytest.mark.browser
@pytest.mark.parametrize("path", [CHAPTER, "book/index.html", "search.html"])
def test_nothing_moves_for_those_who_asked_for_that(browser, published, path):
    with opened(browser, f"{published}/{path}", name="motion", reduced_motion="reduce") as page:
        assert page.evaluate(MOVING) == []
    with opened(browser, f"{published}/{path}", name="motion") as page:
        assert page.evaluate(MOVING), "this test would see motion"


@pytest.mark.browser
def test_a_barrier_is_found(browser):
    """As it is used here, axe-core finds a picture and a control without text, and gray on gray, even in closed boxes."""
    page = browser.new_page()
    page.set_content(
        '<html lang="en"><title>T</title><main><h1>T</h1><img src="data:,"><details><summary>More</summary>'
        '<input type="range"><p style="color: #999; background: #aaa">Gray on gray</p>'
        '<p style="color: #999; background: #aaa">once more</p><p>Black on white</p>'
        '<table><tr><td>first row<tr style="color: #eee"><td>second row</table></details></main></html>'
    )
    axe.prepare(page)
    assert {finding.partition(" ")[0] for finding in axe.barriers(page)} == {"image-alt", "label"}
    known = set()
    axe.keep_new_looks(page, known)
    assert [finding.partition(" ")[0] for finding in axe.pale(page)] == ["color-contrast", "color-contrast"]
    axe.keep_new_looks(page, known)
    assert axe.pale(page) == []
    page.close()
