"""Classic wrong solutions of the assignment 03-forward-propagation, and right but unusual ones."""

from coursework.mutants import Mutant

SHAPES = """def array_shapes(n_samples, sizes):
    shapes = {{}}
    for l in range(1, len(sizes)):
        n_in, n_out = sizes[l - 1], sizes[l]
        shapes[f"W{{l}}"], shapes[f"b{{l}}"], shapes[f"Z{{l}}"] = {}
    return shapes
"""
FORWARD = """def forward(X, layers):
    outputs, A = [X], X
    for W, b, f in layers:
        {}
    return outputs
"""
INTERVAL = "def interval_network(low, high):\n    return "
MERGE = """def side_by_side(first, second):
    (U1, a1, U2, a2), (V1, c1, V2, c2) = first, second
    {}
"""
BLOCKS = "np.block([[U2, np.zeros((len(U2), V2.shape[1]))], [np.zeros((len(V2), U2.shape[1])), V2]])"
JOINED = "np.hstack([U1, V1]), np.hstack([a1, c1])"
STAIRCASE = "def staircase(edges, heights):\n    return "

MUTANTS = {
    "neurons as rows": Mutant("shapes", SHAPES.format("(n_out, n_in), (n_out,), (n_samples, n_out)"), {"test-shapes-parameters"}),
    "biases as a row": Mutant("shapes", SHAPES.format("(n_in, n_out), (1, n_out), (n_samples, n_out)"), {"test-shapes-parameters"}),
    "a bias for each input": Mutant("shapes", SHAPES.format("(n_in, n_out), (n_in,), (n_samples, n_out)"), {"test-shapes-parameters"}),
    "samples in the weights": Mutant(
        "shapes", SHAPES.format("(n_samples, n_out), (n_out,), (n_samples, n_out)"), {"test-shapes-parameters"}
    ),
    "sums with samples as columns": Mutant("shapes", SHAPES.format("(n_in, n_out), (n_out,), (n_out, n_samples)"), {"test-shapes-sums"}),
    "sums in the shape of the input": Mutant("shapes", SHAPES.format("(n_in, n_out), (n_out,), (n_samples, n_in)"), {"test-shapes-sums"}),
    "first layer forgotten": Mutant(
        "shapes",
        SHAPES.format("(n_in, n_out), (n_out,), (n_samples, n_out)").replace("range(1", "range(2"),
        {"test-shapes-parameters", "test-shapes-sums"},
    ),
    "sums passed on": Mutant(
        "forward", FORWARD.format("A = A @ W + b; outputs.append(f(A))"), {"test-forward-output", "test-forward-kept"}
    ),
    "no activation": Mutant("forward", FORWARD.format("A = A @ W + b; outputs.append(A)"), {"test-forward-output", "test-forward-kept"}),
    "first activation everywhere": Mutant(
        "forward", FORWARD.format("A = layers[0][2](A @ W + b); outputs.append(A)"), {"test-forward-output", "test-forward-kept"}
    ),
    "biases forgotten": Mutant("forward", FORWARD.format("A = f(A @ W); outputs.append(A)"), {"test-forward-output", "test-forward-kept"}),
    "every layer sees the input": Mutant(
        "forward", FORWARD.format("A = f(X @ W + b); outputs.append(A)"), {"test-forward-output", "test-forward-kept"}
    ),
    "last layer without activation": Mutant(
        "forward",
        """def forward(X, layers):
    outputs = [X]
    for W, b, f in layers[:-1]:
        outputs.append(f(outputs[-1] @ W + b))
    W, b, f = layers[-1]
    return outputs + [outputs[-1] @ W + b]
""",
        {"test-forward-output", "test-forward-kept"},
    ),
    "sums kept": Mutant(
        "forward",
        """def forward(X, layers):
    kept, A = [X], X
    for W, b, f in layers:
        kept.append(A @ W + b)
        A = f(kept[-1])
    return kept[:-1] + [A]
""",
        {"test-forward-kept"},
    ),
    "input not kept": Mutant(
        "forward", FORWARD.format("A = f(A @ W + b); outputs.append(A)").replace("[X], X", "[], X"), {"test-forward-kept"}
    ),
    "only the last output": Mutant("forward", FORWARD.format("A = f(A @ W + b); outputs = [A]"), {"test-forward-kept"}),
    "or in place of and": Mutant(
        "interval", INTERVAL + "np.array([[1, -1]]), np.array([-low, high]), np.ones((2, 1)), np.array([-0.5])\n", {"test-interval"}
    ),
    "signs of the limits": Mutant(
        "interval", INTERVAL + "np.array([[1, -1]]), np.array([low, -high]), np.ones((2, 1)), np.array([-1.5])\n", {"test-interval"}
    ),
    "both neurons look the same way": Mutant(
        "interval", INTERVAL + "np.array([[1, 1]]), np.array([-low, -high]), np.ones((2, 1)), np.array([-1.5])\n", {"test-interval"}
    ),
    "outside": Mutant(
        "interval", INTERVAL + "np.array([[1, -1]]), np.array([-low, high]), -np.ones((2, 1)), np.array([1.5])\n", {"test-interval"}
    ),
    "a little inside the limits": Mutant(
        "interval",
        INTERVAL + "np.array([[1, -1]]), np.array([-low - 0.01, high - 0.01]), np.ones((2, 1)), np.array([-1.5])\n",
        {"test-interval"},
    ),
    "the refrigerator's limits only": Mutant(
        "interval", INTERVAL + "np.array([[1, -1]]), np.array([-2, 8]), np.ones((2, 1)), np.array([-1.5])\n", {"test-interval"}
    ),
    "everything sees everything": Mutant(
        "merge", MERGE.format(f"W2 = {BLOCKS}\n    W2[W2 == 0] = 1\n    return {JOINED}, W2, np.hstack([a2, c2])"), {"test-merge"}
    ),
    "second network first": Mutant(
        "merge",
        MERGE.format(f"W2 = {BLOCKS}\n    return np.hstack([V1, U1]), np.hstack([c1, a1]), W2, np.hstack([a2, c2])"),
        {"test-merge"},
    ),
    "output biases forgotten": Mutant(
        "merge", MERGE.format(f"W2 = {BLOCKS}\n    return {JOINED}, W2, np.zeros(W2.shape[1])"), {"test-merge"}
    ),
    "hidden biases forgotten": Mutant(
        "merge", MERGE.format(f"W2 = {BLOCKS}\n    return np.hstack([U1, V1]), np.zeros(len(W2)), W2, np.hstack([a2, c2])"), {"test-merge"}
    ),
    "output layers stacked": Mutant("merge", MERGE.format(f"return {JOINED}, np.vstack([U2, V2]), a2 + c2"), {"test-merge"}),
    "outputs swapped": Mutant(
        "merge",
        MERGE.format(
            "W2 = np.block([[np.zeros((len(U2), V2.shape[1])), U2], [V2, np.zeros((len(V2), U2.shape[1]))]])\n"
            f"    return {JOINED}, W2, np.hstack([c2, a2])"
        ),
        {"test-merge"},
    ),
    "heights as weights": Mutant(
        "staircase", STAIRCASE + "np.ones((1, len(edges))), -edges, heights[1:, None], heights[:1]\n", {"test-staircase"}
    ),
    "ground floor forgotten": Mutant(
        "staircase", STAIRCASE + "np.ones((1, len(edges))), -edges, np.diff(heights)[:, None], np.zeros(1)\n", {"test-staircase"}
    ),
    "edges with the wrong sign": Mutant(
        "staircase", STAIRCASE + "np.ones((1, len(edges))), edges, np.diff(heights)[:, None], heights[:1]\n", {"test-staircase"}
    ),
}

