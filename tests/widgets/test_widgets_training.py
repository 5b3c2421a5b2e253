"""TrainingExplorer: its numbers are those of the package, in Python, in the browser, and in the code it shows."""

import contextlib
import inspect
import io
import json
import zlib

import numpy as np
import pytest

import nnfromscratch as nn
from figure_driver import WINDOWS, exercise, opened, ready, shown_code, state
from nnfromscratch.widgets import TrainingExplorer
from nnfromscratch.widgets.training_explorer import FUNCTIONS, LARGEST, NEVER, pack, snapshot_epochs, train
from widget_modules import write_modules
from widget_pages import talk, write_page

RATES, NAMES = (0.01, 0.3, 10.0), ("Identity", "Tanh", "ReLU")
CLOUD = (np.random.default_rng(0).normal(size=(2000, 2)).astype(np.float32), np.arange(2000) % 2)


@pytest.fixture(scope="module")
def widget():
    return TrainingExplorer(("moons", "spirals"), lr=RATES, activation=NAMES, epochs=40)


def fitted(data, lr, activation, epochs):
    """Train as the package's user does; return loss and accuracy."""
    X, y = nn.make_moons(120, noise=0.15, rng=0) if data == "moons" else nn.make_spirals(150, noise=0.03, rng=0)
    X = X.astype(np.float64)
    network = nn.Network(nn.mlp([2, 8, y.max() + 1], activation, rng=0, dtype=np.float64))
    network.fit(X, y, epochs=epochs, batch_size=32, optimizer=nn.SGD(lr), rng=0)
    return network.evaluate(X, y)


# --- without a browser -------------------------------------------------------------------------------------------------------------------


def test_text_form_has_a_line_for_each_run(widget):
    lines = repr(widget).splitlines()
    assert len(lines) == 1 + 2 * 3 * 3
    for data, lr, activation in [("moons", 0.3, "Tanh"), ("spirals", 0.01, "ReLU")]:
        loss, accuracy = fitted(data, lr, activation, 40)
        line = next(line for line in lines if line.startswith(f"{data}, learning rate {lr:g}, {activation}: "))
        assert line.endswith(f"to {loss:.2f}, {accuracy:.0%} right".replace("%", " %"))


def test_too_large_a_rate_is_told_in_words(widget):
    lines = repr(widget).splitlines()
    assert "spirals, learning rate 10, Identity: It diverges: the loss grows beyond every bound." in lines
    assert "spirals, learning rate 10, Tanh: The steps are too large: the loss jumps and never settles." in lines
    assert not any("large" in line or "diverges" in line for line in lines if "rate 0." in line)


def test_start_picture_and_its_words(widget):
    data, _ = widget._repr_mimebundle_()
    assert data["image/png"].startswith("iVBOR")
    assert "moons, learning rate 0.3, Tanh: loss" in data["application/vnd.jupyter.widget-view+json"]["alt"]


def test_default_figure_is_small_enough_for_a_page():
    shipped = TrainingExplorer()
    assert len(shipped.meta["lr"]) >= 8 and len(shipped.meta["activation"]) >= 5 and len(shipped.data) == 4
    assert len(shipped.runs) + len(zlib.compress(json.dumps(shipped.meta).encode())) < 250_000
    lines = shipped.lines()
    assert sum("diverges" in line for line in lines) > 3 and sum("jumps" in line for line in lines) > 3
    assert sum(" 9" in line or "100%" in line for line in lines) > 20


def test_help_shows_its_own_arguments():
    assert list(inspect.signature(TrainingExplorer).parameters)[:2] == ["data", "lr"]


def test_snapshots_reach_from_the_start_to_the_end():
    for epochs in (1, 2, 7, 100, 1000):
        kept = snapshot_epochs(epochs)
        assert kept[0] == 0 and kept[-1] == epochs and kept == sorted(set(kept))
    assert len(snapshot_epochs(100)) < 35


