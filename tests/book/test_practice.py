"""Every practice task has a check, which accepts the solution (nbval runs it) and names each mistake that it lists."""

import ast
import functools
import re
import symtable
import warnings

import pytest

import practice
from nnfromscratch.course import feedback
from wrong_answers import BEFORE, WRONG

TASKS = {(task.page, task.function.name): task for page in practice.PAGES for task in practice.tasks(page) if task.check}
CASES = [(key, answer, words) for key, answers in WRONG.items() for answer, words in answers.items()]


@pytest.mark.parametrize("page", practice.PAGES)
def test_every_task_has_a_check_that_its_text_names_and_its_solution_calls(page):
    for task in practice.tasks(page):
        assert task.check, f"{task.title} on {page} has no check"
        arguments = [argument.arg for argument in task.function.args.args[: -len(task.function.args.defaults) or None]]
        assert f"`{task.function.name}(" in task.text, f"the text of {task.title} does not name {task.function.name}"
        assert re.search(rf"\b{task.function.name}\(", practice.source(task.solution)), f"the solution of {task.title} is not checked"
        assert 1 <= len(arguments) <= 3


def test_tasks_are_found():
    counts = {page: len(practice.tasks(page)) for page in practice.PAGES}
    assert sum(counts.values()) == len(TASKS) >= 46
    assert [page for page, count in counts.items() if page[0].isdigit() and not count] == []


def names_in(code):
    """Return the names that a cell assigns, and those that it takes from the page, in functions as well."""
    table = symtable.symtable(re.sub(r"^\s*%.*", "pass", code, flags=re.MULTILINE), "cell", "exec")
    symbols, tables = table.get_symbols(), [table]
    for each in tables:
        tables += each.get_children()
    assigned = {symbol.get_name() for symbol in symbols if symbol.is_assigned()}
    used = {symbol.get_name() for each in tables for symbol in each.get_symbols() if symbol.is_global() and symbol.is_referenced()}
    return assigned, used | {symbol.get_name() for symbol in symbols if symbol.is_referenced()}


@pytest.mark.parametrize("page", practice.PAGES)
def test_no_solution_replaces_what_a_cell_before_it_needs(page):
    """After Run all, a reader runs a cell again: it must print what the page prints."""
    cells = [cell for cell in practice.cells(page) if cell["cell_type"] == "code"]
    names = [names_in(practice.source(cell)) for cell in cells]
    for task in practice.tasks(page):
        if task.solution:
            place = cells.index(task.solution)
            known = set().union(*(assigned for assigned, _ in names[:place]))
            needed = set().union(*(used - assigned for assigned, used in names[:place]))
            assert not names[place][0] & known & needed, task.title


# --- mistakes ---


class Listener:
    """Takes the place of `expect` on a page, and keeps the mistakes that a check knows."""

    def __init__(self):
        self.known = {}  # the words for a mistake that an answer can make here: True

    def expect(self, name, got, value, *, mistakes=None, tolerance=1e-6, **others):
        wanted = feedback.asarray(value, dtype=float)
        for words, result in (mistakes or {}).items():
            try:
                with feedback.errstate(all="ignore"):
                    made = feedback.asarray(result() if callable(result) else result, dtype=float)
            except ValueError:
                continue  # impossible here: the shapes do not match
            if feedback.differences(made, wanted, tolerance):
                named = feedback.recognized(made, wanted, mistakes, tolerance)
                if named == words:  # otherwise it leads to the same answer as one that comes before it
                    self.known[words] = True
        return feedback.expect(name, got, value, mistakes=mistakes, tolerance=tolerance, **others)

    def expect_between(self, *arguments, mistakes=None, **others):
        self.known.update(dict.fromkeys(mistakes or {}, True))
        return feedback.expect_between(*arguments, mistakes=mistakes, **others)


@functools.cache
def page_of(key):
    """Return what the wrong answers to a task need of its page."""
    return practice.namespace(TASKS[key], WRONG[key], BEFORE.get(key, ""))


@functools.cache
def answered(key, answer):
    """Return what a check says of an answer, "" if it says nothing, and the mistakes that the check knows there."""
    listener, own = Listener(), page_of(key)
    own |= {name: getattr(listener, name) for name in ("expect", "expect_between") if name in own}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong formulas may overflow
        try:
            exec(answer, own)
        except AssertionError as error:
            return str(error), listener.known
    return "", listener.known


@pytest.mark.parametrize(("key", "answer", "words"), CASES, ids=[f"{key[0]}-{key[1]}-{words}" for key, _, words in CASES])
def test_a_mistake_is_named(key, answer, words):
    said, known = answered(key, answer)
    assert said, "the check accepts this answer"
    hints = re.findall(r'hint="([^"]+)"', practice.source(TASKS[key].check))
    assert any(words in reason for reason in [*known, *hints] if said.endswith(f": {reason}")), said


def literal_words(task):
    """Return the words for all mistakes that are written in a check itself."""
    calls = [node for node in ast.walk(task.function) if isinstance(node, ast.Call)]
    given = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "mistakes"]
    return {key.value for found in given if isinstance(found, ast.Dict) for key in found.keys if isinstance(key, ast.Constant)}


def test_every_mistake_of_every_check_is_named(record_property):
    """Those that a check lists itself, by a wrong answer; those that it takes from the catalog, by what the catalog says they compute.

    A mistake of the catalog that nobody can make in this task, or that leads to the same answer as one before it, does not count.
    """
    assert WRONG.keys() == TASKS.keys()
    unnamed, count = [], 0
    for key, task in TASKS.items():
        heard = [answered(key, answer) for answer in WRONG[key]]
        own = literal_words(task)
        count += len(own.union(*(known for _, known in heard)))
        unnamed += [(*key, words) for words in sorted(own) if not any(said.endswith(f": {words}") for said, _ in heard)]
    record_property("mistakes", count)
    print(f"{count} mistakes in {len(TASKS)} practice tasks are named")
    assert unnamed == []
