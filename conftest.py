"""What every test shares: one BLAS thread, no window, no figure left open; what nbval compares with what; and who runs which test."""

import functools
import importlib.util
import os
import re
import sys
from pathlib import Path

import pytest

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

ROOT = Path(__file__).parent
LONG = (
    "test_grading",
    "test_paper",
    "test_book",
    "test_jupyterlab",
    "test_types",
    "test_coursework",
    "test_widgets",
    "test_quizzes",
    "ipynb",
    "test_site",
)
NOT_COMPARED = ("text/html", "image/svg+xml", "application/javascript", "application/papermill.record/image/png")


def pytest_addoption(parser):
    parser.addoption(
        "--compare-with-book",
        action="store_true",
        help="of a notebook that the book has run, compare what it said then, "
        "if neither its code nor the package is another since; run only the others",
    )


def pytest_itemcollected(item):
    """Let nbval compare the text of an output; pictures and HTML are not stored in a tidy notebook."""
    notebook = item.parent
    if hasattr(notebook, "skip_compare") and "text/html" not in notebook.skip_compare:
        notebook.skip_compare += NOT_COMPARED
        if item.config.option.compare_with_book:
            notebook.setup = functools.partial(tell_or_run, notebook, notebook.setup)


def tell_or_run(notebook, run):
    """Give a notebook's tests what the book's run of it said, or else a kernel."""
    told = run_of_the_book(notebook.nb)
    if told:
        notebook.kernel = Told(told)
    else:
        run()


def run_of_the_book(notebook):
    """Return a notebook as the book has it, executed with the package, pins and data as they are now, or None."""
    from jupyter_cache import get_cache

    spec = importlib.util.spec_from_file_location("fresh_execution", ROOT / "book" / "_ext" / "fresh_execution.py")
    fresh_execution = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh_execution)
    folder = ROOT / "_build" / ".jupyter_cache" / fresh_execution.fingerprint(ROOT)
    try:
        return get_cache(folder).merge_match_into_notebook(notebook)[1] if folder.exists() else None
    except KeyError:
        return None


class Told:
    """What nbval takes for a kernel: it runs nothing, and tells what each cell said when the book ran it."""

    def __init__(self, notebook):
        self.cells = iter([cell for cell in notebook.cells if cell.cell_type == "code"])

    def execute_cell_input(self, source, allow_stdin):
        outputs = next(cell.outputs for cell in self.cells if cell.source == source)
        messages = [(output.output_type, output) for output in outputs] + [("status", {"execution_state": "idle"})]
        self.messages = iter([{"msg_type": kind, "content": content, "parent_header": {"msg_id": source}} for kind, content in messages])
        return source

    def get_message(self, stream, timeout):
        return next(self.messages)

    def is_alive(self):
        return True

    def await_reply(self, message, timeout):
        """It is here."""

    await_idle = await_reply

    def stop(self):
        """Nothing runs."""


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
