"""Wrong and unusual solutions for assignment 6."""

from . import Mutant

SOFTMAX = "def softmax(Z, T=1.0):\n    "
LOSS = """
def cross_entropy(Z, y):
    n = len(y)
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    A = e / e.sum(axis=1, keepdims=True)
    """
LOG_SOFTMAX = """
def cross_entropy(Z, y):
    n = len(y)
    shifted = Z - Z.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    """
GRADIENT = LOSS.replace("cross_entropy", "cross_entropy_gradient")
BACKWARD = "def softmax_backward(dA, A):\n    "
ROWS, VALUE, STABLE = "test-softmax-rows", "test-cross-entropy-value", "test-cross-entropy-stable"
BOTH, LOSSES = {ROWS, "test-softmax-stable"}, {VALUE, STABLE}
WEIGHTED = """
def weighted_gradient(Z, y, w):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    dZ = e / e.sum(axis=1, keepdims=True) - np.eye(Z.shape[1])[y]
    return """

MUTANTS = {
    "softmax: the whole matrix": Mutant("softmax", SOFTMAX + "e = np.exp(Z / T - (Z / T).max())\n    return e / e.sum()", BOTH),
    "softmax: over samples": Mutant("softmax", SOFTMAX + "e = np.exp(Z / T - (Z / T).max(axis=0))\n    return e / e.sum(axis=0)", BOTH),
    "softmax: no temperature": Mutant(
        "softmax", SOFTMAX + "e = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)", {ROWS}
    ),
    "softmax: the temperature multiplies": Mutant(
        "softmax",
        SOFTMAX + "Z = Z * T\n    e = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)",
        {ROWS},
    ),
    "softmax: the temperature divides probabilities": Mutant(
        "softmax", SOFTMAX + "e = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True) / T", BOTH
    ),
    "softmax: writes into the scores": Mutant(
        "softmax", SOFTMAX + "Z /= T\n    e = np.exp(Z - Z.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)", {ROWS}
    ),
    "softmax: overflow": Mutant(
        "softmax", SOFTMAX + "e = np.exp(Z / T)\n    return e / e.sum(axis=1, keepdims=True)", {"test-softmax-stable"}
    ),
    "softmax: shifted by the largest of all": Mutant(
        "softmax", SOFTMAX + "e = np.exp(Z / T - (Z / T).max())\n    return e / e.sum(axis=1, keepdims=True)", {"test-softmax-stable"}
    ),
    "loss: the sum of the samples": Mutant("cross-entropy", LOG_SOFTMAX + "return -logs[np.arange(n), y].sum()", LOSSES),
    "loss: divided by all entries": Mutant("cross-entropy", LOG_SOFTMAX + "return -(np.eye(Z.shape[1])[y] * logs).mean()", LOSSES),
    "loss: whole columns": Mutant("cross-entropy", LOG_SOFTMAX + "return -logs[:, y].mean()", LOSSES),
    "loss: the logarithm of the mean": Mutant("cross-entropy", LOSS + "return -np.log(A[np.arange(n), y].mean())", LOSSES),
    "loss: the logarithm of zero": Mutant("cross-entropy", LOSS + "return -np.log(A[np.arange(n), y]).mean()", {STABLE}),
    "loss: probabilities clipped": Mutant("cross-entropy", LOSS + "return -np.log(np.clip(A[np.arange(n), y], 1e-12, 1)).mean()", {STABLE}),
    "loss: a small number added": Mutant("cross-entropy", LOSS + "return -np.log(A[np.arange(n), y] + 1e-9).mean()", {STABLE}),
    "loss: log-sum-exp without the shift": Mutant(
        "cross-entropy", "def cross_entropy(Z, y):\n    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]).mean()", {STABLE}
    ),
    "gradient: no division by n": Mutant("gradient", GRADIENT + "A[np.arange(n), y] -= 1\n    return A", {"test-gradient"}),
    "gradient: divided by all entries": Mutant("gradient", GRADIENT + "A[np.arange(n), y] -= 1\n    return A / A.size", {"test-gradient"}),
    "gradient: whole columns": Mutant("gradient", GRADIENT + "A[:, y] -= 1\n    return A / n", {"test-gradient"}),
    "gradient: target minus prediction": Mutant("gradient", GRADIENT + "return (np.eye(Z.shape[1])[y] - A) / n", {"test-gradient"}),
    "gradient: the loss in its place": Mutant(
        "gradient", GRADIENT + "return np.full(Z.shape, -np.log(A[np.arange(n), y]).mean())", {"test-gradient"}
    ),
    "gradient: the slope once more": Mutant(
        "gradient", GRADIENT + "return (A - np.eye(Z.shape[1])[y]) * A * (1 - A) / n", {"test-gradient"}
    ),
    "gradient: with respect to the probabilities": Mutant(
        "gradient", GRADIENT + "return -np.eye(Z.shape[1])[y] / A / n", {"test-gradient"}
    ),
    "gradient: softmax of the whole matrix": Mutant(
        "gradient", GRADIENT.replace("axis=1, keepdims=True", "") + "return (A - np.eye(Z.shape[1])[y]) / n", {"test-gradient"}
    ),
    "gradient: subtracts from the scores": Mutant(
        "gradient", GRADIENT + "Z[:] = A\n    Z[np.arange(n), y] -= 1\n    return Z / n", {"test-gradient"}
    ),
    "backward: only the diagonal": Mutant("jacobian", BACKWARD + "return dA * A * (1 - A)", {"test-jacobian"}),
    "backward: summed over samples": Mutant("jacobian", BACKWARD + "return A * (dA - (dA * A).sum(axis=0))", {"test-jacobian"}),
    "backward: summed over everything": Mutant("jacobian", BACKWARD + "return A * (dA - (dA * A).sum())", {"test-jacobian"}),
    "backward: the sum not weighted": Mutant("jacobian", BACKWARD + "return A * (dA - dA.sum(axis=1, keepdims=True))", {"test-jacobian"}),
    "backward: passed on as it came": Mutant("jacobian", BACKWARD + "return dA", {"test-jacobian"}),
    "weighted: divided by n": Mutant("weighted", WEIGHTED + "w[y][:, None] * dZ / len(y)", {"test-weighted"}),
    "weighted: columns": Mutant("weighted", WEIGHTED + "w * dZ / w[y].sum()", {"test-weighted"}),
    "weighted: divided by all weights": Mutant("weighted", WEIGHTED + "w[y][:, None] * dZ / w.sum()", {"test-weighted"}),
}

