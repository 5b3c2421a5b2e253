"""Optimizers: how a gradient becomes a step.

All of them change the flat vector `parameters.values` in place, a little way against `parameters.gradients`, with a handful of
whole-vector operations. The learning rate may be a number or a schedule: a function of the step number.

The vectors are long (100,000 numbers for 784-128-10), so what counts is how often they are walked through from end to end. Each line of
an `update` is one walk, and writes into memory that is there already; plain numbers are multiplied with each other first.
"""

import math

import numpy as np

from ._checks import check_number
from ._typing import Array, Rate
from .parameters import Parameters
from .schedules import constant

PIECE = 2**16  # of a long vector; five of them fit into the cache of a core, which makes Adam on 235,000 parameters 30 % faster


class Optimizer:
    """What all optimizers share: the rate, the number of steps taken, and a memory beside the parameters.

    Attributes
    ----------
    step_count : int
        Steps taken so far.
    state : dict of str to ndarray
        The optimizer's memory, in vectors as long as all parameters together; `parameters.split(vector)` cuts one by name.

    Examples
    --------
    >>> optimizer = SGD(0.1, momentum=0.9)
    >>> optimizer
    SGD(lr=0.1, momentum=0.9, weight_decay=0.0)
    """

    memory: tuple[str, ...] = ()

    def __init__(self, lr: Rate, **options) -> None:
        self.lr = lr if callable(lr) else check_number("lr", lr, above=0)
        self.rate = lr if callable(lr) else constant(lr)
        self.options, self.step_count, self.state, self.scratch = options, 0, {}, None
        self.__dict__.update(options)

    def scale(self) -> float:
        """Return a number by which this optimizer would like the gradients of the next step multiplied on their way to it.

        The derivative of a sum is linear, so a factor on the few numbers of dZ is a factor on the long gradient vector. An optimizer
        that has to multiply the whole vector by one number can have that for nothing (see `SGD`).
        """
        return 1.0

    def step(self, parameters: Parameters, scale: float = 1.0) -> None:
        """Take one step downhill: change `parameters` in place, against their gradients.

        Parameters
        ----------
        parameters : Parameters
        scale : float
            What the gradients have been multiplied by already.

        Raises
        ------
        TypeError, ValueError
            If the schedule gives no rate of at least 0, or there are other parameters than at the step before.
        """
        if self.scratch is None:
            self.state = {name: np.zeros_like(parameters.values) for name in self.memory}
            self.scratch = np.empty_like(parameters.values)
        if self.scratch.shape != parameters.values.shape:
            raise ValueError(
                f"the optimizer's memory has shape {self.scratch.shape}, the parameters {parameters.values.shape}; "
                "expected the parameters of the step before: use one optimizer a network"
            )
        self.update(parameters.values, parameters.gradients, self.current_rate() / scale)
        self.step_count += 1
        if self.step_count % 100 == 0:
            self.forget_traces()

    def forget_traces(self):
        """Set to 0 what has faded in the memory to almost nothing: with the smallest of all floats a processor computes slowly.

        The memory of a weight without gradient (of a pixel that is hardly ever inked) shrinks with every step and would end among
        them; from the second epoch on that made Adam's epochs 20 % longer.
        """
        for vector in self.state.values():
            vector[abs(vector) < 1e5 * np.finfo(vector.dtype).tiny] = 0

    def update(self, w: Array, g: Array, lr: float) -> None:
        """Change the vector w in place: one step against its gradient g, with the learning rate lr."""
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def current_rate(self) -> float:
        """Return the learning rate of the coming step."""
        rate = self.rate(self.step_count)
        if type(rate) is float and 0 <= rate < math.inf:  # a quick look, as in the layers
            return rate
        return check_number(f"the rate of step {self.step_count}", rate, minimum=0)

    def __repr__(self):
        options = {"lr": self.lr, **self.options}
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in options.items())})"


