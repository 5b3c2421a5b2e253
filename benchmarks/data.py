"""MNIST for all peers alike: as bytes for those that take them, as float32 in [0, 1] for the others."""

from typing import NamedTuple

import numpy as np


class Digits(NamedTuple):
    """Training images as bytes and as numbers, shape (n_samples, 784), and their labels."""

    raw: np.ndarray
    X: np.ndarray
    y: np.ndarray


def digits():
    """Return the 60,000 training digits, found or downloaded as `load_mnist` does."""
    from nnfromscratch import load_mnist

    mnist = load_mnist(raw=True)
    return from_bytes(mnist.X_train, mnist.y_train)


def from_bytes(raw, y):
    return Digits(raw, raw / np.float32(255), y)


def made_up_digits(n_samples, seed=0):
    """Return random images and labels: as costly as real ones, for tests."""
    rng = np.random.default_rng(seed)
    return from_bytes(rng.integers(0, 256, (n_samples, 784), dtype=np.uint8), rng.integers(0, 10, n_samples))
