"""The processes in which students' code runs: what they use, and their end."""

import contextlib
import sys
import time

import psutil

TICK = 0.25  # seconds between two looks at them
RUNNABLE = {psutil.STATUS_RUNNING} if sys.platform != "win32" else set()  # Windows calls every process running


class Meter:
    """The seconds that a process and its descendants use.

    While they compute, their processor time counts; while they only wait, the time on the clock does. Waiting for a processor because the
    machine is busy does not count, so a limit means the same on a busy machine as on an idle one. But at least a twentieth of the time on
    the clock counts, so that nothing goes on forever.

    Parameters
    ----------
    pid : int
    used : float
        Seconds that have been used before.
    """

    def __init__(self, pid, used=0.0):
        self.pid, self.used, self.last = pid, used, time.monotonic()
        self.processor, _ = usage(pid)

    def read(self):
        """Return the seconds that have been used until now."""
        now, (processor, runnable) = time.monotonic(), usage(self.pid)
        passed, computed = now - self.last, processor - self.processor
        waited = 0.0 if runnable or computed >= 0.01 else min(passed, 2 * TICK)  # 0.01 is the smallest step of processor time
        self.used += max(computed, waited, passed / 20)
        self.last, self.processor = now, processor
        return self.used


def usage(pid):
    """Return the processor time of a process and its descendants, in seconds, and whether one of them runs or could run."""
    total, runnable = 0.0, False
    for process in family(pid):
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])  # its own, and that of children that have ended
            runnable |= process.status() in RUNNABLE
    return total, runnable


def family(pid):
    """Return a process and all that descend from it, as far as they are there."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def end_descendants(pid):
    """End all processes that descend from one."""
    for _ in range(20):  # they may start others meanwhile
        children = [child for child in family(pid)[1:] if alive(child)]
        if not children:
            return
        for child in children:
            with contextlib.suppress(psutil.Error):
                child.kill()
        psutil.wait_procs(children, timeout=1)


def alive(process):
    """Whether a process has not ended yet."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
