"""What a question is, whatever it is exported to. Texts are HTML simple enough for every platform: code, em, sub, sup, p, pre."""

import json
import re
from typing import NamedTuple

from tools import ROOT

QUIZZES = ROOT / "book" / "quizzes"


class Option(NamedTuple):
    """An answer to choose, with the feedback to those who choose it."""

    text: str
    correct: bool
    feedback: str


class Choice(NamedTuple):
    """A question with answers to choose from, one of which is right."""

    name: str  # unique, such as 05-backpropagation-3
    chapter: str
    text: str
    options: tuple

    @property
    def points(self):
        return 1


class Numeric(NamedTuple):
    """A question whose answer is a number.

    Attributes
    ----------
    name : str
        Unique, such as layer-sum-A.
    chapter : str
        The page that explains it.
    text, solution : str
        What is asked, and how the answer is found.
    value : float
        The key, not rounded.
    decimals : int
        How many decimals are asked for; 0 for a whole number.
    points : int
    given : dict
        The numbers in the text, to recompute the key from.
    mistakes : dict
        {what went wrong: the answer to which it leads}; none of them is within the tolerance.
    """

    name: str
    chapter: str
    text: str
    solution: str
    value: float
    decimals: int
    points: int
    given: dict
    mistakes: dict

    @property
    def key(self):
        """The key as text, with the decimals that are asked for."""
        return f"{round(self.value, self.decimals) + 0.0:.{self.decimals}f}"

    @property
    def tolerance(self):
        """How far an answer may be off: twice what rounding does, so that intermediate results may be rounded as well."""
        return 10.0**-self.decimals if self.decimals else 0.0

    @property
    def room(self):
        """The tolerance as text."""
        return f"{self.tolerance:.{self.decimals}f}"


def book_questions():
    """Return all quiz questions of the book, in the order of its pages."""
    found = []
    for path in sorted(QUIZZES.glob("*.json")):
        for number, question in enumerate(json.loads(path.read_text(encoding="utf-8")), 1):
            options = tuple(Option(one["answer"], one["correct"], one.get("feedback", "")) for one in question["answers"])
            found.append(Choice(f"{path.stem}-{number}", path.stem, question["question"], options))
    return found


def plain(text):
    """Return HTML as plain text."""
    text = re.sub(r"<(p|pre|br)[ />]", r"\n<\1>", text)
    text = re.sub(r"<[^>]*>", "", text)
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(name, sign)
    return text.strip()
