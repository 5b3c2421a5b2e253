"""Wrong and unusual solutions for assignment 7."""

from . import Mutant


def leaky(slope="np.where(Z > 0, 1.0, self.leak)", output="Z * self.slope", backward="return dA * self.slope", forward="pass"):
    """Return the leaky ReLU with some of its lines changed."""
    return f"""
class LeakyReLU:
    def __init__(self, leak=0.1):
        self.leak, self.params, self.grads = leak, {{}}, {{}}

    def forward(self, Z):
        self.slope = {slope}
        {forward}
        return {output}

    def backward(self, dA):
        {backward}
"""


def chain(forward="X = layer.forward(X)", there="self.layers", output="X",
          backward="dA = layer.backward(dA)", back="reversed(self.layers)", gradient="dA"):
    """Return the chain with some of its lines changed."""
    return f"""
class Chain:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, X):
        for layer in {there}:
            {forward}
        return {output}

    def backward(self, dA):
        for layer in {back}:
            {backward}
        return {gradient}
"""


def momentum(rule="v = self.momentum * v - self.lr * g", change="w += v", key="i, name", extra="self.velocity = {}", before="pass"):
    """Return the optimizer with some of its lines changed."""
    return f"""
class Momentum:
    {before}

    def __init__(self, lr, momentum=0.9):
        self.lr, self.momentum = lr, momentum
        {extra}

    def step(self, layers):
        for i, layer in enumerate(layers):
            for name, w in layer.params.items():
                g, v = layer.grads[name], self.velocity.get(({key}), 0.0)
                {rule}
                self.velocity[{key}] = v
                {change}
"""


def batches(order="order = rng.permutation(n)", loop="for start in range(0, n, batch_size):", batch="order[start:start + batch_size]"):
    """Return the function that yields batches with some of its lines changed."""
    return f"def minibatches(n, batch_size, rng):\n    {order}\n    {loop}\n        yield {batch}\n"


def keeper(low="dev_loss < self.lowest", reset="0", kept="w.copy()", restored="w[:] = best[name]"):
    """Return the keeper of the best with some of its parts changed."""
    return f"""
class Keeper:
    def __init__(self, layers, patience):
        self.layers, self.patience = layers, patience
        self.lowest, self.waited, self.best = float("inf"), 0, None

    def look(self, dev_loss):
        if {low}:
            self.lowest, self.waited = dev_loss, {reset}
            self.best = [{{name: {kept} for name, w in layer.params.items()}} for layer in self.layers]
        else:
            self.waited += 1
        return self.waited >= self.patience

    def restore(self):
        for layer, best in zip(self.layers, self.best):
            for name, w in layer.params.items():
                {restored}
"""


FORWARD, BACKWARD = {"test-leaky-forward"}, {"test-leaky-backward"}
THERE, BACK = {"test-chain-forward"}, {"test-chain-backward"}
STEP, VELOCITY = {"test-momentum-step"}, {"test-momentum-velocity"}
ALL, ORDER = {"test-batches-all"}, {"test-batches-order"}

