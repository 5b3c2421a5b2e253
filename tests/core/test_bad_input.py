"""Bad input: rejected with a message that names what was expected and what came, and without losing anything."""

import numpy as np
import pytest

import nnfromscratch as nn
from cases import numbers, targets
from nnfromscratch import SGD, BinaryCrossEntropy, Dropout, Linear, Network, ReLU, SoftmaxCrossEntropy, SquaredError, Tanh, mlp

X, Y = numbers(50, 4, dtype=np.float32), targets(SoftmaxCrossEntropy, 50, 3)
NUMBERS = numbers(50, 3, seed=2, dtype=np.float32)
USED = Network([Linear(4, 4, rng=0)]).layers[0]
TWICE = Tanh()


def train(X=X, y=Y, epochs=1, **options):
    return lambda network: list(network.train(X, y, epochs=epochs, **options))


def fit(X=X, y=Y, epochs=1, **options):
    return lambda network: network.fit(X, y, epochs=epochs, **options)


class Sparse:
    """What all sparse matrices of SciPy have in common."""

    def toarray(self):
        return X


def with_value(array, value):
    array = array.copy()
    array.flat[7] = value
    return array


# what is done with a network of mlp([4, 6, 3]) in float32, the error, its words (a regular expression: what came ... what was expected)
NETWORK = {
    # X, wherever it goes in
    "features": (train(X[:, :3]), ValueError, r"X has shape \(50, 3\); expected \(any, 4\)"),
    "one sample as a vector": (lambda n: n.predict(X[0]), ValueError, r"X has shape \(4,\); expected \(any, 4\)"),
    "images": (lambda n: n.forward(X.reshape(50, 2, 2)), ValueError, r"X has shape \(50, 2, 2\); expected \(any, 4\)"),
    "transposed": (lambda n: n.forward(X.T), ValueError, r"X has shape \(4, 50\); expected \(any, 4\)"),
    "none": (lambda n: n.predict(None), TypeError, "X is a NoneType; expected an array, a list, or a DataFrame"),
    "a dictionary": (lambda n: n.predict({"a": 1}), TypeError, "X is a dict; expected an array, a list, or a DataFrame"),
    "a generator": (lambda n: n.predict(iter([[1, 2, 3, 4]])), TypeError, "X is a list_iterator; expected an array, a list"),
    "text": (lambda n: n.predict(X.astype(str)), TypeError, "X has dtype <U.*; expected numbers"),
    "text in a list": (fit([["1", "2", "3", "4"]]), TypeError, "X has dtype <U1; expected numbers"),
    "objects": (train(X.astype(object)), TypeError, r"X has dtype object; expected numbers \(convert it first: np.array\(X, float\)\)"),
    "complex": (train(X + 0j), TypeError, r"X has dtype complex64; expected numbers \(.*X.real\)"),
    "dates": (train(X.astype("datetime64[s]")), TypeError, "X has dtype datetime64.*; expected numbers"),
    "records": (train(np.zeros(50, [("a", float)])), TypeError, "X has dtype .*; expected numbers"),
    "rows of different length": (fit([[1.0, 2.0], [3.0]]), ValueError, "X is a list .*; expected rows of equal length"),
    "a matrix": (train(X.view(np.matrix)), TypeError, r"X is an np.matrix; expected a plain array: np.asarray\(X\)"),
    "a masked array": (train(np.ma.array(X)), TypeError, r"X is a masked array; expected a plain array: .*X.filled\(0\)"),
    "a sparse matrix": (train(Sparse()), TypeError, r"X is a sparse Sparse; expected a dense array: X.toarray\(\)"),
    "too large for float32": (
        train(with_value(X.astype(float), 1e300)),
        ValueError,
        "X, converted to float32, holds inf at .*; expected finite",
    ),
    "NaN in float64": (train(with_value(X.astype(float), np.nan)), ValueError, "X holds nan at .*; expected finite numbers"),
    "empty": (fit(X[:0], Y[:0]), ValueError, r"X is empty \(shape \(0, 4\)\); expected at least one number"),
    "NaN": (train(with_value(X, np.nan)), ValueError, r"X holds nan at index \(1, 3\); expected finite numbers"),
    "infinity": (lambda n: n.evaluate(with_value(X, np.inf), Y), ValueError, r"X holds inf at index \(1, 3\); expected finite numbers"),
    "minus infinity": (lambda n: n.predict_proba(with_value(X, -np.inf)), ValueError, "X holds -inf at index .* expected finite"),
    "gradients of NaN": (lambda n: n.loss_and_gradients(with_value(X, np.nan), Y), ValueError, "X holds nan .* expected finite"),
    # y
    "labels from 1": (train(y=Y + 1), ValueError, "y holds labels from 1 to 3; expected 0 to 2"),
    "negative labels": (fit(y=Y - 1), ValueError, "y holds labels from -1 to 1; expected 0 to 2"),
    "too few labels": (train(y=Y[:49]), ValueError, r"y has shape \(49,\); expected \(50,\)"),
    "a column of labels": (train(y=Y[:, None]), ValueError, r"y has shape \(50, 1\); expected a vector of labels, .*: pass np.ravel\(y\)"),
    "a column to score": (lambda n: n.score(X, Y[:, None]), ValueError, r"y has shape \(50, 1\); expected a vector .* np.ravel\(y\)"),
    "half labels": (train(y=Y + 0.5), ValueError, r"y holds .*\.5; expected labels, which are whole numbers"),
    "NaN labels": (train(y=with_value(Y.astype(float), np.nan)), ValueError, r"y holds nan at index \(7,\); expected finite numbers"),
    "a matrix of labels": (train(y=Y.view(np.matrix)), TypeError, "y is an np.matrix; expected a plain array"),
    "masked labels": (train(y=np.ma.array(Y)), TypeError, "y is a masked array; expected a plain array"),
    "no labels": (train(y=None), TypeError, "y is a NoneType; expected an array"),
    "complex labels": (train(y=Y + 0j), TypeError, "y has dtype complex128; expected numbers"),
    "text labels": (lambda n: n.evaluate(X, Y.astype(str)), TypeError, "y has dtype <U.*; expected numbers .*np.unique"),
    "one-hot of another width": (train(y=np.eye(4, dtype=np.float32)[Y]), ValueError, r"Y has shape \(50, 4\); expected \(50, 3\)"),
    "several right answers": (
        train(y=np.ones((50, 3), np.float32)),
        ValueError,
        "Y has rows whose sums range from 3.*; expected .* sum to 1",
    ),
    "NaN in one-hot": (train(y=with_value(np.eye(3, dtype=np.float32)[Y], np.nan)), ValueError, "y holds nan .* expected finite"),
    # settings
    "no epochs": (train(epochs=0), ValueError, "epochs is 0; expected a whole number of at least 1"),
    "half an epoch": (train(epochs=0.5), TypeError, "epochs is 0.5; expected a whole number"),
    "epochs true": (fit(epochs=True), TypeError, "epochs is True; expected a whole number"),
    "batch of none": (train(batch_size=0), ValueError, "batch_size is 0; expected a whole number of at least 1"),
    "negative batch": (fit(batch_size=-32), ValueError, "batch_size is -32; expected a whole number of at least 1"),
    "batch float": (fit(batch_size=32.0), TypeError, "batch_size is 32.0; expected a whole number"),
    "batches": (train(batches=5), TypeError, "batches is 5; expected a function"),
    "batches of a column": (
        train(batches=lambda X, Y, n, rng: [(X, Y[:, :1])]),
        ValueError,
        r"Y of a mini-batch has shape \(50, 1\); expected",
    ),
    "batches of NaN": (
        train(batches=lambda X, Y, n, rng: [(X * np.nan, Y)]),
        ValueError,
        "X of a mini-batch holds nan .*; expected finite",
    ),
    "batch None": (train(batch_size=None), TypeError, "batch_size is None; expected a whole number"),
    "optimizer number": (train(optimizer=0.1), TypeError, r"optimizer is 0.1; expected an Optimizer"),
    "optimizer zero": (fit(optimizer=0), TypeError, r"optimizer is 0; expected an Optimizer"),
    "optimizer class": (fit(optimizer=SGD), TypeError, r"optimizer is .*SGD.*; expected an Optimizer"),
    "optimizer name": (train(optimizer="Adam"), TypeError, r"optimizer is 'Adam'; expected an Optimizer"),
    "seed text": (train(rng="lucky"), TypeError, "lucky"),
    "seed negative": (train(rng=-1), ValueError, "non-negative"),
    "augment": (train(augment=5), TypeError, "augment is 5; expected a function"),
    "augment drops samples": (train(augment=lambda X, rng: X[:1]), ValueError, r"augment.* shape \(1, 4\); expected \(32, 4\)"),
    "augment changes dtype": (train(augment=lambda X, rng: X.astype(float)), TypeError, "dtype float64; expected float32"),
    "augment gives nothing": (train(augment=lambda X, rng: None), TypeError, "NoneType; expected a NumPy array"),
    "augment breaks": (train(augment=lambda X, rng: X * np.nan), ValueError, "holds nan .*; expected finite numbers"),
    # validation and patience
    "patience alone": (fit(patience=3), ValueError, r"patience is set, but validation is None; expected validation=\(X, y\)"),
    "patience zero": (fit(patience=0, validation=(X, Y)), ValueError, "patience is 0; expected a whole number of at least 1"),
    "patience false": (fit(patience=False, validation=(X, Y)), TypeError, "patience is False; expected a whole number"),
    "patience float": (fit(patience=1.5, validation=(X, Y)), TypeError, "patience is 1.5; expected a whole number"),
    "validation X alone": (fit(validation=X), (TypeError, ValueError), r"validation is .*; expected a pair \(X, y\)"),
    "validation of three": (fit(validation=(X, Y, Y)), (TypeError, ValueError), r"validation is .*; expected a pair \(X, y\)"),
    "validation share": (fit(validation=0.2), (TypeError, ValueError), r"validation is .*float; expected a pair \(X, y\)"),
    "validation false": (fit(validation=False), (TypeError, ValueError), r"validation is .*bool; expected a pair \(X, y\)"),
    "validation features": (fit(validation=(X[:, :2], Y)), ValueError, r"X has shape \(50, 2\); expected \(any, 4\)"),
    "validation labels": (fit(validation=(X, Y + 5)), ValueError, "y holds labels from 5 to 7; expected 0 to 2"),
    "validation empty": (fit(validation=(X[:0], Y[:0])), ValueError, "X is empty"),
    # the rest
    "backward of another shape": (
        lambda n: (n.forward(X), n.backward(np.zeros((50, 2), np.float32))),
        ValueError,
        r"dZ has shape \(50, 2\); expected \(50, 3\)",
    ),
    "astype int": (lambda n: n.astype(int), TypeError, r"dtype is .*int.*; expected float32 or float64"),
    "astype half": (lambda n: n.astype(np.float16), TypeError, r"dtype is .*float16.*; expected float32 or float64"),
    "parameter shape": (lambda n: n.layers[0].params.update(W=np.zeros((6, 4))), ValueError, r"shape \(6, 4\); expected \(4, 6\)"),
    "parameter NaN": (lambda n: n.layers[0].params.__setitem__("b", [np.nan] * 6), ValueError, "b holds nan .* expected finite"),
    "its layers again": (lambda n: Network(n.layers), ValueError, "layer 0 .* already belongs to a network; expected a new layer"),
}


