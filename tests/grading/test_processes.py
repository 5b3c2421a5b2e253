"""How much time a submission's processes use, and their end: a busy machine changes no verdict."""

import contextlib
import os
import subprocess
import sys
import threading
import time

import psutil
import pytest

pytest.importorskip("jupytext")
from coursework.grading import processes, sandbox
from coursework.grading.session import Ended, Session

COMPUTES = """
import time
def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return 1
"""
LEAVES = """
import os, time
def leave(path):
    if os.fork() == 0:
        os.setsid()
        with open(path, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(3600.5)
    os._exit(0)
"""


@contextlib.contextmanager
def busy_processor(pid, others):
    """Let a process run on one processor only, together with others that never stop computing."""
    processors = os.sched_getaffinity(0)
    started = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(others)]
    for one in (pid, *(process.pid for process in started)):
        os.sched_setaffinity(one, {min(processors)})
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
        os.sched_setaffinity(pid, processors)


@pytest.fixture
def session(tmp_path):
    one = Session("none", str(tmp_path), sandbox.Limits(cell=2, whole=60, memory=1500))
    yield one
    one.close()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot choose the processor of a process")
def test_waiting_for_a_busy_processor_does_not_count(session):
    session.run(COMPUTES, "a")
    with busy_processor(session.worker.pid, others=3):
        begin = time.monotonic()
        assert session.call("compute", [1.0], {}) == 1
        assert time.monotonic() - begin > 2.5  # more than the limit, by the clock
    with pytest.raises(Ended, match="ran longer than 2 seconds"):
        session.call("compute", [60.0], {})
    assert session.call("compute", [0.0], {}) == 1


def test_waiting_for_nothing_counts(session):
    begin = time.monotonic()
    with pytest.raises(Ended, match="ran longer than 2 seconds"):
        session.run("import time\ntime.sleep(3600)", "a")
    assert time.monotonic() - begin < 60


def test_all_cells_together_have_a_limit_too(tmp_path):
    session = Session("none", str(tmp_path), sandbox.Limits(cell=3, whole=3, memory=1500))
    session.run(COMPUTES, "a")
    session.call("compute", [1.2], {})
    with pytest.raises(Ended, match="ran longer than 3 seconds"):
        session.call("compute", [60.0], {})
    begin = time.monotonic()
    with pytest.raises(Ended, match="ran longer than 3 seconds"):
        session.call("compute", [0.0], {})
    assert time.monotonic() - begin < 1 and session.worker is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_process_that_is_left_behind_keeps_nobody_waiting(session, tmp_path):
    session.run(LEAVES, "a")
    with pytest.raises(Ended, match="ended the interpreter"):
        session.call("leave", [str(tmp_path / "left")], {})
    assert session.run("1", "b")["error"] is None
    session.close()
    psutil.Process(int((tmp_path / "left").read_text())).kill()  # as `grade.work` does, which adopts processes that are left behind
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(5)


def test_one_process_that_is_gone_already_does_not_save_the_others(monkeypatch):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys\n"
            "kept = [subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE) for _ in range(3)]\n"
            "print(flush=True)\ninput()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    parent.stdout.readline()
    children = psutil.Process(parent.pid).children()
    status, gone = psutil.Process.status, children[0].pid

    def racing(process):
        if process.pid == gone:
            raise psutil.NoSuchProcess(gone)
        return status(process)

    monkeypatch.setattr(psutil.Process, "status", racing)
    processes.end_descendants(parent.pid)
    monkeypatch.undo()
    assert [child.pid for child in children[1:] if processes.alive(child)] == []
    children[0].kill()
    parent.communicate(b"\n")


def test_the_meter_counts_at_least_a_twentieth_of_the_clock(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(processes.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(processes, "usage", lambda pid: (0.0, True))  # could run, and never does
    meter = processes.Meter(1)
    clock[0] = 100.0
    assert meter.read() == pytest.approx(5.0)
