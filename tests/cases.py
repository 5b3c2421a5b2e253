"""What the tests of the numerics share: every activation and every loss in a table, and small data for them."""

import numpy as np

from nnfromscratch import (
    ELU,
    BinaryCrossEntropy,
    BinaryStep,
    Dropout,
    Identity,
    LeakyReLU,
    Linear,
    ReLU,
    Scale,
    ScaledIdentity,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    SquaredError,
    Tanh,
)

# Every activation, at least once with arguments that are not the default. Kinks are at 0 (and at 0.25 for the last BinaryStep).
ACTIVATIONS = {
    repr(make()): make
    for make in (
        Identity,
        lambda: ScaledIdentity(-0.7),
        BinaryStep,
        lambda: BinaryStep(0.25),
        Sigmoid,
        Tanh,
        ReLU,
        lambda: ReLU(2.5),
        LeakyReLU,
        lambda: LeakyReLU(-2),
        ELU,
        lambda: ELU(0.4),
        Softmax,
    )
}
LAYERS = {
    "Linear": lambda: Linear(3, 2, rng=0, dtype=np.float64),
    "Scale": lambda: Scale(-0.4),
    **ACTIVATIONS,
    "Dropout": lambda: HeldDropout(0.4, rng=1),
}
LOSSES = (SquaredError, BinaryCrossEntropy, SoftmaxCrossEntropy)


class HeldDropout(Dropout):
    """Dropout at work, with the same mask at every forward pass, so that it is a function that can be differentiated."""

    training = True

    def forward(self, Z):
        self.rng = np.random.default_rng(7)
        return super().forward(Z)


class InOrder(np.random.Generator):
    """A random generator that does not shuffle."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def permutation(self, n):
        return np.arange(n)


def numbers(*shape, seed=0, dtype=np.float64):
    """Random numbers of both signs between 0.3 and 2: away from every kink, and nothing saturates."""
    rng = np.random.default_rng(seed)
    return (rng.uniform(0.3, 2, shape) * rng.choice([-1, 1], shape)).astype(dtype)


def targets(loss, n_samples, n_outputs, seed=1, dtype=np.float64):
    """Labels for the cross-entropies, numbers for `SquaredError`."""
    if loss is SquaredError:
        return numbers(n_samples, n_outputs, seed=seed, dtype=dtype)
    return np.random.default_rng(seed).integers(0, n_outputs, n_samples)