@pytest.mark.parametrize("act, error, message", NETWORK.values(), ids=NETWORK)
def test_a_network_refuses_and_loses_nothing(act, error, message):
    network, kept = Network(mlp([4, 6, 3], rng=0)), (X.copy(), Y.copy())
    network.fit(X, Y, epochs=1, rng=0)
    before, forward = network.parameters.values.copy(), network.forward(X)
    with pytest.raises(error, match=message):
        act(network)
    assert (network.parameters.values == before).all() and (network.forward(X) == forward).all()
    assert not any(layer.training for layer in network.layers) and (X == kept[0]).all() and (Y == kept[1]).all()
    network.fit(X, Y, epochs=1, rng=0)  # it works on as if nothing had happened
    assert (network.parameters.values != before).any()


OTHER_LOSSES = {
    "vector of numbers": (SquaredError, train(y=NUMBERS[:, 0]), ValueError, r"Y has shape \(50,\); expected \(50, 3\)"),
    "labels for numbers": (SquaredError, train(y=Y), ValueError, r"Y has shape \(50,\); expected \(50, 3\)"),
    "too few outputs": (SquaredError, train(y=NUMBERS[:, :2]), ValueError, r"Y has shape \(50, 2\); expected \(50, 3\)"),
    "one row for all": (SquaredError, train(y=NUMBERS[:1]), ValueError, r"Y has shape \(1, 3\); expected \(50, 3\)"),
    "infinite numbers": (SquaredError, train(y=with_value(NUMBERS, np.inf)), ValueError, "y holds inf .* expected finite"),
    "constant numbers": (SquaredError, fit(y=NUMBERS * 0), ValueError, "y_true is constant; expected targets that vary"),
    "constant validation": (SquaredError, fit(y=NUMBERS, validation=(X, NUMBERS * 0)), ValueError, "y_true is constant; expected targets"),
    "probabilities": (SquaredError, lambda n: n.predict_proba(X), TypeError, r"SquaredError\(\) has no probabilities; use predict"),
    "beyond 1": (BinaryCrossEntropy, train(y=NUMBERS), ValueError, "Y holds values from .*; expected targets between 0 and 1"),
    "labels beyond": (BinaryCrossEntropy, train(y=Y + 1), ValueError, "y holds labels from 1 to 3; expected 0 to 2"),
}


