"""The keys of the numeric items, computed in a different way: plain loops for sums, small nudges for derivatives, nothing from the package.

Each function is called like a template and takes the numbers in its text.
"""

import itertools
import math


def s(z):
    return 1 / (1 + math.exp(-z))


def nudge(f, x, h=1e-6):
    """Return the slope of f at x."""
    return (f(x + h) - f(x - h)) / (2 * h)


def nudged(f, table, place, h=1e-6):
    """Return the slope of f with respect to one entry of a table, which is nested lists."""

    def moved(step):
        copy = [list(row) for row in table]
        copy[place[0]][place[1]] += step
        return copy

    return (f(moved(h)) - f(moved(-h))) / (2 * h)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def product(X, W, b=None):
    columns = list(zip(*W))
    return [[dot(row, column) + (b[j] if b is not None else 0.0) for j, column in enumerate(columns)] for row in X]


def exponentials(z):
    e = [math.exp(one) for one in z]
    return [one / sum(e) for one in e]


def surprise(Z, y):
    return sum(-math.log(exponentials(row)[k]) for row, k in zip(Z, y)) / len(Z)


def neuron_sum(x, w, b):
    return dot(x, w) + b


def neurons_that_fire(X, w, b):
    return sum(dot(row, w) + b >= 0 for row in X)


def layer_entry(X, W, b, i, j):
    return product(X, W, b)[i][j]


def boundary_crossing(w, b):
    low, high = -100.0, 100.0  # halve the interval in which the sum changes its sign
    rising = w[0] > 0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if (w[0] * middle + b < 0) == rising else (low, middle)
    return low


def sigmoid_value(z):
    return (1 + math.tanh(z / 2)) / 2


def sigmoid_slope(z):
    return nudge(s, z)


def sigmoid_slope_from_output(s):
    return nudge(sigmoid_value, math.log(s / (1 - s)))


def tanh_slope(z):
    return nudge(math.tanh, z)


def leaky_relu_sum(z, slope):
    return sum(one if one > 0 else slope * one for one in z)


def two_layers_forward(x, W1, b1, W2, b2):
    hidden = [max(0.0, z) for z in product([x], W1, b1)[0]]
    return product([hidden], W2, b2)[0][0]


def two_layers_sigmoid(x, w, v):
    return s(v * math.tanh(w * x))


def parameters(sizes):
    return sum(1 for a, b in itertools.pairwise(sizes) for _ in range(b) for _ in range(a + 1))


def multiplications(sizes, n):
    return sum(1 for _ in range(n) for a, b in itertools.pairwise(sizes) for _ in range(a) for _ in range(b))


def entries_of_an_array(n, a, b):
    return sum(len(row) for row in product([[0] * a] * n, [[0] * b] * a))


def squared_error(Y_hat, Y):
    return sum((a - b) ** 2 for a, b in zip(Y_hat, Y)) / len(Y) / 2


def squared_error_gradient(Y_hat, Y, i):
    return nudge(lambda one: squared_error([*Y_hat[:i], one, *Y_hat[i + 1 :]], Y), Y_hat[i])


def cross_entropy_of_two(p, y):
    return sum(-math.log(one if label else 1 - one) for one, label in zip(p, y)) / len(p)


def one_step(w, g, lr):
    return w - lr * g


def several_steps(a, w, lr, steps):
    for _ in range(steps):
        w -= lr * nudge(lambda x: a * x * x / 2, w)
    return w


def gradient_of_a_line(x, y, w, b):
    return nudge(lambda weight: sum((weight * one + b - target) ** 2 for one, target in zip(x, y)) / (2 * len(x)), w)


def updates(n, size, epochs):
    return epochs * sum(1 for _ in range(0, n, size))


def neuron_backward(x, w, b, y):
    return nudge(lambda weight: (s(weight * x + b) - y) ** 2 / 2, w)


def chain_of_two(x, w, v, y):
    return nudge(lambda weight: (v * math.tanh(weight * x) - y) ** 2 / 2, w)


def through(X, W, b, dZ):
    """Return the number whose gradient with respect to Z is dZ."""
    return sum(dot(row, back) for row, back in zip(product(X, W, b), dZ))


def weight_gradient(X, W, dZ, place):
    return nudged(lambda table: through(X, table, [0, 0], dZ), W, place)


def bias_gradient(X, W, dZ, place):
    return nudged(lambda table: through(X, W, table[0], dZ), [[0.0, 0.0]], (0, *place))


def input_gradient(X, W, dZ, place):
    return nudged(lambda table: through(table, W, [0, 0], dZ), X, place)


def relu_backward(Z, dA):
    def loss(Z):
        return sum(dot([max(0.0, one) for one in row], back) for row, back in zip(Z, dA))

    return sum(nudged(loss, Z, (i, j)) for i in range(len(Z)) for j in range(len(Z[0])))


def used_twice(x, y, g):
    return g * nudge(lambda one: one * y + one * one, x)


def central_difference(x, h):
    return nudge(lambda one: one**3, x, h)


def relative_error(a, b):
    def length(v):
        return math.sqrt(dot(v, v))

    return length([x - y for x, y in zip(a, b)]) / (length(a) + length(b))


def slopes_of_sigmoids(layers, w):
    best = nudge(s, 0.0)  # the sigmoid is steepest at 0
    return math.prod([w * best] * layers)


def softmax_probability(z, i):
    return exponentials(z)[i]


def softmax_with_temperature(z, T):
    return exponentials([one / T for one in z])[0]


def cross_entropy(Z, y):
    return surprise(Z, y)


def loss_at_the_start(k):
    return surprise([[0.0] * k], [0])


def score_gradient(Z, y, i, j):
    return nudged(lambda table: surprise(table, y), Z, (i, j))


def he_deviation(n):
    return (2 / n) ** 0.5


def momentum(w, lr, m, g):
    v = 0.0
    for one in g:
        v = m * v + one
        w -= lr * v
    return w


def accuracy(y_true, y_pred):
    return sum(a == b for a, b in zip(y_true, y_pred)) / len(y_true)


def recall(C, i):
    return C[i][i] / sum(C[i])


def output_side(n, k, s, p):
    return sum(1 for _ in range(-p, n + p - k + 1, s))


def kernel_parameters(k, c, f):
    return sum(1 + sum(1 for _ in itertools.product(range(c), range(k), range(k))) for _ in range(f))


def convolution_entry(image, kernel, i, j):
    return sum(kernel[a][b] * image[i + a][j + b] for a in range(2) for b in range(2))
