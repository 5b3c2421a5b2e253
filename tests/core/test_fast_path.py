"""What was done for speed changes no result: bytes, the rate inside dZ, sums in place of averages."""

import numpy as np
import pytest

from nnfromscratch import SGD, Adam, Linear, Network, Parameters, ReLU, RMSProp, Scale, check_gradients, cosine, mlp, random_warps

RNG = np.random.default_rng(0)
RAW, Y = RNG.integers(0, 256, (60, 9), dtype=np.uint8), RNG.integers(0, 3, 60)
X = RAW * np.float32(1 / 255)


def network_of(seed=0, first=(), dtype=np.float32):
    return Network([*first, *mlp([9, 6, 3], rng=seed, dtype=dtype)])


class Plain(SGD):
    """Descends without asking for scaled gradients."""

    def scale(self):
        return 1.0


@pytest.mark.parametrize("lr", [0.3, cosine(0.3, 8)], ids=["a number", "a schedule that ends at 0"])
def test_the_rate_inside_dz_gives_the_same_weights(lr):
    folded, plain = network_of(), network_of()
    folded.fit(X, Y, epochs=5, optimizer=SGD(lr), rng=1)
    plain.fit(X, Y, epochs=5, optimizer=Plain(lr), rng=1)
    assert np.allclose(folded.parameters.values, plain.parameters.values, atol=1e-6)
    assert not np.allclose(folded.parameters.values, network_of().parameters.values, atol=1e-2)


def test_after_an_epoch_the_gradients_are_those_of_the_last_batch():
    network, probe = network_of(dtype=np.float64), network_of(dtype=np.float64)
    inputs = X.astype(np.float64)
    for _ in network.train(inputs, Y, epochs=3, batch_size=60, optimizer=SGD(0.1), rng=0):
        probe.loss_and_gradients(inputs, Y)
        assert np.allclose(network.parameters.gradients, probe.parameters.gradients, rtol=1e-9, atol=1e-12)
        probe.parameters.values[:] = network.parameters.values


def textbook_adam(w, g, m, s, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m[:], s[:] = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
    w -= lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + epsilon)


def textbook_rmsprop(w, g, m, s, t, lr, decay=0.99, epsilon=1e-8):
    s[:] = decay * s + (1 - decay) * g**2
    w -= lr * g / (np.sqrt(s) + epsilon)


@pytest.mark.parametrize("kind, textbook", [(Adam, textbook_adam), (RMSProp, textbook_rmsprop)])
@pytest.mark.parametrize("size", [1e-9, 1.0, 1e6])
@pytest.mark.parametrize("piece", [2, 7, 100])
def test_sums_in_place_of_averages_take_the_textbook_steps(kind, textbook, size, piece, monkeypatch):
    monkeypatch.setattr("nnfromscratch.optimizers.PIECE", piece)
    parameters, rng = Parameters({"w": np.ones(7)}), np.random.default_rng(0)
    optimizer, (w, m, s) = kind(lr=0.01), np.outer([1, 0, 0], np.ones(7)).astype(float)
    for t in range(1, 30):
        parameters.gradients[:] = g = size * rng.standard_normal(7)
        optimizer.step(parameters)
        textbook(w, g, m, s, t, 0.01)
    assert np.allclose(parameters.values, w, rtol=1e-10) and not np.allclose(w, 1)


@pytest.mark.parametrize("optimizer", [Adam(0.01), SGD(0.01, momentum=0.9), RMSProp(0.01, decay=0.9)], ids=lambda o: type(o).__name__)
def test_memory_fades_to_nothing_and_not_to_numbers_that_are_slow(optimizer):
    parameters = Parameters({"w": np.zeros(50, np.float32)})
    parameters.gradients[:] = np.linspace(1e-3, 1, 50)
    for _ in range(1200):
        optimizer.step(parameters)
        parameters.gradients[:] = 0
    for vector in optimizer.state.values():
        assert not ((vector != 0) & (abs(vector) < np.finfo(np.float32).tiny)).any()


def test_learning_from_bytes_is_learning_from_scaled_floats():
    raw, floats = network_of(first=[Scale(1 / 255)]), network_of()
    history = raw.fit(RAW, Y, epochs=4, rng=2, validation=(RAW, Y)), floats.fit(X, Y, epochs=4, rng=2, validation=(X, Y))
    assert np.allclose(raw.parameters.values, floats.parameters.values, atol=1e-6)
    assert np.allclose(history[0]["loss"], history[1]["loss"], rtol=1e-5)
    assert np.array_equal(raw.predict(RAW), floats.predict(X)) and raw.score(RAW, Y) == floats.score(X, Y)
    assert raw.parameters.values.dtype == raw.predict_proba(RAW).dtype == np.float32


def test_what_a_scale_returned_outside_training_is_never_written_to_again():
    scale = Scale(0.5)
    kept = scale.forward(RAW[:4])
    scale.training = True
    first, second = scale.forward(RAW[4:8]), scale.forward(RAW[8:12])
    assert np.shares_memory(first, second)  # while training: the same place
    scale.training = False
    scale.forward(RAW[:4])
    assert np.array_equal(kept, RAW[:4] * np.float32(0.5)) and np.array_equal(second, RAW[8:12] * np.float32(0.5))


def test_gradients_behind_a_scale_are_right_and_reach_the_input():
    errors = check_gradients(Network([Scale(0.3), Linear(9, 5, rng=0), ReLU(), Linear(5, 3, rng=1)]), X[:4].astype(np.float64), Y[:4])
    assert "X" in errors and max(errors.values()) < 1e-7


def test_a_scale_is_saved_with_the_network(tmp_path):
    network = network_of(first=[Scale(1 / 255)])
    network.save(tmp_path / "network.npz")
    assert np.array_equal(Network.load(tmp_path / "network.npz").forward(RAW), network.forward(RAW))


def test_bytes_may_be_augmented_as_bytes_or_floats():
    warp = random_warps(image_shape=(3, 3), n_warps=2, rng=0)
    for augment in (lambda X, rng: X[:, ::-1], warp):
        network = network_of(first=[Scale(1 / 255)])
        before = network.parameters.values.copy()
        network.fit(RAW, Y, epochs=1, rng=0, augment=augment)
        assert not np.array_equal(network.parameters.values, before)


@pytest.mark.parametrize(
    "make, X, error, message",
    [
        (network_of, RAW, TypeError, "X has dtype uint8; expected float32"),
        (lambda: network_of(first=[Scale(1 / 255)]), RAW.astype(np.int64), TypeError, "X has dtype int64; expected float32"),
        (lambda: network_of(first=[Scale(1 / 255)]), RAW[:, :8], ValueError, r"X has shape \(60, 8\); expected \(any, 9\)"),
        (lambda: network_of(first=[Scale(1 / 255)], dtype=np.float64), RAW, TypeError, "float32; expected float64"),
    ],
)
def test_nothing_else_is_taken(make, X, error, message):
    with pytest.raises(error, match=message):
        make().fit(X, Y, epochs=1)


@pytest.mark.parametrize(
    "X, error",
    [([[1.0]], TypeError), (np.zeros(3, np.uint8), ValueError), (np.zeros((2, 2), int), TypeError), (np.zeros((2, 2), bool), TypeError)],
)
def test_scale_refuses_what_is_no_matrix_of_bytes_or_floats(X, error):
    with pytest.raises(error, match=r"X .*expected"):
        Scale(1).forward(X)
