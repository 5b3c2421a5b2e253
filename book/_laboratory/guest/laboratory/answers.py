"""Runs a reader's answer to a practice task as if the page's names were its own, and then gives them back to the page."""

import builtins
import copy
import gc
import sys
from contextlib import contextmanager, suppress
from types import BuiltinMethodType, CellType, CodeType, FunctionType, ModuleType, TracebackType

# Where the types are from whose objects can contain functions of the page: its own, those of Python and the package, np.vectorize.
SEEN_THROUGH = {"__main__", "nnfromscratch", "builtins", "functools", "collections", "contextlib", "numpy"}
own = set()  # the names that answers have set, and no cell of the page


@contextmanager
def on_copies(scope, code):
    """Let code work on copies of the page's values; afterwards, the page has its own ones again.

    So whatever an answer does, the page's cells print what they would have printed without it. Names that the page does not have stay, for
    other answers and for figures, except those of Python itself.

    A copy of a view is an array of its own: what the answer writes there does not show in the copy of the whole array. A function that
    the code can name is copied with what it remembers, such as default arguments. Functions inside other objects (such as an entry of a
    list) are not copied, nor are classes, so they keep the objects that they hold.

    Parameters
    ----------
    scope : dict
        The names of the page. While the code runs, those that it can reach name copies.
    code : code object
        What is about to run.
    """
    page = {name: value for name, value in scope.items() if name not in own}
    _share_drawings()
    copies = {}
    for name in _reached(code, scope):
        scope[name] = _copied(scope[name], scope, copies)
    try:
        yield
    finally:
        new = {name: value for name, value in scope.items() if name not in page and not hasattr(builtins, name)}
        own.clear()
        own.update(new)
        scope.clear()
        scope.update(page | new)


def _copied(value, scope, copies):
    """Return a deep copy, also of the page's functions and of methods such as `values.append`, which `deepcopy` returns as they are."""
    try:
        if isinstance(value, FunctionType) and value.__globals__ is scope:
            return copies.get(id(value)) or _copied_function(value, scope, copies)
        if isinstance(value, BuiltinMethodType) and not isinstance(value.__self__, ModuleType):
            return getattr(copy.deepcopy(value.__self__, copies), value.__name__)
        return copy.deepcopy(value, copies)
    except Exception:  # an object that cannot be copied, such as a generator or a module
        return value


def _copied_function(function, scope, copies):
    """Return a copy of a function and of what it remembers: defaults, attributes, and the variables of a function around it."""
    defaults, keywords, cells = function.__defaults__ or (), function.__kwdefaults__ or {}, function.__closure__ or ()
    if not (defaults or keywords or cells or vars(function)):
        return function
    unseen = [cell for cell in cells if id(cell) not in copies]  # several functions can share a variable
    closure = tuple(copies.setdefault(id(cell), CellType()) for cell in cells)
    new = copies[id(function)] = FunctionType(function.__code__, scope, function.__name__, closure=closure)
    for cell in unseen:  # only now, because the variable may hold the function itself
        with suppress(ValueError):  # it has no value yet
            copies[id(cell)].cell_contents = _copied(cell.cell_contents, scope, copies)
    new.__defaults__ = tuple(_copied(value, scope, copies) for value in defaults)
    new.__kwdefaults__ = {name: _copied(value, scope, copies) for name, value in keywords.items()}
    vars(new).update({name: _copied(value, scope, copies) for name, value in vars(function).items()})
    return new


def give_up(names):
    """Let the page have names that one of its cells sets; from now on, answers give them back to it."""
    own.difference_update(names)


def _share_drawings():
    """Let copies contain the same figures, because matplotlib shows each copy of one."""
    if artist := sys.modules.get("matplotlib.artist"):
        artist.Artist.__deepcopy__ = lambda self, copies: self


def _reached(code, scope):
    """Return the names of a scope that code can reach, directly or through the page's functions and classes."""
    found, waiting = set(), set(_names(code))
    while waiting:
        name = waiting.pop()
        if name in scope and name not in found:
            found.add(name)
            waiting |= {inner for part in _functions(scope[name], scope) for inner in _names(part.__code__)}
    return found


def _functions(value, scope):
    """Yield the page's functions that a value brings along: itself, or in its class, its attributes, its entries, and so on."""
    seen, waiting = {id(scope)}, [value]
    while waiting:
        part = waiting.pop()
        if id(part) in seen or not _can_contain_functions(part):
            continue
        seen.add(id(part))
        if not isinstance(part, FunctionType):
            waiting += [type(part), *filter(gc.is_tracked, gc.get_referents(part))]  # numbers and texts contain nothing
            continue
        if part.__globals__ is scope:
            yield part
        waiting += [part.__closure__, part.__defaults__, part.__kwdefaults__, vars(part)]  # a decorator's function holds the page's


def _can_contain_functions(part):
    kind = part if isinstance(part, type) else type(part)
    return kind.__module__.partition(".")[0] in SEEN_THROUGH and not isinstance(part, ModuleType | TracebackType)


def _names(code):
    """Yield the global names, and also the attributes, in a code object and in those inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
