"""Numeric items: each function draws numbers, asks for one number, and computes the key with the course's own package.

The functions are the templates. Numbers are small and have at most two decimals, so that everything can be worked out on paper. Wrong
answers that the catalog of mistakes knows come with their names, so that a platform can say what went wrong.
"""

import functools
import math
import re

import numpy as np

from coursework.questions.model import Numeric
from nnfromscratch import gradient_check
from nnfromscratch.activations import d_sigmoid, d_tanh, leaky_relu, relu, sigmoid, softmax, tanh
from nnfromscratch.convolution import patches
from nnfromscratch.course import mistakes as catalog
from nnfromscratch.layers import Linear
from nnfromscratch.network import mlp

TEMPLATES = {}


def template(chapter, decimals=3, points=2):
    """Make a function into a template: it returns (text, solution, value, given, mistakes)."""

    def keep(function):
        TEMPLATES[function.__name__.replace("_", "-")] = function, chapter, decimals, points
        return function

    return keep


@functools.cache
def item(name, variant, seed):
    """Return the item of a template in a variant, a letter. The same seed always gives the same numbers, and no two variants share them."""
    function, chapter, decimals, points = TEMPLATES[name]
    rng = np.random.default_rng([seed, *name.encode(), *variant.encode()])
    earlier = {item(name, chr(letter), seed).text for letter in range(ord("A"), ord(variant))}
    for _ in range(1000):
        text, solution, value, given, wrong = function(rng)
        value = float(value)
        draft = Numeric(f"{name}-{variant}", chapter, text, solution, value, decimals, points, given, {})
        draft = draft._replace(mistakes=distinct(wrong, draft))
        telling = decimals == 0 or abs(value) >= 20 * 10.0**-decimals  # fewer digits would test nothing
        if telling and draft.mistakes and draft.text not in earlier:
            break
    return draft


def distinct(wrong, draft):
    """Return the wrong answers that differ from the key and from each other by more than the tolerance allows."""
    kept, room = {}, 2 * draft.tolerance + 1e-9
    for words, result in wrong.items():
        value = scalar(result)
        if value is not None and all(abs(value - other) > room for other in (draft.value, *kept.values())):
            kept[words] = value
    return kept


def scalar(result):
    """Return a wrong result as a number, or None if the mistake is impossible or gives no single number."""
    try:
        with np.errstate(all="ignore"):
            value = np.asarray(result() if callable(result) else result, dtype=float)
    except (ValueError, IndexError):
        return None
    return float(value) + 0.0 if value.ndim == 0 and np.isfinite(value) else None  # 0, not -0


def at(mistakes, place, shape):
    """Return the mistakes of an array as those of one of its entries; a mistake that gives a different shape has no such entry."""

    def entry(wrong):
        found = np.asarray(wrong())
        if found.shape != shape:
            raise ValueError("a different shape")
        return found[place]

    return {words: lambda wrong=wrong: entry(wrong) for words, wrong in mistakes.items()}


def numbers(rng, *shape, low=-2.0, high=2.0, step=0.5):
    """Return an array of multiples of `step`, none of them 0."""
    choices = np.arange(low, high + step / 2, step)
    return rng.choice(choices[np.abs(choices) > step / 2], size=shape)


def show(array):
    """Return an array as it is written in Python, on one line (and 0, not -0)."""
    text = np.array2string(np.asarray(array) + 0.0, separator=", ", formatter={"float": "{:g}".format})
    return f"<code>{text.replace(chr(10), '')}</code>"


# --- 1 The neuron ------------------------------------------------------------------------------------------------------------------------


@template("01-neuron", decimals=2, points=1)
def neuron_sum(rng):
    x, w, b = numbers(rng, 3), numbers(rng, 3), float(numbers(rng))
    z = x @ w + b
    text = f"<p>A neuron has the weights w = {show(w)} and the bias b = {b:g}. Its input is x = {show(x)}. What is z = x · w + b?</p>"
    parts = " + ".join(f"({one:g})({weight:g})" for one, weight in zip(x, w))
    return text, f"{parts} + ({b:g}) = {z:g}", z, {"x": x, "w": w, "b": b}, catalog.neuron_mistakes(x, w, b)


