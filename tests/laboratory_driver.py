"""Operates the laboratory of a page as a test needs it: opens it, runs cells, and reports what they said."""

import json
from contextlib import contextmanager

from environment import ROOT

OPEN = "() => import(new URL('laboratory/laboratory.js', new URL(document.documentElement.dataset.content_root, location.href)))"
# What a test waits for in the page ends: Playwright itself would wait forever.
WITHIN = """async (promise, seconds, what) => {
  let timer;
  const error = new Error(`${what} did not end within ${seconds} s`);
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(error), 1000 * seconds); });
  try { return await Promise.race([promise, late]); } finally { clearTimeout(timer); }
}"""
RUN_ALL = """async () => {
  const cells = laboratory.cells.filter(cell => !cell.own);
  for (const cell of cells) await within(laboratory.runRow([cell]), 300, `cell ${cell.id}`);
  return cells.map(({ id, messages }) => ({ id, messages }));
}"""
TEXT = "text/plain"


@contextmanager
def opened(browser, address, viewport=None):
    """Yield a page of the site, and close it."""
    context = browser.new_context(viewport=viewport or {"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    yield page
    context.close()


def laboratory(page):
    """Open the laboratory of a page without running anything; it is then `laboratory` in the page's scripts."""
    page.locator(".laboratory-bar").first.wait_for()
    page.locator(".laboratory-bar button", has_text="Edit").first.evaluate("button => button.click()")
    page.locator(".laboratory-panel").wait_for()
    page.evaluate(f"async () => {{ window.within = {WITHIN}; window.laboratory = await ({OPEN})().then(module => module.open()); }}")


def run(page, code, cell=0):
    """Put code into a visible cell, run only that cell, and return what it said: a list of messages."""
    return page.evaluate(
        """async ([code, index]) => {
          const cell = laboratory.cells.filter(cell => cell.element && !cell.own)[index];
          await cell.edit();
          cell.write(code);
          await within(laboratory.runRow([cell]), 120, "the cell");
          return cell.messages;
        }""",
        [code, cell],
    )


def answer_task(page, check, code):
    """Answer a practice task, and wait until it is checked."""
    page.evaluate(
        """async ([check, code]) => {
          const cell = laboratory.cells.find(cell => cell.id === `answer-${check}`);
          await cell.edit();
          cell.write(code);
          await within(laboratory.run(cell.element.id), 400, "the answer");
        }""",
        [check, code],
    )


def choose(page, words):
    """Press one of the buttons that the panel keeps under More."""
    page.locator(".laboratory-more").evaluate("box => { box.open = true; }")
    page.locator(".laboratory-more button", has_text=words).click()


def printed(messages):
    """Return what a cell printed, and the values that it showed, as text."""
    parts, last = [], None
    for message in messages:
        stream = message["kind"] == "stream" and message["name"]
        if stream and stream == last:
            parts[-1] += message["text"]  # a line may arrive in pieces
        elif stream or (message["kind"] == "display" and TEXT in message["data"]):
            parts.append(message["text"] if stream else message["data"][TEXT])
        last = stream
    return "\n".join(part.rstrip("\n") for part in parts if part.strip())


def stored(cell):
    """Return the same of the outputs that a notebook stores for a cell."""
    parts = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            parts.append("".join(output["text"]))
        elif TEXT in output.get("data", {}):
            parts.append("".join(output["data"][TEXT]))
    return "\n".join(part.rstrip("\n") for part in parts if part.strip())


def notebook(page):
    """Return the committed notebook of a page such as "01-neuron"."""
    return json.loads((ROOT / "book" / f"{page}.ipynb").read_text(encoding="utf-8"))
