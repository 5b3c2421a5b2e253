"""The page that a student gets: first a table with a sentence for each task, then the answers with what they printed.

It shows no hidden test and no path of the machine that graded, and loads nothing.
"""

from coursework.grading import pages
from coursework.grading.pages import escape


def page(record, row, points, headings, decided, original):
    """Return a student's page of feedback.

    Parameters
    ----------
    record : dict
    row : dict
        The row of grades.csv.
    points, headings : dict
        Of each graded cell, its points and the heading that it is under.
    decided : dict
        {item: event}.
    original : NotebookNode
        What was handed out; cells that are in it as they are need no feedback.
    """
    title = f"{record['assignment']}: {record['student']}"
    given = {cell.source.strip() for cell in original.cells}
    tasks = "".join(task(name, record, row, points, headings, decided) for name in points)
    body = f"<h1>{escape(title)}</h1>\n<p><strong>{escape(total(row, points))}</strong></p>\n"
    body += f"<table><tr><th>Task</th><th>Points</th><th></th></tr>\n{tasks}</table>\n<h2>Your answers</h2>\n"
    body += "\n".join(answer(cell, record) for cell in record["cells"] if cell["source"].strip() not in given)
    return pages.page(title, body)


def total(row, points):
    """Return the sum as a sentence."""
    if row.get("score") is None:
        return "Your submission could not be graded; please talk to your instructor."
    open_points = sum(most for name, most in points.items() if row.get(name) is None)
    text = f"{row['score']:g} of {row['max_score'] - open_points:g} points"
    text += f" so far; {open_points:g} more are still being graded" if open_points else ""
    if row.get("final") is not None and row["final"] != row["score"]:
        text += f". Days late: {row['days_late']}, so {row['final']:g} points count"
    return text + "."


def task(name, record, row, points, headings, decided):
    """Return the row of a graded cell."""
    earned, sentence = outcome(name, record, row, decided)
    kind = "" if earned is None else "good" if earned == points[name] and passed(name, record) else "bad"
    label = f"{escape(headings.get(name, ''))}<br><small>{escape(name)}</small>"
    worth = f"{'–' if earned is None else f'{earned:g}'} of {points[name]:g}" if points[name] else "no points"
    return f'<tr><td>{label}</td><td class="points {kind}">{worth}</td><td>{escape(sentence)}</td></tr>\n'


def passed(name, record):
    """Whether no test of a graded cell failed."""
    return record["tests"].get(name, {"passed": True})["passed"]


def outcome(name, record, row, decided):
    """Return (points that a graded cell earned, or None; the sentence that a student reads about it)."""
    score, test, decision = row.get(name), record["tests"].get(name), decided.get(name, {})
    sentence = decision.get("comment") or ""
    if not sentence and test is not None:
        sentence = (
            "correct" if test["passed"] else "not attempted" if test["error"] == "NotImplementedError" else first_line(test["message"])
        )
    return score, sentence or ("not graded yet" if score is None else "")


def first_line(message):
    """Return the line of a message that says what is wrong: the last one of a traceback."""
    lines = [line for line in message.strip().splitlines() if line.strip()]
    if not lines:
        return ""
    return lines[-1] if lines[0].startswith("Traceback") else lines[0]


def answer(cell, record):
    """Return a cell that a student wrote, with its outputs and what its test said."""
    name = f"<h3>{escape(cell['name'])}</h3>\n" if cell["name"] else ""
    if cell["type"] != "code":
        return f"{name}<blockquote>{pages.markdown(cell['source'], cell['attachments'])}</blockquote>"
    tests = [
        test for test in record["tests"] if cell["name"] and (test == f"test-{cell['name']}" or test.startswith(f"test-{cell['name']}-"))
    ]
    said = "".join(
        f'<pre class="bad">{escape(record["tests"][test]["message"])}</pre>' for test in tests if not record["tests"][test]["passed"]
    )
    return f"{name}<pre>{escape(cell['source'])}</pre>{pages.outputs(cell)}{said}"
