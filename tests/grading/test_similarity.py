"""The similarity report: calibrated on solutions that were written independently, and on copies that were disguised."""

import itertools

import pytest

pytest.importorskip("jupytext")
from coursework import mutants, sources
from coursework.grading.similarity import EVIDENCE, THRESHOLD, alike, runs_of
from grading.similar import disguised

NAMES = sources.names()


def class_of(name):
    """Return ({who: runs}, runs of the reference solution, {who: cells}) of a class: every unusual solution and every mutant, one each."""
    solved = {cell.id: sources.solved(cell) for cell in sources.read(name).cells if sources.is_solution(cell) and cell.cell_type == "code"}
    wrong, unusual = mutants.tables(name)
    cells = {f"unusual: {key}": {**solved, **replaced} for key, replaced in unusual.items()}
    cells |= {f"mutant: {key}": {**solved, mutant.cell: mutant.source} for key, mutant in wrong.items()}
    return {who: runs_of(one) for who, one in cells.items()}, runs_of(solved), cells


@pytest.mark.parametrize("name", NAMES)
def test_independent_solutions_are_no_pair_and_a_disguised_copy_is(name):
    written, reference, cells = class_of(name)
    assert alike(written, reference) == []
    for who in [who for who in written if who.startswith("unusual")]:
        copied = runs_of({cell: disguised(source) for cell, source in cells[who].items()})
        [pair] = alike({**written, "copy": copied}, reference)
        assert {pair["one"], pair["other"]} == {who, "copy"} and pair["similarity"] >= THRESHOLD


def test_what_the_whole_class_writes_is_no_evidence():
    same = {("cell", number) for number in range(10 * EVIDENCE)}
    assert alike({f"{number}": same for number in range(10)}, set()) == []
    assert len(alike({"a": same, "b": same, **{f"{n}": set() for n in range(8)}}, set())) == 1
    assert alike({"a": same, "b": same, **{f"{n}": set() for n in range(8)}}, same) == []


def test_short_answers_are_no_pair():
    runs = {("cell", number) for number in range(EVIDENCE - 1)}
    assert alike(dict(zip("abcd", itertools.chain([runs, runs], itertools.repeat(set())))), set()) == []
