"""The built site as readers meet it: every page in a real browser, every figure on it moved, on desktop and phone, light and dark."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

import axe
from environment import CI, ROOT
from figure_driver import exercise, opened, ready, shown_code, state
from site_pages import EVERY_PAGE, EVERY_PAGE_WITH_FIGURES, FIGURES, NO_PAGE, STATE, VIEW, views

BeautifulSoup = pytest.importorskip("bs4").BeautifulSoup

pytestmark = pytest.mark.browser

RUN_SCRIPTS = ROOT / "tests" / "run_scripts.py"
# The first chapter, and the one with the digits: what starts figures is the same on all pages.
TWO_PAGES_WITH_FIGURES = pytest.mark.parametrize("path", [path for path in FIGURES if Path(path).name[:2] in ("01", "08")] or [NO_PAGE])
WIDER_THAN_THE_PAGE = """() => {
    const scrolls = box => box !== document.body && (getComputedStyle(box).overflowX !== "visible" || scrolls(box.parentElement));
    const wide = element => element.getBoundingClientRect().right > innerWidth && !scrolls(element.parentElement);
    const all = document.documentElement.scrollWidth > innerWidth ? [...document.body.querySelectorAll("*")] : [];
    return all.filter(wide).map(element => element.outerHTML.slice(0, 200));
}"""
SCROLLS_WITHOUT_A_HINT = """() => [...document.querySelectorAll("article :is(pre, div.math, .pst-scrollable-table-container)")]
    .filter(box => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).backgroundImage === "none")
    .map(box => box.outerHTML.slice(0, 200))"""
WITHOUT_CODE = "figure => figure.matches('.nns-tape, .nns-kernel-figure')"  # all the code that they need is their cell
OTHER = {"light": "dark", "dark": "light"}
SCREENS = {  # how each page is opened; in CI it is then switched to the other colors
    "desktop": {"color_scheme": "light"},
    "phone": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "has_touch": True},
}
LOOKS = {screen: set() for screen in SCREENS}  # whose colors have been measured, in both schemes


def named(path, mode):
    return f"{path.removesuffix('.html').replace('/', '-')}-{mode}"


def test_the_folder_leads_to_the_first_page(site):
    start = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert start.select_one("meta[http-equiv=Refresh]")["content"] == "0; url=book/index.html" and (site / "book" / "index.html").exists()
    assert (start.html["lang"], start.title.text, start.a["href"]) == ("en", "Neural Networks from Scratch", "book/index.html")


@pytest.fixture(scope="module")
def run_scripts():
    """A function that runs scripts and returns how each ended and what it printed; one process for all pages: its start takes long."""
    with subprocess.Popen([sys.executable, RUN_SCRIPTS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as runner:

        def run(paths):
            print(json.dumps([str(path) for path in paths]), file=runner.stdin, flush=True)
            return json.loads(runner.stdout.readline())

        yield run


@pytest.mark.parametrize("screen", SCREENS)
@EVERY_PAGE
def test_page_and_every_control_on_it(browser, published, path, screen, tmp_path, run_scripts):
    """No error, no request to another host, no barrier, nothing wider than the screen, nothing that scrolls without a sign of it. Every
    figure starts and leaves the address alone, the code behind its button runs, its controls respond.
    """
    options = SCREENS[screen]
    with opened(browser, f"{published}/{path}", name=named(path, screen), **options) as page:
        figures = ready(page) if path in FIGURES else []
        assert len(figures) == views(path)
        page.evaluate("() => document.dispatchEvent(new Event('nns-keep'))")
        assert page.url == f"{published}/{path}", "the address follows a figure that nobody has touched"
        if screen == "desktop":
            shown_code_gives_what_is_seen(figures, tmp_path, run_scripts)
        controls = [exercise(figure) for figure in figures]
        assert all(controls), f"a figure without controls: {controls}"
        wide = page.evaluate(WIDER_THAN_THE_PAGE)
        assert not wide, f"wider than the screen: {wide[:3]}"
        assert page.evaluate(SCROLLS_WITHOUT_A_HINT) == [], "cut at the edge, and nothing says that it scrolls"
        axe.prepare(page)
        if CI or screen == "desktop":
            assert axe.barriers(page) == []
        axe.keep_new_looks(page, LOOKS[screen])
        assert axe.pale(page) == []
        if CI:
            other = OTHER[options["color_scheme"]]
            page.emulate_media(color_scheme=other)
            page.locator(f"html[data-theme={other}]").wait_for()
            assert axe.pale(page) == []


# Where a figure shows the reader's own network, its code takes it from the reader's cells. Any network stands in for it here.
OWN = "from nnfromscratch.widgets import load_digit_network\nnetwork = load_digit_network()\n"


def shown_code_gives_what_is_seen(figures, folder, run_scripts):
    """Run the code behind the button of each figure in a fresh process: for figures by matplotlib it prints the words of the frame."""
    figures = [figure for figure in figures if not figure.evaluate(WITHOUT_CODE)]
    shown = [
        (shown_code(figure), figure.locator(".nns-picture").first.get_attribute("aria-label"), state(figure)["said"]) for figure in figures
    ]
    scripts = [folder / f"figure_{number}.py" for number in range(len(shown))]
    for script, (code, _, _) in zip(scripts, shown):
        script.write_text((OWN if "# yours, from above" in code else "") + code, encoding="utf-8")
    for (code, alt, said), (exit_code, printed, errors) in zip(shown, run_scripts(scripts) if shown else [], strict=True):
        assert exit_code == 0, f"{code}\n{errors}"
        assert printed.strip(), f"the code of this figure prints nothing: {said}"
        if "plt.figure(" in code:
            assert alt.replace("−", "-") in printed.replace("\\'", "'").replace("−", "-")


@EVERY_PAGE_WITH_FIGURES
def test_each_figure_has_its_start_picture_and_none_is_an_ordinary_widget(site, path):
    page = BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")
    stills = page.select(".live-still")
    assert len(stills) == views(path) and all(len(still.img["alt"]) > 20 and "web server" in still.text for still in stills)
    models = {name: model for script in page.find_all("script", type=STATE) for name, model in json.loads(script.string)["state"].items()}
    shown = [json.loads(script.string)["model_id"] for script in page.find_all("script", type=VIEW)]
    assert {models[name]["state"]["_model_module"] for name in shown} == {"anywidget"}


@TWO_PAGES_WITH_FIGURES
def test_without_javascript_the_start_pictures_are_seen(browser, published, path):
    with opened(browser, f"{published}/{path}", name=named(path, "no-js"), java_script_enabled=False) as page:
        stills = page.locator(".live-still").all()
        assert len(stills) == views(path) and all(still.locator("img").is_visible() for still in stills)
        assert "web server" in stills[0].inner_text()


@TWO_PAGES_WITH_FIGURES
def test_page_opened_as_a_file_has_its_text_and_pictures(browser, site, path):
    page = browser.new_page()
    page.goto((site / path).as_uri())
    assert page.locator("article h1").count() == 1
    figures = page.locator(".nns-figure, .live-still")
    assert figures.count() >= views(path) and figures.first.is_visible()
    page.close()


@EVERY_PAGE_WITH_FIGURES
def test_page_is_light(site, path):
    """A page with its figures stays below 400 kB as servers send it, compressed; shared scripts and styles apart."""
    assert len(gzip.compress((site / path).read_bytes(), 6)) < 400_000
