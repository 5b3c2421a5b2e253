"""TapeStepper: automatic differentiation one tape entry at a time, forward and backward."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import plots
from .._checks import check_kind
from ..autodiff import Tensor, reset_gradients, sum_to
from ..plots.tape import STRIP, WIDTH, shown, tape_layout
from .base import LiveFigure, bundle, still_picture


class TapeStepper(LiveFigure):
    """The tape of a formula, recorded step by step, then played backward step by step.

    All numbers are those of the tape itself. The gradients of its tensors are reset.

    Parameters
    ----------
    formulas : dict of str to Tensor
        Results to choose from, by the text of their formula, which may have a title in front: "square: x * x". Each is a single number
        whose tape has at most 40 entries. The figure offers code if every text is Python that uses only the names of the formula's inputs.
    title : str

    Raises
    ------
    TypeError, ValueError
        If a formula is not a Tensor with a single number, or its tape is too long.

    Examples
    --------
    >>> x = Tensor(3.0, "x")
    >>> print(TapeStepper({"x * x": x * x}))
    The tape, forward and backward
    x * x
      1. Inputs: x = 3.
      2. Forward, “*”: computed from x and x, it is 9.
      3. Backward: the derivative of the result with respect to itself is 1.
      4. Backward through “*”: x receives 1 · 3 = 3, then 1 · 3 = 3 more: 6 in total.
    """

    _esm = bundle("shared.js", "tape_stepper.js")
    _css = bundle("shared.css", "tape_stepper.css")

    def __init__(self, formulas: Mapping[str, Tensor], *, title: str = "The tape, forward and backward") -> None:
        check_kind("formulas", formulas, Mapping, 'a dict of formulas and their results, such as {"x * x": x * x}')
        if not formulas:
            raise ValueError("formulas is empty; expected at least one formula")
        tapes = [_recorded(name, result) for name, result in formulas.items()]
        first = next(iter(formulas.values()))
        super().__init__(
            still=still_picture(lambda figure: plots.tape_graph(first, ax=figure.subplots()), size=(3.2, 0.5 + tapes[0]["height"])),
            alt=f"The tape of {tapes[0]['name']} as a graph, with every value and derivative.",
            meta={"title": title, "tapes": tapes},
        )

    def lines(self) -> list[str]:
        """Return every step of every formula."""
        lines = [self.meta["title"]]
        for tape in self.meta["tapes"]:
            lines += [tape["name"], *(f"  {number}. {step['words']}" for number, step in enumerate(tape["steps"], start=1))]
        return lines


def _recorded(name: str, result: Tensor) -> dict[str, Any]:
    """Return the cards of a tape, the lines between them, and all steps: what each card shows, and a sentence."""
    check_kind(name, result, Tensor, "a Tensor")
    cards = tape_layout(result)
    if result.data.size != 1:
        raise ValueError(f"{name} has shape {result.data.shape}; expected a single number")
    reset_gradients(card.tensor for card in cards)
    number = {card.tensor: place for place, card in enumerate(cards)}
    edges = sorted({(number[source], number[card.tensor]) for card in cards for source, _ in card.tensor.inputs})
    steps = [*_forward(cards, number), *_backward(result, number)]
    result.backward()  # so that the start picture, drawn last, shows every derivative
    return {
        "name": name,
        "code": _code(name.rpartition(": ")[2], result),
        "cards": [
            {"name": entry.name, "x": x, "y": y, "kind": "result" if entry is result else "operation" if entry.inputs else "input"}
            for entry, x, y in cards
        ],
        "width": WIDTH,
        "strip": STRIP,
        "height": round(max(card.y for card in cards) + 3 * STRIP, 3),
        "edges": edges,
        "steps": steps,
    }


def _code(formula: str, result: Tensor) -> str:
    """Return code that computes a formula and its derivatives, or "" if its text is not Python that uses the names of the inputs only."""
    inputs = [tensor for tensor in result.tape() if not tensor.inputs]
    try:
        used = {node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name)}
    except SyntaxError:
        return ""
    if used != {tensor.name for tensor in inputs} or len(used) < len(inputs):
        return ""
    numpy = "import numpy as np\n" if any(tensor.data.ndim for tensor in inputs) else ""
    made = "\n".join(f'{tensor.name} = Tensor({_literal(tensor.data)}, "{tensor.name}")' for tensor in inputs)
    shown = ", ".join(f"{tensor.name}.grad" for tensor in inputs)
    head = f"{numpy}from nnfromscratch.autodiff import Tensor\n\n{made}\n"
    return f"{head}result = {formula}\nresult.backward()\nprint(result.data, {shown})\n"


def _literal(data: np.ndarray) -> str:
    return f"np.array({data.tolist()})" if data.ndim else repr(data.item())


def _forward(cards: list[Any], number: dict[Tensor, int]) -> list[dict[str, Any]]:
    inputs = [card.tensor for card in cards if not card.tensor.inputs]
    words = ", ".join(f"{entry.name} = {shown(entry.data)}" for entry in inputs)
    values = {number[entry]: shown(entry.data) for entry in inputs}
    steps: list[dict[str, Any]] = [{"words": f"Inputs: {words}.", "values": dict(values), "gradients": {}, "from": [], "to": list(values)}]
    for card in cards:
        if card.tensor.inputs:
            sources = [source for source, _ in card.tensor.inputs]
            values[number[card.tensor]] = shown(card.tensor.data)
            steps.append(
                {
                    "words": f"Forward, {_called(card.tensor)}: computed from {_listed(sources)}, it is {shown(card.tensor.data)}.",
                    "values": dict(values),
                    "gradients": {},
                    "from": [number[source] for source in sources],
                    "to": [number[card.tensor]],
                }
            )
    return steps


def _backward(result: Tensor, number: dict[Tensor, int]) -> list[dict[str, Any]]:
    values = {place: shown(entry.data) for entry, place in number.items()}
    arrived, received = {result: np.ones_like(result.data)}, {result: 1}
    words = "Backward: the derivative of the result with respect to itself is 1."
    steps = [{"words": words, "values": values, "gradients": {number[result]: "1"}, "from": [], "to": [number[result]]}]
    for entry in reversed(result.tape()):
        if not entry.inputs:
            continue
        told: dict[Tensor, list[str]] = {}
        for source, local in entry.inputs:
            d = sum_to(local(arrived[entry]), source.data.shape)
            slope = local(np.ones_like(entry.data)) if entry.data.size == 1 and d.size == 1 else None
            told.setdefault(source, []).append(_contribution(arrived[entry], slope, d))
            arrived[source], received[source] = arrived.get(source, 0) + d, received.get(source, 0) + 1
        phrases = [_phrase(source, parts, arrived[source], received[source]) for source, parts in told.items()]
        steps.append(
            {
                "words": f"Backward through {_called(entry)}: {'; '.join(phrases)}.",
                "values": values,
                "gradients": {number[tensor]: shown(np.asarray(d)) for tensor, d in arrived.items()},
                "from": [number[entry]],
                "to": [number[source] for source in told],
            }
        )
    return steps


def _contribution(arrived: np.ndarray, slope: np.ndarray | None, d: np.ndarray) -> str:
    if slope is None:
        return f"an array of its own shape, {shown(d)}" if d.size > 1 else shown(d)
    factor = f"({shown(slope)})" if slope.item() < 0 else shown(slope)
    return f"{shown(arrived)} · {factor} = {shown(d)}"


def _phrase(source: Tensor, parts: list[str], total: np.ndarray, times: int) -> str:
    words = f"{_called(source)} receives {', then '.join(parts)}"
    return words if times == 1 else f"{words} more: {shown(np.asarray(total))} in total"


def _listed(tensors: list[Tensor]) -> str:
    return " and ".join(_called(tensor) for tensor in tensors)


def _called(tensor: Tensor) -> str:
    """Return what a sentence calls a tensor: an input by its name, a result by its operation in quotation marks."""
    return f"“{tensor.name}”" if tensor.inputs else tensor.name
