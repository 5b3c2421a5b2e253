"""What every test shares: one BLAS thread, no window, no figure left open; and what nbval compares."""

import os
import sys

import pytest

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

NOT_COMPARED = ("text/html", "image/svg+xml", "application/javascript", "application/papermill.record/image/png")


def pytest_itemcollected(item):
    """Let nbval compare the text of an output; pictures and HTML are not stored in a tidy notebook."""
    notebook = item.parent
    if hasattr(notebook, "skip_compare") and "text/html" not in notebook.skip_compare:
        notebook.skip_compare += NOT_COMPARED


def pytest_configure():
    """Draw without a screen (in this process only: the notebooks' kernels draw as they do for a reader)."""
    import matplotlib

    matplotlib.use("agg")


@pytest.fixture(autouse=True)
def closed_figures():
    """Leave no figure open after a test."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
