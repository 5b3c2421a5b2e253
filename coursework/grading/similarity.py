"""Find answers that are more alike than chance explains. It is a reason to look, never proof, and changes no grade.

An answer is reduced to the structure of its syntax tree: names, comments, annotations, and layout are gone. Runs of `RUN`
nodes of the tree are compared, each weighted by how rare it is in the class: what the reference solution or half of the class has counts
nothing. So short tasks, which leave one way to write them, never make a pair.
"""

import ast
import math
from collections import Counter, defaultdict
from itertools import combinations

from coursework import sources
from coursework.grading.static_check import parsed

RUN = 5
# Calibrated on coursework/mutants, about 40 submissions for each assignment: of all pairs that were written independently, the most alike
# share 24 rare runs, and those that share more than 0.8 are short. A copy with different names, comments, and layout shares all its 70 to
# 400.
THRESHOLD = 0.8  # of the rare runs of both
EVIDENCE = 30  # rare runs that both have


def pairs(results, course):
    """Return the pairs of submissions that are alike, most alike first."""
    answers = defaultdict(dict)
    for record in results.records():
        if record["assignment"] in course.names:
            answers[record["assignment"]][record["student"]] = {
                cell["name"]: cell["source"] for cell in record["cells"] if cell["type"] == "code" and cell["name"]
            }
    found = []
    for assignment, students in answers.items():
        solutions = [cell for cell in course.source(assignment).cells if sources.is_solution(cell) and cell.cell_type == "code"]
        reference = runs_of({cell.id: sources.solved(cell) for cell in solutions})
        written = {
            student: runs_of({name: source for name, source in cells.items() if name in {cell.id for cell in solutions}})
            for student, cells in students.items()
        }
        found += [{"assignment": assignment, **pair} for pair in alike(written, reference)]
    return sorted(found, key=lambda pair: -pair["similarity"])


def alike(written, reference):
    """Return the pairs of {student: runs} that are alike, with the answers that weigh most in it."""
    common = Counter(run for runs in written.values() for run in runs)
    rare = {run: count for run, count in common.items() if run not in reference and count <= max(2, len(written) / 2)}
    weights = {run: 1.0 if count <= 2 else math.log(len(written) / count) / math.log(len(written) / 2) for run, count in rare.items()}
    found = []
    for (one, ours), (other, theirs) in combinations(written.items(), 2):
        shared, either = (sum(weights.get(run, 0.0) for run in runs) for runs in (ours & theirs, ours | theirs))
        if shared >= EVIDENCE and shared >= THRESHOLD * either:
            parts = Counter()
            for run in ours & theirs:
                parts[run[0]] += weights.get(run, 0.0)
            found.append(
                {
                    "one": one,
                    "other": other,
                    "similarity": round(shared / either, 2),
                    "answers": " ".join(name for name, _ in parts.most_common(3)),
                }
            )
    return found


def runs_of(cells):
    """Return all runs of nodes of {name of a cell: source}, each with the name of its cell."""
    runs = set()
    for name, source in cells.items():
        nodes = list(structure(parsed(source)))
        runs |= {(name, *nodes[i : i + RUN]) for i in range(len(nodes) - RUN + 1)}
    return runs


def structure(tree):
    """Yield the nodes of a syntax tree, in order: kinds, numbers, and attributes; no names of variables."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            continue  # a docstring
        if not isinstance(node, (ast.expr_context, ast.arguments, ast.arg)):
            detail = node.attr if isinstance(node, ast.Attribute) else repr(node.value)[:20] if isinstance(node, ast.Constant) else ""
            yield f"{type(node).__name__} {detail}"
        yield from structure(node)