@pytest.mark.parametrize(
    "data, lr, verdict",
    [
        ((CLOUD[0][:1], CLOUD[1][:1]), 0.1, ""),
        ((CLOUD[0][:50], np.zeros(50, int)), 0.1, ""),
        (CLOUD, 1e-12, ""),
        (CLOUD, 1e6, "It diverges"),
        ((CLOUD[0][:6], np.arange(6)), 0.1, ""),
    ],
    ids=["one sample", "one class", "2000 points, tiny rate", "huge rate", "six classes"],
)
def test_extremes(data, lr, verdict):
    widget = TrainingExplorer({"mine": data}, lr=[lr], activation=["Identity"], epochs=1 if verdict == "" else 30)
    assert widget.meta["verdicts"][0].startswith(verdict) and bool(widget.meta["verdicts"][0]) == bool(verdict)
    if lr < 1e-9:
        before, after = (float(word) for word in widget.lines()[1].split("loss ")[1].split(",")[0].split(" to "))
        assert before == after


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"data": ["moon"]}, ValueError, "unknown toy set 'moon'"),
        ({"data": []}, ValueError, "expected at least one"),
        ({"lr": [0.0]}, ValueError, "lr is 0.0; expected a number above 0"),
        ({"lr": [1, 1.0]}, ValueError, "all different"),
        ({"activation": ["Softmax"]}, ValueError, "unknown activation 'Softmax'"),
        ({"hidden": 65}, ValueError, "at most 64 neurons"),
        ({"epochs": 0}, ValueError, "epochs is 0"),
        ({"data": {"mine": (CLOUD[0].astype(int), CLOUD[1])}}, TypeError, "X has dtype int64"),
        ({"data": {"mine": (CLOUD[0], CLOUD[1] + 6)}}, ValueError, "expected 0 to 5"),
        ({"data": {"mine": (np.tile(CLOUD[0], (3, 1)), np.tile(CLOUD[1], 3))}}, ValueError, "at most 5000"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        TrainingExplorer(**{"data": ["moons"], "lr": [0.1], "activation": ["Tanh"], "epochs": 1} | arguments)


# --- with a kernel -----------------------------------------------------------------------------------------------------------------------


REQUEST = {"data": "moons", "lr": 0.17, "activation": "ELU", "hidden": 3}


def test_any_rate_and_width_is_trained_on_the_spot(widget):
    *progress, (answer, (buffer,)) = talk(widget, {"job": "a", **REQUEST})
    assert [part["epoch"] for part, _ in progress] == [20, 40]
    assert answer["hidden"] == 3 and answer["data"]["classes"] == 2
    numbers = zlib.decompress(buffer)
    X, y = nn.make_moons(120, noise=0.15, rng=0)
    *_, (_, run) = train(X.astype(np.float64), y, 0.17, "ELU", 3, 40, 32, 0)
    assert numbers == pack(run)


def test_data_beyond_the_shipped_ones_are_made(widget):
    answer, _ = talk(widget, {"job": "a", **REQUEST, "data": "blobs"})[-1]
    assert answer["data"]["name"] == "blobs" and answer["data"]["classes"] == 3


def test_a_newer_request_ends_an_older_one(widget):
    answers = talk(widget, {"job": "a", **REQUEST}, {"job": "b", **REQUEST}, {"job": "c", **REQUEST})
    assert [part["job"] for part, buffers in answers if buffers] == ["c"]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"lr": 0}, "the learning rate is 0; expected a number above 0"),
        ({"hidden": 2.5}, "hidden is 2.5; expected a whole number"),
        ({"hidden": 0}, "hidden is 0"),
        ({"hidden": 1000}, "at most 64"),
        ({"activation": "Softmax"}, "unknown activation"),
        ({"data": "moon"}, "unknown toy set"),
    ],
)
def test_mistakes_are_told_in_words(widget, change, message):
    ((answer, _),) = talk(widget, {"job": "a", **REQUEST, **change})
    assert message in answer["error"]


def test_a_run_that_diverges_is_an_answer_not_an_error(widget):
    answer, _ = talk(widget, {"job": "a", **REQUEST, "lr": 1e9, "activation": "Identity"})[-1]
    assert answer["verdict"].startswith("It diverges")


