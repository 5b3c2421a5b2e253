"""Each fast loop of `nnfromscratch.fast` beside the plain version of the core. Both give the same numbers: `check` makes sure."""

import math
import time

import numpy as np

from nnfromscratch import load_digits
from nnfromscratch.fast import blocks

from .measure import summary

RNG = np.random.default_rng(0)


def plain_batch(X, chosen):
    return X[chosen]


def fast_batch(raw, chosen):
    X = raw.take(chosen, axis=0, mode="clip").astype(np.float32)
    X *= 1 / 255
    return X


def column_batch(X_columns, chosen):
    return X_columns[:, chosen]


def plain_linear(X, W, b):
    return X @ W + b


def fast_linear(X, W, b):
    Z = X @ W
    Z += b
    return Z


def plain_products(X, W, dZ):
    return X @ W, X.T @ dZ


def fast_products(X, W, dZ, steps):
    """Columns of X are in the order of use, its rows in that of reach."""
    Z, dW = np.empty((len(X), W.shape[1]), W.dtype), np.zeros_like(W)
    done = 0
    for start, stop, reach in steps:
        np.matmul(X[start:stop, :reach], W[:reach], out=Z[start:stop])
        np.matmul(X[start:, done:reach].T, dZ[start:], out=dW[done:reach])
        done = reach
    return Z, dW


def by_use(X):
    """Return X with its columns in the order of their use, those that are hardly ever inked last."""
    return X[:, np.count_nonzero(X, axis=0).argsort(kind="stable")[::-1]]


def by_reach(X):
    """Return the rows of X in the order of their reach (how many leading columns hold all their ink), and their blocks."""
    reach = X.shape[1] - (X[:, ::-1] != 0).argmax(axis=1)
    order = reach.argsort(kind="stable")
    return X[order], blocks(reach[order], n_out=128)


def plain_relu_backward(Z, dA):
    return np.where(Z > 0, dA, 0)


def fast_relu_backward(Z, dA):
    return dA * (Z > 0)


def plain_cross_entropy(Z, Y):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    Y_hat = e / e.sum(axis=1, keepdims=True)
    return -(Y * np.log(Y_hat)).sum() / len(Y), (Y_hat - Y) / len(Y)


def fast_cross_entropy(Z, Y):
    Z, Y = np.asfortranarray(Z), np.asfortranarray(Y)
    shifted = Z - Z.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    total = exps.sum(axis=1, keepdims=True)
    loss = (np.log(total).sum() - (Y * shifted).sum()) / len(Y)
    return loss, (exps / total - Y) / len(Y)


def plain_descent(w, g, lr):
    w -= lr * g


def fast_descent(w, g, lr):
    for start in range(0, len(w), 2**15):
        piece = slice(start, start + 2**15)
        w[piece] -= lr * g[piece]


