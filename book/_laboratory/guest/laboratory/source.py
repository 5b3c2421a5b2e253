"""From what a reader writes to what Python runs: the two magics that work here, and a clear message about those that cannot."""

import ast
import re

MAGIC = re.compile(r"^(\s*)(%{1,2})(\w+)\s*(.*)$")
SHELL = re.compile(r"^\s*!|^\s*(?:pip3?|conda|uv)\s+install\b")
IGNORED = {"matplotlib", "autoreload", "load_ext", "config"}  # nothing needs them here
TIMERS = {"time", "timeit"}
NO_INSTALL = (
    "Nothing can be installed here: Python runs in your browser, with NumPy, matplotlib, and the course's package. "
    "To use other packages, download this notebook and open it in Jupyter."
)
NO_SHELL = "There is no shell here: Python runs in your browser. To use one, download this notebook and open it in Jupyter."


class NotHere(SyntaxError):
    """Something that a notebook can do and a page cannot."""


def translate(source):
    """Return the Python of a cell, line by line the same.

    Raises
    ------
    NotHere
        For a shell command, an installation, or a magic other than %time and %timeit.
    """
    lines = source.split("\n")
    first = MAGIC.match(lines[0])
    if first and first[2] == "%%":
        if first[3] not in TIMERS:
            raise _not_here(f"%%{first[3]} is not available here", lines, 0)
        return f"__laboratory_{first[3]}__({chr(10).join(lines[1:])!r}, globals(), first_line=2)"
    try:
        ast.parse(source)
    except SyntaxError:
        return "\n".join(_line(lines, i) for i in range(len(lines)))
    return source  # plain Python, in which a % or a ! may start a line of a text


def _line(lines, i):
    magic = MAGIC.match(lines[i])
    if SHELL.match(lines[i]):
        raise _not_here(NO_INSTALL if "install" in lines[i] else NO_SHELL, lines, i)
    if not magic:
        return lines[i]
    space, _, name, rest = magic.groups()
    if name in ("pip", "conda", "uv"):
        raise _not_here(NO_INSTALL, lines, i)
    if name in IGNORED:
        return f"{space}pass"
    if name not in TIMERS:
        raise _not_here(f"%{name} is not available here; %time and %timeit are", lines, i)
    return f"{space}__laboratory_{name}__({rest!r}, globals(), first_line={i + 1})"


def _not_here(words, lines, i):
    return NotHere(words, ("cell", i + 1, 1, lines[i]))
