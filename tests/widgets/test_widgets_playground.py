"""Playground: what it computes is what the package computes, and everything in it can be changed."""

import contextlib
import io
import re

import numpy as np
import pytest

import nnfromscratch as nn
from figure_driver import WINDOWS, exercise, opened, ready, shown_code, state
from nnfromscratch.widgets import Playground
from nnfromscratch.widgets.random import Generator
from widget_pages import write_page

XOR = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], np.float32), np.array([0, 1, 1, 0])
EPOCH = re.compile(r"Epoch (\d+): training loss ([\d.]+), validation loss ([\d.]+)\. Classified correctly: (\d+) of (\d+)")


@pytest.fixture(scope="module")
def widgets():
    return [
        Playground("moons", toys=["moons", "spirals"], hidden=[3, 2], lr=0.3),
        Playground(XOR, hidden=[2], activation="BinaryStep", loss="BinaryCrossEntropy", trains=False, title="By hand"),
    ]


@pytest.fixture(scope="module")
def address(widgets, served, tmp_path_factory):
    return served(write_page(tmp_path_factory.mktemp("site"), *widgets)) + "/index.html"


def trained(lr=0.3, epochs=1, hidden=(3, 2), activation="Tanh", noise=0.15, momentum=0.0, weight_decay=0.0, batch=16):
    """Train with the package as the playground does, and return losses and the training points classified correctly."""
    X, y = nn.make_moons(200, noise=noise, rng=0)
    X, kept = X.astype(np.float64), np.arange(200) % 4 == 3
    network = nn.Network(nn.mlp([2, *hidden, 2], activation, rng=0, dtype=np.float64))
    optimizer = nn.SGD(lr, momentum, weight_decay)
    X_train, y_train = X[~kept], y[~kept]
    for epoch in range(epochs):
        order = Generator(epoch + 1).permutation(len(X_train))
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            network.loss_and_gradients(X_train[part], y_train[part])
            optimizer.step(network.parameters)
    correct = int((network.predict(X_train) == y_train).sum())
    return network.evaluate(X_train, y_train)[0], network.evaluate(X[kept], y[kept])[0], correct


def gradient_of_the_first_weight(epoch):
    """Return the derivative of the loss of the first mini-batch after this many epochs."""
    X, y = nn.make_moons(200, noise=0.15, rng=0)
    X, kept = X.astype(np.float64), np.arange(200) % 4 == 3
    network, optimizer = nn.Network(nn.mlp([2, 3, 2, 2], "Tanh", rng=0, dtype=np.float64)), nn.SGD(0.3)
    X, y = X[~kept], y[~kept]
    for order in (Generator(number + 1).permutation(len(X)) for number in range(epoch)):
        for start in range(0, len(order), 16):
            network.loss_and_gradients(X[order[start : start + 16]], y[order[start : start + 16]])
            optimizer.step(network.parameters)
    first = Generator(epoch + 1).permutation(len(X))[:16]
    network.loss_and_gradients(X[first], y[first])
    return network.layers[0].grads["W"][0, 0]


def said(figure):
    """Return epoch, losses, and correct points that the figure reports."""
    epoch, training, validation, correct, _ = EPOCH.match(state(figure)["said"]).groups()
    return int(epoch), float(training), float(validation), int(correct)


# --- without a browser -------------------------------------------------------------------------------------------------------------------


def test_text_form_measures_the_start(widgets):
    loss, validation, _ = trained(epochs=0)
    assert f"before training: training loss {loss:.3f}, validation loss {validation:.3f}" in repr(widgets[0])
    assert "2-2-1, BinaryStep" in repr(widgets[1]) and re.search(r"\d of 4 points classified correctly", repr(widgets[1]))


def test_points_are_those_of_the_package_at_any_noise(widgets):
    moons = widgets[0].meta["data"][0]
    for noise in (0, 0.15, 0.5):
        X, y = nn.make_moons(200, noise=noise, rng=0)
        np.testing.assert_allclose(np.reshape(moons["clean"], (-1, 2)) + noise * np.reshape(moons["unit"], (-1, 2)), X, atol=2e-4)
        assert moons["labels"] == y.tolist()


