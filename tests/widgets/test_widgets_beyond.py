"""TapeStepper and KernelExplorer: what they show is what the package computes, and every control does what it says."""

import contextlib
import io
import json
import re

import numpy as np
import pytest

from figure_driver import opened, ready, shown_code, state
from nnfromscratch.autodiff import Tensor
from nnfromscratch.convolution import Conv2D
from nnfromscratch.widgets import KernelExplorer, TapeStepper
from nnfromscratch.widgets.kernel_explorer import feature_map
from widget_modules import write_modules
from widget_pages import write_page

EDGES = np.array([[-1.0, 0.0, 1.0]] * 3)


def neuron():
    w, x, b = Tensor(2.0, "w"), Tensor(3.0, "x"), Tensor(1.0, "b")
    return (w * x + b) ** 2


def image(seed=0):
    return np.random.default_rng(seed).random((28, 28))


# --- the tape ------------------------------------------------------------------------------------------------------------------------


def test_every_step_is_told():
    lines = TapeStepper({"a neuron": neuron()}).lines()
    assert lines[2] == "  1. Inputs: w = 2, x = 3, b = 1."
    assert lines[3] == "  2. Forward, “*”: computed from w and x, it is 6."
    assert lines[-2] == "  7. Backward through “+”: “*” receives 14 · 1 = 14; b receives 14 · 1 = 14."
    assert lines[-1] == "  8. Backward through “*”: w receives 14 · 3 = 42; x receives 14 · 2 = 28."


def test_the_last_step_shows_the_derivatives_of_the_tape():
    result = neuron()
    tape = TapeStepper({"a neuron": result}).meta["tapes"][0]
    result.backward()
    shown = {card["name"]: tape["steps"][-1]["gradients"][place] for place, card in enumerate(tape["cards"])}
    assert shown == {"w": "42", "x": "28", "b": "14", "*": "14", "+": "14", "** 2": "1"}


def test_contributions_of_several_uses_add_up():
    v = Tensor(3.0, "v")
    assert "v receives 1 · 3 = 3, then 1 · 3 = 3 more: 7 in total" in TapeStepper({"f": v * v + v}).lines()[-1]


def test_arrays_are_shown_by_their_shapes():
    W = Tensor(np.ones((3, 2)), "W")
    lines = TapeStepper({"f": (np.ones((4, 3)) @ W).sum()}).lines()
    assert lines[2:4] == ["  1. Inputs: W = 3 × 2.", "  2. Forward, “@”: computed from W, it is 4 × 2."]
    assert lines[-1].endswith("W receives an array of its own shape, 3 × 2.")


@pytest.mark.parametrize(("formula", "error"), [("w * x", TypeError), (Tensor(np.ones(3)), ValueError)])
def test_what_is_no_formula_is_rejected(formula, error):
    with pytest.raises(error, match="expected a"):
        TapeStepper({"f": formula})


@pytest.mark.browser
def test_code_of_the_tape_computes_what_is_shown(browser, served, tmp_path):
    v, W = Tensor(3.0, "v"), Tensor(np.array([[1.0, 2.0]]), "W")
    formulas = {"a neuron: (w * x + b) ** 2": neuron(), "v used three times: v * v + v": v * v + v, "(W @ W.T).sum()": (W @ W.T).sum()}
    with opened(browser, served(write_page(tmp_path, TapeStepper(formulas))) + "/index.html", name="tape-code") as page:
        (figure,) = ready(page)
        for name, expected in zip(formulas, ["49.0 42.0 28.0 14.0", "12.0 7.0", "5.0 [[2. 4.]]"]):
            figure.get_by_label("formula", exact=True).select_option(name)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(shown_code(figure), {})
            assert printed.getvalue().strip() == expected


@pytest.mark.parametrize("text", ["a neuron", "a neuron: w · x", "w * x + c", "w * x"])
def test_a_text_that_is_not_the_formula_of_the_inputs_makes_no_code(text):
    assert TapeStepper({text: neuron()}).meta["tapes"][0]["code"] == ""


