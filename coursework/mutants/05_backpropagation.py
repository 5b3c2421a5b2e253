"""Wrong and unusual solutions for assignment 5."""

from . import Mutant

SILU = "def silu_backward(dA, Z):\n    s = sigmoid(Z)\n    "
MERGE = "def merge_backward(dZ, X, W, H, U):\n    n = len(X)\n    return "
MERGED = {"dW": "X.T @ dZ", "dU": "H.T @ dZ", "db": "dZ.sum(axis=0)", "dX": "dZ @ W.T", "dH": "dZ @ U.T"}
SLOPES = "def slopes(f, x, gradient, v, h=1e-5):\n    "


def merge(**changed):
    """Return the layer with two inputs, with some of its five gradients changed."""
    return MERGE + ", ".join((MERGED | changed).values())


def block(slope="1 - T ** 2", dV="T.T @ dA", dT="dA @ V.T", dW="X.T @ dZ", db="dZ.sum(axis=0)", dX="dA + dZ @ W.T"):
    """Return the block with a shortcut, with some of its lines changed."""
    return f"""
def block_backward(dA, X, W, b, V):
    Z = X @ W + b
    T = np.tanh(Z)
    dV, dT = {dV}, {dT}
    dZ = dT * ({slope})
    dW, db = {dW}, {db}
    return {dX}, dW, db, dV
"""


BLOCK = {"test-block-parameters", "test-block-input"}

MUTANTS = {
    "silu: only the first factor": Mutant("silu", SILU + "return dA * s", {"test-silu"}),
    "silu: only the path through the sigmoid": Mutant("silu", SILU + "return dA * Z * s * (1 - s)", {"test-silu"}),
    "silu: the paths multiplied": Mutant("silu", SILU + "return dA * s * Z * s * (1 - s)", {"test-silu"}),
    "silu: the slope of the sigmoid at z": Mutant("silu", SILU + "return dA * (s + Z * Z * (1 - Z))", {"test-silu"}),
    "silu: sigmoid twice": Mutant("silu", SILU + "t = sigmoid(s)\n    return dA * (s + Z * t * (1 - t))", {"test-silu"}),
    "silu: dA forgotten": Mutant("silu", SILU + "return s + Z * s * (1 - s)", {"test-silu"}),
    "silu: writes into dA": Mutant("silu", SILU + "dA *= s + Z * s * (1 - s)\n    return dA", {"test-silu"}),
    "merge: weights divided by n again": Mutant("merge", merge(dW="X.T @ dZ / n", dU="H.T @ dZ / n"), {"test-merge-weights"}),
    "merge: weights and inputs swapped": Mutant(
        "merge", merge(dW="dZ @ W.T", dU="dZ @ U.T", dX="X.T @ dZ", dH="H.T @ dZ"), {"test-merge-weights", "test-merge-inputs"}
    ),
    "merge: weights transposed": Mutant("merge", merge(dW="dZ.T @ X", dU="dZ.T @ H"), {"test-merge-weights"}),
    "merge: dU from the wrong input": Mutant("merge", merge(dU="X.T @ dZ"), {"test-merge-weights"}),
    "merge: bias summed over everything": Mutant("merge", merge(db="dZ.sum()"), {"test-merge-bias"}),
    "merge: one bias for all neurons": Mutant("merge", merge(db="np.full(dZ.shape[1], dZ.sum())"), {"test-merge-bias"}),
    "merge: bias summed over neurons": Mutant("merge", merge(db="dZ.sum(axis=1)"), {"test-merge-bias"}),
    "merge: bias keeps the axis of samples": Mutant("merge", merge(db="dZ.sum(axis=0, keepdims=True)"), {"test-merge-bias"}),
    "merge: bias averaged": Mutant("merge", merge(db="dZ.mean(axis=0)"), {"test-merge-bias"}),
    "merge: inputs divided by n": Mutant("merge", merge(dX="dZ @ W.T / n", dH="dZ @ U.T / n"), {"test-merge-inputs"}),
    "merge: inputs without transpose": Mutant(
        "merge", merge(dX="dZ @ W", dH="dZ @ U"), {"test-merge-weights", "test-merge-bias", "test-merge-inputs"}
    ),
    "merge: both inputs get the sum": Mutant(
        "merge", merge(dX="dZ @ np.vstack([W, U]).T", dH="dZ @ np.vstack([W, U]).T"), {"test-merge-inputs"}
    ),
    "block: no slope of tanh": Mutant("block", block(slope="1"), BLOCK),
    "block: slope of tanh at its output": Mutant("block", block(slope="1 - np.tanh(T) ** 2"), BLOCK),
    "block: slope written with z": Mutant("block", block(slope="1 - Z ** 2"), BLOCK),
    "block: bias summed over everything": Mutant("block", block(db="dZ.sum()"), {"test-block-parameters"}),
    "block: dV from the sum instead of the activation": Mutant("block", block(dV="Z.T @ dA"), {"test-block-parameters"}),
    "block: shortcut forgotten": Mutant("block", block(dX="dZ @ W.T"), {"test-block-input"}),
    "block: only the shortcut": Mutant("block", block(dX="dA"), {"test-block-input"}),
    "block: shortcut multiplied by X": Mutant("block", block(dX="dA * X + dZ @ W.T"), {"test-block-input"}),
    "block: adds into dA": Mutant(
        "block",
        block() + "\nright = block_backward\n\ndef block_backward(dA, X, W, b, V):\n    dX, dW, db, dV = right(dA, X, W, b, V)\n"
        "    dA += dX - dA\n    return dA, dW, db, dV\n",
        {"test-block-input"},
    ),
    "slope: a matrix product": Mutant(
        "slope", SLOPES + "return gradient @ v.T, (f(x + h * v) - f(x - h * v)) / (2 * h)", {"test-slope-predicted"}
    ),
    "slope: products not summed": Mutant(
        "slope", SLOPES + "return gradient * v, (f(x + h * v) - f(x - h * v)) / (2 * h)", {"test-slope-predicted"}
    ),
    "slope: mean instead of sum": Mutant(
        "slope", SLOPES + "return (gradient * v).mean(), (f(x + h * v) - f(x - h * v)) / (2 * h)", {"test-slope-predicted"}
    ),
    "slope: one-sided": Mutant("slope", SLOPES + "return (gradient * v).sum(), (f(x + h * v) - f(x)) / h", {"test-slope-measured"}),
    "slope: the 2 is lost": Mutant(
        "slope", SLOPES + "return (gradient * v).sum(), (f(x + h * v) - f(x - h * v)) / h", {"test-slope-measured"}
    ),
    "slope: along the gradient": Mutant(
        "slope", SLOPES + "g = gradient\n    return (g * v).sum(), (f(x + h * g) - f(x - h * g)) / (2 * h)", {"test-slope-measured"}
    ),
    "slope: all numbers moved by h": Mutant(
        "slope", SLOPES + "return (gradient * v).sum(), (f(x + h) - f(x - h)) / (2 * h)", {"test-slope-measured"}
    ),
    "slope: its own step": Mutant(
        "slope", SLOPES + "h = 1e-5\n    return (gradient * v).sum(), (f(x + h * v) - f(x - h * v)) / (2 * h)", {"test-slope-measured"}
    ),
    "slope: moves the caller's x": Mutant(
        "slope",
        SLOPES + "x += h * v\n    above = f(x)\n    x -= 2 * h * v\n    return (gradient * v).sum(), (above - f(x)) / (2 * h)",
        {"test-slope-measured"},
    ),
    "tied: only the first W": Mutant("tied", "def tied_backward(dZ, X, W):\n    return X.T @ dZ @ W", {"test-tied"}),
    "tied: only the second W": Mutant("tied", "def tied_backward(dZ, X, W):\n    return dZ.T @ X @ W", {"test-tied"}),
    "tied: one path counted twice": Mutant("tied", "def tied_backward(dZ, X, W):\n    return 2 * X.T @ dZ @ W", {"test-tied"}),
}

