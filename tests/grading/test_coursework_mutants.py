"""The tests of every assignment, tested: right solutions keep all points; a classic mistake loses the points that it must, and no others.

The cells are run one after another in this process, as a sandbox would, only much faster; `test_sandbox.py` runs them in each sandbox.
Only the hidden part of a test counts. Its calls go through plain data, as they do when a submission is graded.
"""

import ast
import contextlib
import functools
import io
import json
import warnings
from collections import Counter

import numpy as np
import pytest

pytest.importorskip("jupytext")
from IPython.core.inputtransformer2 import TransformerManager

from coursework import mutants, sources
from coursework.grading import hidden as hidden_tests
from coursework.grading.guest import plain
from coursework.grading.session import StudentError

NAMES = sources.names()
read = functools.cache(sources.read)  # no test changes what it gets
EVERY_ASSIGNMENT = pytest.mark.parametrize("name", NAMES)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


class InProcess:
    """Calls into a namespace of this process, through plain data."""

    def __init__(self):
        self.names = {"__name__": "__main__"}

    def call(self, name, arguments, named, source=None):
        functions, names = [], dict(self.names)
        crossed = json.loads(json.dumps([plain.encode(arguments, functions), plain.encode(named, functions)]))

        def back(number, _):
            return lambda *given: plain.decode(plain.encode(functions[number](*plain.decode(plain.encode(given))), functions), back)

        arguments, named = (plain.decode(part, back) for part in crossed)
        exec(compile(source or "", f"<{name}>", "exec"), names)
        try:
            with np.errstate(all="warn"):
                value = names[name](*arguments, **named)
        except Exception as error:
            raise StudentError(type(error).__name__, str(error), str(error)) from error
        return plain.decode(json.loads(json.dumps(plain.encode(value))))


def execute(notebook, replaced=None):
    """Run a notebook's cells with some sources replaced, {grade_id: source}; return the graded cells that failed, {grade_id: message}.

    With replaced sources, cells tagged `demonstration` are left out: no check depends on them, and some take seconds.
    """
    session, lost, hidden = InProcess(), {}, sources.hidden_tests(notebook)
    for cell in code_cells(notebook):
        name = sources.grade_id(cell)
        if sources.is_test(cell):
            verdict = hidden_tests.verdict(hidden[name], sources.answered(notebook), session)
            lost |= {} if verdict["passed"] else {name: verdict["message"]}
        if replaced and "demonstration" in cell.metadata.get("tags", []):
            continue
        source = TransformerManager().transform_cell((replaced or {}).get(name, sources.HIDDEN.sub("", cell.source)))
        try:
            with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
                warnings.simplefilter("ignore")
                exec(compile(source, name or cell.id, "exec"), session.names)
        except Exception:
            if not replaced:
                raise
    return lost


def graded_in(notebook):
    return {sources.grade_id(cell) for cell in notebook.cells if sources.is_test(cell)}


def solutions_of(notebook):
    return {sources.grade_id(cell): cell.source for cell in code_cells(notebook) if sources.is_solution(cell)}


@EVERY_ASSIGNMENT
@pytest.mark.parametrize("seed", [None, 1, 98765])
def test_the_reference_solution_gets_full_marks_with_every_seed(name, seed):
    assert execute(read(name, seed)) == {}


@EVERY_ASSIGNMENT
def test_the_untouched_notebook_gets_nothing(name):
    notebook = read(name)
    untouched = {cell: sources.without_solution(source) for cell, source in solutions_of(notebook).items()}
    assert execute(notebook, untouched).keys() == graded_in(notebook)


@EVERY_ASSIGNMENT
def test_an_assignment_has_ten_points_and_unique_names(name):
    notebook = read(name)
    graded = Counter(sources.grade_id(cell) for cell in notebook.cells if sources.grade_id(cell))
    assert graded.most_common(1)[0][1] == 1
    assert sum(map(sources.points, notebook.cells)) == 10
    for test in graded_in(notebook):
        assert any(test == f"test-{idea}" or test.startswith(f"test-{idea}-") for idea in solutions_of(notebook)), test


@EVERY_ASSIGNMENT
def test_every_solution_and_every_test_has_its_hidden_part(name):
    notebook = read(name)
    assert [cell for cell, source in solutions_of(notebook).items() if not sources.SOLUTION.search(source)] == []
    assert [cell.id for cell in notebook.cells if sources.is_test(cell) and not sources.HIDDEN.search(cell.source)] == []


@EVERY_ASSIGNMENT
def test_a_seed_is_named_where_numbers_are_drawn_and_only_in_hidden_tests(name):
    for cell in code_cells(read(name)):
        hidden = "\n".join(sources.HIDDEN.findall(cell.source))
        assert len(sources.SEED.findall(cell.source)) == len(sources.SEED.findall(hidden)), cell.id
        assert hidden.count("# variant") == len(sources.SEED.findall(hidden)), "write: seed = 2026  # variant"
        assert ("default_rng" in hidden) <= ("# variant" in hidden), f"{cell.id}: a hidden test draws numbers without a variant's seed"


def test_a_seed_is_replaced_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "FOLDER", tmp_path)
    (tmp_path / "01-x.md").write_text("```{code-cell} ipython3\nseed = 2026  # variant\nseed = 7\n    seed = 2026  # variant\n```\n")
    setup, cell = sources.read("01-x", seed=42).cells
    assert setup.id == "setup" and "This assignment needs the course's package" in setup.source
    assert cell.source == "seed = 42  # variant\nseed = 7\n    seed = 42  # variant"


MUTANTS = [(name, mutant) for name in NAMES for mutant in mutants.tables(name)[0]]
UNUSUAL = [(name, solution) for name in NAMES for solution in mutants.tables(name)[1]]


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_a_classic_mistake_loses_exactly_its_cells(name, mutant):
    notebook, (cell, source, loses) = read(name), mutants.tables(name)[0][mutant]
    assert cell in solutions_of(notebook)
    ast.parse(source)
    lost = execute(notebook, {cell: source})
    assert lost.keys() == set(loses), lost


@pytest.mark.parametrize(("name", "solution"), UNUSUAL)
def test_a_right_but_unusual_solution_loses_nothing(name, solution):
    notebook, replaced = read(name), mutants.tables(name)[1][solution]
    assert replaced.keys() <= solutions_of(notebook).keys()
    assert execute(notebook, replaced) == {}


@EVERY_ASSIGNMENT
def test_two_mutants_kill_every_test_and_two_unusual_solutions_pass(name):
    wrong, unusual = mutants.tables(name)
    kills = Counter(test for mutant in wrong.values() for test in mutant.loses)
    file = f"coursework/mutants/{name.replace('-', '_')}.py"
    few = sorted(test for test in graded_in(read(name)) if kills[test] < 2)
    assert few == [], f"{file} needs two wrong solutions that lose: {' '.join(few)}"
    assert len(unusual) >= 2, f"{file} needs two right but unusual solutions"
