"""Report what a submission's code does that no answer needs. This changes no grade.

Reading code finds what is done in the open. Nothing depends on it: the values that a hidden test expects are not in the student's process.
"""

import ast
import builtins
import re

from IPython.core.inputtransformer2 import TransformerManager

from coursework.grading.hidden import INSIDE
from coursework.sources import grade_id, is_solution

MODULES = {
    *("abc", "cmath", "collections", "contextlib", "copy", "dataclasses", "decimal", "enum", "fractions", "functools", "itertools", "math"),
    *("matplotlib", "numbers", "numpy", "operator", "pprint", "random", "statistics", "string", "textwrap", "time", "timeit", "typing"),
    *("warnings", "__future__", "nnfromscratch"),
}
CALLS = {
    *("eval", "exec", "compile", "__import__", "open", "exit", "quit", "globals", "locals", "vars", "input", "breakpoint"),
    *("getattr", "setattr", "delattr", "memoryview"),
}
ATTRIBUTES = {
    *("_exit", "abort", "kill", "killpg", "fork", "system", "popen", "execv", "modules", "environ", "settrace", "setprofile"),
    *("_getframe", "_current_frames", "exc_info", "last_traceback", "tb_frame", "tb_next", "f_back", "f_locals", "f_globals", "gi_frame"),
    *("__dict__", "__globals__", "__builtins__", "__subclasses__", "__mro__", "__bases__", "__code__", "__closure__", "__traceback__"),
    *("__getattribute__", "setrecursionlimit", "ctypeslib", "savetxt", "loadtxt", "genfromtxt", "fromfile", "tofile", "memmap", "savez"),
}
METHODS = {
    *("__array__", "__array_ufunc__", "__array_function__", "__array_interface__", "__float__", "__eq__", "__ne__", "__lt__", "__gt__"),
    *("__getattr__", "__getattribute__", "__reduce__", "__del__", "__instancecheck__", "__hash__"),
}
KINDS = {"ndarray", "float", "int", "str", "list", "tuple", "dict", "bool", "object_", "generic", "float64", "matrix"}
WORDS = ("gradebook", "nbgrader", "hidden test", "/proc/", "coursework", "misconceptions", "course.mistakes", "course.feedback", "<script")
MEASURES_CELL = re.compile(r"\A\s*%%(time|timeit|capture|prun)\b.*\n")
MEASURES_LINE = re.compile(r"^(\s*)%(?:time|timeit|prun)[ \t]+(?!-)", re.MULTILINE)
SHELLS = {"bash", "sh", "script", "cmd", "system", "sx", "writefile", "python", "python3", "perl", "ruby", "javascript", "js", "html"}
KNOWN = {*dir(builtins), "display", "get_ipython", "_", "__name__", "__file__"}


def findings(cells, original):
    """Return what a student's code does, as text, and the names of the graded cells that it is about.

    Parameters
    ----------
    cells : list of dict
        What was submitted.
    original : NotebookNode
        What was handed out; cells that are in both are not looked at.
    """
    given = [cell.source.strip() for cell in original.cells if cell.cell_type == "code"]
    answers = {grade_id(cell) for cell in original.cells if is_solution(cell)}
    trees = [parsed(source) for source in given]
    imports = set().union(*(imported(tree) for tree, source in zip(trees, given) if "pip install" not in source))
    modules = MODULES | {module.partition(".")[0] for module, _ in imports}
    own = [cell for cell in cells if cell["type"] == "code" and cell["source"].strip() not in given]
    known = KNOWN.union(*map(bound, trees), *(bound(parsed(cell["source"])) for cell in own))
    words, review = [], set()
    for cell in own:
        tree = parsed(cell["source"])
        where = cell["name"] if cell["name"] in answers else None
        found = {*suspects(tree, modules, imports), *(f"reads {name}, which nothing defines" for name in read(tree) - known)}
        found = sorted(found | set(by_heart(tree) if where else ()))
        if found:
            words.append(f"{where or 'a cell of its own'}: {', '.join(found[:12])}")
            review.add(where or "other cells")
    return words, review


def parsed(source):
    """Return the syntax tree of a cell; an empty one if it cannot be read."""
    try:
        return ast.parse(as_python(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("")


def as_python(source):
    """Return a cell as IPython would run it. Magics that only measure code are removed, so that the code is seen and runs."""
    source = MEASURES_CELL.sub("", MEASURES_LINE.sub(r"\1", source))
    return TransformerManager().transform_cell(source)


def imported(tree):
    """Return the (module, name) pairs that a cell imports; the name is None for the module itself."""
    pairs = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            pairs |= {(node.module or ".", alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            pairs |= {(alias.name, None) for alias in node.names}
    return pairs


def bound(tree):
    """Return all names that a cell binds, in whatever place."""
    names = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(tree)
        for alias in getattr(node, "names", [])
        if isinstance(alias, ast.alias)
    }
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.ExceptHandler(name=str(name)):
                names.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                names.add(name)
    return names


def read(tree):
    """Return all names that a cell reads."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def suspects(tree, modules, known):
    """Yield what the code of a cell does not need to do; `known` are the imports of the original."""
    for module, name in imported(tree):
        top = module.partition(".")[0]
        if top not in modules:
            yield f"imports {module}"
        elif top == "nnfromscratch" and (module, name) not in known:
            yield f"takes {name or 'all'} from {module}"
    aliases = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    roots = {"np", "numpy", "nn", "nnfromscratch"} | {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=name):
                if name not in ("run_line_magic", "run_cell_magic"):
                    yield "runs a shell command" if name in ("system", "getoutput") else f"uses get_ipython().{name}"
            case ast.Call(func=ast.Attribute(attr="run_cell_magic"), args=[ast.Constant(value=magic), *_]) if magic in SHELLS:
                yield "runs a shell command"
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield f"calls {name}"
            case ast.Attribute(value=value, attr=name, ctx=ast.Store() | ast.Del()) if root(value) in roots:
                yield f"changes {ast.unparse(node)}"
            case ast.Attribute(attr=name) if name in ATTRIBUTES or (name in ("load", "save") and root(node) in ("np", "numpy")):
                yield f"uses {ast.unparse(node)[:40]}"
            case ast.FunctionDef(name="expect") | ast.Name(id="expect" | "np", ctx=ast.Store()):
                yield "redefines expect or np"
            case ast.FunctionDef(name=name) if name.startswith(INSIDE):
                yield f"defines {name}, as if it were part of a hidden test"
            case ast.FunctionDef(name=name) if name in METHODS:
                yield f"defines {name}"
            case ast.ClassDef(bases=bases) if kinds := sorted({ast.unparse(base).rpartition(".")[2] for base in bases} & KINDS):
                yield f"defines its own kind of {' and '.join(kinds)}"
            case ast.Constant(value=str(text)):
                yield from (f"mentions {word}" for word in WORDS if word in text.lower())


def by_heart(tree):
    """Yield which functions return something whatever they are called with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)} - {"self", "cls"}
            returns = any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(node))
            if names and returns and not names & read(node):
                yield f"{node.name} does not use its arguments"


def root(node):
    """Return the name at the left end of a.b.c, or None."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
