"""Runs cells in one namespace, as a notebook does."""

import ast
import builtins
import json
import linecache
import logging
import os
import sys
from contextlib import nullcontext

from . import answers, display, drawing, errors, progress, timers
from .needs import Code, needed, setters
from .page import tell
from .source import translate

scope = vars(sys.modules["__main__"])
HOME = "/home/reader"
ANSWER = "<cell answer>"  # the name of code that must not change what the page's cells print


def start():
    """Prepare the session: the reader's folder, and what differs from a notebook."""
    os.makedirs(HOME, exist_ok=True)
    os.chdir(HOME)
    os.environ["MPLBACKEND"] = drawing.BACKEND
    os.environ["NNFROMSCRATCH_DRAW_SECONDS"] = "2"  # of a figure with many settings, the others are drawn when they are chosen
    # Formulas look for fonts that are left out to save megabytes; those that are used are here.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    display.install()
    errors.install()
    builtins.display = display.display
    scope.update({"__laboratory_time__": timers.time, "__laboratory_timeit__": timers.timeit})


def run(request):
    """Run one cell, given as JSON with its source and its name; the page receives everything, finally the message that it is done."""
    request = json.loads(request)
    name = f"<cell {request['name']}>"
    failed = False
    try:
        _execute(request["source"], name)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        failed = True
        tell("error", **errors.describe(error, name))
    finally:
        tell("done", failed=failed)


def _execute(source, name):
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = ast.parse(translate(source), name)
    progress.watch(source)
    whole = compile(tree, name, "exec")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";") else None
    if name != ANSWER:
        answers.give_up(Code(source).binds)
    with answers.on_copies(scope, whole) if name == ANSWER else nullcontext():
        try:
            exec(compile(tree, name, "exec"), scope)
            if last:
                value = eval(compile(ast.Expression(last.value), name, "eval"), scope)
                if value is not None:
                    scope["_"] = value
                    display.display(value)
        finally:
            display.display(*drawing.open_figures())


def needs(request):
    """Tell the page which of some cells the last one needs, given as JSON with their sources."""
    tell("needs", places=needed(json.loads(request)["sources"]))
    tell("done", failed=False)


def find_setters(request):
    """Tell the page which of some cells set a name, given as JSON with the name and their sources."""
    tell("setters", places=setters(**json.loads(request)))
    tell("done", failed=False)


def answer(request):
    """Let a figure on the page answer its reader."""
    request = json.loads(request)
    try:
        display.answer(request["number"], request["content"])
    finally:
        tell("done", failed=False)


def complete(request):
    """Tell the page which names can complete some code."""
    import rlcompleter

    word, completer = json.loads(request)["word"], rlcompleter.Completer(scope)
    found = []
    try:
        while len(found) < 200 and (name := completer.complete(word, len(found))) is not None:
            found.append(name)
    except Exception:  # a property of a reader's object may raise anything
        pass
    tell("completions", names=sorted({name for name in found if "__laboratory" not in name}))
    tell("done", failed=False)