def test_a_network_of_the_reader(widgets):
    network = nn.Network(nn.mlp([2, 5, 3], "ReLU", rng=3), nn.SquaredError())
    X, y = nn.make_blobs(60, rng=1)
    figure = Playground((X, y), network=network)
    assert figure.meta["start"]["settings"]["hidden"] == [{"n": 5, "activation": "ReLU"}]
    np.testing.assert_array_equal(figure.meta["start"]["values"], network.parameters.values)
    assert figure.network is not network and "your data, 2-5-3, ReLU, loss SquaredError" in repr(figure)


@pytest.mark.parametrize(
    "change, error, message",
    [
        ({"data": "cats"}, ValueError, "unknown toy set 'cats'"),
        ({"hidden": [9]}, ValueError, "at most 4 layers of at most 8 neurons"),
        ({"hidden": [1] * 5}, ValueError, "at most 4 layers"),
        ({"activation": ["Tanh", "ReLU"]}, ValueError, "activation has 2 entries; expected 1"),
        ({"activation": "Softmax"}, ValueError, "expected Linear"),
        ({"lr": 0}, ValueError, "lr is 0"),
        ({"noise": 0.6}, ValueError, "noise is 0.6"),
        ({"data": "spirals", "loss": "BinaryCrossEntropy"}, ValueError, "expected Linear"),
        ({"network": nn.Network(nn.mlp([3, 2]))}, ValueError, "expected Linear"),
        ({"data": (np.zeros((3, 3)), np.zeros(3, int))}, ValueError, "X has shape"),
    ],
)
def test_what_does_not_fit_is_rejected(change, error, message):
    with pytest.raises(error, match=message):
        Playground(**{"data": "moons"} | change)


# --- in a browser ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("window", WINDOWS)
def test_every_control_answers(browser, address, window):
    with opened(browser, address, name=f"playground-{window}", **WINDOWS[window]) as page:
        for figure in ready(page):
            exercise(figure)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.browser
def test_training_is_the_packages_training(browser, address):
    with opened(browser, address, name="playground-training") as page:
        figure, _ = ready(page)
        for epochs in (1, 2, 3):
            figure.get_by_role("button", name="One epoch").click()
            loss, validation, correct = trained(epochs=epochs)
            assert said(figure) == (epochs, pytest.approx(loss, abs=6e-4), pytest.approx(validation, abs=6e-4), correct)


@pytest.mark.browser
def test_rate_momentum_and_decay_change_the_training(browser, address):
    with opened(browser, address, name="playground-rate") as page:
        figure, _ = ready(page)
        figure.get_by_text("More settings").click()
        figure.get_by_label("learning rate").fill("-1.5")
        figure.get_by_label("momentum").fill("0.9")
        figure.get_by_label("L2 regularization").fill("4")
        figure.get_by_label("batch size").fill("3")
        figure.get_by_role("button", name="One epoch").click()
        loss, validation, correct = trained(lr=0.03, momentum=0.9, weight_decay=0.01, batch=8)
        assert said(figure) == (1, pytest.approx(loss, abs=6e-4), pytest.approx(validation, abs=6e-4), correct)


@pytest.mark.browser
def test_play_runs_and_pauses_and_undo_goes_back(browser, address):
    with opened(browser, address, name="playground-play") as page:
        figure, _ = ready(page)
        first = state(figure)["said"]
        figure.get_by_role("button", name="Play").click()
        page.wait_for_function("parseInt(document.querySelector('.nns-epoch').textContent.split(' ')[1]) > 5")
        figure.get_by_role("button", name="Pause").click()
        epoch = said(figure)[0]
        page.wait_for_timeout(200)
        assert said(figure)[0] == epoch > 5
        figure.get_by_role("button", name="Undo").click()
        assert state(figure)["said"] == first


