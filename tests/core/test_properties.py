"""What is true for every input: properties, tried on hundreds of random ones."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cases import ACTIVATIONS, LAYERS, LOSSES, numbers
from nnfromscratch import (
    BinaryCrossEntropy,
    Dropout,
    Linear,
    Network,
    SoftmaxCrossEntropy,
    SquaredError,
    log_softmax,
    mlp,
    one_hot,
    sigmoid,
    softmax,
)

FLOATS = st.floats(-50, 50)
SEEDS = st.integers(0, 2**32 - 1)
MATRICES = st.tuples(st.integers(1, 6), st.integers(1, 5)).flatmap(lambda shape: arrays(np.float64, shape, elements=FLOATS))
WITHOUT_DROPOUT = {name: make for name, make in LAYERS.items() if name != "Dropout"}
each_loss = pytest.mark.parametrize("make", LOSSES)
each_activation = pytest.mark.parametrize("make", ACTIVATIONS.values(), ids=ACTIVATIONS)


def close(a, b, rtol=1e-12):
    np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-12)


# ---------------------------------------------------------------------------------------------- softmax


@given(Z=MATRICES)
def test_softmax_rows_sum_to_one_and_are_ordered_like_the_scores(Z):
    A = softmax(Z)
    close(A.sum(axis=1), 1)
    assert (A > 0).all() and (np.diff(np.take_along_axis(A, Z.argsort(axis=1), axis=1), axis=1) >= 0).all()


@given(Z=MATRICES, data=st.data())
def test_softmax_ignores_shifts_of_a_row(Z, data):
    shift = data.draw(arrays(np.float64, (len(Z), 1), elements=st.floats(-1e3, 1e3)))
    close(softmax(Z + shift), softmax(Z), rtol=1e-9)
    close(log_softmax(Z + shift), log_softmax(Z), rtol=1e-9)


@given(Z=MATRICES)
def test_softmax_of_two_scores_is_sigmoid_of_their_difference(Z):
    assume(Z.shape[1] >= 2)
    close(softmax(Z[:, :2])[:, 0], sigmoid(Z[:, 0] - Z[:, 1]), rtol=1e-9)


@given(Z=MATRICES)
def test_sigmoid_is_symmetric(Z):
    close(sigmoid(-Z), 1 - sigmoid(Z))


@given(Z=arrays(np.float64, (4, 1), elements=FLOATS), y=arrays(np.int64, 4, elements=st.integers(0, 1)))
def test_binary_cross_entropy_is_softmax_cross_entropy_with_a_second_score_of_zero(Z, y):
    two = np.hstack([np.zeros_like(Z), Z])
    assert BinaryCrossEntropy().forward(Z, y) == pytest.approx(SoftmaxCrossEntropy().forward(two, y), rel=1e-9, abs=1e-12)


# ---------------------------------------------------------------------------------------------- losses


def scores_and_truth(make, data, n=5, k=3):
    Z = data.draw(arrays(np.float64, (n, k), elements=FLOATS))
    numbers, labels = arrays(np.float64, (n, k), elements=FLOATS), arrays(np.int64, n, elements=st.integers(0, k - 1))
    return Z, data.draw(numbers if make is SquaredError else labels)


@each_loss
@given(data=st.data())
def test_a_loss_ignores_the_order_of_samples_and_its_gradient_follows_it(make, data):
    Z, y = scores_and_truth(make, data)
    order, loss, shuffled = np.array(data.draw(st.permutations(range(len(Z))))), make(), make()
    assert shuffled.forward(Z[order], y[order]) == pytest.approx(loss.forward(Z, y), rel=1e-12, abs=1e-12)
    close(shuffled.backward(), loss.backward()[order])
    if make is not SquaredError:
        assert loss.score(Z, y) == shuffled.score(Z[order], y[order])


@each_loss
@given(data=st.data())
def test_a_loss_is_never_negative_and_repeating_the_samples_changes_nothing(make, data):
    Z, y = scores_and_truth(make, data)
    loss, twice = make(), make()
    assert loss.forward(Z, y) >= 0
    assert twice.forward(np.concatenate([Z, Z]), np.concatenate([y, y])) == pytest.approx(loss.forward(Z, y), rel=1e-12, abs=1e-12)
    close(twice.backward()[: len(Z)], loss.backward() / 2)


@pytest.mark.parametrize("make", [BinaryCrossEntropy, SoftmaxCrossEntropy])
@given(data=st.data())
def test_labels_are_a_short_way_to_write_one_hot_rows(make, data):
    Z, y = scores_and_truth(make, data)
    a, b = make(), make()
    assert a.forward(Z, y) == b.forward(Z, one_hot(y, 3).astype(float)) and (a.backward() == b.backward()).all()
    assert a.score(Z, y) == b.score(Z, one_hot(y, 3).astype(float))


@given(data=st.data())
def test_every_row_of_the_softmax_gradient_sums_to_zero(data):
    loss = SoftmaxCrossEntropy()
    loss.forward(*scores_and_truth(SoftmaxCrossEntropy, data))
    close(loss.backward().sum(axis=1), 0)


# ---------------------------------------------------------------------------------------------- layers


@pytest.mark.parametrize("make", WITHOUT_DROPOUT.values(), ids=WITHOUT_DROPOUT)
@given(seed=SEEDS, n=st.integers(1, 6))
def test_a_batch_is_its_samples_stacked(make, seed, n):
    layer, X = make(), numbers(n, 3, seed=seed)
    A = layer.forward(X)
    dA = numbers(*A.shape, seed=seed + 1)
    dX, grads = layer.backward(dA), {key: g.copy() for key, g in layer.grads.items()}
    sums = {key: 0 for key in grads}
    for i in range(n):
        close(layer.forward(X[i : i + 1])[0], A[i])
        close(layer.backward(dA[i : i + 1])[0], dX[i])
        sums = {key: sums[key] + layer.grads[key] for key in sums}
    for key in grads:
        close(grads[key], sums[key], rtol=1e-9)


@each_activation
@given(seed=SEEDS, factor=st.floats(-10, 10))
def test_backward_is_linear(make, seed, factor):
    layer = make()
    layer.forward(numbers(3, 4, seed=seed))
    a, b = numbers(3, 4, seed=seed + 1), numbers(3, 4, seed=seed + 2)
    close(layer.backward(a + factor * b), layer.backward(a) + factor * layer.backward(b), rtol=1e-9)


@given(seed=SEEDS, p=st.floats(0, 0.95))
def test_dropout_gives_zeros_and_scaled_numbers_and_nothing_else(seed, p):
    layer, X = Dropout(p, rng=seed), numbers(5, 4, seed=seed)
    layer.training = True
    A = layer.forward(X)
    assert (np.isclose(A, X / (1 - p), rtol=1e-14, atol=0) | (A == 0)).all()


# ---------------------------------------------------------------------------------------------- networks

SIZES = st.lists(st.integers(1, 6), min_size=2, max_size=4)
NETWORKS = st.builds(
    lambda sizes, act, loss, dtype, seed: Network(mlp(sizes, act, rng=seed, dtype=dtype), loss()),
    SIZES,
    st.sampled_from(list(ACTIVATIONS.values())),
    st.sampled_from(LOSSES),
    st.sampled_from([np.float32, np.float64]),
    SEEDS,
)


@given(network=NETWORKS, seed=SEEDS)
def test_saving_and_loading_is_the_identity(network, seed):
    network.parameters.values[:] = np.random.default_rng(seed).standard_normal(network.parameters.values.size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "n.npz"
        network.save(path)
        twin = Network.load(path)
    assert repr(twin) == repr(network) and twin.summary() == network.summary() and twin.dtype == network.dtype
    assert twin.parameters.values.tobytes() == network.parameters.values.tobytes()


@given(network=NETWORKS, n=st.integers(1, 5), seed=SEEDS)
def test_answers_agree_with_probabilities_and_with_the_score(network, n, seed):
    X = numbers(n, network.layers[0].n_in, seed=seed, dtype=network.dtype)
    answers = network.predict(X)
    if network.loss.probabilities:
        P = network.predict_proba(X)
        assert P.dtype == network.dtype and (P >= 0).all() and (P <= 1).all()
        if P.shape[1] == 1 and isinstance(network.loss, BinaryCrossEntropy):
            P = np.hstack([1 - P, P])
        assert (P[np.arange(n), answers] == P.max(axis=1)).all()  # (so far off that several are 1, or so near that all are 0.5)
        assert network.score(X, answers) == 1
    else:
        assert (answers == network.forward(X)).all()


@given(network=NETWORKS, n=st.integers(2, 5), seed=SEEDS)
def test_the_gradient_of_a_batch_is_the_mean_of_its_samples(network, n, seed):
    network = network.astype(np.float64)
    X, rng = numbers(n, network.layers[0].n_in, seed=seed), np.random.default_rng(seed)
    n_outputs = network.layers[-1].n_out
    y = rng.standard_normal((n, n_outputs)) if isinstance(network.loss, SquaredError) else rng.integers(0, n_outputs, n)
    loss, whole = network.loss_and_gradients(X, y), network.parameters.gradients.copy()
    alone = [(network.loss_and_gradients(X[i : i + 1], y[i : i + 1]), network.parameters.gradients.copy()) for i in range(n)]
    assert loss == pytest.approx(np.mean([one for one, _ in alone]), rel=1e-9, abs=1e-12)
    close(whole, np.mean([g for _, g in alone], axis=0), rtol=1e-8)


@given(network=NETWORKS, n=st.integers(1, 8), seed=SEEDS)
def test_forward_ignores_what_came_before(network, n, seed):
    """The layers' memory is for backward: it never leaks into another answer."""
    X = numbers(n, network.layers[0].n_in, seed=seed, dtype=network.dtype)
    first = network.forward(X).copy()
    network.forward(-X[:1])
    assert (network.forward(X) == first).all()


def test_linear_layers_alone_collapse_into_one():
    """Why activations exist: without them a deep network is one matrix."""
    layers = mlp([4, 6, 5, 3], "Identity", rng=0, dtype=np.float64)
    one = Linear(4, 3, dtype=np.float64)
    one.params["W"] = layers[0].params["W"] @ layers[2].params["W"] @ layers[4].params["W"]
    close(Network(layers).forward(numbers(7, 4)), one.forward(numbers(7, 4)))
