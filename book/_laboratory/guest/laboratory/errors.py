"""What a page says about an error: its type and message, the line of the cell, the calls that led there, and what to do."""

import linecache
import re
import sys
import traceback

from .page import shortened
from .source import NotHere

CELL = "<cell "
HERE = __name__.rpartition(".")[0]
NO_INPUT = "input() cannot ask for anything here. Assign the value in the cell instead, for example: name = 'Ada'"
NO_NETWORK = "Python in the page has no network. Put the file into the page's file system (press Add a file) and open it by its name."
NO_THREADS = "Python in the page has one thread and no other processes. Run the work in a plain loop."
NO_PACKAGE = (
    "Python in the page has NumPy, matplotlib, Pillow, and the course's package. "
    "To use others, download this notebook and open it in Jupyter."
)
NO_MEMORY = "Python in the page has 1 GB of memory. Use fewer samples, or float32; Restart frees the memory in use."
NO_ANSWER = "The answer is still missing. Write your code where it says raise NotImplementedError(), and delete that line."
# What NumPy and Python say in their own terms, and what it means for the learner who wrote the line.
MEANINGS = {
    r"matmul: .*\(size (\d+) is different from (\d+)\)": (
        "In A @ B, the last axis of A must be as long as the first axis of B. Here A has {1} entries per row, and B has {0} rows. "
        "Print both shapes."
    ),
    r"matmul: .*does not have enough dimensions": "@ multiplies arrays, but one side is not an array. To multiply by a number, use *.",
    r"shapes .* not aligned": "In A.dot(B), the last axis of A must be as long as the first axis of B. Print both shapes.",
    r"could not be broadcast": (
        "The shapes do not match. Compare them from right to left: at each position, the two lengths must be equal, or one must be 1."
    ),
    r"axis 1 is out of bounds for array of dimension 1": (
        "This array is a single row of numbers, but rows of samples are needed. "
        "Write one sample as a row of its own: [[1, 2, 3]], or x[None]."
    ),
    r"inhomogeneous shape": "The rows of an array must have the same length. Count the numbers in each row.",
    r"'(?!module)[\w.]+' object is not callable": (
        "What comes before the parentheses is not a function. Is an operator missing, as in 2 (x + 1)? "
        "Or was a result, f(z), given where the function or class itself, f, is needed?"
    ),
    r"truth value of an array": (
        "A condition needs a single yes or no, but an array gives one per entry. To choose entry by entry, use np.where(condition, a, b)."
    ),
    r"arrays can be converted to Python scalars": (
        "A single number is needed here, but this is an array. "
        "The functions of math take numbers only; for arrays, use NumPy's, such as np.exp."
    ),
    r"numpy.ndarray.__format__": "A format such as :.2f takes a single number. Round the array instead: x.round(2).",
    r"output .* could not be coerced|Cannot cast ufunc .* output": (
        "This array holds whole numbers and cannot store fractions. Write its numbers with a decimal point, such as 1.0."
    ),
    r"'ellipsis'": "Three dots are still in the code: replace them with your answer.",
}


def describe(error, name):
    """Return the message to the page about an error that ended the cell of this name."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame)]
    lines = [frame.lineno for frame in frames if frame.filename == name]
    if isinstance(error, SyntaxError) and (error.filename in (name, "cell")):
        lines, frames = [error.lineno], []
    return {
        "name": "Not available here" if isinstance(error, NotHere) else type(error).__name__,
        "message": shortened(error.msg if isinstance(error, SyntaxError) else _in_words(error)),
        "line": lines[-1] if lines else None,
        "trace": "".join(_written(frames)),
        "hint": hint(error),
    }


def hint(error):
    """Return what to do about an error that comes from where Python runs, or ""."""
    if isinstance(error, MemoryError) or (isinstance(error, ValueError) and "array is too big" in str(error)):
        return NO_MEMORY
    if isinstance(error, ModuleNotFoundError) and error.name and error.name.partition(".")[0] not in ("nnfromscratch", "numpy"):
        return NO_PACKAGE
    if type(error).__name__ == "URLError" or "socket" in str(error):
        return NO_NETWORK
    if isinstance(error, RuntimeError) and "new thread" in str(error):
        return NO_THREADS
    if isinstance(error, TabError):
        return "Some lines start with tab characters, others with spaces. Start every line with spaces: four for each level."
    if isinstance(error, NotImplementedError) and not str(error):
        return NO_ANSWER
    if isinstance(error, RecursionError):
        return "A function calls itself without end. Which call should be the last?"
    if isinstance(error, (TypeError, ValueError)):
        return _meaning(str(error))
    return ""


def _meaning(message):
    """Return what a message of NumPy or Python means, or ""."""
    for pattern, words in MEANINGS.items():
        if found := re.search(pattern, message):
            return words.format(*found.groups())
    return ""


def _in_words(error):
    """Return the message of an error, with the name that Python suggests for a misspelled one."""
    if not isinstance(error, (NameError, AttributeError)):
        return str(error)
    return str(traceback.TracebackException.from_exception(error, limit=0))


def _is_ours(frame):
    return f"/{HERE}/" in frame.filename or frame.filename.startswith("<turn")


def _written(frames):
    """Yield a traceback, cells by their names; the middle of a long one is left out."""
    shown = frames if len(frames) <= 12 else [*frames[:6], None, *frames[-6:]]
    for frame in shown:
        if frame is None:
            yield f"  ... {len(frames) - 12} calls are left out ...\n"
            continue
        where = frame.filename.strip("<>") if frame.filename.startswith("<") else frame.filename.rpartition("/course/")[2]
        code = linecache.getline(frame.filename, frame.lineno).strip()
        yield f"{where}, line {frame.lineno}{f', in {frame.name}' if frame.name != '<module>' else ''}\n" + f"    {code}\n" * bool(code)


def refuse_input(prompt=""):
    """Take the place of `input`."""
    raise RuntimeError(NO_INPUT)


def install():
    """Replace what cannot work here with functions that say so."""
    import builtins

    builtins.input = refuse_input
    sys.setrecursionlimit(1000)
