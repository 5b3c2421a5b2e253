"""The benchmark programs run, on tiny data; nothing here asks how long anything took."""

import ast
import importlib.util
import inspect
import json
import math
from pathlib import Path

import numpy as np
import pytest

psutil = pytest.importorskip("psutil")

from benchmarks import __main__ as program  # noqa: E402
from benchmarks import cold, data, epochs, loading, loops, measure, peers, quality, scaling  # noqa: E402

SIZES = (784, 6, 10)


@pytest.fixture(scope="module")
def digits():
    return data.made_up_digits(100)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("peer", peers.PEERS.values(), ids=peers.PEERS)
def test_every_peer_trains(peer, optimizer, digits):
    if peer in peers.NEEDS and importlib.util.find_spec(peers.NEEDS[peer]) is None:
        pytest.skip(f"{peers.NEEDS[peer]} is not installed")
    epoch = peer(digits, SIZES, 32, optimizer)
    epoch()
    epoch()


def test_the_peers_descend_alike():
    """Two programs written apart, the package and plain NumPy, get about the same loss out of the same easy data."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, 600)
    raw = rng.integers(0, 60, (600, 784), dtype=np.uint8)
    raw[np.arange(600), y] = 255
    raw[:, :10] *= 3
    easy = data.from_bytes(raw, y)
    ours, floats = peers.ours(easy, SIZES, 32, "sgd"), peers.ours_floats(easy, SIZES, 32, "sgd")
    losses = [(ours().loss, floats().loss) for _ in range(5)]
    assert losses[-1][0] < losses[0][0]
    assert all(math.isclose(a, b, rel_tol=1e-4) for a, b in losses)


def test_per_sample_loops_train(digits):
    peers.per_sample(digits, SIZES, 32, "sgd")()


def test_a_case_has_a_row_for_each_peer(digits):
    few = {"nnfromscratch": peers.ours, "NumPy, float64 mini-batches": peers.plain_numpy}
    case = epochs.measure_case(digits, SIZES, 32, "sgd", rounds=2, peers=few)
    assert list(case["rows"]) == list(few)
    assert case["rows"]["nnfromscratch"]["times_ours"] == {"median": 1.0, "min": 1.0, "max": 1.0, "n": 2}
    assert all(name in epochs.table(case) for name in few)
    json.dumps(case)


def test_operations_are_counted_right():
    """Forward and dW for both layers, dX for the second alone, two operations each (a product and a sum)."""
    assert epochs.operations((3, 4, 2), n_samples=5) == 2 * 5 * (12 + 8 + 12 + 8 + 8)


def test_scaling_has_four_curves(digits, monkeypatch):
    for name in ("WIDTHS", "DEPTHS", "BATCHES"):
        monkeypatch.setattr(scaling, name, (1, 2))
    curves = scaling.measure(digits, rounds=1)
    assert list(curves) == ["width", "depth", "batch", "samples"]
    assert all(seconds >= 0 for curve in curves.values() for _, seconds in curve)


def test_plain_and_fast_loops_agree():
    loops.check()


def test_the_page_shows_the_loops_that_were_measured():
    root = Path(loops.__file__).parent.parent
    cells = json.loads((root / "book" / "how-fast.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = [
        node
        for cell in cells
        if cell["cell_type"] == "code"
        for node in ast.parse("".join(cell["source"])).body
        if isinstance(node, ast.FunctionDef) and hasattr(loops, node.name)
    ]
    measured = {node.name: ast.dump(node) for node in ast.parse(inspect.getsource(loops)).body if isinstance(node, ast.FunctionDef)}
    assert len(shown) >= 10 and all(ast.dump(node) == measured[node.name] for node in shown)


def test_loops_are_measured_in_pairs():
    rows = loops.measure(rounds=1, repeats=1, n_samples=300)
    assert "Adam step" in rows and all(set(row) == {"plain", "fast", "gain"} for row in rows.values())


@pytest.mark.parametrize("fault", ["fast_adam", "fast_relu_backward", "fast_cross_entropy", "fast_batch"])
def test_a_fast_loop_that_is_wrong_is_found(fault, monkeypatch):
    right = getattr(loops, fault)

    def wrong(*arguments):
        arguments = [a * 1.01 if isinstance(a, np.ndarray) and a.dtype == np.float32 else a for a in arguments]
        found = right(*arguments)
        return found * 1.01 if fault == "fast_batch" else found

    monkeypatch.setattr(loops, fault, wrong)
    with pytest.raises(AssertionError):
        loops.check()


def test_the_csv_is_the_one_that_the_package_reads(digits, tmp_path):
    from nnfromscratch import read_mnist_csv

    loading.write_csv(tmp_path / "train.csv", digits, 20)
    X, y = read_mnist_csv(tmp_path / "train.csv", raw=True)
    assert (X == digits.raw[:20]).all() and (y == digits.y[:20]).all()


def test_memory_of_a_loader_is_measured_against_its_data():
    found = loading.measure_loader(lambda: (np.ones(2 * 10**6)[::2].copy(), None), rounds=1)
    assert found["megabytes"] == 8 and 2.9 < found["peak_over_data"] < 3.1


def test_import_is_measured_in_a_fresh_interpreter():
    assert loading.import_seconds("string", "import math", rounds=1)["median"] >= 0


@pytest.mark.parametrize("recipe", quality.RECIPES, ids=lambda recipe: recipe.title)
def test_recipes_train(recipe, digits):
    tiny = recipe._replace(epochs=1, hidden=(3,))
    network = quality.learn(tiny, digits.raw, digits.y, seed=0)
    assert 0 <= network.score(digits.raw, digits.y) <= 1


def test_the_recipe_with_few_digits_has_5000_of_them():
    X, y = quality.training_data(quality.RECIPES[-1], None)
    assert X.shape == (5000, 784) and y.shape == (5000,) and X.dtype == np.uint8


def test_memory_is_told_in_megabytes():
    assert 5 < cold.peak_memory_mb() < 100_000


def test_a_busy_machine_is_refused(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(measure, "busy_neighbours", lambda: 1.3)
    monkeypatch.setattr(measure, "pin_to_one_core", lambda: None)
    monkeypatch.setattr("sys.argv", ["benchmarks", "loops", "--results", str(tmp_path / "found.json")])
    with pytest.raises(SystemExit, match="--even-if-busy"):
        program.main()
    assert "Other processes take 1.3 cores" in capsys.readouterr().out and not (tmp_path / "found.json").exists()


def test_what_is_saved_says_where_and_when(monkeypatch, tmp_path, digits):
    monkeypatch.setattr(measure, "busy_neighbours", lambda: 0.0)
    monkeypatch.setattr(measure, "pin_to_one_core", lambda: None)
    monkeypatch.setattr(data, "digits", lambda: digits)
    monkeypatch.setattr(loops, "measure", lambda rounds: {"rounds": rounds})
    path = tmp_path / "found.json"
    path.write_text('{"cold": "kept"}')
    monkeypatch.setattr("sys.argv", ["benchmarks", "loops", "--rounds", "3", "--results", str(path)])
    program.main()
    found = json.loads(path.read_text())
    assert found["cold"] == "kept" and found["loops"]["rounds"] == 3
    assert {"date", "processor", "cores", "threads", "versions"} <= set(found["loops"]["machine"])


def test_an_unknown_part_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks", "speed"])
    with pytest.raises(SystemExit):
        program.main()
    assert "unknown part in ['speed']" in capsys.readouterr().err
