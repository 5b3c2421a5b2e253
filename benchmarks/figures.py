"""How quickly do the figures of the built site answer? Every control of every figure, moved in headless Chromium.

make book && .venv/bin/python -m benchmarks.figures            print the tables; don't use the machine in the meantime
.venv/bin/python -m benchmarks.figures --into benchmarks/README.md    and put them between the two marks in that file
"""

import argparse
import functools
import gzip
import os
import re
import shutil
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

from . import measure

ROOT = Path(__file__).resolve().parent.parent
SITE, MODULES = ROOT / "_build" / "html", ROOT / "nnfromscratch" / "widgets"
MARKS = re.compile(r"(?s)(<!-- benchmarks\.figures: begin -->\n).*?(<!-- end -->)")
AIMS = {"answers": 16, "weight": 300, "epoch": 5}  # ms for each control, kB for each page, ms for an epoch of the Playground
HOW = """\
*Answers*: the time from moving a control until the new picture is computed and laid out; the median over all moves of a figure's controls
(sliders, menus, whatever can be dragged, and the pen), each moved from end to end and back. *Slowest control*: the one with the highest
median. *On screen* includes the wait for the screen's next refresh (one every 16.7 ms); *slowest tenth*: a tenth of the moves took longer.
*4x slower*: the same as *answers* with the processor slowed down by a factor of four, as on a phone. Aims: {answers} ms for each control,
{weight} kB per page, and {epoch} ms for an epoch of the Playground. A page's weight is that of its HTML as servers send it, compressed,
with its pictures (of one color mode) and the data of its figures, without the scripts, styles, and fonts that pages share. *First figure*:
from the start of the page's load until the first interactive figure is on the page."""
EPOCHS = """async () => {
    const { Run } = await import("./run.js"), hidden = [8, 8].map(n => ({ n, activation: "Tanh" }));
    const points = Array.from({ length: 200 }, (_, i) => [Math.cos(i), Math.sin(i * i), i % 2]), times = [];
    const run = new Run({ hidden, loss: "SoftmaxCrossEntropy", lr: 0.1, momentum: 0, batch: 16, l2: 0, seed: 0 }, points, 2);
    for (let k = 0; k < 200; k++) {
        const start = performance.now();
        run.wholeEpoch();
        times.push(performance.now() - start);
    }
    return times.slice(50);
}"""
NOTE_FIRST = """new MutationObserver((_, observer) => {
    if (!document.querySelector(".nns-picture > *")) return;
    window.firstFigure = performance.now();
    observer.disconnect();
}).observe(document, { childList: true, subtree: true });"""
TIMED = """
    const figure = control.closest(".nns-figure"), found = [];
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();      // its message is delivered right after the frame is drawn
        port1.onmessage = done;
        port2.postMessage(0);
    }));
    const timed = async act => {
        await painted();
        await new Promise(done => setTimeout(done, 20));
        const start = performance.now();
        act();
        figure.getBoundingClientRect();
        const answered = performance.now() - start;
        await painted();
        found.push([answered, performance.now() - start]);
    };"""
MOVE = f"""async control => {{{TIMED}
    const along = i => String(+control.min + Math.round((control.max - control.min) * i / 7));
    const values = control.options ? [...control.options].map(option => option.value) : Array.from({{ length: 8 }}, (_, i) => along(i));
    for (const value of [...values].reverse().concat(values)) {{
        if (control.value === value) continue;
        await timed(() => {{
            control.value = value;
            control.dispatchEvent(new Event(control.options ? "change" : "input", {{ bubbles: true }}));
        }});
    }}
    return found;
}}"""
DRAG = f"""async control => {{{TIMED}
    for (const key of ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"])
        for (let k = 0; k < 4; k++)
            await timed(() => control.dispatchEvent(new KeyboardEvent("keydown", {{ key, shiftKey: true, bubbles: true }})));
    return found;
}}"""
WRITE = f"""async control => {{{TIMED}
    control.setPointerCapture = () => {{}};
    const pen = (kind, k) => {{
        const {{ left, top, width }} = control.getBoundingClientRect(), far = width * k / 20;
        control.dispatchEvent(new PointerEvent(kind, {{ isPrimary: true, clientX: left + far, clientY: top + far }}));
    }};
    pen("pointerdown", 3);
    for (let k = 4; k <= 17; k++) await timed(() => pen("pointermove", k));
    pen("pointerup", 17);
    return found;
}}"""


