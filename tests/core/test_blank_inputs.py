"""Leaving out blank inputs changes no result: not the weights, not the optimizer's memory, not what anyone sees between epochs."""

import numpy as np
import pytest

from nnfromscratch import SGD, Adam, Dropout, Layer, Linear, Network, ReLU, RMSProp, Scale, ScaledIdentity, load_digits, mlp
from nnfromscratch.blank_inputs import find_blanks, order_of_use, reaches
from nnfromscratch.staircase import product, staircase, weight_gradient

RNG = np.random.default_rng(0)
X = RNG.standard_normal((90, 40)) * (RNG.random((90, 40)) < RNG.permutation(np.geomspace(1e-3, 1, 40)))
X[:, 7] = 0
Y = RNG.integers(0, 3, 90)


class Unknown(SGD):
    """An optimizer that training knows nothing about, so that it takes every product."""


def network_of(*first, dtype=np.float64):
    return Network([*first, *mlp([40, 8, 3], rng=1, dtype=dtype)])


def run(optimizer, first=(), X=X, epochs=4, left_out=True, monkeypatch=None, batch_size=16):
    """Return the network, its optimizer, and what was seen after each epoch."""
    if not left_out:
        monkeypatch.setattr("nnfromscratch.network.find_blanks", lambda *everything: None)
    network, seen = network_of(*first, dtype=np.float32 if X.dtype == np.uint8 else X.dtype), []
    for epoch in network.train(X, Y, epochs=epochs, batch_size=batch_size, optimizer=optimizer, rng=2):
        memory = [vector.copy() for vector in optimizer.state.values()]
        seen.append([epoch.batch_losses, network.parameters.values.copy(), network.parameters.gradients.copy(), *memory])
    return network, seen


@pytest.mark.parametrize(
    "kind, options",
    [(SGD, {"lr": 0.1}), (SGD, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}), (RMSProp, {"lr": 0.01}), (Adam, {"lr": 0.01})],
)
@pytest.mark.parametrize("batch_size", [1, 16, 40, 90])
def test_everything_seen_between_epochs_is_what_it_is_without(kind, options, batch_size, monkeypatch):
    assert order_of_use(X) is not None
    _, with_it = run(kind(**options), batch_size=batch_size)
    _, without = run(kind(**options), batch_size=batch_size, left_out=False, monkeypatch=monkeypatch)
    for seen, expected in zip(with_it, without):
        for a, b in zip(seen, expected, strict=True):
            assert np.allclose(a, b, rtol=1e-9, atol=1e-12)


def multiplied(monkeypatch, optimizer):
    """Return the share of the first layer's products that a run does."""
    done, forward = [], Linear.forward

    def note(layer, X):
        if layer.n_in == 40 and layer.training:
            steps = layer.steps or [(0, len(X), 40)]
            done.append(sum((stop - start) * reach for start, stop, reach in steps) / (len(X) * 40))
        return forward(layer, X)

    monkeypatch.setattr(Linear, "forward", note)
    run(optimizer)
    return np.mean(done)


def test_products_are_really_left_out(monkeypatch):
    assert multiplied(monkeypatch, SGD(0.1)) < 0.75
    assert multiplied(monkeypatch, Unknown(0.1)) == 1


def test_dropout_silences_the_same_neurons_of_the_same_samples(monkeypatch):
    results = []
    for left_out in (True, False):
        if not left_out:
            monkeypatch.setattr("nnfromscratch.network.find_blanks", lambda *everything: None)
        network = Network(mlp([40, 8, 3], rng=1, dropout=0.5, dtype=np.float64))
        network.fit(X, Y, epochs=3, batch_size=16, optimizer=SGD(0.1), rng=2)
        results.append(network.parameters.values)
    assert np.allclose(*results, rtol=1e-9, atol=1e-12)


def test_bytes_behind_a_scale_and_two_runs_in_a_row(monkeypatch):
    raw = (X != 0).astype(np.uint8) * RNG.integers(1, 255, X.shape).astype(np.uint8)
    results = []
    for left_out in (True, False):
        optimizer = Adam(0.01)
        network, _ = run(optimizer, first=[Scale(1 / 255)], X=raw, left_out=left_out, monkeypatch=monkeypatch)
        network.fit(raw[:, ::-1].copy(), Y, epochs=2, batch_size=16, optimizer=optimizer, rng=3)  # other columns are blank now
        results.append(network.parameters.values)
    assert np.allclose(*results, atol=1e-5)


