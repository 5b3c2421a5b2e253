"""Grade submissions with nbgrader, each in a process, a course folder and a gradebook of its own that are thrown away afterwards.

What comes back is marks, notes and feedback; nothing of one submission can reach another's.
"""

import contextlib
import ctypes
import multiprocessing
import multiprocessing.connection
import os
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

from coursework.build import course
from coursework.grading import isolation
from coursework.grading.execute import Kernel, Run

MEMORY = "file:gradebook?mode=memory&cache=shared&uri=true"
STUDENT = "student"  # a throw-away course has only one
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of Linux


class Task(NamedTuple):
    """All that is needed to grade a submission."""

    student: str
    assignment: str
    notebook: str  # its text
    gradebook: bytes  # of a course that holds this assignment and no student
    walls: str
    limits: isolation.Limits


class Graded(NamedTuple):
    """What became of a submission."""

    state: str  # "ok" or "crashed"
    scores: dict  # {graded cell: points, or None for what is marked by hand}
    notes: list
    look: set
    notebook: str = ""  # with all outputs
    feedback: str = ""  # HTML


def grade_all(tasks, processes):
    """Yield (task, Graded) as they are done, `processes` at a time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    waiting, running = list(tasks)[::-1], {}
    try:
        while waiting or running:
            while waiting and len(running) < processes:
                start(context, waiting.pop(), running)
            soonest = min(deadline for _, _, deadline, _ in running.values())
            ready = multiprocessing.connection.wait(list(running), timeout=max(0.0, soonest - time.monotonic()))
            late = [pipe for pipe, (_, _, deadline, _) in running.items() if time.monotonic() > deadline]
            for pipe in {*ready, *late}:
                task, process, _, desk = running.pop(pipe)
                yield task, finish(task, process, pipe, desk)
    finally:
        for pipe, (task, process, _, desk) in running.items():
            finish(task, process, pipe, desk)


def start(context, task, running):
    """Start a process for a task."""
    ours, theirs = context.Pipe(duplex=False)
    desk = tempfile.mkdtemp(prefix="desk-")
    process = context.Process(target=work, args=(task, desk, theirs), daemon=True)
    process.start()
    theirs.close()
    running[ours] = task, process, time.monotonic() + task.limits.whole, desk


def finish(task, process, pipe, desk):
    """Return what a process sent, or that it sent nothing; end everything that it started."""
    try:
        graded = pipe.recv() if pipe.poll() else crashed(f"stopped after {task.limits.whole} seconds")
    except EOFError:
        graded = crashed("the grading process was ended from within")
    end_descendants(process.pid)
    process.kill()
    process.join()
    isolation.clear(task.walls, desk)
    shutil.rmtree(desk, ignore_errors=True)
    return graded


def end_descendants(pid):
    """End all processes that descend from one."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while children := [child for child in process.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]:
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
            psutil.wait_procs(children, timeout=1)


def crashed(why):
    """Return that there is nothing to mark."""
    return Graded("crashed", {}, [why], set())


def work(task, desk, pipe):
    """Grade one submission (in a process of its own) and send the result."""
    environment = isolation.environment(task.walls, desk)
    os.environ.clear()
    os.environ.update(environment)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)  # a child that leaves its parent stays ours
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1), os.dup2(silence, 2)  # the kernel's words, too
    try:
        graded = grade(task, desk)
    except Exception:
        graded = crashed(f"not graded: {traceback.format_exc().strip().splitlines()[-1]}")
    end_descendants(os.getpid())
    pipe.send(graded)


def grade(task, desk):
    """Return a submission's marks.

    The gradebook lies in this process's memory, where students' code cannot get at it, and not in a file.
    """
    Kernel.walls, Kernel.desk, Kernel.limits = task.walls, desk, task.limits
    with tempfile.TemporaryDirectory(prefix="course-") as folder, contextlib.closing(sqlite3.connect(MEMORY, uri=True)) as gradebook:
        (Path(folder) / "gradebook.db").write_bytes(task.gradebook)
        with contextlib.closing(sqlite3.connect(Path(folder) / "gradebook.db")) as template:
            template.backup(gradebook)
        (Path(folder) / "gradebook.db").unlink()
        paths = {step: Path(folder, step, STUDENT, task.assignment, task.assignment) for step in ("submitted", "autograded", "feedback")}
        paths["submitted"].parent.mkdir(parents=True)
        paths["submitted"].with_suffix(".ipynb").write_text(task.notebook, encoding="utf-8")
        api = course(folder, f"sqlite:///{MEMORY}")
        api.config.Autograde.autograde_preprocessors = [Run if step is Execute else step for step in Autograde().autograde_preprocessors]
        done = api.autograde(task.assignment, STUDENT)
        if not done["success"]:
            return crashed(f"nbgrader gave up: {reason(done)}")
        scores = marks(task, f"sqlite:///{MEMORY}", valid=Run.died is None and Run.trusted)
        done = api.generate_feedback(task.assignment, STUDENT)
        feedback = paths["feedback"].with_suffix(".html").read_text(encoding="utf-8") if done["success"] else ""
        notebook = paths["autograded"].with_suffix(".ipynb").read_text(encoding="utf-8")
    return Graded("ok" if Run.died is None else "crashed", scores, *found(nbformat.reads(notebook, 4)), notebook, feedback)


def marks(task, database, valid):
    """Return {graded cell: points, or None where a person must mark}; a run that is not valid gets no points, in the gradebook neither."""
    with Gradebook(database) as gradebook:
        grades = gradebook.find_submission_notebook(task.assignment, task.assignment, STUDENT).grades
        for grade in grades:
            if not valid and grade.auto_score is not None:
                grade.auto_score = 0.0
        gradebook.db.commit()
        return {grade.name: None if grade.needs_manual_grade else grade.auto_score for grade in grades}


def found(notebook):
    """Return notes, and cells to look at, on what came to light during the run."""
    notes, look = [], set()
    if Run.died is not None:
        notes.append(f"ends the interpreter, no mark counts: {first_line(Run.died)}")
    elif not Run.trusted:
        notes.append("switches the tests off, no mark counts")
        look.add("everything")
    if Run.changed:
        notes.append(f"changes {', '.join(Run.changed[:5])}")
        look.add("everything")
    for cell in notebook.cells:
        errors = {output.ename for output in cell.get("outputs", []) if output.output_type == "error"}
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or first_line(cell.source)
        if "CellTimeoutError" in errors:
            notes.append(f"runs longer than {Kernel.limits.cell} seconds: {name}")
        if "TooMuchOutput" in errors:
            notes.append(f"prints without end: {name}")
        if "MemoryError" in errors:
            notes.append(f"needs more than {Kernel.limits.memory} MB: {name}")
    return notes, look


def first_line(source):
    return repr((source.strip().splitlines() or [""])[0][:60])


def reason(result):
    """Return the last error that nbgrader names in its log."""
    lines = [line.strip() for line in result["log"].splitlines() if "Error" in line and not line.startswith("[ERROR] Traceback")]
    return (lines or ["no reason given"])[-1][:300]
