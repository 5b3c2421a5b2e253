"""Wrong answers to the practice tasks, as learners give them, and the words with which the task's check names each mistake.

A task is known by its page and the function that checks it. `BEFORE` prepares what several answers need, or replaces what would run long.
"""

BEFORE = {
    ("01-neuron", "tell_factors"): "z = Z[:, 0]\nonce = binary_step(z)",
    ("04-gradient-descent", "tell_steps"): "k = np.arange(1, 4)\nright = 3 - 3 * 0.5**k",
    ("04b-mini-batches", "tell_roll"): """
def runs(start=-1.0, last=-0.3, sign=-1, noise=None):
    def roll(strength):
        rng, w = np.random.default_rng(0), np.full(200, start)
        for step in range(400):
            pushed = 0 if strength == 0 or noise is None else noise(strength * (1 - step / 400), rng)
            w = w + sign * 0.05 * (4 * w**3 - 4 * w + last + pushed)
        return w
    return roll
""",
    ("05a-any-number-of-layers", "tell_penalized"): """
A, cache = forward_prop(X, params, activations)
plain, W1 = backward_prop((A - Y) / len(X), params, cache, activations)["W1"], params["W1"]
""",
    ("05b-gradient-checking", "tell"): """
def times(factor):
    class Wrong(SoftmaxCrossEntropy):
        def backward(self):
            return factor * super().backward()
    return Wrong


class Silent(SoftmaxCrossEntropy):
    def backward(self):
        super().backward()
""",
    ("05b-gradient-checking", "tell_ready"): """
def network(*between):
    net = Network([Linear(4, 5, rng=1), Sigmoid(), *between, Linear(5, 3, rng=2)])
    for layer in net.layers:
        layer.training = True
    return net
""",
    ("05c-ten-layers-deep", "tell"): """
def late(x):
    product = 1
    for _ in range(10):
        x = np.tanh(x)
        product = product * d_tanh(x)
    return product
""",
    ("05c-ten-layers-deep", "tell_dead"): """
def silenced(last=(0.5, -0.5)):
    net = nn.Network(nn.mlp([2, 100, 2], nn.ReLU, rng=0, dtype=np.float64))
    net.layers[2].params["b"] = list(last)
    net.layers[0].params["b"] = np.full(100, -100.0)
    return net
""",
    ("06-softmax-cross-entropy", "tell"): """
P, Z, Y = np.array([0.6, 0.2, 0.2]), np.array([np.log(3), 0, 0]), np.array([0, 1, 0])
loss, gradient = -np.log(0.2), P - Y


def s(z):
    return 1 / (1 + np.exp(-z))


def soft(z):
    return np.exp(z) / np.exp(z).sum()
""",
    ("06-softmax-cross-entropy", "tell_smooth"): """
def soft(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
""",
    ("06b-softmax-in-practice", "tell_gradient"): """
z, y, T = np.log([[1.0, 2.0, 5.0]]), np.array([[1.0, 0.0, 0.0]]), 4.0
""",
    ("07-network-class", "tell_layer"): """
def layer(forward, backward):
    class Wrong(Activation):
        def forward(self, Z):
            self.cache = Z
            return forward(Z)

        def backward(self, dA):
            return backward(self.cache, dA)
    return Wrong


def cube(Z):
    return Z ** 3
""",
    ("07-network-class", "tell_scaled"): "flower = np.array([[6.0, 3.0, 4.5, 1.5]], np.float32)",
    ("07-network-class", "tell_early"): """
parts = nn.train_validation_test_split(X, y, validation_size=0.2, test_size=0.25, rng=0)
T, D, E = nn.standardize(parts.X_train, parts.X_val, parts.X_test)


def early(seen=T, epochs=1000, **options):
    net = nn.Network(nn.mlp([4, 8, 3], "Tanh", rng=0))
    return net, net.fit(seen, parts.y_train, epochs=epochs, rng=0, **options)
""",
    ("08-mnist", "tell_moved"): """
networks = [nn.Network(nn.mlp([784, 16, 10], rng=0))]
_ = networks[0].fit(digits.X_train[:500], digits.y_train[:500], epochs=3, rng=0)
images = digits.X_test.reshape(-1, 28, 28)


def by(*steps):
    return np.roll(images, steps, axis=(0, 1, 2)).reshape(-1, 784)


moved = by(0, 0, 2)
before, after = (networks[0].score(pixels, digits.y_test) for pixels in (digits.X_test, moved))
lost = before - after
""",
    ("09-error-analysis", "tell_suspects"): """
labels = y[:1000].copy()
labels[:50] = (labels[:50] + 1) % 10
""",
    ("10b-recipe", "tell_rate"): """
def rising(step):
    return 1e-4 * 1e5 ** (step / 100)
""",
    ("11-bug-museum", "tell_exhibit"): """
def tanh(forward=np.tanh, backward=lambda Z, dA: dA * (1 - Z**2)):
    class Broken(nn.Tanh):
        def forward(self, Z):
            self.cache = Z
            return forward(Z)

        def backward(self, dA):
            return backward(self.cache, dA)
    return Broken
""",
    ("11-bug-museum", "tell_hurried"): """
def hurried(net, n=1):
    errors = nn.check_gradients(net, X[:n], y[:n])
    return " ".join(name for name, error in errors.items() if error > 1e-4) or "nothing"
""",
    ("11b-right-gradients", "tell"): """
def trained(net, optimizer):
    before = net.parameters.values.copy()
    net.fit(X, y, epochs=1, optimizer=optimizer, rng=0)
    return before, net.parameters.values
""",
    ("12-classic-results", "tell_honest"): """
runs = found["nielsen, squared error"]["runs"]
test, val = (100 * np.array([run[part] for run in runs]) for part in ("test", "validation"))
best, chosen = test.max(axis=1), np.array([row[at] for row, at in zip(test, val.argmax(axis=1))])
""",
    ("12-classic-results", "tell_luck"): """
D, E = last("nielsen, squared error", "test"), last("nielsen, cross-entropy", "test")
gap, p, q = E.min() - D.max(), D.max() / 100, E.min() / 100
deviation = 100 * np.sqrt(p * (1 - p) / 10_000)
""",
    ("14b-convolutional-network", "check_tiny"): """
def convolutional(kernels):
    rng = np.random.default_rng(0)
    return nn.Network([Reshape((1, 28, 28)), Conv2D(1, kernels, 5, rng=rng), nn.ReLU(), MaxPool2D(12), Flatten(),
                       nn.Linear(4 * kernels, 10, rng=rng)])


trained, dense = convolutional(2), nn.Network([nn.Linear(784, 2, rng=0), nn.Linear(2, 10, rng=0)])
score = trained.score(X_val, y_val)
""",
    ("15-your-own-digits", "check_chance"): """
def tail(larger, smaller):
    n = larger + smaller
    return sum(comb(n, k) for k in range(larger, n + 1)) / 2**n
""",
    ("16-where-next", "check_attention"): """
def soft(S):
    return np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)


def scores(Q, K):
    return Q @ K.T / np.sqrt(2)
""",
}

