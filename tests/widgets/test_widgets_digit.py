"""DigitCanvas: one preparation in two languages, the stored network, and a sheet for mouse, finger, and keyboard."""

import contextlib
import io
import json
import os
import zlib

import numpy as np
import pytest
from PIL import Image

import nnfromscratch as nn
from figure_driver import WINDOWS, exercise, opened, ready, shown_code, state
from nnfromscratch.data.handwriting import digit_steps, load_drawings, prepare_digit, stroke_steps
from nnfromscratch.widgets import DigitCanvas, load_digit_network, training_digits
from nnfromscratch.widgets.digit_network import FILE
from photographs import DIGITS, DRAWN, PHOTOGRAPHS
from widget_modules import write_modules
from widget_pages import talk, write_page


def drawn(*boxes, size=(90, 70), paper=0.0, ink=1.0):
    image = np.full(size, paper)
    for top, left, height, width in boxes:
        image[top : top + height, left : left + width] = ink
    return image


RNG = np.random.default_rng(4)
CASES = {
    "empty": drawn(),
    "all white": drawn(paper=1.0),
    "faint": drawn((20, 20, 30, 4), ink=0.09),
    "dot": drawn((40, 3, 1, 1)),
    "round dot": drawn((40, 3, 3, 3), (41, 2, 1, 5)),
    "whole sheet": drawn((1, 1, 88, 68)),
    "line at the left border": drawn((0, 0, 90, 2)),
    "line at the lower border": drawn((88, 0, 2, 70)),
    "large": drawn((1, 5, 85, 9), (1, 5, 9, 60)),
    "small": drawn((40, 30, 7, 1), (40, 30, 1, 4)),
    "thick": drawn((10, 10, 70, 25), (10, 10, 25, 50)),
    "thin": drawn((10, 10, 70, 1), (10, 10, 1, 50)),
    "off center": drawn((60, 50, 25, 3), (84, 50, 3, 15)),
    "black on white": drawn((10, 10, 60, 7), (10, 10, 7, 40), paper=1.0, ink=0.0),
    "gray on gray": drawn((10, 10, 60, 7), (40, 10, 7, 40), paper=0.6, ink=0.3),
    "noisy paper": np.clip(drawn((10, 10, 60, 7), (10, 10, 7, 40), paper=0.85, ink=0.1) + RNG.normal(scale=0.05, size=(90, 70)), 0, 1),
    "nothing but noise": RNG.uniform(0, 1, (31, 17)),
    "soft edges": np.outer(np.hanning(41), np.hanning(23)),
    "one row": np.linspace(0, 1, 40)[None],
    "one pixel": np.ones((1, 1)),
    **{f"MNIST {k}": nn.load_digits().X_test[k].reshape(28, 28).astype(np.float64) for k in range(5)},
}


PREPARE = """async text => {
    const { prepare, prepareStrokes } = await import("./handwriting.js"), asked = JSON.parse(text);
    const image = { ...asked, data: Float64Array.from(asked.data ?? [], shade => shade / 255) };
    const steps = asked.strokes ? prepareStrokes(asked.strokes) : prepare(image);
    const short = data => Array.from(data, value => +value.toFixed(8));
    return JSON.stringify(Object.values(steps).map(step => (step.data ? [step.height, step.width, short(step.data)] : step)));
}"""  # as text: it passes to the browser and back much faster than a list of a million numbers


def prepared_in(page, **asked):
    return json.loads(page.evaluate(PREPARE, json.dumps(asked)))


def assert_same(found, steps, name):
    """Compare all steps of one language with those of the other; `steps` may raise the error that stands for a problem."""
    try:
        *pictures, remarks = steps()
    except ValueError:
        assert len(found) == 1 and isinstance(found[0], str), f"{name}: only Python finds no digit"
        return
    assert len(found) == 5, f"{name}: only JavaScript finds no digit ({found})"
    assert [tuple(shape) for *shape, _ in found[:4]] == [step.shape for step in pictures] and found[4] == remarks, name
    for (*_, data), step in zip(found, pictures):
        np.testing.assert_allclose(data, step.ravel(), atol=1e-6, err_msg=name)


