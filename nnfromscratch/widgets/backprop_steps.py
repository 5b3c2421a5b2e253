"""Every value and every gradient of a network for one sample, by name: what the figure computes in the browser, with the package.

"h1.z" is the z of hidden neuron 1, "h1.dz" the gradient of the loss with respect to it, "o2.w1" the weight from hidden neuron 1 to output
neuron 2. With several hidden layers, "h2_1" is neuron 1 of the second one.
"""

from typing import Any

import numpy as np

from .._typing import Array
from ..layers import Layer
from ..network import Network


def run(network: Network, X: Array, y: Array) -> Any:
    """Return every value and gradient of a network (Linear, activation, ..., Linear) for one sample, by name."""
    numbers = {"loss.L": network.loss_and_gradients(X, y)} | _named("x", x=X)
    dZ, dA, pairs = network.loss.backward(), None, len(network.layers) // 2
    for depth in range(pairs, -1, -1):
        linear, kind = network.layers[2 * depth], _kind(depth, pairs)
        Z = _before(network, X, 2 * depth + 1)
        numbers |= _named(kind, z=Z, dz=dZ) | _named_parameters(kind, linear)
        if depth == pairs:
            numbers |= _named(kind, p=network.loss.activation(Z), y=network.loss.encode(y, Z.shape, Z.dtype))
        else:
            activation = network.layers[2 * depth + 1]
            numbers |= _named(kind, a=activation.forward(Z), slope=activation.backward(np.ones_like(Z)), da=dA)
        dA = dZ @ linear.params["W"].T
        dZ = network.layers[2 * depth - 1].backward(dA) if depth else dA
    return {name: float(value) for name, value in numbers.items()}


def _before(network: Network, X: Array, stop: int) -> Any:
    """Return what comes out of the first `stop` layers."""
    for layer in network.layers[:stop]:
        X = layer.forward(X)
    return X


def _kind(depth: int, pairs: Any) -> str:
    return "o" if depth == pairs else "h" if pairs == 1 else f"h{depth + 1}_"


def _named(kind: str, **rows: Any) -> Any:
    return {f"{kind}{i}.{name}": value for name, row in rows.items() for i, value in enumerate(row[0], start=1)}


def _named_parameters(kind: str, layer: Layer) -> Any:
    numbers: dict[str, Any] = {}
    for d, arrays in [("", layer.params), ("d", layer.grads)]:
        for j, (weights, b) in enumerate(zip(arrays["W"].T, arrays["b"]), start=1):
            numbers |= {f"{kind}{j}.{d}w{i}": w for i, w in enumerate(weights, start=1)} | {f"{kind}{j}.{d}b": b}
    return numbers


def text(number: float) -> str:
    """Return a number as it is shown.

    Examples
    --------
    >>> text(-0.0001), text(12345.6)
    ('0.000', '1.23e+04')
    """
    return f"{number:z.3f}" if abs(number) < 1000 else f"{number:.3g}"