def plain_adam(w, g, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m[:] = beta1 * m + (1 - beta1) * g
    s[:] = beta2 * s + (1 - beta2) * g**2
    m_hat, s_hat = m / (1 - beta1**t), s / (1 - beta2**t)
    w -= lr * m_hat / (np.sqrt(s_hat) + epsilon)


def fast_adam(w, g, m, s, t, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    root = math.sqrt(1 - beta2**t)
    rate, epsilon = lr * root / (1 - beta1**t), epsilon * root
    for start in range(0, len(w), 2**15):
        w_, g_, m_, s_ = (a[start : start + 2**15] for a in (w, g, m, s))
        step = g_ * (1 - beta1)
        m_ *= beta1
        m_ += step
        np.multiply(g_, g_, out=step)
        step *= 1 - beta2
        s_ *= beta2
        s_ += step
        np.sqrt(s_, out=step)
        step += epsilon
        np.divide(m_, step, out=step)
        step *= rate
        w_ -= step


def numbers(*shape):
    return RNG.standard_normal(shape, dtype=np.float32)


def pairs(n_samples=60000, batch=128):
    """Return, for each loop, its plain and its fast version as functions without arguments, on the shapes of 784-128-10."""
    raw = RNG.integers(0, 256, (n_samples, 784), dtype=np.uint8)
    X, order = raw / np.float32(255), RNG.permutation(n_samples)
    X_columns, starts = np.ascontiguousarray(X.T), iter(range(10**9))

    def chosen():  # another batch each time, as in training: what is in the cache already is too fast to be true
        start = next(starts) * batch % (n_samples - batch + 1)
        return order[start : start + batch]

    X_batch, W, b = X[order[:batch]], numbers(784, 128), numbers(128)
    Z, dA, dZ = numbers(batch, 128), numbers(batch, 128), numbers(batch, 10)
    W64, X64, Y = W.astype(np.float64), X_batch.astype(np.float64), np.eye(10, dtype=np.float32)[RNG.integers(0, 10, batch)]
    w, g, m, s = numbers(4, 101770)
    s = abs(s)
    digits = load_digits().X_train
    digits, steps = by_reach(by_use(digits)[RNG.permutation(len(digits))[:batch]])
    return {
        "gather a batch": (lambda: plain_batch(X, chosen()), lambda: fast_batch(raw, chosen())),
        "gather it from columns": (lambda: column_batch(X_columns, chosen()), lambda: fast_batch(raw, chosen())),
        "multiply in float64": (lambda: X64 @ W64, lambda: X_batch @ W),
        "Linear forward": (lambda: plain_linear(X_batch, W, b), lambda: fast_linear(X_batch, W, b)),
        "input gradient of the first layer": (lambda: (X_batch.T @ dA, dA @ W.T), lambda: X_batch.T @ dA),
        "leave out blank pixels": (lambda: plain_products(digits, W, dA), lambda: fast_products(digits, W, dA, steps)),
        "ReLU backward": (lambda: plain_relu_backward(Z, dA), lambda: fast_relu_backward(Z, dA)),
        "softmax and cross-entropy": (lambda: plain_cross_entropy(dZ, Y), lambda: fast_cross_entropy(dZ, Y)),
        "SGD step": (lambda: plain_descent(w, g, 1e-6), lambda: fast_descent(w, g, 1e-6)),
        "Adam step": (lambda: plain_adam(w, g, m, s, 9), lambda: fast_adam(w, g, m, s, 9)),
    }


def check():
    """Raise an AssertionError unless plain and fast versions agree."""
    raw, chosen = RNG.integers(0, 256, (50, 784), dtype=np.uint8), RNG.permutation(50)[:8]
    X, W, b, Z, dA = raw / np.float32(255), numbers(784, 5), numbers(5), numbers(8, 5), numbers(8, 5)
    Y = np.eye(5, dtype=np.float32)[RNG.integers(0, 5, 8)]
    close(plain_batch(X, chosen), fast_batch(raw, chosen))
    close(plain_batch(X, chosen), column_batch(X.T, chosen).T)
    close(plain_linear(X[:8], W, b), fast_linear(X[:8], W, b))
    close(plain_relu_backward(Z, dA), fast_relu_backward(Z, dA))
    blank, steps = by_reach(np.where(np.arange(784) < RNG.integers(1, 784, (50, 1)), X, 0))
    dZ = numbers(50, 5)
    for plain, fast in zip(plain_products(blank, W, dZ), fast_products(blank, W, dZ, steps)):
        close(plain, fast)
    for plain, fast in zip(plain_cross_entropy(Z, Y), fast_cross_entropy(Z, Y)):
        close(plain, fast)
    w, g, m, s = numbers(4, 40)
    s = abs(s)
    plain, fast = w.copy(), w.copy()
    plain_descent(plain, g, 0.1)
    fast_descent(fast, g, 0.1)
    close(plain, fast)
    plain, fast = w.copy(), w.copy()
    plain_adam(plain, g, m.copy(), s.copy(), 3)
    fast_adam(fast, g, m.copy(), s.copy(), 3)
    close(plain, fast)


def close(a, b):
    np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-6)


def microseconds(work, repeats):
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) / repeats * 1e6


def measure(rounds=5, repeats=200, n_samples=60000):
    """Return the CPU microseconds of each plain and fast loop, measured in turn, and how many times longer the plain one takes."""
    check()
    rows = {}
    for name, (plain, fast) in pairs(n_samples).items():
        times = [(microseconds(plain, repeats), microseconds(fast, repeats)) for _ in range(rounds + 1)][1:]
        rows[name] = {"plain": summary(p for p, _ in times), "fast": summary(f for _, f in times), "gain": summary(p / f for p, f in times)}
        print(f"loop  {name:36}{rows[name]['plain']['median']:9.1f} us {rows[name]['fast']['median']:9.1f} us", flush=True)
    return rows
