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


def chain(
    forward="X = layer.forward(X)",
    there="self.layers",
    output="X",
    backward="dA = layer.backward(dA)",
    back="reversed(self.layers)",
    gradient="dA",
):
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


def momentum(rule="v = self.momentum * v + g", change="w -= self.lr * v", key="i, name", extra="self.velocity = {}", before="pass"):
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


def scaler(
    mean="X_train.mean(axis=0)",
    deviation="X_train.std(axis=0)",
    safe="np.where(deviation > 0, deviation, 1.0)",
    before="pass",
    applied="(X - self.mean) / self.deviation",
):
    """Return the scaler with some of its lines changed."""
    return f"""
class Scaler:
    def __init__(self, X_train):
        self.mean, deviation = {mean}, {deviation}
        self.deviation = {safe}

    def apply(self, X):
        {before}
        return {applied}
"""


def keeper(low="val_loss < self.lowest", reset="0", kept="w.copy()", restored="w[:] = best[name]"):
    """Return the keeper of the best with some of its parts changed."""
    return f"""
class Keeper:
    def __init__(self, layers, patience):
        self.layers, self.patience = layers, patience
        self.lowest, self.waited, self.best = float("inf"), 0, None

    def look(self, val_loss):
        if {low}:
            self.lowest, self.waited = val_loss, {reset}
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
TRAIN, OTHERS = {"test-scaler-train"}, {"test-scaler-others"}

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
        "leaky", leaky(forward="self.first = getattr(self, 'first', self.slope)", backward="return dA * self.first"), BACKWARD
    ),
    "leaky: one memory for all layers": Mutant(
        "leaky", leaky(forward="LeakyReLU.last = self.slope", backward="return dA * LeakyReLU.last"), BACKWARD
    ),
    "chain: every layer gets X": Mutant("chain", chain(forward="A = layer.forward(X)", output="A"), THERE),
    "chain: forward from the last": Mutant("chain", chain(there="self.layers[::-1]"), THERE),
    "chain: forward returns nothing": Mutant("chain", chain(output="None"), THERE),
    "chain: the last layer left out": Mutant("chain", chain(there="self.layers[:-1]"), THERE),
    "chain: backward from the first": Mutant("chain", chain(back="self.layers"), BACK),
    "chain: every layer gets dA": Mutant("chain", chain(backward="dX = layer.backward(dA)", gradient="dX"), BACK),
    "chain: backward returns nothing": Mutant("chain", chain(gradient="None"), BACK),
    "chain: the first layer left out": Mutant("chain", chain(back="reversed(self.layers[1:])"), BACK),
    "momentum: a new array, put in its place": Mutant("momentum", momentum(change="layer.params[name] = w - self.lr * v"), STEP),
    "momentum: a new array that nobody owns": Mutant("momentum", momentum(change="w = w - self.lr * v"), STEP | VELOCITY),
    "momentum: uphill": Mutant("momentum", momentum(change="w += self.lr * v"), STEP | VELOCITY),
    "momentum: no learning rate": Mutant("momentum", momentum(change="w -= v"), STEP | VELOCITY),
    "momentum: an average": Mutant("momentum", momentum(rule="v = self.momentum * v + (1 - self.momentum) * g"), STEP | VELOCITY),
    "momentum: writes into the gradient": Mutant(
        "momentum", momentum(rule="g *= self.lr\n                v = self.momentum * v + g", change="w -= v"), STEP | VELOCITY
    ),
    "momentum: gathers in the gradient": Mutant("momentum", momentum(rule="g += self.momentum * v\n                v = g"), VELOCITY),
    "momentum: plain steps": Mutant("momentum", momentum(rule="v = g"), VELOCITY),
    "momentum: the velocity never fades": Mutant("momentum", momentum(rule="v = v + g"), VELOCITY),
    "momentum: one velocity for every W": Mutant("momentum", momentum(key="name"), VELOCITY),
    "momentum: one velocity for all optimizers": Mutant("momentum", momentum(extra="pass", before="velocity = {}"), STEP | VELOCITY),
    "momentum: the gradient kept as velocity": Mutant(
        "momentum", momentum(change="w -= self.lr * v\n                self.velocity[i, name] = g"), VELOCITY
    ),
    "scaler: one mean for all features": Mutant("scaler", scaler(mean="X_train.mean()", deviation="X_train.std()"), TRAIN | OTHERS),
    "scaler: mean and deviation of samples": Mutant(
        "scaler", scaler(mean="X_train.mean(axis=1)", deviation="X_train.std(axis=1)"), TRAIN | OTHERS
    ),
    "scaler: the variance divides": Mutant("scaler", scaler(deviation="X_train.var(axis=0)"), TRAIN | OTHERS),
    "scaler: n - 1": Mutant("scaler", scaler(deviation="X_train.std(axis=0, ddof=1)"), TRAIN | OTHERS),
    "scaler: only the mean": Mutant("scaler", scaler(applied="X - self.mean"), TRAIN | OTHERS),
    "scaler: a constant feature divided by 0": Mutant("scaler", scaler(safe="deviation"), TRAIN),
    "scaler: writes into its input": Mutant("scaler", scaler(before="X -= self.mean", applied="X / self.deviation"), TRAIN),
    "scaler: every part by its own numbers": Mutant("scaler", scaler(before="self.__init__(X)"), OTHERS),
    "scaler: every part by its own mean": Mutant("scaler", scaler(applied="(X - X.mean(axis=0)) / self.deviation"), OTHERS),
    "scaler: one memory for all scalers": Mutant(
        "scaler",
        scaler(
            safe="Scaler.last = X_train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)",
            applied="(X - Scaler.last[0]) / Scaler.last[1]",
        ),
        OTHERS,
    ),
    "keeper: the array itself kept": Mutant("keeper", keeper(kept="w"), {"test-keeper"}),
    "keeper: a tie is a new low": Mutant("keeper", keeper(low="val_loss <= self.lowest"), {"test-keeper"}),
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
                v += layer.grads[name]
                layer.params[name] -= self.lr * v
""",
        "scaler": """
class Scaler:
    def __init__(self, X_train):
        self.mean = sum(X_train) / len(X_train)
        self.deviation = np.sqrt(sum((X_train - self.mean) ** 2) / len(X_train)) + 1e-12

    def apply(self, X):
        return np.array([(x - self.mean) / self.deviation for x in X])
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
        "scaler": """
class Scaler:
    def __init__(self, X_train):
        self.seen = X_train.copy()

    def apply(self, X):
        deviation = self.seen.std(axis=0)
        deviation[deviation == 0] = 1
        return (X - self.seen.mean(axis=0)[None, :]) / deviation[None, :]
""",
        "keeper": """
class Keeper:
    def __init__(self, layers, patience):
        self.arrays, self.patience, self.losses, self.kept = [w for layer in layers for w in layer.params.values()], patience, [], []

    def look(self, val_loss):
        self.losses.append(val_loss)
        self.kept.append([np.array(w) for w in self.arrays])
        return len(self.losses) - 1 - int(np.argmin(self.losses)) >= self.patience

    def restore(self):
        for w, best in zip(self.arrays, self.kept[int(np.argmin(self.losses))]):
            np.copyto(w, best)
""",
    },
}
