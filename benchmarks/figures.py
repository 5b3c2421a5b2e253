"""How quickly do the figures of the built site answer? Every control of every figure, moved in headless Chromium.

    make book && .venv/bin/python -m benchmarks.figures           prints the table; leave the machine alone meanwhile

For each page: its weight as servers send it (compressed; scripts, styles and fonts that all pages share are cached and left out), the
time until its first figure stands there, and the median time from a moved control until the new picture is computed and laid out, and until
it is on the screen, which includes waiting for the screen's next refresh (16.7 ms apart). The last column slows the processor down four
times.
"""

import functools
import gzip
import os
import shutil
import statistics
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
NOTE_FIRST = """new MutationObserver((_, observer) => {
    if (!document.querySelector(".nns-picture > *")) return;
    window.firstFigure = performance.now();
    observer.disconnect();
}).observe(document, { childList: true, subtree: true });"""
MOVE = """async control => {
    const figure = control.closest(".nns-figure"), found = [];
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();      // its message is delivered right after the frame is drawn
        port1.onmessage = done;
        port2.postMessage(0);
    }));
    const along = i => +control.min + Math.round((control.max - control.min) * i / 7);
    const values = control.options ? [...control.options].map(option => option.value) : Array.from({ length: 8 }, (_, i) => along(i));
    for (const value of [...values].reverse().concat(values)) {
        await painted();
        await new Promise(done => setTimeout(done, 20));
        if (control.value === String(value)) continue;
        const start = performance.now();
        control.value = value;
        control.dispatchEvent(new Event(control.options ? "change" : "input", { bubbles: true }));
        figure.getBoundingClientRect();
        const computed = performance.now() - start;
        await painted();
        found.push([computed, performance.now() - start]);
    }
    return found;
}"""


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Say nothing: nobody reads it."""


def measure_page(browser, address, slowdown=1):
    """Return when the first figure stood there, and a pair of times for each move of a control, all in milliseconds."""
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.add_init_script(NOTE_FIRST)
    page.goto(address)
    page.locator("html[data-figures=ready]").wait_for(state="attached")
    controls = page.locator(".nns-controls :is(input[type=range], select)").all()
    moves = [pair for control in controls if control.is_visible() for pair in control.evaluate(MOVE)]
    first = page.evaluate("window.firstFigure")
    page.close()
    return first, moves


def main():
    handler = functools.partial(SilentHandler, directory=SITE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pages = [path for path in sorted(SITE.rglob("*.html")) if "widget-view+json" in path.read_text(encoding="utf-8")]
    print("| page | kB | first figure, ms | computed, ms | on the screen, ms | slowest tenth, ms | computed, 4x slower, ms |")
    print("|---|" + "---:|" * 6)
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        for path in pages:
            address = f"http://127.0.0.1:{server.server_port}/{path.relative_to(SITE).as_posix()}"
            first, moves = measure_page(browser, address)
            _, slow_moves = measure_page(browser, address, slowdown=4)
            computed, seen = zip(*moves)
            weight = len(gzip.compress(path.read_bytes(), 6)) / 1000
            print(f"| {path.stem} | {weight:.0f} | {first:.0f} | {statistics.median(computed):.1f} | {statistics.median(seen):.1f} | "
                  f"{statistics.quantiles(seen, n=10)[-1]:.1f} | {statistics.median(time for time, _ in slow_moves):.1f} |", flush=True)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
