"""What every test shares: one BLAS thread, no window, no figure left open, and a marker named for the test's folder."""

import os
import sys
from pathlib import Path

import pytest

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

pytest_plugins = ["_nbval"]

TESTS = Path(__file__).parent / "tests"
SLOWEST_FIRST = (
    "test_grading",
    "test_laboratory",
    "test_paper",
    "test_engines",
    "test_book",
    "test_jupyterlab",
    "test_types",
    "test_coursework",
    "test_widgets",
    "test_quizzes",
    "ipynb",
    "test_site",
)


def pytest_itemcollected(item):
    """Mark each test with the name of its folder in tests/, so that `-m site` runs the tests of the site."""
    if TESTS in item.path.parents and item.path.parent != TESTS:
        item.add_marker(item.path.relative_to(TESTS).parts[0])


def pytest_collection_modifyitems(items):
    """Start with what takes longest, so that no process works alone at the end."""
    items.sort(key=lambda item: next((place for place, name in enumerate(SLOWEST_FIRST) if name in item.nodeid), len(SLOWEST_FIRST)))


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