UNUSUAL = {
    "from the output of SiLU, and einsum": {
        "silu": "def silu_backward(dA, Z):\n    s = 1 / (1 + np.exp(-Z))\n    A = Z * s\n    return dA * (A + s * (1 - A))",
        "merge": """
def merge_backward(dZ, X, W, H, U):
    return [np.einsum("ni,nk->ik", X, dZ), np.einsum("ni,nk->ik", H, dZ), np.einsum("nk->k", dZ),
            np.einsum("nk,ik->ni", dZ, W), np.einsum("nk,ik->ni", dZ, U)]
""",
        "tied": "def tied_backward(dZ, X, W):\n    return (X.T @ dZ + dZ.T @ X) @ W",
    },
    "both inputs side by side, sample by sample": {
        "silu": """
def silu_backward(dA, Z):
    dZ = np.empty_like(Z)
    for i in np.ndindex(Z.shape):
        s = sigmoid(Z[i])
        dZ[i] = dA[i] * s * (1 + Z[i] * (1 - s))
    return dZ
""",
        "merge": """
def merge_backward(dZ, X, W, H, U):
    p, both = X.shape[1], np.hstack([X, H])
    dboth = dZ @ np.vstack([W, U]).T
    dWU = sum(np.outer(x, dz) for x, dz in zip(both, dZ))
    return dWU[:p], dWU[p:], np.ones(len(dZ)) @ dZ, dboth[:, :p], dboth[:, p:]
""",
        "block": """
def block_backward(dA, X, W, b, V):
    Z = np.dot(X, W) + b
    dZ = np.dot(dA, V.T) / np.cosh(Z) ** 2
    dX = dA.copy()
    dX += np.dot(dZ, W.T)
    return dX, np.dot(X.T, dZ), np.einsum("nk->k", dZ), np.dot(np.tanh(Z).T, dA)
""",
        "slope": """
def slopes(f, x, gradient, v, h=1e-5):
    along = lambda t: f(x + t * v)
    return float(np.dot(gradient.ravel(), v.ravel())), 0.5 * (along(h) - along(-h)) / h
""",
    },
}
