"""A page for each question that is answered as text: all answers side by side, without names, with a rubric and the sample answer.

It is one file that can be sent to a grader. Decisions stay in the grader's browser until they are saved as a file, and
`make grades GRADED=folder DECISIONS=file` imports them. Several people can do so; the log records who decided what.
"""

import contextlib
import json
import shlex
from glob import glob
from pathlib import Path

from coursework import sources
from coursework.grading import pages
from coursework.grading.pages import escape
from coursework.grading.results import digest

SENTENCE = "a sentence for the student"
NAME = r'<input id="grader" required pattern=".*\S.*" title="Who is grading: your name is kept with each decision">'
BLANK = "<p><em>Nothing was written: 0 points, unless you give some.</em></p>"
LEVELS = {"complete": 1.0, "partly right": 0.5, "not yet": 0.0}
SCRIPT = """
<style>
body { max-width: none; } main { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 1rem; }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem 1rem; } article.decided { border-color: var(--good); }
textarea { width: 100%; box-sizing: border-box; } fieldset { border: 0; padding: 0; margin: .5rem 0; }
label { margin-right: .8rem; white-space: nowrap; }
header { position: sticky; top: 0; background: Canvas; padding: .3rem 0; border-bottom: 1px solid var(--line); }
</style>
<script>
const about = JSON.parse(document.getElementById("about").textContent);
const key = "grading " + about.assignment + " " + about.item + " " + about.folder;
const kept = JSON.parse(localStorage.getItem(key) || "{}");
const grader = document.getElementById("grader");
grader.value = localStorage.getItem("grader") || "";
grader.oninput = () => localStorage.setItem("grader", grader.value);
const articles = [...document.querySelectorAll("article")];
function count() {
  const done = articles.filter(one => one.classList.contains("decided")).length;
  document.getElementById("count").textContent = done + " of " + articles.length + " graded";
}
for (const article of articles) {
  const points = article.querySelector("[name=points]"), comment = article.querySelector("textarea"), id = article.dataset.id;
  const levels = [...article.querySelectorAll("[type=radio]")];
  function mark() {
    article.classList.toggle("decided", points.value !== "");
    for (const level of levels) level.checked = points.value !== "" && Number(level.value) === Number(points.value);
    count();
  }
  function keep() {
    kept[id] = {points: points.value, comment: comment.value, text: article.dataset.text, time: new Date().toISOString()};
    localStorage.setItem(key, JSON.stringify(kept));
    mark();
  }
  if (kept[id] && kept[id].text === article.dataset.text) { points.value = kept[id].points; comment.value = kept[id].comment; }
  for (const level of levels) level.onchange = () => { points.value = level.value; keep(); };
  points.oninput = keep;
  comment.oninput = keep;
  mark();
}
document.getElementById("save").onclick = () => {
  if (!grader.reportValidity()) return;
  const decisions = Object.entries(kept).filter(([, one]) => one.points !== "").map(([id, one]) => ({
    ...about, pseudonym: id, who: grader.value.trim(), points: Number(one.points), comment: one.comment, text: one.text, time: one.time}));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(decisions, null, 1)], {type: "application/json"}));
  link.download = "decisions-" + about.assignment + "-" + about.item + "-" + grader.value.trim().replace(/\\W+/g, "_") + ".json";
  link.click();
};
</script>
"""


def pages_of(results, rules, course, decisions):
    """Yield (path, page) of every question that somebody answered."""
    answers = {}
    for record in results.records():
        for cell in record["cells"]:
            if (
                cell["type"] == "markdown" and cell["name"] in course.texts(record["assignment"])
                if record["assignment"] in course.names
                else False
            ):
                blank = cell["name"] in record.get("unanswered", ())
                answers.setdefault((record["assignment"], cell["name"]), []).append((record["student"], cell, blank))
    for (assignment, item), given in answers.items():
        most = rules.points(assignment, course.points(assignment))[item]
        articles = [
            article(results, cell, most, decisions.get((student, assignment), {}).get(item, {}), student, blank)
            for student, cell, blank in given
        ]
        yield results.folder / "grading" / f"{assignment}--{item}.html", page(results, course, assignment, item, most, sorted(articles))


