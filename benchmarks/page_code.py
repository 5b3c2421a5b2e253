"""Comparisons with the code of the pages themselves, each candidate at several learning rates; run by `python -m benchmarks.experiments`.

The networks, the mistakes and the training are the functions and classes that the pages define, so a page and its experiment cannot differ.
"""

import ast
import functools
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

import nnfromscratch as nn
from nnfromscratch import softmax
from nnfromscratch.autodiff import Tensor, reset_gradients, softmax_cross_entropy
from nnfromscratch.convolution import Conv2D, Flatten, MaxPool2D, Reshape

BOOK = Path(__file__).resolve().parent.parent / "book"


def definitions(page, **names):
    """Return the functions and classes of a page; they find its data under these names."""
    names.update(np=np, nn=nn)
    for cell in json.loads((BOOK / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code" and "remove-cell" not in cell["metadata"].get("tags", []):
            tree = ast.parse("".join(cell["source"]))
            tree.body = [node for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
            exec(compile(tree, page, "exec"), names)
    return SimpleNamespace(**names)


def sweep(candidates, rates, seeds, judge):
    """Return a row for each candidate and rate, with `judge(settings, lr, seed)` for every seed; None where training diverged."""
    found = []
    for name, settings in candidates.items():
        for lr in rates:
            row = [judged(judge, settings, lr, seed) for seed in seeds]
            found.append({"name": name, "lr": lr, "found": row})
            print(found[-1], flush=True)
    return found


def judged(judge, *run):
    try:
        return round(float(judge(*run)), 4)
    except FloatingPointError:
        return None


def wrong_derivatives(seeds):
    """Chapter 11: the training loss of the last 20 of 200 epochs."""
    X, y = nn.make_spirals(150, rng=0)
    page = definitions("11-bug-museum", X=X.astype(np.float64), y=y)
    patients = {
        "healthy": {},
        "1 mask on the output": {"act": page.MaskOnTheOutput},
        "2 mask reversed": {"act": page.InvertedMask},
        "6 one bias for all": {"linear": page.BiasSummedOverEverything},
        "8 no division by n": {"loss": page.SumInsteadOfMean},
        "healthy, sigmoid": {"act": nn.Sigmoid},
        "4 sigmoid twice": {"act": page.SigmoidTwice},
    }

    def judge(parts, lr, seed):
        return page.losses(page.network(**parts, seed=seed), lr, seed)[-20:].mean()

    return sweep(patients, (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0), seeds, judge)


def right_gradients(seeds):
    """Chapter 11b: the accuracy on 500 validation digits after 30 epochs."""
    digits = nn.load_digits()
    page = definitions("11b-right-gradients")

    y, y_val = digits.y_train[:1000], digits.y_train[1000:1500]

    def judge(mistake, lr, seed):
        scale, last = mistake
        X = scale * digits.X_train[:1500]
        return page.learn(X[:1000], y, last(), seed=seed, lr=lr).score(X[1000:], y_val)

    def small_start(scale, lr, seed):
        """The same with first weights as many times smaller as the pixels are larger."""
        X = scale * digits.X_train[:1500]
        net = nn.Network(nn.mlp([784, 32, 10], rng=seed))
        net.parameters["0.W"][:] /= scale
        net.fit(X[:1000], y, epochs=30, optimizer=nn.SGD(lr), rng=seed)
        return net.score(X[1000:], y_val)

    scores = {"raw scores": (1, lambda: None), "ReLU": (1, nn.ReLU)}
    rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    small = (1e-7, 1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
    return (
        sweep(scores, rates, seeds, judge)
        + sweep({"pixels 0 to 255": (255, lambda: None)}, small, seeds, judge)
        + sweep({"pixels 0 to 255, small start": 255}, small, seeds, small_start)
    )


def repaired_notebook(seeds):
    """Stuck?: the accuracy on 3,000 validation digits after 200 steps."""
    digits = nn.load_digits()
    page = definitions(
        "stuck",
        X_train=digits.X_train[:1000].astype(np.float64),
        Y_train=np.eye(10)[digits.y_train[:1000]],
        X_new=digits.X_train[1000:],
        y_new=digits.y_train[1000:],
    )
    steps = {
        "as published": (page.softmax_of_everything, page.sum_everything, page.uniform),
        "softmax per sample": (page.softmax_per_sample, page.sum_everything, page.uniform),
        "bias per neuron": (page.softmax_per_sample, page.sum_over_samples, page.uniform),
        "scaled weights": (page.softmax_per_sample, page.sum_over_samples, page.he),
    }

    def judge(parts, lr, seed):
        with np.errstate(all="ignore"):
            return page.accuracy_of(seed, *parts, lr=lr)

    return sweep(steps, (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 1.0, 2.0), seeds, judge)


def shuffled_pixels(seeds):
    """Chapter 14: the accuracy of a perceptron on 800 validation digits, with pixels as they are and in one random order."""
    digits = nn.load_digits()
    page = definitions("14-convolution", Layer=nn.Layer, y=digits.y_train[:3200], y_val=digits.y_train[3200:])
    orders = {"as they are": np.arange(784), "shuffled": np.random.default_rng(0).permutation(784)}

    def judge(order, lr, seed):
        X = digits.X_train[:, order]
        return page.mlp_score(X[:3200], X[3200:], seed, lr)

    return sweep(orders, (0.01, 0.02, 0.05, 0.1, 0.2), seeds, judge)


@functools.cache
def reading_room():
    """Return the code of chapter 15 with 3,200 digits to learn from, and the 800 validation digits with their labels."""
    digits = nn.load_digits()
    X, y, X_val, y_val = digits.X_train[:3200], digits.y_train[:3200], digits.X_train[3200:], digits.y_train[3200:]
    layers = {"Conv2D": Conv2D, "Flatten": Flatten, "MaxPool2D": MaxPool2D, "Reshape": Reshape}
    means = np.array([X[y == k].mean(axis=0) for k in range(10)])
    return definitions("15-your-own-digits", **layers, X=X, y=y, means=means), X_val, y_val


def right(kind, lr, seed):
    """Return which validation digits a network of this kind gets right."""
    page, X_val, y_val = reading_room()
    build = page.convolutional if kind == "convolutional" else page.perceptron
    augment = nn.random_shifts() if kind == "perceptron, shifts" else None
    return page.train(build(seed), lr, augment, seed).predict(X_val) == y_val


def readers(seeds):
    """Chapter 15: the accuracy of three kinds of networks on 800 validation digits, and on how many digits pairs of them disagree."""
    perceptron = (0.02, 0.05, 0.1, 0.2)
    kinds = {"perceptron": perceptron, "perceptron, shifts": perceptron, "convolutional": (0.005, 0.01, 0.02, 0.05, 0.1)}
    page, X_val, y_val = reading_room()
    found = [{"name": "nearest mean", "found": [round(float(np.mean(page.nearest_mean(X_val) == y_val)), 4)]}]
    rows = {}
    for kind, rates in kinds.items():
        for lr in rates:
            rows[kind, lr] = [right(kind, lr, seed) for seed in seeds]
            found.append({"name": kind, "lr": lr, "found": [round(float(row.mean()), 4) for row in rows[kind, lr]]})
            print(found[-1], flush=True)
    best = {kind: max(rates, key=lambda lr: np.mean(rows[kind, lr])) for kind, rates in kinds.items()}
    only = {}
    for first, second in (("convolutional", "perceptron"), ("perceptron, shifts", "perceptron"), ("convolutional", "perceptron, shifts")):
        pairs = list(zip(rows[first, best[first]], rows[second, best[second]]))
        only[f"{first} > {second}"] = [[int((a & ~b).sum()), int((b & ~a).sum())] for a, b in pairs]
    return {"rows": found, "best": best, "only one right": only}


def attention(seeds):
    """Chapter 16: the accuracy on 200 new words after one pass over 3,000 others, from the second round of each word on."""
    tape = {"Tensor": Tensor, "reset_gradients": reset_gradients, "softmax_cross_entropy": softmax_cross_entropy}
    page = definitions("16-where-next", LETTERS="abcdefgh", **tape)
    rng = np.random.default_rng(0)
    words = list(dict.fromkeys(page.random_word(rng) for _ in range(4000)))
    new_words, train_words = words[:200], words[200:3200]

    def alone_with_mean(X, *parameters):
        """Like `alone`, with the mean of all letters so far as 8 further inputs: attention with equal weights."""
        mean = softmax(page.causal_mask(len(X))) @ X[:, :8]
        return page.alone(np.hstack([X, mean]), *parameters)

    models = {
        "alone": (page.alone, [(16, 32), (32,), (32, 8), (8,)]),
        "alone, with the mean": (alone_with_mean, [(24, 32), (32,), (32, 8), (8,)]),
        "attention": (page.attend, [(16, 8), (16, 8), (16, 8)]),
    }

    def judge(settings, lr, seed):
        model, shapes = settings
        with np.errstate(over="raise", invalid="raise"):
            return page.score(model, page.train(model, shapes, train_words, lr, seed)[-1], new_words)

    return sweep(models, (0.01, 0.03, 0.1, 0.3, 1.0, 3.0), seeds, judge)


EXPERIMENTS = {
    "wrong-derivatives": wrong_derivatives,
    "right-gradients": right_gradients,
    "repaired-notebook": repaired_notebook,
    "shuffled-pixels": shuffled_pixels,
    "readers": readers,
    "attention": attention,
}
