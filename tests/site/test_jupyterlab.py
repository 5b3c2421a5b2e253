"""Each figure in a real JupyterLab with a kernel: the cell of the page, the page's numbers, and values that were not drawn in advance."""

import contextlib
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

import reader_figures
from environment import ROOT
from figure_driver import PATIENCE, SCREENSHOTS, exercise, shown_code, state

nbformat = pytest.importorskip("nbformat")
expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = pytest.mark.browser

CELLS = {
    "explore": """
import numpy as np
from nnfromscratch import relu, tanh
from nnfromscratch.widgets import BackpropStepper, Choice, Explore

def draw(figure, slope, activation):
    if slope > 100:
        raise ValueError(f"slope is {slope:g}; expected at most 100")
    z = np.linspace(-2, 2, 41)
    figure.subplots().plot(z, activation(slope * z))
    return f"A curve that ends at {activation(slope * 2.0):.2f}."

Explore(draw, title="Slopes", slope=Choice(0.5, 1.0, kind="play"), activation=[relu, tanh])
""",
    "stepper": """
from nnfromscratch import Network, mlp

network = Network(mlp([2, 2, 2], "Tanh", rng=1))
BackpropStepper(network, np.array([[1.0, -0.5]], np.float32), np.array([1]))
""",
    "playground": """
from nnfromscratch.widgets import DigitCanvas, NeuronLine, Playground

Playground("moons", toys=["moons", "circles"], hidden=[3])
""",
    "line": "NeuronLine(w=(2.0, -1.0), b=0.5)",
    "digit": "DigitCanvas()",
}
LINK = "slopes.slope=0.8&slopes.activation=tanh&playground.lr=0.25&playground.net=5ReLU&playground.data=circles&playground.epoch=2"
OWN_CELLS = {
    "untrained": """
import numpy as np
from nnfromscratch import SGD, BinaryCrossEntropy, Linear, Network, Scale, Tanh, load_digits, mlp
from nnfromscratch.widgets import DigitCanvas, HiddenSpace, Playground

digits = load_digits()
network = Network(mlp([784, 32, 10], rng=0))
DigitCanvas(network, title="Untrained")
""",
    "trained": """
_ = network.fit(digits.X_train, digits.y_train, epochs=3, rng=0)
DigitCanvas(network, title="Trained")
""",
    "kernel": """
reads_bytes = Network([Scale(1 / 255), *mlp([784, 16, 10], rng=1)])
_ = reads_bytes.fit(np.uint8(255 * digits.X_train), digits.y_train, epochs=3, rng=0)
DigitCanvas(reads_bytes, title="In the kernel")
""",
    "space": """
X = np.random.default_rng(0).normal(size=(40, 2))
y = (X[:, 0] * X[:, 1] > 0).astype(int)
separator = Network([Linear(2, 2, rng=1), Tanh(), Linear(2, 1, rng=2)], BinaryCrossEntropy())
_ = separator.fit(X, y, epochs=100, optimizer=SGD(0.5), rng=0)
HiddenSpace(separator, X, y)
""",
    "playground": """
classifier = Network(mlp([2, 3, 2], "Tanh", rng=5, dtype=np.float64))
Playground((X, y), network=classifier)
""",
}


SAVED_CELLS = {
    "losses": """
from nnfromscratch.widgets import Playground, TwoLosses

TwoLosses(z=2, y=0)
""",
    "playground": "Playground()",
}


