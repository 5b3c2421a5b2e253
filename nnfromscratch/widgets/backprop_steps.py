"""The calculation behind one pass forward and one pass back, as steps in words.

A number has a name: "h1.z" is the z of hidden neuron 1, "h1.dz" the gradient of the loss with respect to it, "o2.w1" the weight from hidden
neuron 1 to output neuron 2.
"""

from typing import NamedTuple

import numpy as np


class Step(NamedTuple):
    """The names of the numbers that appear, and of those they were computed from; and the calculation in words."""

    shows: list
    uses: list
    words: str


def run(first, activation, last, loss, X, y):
    """Return every value and gradient of a network of three layers for one sample, by name."""
    Z = first.forward(X)
    A = activation.forward(Z)
    scores = last.forward(A)
    numbers = {"loss.L": loss.forward(scores, y)}
    d_scores = loss.backward()
    dA = last.backward(d_scores)
    slope, dZ = activation.backward(np.ones_like(A)), activation.backward(dA)
    first.backward(dZ)
    targets = loss.encode(y, scores.shape, scores.dtype)
    numbers |= _named("x", x=X) | _named("h", z=Z, a=A, slope=slope, da=dA, dz=dZ) | _named_parameters("h", first)
    numbers |= _named("o", z=scores, p=loss.activation(scores), y=targets, dz=d_scores) | _named_parameters("o", last)
    return {name: float(value) for name, value in numbers.items()}


def _named(kind, **rows):
    return {f"{kind}{i}.{name}": value for name, row in rows.items() for i, value in enumerate(row[0], start=1)}


def _named_parameters(kind, layer):
    numbers = {}
    for d, arrays in [("", layer.params), ("d", layer.grads)]:
        for j, (weights, b) in enumerate(zip(arrays["W"].T, arrays["b"]), start=1):
            numbers |= {f"{kind}{j}.{d}w{i}": w for i, w in enumerate(weights, start=1)} | {f"{kind}{j}.{d}b": b}
    return numbers


def text(number):
    """Return a number as it is shown.

    Examples
    --------
    >>> text(-0.0001), text(12345.6)
    ('0.000', '1.23e+04')
    """
    return f"{number:z.3f}" if abs(number) < 1000 else f"{number:.3g}"


