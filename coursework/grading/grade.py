"""Grade submissions, each in a process and a sandbox of its own: nothing of one can reach another.

Here cells run in the sandbox and hidden tests outside of it. What comes back is a record: verdicts, outputs, notes. Points are not part of
it, so they may change later.
"""

import ctypes
import multiprocessing
import multiprocessing.connection
import os
import re
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NamedTuple

from coursework.grading import sandbox
from coursework.grading.hidden import verdict
from coursework.grading.processes import Meter, end_descendants
from coursework.grading.session import START, Ended, Session
from coursework.grading.static_check import as_python

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux
SILLY = {"SyntaxError", "IndentationError", "ModuleNotFoundError", "ImportError"}  # errors that a person should see
LOOK = 5  # seconds between two looks at processes that say nothing
MEMORY = 4_000_000_000  # bytes for the process that compares


class Task(NamedTuple):
    """All that is needed to grade a submission."""

    student: str
    assignment: str
    cells: list  # of check.Checked
    tests: dict  # {test: source of its hidden part}
    names: tuple  # what students define
    sandbox: str
    limits: sandbox.Limits


def grade_all(tasks, processes):
    """Yield (task, record) as they are done, `processes` at a time. `tasks` is read as it is needed."""
    context = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
    if sys.platform == "linux":
        context.set_forkserver_preload([__name__])
    tasks, running = iter(tasks), {}
    try:
        while True:
            while len(running) < processes and (task := next(tasks, None)) is not None:
                start(context, task, running)
            if not running:
                return
            ready = multiprocessing.connection.wait(list(running), timeout=LOOK)
            late = [] if ready else [pipe for pipe, (task, _, meter, _) in running.items() if meter.read() > most(task)]
            for pipe in {*ready, *late}:
                task, process, _, workdir = running.pop(pipe)
                yield task, finish(task, process, pipe, workdir)
    finally:
        for pipe, (task, process, _, workdir) in running.items():
            finish(task, process, pipe, workdir)


def start(context, task, running):
    """Start a process for a task."""
    ours, theirs = context.Pipe(duplex=False)
    workdir = tempfile.mkdtemp(prefix="workdir-")
    process = context.Process(target=work, args=(task, workdir, theirs), daemon=True)
    process.start()
    theirs.close()
    running[ours] = task, process, Meter(process.pid), workdir


def most(task):
    """Return after how many seconds the process of a task is stopped: long after the session in it should have stopped by itself."""
    return 2 * task.limits.whole + START


def finish(task, process, pipe, workdir):
    """Return what a process sent, or that it sent nothing; end everything that it started."""
    try:
        record = pipe.recv() if pipe.poll() else crashed(f"stopped after {most(task)} seconds")
    except (EOFError, OSError):
        record = crashed("the grading process ended")
    end_descendants(process.pid)
    process.kill()
    process.join()
    sandbox.clear(task.sandbox, workdir)
    shutil.rmtree(workdir, ignore_errors=True)
    return record


def crashed(why):
    """Return that there are no verdicts."""
    return {"state": "crashed", "tests": {}, "cells": [], "notes": [why], "review": ["everything"]}


def work(task, workdir, pipe):
    """Grade one submission (in a process of its own) and send the record."""
    if sys.platform == "linux":
        import resource

        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)  # a child that leaves its parent stays ours
        if task.sandbox != "wasi":  # which reserves more addresses than it uses
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        record = grade(task, workdir)
    except Exception:
        record = crashed(f"not graded: {traceback.format_exc().strip().splitlines()[-1]}")
    end_descendants(os.getpid())
    pipe.send(record)


