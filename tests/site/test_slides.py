"""Slides that are made from the built pages: every one fits, requests nothing from elsewhere, and gives the speaker minutes and answers."""

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
import zipfile
from urllib.parse import urlsplit

import pytest
from pypdf import PdfReader

pytest.importorskip("jupytext")
from bs4 import BeautifulSoup

from coursework.slides import deck, figures
from coursework.slides.__main__ import REVEAL, chapters, handout, make
from environment import SITE, missing
from tools.release.printing import opened, print_pdf

NAMES = [name for name, _ in chapters(SITE)] if SITE.exists() else []
STUDIED = "05-backpropagation"
OUTSIDE = """() => {
    const slide = Reveal.getCurrentSlide(), content = slide.querySelector(".content"), found = [];
    for (const element of content.querySelectorAll("*")) {
        if (element.closest("mjx-assistive-mml, .sr-only, [hidden]")) continue;
        const box = element.getBoundingClientRect();
        if (box.width && box.height && (box.right > 1281 || box.bottom > 721 || box.left < -1 || box.top < -1))
            found.push(`${element.tagName} ${Math.round(box.right)} ${Math.round(box.bottom)} ${element.textContent.slice(0, 40)}`);
    }
    const zoom = Number(content.style.zoom || 1);
    return zoom < 0.5 ? [...found, `zoom ${zoom}`] : found;
}"""


@pytest.fixture(scope="module")
def made(site, tmp_path_factory):
    """Return (folder of all decks, {chapter: slides})."""
    if not REVEAL.exists():
        missing("reveal.js", "To test slides: make .venv-npm/stamp (it needs npm).")
    folder = tmp_path_factory.mktemp("slides")
    return folder, make(site, REVEAL, folder)


def test_every_chapter_has_slides_of_every_kind(made):
    decks = made[1]
    assert list(decks) == NAMES and len(NAMES) >= 20
    for name, slides in decks.items():
        kinds = [slide.kind for slide in slides]
        assert kinds[0] == "title" and kinds[-1] == "end", name
        assert {"text", "predict", "quiz"} <= set(kinds), name
        assert 20 <= sum(slide.minutes for slide in slides) <= 100, name
    assert sum(slide.kind == "figure" for slides in decks.values() for slide in slides) >= 60


def test_no_predict_question_and_no_formula_of_a_section_is_lost(made, site):
    for name, page in chapters(site):
        slides = made[1][name]
        asked = [box for box in page.select("article .admonition") if box.select_one(".admonition-title").get_text().strip() == "Predict"]
        outside = [box for box in asked if box.find_parent(class_="admonition") is None and box.find_parent("details") is None]
        assert sum(slide.kind == "predict" for slide in slides) == len(outside), name


def test_notes_give_minutes_and_the_wrong_answers_to_expect(made):
    for name, slides in made[1].items():
        for slide in slides:
            section = BeautifulSoup(deck.as_section(slide), "html.parser")
            assert re.match(r"[1-9]\d* minutes?", section.select_one("aside.notes").get_text()), (name, slide.title)
            if slide.kind == "quiz":
                options = section.select(".content ol > li")
                assert slide.notes.count("Expect this wrong answer") == len(options) - 1 and slide.notes.count("<b>Right:") == 1
            if slide.kind == "predict":
                assert "before you go on" in slide.notes and "Expect this wrong prediction" in slide.notes, (name, slide.title)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_slide_fits_and_nothing_is_asked_of_another_host(made, name, browser, served):
    address = served(made[0])
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    hosts, problems = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc) if request.url.startswith("http") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("response", lambda response: problems.append(response.url) if response.status >= 400 else None)
    page.goto(f"{address}/{name}.html")
    page.wait_for_selector("html[data-slides=ready]", state="attached")
    count = page.evaluate("Reveal.getTotalSlides()")
    assert count == len(made[1][name])
    outside = {}
    for number in range(count):
        page.evaluate("number => Reveal.slide(number)", number)
        if made[1][name][number].kind == "figure" and page.evaluate("Boolean(Reveal.getCurrentSlide().querySelector('iframe'))"):
            page.wait_for_selector(".present .live-still[hidden]", state="attached", timeout=20_000)
        page.wait_for_timeout(60)
        if found := page.evaluate(OUTSIDE):
            outside[number, made[1][name][number].title] = found[:3]
    page.close()
    assert outside == {}
    assert problems == []
    assert hosts == {urlsplit(address).netloc}


