"""Learning from bytes: a first layer `Scale` takes raw pixels, and nothing else changes."""

import numpy as np
import pytest

from nnfromscratch import Linear, Network, ReLU, Scale, check_gradients, mlp, random_warps

RNG = np.random.default_rng(0)
RAW, Y = RNG.integers(0, 256, (60, 9), dtype=np.uint8), RNG.integers(0, 3, 60)
X = RAW * np.float32(1 / 255)


def network_of(seed=0, first=(), dtype=np.float32):
    return Network([*first, *mlp([9, 6, 3], rng=seed, dtype=dtype)])


def test_learning_from_bytes_is_learning_from_scaled_floats():
    raw, floats = network_of(first=[Scale(1 / 255)]), network_of()
    history = raw.fit(RAW, Y, epochs=4, rng=2, validation=(RAW, Y)), floats.fit(X, Y, epochs=4, rng=2, validation=(X, Y))
    assert np.allclose(raw.parameters.values, floats.parameters.values, atol=1e-6)
    assert np.allclose(history[0]["loss"], history[1]["loss"], rtol=1e-5)
    assert np.array_equal(raw.predict(RAW), floats.predict(X)) and raw.score(RAW, Y) == floats.score(X, Y)
    assert raw.parameters.values.dtype == raw.predict_proba(RAW).dtype == np.float32


def test_what_a_scale_returned_is_never_written_to_again():
    scale = Scale(0.5)
    for scale.training in (True, False):
        first, second = scale.forward(RAW[:4]), scale.forward(RAW[4:8])
        assert np.array_equal(first, RAW[:4] * np.float32(0.5)) and np.array_equal(second, RAW[4:8] * np.float32(0.5))


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


def test_bytes_stay_bytes_until_the_scale(monkeypatch):
    seen, forward = [], Scale.forward
    monkeypatch.setattr(Scale, "forward", lambda layer, X: seen.append(X.dtype) or forward(layer, X))
    network = network_of(first=[Scale(1 / 255)])
    network.fit(RAW, Y, epochs=1, batch_size=16, validation=(RAW, Y), rng=0)
    network.predict(RAW), network.evaluate(RAW, Y)
    assert set(seen) == {np.dtype(np.uint8)}


@pytest.mark.parametrize("X", [RAW.astype(np.int64), RAW.astype(float), RAW.tolist()], ids=["integers", "float64", "a list"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_numbers_in_another_form_give_the_same_network(X, dtype):
    raw, other = (network_of(first=[Scale(1 / 255)], dtype=dtype) for _ in range(2))
    raw.fit(RAW, Y, epochs=2, rng=0)
    other.fit(X, Y.tolist(), epochs=2, rng=0)
    assert np.allclose(raw.parameters.values, other.parameters.values, atol=1e-6) and raw.dtype == dtype


def test_bytes_of_another_shape_are_rejected():
    with pytest.raises(ValueError, match=r"X has shape \(60, 8\); expected \(any, 9\)"):
        network_of(first=[Scale(1 / 255)]).fit(RAW[:, :8], Y, epochs=1)


@pytest.mark.parametrize(
    "X, error",
    [([[1.0]], TypeError), (np.zeros(3, np.uint8), ValueError), (np.zeros((2, 2), int), TypeError), (np.zeros((2, 2), bool), TypeError)],
)
def test_scale_refuses_what_is_no_matrix_of_bytes_or_floats(X, error):
    with pytest.raises(error, match=r"X .*expected"):
        Scale(1).forward(X)
