"""Run a notebook's cells and call the functions that they define. This is the program inside the sandbox.

It reads requests, one line of JSON each, and answers each with one line that has the same "id":

    {"cell": source, "name": "...", "definitions": false}   ->  {"outputs": [...], "error": null or [class, message]}
    {"call": name, "source": text or null, "arguments": x, "named": x}
                                                            ->  {"value": plain data, "changed": whether an argument has changed}
                                                                or {"error": [class, message, traceback]}

While it answers a call it may ask for the call of a function that came as an argument, {"callback": number, "arguments": x, "named": x},
and reads the value of that. Students' code runs in this very process and can change everything in it. Nothing here has to be kept from it:
all that the process learns are cells, names of functions, and arguments, and whatever it says counts only as the student's answer.
"""

import ast
import base64
import builtins
import io
import json
import linecache
import os
import sys
import traceback
import types
import warnings

try:
    from . import plain
except ImportError:  # as a program, with nothing above it
    import plain

TEXT = 100_000  # characters that are kept of what one cell prints
FIGURES = 10  # pictures that are kept of one cell
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)


class Printed(io.TextIOBase):
    """Keep what is printed, up to a limit; what comes later is dropped, and the code that prints it goes on."""

    def __init__(self):
        self.parts, self.length = [], 0

    def write(self, text):
        self.parts.append(text[: max(0, TEXT - self.length)])
        self.length += len(text)
        return len(text)

    def text(self):
        """Return what was printed, with a last line that says how much is left out."""
        left_out = f"\n[{self.length - TEXT:,} more characters were left out]\n" if self.length > TEXT else ""
        return "".join(self.parts) + left_out


class Shell:
    """What `get_ipython()` returns here: magics are left out, and say so."""

    def run_line_magic(self, name, line, *_, **__):
        if name not in ("matplotlib", "config", "load_ext", "autoreload"):
            print(f"[%{name} is not available while grading]")

    def run_cell_magic(self, name, line, cell):
        print(f"[%%{name} is not available while grading]")

    def system(self, command):
        print(f"[!{command} is not available while grading]")

    getoutput = system
    set_next_input = run_line_magic


class Cells:
    """The namespace of a notebook, as `__main__`, and what its cells have shown."""

    def __init__(self):
        module = types.ModuleType("__main__")
        self.names, self.shown, self.printed = vars(module), [], Printed()
        self.names.update(get_ipython=Shell, display=self.display, __builtins__=builtins)
        sys.modules["__main__"] = module

    def listen(self):
        """Let what is printed from now on come here."""
        self.shown, self.printed = [], Printed()
        sys.stdout = sys.stderr = self.printed

    def show(self, output):
        """Keep an output, after what was printed before it."""
        self.shown += [{"text": self.printed.text()}, output]
        self.printed.parts.clear()

    def display(self, *values, **_):
        """Show the picture or the text of each value."""
        for value in values:
            self.show(picture(value) or {"text": repr(value)[:TEXT] + "\n"})

    def run(self, source, name, only_definitions=False):
        """Run a cell; return its outputs and its error."""
        self.listen()
        error = None
        try:
            value = run(source, name, self.names, only_definitions)
            if value is not None:
                self.names["_"] = value
                self.display(value)
            self.show_figures()
        except BaseException as caught:
            error = described(caught)
            self.show({"text": error[2]})
        self.show({"text": ""})
        return {"outputs": [output for output in self.shown if output.get("text") != ""], "error": error and error[:2]}

    def show_figures(self):
        """Show the figures that matplotlib has open, and close them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        for number in pyplot.get_fignums()[:FIGURES] if pyplot else []:
            self.show(picture(pyplot.figure(number)))
        if pyplot:
            pyplot.close("all")

    def call(self, name, source, arguments, named, ask):
        """Call one of the notebook's functions, or one that is written for a test, and return its value as plain data."""
        self.listen()
        names = self.names
        try:
            if source is not None:
                exec(compile(source, f"<{name}>", "exec"), names := dict(self.names))
            if name not in names:
                return {"error": ["NameError", f"{name} is not defined", f"{name} is not defined"]}
            given = plain.decode(arguments, ask), plain.decode(named, ask)
            value = plain.encode(names[name](*given[0], **given[1]))
            before, after = ([*plain.arrays(one), *plain.arrays(other)] for one, other in ((arguments, named), map(plain.encode, given)))
            return {"value": value, "changed": source is None and before != after}
        except BaseException as caught:
            return {"error": described(caught)}


def run(source, name, names, only_definitions):
    """Run some code and return the value of its last line, if that is an expression."""
    linecache.cache[f"<{name}>"] = len(source), None, source.splitlines(keepends=True), f"<{name}>"
    body = ast.parse(source, f"<{name}>").body
    if only_definitions:
        body = [node for node in body if isinstance(node, DEFINITIONS)]
    last = body.pop() if body and isinstance(body[-1], ast.Expr) and not source.rstrip().endswith(";") else None
    exec(compile(ast.Module(body, []), f"<{name}>", "exec"), names)
    return None if last is None else eval(compile(ast.Expression(last.value), f"<{name}>", "eval"), names)


def described(error):
    """Return [class, message, traceback] of an error, without the lines of this program."""
    try:
        kind, message = type(error).__name__, str(error)
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
        lines = traceback.format_list(frames[-12:]) + [f"{kind}: {message}"]
        text = ("Traceback (most recent call last):\n" if frames else "") + "".join(lines)
    except BaseException:
        return ["Error", "an error that cannot be shown", "an error that cannot be shown"]
    return [kind, message[:2000], text[-5000:]]


def picture(figure):
    """Return a figure as PNG, or None if it is not one."""
    if type(figure).__name__ != "Figure" or not hasattr(figure, "savefig"):
        return None
    figure.savefig(file := io.BytesIO(), format="png", dpi=72)
    return {"png": base64.b64encode(file.getvalue()).decode("ascii")}


def not_available(*_):
    raise RuntimeError("input() is not available while grading: nobody is there to answer")


def main(read, write):
    """Answer requests until there are no more: `read()` returns a line, `write(line)` sends one."""
    warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
    builtins.input = not_available
    cells, asked = Cells(), {}

    def receive():
        line = read()
        asked.clear()
        asked.update(json.loads(line) if line else {})
        return asked

    def send(answer):
        write(json.dumps({"id": asked["id"], **answer}))

    def ask(number, name):
        def stub(*arguments, **named):
            send({"callback": number, "arguments": plain.encode(arguments), "named": plain.encode(named)})
            reply = receive()
            if "error" in reply:
                raise ValueError(reply["error"])
            return plain.decode(reply["value"], ask)

        stub.__name__ = name or "function"
        return stub

    while request := receive():
        if "cell" in request:
            send(cells.run(request["cell"], request["name"], request["definitions"]))
        else:
            send(cells.call(request["call"], request["source"], request["arguments"], request["named"], ask))


def through_pipes():
    """Talk through standard input and output, and keep both for that alone."""
    requests, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)

    def write(line):
        answers.write(line + "\n")
        answers.flush()

    main(requests.readline, write)


if __name__ == "__main__":
    through_pipes()
