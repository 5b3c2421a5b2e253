"""Classic wrong solutions of the assignment 02-activations, and right but unusual ones."""

from coursework.mutants import Mutant

LOG_COSH = "def log_cosh(z):\n    return "
D_LOG_COSH = "def d_log_cosh(z):\n    return "
HARD = "def hard_tanh(z):\n    return {}\n\n\ndef d_hard_tanh(z):\n    return {}\n"
VALUES, SLOPE = "np.clip(z, -1, 1)", "np.where(np.abs(z) < 1, 1.0, 0.0)"
SLOPES = """def slopes_from_outputs(A, activation):
    if activation == "sigmoid":
        return {}
    if activation == "tanh":
        return {}
    return {}
"""
S, T, R = "A * (1 - A)", "1 - A**2", "(A > 0) * 1.0"
SATURATED = "def saturated_fraction(Z, limit=0.01):\n    s = sigmoid(Z)\n    return "
CHAIN = """def chain_slope(f, d_f, x, w, depth):
    slope, start = 1.0, x
    for _ in range(depth):
        {step}
    return slope
"""

MUTANTS = {
    "overflows": Mutant("log_cosh", LOG_COSH + "np.log(np.cosh(z))\n", {"test-log_cosh-any-size"}),
    "cut off before it overflows": Mutant("log_cosh", LOG_COSH + "np.log(np.cosh(np.clip(z, -500, 500)))\n", {"test-log_cosh-any-size"}),
    "overflows on the left": Mutant("log_cosh", LOG_COSH + "z + np.log1p(np.exp(-2 * z)) - np.log(2)\n", {"test-log_cosh-any-size"}),
    "both sides computed, one of them overflows": Mutant(
        "log_cosh", LOG_COSH + "np.where(np.abs(z) > 500, np.abs(z) - np.log(2), np.log(np.cosh(z)))\n", {"test-log_cosh-any-size"}
    ),
    "a plain absolute value": Mutant("log_cosh", LOG_COSH + "np.abs(z)\n", {"test-log_cosh-values", "test-log_cosh-any-size"}),
    "half forgotten": Mutant(
        "log_cosh", LOG_COSH + "np.abs(z) + np.log1p(np.exp(-2 * np.abs(z)))\n", {"test-log_cosh-values", "test-log_cosh-any-size"}
    ),
    "factor in the exponent forgotten": Mutant(
        "log_cosh", LOG_COSH + "np.abs(z) + np.log1p(np.exp(-np.abs(z))) - np.log(2)\n", {"test-log_cosh-values", "test-log_cosh-any-size"}
    ),
    "changes its input": Mutant(
        "log_cosh",
        """def log_cosh(z):
    np.abs(z, out=z)
    return z + np.log1p(np.exp(-2 * z)) - np.log(2)
""",
        {"test-log_cosh-values"},
    ),
    "slope of tanh": Mutant("d_log_cosh", D_LOG_COSH + "1 - np.tanh(z) ** 2\n", {"test-d_log_cosh"}),
    "inner slope forgotten": Mutant("d_log_cosh", D_LOG_COSH + "1 / np.cosh(z)\n", {"test-d_log_cosh"}),
    "a slope that overflows": Mutant("d_log_cosh", D_LOG_COSH + "np.sinh(z) / np.cosh(z)\n", {"test-d_log_cosh"}),
    "slope of the absolute value": Mutant("d_log_cosh", D_LOG_COSH + "np.sign(z)\n", {"test-d_log_cosh"}),
    "one side left open": Mutant("hard_tanh", HARD.format("np.minimum(z, 1)", SLOPE), {"test-hard_tanh-values"}),
    "zero outside": Mutant("hard_tanh", HARD.format("np.where(np.abs(z) < 1, z, 0.0)", SLOPE), {"test-hard_tanh-values"}),
    "minimum and maximum swapped": Mutant("hard_tanh", HARD.format("np.maximum(np.minimum(z, -1), 1)", SLOPE), {"test-hard_tanh-values"}),
    "cut off in place": Mutant("hard_tanh", HARD.format("np.clip(z, -1, 1, out=z)", SLOPE), {"test-hard_tanh-values"}),
    "mask on the output": Mutant("hard_tanh", HARD.format(VALUES, "(np.abs(hard_tanh(z)) <= 1) * 1.0"), {"test-hard_tanh-slope"}),
    "slope 1 at the corners": Mutant("hard_tanh", HARD.format(VALUES, "(np.abs(z) <= 1) * 1.0"), {"test-hard_tanh-slope"}),
    "one corner only": Mutant("hard_tanh", HARD.format(VALUES, "(z < 1) * 1.0"), {"test-hard_tanh-slope"}),
    "slope of the smooth tanh": Mutant("hard_tanh", HARD.format(VALUES, "1 - np.tanh(z) ** 2"), {"test-hard_tanh-slope"}),
    "sigmoid twice": Mutant("slopes", SLOPES.format("sigmoid(A) * (1 - sigmoid(A))", T, R), {"test-slopes-smooth"}),
    "tanh twice": Mutant("slopes", SLOPES.format(S, "1 - np.tanh(A) ** 2", R), {"test-slopes-smooth"}),
    "square forgotten": Mutant("slopes", SLOPES.format(S, "1 - A", R), {"test-slopes-smooth"}),
    "output at least 0": Mutant("slopes", SLOPES.format(S, T, "(A >= 0) * 1.0"), {"test-slopes-relu"}),
    "mask turned": Mutant("slopes", SLOPES.format(S, T, "(A <= 0) * 1.0"), {"test-slopes-relu"}),
    "the output as its own slope": Mutant("slopes", SLOPES.format(S, T, "A"), {"test-slopes-relu"}),
    "mean over neurons": Mutant("saturated", SATURATED + "(s * (1 - s) < limit).mean(axis=1)\n", {"test-saturated"}),
    "mean over everything": Mutant("saturated", SATURATED + "(s * (1 - s) < limit).mean()\n", {"test-saturated"}),
    "counts": Mutant("saturated", SATURATED + "(s * (1 - s) < limit).sum(axis=0)\n", {"test-saturated"}),
    "limit on the output": Mutant("saturated", SATURATED + "(s < limit).mean(axis=0)\n", {"test-saturated"}),
    "slope of the input": Mutant("saturated", SATURATED + "(Z * (1 - Z) < limit).mean(axis=0)\n", {"test-saturated"}),
    "limit of its own": Mutant("saturated", SATURATED + "(s * (1 - s) < 0.01).mean(axis=0)\n", {"test-saturated"}),
    "chain without weights": Mutant("chain", CHAIN.format(step="slope, x = slope * d_f(w * x), f(w * x)"), {"test-chain"}),
    "all slopes at the start": Mutant("chain", CHAIN.format(step="slope = slope * w * d_f(w * start)"), {"test-chain"}),
    "slope at the output": Mutant("chain", CHAIN.format(step="x = f(w * x); slope = slope * w * d_f(x)"), {"test-chain"}),
}

