"""Make slides and a PDF handout for each chapter from the built book, and a bundle of all its figures.

    make slides        writes dist/slides/ (to present, serve this folder: python -m http.server) and dist/figures.zip

reveal.js comes from npm, at the version and hash in package-lock.json. Nothing is requested from another host.
"""

import argparse
import html
import json
import shutil
import time
from pathlib import Path

from bs4 import BeautifulSoup

from coursework.slides import deck, figures
from tools import ROOT
from tools.release.paper import contents
from tools.release.printing import launched, mathjax, print_pdf, whole

SITE = ROOT / "_build" / "html"
REVEAL = ROOT / ".venv-npm" / "node_modules" / "reveal.js"
HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self' blob: 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'"
)
REVEAL_FILES = ("dist/reveal.js", "dist/reveal.css", "dist/reset.css", "dist/plugin/notes.js", "LICENSE")
FRAMED = """
body { margin: 0 10px; width: 740px; }
body:has(.nns-stepper) { width: 1160px; }
.nns-stepper { display: grid; grid-template-columns: 24rem 1fr; column-gap: 1.5rem; grid-template-rows: repeat(11, auto) 1fr; }
.nns-figure.nns-stepper { max-width: none; }
.nns-stepper > *, .nns-stepper > .nns-picture > * { grid-column: 1; }
.nns-stepper > .nns-picture { display: contents; }
.nns-stepper > .nns-picture > .nns-graph { grid-area: 1 / 2 / span 12; }
.nns-stepper > .nns-code { grid-column: 1 / 3; }
"""  # a tall figure has its controls next to its picture


def chapters(site):
    """Yield (name, parsed page) of each chapter, in the order of the book."""
    for path, _ in contents(site):
        name = Path(path).stem
        if name[:1].isdigit() and "exercises" not in path:
            yield name, BeautifulSoup((site / path).read_text(encoding="utf-8"), "html.parser")


def as_page(page, sections):
    """Return a chapter's slides as a page that presents them."""
    title = page.select_one("article h1").get_text().replace("#", "").strip()
    scripts = "".join(
        f'<script src="{name}"></script>' for name in ("mathjax/tex-chtml.js", "reveal/reveal.js", "reveal/notes.js", "slides.js")
    )
    styles = ("reveal/reset.css", "reveal/reveal.css", "_static/pygments.css", "slides.css")
    return head(title, styles) + f'<body><div class="reveal"><div class="slides">{sections}</div></div>{scripts}</body></html>'


def head(title, styles=(), root="./"):
    """Return the beginning of a page, up to its body."""
    links = "".join(f'<link rel="stylesheet" href="{name}">' for name in styles)
    return (
        f'<!doctype html><html lang="en" data-content_root="{root}" data-theme="light"><head><meta charset="utf-8">'
        f'<title>{html.escape(title)}</title><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<link rel="icon" href="data:,">{links}</head>'
    )


def with_live_figures(page, name, sections, folder):
    """Return the slides with a frame in the place of each live figure, and write the page in it: its elements would disturb reveal.js."""
    script = page.find("script", type=figures.STATE)
    models, text = json.loads(script.string)["state"] if script else {}, BeautifulSoup(sections, "html.parser")
    for number, view in enumerate(text.select("script[type*=view]"), 1):
        about = json.loads(view.string)
        state = json.dumps({"state": {about["model_id"]: models.get(about["model_id"])}}).replace("</", "<\\/")
        body = f'<style>{FRAMED}</style><body>{view}<script type="{figures.STATE}">{state}</script>'
        place = folder / "live" / f"{name}-{number}.html"
        place.parent.mkdir(exist_ok=True)
        place.write_text(
            head(about["alt"], root="../") + body + '<script src="../_static/figures.js"></script></body></html>', encoding="utf-8"
        )
        frame = text.new_tag("iframe", attrs={"data-src": f"live/{place.name}", "title": about["alt"]})
        view.replace_with(frame)
    return str(text)


def relative(text):
    """Return HTML of a page in `book/` with addresses that work next to the site's folders."""
    return text.replace('"../_images/', '"_images/').replace('"../_static/', '"_static/')