MUTANTS = {
    "leaky: plain ReLU": Mutant("leaky", leaky(slope="np.where(Z > 0, 1.0, 0.0)"), FORWARD | BACKWARD),
    "leaky: sides exchanged": Mutant("leaky", leaky(slope="np.where(Z > 0, self.leak, 1.0)"), FORWARD | BACKWARD),
    "leaky: a leak of its own": Mutant("leaky", leaky(slope="np.where(Z > 0, 1.0, 0.1)"), FORWARD | BACKWARD),
    "leaky: the leak itself": Mutant("leaky", leaky(output="np.where(Z > 0, Z, self.leak)"), FORWARD),
    "leaky: writes into its input": Mutant("leaky", leaky(forward="Z *= self.slope", output="Z"), FORWARD),
    "leaky: backward as in ReLU": Mutant("leaky", leaky(backward="return dA * (self.slope == 1)"), BACKWARD),
    "leaky: the mask of dA": Mutant("leaky", leaky(backward="return np.where(dA > 0, dA, self.leak * dA)"), BACKWARD),
    "leaky: the slope alone": Mutant("leaky", leaky(backward="return self.slope"), BACKWARD),
    "leaky: writes into dA": Mutant("leaky", leaky(backward="dA *= self.slope\n        return dA"), BACKWARD),
    "leaky: remembers the first batch": Mutant(
        "leaky", leaky(forward="self.first = getattr(self, 'first', self.slope)", backward="return dA * self.first"), BACKWARD),
    "leaky: one memory for all layers": Mutant(
        "leaky", leaky(forward="LeakyReLU.last = self.slope", backward="return dA * LeakyReLU.last"), BACKWARD),
    "chain: every layer gets X": Mutant("chain", chain(forward="A = layer.forward(X)", output="A"), THERE),
    "chain: forward from the last": Mutant("chain", chain(there="self.layers[::-1]"), THERE),
    "chain: forward returns nothing": Mutant("chain", chain(output="None"), THERE),
    "chain: the last layer left out": Mutant("chain", chain(there="self.layers[:-1]"), THERE),
    "chain: backward from the first": Mutant("chain", chain(back="self.layers"), BACK),
    "chain: every layer gets dA": Mutant("chain", chain(backward="dX = layer.backward(dA)", gradient="dX"), BACK),
    "chain: backward returns nothing": Mutant("chain", chain(gradient="None"), BACK),
    "chain: the first layer left out": Mutant("chain", chain(back="reversed(self.layers[1:])"), BACK),
    "momentum: a new array, put in its place": Mutant("momentum", momentum(change="layer.params[name] = w + v"), STEP),
    "momentum: a new array that nobody owns": Mutant("momentum", momentum(change="w = w + v"), STEP | VELOCITY),
    "momentum: uphill": Mutant("momentum", momentum(rule="v = self.momentum * v + self.lr * g"), STEP | VELOCITY),
    "momentum: no learning rate": Mutant("momentum", momentum(rule="v = self.momentum * v - g"), STEP | VELOCITY),
    "momentum: an average": Mutant(
        "momentum", momentum(rule="v = self.momentum * v - (1 - self.momentum) * self.lr * g"), STEP | VELOCITY),
    "momentum: writes into the gradient": Mutant(
        "momentum", momentum(rule="g *= -self.lr\n                g += self.momentum * v\n                v = g"), STEP),
    "momentum: plain steps": Mutant("momentum", momentum(rule="v = -self.lr * g"), VELOCITY),
    "momentum: the velocity never fades": Mutant("momentum", momentum(rule="v = v - self.lr * g"), VELOCITY),
    "momentum: one velocity for every W": Mutant("momentum", momentum(key="name"), VELOCITY),
    "momentum: one velocity for all optimizers": Mutant("momentum", momentum(extra="pass", before="velocity = {}"), STEP | VELOCITY),
    "momentum: the gradient kept as velocity": Mutant(
        "momentum", momentum(change="w += v\n                self.velocity[i, name] = g"), VELOCITY),
    "batches: the last one dropped": Mutant("batches", batches(loop="for start in range(0, n - batch_size + 1, batch_size):"), ALL),
    "batches: an empty one at the end": Mutant("batches", batches(loop="for start in range(0, n + 1, batch_size):"), ALL),
    "batches: drawn again and again": Mutant("batches", batches(batch="rng.integers(n, size=len(order[start:start + batch_size]))"), ALL),
    "batches: the last one filled up": Mutant("batches", batches(batch="np.resize(order[start:], batch_size)"), ALL),
    "batches: each draws its own order": Mutant("batches", batches(batch="rng.permutation(n)[start:start + batch_size]"), ALL),
    "batches: starts shuffled": Mutant(
        "batches", batches("order = np.arange(n)", "for start in rng.permutation(np.arange(0, n, batch_size)):"), ALL | ORDER),
    "batches: never shuffled": Mutant("batches", batches("order = np.arange(n)"), ORDER),
    "batches: the same order in every epoch": Mutant("batches", batches("order = np.random.default_rng(0).permutation(n)"), ORDER),
    "batches: drawn from elsewhere": Mutant("batches", batches("order = np.random.permutation(n)"), ORDER),
    "batches: shuffled inside batches only": Mutant(
        "batches", batches("order = np.arange(n)", batch="rng.permutation(order[start:start + batch_size])"), ORDER),
    "keeper: the array itself kept": Mutant("keeper", keeper(kept="w"), {"test-keeper"}),
    "keeper: a tie is a new low": Mutant("keeper", keeper(low="dev_loss <= self.lowest"), {"test-keeper"}),
    "keeper: waiting is never over": Mutant("keeper", keeper(reset="self.waited"), {"test-keeper"}),
    "keeper: new arrays": Mutant("keeper", keeper(restored="layer.params[name] = best[name]"), {"test-keeper"}),
}

