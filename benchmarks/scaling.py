"""What an epoch costs when the network grows wider or deeper, the batch larger, or the data more."""

from statistics import median

from .measure import cpu_seconds
from .peers import ours

WIDTHS, DEPTHS = (16, 32, 64, 128, 256, 512, 1024), (1, 2, 3, 4, 6, 8)
BATCHES, SAMPLES = (8, 16, 32, 64, 128, 256, 512, 1024), (5, 10, 20, 40, 60)  # samples: in sixtieths of the data


def cost(digits, sizes=(784, 128, 10), batch=128, rounds=3):
    """Return the CPU seconds of an epoch (the median of some, after one to warm up)."""
    epoch = ours(digits, sizes, batch, "sgd")
    epoch()
    return median(cpu_seconds(epoch) for _ in range(rounds))


def measure(digits, rounds=3):
    n = len(digits.y)
    parts = [n * share // 60 for share in SAMPLES]
    curves = {
        "width": [(width, cost(digits, (784, width, 10), rounds=rounds)) for width in WIDTHS],
        "depth": [(depth, cost(digits, (784, *[128] * depth, 10), rounds=rounds)) for depth in DEPTHS],
        "batch": [(batch, cost(digits, batch=batch, rounds=rounds)) for batch in BATCHES],
        "samples": [(part, cost(type(digits)(*(array[:part] for array in digits)), rounds=rounds)) for part in parts],
    }
    print("scaling", curves, flush=True)
    return curves
