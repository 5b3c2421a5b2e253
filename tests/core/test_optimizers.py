"""Optimizers: their formulas step by step, schedules, memory, and numbers that stay float32."""

import copy
import pickle

import numpy as np
import pytest

from cases import LOSSES, numbers, targets
from nnfromscratch import (
    SGD,
    Adam,
    AdamW,
    Identity,
    LeakyReLU,
    Network,
    Parameters,
    RMSProp,
    Softmax,
    constant,
    cosine,
    mlp,
    step_decay,
    warmup,
)

OPTIMIZERS = {
    repr(make()): make
    for make in (
        lambda: SGD(0.1),
        lambda: SGD(0.1, momentum=0.9),
        lambda: SGD(0.1, momentum=0.5, weight_decay=0.01),
        lambda: RMSProp(0.01),
        lambda: RMSProp(0.01, decay=0.9, epsilon=1e-3),
        lambda: Adam(),
        lambda: Adam(0.01, beta1=0.5, beta2=0.9, epsilon=1e-3),
        lambda: AdamW(0.01, weight_decay=0.05),
    )
}
each_optimizer = pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
KINDS = [SGD, RMSProp, Adam, AdamW]


def one_number(w=1.0):
    return Parameters({"w": np.array([w])})


def path(optimizer, gradients, w=1.0):
    """Where one parameter goes with these gradients."""
    parameters, seen = one_number(w), []
    for g in gradients:
        parameters.gradients[:] = g
        optimizer.step(parameters)
        seen.append(parameters.values[0])
    return seen


# ---------------------------------------------------------------------------------------------- formulas


def test_sgd_by_hand():
    assert path(SGD(0.1), [1, -2]) == pytest.approx([0.9, 1.1])


def test_momentum_by_hand():
    assert path(SGD(0.1, momentum=0.5), [1, 0, 2]) == pytest.approx([0.9, 0.85, 0.85 - 0.1 * 2.25])


def test_weight_decay_by_hand():
    assert path(SGD(0.1, weight_decay=0.5), [0, 1]) == pytest.approx([0.95, 0.95 - 0.1 * (1 + 0.5 * 0.95)])


def test_momentum_carries_weight_decay_along():
    assert path(SGD(0.1, momentum=0.5, weight_decay=0.5), [1, 0]) == pytest.approx([0.85, 0.85 - 0.1 * (0.5 * 1.5 + 0.5 * 0.85)])


def by_formula(kind, gradients, lr, a, b, epsilon):
    """The docstrings' formulas in plain Python: RMSProp with decay b, Adam with beta1 = a and beta2 = b."""
    w, m, s, seen = 1.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, start=1):
        m, s = a * m + (1 - a) * g, b * s + (1 - b) * g**2
        if kind is Adam:
            w -= lr * (m / (1 - a**t)) / ((s / (1 - b**t)) ** 0.5 + epsilon)
        else:
            w -= lr * g / (s**0.5 + epsilon)
        seen.append(w)
    return seen


@pytest.mark.parametrize("epsilon", [1e-8, 0.1])
@pytest.mark.parametrize(
    "kind, options", [(RMSProp, {"decay": 0.9}), (Adam, {"beta1": 0.8, "beta2": 0.9}), (Adam, {"beta1": 0, "beta2": 0})]
)
def test_rmsprop_and_adam_are_their_formulas(kind, options, epsilon):
    gradients = [1.0, -3.0, 0.5, 0.25, -1e-3, 100.0]
    a, b = options.get("beta1", 0), options.get("beta2", options.get("decay"))
    expected = by_formula(kind, gradients, 0.1, a, b, epsilon)
    assert path(kind(0.1, **options, epsilon=epsilon), gradients) == pytest.approx(expected, rel=1e-12)


def test_adamw_by_hand():
    """Decay first: w = 2 (1 - 0.1 * 0.5) = 1.9. Then Adam's first step, which is as long as the rate: 1.8."""
    assert path(AdamW(0.1, weight_decay=0.5), [4.0], w=2.0) == pytest.approx([1.8])


def test_adamw_shrinks_all_weights_by_the_same_fraction():
    """Whatever their gradients were: that is what *decoupled* means. Two steps of Adam differ only by what the decay took away."""
    decayed, plain = (Parameters({"w": np.array([1.0, 1.0])}) for _ in range(2))
    with_decay, without = (AdamW(0.1, epsilon=1e-30, weight_decay=decay) for decay in (0.5, 0))
    for g in ([1e-3, 1e3], [0, 0]):
        decayed.gradients[:] = plain.gradients[:] = g
        with_decay.step(decayed)
        without.step(plain)
    first, second = 0.05, 0.05 * 0.85  # after the first step both weights are 1 - 0.05 - 0.1
    assert (plain.values - decayed.values).tolist() == pytest.approx([first + second] * 2, rel=1e-12)


def test_adamw_without_decay_is_adam():
    gradients = [1.0, -3.0, 0.5]
    assert path(AdamW(0.1, weight_decay=0), gradients) == path(Adam(0.1), gradients)


