"""Mistakes that real, popular material contains. Each appears here once as wrong code, and something must reject it.

The gradient check looks at derivatives and catches most of them. What it cannot see (whether anything learns at all, and from what)
is caught by a watch over a few steps of training. The right code passes both.
"""

import numpy as np
import pytest

from cases import LOSSES, numbers, targets
from nnfromscratch import (
    SGD,
    Linear,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
    check_gradients,
    mlp,
    numerical_gradient,
    relative_error,
    sigmoid,
    softmax,
)

RIGHT, WRONG = 1e-7, 1e-4


# ---------------------------------------------------------------------------------------------- wrong layers and losses


class MaskOnTheOutput(ReLU):
    """The derivative asks whether the *output* is >= 0, which it always is: a no-op, still found in a well-known tutorial."""

    def forward(self, Z):
        self.cache = np.maximum(Z, 0)
        return self.cache

    def backward(self, dA):
        return dA * (self.cached(dA) >= 0)


class SoftmaxOfTheWholeMatrix(Softmax):
    """Normalized over all numbers instead of for each sample (with the derivative of softmax by rows)."""

    def forward(self, Z):
        e = np.exp(Z - Z.max())
        self.cache = e / e.sum()
        return self.cache


class SoftmaxLossOfTheWholeMatrix(SoftmaxCrossEntropy):
    def _compute(self, Z, Y):
        e = np.exp(Z - Z.max())
        self.Y_hat, self.Y = e / e.sum(), Y
        return -(Y * np.log(self.Y_hat)).sum() / len(Y)


class BiasSummedOverEverything(Linear):
    def backward(self, dZ, input_gradient=True):
        dX = super().backward(dZ, input_gradient)
        self.grads["b"] = np.full(self.n_out, dZ.sum())
        return dX


class BiasNotSummed(Linear):
    """Only the first sample's contribution."""

    def backward(self, dZ, input_gradient=True):
        dX = super().backward(dZ, input_gradient)
        self.grads["b"] = dZ[0]
        return dX


def times(factor):
    """Each loss, with its derivative multiplied by something that depends on n."""

    def backward(self):
        return (self.Y_hat - self.Y) / len(self.Y) * factor(len(self.Y))

    return {loss: type(loss.__name__, (loss,), {"backward": backward}) for loss in LOSSES}


class InputAndWeightsSwapped(Linear):
    """dE/dw = w delta and dE/dx = x delta, where it should be dE/dw = x delta and dE/dx = w delta (a square layer hides the shapes)."""

    def backward(self, dZ, input_gradient=True):
        X, W = self.cache, self.params["W"]
        super().backward(dZ)
        self.grads["W"] = W.T @ np.diag(dZ.sum(axis=0))
        return X * dZ


class TransposeForgotten(Linear):
    def backward(self, dZ, input_gradient=True):
        super().backward(dZ)
        return dZ @ self.params["W"]


class SigmoidSlopeOfTheInput(Sigmoid):
    """z (1 - z) instead of a (1 - a)."""

    def forward(self, Z):
        A = super().forward(Z)
        self.cache = Z
        return A

    def backward(self, dA):
        Z = self.cached(dA)
        return dA * Z * (1 - Z)


class SigmoidTwice(Sigmoid):
    """s(a) (1 - s(a)): the sigmoid applied to its own output."""

    def backward(self, dA):
        A = sigmoid(self.cached(dA))
        return dA * A * (1 - A)


class TanhSlopeOfTheInput(Tanh):
    def forward(self, Z):
        A = super().forward(Z)
        self.cache = Z
        return A


class LossValueInPlaceOfItsGradient(SoftmaxCrossEntropy):
    """backward passes on the number that forward returned."""

    def _compute(self, Z, Y):
        self.value = super()._compute(Z, Y)
        return self.value

    def backward(self):
        return np.full_like(self.Y_hat, self.value)


class GradientsRebound(Linear):
    """A new dictionary of gradients that the network knows nothing about."""

    def backward(self, dZ, input_gradient=True):
        X, W = self.cache, self.params["W"]
        vars(self)["grads"] = {"W": X.T @ dZ, "b": dZ.sum(axis=0)}
        return dZ @ W.T


