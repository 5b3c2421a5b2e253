"""Wrong solutions that the tests of an assignment must catch, and right but unusual ones that they must let pass.

The module `NN_topic` next to this one holds two tables for the assignment `NN-topic`:

    MUTANTS = {"negative part kept": Mutant(cell="relu", source="def relu(z):\n    return z\n", loses={"test-relu"})}
    UNUSUAL = {"with a mask": {"relu": "def relu(z):\n    return z * (z > 0)\n"}}
"""

import importlib
import importlib.util
from typing import NamedTuple


class Mutant(NamedTuple):
    """A classic wrong solution: what is in which solution cell, and the graded cells that it must fail, these and no others."""

    cell: str
    source: str
    loses: set


def tables(name):
    """Return MUTANTS and UNUSUAL of the assignment `name`, such as "02-activations"; both are empty as long as there is no such module."""
    name = f"{__name__}.{name.replace('-', '_')}"
    if importlib.util.find_spec(name) is None:
        return {}, {}
    module = importlib.import_module(name)
    return module.MUTANTS, module.UNUSUAL
