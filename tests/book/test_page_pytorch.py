"""The PyTorch code that the last chapter shows: taken from the page, run, and compared with our network on the same page."""

import json
import re

import numpy as np
import pytest

import nnfromscratch as nn
from environment import ROOT

PAGE = ROOT / "book" / "16-where-next.ipynb"
SHOWN = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
CLOSE = {"rtol": 1e-4, "atol": 1e-6}  # both compute in float32


@pytest.fixture(scope="module")
def cells():
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(PAGE.read_text(encoding="utf-8"))["cells"]]


@pytest.fixture
def ours(cells):
    """The names after the page's own cell: network, loss, X, y, start."""
    [code] = [text for kind, text in cells if kind == "code" and "network.loss_and_gradients(X, y)" in text]
    names = {"nn": nn, "np": np}
    exec(code, names)
    return names


@pytest.fixture
def shown(cells):
    """The two pieces of PyTorch that the page shows: one step, and a loop."""
    step, loop = [code for kind, text in cells if kind == "markdown" for code in SHOWN.findall(text)]
    return step, loop


def test_one_step_is_the_same(torch, ours, shown):
    theirs = {name: ours[name] for name in ("X", "y", "start")}
    exec(shown[0], theirs)
    assert theirs["loss"].item() == pytest.approx(ours["loss"], rel=1e-5)
    network, parameters = ours["network"], list(theirs["model"].parameters())
    assert len(parameters) == len(network.parameters.names) == 4
    for name, their in zip(network.parameters.names, parameters):
        assert np.abs(their.grad.numpy()).max() > 1e-3, "a gradient of zeros would prove nothing"
        np.testing.assert_allclose(their.grad.numpy().T, network.parameters.grad(name), **CLOSE)
        np.testing.assert_allclose(their.detach().numpy().T, network.parameters[name], **CLOSE)


def test_the_loop_learns(torch, ours, shown):
    theirs = {name: ours[name] for name in ("X", "y", "start")}
    torch.manual_seed(0)
    exec(shown[0], theirs)
    before = theirs["loss"].item()
    exec(shown[1], theirs)
    scores = theirs["model"].cpu()(torch.from_numpy(ours["X"]))
    assert torch.nn.functional.cross_entropy(scores, torch.from_numpy(ours["y"])).item() < before - 0.1
