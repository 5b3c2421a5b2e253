"""What an epoch costs when the batches become larger."""

from statistics import median

from .measure import cpu_seconds
from .peers import ours

BATCHES = (8, 16, 32, 64, 128, 256, 512, 1024)


def cost(digits, batch, rounds):
    """Return the CPU seconds of an epoch (the median of some, after one to warm up)."""
    epoch = ours(digits, (784, 128, 10), batch, "sgd")
    epoch()
    return median(cpu_seconds(epoch) for _ in range(rounds))


def measure(digits, rounds=3):
    curve = [(batch, cost(digits, batch, rounds)) for batch in BATCHES]
    print("CPU seconds per epoch by batch size:", curve, flush=True)
    return {"batch": curve}
