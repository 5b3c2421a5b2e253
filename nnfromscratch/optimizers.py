"""Optimizers: how a gradient becomes a step.

All of them change the flat vector `parameters.values` in place by a small step against `parameters.gradients`. The learning rate may be a
number or a schedule: a function of the step number.
"""

import weakref
from typing import Any

import numpy as np

from ._checks import check_number
from ._typing import Array, Rate
from .parameters import Parameters


class Optimizer:
    """The base class of all optimizers: the learning rate, the number of steps taken, and a memory of past gradients.

    An optimizer belongs to one network: the memory and the step number mean nothing to another one. A copy of an optimizer, or one that
    was pickled, belongs to the network that it is used with next.

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.

    Attributes
    ----------
    step_count : int
        Steps taken so far.
    state : dict of str to ndarray
        The memory, in vectors as long as all parameters together; `parameters.split(vector)` cuts one into named arrays.

    Examples
    --------
    An optimizer of your own needs `update`; `memory` names the vectors it keeps and `options` the arguments that its `repr` shows.

    >>> class Signs(Optimizer):
    ...     def update(self, w, g, lr):
    ...         w -= lr * np.sign(g)
    >>> Signs(0.1)
    Signs(lr=0.1)
    """

    options: tuple[str, ...] = ("lr",)
    memory: tuple[str, ...] = ()

    def __init__(self, lr: Rate) -> None:
        self.lr = lr if callable(lr) else check_number("lr", lr, above=0)
        self.step_count = 0
        self.state: dict[str, Array] = {}
        self._owner: weakref.ref[Parameters] | None = None

    def step(self, parameters: Parameters) -> None:
        """Take one step downhill: change `parameters` in place, against their gradients."""
        self.attach(parameters)
        self.update(parameters.values, parameters.gradients, self.current_rate())
        self.step_count += 1
        if self.step_count % 100 == 0:
            self.forget_traces()

    def update(self, w: Array, g: Array, lr: float) -> None:
        """Change the vector w in place: one step against its gradient g, with the learning rate lr."""
        raise NotImplementedError(f"{type(self).__name__} has no update")

    def attach(self, parameters: Parameters) -> None:
        """Bind the optimizer to these parameters. The memory starts with zeros."""
        if self._owner is not None and self._owner() is parameters:
            return
        fits = all(vector.shape == parameters.values.shape for vector in self.state.values())
        if self._owner is not None or not fits:
            raise ValueError("this optimizer already belongs to another network; create one optimizer per network")
        self._owner = weakref.ref(parameters)
        self.state = self.state or {name: np.zeros_like(parameters.values) for name in self.memory}

    def current_rate(self) -> float:
        """Return the learning rate of the next step."""
        rate = self.lr(self.step_count) if callable(self.lr) else self.lr
        return check_number(f"the rate of step {self.step_count}", rate, minimum=0)

    def forget_traces(self) -> None:
        """Set numbers in the memory to 0 when almost nothing is left of them: processors are slow with the smallest floats.

        The memory of a weight whose gradient is nearly always 0 (because its pixel is nearly always blank) shrinks with every step and
        would end up among them. Without this step, Adam's epochs took 20% longer from the second one on.
        """
        for vector in self.state.values():
            vector[abs(vector) < 1e5 * np.finfo(vector.dtype).tiny] = 0

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_owner": None}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)}' for name in self.options)})"