class SGD(Optimizer):
    """Stochastic gradient descent: w <- w - lr g, or with momentum v <- momentum v + g, w <- w - lr v.

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.
    momentum : float
        How much of the last step lives on, in [0, 1) (Polyak, 1964).
    weight_decay : float
        At least 0; weight_decay * w is added to every gradient, which pulls all parameters towards 0.

    Raises
    ------
    TypeError, ValueError
        If one of them is no number, or out of range.

    Examples
    --------
    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, -2.0])})
    >>> parameters.gradients[:] = [0.5, 1.0]
    >>> SGD(lr=0.1).step(parameters)
    >>> parameters["w"]
    array([ 0.95, -2.1 ])
    """

    def __init__(self, lr: Rate, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        super().__init__(
            lr,
            momentum=check_number("momentum", momentum, minimum=0, below=1),
            weight_decay=check_number("weight_decay", weight_decay, minimum=0),
        )
        self.memory = ("velocity",)

    def scale(self):
        """Return the rate where a step is this multiple of the gradient and nothing else: a batch of 32 is learned 8 % faster."""
        plain = type(self) is SGD and not (self.momentum or self.weight_decay)  # a subclass may do more with the gradient
        return self.current_rate() or 1.0 if plain else 1.0

    def update(self, w, g, lr):
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            v = self.state["velocity"]
            v *= self.momentum
            v += g
            g = v
        w -= g if lr == 1 else np.multiply(lr, g, out=self.scratch)


class RMSProp(Optimizer):
    """Divide each step by the recent size of that parameter's gradient (Tieleman and Hinton, 2012)::

        s <- decay s + (1 - decay) g^2
        w <- w - lr g / (sqrt(s) + epsilon)

    (The memory keeps s / (1 - decay): one walk through the vector fewer.)

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.
    decay : float
        How slowly the average of squares forgets, in [0, 1).
    epsilon : float
        Above 0; keeps the division safe.

    Raises
    ------
    TypeError, ValueError
        If one of them is no number, or out of range.

    Examples
    --------
    The first step is equally long for a small and for a large gradient:

    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, 1.0])})
    >>> parameters.gradients[:] = [0.001, 1000.0]
    >>> RMSProp(lr=0.01).step(parameters)
    >>> parameters["w"].round(4)
    array([0.9, 0.9])
    """

    memory = ("squares",)

    def __init__(self, lr: Rate, decay: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__(lr, decay=check_number("decay", decay, minimum=0, below=1), epsilon=check_number("epsilon", epsilon, above=0))

    def update(self, w, g, lr):
        s, step = self.state["squares"], self.scratch
        s *= self.decay
        s += np.multiply(g, g, out=step)
        # s = (1 - decay) S: the formula's numerator and denominator, both divided by sqrt(1 - decay)
        root = math.sqrt(1 - self.decay)
        np.sqrt(s, out=step)
        step += self.epsilon / root
        np.divide(g, step, out=step)
        step *= lr / root
        w -= step


class Adam(Optimizer):
    """Momentum and the scaling of RMSProp together, both corrected for their start at 0 (Kingma and Ba, 2015, algorithm 1)::

        m <- beta1 m + (1 - beta1) g
        s <- beta2 s + (1 - beta2) g^2
        w <- w - lr m_hat / (sqrt(s_hat) + epsilon)

    with m_hat = m / (1 - beta1^t) and s_hat = s / (1 - beta2^t) at step t = 1, 2, ...
    (The memory keeps m / (1 - beta1) and s / (1 - beta2): two walks through the vectors fewer, a quarter of the step.)

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.
    beta1, beta2 : float
        How slowly the averages of gradients and of their squares forget, in [0, 1).
    epsilon : float
        Above 0; keeps the division safe.

    Raises
    ------
    TypeError, ValueError
        If one of them is no number, or out of range.

    Examples
    --------
    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, 1.0])})
    >>> parameters.gradients[:] = [0.001, 1000.0]
    >>> Adam(lr=0.1).step(parameters)
    >>> parameters["w"].round(4)
    array([0.9, 0.9])
    """

    memory = ("mean", "squares")

    def __init__(self, lr: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__(
            lr,
            beta1=check_number("beta1", beta1, minimum=0, below=1),
            beta2=check_number("beta2", beta2, minimum=0, below=1),
            epsilon=check_number("epsilon", epsilon, above=0),
        )

    def update(self, w, g, lr):
        # The memory holds sums: an average is the sum divided by the sum of its weights, 1 + beta + ... + beta^(t - 1), which takes care
        # of both (1 - beta) and the start at 0. math.sqrt, because np.sqrt of a plain number would upcast float32 vectors.
        t = self.step_count + 1
        mean, root = (1 - self.beta1) / (1 - self.beta1**t), math.sqrt((1 - self.beta2) / (1 - self.beta2**t))
        vectors = w, g, self.state["mean"], self.state["squares"], self.scratch
        for start in range(0, len(w), PIECE):
            self.update_piece(*(vector[start : start + PIECE] for vector in vectors), lr * mean / root, self.epsilon / root)

    def update_piece(self, w, g, m, s, step, lr, epsilon):
        """Do the walks through one piece of each vector."""
        m *= self.beta1
        m += g
        s *= self.beta2
        s += np.multiply(g, g, out=step)
        np.sqrt(s, out=step)
        step += epsilon
        np.divide(m, step, out=step)
        step *= lr
        w -= step
