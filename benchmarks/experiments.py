"""The course's longer experiments: every candidate at its own best learning rate, several seeds, results saved for the pages.

    python -m benchmarks.experiments                      # all of them: about half an hour on one core
    python -m benchmarks.experiments falling-rate         # one of them

Each experiment writes book/results/NAME.json with the date, the versions, and the seeds. Candidates are compared on validation digits. The
one experiment that reports a test score, `recipe`, chooses on 10,000 validation digits and opens the test set once. MNIST is downloaded, or
taken from the folder that $NNFROMSCRATCH_DATA names.
"""

import argparse
import json
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

import nnfromscratch as nn

from . import page_code
from .provenance import provenance

RESULTS = Path(__file__).resolve().parent.parent / "book" / "results"
SEEDS = range(5)


def digits():
    """Return 3,200 digits to train with and 800 to validate with: the split of the chapters."""
    data = nn.load_digits()
    return nn.train_test_split(data.X_train, data.y_train, test_size=0.2, rng=0)


def train(X, y, seed, *, hidden=(128,), epochs=15, batch_size=64, optimizer, augment=None):
    """Return a network trained with these settings."""
    network = nn.Network(nn.mlp([X.shape[1], *hidden, 10], rng=seed))
    for _ in network.train(X, y, epochs=epochs, batch_size=batch_size, optimizer=optimizer, rng=seed, augment=augment):
        pass
    return network


