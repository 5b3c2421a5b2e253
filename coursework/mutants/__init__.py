"""Wrong solutions that the tests of an assignment must catch, and right but unusual ones that they must let pass.

The module `NN_topic` beside this one holds two tables for the assignment `NN-topic`:

    MUTANTS = {"negative part kept": Mutant(cell="relu", source="def relu(z):\n    return z\n", loses={"test-relu"})}
    UNUSUAL = {"with a mask": {"relu": "def relu(z):\n    return z * (z > 0)\n"}}
"""

import importlib
from typing import NamedTuple


class Mutant(NamedTuple):
    """A classic wrong solution: what stands in which solution cell, and the graded cells that it must lose, these and no others."""

    cell: str
    source: str
    loses: set


def tables(name):
    """Return MUTANTS and UNUSUAL of the assignment `name`, such as "02-activations"."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return module.MUTANTS, module.UNUSUAL