MARKS = re.compile(r"\{(admonition|cite|doc|term)\}")
CHAPTER = ROOT / "book" / "01-neuron.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves a folder with three notebooks of figures, and with a chapter."""
    folder = tmp_path_factory.mktemp("lab")
    for name, cells in (("figures", CELLS), ("own", OWN_CELLS), ("every", reader_figures.CELLS), ("saved", SAVED_CELLS)):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.strip()) for source in cells.values()])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, folder / f"{name}.ipynb")
    shutil.copy(CHAPTER, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {name: str(folder / "jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([sys.executable, "-m", "jupyterlab", *options], env=os.environ | settings, stdout=log, stderr=log)
        try:
            wait_for(port, server, folder / "log")
            yield f"http://127.0.0.1:{port}/lab/tree/"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def wait_for(port, server, log):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(log.read_text())


@contextlib.contextmanager
def executed(browser, address, cells, name, height=7000):
    """Open a notebook and run all its cells; yield its page."""
    context = browser.new_context(viewport={"width": 1300, "height": height})  # JupyterLab keeps only what is visible
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(address)
    try:
        for number in range(len(cells)):
            run(page.locator(".jp-CodeCell").nth(number))
        yield page
    finally:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
        context.close()


@pytest.fixture(scope="module")
def page(browser, lab):
    with executed(browser, f"{lab}figures.ipynb?{LINK}", CELLS, "jupyterlab") as page:
        yield page


@pytest.fixture(scope="module")
def own(browser, lab):
    """The figures of the notebook with networks of the reader's own, by name."""
    address = lab.replace("/lab/", "/lab/workspaces/own/")  # where the other notebook is not open
    with executed(browser, f"{address}own.ipynb", OWN_CELLS, "jupyterlab-own") as page:
        yield {name: page.locator(".nns-figure").nth(number) for number, name in enumerate(OWN_CELLS)}


@pytest.fixture(scope="module")
def every(browser, lab):
    """The page of a notebook with a figure of every kind, each with the reader's own data, and these figures by name."""
    address = lab.replace("/lab/", "/lab/workspaces/every/")
    with executed(browser, f"{address}every.ipynb", reader_figures.CELLS, "jupyterlab-every", height=20_000) as page:
        yield page, {name: page.locator(".nns-figure").nth(number) for number, name in enumerate(reader_figures.CELLS)}


@pytest.fixture(scope="module")
def my():
    """What the cells of that notebook make here."""
    return reader_figures.made()


@pytest.fixture(scope="module")
def mine():
    """What the same cells make here."""
    names = {}
    exec("\n".join(OWN_CELLS.values()), names)
    return names


def run(cell):
    """Run a cell; JupyterLab ignores or forgets this as long as the kernel is not quite there."""
    cell.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
    for _ in range(120):
        if cell.locator(".nns-figure").count():
            return
        if cell.locator(".jp-InputPrompt").inner_text() == "[ ]:":
            cell.locator(".cm-content").click()
            cell.page.keyboard.press("Control+Enter")
        cell.page.wait_for_timeout(500)
    cell.locator(".nns-figure").wait_for()


def wait_for_words(figure, words):
    figure.get_by_text(words).first.wait_for()


def figure_of(page, name):
    return page.locator(".nns-figure").nth(list(CELLS).index(name))


def test_a_link_brings_back_what_was_typed(page):
    """The notebook was opened by such a link; its figures computed what it asks for, and pass it on."""
    slopes, playground = figure_of(page, "explore"), figure_of(page, "playground")
    wait_for_words(slopes, "Slope 0.8, activation tanh: A curve that ends at 0.92.")
    wait_for_words(playground, "Epoch 2: training loss")
    assert playground.get_by_label("data", exact=True).input_value() == "1"
    assert slopes.get_by_label("or any slope").input_value() == "0.8"
    assert playground.locator("[data-neuron^='1 ']").count() == 5
    assert not any(remark.is_visible() for remark in page.locator(".nns-remark").all())
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    slopes.get_by_role("button", name="Copy a link").click()
    link = slopes.get_by_label("Link to the figure as it is now", exact=True).input_value()
    assert link.partition("/lab/")[2] == "tree/figures.ipynb?slopes.slope=0.8&slopes.activation=tanh#figure-slopes"
    assert "slope" not in page.url  # the page's address stays JupyterLab's


@pytest.mark.parametrize("name", CELLS)
def test_controls_answer_as_on_the_page(page, name):
    assert exercise(figure_of(page, name)) >= 1


def test_any_number_is_drawn(page):
    figure = figure_of(page, "explore")
    figure.get_by_label("activation", exact=True).select_option("relu")
    any_slope = figure.get_by_label("or any slope")
    any_slope.fill("0.8")
    any_slope.press("Enter")
    wait_for_words(figure, "Slope 0.8, activation relu: A curve that ends at 1.60.")
    assert figure.locator(".nns-picture").get_attribute("aria-label") == "A curve that ends at 1.60."
    any_slope.fill("1000")
    any_slope.press("Enter")
    wait_for_words(figure, "This does not work: slope is 1000; expected at most 100")
    before = state(figure)
    figure.get_by_label("slope", exact=True).press("Home")
    wait_for_words(figure, "Slope 0.5, activation relu: A curve that ends at 1.00.")
    assert state(figure)["seen"] != before["seen"] and any_slope.input_value() == ""


def test_a_slider_takes_the_keys_that_jupyterlab_would_take(page):
    figure = figure_of(page, "stepper")
    figure.get_by_label("step", exact=True).press("Home")
    figure.get_by_label("input x1", exact=True).press("End")
    wait_for_words(figure, "x1 = 3.000")
    figure.get_by_role("button", name="Take a step").click()
    wait_for_words(figure, "every weight moved against its gradient")


def test_the_kernel_sends_the_training_digits_when_a_digit_is_drawn(page):
    figure = figure_of(page, "digit")
    sheet = figure.get_by_role("application")
    sheet.press(" ")
    for _ in range(14):
        sheet.press("ArrowDown")
    wait_for_words(figure, "Read as 1")
    figure.locator(".nns-near figure").first.wait_for()
    assert all(text.startswith("a 1") for text in figure.locator(".nns-near figcaption").all_text_contents())


def test_the_playground_trains_in_a_notebook(page):
    figure = figure_of(page, "playground")
    figure.get_by_role("button", name="Restart").click()
    figure.get_by_role("button", name="One epoch").click()
    wait_for_words(figure, "Epoch 1: training loss")


def draw_a_one(figure):
    sheet = figure.get_by_role("application")
    sheet.press(" ")
    for _ in range(14):
        sheet.press("ArrowDown")
    sheet.press(" ")


def read_by(figure, network):
    """Return, as text, the two most probable digits with their probabilities, as the figure's code computes them with a network."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(shown_code(figure), {"network": network})
    return [f"{digit} ({percent})" for digit, percent in (line.split() for line in printed.getvalue().splitlines())]


def test_the_canvas_reads_with_the_readers_own_network(own, mine):
    """The answer of a network in the browser, and of one in the kernel, is that of the package; training changes it."""
    untrained = mine["Network"](mine["mlp"]([784, 32, 10], rng=0))
    answers = {}
    for name, network in (("untrained", untrained), ("trained", mine["network"]), ("kernel", mine["reads_bytes"])):
        before = state(own[name])["said"]
        draw_a_one(own[name])
        wait_for_words(own[name], re.compile("^(Read as|I don’t know)"))  # not at once if the kernel is asked
        expected = read_by(own[name], network)
        first, second = map(re.escape, expected)
        wait_for_words(own[name], re.compile(rf"(Read as {first}\. Next most probable: |Most probable: {first}, then ){second}"))
        answers[name] = state(own[name])["said"]
        assert answers[name] != before
    assert answers["trained"].startswith("Read as 1") and answers["kernel"].startswith("Read as 1")
    assert answers["untrained"] != answers["trained"]


def test_the_readers_own_samples_move_through_the_own_network(own, mine):
    own["space"].get_by_role("slider").press("End")
    correct = (mine["separator"].predict(mine["X"]).ravel() == mine["y"]).sum()
    wait_for_words(own["space"], f"{correct} of 40 are on the correct side")


def test_the_playground_trains_the_readers_own_network(own, mine):
    figure, X, y = own["playground"], mine["X"], mine["y"]
    training = [i for i in range(len(X)) if i % 4 != 3]
    loss, _ = mine["classifier"].evaluate(X[training], y[training])
    wait_for_words(figure, f"training loss {loss:.3f}")
    figure.get_by_role("button", name="One epoch").click()
    wait_for_words(figure, "Epoch 1: training loss")


@pytest.mark.parametrize("name", reader_figures.CELLS)
def test_every_figure_shows_the_readers_data(every, my, name):
    page, figures = every
    getattr(reader_figures, f"check_{name}")(figures[name], my)
    assert page.faults == []


def test_a_saved_notebook_shows_its_figures_without_a_kernel(browser, lab):
    """While a figure is live, the picture that is saved with it is hidden. Without a kernel, there is this picture, and no error."""
    workspace = lab.replace("/lab/", "/lab/workspaces/{}/") + "saved.ipynb"
    with executed(browser, workspace.format("saved"), SAVED_CELLS, "jupyterlab-saved") as page:
        expect(page.locator(".nns-saved img")).to_have_count(2)
        assert not any(picture.is_visible() for picture in page.locator(".nns-saved").all())
        page.locator('[data-command="docmanager:save"]').first.click()
        api, saved = lab.replace("/lab/tree/", "/api"), []
        while len(saved) < 4:
            page.wait_for_timeout(300)
            cells = json.load(urllib.request.urlopen(f"{api}/contents/saved.ipynb"))["content"]["cells"]
            saved = [kind for cell in cells for output in cell["outputs"] for kind in output["data"]]
        token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "_xsrf")
        for session in json.load(urllib.request.urlopen(f"{api}/sessions")):
            if session["path"] == "saved.ipynb":
                page.request.delete(f"{api}/sessions/{session['id']}", headers={"X-XSRFToken": token})
    page = browser.new_page(viewport={"width": 1300, "height": 1500})
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(workspace.format("again"))
    expect(page.locator(".nns-saved img:visible")).to_have_count(2, timeout=PATIENCE * 1000)
    page.locator(".jupyter-widgets", has_text="model not found").first.wait_for(state="attached")
    expect(page.get_by_text("model not found").first).to_be_hidden()
    assert page.get_by_text("Run the cell to make it interactive").count() == 2
    page.screenshot(path=SCREENSHOTS / "jupyterlab-again.png")
    page.close()


def test_a_chapter_reads_as_in_the_book(browser, lab):
    """Boxes are boxes and terms are words, not their markup."""
    page = browser.new_page(viewport={"width": 1300, "height": 7000})
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(lab + CHAPTER.name)
    chapter = page.locator(".jp-Notebook", has=page.locator("aside", has_text="Leave both weights at 1"))
    for number in range(8):  # those further down are set when they are scrolled to
        cell = chapter.locator(".jp-MarkdownCell").nth(number)
        expect(cell).not_to_contain_text(MARKS, use_inner_text=True, timeout=PATIENCE * 1000)
    page.close()
