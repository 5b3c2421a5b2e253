"""Figures on a published page, in a real browser: controls, link, code; and what is left if something is missing."""

import base64
import json

import numpy as np
import pytest

from figure_driver import WINDOWS, exercise, opened, ready, shown_code, state
from nnfromscratch import Network, mlp, relu, sigmoid, tanh
from nnfromscratch.widgets import BackpropStepper, Choice, Explore
from widget_pages import page, write_page

pytestmark = pytest.mark.browser


def draw(figure, slope, activation):
    z = np.linspace(-2, 2, 41)
    figure.subplots().plot(z, activation(slope * z))
    return f"A curve that ends at {activation(slope * 2.0):.2f}."


def dots(figure, n):
    figure.subplots().scatter(*np.random.default_rng(0).random((2, 1000 * n)))
    return f"{n} thousand points"


@pytest.fixture(scope="module")
def widgets():
    network = Network(mlp([2, 3, 2], "Tanh", rng=1))
    return [
        Explore(draw, title="Slopes & <curves>", slope=Choice(0.5, 1.0, 2.0, kind="play"), activation=[relu, tanh, sigmoid]),
        Explore(dots, title="Dots", n=[2, 3]),
        BackpropStepper(network, np.array([[1.0, -0.5]], np.float32), np.array([1])),
    ]


@pytest.fixture(scope="module")
def address(widgets, served, tmp_path_factory):
    return served(write_page(tmp_path_factory.mktemp("site"), *widgets)) + "/index.html"


@pytest.mark.parametrize("window", WINDOWS)
def test_every_control_answers(browser, address, window):
    with opened(browser, address, name=f"widgets-{window}", **WINDOWS[window]) as page:
        figures = ready(page)
        assert [exercise(figure) for figure in figures] == [2, 1, 4]
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_words_are_those_of_the_text_form(browser, address, widgets):
    with opened(browser, address, name="widgets-words") as page:
        slopes, _, stepper = ready(page)
        slopes.get_by_label("activation", exact=True).select_option("sigmoid")
        slopes.get_by_label("slope", exact=True).press("End")
        assert state(slopes)["said"] == repr(widgets[0]).splitlines()[-1] == "Slope 2.0, activation sigmoid: A curve that ends at 0.98."
        assert slopes.locator(".nns-picture").get_attribute("aria-label") == "A curve that ends at 0.98."
        stepper.get_by_label("step", exact=True).press("End")
        numbers = widgets[2].numbers("Tanh")
        assert f"the loss is {numbers['loss.L']:.3f}" in state(stepper)["said"]
        assert f"{numbers['h2.dw1']:z.3f}".replace("-", "−") == stepper.locator('[data-number="h2.dw1"]').text_content()


def test_shown_code_belongs_to_what_is_seen(browser, address, widgets):
    with opened(browser, address, name="widgets-code") as page:
        slopes = ready(page)[0]
        code = shown_code(slopes)
        assert "slope=0.5, activation=relu)" in code
        slopes.get_by_label("activation", exact=True).select_option("tanh")
        assert shown_code(slopes) == code.replace("activation=relu)", "activation=tanh)") != code


def test_negative_numbers_have_a_minus_sign_but_a_hyphen_in_code_and_links(browser, served, tmp_path):
    address = served(write_page(tmp_path, Explore(draw, title="Below", slope=[-1.5, -0.25, 0.5], activation=[tanh]))) + "/index.html"
    with opened(browser, f"{address}?below.slope=-0.25", name="widgets-minus") as page:
        (figure,) = ready(page)
        assert state(figure)["said"] == "Slope −0.25, activation tanh: A curve that ends at −0.46."
        figure.get_by_label("slope", exact=True).press("Home")
        assert figure.locator("output").first.text_content() == "−1.5"
        assert "slope=-1.5" in shown_code(figure) and exercise(figure) == 2


def test_play_runs_to_the_end_and_stops(browser, address):
    with opened(browser, address, name="widgets-play") as page:
        slopes = ready(page)[0]
        slopes.get_by_role("button", name="Play: slope").click()
        slopes.get_by_text("Slope 2.0, activation relu").wait_for()
        slopes.get_by_role("button", name="Play: slope").wait_for()
        slopes.get_by_role("button", name="One step back").click()
        assert state(slopes)["said"].startswith("Slope 1.0")


# --- the link --------------------------------------------------------------------------------------------------------------------------


