"""Wrong and unusual solutions for assignment 13."""

from . import Mutant

LOCAL = """
def local_derivatives(operation, a, b):
    return {{"+": [1.0, 1.0], "-": [1.0, {minus}], "*": [{product}], "/": [1 / b, {quotient}]}}[operation]
"""
RIGHT = {"minus": "-1.0", "product": "b, a", "quotient": "-a / b**2"}
BACKWARD = """
def backward(tape):
    gradients = np.zeros(len(tape))
    gradients[-1] = {start}
    for position in {order}:
        for source, local in tape[position]:
            gradients[source] {assign} local{times}
    return gradients
"""
TAPE = {"start": "1.0", "order": "reversed(range(len(tape)))", "assign": "+=", "times": " * gradients[position]"}
SUM_TO = "def sum_to(d, shape):\n    d = d.{}(axis=tuple(range(d.ndim - len(shape))))\n    return {}\n"
ONES = "tuple(i for i, n in enumerate(shape) if n == 1)"
ONLY_ROWS = """
def sum_to(d, shape):
    if d.shape == shape:
        return d
    return d.sum().reshape(1) if shape == (1,) else d.sum(axis=0)
"""
SIMPLE, DIVISION, CHAIN, USES = (
    "test-local-derivatives-simple",
    "test-local-derivatives-division",
    "test-tape-backward-chain",
    "test-tape-backward-uses",
)
ROW, ANY = "test-sum-to-row", "test-sum-to-any"


def local(**changes):
    return LOCAL.format(**RIGHT | changes)


def backward(**changes):
    return BACKWARD.format(**TAPE | changes)


MUTANTS = {
    "local: minus counts as plus": Mutant("local-derivatives", local(minus="1.0"), {SIMPLE}),
    "local: factors swapped": Mutant("local-derivatives", local(product="a, b"), {SIMPLE}),
    "local: the quotient's sign": Mutant("local-derivatives", local(quotient="a / b**2"), {DIVISION}),
    "local: b is not squared": Mutant("local-derivatives", local(quotient="-a / b"), {DIVISION}),
    "local: the factor a is missing": Mutant("local-derivatives", local(quotient="-1 / b**2"), {DIVISION}),
    "backward: overwritten": Mutant("tape-backward", backward(assign="="), {USES}),
    "backward: played forward": Mutant("tape-backward", backward(order="range(len(tape))"), {CHAIN, USES}),
    "backward: what arrived is missing": Mutant("tape-backward", backward(times=""), {CHAIN, USES}),
    "backward: starts with 0": Mutant("tape-backward", backward(start="0.0"), {CHAIN, USES}),
    "backward: the loss does not depend on itself": Mutant(
        "tape-backward", backward().replace("    return", "    gradients[-1] = 0.0\n    return"), {CHAIN, USES}
    ),
    "sum_to: the mean": Mutant("sum-to", SUM_TO.format("mean", f"d.mean(axis={ONES}, keepdims=True)"), {ROW, ANY}),
    "sum_to: axes of length 1 are lost": Mutant("sum-to", SUM_TO.format("sum", f"d.sum(axis={ONES})"), {ROW, ANY}),
    "sum_to: only missing axes": Mutant("sum-to", SUM_TO.format("sum", "d"), {ROW, ANY}),
    "sum_to: only rows": Mutant("sum-to", ONLY_ROWS, {ANY}),
    "sum_to: nothing is summed": Mutant("sum-to", "def sum_to(d, shape):\n    return d\n", {ROW, ANY}),
    "softplus: what arrives is missing": Mutant(
        "softplus", "def softplus_local(d, x):\n    return 1 / (1 + np.exp(-x))\n", {"test-softplus"}
    ),
    "softplus: the value": Mutant("softplus", "def softplus_local(d, x):\n    return np.log(1 + np.exp(x))\n", {"test-softplus"}),
    "softplus: the inner derivative is missing": Mutant(
        "softplus", "def softplus_local(d, x):\n    return d / (1 + np.exp(x))\n", {"test-softplus"}
    ),
}

UNUSUAL = {
    "with if, matrices, and loops": {
        "local-derivatives": """
def local_derivatives(operation, a, b):
    if operation in "+-":
        return [1.0, 1.0 if operation == "+" else -1.0]
    return [b, a] if operation == "*" else [b**-1, -a * b**-2]
""",
        "tape-backward": """
def backward(tape):
    n = len(tape)
    paths = np.zeros((n, n))
    for k, entry in enumerate(tape):
        for source, local in entry:
            paths[k, source] += local
    return np.linalg.solve((np.eye(n) - paths).T, np.eye(n)[-1])
""",
        "sum-to": """
def sum_to(d, shape):
    while d.ndim > len(shape):
        d = d.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            d = d.sum(axis=axis, keepdims=True)
    return d
""",
        "softplus": """
def softplus_local(d, x):
    e = np.exp(x)
    return d * e / (1 + e)
""",
    },
    "with recursion and einsum": {
        "local-derivatives": """
def local_derivatives(operation, a, b):
    rules = {"+": lambda: (1, 1), "-": lambda: (1, -1), "*": lambda: (b, a), "/": lambda: (1 / b, -(a / b) / b)}
    return [float(number) for number in rules[operation]()]
""",
        "tape-backward": """
def backward(tape):
    def gradient(position):
        if position == len(tape) - 1:
            return 1.0
        users = [(k, local) for k, entry in enumerate(tape) for source, local in entry if source == position]
        return sum(local * gradient(k) for k, local in users)

    return np.array([float(gradient(position)) for position in range(len(tape))])
""",
        "sum-to": """
def sum_to(d, shape):
    full = (1,) * (d.ndim - len(shape)) + tuple(shape)
    letters = "abcdef"[: d.ndim]
    kept = "".join(letter for letter, n in zip(letters, full) if n > 1)
    return np.einsum(f"{letters}->{kept}", d).reshape(shape)
""",
        "softplus": """
def softplus_local(d, x):
    return 0.5 * (1 + np.tanh(x / 2)) * d
""",
    },
}
