"""The same network, trained for one epoch by each library.

Every function here takes (digits, sizes, batch, optimizer name) and returns a function without arguments that trains one more epoch:
ReLU between dense layers, softmax with cross-entropy, float32 (unless it says float64), a new shuffle each epoch, SGD with rate 0.1 or
Adam with rate 0.001. Libraries are imported inside, so that a missing one is only a missing row.
"""

import importlib.util
import os
import warnings

import numpy as np

RATES = {"sgd": 0.1, "adam": 0.001}


def ours(digits, sizes, batch, optimizer):
    """This package: the plain code of the core, learning from bytes."""
    from nnfromscratch import SGD, Adam, Network, Scale, mlp

    network = Network([Scale(1 / 255), *mlp(sizes, rng=0)])
    run = network.train(
        digits.raw, digits.y, epochs=10**6, batch_size=batch, rng=0, optimizer={"sgd": SGD, "adam": Adam}[optimizer](RATES[optimizer])
    )
    return lambda: next(run)


def ours_floats(digits, sizes, batch, optimizer):
    """This package, learning from float32 pixels."""
    from nnfromscratch import SGD, Adam, Network, mlp

    run = Network(mlp(sizes, rng=0)).train(
        digits.X, digits.y, epochs=10**6, batch_size=batch, rng=0, optimizer={"sgd": SGD, "adam": Adam}[optimizer](RATES[optimizer])
    )
    return lambda: next(run)


def ours_fast(digits, sizes, batch, optimizer):
    """This package with `nnfromscratch.fast`, learning from bytes."""
    from nnfromscratch import SGD, Adam, Network, Scale, fast, mlp

    network, descent = Network([Scale(1 / 255), *mlp(sizes, rng=0)]), {"sgd": SGD, "adam": Adam}[optimizer](RATES[optimizer])
    faster = fast.faster(network, digits.raw, descent)
    run = network.train(digits.raw, digits.y, epochs=10**6, batch_size=batch, rng=0, optimizer=descent, batches=faster.__enter__())

    def epoch(hold=faster):  # the context stays open as long as this function lives
        return next(run)

    return epoch


def _torch(sizes, optimizer):
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    layers = [layer for n_in, n_out in zip(sizes, sizes[1:]) for layer in (torch.nn.Linear(n_in, n_out), torch.nn.ReLU())][:-1]
    model = torch.nn.Sequential(*layers)
    make = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]
    return torch, model, torch.nn.CrossEntropyLoss(), make(model.parameters(), lr=RATES[optimizer])


def torch_loop(digits, sizes, batch, optimizer):
    """PyTorch, with mini-batches taken from one tensor by index."""
    torch, model, loss_of, descent = _torch(sizes, optimizer)
    X, y = torch.from_numpy(digits.X), torch.from_numpy(digits.y)

    def epoch():
        order = torch.randperm(len(X))
        for start in range(0, len(X), batch):
            chosen = order[start : start + batch]
            descent.zero_grad()
            loss_of(model(X[chosen]), y[chosen]).backward()
            descent.step()

    return epoch


def torch_loader(digits, sizes, batch, optimizer):
    """PyTorch, with a DataLoader, as in its tutorials."""
    torch, model, loss_of, descent = _torch(sizes, optimizer)
    data = torch.utils.data.TensorDataset(torch.from_numpy(digits.X), torch.from_numpy(digits.y))
    loader = torch.utils.data.DataLoader(data, batch_size=batch, shuffle=True)

    def epoch():
        for X, y in loader:
            loss = loss_of(model(X), y)
            descent.zero_grad()
            loss.backward()
            descent.step()

    return epoch


