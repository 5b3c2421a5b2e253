"""Nothing jumps while a page loads; pages are light, and show figures that suit both color modes."""

import re

import pytest

from course.pictures import PIXELS_PER_POINT, size
from environment import SITE
from figure_driver import opened

PAGES = ("index", "01-neuron", "07-network-class", "08-mnist")
WINDOWS = {"desktop": {"viewport": {"width": 1280, "height": 900}}, "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True}}
SHIFTS = """() => new Promise(done => {
    const found = [];
    new PerformanceObserver(list => found.push(...list.getEntries())).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(found.reduce((sum, { value }) => sum + value, 0)), 500);
})"""
DESKTOPS = {"desktop": 1280, "small desktop": 1024}
CODE_PAGES = ("05a-any-number-of-layers", "11b-right-gradients", "14-convolution")
WIDER_THAN_ITS_BOX = """() => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
    const code = [...document.querySelectorAll(".cell_input pre")].filter(pre => pre.offsetParent);
    const wide = code.filter(pre => pre.scrollWidth > pre.clientWidth).map(pre => pre.textContent);
    code[0].textContent = "0".repeat(79);  // the limit of tests/book/test_notebooks.py
    return code[0].scrollWidth > code[0].clientWidth ? [...wide, code[0].textContent] : wide;
}"""
CHARACTERS_PER_LINE = """() => new Promise(done => setTimeout(
    () => done(ace.edit(document.querySelector(".ace_editor")).session.getWrapLimit()), 500))"""
COLUMN, READABLE = 358, 9  # pixels: how wide the text is on a phone of 390 pixels, and how large the font of a label must be there
LABEL = re.compile(r"<!--(.*?)-->\s*<g [^>]*?scale\(([\d.]+) ")  # what it reads, and a hundredth of the size of its font in points
STILLS = [path for path in sorted(SITE.glob("book/*.html")) if "only-dark" in path.read_text(encoding="utf-8").split("<article", 1)[-1]]


@pytest.mark.browser
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_while_a_page_loads(browser, published, name, window):
    with opened(browser, f"{published}/book/{name}.html", name=f"layout-{name}-{window}", **WINDOWS[window]) as page:
        page.locator("html[data-figures=ready]").wait_for(state="attached")
        assert page.evaluate(SHIFTS) < 0.01


@pytest.mark.parametrize("path", sorted(SITE.glob("book/*.html")), ids=lambda path: path.stem)
def test_a_page_is_light(path):
    pytest.importorskip("psutil")
    from benchmarks.figures import AIMS, weight

    assert weight(path) <= AIMS["weight"]


@pytest.mark.browser
@pytest.mark.parametrize("window", DESKTOPS)
@pytest.mark.parametrize("name", CODE_PAGES)
def test_no_code_needs_scrolling_on_a_desktop(browser, published, name, window):
    viewport = {"width": DESKTOPS[window], "height": 900}
    with opened(browser, f"{published}/book/{name}.html", name=f"code-{name}-{window}", viewport=viewport) as page:
        assert page.evaluate(WIDER_THAN_ITS_BOX) == []


@pytest.mark.browser
@pytest.mark.parametrize("window", DESKTOPS)
def test_the_editor_holds_the_same_lines_as_the_page(browser, published, window):
    """It wraps longer ones."""
    viewport = {"width": DESKTOPS[window], "height": 900}
    with opened(browser, f"{published}/book/05b-gradient-checking.html", name=f"editor-{window}", viewport=viewport) as page:
        page.locator(".laboratory-bar button", has_text="Edit").first.click()
        page.locator(".ace_editor").first.wait_for()
        assert page.evaluate(CHARACTERS_PER_LINE) >= 79


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_drawing_is_seen_once_in_each_mode(browser, published, scheme):
    for path in STILLS[:3]:
        with opened(browser, f"{published}/book/{path.name}", name=f"stills-{scheme}", color_scheme=scheme) as page:
            pictures = page.locator(".cell_output img[src$='.svg']")
            assert pictures.count() > 0
            shown = [(picture.get_attribute("class"), picture.is_visible()) for picture in pictures.all()]
            assert all(visible is (f"only-{scheme}" in classes) for classes, visible in shown)
            captions = page.locator(".cell_output figure:has(img[src$='.svg']) > figcaption")
            assert captions.count() > 0
            assert all(caption.is_visible() for caption in captions.all())


@pytest.fixture(scope="module")
def drawings(site):
    """All drawings of the site by name, as matplotlib made them: with the outlines of letters, and comments that say what they read."""
    text = "".join(path.read_text(encoding="utf-8") for path in STILLS)
    names = sorted(set(re.findall(r"_images/(\w+)-light\.svg", text)))
    return {name: (site.parent / "jupyter_execute" / f"{name}.svg").read_text(encoding="utf-8") for name in names}


def test_labels_of_drawings_are_readable_on_a_phone(drawings):
    found = []
    for name, drawing in drawings.items():
        shrunk = min(1, COLUMN / (size(drawing)[0] * PIXELS_PER_POINT)) * PIXELS_PER_POINT
        found += [(name, words.strip(), 100 * float(scale) * shrunk) for words, scale in LABEL.findall(drawing)]
    assert len(found) > 100
    assert [label for label in found if label[2] < READABLE] == []


def test_negative_numbers_in_drawings_have_a_minus_sign(drawings):
    words = [(name, word.strip()) for name, drawing in drawings.items() for word in re.findall("<!--([^$]*?)-->", drawing)]
    assert len(words) > 100
    assert [(name, word) for name, word in words if re.search(r"(?<!\w)-\.?\d|\de-", word)] == []
