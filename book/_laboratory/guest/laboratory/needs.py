"""Which earlier cells a cell needs, found by reading the code."""

import ast
import symtable

from .source import translate

DEFINITIONS = ast.FunctionDef | ast.ClassDef
UNREADABLE = {"eval", "exec", "globals", "locals", "vars", "setattr", "delattr", "*"}  # with these, code can reach any name


class Code:
    """The global names in a cell.

    Attributes
    ----------
    binds, mentions : set of str
        Names that it sets, and all names in it; both include what is in its functions.
    changes : set of str
        Names that it sets or alters in a different way than by `import`, `def` or `class`.
    bodies : dict of str to set of str
        The names in each function and class that it defines, also in its defaults, decorators, and bases.
    """

    def __init__(self, source):
        python = translate(source)
        nodes, table = list(ast.walk(ast.parse(python))), symtable.symtable(python, "cell", "exec")
        imported = [alias for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names]
        defined = {node.name: _heading(node) for node in nodes if isinstance(node, DEFINITIONS)}
        stored = {_root(node) for node in nodes if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del)}
        self.mentions = _names(table) | {alias.name for alias in imported if alias.name == "*"}
        self.binds = _names(table, lambda symbol: symbol.is_assigned() or symbol.is_imported())
        self.changes = stored & self.mentions
        inside = {inner.get_name(): _names(inner) for inner in table.get_children() if inner.get_name() in defined}
        self.bodies = {name: names | defined[name] & self.mentions for name, names in inside.items()}


def _root(node):
    """Return the name in front of any dots and brackets, or None."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _heading(node):
    """Return the names in a definition outside of its body: in defaults, decorators, and bases."""
    parts = [*node.decorator_list, *([*node.bases, *node.keywords] if isinstance(node, ast.ClassDef) else [node.args])]
    return {inner.id for part in parts for inner in ast.walk(part) if isinstance(inner, ast.Name)}


def _names(table, chosen=lambda symbol: True):
    """Return the global names in a piece of code and in the functions inside it."""
    top = table.get_type() == "module"
    found = {symbol.get_name() for symbol in table.get_symbols() if (top or symbol.is_global()) and chosen(symbol)}
    return found.union(*(_names(inner, chosen) for inner in table.get_children()))


def needed(sources):
    """Return the places of the cells that the last one needs, in order.

    A cell is needed if it sets a name that is needed, or mentions a needed one that some cell changes, because it may be the one that does
    so. A cell that is left out thus has nothing to do with the others, and may run after them. (What modules remember for themselves is not
    seen, such as the seed of `np.random`, `plt.rcParams`, and `sys.path`; nor are files.)

    Example
    -------
    >>> needed(["import numpy as np", "w = np.zeros(2)", "x = 1", "w += 1", "print(w)", "print(np.sum(w))"])
    [0, 1, 3, 4]
    """
    try:
        last = Code(sources[-1])
    except Exception:  # not only SyntaxError: code can also be too deep for Python, or contain half a character
        return []  # it will not run, whatever runs before it
    try:
        earlier = [Code(source) for source in sources[:-1]]
    except Exception:
        return list(range(len(sources) - 1))
    cells = [*earlier, last]
    if UNREADABLE & set().union(*(code.mentions for code in cells)):
        return list(range(len(earlier)))
    bodies = {}
    changed = set().union(*(code.changes for code in cells))
    for code in cells:
        changed |= bodies.keys() & code.bodies.keys()  # defined twice
        bodies |= code.bodies
    mentions = [_reached(code.mentions, bodies) for code in cells]
    used, found = mentions.pop(), set()
    while new := {i for i, code in enumerate(earlier) if i not in found and (code.binds | mentions[i] & changed) & used}:
        found |= new
        used = used.union(*(mentions[i] for i in new))
    return sorted(found)


def setters(name, sources):
    """Return the places of the cells that set a name, without those that cannot be read.

    Example
    -------
    >>> setters("w", ["v = 1", "w = v", "print(w)", "w = ("])
    [1]
    """
    return [i for i, source in enumerate(sources) if name in _binds(source)]


def _binds(source):
    try:
        return Code(source).binds
    except Exception:  # whatever keeps it from being read will keep it from running
        return set()


def _reached(names, bodies):
    """Return names, and those in the functions and classes among them, and so on."""
    found, waiting = set(), set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= bodies.get(name, set()) - found
    return found
