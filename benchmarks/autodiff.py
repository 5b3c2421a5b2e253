"""Measure what automatic differentiation costs: CPU time per step of a 784-128-10 network with 64 digits, three ways.

    python -m benchmarks.autodiff        # a minute on one core; run it on a quiet machine

"by hand" is `Network` with its backward passes, "tape of arrays" is `Tensor`, and "tape of numbers" is the class of the chapter's first
pages, measured with one digit and multiplied by 64. Steps of the first two are interleaved; each number is the median of the rounds.
"""

import json
import time
from pathlib import Path
from statistics import median

import numpy as np

from nnfromscratch import SGD, Network, load_digits, mlp
from nnfromscratch.autodiff import Tensor, reset_gradients, softmax_cross_entropy

from .provenance import provenance

FILE = Path(__file__).parent.parent / "book" / "results" / "autodiff.json"
BATCH_SIZE, STEPS, ROUNDS = 64, 50, 15


class Value:
    """A number on a tape, as the chapter builds it first."""

    def __init__(self, data, inputs=()):
        self.data, self.inputs, self.grad = data, inputs, 0.0
        tape.append(self)

    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    def relu(self):
        return Value(max(self.data, 0.0), [(self, float(self.data > 0))])


tape = []


def by_hand(digits):
    """Return a function that takes one step with the hand-written backward pass."""
    network, optimizer = Network(mlp([784, 128, 10], rng=0)), SGD(0.1)

    def step(batch):
        network.loss_and_gradients(digits.X_train[batch], digits.y_train[batch])
        optimizer.step(network.parameters)

    return step


def tape_of_arrays(digits):
    """Return a function that takes the same step with `Tensor`."""
    network = Network(mlp([784, 128, 10], rng=0))
    parameters = W1, b1, W2, b2 = [Tensor(network.parameters[name].copy()) for name in network.parameters.names]

    def step(batch):
        Z = (digits.X_train[batch] @ W1 + b1).relu() @ W2 + b2
        loss = softmax_cross_entropy(Z, digits.y_train[batch])
        reset_gradients(parameters)
        loss.backward()
        for parameter in parameters:
            parameter.data -= np.float32(0.1) * parameter.grad

    return step


def tape_of_numbers(x, sizes=(784, 128, 10)):
    """Run one digit through a network of single numbers and back, and return the CPU seconds and the entries on the tape."""
    rng, start = np.random.default_rng(0), time.process_time()
    tape.clear()
    outputs = [Value(float(shade)) for shade in x]
    for n_in, n_out in zip(sizes, sizes[1:]):
        weights = rng.normal(size=(n_out, n_in)) / n_in**0.5
        outputs = [neuron([Value(float(w)) for w in row], outputs).relu() for row in weights]
    total = outputs[0]
    for output in outputs[1:]:
        total = total + output
    total.grad = 1.0
    for value in reversed(tape):
        for source, local in value.inputs:
            source.grad += local * value.grad
    seconds, entries = time.process_time() - start, len(tape)
    tape.clear()
    return seconds, entries


def neuron(weights, inputs):
    """Return the weighted sum of a neuron."""
    z = Value(0.0)
    for w, x in zip(weights, inputs):
        z = z + w * x
    return z


def milliseconds(step):
    """Return the CPU milliseconds per step, the mean of STEPS."""
    start = time.process_time()
    for number in range(STEPS):
        step(slice(number * BATCH_SIZE, (number + 1) * BATCH_SIZE))
    return 1000 * (time.process_time() - start) / STEPS


def main():
    digits = load_digits()
    steps = {"by hand": by_hand(digits), "tape of arrays": tape_of_arrays(digits)}
    rounds = [{name: milliseconds(step) for name, step in steps.items()} for _ in range(ROUNDS)]
    results = {name: round(median(found[name] for found in rounds), 3) for name in steps}
    seconds, entries = min(tape_of_numbers(digits.X_train[0]) for _ in range(3))
    results |= {"tape of numbers": round(1000 * seconds * BATCH_SIZE), "entries per digit": entries, **provenance()}
    FILE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(results)


if __name__ == "__main__":
    main()