UNUSUAL = {
    "other weights": {
        "shapes": """def array_shapes(n_samples, sizes):
    W = {f"W{l}": tuple(sizes[l - 1:l + 1]) for l in range(1, len(sizes))}
    b = {f"b{l}": [n] for l, n in enumerate(sizes) if l}
    return W | b | {f"Z{l}": [n_samples, n] for l, n in enumerate(sizes) if l}
""",
        "forward": """def forward(X, layers):
    if not layers:
        return [X]
    *before, (W, b, f) = layers
    outputs = forward(X, before)
    return outputs + [f(np.dot(outputs[-1], W) + b)]
""",
        "interval": INTERVAL + "np.array([[-4, 4]]), np.array([4 * high, -4 * low]), np.array([[0.5], [0.5]]), np.array([-1])\n",
        "merge": MERGE.format("""W2 = np.zeros((len(V2) + len(U2), U2.shape[1] + V2.shape[1]))
    W2[:len(V2), U2.shape[1]:], W2[len(V2):, :U2.shape[1]] = V2, U2
    return np.hstack([V1, U1]), np.hstack([c1, a1]), W2, np.hstack([a2, c2])"""),
        "staircase": STAIRCASE + "-2 * np.ones((1, len(edges))), 2 * edges - 1e-9, -np.diff(heights)[:, None], heights[-1:]\n",
    },
    "more neurons than needed, and tuples": {
        "forward": """def forward(X, layers):
    A, outputs = X.copy(), (X.copy(),)
    for W, b, f in layers:
        A = f(np.column_stack([A, np.ones(len(A))]) @ np.vstack([W, b]))
        outputs += (A,)
    return outputs
""",
        "interval": INTERVAL + "np.array([[1, -1, 1]]), np.array([-low, high, -low]), np.array([[1], [2], [1]]), np.array([-4])\n",
        "merge": MERGE.format(f"return {JOINED}, {BLOCKS}, np.hstack([a2, c2])"),
    },
}