# --- in the browser ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(served, tmp_path_factory):
    """The address of a page that can import the front end's modules."""
    return served(write_modules(tmp_path_factory.mktemp("modules"))) + "/index.html"


@pytest.fixture
def modules(browser, empty):
    with opened(browser, empty, name="training-modules") as page:
        yield page


@pytest.mark.browser
@pytest.mark.parametrize("name", FUNCTIONS)
def test_forward_pass_agrees_with_numpy(modules, name):
    rng = np.random.default_rng(1)
    for sizes in ([2, 8, 3], [2, 1, 2], [2, 5, 4, 2]):
        network = nn.Network(nn.mlp(sizes, name, rng=rng, dtype=np.float64))
        network.parameters.values[:] = rng.normal(scale=3, size=network.parameters.values.size)
        X = rng.normal(scale=2, size=(20, 2))
        layers = [{key: layer.params[key].ravel().tolist() for key in "Wb"} for layer in network.layers[::2]]
        found = modules.evaluate(
            """async ([layers, activation, X]) => {
            const { forward, softmax } = await import("./network.js");
            return X.map(x => { const { scores } = forward(layers, activation, x); return [[...scores], [...softmax(scores)]]; });
        }""",
            [layers, FUNCTIONS[name], X.tolist()],
        )
        scores, probabilities = (np.array(part) for part in zip(*found))
        np.testing.assert_allclose(scores, network.forward(X), atol=1e-6, rtol=1e-12)
        np.testing.assert_allclose(probabilities, network.predict_proba(X), atol=1e-6)


@pytest.mark.browser
@pytest.mark.parametrize("name", FUNCTIONS)
def test_pictures_are_computed_from_the_network(modules, name):
    rng = np.random.default_rng(2)
    network = nn.Network(nn.mlp([2, 4, 3], name, rng=rng, dtype=np.float64))
    n, (left, bottom, right, top) = 9, (-1.0, -2.0, 3.0, 1.0)
    layers = [{key: layer.params[key].ravel().tolist() for key in "Wb"} for layer in network.layers[::2]]
    found = modules.evaluate(
        """async ([layers, activation, box, n]) => {
        const { onGrid } = await import("./training_explorer.js");
        const { hidden, probabilities } = onGrid(layers, activation, box, n);
        return [hidden.map(map => [...map]), [...probabilities]];
    }""",
        [layers, FUNCTIONS[name], [left, bottom, right, top], n],
    )
    middles = (np.arange(n) + 0.5) / n
    x2, x1 = np.meshgrid(top - middles * (top - bottom), left + middles * (right - left), indexing="ij")
    X = np.stack([x1.ravel(), x2.ravel()], axis=1)
    hidden = network.layers[1].forward(network.layers[0].forward(X))
    np.testing.assert_allclose(np.array(found[0]).T, hidden, atol=1e-6)
    np.testing.assert_allclose(np.reshape(found[1], (n * n, 3)), network.predict_proba(X), atol=1e-6)


@pytest.mark.browser
def test_runs_travel_unharmed(modules):
    X, y = nn.make_spirals(150, noise=0.03, rng=0)
    for lr in (0.3, 10):
        *_, (_, run) = train(X.astype(np.float64), y, lr, "Identity", 4, 60, 32, 0)
        losses, right, parameters = modules.evaluate(
            """async ([bytes, meta]) => {
            const { unpack, readRun } = await import("./training_explorer.js");
            const { losses, right, parameters } = readRun(unpack(Uint8Array.from(bytes)), meta);
            return [[...losses], [...right], meta.snapshots.map((_, s) => parameters(s).flatMap(({ W, b }) => [...W, ...b]))];
        }""",
            [list(pack(run)), {"epochs": 60, "snapshots": snapshot_epochs(60), "hidden": 4, "classes": 3}],
        )
        np.testing.assert_allclose(losses, np.minimum(np.array(run.losses) * 1000, NEVER), atol=0.5)
        assert right == run.right
        np.testing.assert_allclose(parameters, run.parameters.clip(-LARGEST, LARGEST), rtol=6e-4, atol=6e-4)


