"""Compare the convolutional network of the chapter with a perceptron on the bundled digits, each at its own best learning rate.

    python -m benchmarks.convolution_digits        # about six minutes on one core

All train on 3,200 digits in batches of 32, with momentum 0.9 and a rate that falls to 0 along a cosine: 10 epochs (1,000 steps), and the
perceptron also 100 epochs. All choices and numbers come from the 800 validation digits: first every rate with the seeds 0 to 2, then the
best rate with the five seeds 10 to 14, also on digits that were moved by one and two pixels.
"""

import json
import time
from pathlib import Path

import numpy as np

from nnfromscratch import SGD, Linear, Network, ReLU, cosine, load_digits, mlp
from nnfromscratch.convolution import Conv2D, Flatten, MaxPool2D, Reshape

from .provenance import provenance

FILE = Path(__file__).parent.parent / "book" / "results" / "convolution-digits.json"
RATES = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2]
BATCH_SIZE = 32
N_TRAIN = 3_200
SHIFTS = [0, 1, 2]
SWEEP_SEEDS = [0, 1, 2]
SEEDS = [10, 11, 12, 13, 14]


def perceptron(rng):
    """Return a 784-64-10 network."""
    return Network(mlp([784, 64, 10], rng=rng))


def convolutional(rng):
    """Return the network of the chapter."""
    return Network(
        [
            Reshape((1, 28, 28)),
            Conv2D(1, 8, 5, rng=rng),
            ReLU(),
            MaxPool2D(2),
            Conv2D(8, 16, 5, rng=rng),
            ReLU(),
            MaxPool2D(2),
            Flatten(),
            Linear(256, 10, init="xavier", rng=rng),
        ]
    )


NETWORKS = {"perceptron": (perceptron, 10), "perceptron, 100 epochs": (perceptron, 100), "convolutional": (convolutional, 10)}


def moved(X, pixels):
    """Return the images shifted by this many pixels: to the right, left, down, and up, one after another."""
    images = X.reshape(-1, 28, 28)
    steps = [(0, pixels), (0, -pixels), (pixels, 0), (-pixels, 0)] if pixels else [(0, 0)]
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    return [padded[:, 2 - down : 30 - down, 2 - right : 30 - right].reshape(len(X), -1) for down, right in steps]


def run(name, rate, seed, data):
    """Train once; return the accuracy for every shift, which unmoved digits are right, the CPU seconds, and the number of parameters."""
    X, y, X_val, y_val = data
    build, epochs = NETWORKS[name]
    network, start = build(np.random.default_rng(seed)), time.process_time()
    optimizer = SGD(cosine(rate, epochs * -(-len(X) // BATCH_SIZE)), momentum=0.9)
    try:
        for _ in network.train(X, y, epochs=epochs, batch_size=BATCH_SIZE, optimizer=optimizer, rng=seed):
            pass
    except FloatingPointError:
        return {"accuracy": [0.1] * len(SHIFTS), "right": np.zeros(len(y_val), bool)}
    seconds = time.process_time() - start
    accuracy = [float(np.mean([network.score(X_moved, y_val) for X_moved in moved(X_val, pixels)])) for pixels in SHIFTS]
    right = network.predict(X_val) == y_val
    return {"accuracy": accuracy, "right": right, "seconds": seconds, "parameters": network.parameters.values.size}


def mean_and_error(numbers):
    """Return the mean and its standard error."""
    return [round(float(np.mean(numbers)), 5), round(float(np.std(numbers, ddof=1) / len(numbers) ** 0.5), 5)]


def main():
    digits = load_digits()
    X, y = digits.X_train, digits.y_train
    data = X[:N_TRAIN], y[:N_TRAIN], X[N_TRAIN:], y[N_TRAIN:]
    results, right = {**provenance(), "seeds": {"sweep": SWEEP_SEEDS, "results": SEEDS}, "rates": RATES}, {}
    for name in NETWORKS:
        sweep = [mean_and_error([run(name, rate, seed, data)["accuracy"][0] for seed in SWEEP_SEEDS]) for rate in RATES]
        best = RATES[int(np.argmax([mean for mean, _ in sweep]))]
        print(name, sweep, best, flush=True)
        runs = [run(name, best, seed, data) for seed in SEEDS]
        right[name] = np.array([found["right"] for found in runs])
        results[name] = {
            "sweep": sweep,
            "rate": best,
            "shifts": [mean_and_error([found["accuracy"][i] for found in runs]) for i in range(len(SHIFTS))],
            "seconds": round(float(np.median([found["seconds"] for found in runs])), 1),
            "parameters": runs[0]["parameters"],
        }
        print(results[name], flush=True)
    results["only convolutional right"] = round(float((right["convolutional"] & ~right["perceptron"]).sum(axis=1).mean()), 1)
    results["only perceptron right"] = round(float((right["perceptron"] & ~right["convolutional"]).sum(axis=1).mean()), 1)
    FILE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(results)


if __name__ == "__main__":
    main()