@template("01-neuron", decimals=0, points=1)
def neurons_that_fire(rng):
    X, w, b = numbers(rng, 5, 2), numbers(rng, 2), float(numbers(rng, low=-1.0, high=1.0)) + 0.25
    count = int((X @ w + b >= 0).sum())
    text = f"<p>A neuron with w = {show(w)} and b = {b:g} fires (outputs 1) if "
    text += "x · w + b ≥ 0. For how many of these five samples does it fire?</p>"
    text += f"<p>X = {show(X)}</p>"
    return (
        text,
        f"the sums are {show(X @ w + b)}",
        count,
        {"X": X, "w": w, "b": b},
        {"the samples for which it does not fire are counted": 5 - count},
    )


@template("01-neuron", decimals=2, points=1)
def layer_entry(rng):
    X, W, b = numbers(rng, 2, 3), numbers(rng, 3, 2), numbers(rng, 2)
    i, j = rng.integers(2, size=2)
    Z = X @ W + b
    text = f"<p>A layer computes Z = X @ W + b with X = {show(X)}, W = {show(W)}, "
    text += f"and b = {show(b)}.</p><p>What is <code>Z[{i}, {j}]</code>?</p>"
    given = {"X": X, "W": W, "b": b, "i": int(i), "j": int(j)}
    return (
        text,
        f"row {i} of X times column {j} of W, plus b[{j}]: Z = {show(Z)}",
        Z[i, j],
        given,
        at(catalog.linear_mistakes(X, W, b), (i, j), Z.shape),
    )


@template("01-neuron", decimals=2, points=1)
def boundary_crossing(rng):
    w, b = numbers(rng, 2), float(numbers(rng))
    value = -b / w[0]
    text = f"<p>A neuron with w = {show(w)} and b = {b:g} divides the plane along the line where x · w + b = 0. "
    text += "At which value of x<sub>1</sub> does this line cross the axis x<sub>2</sub> = 0?</p>"
    wrong = {
        "the sign is flipped": b / w[0],
        "this is where it crosses the other axis": -b / w[1],
        "the fraction is upside down": -w[0] / b,
    }
    return text, f"w<sub>1</sub> x<sub>1</sub> + b = 0, so x<sub>1</sub> = −b / w<sub>1</sub> = {value:.4g}", value, {"w": w, "b": b}, wrong


# --- 2 Activations -----------------------------------------------------------------------------------------------------------------------


@template("02-activations", points=1)
def sigmoid_value(rng):
    z = float(numbers(rng, low=-3.0, high=3.0, step=0.25))
    wrong = {"the sign in the exponent is wrong": 1 / (1 + math.exp(z)), "this is the slope": d_sigmoid(z), "this is tanh": math.tanh(z)}
    return f"<p>What is σ(z) for z = {z:g}, where σ is the sigmoid?</p>", f"1 / (1 + exp({-z:g}))", sigmoid(z), {"z": z}, wrong


@template("02-activations", points=1)
def sigmoid_slope(rng):
    z = float(numbers(rng, low=-3.0, high=3.0, step=0.25))
    return (
        f"<p>What is the slope of the sigmoid at z = {z:g}?</p>",
        "s (1 − s) with s = σ(z)",
        d_sigmoid(z),
        {"z": z},
        catalog.d_sigmoid_mistakes(z),
    )


@template("02-activations", points=1)
def sigmoid_slope_from_output(rng):
    s = float(rng.integers(1, 20)) / 20
    wrong = {"sigmoid is applied again; s is already its output": d_sigmoid(s), "the factor 1 − s is missing": s * s}
    return f"<p>A sigmoid neuron outputs {s:g}. What is the slope of its activation there?</p>", "s (1 − s)", s * (1 - s), {"s": s}, wrong


@template("02-activations", points=1)
def tanh_slope(rng):
    z = float(numbers(rng, low=-1.5, high=1.5, step=0.25))
    return f"<p>What is the slope of tanh at z = {z:g}?</p>", "1 − t² with t = tanh(z)", d_tanh(z), {"z": z}, catalog.d_tanh_mistakes(z)


