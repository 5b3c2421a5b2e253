"""MNIST for all peers alike: as bytes for those that take them, as float32 in [0, 1] for the others."""

import gzip
import os
from pathlib import Path
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


def digits_of_ours():
    """Return what a script with this package has: bytes."""
    from nnfromscratch import load_mnist

    mnist = load_mnist(raw=True)
    return Digits(mnist.X_train, None, mnist.y_train)


def folder():
    """Return the folder that holds the four files of MNIST; the first `load_mnist` brings them there."""
    if os.environ.get("NNFROMSCRATCH_DATA"):
        return Path(os.environ["NNFROMSCRATCH_DATA"])
    import pooch

    return Path(pooch.os_cache("nnfromscratch"))


def plain_digits():
    """Read the training files the way a script without any library would."""

    def read(name, start):
        with gzip.open(folder() / name) as file:
            return np.frombuffer(file.read(), np.uint8, offset=start)

    raw = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)
    return Digits(None, raw / np.float32(255), read("train-labels-idx1-ubyte.gz", 8).astype(np.int64))