def steps_of(epochs, n_samples, batch_size):
    return epochs * -(-n_samples // batch_size)


def scores(candidates, X_val, y_val):
    """Train every candidate, a function of the seed that returns a network, and return its losses and accuracies, one per seed."""
    found = []
    for settings, make in candidates:
        row = [network.evaluate(X_val, y_val) for network in map(make, SEEDS)]
        found.append({**settings, "val_loss": [round(loss, 4) for loss, _ in row], "val_accuracy": [round(right, 4) for _, right in row]})
        print(settings, [right for _, right in row], flush=True)
    return found


# ---------------------------------------------------------------------------------------------- what momentum adds to a longer step


def momentum_and_rate():
    """Plain descent and momentum, each at several rates, then a falling rate and shifts (chapter 8)."""
    X, y, X_val, y_val = digits()

    def candidate(lr, momentum=0.0, falling=False, shifts=False):
        def make(seed):
            rate = nn.cosine(lr, steps_of(15, len(X), 64)) if falling else lr
            return train(X, y, seed, optimizer=nn.SGD(rate, momentum=momentum), augment=nn.random_shifts() if shifts else None)

        return {"momentum": momentum, "lr": lr, "falling": falling, "shifts": shifts}, make

    plain = [candidate(lr) for lr in (0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)]
    momentum = [candidate(lr, 0.9) for lr in (0.01, 0.03, 0.05, 0.1, 0.2)]
    falling = [candidate(lr, m, True) for m, lr in ((0.0, 0.3), (0.0, 0.5), (0.0, 1.0), (0.9, 0.05), (0.9, 0.1), (0.9, 0.2))]
    shifts = [candidate(lr, m, True, True) for m, lr in ((0.0, 0.3), (0.0, 0.5), (0.0, 1.0), (0.9, 0.05), (0.9, 0.1), (0.9, 0.2))]
    return scores(plain + momentum + falling + shifts, X_val, y_val)


# ---------------------------------------------------------------------------------------------- a rate that falls


def falling_rate():
    """Four schedules, each at five rates, momentum 0.9, batches of 16, five epochs (chapter 10b); training loss and validation accuracy."""
    X, y, X_val, y_val = digits()
    steps = steps_of(5, len(X), 16)
    schedules = {
        "constant": nn.constant,
        "halved": lambda lr: nn.step_decay(lr, every=steps // 5),
        "cosine": lambda lr: nn.cosine(lr, steps),
        "warm-up, cosine": lambda lr: nn.warmup(nn.cosine(lr, steps), steps // 10),
    }
    found = []
    for name, schedule in schedules.items():
        for lr in (0.003, 0.01, 0.03, 0.1, 0.2):
            networks = [
                train(X, y, seed, hidden=(64,), epochs=5, batch_size=16, optimizer=nn.SGD(schedule(lr), momentum=0.9)) for seed in SEEDS
            ]
            found.append(
                {
                    "schedule": name,
                    "lr": lr,
                    "train_loss": [round(network.evaluate(X, y)[0], 4) for network in networks],
                    "val_accuracy": [round(network.score(X_val, y_val), 4) for network in networks],
                }
            )
            print(found[-1], flush=True)
    return found


# ---------------------------------------------------------------------------------------------- the learning curve


def learning_curve():
    """Validation error for 100 to 3,200 digits, about 500 steps each, as they are and with shifts, at three falling rates (chapter 9)."""
    X, y, X_val, y_val = digits()

    def candidate(way, n, lr):
        epochs = -(-500 // -(-n // 50))
        rate = nn.cosine(lr, steps_of(epochs, n, 50))

        def make(seed):
            augment = nn.random_shifts() if way == "shifts" else None
            optimizer = nn.SGD(rate, momentum=0.9)
            return train(X[:n], y[:n], seed, hidden=(64,), epochs=epochs, batch_size=50, optimizer=optimizer, augment=augment)

        return {"way": way, "n": n, "lr": lr}, make

    sizes, rates = (100, 200, 400, 800, 1600, 3200), (0.03, 0.1, 0.3)
    return scores([candidate(way, n, lr) for way in ("as they are", "shifts") for n in sizes for lr in rates], X_val, y_val)


# ---------------------------------------------------------------------------------------------- remedies against overfitting


def remedies():
    """Eight ways to train a 784-64-10 network, each at three rates that fall along a cosine (chapter 9)."""
    X, y, X_val, y_val = digits()
    ways = {
        "half the data": {"n": len(X) // 2, "epochs": 20},
        "as it is": {},
        "wider (256)": {"hidden": (256,)},
        "deeper (64, 64)": {"hidden": (64, 64)},
        "longer (30 epochs)": {"epochs": 30},
        "weight decay 0.001": {"weight_decay": 0.001},
        "dropout 0.2": {"dropout": 0.2},
        "shifts": {"augment": nn.random_shifts()},
    }

    def candidate(way, lr, n=None, hidden=(64,), epochs=10, weight_decay=0, dropout=0.0, augment=None):
        n = n or len(X)

        def make(seed):
            network = nn.Network(nn.mlp([784, *hidden, 10], rng=seed, dropout=dropout))
            optimizer = nn.SGD(nn.cosine(lr, steps_of(epochs, n, 64)), momentum=0.9, weight_decay=weight_decay)
            network.fit(X[:n], y[:n], epochs=epochs, batch_size=64, optimizer=optimizer, rng=seed, augment=augment)
            return network

        return {"way": way, "lr": lr}, make

    return scores([candidate(way, lr, **settings) for way, settings in ways.items() for lr in (0.03, 0.1, 0.3)], X_val, y_val)


# ---------------------------------------------------------------------------------------------- double descent


def double_descent():
    """A hidden layer of random ReLU neurons and an output layer fitted by least squares to 500 digits, for 10 to 5,000 neurons.

    Only the last layer is trained, so the fit is exact and has no learning rate: the classic setting of the effect (Belkin et al., 2019).
    """
    X, y, X_val, y_val = digits()
    X, y, Y = X[:500].astype(float), y[:500], np.eye(10)[y[:500]]
    found = []
    for n_hidden in (10, 20, 50, 100, 200, 300, 400, 450, 500, 550, 600, 800, 1000, 1500, 2000, 3000, 5000):
        errors = []
        for seed in SEEDS:
            W = nn.he(X.shape[1], n_hidden, rng=seed)
            hidden, hidden_val = nn.relu(X @ W), nn.relu(X_val @ W)
            V = np.linalg.lstsq(hidden, Y, rcond=None)[0]
            errors.append([np.mean((H @ V).argmax(axis=1) != labels) for H, labels in ((hidden, y), (hidden_val, y_val))])
        train_error, val_error = np.round(np.transpose(errors), 4).tolist()
        found.append({"n_hidden": n_hidden, "train_error": train_error, "val_error": val_error})
        print(found[-1], flush=True)
    return found


# ---------------------------------------------------------------------------------------------- the recipe for all of MNIST


def recipe():
    """Choose the rate and the weight decay on 10,000 of the 60,000 digits, train again on all with five seeds, open the test set once."""
    data = nn.load_mnist(raw=True)
    order = np.random.default_rng(0).permutation(len(data.X_train))
    chosen_by, learned_from = order[:10_000], order[10_000:]

    def learn(X, y, seed, lr, weight_decay):
        network = nn.Network([nn.Scale(1 / 255), *nn.mlp([784, 256, 10], rng=seed)])
        steps = steps_of(16, len(X), 128)
        optimizer = nn.SGD(nn.warmup(nn.cosine(lr, steps), 100), momentum=0.9, weight_decay=weight_decay)
        for _ in network.train(X, y, epochs=16, batch_size=128, optimizer=optimizer, rng=seed, augment=nn.random_shifts()):
            pass
        return network

    candidates = []
    for lr, weight_decay in ((0.03, 0), (0.1, 0), (0.2, 0), (0.1, 1e-5), (0.1, 1e-4)):
        networks = [learn(data.X_train[learned_from], data.y_train[learned_from], seed, lr, weight_decay) for seed in (0, 1, 2)]
        right = [round(network.score(data.X_train[chosen_by], data.y_train[chosen_by]), 4) for network in networks]
        candidates.append({"lr": lr, "weight_decay": weight_decay, "val_accuracy": right})
        print(candidates[-1], flush=True)
    best = max(candidates, key=lambda candidate: np.mean(candidate["val_accuracy"]))
    seeds = (10, 11, 12, 13, 14)
    networks = [learn(data.X_train, data.y_train, seed, best["lr"], best["weight_decay"]) for seed in seeds]
    test = [round(network.score(data.X_test, data.y_test), 4) for network in networks]
    return {
        "candidates": candidates,
        "chosen": {key: best[key] for key in ("lr", "weight_decay")},
        "test_seeds": seeds,
        "test_accuracy": test,
    }


# ---------------------------------------------------------------------------------------------- a remedy for one pair of digits


def twos_and_sevens():
    """Four remedies for 2s read as 7s and 7s read as 2s, at three rates, judged by cross-validation over 4,000 digits, about 500 steps each
    (chapter 9).

    The package's digits are the first 500 of each kind in MNIST's training set; more of a kind are taken from those that follow.
    """
    data, mnist = nn.load_digits(), nn.load_mnist()
    X, y = data.X_train, data.y_train

    def more(digit, n):
        found = np.flatnonzero(mnist.y_train == digit)[500 : 500 + n]
        return mnist.X_train[found], mnist.y_train[found]

    def with_more(kinds, n):
        extra = [more(digit, n) for digit in kinds]
        return lambda X, y: (np.concatenate([X, *(X for X, _ in extra)]), np.concatenate([y, *(y for _, y in extra)]))

    def twice(X, y):
        chosen = np.isin(y, (2, 7))
        return np.concatenate([X, X[chosen]]), np.concatenate([y, y[chosen]])

    ways = {
        "as it is": (lambda X, y: (X, y), None),
        "each 2 and 7 twice": (twice, None),
        "500 more 2s and 500 more 7s": (with_more((2, 7), 500), None),
        "100 more of each digit": (with_more(range(10), 100), None),
        "shifts": (lambda X, y: (X, y), nn.random_shifts()),
    }
    parts, found = np.arange(len(X)) % 5, []
    for (name, (prepare, augment)), lr in product(ways.items(), (0.03, 0.1, 0.3)):
        counts = []
        for seed in SEEDS:
            said = np.empty_like(y)
            for part in range(5):
                X_seen, y_seen = prepare(X[parts != part], y[parts != part])
                epochs = round(500 / -(-len(X_seen) // 64))
                rate = nn.cosine(lr, steps_of(epochs, len(X_seen), 64))
                optimizer = nn.SGD(rate, momentum=0.9)
                judge = train(X_seen, y_seen, 5 * seed + part, hidden=(64,), epochs=epochs, optimizer=optimizer, augment=augment)
                said[parts == part] = judge.predict(X[parts == part])
            counts.append(nn.confusion_matrix(y, said))
        found.append(
            {
                "way": name,
                "lr": lr,
                "2 and 7 confused": [int(c[2, 7] + c[7, 2]) for c in counts],
                "taken for a 2 or 7": [int(c[:, [2, 7]].sum() - c[[2, 7]][:, [2, 7]].sum()) for c in counts],
                "all mistakes": [int(c.sum() - np.trace(c)) for c in counts],
            }
        )
        print(found[-1], flush=True)
    return found


# ---------------------------------------------------------------------------------------------- optimizers


def after_training(optimizer, X, y, X_val, y_val, seed, **settings):
    """Return the training loss and the validation accuracy of a network; (None, None) if its training diverges."""
    try:
        network = train(X, y, seed, hidden=(64,), optimizer=optimizer, **settings)
    except FloatingPointError:
        return None, None
    return round(network.evaluate(X, y)[0], 4), round(network.score(X_val, y_val), 4)


def optimizers():
    """Four optimizers at nineteen rates each, three epochs in batches of 64 (chapter 10)."""
    X, y, X_val, y_val = digits()
    makers = {"plain": nn.SGD, "momentum": lambda lr: nn.SGD(lr, momentum=0.9), "RMSProp": nn.RMSProp, "Adam": nn.Adam}
    found = []
    for name, make in makers.items():
        for lr in (10 ** np.linspace(-4, 0.5, 19)).round(6).tolist():
            losses, right = zip(*(after_training(make(lr), X, y, X_val, y_val, seed, epochs=3) for seed in SEEDS))
            found.append({"optimizer": name, "lr": lr, "train_loss": losses, "val_accuracy": right})
            print(found[-1], flush=True)
    return found


def adamw():
    """AdamW at four weight decays and four rates, which fall along a cosine; without decay it is Adam (chapter 10b)."""
    X, y, X_val, y_val = digits()
    found = []
    for weight_decay in (0.0, 0.01, 0.1, 1.0):
        for lr in (0.001, 0.003, 0.01, 0.03):
            runs = [
                after_training(
                    nn.AdamW(nn.cosine(lr, steps_of(15, len(X), 64)), weight_decay=weight_decay), X, y, X_val, y_val, seed, epochs=15
                )
                for seed in SEEDS
            ]
            losses, right = zip(*runs)
            found.append({"weight_decay": weight_decay, "lr": lr, "train_loss": losses, "val_accuracy": right})
            print(found[-1], flush=True)
    return found


# ---------------------------------------------------------------------------------------------- the irises


def irises():
    """A 4-10-5-3 network with ReLU on Fisher's irises: 100 splits into 90, 21, and 39 flowers, five rates (chapter 12)."""
    X, y = nn.load_iris()
    found = {lr: {"train_accuracy": [], "val_accuracy": [], "test_accuracy": []} for lr in (0.003, 0.01, 0.03, 0.1, 0.3)}
    for seed in range(100):
        split = nn.train_validation_test_split(X, y, validation_size=22 / 150, test_size=38 / 150, rng=seed)
        X_train, X_val, X_test = nn.standardize(split.X_train, split.X_val, split.X_test)
        for lr, scores in found.items():
            network = nn.Network(nn.mlp([4, 10, 5, 3], "ReLU", rng=seed))
            for _ in network.train(X_train, split.y_train, epochs=100, batch_size=16, optimizer=nn.SGD(lr, momentum=0.9), rng=seed):
                pass
            parts = ((X_train, split.y_train), (X_val, split.y_val), (X_test, split.y_test))
            for part, data in zip(scores.values(), parts):
                part.append(round(network.score(*data), 4))
    return [{"lr": lr, **scores} for lr, scores in found.items()]


EXPERIMENTS = {
    "momentum-and-rate": momentum_and_rate,
    "falling-rate": falling_rate,
    "learning-curve": learning_curve,
    "remedies": remedies,
    "double-descent": double_descent,
    "twos-and-sevens": twos_and_sevens,
    "optimizers": optimizers,
    "adamw": adamw,
    "irises": irises,
    **{name: partial(experiment, SEEDS) for name, experiment in page_code.EXPERIMENTS.items()},
    "recipe": recipe,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"any of: {', '.join(EXPERIMENTS)}")
    for name in parser.parse_args().names or EXPERIMENTS:
        if name not in EXPERIMENTS:
            parser.error(f"unknown experiment {name!r}; expected any of: {', '.join(EXPERIMENTS)}")
        saved = {
            "command": f"python -m benchmarks.experiments {name}",
            **provenance(),
            "seeds": list(SEEDS),
            "results": EXPERIMENTS[name](),
        }
        (RESULTS / f"{name}.json").write_text(json.dumps(saved) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