UNUSUAL = {
    "keeps Z, recursion, velocities by identity": {
        "leaky": """
class LeakyReLU:
    def __init__(self, leak=0.1):
        self.leak, self.params, self.grads, self.memory = leak, {}, {}, []

    def forward(self, Z):
        self.memory.append(Z.copy())
        return np.maximum(Z, 0) + self.leak * np.minimum(Z, 0)

    def backward(self, dA):
        dZ = dA.copy()
        dZ[self.memory[-1] <= 0] *= self.leak
        return dZ
""",
        "chain": """
class Chain:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, X):
        first, *rest = self.layers
        return Chain(rest).forward(first.forward(X)) if rest else first.forward(X)

    def backward(self, dA):
        *rest, last = self.layers
        return Chain(rest).backward(last.backward(dA)) if rest else last.backward(dA)
""",
        "momentum": """
class Momentum:
    def __init__(self, lr, momentum=0.9):
        self.lr, self.momentum, self.velocity = lr, momentum, {}

    def step(self, layers):
        for layer in layers:
            for name in layer.params:
                v = self.velocity.setdefault(id(layer.params[name]), np.zeros_like(layer.params[name]))
                v *= self.momentum
                v -= self.lr * layer.grads[name]
                layer.params[name] += v
""",
        "batches": """
def minibatches(n, batch_size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    return np.split(order, range(batch_size, n, batch_size))
""",
    },
    "a mask, reduce, two lists": {
        "leaky": """
class LeakyReLU:
    def __init__(self, leak=0.1):
        self.leak = leak
        self.params, self.grads = {}, {}

    def forward(self, Z):
        self.positive = (Z > 0).astype(Z.dtype)
        return self.positive * Z + (1 - self.positive) * self.leak * Z

    def backward(self, dA):
        return self.positive * dA + (1 - self.positive) * self.leak * dA
""",
        "chain": """
from functools import reduce


class Chain:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, X):
        return reduce(lambda A, layer: layer.forward(A), self.layers, X)

    def backward(self, dA):
        for place in range(len(self.layers) - 1, -1, -1):
            dA = self.layers[place].backward(dA)
        return dA
""",
        "momentum": """
class Momentum:
    def __init__(self, lr, momentum=0.9):
        self.lr, self.momentum, self.velocity = lr, momentum, None

    def step(self, layers):
        pairs = [(layer.params[name], layer.grads[name]) for layer in layers for name in layer.params]
        self.velocity = self.velocity or [0 * w for w, _ in pairs]
        for k, (w, g) in enumerate(pairs):
            self.velocity[k] = self.momentum * self.velocity[k] - self.lr * g
            np.add(w, self.velocity[k], out=w)
""",
        "batches": """
def minibatches(n, batch_size, rng):
    keys = rng.random(n)
    order = sorted(range(n), key=lambda i: keys[i])
    return [order[k * batch_size:(k + 1) * batch_size] for k in range(-(-n // batch_size))]
""",
        "keeper": """
class Keeper:
    def __init__(self, layers, patience):
        self.arrays, self.patience, self.losses, self.kept = [w for layer in layers for w in layer.params.values()], patience, [], []

    def look(self, dev_loss):
        self.losses.append(dev_loss)
        self.kept.append([np.array(w) for w in self.arrays])
        return len(self.losses) - 1 - int(np.argmin(self.losses)) >= self.patience

    def restore(self):
        for w, best in zip(self.arrays, self.kept[int(np.argmin(self.losses))]):
            np.copyto(w, best)
""",
    },
}
