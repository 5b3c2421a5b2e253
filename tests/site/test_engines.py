"""Firefox, and WebKit (the engine of Safari), from Debian's packages: figures respond, Run gives a result, an edit survives a reload.

No driver from elsewhere is needed: Firefox is driven over WebDriver BiDi, WebKitGTK's MiniBrowser through WebKitWebDriver.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from environment import missing
from figure_kinds import one_of_each
from site_pages import EVERY_PAGE_WITH_FIGURES, views
from widget_pages import write_page

MINI_BROWSER = [
    Path(f"/usr/lib/{folder}/MiniBrowser") for folder in ("x86_64-linux-gnu/webkit2gtk-4.1", "aarch64-linux-gnu/webkit2gtk-4.1")
]
GATES = "cell-f196308d"
PATIENCE = 400
KEYS = {"ArrowUp": "\ue013", "ArrowLeft": "\ue012", "Enter": "\ue007"}

READY = """(() => {
  if (location.href !== %s) return false;  // still the page before
  const figures = [...document.querySelectorAll(".live-figure")];
  return document.documentElement.dataset.figures === "ready" && figures.every(figure => figure.querySelector("svg, img, canvas"));
})()"""
NOTES = "[...document.querySelectorAll('.live-still p, .live-note')].map(note => note.textContent).join()"
COUNT = "document.querySelectorAll('.nns-figure').length"
# Put what a reader would move first into the middle of the window: a sheet to draw on, a handle to drag, a slider, a neuron to click, or
# a menu. Where is it, and to which part of its width is it dragged?
TARGET = """(() => {
  const figure = document.querySelectorAll(".nns-figure")[%d];
  const seen = element => element.getClientRects().length > 0 && !element.disabled;
  const of = selector => [...figure.querySelectorAll(selector)].find(seen);
  const kinds = { sheet: ".nns-sheet", handle: ".nns-handle", slider: "input[type=range]", neuron: ".nns-node", menu: "select" };
  const kind = Object.keys(kinds).find(kind => of(kinds[kind])), target = of(kinds[kind]);
  target.scrollIntoView({ block: "center", behavior: "instant" });
  target.focus({ preventScroll: true });
  Object.assign(window, { figure, target, find: () => of(kinds[kind]) });  // a click may draw the target anew
  const { left, top, width, height } = target.getBoundingClientRect();
  const goal = target.value - target.min > target.max - target.value ? 0.1 : 0.9;
  return JSON.stringify({ kind, left, top, width, height, goal, title: figure.querySelector(".nns-title").textContent });
})()"""
STATE = """(() => {
  const { figure, target } = window;
  const digest = text => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, text.length);
  const pictures = [...figure.querySelectorAll("canvas, .nns-picture svg")];
  const seen = pictures.map(picture => digest(picture.toDataURL?.() ?? picture.innerHTML));
  return JSON.stringify([target.value ?? "", target.getAttribute("aria-valuetext"), figure.textContent, seen]);
})()"""
CHOOSE = """(() => {
  window.target.selectedIndex = (window.target.selectedIndex + 1) % window.target.options.length;
  window.target.dispatchEvent(new Event("change", { bubbles: true }));
})()"""
BACK_AND_FOCUS = "(() => { window.target = window.find(); window.target.focus({ preventScroll: true }); })()"
RUN = f"document.querySelector('#{GATES} .laboratory-run').click()"
RESULT = f"document.querySelector('#{GATES} .laboratory-output pre')?.textContent ?? ''"
EDIT = f"[...document.querySelectorAll('#{GATES} .laboratory-bar button')].find(button => button.textContent === 'Edit').click()"
EDITED = f"document.querySelector('#{GATES} .ace_editor')?.textContent ?? ''"
WRITE = f"ace.edit(document.querySelector('#{GATES} .ace_editor')).session.setValue('print(6 * 7)')"


def drag(left, top, right, bottom):
    """Return the actions of a mouse that is pressed at one place and released at another, as both protocols of WebDriver write them."""
    way = [(round(left + (right - left) * k / 4), round(top + (bottom - top) * k / 4)) for k in range(5)]
    moves = [{"type": "pointerMove", "x": x, "y": y, "duration": 10} for x, y in way]
    actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
    return [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}]


def press(key):
    """Return the actions of a keyboard on which one key is pressed."""
    return [{"type": "key", "id": "keys", "actions": [{"type": kind, "value": KEYS[key]} for kind in ("keyDown", "keyUp")]}]


class Firefox:
    """Firefox without a window, over WebDriver BiDi."""

    def __init__(self, program, folder):
        from websockets.sync.client import connect

        self.process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        line = next(line for line in self.process.stderr if "WebDriver BiDi listening on" in line)
        self.ending = ExitStack()
        self.ending.callback(self.process.stderr.close)
        self.ending.callback(self.process.wait, 20)
        self.ending.callback(self.process.terminate)
        self.socket = self.ending.enter_context(connect(f"{line.split()[-1]}/session", max_size=None))
        self.count = 0
        self.call("session.new", capabilities={})
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method, **parameters):
        self.count += 1
        self.socket.send(json.dumps({"id": self.count, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=PATIENCE))
            if answer.get("id") == self.count:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, address):
        self.call("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def evaluate(self, script):
        result = self.call("script.evaluate", expression=script, target={"context": self.context}, awaitPromise=True)
        assert result["type"] == "success", result
        return result["result"].get("value")

    def act(self, actions):
        self.call("input.performActions", context=self.context, actions=actions)

    def close(self):
        self.ending.close()


class WebKit:
    """WebKitGTK's MiniBrowser on a display of its own, over WebDriver."""

    def __init__(self):
        command = ["xvfb-run", "-a", "WebKitWebDriver", "--port=4517"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.address = "http://127.0.0.1:4517"

    def start(self, browser):
        """Open a window of this browser."""
        options = {"binary": str(browser), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options}}
        for _ in range(100):
            try:
                urllib.request.urlopen(f"{self.address}/status", timeout=PATIENCE).close()
                break
            except OSError:  # the driver does not listen yet
                time.sleep(0.3)
        self.address += f"/session/{self.post('/session', {'capabilities': capabilities})['sessionId']}"
        self.post("/timeouts", {"script": PATIENCE * 1000, "pageLoad": PATIENCE * 1000})

    def post(self, path, data):
        request = urllib.request.Request(self.address + path, json.dumps(data).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())["value"]

    def open(self, address):
        self.post("/url", {"url": address})

    def evaluate(self, script):
        return self.post("/execute/sync", {"script": f"return {script}", "args": []})

    def act(self, actions):
        self.post("/actions", {"actions": actions})

    def close(self):
        if "/session/" in self.address:
            urllib.request.urlopen(urllib.request.Request(self.address, method="DELETE"), timeout=20).close()
        os.killpg(self.process.pid, signal.SIGTERM)  # xvfb-run, its display, and the driver
        self.process.wait(20)