@template("02-activations", decimals=2, points=1)
def leaky_relu_sum(rng):
    z, slope = numbers(rng, 4, low=-4.0, high=4.0), float(rng.choice([0.1, 0.2, 0.3]))
    a = leaky_relu(z, negative_slope=slope)
    text = (
        f"<p>Leaky ReLU with a slope of {slope:g} for negative inputs is applied to z = {show(z)}. What is the sum of the four outputs?</p>"
    )
    wrong = {
        "this is ReLU: negative inputs give 0": relu(z).sum(),
        "negative inputs pass unchanged": z.sum(),
        "all inputs are scaled": slope * z.sum(),
    }
    return text, f"the outputs are {show(a)}", a.sum(), {"z": z, "slope": slope}, wrong


# --- 3 Forward propagation ---------------------------------------------------------------------------------------------------------------


@template("03-forward-propagation", decimals=2)
def two_layers_forward(rng):
    x, W1, b1, W2, b2 = numbers(rng, 2), numbers(rng, 2, 2), numbers(rng, 2), numbers(rng, 2, 1), numbers(rng, 1)
    h = relu(x @ W1 + b1)
    y = float((h @ W2 + b2)[0])
    text = (
        f"<p>A network has two inputs, two hidden neurons with ReLU, and one output without activation: W1 = {show(W1)}, b1 = {show(b1)}, "
    )
    text += f"W2 = {show(W2)}, b2 = {show(b2)}. What does it output for x = {show(x)}?</p>"
    wrong = {
        "ReLU is missing in the hidden layer": float(((x @ W1 + b1) @ W2 + b2)[0]),
        "ReLU is also applied to the output": max(y, 0.0),
        "W1 is transposed": float((relu(x @ W1.T + b1) @ W2 + b2)[0]),
        "b2 is missing": float((h @ W2)[0]),
    }
    return text, f"hidden outputs {show(h)}", y, {"x": x, "W1": W1, "b1": b1, "W2": W2, "b2": b2}, wrong


@template("03-forward-propagation", points=2)
def two_layers_sigmoid(rng):
    x, w, v = float(numbers(rng)), float(numbers(rng)), float(numbers(rng))
    value = sigmoid(v * tanh(w * x))
    text = f"<p>One input, one hidden neuron with tanh, one output neuron with the sigmoid; no biases. The input is {x:g}, the first "
    text += f"weight is {w:g}, and the second is {v:g}. What is the output?</p>"
    wrong = {"the activations are swapped": tanh(v * sigmoid(w * x)), "tanh is missing": sigmoid(v * w * x)}
    return text, f"σ({v:g} · tanh({w * x:g}))", value, {"x": x, "w": w, "v": v}, wrong


@template("03-forward-propagation", decimals=0, points=1)
def parameters(rng):
    sizes = [int(n) for n in rng.integers(2, 30, size=rng.integers(3, 5))]
    count = sum(len(p.ravel()) for layer in mlp(sizes, rng=0) for p in getattr(layer, "params", {}).values())
    weights = sum(a * b for a, b in zip(sizes, sizes[1:]))
    text = f"<p>A fully connected network has layer sizes {'-'.join(map(str, sizes))} "
    text += "(inputs first). How many parameters does it have?</p>"
    wrong = {
        "the biases are missing": weights,
        "the inputs have no biases": count + sizes[0],
        "inputs and neurons are counted, not parameters": sum(sizes),
    }
    return text, " + ".join(f"({a} + 1) · {b}" for a, b in zip(sizes, sizes[1:])), count, {"sizes": sizes}, wrong


