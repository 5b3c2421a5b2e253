"""Printed papers: the same tasks on each, with different numbers and the options in a different order; keys, and how points are awarded."""

import html
from collections import defaultdict

import numpy as np

from coursework.questions.items import TEMPLATES, item
from coursework.questions.model import Choice
from coursework.questions.moodle import decimals
from tools.release.printing import print_pdf, whole

STYLE = """
.head { display: flex; justify-content: space-between; margin-bottom: 1.2em; }
.head span { border-bottom: 0.5pt solid #14181e; flex: 0 0 60%; }
ol.tasks { padding-left: 1.6em; } ol.tasks > li { break-inside: avoid; margin-bottom: 1.5em; }
.points { color: #444; float: right; font-size: 0.9em; }
.line { border-bottom: 0.5pt solid #14181e; display: inline-block; width: 8em; }
ul.options { list-style: none; padding-left: 0; } ul.options li { margin: 0.25em 0; }
ul.options li::before { content: "☐ "; } code { font-size: 0.8em; }
.keys { break-inside: auto; font-size: 0.8em; width: 100%; } .keys tr { break-inside: avoid; }
.keys td:nth-child(3) { white-space: nowrap; }
.keys ul { margin: 0.2em 0; padding-left: 1.2em; }
"""
SCHEME = """<h2>How points are awarded</h2>
<p>A multiple-choice task earns its point for the right option, and nothing otherwise. A number earns all points if it differs from the
key by no more than the tolerance; more decimal places than requested are fine. If the number is wrong but the work is on the paper, a task
worth two points earns one of them for the right formula with the right numbers in it. Each wrong number in the table comes from the
mistake next to it: it earns no point for the formula. Write the name of the mistake next to the student's answer.</p>
"""


def chosen(quiz, count_numeric, count_choice, seed):
    """Return (names of templates, quiz questions): spread over the chapters, drawn with the seed."""
    rng = np.random.default_rng([seed, 7])
    chapters = {question.chapter for question in quiz}
    names = [name for name, (_, chapter, _, _) in TEMPLATES.items() if chapter in chapters]
    return spread(names, lambda name: TEMPLATES[name][1], count_numeric, rng), spread(quiz, lambda one: one.chapter, count_choice, rng)


def spread(entries, chapter, count, rng):
    """Return `count` entries in their order, drawn so that no chapter gets two more than a chapter that has entries left."""
    waiting = defaultdict(list)
    for place in rng.permutation(len(entries)):
        waiting[chapter(entries[place])].append(int(place))
    drawn = []
    while len(drawn) < min(count, len(entries)):
        row = [name for name in sorted(waiting) if waiting[name]]
        drawn += [waiting[name].pop() for name in rng.permutation(row)][: count - len(drawn)]
    return [entries[place] for place in sorted(drawn)]


def paper(variant, names, quiz, seed):
    """Return the questions of a paper, in the order of the chapters; the options of each in an order of their own."""
    rng = np.random.default_rng([seed, ord(variant)])
    shuffled = [one._replace(options=tuple(one.options[place] for place in rng.permutation(len(one.options)))) for one in quiz]
    questions = shuffled + [item(name, variant, seed) for name in names]
    return sorted(questions, key=lambda one: (one.chapter, isinstance(one, Choice)))


def task(question):
    """Return a question as it is printed."""
    points = f"{question.points} point" + "s" * (question.points > 1)
    head = f'<span class="points">{points}</span>'
    if isinstance(question, Choice):
        options = "".join(f"<li>{option.text}</li>" for option in question.options)
        return f'<li>{head}<div>{question.text}</div><ul class="options">{options}</ul></li>'
    return f'<li>{head}{question.text}{decimals(question)}<p>Answer: <span class="line">&nbsp;</span></p></li>'


def sheet(title, variant, questions):
    """Return a paper as a page."""
    total = sum(question.points for question in questions)
    head = f"<h1>{html.escape(title)}: version {variant}</h1><p class='head'><span>Name:</span><b>of {total} points</b></p>"
    hint = "<p>You may use a calculator. log is the natural logarithm. Show your work below each numeric answer: it can earn points.</p>"
    return whole(f"{html.escape(title)}: version {variant}", f"{head}{hint}<ol class='tasks'>{''.join(map(task, questions))}</ol>", STYLE)


def key_of(question):
    """Return (key, tolerance, solution, wrong answers) as they appear in the table of keys."""
    if isinstance(question, Choice):
        [place] = [place for place, option in enumerate(question.options) if option.correct]
        return f"option {place + 1}: {question.options[place].text}", "", question.options[place].feedback, ""
    wrong = "".join(f"<li>{value:.{question.decimals}f}: {html.escape(words)}</li>" for words, value in question.mistakes.items())
    return f"<b>{question.key}</b>", f"± {question.room}" if question.decimals else "exact", question.solution, f"<ul>{wrong}</ul>"


def keys(title, papers):
    """Return the page with the keys of all papers and the grading scheme."""
    body = f"<h1>{html.escape(title)}: keys</h1>{SCHEME}"
    for variant, questions in papers.items():
        rows = ""
        for number, question in enumerate(questions, 1):
            key, room, solution, wrong = key_of(question)
            rows += f"<tr><td>{number}</td><td>{key}</td><td>{room}</td><td>{question.points}</td><td>{solution}{wrong}</td></tr>"
        head = "<tr><th>Task</th><th>Key</th><th>Tolerance</th><th>Points</th><th>Why, and known wrong answers</th></tr>"
        body += f"<h2>Version {variant}</h2><table class='keys'><thead>{head}</thead>{rows}</table>"
    return whole(f"{html.escape(title)}: keys", body, STYLE)


def print_papers(browser, folder, title, papers):
    """Print each paper and the keys into PDFs; return their paths."""
    made = []
    for variant, questions in papers.items():
        made.append(folder / f"paper-{variant}.pdf")
        print_pdf(browser, sheet(title, variant, questions), made[-1])
    made.append(folder / "keys.pdf")
    print_pdf(browser, keys(title, papers), made[-1])
    return made
