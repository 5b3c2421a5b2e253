"""Questions as Moodle imports them: Moodle XML, and GIFT."""

import html
import re

from coursework.questions.model import Choice
from coursework.questions.xml import document, element

TOP = "$course$/top/Neural networks from scratch"
SPECIAL = re.compile(r"([\\~=#{}:])")  # GIFT gives these a meaning


def chapters(questions):
    """Yield (chapter, its questions), in the order of the book."""
    for chapter in sorted({question.chapter for question in questions}):
        yield chapter, [question for question in questions if question.chapter == chapter]


def moodle_xml(questions):
    """Return the bank as Moodle XML, a category for each chapter."""
    root = element("quiz")
    for chapter, ours in chapters(questions):
        root.append(element("question", element("category", element("text", f"{TOP}/{chapter}")), type="category"))
        root.extend(multiple_choice(one) if isinstance(one, Choice) else numerical(one) for one in ours)
    return document(root)


def shared(question):
    """Return the elements with which every question begins."""
    general = "" if isinstance(question, Choice) else f"<p>{question.solution}: {question.key}</p>"
    return (
        element("name", element("text", question.name)),
        element("questiontext", element("text", question.text), format="html"),
        element("generalfeedback", element("text", general), format="html"),
        element("defaultgrade", f"{question.points:.1f}"),
        element("penalty", "0.3333333"),
        element("hidden", "0"),
        element("idnumber", question.name),
    )


def answer(text, fraction, feedback, *more, kind="html"):
    """Return a possible answer; `fraction` is how much of the points it earns, in percent."""
    said = element("feedback", element("text", feedback), format="html")
    return element("answer", element("text", text), said, *more, fraction=fraction, format=kind)


def multiple_choice(question):
    """Return a question with answers to choose from."""
    answers = [answer(option.text, 100 if option.correct else 0, option.feedback) for option in question.options]
    settings = element("single", "true"), element("shuffleanswers", "true"), element("answernumbering", "abc")
    return element("question", *shared(question), *settings, *answers, type="multichoice")


def numerical(question):
    """Return a question whose answer is a number; wrong answers that have a name get it as feedback."""
    asked, room = question._replace(text=question.text + decimals(question)), element("tolerance", question.room)
    kind = "moodle_auto_format"
    right = answer(question.key, 100, "Right.", room, kind=kind)
    wrong = [answer(value, 0, html.escape(words, quote=False), room, kind=kind) for words, value in wrong_answers(question)]
    return element("question", *shared(asked), right, *wrong, element("unitgradingtype", "0"), element("showunits", "3"), type="numerical")


def wrong_answers(question):
    """Yield (words, number as text) of each wrong answer that has a name."""
    return ((words, f"{value:.{question.decimals + 1}f}") for words, value in question.mistakes.items())


def decimals(question):
    """Return the sentence that says how precise the answer must be."""
    return (
        f"<p><em>Round to {question.decimals} decimal places.</em></p>"
        if question.decimals
        else "<p><em>The answer is a whole number.</em></p>"
    )


# --- GIFT --------------------------------------------------------------------------------------------------------------------------------


def gift(questions):
    """Return the bank in GIFT format."""
    parts = []
    for chapter, ours in chapters(questions):
        parts.append(f"$CATEGORY: {TOP}/{chapter}\n")
        parts.extend(gift_choice(one) if isinstance(one, Choice) else gift_number(one) for one in ours)
    return "\n".join(parts)


def escaped(text):
    """Return a text in which nothing has a meaning for GIFT, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def gift_choice(question):
    """Return a question with answers to choose from."""
    lines = [f"  {'=' if one.correct else '~'}[html]{escaped(one.text)}#{escaped(one.feedback)}" for one in question.options]
    return f"::{escaped(question.name)}::[html]{escaped(question.text)} {{\n" + "\n".join(lines) + "\n}\n"


def gift_number(question):
    """Return a question whose answer is a number."""
    lines = [f"  ={question.key}:{question.room}#Right."]
    lines += [f"  =%0%{value}:{question.room}#{escaped(html.escape(words, quote=False))}" for words, value in wrong_answers(question)]
    lines.append(f"  ####{escaped(question.solution)}\\: {question.key}")
    return f"::{escaped(question.name)}::[html]{escaped(question.text + decimals(question))} {{#\n" + "\n".join(lines) + "\n}\n"