def test_adamw_follows_its_schedule_in_both_parts():
    assert path(AdamW(step_decay(0.2, every=1), weight_decay=0.5), [0, 0]) == pytest.approx([0.9, 0.9 * 0.95])


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_adams_first_step_is_as_long_as_the_rate(size):
    assert path(Adam(0.1), [size])[0] == pytest.approx(0.9, rel=1e-2 if size < 1e-5 else 1e-6)


@each_optimizer
def test_every_optimizer_finds_the_bottom_of_a_bowl(make):
    parameters, bottom = Parameters({"w": np.array([1.0, -2.0]), "b": np.array([0.5])}), np.array([0.3, 0.1, -0.2])
    optimizer = make()
    for _ in range(5000):
        parameters.gradients[:] = parameters.values - bottom
        optimizer.step(parameters)
    assert abs(parameters.values - bottom).max() < 0.02  # weight decay stops a little short of it


def textbook_adam(w, g, m, s, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m[:], s[:] = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
    w -= lr * (m / (1 - beta1**t)) / (np.sqrt(s / (1 - beta2**t)) + epsilon)


def textbook_rmsprop(w, g, m, s, t, lr, decay=0.99, epsilon=1e-8):
    s[:] = decay * s + (1 - decay) * g**2
    w -= lr * g / (np.sqrt(s) + epsilon)


@pytest.mark.parametrize("kind, textbook", [(Adam, textbook_adam), (RMSProp, textbook_rmsprop)])
@pytest.mark.parametrize("size", [1e-9, 1.0, 1e6])
def test_many_steps_are_the_textbook_s(kind, textbook, size):
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


# ---------------------------------------------------------------------------------------------- the rate


@pytest.mark.parametrize("kind", KINDS)
def test_the_schedule_is_asked_for_each_step_from_zero(kind):
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1

    optimizer = kind(schedule)
    path(optimizer, [1, 1, 1])
    assert asked == [0, 1, 2] and optimizer.step_count == 3


@pytest.mark.parametrize("schedule", [step_decay(0.8, every=1), cosine(0.2, 5), warmup(constant(0.4), 4)])
def test_sgd_follows_its_schedule(schedule):
    steps = -np.diff([0.0, *path(SGD(schedule), [1] * 6, w=0.0)])
    assert steps == pytest.approx([schedule(s) for s in range(6)], abs=1e-15)


@pytest.mark.parametrize("kind", KINDS)
def test_a_constant_schedule_is_a_number(kind):
    assert path(kind(constant(0.1)), [1, -2, 3]) == path(kind(0.1), [1, -2, 3])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "rate, error", [(np.nan, ValueError), (-0.1, ValueError), (np.inf, ValueError), ("fast", TypeError), (None, TypeError)]
)
def test_a_schedule_that_gives_no_rate_is_refused_and_nothing_changes(kind, rate, error):
    optimizer, parameters = kind(lambda step: rate), one_number()
    parameters.gradients[:] = 1
    with pytest.raises(error, match=rf"{rate}.*expected a .*number"):
        optimizer.step(parameters)
    assert parameters.values == [1.0] and optimizer.step_count == 0


# ---------------------------------------------------------------------------------------------- memory and dtype


