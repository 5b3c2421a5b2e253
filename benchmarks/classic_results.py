"""Train again what well-known tutorials and books claim, several times each, and write down what comes out.

    python -m benchmarks.classic_results                    # all of them, five seeds each: about an hour on one core
    python -m benchmarks.classic_results --only "nielsen, squared error" --seeds 3

MNIST is downloaded once (11.6 MB), or taken from the folder that $NNFROMSCRATCH_DATA names. The file is written after each experiment, so
if you stop the script, everything that is complete is kept, each result with the command that repeats it. The chapter "Classic results,
reproduced" says where each setting comes from, and which of them are our own guesses.
"""

import argparse
import datetime
import json
import platform
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import nnfromscratch as nn
from nnfromscratch.convolution import Conv2D, Flatten, MaxPool2D, Reshape

TABLE = Path(__file__).with_suffix(".toml")
FILE = Path(__file__).parent.parent / "book" / "results" / "classic-results.json"
PART = 2_000  # samples that a full-batch step holds in the processor's cache at a time


@dataclass(frozen=True)
class Experiment:
    """The settings of one training run; classic_results.toml explains them and lists all runs."""

    hidden: int
    activation: str
    output: str
    pixels: str
    start: str
    train: int
    rate: float
    passes: int
    batch: int | None = None
    every: int = 1
    n_validation: int = 0
    n_all: int | None = None
    l2: float = 0.0
    kernels: int = 0


EXPERIMENTS = {name: Experiment(**settings) for name, settings in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()}


# --- data ---------------------------------------------------------------------------------------------------------------------------


PIXELS = {
    "0-1": lambda raw: raw.astype(np.float32) / 255,
    "0-255": lambda raw: raw.astype(np.float32),
    "binary": lambda raw: (raw > 0).astype(np.float32),
}


def parts(experiment, raw):
    """Return {part: (X, y)} of a `Dataset` of raw pixels: "train", "test", and "validation" where the experiment keeps one."""
    X, y = PIXELS[experiment.pixels](raw.X_train), raw.y_train
    n = experiment.train
    if experiment.n_all:  # these digits are all there are: cut them into three parts
        validation = slice(n, n + experiment.n_validation)
        test = slice(validation.stop, experiment.n_all)
        return {"train": (X[:n], y[:n]), "validation": (X[validation], y[validation]), "test": (X[test], y[test])}
    data = {"train": (X[:n], y[:n]), "test": (PIXELS[experiment.pixels](raw.X_test), raw.y_test)}
    if experiment.n_validation:
        data["validation"] = X[-experiment.n_validation :], y[-experiment.n_validation :]
    return data


# --- network ------------------------------------------------------------------------------------------------------------------------


STARTS = {  # how weights and biases are initialized
    "normal, 0.01": (lambda rng, shape: 0.01 * rng.standard_normal(shape), lambda rng, shape: np.zeros(shape)),
    "normal, 0.1": (lambda rng, shape: 0.1 * rng.standard_normal(shape), lambda rng, shape: np.zeros(shape)),
    "normal, 1": (lambda rng, shape: rng.standard_normal(shape), lambda rng, shape: rng.standard_normal(shape)),
    "uniform, 0.5": (lambda rng, shape: rng.uniform(-0.5, 0.5, shape), lambda rng, shape: rng.uniform(-0.5, 0.5, shape)),
    "xavier": (lambda rng, shape: nn.xavier(*shape, rng), lambda rng, shape: np.zeros(shape)),
}


def build_convolutional(experiment, rng):
    """Return Nielsen's first convolutional network (5 by 5 kernels, pooling, sigmoid, a hidden layer, softmax) and a mask of its weights.

    A layer's weights start with the standard deviation 1 / sqrt(outputs) (a kernel's outputs are counted as 25 / 4), its biases with 1;
    the last layer starts at 0.
    """
    kernels, hidden = experiment.kernels, experiment.hidden
    layers = [Reshape((1, 28, 28)), Conv2D(1, kernels, 5), MaxPool2D(2), nn.Sigmoid()]
    layers += [Flatten(), nn.Linear(kernels * 12 * 12, hidden), nn.Sigmoid(), nn.Linear(hidden, 10)]
    network = nn.Network(layers, nn.SoftmaxCrossEntropy())
    parameters = network.parameters
    parameters.values[:] = 0
    for place, n_out in {1: kernels * 25 / 4, 5: hidden}.items():
        for name, deviation in {f"{place}.W": n_out**-0.5, f"{place}.b": 1}.items():
            parameters[name][...] = rng.normal(0, deviation, parameters[name].shape)
    return network, np.ones_like(parameters.values)


