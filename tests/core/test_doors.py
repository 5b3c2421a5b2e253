"""What a network accepts: the data that people have are converted once, and never changed."""

import array

import numpy as np
import pytest

from cases import numbers, targets
from nnfromscratch import SGD, BinaryCrossEntropy, Network, Scale, SoftmaxCrossEntropy, SquaredError, confusion_matrix, mlp

X, Y = np.round(3 * numbers(30, 4)).astype(np.float32), targets(SoftmaxCrossEntropy, 30, 3)  # whole numbers, so that every form is exact


class Frame:
    """What the network sees of a DataFrame or a Series: pandas is not needed, only `__array__`."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)

    def __len__(self):
        return len(self.values)


def read_only(values):
    values = values.copy()
    values.flags.writeable = False
    return values


def strided(values):
    return np.repeat(np.repeat(values, 2, axis=0), 3, axis=1)[::2, ::3]


def backwards(values):
    return values[::-1, ::-1].copy()[::-1, ::-1]


def mapped(values, folder):
    file = folder / "data.bin"
    values.tofile(file)
    return np.memmap(file, values.dtype, mode="r", shape=values.shape)


FORMS = {
    "list": lambda X: X.tolist(),
    "tuple of tuples": lambda X: tuple(map(tuple, X.tolist())),
    "list of arrays": list,
    "rows of the standard library": lambda X: [array.array("d", row) for row in X],
    "DataFrame": Frame,
    "float64": lambda X: X.astype(np.float64),
    "float16": lambda X: X.astype(np.float16),
    "long double": lambda X: X.astype(np.longdouble),
    "other byte order": lambda X: X.astype(">f4"),
    "integers": lambda X: X.astype(np.int64),
    "short integers": lambda X: X.astype(np.int8),
    "read-only": read_only,
    "strided": strided,
    "negative strides": backwards,
    "Fortran order": np.asfortranarray,
    "float64, read-only": lambda X: read_only(X.astype(float)),
    "broadcast": lambda X: np.broadcast_to(X, (2, *X.shape))[1],
}
each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def fitted(X, y, loss=SoftmaxCrossEntropy, n_outputs=3, **options):
    network = Network(mlp([4, 5, n_outputs], "Tanh", rng=0), loss())
    return network, network.fit(X, y, epochs=2, batch_size=8, optimizer=SGD(0.1), rng=0, validation=(X, y), **options)


@each_form
def test_samples_in_every_form_give_the_same_network(form):
    network, history = fitted(X, Y)
    other, other_history = fitted(form(X), Y)
    for key, values in history.items():  # BLAS may add up strided samples in a different order
        np.testing.assert_allclose(other_history[key], values, rtol=1e-5)
    np.testing.assert_allclose(other.parameters.values, network.parameters.values, rtol=1e-5, atol=1e-7)
    network.parameters.values[:] = other.parameters.values
    assert other.dtype == np.float32
    for act in (Network.predict, Network.predict_proba, Network.forward):
        result = act(other, form(X))
        np.testing.assert_allclose(result, act(network, X), rtol=1e-5, atol=1e-7)
    assert other.score(form(X), Y) == network.score(X, Y)
    assert other.loss_and_gradients(form(X), Y) == pytest.approx(network.loss_and_gradients(X, Y), rel=1e-5)


def test_memory_mapped_files(tmp_path):
    network, _ = fitted(X, Y)
    for values in (X, X.astype(np.float64)):
        data = mapped(values, tmp_path)
        assert (fitted(data, Y)[0].parameters.values == network.parameters.values).all() and (data == values).all()


def test_booleans_are_zeros_and_ones():
    bits = X > 0
    assert (fitted(bits, Y)[0].parameters.values == fitted(bits.astype(np.float32), Y)[0].parameters.values).all()


LABELS = {
    "list": lambda y: y.tolist(),
    "Series": Frame,
    "floats": lambda y: y.astype(float),
    "floats in a list": lambda y: y.astype(float).tolist(),
    "bytes": lambda y: y.astype(np.uint8),
    "unsigned": lambda y: y.astype(np.uint64),
    "short": lambda y: y.astype(np.int16),
    "other byte order": lambda y: y.astype(">i4"),
    "read-only": read_only,
    "strided": lambda y: np.repeat(y, 2)[::2],
    "one-hot": lambda y: np.eye(3)[y],
    "one-hot of integers": lambda y: np.eye(3, dtype=int)[y],
    "one-hot of booleans": lambda y: np.eye(3)[y] > 0.5,
    "one-hot in a list": lambda y: np.eye(3)[y].tolist(),
    "one-hot DataFrame": lambda y: Frame(np.eye(3)[y]),
}


@pytest.mark.parametrize("form", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("loss", [SoftmaxCrossEntropy, BinaryCrossEntropy])
def test_labels_in_every_form_give_the_same_network(form, loss):
    network, history = fitted(X, Y, loss)
    other, other_history = fitted(X, form(Y), loss)
    assert history == other_history and (network.parameters.values == other.parameters.values).all()
    assert network.evaluate(X, Y) == other.evaluate(X, form(Y))


YES_OR_NO = {
    "booleans": lambda y: y > 0,
    "a column": lambda y: (y > 0)[:, None],
    "a column of integers": lambda y: (y > 0).astype(int)[:, None],
}


@pytest.mark.parametrize("form", YES_OR_NO.values(), ids=YES_OR_NO)
def test_yes_or_no(form):
    network, history = fitted(X, (Y > 0).astype(int), BinaryCrossEntropy, n_outputs=1)
    other, other_history = fitted(X, form(Y), BinaryCrossEntropy, n_outputs=1)
    assert history == other_history and (network.parameters.values == other.parameters.values).all()


@each_form
def test_numbers_to_learn_in_every_form(form):
    network, history = fitted(X, X[:, :2], SquaredError, n_outputs=2)
    other, other_history = fitted(X, form(X)[:, :2] if isinstance(form(X), np.ndarray) else form(X[:, :2]), SquaredError, n_outputs=2)
    assert history == other_history and (network.parameters.values == other.parameters.values).all()


def test_a_vector_for_one_output_needs_to_be_a_column():
    with pytest.raises(ValueError, match=r"Y has shape \(30,\); expected \(30, 1\): pass a column, such as np.reshape\(y, \(-1, 1\)\)"):
        fitted(X, X[:, 0], SquaredError, n_outputs=1)
    fitted(X, np.reshape(X[:, 0], (-1, 1)), SquaredError, n_outputs=1)


def test_nothing_that_comes_in_is_changed_or_kept():
    data, labels = X.astype(np.float64), Y.astype(float)
    kept = data.copy(), labels.copy()
    network, _ = fitted(data, labels, augment=lambda batch, rng: np.multiply(batch, 2, out=batch))
    assert (data == kept[0]).all() and (labels == kept[1]).all()
    before = network.predict_proba(X)
    data[:], labels[:] = 0, 0
    assert (network.predict_proba(X) == before).all()


def test_what_has_the_right_form_already_is_not_copied():
    network = Network(mlp([4, 3], rng=0))
    assert network._samples(X) is X
    raw = Network([Scale(1 / 255), *mlp([4, 3], rng=0)])
    pixels = np.arange(120, dtype=np.uint8).reshape(30, 4)
    assert raw._samples(pixels) is pixels and raw._samples(pixels.astype(int)).dtype == np.float32


def test_float64_networks_keep_the_precision_of_float64():
    network = Network(mlp([4, 3], rng=0, dtype=np.float64))
    fine = np.full((1, 4), 1 + 1e-12)
    assert (network.forward(fine) != network.forward(np.ones((1, 4)))).any() and network.forward(
        fine.astype(np.float32)
    ).dtype == np.float64


def test_layers_and_losses_stay_strict():
    network = Network(mlp([4, 3], rng=0))
    with pytest.raises(TypeError, match="X has dtype float64; expected float32"):
        network.layers[0].forward(X.astype(float))
    with pytest.raises(TypeError, match="y is a list; expected a NumPy array"):
        network.loss.forward(network.forward(X), Y.tolist())
    with pytest.raises(TypeError, match="Y is an np.matrix"):
        network.loss.forward(network.forward(X), Y.view(np.matrix))


def test_pandas():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    network, history = fitted(X, Y)
    assert fitted(frame, pandas.Series(Y))[1] == history
    assert (network.predict(frame) == network.predict(X)).all()
    mixed = frame.assign(a=["text"] * 30)
    with pytest.raises(TypeError, match="X has dtype object; expected numbers"):
        network.predict(mixed)


def test_counting_where_an_index_has_32_bits(monkeypatch):
    """As in WebAssembly: there, bincount rejects int64."""
    bincount = np.bincount

    def strict(x, **options):
        assert x.dtype == np.int32, "Cannot cast array data from dtype('int64') to dtype('int32') according to the rule 'safe'"
        return bincount(x, **options)

    monkeypatch.setattr(np, "intp", np.int32)
    monkeypatch.setattr(np, "bincount", strict)
    found = confusion_matrix(Y, np.roll(Y, 1))
    assert found.dtype == np.int64 and found.sum() == 30