@template("03-forward-propagation", decimals=0, points=1)
def multiplications(rng):
    sizes, n = [int(one) for one in rng.integers(2, 20, size=3)], int(rng.integers(2, 9))
    count = n * (sizes[0] * sizes[1] + sizes[1] * sizes[2])
    text = f"<p>A batch of {n} samples goes through a network with layer sizes {'-'.join(map(str, sizes))}. "
    text += "How many multiplications are in its matrix products?</p>"
    wrong = {"this is for one sample": count // n, "biases need no multiplication": count + n * (sizes[1] + sizes[2])}
    return text, f"{n} · ({sizes[0]} · {sizes[1]} + {sizes[1]} · {sizes[2]})", count, {"sizes": sizes, "n": n}, wrong


@template("03-forward-propagation", decimals=0, points=1)
def entries_of_an_array(rng):
    n, a, b = (int(one) for one in rng.integers(3, 40, size=3))
    text = f"<p>X has the shape ({n}, {a}), and W has the shape ({a}, {b}). How many numbers does Z = X @ W hold?</p>"
    return text, f"shape ({n}, {b})", n * b, {"n": n, "a": a, "b": b}, {"this is the size of X": n * a, "this is the size of W": a * b}


# --- 4 Loss and gradient descent ---------------------------------------------------------------------------------------------------------


@template("04-gradient-descent")
def squared_error(rng):
    Y_hat, Y = numbers(rng, 3), numbers(rng, 3)
    value = ((Y_hat - Y) ** 2).sum() / (2 * len(Y))
    text = f"<p>What is half the mean squared error of the predictions {show(Y_hat)} for the targets {show(Y)}?</p>"
    return text, "sum of the squared differences, divided by 2n", value, {"Y_hat": Y_hat, "Y": Y}, catalog.squared_error_mistakes(Y_hat, Y)


@template("04-gradient-descent")
def squared_error_gradient(rng):
    Y_hat, Y, i = numbers(rng, 4), numbers(rng, 4), int(rng.integers(4))
    g = (Y_hat - Y) / len(Y)
    text = f"<p>The loss is half the mean squared error of the predictions {show(Y_hat)} for the targets {show(Y)}. "
    text += f"What is its derivative with respect to the prediction at index {i} (counted from 0)?</p>"
    shared = catalog.loss_gradient_mistakes(Y_hat, Y)  # some are about sigmoids and probabilities
    wrong = at({words: one for words, one in shared.items() if not re.search("sigmoid|probabilit|dL/d", words)}, i, (4,))
    return text, "(prediction − target) / n", g[i], {"Y_hat": Y_hat, "Y": Y, "i": i}, wrong


@template("04-gradient-descent")
def cross_entropy_of_two(rng):
    p, y = rng.integers(1, 10, size=3) / 10, rng.integers(2, size=3).astype(float)
    value = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    text = f"<p>A network outputs the probabilities {show(p)} for three samples "
    text += f"with the labels {show(y)}. What is the binary cross-entropy?</p>"
    return (
        text,
        "minus the mean logarithm of the probability of what happened",
        value,
        {"p": p, "y": y},
        catalog.binary_cross_entropy_mistakes(p, y),
    )


@template("04-gradient-descent", decimals=2, points=1)
def one_step(rng):
    w, g, lr = float(numbers(rng)), float(numbers(rng, low=-4.0, high=4.0)), float(rng.choice([0.05, 0.1, 0.2, 0.5]))
    text = f"<p>A weight is {w:g}, and the loss has a slope of {g:g} there. What is the "
    text += f"weight after one step of gradient descent with a learning rate of {lr:g}?</p>"
    return text, f"{w:g} − {lr:g} · ({g:g})", w - lr * g, {"w": w, "g": g, "lr": lr}, catalog.update_mistakes(w, g, lr)


@template("04-gradient-descent")
def several_steps(rng):
    a, w, lr, steps = float(rng.integers(1, 5)), float(numbers(rng)), float(rng.choice([0.1, 0.2, 0.25])), int(rng.integers(2, 5))
    value, loss = w * (1 - lr * a) ** steps, "w² / 2" if a == 1 else f"{a:g} w² / 2"
    text = f"<p>The loss is L(w) = {loss}. Gradient descent starts at w = {w:g} "
    text += f"with a learning rate of {lr:g}. Where is it after {steps} steps?</p>"
    wrong = {
        "one step is missing": w * (1 - lr * a) ** (steps - 1),
        "each slope is twice as large as it should be: the 1/2 in the loss cancels the factor 2": w * (1 - 2 * lr * a) ** steps,
        "all steps use the first slope": w - steps * lr * a * w,
    }
    return text, f"each step multiplies w by 1 − {lr:g} · {a:g}", value, {"a": a, "w": w, "lr": lr, "steps": steps}, wrong


@template("04-gradient-descent", decimals=2, points=2)
def gradient_of_a_line(rng):
    x, y, w, b = numbers(rng, 3), numbers(rng, 3), float(numbers(rng)), float(numbers(rng))
    error = w * x + b - y
    value = (error * x).mean()
    text = f"<p>The line ŷ = w x + b with w = {w:g} and b = {b:g} is fitted to x "
    text += f"= {show(x)}, y = {show(y)}. The loss is half the mean squared error. "
    text += "What is its derivative with respect to w?</p>"
    wrong = {
        "this is the derivative with respect to b": error.mean(),
        "the division by n is missing": (error * x).sum(),
        "the sign is flipped": -value,
        "the factor 2 from the square is left over; the 1/2 in the loss cancels it": 2 * value,
    }
    return text, f"the mean of (ŷ − y) x, with ŷ − y = {show(error)}", value, {"x": x, "y": y, "w": w, "b": b}, wrong


@template("04b-mini-batches", decimals=0, points=1)
def updates(rng):
    n, size, epochs = int(rng.integers(100, 2000)), int(rng.choice([16, 32, 64])), int(rng.integers(2, 8))
    per_epoch = math.ceil(n / size)
    text = f"<p>{n} samples are split into mini-batches of {size}; the last one of an "
    text += f"epoch may be smaller. How many updates are there in {epochs} epochs?</p>"
    wrong = {
        "the smaller batch is left out": n // size * epochs,
        "this is one epoch": per_epoch,
        "this is the number of samples seen": n * epochs,
    }
    return text, f"{per_epoch} per epoch", per_epoch * epochs, {"n": n, "size": size, "epochs": epochs}, wrong


# --- 5 Backpropagation -------------------------------------------------------------------------------------------------------------------


@template("05-backpropagation")
def neuron_backward(rng):
    x, w, b, y = float(numbers(rng)), float(numbers(rng)), float(numbers(rng, low=-1.0, high=1.0)), float(rng.integers(2))
    a = sigmoid(w * x + b)
    value = (a - y) * d_sigmoid(w * x + b) * x
    text = f"<p>A neuron computes a = σ(w x + b) with w = {w:g}, b = {b:g}. For the "
    text += f"sample x = {x:g}, y = {y:g} the loss is (a − y)² / 2. What is dL/dw?</p>"
    wrong = {
        "the slope of the sigmoid is missing": (a - y) * x,
        "this is dL/db": value / x,
        "the slope is taken at a": (a - y) * d_sigmoid(a) * x,
        "the sign is flipped": -value,
    }
    return text, "(a − y) · a (1 − a) · x", value, {"x": x, "w": w, "b": b, "y": y}, wrong


@template("05-backpropagation")
def chain_of_two(rng):
    x, w, v, y = (float(one) for one in numbers(rng, 4))
    h = math.tanh(w * x)
    value = (v * h - y) * v * (1 - h * h) * x
    text = f"<p>h = tanh(w x), ŷ = v h, L = (ŷ − y)² / 2 with w = {w:g}, v = {v:g}, x = {x:g}, y = {y:g}. What is dL/dw?</p>"
    wrong = {
        "the slope of tanh is missing": (v * h - y) * v * x,
        "the factor v is missing": (v * h - y) * (1 - h * h) * x,
        "this is dL/dv": (v * h - y) * h,
    }
    return text, "(ŷ − y) · v · (1 − h²) · x", value, {"x": x, "w": w, "v": v, "y": y}, wrong


def linear_backward(rng):
    """Return (X, W, dZ, and the gradients that a layer of the package computes)."""
    X, W, dZ = numbers(rng, 3, 2), numbers(rng, 2, 2), numbers(rng, 3, 2)
    layer = Linear(2, 2, rng=0, dtype=np.float64)
    layer.params["W"][...], layer.params["b"][...] = W, 0.0
    layer.forward(X)
    dX = layer.backward(dZ)
    return X, W, dZ, {"dW": layer.grads["W"].copy(), "db": layer.grads["b"].copy(), "dX": dX}


def of_a_layer(rng, name, rule):
    """Return the parts of an item that asks for an entry of a gradient of Z = X @ W + b."""
    X, W, dZ, gradients = linear_backward(rng)
    gradient = gradients[name]
    place = tuple(int(rng.integers(size)) for size in gradient.shape)
    text = f"<p>A layer computed Z = X @ W + b with X = {show(X)} and W = {show(W)}. The gradient that comes back is dZ = {show(dZ)}.</p>"
    text += f"<p>What is <code>{name}[{', '.join(map(str, place))}]</code>?</p>"
    given = {"X": X, "W": W, "dZ": dZ, "place": place}
    return (
        text,
        f"{name} = {rule} = {show(gradient)}",
        gradient[place],
        given,
        at(catalog.linear_backward_mistakes(X, W, dZ)[name], place, gradient.shape),
    )


@template("05-backpropagation", decimals=2)
def weight_gradient(rng):
    return of_a_layer(rng, "dW", "X.T @ dZ")


@template("05-backpropagation", decimals=2, points=1)
def bias_gradient(rng):
    return of_a_layer(rng, "db", "dZ.sum(axis=0)")


@template("05-backpropagation", decimals=2)
def input_gradient(rng):
    return of_a_layer(rng, "dX", "dZ @ W.T")


@template("05-backpropagation", decimals=2, points=1)
def relu_backward(rng):
    Z, dA = numbers(rng, 2, 3), numbers(rng, 2, 3)
    value = (dA * (Z > 0)).sum()
    text = (
        f"<p>ReLU was applied to Z = {show(Z)}. The gradient that comes back is dA = {show(dA)}. What is the sum of all entries of dZ?</p>"
    )
    wrong = {
        "the mask checks dA; check whether Z > 0": (dA * (dA > 0)).sum(),
        "dA is passed on unchanged": dA.sum(),
        "the mask is inverted": (dA * (Z < 0)).sum(),
    }
    return text, f"dZ = {show(dA * (Z > 0))}", value, {"Z": Z, "dA": dA}, wrong


@template("05-backpropagation", decimals=2, points=1)
def used_twice(rng):
    x, y, g = (float(one) for one in numbers(rng, 3))
    text = f"<p>f = x y + x², with x = {x:g} and y = {y:g}. The gradient of the loss "
    text += f"with respect to f is {g:g}. What is its gradient with respect to x?</p>"
    wrong = {
        "only the path through the product is counted": g * y,
        "only the path through the square is counted": 2 * x * g,
        "the incoming gradient is missing": y + 2 * x,
    }
    return text, "two paths: g · (y + 2x)", g * (y + 2 * x), {"x": x, "y": y, "g": g}, wrong


@template("05b-gradient-checking", points=1)
def central_difference(rng):
    x, h = float(numbers(rng)), float(rng.choice([0.1, 0.2, 0.5]))
    value = float(gradient_check.numerical_gradient(lambda z: float((z**3).sum()), np.array([x]), h=h)[0])
    text = f"<p>f(x) = x³. Measure the slope at x = {x:g} by a central difference with the step h = {h:g}. What do you get?</p>"
    wrong = {
        "this is the exact derivative": 3 * x * x,
        "this is a one-sided difference": ((x + h) ** 3 - x**3) / h,
        "divided by h; the points are 2h apart": 2 * value,
    }
    return text, f"(f({x + h:g}) − f({x - h:g})) / {2 * h:g}", value, {"x": x, "h": h}, wrong


@template("05b-gradient-checking", points=1)
def relative_error(rng):
    a = numbers(rng, 2)
    b = a * rng.choice([0.5, 0.25, 2.0, 3.0])
    value = gradient_check.relative_error(a, b)
    text = f"<p>A measurement gives the gradient a = {show(a)}, and a backward pass gives b = {show(b)}. What "
    text += "is the relative error |a − b| / (|a| + |b|), where |a| is the length of the vector a?</p>"
    return (
        text,
        "both vectors point in the same direction, so only their lengths matter",
        value,
        {"a": a, "b": b},
        {"divided by the length of a alone": np.linalg.norm(a - b) / np.linalg.norm(a)},
    )


@template("05c-ten-layers-deep", decimals=5, points=1)
def slopes_of_sigmoids(rng):
    layers, w = int(rng.integers(2, 5)), float(rng.choice([0.5, 1.0, 1.5, 2.0]))
    value = (w / 4) ** layers
    text = f"<p>In a chain of {layers} sigmoid neurons, every weight is {w:g}, and the biases can have any values. What is "
    text += "the largest possible slope of the output with respect to the input?</p>"
    wrong = {
        "the weights are missing": 0.25**layers,
        "one layer is missing": (w / 4) ** (layers - 1),
        "the layers' slopes are added": layers * w / 4,
    }
    return text, f"({w:g} · 1/4) to the power of {layers}", value, {"layers": layers, "w": w}, wrong


# --- 6 Softmax and cross-entropy ---------------------------------------------------------------------------------------------------------


@template("06-softmax-cross-entropy")
def softmax_probability(rng):
    z, i = numbers(rng, 3), int(rng.integers(3))
    P = softmax(z[None])
    text = f"<p>The scores are {show(z)}. What probability does softmax give to class {i} (counted from 0)?</p>"
    return (
        text,
        f"the probabilities are {show(np.round(P[0], 4))}",
        P[0, i],
        {"z": z, "i": i},
        at(catalog.softmax_mistakes(z[None]), (0, i), (1, 3)),
    )


@template("06b-softmax-in-practice")
def softmax_with_temperature(rng):
    z, T = numbers(rng, 2), float(rng.choice([0.5, 2.0, 4.0]))
    value = softmax(z[None] / T)[0, 0]
    wrong = {
        "the scores are multiplied by the temperature": softmax(z[None] * T)[0, 0],
        "the temperature is missing": softmax(z[None])[0, 0],
        "this is the other class": 1 - value,
    }
    text = f"<p>Two scores, {show(z)}, go through softmax with a temperature of {T:g}. What is the probability of class 0?</p>"
    return text, "divide the scores by the temperature first", value, {"z": z, "T": T}, wrong


@template("06-softmax-cross-entropy")
def cross_entropy(rng):
    Z, y = numbers(rng, 2, 3), rng.integers(3, size=2)
    P = softmax(Z)
    value = -np.log(P[np.arange(2), y]).mean()
    text = f"<p>The scores of two samples are {show(Z)}, and their classes are {show(y)} "
    text += "(counted from 0). What is the cross-entropy after softmax?</p>"
    return (
        text,
        f"the mean of −log p of the true classes, p = {show(np.round(P[np.arange(2), y], 4))}",
        value,
        {"Z": Z, "y": y},
        catalog.cross_entropy_mistakes(P, np.eye(3)[y]),
    )


@template("06-softmax-cross-entropy", points=1)
def loss_at_the_start(rng):
    k = int(rng.integers(3, 101))
    text = f"<p>A network with {k} classes knows nothing yet and gives each class the same probability. What is its cross-entropy?</p>"
    return (
        text,
        f"−log(1/{k})",
        math.log(k),
        {"k": k},
        {"this is the base-2 logarithm": math.log2(k), "this is the base-10 logarithm": math.log10(k), "this is the probability": 1 / k},
    )


@template("06-softmax-cross-entropy")
def score_gradient(rng):
    Z, y = numbers(rng, 2, 2), rng.integers(2, size=2)
    i, j = (int(one) for one in rng.integers(2, size=2))
    dZ = (softmax(Z) - np.eye(2)[y]) / 2
    text = f"<p>The scores of two samples are {show(Z)}, and their classes are {show(y)}. The loss is the mean "
    text += f"cross-entropy after softmax. What is its derivative with respect to the score <code>Z[{i}, {j}]</code>?</p>"
    shared = catalog.cross_entropy_gradient_mistakes(Z, y)  # some are about squares, and about targets in one column
    wrong = at({words: one for words, one in shared.items() if not re.search("factor 2|paired", words)}, (i, j), (2, 2))
    return text, "(A − Y) / n", dZ[i, j], {"Z": Z, "y": y, "i": i, "j": j}, wrong


# --- 7 to 10 Networks, digits, training --------------------------------------------------------------------------------------------------


@template("10-training-well", points=1)
def he_deviation(rng):
    n = int(rng.integers(4, 800))
    text = f"<p>A layer with ReLU has {n} inputs. What standard deviation does He initialization give its weights?</p>"
    return text, f"√(2/{n})", math.sqrt(2 / n), {"n": n}, {"this is the variance": 2 / n, "the 2 is missing": math.sqrt(1 / n)}


@template("10-training-well")
def momentum(rng):
    w, lr, m = float(numbers(rng)), 0.1, float(rng.choice([0.5, 0.9]))
    g1, g2 = (float(one) for one in numbers(rng, 2, low=-4.0, high=4.0))
    v1, v2 = g1, m * g1 + g2
    text = f"<p>Gradient descent with momentum {m:g} and learning rate {lr:g} starts at w = {w:g} with velocity 0. The first gradient "
    text += f"is {g1:g}, and the second is {g2:g}. Where is w after two steps? (Each step: v ← {m:g} v + g, then w ← w − {lr:g} v.)</p>"
    wrong = {"momentum is missing": w - lr * (g1 + g2), "this is after one step": w - lr * v1, "the first step is missing": w - lr * v2}
    return text, f"v = {v1:g}, then {v2:g}", w - lr * (v1 + v2), {"w": w, "lr": lr, "m": m, "g": [g1, g2]}, wrong


@template("08-mnist", points=1)
def accuracy(rng):
    y_true, y_pred = rng.integers(3, size=8), rng.integers(3, size=8)
    value = (y_true == y_pred).mean()
    text = f"<p>The true classes are {show(y_true)}, and the predictions are {show(y_pred)}. What is the accuracy, as a fraction?</p>"
    return (
        text,
        f"{int((y_true == y_pred).sum())} of 8",
        value,
        {"y_true": y_true, "y_pred": y_pred},
        {"this is the fraction of mistakes": 1 - value, "this is the number of correct answers": 8 * value},
    )


@template("09-error-analysis", points=1)
def recall(rng):
    C = rng.integers(1, 20, size=(3, 3)) + 10 * np.eye(3, dtype=int)
    i = int(rng.integers(3))
    value = C[i, i] / C[i].sum()
    text = "<p>A confusion matrix has a row for each true class and a column for each prediction: "
    text += f"{show(C)}. What is the recall of class {i} (counted from 0), as a fraction?</p>"
    wrong = {"this is the precision": C[i, i] / C[:, i].sum(), "this is the accuracy": np.trace(C) / C.sum()}
    return text, "diagonal entry divided by the sum of its row", value, {"C": C, "i": i}, wrong


# --- 13, 14 Beyond -----------------------------------------------------------------------------------------------------------------------


@template("14-convolution", decimals=0, points=1)
def output_side(rng):
    k, s, p = int(rng.choice([3, 5])), int(rng.integers(1, 4)), int(rng.integers(0, 3))
    n = int(rng.integers(8, 40))
    value = (n + 2 * p - k) // s + 1
    text = f"<p>An image of {n} × {n} pixels is convolved with a {k} × {k} kernel, "
    text += f"stride {s}, padding {p} on each side. How many pixels wide is the output?</p>"
    wrong = {
        "the padding is counted once": (n + p - k) // s + 1,
        "the + 1 is missing": value - 1,
        "the stride is missing": n + 2 * p - k + 1,
    }
    return text, f"⌊({n} + 2 · {p} − {k}) / {s}⌋ + 1", value, {"n": n, "k": k, "s": s, "p": p}, wrong


@template("14-convolution", decimals=0, points=1)
def kernel_parameters(rng):
    k, c, f = int(rng.choice([3, 5])), int(rng.integers(1, 17)), int(rng.integers(2, 33))
    text = f"<p>A convolutional layer has {f} kernels of {k} × {k} and {c} input "
    text += f"channel{'s' * (c > 1)}. How many parameters does it have, biases included?</p>"
    wrong = {
        "the biases are missing": f * c * k * k,
        "the channels are missing": f * (k * k + 1),
        "each channel has its own bias": f * c * (k * k + 1),
    }
    return text, f"{f} · ({c} · {k} · {k} + 1)", f * (c * k * k + 1), {"k": k, "c": c, "f": f}, wrong


@template("14-convolution", decimals=2)
def convolution_entry(rng):
    image, kernel = numbers(rng, 3, 3, step=1.0), numbers(rng, 2, 2, step=1.0)
    i, j = (int(one) for one in rng.integers(2, size=2))
    Z = (patches(image[None, None], 2)[0, ..., 0] * kernel).sum(axis=(2, 3))
    text = f"<p>The kernel {show(kernel)} slides over the image {show(image)} (stride 1, "
    text += f"no padding; not flipped). What is the entry [{i}, {j}] of the output?</p>"
    return (
        text,
        f"the output is {show(Z)}",
        Z[i, j],
        {"image": image, "kernel": kernel, "i": i, "j": j},
        at(catalog.convolution_mistakes(image, kernel), (i, j), Z.shape),
    )


def bank(seed=2026, variants="ABC"):
    """Return every template in every variant."""
    return [item(name, variant, seed) for name in TEMPLATES for variant in variants]