def build(experiment, rngs):
    """Return the 784-hidden-10 networks of these random generators, side by side in one, and a mask of the weights that exist.

    The k networks share the inputs. Each has its own hidden neurons and its own ten outputs; the weights between the hidden neurons of
    one and the outputs of another stay 0. A sigmoid's loss is a sum over the outputs, so each network learns as it would alone, and one
    product with a matrix of 50 columns takes half the time of five with 10. (Softmax compares outputs: with it k is 1.)
    """
    if experiment.kernels:
        return build_convolutional(experiment, *rngs)
    k, h = len(rngs), experiment.hidden
    layers = nn.mlp([784, k * h, k * 10], experiment.activation)
    if experiment.output == "sigmoid, squared error":  # the package's loss leaves scores as they are: the sigmoid is a layer here
        network = nn.Network([*layers, nn.Sigmoid()], nn.SquaredError())
    elif experiment.output == "sigmoid, cross-entropy":
        network = nn.Network(layers, nn.BinaryCrossEntropy())
    elif experiment.output == "ReLU, softmax, cross-entropy":
        network = nn.Network([*layers, nn.ReLU()], nn.SoftmaxCrossEntropy())
    else:
        network = nn.Network(layers, nn.SoftmaxCrossEntropy())
    parameters, exists = network.parameters, np.zeros_like(network.parameters.values)
    parameters.values[:] = 0
    weights, biases = STARTS[experiment.start]
    for i, rng in enumerate(rngs):
        hidden, outputs = slice(i * h, (i + 1) * h), slice(i * 10, (i + 1) * 10)
        for name, place in {"0.W": np.s_[:, hidden], "0.b": hidden, "2.W": np.s_[hidden, outputs], "2.b": outputs}.items():
            part = parameters[name][place]
            part[...] = (weights if name.endswith("W") else biases)(rng, part.shape)
            parameters.split(exists)[name][place] = 1
    return network, exists


class Descent(nn.SGD):
    """Gradient descent with a penalty on the weights alone: w <- (1 - rate * l2 / n) w - rate g; biases go free."""

    def __init__(self, experiment, network, exists):
        super().__init__(experiment.rate)
        self.exists, self.keep = exists, np.ones_like(exists)
        for name, part in network.parameters.split(self.keep).items():
            part[...] = 1 - experiment.rate * experiment.l2 / experiment.train if name.endswith("W") else 1

    def update(self, w, g, lr):
        w *= self.keep
        g *= self.exists
        super().update(w, g, lr)


# --- training -----------------------------------------------------------------------------------------------------------------------


def full_batch(network, X, Y, optimizer, passes):
    """Take one step per pass along the gradient of all samples, which is summed over parts that fit the cache. A generator."""
    parameters = network.parameters
    for _ in range(passes):
        total = np.zeros_like(parameters.gradients)
        for start in range(0, len(X), PART):
            part = slice(start, start + PART)
            network.loss_and_gradients(X[part], Y[part])
            total += parameters.gradients * (len(X[part]) / len(X))
        parameters.gradients[:] = total
        optimizer.step(parameters)
        yield


def accuracies(network, X, y, k):
    """Return for each of the k networks side by side the fraction of samples whose largest output is that of the correct digit."""
    outputs = network.predict_proba(X) if network.loss.probabilities else network.predict(X)
    answers = outputs.reshape(len(X), k, 10).argmax(axis=2)
    return (answers == y[:, None]).mean(axis=0)


def run(experiment, raw, seeds):
    """Train once per seed and return for each {"seed": ..., part: accuracies after `every`, 2 `every`, ... passes}."""
    if experiment.batch is None and experiment.output.startswith("sigmoid"):
        return train(experiment, raw, seeds)
    return [result for seed in seeds for result in train(experiment, raw, [seed])]


def train(experiment, raw, seeds):
    """Train networks side by side and return what `run` does."""
    rngs, k = [np.random.default_rng(seed) for seed in seeds], len(seeds)
    data, (network, exists) = parts(experiment, raw), build(experiment, rngs)
    X, y = data["train"]
    Y = np.tile(nn.one_hot(y, 10).astype(np.float32), (1, k))
    optimizer = Descent(experiment, network, exists)
    if experiment.batch is None:
        steps = full_batch(network, X, Y, optimizer, experiment.passes)
    else:
        steps = network.train(X, Y, epochs=experiment.passes, batch_size=experiment.batch, optimizer=optimizer, rng=rngs[0])
    results = [{"seed": seed, **{part: [] for part in data}} for seed in seeds]
    for number, _ in enumerate(steps, start=1):
        if number % experiment.every == 0:
            for part, (X_part, y_part) in data.items():
                for result, accuracy in zip(results, accuracies(network, X_part, y_part, k)):
                    result[part].append(round(float(accuracy), 4))
    return results


def command(name, seeds):
    """Return what repeats one experiment, to be typed into a shell."""
    return f'python -m benchmarks.classic_results --only "{name}" --seeds {seeds}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="how often to train each (default: 5)")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=EXPERIMENTS,
        metavar="NAME",
        help=f"leave the others in the file as they are; of: {', '.join(EXPERIMENTS)}",
    )
    parser.add_argument("--file", type=Path, default=FILE, help="where to write (default: book/results/classic-results.json)")
    options = parser.parse_args()
    raw = nn.load_mnist(raw=True)
    results = json.loads(options.file.read_text(encoding="utf-8")) if options.only else {}
    for name in options.only or EXPERIMENTS:
        results[name] = {
            "command": command(name, options.seeds),
            "settings": asdict(EXPERIMENTS[name]),
            "date": datetime.date.today().isoformat(),
            "numpy": np.__version__,
            "python": platform.python_version(),
            "nnfromscratch": nn.__version__,
            "runs": run(EXPERIMENTS[name], raw, range(options.seeds)),
        }
        ends = ", ".join(f"{100 * result['test'][-1]:.2f}" for result in results[name]["runs"])
        print(f"{name}: {ends} % of the test digits", flush=True)
        options.file.write_text(json.dumps(results) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
