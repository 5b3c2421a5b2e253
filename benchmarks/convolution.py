"""Choose a convolutional network for all of MNIST on validation data, train it with three seeds, and use the test set once.

    python -m benchmarks.convolution              # all runs that are missing in the file of results: half an hour on one core
    python -m benchmarks.convolution --runs 1     # the next one only

MNIST is downloaded once (11.6 MB), or taken from the folder that $NNFROMSCRATCH_DATA names. The last 10,000 training images are the
validation set. Every network is tried at three learning rates without augmentation, then the best one with two kinds of augmentation.
The winner is trained on all 60,000 images with three fresh seeds. Only then are the test images used, once.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from nnfromscratch import SGD, Linear, Network, ReLU, cosine, load_mnist, random_shifts, random_warps
from nnfromscratch.convolution import Conv2D, Flatten, MaxPool2D, Reshape

from .provenance import provenance

FILE = Path(__file__).parent.parent / "book" / "results" / "convolution.json"
BATCH_SIZE = 64
RATES = [0.02, 0.05, 0.1]
TRIAL_EPOCHS, FINAL_EPOCHS = 5, 12
SEEDS = [1, 2, 3]  # trials use seed 0

KERNELS = {"8 and 16 kernels": (8, 16), "16 and 32 kernels": (16, 32)}
AUGMENTATIONS = {"none": lambda: None, "shifts": random_shifts, "warps": lambda: random_warps(rng=0)}


def build(kernels, seed):
    """Return a network of two convolutions, each followed by ReLU and pooling, and one dense layer."""
    (first, second), rng = KERNELS[kernels], np.random.default_rng(seed)
    return Network(
        [
            Reshape((1, 28, 28)),
            Conv2D(1, first, 5, rng=rng),
            ReLU(),
            MaxPool2D(2),
            Conv2D(first, second, 5, rng=rng),
            ReLU(),
            MaxPool2D(2),
            Flatten(),
            Linear(second * 16, 10, init="xavier", rng=rng),
        ]
    )


def train(X, y, *, kernels, augmentation, rate, epochs, seed):
    """Return a trained network and the CPU seconds that its training took."""
    network, steps = build(kernels, seed), epochs * -(-len(X) // BATCH_SIZE)
    optimizer, augment = SGD(cosine(rate, steps), momentum=0.9), AUGMENTATIONS[augmentation]()
    start = time.process_time()
    for epoch in network.train(X, y, epochs=epochs, batch_size=BATCH_SIZE, optimizer=optimizer, rng=seed, augment=augment):
        print(f"  epoch {epoch.number:2} of {epochs}: loss {epoch.loss:.4f}, {time.process_time() - start:.0f} s", flush=True)
    return network, time.process_time() - start


def trial(data, **settings):
    """Train on the first 50,000 images and return the settings with the accuracy on the other 10,000."""
    network, seconds = train(data.X_train[:-10_000], data.y_train[:-10_000], epochs=TRIAL_EPOCHS, seed=0, **settings)
    accuracy = network.score(data.X_train[-10_000:], data.y_train[-10_000:])
    return {**settings, "epochs": TRIAL_EPOCHS, "validation": round(accuracy, 4), "seconds": round(seconds)}


def final(data, seed, **settings):
    """Train on all 60,000 images and return the accuracy on the 10,000 test images."""
    network, seconds = train(data.X_train, data.y_train, epochs=FINAL_EPOCHS, seed=seed, **settings)
    n_parameters = network.parameters.values.size
    accuracy = network.score(data.X_test, data.y_test)
    return {"seed": seed, "epochs": FINAL_EPOCHS, "test": round(accuracy, 4), "seconds": round(seconds), "parameters": n_parameters}


def best(trials):
    """Return the settings of the trial with the highest validation accuracy."""
    winner = max(trials, key=lambda result: result["validation"])
    return {name: winner[name] for name in ("kernels", "augmentation", "rate")}


def next_run(results):
    """Return where the next missing result belongs ("trials" or "finals") and its settings; or None if all are there."""
    trials, done = results["trials"], len(results["trials"])
    plain = [{"kernels": kernels, "augmentation": "none", "rate": rate} for kernels in KERNELS for rate in RATES]
    if done < len(plain):
        return "trials", plain[done]
    augmented = [{**best(trials[: len(plain)]), "augmentation": name} for name in ("shifts", "warps")]
    if done < len(plain) + len(augmented):
        return "trials", augmented[done - len(plain)]
    if len(results["finals"]) < len(SEEDS):
        return "finals", {"seed": SEEDS[len(results["finals"])], **best(trials)}
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, help="stop after this many trainings; the next call continues (default: all)")
    parser.add_argument("--file", type=Path, default=FILE, help="where to read and write results (default: book/results/convolution.json)")
    options = parser.parse_args()
    results = json.loads(options.file.read_text(encoding="utf-8")) if options.file.exists() else {"trials": [], "finals": []}
    data, runs = load_mnist(), 0
    while (todo := next_run(results)) and runs != options.runs:
        kind, settings = todo
        print(settings, flush=True)
        results[kind].append({"trials": trial, "finals": final}[kind](data, **settings))
        print(" ", results[kind][-1], flush=True)
        results |= provenance()
        options.file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        runs += 1


if __name__ == "__main__":
    main()
