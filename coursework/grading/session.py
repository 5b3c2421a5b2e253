"""Talk with a worker in a sandbox: run a notebook's cells, and call the functions that they define.

A worker that does not answer in time, or ends, is replaced by a new one. It runs all cells again that had finished; of one that had not,
only the definitions. So an infinite loop, `os._exit`, or a crash costs a submission only the cell that it is in.
"""

import contextlib
import json
import subprocess
import threading
import time
from concurrent.futures import Future, wait

from coursework.grading import sandbox
from coursework.grading.guest import plain
from coursework.grading.processes import TICK, Meter, end_descendants

LARGEST = 64_000_000  # characters of one answer
RESTARTS = 8
START = 120  # seconds


class Ended(Exception):
    """The worker did not answer; says why."""


class StudentError(Exception):
    """Students' code raised this: its arguments are the class, the message, and the traceback."""


class Session:
    """A notebook in a sandbox.

    Parameters
    ----------
    kind : str
        The sandbox, one of `sandbox.SANDBOXES`.
    workdir : str
        An empty folder, the only one that the code may use.
    limits : sandbox.Limits
    """

    def __init__(self, kind, workdir, limits):
        self.kind, self.workdir, self.limits = kind, workdir, limits
        self.worker, self.thread, self.cells, self.left, self.sent = None, None, [], RESTARTS, 0
        self.used = 0.0  # seconds
        self.remarks = set()  # on calls: what is wrong in them whatever a test says

    def run(self, source, name):
        """Run a cell; return its outputs and its error, {"outputs": list, "error": [class, message] or None}."""
        self.prepare()
        try:
            answer = self.ask({"cell": source, "name": name, "definitions": False})
        except Ended:
            self.cells.append([source, name, True])
            raise
        self.cells.append([source, name, False])
        outputs, error = answer.get("outputs"), answer.get("error")
        return {"outputs": outputs if isinstance(outputs, list) else [], "error": error if isinstance(error, list) else None}

    def call(self, name, arguments, named, source=None):
        """Call a function of the notebook, or one with a source of its own, and return its value as plain data.

        Raises
        ------
        StudentError
            If the function raises, or if its value is not plain data.
        Ended
            If it does not come back.
        """
        self.prepare()
        functions = []
        request = {"call": name, "source": source, "arguments": plain.encode(arguments, functions), "named": plain.encode(named, functions)}
        answer = self.ask(request, functions)
        with understood():
            if "error" not in answer:
                value = plain.decode(answer["value"])
                self.remarks |= {f"{name} returns a {kind}, which is not plain data" for kind in plain.strangers(value)}
                self.remarks |= {f"{name} changes its arguments"} if answer.get("changed") is True else set()
                return value
            kind, message, text = map(str, answer["error"])
        raise StudentError(kind, message, text)

    def prepare(self):
        """Start a worker if there is none, and bring it to where the last one was."""
        while self.worker is None:
            if self.used >= self.limits.whole:
                raise Ended(f"ran longer than {self.limits.whole} seconds")
            if self.left == 0:
                raise Ended(f"ended its interpreter {RESTARTS} times")
            self.left -= 1
            self.start()
            for cell in self.cells if self.worker else []:
                try:
                    self.ask({"cell": cell[0], "name": cell[1], "definitions": cell[2]})
                except Ended:
                    cell[2] = True
                    break

    def start(self):
        """Start a worker. That takes a second or two, more on a busy machine, and is not the student's time."""
        self.worker = subprocess.Popen(
            sandbox.command(self.kind, self.workdir, self.limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            env=sandbox.environment(self.kind, self.workdir),
        )
        with contextlib.suppress(Ended):
            self.ask({"cell": "", "name": "start", "definitions": False}, starts=True)

    def ask(self, request, functions=(), starts=False):
        """Send a request and return the answer; call what the worker asks to be called in between."""
        left = START if starts else min(self.limits.cell, self.limits.whole - self.used)
        used = 0.0
        try:
            while True:
                answer, used = self.exchange(request, used, left)
                if "callback" not in answer:
                    return answer
                if used > left:
                    raise TimeoutError
                request = called(answer, functions)
        except TimeoutError as error:
            self.close()
            used = left
            raise Ended(f"ran longer than {self.limits.whole if left < self.limits.cell else self.limits.cell} seconds") from error
        except Exception as error:
            self.close()
            raise Ended("ended the interpreter") from error
        finally:
            self.used += 0.0 if starts else used

    def exchange(self, request, used, limit):
        """Send one line; return the answer to it, and the seconds used, which were `used` before.

        Raises
        ------
        TimeoutError
            If `limit` seconds are used before the answer is there.
        """
        self.sent += 1
        line, answer, begin, meter = json.dumps(request | {"id": self.sent}) + "\n", Future(), time.monotonic(), None
        self.thread = threading.Thread(target=talk, args=(self.worker, line, self.sent, answer), daemon=True)
        self.thread.start()
        while not wait([answer], timeout=TICK).done:
            if self.worker.poll() is not None and not wait([answer], timeout=TICK).done:
                raise EOFError("the worker has ended, and a process that it left behind keeps its pipe open")
            meter = meter or Meter(self.worker.pid, used + TICK)
            if meter.read() > limit:
                raise TimeoutError
        return answer.result(), meter.used if meter else used + min(TICK, time.monotonic() - begin)

    def kill(self):
        """End the worker and everything that it started."""
        end_descendants(self.worker.pid)
        self.worker.kill()
        sandbox.clear(self.kind, self.workdir)

    def close(self):
        """End the worker, if there is one, and the conversation with it."""
        if self.worker is not None:
            self.kill()
            self.worker.wait()
            self.thread.join(timeout=1)
            if not self.thread.is_alive():  # or else a process that was left behind keeps a pipe open
                close_pipes(self.worker)
            self.worker = None


def talk(worker, line, number, answer):
    """Send a line to a worker and wait for the answer with this number; pass over other lines, which students' code may have written."""
    try:
        worker.stdin.write(line)
        worker.stdin.flush()
        while True:
            line = worker.stdout.readline(LARGEST)
            if not line.endswith("\n"):
                raise ValueError("the answer is incomplete")
            with contextlib.suppress(ValueError, RecursionError):
                found = json.loads(line)
                if isinstance(found, dict) and found.get("id") == number:
                    return answer.set_result(found)
                if found == {"ended": True}:
                    break
        raise EOFError("the worker has ended, and what started it is still there")
    except Exception as error:
        close_pipes(worker)
        answer.set_exception(error)


def close_pipes(worker):
    """Close both pipes to a worker."""
    for pipe in (worker.stdin, worker.stdout):
        with contextlib.suppress(OSError):  # what was not sent yet
            pipe.close()


def called(answer, functions):
    """Return what a function gives that the student's code asked to be called: numbers and arrays are all that it may be called with."""
    try:
        arguments, named = plain.decode(answer["arguments"]), plain.decode(answer["named"])
        for value in (*arguments, *named.values()):
            if not isinstance(value, plain.NUMBERS):
                raise TypeError(f"a function that was passed in was called with a {type(value).__name__}; it takes arrays and numbers")
        return {"value": plain.encode(functions[answer["callback"]](*arguments, **named), functions)}
    except Exception as error:
        return {"error": str(error)}


@contextlib.contextmanager
def understood():
    """Turn a value that is not plain data into the student's mistake."""
    try:
        yield
    except Exception as error:
        words = "the answer is something other than numbers, text, lists, dictionaries, and arrays"
        raise StudentError("ValueError", words, words) from error
