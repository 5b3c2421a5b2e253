"""Firefox, and WebKit (the engine of Safari), from Debian's packages: figures answer, Run gives a result, an edit survives a reload.

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

PAGES = ("01-neuron", "04b-mini-batches", "05-backpropagation", "08-mnist")
MINI_BROWSER = [
    Path(f"/usr/lib/{folder}/MiniBrowser") for folder in ("x86_64-linux-gnu/webkit2gtk-4.1", "aarch64-linux-gnu/webkit2gtk-4.1")
]
GATES = "cell-f196308d"
PATIENCE = 180

FIGURES = """(() => {
  const figures = [...document.querySelectorAll(".live-figure")];
  return figures.length > 0 && document.documentElement.dataset.figures === "ready"
    && figures.every(figure => figure.querySelector("svg, img, canvas"));
})()"""
# Each figure's first slider is moved with a key's worth of input; the words below it change.
SLIDER = """(() => {
  const figure = [...document.querySelectorAll(".nns-figure")].find(figure => figure.querySelector("input[type=range]"));
  if (!figure) return "no slider";
  const input = figure.querySelector("input[type=range]"), before = figure.textContent;
  input.value = +input.value === +input.max ? input.min : input.max;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return before === figure.textContent ? "unchanged" : "changed";
})()"""
RUN = f"document.querySelector('#{GATES} .laboratory-run').click()"
RESULT = f"document.querySelector('#{GATES} .laboratory-output pre')?.textContent ?? ''"
EDIT = f"[...document.querySelectorAll('#{GATES} .laboratory-bar button')].find(button => button.textContent === 'Edit').click()"
EDITED = f"document.querySelector('#{GATES} .ace_editor')?.textContent ?? ''"
WRITE = f"ace.edit(document.querySelector('#{GATES} .ace_editor')).session.setValue('print(6 * 7)')"


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
    """A browser of each engine, one after the other."""
    with engine(request.param) as driver:
        yield driver


def wait(driver, script, wanted):
    """Evaluate a script until its value is the wanted one (or satisfies it), and fail when that takes too long."""
    until, good = time.monotonic() + PATIENCE, wanted if callable(wanted) else lambda value: value == wanted
    while not good(value := driver.evaluate(script)):
        assert time.monotonic() < until, (value, driver.evaluate("document.querySelector('.laboratory-words')?.textContent"))
        time.sleep(0.3)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_figures_appear_and_answer(driver, published, name):
    driver.open(f"{published}/book/{name}.html")
    wait(driver, FIGURES, True)
    assert driver.evaluate(SLIDER) in ("changed", "no slider")


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