class SGD(Optimizer):
    """Stochastic gradient descent: w <- w - lr g, or with momentum v <- momentum v + g, w <- w - lr v.

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.
    momentum : float
        The fraction of the last step that is added to the next, in [0, 1) (Polyak, 1964).
    weight_decay : float
        At least 0; weight_decay * w is added to every gradient, which pulls all parameters toward 0.

    Examples
    --------
    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, -2.0])})
    >>> parameters.gradients[:] = [0.5, 1.0]
    >>> SGD(lr=0.1).step(parameters)
    >>> parameters["w"]
    array([ 0.95, -2.1 ])
    """

    options, memory = ("lr", "momentum", "weight_decay"), ("velocity",)

    def __init__(self, lr: Rate, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        super().__init__(lr)
        check_number("momentum", momentum, minimum=0, below=1)
        self.momentum = float(momentum)
        check_number("weight_decay", weight_decay, minimum=0)
        self.weight_decay = float(weight_decay)

    def update(self, w: Array, g: Array, lr: float) -> None:
        if self.weight_decay:
            g = g + self.weight_decay * w
        if self.momentum:
            v = self.state["velocity"]
            v[:] = self.momentum * v + g
            g = v
        w -= lr * g


class RMSProp(Optimizer):
    """Divide each step by the recent size of that parameter's gradient (Tieleman and Hinton, 2012)::

        s <- decay s + (1 - decay) g^2
        w <- w - lr g / (sqrt(s) + epsilon)

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.
    decay : float
        How slowly the average of squares forgets, in [0, 1).
    epsilon : float
        Above 0; keeps the division safe.

    Examples
    --------
    The first step has the same length for a small and for a large gradient:

    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, 1.0])})
    >>> parameters.gradients[:] = [0.001, 1000.0]
    >>> RMSProp(lr=0.01).step(parameters)
    >>> parameters["w"].round(4)
    array([0.9, 0.9])
    """

    options, memory = ("lr", "decay", "epsilon"), ("squares",)

    def __init__(self, lr: Rate, decay: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__(lr)
        check_number("decay", decay, minimum=0, below=1)
        self.decay = float(decay)
        check_number("epsilon", epsilon, above=0)
        self.epsilon = float(epsilon)

    def update(self, w: Array, g: Array, lr: float) -> None:
        s = self.state["squares"]
        s[:] = self.decay * s + (1 - self.decay) * g**2
        w -= lr * g / (np.sqrt(s) + self.epsilon)


class Adam(Optimizer):
    """Momentum combined with the scaling of RMSProp, both corrected for their start at 0 (Kingma and Ba, 2015, algorithm 1)::

        m <- beta1 m + (1 - beta1) g
        s <- beta2 s + (1 - beta2) g^2
        w <- w - lr m_hat / (sqrt(s_hat) + epsilon)

    with m_hat = m / (1 - beta1^t) and s_hat = s / (1 - beta2^t) at step t = 1, 2, ...

    Parameters
    ----------
    lr : float or function of int to float
        Learning rate, above 0, or a schedule.
    beta1, beta2 : float
        How slowly the averages of gradients and of their squares forget, in [0, 1).
    epsilon : float
        Above 0; keeps the division safe.

    Examples
    --------
    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, 1.0])})
    >>> parameters.gradients[:] = [0.001, 1000.0]
    >>> Adam(lr=0.1).step(parameters)
    >>> parameters["w"].round(4)
    array([0.9, 0.9])
    """

    options, memory = ("lr", "beta1", "beta2", "epsilon"), ("mean", "squares")

    def __init__(self, lr: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__(lr)
        check_number("beta1", beta1, minimum=0, below=1)
        self.beta1 = float(beta1)
        check_number("beta2", beta2, minimum=0, below=1)
        self.beta2 = float(beta2)
        check_number("epsilon", epsilon, above=0)
        self.epsilon = float(epsilon)

    def update(self, w: Array, g: Array, lr: float) -> None:
        m, s = self.state["mean"], self.state["squares"]
        t = self.step_count + 1
        m[:] = self.beta1 * m + (1 - self.beta1) * g
        s[:] = self.beta2 * s + (1 - self.beta2) * g**2
        root = (1 - self.beta2**t) ** 0.5  # plain numbers are multiplied first: m_hat and s_hat need no vectors of their own
        rate = lr * root / (1 - self.beta1**t)
        w -= rate * m / (np.sqrt(s) + root * self.epsilon)


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2): each step first multiplies w by 1 - lr weight_decay.

    In `Adam`, a decay that is added to the gradient would be divided by sqrt(s_hat) like the gradient itself: weights with large gradients
    would hardly shrink. Here all weights shrink by the same fraction.

    Parameters
    ----------
    lr, beta1, beta2, epsilon
        As in `Adam`.
    weight_decay : float
        At least 0.

    Examples
    --------
    Without a gradient, only the decay is left:

    >>> from nnfromscratch import Parameters
    >>> parameters = Parameters({"w": np.array([1.0, -2.0])})
    >>> AdamW(lr=0.1, weight_decay=0.5).step(parameters)
    >>> parameters["w"]
    array([ 0.95, -1.9 ])
    """

    options = (*Adam.options, "weight_decay")  # type: ignore[assignment]  # a longer tuple

    def __init__(
        self, lr: Rate = 0.001, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.01
    ) -> None:
        super().__init__(lr, beta1, beta2, epsilon)
        check_number("weight_decay", weight_decay, minimum=0)
        self.weight_decay = float(weight_decay)

    def update(self, w: Array, g: Array, lr: float) -> None:
        w -= lr * self.weight_decay * w
        super().update(w, g, lr)
