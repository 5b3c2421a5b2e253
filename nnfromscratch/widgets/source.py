"""From a function in a notebook to code that runs anywhere: the function, and the definition of everything it uses."""

import ast
import builtins
import inspect
import symtable
import textwrap
from collections import defaultdict
from collections.abc import Callable
from types import ModuleType
from typing import Any

import nnfromscratch

BUILTINS = {*dir(builtins), "__name__"}


def standalone(function: Callable[..., Any], setup: str = "", values: Any = (), **names: Any) -> str:
    """Return code that defines a function and all that it uses, and needs nothing else.

    Parameters
    ----------
    function : function
        Made by `def`. The modules, functions, and simple constants that it uses are looked up; functions of the same module are copied.
    setup : str
        Code that defines what cannot be looked up, such as data.
    values : iterable
        Further objects that the code has to know: functions and classes are imported or copied, others are ignored.
    **names
        Further names that the code has to know, such as modules.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the source is not available, or something that is used is neither found nor defined by `setup`.

    Examples
    --------
    >>> import textwrap
    >>> def shout(text): return textwrap.shorten(text, 10).upper()
    >>> print(standalone(shout))
    import textwrap
    <BLANKLINE>
    def shout(text): return textwrap.shorten(text, 10).upper()
    """
    setup = textwrap.dedent(setup).strip()
    collector = Collector(function.__globals__, made=_assigned(setup), home=function.__module__)
    for value in values:
        if callable(value):
            collector.add(value.__name__, value)
    for name, value in names.items():
        collector.add(name, value)
    collector.add_names(setup)
    before = len(collector.definitions)  # what the setup may call
    collector.add(function.__name__, function)
    definitions = [*collector.definitions[:before], setup, *collector.definitions[before:]]
    return "\n\n".join(part for part in (collector.import_lines(), "\n".join(collector.constants), *definitions) if part)


class Collector:
    """Gathers imports, constants, and definitions, each once, and what they need before them."""

    def __init__(self, known: Any, made: Any, home: str) -> None:
        self.known, self.made, self.home = known, made, home
        self.imports: dict[str, set[str]] = defaultdict(set)
        self.constants: list[str] = []
        self.definitions: list[str] = []
        self.seen: set[str] = set()

    def import_lines(self) -> str:
        """Return the imports: one line for each module."""
        return "\n".join(
            f"from {module} import {', '.join(sorted(names))}" if module else "\n".join(sorted(names))
            for module, names in sorted(self.imports.items())
        )

    def add_names(self, code: str) -> None:
        """Add every global name that a piece of code uses."""
        for name in sorted(_used(code) - self.made):
            if name in self.known:
                self.add(name, self.known[name])
            elif name not in BUILTINS:
                raise ValueError(f"{name} is used, but not defined; define it in setup='{name} = ...'")

    def add(self, name: str, value: Any) -> None:
        """Add one object under its name."""
        if name in self.seen:
            return
        self.seen.add(name)
        if isinstance(value, ModuleType):
            self._add_module(name, value)
        elif inspect.isroutine(value) or inspect.isclass(value):
            self._add_function(name, value)
        elif _is_simple(value):
            self.constants.append(f"{name} = {value!r}")
        else:
            raise ValueError(f"{name} is a {type(value).__name__}, which the displayed code cannot create; pass setup='{name} = ...'")

    def _add_module(self, name: str, module: Any) -> None:
        package, _, last = module.__name__.rpartition(".")
        if package and name == last:
            self.imports[package].add(last)
        else:
            self.imports[""].add(f"import {module.__name__}" + f" as {name}" * (name != module.__name__))

    def _add_function(self, name: str, function: Callable[..., Any]) -> None:
        if function.__module__ == self.home:
            source = _source(name, function)
            self.add_names(source)
            self.definitions.append(source)
        else:
            public = getattr(nnfromscratch, function.__name__, None) is function
            alias = f" as {name}" * (name != function.__name__)
            self.imports["nnfromscratch" if public else function.__module__].add(function.__name__ + alias)


def _source(name: str, function: Callable[..., Any]) -> str:
    try:
        source = textwrap.dedent(inspect.getsource(function)).strip()
    except (OSError, TypeError):
        raise ValueError(f"the source of {name} is not available; define it in a cell or a file") from None
    if not source.startswith(("def ", "class ", "@")):
        raise ValueError(f"{name} is not made by def; expected a function with a name")
    return source


def _is_simple(value: Any) -> bool:
    try:
        return bool(ast.literal_eval(repr(value)) == value)
    except (ValueError, SyntaxError):
        return False


def _assigned(code: str) -> Any:
    """Return the global names that a piece of code makes."""
    symbols = symtable.symtable(code, "code", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def _used(code: str) -> Any:
    """Return the global names that a piece of code uses and does not make itself."""

    def visit(table: Any) -> Any:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
                yield symbol.get_name()
        for child in table.get_children():
            yield from visit(child)

    return set(visit(symtable.symtable(code, "code", "exec"))) - _assigned(code)