ACTIONS = {
    "input[type=range], select": MOVE,
    ".nns-handle, .nns-field > svg, canvas[tabindex='0']:not(.nns-sheet)": DRAG,
    ".nns-sheet": WRITE,
}
NAME = "control => control.labels?.[0]?.textContent ?? control.getAttribute('aria-label').split('. ')[0]"


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Say nothing: nobody reads it."""


@contextmanager
def served(folder):
    """Serve a folder on this machine; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(SilentHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def launched():
    """Start the system's Chromium or Chrome, or else Playwright's; yield it."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


def measure_page(browser, address, slowdown=1):
    """Return when the first figure was there; and for each figure its title and what `moves` returns."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.add_init_script(NOTE_FIRST)
    page.goto(address)
    page.locator("html[data-figures=ready]").wait_for(state="attached")
    figures = [(figure.locator(".nns-title").first.text_content(), moves(figure)) for figure in page.locator(".nns-figure").all()]
    first = page.evaluate("window.firstFigure")
    page.close()
    return first, figures


def moves(figure):
    """Move every control of a figure, folded ones too; return the name of each, and for each of its moves two times in ms."""
    figure.evaluate("figure => figure.querySelectorAll('details').forEach(part => { part.open = true; })")
    found = []
    for kind, action in ACTIONS.items():
        for control in figure.locator(kind).all():
            if control.is_visible() and control.is_enabled() and (times := control.evaluate(action)):
                found.append((control.evaluate(NAME), times))
    return found


def medians(controls):
    """Return, for each control, its name and the median time until it answered."""
    return [(name, median(answered for answered, _ in times)) for name, times in controls]


def weight(path):
    """Return the compressed weight of a page in kB: its HTML, its pictures, and the data of its figures."""
    html = path.read_text(encoding="utf-8")
    pictures = [tag for tag in re.findall(r"<img [^>]*>", html) if "only-dark" not in tag and "logo" not in tag]
    files = {path.parent / source for tag in pictures for source in re.findall(r'src="(\.\./[^"]+)"', tag)}
    files |= {SITE / name for name in re.findall(r'"file": "([^"]+\.bin)"', html)}
    contents = [path.read_bytes(), *(file.read_bytes() for file in files)]
    return sum(len(gzip.compress(content, 6)) for content in contents) / 1000


def epoch_time(browser):
    """Return the median time, in milliseconds, of an epoch of the Playground: 200 points, 2-8-8-2, mini-batches of 16."""
    page = browser.new_page()
    with served(MODULES) as address:
        page.goto(f"{address}/run.js")
        times = page.evaluate(EPOCHS)
    page.close()
    return median(times)


def tables(browser, address, paths):
    """Return the table of the pages and the table of their figures as lists of rows, and what misses its aim."""
    pages, rows, missed = [], [], []
    for path in paths:
        name, kilobytes = path.stem, weight(path)
        first, figures = measure_page(browser, f"{address}/{path.relative_to(SITE).as_posix()}")
        _, slow = measure_page(browser, f"{address}/{path.relative_to(SITE).as_posix()}", slowdown=4)
        pages.append(f"| {name} | {len(figures)} | {kilobytes:.0f} | {first:.0f} |")
        missed += [f"{name} weighs {kilobytes:.0f} kB"] * (kilobytes > AIMS["weight"])
        print(f"{name}: {len(figures)} figures", flush=True)
        for (title, controls), (_, slow_controls) in zip(figures, slow):
            if not controls:
                raise ValueError(f"{name}: no control of {title!r} can be moved; expected at least one with two values")
            each, slowest = medians(controls), max(medians(controls), key=lambda one: one[1])
            print(f"  {title}: {', '.join(f'{control} {time:.1f} ms' for control, time in each)}", flush=True)
            answers, seen = zip(*(pair for _, times in controls for pair in times))
            rows.append(
                f"| {name} | {title} | {len(controls)} | {median(answers):.1f} | {slowest[0]}: {slowest[1]:.1f} | {median(seen):.1f} | "
                f"{quantiles(seen, n=10)[-1]:.1f} | {median(answered for _, times in slow_controls for answered, _ in times):.1f} |"
            )
            missed += [f"{title}, {control}: {time:.1f} ms" for control, time in each if time > AIMS["answers"]]
    return pages, rows, missed


def where(busy, version):
    """Return, as text, where and when it was measured, and whether the machine was idle."""
    load = f"while others took {busy} cores: the times are too long" if busy > measure.TOO_BUSY else "otherwise idle"
    known = measure.machine()
    return (
        f"Measured on {known['date']} with headless Chromium {version}; {known['cores']} cores of {known['processor']}, "
        f"{known['system']}, {load}."
    )


def report(pages, rows, missed, epoch, where):
    """Return everything as Markdown."""
    missed = missed + [f"an epoch of the Playground takes {epoch:.1f} ms"] * (epoch > AIMS["epoch"])
    return "\n".join(
        [
            "| page | figures | kB, compressed | first figure, ms |",
            "|---|" + "---:|" * 3,
            *pages,
            "",
            "| page | figure | controls | answers, ms | slowest control, ms | on screen, ms | slowest tenth, ms | answers 4x slower, ms |",
            "|---|---|---:|---:|---|---:|---:|---:|",
            *rows,
            "",
            f"An epoch of the Playground (200 points, 2-8-8-2, mini-batches of 16) takes {epoch:.2f} ms.",
            "",
            HOW.format(**AIMS),
            "",
            where,
            f"Aims missed: {'; '.join(missed) or 'none'}.",
            "",
        ]
    )


def put_between_marks(file, text):
    """Replace what is between the two marks of a file."""
    old = file.read_text(encoding="utf-8")
    if not MARKS.search(old):
        raise SystemExit(f"{file} has no marks <!-- benchmarks.figures: begin --> and <!-- end -->; expected both")
    file.write_text(MARKS.sub(lambda marks: marks[1] + text + marks[2], old), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.figures", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--into", type=Path, help="a Markdown file with the marks <!-- benchmarks.figures: begin --> and <!-- end -->")
    parser.add_argument("--even-if-busy", action="store_true", help="measure although other processes use the machine, and say so")
    options = parser.parse_args()
    paths = [path for path in sorted(SITE.glob("book/**/*.html")) if "widget-view+json" in path.read_text(encoding="utf-8")]
    if not paths:
        raise SystemExit(f"{SITE} holds no page with figures; build the site first: make book")
    busy = measure.busy_neighbors()
    if busy > measure.TOO_BUSY and not options.even_if_busy:
        raise SystemExit(f"Other processes are using {busy} cores. Stop them, or add --even-if-busy: then the tables say so.")
    with served(SITE) as address, launched() as browser:
        found, epoch, version = tables(browser, address, paths), epoch_time(browser), browser.version.split(".")[0]
    busy = max(busy, measure.busy_neighbors())
    text = report(*found, epoch, where(busy, version))
    print(text)
    if options.into:
        put_between_marks(options.into, text)


if __name__ == "__main__":
    main()
