"""benchmarks/classic_results.py: what it saved matches its settings, and its parts work on a few digits."""

import json
import shlex
from dataclasses import asdict, replace

import numpy as np
import pytest

import nnfromscratch as nn
from benchmarks import classic_results as script
from environment import ROOT

SAVED = json.loads((ROOT / "book" / "results" / "classic-results.json").read_text(encoding="utf-8"))

EVERY_EXPERIMENT = pytest.mark.parametrize("name", script.EXPERIMENTS)
SIDE_BY_SIDE = [name for name, e in script.EXPERIMENTS.items() if e.batch is None and e.output.startswith("sigmoid")]


@pytest.fixture(scope="module")
def raw():
    return nn.load_digits(raw=True)


def short(name):
    """Return an experiment that takes a moment."""
    experiment = script.EXPERIMENTS[name]
    return replace(
        experiment, train=600, n_validation=experiment.n_validation and 200, every=1, passes=20 if experiment.batch is None else 2
    )


# --- what was saved ------------------------------------------------------------------------------------------------------------------


def faults(saved):
    """Yield what does not match the program, as text."""
    if saved.keys() != script.EXPERIMENTS.keys():
        yield f"experiments: {sorted(saved.keys() ^ script.EXPERIMENTS.keys())}"
    for name, entry in saved.items():
        experiment = script.EXPERIMENTS[name]
        if entry["settings"] != asdict(experiment):
            yield f"{name}: other settings"
        if [run["seed"] for run in entry["runs"]] != list(range(len(entry["runs"]))) or len(entry["runs"]) < 3:
            yield f"{name}: not at least three seeds 0, 1, 2, ..."
        parts = {"train", "test"} | ({"validation"} if experiment.n_validation else set())
        for run in entry["runs"]:
            curves = {part: curve for part, curve in run.items() if part != "seed"}
            if curves.keys() != parts or {len(curve) for curve in curves.values()} != {experiment.passes // experiment.every}:
                yield f"{name}: a curve is missing or has another length"
            elif not all(0 <= accuracy <= 1 for curve in curves.values() for accuracy in curve):
                yield f"{name}: an accuracy is not between 0 and 1"
        if entry.get("command") != script.command(name, len(entry["runs"])):
            yield f"{name}: not the command that repeats it"
        if not all(entry.get(key) for key in ("date", "python", "numpy", "nnfromscratch")):
            yield f"{name}: no date or version"


def test_what_is_saved_fits_the_program():
    assert list(faults(SAVED)) == []


# --- the program ---------------------------------------------------------------------------------------------------------------------


@EVERY_EXPERIMENT
def test_an_experiment_runs_and_its_parts_are_whole(raw, name):
    experiment = short(name)
    first, second = script.run(experiment, raw, [0, 1])
    assert [first["seed"], second["seed"]] == [0, 1] and first["train"] != second["train"]
    assert all(len(curve) == experiment.passes for part, curve in first.items() if part != "seed")
    if "scaled" not in name and "convolutional" not in name:  # the ones that learn nothing in so short a time
        assert max(first["train"]) > 0.15


@pytest.mark.parametrize("name", SIDE_BY_SIDE)
def test_side_by_side_is_one_by_one(raw, name):
    together = script.run(short(name), raw, [0, 1, 2])
    alone = script.train(short(name), raw, [2])[0]
    assert np.allclose(together[2]["train"], alone["train"], atol=0.01) and np.allclose(together[2]["test"], alone["test"], atol=0.01)


def test_a_full_batch_step_is_a_step_along_the_gradient_of_all(raw, monkeypatch):
    monkeypatch.setattr(script, "PART", 170)  # the last part is shorter
    experiment = replace(short("relu-softmax, full batch"), passes=3, rate=0.5)
    (X, y), rng = script.parts(experiment, raw)["train"], np.random.default_rng(0)
    network, exists = script.build(experiment, [rng])
    twin = network.astype(np.float32)
    for _ in script.full_batch(network, X, nn.one_hot(y, 10).astype(np.float32), script.Descent(experiment, network, exists), 3):
        pass
    twin.fit(X, y, epochs=3, batch_size=len(X), optimizer=nn.SGD(0.5))
    assert np.allclose(network.parameters.values, twin.parameters.values, atol=1e-5)


def test_the_convolutional_network_starts_as_its_program_says(raw):
    network, exists = script.build(script.EXPERIMENTS["nielsen, convolutional"], [np.random.default_rng(0)])
    assert [parameter.shape for parameter in map(network.parameters.__getitem__, network.parameters.names)] == [
        (20, 1, 5, 5), (20,), (2880, 100), (100,), (100, 10), (10,),
    ]  # fmt: skip
    spreads = [network.parameters[name].std() for name in network.parameters.names]
    np.testing.assert_allclose(spreads, [125**-0.5, 1, 0.1, 1, 0, 0], rtol=0.2)
    assert exists.all() and len(network.parameters.values) == 289_630


def test_the_penalty_pulls_weights_and_leaves_biases(raw):
    experiment = replace(short("nielsen, cross-entropy"), rate=0.5, l2=120.0)  # 0.5 * 120 / 600 = 0.1
    network, exists = script.build(experiment, [np.random.default_rng(0)])
    before = network.astype(np.float32).parameters
    network.parameters.gradients[:] = 0
    script.Descent(experiment, network, exists).step(network.parameters)
    for name in network.parameters.names:
        assert np.allclose(network.parameters[name], before[name] * (0.9 if name.endswith("W") else 1))


@pytest.mark.parametrize(("pixels", "found"), [("0-1", [0, 0.004, 0.502, 1]), ("0-255", [0, 1, 128, 255]), ("binary", [0, 1, 1, 1])])
def test_pixels(pixels, found):
    assert np.allclose(script.PIXELS[pixels](np.array([0, 1, 128, 255], np.uint8)), found, atol=1e-3)


def test_the_command_keeps_the_others(raw, tmp_path, monkeypatch):
    name, other = "relu-softmax, mini-batches", "nielsen, squared error"
    monkeypatch.setattr(nn, "load_mnist", lambda raw: nn.load_digits(raw=True))
    monkeypatch.setattr(script, "EXPERIMENTS", {name: short(name), other: short(other)})
    path = tmp_path / "results.json"
    for seeds, only in ((1, []), (3, ["--only", name])):
        monkeypatch.setattr("sys.argv", ["classic_results.py", "--seeds", str(seeds), "--file", str(path), *only])
        script.main()
    saved = json.loads(path.read_text())
    assert {key: len(entry["runs"]) for key, entry in saved.items()} == {name: 3, other: 1}
    assert saved[name]["settings"] == asdict(short(name))

    monkeypatch.setattr("sys.argv", [*shlex.split(saved[name]["command"])[2:], "--file", str(path)])  # what is saved repeats it
    path.write_text(json.dumps({**saved, name: None}))
    script.main()
    assert json.loads(path.read_text())[name]["runs"] == saved[name]["runs"]
