"""Classic wrong solutions of the assignment 04-gradient-descent, and right but unusual ones."""

from coursework.mutants import Mutant

LOSS = "def weighted_loss(w, b, X, y, c):\n    errors = X @ w + b - y\n    return "
GRADIENTS = "def gradients(w, b, X, y, c):\n    errors = X @ w + b - y\n    dz = c * errors / c.sum()\n    return "
BOTH = {"test-gradients-dw", "test-gradients-db"}
DESCEND = """def descend(gradient, start, lr, steps):
    w, path = start.copy(), [start.copy()]
    for _ in range(steps):
        {}
    return np.array(path)
"""
RATE = "def largest_rate(x):\n    return "
BATCHES = """def batches(n_samples, batch_size, rng):
    order = {}
    return [order[start:start + batch_size] for start in range(0, n_samples, batch_size)]
"""
CAREFUL = """def careful_step(loss, gradient, w, lr):
    dw = gradient(w)
    {}
    return w - lr * dw, lr
"""

MUTANTS = {
    "mean over the samples": Mutant("loss", LOSS + "(c * errors**2).mean() / 2\n", {"test-loss"}),
    "half forgotten": Mutant("loss", LOSS + "(c * errors**2).sum() / c.sum()\n", {"test-loss"}),
    "trust squared": Mutant("loss", LOSS + "((c * errors) ** 2).sum() / (2 * c.sum())\n", {"test-loss"}),
    "trust forgotten": Mutant("loss", LOSS + "(errors**2).mean() / 2\n", {"test-loss"}),
    "bias forgotten": Mutant("loss", LOSS.replace(" + b", "") + "(c * errors**2).sum() / (2 * c.sum())\n", {"test-loss"}),
    "gradient of the plain mean": Mutant("gradients", GRADIENTS.replace("c.sum()", "len(y)") + "X.T @ dz, dz.sum()\n", BOTH),
    "gradient without trust": Mutant("gradients", GRADIENTS + "X.T @ errors / len(y), errors.mean()\n", BOTH),
    "two left over": Mutant("gradients", GRADIENTS + "2 * X.T @ dz, 2 * dz.sum()\n", BOTH),
    "target minus prediction": Mutant("gradients", GRADIENTS + "-X.T @ dz, -dz.sum()\n", BOTH),
    "trust twice in the weights": Mutant("gradients", GRADIENTS + "X.T @ (c * dz), dz.sum()\n", {"test-gradients-dw"}),
    "errors without inputs": Mutant("gradients", GRADIENTS + "np.full(X.shape[1], dz.sum()), dz.sum()\n", {"test-gradients-dw"}),
    "inputs and errors not added up": Mutant("gradients", GRADIENTS + "X * dz[:, None], dz.sum()\n", {"test-gradients-dw"}),
    "bias not added up": Mutant("gradients", GRADIENTS + "X.T @ dz, dz\n", {"test-gradients-db"}),
    "bias averaged once more": Mutant("gradients", GRADIENTS + "X.T @ dz, dz.mean()\n", {"test-gradients-db"}),
    "bias with the inputs": Mutant("gradients", GRADIENTS + "X.T @ dz, (X.T @ dz).sum()\n", {"test-gradients-db"}),
    "uphill": Mutant("descend", DESCEND.format("w = w + lr * gradient(w); path.append(w)"), {"test-descend"}),
    "one array for all rows": Mutant(
        "descend",
        DESCEND.format("w -= lr * gradient(w); path.append(w)")
        .replace("start.copy(), [start.copy()]", "start.copy(), []")
        .replace("    for", "    path.append(w)\n    for", 1),
        {"test-descend"},
    ),
    "writes into the start": Mutant(
        "descend", DESCEND.format("w -= lr * gradient(w); path.append(w.copy())").replace("start.copy(), [", "start, ["), {"test-descend"}
    ),
    "start not written down": Mutant(
        "descend", DESCEND.format("w = w - lr * gradient(w); path.append(w)").replace("[start.copy()]", "[]"), {"test-descend"}
    ),
    "gradient of the start": Mutant("descend", DESCEND.format("w = w - lr * gradient(start); path.append(w)"), {"test-descend"}),
    "learning rate forgotten": Mutant("descend", DESCEND.format("w = w - gradient(w); path.append(w)"), {"test-descend"}),
    "one step too few": Mutant(
        "descend", DESCEND.format("w = w - lr * gradient(w); path.append(w)").replace("range(", "range(1, "), {"test-descend"}
    ),
    "lands in one step": Mutant("rate", RATE + "1 / (x**2).mean()\n", {"test-rate"}),
    "sum of squares": Mutant("rate", RATE + "2 / (x**2).sum()\n", {"test-rate"}),
    "square of the mean": Mutant("rate", RATE + "2 / x.mean() ** 2\n", {"test-rate"}),
    "the curvature": Mutant("rate", RATE + "(x**2).mean()\n", {"test-rate"}),
    "last batch dropped": Mutant(
        "batches",
        BATCHES.format("rng.permutation(n_samples)[:n_samples // batch_size * batch_size]").replace(
            "range(0, n_samples,", "range(0, len(order),"
        ),
        {"test-batches-complete"},
    ),
    "drawn with replacement": Mutant("batches", BATCHES.format("rng.integers(n_samples, size=n_samples)"), {"test-batches-complete"}),
    "size taken for the number": Mutant(
        "batches",
        """def batches(n_samples, batch_size, rng):
    return np.array_split(rng.permutation(n_samples), batch_size)
""",
        {"test-batches-complete"},
    ),
    "not shuffled": Mutant("batches", BATCHES.format("np.arange(n_samples)"), {"test-batches-shuffled"}),
    "the same order in every epoch": Mutant(
        "batches", BATCHES.format("np.random.default_rng(0).permutation(n_samples)"), {"test-batches-shuffled"}
    ),
    "a generator of its own": Mutant(
        "batches", BATCHES.format("np.random.default_rng().permutation(n_samples)"), {"test-batches-shuffled"}
    ),
    "whole batches shuffled": Mutant(
        "batches",
        """def batches(n_samples, batch_size, rng):
    starts = np.arange(0, n_samples, batch_size)
    full, rest = [start for start in starts if start + batch_size <= n_samples], n_samples % batch_size
    cut = [np.arange(start, start + batch_size) for start in rng.permutation(full)]
    return cut + ([np.arange(n_samples - rest, n_samples)] if rest else [])
""",
        {"test-batches-shuffled"},
    ),
    "shuffled within the batches": Mutant(
        "batches",
        """def batches(n_samples, batch_size, rng):
    cut = np.split(np.arange(n_samples), range(batch_size, n_samples, batch_size))
    return [rng.permutation(batch) for batch in cut]
""",
        {"test-batches-shuffled"},
    ),
    "never halved": Mutant("careful", CAREFUL.format("pass"), {"test-careful"}),
    "halved once": Mutant("careful", CAREFUL.format("lr = lr / 2 if loss(w - lr * dw) >= loss(w) else lr"), {"test-careful"}),
    "equal counts as smaller": Mutant("careful", CAREFUL.format("while loss(w - lr * dw) > loss(w): lr = lr / 2"), {"test-careful"}),
}

