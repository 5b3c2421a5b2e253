"""Work that a reader waits for runs alongside the kernel's own, and ends when the reader asks for something else."""

import sys
import threading
from typing import Any

import matplotlib


class Ended(BaseException):
    """Raised inside a job that nobody waits for any longer; no `except Exception` catches it."""


class Job:
    """A function that runs in its own thread until it is done or ended.

    Jobs take turns, because all threads share matplotlib's settings, which are restored when a job is over, however it went.

    Parameters
    ----------
    work : function without parameters
    homes : sequence of str
        Names of modules. A job ends between two lines of their code and nowhere else: never inside a library, whose locks it could hold.
    """

    _turn = threading.Lock()

    def __init__(self, work: Any, homes: Any) -> None:
        self._homes, self._ended = {name.partition(".")[0] for name in homes}, False
        self._thread = threading.Thread(target=self._run, args=[work], daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let the function raise `Ended` at its next line; one that has not begun never begins."""
        self._ended = True

    def done(self) -> bool:
        """Return whether the job is over."""
        return not self._thread.is_alive()

    def _run(self, work: Any) -> None:
        with Job._turn, matplotlib.rc_context():
            sys.settrace(self._watch)
            try:
                if not self._ended:
                    work()
            except Ended:
                pass
            finally:
                sys.settrace(None)

    def _watch(self, frame: Any, event: str, arg: Any) -> Any:
        """Python calls this for each function that begins, and for each line of those for which it returned itself."""
        if frame.f_globals.get("__name__", "").partition(".")[0] not in self._homes:
            return None
        if self._ended:
            raise Ended
        return self._watch