@pytest.mark.parametrize("loss, act, error, message", OTHER_LOSSES.values(), ids=OTHER_LOSSES)
def test_every_loss_refuses_and_loses_nothing(loss, act, error, message):
    network = Network(mlp([4, 6, 3], rng=0), loss())
    before = network.parameters.values.copy()
    with pytest.raises(error, match=message):
        act(network)
    assert (network.parameters.values == before).all()


MAKING = {
    # mlp
    "one size": (lambda: mlp([4]), ValueError, r"sizes is \[4\]; expected at least two"),
    "no sizes": (lambda: mlp([]), ValueError, r"sizes is \[\]; expected at least two"),
    "sizes number": (lambda: mlp(5), TypeError, "sizes is 5; expected"),
    "size zero": (lambda: mlp([4, 0, 3]), ValueError, "n_out is 0; expected a whole number of at least 1"),
    "size float": (lambda: mlp([4, 2.0, 3]), TypeError, "n_out is 2.0; expected a whole number"),
    "size true": (lambda: mlp([True, 3]), TypeError, "n_in is True; expected a whole number"),
    "size text": (lambda: mlp(["4", 3]), TypeError, "n_in is '4'; expected a whole number"),
    "unknown activation": (lambda: mlp([4, 5, 3], "relu"), ValueError, "unknown activation 'relu'; expected one of: .*ReLU"),
    "activation object": (lambda: mlp([4, 5, 3], ReLU()), TypeError, r"activation is ReLU\(slope=1.0\); expected a class"),
    "activation number": (lambda: mlp([4, 5, 3], 3), TypeError, "activation is 3; expected a class"),
    "activation Linear": (lambda: mlp([4, 5, 3], Linear), TypeError, "activation is .*Linear.*; expected"),
    "activation 'Linear'": (lambda: mlp([4, 5, 3], "Linear"), (TypeError, ValueError), "activation.*'Linear'.*expected"),
    "activation needs a": (lambda: mlp([4, 5, 3], "ScaledIdentity"), (TypeError, ValueError), "activation.*ScaledIdentity.*expected"),
    "function that makes none": (lambda: mlp([4, 5, 3], lambda: 7), TypeError, "what activation made is 7; expected an activation"),
    "too many activations": (lambda: mlp([4, 5, 3], [ReLU, Tanh]), ValueError, "activation has 2 entries; expected 1"),
    "too few activations": (lambda: mlp([4, 5, 5, 3], [ReLU]), ValueError, "activation has 1 entry; expected 2"),
    "unknown init": (lambda: mlp([4, 3], init="kaiming"), ValueError, "unknown init 'kaiming'; expected one of: zeros, normal, xavier, he"),
    "init number": (lambda: Linear(2, 3, init=0), ValueError, "unknown init 0; expected one of"),
    "init shape": (lambda: Linear(2, 3, init=lambda i, o, r: np.ones((o, i))), ValueError, r"init.* \(3, 2\); expected \(2, 3\)"),
    "init NaN": (lambda: Linear(2, 3, init=lambda i, o, r: np.full((i, o), np.nan)), ValueError, "init.* holds nan .*; expected finite"),
    "init complex": (lambda: Linear(2, 3, init=lambda i, o, r: np.ones((i, o), complex)), TypeError, "init.* dtype complex128; expected"),
    "init text": (lambda: Linear(2, 3, init=lambda i, o, r: [["1"] * o] * i), TypeError, "init.* dtype <U1; expected"),
    "dtype int": (lambda: Linear(2, 3, dtype=int), TypeError, "dtype is .*int.*; expected float32 or float64"),
    "dtype half": (lambda: mlp([2, 3], dtype=np.float16), TypeError, "dtype is .*float16.*; expected float32 or float64"),
    "dtype text": (lambda: mlp([2, 3], dtype="text"), TypeError, "dtype is 'text'; expected float32 or float64"),
    "dropout 1": (lambda: mlp([4, 5, 3], dropout=1), ValueError, "p is 1; expected a number of at least 0 and below 1"),
    "dropout negative": (lambda: mlp([4, 5, 3], dropout=-0.1), ValueError, "p is -0.1; expected a number of at least 0 and below 1"),
    "dropout true": (lambda: mlp([4, 5, 3], dropout=True), TypeError, "p is True; expected a number"),
    "dropout text": (lambda: Dropout("0.5"), TypeError, "p is '0.5'; expected a number"),
    # layers
    "no neurons": (lambda: Linear(4, 0), ValueError, "n_out is 0; expected a whole number of at least 1"),
    "slope zero": (lambda: ReLU(0), ValueError, "slope is 0; expected a number above 0"),
    "slope NaN": (lambda: ReLU(np.nan), ValueError, "slope is nan; expected a finite number above 0"),
    "slopes the wrong way round": (lambda: nn.LeakyReLU(1.2), ValueError, "negative_slope is 1.2; expected a number below 1"),
    "slope text": (lambda: nn.LeakyReLU("1"), TypeError, "negative_slope is '1'; expected a number"),
    "alpha": (lambda: nn.ELU(-1), ValueError, "alpha is -1; expected a number above 0"),
    "a": (lambda: nn.ScaledIdentity(np.inf), ValueError, "a is inf; expected a finite number"),
    "threshold": (lambda: nn.BinaryStep(True), TypeError, "threshold is True; expected a number"),
    # networks
    "no layers": (lambda: Network([]), ValueError, "layers is empty; expected at least one layer"),
    "layers number": (lambda: Network(5), TypeError, "layers is 5; expected a list of layers"),
    "one layer": (lambda: Network(ReLU()), TypeError, r"layers is ReLU\(slope=1.0\); expected a list of layers"),
    "a class": (lambda: Network([Linear(2, 2), ReLU]), TypeError, "layer 1 is <class .*ReLU.*>; expected a layer"),
    "a name": (lambda: Network([Linear(2, 2), "ReLU"]), TypeError, "layer 1 is 'ReLU'; expected a layer"),
    "a function": (lambda: Network([Linear(2, 2), nn.relu]), TypeError, "layer 1 is <function relu.*; expected a layer"),
    "mismatched": (lambda: Network([Linear(4, 5), ReLU(), Linear(6, 3)]), ValueError, "layer 2 expects 6 inputs, .* layer 0 has 5"),
    "twice in one": (lambda: Network([Linear(4, 4), TWICE, Linear(4, 4), TWICE]), ValueError, r"layer 3 \(Tanh\(\)\) already belongs to"),
    "in another": (lambda: Network([USED]), ValueError, r"layer 0 \(Linear.*\) already belongs to a network; expected a new layer"),
    "mixed dtypes": (lambda: Network([Linear(4, 4), Linear(4, 4, dtype=np.float64)]), TypeError, "float32, float64; expected one dtype"),
    "loss class": (lambda: Network([Linear(2, 2)], SquaredError), TypeError, "loss is <class .*SquaredError.*; expected a loss"),
    "loss name": (lambda: Network([Linear(2, 2)], "mse"), TypeError, "loss is 'mse'; expected a loss"),
    "loss zero": (lambda: Network([Linear(2, 2)], 0), TypeError, "loss is 0; expected a loss"),
}


