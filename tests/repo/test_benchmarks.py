"""The benchmark programs run, on tiny data; nothing here depends on how long anything took."""

import json
import math

import numpy as np
import pytest

psutil = pytest.importorskip("psutil")

from benchmarks import __main__ as program  # noqa: E402
from benchmarks import data, epochs, measure, peers  # noqa: E402

SIZES = (784, 6, 10)


@pytest.fixture(scope="module")
def digits():
    return data.made_up_digits(100)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("peer", peers.PEERS.values(), ids=peers.PEERS)
def test_every_peer_trains(peer, optimizer, digits):
    if absent := peers.missing(peer):
        pytest.skip(f"{absent[0]} is not installed")
    epoch = peer(digits, SIZES, 32, optimizer)
    epoch()
    epoch()


def test_the_peers_descend_alike():
    """Two programs written independently, the package and plain NumPy, get about the same loss on the same easy data."""
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
    few = {"nnfromscratch": peers.ours, "NumPy, float64": peers.plain_numpy}
    case = epochs.measure_case(digits, SIZES, 32, "sgd", rounds=2, peers=few)
    assert list(case["rows"]) == list(few)
    assert case["rows"]["nnfromscratch"]["times_ours"] == {"median": 1.0, "min": 1.0, "max": 1.0, "n": 2}
    assert all(name in epochs.table(case) for name in few)
    json.dumps(case)


def test_a_busy_machine_is_refused(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(measure, "busy_neighbors", lambda: 1.3)
    monkeypatch.setattr(measure, "pin_to_one_core", lambda: None)
    monkeypatch.setattr("sys.argv", ["benchmarks", "--results", str(tmp_path / "found.json")])
    with pytest.raises(SystemExit, match="--even-if-busy"):
        program.main()
    assert "Other processes are using 1.3 cores" in capsys.readouterr().out and not (tmp_path / "found.json").exists()


def test_what_is_saved_says_where_and_when(monkeypatch, tmp_path, digits):
    monkeypatch.setattr(measure, "busy_neighbors", lambda: 0.0)
    monkeypatch.setattr(measure, "pin_to_one_core", lambda: None)
    monkeypatch.setattr(data, "digits", lambda: digits)
    monkeypatch.setattr(epochs, "measure", lambda digits, rounds: {"rounds": rounds})
    path = tmp_path / "found.json"
    monkeypatch.setattr("sys.argv", ["benchmarks", "--rounds", "3", "--results", str(path)])
    program.main()
    found = json.loads(path.read_text())
    assert found["rounds"] == 3
    assert {"date", "processor", "cores", "threads", "versions"} <= set(found["machine"])
