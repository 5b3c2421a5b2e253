"""Take the slides of a chapter out of its built page.

| part of the page | slide |
|---|---|
| "In this chapter you will" | the first one |
| a section's heading with its first sentences and displayed formulas | one, or several |
| a figure with its caption | one; a live figure is live there as well |
| a box called Predict | one; the notes have wrong predictions to expect, from `predictions.toml`, and what the chapter says about it |
| a cell tagged same-as-package | one, with the code |
| a table | one |
| "What we learned" | the last one |
| the quiz | one for each question; the notes name the wrong answers and what they show |
"""

import copy
import html
import json
import math
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString

from coursework.questions.model import QUIZZES

PREDICTIONS = tomllib.loads(Path(__file__).with_name("predictions.toml").read_text(encoding="utf-8"))
SKIPPED, SEEN = ("Quiz", "Practice"), "What you should have seen"
LEAD, LINES, ROWS, FORMULAS = 45, 22, 9, 3  # words, lines of code, rows of a table, formulas on one slide
NOTES = 120  # words of the chapter in a row
WORDS_PER_MINUTE, QUESTION, FIGURE = 90, 3, 2  # words per minute of a speaker; minutes for a question and for a figure


class Slide(NamedTuple):
    """A slide: HTML for the room, HTML for the speaker."""

    kind: str  # title, text, figure, predict, code, table, quiz, end
    title: str
    body: str
    notes: str
    minutes: int


def soup(text):
    return BeautifulSoup(text, "html.parser")


def slides(page, name):
    """Return the slides of a chapter's page, parsed."""
    article = copy.copy(page.select_one("article"))
    for element in article.select(".headerlink, .eqno, .live-still > p, style, .only-dark"):
        element.decompose()
    for picture in article.select("img[loading]"):
        del picture["loading"]  # a slide that is not shown yet would wait for it
    for link in article.select("a"):
        link.unwrap()
    for number in article.select(".caption-number"):
        number.decompose()
    chapter = article.select_one("h1").get_text()
    first = article.select_one("section")
    made = [opening(first, chapter)]
    for section in first.find_all("section", recursive=False):
        made += of_section(section)
    made = [expecting(slide, name) if slide.kind == "predict" else slide for slide in made]
    end = made.pop() if made[-1].kind == "end" else None
    return made + quiz(name) + ([end] if end else [])


def opening(first, chapter):
    """Return the first slide: what the chapter is about."""
    goals = first.find("ul", recursive=False)
    text = " ".join(one.get_text(" ", strip=True) for one in first.find_all("p", recursive=False)[1:4])
    body = f"<p>You will</p>{goals}" if goals else f"<p>{html.escape(text[:300])}</p>"
    return Slide("title", chapter, body, f"<p>{html.escape(text)}</p>", 2)


def of_section(section):
    """Return the slides of a section and of the sections in it."""
    heading = section.find(["h2", "h3"]).get_text().strip()
    if heading in SKIPPED:
        return []
    if heading.startswith("What we learn"):
        return [Slide("end", heading, str(section.find("ul") or ""), "<p>Have the class say each point in its own words first.</p>", 3)]
    made, waiting = [], Waiting(heading)
    children = section.find_all(recursive=False)
    for place, child in enumerate(children):
        if child.name == "section":
            made += waiting.slides() + of_section(child)
        elif child.name == "p" and not made and waiting.is_empty():
            waiting.lead, waiting.said = f"<p>{beginning(child, LEAD)}</p>", [child]
        elif child.name == "div" and "math" in child.get("class", []):
            waiting.formulas.append(child)
        elif found := special(child, heading, children[place + 1 :]):
            made += [*waiting.slides(), found]
        elif child.name == "p" and not waiting.is_empty():
            waiting.said.append(child)
        elif made and made[-1].kind != "predict" and child.name == "p":
            made[-1] = made[-1]._replace(notes=made[-1].notes + spoken([child]))
        elif made and is_box(child, SEEN):
            text = spoken(child.find_all("p")).replace("<p>", "<p><b>What the class should see:</b> ")
            made[-1] = made[-1]._replace(notes=made[-1].notes + text)
    made += waiting.slides()
    words = sum(len(child.get_text().split()) for child in children if child.name == "p")
    return with_minutes(made, words)


class Waiting:
    """The first sentences of a section, or formulas, until something with a slide of its own comes: then they become slides."""

    def __init__(self, heading):
        self.heading, self.lead, self.formulas, self.said = heading, "", [], []

    def is_empty(self):
        return not self.lead and not self.formulas

    def slides(self):
        """Return these slides, and forget what is on them; what the chapter says meanwhile is in the notes of the first."""
        groups = [self.formulas[place : place + FORMULAS] for place in range(0, len(self.formulas), FORMULAS)]
        bodies = ["".join(map(str, group)) for group in groups] or [""] * bool(self.lead)
        made = [Slide("text", self.heading, (self.lead if not place else "") + body, "", 0) for place, body in enumerate(bodies)]
        if made:
            made[0] = made[0]._replace(notes=spoken(self.said))
        self.lead, self.formulas, self.said = "", [], []
        return made


def spoken(elements):
    """Return what a chapter says there, as notes: its beginning, if it is long."""
    words = " ".join(one.get_text(" ", strip=True) for one in elements).split()
    return f"<p>{html.escape(' '.join(words[:NOTES]))}{' …' * (len(words) > NOTES)}</p>" if words else ""