class GradientsUnderAnotherName(Linear):
    """Gradients keyed by names that nobody reads."""

    def backward(self, dZ, input_gradient=True):
        X, W = self.cache, self.params["W"]
        self.dW, self.db = X.T @ dZ, dZ.sum(axis=0)
        return dZ @ W.T


def network(linear=Linear, act=Tanh, loss=SoftmaxCrossEntropy):
    return Network([linear(4, 4, rng=2, dtype=np.float64), act(), linear(4, 4, rng=3, dtype=np.float64)], loss())


WRONG_NETWORKS = {
    "right: ReLU": ({"act": ReLU}, set()),
    "right: Softmax": ({"act": Softmax}, set()),
    "right: Sigmoid": ({"act": Sigmoid}, set()),
    **{f"right: {loss.__name__}": ({"loss": loss}, set()) for loss in LOSSES},
    "ReLU masked on the output": ({"act": MaskOnTheOutput}, {"0.W", "0.b", "X"}),
    "softmax of the whole matrix": ({"act": SoftmaxOfTheWholeMatrix}, {"0.W", "0.b", "X"}),
    "softmax loss of the whole matrix": ({"loss": SoftmaxLossOfTheWholeMatrix}, {"0.W", "0.b", "2.W", "2.b", "X"}),
    "db summed over everything": ({"linear": BiasSummedOverEverything}, {"0.b", "2.b"}),
    "db not summed": ({"linear": BiasNotSummed}, {"0.b", "2.b"}),
    **{
        f"{loss.__name__} {what}": ({"loss": wrong}, {"0.W", "0.b", "2.W", "2.b", "X"})
        for what, factor in {"without 1/n": lambda n: n, "with 1/n twice": lambda n: 1 / n, "with a 2 too much": lambda n: 2}.items()
        for loss, wrong in times(factor).items()
    },
    "dE/dw and dE/dx swapped": ({"linear": InputAndWeightsSwapped}, {"0.W", "0.b", "2.W", "X"}),
    "transpose forgotten": ({"linear": TransposeForgotten}, {"0.W", "0.b", "X"}),
    "sigmoid' of the input": ({"act": SigmoidSlopeOfTheInput}, {"0.W", "0.b", "X"}),
    "sigmoid' of the sigmoid": ({"act": SigmoidTwice}, {"0.W", "0.b", "X"}),
    "tanh' of the input": ({"act": TanhSlopeOfTheInput}, {"0.W", "0.b", "X"}),
    "the loss value passed back": ({"loss": LossValueInPlaceOfItsGradient}, {"0.W", "0.b", "2.W", "2.b", "X"}),
    "gradients rebound": ({"linear": GradientsRebound}, {"0.W", "0.b", "2.W", "2.b"}),
    "gradients under another name": ({"linear": GradientsUnderAnotherName}, {"0.W", "0.b", "2.W", "2.b"}),
}


@pytest.mark.parametrize("parts, guilty", WRONG_NETWORKS.values(), ids=WRONG_NETWORKS)
def test_the_gradient_check_names_what_is_wrong(parts, guilty):
    loss = next(loss for loss in LOSSES if issubclass(parts.get("loss", SoftmaxCrossEntropy), loss))
    errors = check_gradients(network(**parts), numbers(6, 4), targets(loss, 6, 4))
    assert {name for name, error in errors.items() if error > WRONG} == guilty
    assert all(error < RIGHT for name, error in errors.items() if name not in guilty)


def test_how_loud_the_alarm_is():
    """The mask on the output, measured: its relative error is a million times that of the right one."""
    X, y = numbers(6, 4), targets(SoftmaxCrossEntropy, 6, 4)
    right, wrong = (check_gradients(network(act=act), X, y)["0.W"] for act in (ReLU, MaskOnTheOutput))
    assert right < 1e-8 and wrong > 0.05


# ---------------------------------------------------------------------------------------------- formulas in a box


def slope(a):
    return a * (1 - a)


