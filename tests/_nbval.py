"""How nbval runs the notebooks: what it compares, and with `--compare-with-book`, a replay of the book's own run instead of a kernel.

A pytest plugin; conftest.py loads it.
"""

import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOT_COMPARED = ("text/html", "image/svg+xml", "application/javascript", "application/papermill.record/image/png")


def pytest_addoption(parser):
    parser.addoption(
        "--compare-with-book",
        action="store_true",
        help="compare a notebook with the outputs of its run in the last build of the book, if neither its code nor the package "
        "has changed since; start kernels only for the other notebooks",
    )


def pytest_itemcollected(item):
    """Let nbval compare the text of an output; pictures and HTML are not stored in a tidy notebook."""
    notebook = item.parent
    if hasattr(notebook, "skip_compare") and "text/html" not in notebook.skip_compare:
        notebook.skip_compare += NOT_COMPARED
        if item.config.option.compare_with_book:
            notebook.setup = functools.partial(replay_or_run, notebook, notebook.setup)


def replay_or_run(notebook, run):
    """Give a notebook's tests the outputs of the book's run, or else a kernel."""
    executed = run_of_the_book(notebook.nb)
    if executed:
        notebook.kernel = ReplayKernel(executed)
    else:
        run()


def run_of_the_book(notebook):
    """Return a notebook as the book executed it, with the package, pins, and data as they are now, or None."""
    from jupyter_cache import get_cache

    from course.execution import fingerprint

    folder = ROOT / "_build" / ".jupyter_cache" / fingerprint(ROOT)
    try:
        return get_cache(folder).merge_match_into_notebook(notebook)[1] if folder.exists() else None
    except KeyError:
        return None


class ReplayKernel:
    """A substitute for a kernel: it runs nothing, and answers with what each cell printed when the book ran it."""

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
        """Return at once: the reply is already here."""

    await_idle = await_reply

    def stop(self):
        """Nothing to stop."""


def group_of(nodeid):
    """Return the name of a test's group: with several processes (`pytest -n 2`) each runs whole groups, one test after another.

    A notebook is a group, since its cells share a kernel, and so is each page of the site. Everything else is grouped by file, to share
    fixtures.
    """
    file, _, test = nodeid.partition("::")
    page = re.search(r"\[([\w/-]+)\.html", test) if file.endswith("test_site.py") else None
    return f"{file} {page[1]}" if page else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Distribute the tests over processes by groups, in the order in which they were collected."""
    from xdist.scheduler import LoadScopeScheduling

    class GroupScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return GroupScheduling(config, log)