def grade(task, workdir):
    """Run a submission's cells and their hidden tests, from top to bottom; return the record."""
    session, cells, tests, notes, review = Session(task.sandbox, workdir, task.limits), [], {}, [], set()
    hide = hidden_paths(workdir)
    for number, cell in enumerate(task.cells):
        shown = {"name": cell["name"], "type": cell["type"], "source": cell["source"], "attachments": cell["attachments"]}
        cells.append(shown)
        if cell["type"] != "code":
            continue
        where = cell["name"] or repr((cell["source"].strip().splitlines() or [""])[0][:60])
        try:
            answer = session.run(readable(cell["source"]), cell["name"] or f"cell {number + 1}")
            shown["outputs"] = [one for one in map(lambda output: output_of(output, hide), answer["outputs"]) if one]
            shown["error"] = error_of(answer["error"], hide)
        except Ended as ended:
            shown["outputs"], shown["error"] = [{"text": f"[this cell {ended}]\n"}], ["Ended", str(ended)]
            notes.append(f"{where}: {ended}")
        if cell["name"] in task.tests:
            found = verdict(task.tests[cell["name"]], task.names, session)
            tests[cell["name"]] = found | {"message": hide(found["message"])[:5000], "shown": shown["error"] is None}
            notes += [f"{where}: {found['message']}"] if found["error"] == "Ended" else []
            notes += [f"{where}: {remark}" for remark in sorted(session.remarks)[:3]]
            session.remarks.clear()
        elif shown["error"] and is_silly(shown["error"]):
            notes.append(f"{where}: {shown['error'][0]}: {shown['error'][1][:200]}")
            review.add(cell["name"] or "other cells")
    session.close()
    about, more = about_all(tests)
    return {"state": "graded", "tests": tests, "cells": cells, "notes": notes + about, "review": sorted(review | more)}


def about_all(tests):
    """Return notes on what several tests have in common, and the cells to review."""
    errors = {(test["error"], test["message"].strip().rpartition("\n")[2]) for test in tests.values() if test["error"]}
    failed = [name for name, test in tests.items() if test["error"]]
    notes, review = [], set()
    if len(failed) == len(tests) > 2 and len(errors) == 1 and "NotImplementedError" not in str(errors):
        [(_, message)] = errors
        notes.append(f"every test ends with the same error: {message[:200]}")
        review.add("everything")
    odd = [name for name, test in tests.items() if test["passed"] and not test["shown"]]
    if odd:
        notes.append(f"passes the hidden tests, but not the check that students see: {' '.join(odd)}")
        review |= set(odd)
    fitted = [name for name, test in tests.items() if test["shown"] and not test["passed"]]
    if fitted:
        notes.append(f"passes the check that students see, but not the hidden test: {' '.join(fitted)}")
    return notes, review


def is_silly(error):
    """Whether an error is one that a person should see: an import that is not there, `input()`, a syntax error."""
    return error[0] in SILLY or "input() is not available" in error[1]


def readable(source):
    """Return a cell as Python; as it is, if it cannot be read: then it fails by itself, with a message."""
    try:
        return as_python(source)
    except (SyntaxError, RecursionError, MemoryError):
        return source


def hidden_paths(workdir):
    """Return a function that takes the paths of this machine out of a text."""
    home = str(Path.home())
    ours = {workdir, str(sandbox.ROOT), sys.prefix, sys.base_prefix, *([home] if len(home) > 3 else [])}
    pattern = re.compile("|".join(re.escape(path) for path in sorted(ours, key=len, reverse=True) if len(path) > 4))
    return lambda text: pattern.sub("...", str(text))


def output_of(output, hide):
    """Return an output as far as it is one: text, or a picture as PNG. It comes from the student's process, which may write anything."""
    if isinstance(output, dict) and isinstance(output.get("text"), str):
        return {"text": hide(output["text"])[:110_000]}
    if (
        isinstance(output, dict)
        and isinstance(png := output.get("png"), str)
        and re.fullmatch(r"iVBORw0KGgo[A-Za-z0-9+/=]{0,5000000}", png)
    ):
        return {"png": png}
    return None


def error_of(error, hide):
    """Return an error as [class, message], or None."""
    if error is None:
        return None
    kind, message = (*error, "", "")[:2] if isinstance(error, list) else ("Error", "")
    return [str(kind)[:80], hide(message)[:2000]]