# --- the kernel ----------------------------------------------------------------------------------------------------------------------


def test_the_feature_map_is_that_of_the_layer():
    layer, X = Conv2D(1, 1, 3, dtype=np.float64), image()
    layer.params["W"] = EDGES[None, None]
    np.testing.assert_allclose(feature_map(X, EDGES), layer.forward(X[None, None])[0, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("images", "kernels"),
    [({"a": np.zeros((8, 8))}, {"k": EDGES}), ({"a": image() * 2}, {"k": EDGES}), ({"a": image()}, {"k": np.zeros((2, 2))})],
)
def test_what_does_not_fit_is_rejected(images, kernels):
    with pytest.raises(ValueError, match="expected"):
        KernelExplorer(images, kernels)


@pytest.mark.browser
def test_the_browser_computes_the_same_feature_map(browser, served, tmp_path):
    X, kernel = image(1), np.random.default_rng(2).normal(size=(3, 3))
    with opened(browser, served(write_modules(tmp_path)) + "/index.html", name="kernel-parity") as page:
        found = page.evaluate(
            "async ([X, kernel]) => [...(await import('./kernel_explorer.js')).featureMap(X, kernel)]",
            [X.ravel().tolist(), kernel.ravel().tolist()],
        )
    np.testing.assert_allclose(np.reshape(found, (26, 26)), feature_map(X, kernel), atol=1e-12)


@pytest.mark.browser
def test_code_of_the_kernel_computes_what_is_shown(browser, served, tmp_path):
    address = served(write_page(tmp_path, KernelExplorer({"noise": image()}, {"edges": EDGES}))) + "/index.html"
    with opened(browser, address, name="kernel-code") as page:
        (figure,) = ready(page)
        figure.get_by_label("place", exact=True).press("End")
        figure.get_by_label("kernel, row 2, column 2").fill("5")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(shown_code(figure), {})
        told = [number.replace("−", "-") for number in re.findall(r"−?\d+(?:\.\d+)?", state(figure)["said"])]
        computed = re.findall(r"-?\d+(?:\.\d+)?", printed.getvalue())
        np.testing.assert_allclose(np.float64(told), np.float64(computed), atol=0.011)


@pytest.mark.browser
def test_readers_can_use_every_control(browser, served, tmp_path):
    figures = (
        TapeStepper({"a neuron": neuron(), "a square": Tensor(3.0, "v") ** 2}),
        KernelExplorer({"noise": image()}, {"edges": EDGES, "sum": np.ones((3, 3))}),
    )
    with opened(browser, served(write_page(tmp_path, *figures)) + "/index.html", name="beyond") as page:
        tape, kernel = ready(page)
        for control in (
            lambda: tape.get_by_label("One step forward: step").click(),
            lambda: tape.get_by_label("step", exact=True).press("End"),
            lambda: tape.get_by_label("formula").select_option("1"),
        ):
            before = state(tape)
            control()
            assert state(tape) != before
        canvas, feature = kernel.locator("canvas").all()

        def drag():
            canvas.scroll_into_view_if_needed()
            box = canvas.bounding_box()
            page.mouse.move(box["x"] + 20, box["y"] + 20)
            page.mouse.down()
            page.mouse.move(box["x"] + 90, box["y"] + 60)
            page.mouse.up()

        for control in (
            lambda: kernel.get_by_label("kernel", exact=True).select_option("1"),
            lambda: kernel.get_by_label("kernel, row 2, column 2").fill("5"),
            lambda: kernel.get_by_label("place", exact=True).press("Home"),
            lambda: canvas.press("ArrowDown"),
            lambda: feature.press("ArrowRight"),
            lambda: canvas.press("Space"),
            drag,
            lambda: kernel.get_by_role("button", name="Clear and draw your own").click(),
        ):
            before = state(kernel)
            control()
            assert state(kernel) != before
        assert "add up to 0." in kernel.locator(".nns-words").inner_text()
        assert json.loads(page.evaluate("JSON.stringify(document.documentElement.scrollWidth <= innerWidth)"))