@pytest.mark.browser
def test_preparation_is_the_same_in_both_languages(browser, served, tmp_path):
    with opened(browser, served(write_modules(tmp_path)) + "/index.html", name="digit-parity") as page:
        for name, image in (CASES | PHOTOGRAPHS).items():
            shades, (height, width) = np.round(255 * image), image.shape
            found = prepared_in(page, data=shades.ravel().astype(int).tolist(), height=height, width=width)
            assert_same(found, lambda shades=shades: digit_steps(shades / 255), name)
        for k, drawing in enumerate(DRAWN[::3]):
            found = prepared_in(page, strokes=drawing["strokes"])
            assert_same(found, lambda strokes=drawing["strokes"]: stroke_steps(strokes), f"drawing {k}")
        for name, strokes in {"empty": [], "dot": [[[9, 9]]], "two dots": [[[9, 9]], [[9, 90]]], "flat": [[[5, 5], [200, 5]]]}.items():
            assert_same(prepared_in(page, strokes=strokes), lambda strokes=strokes: stroke_steps(strokes), name)


@pytest.mark.browser
@pytest.mark.parametrize("own", [None, ([784, 12, 7, 10], ["Tanh", "LeakyReLU"])])
def test_probabilities_and_contributions_agree_with_numpy(browser, served, tmp_path, own):
    network = nn.Network(nn.mlp(*own, rng=0)) if own else load_digit_network()
    widget, images = DigitCanvas(network), [image for name, image in CASES.items() if "MNIST" in name or "thick" in name]
    X = np.array([prepare_digit(image) for image in images])
    with opened(browser, served(write_modules(tmp_path)) + "/index.html", name="digit-forward") as page:
        found = page.evaluate(
            """async ([weights, meta, images]) => {
            const { compute, contributions, readNetwork } = await import("./digit_reader.js");
            const network = readNetwork(Uint8Array.from(weights), meta);
            return images.map(pixels => {
                const seen = compute(network, Float64Array.from(pixels)), [first, second] = seen.order;
                return [[...seen.probabilities], first, second, [...contributions(network, seen, first, second).parts]];
            });
        }""",
            [list(zlib.decompress(widget.weights)), widget.meta, X.tolist()],
        )
    exact = network.astype(np.float64)
    step = widget.meta["step"]  # the bundled weights stay as they are
    assert (step > 0) is (own is not None)
    np.testing.assert_allclose([p for p, *_ in found], exact.predict_proba(X.astype(np.float64)), atol=1e-3 if step else 1e-6)
    nudges = 1e-6 * np.eye(784)[::97]
    for x, (_, first, second, parts) in zip(X.astype(np.float64), found):
        up, down = (exact.forward(x + sign * nudges) @ (np.eye(10)[first] - np.eye(10)[second]) for sign in (1, -1))
        np.testing.assert_allclose(parts[::97], (up - down) / 2e-6 * x[::97], atol=4e-3 if step else 1e-5)


@pytest.mark.browser
def test_nearest_digits_and_measures_are_the_same_in_both_languages(browser, served, tmp_path):
    X, _ = training_digits.bundled()
    shades = np.round(15 * X[::40]) * 17
    x = nn.load_digits().X_test[5]
    distances = np.sqrt(((shades / 255 - x) ** 2).sum(axis=1))
    with opened(browser, served(write_modules(tmp_path)) + "/index.html", name="digit-nearest") as page:
        found, measured = page.evaluate(
            """async ([pixels, shades]) => {
            const { nearest, measures } = await import("./digit_why.js"), x = Float64Array.from(pixels);
            return [nearest(x, Uint8Array.from(shades)), Object.values(measures(x))];
        }""",
            [x.tolist(), shades.astype(int).ravel().tolist()],
        )
    assert [each["k"] for each in found] == np.argsort(distances)[:3].tolist()
    np.testing.assert_allclose([each["distance"] for each in found], np.sort(distances)[:3], rtol=1e-6)
    np.testing.assert_allclose(measured, training_digits.measures(x[None].astype(np.float64))[0], rtol=1e-6)


# --- the stored network --------------------------------------------------------------------------------------------------------------


def test_network_is_small_and_its_record_tells_what_it_can():
    known = json.loads(FILE.with_suffix(".json").read_text(encoding="utf-8"))
    assert FILE.stat().st_size == known["bytes"] < 100_000
    assert known["test_accuracy_of_these_weights"] >= 0.97
    assert {"command", "seed", "data", "tested_on", "optimizer", "epochs"} <= known.keys()