FORMULAS = {  # name of the wrong one: (function, right derivative, wrong derivative)
    "sigmoid' = z (1 - z)": (sigmoid, lambda z: slope(sigmoid(z)), slope),
    "sigmoid' = s(s(z)) (1 - s(s(z)))": (sigmoid, lambda z: slope(sigmoid(z)), lambda z: slope(sigmoid(sigmoid(z)))),
    "tanh' = 1 - z^2": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, lambda z: 1 - z**2),
    "relu' = (relu(z) >= 0)": (lambda z: np.maximum(z, 0), lambda z: z > 0, lambda z: np.maximum(z, 0) >= 0),
    "softmax' = a (1 - a)": (
        lambda z: softmax(z)[:, :1],
        lambda z: softmax(z)[:, :1] * (np.eye(3)[0] - softmax(z)),
        lambda z: slope(softmax(z)),
    ),
}


@pytest.mark.parametrize("f, right, wrong", FORMULAS.values(), ids=FORMULAS)
def test_differences_tell_a_right_formula_from_a_wrong_one(f, right, wrong):
    z = numbers(5, 3)
    numerical = numerical_gradient(lambda z: f(z).sum(), z)
    assert relative_error(right(z), numerical) < RIGHT and relative_error(wrong(z), numerical) > 0.01


# ---------------------------------------------------------------------------------------------- what only training shows


class ParametersRebound(SGD):
    """w = w - lr g makes a new array, and the network keeps the old one."""

    def update(self, w, g, lr):
        w = w - lr * g


class StepUphill(SGD):
    def update(self, w, g, lr):
        w += lr * g


class GradientsAddedUp(Linear):
    """Gradients of all batches pile up: right for the first one, and so for the gradient check."""

    def backward(self, dZ, input_gradient=True):
        before = {key: g.copy() for key, g in self.grads.items()}
        dX = super().backward(dZ, input_gradient)
        for key in before:
            self.grads[key] = self.grads[key] + before[key]
        return dX


class LearnsFromValidation(Network):
    """Updates with the samples that are only for validation."""

    def _validate(self, X, Y, optimizer):
        self.loss_and_gradients(X, Y)
        self.parameters.values[:] -= 0.1 * self.parameters.gradients
        return super()._validate(X, Y, optimizer)


class ShufflesBatchesOnly(Network):
    """The same samples always stay together: only the order of the batches changes."""

    def _steps(self, X, Y, batch_size, optimizer, rng, batches):
        def blocks(X, Y, batch_size, rng):
            for start in rng.permutation(np.arange(0, len(X), batch_size)):
                yield X[start : start + batch_size], Y[start : start + batch_size]

        return super()._steps(X, Y, batch_size, optimizer, rng, blocks)


class ForgetsTheLastBatch(Network):
    def _steps(self, X, Y, batch_size, optimizer, rng, batches):
        n = len(X) // batch_size * batch_size
        return super()._steps(X[:n], Y[:n], batch_size, optimizer, rng, batches)


X, Y = numbers(50, 4), targets(SoftmaxCrossEntropy, 50, 4)
X_VAL, Y_VAL = numbers(20, 4, seed=8), targets(SoftmaxCrossEntropy, 20, 4, seed=8)


def make(kind=Network, linear=Linear):
    return kind([linear(4, 4, rng=2, dtype=np.float64)])


def first_steps_are_gradient_descent(kind=Network, linear=Linear, sgd=SGD):
    """Two steps of full batches, recomputed by hand from the definition of the derivative."""
    net, by_hand = make(kind, linear), make()
    w = by_hand.parameters.values

    def loss(values):
        w[:] = values
        return by_hand.loss.forward(by_hand.forward(X), Y)

    for _ in range(2):
        start = w.copy()
        w[:] = start - 0.5 * numerical_gradient(loss, start)
    list(net.train(X, Y, epochs=2, batch_size=50, optimizer=sgd(0.5)))
    return relative_error(net.parameters.values, w) < 1e-9


def validation_labels_change_nothing(kind=Network, **_):
    ends = []
    for labels in (Y_VAL, 3 - Y_VAL):
        net = make(kind)
        net.fit(X, Y, epochs=3, batch_size=10, validation=(X_VAL, labels), rng=0)
        ends.append(net.parameters.values)
    return (ends[0] == ends[1]).all()


class Witness(Linear):
    """A first layer that writes down each mini-batch that it is trained with."""

    def forward(self, X):
        if self.training:
            self.seen.append(X.copy())
        return super().forward(X)


def batches(kind):
    """The samples of each mini-batch in three epochs, as the first layer sees them."""
    net = make(kind, Witness)
    seen = net.layers[0].seen = []
    list(net.train(X, Y, epochs=3, batch_size=16, rng=0))
    return [frozenset(int(np.flatnonzero((X == row).all(axis=1))[0]) for row in batch) for batch in seen]


