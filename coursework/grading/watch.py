"""Name what a submission's code does that an answer has no need of: it is reported, and changes no mark.

Reading code finds what is done in the open. Who hides it is found, or not, by the look at numpy and the package before and after
the run (`execute`).
"""

import ast

from coursework.sources import grade_id, is_solution

MODULES = {
    "builtins",
    "ctypes",
    "gc",
    "inspect",
    "multiprocessing",
    "nbgrader",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "urllib",
    "requests",
    "importlib",
    "IPython",
    "ipykernel",
}
CALLS = {"eval", "exec", "compile", "__import__", "open", "exit", "quit", "get_ipython", "globals", "setattr", "delattr"}
ATTRIBUTES = {
    "_exit",
    "abort",
    "kill",
    "killpg",
    "fork",
    "system",
    "popen",
    "execv",
    "_getframe",
    "modules",
    "__dict__",
    "__globals__",
    "__builtins__",
    "__subclasses__",
    "f_back",
    "environ",
    "settrace",
    "setprofile",
}
WORDS = ("gradebook", "nbgrader", "hidden test", "/proc/", "autograded", "mistakes")


def findings(notebook, original):
    """Return what a student's code does in words, and the names of the graded cells that it is about.

    Parameters
    ----------
    notebook, original : NotebookNode
        What was handed in, and what was handed out; cells that are in both are not looked at.
    """
    given = {cell.source.strip() for cell in original.cells}
    known = set().union(*(imported(cell.source) for cell in original.cells if cell.cell_type == "code"))
    words, look = [], set()
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.strip() not in given:
            found = sorted(set(suspects(cell.source, known)))
            where = grade_id(cell) if is_solution(cell) else None
            if found:
                words.append(f"{where or 'a cell of its own'}: {', '.join(found)}")
                look.add(where or "other cells")
    return words, look


def parsed(source):
    """Return the syntax tree of a cell; lines that only IPython understands are left out."""
    lines = ["" if line.lstrip().startswith(("%", "!", "?")) else line for line in source.splitlines()]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("")


def imported(source):
    """Return the (module, name) pairs of a cell's imports of the package."""
    pairs = set()
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "nnfromscratch":
            pairs |= {(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            pairs |= {(alias.name, None) for alias in node.names if alias.name.partition(".")[0] == "nnfromscratch"}
    return pairs


def suspects(source, known):
    """Yield in words what the code of a cell has no need of; `known` are the imports of the package in the original."""
    if any(line.lstrip().startswith(("!", "%%")) for line in source.splitlines()):
        yield "gives a command to the shell"
    for module, name in sorted(imported(source) - known, key=str):
        yield f"takes {name or 'all'} from {module}"
    tree = parsed(source)
    imports = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    modules = {"np", "numpy", "nnfromscratch"} | {(alias.asname or alias.name).partition(".")[0] for alias in imports}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"imports {one.name}" for one in names if one.name.partition(".")[0] in MODULES)
            case ast.ImportFrom(module=module) if (module or "").partition(".")[0] in MODULES:
                yield f"imports {module}"
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                yield f"calls {name}"
            case ast.Attribute(value=value, attr=name, ctx=ast.Store() | ast.Del()) if root(value) in modules:
                yield f"changes {ast.unparse(node)}"
            case ast.Attribute(attr=name) if name in ATTRIBUTES:
                yield f"uses {ast.unparse(node)[:40]}"
            case ast.FunctionDef(name="expect") | ast.Name(id="expect" | "np", ctx=ast.Store()):
                yield "gives expect or np another meaning"
            case ast.Constant(value=str(text)):
                yield from (f"speaks of {word}" for word in WORDS if word in text.lower())


def root(node):
    """Return the name at the left end of a.b.c, or None."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