@pytest.mark.browser
def test_a_layers_activation_changes_after_an_undo_of_something_else(browser, address):
    with opened(browser, address, name="playground-undo-activation") as page:
        figure, _ = ready(page)
        figure.locator("details", has=page.locator("summary", has_text="More settings")).evaluate("box => { box.open = true; }")
        figure.get_by_role("button", name="One epoch").click()
        figure.get_by_role("button", name="Undo").click()
        before = state(figure)
        figure.get_by_label("hidden layer 1", exact=True).select_option("ReLU")
        assert state(figure)["said"] != before["said"]


@pytest.mark.browser
def test_layers_and_neurons_change(browser, address):
    with opened(browser, address, name="playground-layers") as page:
        figure, _ = ready(page)
        figure.get_by_text("More settings").click()
        for _ in range(2):
            figure.get_by_role("button", name="Add a layer").click()
        assert figure.get_by_role("button", name="Add a layer").is_disabled()
        for _ in range(4):
            figure.get_by_role("button", name="One more neuron in hidden layer 4").click()
        assert figure.get_by_role("button", name="One more neuron in hidden layer 4").is_disabled()
        assert figure.locator('[data-neuron="4 7"]').count() == 1
        figure.get_by_label("hidden layer 2", exact=True).select_option("ReLU")
        assert "2-3-2-4-8-2" == figure.locator(".nns-network svg").get_attribute("aria-label").split()[1]
        for _ in range(4):
            figure.get_by_role("button", name="Remove the last layer").click()
        figure.get_by_role("button", name="One epoch").click()
        assert said(figure)[0] == 1 and "2-2" == figure.locator(".nns-network svg").get_attribute("aria-label").split()[1]


@pytest.mark.browser
def test_weights_are_edited_by_keyboard_and_pointer(browser, address):
    with opened(browser, address, name="playground-weights") as page:
        _, figure = ready(page)
        before = state(figure)
        figure.locator('[data-neuron="2 0"]').press("Enter")
        assert "output neuron" in figure.locator(".nns-inspector").inner_text()
        figure.get_by_label("b", exact=True).press("End")
        after = state(figure)
        assert after["said"] != before["said"] and after["seen"] != before["seen"]
        figure.get_by_role("button", name="Undo").click()
        assert state(figure)["said"] == before["said"]
        figure.locator(".nns-edge").first.click(force=True)
        assert figure.locator(".nns-inspector input:focus").count() == 1


SOLUTION = {"1 0": (1, 1, -0.5), "1 1": (1, 1, -1.5), "2 0": (1, -1, -0.5)}  # or, and, "the first but not the second"


@pytest.mark.browser
def test_exclusive_or_can_be_solved_by_hand(browser, address):
    with opened(browser, address, name="playground-xor") as page:
        _, figure = ready(page)
        for neuron, values in SOLUTION.items():
            figure.locator(f'[data-neuron="{neuron}"]').click()
            for label, value in zip(("w1", "w2", "b"), values):
                figure.get_by_label(label, exact=True).fill(str(value))
        assert "4 of 4" in state(figure)["said"]


@pytest.mark.browser
def test_points_are_added_and_erased_by_keyboard_and_pointer(browser, address):
    with opened(browser, address, name="playground-points") as page:
        figure, _ = ready(page)
        figure.get_by_text("Points:").click()
        plane = figure.locator(".nns-field svg")
        plane.press("ArrowUp")
        assert "class 0" in figure.locator(".nns-about").inner_text()
        figure.get_by_label("a click on the plane").select_option("adds a point of class 2")
        plane.press("Enter")
        assert "Added point 201, of class 2" in figure.inner_text() and "own points" in figure.get_by_label("data").inner_text()
        plane.click(position={"x": 30, "y": 30})
        assert "Added point 202" in figure.inner_text()
        plane.press("Delete")
        assert "201 points are left" in figure.inner_text()
        figure.get_by_role("button", name="Remove all points").click()
        assert "no training points" in state(figure)["said"]
        for name in ("Play", "One step", "One epoch", "Explain this step"):
            figure.get_by_role("button", name=name).click()