def samples_are_shuffled_and_not_batches(kind=Network, **_):
    """No two batches of three epochs hold the same samples."""
    return len(set(batches(kind))) == len(batches(kind))


def every_sample_is_used_once_an_epoch(kind=Network, **_):
    seen = batches(kind)
    n = len(seen) // 3
    return all(sorted(i for batch in seen[e * n : (e + 1) * n] for i in batch) == list(range(50)) for e in range(3))


CHECKS = [
    first_steps_are_gradient_descent,
    validation_labels_change_nothing,
    samples_are_shuffled_and_not_batches,
    every_sample_is_used_once_an_epoch,
]
WRONG_TRAINING = [
    (first_steps_are_gradient_descent, {"sgd": ParametersRebound}),
    (first_steps_are_gradient_descent, {"sgd": StepUphill}),
    (first_steps_are_gradient_descent, {"linear": GradientsAddedUp}),
    (first_steps_are_gradient_descent, {"linear": GradientsRebound}),
    (validation_labels_change_nothing, {"kind": LearnsFromValidation}),
    (samples_are_shuffled_and_not_batches, {"kind": ShufflesBatchesOnly}),
    (every_sample_is_used_once_an_epoch, {"kind": ForgetsTheLastBatch}),
]


@pytest.mark.parametrize("check", CHECKS)
def test_the_packages_training_passes(check):
    assert check()


@pytest.mark.parametrize("check, wrong", WRONG_TRAINING, ids=[next(iter(wrong.values())).__name__ for _, wrong in WRONG_TRAINING])
def test_wrong_training_is_caught(check, wrong):
    assert not check(**wrong)


def test_gradients_that_pile_up_pass_the_gradient_check():
    """Why a watch over training is needed as well."""
    assert max(check_gradients(Network([GradientsAddedUp(4, 4, rng=2, dtype=np.float64)]), X[:6], Y[:6]).values()) < RIGHT


# ---------------------------------------------------------------------------------------------- what right gradients hide


def test_from_zeros_only_the_last_biases_move_and_no_gradient_is_wrong():
    from_zeros, from_he = (Network(mlp([4, 8, 4], init=init, rng=0, dtype=np.float64)) for init in ("zeros", "he"))
    assert max(check_gradients(from_zeros, X[:6], Y[:6]).values()) < RIGHT
    for net, moved in [(from_zeros, {"2.b"}), (from_he, {"0.W", "0.b", "2.W", "2.b"})]:
        before = net.parameters.values.copy()
        net.fit(X, Y, epochs=3, batch_size=10, rng=0)
        after = net.parameters.values.copy()
        net.parameters.values[:] = after - before
        assert {name for name in net.parameters.names if net.parameters[name].any()} == moved


def test_a_bias_that_is_a_column_is_refused():
    layer = Linear(4, 4, dtype=np.float64)
    layer.params["b"] = np.ones(4)
    with pytest.raises(ValueError, match=r"b has shape \(4, 1\); expected \(4,\)"):
        layer.params["b"] = np.ones((4, 1))
    assert layer.forward(X[:1]).shape == (1, 4) and (layer.params["b"] == 1).all()


def test_targets_in_a_row_and_outputs_in_a_column_are_refused():
    outputs, targets = np.ones((3, 1)), np.ones(3)
    with pytest.raises(ValueError, match=r"Y has shape \(3,\); expected \(3, 1\)"):
        SquaredError().forward(outputs, targets)
    assert SquaredError().forward(outputs, targets[:, None]) == 0


def test_a_sample_whose_scores_are_all_cut_off_is_never_learned():
    """ReLU on top of the last layer: no gradient comes through where all scores are negative."""
    scores, target = -np.ones((1, 4)), np.array([2])
    cut_off = Network([Linear(1, 4, init="zeros", dtype=np.float64), ReLU()])
    plain = Network([Linear(1, 4, init="zeros", dtype=np.float64)])
    for net, learns in [(cut_off, False), (plain, True)]:
        net.parameters["0.b"][:] = scores[0]
        net.loss_and_gradients(np.ones((1, 1)), target)
        assert net.parameters.gradients.any() == learns