def handout(made):
    """Return the slides with their notes, two on a page, to be printed."""
    sheets = ""
    for slide in made:
        section = BeautifulSoup(relative(deck.as_section(slide)), "html.parser")
        notes = section.select_one("aside").extract()
        for script in section.select("script"):
            script.decompose()
        inner = "".join(map(str, section.select_one("section").contents))
        sheets += f'<div class="handout"><div class="sheet {slide.kind}">{inner}</div><aside>{notes.decode_contents()}</aside></div>'
    style = "@page { margin: 12mm 18mm; }" + (HERE / "slides.css").read_text(encoding="utf-8")
    page = whole("Handout", sheets + f"<script>{(HERE / 'slides.js').read_text(encoding='utf-8')}</script>", style, math=True)
    return page.replace("<body>", '<link rel="stylesheet" href="_static/pygments.css"><body>')


def index(decks):
    """Return the page that lists all decks, with minutes."""
    rows = "".join(
        f'<tr><td><a href="{name}.html">{html.escape(made[0].title)}</a></td><td>{len(made)}</td>'
        f'<td>{sum(one.minutes for one in made)}</td><td><a href="{name}.pdf">PDF</a></td></tr>'
        for name, made in decks.items()
    )
    head = "<tr><th>Chapter</th><th>Slides</th><th>Minutes</th><th>Handout</th></tr>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Slides</title><link rel="stylesheet" href="slides.css"></head>'
        f"<body style='padding: 2em'><h1>Slides</h1><p>Press S in a deck for the speaker view, with notes and a clock.</p>"
        f"<table><thead>{head}</thead>{rows}</table></body></html>"
    )


def copy_files(site, reveal, folder):
    """Copy what the decks need and the site or reveal.js has: scripts, styles, pictures, fonts of formulas."""
    for name in REVEAL_FILES:
        (folder / "reveal").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(reveal / name, folder / "reveal" / Path(name).name)
    (folder / "_static").mkdir(exist_ok=True)
    for name in ("figures.js", "pygments.css"):
        shutil.copyfile(site / "_static" / name, folder / "_static" / name)
    for name in ("_images", "_static/figures"):
        if (site / name).is_dir():
            shutil.copytree(site / name, folder / name, dirs_exist_ok=True)
    formulas = mathjax()
    for path in [formulas / "tex-chtml.js", *formulas.glob("output/chtml/fonts/woff-v2/*.woff")]:
        target = folder / "mathjax" / path.relative_to(formulas)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for name in ("slides.css", "slides.js"):
        shutil.copyfile(HERE / name, folder / name)


def make(site, reveal, folder, only=()):
    """Write the decks; return {name: slides}."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copy_files(site, reveal, folder)
    decks = {}
    for name, page in chapters(site):
        if not only or name in only:
            decks[name] = deck.slides(page, name)
            sections = with_live_figures(page, name, relative("".join(map(deck.as_section, decks[name]))), folder)
            (folder / f"{name}.html").write_text(as_page(page, sections), encoding="utf-8")
    (folder / "index.html").write_text(index(decks), encoding="utf-8")
    return decks


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m coursework.slides", description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="chapters, such as 05-backpropagation,06-softmax-cross-entropy (default: all)")
    parser.add_argument("--no-handouts", action="store_true")
    given = parser.parse_args(arguments)
    begin, folder = time.monotonic(), ROOT / "dist" / "slides"
    decks = make(SITE, REVEAL, folder, [name for name in given.only.split(",") if name])
    with launched() as browser:
        for name, made in decks.items() if not given.no_handouts else ():
            print_pdf(browser, handout(made), folder / f"{name}.pdf", root=folder)
        count = figures.pack(browser, chapters(SITE), SITE, ROOT / "dist" / "figures.zip")
    slides = sum(map(len, decks.values()))
    print(f"{len(decks)} chapters, {slides} slides: dist/slides; {count} figures: dist/figures.zip ({time.monotonic() - begin:.0f} s)")


if __name__ == "__main__":
    main()
