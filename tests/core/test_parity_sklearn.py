"""The same numbers as scikit-learn's multi-layer perceptron, where the two define the same thing."""

import warnings

import numpy as np
import pytest

from cases import InOrder, numbers
from environment import skip_without
from nnfromscratch import SGD, Adam, BinaryCrossEntropy, Network, SoftmaxCrossEntropy, SquaredError, mlp

pytestmark = pytest.mark.slow

skip_without("sklearn")

X = numbers(50, 4)
SUMS = X @ [1.0, -1.0, 0.5, 0.2]
CASES = {  # our loss, their estimator, labels for both, number of outputs
    "classes": (SoftmaxCrossEntropy, "MLPClassifier", np.digitize(SUMS, [-0.5, 0.8]), 3),
    "yes or no": (BinaryCrossEntropy, "MLPClassifier", (SUMS > 0).astype(int), 1),
    "numbers": (SquaredError, "MLPRegressor", SUMS**2 / 5, 1),
}
OPTIMIZERS = {
    "sgd": (lambda: SGD(0.1), {"solver": "sgd", "learning_rate_init": 0.1, "momentum": 0}),
    "momentum": (lambda: SGD(0.05, momentum=0.9), {"solver": "sgd", "learning_rate_init": 0.05, "momentum": 0.9}),
    "adam": (lambda: Adam(0.01, epsilon=1e-30), {"solver": "adam", "learning_rate_init": 0.01, "epsilon": 1e-30}),
}
ACTIVATIONS = [("Tanh", "tanh"), ("Sigmoid", "logistic"), ("ReLU", "relu"), ("Identity", "identity")]


def both(case, optimizer, activation, batch_size, epochs):
    """Train ours and theirs from the same weights, without shuffling; return both and the data in our form."""
    import sklearn.neural_network

    loss, estimator, y, n_outputs = CASES[case]
    ours, options = OPTIMIZERS[optimizer]
    network = Network(mlp([4, 6, 5, n_outputs], activation[0], rng=3, dtype=np.float64), loss())
    theirs = getattr(sklearn.neural_network, estimator)(
        hidden_layer_sizes=(6, 5),
        activation=activation[1],
        alpha=0,
        batch_size=batch_size,
        shuffle=False,
        tol=0,
        n_iter_no_change=10**6,
        nesterovs_momentum=False,
        random_state=0,
        warm_start=True,
        **options,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has not converged
        theirs.set_params(max_iter=1).fit(X, y)
        for W, b, layer in zip(theirs.coefs_, theirs.intercepts_, network.layers[::2]):
            W[...], b[...] = layer.params["W"], layer.params["b"]
        vars(theirs).pop("_optimizer")  # it remembers the step before
        theirs.set_params(max_iter=epochs).fit(X, y)
    Y = y[:, None] if loss is SquaredError else y
    history = network.fit(X, Y, epochs=epochs, batch_size=batch_size, optimizer=ours(), rng=InOrder())
    return network, theirs, Y, history


def same(network, theirs, rtol):
    for W, b, layer in zip(theirs.coefs_, theirs.intercepts_, network.layers[::2]):
        np.testing.assert_allclose(layer.params["W"], W, rtol=rtol, atol=rtol)
        np.testing.assert_allclose(layer.params["b"], b, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("case", CASES)
def test_one_step(case, optimizer, activation):
    network, theirs, *_ = both(case, optimizer, activation, batch_size=50, epochs=1)
    same(network, theirs, 1e-12)


@pytest.mark.parametrize("batch_size", [50, 16])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("case", CASES)
def test_a_whole_fit(case, optimizer, batch_size):
    """Batches of 16 leave 2 samples for the last one of each epoch."""
    network, theirs, Y, _ = both(case, optimizer, ACTIVATIONS[0], batch_size, epochs=30)
    same(network, theirs, 1e-8)
    np.testing.assert_allclose(np.squeeze(network.predict(X)), theirs.predict(X), rtol=1e-7)
    assert network.score(X, Y) == pytest.approx(theirs.score(X, CASES[case][2]))
    if case == "classes":
        np.testing.assert_allclose(network.predict_proba(X), theirs.predict_proba(X), rtol=1e-7)
    if case == "yes or no":
        np.testing.assert_allclose(network.predict_proba(X)[:, 0], theirs.predict_proba(X)[:, 1], rtol=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_the_loss_of_an_epoch_is_theirs(case):
    network, theirs, Y, _ = both(case, "sgd", ACTIVATIONS[0], batch_size=16, epochs=5)
    loss = next(network.train(X, Y, epochs=1, batch_size=16, optimizer=SGD(0.1), rng=InOrder())).loss
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.set_params(max_iter=1).fit(X, CASES[case][2])
    assert loss == pytest.approx(theirs.loss_curve_[-1], rel=1e-8)
