"""`fast.fit` does what `Network.fit` does: the same weights, history, and optimizer, up to rounding, and nothing is left behind."""

import copy
import inspect
import pickle

import numpy as np
import pytest

from cases import LOSSES, targets
from nnfromscratch import (
    SGD,
    Adam,
    AdamW,
    Dropout,
    Layer,
    LeakyReLU,
    Linear,
    Network,
    ReLU,
    RMSProp,
    Scale,
    ScaledIdentity,
    cosine,
    fast,
    load_digits,
    mlp,
)
from nnfromscratch.fast import FAST, FastLinear, InPieces, OwnBatches, blanks_pay, blocks

RNG = np.random.default_rng(0)
X = RNG.standard_normal((90, 40)) * (RNG.random((90, 40)) < RNG.permutation(np.geomspace(1e-3, 1, 40)))
X[:, 7] = 0
Y = RNG.integers(0, 3, 90)
FULL = RNG.standard_normal((90, 40))
RAW = (X != 0).astype(np.uint8) * RNG.integers(1, 255, X.shape).astype(np.uint8)

OPTIMIZERS = {
    "SGD": lambda: SGD(0.1),
    "SGD, a schedule that ends at 0": lambda: SGD(cosine(0.1, 15)),
    "SGD, momentum, and decay": lambda: SGD(0.1, momentum=0.9, weight_decay=0.01),
    "RMSProp": lambda: RMSProp(0.01),
    "Adam": lambda: Adam(0.01),
    "AdamW": lambda: AdamW(0.01, weight_decay=0.1),
}


class Unknown(SGD):
    """An optimizer of the reader's own, about which nothing is known."""


class Own(Layer):
    def forward(self, X):
        return X + 1

    def backward(self, dA):
        return dA


def network_of(*first, dtype=np.float64, activation="ReLU", loss=None, **options):
    return Network([*first, *mlp([40, 8, 3], activation, rng=1, dtype=dtype, **options)], loss)


def both(make_network, make_optimizer, X=X, y=Y, **settings):
    """Return [network, optimizer, history] of a plain and of a fast run."""
    runs = []
    for learn in (Network.fit, fast.fit):
        network, optimizer = make_network(), make_optimizer()
        runs.append([network, optimizer, learn(network, X, y, optimizer=optimizer, rng=2, **settings)])
    return runs


