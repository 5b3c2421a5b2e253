"""Parameters: one vector, many names, and no way to break the link between them."""

import numpy as np
import pytest

from cases import numbers
from nnfromscratch import Linear, Network, ParameterDict, Parameters, mlp

ARRAYS = {"0.W": np.arange(6.0).reshape(2, 3), "0.b": np.array([10.0, 11.0, 12.0]), "1.W": np.array([[20.0], [21.0], [22.0]])}


def test_names_values_and_views():
    p = Parameters(ARRAYS)
    assert p.names == list(ARRAYS) and p.values.tolist() == [0, 1, 2, 3, 4, 5, 10, 11, 12, 20, 21, 22]
    assert not p.gradients.any() and p.gradients.dtype == p.values.dtype == np.float64
    for name, array in ARRAYS.items():
        assert (p[name] == array).all() and p[name].base is not None and np.shares_memory(p[name], p.values)
        assert np.shares_memory(p.grad(name), p.gradients) and p.grad(name).shape == array.shape
    p.values[:] = -1
    assert (p["1.W"] == -1).all()
    p.grad("0.b")[:] = 7
    assert p.gradients.tolist() == [0] * 6 + [7] * 3 + [0] * 3
    assert ARRAYS["0.W"][0, 1] == 1  # copied, as promised


def test_split_names_any_vector():
    pieces = Parameters(ARRAYS).split(np.arange(12))
    assert {name: piece.tolist() for name, piece in pieces.items()} == {
        "0.W": [[0, 1, 2], [3, 4, 5]],
        "0.b": [6, 7, 8],
        "1.W": [[9], [10], [11]],
    }


def test_a_network_without_parameters_has_an_empty_vector():
    p = Parameters({})
    assert p.names == [] and p.values.shape == p.gradients.shape == (0,) and p.split(p.values) == {}


@pytest.mark.parametrize(
    "arrays, error, message",
    [
        ({"a": np.zeros(2), "b": np.zeros(2, np.float32)}, TypeError, "dtypes float32, float64; expected one dtype"),
        ({"a": np.array([1, 2])}, TypeError, "a has dtype int64; expected a floating dtype"),
        ({"a": [1.0, 2.0]}, TypeError, "a is a list; expected a NumPy array"),
    ],
)
def test_parameters_refuse(arrays, error, message):
    with pytest.raises(error, match=message):
        Parameters(arrays)


# ---------------------------------------------------------------------------------------------- layer.params["W"] = ...

WAYS_TO_ASSIGN = {
    "item": lambda params, W: params.__setitem__("W", W),
    "update": lambda params, W: params.update(W=W),
    "update by pairs": lambda params, W: params.update([("W", W)]),
    "or": lambda params, W: params.__ior__({"W": W}),
}


@pytest.mark.parametrize("assign", WAYS_TO_ASSIGN.values(), ids=WAYS_TO_ASSIGN)
def test_assignment_reaches_the_network(assign):
    layer = Linear(2, 3, rng=0)
    network = Network([layer])
    kept, W = layer.params["W"], numbers(2, 3, dtype=np.float32)
    assign(layer.params, W)
    assert layer.params["W"] is kept and (network.parameters["0.W"] == W).all()
    assert (network.forward(np.eye(2, dtype=np.float32)) == W).all()


@pytest.mark.parametrize(
    "values", [[[1, 2, 3], [4, 5, 6]], [[1.0, 2, 3], [4, 5, 6]], np.arange(6).reshape(2, 3), np.arange(6.0).reshape(2, 3)]
)
def test_lists_and_other_real_numbers_will_do(values):
    layer = Linear(2, 3)
    layer.params["W"] = values
    assert layer.params["W"].dtype == np.float32 and layer.params["W"].tolist() == np.asarray(values).tolist()


@pytest.mark.parametrize("assign", WAYS_TO_ASSIGN.values(), ids=WAYS_TO_ASSIGN)
@pytest.mark.parametrize(
    "values, error, message",
    [
        (np.zeros((3, 2)), ValueError, r"W has shape \(3, 2\); expected \(2, 3\)"),
        (np.zeros(3), ValueError, r"shape \(3,\); expected \(2, 3\)"),
        (1.0, ValueError, r"shape \(\); expected \(2, 3\)"),
        (None, (TypeError, ValueError), "expected"),
        (np.full((2, 3), np.nan), ValueError, r"W holds nan at index \(0, 0\); expected finite numbers"),
        (np.full((2, 3), 1e300), ValueError, "W, converted to float32, holds inf .*; expected finite numbers"),
        (np.ones((2, 3), complex), TypeError, "W .*complex.*expected"),
        ([["1", "2", "3"]] * 2, TypeError, "W .*; expected"),
        ([[1.0], [1.0, 2.0]], ValueError, "inhomogeneous"),
    ],
)
def test_a_refused_assignment_changes_nothing(assign, values, error, message):
    layer = Linear(2, 3, rng=0)
    kept = layer.params["W"].copy()
    with pytest.raises(error, match=message):
        assign(layer.params, values)
    assert (layer.params["W"] == kept).all()


@pytest.mark.parametrize("act", [lambda p: p.__setitem__("w", np.zeros((2, 3))), lambda p: p.update(w=np.zeros((2, 3)))])
def test_unknown_names_are_refused(act):
    with pytest.raises(ValueError, match="unknown parameter 'w'; expected one of: W, b"):
        act(Linear(2, 3).params)


@pytest.mark.parametrize(
    "act",
    [
        lambda p: p.pop("W"),
        lambda p: p.popitem(),
        lambda p: p.clear(),
        lambda p: p.__delitem__("W"),
        lambda p: p.setdefault("c", np.zeros(1)),
    ],
)
def test_no_parameter_comes_or_goes(act):
    layer = Linear(2, 3)
    with pytest.raises((TypeError, ValueError), match=r"expected|fixed"):
        act(layer.params)
    assert list(layer.params) == ["W", "b"]


def test_params_cannot_be_swapped_behind_the_networks_back():
    """If this were possible, the network would compute with the new arrays and the optimizer would change the old ones."""
    layer = Linear(2, 3, rng=0)
    network = Network([layer])
    try:
        layer.params = {"W": np.ones((2, 3), np.float32), "b": np.zeros(3, np.float32)}
    except (AttributeError, TypeError):
        pass
    assert np.shares_memory(layer.params["W"], network.parameters.values)


def test_parameters_of_a_network_are_named_by_layer_and_shared_with_it():
    network = Network(mlp([4, 5, 3], rng=0))
    assert network.parameters.names == ["0.W", "0.b", "2.W", "2.b"]
    for name in network.parameters.names:
        i, key = name.split(".")
        assert network.parameters[name] is network.layers[int(i)].params[key]
        assert network.parameters.grad(name) is network.layers[int(i)].grads[key]


def test_parameter_dict_prints_like_a_dict():
    assert repr(ParameterDict(W=np.zeros((1, 2)))) == "{'W': array([[0., 0.]])}"
