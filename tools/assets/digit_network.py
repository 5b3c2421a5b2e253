"""Train the network that reads drawn digits, and write nnfromscratch/data/digit_network.npz and what is known about it (.json).

    OPENBLAS_NUM_THREADS=1 NNFROMSCRATCH_DATA=FOLDER python -m tools.assets.digit_network

Needs all of MNIST: `load_mnist` finds it in FOLDER or fetches it. Invented drawings are added: European 1s and 7s, slashed 0s, and
scribbles, letters and pairs of digits, for which all ten digits are equally likely. Every image is warped a little whenever it is seen.
Every weight is rounded to a small whole number of steps, so that the file is small; the accuracy is measured after that.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from nnfromscratch import Adam, Network, cosine, load_mnist, mlp, one_hot, random_warps
from nnfromscratch.widgets.digit_network import FILE, load_digit_network
from tools.assets import invented_drawings as invented

SEED, HIDDEN, EPOCHS, BATCH, LR = 0, 96, 40, 128, 0.002
WARP = {"degrees": 12, "stretch": 0.15, "pixels": 1, "bend": 0.6}
MADE_UP = {
    "0": 1500,
    "1": 3000,
    "7": 2000,
    "scribbles": 7000,
    "letters": 4000,
    "faces": 3000,
    "pairs": 2000,
    "overlaid": 1000,
    "lying": 2000,
}


def training_set(data, rng):
    """Return MNIST's images as bytes with the invented drawings, and a probability for each digit."""
    images = np.round(255 * data.X_train).astype(np.uint8)
    parts = [
        (invented.slashed_zeros(MADE_UP["0"], rng), 0),
        (invented.european_ones(MADE_UP["1"], rng), 1),
        (invented.european_sevens(MADE_UP["7"], rng), 7),
        (invented.scribbles(MADE_UP["scribbles"], rng), None),
        (invented.letters(MADE_UP["letters"], rng), None),
        (invented.faces_and_frames(MADE_UP["faces"], rng), None),
        (invented.two_digits(images, MADE_UP["pairs"], rng), None),
        (invented.two_digits_at_once(images, data.y_train, MADE_UP["overlaid"], rng), None),
        (invented.lying_digits(images, data.y_train, MADE_UP["lying"], rng), None),
    ]
    targets = [np.full((len(X), 10), 0.1) if label is None else np.eye(10)[np.full(len(X), label)] for X, label in parts]
    return np.concatenate([images, *(X for X, _ in parts)]), np.concatenate([one_hot(data.y_train, 10), *targets]).astype(np.float32)


def train(X, Y, data, epochs):
    """Return a trained network; each image is warped whenever it is seen."""
    rng = np.random.default_rng(SEED)
    network = Network(mlp([784, HIDDEN, 10], "ReLU", rng=rng))
    optimizer = Adam(cosine(LR, epochs * -(-len(X) // BATCH)))
    warp = random_warps(**WARP, n_warps=1000, rng=rng)
    for epoch in network.train(X.astype(np.float32) / 255, Y, epochs=epochs, batch_size=BATCH, optimizer=optimizer, rng=rng, augment=warp):
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
        "data": f"MNIST: {len(data.X_train):,} training images; invented drawings (tools/assets/invented_drawings.py): {MADE_UP}",
        "augmentation": f"random_warps, anew in each epoch: {WARP}",
        "tested_on": f"the {len(data.X_test):,} test images of MNIST",
        "network": f"784-{HIDDEN}-10, ReLU, softmax cross-entropy; for drawings that are not digits, all ten are equally likely",
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
    X, Y = training_set(data, np.random.default_rng(SEED))
    network = train(X, Y, data, epochs)
    print("before rounding:", network.score(data.X_test, data.y_test))
    write(network, FILE)
    known = record(data, epochs)
    Path(FILE).with_suffix(".json").write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(known, indent=2))
