"""The practice tasks of the pages: what belongs to each, and the part of a page that its check needs."""

import ast
import dis
import json
import re
from contextlib import chdir
from dataclasses import dataclass
from types import CodeType

from environment import ROOT

PAGES = sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))
TITLE = re.compile(r"^\*\*(\d)\. (.+?)\*\*", re.MULTILINE)
CHECK, SOLUTION = "Show the check", "Show the solution"
METHODS_THAT_CHANGE = {"fit", "append", "update"}


def source(cell):
    return "".join(cell["source"])


def prompt(cell):
    return cell["metadata"].get("mystnb", {}).get("code_prompt_show", "")


@dataclass
class Task:
    """A practice task: its text, the cell that defines its check (or None), and its solution (or None)."""

    page: str
    title: str
    text: str
    check: dict | None = None
    solution: dict | None = None

    @property
    def function(self):
        """The function that a reader calls to check an answer: the last one that the check defines."""
        return [node for node in ast.parse(source(self.check)).body if isinstance(node, ast.FunctionDef)][-1] if self.check else None

    @property
    def name(self):
        return f"{self.page}: {self.function.name if self.check else self.title}"


def cells(page):
    return json.loads((ROOT / "book" / f"{page}.ipynb").read_text(encoding="utf-8"))["cells"]


def tasks(page):
    """Return the practice tasks of a page, in order."""
    found, begun = [], False
    for cell in cells(page):
        text = source(cell)
        begun |= text.startswith("## Practice")
        if cell["cell_type"] == "markdown" and begun:
            for title in TITLE.finditer(text):
                found.append(Task(page, f"{title[1]}. {title[2]}", ""))
            if found:
                found[-1].text += text
        elif found and prompt(cell) == CHECK:
            found[-1].check = cell
        elif found and prompt(cell) == SOLUTION and found[-1].solution is None:
            found[-1].solution = cell
    return found


# --- the statements that others depend on ---


def visible(node):
    """Yield a statement and what is in it, without the bodies of functions, classes, and comprehensions."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        for child in ast.iter_child_nodes(node):
            yield from visible(child)


def binds(statement):
    """Return the names that a statement gives a meaning."""
    names = set()
    for node in visible(statement):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def base(node):
    """Return the name at the beginning of something like `net.layers[0].params["b"]`, or None."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def changes(statement):
    """Return the names whose objects a statement changes: parts of them are assigned, or such a method is called."""
    names = set()
    for node in visible(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            names.add(base(node))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS_THAT_CHANGE:
            names.add(base(node.func))
    return names - {None}


def uses(statement):
    """Return the names that a statement, or what is defined in it, looks up on the page."""
    names, codes = set(), [compile(ast.Module([statement], []), "uses", "exec")]
    while codes:
        code = codes.pop()
        names.update(one.argval for one in dis.get_instructions(code) if one.opname in ("LOAD_NAME", "LOAD_GLOBAL"))
        codes += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return names


def needed(statements, names, given=()):
    """Return the statements, in order, that give these names their meaning, without those for names that are `given`."""
    names, kept = set(names) - set(given), []
    while True:  # a function looks names up when it is called, which is after all statements
        defined = (s for s in statements if isinstance(s, (ast.FunctionDef, ast.ClassDef)) and s.name in names)
        more = {name for s in defined for name in uses(s)} - names - set(given)
        if not more:
            break
        names |= more
    for statement in reversed(statements):
        if (binds(statement) | changes(statement)) & names:
            kept.append(statement)
            if not isinstance(statement, (ast.AugAssign, ast.For, ast.While, ast.If, ast.With, ast.Try)):
                names -= binds(statement)
            names |= uses(statement) - set(given)
    return kept[::-1]


def statements(task):
    """Return the statements of a page up to the check of a task, which is in it, without the solutions and quizzes."""
    found = []
    for cell in cells(task.page):
        if cell["cell_type"] == "code" and cell["id"] != "setup" and prompt(cell) != SOLUTION and "show_quiz(" not in source(cell):
            found += ast.parse(source(cell)).body
        if cell["id"] == task.check["id"]:
            return found


def namespace(task, code, before=""):
    """Return what the check of a task and the code that calls it need of the page.

    Parameters
    ----------
    code : iterable of str
        The reader's code.
    before : str
        Assignments that take the place of the page's own, which would take a long time.
    """
    replaced, own = ast.parse(before), {"__name__": "__main__"}
    given = {name for statement in replaced.body for name in binds(statement)}
    users = [task.function, *replaced.body, *(statement for text in code for statement in ast.parse(text).body)]
    names = {name for statement in users for name in uses(statement)}
    program = ast.Module(needed(statements(task), names, given), [])
    with chdir(ROOT / "book"):  # where the page's kernel runs
        exec(compile(program, task.name, "exec"), own)
        exec(before, own)
    return own