@pytest.mark.browser
def test_axis_of_the_loss_ends_at_a_round_number(modules):
    tops = modules.evaluate(
        """async losses => {
        const { lossTop } = await import("./training_explorer.js");
        return losses.map(loss => lossTop([loss, 3]));
    }""",
        [0, 60, 200, 745, 800, 1234, 4999, 65535],
    )
    assert tops == [0.2, 0.2, 0.2, 0.8, 0.8, 1.4, 5, 5]


@pytest.fixture(scope="module")
def address(widget, served, tmp_path_factory):
    return served(write_page(tmp_path_factory.mktemp("training"), widget)) + "/index.html"


@pytest.mark.browser
@pytest.mark.parametrize("window", WINDOWS)
def test_every_control_answers(browser, address, window):
    with opened(browser, address, name=f"training-{window}", **WINDOWS[window]) as page:
        (figure,) = ready(page)
        assert exercise(figure) == 4
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.browser
def test_boundary_and_curves_stand_side_by_side_in_the_column_of_a_page(browser, address):
    with opened(browser, address, name="training-column", viewport={"width": 660, "height": 900}) as page:
        (figure,) = ready(page)
        plane, curves = (canvas.bounding_box() for canvas in figure.locator(".nns-picture > canvas").all())
        assert plane["y"] == curves["y"] and curves["x"] > plane["x"] + 250


def choose(figure, data, lr, activation, epoch):
    figure.get_by_label("data", exact=True).select_option(data)
    figure.get_by_label("activation", exact=True).select_option(activation)
    figure.get_by_label("learning rate", exact=True).fill(str(RATES.index(lr)))
    figure.get_by_label("epoch", exact=True).fill(str(snapshot_epochs(40).index(epoch)))
    return state(figure)["said"]


def run_code(code):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "<figure>", "exec"), {})
    return printed.getvalue()


@pytest.mark.browser
@pytest.mark.parametrize("choice", [("moons", 0.3, "Tanh", 40), ("spirals", 0.3, "ReLU", 10), ("spirals", 0.01, "Identity", 0)])
def test_shown_numbers_and_shown_code_agree(browser, address, choice):
    with opened(browser, address, name="training-code") as page:
        (figure,) = ready(page)
        said = choose(figure, *choice)
        loss, right = run_code(shown_code(figure)).removeprefix("loss ").split(", ")
        right = right.removesuffix(" right\n")
        assert f"the loss is {loss}, and {right} samples" in said
        assert f"after epoch {choice[3]} of 40" in said
        if choice[3]:
            assert float(loss) == pytest.approx(fitted(*choice)[0], abs=6e-4)


@pytest.mark.browser
def test_divergence_is_shown_and_told(browser, address):
    with opened(browser, address, name="training-diverged") as page:
        (figure,) = ready(page)
        fine = choose(figure, "spirals", 10.0, "Identity", 0)
        said = choose(figure, "spirals", 10.0, "Identity", 40)
        assert "diverges" not in fine and "It diverges: the loss grows beyond every bound. After epoch" in said
        with pytest.raises((FloatingPointError, ValueError), match=r"diverged|finite"):
            run_code(shown_code(figure))


@pytest.mark.browser
def test_play_runs_the_film_to_its_end(browser, address):
    with opened(browser, address, name="training-play") as page:
        (figure,) = ready(page)
        figure.get_by_role("button", name="Play: epoch").click()
        page.wait_for_function("+document.querySelectorAll('input[type=range]')[1].value > 3")
        assert figure.locator(".nns-words").get_attribute("aria-live") == "off"
        figure.get_by_role("button", name="Pause: epoch").click()
        assert figure.locator(".nns-words").get_attribute("aria-live") == "polite"


@pytest.mark.browser
def test_link_carries_the_state(browser, address):
    with opened(browser, address, name="training-link") as page:
        (figure,) = ready(page)
        said = choose(figure, "spirals", 0.01, "ReLU", 10)
        page.wait_for_url("**training-explorer.epoch=10**")
        page.reload()
        assert state(ready(page)[0])["said"] == said
        page.goto(f"{address}?training-explorer.lr=large&training-explorer.data=<b>")
        assert state(ready(page)[0])["said"].startswith("moons, Tanh, learning rate 0.3")


