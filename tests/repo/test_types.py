"""The types that editors and type checkers see: inline, and complete."""

import re
import subprocess
import sys

import pytest

from environment import ROOT

pytest.importorskip("mypy")

RIGHT = """
from typing import Any, assert_type

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from nnfromscratch import (Adam, Dataset, Dropout, Epoch, LeakyReLU, Network, SGD, SoftmaxCrossEntropy, Tanh, accuracy, check_gradients,
                           confusion_matrix, cosine, fast, load_digits, make_moons, mlp, random_shifts, relu, shuffled_batches,
                           train_validation_test_split, warmup)
from nnfromscratch.layers import Layer, Linear
from nnfromscratch.plots import decision_boundary, samples
from nnfromscratch.widgets import Choice, Explore

digits = load_digits()
assert_type(digits, Dataset)
X, y = make_moons(100, noise=0.1, rng=np.random.default_rng(0))
assert_type(y, NDArray[np.int64])
network = Network(mlp([2, 8, 2], ["ReLU"], rng=3), SoftmaxCrossEntropy())
other = Network([Linear(2, 8, init="he"), Tanh(), Dropout(0.5), Linear(8, 2)])
made = Network(mlp([2, 8, 2], lambda: LeakyReLU(0.1)))
assert_type(made.layers, list[Layer])
history = network.fit(X, y, epochs=2, optimizer=SGD(warmup(cosine(0.1, 100), 10), momentum=0.9), validation=(X, y),
                      augment=random_shifts())
assert_type(history, dict[str, list[float]])
for epoch in network.train(X, y, epochs=1, optimizer=Adam()):
    assert_type(epoch, Epoch)
    assert_type(epoch.loss, float)
assert_type(network.score(X, y), float)
assert_type(accuracy(y, network.predict(X)), float)
assert_type(confusion_matrix(y, y), NDArray[np.int64])
assert_type(check_gradients(network, X[:5], y[:5]), dict[str, float])
assert_type(relu(0.5), float)
assert_type(network.predict([[0.0, 1.0]]), NDArray[Any])
assert_type(network.evaluate([[0, 1]], [0]), tuple[float, float])
network.fit(X, y, epochs=1, batches=shuffled_batches)
assert_type(fast.fit(network, X, y, epochs=1), dict[str, list[float]])
assert_type(relu(X), NDArray[Any])
assert_type(Network.load("a.npz"), Network)
assert_type(train_validation_test_split(X, y, validation_size=0.1, test_size=0.1).X_val, NDArray[Any])
network.layers[0].params["W"] = [[0.0] * 8] * 2
assert_type(samples(X, y), Axes)
decision_boundary(network, X, y, ax=samples(X, y))
Explore(lambda figure, lr: "words", title="Figure", lr=Choice(0.1, 1.0))
"""

WRONG = {
    "nn.load_digits(raw='yes')": "arg-type",
    "nn.load_digits().X_val": "attr-defined",
    "nn.Network(nn.mlp([2, 2])).fit(epochs=1)": "call-arg",
    "nn.Network(nn.mlp([2, 2])).fit(X, y, 10)": "call-arg",
    "nn.Network(nn.mlp([2, 2]), loss='softmax')": "arg-type",
    "nn.mlp(784)": "arg-type",
    "nn.SGD('fast')": "arg-type",
    "nn.SGD(0.1).stepp": "attr-defined",
    "nn.relu('one')": "type-var",
    "nn.make_moons(100, 0.1)": "call-arg",
    "nn.accuracy(y, y) + 'x'": "operator",
    "nn.activations.no_such_function": "attr-defined",
    "nn.Dropout()": "call-arg",
    "nn.Network(nn.mlp([2, 2])).fit(X, y, epochs=1, batches=5)": "arg-type",
    "nn.fast.fit(nn.Network(nn.mlp([2, 2])), X)": "call-arg",
    "plots.samples(X)": "call-arg",
    "widgets.Explore(lambda figure: 'words')": "call-arg",
}


def mypy(*arguments):
    """Run mypy in the repository and return (exit code, output)."""
    run = subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def test_right_code_is_accepted_and_wrong_code_refused(tmp_path):
    """In one run of mypy, because starting it is what takes time."""
    (tmp_path / "right.py").write_text(RIGHT, encoding="utf-8")
    start = "import nnfromscratch as nn\nimport nnfromscratch.fast\nfrom nnfromscratch import plots, widgets\nX, y = nn.make_moons()\n"
    (tmp_path / "wrong.py").write_text(start + "\n".join(WRONG), encoding="utf-8")
    _, said = mypy("mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(tmp_path / "right.py"), str(tmp_path / "wrong.py"))
    assert "right.py" not in said, said
    found = {int(number): kind for number, kind in re.findall(r"wrong\.py:(\d+): error: .*\[([\w-]+)\]$", said, re.MULTILINE)}
    assert found == dict(enumerate(WRONG.values(), start=5)), said


@pytest.mark.slow
def test_the_package_is_strictly_typed(tmp_path):
    code, said = mypy("mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "nnfromscratch")
    assert code == 0, said


def test_there_are_no_stubs():
    assert not list((ROOT / "nnfromscratch").rglob("*.pyi")) and (ROOT / "nnfromscratch" / "py.typed").exists()