class Spy(Identity):
    """Sits between two layers and records the dtype of what passes, forward and backward."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, Z):
        self.seen.append(Z.dtype)
        return super().forward(Z)

    def backward(self, dA):
        self.seen.append(dA.dtype)
        return super().backward(dA)


@each_optimizer
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ten_steps_keep_the_dtype_of_everything(make, loss, dtype):
    spies = [Spy() for _ in range(5)]
    layers = mlp([4, 5, 5, 3], [LeakyReLU, Softmax], rng=0, dropout=0.2, dtype=dtype)
    network, optimizer = Network([layer for pair in zip(layers, [*spies, Spy(), Spy()]) for layer in pair], loss()), make()
    list(network.train(numbers(20, 4, dtype=dtype), targets(loss, 20, 3, dtype=dtype), epochs=5, batch_size=10, optimizer=optimizer, rng=0))
    arrays = [
        network.parameters.values,
        network.parameters.gradients,
        network.loss.backward(),
        *optimizer.state.values(),
        *(array for layer in network.layers for array in (*layer.params.values(), *layer.grads.values())),
    ]
    assert optimizer.step_count == 10 and all(len(spy.seen) >= 20 for spy in spies)
    assert {a.dtype for a in arrays} == {dtype for spy in spies for dtype in spy.seen} == {np.dtype(dtype)}


@pytest.mark.parametrize(
    "kind, names", [(SGD, ["velocity"]), (RMSProp, ["squares"]), (Adam, ["mean", "squares"]), (AdamW, ["mean", "squares"])]
)
def test_memory_is_named_and_can_be_split_by_parameter(kind, names):
    optimizer, network = kind(0.1), Network(mlp([2, 3], rng=0))
    network.loss_and_gradients(numbers(5, 2, dtype=np.float32), np.array([0, 1, 2, 0, 1]))
    optimizer.step(network.parameters)
    assert list(optimizer.state) == names
    for vector in optimizer.state.values():
        assert {name: piece.shape for name, piece in network.parameters.split(vector).items()} == {"0.W": (2, 3), "0.b": (3,)}


@each_optimizer
def test_a_step_changes_values_in_place_and_leaves_gradients(make):
    parameters = Parameters({"w": np.array([1.0, 2.0])})
    parameters.gradients[:] = [0.5, -0.5]
    values = parameters.values
    make().step(parameters)
    assert parameters.values is values and (values != [1, 2]).all() and parameters.gradients.tolist() == [0.5, -0.5]


@each_optimizer
@pytest.mark.parametrize("size", [1, 2])
def test_an_optimizer_belongs_to_one_network(make, size):
    optimizer = make()
    optimizer.step(one_number())
    other = Parameters({"w": np.zeros(size)})
    with pytest.raises(ValueError, match="this optimizer already belongs to another network; create one optimizer per network"):
        optimizer.step(other)
    assert not other.values.any() and optimizer.step_count == 1


def test_a_network_says_so_before_it_learns():
    optimizer, (first, second) = SGD(0.1, momentum=0.9), (Network(mlp([2, 3], rng=0)) for _ in range(2))
    X, y = numbers(5, 2, dtype=np.float32), np.array([0, 1, 2, 0, 1])
    first.fit(X, y, epochs=1, optimizer=optimizer)
    with pytest.raises(ValueError, match="create one optimizer per network"):
        second.train(X, y, epochs=1, optimizer=optimizer)
    first.fit(X, y, epochs=1, optimizer=optimizer)  # its own network may go on with it


WAYS_TO_COPY = {"pickle": lambda thing: pickle.loads(pickle.dumps(thing)), "deepcopy": copy.deepcopy, "copy": copy.copy}


@each_optimizer
@pytest.mark.parametrize("twin", WAYS_TO_COPY.values(), ids=WAYS_TO_COPY)
def test_a_copy_goes_on_where_the_original_was(make, twin):
    optimizer, parameters = make(), one_number()
    parameters.gradients[:] = 0.5
    optimizer.step(parameters)
    twin(optimizer).step(parameters)
    assert parameters.values[0] == path(make(), [0.5, 0.5])[-1]


def test_a_copy_fits_parameters_of_one_size():
    optimizer = Adam()
    optimizer.step(one_number())
    with pytest.raises(ValueError, match="create one optimizer per network"):
        copy.deepcopy(optimizer).step(Parameters({"w": np.zeros(2)}))


@pytest.mark.parametrize("schedule", [constant(0.1), step_decay(0.1, 3), cosine(0.1, 9), warmup(cosine(0.1, 9), 2)])
def test_optimizers_with_a_schedule_can_be_pickled(schedule):
    assert path(pickle.loads(pickle.dumps(SGD(schedule))), [1, 2, 3, 4]) == path(SGD(schedule), [1, 2, 3, 4])


# ---------------------------------------------------------------------------------------------- doors


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "lr, error",
    [
        (0, ValueError),
        (-0.1, ValueError),
        (np.nan, ValueError),
        (np.inf, ValueError),
        ("0.1", TypeError),
        (True, TypeError),
        (None, TypeError),
        (np.array([0.1]), TypeError),
    ],
)
def test_bad_rates(kind, lr, error):
    with pytest.raises(error, match=r"lr is .*; expected a"):
        kind(lr)


@pytest.mark.parametrize(
    "kind, name, low",
    [
        (SGD, "momentum", True),
        (SGD, "weight_decay", True),
        (RMSProp, "decay", True),
        (RMSProp, "epsilon", False),
        (Adam, "beta1", True),
        (Adam, "beta2", True),
        (Adam, "epsilon", False),
        (AdamW, "beta1", True),
        (AdamW, "epsilon", False),
        (AdamW, "weight_decay", True),
    ],
)
def test_bad_options(kind, name, low):
    bad = [(-0.1, ValueError), (np.nan, ValueError), ("0.1", TypeError), (False, TypeError)]
    bad += [(1, ValueError)] if name not in ("epsilon", "weight_decay") else []
    bad += [] if low else [(0, ValueError)]
    for value, error in bad:
        with pytest.raises(error, match=rf"{name} is .*; expected a"):
            kind(0.1, **{name: value})
    with pytest.raises(TypeError, match="unexpected keyword"):
        kind(0.1, speed=1)


def test_repr_shows_every_option():
    assert repr(SGD(0.1, momentum=0.9)) == "SGD(lr=0.1, momentum=0.9, weight_decay=0.0)"
    assert repr(Adam()) == "Adam(lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-08)"
    assert repr(AdamW(0.1)) == "AdamW(lr=0.1, beta1=0.9, beta2=0.999, epsilon=1e-08, weight_decay=0.01)"