class Story:
    """Tells the steps of a run.

    Parameters
    ----------
    numbers : dict
        Made by `run`.
    activation : str
        What the hidden neurons' activation is called.
    label : int
        The true class.
    """

    def __init__(self, numbers, activation, label):
        self.numbers, self.activation, self.label = numbers, activation, label
        self.hidden, self.outputs = (sorted(name[:-2] for name in numbers if name[0] == kind and name.endswith(".z")) for kind in "ho")
        self.xs, self.activations = ["x1.x", "x2.x"], [f"{neuron}.a" for neuron in self.hidden]

    def steps(self):
        """Yield the steps: forward to the loss, and back to the first weights."""
        yield self.start()
        yield from (self.weigh(neuron, self.xs) for neuron in self.hidden)
        yield from (self.activate(neuron) for neuron in self.hidden)
        yield from (self.weigh(neuron, self.activations) for neuron in self.outputs)
        yield self.softmax()
        yield self.loss()
        yield from (self.error(neuron) for neuron in self.outputs)
        yield from (self.weight_gradients(neuron, self.activations) for neuron in self.outputs)
        yield from (self.blame(neuron) for neuron in self.hidden)
        yield from (self.through_activation(neuron) for neuron in self.hidden)
        yield from (self.weight_gradients(neuron, self.xs) for neuron in self.hidden)
        yield self.end()

    def start(self):
        known = [name for name in self.numbers if name.partition(".")[2][0] in "xwby"]
        true = _name(self.outputs[self.label])
        return Step(
            known,
            [],
            f"The sample x1 = {self.text('x1.x')}, x2 = {self.text('x2.x')} comes in. Its label is {self.label}: {true} "
            f"should answer. All weights and biases are known, and the activation is {self.activation}.",
        )

    def end(self):
        return Step(
            [],
            [],
            f"With {self.activation} the loss is {self.text('loss.L')}, and every weight and bias has its gradient. "
            "Gradient descent now subtracts lr times the gradient from each.",
        )

    def weigh(self, neuron, inputs):
        weights = [f"{neuron}.w{i}" for i in range(1, len(inputs) + 1)]
        letters = " + ".join(f"{_short(name)}·w{i}" for i, name in enumerate(inputs, start=1))
        return Step(
            [f"{neuron}.z"],
            [*inputs, *weights, f"{neuron}.b"],
            f"Forward, {_name(neuron)}: z = {letters} + b = {self.products(inputs, weights)} + {self.factor(f'{neuron}.b')} = "
            f"{self.text(f'{neuron}.z')}.",
        )

    def activate(self, neuron):
        calculation = f"a = f(z) = {self.activation}({self.text(f'{neuron}.z')}) = {self.text(f'{neuron}.a')}"
        return Step([f"{neuron}.a"], [f"{neuron}.z"], f"Forward, {_name(neuron)}: {calculation}.")

    def softmax(self):
        exponentials = [f"exp({self.text(f'{neuron}.z')})" for neuron in self.outputs]
        first, *others = (f"p{i} = {self.text(f'{neuron}.p')}" for i, neuron in enumerate(self.outputs, start=1))
        formula = f"p1 = {exponentials[0]} / ({' + '.join(exponentials)})"
        return Step(
            [f"{neuron}.p" for neuron in self.outputs],
            [f"{neuron}.z" for neuron in self.outputs],
            f"Forward, softmax: {', '.join([first.replace('p1', formula), *others])}.",
        )

    def loss(self):
        p = f"{self.outputs[self.label]}.p"
        return Step(["loss.L"], [p], f"Forward, loss: L = -ln p{self.label + 1} = -ln {self.text(p)} = {self.text('loss.L')}.")

    def error(self, neuron):
        p, y = self.text(f"{neuron}.p"), f"{self.numbers[f'{neuron}.y']:.0f}"
        return Step(
            [f"{neuron}.dz"],
            [f"{neuron}.p", f"{neuron}.y"],
            f"Backward, {_name(neuron)}: dz = (p - y) / n = ({p} - {y}) / 1 = {self.text(f'{neuron}.dz')}.",
        )

    def weight_gradients(self, neuron, inputs):
        names = [f"{neuron}.dw{i}" for i in range(1, len(inputs) + 1)]
        words = ", ".join(
            f"{_short(name)} = {_short(of)}·dz = {self.products([of], [f'{neuron}.dz'])} = {self.text(name)}"
            for name, of in zip(names, inputs)
        )
        return Step(
            [*names, f"{neuron}.db"],
            [*inputs, f"{neuron}.dz"],
            f"Backward, {_name(neuron)}: {words}, db = dz = {self.text(f'{neuron}.db')}.",
        )

    def blame(self, neuron):
        i = neuron[1:]
        dzs, weights = [f"{k}.dz" for k in self.outputs], [f"{k}.w{i}" for k in self.outputs]
        return Step(
            [f"{neuron}.da"],
            [*dzs, *weights],
            f"Backward, {_name(neuron)}: da = the sum of dz·w{i} over the output neurons = {self.products(dzs, weights)} = "
            f"{self.text(f'{neuron}.da')}.",
        )

    def through_activation(self, neuron):
        da, slope = f"{neuron}.da", f"{neuron}.slope"
        return Step(
            [slope, f"{neuron}.dz"],
            [da, f"{neuron}.z"],
            f"Backward, {_name(neuron)}: the slope f'(z) is {self.text(slope)}, so "
            f"dz = da·f'(z) = {self.products([da], [slope])} = {self.text(f'{neuron}.dz')}.",
        )

    def text(self, name):
        return text(self.numbers[name])

    def factor(self, name):
        """Return a number as a factor or a summand: a negative one in brackets."""
        return f"({self.text(name)})" if self.text(name).startswith("-") else self.text(name)

    def products(self, left, right):
        return " + ".join(f"{self.factor(a)}·{self.factor(b)}" for a, b in zip(left, right))


def _name(neuron):
    return f"{'hidden' if neuron[0] == 'h' else 'output'} neuron {neuron[1:]}"


def _short(name):
    """Return what a number is called beside its neuron: "x1.x" is x1, "h2.a" is a2, "h1.dw2" is dw2."""
    owner, _, letter = name.partition(".")
    return letter + owner[1:] if letter in ("x", "a") else letter