def test_a_link_carries_the_state_of_every_figure(browser, address):
    with opened(browser, address, name="widgets-link", permissions=["clipboard-read", "clipboard-write"]) as page:
        slopes, dots, stepper = ready(page)
        slopes.get_by_label("activation", exact=True).select_option("tanh")
        dots.get_by_label("n", exact=True).press("End")
        stepper.get_by_label("step", exact=True).press("End")
        said = [state(figure)["said"] for figure in (slopes, dots, stepper)]
        dots.get_by_role("button", name="Copy a link").click()
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.endswith("#figure-dots") and "slopes-curves.activation=tanh" in link
        page.goto("about:blank")
        page.goto(link)
        assert [state(figure)["said"] for figure in ready(page)] == said
        page.reload()
        assert [state(figure)["said"] for figure in ready(page)] == said


def test_the_state_survives_a_reload(browser, address):
    with opened(browser, address, name="widgets-reload") as page:
        ready(page)[0].get_by_label("slope", exact=True).press("End")
        page.wait_for_url("**slopes-curves.slope=2.0**")
        page.reload()
        assert state(ready(page)[0])["said"].startswith("Slope 2.0")


@pytest.mark.parametrize(
    "query",
    [
        "slopes-curves.slope=steep&slopes-curves.activation=<b>&dots.n=",
        "backpropagation-step-by-step.step=99",
        "&&=&%F0",
        "backpropagation-step-by-step.x=(1,two)&backpropagation-step-by-step.parameters=h1.b:_h9.w1:3_:",
        "backpropagation-step-by-step.x=(1,9)&backpropagation-step-by-step.step=2.5",
        "slopes-curves.slope=1e999",
    ],
)
def test_a_damaged_link_shows_the_start(browser, address, widgets, query):
    with opened(browser, f"{address}?{query}", name="widgets-damaged-link") as page:
        start = (
            "The sample x1 = 1.000, x2 = −0.500 comes in. Its label is 1, so output neuron 2 should have the largest value. "
            "All weights and biases are known, and the activation is Tanh."
        )
        said = ["Slope 0.5, activation relu: A curve that ends at 1.00.", "n 2: 2 thousand points", start]
        assert [state(figure)["said"] for figure in ready(page)] == said


REMARK = "Only a kernel, as in JupyterLab or on Binder, can compute that. The figure shows the nearest setting that it has."


def test_a_link_to_what_only_a_kernel_computes_says_so(browser, address):
    """Values that a reader with a kernel typed: the page shows the nearest that it holds, and says what the link asks for."""
    query = "slopes-curves.slope=1.7&slopes-curves.activation=tanh"
    with opened(browser, f"{address}?{query}", name="widgets-kernel-link") as page:
        slopes, dots, _ = ready(page)
        remarks = [figure.locator(".nns-remark") for figure in (slopes, dots)]
        assert remarks[0].inner_text() == f"The link asks for slope 1.7. {REMARK}"
        assert [remark.is_visible() for remark in remarks] == [True, False]
        assert state(slopes)["said"].startswith("Slope 2.0, activation tanh")
        slopes.get_by_label("slope", exact=True).press("Home")
        assert not remarks[0].is_visible()


LATE = """async ([esm, meta, frames]) => {
  const { default: figure } = await import(URL.createObjectURL(new Blob([esm], { type: "text/javascript" })));
  const data = { meta, frames: new DataView(Uint8Array.from(atob(frames), letter => letter.charCodeAt(0)).buffer) }, sent = [], heard = [];
  const model = { get: name => data[name], send: content => sent.push(content), on: (_, listener) => heard.push(listener), off() {} };
  window.answer = () => heard.forEach(listener => listener(sent.find(({ hello }) => hello), []));
  await figure.render({ model, el: document.querySelector("article") });
}"""


def test_what_the_reader_chooses_before_a_kernel_answers_outweighs_the_link(browser, widgets, served, tmp_path):
    (tmp_path / "index.html").write_text('<link rel="icon" href="data:,"><article data-nns-page></article>')
    address = served(tmp_path) + "/index.html?slopes-curves.slope=1.7"
    with opened(browser, address, name="widgets-late-kernel") as page:
        page.evaluate(LATE, [widgets[0]._esm, widgets[0].meta, base64.b64encode(widgets[0].frames).decode()])
        figure = page.locator(".nns-figure")
        figure.get_by_label("slope", exact=True).press("Home")
        said = state(figure)["said"]
        page.evaluate("answer()")
        assert figure.get_by_label("or any slope").input_value() == "" and state(figure)["said"] == said


