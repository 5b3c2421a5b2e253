"""The quizzes: well-formed, fair, and the same in the clickable quiz and in the text on the page."""

import json
import re

import pytest

from course import quizzes
from environment import ROOT
from nnfromscratch.course import quiz_parts, show_quiz
from nnfromscratch.course.quiz import COLORS

QUIZZES = sorted((ROOT / "book" / "quizzes").glob("*.json"))
CHAPTERS = sorted((ROOT / "book").glob("*.ipynb"))
EVERY_QUIZ = pytest.mark.parametrize("path", QUIZZES, ids=lambda path: path.stem)
TAG = re.compile(r"</?(?:code|em|sub|sup)>|<br>")
ENTITY = re.compile(r"&(?:lt|gt|amp);")


def questions(path):
    return json.loads(path.read_text(encoding="utf-8"))


def faults(quiz):
    """Yield what is wrong with a quiz, as text."""
    if not 4 <= len(quiz) <= 8:
        yield f"{len(quiz)} questions, not 4 to 8"
    if len({entry.get("question") for entry in quiz}) < len(quiz):
        yield "a question is asked twice"
    for number, entry in enumerate(quiz, 1):
        yield from (f"question {number}: {fault}" for fault in question_faults(entry))
    if not any(faulty_keys(entry) for entry in quiz) and len({right_places(entry) for entry in quiz}) == 1:
        yield "the right answer is always in the same place"


def faulty_keys(entry):
    return set(entry) != {"type", "question", "answers"} or any(set(a) != {"answer", "correct", "feedback"} for a in entry["answers"])


def right_places(entry):
    return tuple(place for place, answer in enumerate(entry["answers"]) if answer["correct"])


def question_faults(entry):
    if faulty_keys(entry):
        yield "other keys than those of a choice question whose answers all have feedback"
        return
    answers = entry["answers"]
    if entry["type"] != "multiple_choice" or not 3 <= len(answers) <= 5:
        yield "not a choice between 3 to 5 answers"
    if [answer["correct"] for answer in answers].count(True) != 1 or {type(answer["correct"]) for answer in answers} != {bool}:
        yield "not exactly one right answer"
    if len({answer["answer"] for answer in answers}) < len(answers):
        yield "two answers are the same"
    for text in (entry["question"], *(answer[key] for answer in answers for key in ("answer", "feedback"))):
        yield from text_faults(text)
    for answer in answers:
        if answer["correct"] is not answer["feedback"].startswith("Right"):
            yield f"the feedback must say whether the answer is right, and start with `Right` only then: {answer['feedback']}"


def text_faults(text):
    if not text.strip():
        yield "an empty text"
    if re.search(r"[$\\]|\]\(", text):
        yield f"LaTeX, or what jupyterquiz reads as such or as a link: {text}"
    if re.search(r"[<>&]", ENTITY.sub("", TAG.sub("", text))):
        yield f"HTML other than &lt; &gt; &amp; <code> <em> <sub> <sup> <br>: {text}"


@EVERY_QUIZ
def test_quiz_is_well_formed(path):
    assert list(faults(questions(path))) == []


def test_every_chapter_shows_its_quiz_and_no_quiz_is_left_over():
    shown = [
        name
        for chapter in CHAPTERS
        for cell in questions(chapter)["cells"]
        for name in re.findall(r'show_quiz\("([^"]+)"\)', "".join(cell["source"]))
    ]
    assert sorted(shown) == [f"quizzes/{path.name}" for path in QUIZZES]


@EVERY_QUIZ
def test_the_same_questions_are_below_a_quiz_as_text(site, path):
    page = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
    before, _, text = page.partition('<div class="dropdown quiz-text admonition">')
    assert "Quiz" in before.rpartition('<div class="cell ')[2], "the box is not below the quiz"
    assert text.partition("</section>")[0].count("✓") == len(questions(path))


def longest_is_right(entry):
    """Return whether no answer of a question is longer than the right one, as a reader sees them."""
    lengths = [len(ENTITY.sub("x", TAG.sub("", answer["answer"]))) for answer in entry["answers"]]
    return lengths[right_places(entry)[0]] == max(lengths)


def chance_of_so_many(hits, chances):
    """Return the probability of at least this many hits if each question is answered by chance, with its own probability."""
    exactly = [1.0]  # exactly[k]: the probability of k hits among the questions so far
    for chance in chances:
        exactly = [miss * (1 - chance) + hit * chance for miss, hit in zip([*exactly, 0.0], [0.0, *exactly])]
    return sum(exactly[hits:])


def test_choosing_the_longest_answer_is_no_better_than_guessing():
    every = [entry for path in QUIZZES for entry in questions(path)]
    hits, chances = sum(map(longest_is_right, every)), [1 / len(entry["answers"]) for entry in every]
    assert chance_of_so_many(hits, chances) > 0.05, f"the right answer is the longest in {hits} questions; by chance in {sum(chances):.0f}"


def test_choosing_the_same_place_is_no_better_than_guessing():
    every = [entry for path in QUIZZES for entry in questions(path)]
    for place in range(4):
        possible = [entry for entry in every if len(entry["answers"]) > place]
        hits, chances = [right_places(entry) for entry in possible].count((place,)), [1 / len(entry["answers"]) for entry in possible]
        assert chance_of_so_many(hits, chances) > 0.05, f"answer {place + 1} is right in {hits} questions; by chance in {sum(chances):.0f}"


