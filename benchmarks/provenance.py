"""What every saved result says about itself: when it was measured, and with which versions."""

import datetime
import platform

import numpy as np

import nnfromscratch as nn


def provenance():
    """Return today's date and the versions in use."""
    return {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "nnfromscratch": nn.__version__,
    }
