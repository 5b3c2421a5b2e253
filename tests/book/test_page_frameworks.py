"""The code in other frameworks that two chapters show: taken from the pages, run, and compared with our own on the same page."""

import json
import os
import re

import numpy as np
import pytest

import nnfromscratch as nn
from environment import ROOT, skip_without
from nnfromscratch.autodiff import Tensor, softmax_cross_entropy

SHOWN = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
CLOSE = {"rtol": 1e-4, "atol": 1e-6}  # both compute in float32


def page(name):
    """Return the cells of a chapter as pairs (kind, text), and the listings in its text."""
    cells = json.loads((ROOT / "book" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    pairs = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    return pairs, [code for kind, text in pairs if kind == "markdown" for code in SHOWN.findall(text)]


@pytest.fixture
def ours():
    """The names after the last page's own cell: network, loss, X, y, start."""
    [code] = [text for kind, text in page("16-where-next")[0] if kind == "code" and "network.loss_and_gradients(X, y)" in text]
    names = {"nn": nn, "np": np}
    exec(code, names)
    return names


def test_one_step_in_pytorch_is_the_same(torch, ours):
    step, _ = page("16-where-next")[1]
    theirs = {name: ours[name] for name in ("X", "y", "start")}
    exec(step, theirs)
    assert theirs["loss"].item() == pytest.approx(ours["loss"], rel=1e-5)
    network, parameters = ours["network"], list(theirs["model"].parameters())
    assert len(parameters) == len(network.parameters.names) == 4
    for name, their in zip(network.parameters.names, parameters):
        assert np.abs(their.grad.numpy()).max() > 1e-3, "a gradient of zeros would prove nothing"
        np.testing.assert_allclose(their.grad.numpy().T, network.parameters.grad(name), **CLOSE)
        np.testing.assert_allclose(their.detach().numpy().T, network.parameters[name], **CLOSE)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Keras, with NumPy 2
def test_one_step_in_keras_is_the_same(torch, ours, monkeypatch):
    skip_without("keras")
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    _, step = page("16-where-next")[1]
    theirs = {name: ours[name] for name in ("X", "y", "start")}
    exec(step, theirs)
    assert theirs["history"].history["loss"] == [pytest.approx(ours["loss"], rel=1e-5)]
    network = ours["network"]
    for name, before, their in zip(network.parameters.names, ours["start"], theirs["model"].get_weights()):
        assert np.abs(their - before).max() > 1e-3, "a step of zeros would prove nothing"
        np.testing.assert_allclose(their, network.parameters[name], err_msg=name, **CLOSE)


def test_the_tape_in_pytorch_gives_the_same_derivatives(torch):
    """The chapter's lines, for the chapter's network: loss and gradients in float64."""
    [listing] = page("13-automatic-differentiation")[1]
    digits = nn.load_digits()
    X, y = digits.X_train.astype(float), digits.y_train
    network = nn.Network(nn.mlp([784, 128, 10], rng=0, dtype=np.float64))
    start = [network.parameters[name].copy() for name in network.parameters.names]
    theirs = {"start": start, "X": X, "y": y}
    exec(listing, theirs)
    W1, b1, W2, b2 = parameters = [Tensor(array) for array in start]
    loss = softmax_cross_entropy((X[:64] @ W1 + b1).relu() @ W2 + b2, y[:64])
    loss.backward()
    assert float(loss.data) == pytest.approx(theirs["loss"].item(), rel=1e-12)
    for ours, name in zip(parameters, ("W1", "b1", "W2", "b2")):
        assert np.abs(ours.grad).max() > 1e-3
        np.testing.assert_allclose(ours.grad, theirs[name].grad, rtol=1e-10, atol=1e-12)