def test_a_link_carries_sample_and_weights_of_the_stepper(browser, address):
    steps = [f"backpropagation-step-by-step.{part}" for part in ("x=(3,%20-1.5)", "parameters=h1.b:0.25_o2.w3:-1", "step=2")]
    with opened(browser, f"{address}?{'&'.join(steps)}", name="widgets-stepper-link") as page:
        stepper = ready(page)[2]
        assert state(stepper)["said"].startswith("Forward, hidden neuron 1: z = x1·w1 + x2·w2 + b = 3.000·")
        assert state(stepper)["said"].count("0.250") == 1
        assert stepper.locator('[data-number="o2.w3"]').text_content() == "−1.000"


def test_without_a_clipboard_the_link_can_be_copied_by_hand(browser, address):
    with opened(browser, address, name="widgets-no-clipboard") as page:
        dots = ready(page)[1]
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        dots.get_by_role("button", name="Copy a link").click()
        assert "dots.n=2" in dots.get_by_label("Link to the figure as it is now", exact=True).input_value()


# --- what is left if something is missing ---------------------------------------------------------------------------------------------


def test_without_javascript_the_start_picture_stands(browser, address):
    with opened(browser, address, name="widgets-no-js", java_script_enabled=False) as page:
        assert page.locator(".live-still img:visible").count() == 3
        assert page.locator("img").first.get_attribute("alt") == "A curve that ends at 1.00."


def stored(widgets):
    """Return the state of the figures as a page holds it."""
    html = page(*widgets)
    start = html.index('{"version_major"', html.index("widget-state+json"))
    return json.loads(html[start : html.index("</script>", start)].replace("<\\/", "</"))["state"]


def spoil(state, change):
    for model in state.values():
        if model["state"].get("_model_module") == "anywidget":
            change(model)
    return state


DAMAGES = {
    "no state at all": (lambda state: {}, "its data are missing"),
    "an ordinary widget": (lambda state: spoil(state, lambda m: m["state"].update(_model_module="controls")), "needs Jupyter"),
    "broken script": (lambda state: spoil(state, lambda m: m["state"].update(_esm="export default {")), "could not start"),
    "script without a figure": (lambda state: spoil(state, lambda m: m["state"].update(_esm="export const a = 1")), "could not start"),
    "no script": (lambda state: spoil(state, lambda m: m["state"].pop("_esm")), "could not start"),
    "no meta": (lambda state: spoil(state, lambda m: m["state"].pop("meta")), "could not start"),
    "foreign meta": (lambda state: spoil(state, lambda m: m["state"].update(meta={"title": 3})), "could not start"),
    "no state in the model": (lambda state: spoil(state, lambda m: m.pop("state") and m.update(state=None)), "needs Jupyter"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_figure_says_so_and_leaves_the_page_readable(browser, widgets, served, tmp_path, damage):
    change, words = DAMAGES[damage]
    address = served(write_page(tmp_path, *widgets[:2], state=change(stored(widgets[:2])))) + "/index.html"
    with opened(browser, address, name="widgets-damaged") as page:
        assert ready(page) == []
        assert page.locator("h1").inner_text() == "Text" and page.locator(".live-still img:visible").count() == 2
        assert all(words in note for note in page.locator(".live-still p").all_inner_texts())


@pytest.mark.parametrize("old, new", [('"data": "', '"data": "!'), ('"data": "', '"data": "AAAA')])
def test_damaged_data_of_one_figure_leave_the_others_alone(browser, widgets, served, tmp_path, old, new):
    folder = write_page(tmp_path, *widgets)
    html = (folder / "index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(html.replace(old, new, 1), encoding="utf-8")
    with opened(browser, served(folder) + "/index.html", name="widgets-damaged-data") as page:
        assert len(ready(page)) == 2
        assert page.locator(".live-still img:visible").count() == 1
        assert "is not interactive here" in page.locator(".live-still p").inner_text()


def test_state_that_is_no_json(browser, widgets, served, tmp_path):
    folder = write_page(tmp_path, *widgets)
    html = (folder / "index.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(html.replace('"version_minor": 0, "state"', '"version_minor": 0; "state"'), encoding="utf-8")
    with opened(browser, served(folder) + "/index.html", name="widgets-no-json") as page:
        assert ready(page) == []
        assert all("its data are missing" in note for note in page.locator(".live-still p").all_inner_texts())


def test_a_strict_content_policy_is_enough(browser, widgets, served, tmp_path):
    policy = "default-src 'none'; script-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"
    folder = write_page(tmp_path, *widgets)
    html = (folder / "index.html").read_text(encoding="utf-8")
    meta = f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">'
    (folder / "index.html").write_text(html.replace("<head>", meta), encoding="utf-8")
    with opened(browser, served(folder) + "/index.html", name="widgets-policy") as page:
        assert len([exercise(figure) for figure in ready(page)]) == 3
