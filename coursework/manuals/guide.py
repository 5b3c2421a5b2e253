"""The guide for teaching assistants: for each task the usual mistakes and what to ask, made from the catalog and the tests."""

import html

from coursework import sources
from coursework.grading.course import Course
from coursework.grading.mistakes_page import to_review
from coursework.manuals import mistakes

ABOUT = """<p>For staff. When a check fails, its message names the mistake. If a student still does not see it, don't name the
line: ask. Each
table below lists the mistakes that the checks of a task can name, and a question that leads a student to the mistake. Start with
the question; give the formula last.</p>
<h2>Helping a student in five steps</h2>
<ol><li>Have the student read the message aloud. Half of all questions end here.</li>
<li>Ask what shape each array has and should have.</li>
<li>Ask the question from the table.</li>
<li>Work out the smallest case together: one neuron, or two samples.</li>
<li>Leave before the code is right. Come back to see it pass.</li></ol>
<h2>Grading text</h2>
<p>Grade the reasoning, not the wording. The rubric of each question is in the solution manual and on the grading pages. Write one
sentence to the student: what is right, and what is missing.</p>
<h2>What to keep to yourself</h2>
<p>This guide and the solution manual are for staff: do not upload them. If your copy of the course is public, solutions can be
found in it; the solution manual says how a private copy avoids that.</p>
"""


def guide():
    """Return the body of the guide."""
    return f"<h1>Guide for teaching assistants</h1>{ABOUT}" + "".join(map(assignment, sources.names())) + whole_catalog()


def assignment(name):
    """Return the mistakes of an assignment, task by task."""
    course, known = Course(), mistakes.of_assignment(sources.read(name))
    points, headings = course.points(name), course.headings(name)
    body = f"<h1>{html.escape(name)}</h1>"
    for heading in dict.fromkeys(headings[cell] for cell in points):
        cells = [cell for cell in points if headings[cell] == heading]
        words = list(dict.fromkeys(one for cell in cells for one in known.get(cell, [])))
        worth = sum(points[cell] for cell in cells)
        places = dict.fromkeys(to_review(name, cell).replace("#", ": ") for cell in cells)
        body += f"<h2>{html.escape(heading)}</h2><p>{worth:g} point{'s' * (worth != 1)}. Read again: {html.escape('; '.join(places))}.</p>"
        body += (
            table(words) if words else "<p>Answered as text, or checked without named mistakes: the rubric is in the solution manual.</p>"
        )
    return body


def table(words):
    """Return mistakes with what to ask; those with the same question are together."""
    groups = {}
    for one in words:
        groups.setdefault(mistakes.question(one), []).append(one)
    rows = "".join(
        f"<tr><td>{'<br>'.join(map(html.escape, group))}</td><td>{html.escape(asked)}</td></tr>" for asked, group in groups.items()
    )
    return f'<table class="ask"><thead><tr><th>The check says</th><th>Ask</th></tr></thead>{rows}</table>'


def whole_catalog():
    """Return the whole catalog, for mistakes outside of the assignments."""
    body = "<h1>The catalog</h1><p>Everything that the course can name, by topic. Practice tasks in the chapters use it, too.</p>"
    for function, tables in mistakes.the_catalog().items():
        topic = function.removesuffix("_mistakes").replace("_", " ")
        body += f"<h2>{html.escape(topic[:1].upper() + topic[1:])}</h2>"
        body += "".join((f"<h3><code>{html.escape(name)}</code></h3>" if name else "") + table(words) for name, words in tables.items())
    return body