@pytest.mark.browser
def test_a_csv_file_is_read_and_a_bad_one_explained(browser, address, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    rows = "".join(f"{100 * i % 7},{i % 3},{'cat' if i % 2 else 'dog'}\n" for i in range(40))
    good.write_text("height,width,animal\n" + rows)
    bad.write_text("1,2,a\n3,b\n")
    with opened(browser, address, name="playground-csv") as page:
        figure, _ = ready(page)
        figure.locator("input[type=file]").set_input_files(bad)
        figure.get_by_text('row 2 is "3, b"').wait_for()
        figure.locator("input[type=file]").set_input_files(good)
        figure.get_by_text("Loaded 40 points: class 0 is cat, class 1 is dog.").wait_for()
        assert " of 30 " in state(figure)["said"]


@pytest.mark.browser
def test_two_networks_are_compared(browser, address):
    with opened(browser, address, name="playground-compare") as page:
        figure, _ = ready(page)
        figure.get_by_role("button", name="Compare two networks").click()
        figure.get_by_label("learning rate").nth(1).fill("-1")
        figure.get_by_role("button", name="One epoch").click()
        words = figure.locator(".nns-pane .nns-words").all_inner_texts()
        for text, lr in zip(words, (0.3, 0.1)):
            assert float(EPOCH.match(text)[2]) == pytest.approx(trained(lr=lr)[0], abs=6e-4)
        figure.get_by_role("button", name="End the comparison").click()
        assert figure.locator(".nns-pane").count() == 1


@pytest.mark.browser
def test_a_link_carries_the_run(browser, address):
    with opened(browser, address, name="playground-link") as page:
        figure, hand = ready(page)
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        figure.get_by_label("noise").fill("0.3")
        figure.get_by_label("activation of all").select_option("ReLU")
        figure.get_by_role("button", name="One epoch").click()
        hand.get_by_label("b", exact=True).press("End")
        texts = [state(one)["said"] for one in (figure, hand)]
        figure.get_by_role("button", name="Copy a link").click()
        link = figure.get_by_label("Link to the figure as it is now", exact=True).input_value()
        page.goto("about:blank")
        page.goto(link)
        assert [state(one)["said"] for one in ready(page)] == texts


@pytest.mark.browser
def test_a_link_carries_the_largest_set_of_own_points(browser, address, tmp_path):
    rng, file = np.random.default_rng(0), tmp_path / "large.csv"
    file.write_text("".join(f"{x:.4f},{y:.4f},{label}\n" for x, y, label in zip(*rng.normal(size=(2, 1000)), rng.integers(0, 6, 1000))))
    with opened(browser, address, name="playground-large") as page:
        figure, _ = ready(page)
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
        figure.locator("input[type=file]").set_input_files(file)
        figure.get_by_text("Loaded 1000 points").wait_for()
        figure.get_by_role("button", name="Copy a link").click()
        link = figure.get_by_label("Link to the figure as it is now", exact=True).input_value()
        assert len(link) < 8000
        page.goto(link)
        figure, _ = ready(page)
        assert " of 750 " in state(figure)["said"]
        points = np.array([re.findall(r"\[(-?[\d.e-]+), (-?[\d.e-]+), (\d)\]", shown_code(figure))][0], float)
        np.testing.assert_allclose(points, np.loadtxt(file, delimiter=","), atol=4e-3)


@pytest.mark.browser
@pytest.mark.parametrize(
    "query",
    ["playground.net=9Tanh&playground.lr=-3&playground.epoch=x", "playground.data=cats&playground.points=1,2_3", "playground.epoch=2.5"],
)
def test_a_damaged_link_shows_the_start(browser, address, query):
    with opened(browser, address, name="playground-start") as page:
        first = state(ready(page)[0])["said"]
    with opened(browser, f"{address}?{query}", name="playground-damaged") as page:
        assert state(ready(page)[0])["said"] == first


@pytest.mark.browser
def test_a_rate_between_two_places_of_the_slider_is_shown_as_it_is(browser, address):
    with opened(browser, f"{address}?playground.lr=0.15", name="playground-rate") as page:
        figure = ready(page)[0]
        rate, shown = figure.get_by_label("learning rate"), figure.locator(".nns-control", has_text="learning rate").locator("output")
        assert (shown.inner_text(), rate.get_attribute("aria-valuetext")) == ("0.15", "0.15") and "SGD(0.15," in shown_code(figure)
        rate.press("ArrowRight")
        assert shown.inner_text() == "0.18" and "SGD(0.18," in shown_code(figure)
        figure.get_by_role("button", name="Undo").click()
        assert shown.inner_text() == "0.15"


@pytest.mark.browser
def test_embedded_it_fills_the_window(browser, address):
    with opened(browser, f"{address}?embed=playground", name="playground-embedded") as page:
        box = ready(page)[0].bounding_box()
        assert (box["x"], box["y"], box["width"]) == (0, 0, page.viewport_size["width"])


@pytest.mark.browser
def test_code_prints_the_losses_that_are_shown(browser, address):
    with opened(browser, address, name="playground-code") as page:
        figure, hand = ready(page)
        figure.get_by_role("button", name="One epoch").click()
        _, training, validation, _ = said(figure)
        for one, expected in ((figure, f"training loss {training:.3f}\nvalidation loss {validation:.3f}\n"), (hand, "loss ")):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(shown_code(one), {})
            assert printed.getvalue().startswith(expected)


@pytest.mark.browser
def test_code_goes_on_as_the_page_does(browser, address):
    with opened(browser, address, name="playground-go-on") as page:
        figure, _ = ready(page)
        for _ in range(2):
            figure.get_by_role("button", name="One epoch").click()
        code, printed = shown_code(figure), io.StringIO()
        for _ in range(10):
            figure.get_by_role("button", name="One epoch").click()
        with contextlib.redirect_stdout(printed):
            exec(code, {})
        assert float(printed.getvalue().split()[-1]) == pytest.approx(said(figure)[1], abs=6e-4)


@pytest.mark.browser
def test_a_step_is_explained_on_the_present_weights(browser, address):
    with opened(browser, address, name="playground-explain") as page:
        figure, _ = ready(page)
        figure.get_by_role("button", name="One epoch").click()
        figure.locator('[data-neuron="1 0"]').click()
        weight = figure.locator(".nns-inspector output").first.inner_text()
        figure.get_by_role("button", name="Explain this step").click()
        figure.locator(".nns-explanation").get_by_label("step", exact=True).press("End")
        shown = figure.locator('.nns-explanation [data-number="h1_1.w1"]').text_content()
        assert float(shown.replace("−", "-")) == pytest.approx(float(weight.replace("−", "-")), abs=0.006)
        told, mean = figure.locator(".nns-explanation .nns-outcome").last, gradient_of_the_first_weight(epoch=1)
        own, all_of_them, change = map(float, re.findall(r"(?:gradient is|\) is|by) (-?[\d.]+\d)", told.inner_text().replace("−", "-")))
        assert all_of_them == pytest.approx(mean, abs=6e-4) and change == pytest.approx(-0.3 * mean, abs=6e-5)
        figure.get_by_label("sample from the mini-batch").press("End")
        assert f"gradient is {own:.3f} for this sample" not in told.inner_text().replace("−", "-")
        figure.get_by_role("button", name="One step", exact=True).click()
        assert f"{all_of_them:.3f}" not in told.inner_text().replace("−", "-")
        figure.get_by_role("button", name="Close").click()
        assert figure.locator(".nns-explanation").is_hidden()


@pytest.mark.browser
def test_one_epoch_takes_little_time(browser, address):
    with opened(browser, address, name="playground-time") as page:
        figure, _ = ready(page)
        figure.get_by_text("More settings").click()
        figure.get_by_label("speed").select_option("as fast as possible")
        figure.get_by_role("button", name="Play").click()
        page.wait_for_timeout(1000)
        figure.get_by_role("button", name="Pause").click()
        assert said(figure)[0] > 20  # on a busy machine; the budget is measured on a quiet one