UNUSUAL = {
    "row by row": {
        "softmax": """
def softmax(Z, T=1.0):
    rows = []
    for z in Z:
        e = np.exp((z - max(z)) / T)
        rows.append(e / sum(e))
    return np.array(rows)
""",
        "cross-entropy": """
def cross_entropy(Z, y):
    return sum(np.logaddexp.reduce(z) - z[c] for z, c in zip(Z, y)) / len(y)
""",
        "gradient": """
def cross_entropy_gradient(Z, y):
    return np.array([np.exp(z - np.logaddexp.reduce(z)) - (np.arange(len(z)) == c) for z, c in zip(Z, y)]) / len(y)
""",
        "jacobian": """
def softmax_backward(dA, A):
    return np.array([(np.diag(a) - np.outer(a, a)) @ da for a, da in zip(A, dA)])
""",
        "weighted": """
def weighted_gradient(Z, y, w):
    dZ = sum(w[c] * len(y) * np.outer(np.arange(len(y)) == i, cross_entropy_gradient(Z, y)[i]) for i, c in enumerate(y))
    return dZ / sum(w[y])
""",
    },
    "with one-hot rows and einsum": {
        "softmax": """
def softmax(Z, T=1.0):
    with np.errstate(over="ignore"):
        return 1 / np.exp((Z[:, None, :] - Z[:, :, None]) / T).sum(axis=2)
""",
        "cross-entropy": """
def cross_entropy(Z, y):
    Y = np.eye(Z.shape[1])[y]
    m = Z.max(axis=1)
    return np.mean(np.log(np.exp(Z - m[:, np.newaxis]).sum(1)) + m - (Z * Y).sum(1))
""",
        "gradient": """
def cross_entropy_gradient(Z, y):
    Y = np.zeros_like(Z)
    np.put_along_axis(Y, y[:, None], 1.0, axis=1)
    return np.divide(softmax(Z) - Y, len(Z))
""",
        "jacobian": """
def softmax_backward(dA, A):
    J = np.einsum("ni,ij->nij", A, np.eye(A.shape[1])) - np.einsum("ni,nj->nij", A, A)
    return np.einsum("nij,ni->nj", J, dA)
""",
    },
}
