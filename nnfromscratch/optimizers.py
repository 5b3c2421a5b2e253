"""Optimizers: how a gradient becomes a step.

All of them change the flat vector `parameters.values` in place, a little way against `parameters.gradients`, with a handful of
whole-vector operations. The learning rate may be a number or a schedule: a function of the step number.
"""

import math

import numpy as np

from .checks import check_number
from .schedules import constant


class Optimizer:
    """What all optimizers share: the rate, the number of steps taken, and a memory beside the parameters.

    Attributes
    ----------
    steps : int
        Steps taken so far.
    state : dict of str to ndarray
        The optimizer's memory, in vectors as long as all parameters together; `parameters.split(vector)` cuts one by name.

    Examples
    --------
    >>> optimizer = SGD(0.1, momentum=0.9)
    >>> optimizer
    SGD(lr=0.1, momentum=0.9, weight_decay=0.0)
    """

    memory = ()

    def __init__(self, lr, **options):
        self.lr = lr if callable(lr) else check_number("lr", lr, above=0)
        self.rate = lr if callable(lr) else constant(lr)
        self.options, self.steps, self.state = options, 0, {}
        self.__dict__.update(options)

    def step(self, parameters):
        """Change `parameters` (a `Parameters`) in place, by one step along their gradients.

        Raises
        ------
        ValueError
            If there are other parameters than at the step before.
        """
        if not self.state:
            self.state = {name: np.zeros_like(parameters.values) for name in self.memory}
            self.scratch = np.empty_like(parameters.values)
        for name, vector in self.state.items():
            if vector.shape != parameters.values.shape:
                raise ValueError(f"the optimizer's {name} has shape {vector.shape}, the parameters {parameters.values.shape}; "
                                 "expected the parameters of the step before: use one optimizer a network")
        self.update(parameters.values, parameters.gradients, float(self.rate(self.steps)))
        self.steps += 1

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

    def __init__(self, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(lr, momentum=check_number("momentum", momentum, minimum=0, below=1),
                         weight_decay=check_number("weight_decay", weight_decay, minimum=0))
        self.memory = ("velocity",)

    def update(self, w, g, lr):
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            v = self.state["velocity"]
            v *= self.momentum
            v += g
            g = v
        w -= np.multiply(lr, g, out=self.scratch)


class RMSProp(Optimizer):
    """Divide each step by the recent size of that parameter's gradient (Tieleman and Hinton, 2012).

    s <- decay s + (1 - decay) g^2,  w <- w - lr g / (sqrt(s) + epsilon)

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

    def __init__(self, lr, decay=0.99, epsilon=1e-8):
        super().__init__(lr, decay=check_number("decay", decay, minimum=0, below=1),
                         epsilon=check_number("epsilon", epsilon, above=0))

    def update(self, w, g, lr):
        s = self.state["squares"]
        s *= self.decay
        s += (1 - self.decay) * g * g
        w -= lr * g / (np.sqrt(s) + self.epsilon)


class Adam(Optimizer):
    """Momentum and the scaling of RMSProp together, both corrected for their start at 0 (Kingma and Ba, 2015, algorithm 1).

    m <- beta1 m + (1 - beta1) g,  s <- beta2 s + (1 - beta2) g^2,  w <- w - lr m_hat / (sqrt(s_hat) + epsilon)

    with m_hat = m / (1 - beta1^t) and s_hat = s / (1 - beta2^t) at step t = 1, 2, ...

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

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(lr, beta1=check_number("beta1", beta1, minimum=0, below=1),
                         beta2=check_number("beta2", beta2, minimum=0, below=1),
                         epsilon=check_number("epsilon", epsilon, above=0))

    def update(self, w, g, lr):
        m, s, t = self.state["mean"], self.state["squares"], self.steps + 1
        m *= self.beta1
        m += (1 - self.beta1) * g
        s *= self.beta2
        s += (1 - self.beta2) * g * g
        # the two corrections as plain numbers, not as whole vectors; math.sqrt because np.sqrt of a number would upcast float32
        correction = math.sqrt(1 - self.beta2**t)
        w -= lr * correction / (1 - self.beta1**t) * m / (np.sqrt(s) + self.epsilon * correction)
