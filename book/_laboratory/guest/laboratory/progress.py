"""Training that reports its epochs to the page while it runs."""

import functools
import inspect

from .page import tell


def watch(source):
    """Let the package's networks report each epoch, if a cell uses the package."""
    if "nnfromscratch" in source:
        from nnfromscratch.network import Network

        if not hasattr(Network._epochs, "__wrapped__"):
            Network._epochs = reporting(Network._epochs)


def reporting(epochs):
    """Return the method `epochs`, on which `train` and `fit` iterate, such that the page hears of each one."""

    @functools.wraps(epochs)
    def reported(*args, **kwargs):
        return _counted(epochs(*args, **kwargs), inspect.signature(epochs).bind(*args, **kwargs).arguments["epochs"])

    return reported


def _counted(epochs, total):
    try:
        tell("progress", done=0, total=total)
        for done, epoch in enumerate(epochs, start=1):
            tell("progress", done=done, total=total)
            yield epoch
    finally:
        tell("progress", done=total, total=total)