@pytest.mark.parametrize("act, error, message", MAKING.values(), ids=MAKING)
def test_what_cannot_be_made_is_refused(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_a_refused_network_lets_go_of_its_layers():
    layers = [Linear(4, 5), Linear(6, 3)]
    with pytest.raises(ValueError, match="expects 6 inputs"):
        Network(layers)
    assert Network(layers[:1]).layers == layers[:1]


@pytest.mark.parametrize(
    "call",
    [
        lambda: np.testing.assert_array_equal(
            Network(mlp([4, 3], rng=0)).predict(X[::2]), Network(mlp([4, 3], rng=0)).predict(X[::2].copy())
        ),
        lambda: Network(mlp([4, 3], rng=0)).fit(np.asfortranarray(X), Y, epochs=np.int64(2), batch_size=np.int32(7), rng=np.int64(0)),
        lambda: Network(mlp((4, 3), rng=0)).fit(X, Y.astype(np.uint8), epochs=1, validation=[X, Y]),
        lambda: Network(mlp(np.array([4, 5, 3]), rng=0)).fit(X, Y, epochs=1, optimizer=SGD(np.float32(0.1))),
        lambda: Network(tuple(mlp([4, 3], rng=0))).score(X[:1], Y[:1]),
    ],
)
def test_what_is_good_in_another_form_is_not_refused(call):
    call()
