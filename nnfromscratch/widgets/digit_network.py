"""The network that reads drawn digits: trained on MNIST and on invented drawings, and small enough to travel with a page."""

from pathlib import Path

import numpy as np

from ..network import Network, mlp

FILE = Path(__file__).parents[1] / "data" / "digit_network.npz"  # how it was made: digit_network.json next to it
THRESHOLD = 0.6  # an answer that is less probable than this counts as "I don't know"


def load_digit_network() -> Network:
    """Return the trained network that comes with the package.

    Returns
    -------
    Network
        784 pixels, one hidden layer with ReLU, 10 digits. Its weights were rounded to multiples of a power of two.

    Examples
    --------
    >>> load_digit_network().forward(np.zeros((1, 784), np.float32)).shape
    (1, 10)
    """
    with np.load(FILE, allow_pickle=False) as arrays:
        network = Network(mlp([*arrays["0.W"].shape, arrays["2.W"].shape[1]], "ReLU"))
        for name in network.parameters.names:
            network.parameters[name][...] = arrays[name] * arrays.get(f"{name}.step", np.float32(1))
    return network