UNUSUAL = {
    "numpy's own": {
        "log_cosh": LOG_COSH + "np.logaddexp(z, -z) - np.log(2)\n",
        "d_log_cosh": D_LOG_COSH + "2 * sigmoid(2 * z) - 1\n",
        "hard_tanh": HARD.format(
            "np.median([np.full_like(z, -1), z, np.ones_like(z)], axis=0)", "(np.sign(z + 1) - np.sign(z - 1) == 2) * 1.0"
        ),
        "slopes": SLOPES.format("A - A * A", "(1 - A) * (1 + A)", "np.sign(A)"),
        "saturated": "def saturated_fraction(Z, limit=0.01):\n    return np.sum(sigmoid(Z) * sigmoid(-Z) < limit, axis=0) / len(Z)\n",
        "chain": """def chain_slope(f, d_f, x, w, depth):
    return 1.0 if depth == 0 else w * d_f(w * x) * chain_slope(f, d_f, f(w * x), w, depth - 1)
""",
    },
    "case by case": {
        "log_cosh": """def log_cosh(z):
    result = np.empty_like(z)
    right = z > 0
    result[right] = z[right] + np.log(0.5 + np.exp(-2 * z[right]) / 2)
    result[~right] = -z[~right] + np.log(0.5 + np.exp(2 * z[~right]) / 2)
    return result
""",
        "d_log_cosh": D_LOG_COSH + "np.sign(z) * (1 - np.exp(-2 * np.abs(z))) / (1 + np.exp(-2 * np.abs(z)))\n",
        "hard_tanh": HARD.format("np.where(z > 1, 1, np.where(z < -1, -1, z))", "np.logical_and(z > -1, z < 1)"),
        "slopes": """def slopes_from_outputs(A, activation):
    return {"sigmoid": A * (1 - A), "tanh": 1 - np.square(A), "relu": (A != 0).astype(int)}[activation]
""",
        "saturated": """def saturated_fraction(Z, limit=0.01):
    def slope(z):
        return sigmoid(z) * (1 - sigmoid(z))
    return np.array([np.mean([slope(z) < limit for z in column]) for column in Z.T])
""",
    },
}