def test_network_reads_the_bundled_digits():
    data = nn.load_digits()
    assert load_digit_network().score(data.X_test, data.y_test) > 0.97


def test_network_reads_all_of_mnist_as_well_as_its_record_says():
    if not os.environ.get("NNFROMSCRATCH_DATA"):
        pytest.skip("All of MNIST is not there. Set NNFROMSCRATCH_DATA to a folder with it.")
    known, data = json.loads(FILE.with_suffix(".json").read_text(encoding="utf-8")), nn.load_mnist()
    score = load_digit_network().score(data.X_test, data.y_test)
    assert score == pytest.approx(known["test_accuracy_of_these_weights"], abs=2e-4)


# --- without a browser -------------------------------------------------------------------------------------------------------------------


def test_text_form_has_a_line_for_each_example():
    lines = repr(DigitCanvas(title="Write")).splitlines()
    assert lines[0] == "Write: a 784-96-10 network with ReLU" and len(lines) == 11
    assert all(line.startswith(f"digit {digit}: read as {digit} (") for digit, line in enumerate(lines[1:]))


def test_own_network_and_own_examples():
    network, X = nn.Network(nn.mlp([784, 12, 6, 10], "Tanh", dropout=0.5, rng=0)), nn.load_digits().X_test[:3]
    widget = DigitCanvas(network, examples=X)
    p = network.predict_proba(np.array([prepare_digit(np.round(x * 255).reshape(28, 28) / 255) for x in X]))
    assert widget.lines() == [
        "Draw a digit: a 784-12-6-10 network with Tanh",
        *(f"example {k + 1}: read as {p[k].argmax()} ({100 * p[k].max():.0f}%)" for k in range(3)),
    ]
    assert len(zlib.decompress(widget.weights)) == 4 * network.parameters.values.size


def test_a_network_that_the_browser_cannot_compute_is_read_by_the_kernel():
    network = nn.Network([nn.Scale(1 / 255), *nn.mlp([784, 8, 10], rng=0)])
    widget, x = DigitCanvas(network), nn.load_digits().X_test[0]
    assert widget.meta["sizes"] is None and widget.lines()[0] == "Draw a digit: a network that runs in the kernel"
    (((part, _),)) = [talk(widget, {"job": "1", "shades": np.round(255 * x).astype(int).tolist()})[0]]
    raw = np.round(255 * x).astype(np.uint8)[None]
    np.testing.assert_allclose(part["probabilities"], network.predict_proba(raw)[0], rtol=1e-6)


def test_the_kernel_sends_the_training_digits_as_one_picture():
    X, y = nn.load_digits().X_test[:90], nn.load_digits().y_test[:90]
    widget = DigitCanvas(training=(X, y))
    ((part, (content,)),) = talk(widget, {"job": "2", "digits": True})
    order = np.argsort(y, kind="stable")
    assert part["digits"] and widget.meta["digits"]["labels"] == "".join(map(str, y[order])) and widget.meta["digits"]["file"] is None
    tiles = np.asarray(Image.open(io.BytesIO(content)).convert("L")).reshape(2, 28, 80, 28).swapaxes(1, 2).reshape(-1, 784)
    np.testing.assert_allclose(tiles[:90] / 255, X[order], atol=0.5 / 15 + 1e-6)


def test_the_training_digits_arrive_although_a_drawing_is_to_be_read_right_after():
    widget = DigitCanvas(nn.Network([nn.Scale(1 / 255), *nn.mlp([784, 8, 10], rng=0)]))
    requests = [{"job": "read", "shades": [0] * 784}, {"job": "digits", "digits": True}, {"job": "again", "shades": [9] * 784}]
    heard = {part["job"]: (part, buffers) for part, buffers in talk(widget, *requests)}
    assert "probabilities" in heard["again"][0]
    (picture,) = heard["digits"][1]
    assert heard["digits"][0]["digits"] and Image.open(io.BytesIO(picture)).size == (80 * 28, 50 * 28)


