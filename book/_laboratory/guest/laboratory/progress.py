"""Training that reports its epochs to the page while it runs."""

import functools
import inspect

from .page import tell


def watch(source):
    """Let the package's networks report each epoch, if a cell uses the package."""
    if "nnfromscratch" in source:
        from nnfromscratch.network import Network

        if not hasattr(Network.train, "__wrapped__"):
            Network.train = reporting(Network.train)


def reporting(train):
    """Return the method `train`, on which `fit` iterates, such that the page hears of each epoch."""

    @functools.wraps(train)
    def reported(*args, **kwargs):
        return _counted(train(*args, **kwargs), inspect.signature(train).bind(*args, **kwargs).arguments["epochs"])

    return reported


def _counted(epochs, total):
    done = 0
    try:
        tell("progress", done=done, total=total)
        for done, epoch in enumerate(epochs, start=1):
            tell("progress", done=done, total=total)
            yield epoch
    finally:
        tell("progress", done=done, total=done)  # fewer than planned after early stopping or a break