def test_a_telltale_length_is_seen():
    every = [entry for path in QUIZZES for entry in questions(path)]
    chances = [1 / len(entry["answers"]) for entry in every]
    assert chance_of_so_many(len(every) // 2, chances) < 0.01
    assert chance_of_so_many(1, [0.5, 0.5]) == 0.75 and chance_of_so_many(0, [0.5]) == 1
    answers = [{"answer": text, "correct": text.startswith("b")} for text in ("a", "b<sub>1</sub>", "&lt;&lt;")]
    assert longest_is_right({"answers": answers})
    assert not longest_is_right({"answers": [*answers, {"answer": "ccc", "correct": False}]})


# --- what is shown ---------------------------------------------------------------------------------------------------------------------


def test_a_missing_package_is_told_and_does_no_harm(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "jupyterquiz", None)
    show_quiz(QUIZZES[0])
    assert "jupyterquiz" in capsys.readouterr().out


def test_a_chapter_on_its_own_gets_the_quiz_that_came_with_the_package(monkeypatch, tmp_path):
    """As in Colab, which opens the notebook without any other files."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "nnfromscratch"
    (package / "quizzes").mkdir(parents=True)
    monkeypatch.setattr("nnfromscratch.course.pages.__file__", str(package / "course" / "pages.py"))
    with pytest.raises(FileNotFoundError):
        quiz_parts("quizzes/01-neuron.json")
    (package / "quizzes" / "01-neuron.json").write_bytes((ROOT / "book" / "quizzes" / "01-neuron.json").read_bytes())
    alone = quiz_parts("quizzes/01-neuron.json")
    monkeypatch.chdir(ROOT / "book")
    assert quiz_parts("quizzes/01-neuron.json") == alone


def contrast(one, other):
    """Return the contrast of two colors `#rrggbb`, from 1 to 21 (WCAG 2)."""

    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_white_text_can_be_read_on_every_dark_color():
    for name in ("multiple-choice-bg", "correct-color", "incorrect-color"):
        assert contrast(COLORS["--jq-text-color"], COLORS[f"--jq-{name}"]) >= 7


def plain(text):
    """Return a text without white space, because each browser has its own."""
    return re.sub(r"\s", "", text)


def rendered(html):
    """Return the text that a browser shows for a piece of HTML."""
    from bs4 import BeautifulSoup

    return plain(BeautifulSoup(html, "html.parser").get_text())


def page_text(path):
    """Return the text of the directive's nodes for the quiz in this file."""
    return rendered(
        " ".join(
            node.astext()
            for entry in questions(path)
            for part in quizzes.question(entry)
            for node in part.findall(lambda node: node.tagname == "raw")
        )
    )


@EVERY_QUIZ
def test_the_text_on_the_page_holds_every_question_answer_and_feedback_in_order(path):
    pytest.importorskip("docutils")
    expected = "".join(
        entry["question"] + "".join(f"{'✓' if a['correct'] else '✗'}{a['answer']}{a['feedback']}" for a in entry["answers"])
        for entry in questions(path)
    )
    assert page_text(path) == rendered(expected)


@pytest.fixture(scope="module")
def quiz_page(browser, tmp_path_factory, served):
    """A function that opens a page with nothing but a quiz, and returns it with the addresses that it asked for."""
    page, asked, errors = browser.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))

    def open_quiz(path):
        html, script = quiz_parts(path)
        folder = tmp_path_factory.mktemp("quiz")
        (folder / "index.html").write_text(
            f"<!doctype html><meta charset='utf-8'><link rel='icon' href='data:,'>{html}"
            f"<script>var MathJax = {{version: '3'}};</script><script>{script}</script>",
            encoding="utf-8",
        )
        address = served(folder)
        page.goto("about:blank")
        asked.clear(), errors.clear()
        page.goto(address)
        page.wait_for_selector(".Quiz")
        return page, asked, errors

    yield open_quiz
    page.close()


@pytest.mark.browser
@EVERY_QUIZ
def test_every_answer_can_be_chosen_by_keyboard_and_is_commented(path, quiz_page):
    page, asked, errors = quiz_page(path)
    boxes = page.query_selector_all(".Quiz")
    assert len(boxes) == len(questions(path))
    for box, entry in zip(boxes, questions(path)):
        assert plain(box.text_content()) == rendered(entry["question"] + "".join(a["answer"] for a in entry["answers"]))
        feedback = box.query_selector(".Feedback")
        assert feedback.get_attribute("role") == "status"
        for choice, answer in zip(box.query_selector_all("input[type=radio]"), entry["answers"]):
            choice.focus()
            page.keyboard.press("Space")
            said, right = feedback.evaluate("feedback => [feedback.textContent, feedback.classList.contains('correct')]")
            assert (plain(said), right) == (rendered(answer["feedback"]), answer["correct"])
    page.wait_for_timeout(600)  # jupyterquiz looks for MathJax half a second after it has drawn the questions
    assert errors == [] and len(asked) == 1, "the quiz asks for nothing that is not on its page"