def test_after_a_run_that_diverges_the_rows_are_back_in_place(monkeypatch):
    kept = []
    for left_out in (True, False):
        with pytest.raises(FloatingPointError, match="diverged"), np.errstate(all="ignore"):
            if not left_out:
                monkeypatch.setattr("nnfromscratch.network.find_blanks", lambda *everything: None)
            network = Network(mlp([40, 8, 3], rng=1, dtype=np.float64))
            network.fit(X * 1e3, Y, epochs=50, batch_size=16, optimizer=SGD(1e150), rng=2)
        kept.append(network.parameters["0.W"])
        assert network.layers[0].steps is None
    finite = np.isfinite(kept[0]) & np.isfinite(kept[1])
    assert finite[7].all() and np.allclose(kept[0][7], kept[1][7])  # the blank input's weights: where they were, as they were


def test_a_batch_without_any_ink_and_data_without_any():
    for data in (np.zeros((90, 40)), np.where(np.arange(90)[:, None] < 80, 0, X)):
        network = network_of()
        before = network.parameters["0.W"].copy()
        network.fit(data, Y, epochs=2, batch_size=8, optimizer=SGD(0.1), rng=0)
        assert np.array_equal(network.parameters["0.W"][7], before[7]) and np.isfinite(network.parameters.values).all()


class Own(Layer):
    def forward(self, X):
        return X + 1

    def backward(self, dA):
        return dA


@pytest.mark.parametrize(
    "layers, optimizer, expected",
    [
        ([Linear(40, 3)], SGD(0.1), True),
        ([Scale(0.5), Linear(40, 3)], Adam(), True),
        ([Linear(40, 3)], Unknown(0.1), False),
        ([Own(), Linear(40, 3)], SGD(0.1), False),
        ([Dropout(0.5), Linear(40, 3)], SGD(0.1), False),
        ([ScaledIdentity(2), Linear(40, 3)], SGD(0.1), False),
        ([ReLU()], SGD(0.1), False),
    ],
)
def test_nothing_is_left_out_where_a_blank_might_matter(layers, optimizer, expected):
    found = find_blanks(X, layers, Network(layers).first, optimizer)
    assert (found is not None) is expected


def test_where_half_or_more_is_used_it_does_not_pay():
    assert order_of_use(np.ones((4, 6))) is None
    assert order_of_use(np.eye(2)) is None
    assert order_of_use(np.eye(3)) is not None


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_the_last_used_column_is_found_whatever_its_sign(dtype):
    X = np.eye(5, dtype=dtype)
    X[:, 0] = 1
    assert reaches(X).tolist() == [1, 2, 3, 4, 5]
    assert reaches(0 - X).tolist() == [1, 2, 3, 4, 5]
    assert reaches(np.zeros((2, 5), dtype)).tolist() == [5, 5]


@pytest.mark.parametrize("n", [1, 7, 8, 9, 31, 32, 33, 100, 512])
@pytest.mark.parametrize("in_order, n_out", [(True, 3), (False, 3), (True, 1000)])
def test_products_below_a_staircase_are_the_whole_products(n, in_order, n_out):
    reach = RNG.integers(1, 41, n)
    reach = np.sort(reach) if in_order else reach
    X = np.where(np.arange(reach.max()) < reach[:, None], RNG.standard_normal((n, reach.max())), 0)
    W, dZ, dW, steps = RNG.standard_normal((reach.max(), 3)), RNG.standard_normal((n, 3)), np.full((42, 3), np.nan), staircase(reach, n_out)
    starts, stops, _ = zip(*steps)
    assert starts == (0, *stops[:-1]) and stops[-1] == n
    assert np.allclose(product(X, W, steps), X @ W)
    weight_gradient(X, dZ, steps, out=dW)
    assert np.allclose(dW[: len(W)], X.T @ dZ) and not dW[len(W) :].any()


def test_of_real_digits_a_third_of_the_first_product_is_left_out():
    digits = load_digits(raw=True).X_train
    blanks = find_blanks(digits, [Linear(784, 3)], 0, SGD(0.1))
    samples = blanks.arrange(np.arange(len(digits)), 32)
    assert sorted(samples) == list(range(len(digits))) and sorted(samples[:32]) == list(range(32))
    shares = [
        sum((stop - start) * reach for start, stop, reach in staircase(blanks.reach[samples[start : start + 32]], 3)) / (32 * 784)
        for start in range(0, len(digits) - 31, 32)
    ]
    assert np.mean(shares) < 0.62
