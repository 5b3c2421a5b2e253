"""How good in how many seconds? Four recipes for a pure multi-layer perceptron, each run from five seeds.

The settings were chosen once, on other seeds, and are written down here in full. The score is the fraction of correct answers on the 10,000
test images, of the network after the last epoch. The CPU seconds are those of the training, without data loading and scoring.
"""

import sys
import time
from typing import NamedTuple

import numpy as np

from nnfromscratch import SGD, Network, Scale, cosine, load_digits, load_mnist, mlp, random_shifts, random_warps, warmup

from .measure import Neighbors, summary

SEEDS = (10, 11, 12, 13, 14)


class Recipe(NamedTuple):
    """Everything that a run depends on, apart from the seed."""

    title: str
    hidden: tuple
    epochs: int
    batch_size: int
    lr: float
    augment: str = "nothing"
    data: str = "60,000 digits"
    momentum: float = 0.9


RECIPES = (
    Recipe("no augmentation", (256,), 12, 128, 0.1),
    Recipe("one-pixel shifts", (256,), 16, 128, 0.1, "shifts"),
    Recipe("small warps", (256, 128), 45, 128, 0.1, "warps"),
    Recipe("small warps, 5,000 digits only", (256,), 60, 32, 0.05, "warps", "5,000 digits"),
)


def augmentation(name):
    return {"nothing": lambda: None, "shifts": random_shifts, "warps": lambda: random_warps(rng=0)}[name]()


def learn(recipe, X, y, seed):
    """Return a network trained by the recipe."""
    rng = np.random.default_rng(seed)
    network = Network([Scale(1 / 255), *mlp([X.shape[1], *recipe.hidden, 10], rng=rng)])
    steps = recipe.epochs * -(-len(X) // recipe.batch_size)
    optimizer = SGD(warmup(cosine(recipe.lr, steps), min(100, steps)), momentum=recipe.momentum)
    for _ in network.train(
        X, y, epochs=recipe.epochs, batch_size=recipe.batch_size, optimizer=optimizer, rng=rng, augment=augmentation(recipe.augment)
    ):
        pass
    return network


def training_data(recipe, mnist):
    """Return the digits to learn from: all of MNIST's, or the 5,000 of them that come with the package."""
    if recipe.data == "60,000 digits":
        return mnist.X_train, mnist.y_train
    digits = load_digits(raw=True)
    return np.concatenate([digits.X_train, digits.X_test]), np.concatenate([digits.y_train, digits.y_test])


def run(recipe, mnist, seeds):
    """Return scores in percent and CPU seconds of one recipe."""
    scores, seconds, (X, y) = [], [], training_data(recipe, mnist)
    for seed in seeds:
        start = time.process_time()
        network = learn(recipe, X, y, seed)
        seconds.append(time.process_time() - start)
        scores.append(100 * network.score(mnist.X_test, mnist.y_test))
        print(f"{recipe.title}, seed {seed}: {scores[-1]:.2f} % after {seconds[-1]:.1f} CPU s", file=sys.stderr, flush=True)
    return {**recipe._asdict(), "seeds": list(seeds), "per_cent": summary(scores), "cpu_seconds": summary(seconds)}


def measure(seeds=SEEDS, recipes=RECIPES, mnist=None):
    mnist = mnist or load_mnist(raw=True)
    with Neighbors() as neighbors:
        rows = [run(recipe, mnist, seeds) for recipe in recipes]
    return {"rows": rows, "neighbors": neighbors.cores}