def assert_equal(plain, quick, rtol=1e-8):
    """Compare all that a run leaves behind: weights, gradients, memory, history."""
    for one, other in zip(plain[2].items(), quick[2].items(), strict=True):
        assert one[0] == other[0] and np.allclose(one[1], other[1], rtol=rtol, atol=rtol)
    vectors = [[n.parameters.values, n.parameters.gradients, *o.state.values()] for n, o, _ in (plain, quick)]
    for a, b in zip(*vectors, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(abs(a).max(), 1e-3))
    assert plain[1].step_count == quick[1].step_count and type(plain[1]) is type(quick[1])


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [1, 16, 40, 90])
@pytest.mark.parametrize("data", [X, FULL], ids=["blanks", "no blanks"])
def test_a_fast_run_leaves_what_a_plain_one_leaves(make, batch_size, data):
    assert_equal(*both(network_of, make, data, epochs=4, batch_size=batch_size, validation=(data[::-1], Y)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ["ReLU", "Tanh", lambda: ReLU(2.0), LeakyReLU])
def test_every_loss_and_activation(loss, activation):
    y = targets(loss, 90, 3)
    assert_equal(*both(lambda: network_of(loss=loss(), activation=activation), lambda: SGD(0.05), y=y, epochs=3, batch_size=16))


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_bytes_behind_a_scale(make):
    plain, quick = both(lambda: network_of(Scale(1 / 255), dtype=np.float32), make, RAW, epochs=3, batch_size=16)
    assert_equal(plain, quick, rtol=2e-3)
    assert (plain[0].predict(RAW) == quick[0].predict(RAW)).all()


def test_many_steps_of_a_long_vector_in_pieces(monkeypatch):
    monkeypatch.setattr(fast, "PIECE", 7)
    for make in OPTIMIZERS.values():
        assert_equal(*both(network_of, make, epochs=30, batch_size=16), rtol=1e-6)


def test_dropout_silences_the_same_neurons_of_the_same_samples():
    assert_equal(*both(lambda: network_of(dropout=0.5), lambda: SGD(0.1), epochs=3, batch_size=16))


def test_two_runs_in_a_row_whose_blanks_are_different():
    runs = []
    for learn in (Network.fit, fast.fit):
        network, optimizer = network_of(), Adam(0.01)
        for data in (X, X[:, ::-1].copy()):
            history = learn(network, data, Y, epochs=2, batch_size=16, optimizer=optimizer, rng=3)
        runs.append([network, optimizer, history])
    assert_equal(*runs)


def test_augmentation_and_batches_of_your_own_work_as_before():
    def halves(X, Y, batch_size, rng):
        yield from ((X[i::2], Y[i::2]) for i in range(2))

    for options in ({"augment": lambda X, rng: X + rng.normal(0, 0.1, X.shape)}, {"batches": halves}):
        assert_equal(*both(network_of, lambda: SGD(0.1), epochs=3, batch_size=16, **options))


def test_patience_goes_back_to_the_best():
    settings = {"epochs": 60, "patience": 2, "validation": (X[:20], (Y[:20] + 1) % 3)}
    plain, quick = both(network_of, lambda: Adam(0.05), **settings)
    assert_equal(plain, quick) and len(plain[2]["epoch"]) < 60


@pytest.mark.parametrize("make", [lambda: SGD(0.1), lambda: Adam(0.01)])
def test_a_schedule_may_use_the_network_in_the_middle_of_an_epoch(make):
    seen = []
    for learn in (Network.fit, fast.fit):
        network, optimizer, noted = network_of(), make(), []
        rate = optimizer.lr

        def schedule(step, network=network, noted=noted, rate=rate):
            noted.append(network.predict_proba(X[:5]))
            return rate

        optimizer.lr = schedule
        learn(network, X, Y, epochs=2, batch_size=16, optimizer=optimizer, rng=2)
        seen.append(np.array(noted + [network.predict_proba(X[:5])]))
    assert len(seen[0]) == 13 and np.allclose(*seen, rtol=1e-8)


def test_a_schedule_is_asked_once_for_each_step():
    asked = []
    fast.fit(network_of(), X, Y, epochs=2, batch_size=30, optimizer=SGD(lambda step: asked.append(step) or 0.1))
    assert asked == [0, 1, 2, 3, 4, 5]


def test_lists_and_labels_of_any_kind_are_taken():
    runs = both(network_of, lambda: SGD(0.1), X.tolist(), Y.astype(float).tolist(), epochs=2)
    assert_equal(*runs)
    assert_equal(runs[1], both(network_of, lambda: SGD(0.1), epochs=2)[1])


# ---------------------------------------------------------------------------------------------- nothing is left behind


def classes(network, optimizer):
    parts = (*network.layers, network.loss, optimizer)
    return [type(part) for part in parts], [sorted(vars(part)) for part in parts]


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_after_a_run_everything_is_of_its_own_class_again(make):
    network, optimizer = network_of(Scale(1 / 255), dtype=np.float32), make()
    network.fit(RAW, Y, epochs=1, optimizer=optimizer)
    before = classes(network, optimizer)
    fast.fit(network, RAW, Y, epochs=2, optimizer=optimizer)
    assert classes(network, optimizer) == before
    for twin in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):
        assert (twin.predict(RAW) == network.predict(RAW)).all()


@pytest.mark.parametrize("stop", ["divergence", "an error in a schedule", "an error at the door"])
def test_after_a_run_that_fails_the_rows_are_back_in_place(stop):
    kept = []
    for learn in (Network.fit, fast.fit):
        network, optimizer = network_of(), SGD(1e150 if stop == "divergence" else 0.1)
        network.fit(X, Y, epochs=1, rng=0)
        before = classes(network, optimizer)
        if stop == "an error in a schedule":
            optimizer.lr = lambda step: 0.1 if step < 4 else 1 / 0
        data = X[:, :5] if stop == "an error at the door" else X * (1e3 if stop == "divergence" else 1)
        with pytest.raises((FloatingPointError, ZeroDivisionError, ValueError)):
            learn(network, data, Y, epochs=50, batch_size=16, optimizer=optimizer, rng=2)
        assert classes(network, optimizer) == before
        kept.append(network.parameters["0.W"].copy())
    finite = np.isfinite(kept[0]) & np.isfinite(kept[1])
    assert finite[7].all() and np.allclose(kept[0][7], kept[1][7])  # the blank input's weights: where they were, as they were
    assert stop == "divergence" or np.allclose(*kept, rtol=1e-8)


# ---------------------------------------------------------------------------------------------- it really leaves products out


