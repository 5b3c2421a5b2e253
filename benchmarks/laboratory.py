"""How long does the laboratory take? From the press of Run to the first printed result, in headless Chromium on the built site.

make book && .venv/bin/python -m benchmarks.laboratory        print the budgets and what was measured; don't use the machine in the meantime
"""

import functools
import os
import shutil
import sys
import tempfile
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
BUDGETS = {  # what, and at most how much of it
    "press Run to the first NumPy result, empty cache": (4.0, "s"),
    "the same on a second page": (3.0, "s"),
    "the same after Restart": (3.0, "s"),
    "longest time that the page did not answer": (0.050, "s"),
    "memory of Python and its files after a plot": (350, "MB"),
}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CELL = "document.querySelector('.cell.laboratory')"
WATCH = """window.blocked = [];
new PerformanceObserver(list => blocked.push(...list.getEntries().map(({ startTime, duration }) => [startTime, duration])))
  .observe({ type: "longtask" });"""
# The text of the first cell is replaced before anything is timed; the time goes from the press to the result in the document.
PREPARE = f"""async () => {{
  {CELL}.querySelectorAll('.laboratory-bar button')[1].click();
  while (!document.querySelector('.ace_editor')) await new Promise(done => setTimeout(done, 20));
  const root = new URL(document.documentElement.dataset.content_root, location.href);
  const {{ open }} = await import(new URL('laboratory/laboratory.js', root));
  window.laboratory = await open();
}}"""
TIMED = f"""async code => {{
  const seen = () => {CELL}.querySelector('.laboratory-output'), old = seen();
  laboratory.cells.find(cell => cell.element).write(code);
  const start = performance.now();
  window.pressed ??= start;
  {CELL}.querySelector('.laboratory-run').click();
  while (seen() === old || !seen()?.querySelector('pre, svg')) await new Promise(done => requestAnimationFrame(done));
  const seconds = (performance.now() - start) / 1000;
  while ({CELL}.hasAttribute('aria-busy')) await new Promise(done => setTimeout(done, 20));
  return seconds;
}}"""
NUMPY = "import numpy as np\nprint(np.arange(3) @ np.arange(3))"
PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);"


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Print nothing for each file."""


@contextmanager
def address():
    """Yield the address at which the built site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(SilentHandler, directory=SITE))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def opened(context, url):
    """Return a page whose first cell is ready to be run."""
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url, wait_until="networkidle")
    page.evaluate(PREPARE)
    return page


def measured(playwright, root):
    """Return one measurement of everything, in the order of the budgets."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as profile:  # a disk cache that is empty at first
        context = playwright.chromium.launch_persistent_context(profile, executable_path=path, args=options)
        page = opened(context, f"{root}/book/01-neuron.html")
        first = page.evaluate(TIMED, NUMPY)
        page.evaluate("laboratory.stop()")
        again = page.evaluate(TIMED, NUMPY)
        page.evaluate(TIMED, PLOT)
        memory = page.evaluate("laboratory.memory()") / 1e6
        blocked = page.evaluate("blocked.filter(([start]) => start >= pressed).map(([, duration]) => duration)")
        page.close()
        second = opened(context, f"{root}/book/02-activations.html").evaluate(TIMED, NUMPY)
        context.close()
    return first, second, again, max(blocked, default=0) / 1000, memory


def main():
    with address() as root, sync_playwright() as playwright:
        runs = [measured(playwright, root) for _ in range(3)]
    over = 0
    print("| what | budget | measured (median of 3) |\n|---|---:|---:|")
    for (what, (budget, unit)), values in zip(BUDGETS.items(), zip(*runs)):
        value = median(values)
        over += value > budget
        print(f"| {what} | {budget:g} {unit} | {value:.3g} {unit}{' **over**' if value > budget else ''} |")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