@pytest.mark.browser
def test_a_link_to_what_only_a_kernel_trains_says_so(browser, address):
    query = "&".join(f"training-explorer.{part}" for part in ("data=blobs", "lr=7.5", "activation=ReLU", "hidden=3", "epoch=10"))
    with opened(browser, f"{address}?{query}", name="training-kernel-link") as page:
        (figure,) = ready(page)
        assert "The link asks for the data blobs, learning rate 7.5, 3 hidden neurons." in figure.locator(".nns-remark").inner_text()
        assert state(figure)["said"].startswith("moons, ReLU, learning rate 10: after epoch 10")
        figure.get_by_role("button", name="One step on").click()
        assert not figure.locator(".nns-remark").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("data", [(CLOUD[0][:1], CLOUD[1][:1]), (CLOUD[0][:50], np.zeros(50, int)), CLOUD], ids=["1", "one class", "2000"])
def test_extreme_data_are_drawn(browser, served, tmp_path, data):
    widget = TrainingExplorer({"mine": data}, lr=[1e-9, 0.5, 1e9], activation=["ReLU"], epochs=2)
    with opened(browser, served(write_page(tmp_path, widget)) + "/index.html", name="training-extreme") as page:
        (figure,) = ready(page)
        for k in range(3):
            figure.get_by_label("learning rate", exact=True).fill(str(k))
            assert "learning rate" in state(figure)["said"]
        figure.get_by_label("learning rate", exact=True).fill("1")
        said = state(figure)["said"]
        assert f"of {len(data[1])} samples" in said
        assert run_code(shown_code(figure)).split(", ")[0].removeprefix("loss ") in said


KERNEL = """async ([address, meta, runs]) => {
    const { default: figure } = await import(address);
    const heard = [], listeners = [];
    const tell = (content, buffers) => listeners.forEach(listener => listener(content, buffers));
    const bytes = hex => new DataView(Uint8Array.from(hex.match(/../g), pair => parseInt(pair, 16)).buffer);
    window.tell = (content, buffers) => tell({ ...content, job: heard.at(-1).job }, buffers.map(bytes));
    window.heard = heard;
    const traits = { meta, runs: new DataView(Uint8Array.from(runs).buffer) };
    const model = { get: name => traits[name], on: (_, listener) => listeners.push(listener), off() {},
                    send: message => (message.hello ? tell({ hello: message.hello }) : heard.push(message)) };
    await figure.render({ model, el: document.body });
}"""


@pytest.mark.browser
def test_typed_values_are_asked_of_the_kernel_and_drawn(browser, empty, widget):
    with opened(browser, empty, name="training-kernel") as page:
        page.evaluate(KERNEL, ["./training_explorer.js", widget.meta, list(widget.runs)])
        figure = page.locator(".nns-figure")
        figure.get_by_label("hidden neurons", exact=True).fill("3")
        figure.get_by_label("or any learning rate", exact=True).fill("0.17")
        figure.get_by_label("or any learning rate", exact=True).press("Enter")
        figure.get_by_label("data", exact=True).select_option("blobs")
        request = page.evaluate("heard.at(-1)")
        assert {name: request[name] for name in REQUEST} == {**REQUEST, "activation": "Tanh", "data": "blobs"}
        assert figure.get_attribute("aria-busy") == "true" and state(figure)["said"] == "Computing …"
        for part in widget.answer(request):
            buffers = part.pop("buffers", [])
            page.evaluate("([part, hex]) => tell(part, hex)", [part, [buffer.hex() for buffer in buffers]])
        figure.get_by_text("blobs, Tanh, learning rate 0.17: after epoch 40").wait_for()
        assert figure.locator(".nns-neurons canvas").count() == 3
        assert run_code(shown_code(figure)).split(", ")[0].removeprefix("loss ") in state(figure)["said"]
        page.evaluate("tell({ error: 'the learning rate is 0' }, [])")
        assert "This does not work: the learning rate is 0" in state(figure)["said"]