def special(child, heading, after):
    """Return the slide of an element that has one of its own, or None."""
    classes = child.get("class", [])
    if is_box(child, "Predict"):
        question = "".join(str(part) for part in child.find_all(recursive=False)[1:])
        return Slide("predict", f"{heading}: predict", question, answer_to(after), QUESTION)
    code = child.select_one(".cell_input pre")
    if "tag_same-as-package" in classes and code and code.get_text().count("\n") <= LINES:
        return Slide("code", heading, f'<div class="highlight">{code}</div>', "", 0)
    figure = child if child.name == "figure" else child.select_one("figure")
    picture = figure or child.select_one(".cell_output:has(img, script[type*=view])")
    if picture and picture.select_one("img"):
        caption = picture.select_one("figcaption")
        said = picture.select_one("img")["alt"]
        body = figure_of(picture) + (f'<p class="caption">{caption.select_one(".caption-text") or ""}</p>' if caption else "")
        return Slide("figure", heading, body, f"<p>The figure: {html.escape(said)}</p>", FIGURE)
    table = child if child.name == "table" else child.select_one("table")
    if table and not child.select_one(".cell_output") and len(table.select("tr")) <= ROWS:
        return Slide("table", heading, str(table), "", 1)
    return None


def figure_of(picture):
    """Return a figure without its caption: the start picture, and what makes it live."""
    parts = picture.select("img, script[type*=view]")
    still = "".join(str(part) for part in parts if part.name == "img")
    live = "".join(str(part) for part in parts if part.name == "script")
    return f'<div class="drawing"><div class="live-still">{still}</div>{live}</div>' if live else f'<div class="drawing">{still}</div>'


def beginning(paragraph, words):
    """Return the sentences of a paragraph that fit into this many words, as HTML; at least the first."""
    kept, count = [], 0
    for part in paragraph.contents:
        pieces = re.split(r"(?<=[.?!:])\s+", str(part)) if type(part) is NavigableString else [part]
        for number, piece in enumerate(pieces):
            if count >= words * 0.6 and number:
                return "".join(kept)
            text = piece.get_text() if not isinstance(piece, str) else piece
            count += len(text.split())
            kept.append(html.escape(piece, quote=False) + " " if isinstance(piece, str) else str(piece))
    return "".join(kept)


def answer_to(after):
    """Return what a chapter says after a question, up to the next one: the first output, and the first paragraph."""
    output = paragraph = ""
    for one in after[:8]:
        if is_box(one, "Predict") or (output and paragraph):
            break
        if not output and (found := one.select_one(".cell_output pre")):
            output = f"<p>The cell prints:</p><pre>{html.escape(found.get_text())}</pre>"
        elif not paragraph and one.name == "p":
            paragraph = f"<p>The chapter: {beginning(one, 60)}</p>"
    return output + paragraph


def is_box(element, title):
    """Whether an element is a box with this title."""
    boxed = {"admonition", "sd-dropdown"} & set(element.get("class", []))
    heading = element.select_one(".admonition-title, .sd-summary-text, summary") if boxed else None
    return heading is not None and heading.get_text().strip() == title


def expecting(slide, name):
    """Return a Predict question with the wrong predictions to expect in its notes, in front of what the chapter says."""
    first = "<p><b>Have everyone write down an answer before you go on.</b></p>"
    expected = "".join(
        f"<p><b>Expect this wrong prediction:</b> {html.escape(wrong)}<br>{html.escape(shows[0].upper() + shows[1:])}.</p>"
        for wrong, shows in predictions(name, soup(slide.body).get_text())
    )
    return slide._replace(notes=first + expected + slide.notes)


def predictions(name, question):
    """Return the wrong predictions for a question of a chapter, [(prediction, what it shows)], or none if the file has none."""
    text = " ".join(question.split())
    return [pair for phrase, pairs in PREDICTIONS.get(name, {}).items() if phrase in text for pair in pairs]


def with_minutes(made, words):
    """Return the slides of a section with the minutes that this many words take, shared by those that have none of their own."""
    own = [number for number, one in enumerate(made) if not one.minutes]
    total = max(1, math.ceil(words / WORDS_PER_MINUTE))
    for place, number in enumerate(own):
        minutes = total // len(own) + (place < total % len(own))
        made[number] = made[number]._replace(minutes=max(1, minutes))
    return made


def quiz(name):
    """Return a slide for each question of a chapter's quiz; the notes say what each wrong answer shows."""
    path, made = QUIZZES / f"{name}.json", []
    for question in json.loads(path.read_text(encoding="utf-8")) if path.exists() else []:
        options = "".join(f"<li>{option['answer']}</li>" for option in question["answers"])
        notes = "".join(
            f"<p><b>{'Right' if option['correct'] else 'Expect this wrong answer'}:</b> {option['answer']}<br>"
            f"{option.get('feedback', '')}</p>"
            for option in question["answers"]
        )
        made.append(Slide("quiz", "Quiz", f'<p>{question["question"]}</p><ol type="a">{options}</ol>', notes, QUESTION))
    return made


def as_section(slide):
    """Return a slide as reveal.js takes it."""
    minutes = f"<p><b>{slide.minutes} minute{'s' * (slide.minutes > 1)}</b></p>"
    return (
        f'<section class="{slide.kind}"><div class="content"><h2>{html.escape(slide.title)}</h2>{slide.body}</div>'
        f'<aside class="notes">{minutes}{slide.notes}</aside></section>'
    )