def page(results, course, assignment, item, most, articles):
    """Return the page of a question."""
    about = {"assignment": assignment, "item": item, "maximum": most, "folder": results.pseudonym("the folder itself")}
    sample = pages.markdown(sources.rubric(course.texts(assignment)[item]))
    body = f"""<h1>{escape(assignment)}: {escape(item)}</h1>
<details open><summary>The question</summary>{pages.markdown(course.question(assignment, item))}</details>
<details><summary>Sample answer, and how points are awarded ({most:g} at most)</summary>{sample}</details>
<header><label>Your name: {NAME}</label> <button id="save">Save decisions as a file</button> <span id="count"></span></header>
<main>{"".join(articles)}</main>
<script type="application/json" id="about">{json.dumps(about).replace("<", "&lt;")}</script>"""
    return pages.page(f"{assignment}: {item}", body, SCRIPT)


def article(results, cell, most, decision, student, blank=False):
    """Return one answer with what can be decided about it; nothing need be decided about one that was left blank."""
    pseudonym, text = results.pseudonym(student), digest(cell["source"], cell["attachments"])
    same = decision.get("points") is not None and decision.get("text") in (None, text)
    points = f"{decision['points'] * most / decision['maximum']:g}" if same and decision.get("maximum") else "0" if blank else ""
    levels = "".join(
        f'<label><input type="radio" name="{pseudonym}" value="{part * most:g}"> {name}</label>' for name, part in LEVELS.items()
    )
    comment = decision.get("comment", "") if same else ""
    changed = "" if same or not decision else "<p><strong>Changed since it was graded.</strong></p>"
    return f"""<article data-id="{pseudonym}" data-text="{text}" id="a{pseudonym}">{changed}
{BLANK if blank else pages.markdown(cell["source"], cell["attachments"])}
<fieldset>{levels}<label>points <input type="number" name="points" min="0" max="{most:g}" step="0.25" value="{points}"></label></fieldset>
<textarea rows="2" placeholder="{SENTENCE}" aria-label="{SENTENCE}">{escape(comment)}</textarea></article>"""


def take(results, files):
    """Append the decisions of files that graders saved; return how many were new.

    Raises
    ------
    ValueError
        If a file is not one that the page saves, or names answers that are not in this folder. Then nothing is imported.
    """
    students = {results.pseudonym(record["student"]): record["student"] for record in results.records()}
    known = {(event.get("student"), event.get("assignment"), event.get("item"), event["who"], event["time"]) for event in results.log()}
    paths = [path for text in files for path in named(text)]
    events = [as_event(decision, students, path) for path in paths for decision in read(path)]
    new = [event for event in events if (event["student"], event["assignment"], event["item"], event["who"], event["time"]) not in known]
    results.append(new)
    return len(new)


def named(text):
    """Return the files that a path, a pattern with * in it, or several of both name."""
    with contextlib.suppress(ValueError):  # of a quote that is part of a name
        for parts in ([text], shlex.split(text)):
            found = [[Path(part)] if Path(part).exists() else sorted(map(Path, glob(part))) for part in parts]
            if found and all(found):
                return [path for paths in found for path in paths]
    raise ValueError(f"{text}: there is no such file. Grading pages save their decisions where your browser keeps downloads")


def read(path):
    """Return what is in a file of decisions."""
    try:
        decisions = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise ValueError(f"{path} is not a file that a grading page saved: {error}") from error
    if not isinstance(decisions, list):
        raise ValueError(f"{path} is not a file that a grading page saved")
    return decisions


def as_event(decision, students, path):
    """Return a decision as an event of the log."""
    try:
        points, maximum, student = float(decision["points"]), float(decision["maximum"]), students[decision["pseudonym"]]
        event = {"time": str(decision["time"]), "who": str(decision["who"]), "what": "decided", "student": student}
        event |= {"points": points, "maximum": maximum, **{name: str(decision[name]) for name in ("assignment", "item", "comment", "text")}}
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds a decision that cannot be used ({error!r}): is it from a different folder?") from error
    if not 0 <= points <= maximum:
        raise ValueError(f"{path} gives {points:g} of {maximum:g} points for {event['item']}")
    return event