WRONG = {
    ("01-neuron", "tell"): {
        "tell([1, 1, 1], -0.5)": 'this is "or"',
        "tell([1, 1, 1], -2.5)": 'this is "and"',
        "tell([1, 1, 1], 0.5)": "fires for everything",
        "tell([1, 1, 1], -4)": "never fires",
        "tell([-1, -1, -1], 1.5)": "are the signs swapped",
    },
    ("01-neuron", "tell_factors"): {
        "tell_factors(z, once, 1 - once)": "the sums do change",
        "tell_factors(X @ (2 * W[:, 0]) + b[0], once, 1 - once)": "only the weights are doubled",
        "tell_factors(X @ W[:, 0] + 2 * b[0], once, 1 - once)": "only the bias is doubled",
        "tell_factors([0, 1, 1, 1], once, 1 - once)": "the sums come before the step",
        "tell_factors(2 * z, [0, 2, 2, 2], 1 - once)": "however large the sum",
        "tell_factors(2 * z, 2 * z, 1 - once)": "these are the sums",
        "tell_factors(2 * z, [1, 0, 0, 0], 1 - once)": "doubling changes no sign",
        "tell_factors(2 * z, once, [0, 1, 1, 1])": "these are the old decisions",
        "tell_factors(2 * z, once, -z)": "these are the sums",
        "tell_factors(2 * z, once, [0, -1, -1, -1])": "never -1",
        "tell_factors(2 * z, once, binary_step(X @ -W[:, 0] + b[0]))": "the bias kept its sign",
    },
    ("01-neuron", "tell_third"): {
        "tell_third([1, 1], -0.5)": "one of its two inputs is enough",
        "tell_third([-1, -1], 1.5)": 'this is "nand"',
        "tell_third([1, 0], -0.5)": "on its first input",
        "tell_third([0, 1], -0.5)": "on its second input",
    },
    ("02-activations", "tell_one"): {
        "tell_one(2 - 1 + 4, 6)": "multiplied, not added",
        "tell_one(-8, 1 + 3 - 2)": "the biases as they are",
    },
    ("02-activations", "tell"): {
        "tell(lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + np.exp(z)))": "the inside is not differentiated",
        "tell(lambda z: np.logaddexp(0, z), np.exp)": "the inside alone",
    },
    ("03-forward-propagation", "tell"): {
        f"tell(dict(W1=np.ones((2, 2)), b1=np.array({b1}), W2=np.array([[1.0], [{w}]]), b2=np.zeros(1)))": words
        for b1, w, words in (
            ([0.0, -1.0], 0.0, "ReLU(s) alone"),
            ([0.0, -1.0], -1.0, "only 1 is subtracted"),
            ([0.0, 0.0], -2.0, "its bias is missing"),
            ([0.0, -1.0], 2.0, "the second neuron is added"),
        )
    },
    ("03-forward-propagation", "tell_width"): {"tell_width(75)": "with 75 neurons", "tell_width(64)": "the deeper network's layers"},
    ("04-gradient-descent", "tell_steps"): {
        "tell_steps(3 - 3 * 0.75**k, 1)": "the factor 2 of the slope",
        "tell_steps(3 - 3 * 1.5**k, 1)": "must subtract",
        "tell_steps([1.5, 3.0, 4.5], 1)": "the slope at the start",
        "tell_steps([6.0, 0.0, 6.0], 1)": "the learning rate is missing",
        "tell_steps(right, 0.5)": "lands on the minimum",
        "tell_steps(right, 2)": "already triples",
    },
    ("04-gradient-descent", "tell"): {
        "tell(-1.0)": "the factor x from the chain rule",
        "tell(-6.0)": "this is the sum",
        "tell((-0.5 * 1 - 1.0 * 2 - 25.5 * 3) / 3)": "the slope of the squared error",
    },
    ("04b-mini-batches", "tell"): {
        "tell((0.6 + 0.4 + 0.9) / 3)": "counts equally",
        "tell(64 * 0.6 + 64 * 0.4 + 8 * 0.9)": "divide by their number",
        "tell((64 * 0.6 + 64 * 0.4 + 8 * 0.9) / 3)": "divided by the number of batches",
        "tell((0.6 + 0.4) / 2)": "smaller batch is left out",
    },
    ("04b-mini-batches", "tell_roll"): {
        "tell_roll(lambda strength: runs()(strength)[0])": "this is one run",
        "tell_roll(runs(last=0))": "it has not moved",
        "tell_roll(runs(start=1.0))": "the deeper hollow; start at -1",
        "tell_roll(runs(start=-0.5, sign=1))": "the top between the hollows",
        "tell_roll(runs(noise=lambda strength, rng: 6 * rng.normal(size=200)))": "does not fade out",
        "tell_roll(runs(noise=lambda strength, rng: strength * rng.normal(size=200) / 0.05))": "multiply the noise by the learning rate",
        "tell_roll(runs(noise=lambda strength, rng: strength * rng.normal()))": "all runs end alike",
        "tell_roll(runs())": "all runs end alike: add noise to the slope",
        "tell_roll(runs(noise=lambda strength, rng: 0.1 * strength * rng.normal(size=200)))": "none has left its hollow",
        "tell_roll(runs(noise=lambda strength, rng: 0.65 * strength * rng.normal(size=200)))": "too few",
    },
    ("05-backpropagation", "tell"): {
        "tell(dw=-0.5, db=-0.5, dx=-1.0)": "the sign is flipped",
        "tell(dw=1.0, db=-0.5, dx=-1.0)": "cancels the 2 of the square",
        "tell(dw=0.25, db=-0.5, dx=-1.0)": "the 2 of the square is missing",
        "tell(dw=0.5, db=-1.0, dx=-1.0)": "b has a factor of 1, not w",
        "tell(dw=0.5, db=-0.5, dx=-0.5)": "the factor w is missing",
    },
    ("05-backpropagation", "tell_shortcut"): {
        f"tell_shortcut(lambda x, w, b, y: {formula})": words
        for formula, words in (
            ("(sigmoid(w * x + b) + x - y) * d_sigmoid(w * x + b) * w", "the straight path"),
            ("sigmoid(w * x + b) + x - y", "the path through the sigmoid"),
            ("(sigmoid(w * x + b) + x - y) * (d_sigmoid(w * x + b) + 1)", "the factor w"),
            ("d_sigmoid(w * x + b) * w + 1", "the factor a - y"),
            ("(sigmoid(w * x + b) + x - y) * (w + 1)", "the slope of the sigmoid"),
            ("(sigmoid(w * x + b) - y) * (d_sigmoid(w * x + b) * w + 1)", "a must also include"),
            ("(a := sigmoid(w * x + b) + x) and (a - y) * (a * (1 - a) * w + 1)", "only if a is its output alone"),
            ("(sigmoid(w * x + b) + x - y) * d_sigmoid(w * x + b) * w + 1", "multiplies both paths"),
        )
    },
    ("05a-any-number-of-layers", "tell"): {
        "tell(leaky)": "leaky ReLU itself",
        "tell(lambda z: (z > 0) * 1.0)": "plain ReLU",
        "tell(lambda z: np.where(z < 0, 1.0, 0.1))": "swapped",
        "tell(lambda z: np.where(z > 0, 1, 0.1 * z))": "whatever z is",
    },
    ("05a-any-number-of-layers", "tell_penalized"): {
        "tell_penalized(plain)": "without the added term",
        "tell_penalized(0.1 * W1)": "the added part alone",
        "tell_penalized(plain + 0.05 * W1)": "from differentiating the square",
        "tell_penalized(plain + 0.2 * W1)": "the half in front of the sum",
        "tell_penalized(plain + 0.05 * W1**2)": "the term itself",
    },
    ("05b-gradient-checking", "tell"): {
        "tell(SoftmaxCrossEntropy)": "nothing is wrong",
        "tell(times(-1))": "the opposite sign",
        "tell(times(1 / 3))": "a factor of 3",
        "tell(times(6))": "a lost 1/n",
        "tell(Silent)": "end the method with return",
    },
    ("05b-gradient-checking", "tell_ready"): {
        "tell_ready(network())": "put Dropout",
        "tell_ready(network(Dropout(0.5, rng=0)))": "drops different numbers",
    },
    ("05b-gradient-checking", "tell_errors"): {
        "tell_errors(1e-3, 5e-7)": "this is the excess",
        "tell_errors(5e-4, 1 - 2e-6)": "c is 1 plus the excess",
        "tell_errors(5e-4, 0)": "the gradient is slightly wrong",
    },
    ("05c-ten-layers-deep", "tell"): {
        "tell(d_sigmoid(0.01) ** 10, 0.0005)": "a chain of sigmoids",
        "tell(0.999, d_tanh(3.0))": "the first slope alone",
        "tell(0.999, d_tanh(3.0) ** 10)": "only the first slope is taken at 3",
        "tell(1, 0)": "small, but not almost 0",
        "tell(0.999, late(3.0))": "the first slope, at 3, is missing",
    },
    ("05c-ten-layers-deep", "tell_dead"): {
        "tell_dead(nn.Network(nn.mlp([2, 100, 2], nn.ReLU, rng=0, dtype=np.float64)), [0.5, -0.5])": "all are alive",
        "tell_dead(silenced(), [0, 0])": "the last layer adds its biases",
        "tell_dead(silenced(), nn.softmax(silenced().forward(X))[0])": "these are probabilities",
        "tell_dead(silenced(), silenced().layers[0].forward(X)[0, :2].round(-2))": "these are hidden pre-activations",
        "tell_dead(silenced(last=(0, 0)), [0.5, -0.5])": "set the biases of net.layers[2]",
        "tell_dead(silenced(last=(-0.2, 0.2)), [0.5, -0.5])": "set the biases of net.layers[2]",
        "tell_dead(silenced(), silenced().forward(X))": "give the two scores of one sample",
    },
    ("06-softmax-cross-entropy", "tell"): {
        "tell([1, 1, 1], loss, gradient)": "over samples",
        "tell([3, 1, 1], loss, gradient)": "not normalized: divide",
        "tell([1, 1 / 3, 1 / 3], loss, gradient)": "not normalized after",
        "tell([1, 0, 0], loss, gradient)": "without exp",
        "tell([3, 1, 1] / np.array([3, 1, 1]), loss, gradient)": "over samples",
        "tell(np.log(P), loss, gradient)": "logarithm of softmax",
        "tell(soft(P), loss, gradient)": "softmax is applied twice",
        "tell(soft(-Z), loss, gradient)": "wrong sign",
        "tell(s(Z), loss, gradient)": "the sigmoid of the scores",
        "tell(P, 0.2, gradient)": "this is the probability",
        "tell(P, -np.log(0.6), gradient)": "the loss of the first class",
        "tell(P, loss, [0, -0.8, 0])": "they are in the denominator",
        "tell(P, loss / 3, gradient)": "the number of all entries",
        "tell(P, np.log(0.2), gradient)": "the minus sign is missing",
        "tell(P, np.array([loss]), gradient)": "the loss is one number",
        "tell(P, -np.log(soft(P)[1]), gradient)": "softmax is applied twice",
        "tell(P, -np.log(0.2) - np.log(0.4) - np.log(0.8), gradient)": "only the probability of the right class counts",
        "tell(P, (-np.log(0.2) - np.log(0.4) - np.log(0.8)) / 3, gradient)": "its mean over all entries",
        "tell(P, -np.log(P).sum(), gradient)": "all classes are counted",
        "tell(P, -0.2, gradient)": "the logarithm is missing",
        "tell(P, -np.log2(0.2), gradient)": "the base of the logarithm",
        "tell(P, loss, -Y / P)": "with respect to the probabilities",
        "tell(P, loss, Z - Y)": "subtracted from the scores",
        "tell(P, loss, soft(P) - Y)": "softmax is applied twice",
        "tell(P, loss, s(Z) - Y)": "sigmoid instead of softmax",
        "tell(P, loss, P - 1)": "from every class",
        "tell(P, loss, gradient / 3)": "the number of all entries",
        "tell(P, loss, Y - P)": "the sign is flipped",
        "tell(P, loss, 2 * gradient)": "the factor 2",
        "tell(P, loss, gradient * P * (1 - P))": "by the slope of the sigmoid",
        "tell(P, loss, gradient / (P * (1 - P)))": "dL/dp",
        "tell(P, loss, P)": "this is the prediction",
        "tell(P, loss, loss)": "one number; its gradient",
        "tell(P, loss, np.full(3, loss))": "its gradient is needed",
        "tell(P, loss, 2 * gradient / 3)": "the factor 2 is left over, and it is divided",
        "tell(P, loss, 2 * gradient * P * (1 - P))": "and the slope of the sigmoid is applied once more",
    },
    ("06-softmax-cross-entropy", "tell_smooth"): {
        f"tell_smooth(lambda Z, Y: {formula})": words
        for formula, words in (
            ("(soft(Z) - Y) / 4", "the number of classes"),
            ("(soft(Z) - np.eye(4)[Y.argmax(axis=1)]) / 3", "it uses one-hot rows"),
            ("(Z - Y) / 3", "it uses the scores"),
            ("soft(Z) - Y", "the division by n is missing"),
            ("(soft(Z) - Y) / 9", "divided by n twice"),
            ("(soft(Z) - Y) / Y.size", "the number of all entries"),
            ("(Y - soft(Z)) / 3", "prediction minus target"),
            ("Y - soft(Z)", "the sign is flipped, and the division"),
            ("2 * (soft(Z) - Y) / 3", "the factor 2 from the square"),
            ("(soft(Z) - Y) / 3 * soft(Z) * (1 - soft(Z))", "by the slope of the sigmoid"),
            ("(soft(Z) - Y) / 3 / (soft(Z) * (1 - soft(Z)))", "this is dL/dp, the derivative"),
            ("(soft(Z) - Y) / (soft(Z) * (1 - soft(Z)))", "this is dL/dp without"),
            ("-Y / soft(Z) / 3", "this is -Y / P / n"),
            ("-Y / soft(Z)", "this is -Y / P, the derivative"),
            ("2 * (soft(Z) - Y)", "the factor 2 is left over, and the division by n"),
            ("2 * (soft(Z) - Y) / Y.size", "the factor 2 is left over, and it is divided"),
            ("(soft(Z) - Y) * soft(Z) * (1 - soft(Z))", "applied once more, and the division by n"),
            ("2 * (soft(Z) - Y) / 3 * soft(Z) * (1 - soft(Z))", "and the slope of the sigmoid is applied once more"),
            ("soft(Z)", "this is the prediction"),
        )
    },
    ("06b-softmax-in-practice", "tell"): {
        "tell(np.log(9))": "this is 1/T",
        "tell(1 / np.log10(9))": "base 10",
        "tell(-1 / np.log(9))": "must be positive",
        "tell(-np.log(0.9))": "is a loss",
    },
    ("06b-softmax-in-practice", "tell_gradient"): {
        "tell_gradient(softmax(z / T) - y)": "the factor 1/T",
        "tell_gradient((softmax(z) - y) / T)": "T is left out",
        "tell_gradient(softmax(z) - y)": "for T = 1",
        "tell_gradient((softmax(z / T) - y) * T)": "1/T, not T",
    },
    ("07-network-class", "tell_layer"): {
        "tell_layer(layer(lambda Z: 3 * Z, None))": "this is 3 z",
        "tell_layer(layer(lambda Z: Z ** 2, None))": "this is the square",
        "tell_layer(layer(cube, lambda Z, dA: dA * 3 * cube(Z) ** 2))": "the derivative uses the output",
        "tell_layer(layer(cube, lambda Z, dA: 3 * Z ** 2))": "the factor dA",
        "tell_layer(layer(cube, lambda Z, dA: dA * 3 * Z))": "the square is missing",
        "tell_layer(layer(cube, lambda Z, dA: dA * Z ** 2))": "the factor 3",
    },
    ("07-network-class", "tell_scaled"): {
        "tell_scaled(flower)": "these are centimeters",
        "tell_scaled([[6.0, 3.0, 4.5, 1.5]])": "these are centimeters",
        "tell_scaled(flower - split.X_train.mean(axis=0))": "now divide",
        "tell_scaled(nn.standardize(X, flower)[1])": "all 150 flowers",
        "tell_scaled(flower - flower.mean(axis=0))": "its own mean",
    },
    ("07-network-class", "tell_early"): {
        "tell_early(*early(epochs=20))": "no validation set",
        "tell_early(*early(epochs=20, validation=(D, parts.y_val), patience=10))": "still falling",
        "tell_early(*early(validation=(D, parts.y_val), patience=3))": "pass patience=10",
        "tell_early(*early(validation=(E, parts.y_test), patience=10))": "the loss of the test set",
        "tell_early(*early(epochs=5000, validation=(T, parts.y_train), patience=10))": "the loss of the training set",
        "tell_early(*early(seen=parts.X_train, validation=(parts.X_val, parts.y_val), patience=10))": "not standardized",
    },
    ("08-mnist", "tell"): {
        "tell(0.96 * 0.04 / 0.005**2)": "one standard error half a point",
        "tell(4 * 0.96 * 0.04 / 0.5**2)": "half a point is 0.005",
        "tell(2 * 0.96 * 0.04 / 0.005**2)": "the 2 must be squared as well",
        "tell(4 * 0.96 * 0.04 / 0.005)": "must be squared",
        "tell(4 * 0.96 / 0.005**2)": "0.96 times 0.04",
    },
    ("08-mnist", "tell_moved"): {
        "tell_moved(digits.X_test, lost, 0.2)": "have not moved",
        "tell_moved(by(0, 0, -2), lost, 0.2)": "to the left",
        "tell_moved(by(0, 2, 0), lost, 0.2)": "moved down",
        "tell_moved(by(2, 0, 0), lost, 0.2)": "changed places",
        "tell_moved(np.roll(images, 2, axis=2), lost, 0.2)": "flatten the images",
        "tell_moved(moved, after, 0.2)": "that is left",
        "tell_moved(moved, before, 0.2)": "the accuracy before",
        "tell_moved(moved, 100 * lost, 0.2)": "these are points",
        "tell_moved(moved, -lost, 0.2)": "subtract the other way",
        "tell_moved(moved, lost, 0.03)": "augment=None",
        "tell_moved(moved, lost, 0.75)": "that is left",
        "tell_moved(moved, lost, 20.0)": "these are points",
        "tell_moved(moved, lost, -0.2)": "subtract the other way",
    },
    ("09-error-analysis", "tell"): {
        f"tell({function})": words
        for function, words in (
            ("lambda P, y, limit: answers(P, y, limit, count=lambda ok: int(np.argmin(ok)))", "it stops at the first fraction"),
            ("lambda P, y, limit: answers(P, y, limit) - 1", "starts at 0"),
            ("lambda P, y, limit: answers(P, y, limit, count=np.sum)", "counts the fractions within the limit"),
            ("lambda P, y, limit: answers(P, y, limit - 0.001)", "a fraction equal to the limit is allowed"),
            ("lambda P, y, limit: answers(P, y, limit, over=np.arange(len(y)))", "not by 0"),
            ("lambda P, y, limit: answers(P, y, limit, over=len(y))", "the total number of samples"),
            ("lambda P, y, limit: answers(P, y, limit, order=np.arange(len(y)))", "sort the answers and the labels in the same order"),
            ("lambda P, y, limit: answers(P, y, limit, order=np.argsort(-P[np.arange(len(y)), y]))", "does not know the labels"),
        )
    },
    ("09-error-analysis", "tell_suspects"): {
        "tell_suspects(y[:1000], range(50))": "start from a copy",
        "tell_suspects((y[:1000] + (np.arange(1000) < 45)) % 10, range(50))": "change 50 different labels",
        "tell_suspects(labels, np.arange(1000))": "the positions of 50",
        "tell_suspects(labels, np.arange(1000) < 50)": "the positions of 50",
        "tell_suspects(labels, np.arange(166))": "keep the 50",
        "tell_suspects(labels, np.arange(950, 1000))": "the most probable labels",
        "tell_suspects(labels, np.arange(46, 96))": "each digit's own label",
        "tell_suspects(labels, np.arange(30, 80))": "have not seen it",
    },
    ("10-training-well", "tell"): {
        "tell(0.1)": "only the first step",
        "tell(10)": "the learning rate is missing",
        "tell(0.9)": "the first step is missing",
        "tell(-1)": "a distance is positive",
        "tell(0.1 + 0.09)": "only the first two steps",
        "tell(momentum(1, [1] + [0] * 100, lr=0.1))": "where the weight ends",
        "tell(0.1 / 0.9)": "the rate times the velocity",
    },
    ("10-training-well", "tell_start"): {
        f"tell_start(lambda slope, n: {formula})": words
        for formula, words in (
            ("2 / n", "this is He's rule"),
            ("2 / ((1 + slope) * n)", "the slope is not squared"),
            ("1 / n", "the rule for the identity"),
            ("np.sqrt(2 / ((1 + slope**2) * n))", "the standard deviation"),
            ("(1 + slope**2) / (2 * n)", "upside down"),
            ("2 / n * (1 + slope**2) / 2", "upside down: divide He's rule"),
            ("2 / n * (1 + slope**2)", "the weights must be smaller"),
            ("1 / ((1 + slope**2) * n)", "the factor 2 is missing"),
            ("2 / ((1 + slope) ** 2 * n)", "square the slope alone"),
            ("2 / (1 + slope**2)", "n_in is missing"),
        )
    },
    ("10b-recipe", "tell_rate"): {
        "tell_rate(lambda step: 1e-4 + (10 - 1e-4) * step / 100, 0.3)": "by the same amount",
        "tell_rate(lambda step: 10 * 1e-5 ** (step / 100), 0.3)": "it falls",
        "tell_rate(lambda step: -4 + step / 20, 0.3)": "these are the exponents",
        "tell_rate(rising, rising(0))": "this is the first rate",
        "tell_rate(rising, rising(91))": "argmax in place of argmin",
        "tell_rate(rising, rising(99))": "the loss explodes",
        "tell_rate(rising, 69)": "the number of the batch",
        "tell_rate(rising, 1.02)": "the lowest loss",
        "tell_rate(lambda step: 1e-3 * 1e4 ** (step / 100), 0.3)": "leads to 10",
    },
    ("10b-recipe", "tell"): {
        "tell(lambda lr, steps: lambda step: lr * step / steps)": "it rises",
        "tell(lambda lr, steps: lambda step: 1 - step / steps)": "multiply it by lr",
        "tell(lambda lr, steps: lambda step: lr - step / steps)": "lr times the fraction",
        "tell(lambda lr, steps: lambda step: lr - lr * step // steps)": "drops the fractional part",
        "tell(lambda lr, steps: lambda step: lr * (1 - step // steps))": "drops the fractional part",
        "tell(lambda lr, steps: lambda step: lr * (1 - (step + 1) / steps))": "at step 0",
        "tell(nn.cosine)": "this is the cosine",
    },
    ("11-bug-museum", "tell_exhibit"): {
        "tell_exhibit(tanh(forward=lambda Z: Z), '0.W 0.b X')": "the output stays tanh",
        "tell_exhibit(nn.Tanh, '0.W 0.b X')": "not broken yet",
        "tell_exhibit(tanh(backward=lambda Z, dA: 1 - Z**2), '0.W 0.b X')": "the factor dA",
        "tell_exhibit(tanh(backward=lambda Z, dA: dA * (1 - Z)), '0.W 0.b X')": "the square is missing",
        "tell_exhibit(tanh(backward=lambda Z, dA: dA * Z * (1 - Z)), '0.W 0.b X')": "belongs to the sigmoid",
        "tell_exhibit(tanh(), rejected(network()))": "nothing is rejected",
        "tell_exhibit(tanh(), '0.W 0.b 2.W 2.b X')": "before the mistake",
        "tell_exhibit(tanh(), ['2.W', '2.b'])": "gradients flow backward",
        "tell_exhibit(tanh(), ['0.W', '0.b'])": "the gradient of X",
    },
    ("11-bug-museum", "tell_hurried"): {
        "tell_hurried(rejected, [5, 8])": "several samples",
        "tell_hurried(lambda net: 'nothing', [5, 8])": "the names are missing",
        "tell_hurried(lambda net: hurried(net).replace('nothing', ''), [5, 8])": "if no error is above",
        "tell_hurried(hurried, [8])": "is a single row",
        "tell_hurried(hurried, [5])": "the sum is the mean",
        "tell_hurried(hurried, [5, 6, 8])": "also sums over the neurons",
        "tell_hurried(hurried, [1, 5, 8])": "treats each sample by itself",
        "tell_hurried(hurried, [1, 2, 6, 9])": "still rejected",
    },
    ("11b-right-gradients", "tell"): {
        "tell(lambda net, optimizer: np.count_nonzero(trained(net, optimizer)[1] != net.parameters.values))": "the network's own",
        "tell(lambda net, optimizer: np.count_nonzero(np.equal(*trained(net, optimizer))))": "did not change",
        "tell(lambda net, optimizer: sum(bool(net.parameters[name].any()) for name in net.parameters.names "
        "if trained(net, optimizer)))": "one name, but three numbers",
        "tell(lambda net, optimizer: np.count_nonzero(np.less(*trained(net, optimizer))))": "has become smaller",
        "tell(lambda net, optimizer: np.not_equal(*trained(net, optimizer)).mean())": "this is a fraction",
    },
    ("11b-right-gradients", "tell_limit"): {
        "tell_limit(2 * np.sqrt(0.1 * 0.9 / 500))": "the distance above chance",
        "tell_limit(0.1 + np.sqrt(0.1 * 0.9 / 500))": "one standard deviation",
        "tell_limit(0.1 + 2 * 0.1 * 0.9 / 500)": "take its square root",
        "tell_limit(np.sqrt(0.1 * 0.9 / 500))": "take two, and add chance",
        "tell_limit(0.1 * 0.9 / 500)": "add twice its square root",
        "tell_limit(0.5 + 2 * np.sqrt(0.5 * 0.5 / 500))": "ten classes, not two",
        "tell_limit(0.1 + 2 * np.sqrt(0.1 / 500))": "the factor 1 - p is missing",
        "tell_limit(0.13)": "give three decimals",
        "tell_limit(12.7)": "this is a percentage",
        "tell_limit(50 + 2 * np.sqrt(500 * 0.1 * 0.9))": "divide by 500",
    },
    ("11b-right-gradients", "tell_nonsense"): {
        "tell_nonsense(0.1, 0.1)": "compare with the shuffled labels",
        "tell_nonsense(0.6, 0.1)": "150 epochs",
        "tell_nonsense(100, 10)": "this is a percentage",
        "tell_nonsense(1.0, 1.0)": "use X_val and y_val",
        "tell_nonsense(1.0, 0.88)": "shuffled with their labels",
        "tell_nonsense(1.0, 10)": "this is a percentage",
    },
    ("12-classic-results", "tell_honest"): {
        "tell_honest(list((best - chosen) / 100))": "these are fractions",
        "tell_honest(list(chosen - best))": "the other way around",
        "tell_honest([0.0, 0.0, 0.0])": "the test digits chose",
        "tell_honest(list(best - test[:, -1]))": "the last epoch",
        "tell_honest(list(best - val.max(axis=1)))": "subtracts the validation accuracy",
        "tell_honest(list(chosen))": "these are the accuracies",
        "tell_honest(list(val.max(axis=1) - chosen))": "the best validation accuracy",
    },
    ("12-classic-results", "tell_luck"): {
        "tell_luck(gap / 100, 13)": "this is a fraction",
        "tell_luck(E.mean() - D.mean(), 13)": "compares the means",
        "tell_luck(np.median(E) - np.median(D), 13)": "compares the medians",
        "tell_luck(E.max() - D.min(), 13)": "the best of E with the worst of D",
        "tell_luck(E.max() - D.max(), 13)": "the best runs",
        "tell_luck(E.min() - D.min(), 13)": "the worst runs",
        "tell_luck(gap, deviation)": "divide the gap by it",
        "tell_luck(gap, gap / 100 / np.sqrt(p * (1 - p) / 1000))": "not 1,000",
        "tell_luck(gap, gap / 100 / np.sqrt(q * (1 - q) / 10_000))": "the standard error of E",
        "tell_luck(gap, gap / (deviation / 100))": "divides points by a fraction",
        "tell_luck(gap, gap / 100 / (p * (1 - p) / 10_000))": "the square root is missing",
        "tell_luck(gap, gap / D.std(ddof=1) * np.sqrt(3))": "the error over the seeds",
        "tell_luck(gap, gap / 100 / np.sqrt((p * (1 - p) + q * (1 - q)) / 10_000))": "the error of a difference",
        "tell_luck(gap, gap / deviation / np.sqrt(2))": "divide by D's error alone",
        "with np.errstate(all='ignore'): tell_luck(gap, gap / np.sqrt(D.max() * (1 - D.max()) / 10_000))": "p is a fraction",
    },
    ("12-classic-results", "tell_undone"): {
        "tell_undone(False, 0.5 * 255**2, 255)": "compare the losses",
        "tell_undone(True, 0.5 * 255, 255)": "255 counts twice",
        "tell_undone(True, 255**2, 255)": "this is the factor",
        "tell_undone(True, 0.001 * 255**2, 255)": "here the rate is 0.5",
        "tell_undone(True, 0.5 / 255**2, 255)": "must grow, not shrink",
        "tell_undone(True, 0.5, 255)": "hardly learns",
        "tell_undone(True, 0.5 * 255**2, 1 / 255)": "so the weights must grow",
        "tell_undone(True, 0.5 * 255**2, 255**2)": "one factor of 255",
        "tell_undone(True, 0.5 * 255**2, 1)": "without larger weights",
    },
    ("13-automatic-differentiation", "check_division"): {
        f"check_division(lambda a, b: ({formula}))": words
        for formula, words in (
            ("1 / b, a / b**2", "needs a minus"),
            ("-a / b**2, 1 / b", "the two are swapped"),
            ("1 / b, -a / b", "b must be squared"),
            ("1 / b, -1 / b**2", "lacks the factor a"),
            ("b, a", "of a product"),
            ("b, -a", "numerators of the quotient rule"),
            ("1 // b, -a // b**2", "drops the fractional part"),
        )
    },
    ("13-automatic-differentiation", "check_column"): {
        f"check_column(lambda d, c, r: {formula})": words
        for formula, words in (
            ("d.sum(axis=1, keepdims=True)", "the other factor, r"),
            ("(d * c).sum(axis=0)", "with respect to r"),
            ("(d * r).sum(axis=0)", "axis=1"),
            ("(d * r).sum(axis=1)", "keepdims=True"),
            ("d * r", "broadcasting is not undone"),
            ("(d * r).mean(axis=1, keepdims=True)", "this is the mean"),
            ("(d * r)[:, :1]", "only the first use"),
            ("(d * r)[:, -1:]", "each use replaces the one before"),
            ("(d * c).sum(axis=1, keepdims=True)", "not by c"),
            ("np.full((4, 1), r.sum())", "d is missing"),
        )
    },
    ("14-convolution", "check_shapes"): {
        "check_shapes(32, 1216)": "before pooling",
        "check_shapes((32 - 5 + 1) // 2, 1216)": "the padding is missing",
        "check_shapes((32 + 2 - 5 + 1) // 2, 1216)": "on both sides",
        "check_shapes(8, 1216)": "by 2, not by 4",
        "check_shapes(16, 16 * 75)": "the biases are missing",
        "check_shapes(16, 16 * 26)": "all 3 input channels",
        "check_shapes(16, 16 * 3 * 26)": "one bias per kernel",
        "check_shapes(16, 76)": "a single kernel",
        "check_shapes(36 / 2, 1216)": "the kernel size is missing",
        "check_shapes(31 / 2, 1216)": "the 1 at the end",
        "check_shapes(1216, 16)": "and halve the result",
        "check_shapes(16, 1203)": "not per input channel",
        "check_shapes(16, 32 * 32 * 3 * 16 + 16)": "all places share them",
    },
    ("14-convolution", "check_pool"): {
        f"check_pool(lambda image, dA: {formula})": words
        for formula, words in (
            ("np.kron(dA, np.ones((2, 2)))", "only to the largest pixel"),
            ("np.kron(dA / 4, np.ones((2, 2)))", "average pooling"),
            ("image == np.kron(image.reshape(2, 2, 2, 2).max(axis=(1, 3)), np.ones((2, 2)))", "dA is missing"),
            (
                "np.kron(dA, np.ones((2, 2))) * np.array([[0, 0, 0, 1], [1, 0, 0, 0], [1, 0, 0, 1], [0, 0, 0, 0]])",
                "rows and columns are swapped",
            ),
            ("(image == image.max()) * dA.max()", "one winner"),
            ("image * (image == np.kron(image.reshape(2, 2, 2, 2).max(axis=(1, 3)), np.ones((2, 2))))", "the largest pixels themselves"),
            (
                "image * np.kron(dA, np.ones((2, 2))) * (image == np.kron(image.reshape(2, 2, 2, 2).max(axis=(1, 3)), np.ones((2, 2))))",
                "must not be multiplied by the pixel",
            ),
        )
    },
    ("14b-convolutional-network", "check_field"): {
        "check_field(5 + 2, 19)": "the pooling is missing",
        "check_field(9 * 5, 19)": "neighboring patches overlap",
        "check_field(9, 19)": "more than 9 pixels",
        "check_field(13**2, 19)": "one side",
        "check_field(14, 19)": "this is the network above",
        "check_field(12, 19)": "how many pixels of the image",
        "check_field(13, 13 + 2)": "3 image pixels apart",
        "check_field(13, 3 * 13)": "the three fields overlap",
        "check_field(13, 13 + 2 * 9)": "not 9",
        "check_field(13, 13)": "three fields along each side",
        "check_field(13, 13 + 3)": "two times 3 pixels",
        "check_field(13, 13 // 3)": "pooling shrinks the map",
    },
    ("14b-convolutional-network", "check_tiny"): {
        "check_tiny(convolutional(60), 0.9)": "which layer is the largest",
        "check_tiny(dense, 0.9)": "this network has none",
        "check_tiny(trained, 100 * score)": "this is a percentage",
        "check_tiny(trained, round(100 * score))": "a fraction such as 0.95",
        "check_tiny(trained, round(score, 2))": "was it trained?",
        "check_tiny(trained, trained.score(X, y))": "that it was trained on",
        "check_tiny(trained, trained.score(digits.X_test, digits.y_test))": "these are the test digits",
        "check_tiny(trained, score)": "was it trained?",
    },
    ("15-your-own-digits", "check_count"): {
        "check_count(0.09 / 0.02)": "must be squared",
        "check_count(0.25 / 0.02**2)": "the worst case",
        "check_count(112.5)": "half as many",
        "check_count(0.09 / 0.01**2)": "1 point",
        "check_count(0.09**0.5 / 0.02)": "the square root of n",
        "check_count(0.09 / 2**2)": "2 points are 0.02",
    },
    ("15-your-own-digits", "check_chance"): {
        f"check_chance(lambda larger, smaller: {formula})": words
        for formula, words in (
            ("sum(comb(15, k) for k in range(12, 16)) / 2**15", "double it"),
            ("2 * comb(15, larger) / 2**15", "exactly 12"),
            ("comb(15, larger) / 2**15", "13 to 15 also count"),
            ("2 * sum(comb(15, k) for k in range(larger, 16)) // 2**15", "drops the fractional part"),
            ("2 * sum(comb(15, k) for k in range(larger, 15)) / 2**15", "leaves out its end"),
            ("2 * 0.5**larger", "at least 12 on one side"),
            ("2 * sum(comb(15, k) for k in range(larger + 1, 16)) / 2**15", "12 itself"),
            ("2 * sum(comb(100, k) for k in range(larger, 101)) / 2**100", "not for all 100"),
            ("2 * sum(comb(15, k) for k in range(larger, 16)) / 2**15", "not always 15"),
            ("2 * tail(larger, smaller)", "no probability exceeds 1"),
            ("(1 + (larger > smaller)) * tail(larger, smaller)", "one side or the other always gets"),
        )
    },
    ("16-where-next", "check_attention"): {
        f"check_attention(lambda Q, K: {formula})": words
        for formula, words in (
            ("soft(Q @ K.T)", "not divided by the square root of d"),
            ("soft(Q @ K.T / 2)", "divided by d, not by its square root"),
            ("soft(scores(Q, K).T).T", "runs over the queries"),
            ("scores(Q, K)", "softmax is missing"),
            ("soft(scores(K, Q))", "swapped"),
            ("np.exp(scores(Q, K)) / np.exp(scores(Q, K)).sum()", "over the whole matrix"),
            ("np.exp(scores(Q, K))", "not normalized: divide"),
            ("np.exp(scores(Q, K) - scores(Q, K).max(axis=1, keepdims=True))", "not normalized after"),
            ("scores(Q, K) / scores(Q, K).sum(axis=1, keepdims=True)", "without exp"),
            ("np.exp(scores(Q, K)) / np.exp(scores(Q, K)).sum(axis=1)", "the columns are divided"),
            ("np.log(soft(scores(Q, K)))", "the logarithm of softmax"),
            ("soft(soft(scores(Q, K)))", "softmax is applied twice"),
            ("soft(-scores(Q, K))", "the wrong sign"),
            ("np.eye(3)[scores(Q, K).argmax(axis=1)]", "gets probability 1"),
            ("1 / (1 + np.exp(-scores(Q, K)))", "the sigmoid of the scores"),
            ("soft(Q @ K.T / np.sqrt(len(K)))", "not the number of keys"),
            ("soft(scores(Q, K)) @ np.ones((3, 1))", "the values V are not used yet"),
        )
    },
    ("16-where-next", "check_slope"): {
        f"check_slope(lambda x, w: {formula})": words
        for formula, words in (
            ("1 + (1 - np.tanh(w * x)**2)", "both factors"),
            ("0.5 * (1 - np.tanh(w * x)**2) * w", "the residual connection"),
            ("1 + 0.5 * (1 - np.tanh(w * x)**2)", "the factor w, from the chain rule"),
            ("1 + (1 - np.tanh(w * x)**2) * w", "the factor 1/2"),
            ("x + 0.5 * np.tanh(w * x)", "this is the value"),
            ("1 + 0.5 * (1 - np.tanh(w * x)) * w", "tanh' is 1 - tanh squared"),
            ("1 + 0.5 * (1 - np.tanh(w * x)) ** 2 * w", "tanh alone is squared"),
            ("1 + 0.5 * (1 - np.tanh(x) ** 2) * w", "at w x, not at x"),
            ("x + 0.5 * (1 - np.tanh(w * x) ** 2) * w", "the derivative of x is 1"),
            ("1 + 0.5 * (1 - np.tanh(w * x) ** 2) * x", "the derivative of w x is w"),
            ("0.5 + 0.5 * (1 - np.tanh(w * x) ** 2) * w", "belongs to tanh alone"),
        )
    },
    ("file-formats", "tell"): {
        "tell(bytes([0, 0, 8, 1, 3, 5, 0, 4]))": "takes four bytes",
        "tell(bytes([0, 0, 8, 1, 3, 0, 0, 0, 5, 0, 4]))": "most significant byte",
        "tell(bytes([0, 0, 8, 3, 0, 0, 0, 3, 5, 0, 4]))": "labels have one",
        "tell(bytes([0, 0, 8, 1, 5, 0, 4]))": "the length is missing",
    },
}
BEFORE["09-error-analysis", "tell"] = """
def answers(P, y, limit, order=None, over=None, count=None):
    order = np.argsort(-P.max(axis=1)) if order is None else order
    share = np.cumsum((P.argmax(axis=1) != y)[order]) / (np.arange(1, len(y) + 1) if over is None else over)
    return count(share <= limit) if count else 1 + max(np.flatnonzero(share <= limit), default=-1)
"""
