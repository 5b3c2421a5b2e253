"""Random numbers from a seed, the same in Python and in the browser: what `random.js` draws, drawn with NumPy."""

import numpy as np

from .._typing import Array


class Generator:
    """The mulberry32 generator, implemented as in `random.js`.

    Parameters
    ----------
    seed : int

    Examples
    --------
    >>> Generator(1).uniform(2).round(6)
    array([0.627074, 0.002736])
    """

    def __init__(self, seed: int) -> None:
        self.state = seed

    def uniform(self, n: int) -> Array:
        """Return n numbers from [0, 1), float64."""
        steps = np.arange(1, n + 1, dtype=np.uint64) * 0x6D2B79F5
        state = (self.state + steps).astype(np.uint32)
        self.state = int(state[-1]) if n else self.state
        t = (state ^ (state >> 15)) * (state | 1)
        t ^= t + (t ^ (t >> 7)) * (t | 61)
        return np.asarray((t ^ (t >> 14)) / 2**32)

    def normal(self, *shape: int) -> Array:
        """Return numbers from the standard normal distribution in an array of this shape."""
        u = self.uniform(2 * int(np.prod(shape))).reshape(-1, 2)
        numbers: Array = np.sqrt(-2 * np.log(1 - u[:, 0])) * np.cos(2 * np.pi * u[:, 1])
        return numbers.reshape(shape)

    def permutation(self, n: int) -> Array:
        """Return the numbers 0 ... n - 1 in random order."""
        order, draws = np.arange(n), self.uniform(max(n - 1, 0))
        for i, draw in zip(range(n - 1, 0, -1), draws):
            j = int(draw * (i + 1))
            order[[i, j]] = order[[j, i]]
        return order
