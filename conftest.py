"""What every test shares: one BLAS thread, no window, no figure left open; what nbval compares; and who runs which test."""

import os
import re
import sys

import pytest

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

LONG = ("test_jupyterlab", "ipynb", "test_coursework", "test_site", "test_book")
NOT_COMPARED = ("text/html", "image/svg+xml", "application/javascript", "application/papermill.record/image/png")


def pytest_itemcollected(item):
    """Let nbval compare the text of an output; pictures and HTML are not stored in a tidy notebook."""
    notebook = item.parent
    if hasattr(notebook, "skip_compare") and "text/html" not in notebook.skip_compare:
        notebook.skip_compare += NOT_COMPARED


def group_of(nodeid):
    """Return the name of a test's group: with several processes (`pytest -n 2`) each runs whole groups, one test after the other.

    A notebook is a group, since its cells share a kernel; a page of the site is one; everything else goes by files, which share fixtures.
    """
    file, _, test = nodeid.partition("::")
    page = re.search(r"\[([\w/-]+)\.html", test) if file.endswith("test_site.py") else None
    return f"{file} {page[1]}" if page else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the tests among processes by groups, in the order in which they were collected."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


def pytest_collection_modifyitems(items):
    """Start with what takes longest, so that no process works alone at the end."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONG) if name in item.nodeid), len(LONG)))


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