def test_what_is_usual_is_said_of_each_label():
    usual, quantiles = DigitCanvas().meta["digits"]["usual"], training_digits.QUANTILES
    X, y = training_digits.bundled()
    ones = training_digits.measures(X[y == 1])
    assert usual[1]["ink"] == pytest.approx(np.percentile(ones[:, 0], quantiles), abs=1e-3)
    assert usual[1]["width"][5] < usual[0]["width"][5] and usual[0]["ink"][5] > usual[1]["ink"][5]
    slanted = np.eye(28)[None, :, ::-1].reshape(1, 784)  # from the upper right to the lower left, as an italic 1
    assert training_digits.measures(slanted)[0] == pytest.approx([28, 1, 1])


@pytest.mark.parametrize(
    "make, error, message",
    [
        (lambda: DigitCanvas("network"), TypeError, "network is a str; expected a Network"),
        (lambda: DigitCanvas(nn.Network(nn.mlp([64, 10]))), ValueError, "64 inputs and 10 outputs; expected 784 and 10"),
        (lambda: DigitCanvas(nn.Network(nn.mlp([784, 10]), nn.SquaredError())), TypeError, "has no probabilities"),
        (lambda: DigitCanvas(training=(np.zeros((2, 784)), np.array([1, 12]))), ValueError, "labels"),
        (lambda: DigitCanvas(examples=np.zeros((2, 64))), ValueError, "examples has shape"),
        (lambda: DigitCanvas(examples=np.full((1, 784), 9.0)), ValueError, "shades from 9 to 9"),
        (lambda: DigitCanvas(examples=np.zeros((1, 784))), ValueError, "shows no digit"),
    ],
)
def test_what_does_not_fit_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


