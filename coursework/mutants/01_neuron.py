"""Classic wrong solutions of the assignment 01-neuron, and right but unusual ones."""

from coursework.mutants import Mutant

STRONGEST = "def strongest_input(x, w):\n    return "
FIRES = "def fires(X, w, b):\n    return "
AT_LEAST = "def at_least(k, n):\n    return "
LAYER = "def make_layer(neurons):\n    W, b = np.array([w for w, _ in neurons]), np.array([b for _, b in neurons])\n    return "
SUMS = "def layer_sums(X, W, b):\n    return "
PERCEPTRON = """def perceptron(X, y, rounds=1000):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(rounds):
        for x, wanted in zip(X, y):
            answer = 1 if x @ w + b >= 0 else 0
            {step}
    return w, b
"""

MUTANTS = {
    "contribution with its sign": Mutant("strongest", STRONGEST + "int(np.argmax(w * x))\n", {"test-strongest"}),
    "largest weight": Mutant("strongest", STRONGEST + "int(np.argmax(np.abs(w)))\n", {"test-strongest"}),
    "largest input": Mutant("strongest", STRONGEST + "int(np.argmax(np.abs(x)))\n", {"test-strongest"}),
    "the contribution, not its place": Mutant("strongest", STRONGEST + "np.abs(w * x).max()\n", {"test-strongest"}),
    "the last of equals": Mutant("strongest", STRONGEST + "int(np.argsort(np.abs(w * x), kind='stable')[-1])\n", {"test-strongest"}),
    "silent at exactly 0": Mutant("fires", FIRES + "(X @ w + b > 0) * 1\n", {"test-fires"}),
    "bias forgotten": Mutant("fires", FIRES + "(X @ w >= 0) * 1\n", {"test-fires"}),
    "bias as a threshold, sign not turned": Mutant("fires", FIRES + "(X @ w >= b) * 1\n", {"test-fires"}),
    "the sums, not the answers": Mutant("fires", FIRES + "X @ w + b\n", {"test-fires"}),
    "bias added for each input": Mutant("fires", FIRES + "((X * w + b).sum(axis=1) >= 0) * 1\n", {"test-fires"}),
    "one answer for all samples": Mutant("fires", FIRES + "int((X * w).sum() + b >= 0)\n", {"test-fires"}),
    "fires one too early": Mutant("at_least", AT_LEAST + "np.ones(n), 1.5 - k\n", {"test-at_least"}),
    "fires one too late": Mutant("at_least", AT_LEAST + "np.ones(n), -k - 0.5\n", {"test-at_least"}),
    "sign of the bias": Mutant("at_least", AT_LEAST + "np.ones(n), k - 0.5\n", {"test-at_least"}),
    "right for three inputs only": Mutant("at_least", AT_LEAST + "np.ones(3), 0.5 - k\n", {"test-at_least"}),
    "weights that shrink, bias that does not": Mutant("at_least", AT_LEAST + "np.ones(n) / n, 0.5 - k\n", {"test-at_least"}),
    "neurons as rows": Mutant("make_layer", LAYER + "W, b\n", {"test-make_layer"}),
    "reshape in place of transpose": Mutant("make_layer", LAYER + "W.reshape(-1, len(neurons)), b\n", {"test-make_layer"}),
    "biases as a column": Mutant("make_layer", LAYER + "W.T, b[:, None]\n", {"test-make_layer"}),
    "all biases in one": Mutant("make_layer", LAYER + "W.T, b.sum()\n", {"test-make_layer"}),
    "layer without bias": Mutant("sums", SUMS + "X @ W\n", {"test-sums"}),
    "bias along the samples": Mutant("sums", SUMS + "X @ W + b[:, None]\n", {"test-sums"}),
    "factors swapped": Mutant("sums", SUMS + "W @ X + b\n", {"test-sums"}),
    "entry by entry": Mutant("sums", SUMS + "X * W + b\n", {"test-sums"}),
    "W transposed": Mutant("sums", SUMS + "X @ W.T + b\n", {"test-sums"}),
    "rule with the wrong sign": Mutant(
        "perceptron", PERCEPTRON.format(step="w, b = w - (wanted - answer) * x, b - (wanted - answer)"), {"test-perceptron"}
    ),
    "bias never changes": Mutant("perceptron", PERCEPTRON.format(step="w = w + (wanted - answer) * x"), {"test-perceptron"}),
    "learns from right answers too": Mutant("perceptron", PERCEPTRON.format(step="w, b = w + wanted * x, b + wanted"), {"test-perceptron"}),
}

UNUSUAL = {
    "loops everywhere": {
        "strongest": """def strongest_input(x, w):
    best = 0
    for j in range(1, len(x)):
        if abs(x[j] * w[j]) > abs(x[best] * w[best]):
            best = j
    return best
""",
        "fires": "def fires(X, w, b):\n    return np.array([1.0 if sum(x * w) + b >= 0 else 0.0 for x in X])\n",
        "make_layer": """def make_layer(neurons):
    W, biases = np.zeros((len(neurons[0][0]), len(neurons))), np.zeros(len(neurons))
    for k, (w, b) in enumerate(neurons):
        W[:, k], biases[k] = w, b
    return W, biases
""",
        "sums": "def layer_sums(X, W, b):\n    return np.array([sum(x[:, None] * W) + b for x in X])\n",
    },
    "other tools": {
        "strongest": "def strongest_input(x, w):\n    return ((w * x) ** 2).argmax()\n",
        "fires": "def fires(X, w, b):\n    return np.heaviside(np.dot(X, w) + b, 1.0)\n",
        "at_least": "def at_least(k, n):\n    return np.full(n, 2), 1 - 2 * k\n",
        "make_layer": "def make_layer(neurons):\n    w, b = zip(*neurons)\n    return np.stack(w, axis=1), np.array(b)\n",
        "sums": "def layer_sums(X, W, b):\n    return np.einsum('ij,jk->ik', X, W) + b.reshape(1, -1)\n",
    },
    "answers as truth values, sums with a column of ones": {
        "fires": "def fires(X, w, b):\n    return X @ w >= -b\n",
        "at_least": "def at_least(k, n):\n    return np.ones(n) / n, -(k - 0.5) / n\n",
        "sums": "def layer_sums(X, W, b):\n    return np.column_stack([X, np.ones(len(X))]) @ np.vstack([W, b])\n",
        "perceptron": """def perceptron(X, y, rounds=1000):
    X, w = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    for _ in range(rounds * len(X)):
        wrong = np.flatnonzero((X @ w >= 0) != y)
        if not len(wrong):
            break
        w = w + (2 * y[wrong[0]] - 1) * X[wrong[0]]
    return w[:-1], w[-1]
""",
    },
}
