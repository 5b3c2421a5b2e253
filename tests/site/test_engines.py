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

import numpy as np
import pytest

import nnfromscratch as nn
from environment import missing
from nnfromscratch import widgets
from nnfromscratch.autodiff import Tensor
from nnfromscratch.widgets.base import LiveFigure
from widget_pages import write_page

PAGES = ("01-neuron", "04b-mini-batches", "05-backpropagation", "08-mnist")
MINI_BROWSER = [
    Path(f"/usr/lib/{folder}/MiniBrowser") for folder in ("x86_64-linux-gnu/webkit2gtk-4.1", "aarch64-linux-gnu/webkit2gtk-4.1")
]
GATES = "cell-f196308d"
PATIENCE = 400
KEYS = {"ArrowRight": "\ue014", "ArrowUp": "\ue013", "ArrowLeft": "\ue012"}

FIGURES = """(() => {
  const figures = [...document.querySelectorAll(".live-figure")];
  return figures.length > 0 && document.documentElement.dataset.figures === "ready"
    && figures.every(figure => figure.querySelector("svg, img, canvas"));
})()"""
COUNT = "document.querySelectorAll('.nns-figure').length"
# Put what a reader would move first into the middle of the window: a sheet to draw on, a handle to drag, or a slider. Where is it?
TARGET = """(() => {
  const figure = document.querySelectorAll(".nns-figure")[%d];
  const seen = element => element.getClientRects().length > 0 && !element.disabled;
  const of = selector => [...figure.querySelectorAll(selector)].find(seen);
  const target = of(".nns-sheet") ?? of(".nns-handle") ?? of("input[type=range]");
  const kind = target.matches(".nns-sheet") ? "sheet" : target.matches(".nns-handle") ? "handle" : "slider";
  target.scrollIntoView({ block: "center", behavior: "instant" });
  target.focus({ preventScroll: true });
  window.target = target;
  const { left, top, width, height } = target.getBoundingClientRect();
  return JSON.stringify({ kind, left, top, width, height, title: figure.querySelector(".nns-title").textContent });
})()"""
STATE = """(() => {
  const figure = window.target.closest(".nns-figure"), { value } = window.target;
  const digest = text => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, text.length);
  const pictures = [...figure.querySelectorAll("canvas, .nns-picture svg")];
  const seen = pictures.map(picture => digest(picture.toDataURL?.() ?? picture.innerHTML));
  return JSON.stringify([value ?? "", window.target.getAttribute("aria-valuetext"), figure.textContent, seen]);
})()"""
BACK_AND_FOCUS = "(() => { window.target.focus({ preventScroll: true }); return document.activeElement === window.target; })()"
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
    """Drag what a figure has to drag, then press a key on it; return whether its state changed both times, and its title."""
    spot = json.loads(driver.evaluate(TARGET % number))
    left, top, width, height = (spot[name] for name in ("left", "top", "width", "height"))
    middle = left + width / 2, top + height / 2
    starts = {
        "sheet": (left + 0.4 * width, top + 0.2 * height, left + 0.6 * width, top + 0.8 * height),
        "handle": (*middle, middle[0] + 22, middle[1] + 17),
        "slider": (*middle, left + 0.9 * width if left > 0 else middle[0] + 40, middle[1]),
    }
    changes = []
    for actions in (drag(*starts[spot["kind"]]), press("ArrowLeft"), press("ArrowUp")):
        driver.evaluate(BACK_AND_FOCUS)
        before = driver.evaluate(STATE)
        driver.act(actions)
        changes.append(changed(driver, before))
    return changes[0] and any(changes[1:]), spot["title"]


def changed(driver, before, patience=3):
    """Return whether what a figure shows changes soon."""
    until = time.monotonic() + patience
    while driver.evaluate(STATE) == before:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def one_of_each():
    """Return a figure of every kind."""
    rng = np.random.default_rng(0)
    network = nn.Network(nn.mlp([2, 2, 2], "Tanh", rng=1, dtype=np.float64))
    w, x = Tensor(2.0, "w"), Tensor(3.0, "x")
    return [
        widgets.ActivationCurve(),
        widgets.BackpropStepper(network, np.array([[1.0, -0.5]]), np.array([1])),
        widgets.Bends(4),
        widgets.DigitCanvas(),
        widgets.Explore(draw_line, title="A line", slope=[1.0, 2.0, 3.0]),
        widgets.GradientCloud(),
        widgets.HiddenSpace(),
        widgets.KernelExplorer({"noise": rng.random((28, 28))}, {"edges": np.array([[-1.0, 0.0, 1.0]] * 3)}),
        widgets.MatrixProduct(rng.normal(size=(2, 3)), rng.normal(size=(3, 2))),
        widgets.NeuronLine(),
        widgets.OneNeuron(),
        widgets.Playground(),
        widgets.ScoreBars(),
        widgets.TapeStepper({"a square": (w * x) ** 2}),
        widgets.TenLayers(),
        widgets.TwoLosses(),
    ]


def draw_line(figure, slope):
    """Draw a line, and return which one."""
    figure.subplots().plot([0, 1], [0, slope])
    return f"A line of slope {slope}."


@pytest.mark.browser
@pytest.mark.slow
def test_every_figure_follows_pointer_and_keys(driver, served, tmp_path):
    figures = one_of_each()
    assert {type(figure) for figure in figures} == set(LiveFigure.__subclasses__())
    driver.open(served(write_page(tmp_path, *figures)) + "/index.html")
    wait(driver, FIGURES, True)
    answers = [follows(driver, number) for number in range(len(figures))]
    assert [title for answered, title in answers if not answered] == []


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_figures_of_a_page_follow_pointer_and_keys(driver, published, name):
    driver.open(f"{published}/book/{name}.html")
    wait(driver, FIGURES, True)
    answers = [follows(driver, number) for number in range(int(driver.evaluate(COUNT)))]
    assert [title for answered, title in answers if not answered] == []


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