def multiplied(optimizer, monkeypatch):
    """Return the fraction of the first layer's products that a fast run does."""
    done, forward = [], FastLinear.forward

    def note(layer, X):
        if layer.n_in == 40 and layer.training:
            steps = layer.steps or [(0, len(X), 40)]
            done.append(sum((stop - start) * reach for start, stop, reach in steps) / (len(X) * 40))
        return forward(layer, X)

    monkeypatch.setattr(FastLinear, "forward", note)
    fast.fit(network_of(), X, Y, epochs=2, batch_size=16, optimizer=optimizer)
    return np.mean(done)


def test_products_are_really_left_out(monkeypatch):
    assert multiplied(SGD(0.1), monkeypatch) < 0.75


def test_for_an_unknown_optimizer_all_products_are_done(monkeypatch):
    assert multiplied(Unknown(0.1), monkeypatch) == 1


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
    assert blanks_pay(Network(layers), X, optimizer) is expected


def test_if_half_or_more_is_used_it_does_not_pay():
    network = Network([Linear(6, 3)])
    assert not blanks_pay(network, np.ones((4, 6)), SGD(0.1))
    assert not blanks_pay(network, np.tile([1.0, 0.0], (4, 3)), SGD(0.1)) and blanks_pay(network, np.eye(6), SGD(0.1))


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_the_last_used_column_is_found_whatever_its_sign(dtype):
    X = np.eye(5, dtype=dtype)
    X[:, 0] = 1

    def reach(X):
        return OwnBatches(Network([Linear(5, 3)]), X, SGD(0.1)).reach.tolist()

    assert reach(X) == reach(0 - X) == [1, 2, 3, 4, 5] and reach(np.zeros((2, 5), dtype)) == [5, 5]


@pytest.mark.parametrize("n", [1, 7, 8, 9, 31, 32, 33, 100, 512])
@pytest.mark.parametrize("in_order, n_out", [(True, 3), (False, 3), (True, 300)])
def test_products_in_blocks_are_the_whole_products(n, in_order, n_out):
    reach = RNG.integers(1, 41, n)
    reach = np.sort(reach) if in_order else reach
    X = np.where(np.arange(42) < reach[:, None], RNG.standard_normal((n, 42)), 0)
    plain, layer = Linear(42, n_out, rng=0, dtype=np.float64), FastLinear(42, n_out, rng=0, dtype=np.float64)
    layer.training, layer.steps = True, blocks(reach, n_out)
    starts, stops, _ = zip(*layer.steps)
    assert starts == (0, *stops[:-1]) and stops[-1] == n
    Z, dZ = plain.forward(X), RNG.standard_normal((n, n_out))
    layer.grads["W"][...] = np.nan
    assert np.allclose(layer.forward(X[:, : reach.max()]), Z)
    plain.backward(dZ), layer.backward(dZ, input_gradient=False)
    assert all(np.allclose(plain.grads[name], layer.grads[name]) for name in "Wb")


def test_of_real_digits_a_third_of_the_first_product_is_left_out():
    digits = load_digits(raw=True).X_train
    own = OwnBatches(Network([Linear(784, 3)]), digits, SGD(0.1))
    fractions = [
        sum((stop - start) * reach for start, stop, reach in own.layer.steps) / (32 * 784)
        for _ in own(digits, np.zeros((len(digits), 3)), 32, np.random.default_rng(0))
    ]
    assert len(fractions) == 125 and np.mean(fractions) < 0.62


def test_fit_takes_the_arguments_of_network_fit():
    named = set(inspect.signature(Network.fit).parameters) - {"self"}
    network = network_of()
    settings = {"epochs": 1, "batch_size": 8, "optimizer": SGD(0.1), "validation": (X, Y), "patience": 1, "rng": 0, "progress": False}
    settings |= {"batches": None, "augment": None}
    assert named == {"X", "y", *settings} and fast.fit(network, X, Y, **settings)["epoch"] == [1]
    with pytest.raises(TypeError, match="unexpected keyword argument 'speed'"):
        fast.fit(network, X, Y, epochs=1, speed=2)


def test_every_fast_class_only_speeds_up_its_base():
    assert {FAST[cls] for cls in FAST} == {cls for cls in vars(fast).values() if isinstance(cls, type) and cls.__name__.startswith("Fast")}
    assert all(set(FAST[cls].__mro__) - set(cls.__mro__) <= {FAST[cls], InPieces} for cls in FAST)
    assert all(cls in FAST[cls].__bases__ for cls in FAST)