# --- in the browser ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(served, tmp_path_factory):
    folder = write_page(tmp_path_factory.mktemp("digit"), DigitCanvas())
    (folder / training_digits.PAGE_FILE).write_bytes(training_digits.sprite(training_digits.bundled()[0]))
    html = (folder / "index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(html.replace("<html ", '<html data-content_root="./" '), encoding="utf-8")  # as Sphinx writes it
    return served(folder) + "/index.html"


@pytest.mark.browser
@pytest.mark.parametrize("window", WINDOWS)
def test_every_control_answers(browser, address, window):
    with opened(browser, address, name=f"digit-{window}", **WINDOWS[window]) as page:
        (figure,) = ready(page)
        assert exercise(figure) == 2
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        assert state(figure)["said"].startswith("Nothing to read")


def draw_seven(page):
    """Draw a 7 with the mouse, in two strokes."""
    sheet = page.locator(".nns-sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    for stroke in ([(0.25, 0.2), (0.65, 0.2), (0.4, 0.75)], [(0.38, 0.47), (0.62, 0.47)]):
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=12)
            if k == 0:
                page.mouse.down()
        page.mouse.up()


def run_code(code, **names):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<figure>", "exec"), names)
    return printed.getvalue().splitlines()


@pytest.mark.browser
def test_a_drawing_is_read_and_its_code_gives_the_same_numbers(browser, address):
    with opened(browser, address, name="digit-drawing") as page:
        (figure,) = ready(page)
        before = state(figure)
        draw_seven(page)
        said = state(figure)["said"]
        assert said.startswith("Read as 7") and state(figure)["seen"] != before["seen"]
        first, second = (line.split(" ", 1) for line in run_code(shown_code(figure)))
        assert said == f"Read as {first[0]} ({first[1]}). Next most probable: {second[0]} ({second[1]})."
        assert f"7 {first[1]}" in figure.get_by_role("img").get_attribute("aria-label")
        figure.get_by_text("exactly the difference between the two scores").wait_for()
        figure.locator(".nns-near figure").first.wait_for()
        assert [text[:3] for text in figure.locator(".nns-near figcaption").all_text_contents()] == ["a 7"] * 3
        assert " 7" in figure.locator(".nns-unusual").text_content()
        page.evaluate("() => document.dispatchEvent(new Event('nns-keep'))")  # the address of the whole drawing, however slow it was
        page.wait_for_url("**draw-a-digit.drawing=1*")
        page.reload()
        assert state(ready(page)[0])["said"] == said
        page.get_by_role("button", name="Clear", exact=True).click()
        assert state(ready(page)[0])["said"].startswith("Nothing to read: the sheet is empty.")
        assert "no digit" in shown_code(ready(page)[0])


def draw(page, strokes, zoom=1.0, at=(0, 0)):
    """Draw strokes with the mouse."""
    sheet = page.locator(".nns-sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    unit = box["width"] / 280
    for stroke in strokes:
        for k, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + unit * (at[0] + zoom * x), box["y"] + unit * (at[1] + zoom * y))
            if k == 0:
                page.mouse.down()
        page.mouse.up()


SMILEY = next(drawing["strokes"] for drawing in DRAWN if drawing["note"].startswith("smiley"))


@pytest.mark.browser
def test_a_small_digit_in_the_corner_is_read_as_a_large_one(browser, address):
    with opened(browser, address, name="digit-small") as page:
        (figure,) = ready(page)
        draw(page, DIGITS[3])
        assert state(figure)["said"].startswith("Read as 3")
        figure.get_by_role("button", name="Clear", exact=True).click()
        draw(page, DIGITS[3], zoom=0.3, at=(190, 5))
        assert state(figure)["said"].startswith("Read as 3")


@pytest.mark.browser
def test_reasons_say_so_while_there_is_no_answer(browser, address):
    with opened(browser, address, name="digit-cleared") as page:
        (figure,) = ready(page)
        reasons = figure.locator(".nns-why")
        figure.get_by_role("button", name="Clear").click()
        reasons.evaluate("details => { details.open = true; }")
        assert reasons.inner_text().split("\n")[-1] == "There is no answer to explain yet. Draw a digit, or choose an example."
        draw_seven(page)
        assert "no answer" not in reasons.inner_text() and reasons.locator(".nns-steps canvas").count() == 4


@pytest.mark.browser
def test_a_smiley_is_not_a_digit_and_the_threshold_decides(browser, address):
    with opened(browser, address, name="digit-smiley") as page:
        (figure,) = ready(page)
        draw(page, SMILEY)
        assert state(figure)["said"].startswith("I don’t know. Most probable:") and "needs 60%" in state(figure)["said"]
        figure.get_by_role("slider").press("Home")
        assert state(figure)["said"].startswith("Read as")
        page.evaluate("() => document.dispatchEvent(new Event('nns-keep'))")
        page.wait_for_url("**draw-a-digit.limit=0**")
        page.reload()
        assert state(ready(page)[0])["said"].startswith("Read as")


@pytest.mark.browser
def test_training_digits_load_with_the_first_stroke_and_not_before(browser, address):
    with opened(browser, address, name="digit-lazy") as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        (figure,) = ready(page)
        figure.get_by_label("on the sheet", exact=True).select_option("digit 2")
        assert "They load when you draw" in figure.locator(".nns-near").inner_text() and asked == []
        draw(page, DIGITS[3])
        figure.locator(".nns-near figure").first.wait_for()
        assert [url.rpartition("/")[2] for url in asked] == [training_digits.PAGE_FILE]


@pytest.mark.browser
def test_pointing_at_a_neuron_shows_what_it_looks_for(browser, address):
    with opened(browser, address, name="digit-neuron") as page:
        (figure,) = ready(page)
        graph = figure.locator(".nns-graph")
        box = graph.bounding_box()
        before = state(figure)
        for step in range(60):
            page.mouse.move(box["x"] + box["width"] * (0.3 + step / 200), box["y"] + box["height"] / 2)
            if "Neuron" in figure.locator("span[role=status]").inner_text():
                break
        assert "Its largest weight goes to" in figure.locator("span[role=status]").inner_text()
        assert state(figure)["seen"] != before["seen"]


@pytest.mark.browser
def test_collected_digits_are_a_file_that_python_reads(browser, address, tmp_path):
    with opened(browser, address, name="digit-collection") as page:
        (figure,) = ready(page)
        figure.get_by_text("Collect your own digits").click()
        add = figure.get_by_role("button", name="Add this digit")
        add.click()
        assert state(figure)["said"].startswith("There is nothing on the sheet to add")
        for digit in (3, 5):
            draw(page, DIGITS[digit])
            figure.get_by_label("its label").select_option(str(digit))
            add.click()
        upload(figure, four(tmp_path, "huge"), "Read as 4")
        figure.get_by_label("its label").select_option("4")
        add.click()
        draw(page, SMILEY)
        figure.get_by_label("its label").select_option("not a digit")
        add.click()
        with page.expect_download() as download:
            figure.get_by_role("button", name="Save file").click()
        download.value.save_as(tmp_path / "mine.json")
        X, y = load_drawings(tmp_path / "mine.json")
        assert y.tolist() == [3, 5, 4, -1] and load_digit_network().predict(X[:3]).tolist() == [3, 5, 4]
        page.reload()
        (figure,) = ready(page)
        figure.get_by_text("Collect your own digits (4)").click()
        page.once("dialog", lambda dialog: dialog.accept())
        figure.get_by_role("button", name="Erase all").click()
        assert figure.locator(".nns-collected canvas").count() == 0
        figure.get_by_label("A file of drawings").set_input_files(tmp_path / "mine.json")
        figure.get_by_text("Collect your own digits (4)").wait_for()
        (tmp_path / "other.json").write_text('{"format": "other"}')
        figure.get_by_label("A file of drawings").set_input_files(tmp_path / "other.json")
        figure.get_by_text("This is not a file of drawings").wait_for()
        page.evaluate("() => localStorage.clear()")


@pytest.mark.browser
def test_a_photograph_says_what_was_left_out(browser, address, tmp_path):
    image = PHOTOGRAPHS["a sheet on a table: 5"]
    Image.fromarray(np.round(255 * image).astype(np.uint8)).save(tmp_path / "table.png")
    with opened(browser, address, name="digit-table") as page:
        (figure,) = ready(page)
        upload(figure, tmp_path / "table.png", "Read as 5")
        assert "Everything around the sheet of paper was left out." in figure.locator(".nns-why .nns-remark").inner_text()


@pytest.mark.browser
def test_without_a_kernel_a_network_of_another_kind_shows_its_examples(browser, served, tmp_path):
    widget = DigitCanvas(nn.Network([nn.Scale(1 / 255), *nn.mlp([784, 8, 10], rng=0)]), threshold=0.0)
    with opened(browser, served(write_page(tmp_path, widget)) + "/index.html", name="digit-kernel") as page:
        (figure,) = ready(page)
        assert state(figure)["said"].startswith(f"Read as {widget._read[3].argmax()}")
        draw(page, DIGITS[3])
        figure.get_by_text("only a kernel, as in JupyterLab or on Binder, can read your own digit").wait_for()


@pytest.mark.browser
def test_examples_give_the_numbers_of_the_package(browser, address):
    widget = DigitCanvas()
    with opened(browser, address, name="digit-examples") as page:
        (figure,) = ready(page)
        for digit in (0, 8):
            figure.get_by_label("on the sheet", exact=True).select_option(f"digit {digit}")
            percent = 100 * widget._read[digit].max()
            assert state(figure)["said"].startswith(f"Read as {digit} ({percent:.1f}%)")
            assert run_code(shown_code(figure))[0] == f"{digit} {percent:.1f}%"


@pytest.mark.browser
@pytest.mark.parametrize("sizes", [[784, 10], [784, 9, 10], [784, 6, 5, 10]])
def test_own_networks_are_shown(browser, served, tmp_path, sizes):
    network = nn.Network(nn.mlp(sizes, "ELU", rng=0))
    widget = DigitCanvas(network, examples=nn.load_digits().X_test[:2])
    with opened(browser, served(write_page(tmp_path, widget)) + "/index.html", name="digit-own") as page:
        (figure,) = ready(page)
        assert exercise(figure) == 2
        figure.get_by_label("on the sheet", exact=True).select_option("example 2")
        best = run_code(shown_code(figure), network=network)[0].split(" ", 1)
        assert state(figure)["said"].startswith(f"I don’t know. Most probable: {best[0]} ({best[1]})")


@pytest.mark.browser
def test_keyboard_alone_draws_a_one(browser, address):
    with opened(browser, address, name="digit-keyboard") as page:
        (figure,) = ready(page)
        sheet = figure.get_by_role("application")
        sheet.press(" ")
        for _ in range(14):
            sheet.press("ArrowDown")
        assert state(figure)["said"].startswith("Read as 1")
        sheet.press(" ")
        sheet.press("ArrowRight")
        sheet.press("Backspace")
        assert state(figure)["said"].startswith("Nothing to read")


@pytest.mark.browser
def test_a_finger_draws_and_the_page_does_not_scroll(browser, address):
    with opened(browser, address, name="digit-touch", viewport={"width": 390, "height": 844}, has_touch=True) as page:
        (figure,) = ready(page)
        figure.get_by_role("button", name="Clear", exact=True).click()
        assert page.locator(".nns-sheet").evaluate("sheet => getComputedStyle(sheet).touchAction") == "none"
        page.locator(".nns-sheet").tap()
        assert state(figure)["said"].startswith("Nothing to read: that is only a dot")


@pytest.mark.browser
def test_an_uploaded_picture_is_read_like_the_package_reads_it(browser, address, tmp_path):
    image = np.kron(CASES["MNIST 3"], np.ones((9, 9)))
    shades = np.round(255 * (0.9 - 0.8 * image)).astype(np.uint8)
    Image.fromarray(shades).save(tmp_path / "digit.png")
    (tmp_path / "text.png").write_text("no picture")
    p = load_digit_network().predict_proba(prepare_digit(shades / 255)[None])[0]
    with opened(browser, address, name="digit-upload") as page:
        (figure,) = ready(page)
        figure.get_by_label("A picture of a digit").set_input_files(tmp_path / "digit.png")
        figure.get_by_text(f"Read as {p.argmax()} ({100 * p.max():.1f}%)").wait_for()
        figure.get_by_label("A picture of a digit").set_input_files(tmp_path / "text.png")
        figure.get_by_text("The browser cannot read this file as a picture").wait_for()


def upload(figure, file, said):
    """Choose a file, and wait for what is said of it."""
    figure.get_by_label("A picture of a digit").set_input_files(file)
    figure.get_by_text(said).first.wait_for()


@pytest.mark.browser
def test_a_link_carries_an_uploaded_picture_as_the_network_gets_it(browser, address, tmp_path):
    image = np.kron(CASES["MNIST 3"], np.ones((30, 30)))
    Image.fromarray(np.round(255 * (1 - image)).astype(np.uint8)).save(tmp_path / "digit.png")
    with opened(browser, address, name="digit-picture-link") as page:
        (figure,) = ready(page)
        upload(figure, tmp_path / "digit.png", "Read as 4")
        said, code = state(figure)["said"], shown_code(figure)
        page.wait_for_url("**draw-a-digit.picture=*.*")
        assert len(page.url) < 2000
        page.reload()
        (figure,) = ready(page)
        assert state(figure)["said"] == said and shown_code(figure) == code
        assert "not the picture that it was made from" in figure.locator(".nns-remark").first.inner_text()
        assert figure.locator(".nns-steps canvas:visible").count() == 1
        figure.get_by_label("on the sheet", exact=True).select_option("digit 0")
        page.wait_for_url("**draw-a-digit.picture=")
        assert figure.locator(".nns-steps canvas:visible").count() == 4


@pytest.mark.browser
def test_a_scribble_does_not_make_the_link_too_long_for_a_server(browser, address):
    with opened(browser, address, name="digit-scribble") as page:
        (figure,) = ready(page)
        page.locator(".nns-sheet").evaluate("""sheet => {
            const box = sheet.getBoundingClientRect();
            const place = (x, y) => ({ isPrimary: true, clientX: box.left + x, clientY: box.top + y });
            const at = (kind, x, y) => sheet.dispatchEvent(new PointerEvent(kind, place(x, y)));
            sheet.setPointerCapture = () => {};
            for (let k = 0; k < 18; k++) {
                at("pointerdown", 60, 40 + 4 * k);
                for (let x = 0; x < 120; x += 4) at("pointermove", 60 + x, 40 + 4 * k + x % 3);
                at("pointerup", 180, 40 + 4 * k);
            }
        }""")
        said = state(figure)["said"]
        page.wait_for_url("**draw-a-digit.picture=*.*")
        assert len(page.url) < 2000
        page.reload()
        assert state(ready(page)[0])["said"] == said


def four(tmp_path, kind):
    """Save a 4 as a picture of some kind; return the file."""
    ink = np.kron(CASES["MNIST 3"], np.ones((12, 12)))
    shades, file = np.round(255 * (1 - ink)).astype(np.uint8), tmp_path / f"{kind.replace(' ', '-')}.png"
    if kind.startswith("turned"):
        file, exif = file.with_suffix(f".{kind.split()[-1]}"), Image.Exif()
        exif[0x0112] = 6  # the camera was turned: show it turned by a quarter
        Image.fromarray(np.rot90(shades)).save(file, exif=exif)
    elif kind == "huge":
        Image.fromarray(np.kron(shades, np.ones((18, 18), np.uint8))).save(file)
    elif kind.startswith("transparent"):
        rgba = np.zeros((*ink.shape, 4), np.uint8)
        rgba[..., :3], rgba[..., 3] = 255 * kind.endswith("white"), np.round(255 * ink)
        Image.fromarray(rgba).save(file)
    elif kind == "light on dark":
        Image.fromarray(255 - shades).save(file)
    elif kind == "palette":
        Image.fromarray(shades).convert("P").save(file.with_suffix(".gif"))
        return file.with_suffix(".gif")
    else:
        Image.fromarray(np.stack([shades] * 3, axis=-1)).save(file.with_suffix(".webp"), quality=90)
        return file.with_suffix(".webp")
    return file


@pytest.mark.browser
def test_pictures_of_every_kind_are_read_alike(browser, address, tmp_path):
    kinds = [
        "turned jpg",
        "turned png",
        "turned webp",
        "huge",
        "transparent, ink black",
        "transparent, ink white",
        "light on dark",
        "palette",
        "web",
    ]
    with opened(browser, address, name="digit-kinds") as page:
        (figure,) = ready(page)
        for kind in kinds:
            figure.get_by_role("button", name="Clear", exact=True).click()
            upload(figure, four(tmp_path, kind), "Read as 4")
            assert float(state(figure)["said"].split("(")[1].split("%")[0]) > 90, kind
        Image.fromarray(np.full((40, 40), 255, np.uint8)).save(tmp_path / "white.png")
        upload(figure, tmp_path / "white.png", "Nothing to read")
        (tmp_path / "empty.png").write_bytes(b"")
        upload(figure, tmp_path / "empty.png", "The browser cannot read this file as a picture")


@pytest.mark.browser
def test_only_one_finger_and_the_first_button_draw(browser, address):
    with opened(browser, address, name="digit-fingers") as page:
        (figure,) = ready(page)
        figure.get_by_role("button", name="Clear", exact=True).click()
        touch = """(sheet, [kind, options]) => {
            const box = sheet.getBoundingClientRect();
            sheet.setPointerCapture = () => {};
            sheet.dispatchEvent(new PointerEvent(kind, { ...options, clientX: box.left + options.x, clientY: box.top + options.y }));
        }"""
        sheet = page.locator(".nns-sheet")
        for options in ({"isPrimary": False, "pointerId": 8}, {"isPrimary": True, "pointerId": 7, "button": 2}):
            sheet.evaluate(touch, ["pointerdown", {"x": 90, "y": 60, **options}])
            sheet.evaluate(touch, ["pointermove", {"x": 90, "y": 160, **options}])
            sheet.evaluate(touch, ["pointerup", {"x": 90, "y": 160, **options}])
            assert state(figure)["said"].startswith("Nothing to read")
        one, two = {"isPrimary": True, "pointerId": 7}, {"isPrimary": False, "pointerId": 8}
        sheet.evaluate(touch, ["pointerdown", {"x": 90, "y": 60, **one}])
        sheet.evaluate(touch, ["pointermove", {"x": 200, "y": 20, **two}])  # a palm that lies on the sheet
        sheet.evaluate(touch, ["pointerup", {"x": 200, "y": 20, **two}])
        sheet.evaluate(touch, ["pointermove", {"x": 90, "y": 200, **one}])
        sheet.evaluate(touch, ["pointerup", {"x": 90, "y": 200, **one}])
        assert state(figure)["said"].startswith("Read as 1 ")


@pytest.mark.browser
@pytest.mark.parametrize(
    "query",
    [
        "draw-a-digit.drawing=zzzz-!!-0",
        "draw-a-digit.picture=780.AAAAAAAA",
        "draw-a-digit.picture=x.%25",
        "draw-a-digit.example=99",
        "draw-a-digit.example=-1",
    ],
)
def test_a_damaged_link_does_no_harm(browser, address, query):
    with opened(browser, f"{address}?{query}", name="digit-damaged-link") as page:
        assert state(ready(page)[0])["said"]