UNUSUAL = {
    "loops": {
        "loss": """def weighted_loss(w, b, X, y, c):
    total = 0.0
    for x_i, y_i, c_i in zip(X, y, c):
        total += c_i * (sum(x_i * w) + b - y_i) ** 2
    return total / sum(c) / 2
""",
        "gradients": """def gradients(w, b, X, y, c):
    dw, db = np.zeros(len(w)), 0.0
    for x_i, y_i, c_i in zip(X, y, c):
        error = c_i / sum(c) * (sum(x_i * w) + b - y_i)
        dw, db = dw + error * x_i, db + error
    return dw, db
""",
        "descend": """def descend(gradient, start, lr, steps):
    path = np.zeros((steps + 1, len(start)))
    path[0] = start
    for step in range(steps):
        path[step + 1] = path[step] - lr * gradient(path[step])
    return path
""",
        "batches": """def batches(n_samples, batch_size, rng):
    left, cut = list(range(n_samples)), []
    rng.shuffle(left)
    while left:
        cut.append(np.array(left[:batch_size]))
        left = left[batch_size:]
    return cut
""",
        "careful": """def careful_step(loss, gradient, w, lr):
    new = w - lr * gradient(w)
    return (new, lr) if loss(new) < loss(w) else careful_step(loss, gradient, w, lr / 2)
""",
    },
    "in other words": {
        "loss": "def weighted_loss(w, b, X, y, c):\n    return 0.5 * np.average((X @ w + b - y) ** 2, weights=c)\n",
        "gradients": """def gradients(w, b, X, y, c):
    ones = np.column_stack([X, np.ones(len(X))])
    both = ones.T @ np.diag(c) @ (ones @ np.append(w, b) - y) / np.sum(c)
    return both[:-1], both[-1]
""",
        "descend": DESCEND.format("w -= lr * gradient(w); path.append(w.copy())"),
        "rate": RATE + "2 * len(x) / np.dot(x, x)\n",
        "batches": """def batches(n_samples, batch_size, rng):
    return np.split(np.argsort(rng.random(n_samples)), np.arange(batch_size, n_samples, batch_size))
""",
    },
}