@pytest.mark.browser
def test_a_live_figure_answers_on_its_slide(made, browser, served):
    folder, decks = made
    number = next(place for place, slide in enumerate(decks["01-neuron"]) if "view+json" in slide.body)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{served(folder)}/01-neuron.html#/{number}")
    page.wait_for_selector(".present .live-still[hidden]", state="attached", timeout=20_000)
    frame = page.frame_locator(".present iframe")
    control = frame.locator("input[type=range]").first
    before = frame.locator("body").inner_text()
    control.focus()
    control.press("ArrowRight")
    assert frame.locator("body").inner_text() != before
    page.close()


@pytest.mark.browser
def test_a_slide_that_does_not_fit_is_found(made, browser, served):
    """The check above finds what is too large."""
    folder = made[0]
    shutil.copy(folder / f"{STUDIED}.html", folder / "broken.html")
    text = (folder / "broken.html").read_text(encoding="utf-8")
    (folder / "broken.html").write_text(text.replace("<h2>", "<div style='position: absolute; left: 1500px'>away</div><h2>", 1))
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(f"{served(folder)}/broken.html")
    page.wait_for_selector("html[data-slides=ready]", state="attached")
    assert page.evaluate(OUTSIDE)
    page.close()
    (folder / "broken.html").unlink()


@pytest.mark.browser
def test_a_handout_has_every_slide_with_its_notes(made, browser, tmp_path):
    folder, decks = made
    print_pdf(browser, handout(decks[STUDIED]), tmp_path / "handout.pdf", root=folder)
    reader = PdfReader(tmp_path / "handout.pdf")
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    assert len(decks[STUDIED]) / 2 <= len(reader.pages) <= len(decks[STUDIED])
    assert text.count("minute") >= len(decks[STUDIED]) and "Expect this wrong answer" in text
    assert r"\frac" not in text


@pytest.mark.browser
def test_no_slide_of_a_handout_is_cut(made, browser):
    """The page that is printed, as the printer sees it."""
    cut = """() => [...document.querySelectorAll(".sheet")].filter(sheet =>
        sheet.querySelector(".content").getBoundingClientRect().bottom > sheet.getBoundingClientRect().bottom).length"""
    with opened(browser, handout(made[1][STUDIED]), made[0]) as sheet:
        assert sheet.evaluate("document.querySelectorAll('.sheet').length") == len(made[1][STUDIED])
        assert sheet.evaluate(cut) == 0


@pytest.fixture(scope="module")
def bundle(browser, site, tmp_path_factory):
    """Return ({name: bytes} of the bundle of figures, number of figures)."""
    path = tmp_path_factory.mktemp("figures") / "figures.zip"
    count = figures.pack(browser, chapters(site), site, path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}, count


@pytest.mark.browser
@pytest.mark.slow
def test_the_bundle_has_every_figure_as_png_and_says_what_it_is(bundle, site):
    files, count = bundle
    pages = dict(chapters(site))
    pngs = [name for name in files if name.endswith(".png")]
    assert len(pngs) == count == sum(len(page.select(figures.PICTURES)) for page in pages.values()) >= 80
    assert all(files[name].startswith(b"\x89PNG") for name in pngs)
    readme = files["README.txt"].decode()
    for name in pngs:
        chapter, number = name.removesuffix(".png").split("/")
        forms = "svg, png" if name.replace(".png", ".svg") in files else "png"
        listed = readme.partition(f"\n{chapter}\n")[2].partition("\n\n")[0]
        assert re.search(rf"^  {number} \({forms}; (drawing|interactive, in its initial state)\): \S", listed, re.MULTILINE), name


@pytest.mark.browser
@pytest.mark.slow
def test_whatever_matplotlib_draws_is_in_the_bundle_as_svg(bundle, site):
    """Only figures that JavaScript draws lack one: those whose data are not frames."""
    files, _ = bundle
    drawn = 0
    for name, page in chapters(site):
        script = page.find("script", type=figures.STATE)
        models = json.loads(script.string)["state"] if script else {}
        for number, picture in enumerate(page.select(figures.PICTURES), 1):
            drawing = files.get(f"{name}/{number:02d}.svg", b"").decode()
            if live := picture.find_parent(class_="live-still"):
                about = json.loads(live.find_next("script", type=figures.VIEW).string)
                assert bool(drawing) == ("frames" in models[about["model_id"]]["state"]["meta"]), (name, number)
                drawn += bool(drawing)
            else:
                assert drawing, (name, number)
            assert not drawing or (ElementTree.fromstring(drawing).tag.endswith("svg") and "currentColor" not in drawing)
    assert drawn >= 10