@contextmanager
def engine(name):
    """Yield a browser of this engine, or skip."""
    if name == "firefox":
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if program is None:
            missing("Firefox", "On Debian: apt-get install firefox-esr")
        with tempfile.TemporaryDirectory() as folder:
            driver = Firefox(program, folder)
            try:
                yield driver
            finally:
                driver.close()
    else:
        browser = next((path for path in MINI_BROWSER if path.exists()), None)
        if browser is None or shutil.which("WebKitWebDriver") is None or shutil.which("xvfb-run") is None:
            missing("WebKit", "On Debian: apt-get install webkit2gtk-driver xvfb xauth")
        driver = WebKit()
        try:
            driver.start(browser)
            yield driver
        finally:
            driver.close()


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def driver(request):
    """A browser of each engine, one after another."""
    with engine(request.param) as driver:
        yield driver


def wait(driver, script, wanted):
    """Evaluate a script until its value is the wanted one (or satisfies it), and fail when that takes too long."""
    until, good = time.monotonic() + PATIENCE, wanted if callable(wanted) else lambda value: value == wanted
    while not good(value := driver.evaluate(script)):
        assert time.monotonic() < until, (value, driver.evaluate("document.querySelector('.laboratory-words')?.textContent"))
        time.sleep(0.3)


def follows(driver, number):
    """Move what a figure has to move, with pointer and keys; return whether its state changed both times, and its title."""
    spot = json.loads(driver.evaluate(TARGET % number))
    left, top, width, height = (spot[name] for name in ("left", "top", "width", "height"))
    x, y = left + width / 2, top + height / 2
    ways = {
        "sheet": (left + 0.4 * width, top + 0.2 * height, left + 0.6 * width, top + 0.8 * height),
        "handle": (x, y, x + 22, y + 17),
        "slider": (x, y, left + spot["goal"] * width, y),
        "neuron": (x, y, x, y),
    }
    if spot["kind"] == "menu":  # its list is drawn by the system, not by the page
        return changes_after(driver, lambda: driver.evaluate(CHOOSE)), spot["title"]
    dragged = changes_after(driver, lambda: driver.act(drag(*ways[spot["kind"]])))
    keys = ["Enter"] if spot["kind"] == "neuron" else ["ArrowLeft", "ArrowUp"]
    return dragged and any(changes_after(driver, lambda key=key: driver.act(press(key))) for key in keys), spot["title"]


def changes_after(driver, act, patience=3):
    """Act, and return whether what a figure shows changes soon."""
    driver.evaluate(BACK_AND_FOCUS)
    before, until = driver.evaluate(STATE), time.monotonic() + patience
    act()
    while driver.evaluate(STATE) == before:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def unmoved(driver, address, number):
    """Open a page, which has this number of figures; return the titles of those that do not follow pointer and keys."""
    driver.open(address)
    wait(driver, READY % json.dumps(address), True)
    assert int(driver.evaluate(COUNT)) == number, driver.evaluate(NOTES)
    answers = [follows(driver, place) for place in range(number)]
    return [title for answered, title in answers if not answered]


@pytest.mark.browser
@pytest.mark.slow
def test_a_figure_of_each_kind_follows_pointer_and_keys(driver, served, tmp_path):
    figures = one_of_each().values()
    assert unmoved(driver, served(write_page(tmp_path, *figures)) + "/index.html", len(figures)) == []


@pytest.mark.browser
@pytest.mark.slow
@EVERY_PAGE_WITH_FIGURES
def test_every_figure_of_a_page_follows_pointer_and_keys(driver, published, path):
    assert unmoved(driver, f"{published}/{path}", views(path)) == []


@pytest.mark.browser
@pytest.mark.slow
def test_run_gives_a_result_and_an_edit_survives_a_reload(driver, published):
    driver.open(f"{published}/book/01-neuron.html")
    driver.evaluate(RUN)
    wait(driver, RESULT, "and [0, 0, 0, 1]\n")
    driver.evaluate(EDIT)
    wait(driver, EDITED, lambda text: "gate" in text)
    driver.evaluate(WRITE)
    driver.evaluate(RUN)
    wait(driver, RESULT, "42\n")
    driver.open(f"{published}/book/01-neuron.html")
    wait(driver, EDITED, lambda text: "print(6 * 7)" in text)
