"""nbgrader's run of a notebook, with the kernel behind walls, a limit on output, and looks at what the tests rely on.

Tests run in the same process as the answers. So numpy, the package and Python's built-in functions are looked at before the first cell of a
submission, and before and after every test; what was seen is kept and compared outside of that process.
"""

import asyncio
import copy
import itertools
import json
import uuid

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat import v4
from nbgrader.preprocessors import Execute

from coursework.grading import isolation
from coursework.sources import is_test

PATIENCE = 30  # seconds until what a cell has said must have come, once it is done
LOOK = """
import builtins, gc, importlib, json, math, sys, types
import IPython, numpy
# The last error keeps alive all that its cell had in memory, which may be nearly all there is.
sys.last_exc = sys.last_value = sys.last_traceback = IPython.get_ipython().InteractiveTB.tb = None
gc.collect()
gc.get_freeze_count() or gc.freeze()      # what is there before the first cell is not searched again
names = ["builtins", "math", "numpy", "numpy.linalg", "numpy.random", "nnfromscratch", "nnfromscratch.course.feedback"]
seen = {}
for name in names:
    for key, value in list(vars(importlib.import_module(name)).items()):
        if callable(value) and (not key.startswith("_") or key == "__import__") and name + "." + key != "builtins.input":
            seen[name + "." + key] = id(value), id(getattr(value, "__code__", None))
            if isinstance(value, type) and name.startswith("nnfromscratch"):
                for part, function in list(vars(value).items()):
                    if isinstance(function, types.FunctionType):
                        seen[name + "." + key + "." + part] = id(function), id(function.__code__)
tests = importlib.import_module("nnfromscratch.course.feedback")
try:
    tests.expect("two", 1.0, 2.0)
    fails = False
except AssertionError:
    fails = space.get("expect", tests.expect) is tests.expect and space.get("np", numpy) is numpy
class Seen(Exception):
    _render_traceback_ = list      # none: IPython would take longer to write it than all of this takes
raise Seen(NONCE + json.dumps([fails, seen]))
"""


class Kernel(AsyncKernelManager):
    """A kernel behind walls. It speaks through sockets in its desk, the one folder that it shares with us: no network is needed."""

    walls, desk, limits = "none", None, isolation.Limits()

    def __init__(self, **settings):
        super().__init__(**settings | {"transport": "ipc", "ip": f"{self.desk}/kernel", "connection_file": f"{self.desk}/kernel.json"})

    @property
    def kernel_spec(self):
        return KernelSpec(argv=[], display_name="walled", language="python", interrupt_mode="message")

    def format_kernel_cmd(self, extra_arguments=None):
        arguments = ["-m", "ipykernel_launcher", "-f", self.connection_file, "--HistoryManager.hist_file=:memory:"]
        return isolation.command(self.walls, self.desk, arguments, self.limits)


class Run(Execute):
    """The preprocessor that takes the place of nbgrader's own. One process grades one submission: what was found is kept in the class."""

    died = None  # the cell in which the kernel ended
    flooded = ()  # cells that printed too much
    changed = ()  # names of functions that were changed
    trusted = False  # whether a wrong value failed at every look, as it must

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings, kernel_manager_class=Kernel, timeout_func=seconds, iopub_timeout=PATIENCE)
        self.printed, self.running = {}, 0

    def preprocess(self, notebook, resources):
        nonce = uuid.uuid4().hex
        source = f"exec({LOOK.replace('NONCE', repr(nonce))!r}, {{'space': globals()}})"
        look = v4.new_code_cell(source, metadata={"look": True})
        tried = [[copy.deepcopy(look), cell, copy.deepcopy(look)] if is_test(cell) else [cell] for cell in notebook.cells]
        notebook.cells = [look, *itertools.chain(*tried)]
        try:
            notebook, resources = super().preprocess(notebook, resources)
        except DeadKernelError:
            self.mark_as_dead(notebook.cells)
        except RuntimeError as error:  # the kernel did not even start
            raise RuntimeError(f"no kernel behind {Kernel.walls}: {error}") from error
        before, *later = [report_of(cell, nonce) for cell in notebook.cells if "look" in cell.metadata]
        notebook.cells = [cell for cell in notebook.cells if "look" not in cell.metadata]
        Run.trusted = all(report and report[0] for report in [before, *later])
        if Run.trusted:
            Run.changed = sorted({name for _, seen in later for name, value in before[1].items() if seen.get(name) != value})
        return notebook, resources

    def on_cell_start(self, cell, cell_index):
        """Know which cell is running."""
        self.running = cell_index

    def mark_as_dead(self, cells):
        """Let the cell in which the kernel ended, and all that could not run behind it, have failed."""
        ran = [cell.source for cell in cells[: self.running + 1] if "look" not in cell.metadata]
        Run.died = ran[-1] if ran else ""
        for cell in cells[self.running :]:
            if cell.cell_type == "code":
                cell.outputs = [failed("KernelDied", "the interpreter was ended in or before this cell")]

    def process_message(self, message, cell, cell_index):
        """Pass on what a cell says until it has said too much; then interrupt it.

        nbgrader takes a warning for a failed test, and the value of a cell for its points, which a submission could set: both become text.
        """
        if message["msg_type"] == "stream":
            message["content"]["name"] = "stdout"
        if message["msg_type"] == "execute_result":
            message["msg_type"] = message["header"]["msg_type"] = "display_data"
        said = self.printed.setdefault(cell_index, 0)
        if message["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            self.printed[cell_index] = said + len(json.dumps(message["content"], default=str))
            if self.printed[cell_index] > Kernel.limits.output:
                self.stop(cell, cell_index, said)
                return None
        return super().process_message(message, cell, cell_index)

    def stop(self, cell, cell_index, said):
        """Interrupt a cell that prints without end, once, and let it have failed."""
        if said <= Kernel.limits.output:
            Run.flooded = (*Run.flooded, cell.source)
            cell.outputs.append(failed("TooMuchOutput", f"more than {Kernel.limits.output:,} characters; the cell was stopped"))
            self.interrupting = asyncio.ensure_future(self.km.interrupt_kernel())


def seconds(cell):
    """Return how long a cell may take. A look may take longer: on a busy machine it is slow, which must not look like a trick."""
    return Kernel.limits.whole if "look" in cell.metadata else Kernel.limits.cell


def failed(name, words):
    """Return the output of a failed cell."""
    return v4.new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])


def report_of(cell, nonce):
    """Return what a look found, or None if it did not come back as it should."""
    for output in cell.get("outputs", []):
        if output.output_type == "error" and output.evalue.startswith(nonce):
            return json.loads(output.evalue[len(nonce) :])
    return None
