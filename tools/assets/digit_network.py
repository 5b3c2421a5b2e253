"""Train the network that reads drawn digits, and write nnfromscratch/data/digit_network.npz and what is known about it (.json).

    OPENBLAS_NUM_THREADS=1 NNFROMSCRATCH_DATA=FOLDER python -m tools.assets.digit_network

Needs all of MNIST: `load_mnist` finds it in FOLDER or fetches it. Every weight is rounded to a small whole number of steps, so that the
file is small; the accuracy is measured after that.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from nnfromscratch import Adam, Network, cosine, load_mnist, mlp, random_shifts
from nnfromscratch.widgets.digit_network import FILE, load_digit_network

SEED, HIDDEN, EPOCHS, BATCH, LR = 0, 64, 40, 128, 0.003


def train(data, epochs):
    """Return a trained network; each image is moved by up to a pixel whenever it is seen."""
    rng = np.random.default_rng(SEED)
    network = Network(mlp([784, HIDDEN, 10], "ReLU", rng=rng))
    steps = epochs * -(-len(data.X_train) // BATCH)
    optimizer = Adam(cosine(LR, steps))
    for epoch in network.train(
        data.X_train, data.y_train, epochs=epochs, batch_size=BATCH, optimizer=optimizer, rng=rng, augment=random_shifts(1)
    ):
        print(f"epoch {epoch.number}: loss {epoch.loss:.4f}, test accuracy {network.score(data.X_test, data.y_test):.4f}", flush=True)
    return network


def rounded(W):
    """Return W as int8, and the step that they count: the smallest power of two for which all fit."""
    step = 2.0 ** np.ceil(np.log2(np.abs(W).max() / 127))
    return np.round(W / step).astype(np.int8), np.float32(step)


def write(network, path):
    """Write weights as int8 with their step, and biases as they are."""
    arrays = {}
    for name in network.parameters.names:
        array = network.parameters[name]
        arrays |= {name: array} if array.ndim == 1 else dict(zip((name, f"{name}.step"), rounded(array)))
    np.savez_compressed(path, **arrays)


def record(data, epochs):
    """Return what is known about the file: how it was made and how well it reads."""
    score = load_digit_network().score(data.X_test, data.y_test)
    return {
        "command": "OPENBLAS_NUM_THREADS=1 python -m tools.assets.digit_network",
        "seed": SEED,
        "numpy": np.__version__,
        "data": f"MNIST: {len(data.X_train):,} training images, each moved at random by up to 1 pixel",
        "tested_on": f"the {len(data.X_test):,} test images of MNIST",
        "network": f"784-{HIDDEN}-10, ReLU, softmax cross-entropy",
        "epochs": epochs,
        "batch_size": BATCH,
        "optimizer": f"Adam, learning rate from {LR} to 0 along a cosine",
        "weights": "int8 times a power of two for each layer; biases float32",
        "bytes": FILE.stat().st_size,
        "test_accuracy_of_these_weights": round(float(score), 4),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    epochs, data = parser.parse_args().epochs, load_mnist()
    network = train(data, epochs)
    print("before rounding:", network.score(data.X_test, data.y_test))
    write(network, FILE)
    known = record(data, epochs)
    Path(FILE).with_suffix(".json").write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(known, indent=2))