def sklearn_mlp(digits, sizes, batch, optimizer):
    """scikit-learn's MLPClassifier."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        sizes[1:-1], solver=optimizer, batch_size=batch, learning_rate_init=RATES[optimizer], alpha=0, momentum=0, random_state=0
    )
    classes = np.arange(sizes[-1])

    def epoch():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.partial_fit(digits.X, digits.y, classes=classes)

    return epoch


def jax_scan(digits, sizes, batch, optimizer):
    """JAX: the whole epoch as one compiled scan (whole batches only)."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import jax.numpy as jnp

    X, y, rng = jnp.asarray(digits.X), jnp.asarray(digits.y), np.random.default_rng(0)
    weights = [
        (jnp.asarray(rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), jnp.float32), jnp.zeros(n_out))
        for n_in, n_out in zip(sizes, sizes[1:])
    ]
    rate, zeros = RATES[optimizer], jax.tree.map(jnp.zeros_like, weights)

    def loss(weights, X, y):
        for W, b in weights[:-1]:
            X = jax.nn.relu(X @ W + b)
        log_Y_hat = jax.nn.log_softmax(X @ weights[-1][0] + weights[-1][1])
        return -log_Y_hat[jnp.arange(len(y)), y].mean()

    def sgd(state, chosen):
        found, g = jax.value_and_grad(loss)(state, X[chosen], y[chosen])
        return jax.tree.map(lambda w, g: w - rate * g, state, g), found

    def adam(state, chosen):
        w, m, s, t = state
        found, g = jax.value_and_grad(loss)(w, X[chosen], y[chosen])
        m, s, t = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g), jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, s, g), t + 1
        w = jax.tree.map(lambda w, m, s: w - rate * (m / (1 - 0.9**t)) / (jnp.sqrt(s / (1 - 0.999**t)) + 1e-8), w, m, s)
        return (w, m, s, t), found

    step = {"sgd": sgd, "adam": adam}[optimizer]
    whole_epoch = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches), donate_argnums=0)
    state = weights if optimizer == "sgd" else (weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros(()))

    def epoch():
        nonlocal state
        order = rng.permutation(len(X))[: len(X) // batch * batch].reshape(-1, batch)
        state, losses = whole_epoch(state, order)
        losses.block_until_ready()

    return epoch


def keras_fit(digits, sizes, batch, optimizer):
    """Keras on JAX, `model.fit`."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras

    make = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam}[optimizer]
    model = keras.Sequential(
        [keras.Input((sizes[0],)), *(keras.layers.Dense(n, activation="relu") for n in sizes[1:-1]), keras.layers.Dense(sizes[-1])]
    )
    model.compile(make(RATES[optimizer]), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return lambda: model.fit(digits.X, digits.y, batch_size=batch, epochs=1, verbose=0)


def plain_numpy(digits, sizes, batch, optimizer):
    """NumPy as first written: mini-batches in float64, one line per formula."""
    rng = np.random.default_rng(0)
    weights = [[rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out)), np.zeros(n_out)] for n_in, n_out in zip(sizes, sizes[1:])]
    X, Y, memory, steps = digits.X.astype(np.float64), np.eye(sizes[-1])[digits.y], {}, 0

    def descend(key, w, g):
        if optimizer == "sgd":
            return w - RATES["sgd"] * g
        m, s = memory.get(key, (0, 0))
        m, s = memory[key] = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
        return w - RATES["adam"] * (m / (1 - 0.9**steps)) / (np.sqrt(s / (1 - 0.999**steps)) + 1e-8)

    def epoch():
        nonlocal steps
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch):
            chosen, steps = order[start : start + batch], steps + 1
            A = [X[chosen]]
            for W, b in weights[:-1]:
                A.append(np.maximum(A[-1] @ W + b, 0))
            Z = A[-1] @ weights[-1][0] + weights[-1][1]
            e = np.exp(Z - Z.max(axis=1, keepdims=True))
            dZ = (e / e.sum(axis=1, keepdims=True) - Y[chosen]) / len(chosen)
            for k in reversed(range(len(weights))):
                W, b = weights[k]
                dW, db, dA = A[k].T @ dZ, dZ.sum(axis=0), dZ @ W.T
                weights[k] = [descend((k, "W"), W, dW), descend((k, "b"), b, db)]
                dZ = dA * (A[k] > 0)

    return epoch


def per_sample(digits, sizes, batch, optimizer):
    """NumPy, float64, one sample after another as a column, gradients summed over the batch (SGD only)."""
    rng = np.random.default_rng(0)
    Ws = [rng.normal(0, 1 / np.sqrt(n_in), (n_out, n_in)) for n_in, n_out in zip(sizes, sizes[1:])]
    bs = [np.zeros((n, 1)) for n in sizes[1:]]
    data = [(x.reshape(-1, 1).astype(np.float64), np.eye(sizes[-1])[:, [label]]) for x, label in zip(digits.X, digits.y)]

    def gradients(x, y):
        A = [x]
        for W, b in zip(Ws[:-1], bs):
            A.append(np.maximum(W @ A[-1] + b, 0))
        z = Ws[-1] @ A[-1] + bs[-1]
        e = np.exp(z - z.max())
        dz, dWs, dbs = e / e.sum() - y, [], []
        for k in reversed(range(len(Ws))):
            dWs.insert(0, dz @ A[k].T)
            dbs.insert(0, dz)
            dz = (Ws[k].T @ dz) * (A[k] > 0)
        return dWs, dbs

    def epoch():
        order = rng.permutation(len(data))
        for start in range(0, len(data), batch):
            chosen = order[start : start + batch]
            sum_W, sum_b = [np.zeros(W.shape) for W in Ws], [np.zeros(b.shape) for b in bs]
            for i in chosen:
                dWs, dbs = gradients(*data[i])
                sum_W, sum_b = [s + d for s, d in zip(sum_W, dWs)], [s + d for s, d in zip(sum_b, dbs)]
            for k in range(len(Ws)):
                Ws[k], bs[k] = Ws[k] - RATES["sgd"] / len(chosen) * sum_W[k], bs[k] - RATES["sgd"] / len(chosen) * sum_b[k]

    return epoch


NEEDS = {torch_loop: ["torch"], torch_loader: ["torch"], sklearn_mlp: ["sklearn"], jax_scan: ["jax"], keras_fit: ["keras", "jax"]}
PEERS = {
    "nnfromscratch": ours,
    "nnfromscratch, float32 pixels": ours_floats,
    "nnfromscratch, fast": ours_fast,
    "PyTorch": torch_loop,
    "PyTorch, DataLoader": torch_loader,
    "scikit-learn": sklearn_mlp,
    "JAX, compiled": jax_scan,
    "Keras on JAX": keras_fit,
    "NumPy, float64": plain_numpy,
}


def installed():
    """Return the peers whose libraries are installed."""
    return {name: peer for name, peer in PEERS.items() if not missing(peer)}


def missing(peer):
    """Return the packages that a peer needs and that are not installed."""
    return [package for package in NEEDS.get(peer, []) if importlib.util.find_spec(package) is None]
