"""The quizzes of the book, in a notebook or on a page. (This needs jupyterquiz; nothing else in the package imports this module.)"""

import json
import re
from os import PathLike
from pathlib import Path

from .pages import book_file

COLORS = {  # white text on any of them is easy to read (a contrast of at least 7 : 1), on light and on dark pages
    "--jq-multiple-choice-bg": "#1d3f72",
    "--jq-correct-color": "#0a5a2a",
    "--jq-incorrect-color": "#8f1d14",
    "--jq-text-color": "#ffffff",
    "--jq-mc-button-bg": "#ffffff",
    "--jq-mc-button-border": "#767676",
}

STYLE = """<style>
.Quiz { font-size: 1.05rem; line-height: 1.4; }
.Quiz .MultipleChoiceQn code { background: rgb(255 255 255 / 0.15); color: inherit; border-radius: 0.25rem; padding: 0.05em 0.3em; }
.Quiz .MCButton { font-size: 1rem; line-height: 1.4; color: #1a1a1a; }
:is([data-theme="dark"], [data-jp-theme-light="false"]) .Quiz .MCButton { background: #29313d; color: #ffffff; }
.Quiz .MCButton:is(.correctButton, .incorrectButton) { color: #ffffff; animation-duration: 1ms; }
.Quiz .MCButton:focus-within { outline: 3px solid #d55e00; outline-offset: 2px; }
.Quiz .MCButton input { position: absolute; opacity: 0; }
.Quiz .Feedback { font-size: 1rem; padding: 0 0.8rem; border-radius: inherit; color: #ffffff; text-align: left; }
.Quiz .Feedback.correct { background: var(--jq-correct-color); padding-block: 0.6rem; }
html[data-theme="dark"] .bd-content div.cell_output .text_html:has(div.Quiz) { background: none; padding: 0; }
.Quiz .Feedback.incorrect { background: var(--jq-incorrect-color); padding-block: 0.6rem; }
</style>"""


def show_quiz(path: str | PathLike[str]) -> None:
    """Show the questions of a quiz, to be answered by mouse or keyboard. This needs neither a kernel nor a network.

    Parameters
    ----------
    path : str or path
        A JSON file for jupyterquiz, such as "quizzes/01-neuron.json". A chapter that is opened on its own has no such file next to it,
        and uses the one that came with the package. If that file or jupyterquiz is missing, a sentence says where to find the
        questions.

    Examples
    --------
    >>> show_quiz("quizzes/no-such-chapter.json")
    The quiz needs quizzes/no-such-chapter.json next to this notebook; its questions are also on this chapter's page of the book.
    """
    try:
        html, script = quiz_parts(path)
    except (FileNotFoundError, ModuleNotFoundError) as error:
        missing = f"{path} next to this notebook" if isinstance(error, FileNotFoundError) else f"the package {error.name}"
        print(f"The quiz needs {missing}; its questions are also on this chapter's page of the book.")
    else:
        from IPython.display import HTML, Javascript, display

        display(HTML(html), Javascript(script))


def quiz_parts(path: str | PathLike[str]) -> tuple[str, str]:
    """Return the HTML and the JavaScript that jupyterquiz makes of a quiz.

    The script is wrapped in a function that hides MathJax from it; it would fetch MathJax from another host if the page had none.
    Feedback becomes a status message, which screen readers read out.
    """
    from jupyterquiz.dynamic import loader, renderer

    questions = json.loads(book_file(path).read_text(encoding="utf-8"))
    name = "quiz_" + re.sub(r"\W", "_", Path(path).stem)
    html = renderer.render_div(name, False, False, False, len(questions), 700, 10, "left") + "</div>"
    script = renderer.build_script(*loader.load_questions_script(questions, name), name, load_js=True)
    script = script.replace("this.fbDiv.className = 'Feedback';", "this.fbDiv.className = 'Feedback'; this.fbDiv.role = 'status';")
    return html + renderer.build_styles(name, COLORS) + STYLE, f"(function (MathJax) {{\n{script}\n}})();"
