"""The network and its training loop: what the docstrings promise, and nothing else."""

import copy
import sys

import numpy as np
import pytest

import nnfromscratch.network as module
from cases import LOSSES, InOrder, numbers, targets
from nnfromscratch import (
    SGD,
    Adam,
    BinaryCrossEntropy,
    BinaryStep,
    Dropout,
    Epoch,
    Identity,
    LeakyReLU,
    Linear,
    Network,
    Optimizer,
    ReLU,
    RMSProp,
    Scale,
    Sigmoid,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
    constant,
    cosine,
    make_moons,
    make_xor,
    mlp,
    random_shifts,
    step_decay,
)
from nnfromscratch.network import shuffled_batches

X, Y = numbers(50, 4, dtype=np.float32), targets(SoftmaxCrossEntropy, 50, 3)
X_DEV, Y_DEV = numbers(20, 4, seed=9, dtype=np.float32), targets(SoftmaxCrossEntropy, 20, 3, seed=9)


def make(seed=0, loss=None, **options):
    return Network(mlp([4, 6, 3], "Tanh", rng=seed, **options), loss)


class Spy(Identity):
    """A layer that does nothing and reports what was called, and whether in training."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def forward(self, Z):
        self.calls.append((len(Z), self.training))
        return super().forward(Z)


def spied(spy):
    return Network([Linear(4, 3, rng=0), spy])


# ---------------------------------------------------------------------------------------------- mlp


@pytest.mark.parametrize(
    "sizes, options, text",
    [
        ([2, 3], {}, "[Linear(n_in=2, n_out=3)]"),
        ((4, 8, 3), {}, "[Linear(n_in=4, n_out=8), ReLU(slope=1.0), Linear(n_in=8, n_out=3)]"),
        ([4, 8, 3], {"activation": "Tanh"}, "[Linear(n_in=4, n_out=8), Tanh(), Linear(n_in=8, n_out=3)]"),
        (
            [4, 8, 3],
            {"activation": lambda: LeakyReLU(0.1)},
            "[Linear(n_in=4, n_out=8), LeakyReLU(negative_slope=0.1), Linear(n_in=8, n_out=3)]",
        ),
        (
            [4, 8, 7, 3],
            {"activation": [Sigmoid, "ELU"]},
            "[Linear(n_in=4, n_out=8), Sigmoid(), Linear(n_in=8, n_out=7), ELU(alpha=1.0), Linear(n_in=7, n_out=3)]",
        ),
        ([4, 8, 3], {"dropout": 0.5}, "[Linear(n_in=4, n_out=8), ReLU(slope=1.0), Dropout(p=0.5), Linear(n_in=8, n_out=3)]"),
    ],
)
def test_mlp_builds_what_it_says(sizes, options, text):
    assert repr(mlp(sizes, **options, rng=0)) == text


def test_mlp_makes_a_new_activation_for_every_layer():
    layers = mlp([2, 3, 3, 3, 2], Tanh)
    assert len({id(layer) for layer in layers}) == 7


def test_the_seed_decides_the_start():
    a, b, c = (Network(mlp([4, 6, 3], rng=rng)).parameters.values for rng in (1, np.random.default_rng(1), 2))
    assert (a == b).all() and (a != c).any()
    first, second = (layer.params["W"] for layer in mlp([4, 4, 4], rng=1)[::2])
    assert (first != second).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mlp_has_one_dtype(dtype):
    assert Network(mlp([4, 6, 3], dtype=dtype)).dtype == dtype


# ---------------------------------------------------------------------------------------------- forward, backward, answers


def test_forward_by_hand():
    first, second = Linear(2, 2, dtype=np.float64), Linear(2, 1, dtype=np.float64)
    first.params["W"], first.params["b"] = [[1, 0], [0, -1]], [0.5, 0]
    second.params["W"], second.params["b"] = [[2], [3]], [-1]
    assert Network([first, ReLU(), second]).forward(np.array([[1.0, 2.0], [-1.0, -2.0]])).tolist() == [[2.0], [5.0]]


def test_backward_gives_the_input_gradient_only_when_asked():
    network = make()
    dZ = network.forward(X) * 0 + 1
    assert network.backward(dZ) is None
    kept = network.parameters.gradients.copy()
    assert network.backward(dZ, input_gradient=True).shape == X.shape and (network.parameters.gradients == kept).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_gradients_gives_the_loss_and_changes_no_parameter(loss):
    network = make(loss=loss())
    y, before = targets(loss, 50, 3, dtype=np.float32), network.parameters.values.copy()
    assert network.loss_and_gradients(X, y) == pytest.approx(network.evaluate(X, y)[0], rel=1e-6)
    assert network.parameters.gradients.any() and (network.parameters.values == before).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_predictions_come_in_chunks_and_are_the_same(loss, monkeypatch):
    y, whole, spy = targets(loss, 50, 3, dtype=np.float32), make(loss=loss()), Spy()
    expected = whole.predict(X), whole.loss.activation(whole.forward(X)), whole.evaluate(X, y)
    monkeypatch.setattr(module, "CHUNK", 7)
    network = Network([spy, *(copy.deepcopy(layer) for layer in whole.layers)], loss())
    np.testing.assert_allclose(network.predict(X), expected[0], rtol=1e-5, atol=1e-6)
    if loss is not SquaredError:
        np.testing.assert_allclose(network.predict_proba(X), expected[1], rtol=1e-5, atol=1e-6)
    assert network.evaluate(X, y) == pytest.approx(expected[2], rel=1e-5) and network.score(X, y) == pytest.approx(expected[2][1], rel=1e-5)
    assert {n for n, _ in spy.calls} == {7, 1} and not any(training for _, training in spy.calls)


def test_probabilities_are_refused_where_there_are_none():
    with pytest.raises(TypeError, match=r"SquaredError\(\) has no probabilities; use predict"):
        make(loss=SquaredError()).predict_proba(X)


# ---------------------------------------------------------------------------------------------- train


def test_train_looks_at_once_and_learns_when_iterated():
    network, before = make(), make().parameters.values
    with pytest.raises(ValueError, match="epochs is 0"):
        network.train(X, Y, epochs=0)  # without being iterated
    run = network.train(X, Y, epochs=3)
    assert (network.parameters.values == before).all()
    assert isinstance(next(run), Epoch) and (network.parameters.values != before).any()


def test_epochs_are_counted_and_their_loss_is_the_mean_over_samples():
    network = make()
    for number, epoch in enumerate(network.train(X, Y, epochs=4, batch_size=16, rng=0), start=1):
        assert epoch.number == number and epoch.batch_losses.shape == (4,) and type(epoch.loss) is float
        assert epoch.loss == pytest.approx(np.average(epoch.batch_losses, weights=[16, 16, 16, 2]), rel=1e-12)
    assert number == 4


@pytest.mark.parametrize(
    "make_optimizer",
    [
        lambda: SGD(0.5),
        lambda: SGD(cosine(0.5, 3)),
        lambda: SGD(step_decay(0.5, every=1), momentum=0.9),
        lambda: SGD(0.5, weight_decay=0.1),
        lambda: RMSProp(cosine(0.01, 4)),
        lambda: Adam(step_decay(0.01, every=2)),
    ],
)
def test_an_epoch_is_a_gradient_and_a_step_for_every_batch(make_optimizer):
    network, twin, optimizer = make(), make(), make_optimizer()
    epoch = next(network.train(X, Y, epochs=1, batch_size=16, optimizer=make_optimizer(), rng=InOrder()))
    for start, loss in zip(range(0, 50, 16), epoch.batch_losses):
        assert twin.loss_and_gradients(X[start : start + 16], Y[start : start + 16]) == pytest.approx(loss, rel=1e-5)
        optimizer.step(twin.parameters)
    np.testing.assert_allclose(network.parameters.values, twin.parameters.values, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("batch_size, sizes", [(50, [50]), (1000, [50]), (25, [25, 25]), (49, [49, 1]), (1, [1] * 50)])
def test_every_batch_is_full_but_the_last(batch_size, sizes):
    spy = Spy()
    run = spied(spy).train(X, Y, epochs=1, batch_size=batch_size)
    spy.calls.clear()  # a look at the data came first
    next(run)
    assert spy.calls == [(size, True) for size in sizes]


def test_the_defaults_are_what_the_docstring_says():
    a, b = make(), make()
    list(a.train(X, Y, epochs=2, rng=0))
    list(b.train(X, Y, epochs=2, batch_size=32, optimizer=SGD(lr=0.1), rng=0))
    assert (a.parameters.values == b.parameters.values).all()


def test_training_leaves_the_data_alone():
    kept = X.copy(), Y.copy()
    list(make(dropout=0.3).train(X, Y, epochs=2, rng=0, augment=lambda batch, rng: np.multiply(batch, 2, out=batch)))
    assert (X == kept[0]).all() and (Y == kept[1]).all()


def test_gradients_after_training_are_those_of_the_last_batch():
    network, twin = make(), make()
    list(network.train(X, Y, epochs=1, batch_size=50, optimizer=SGD(0.5), rng=InOrder()))
    twin.loss_and_gradients(X, Y)
    np.testing.assert_allclose(network.parameters.gradients, twin.parameters.gradients, rtol=1e-5, atol=1e-7)


def test_after_an_epoch_the_gradients_are_those_of_the_last_batch():
    network, probe = make(dtype=np.float64), make(dtype=np.float64)
    inputs = X.astype(np.float64)
    for _ in network.train(inputs, Y, epochs=3, batch_size=50, optimizer=SGD(0.1), rng=0):
        probe.loss_and_gradients(inputs, Y)
        assert np.allclose(network.parameters.gradients, probe.parameters.gradients, rtol=1e-9, atol=1e-12)
        probe.parameters.values[:] = network.parameters.values


@pytest.mark.parametrize("make_optimizer", [lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.9), lambda: RMSProp(0.01), lambda: Adam()])
def test_same_seed_same_bits(make_optimizer):
    """Weights, order of the samples, dropout, and augmentation: all of it comes from the seeds."""

    def run(seed):
        network = Network(mlp([4, 6, 3], rng=1, dropout=0.3))
        epochs = list(network.train(X, Y, epochs=3, batch_size=16, optimizer=make_optimizer(), rng=seed, augment=jitter))
        return network.parameters.values.tobytes(), [epoch.loss for epoch in epochs]

    assert run(5) == run(5) and run(5)[0] != run(6)[0]


def jitter(X, rng):
    return X + rng.normal(0, 0.1, X.shape).astype(np.float32)


def test_every_epoch_has_its_own_order():
    seen = []
    list(make().train(X, Y, epochs=3, batch_size=50, rng=0, augment=lambda X, rng: seen.append(X.tobytes()) or X))
    assert len(set(seen)) == 3


def test_augment_changes_what_is_learned_from_and_gets_the_generator():
    a, b = make(), make()
    list(a.train(X, Y, epochs=1, rng=InOrder(), augment=lambda batch, rng: 2 * batch))
    list(b.train(2 * X, Y, epochs=1, rng=InOrder()))
    assert (a.parameters.values == b.parameters.values).all()
    rng, seen = np.random.default_rng(0), []
    list(make().train(X, Y, epochs=1, rng=rng, augment=lambda batch, given: seen.append(given) or batch))
    assert all(given is rng for given in seen)


def test_random_shifts_fit_in():
    images = np.abs(numbers(20, 9, dtype=np.float32))
    network = Network(mlp([9, 3], rng=0))
    list(network.train(images, Y[:20], epochs=2, rng=0, augment=random_shifts(1, (3, 3))))


def test_bytes_are_learned_from_as_the_numbers_that_they_stand_for(tmp_path):
    """A first layer Scale takes raw pixels; the same pixels as floats, scaled before, give the same network."""
    pixels = np.random.default_rng(0).integers(0, 256, (50, 4), np.uint8)
    raw, plain = Network([Scale(1 / 255), *mlp([4, 6, 3], rng=0)]), Network(mlp([4, 6, 3], rng=0))
    floats = pixels.astype(np.float32) / 255
    history = raw.fit(pixels, Y, epochs=3, validation=(pixels, Y), rng=0)
    assert history["val_loss"] == pytest.approx(plain.fit(floats, Y, epochs=3, validation=(floats, Y), rng=0)["val_loss"])
    np.testing.assert_allclose(raw.parameters.values, plain.parameters.values, rtol=1e-4, atol=1e-6)
    raw.save(tmp_path / "raw.npz")
    assert (Network.load(tmp_path / "raw.npz").predict(pixels) == raw.predict(pixels)).all()
    assert (plain.predict(pixels) == plain.predict(pixels.astype(np.float32))).all()  # without a Scale they are ordinary numbers
    with pytest.raises(ValueError, match=r"X has shape \(50, 3\); expected \(any, 4\)"):
        raw.predict(pixels[:, :3])


def test_layers_train_only_while_the_network_trains():
    spy = Spy()
    network = spied(spy)
    run = network.train(X, Y, epochs=2, batch_size=50)
    assert spy.calls == [(1, False)]
    for _ in run:
        assert not any(layer.training for layer in network.layers)  # between two epochs it predicts and does not learn
    network.predict(X)
    assert [training for _, training in spy.calls] == [False, True, True, False]


def test_a_run_that_is_left_or_fails_leaves_no_layer_in_training():
    def broken(X, rng):
        raise RuntimeError("no more data")

    network = make(dropout=0.5)
    with pytest.raises(RuntimeError, match="no more data"):
        list(network.train(X, Y, epochs=1, augment=broken))
    assert not any(layer.training for layer in network.layers)
    for _ in network.train(X, Y, epochs=5):
        break
    assert not any(layer.training for layer in network.layers) and (network.forward(X) == network.forward(X)).all()


def test_a_run_can_be_continued_with_the_same_optimizer():
    a, b, optimizer = make(), make(), Adam(0.01)
    for rng in (1, 2):
        list(a.train(X, Y, epochs=2, optimizer=optimizer, rng=rng))
    assert optimizer.step_count == 8
    rng_1, rng_2, other = np.random.default_rng(1), np.random.default_rng(2), Adam(0.01)
    list(b.train(X, Y, epochs=2, optimizer=other, rng=rng_1))
    list(b.train(X, Y, epochs=2, optimizer=other, rng=rng_2))
    assert (a.parameters.values == b.parameters.values).all()


@pytest.mark.parametrize("batch_size", [10, 50])
@pytest.mark.parametrize("how", ["train", "fit"])
@pytest.mark.parametrize("loss, lr", [(SquaredError, 1e6), (SoftmaxCrossEntropy, 1e38), (BinaryCrossEntropy, 1e38)])
def test_a_run_that_diverges_says_so_in_words(loss, lr, how, batch_size):
    network = Network(mlp([4, 6, 6, 3], ReLU, rng=0), loss())
    with pytest.raises(FloatingPointError, match=r"diverged.*SGD\(lr=.*the loss is (inf|nan); try a smaller learning rate"):
        list(getattr(network, how)(100 * X, targets(loss, 50, 3, dtype=np.float32), epochs=200, batch_size=batch_size, optimizer=SGD(lr)))
    assert not any(layer.training for layer in network.layers)


# ---------------------------------------------------------------------------------------------- fit


def test_the_history_has_running_means_and_an_exact_validation():
    network, twin = make(), make()
    history = network.fit(X, Y, epochs=3, batch_size=16, validation=(X_DEV, Y_DEV), rng=0)
    assert list(history) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"] and history["epoch"] == [1, 2, 3]
    for i, epoch in enumerate(twin.train(X, Y, epochs=3, batch_size=16, rng=0)):
        assert history["loss"][i] == epoch.loss
        assert (history["val_loss"][i], history["val_accuracy"][i]) == twin.evaluate(X_DEV, Y_DEV)
    assert (network.parameters.values == twin.parameters.values).all()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch_size", [1, 7, 50])
def test_running_means_are_those_of_the_passes_that_train(loss, batch_size):
    """Step by step by hand: what the network predicts for each mini-batch before it learns from it."""
    y, network, twin = targets(loss, 50, 3, dtype=np.float32), make(loss=loss()), make(loss=loss())
    history = network.fit(X, y, epochs=3, batch_size=batch_size, optimizer=SGD(0.1), rng=InOrder())
    optimizer = SGD(0.1)
    for i in range(3):
        losses, Z = [], []
        for start in range(0, 50, batch_size):
            batch = slice(start, start + batch_size)
            Z.append(twin.forward(X[batch]))
            losses.append(twin.loss_and_gradients(X[batch], y[batch]) * len(Z[-1]))
            optimizer.step(twin.parameters)
        assert history["loss"][i] == pytest.approx(sum(losses) / 50, rel=1e-5)
        assert history["accuracy"][i] == pytest.approx(twin.loss.score(np.concatenate(Z), y), rel=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_an_epoch_has_a_score_if_it_is_asked_for_one(loss):
    y = targets(loss, 50, 3, dtype=np.float32)
    assert np.isnan(next(make(loss=loss()).train(X, y, epochs=1, rng=0)).score)
    epoch, history = next(make(loss=loss()).train(X, y, epochs=1, rng=0, score=True)), make(loss=loss()).fit(X, y, epochs=1, rng=0)
    assert type(epoch.score) is float and [epoch.score] == history["accuracy"]


def test_running_means_do_not_change_what_is_learned():
    plain, scored = make(dropout=0.3), make(dropout=0.3)
    list(plain.train(X, Y, epochs=3, batch_size=7, rng=0))
    scored.fit(X, Y, epochs=3, batch_size=7, rng=0)
    assert (plain.parameters.values == scored.parameters.values).all()


def test_a_loss_of_your_own_needs_a_score_only_to_be_scored():
    class Absolute(SquaredError):
        def _compute(self, Z, Y):
            self.Y_hat, self.Y = Z, Y
            return abs(Z - Y).sum() / len(Y)

        def backward(self):
            return np.sign(self.Y_hat - self.Y) / len(self.Y)

        def score(self, Z, y):
            raise NotImplementedError("no score")

    numbers_to_learn = numbers(50, 3, seed=4, dtype=np.float32)
    first, *_, last = make(loss=Absolute()).train(X, numbers_to_learn, epochs=20, rng=0)
    assert last.loss < first.loss
    with pytest.raises(NotImplementedError, match="no score"):
        make(loss=Absolute()).fit(X, numbers_to_learn, epochs=1)


def test_without_a_dev_part_there_is_none_in_the_history():
    history = make().fit(X, Y, epochs=2)
    assert list(history) == ["epoch", "loss", "accuracy"] and all(len(column) == 2 for column in history.values())
    assert all(type(number) is float for number in history["loss"] + history["accuracy"])


def test_the_dev_part_is_looked_at_and_never_learned_from():
    ends = []
    for X_val, y_val in ((X_DEV, Y_DEV), (X_DEV, 2 - Y_DEV), (3 * X_DEV[:5], Y_DEV[:5])):
        network = make(dropout=0.2)
        history = network.fit(X, Y, epochs=3, validation=(X_val, y_val), rng=0)
        ends.append((network.parameters.values.tobytes(), history["loss"], history["val_loss"]))
    assert ends[0][:2] == ends[1][:2] == ends[2][:2] and ends[0][2] != ends[1][2]


def overfitting(**options):
    """Forty epochs on few samples with random labels: the validation loss rises sooner or later."""
    network = make()
    return network, network.fit(X[:10], Y[:10], epochs=40, optimizer=SGD(0.5), validation=(X_DEV, Y_DEV), rng=0, **options)


@pytest.mark.parametrize("patience", [1, 3])
def test_patience_stops_in_time_and_goes_back_to_the_best(patience):
    _, whole = overfitting()
    network, history = overfitting(patience=patience)
    losses = history["val_loss"]
    assert losses == whole["val_loss"][: len(losses)] and len(losses) < 40
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + patience and network.evaluate(X_DEV, Y_DEV)[0] == losses[best]


def test_patience_goes_back_to_the_best_even_when_the_epochs_end_first():
    network, history = overfitting(patience=39)
    assert len(history["epoch"]) == 40 and network.evaluate(X_DEV, Y_DEV)[0] == min(history["val_loss"]) < history["val_loss"][-1]


def test_a_loss_that_stands_still_is_no_new_low():
    network = Network([Linear(4, 3, rng=0), BinaryStep(), Linear(3, 3, init="zeros")])
    history = network.fit(X, Y, epochs=30, patience=4, validation=(X_DEV, Y_DEV), optimizer=SGD(constant(1e-30)))
    assert len(history["epoch"]) == 5


def test_the_progress_bar_is_shown_when_asked_and_only_then(capsys):
    make().fit(X, Y, epochs=3)
    assert capsys.readouterr() == ("", "")
    make().fit(X, Y, epochs=3, progress=True)
    out, err = capsys.readouterr()
    assert out == "" and "3/3" in err and "epoch" in err


def test_without_tqdm_the_bar_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    network, before = make(), make().parameters.values
    with pytest.raises(ImportError, match="progress=True needs tqdm: pip install tqdm"):
        network.fit(X, Y, epochs=1, progress=True)
    assert (network.parameters.values == before).all()


def test_fit_reports_r_squared_for_numbers():
    Y = numbers(50, 3, seed=4, dtype=np.float32)
    network = make(loss=SquaredError())
    before = network.predict(X)
    history = network.fit(X, Y, epochs=1, batch_size=50, validation=(X, Y), rng=0)
    for predicted, column in ((before, "accuracy"), (network.predict(X), "val_accuracy")):
        residual, spread = ((predicted - Y) ** 2).sum(), ((Y - Y.mean(axis=0)) ** 2).sum()
        assert history[column] == [pytest.approx(1 - residual / spread, rel=1e-5)]


# ---------------------------------------------------------------------------------------------- it learns


@pytest.mark.parametrize("loss, n_outputs", [(SoftmaxCrossEntropy, 2), (BinaryCrossEntropy, 1), (BinaryCrossEntropy, 2)])
@pytest.mark.parametrize("data", [make_xor, make_moons])
def test_it_learns_what_no_straight_line_can(data, loss, n_outputs):
    X, y = data(200, noise=0.1, rng=0)
    network = Network(mlp([2, 16, n_outputs], "Tanh", rng=0), loss())
    history = network.fit(X, y, epochs=60, batch_size=20, optimizer=Adam(0.03), rng=0)
    assert network.score(X, y) >= 0.97 and history["loss"][-1] < history["loss"][0]
    assert Network(mlp([2, n_outputs], rng=0), loss()).fit(X, y, epochs=60, optimizer=Adam(0.03), rng=0)["accuracy"][-1] < 0.95


def test_it_learns_a_curve():
    x = np.linspace(-3, 3, 100, dtype=np.float32)[:, None]
    network = Network(mlp([1, 20, 1], "Tanh", rng=0), SquaredError())
    network.fit(x, np.sin(x), epochs=200, batch_size=25, optimizer=Adam(0.02), rng=0)
    assert network.score(x, np.sin(x)) > 0.99


# ---------------------------------------------------------------------------------------------- copies and words


@pytest.mark.parametrize("twin", [lambda n: n.astype(np.float32), copy.deepcopy], ids=["astype", "deepcopy"])
def test_a_copy_is_equal_and_independent(twin):
    network = make(dropout=0.4)
    other = twin(network)
    assert repr(other) == repr(network) and (other.forward(X) == network.forward(X)).all()
    assert not np.shares_memory(other.parameters.values, network.parameters.values) and other.loss is not network.loss
    before = network.parameters.values.copy()
    other.fit(X, Y, epochs=1, rng=0)
    assert (network.parameters.values == before).all() and (other.parameters.values != before).any()
    network.fit(X, Y, epochs=1, rng=0)
    assert (network.parameters.values == other.parameters.values).all()  # dropout's generator was copied as well


def test_astype_changes_the_dtype_and_back_again_loses_nothing():
    network = make()
    wide = network.astype(np.float64)
    assert wide.dtype == np.float64 and (wide.parameters.values == network.parameters.values).all()
    assert (wide.astype(np.float32).parameters.values == network.parameters.values).all()


def test_summary_counts_every_parameter():
    network = Network(mlp([4, 6, 3], [lambda: LeakyReLU(0.1)], dropout=0.25), BinaryCrossEntropy())
    lines = network.summary().splitlines()
    assert [line.split()[-1] for line in lines] == ["count", "30", "0", "0", "21", "51"]
    assert "W (4, 6), b (6,)" in lines[1] and "LeakyReLU(negative_slope=0.1)" in lines[2] and "Dropout(p=0.25)" in lines[3]
    assert lines[-1].split()[:2] == ["BinaryCrossEntropy()", "total"] and len({len(line) for line in lines}) == 1
    assert sum(a.size for layer in network.layers for a in layer.params.values()) == 51


def test_repr():
    assert repr(Network([Linear(2, 3), ReLU()], SquaredError())) == "Network([Linear(n_in=2, n_out=3), ReLU(slope=1.0)], SquaredError())"


def test_a_network_of_your_own_layers_trains():
    class Square(Tanh):
        def forward(self, Z):
            self.cache = Z
            return Z**2

        def backward(self, dA):
            return dA * 2 * self.cached(dA)

    network = Network([Linear(4, 6, rng=0), Square(), Linear(6, 3, rng=1)])
    before = network.evaluate(X, Y)[0]
    network.fit(X, Y, epochs=20, rng=0)
    assert network.evaluate(X, Y)[0] < before


def test_a_linear_layer_of_your_own_needs_no_input_gradient_switch():
    """A layer whose backward(dZ) is written as in the formula can be trained, even as the first layer."""

    class Plain(Linear):
        def backward(self, dZ):
            self.grads["W"], self.grads["b"] = self.cache.T @ dZ, dZ.sum(axis=0)
            return dZ @ self.params["W"].T

    mine, theirs = (Network([layer(4, 3, rng=0)]) for layer in (Plain, Linear))
    for network in (mine, theirs):
        network.fit(X, Y, epochs=2, rng=0)
    np.testing.assert_allclose(mine.parameters.values, theirs.parameters.values, rtol=1e-5)


def test_an_optimizer_of_your_own_trains():
    class Signs(Optimizer):
        def step(self, parameters):
            parameters.values -= self.lr * np.sign(parameters.gradients)

    class Update(Optimizer):
        def update(self, w, g, lr):
            w -= lr * g

    class Step(SGD):
        def step(self, parameters):
            parameters.values -= self.lr * parameters.gradients

    network, before = make(), make().evaluate(X, Y)[0]
    assert network.fit(X, Y, epochs=5, optimizer=Signs(0.01), rng=0)["loss"][-1] < before
    twins = [make() for _ in range(3)]
    for network, optimizer in zip(twins, (SGD(0.1), Update(0.1), Step(0.1))):
        network.fit(X, Y, epochs=2, optimizer=optimizer, rng=0)
        np.testing.assert_allclose(network.parameters.values, twins[0].parameters.values, rtol=1e-5, atol=1e-7)


def test_dropout_is_active_in_the_running_means_and_off_in_the_validation():
    network = Network([Linear(4, 3, init="zeros"), Dropout(0.9, rng=0)])
    network.layers[0].params["b"] = [0, 1, 2]
    history = network.fit(X, Y, epochs=1, optimizer=SGD(1e-30), validation=(X, Y))
    assert history["val_loss"] == [pytest.approx(network.evaluate(X, Y)[0], rel=1e-6)]
    assert history["loss"][0] != pytest.approx(history["val_loss"][0], rel=0.1)


# ---------------------------------------------------------------------------------------------- batches


def test_batches_are_an_argument():
    """In their order, whatever the seed; every other sample is left out."""

    def half(X, Y, batch_size, rng):
        for start in range(0, len(X), batch_size):
            yield X[start : start + batch_size : 2], Y[start : start + batch_size : 2]

    a, b = make(), make()
    history = a.fit(X, Y, epochs=2, batch_size=10, batches=half, rng=1)
    (*_, last), optimizer = b.train(X, Y, epochs=2, batch_size=10, batches=half, rng=2), SGD(0.1)
    assert (a.parameters.values == b.parameters.values).all() and history["loss"][-1] == last.loss and len(last.batch_losses) == 5
    twin = make()
    for start in [*range(0, 50, 10)] * 2:
        twin.loss_and_gradients(X[start : start + 10 : 2], Y[start : start + 10 : 2])
        optimizer.step(twin.parameters)
    np.testing.assert_allclose(a.parameters.values, twin.parameters.values, rtol=1e-5)


def test_augmentation_comes_after_batches():
    seen = []
    make().fit(
        X,
        Y,
        epochs=1,
        batch_size=25,
        rng=0,
        augment=lambda X, rng: seen.append(X.copy()) or X,
        batches=lambda X, Y, n, rng: [(X[:n], np.eye(3, dtype=np.float32)[[0] * n])],
    )
    assert len(seen) == 1 and (seen[0] == X[:25]).all()


@pytest.mark.parametrize("act", [lambda n: n.predict(X), lambda n: n.evaluate(X_DEV, Y_DEV), lambda n: n.predict_proba(X_DEV)])
@pytest.mark.parametrize("where", ["schedule", "augment", "batches"])
def test_a_callback_may_use_the_network_while_it_learns(act, where):
    """Nothing that is learned changes, and the network is outside training then: without dropout."""

    def run(act):
        network, seen = make(dropout=0.5), []

        def schedule(step):
            seen.append(act(network))
            return 0.1

        def batches(X, Y, batch_size, rng):
            for batch in shuffled_batches(X, Y, batch_size, rng):
                seen.append(act(network))
                yield batch

        options = {
            "schedule": {"optimizer": SGD(schedule)},
            "augment": {"augment": lambda X, rng: seen.append(act(network)) or X},
            "batches": {"batches": batches},
        }[where]
        history = network.fit(X, Y, epochs=2, batch_size=10, rng=0, **options)
        return network, history, seen

    (used, history, seen), (alone, expected, _) = run(act), run(lambda network: None)
    assert len(seen) == 10 and (used.parameters.values == alone.parameters.values).all() and history == expected
    twin = make(dropout=0.5)
    np.testing.assert_array_equal(seen[0], act(twin)) if where != "schedule" else None
    assert not any(layer.training for layer in used.layers)
