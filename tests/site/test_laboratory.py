"""The laboratory as a reader meets it: run, change, stop, check, keep, download."""

import json
import re
from contextlib import contextmanager

import pytest

import axe
from course.laboratory import answered_in_words
from environment import ROOT
from laboratory_driver import answer_task, choose, laboratory, notebook, opened, printed, run

BeautifulSoup = pytest.importorskip("bs4").BeautifulSoup
pytestmark = pytest.mark.browser

CHAPTER, ASSIGNMENT = "book/01-neuron.html", "book/exercises/01-neuron.html"
GATES = "cell-f196308d"
IN_WORDS = "explain-same"  # the question of the assignment that is answered in words
TELLS = "da35b457"  # the check of the first practice task


@pytest.fixture(scope="module")
def page(browser, published):
    """A page whose laboratory is open; tests share its Python."""
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        yield page


def message(messages, kind):
    return next(message for message in messages if message["kind"] == kind)


# --- before and after the first press ---


def test_nothing_is_loaded_before_the_reader_acts_and_then_from_one_host(browser, published):
    asked, refused = [], []
    with opened(browser, "about:blank") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
        page.goto(f"{published}/{CHAPTER}", wait_until="networkidle")
        assert not [url for url in asked if "/laboratory/" in url]
        page.locator(f"#{GATES} .laboratory-run").click()
        page.locator(f"#{GATES} .laboratory-output pre").wait_for()
        assert page.locator(f"#{GATES} .laboratory-output").inner_text().strip() == "and [0, 0, 0, 1]"
        # the cells before it also ran, in their places
        assert page.locator("#cell-710fd824 .laboratory-output pre").inner_text().strip() == "3.90"
    assert refused == []
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {published.split("/")[2]}
    assert any("/laboratory/python-" in url for url in asked)


def test_loading_shows_megabytes_and_can_be_canceled(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        held = []
        page.context.route("**/laboratory/python-*.bin", lambda route: held.append(route))
        page.locator(f"#{GATES} .laboratory-run").click()
        page.locator(f"#{GATES} .laboratory-state", has_text="waiting for 4 earlier cells").wait_for()
        page.locator(".laboratory-words", has_text=re.compile(r"Loading Python: \d+\.\d MB of \d+\.\d MB")).wait_for()
        page.locator(".laboratory-panel button", has_text="Cancel").click()
        page.locator(".laboratory-words", has_text="canceled").wait_for()
        page.context.unroute("**/laboratory/python-*.bin")
        page.locator(f"#{GATES} .laboratory-run").click()
        page.locator(f"#{GATES} .laboratory-output pre").wait_for()


def test_a_button_says_that_the_laboratory_is_being_loaded(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        note = page.locator(f"#{GATES} .laboratory-bar [role=status]", has_text="Loading the laboratory")
        with held(page, "**/laboratory/laboratory.js"):
            page.locator(f"#{GATES} .laboratory-run").click()
            note.wait_for()
        page.locator(f"#{GATES} .laboratory-output", has_text="and [0, 0, 0, 1]").wait_for()
        assert note.count() == 0


def test_without_webassembly_a_page_stays_a_page(browser, published):
    with opened(browser, "about:blank") as page:
        page.add_init_script("delete WebAssembly.compileStreaming")
        page.goto(f"{published}/{CHAPTER}")
        page.locator(f"#{GATES} .laboratory-run").click()
        page.locator(".laboratory-words", has_text="this browser is too old").wait_for()
        assert page.locator(f"#{GATES} .cell_output").first.is_visible()


# --- what cells show ---


def test_values_text_and_state(page):
    assert printed(run(page, "n = 41\nprint('text')\nn + 1")) == "text\n42"
    assert printed(run(page, "n;")) == ""
    assert printed(run(page, "n += 1\nn")) == "42"


def test_an_error_names_the_line_and_the_editor_marks_it(page):
    error = message(run(page, "def f(x):\n    return x + 'a'\n\n\nf(1)"), "error")
    assert (error["name"], error["line"]) == ("TypeError", 2)
    assert "line 5" in error["trace"]
    page.locator(".laboratory-line").wait_for(state="attached")  # the editor draws a moment later
    assert page.locator(".ace_error").inner_text().strip().endswith("2")
    syntax = message(run(page, "x = 1\ny = (2,\nz = 3"), "error")
    assert (syntax["name"], syntax["line"]) == ("SyntaxError", 2)


@pytest.mark.parametrize("opens", [False, True], ids=["an open editor", "an editor that the error opens"])
def test_the_line_of_an_error_is_marked_while_the_browser_draws_nothing(browser, published, opens):
    """Such as in a tab in the background, or on a busy machine."""
    with opened(browser, "about:blank") as page:
        page.add_init_script("requestAnimationFrame = () => 0; ResizeObserver = class { observe() {} unobserve() {} disconnect() {} }")
        page.goto(f"{published}/{CHAPTER}")
        laboratory(page)
        if opens:
            page.evaluate(f"within(laboratory.runRow([laboratory.cells.find(cell => cell.element?.id === '{GATES}')]), 60, 'the cell')")
        else:
            run(page, "x = 1\nx = 2\n1 / 0")
        page.locator(f"#{GATES} .laboratory-line" if opens else ".laboratory-line").wait_for(state="attached", timeout=10_000)


def test_a_figure_follows_light_and_dark_and_can_be_saved(page):
    messages = run(page, "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('a title')\nplt.show()\nprint('after')")
    assert [message["kind"] for message in messages] == ["display", "stream"]
    picture = page.locator(".laboratory-svg svg")
    assert "a title" in picture.text_content()
    colors = []
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        colors.append(picture.locator("text").first.evaluate("text => getComputedStyle(text).fill"))
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert len(set(colors)) == 2, "text has one color in light and in dark mode"
    with page.expect_download() as saved:
        page.locator(".laboratory-save").click()
    assert saved.value.path().read_text().startswith("<svg")


def test_text_arrives_while_a_cell_runs_and_what_is_too_long_is_cut(page):
    page.evaluate(
        """() => {
          const cell = laboratory.cells.find(cell => cell.element);
          cell.write("import time\\nprint('first')\\ntime.sleep(1.5)\\nprint('second')");
          window.done = laboratory.runRow([cell]);
        }"""
    )
    page.locator(".laboratory-output pre", has_text="first").wait_for(timeout=1_400)
    assert "second" not in page.locator(".laboratory-output pre").first.inner_text()
    page.evaluate("within(done, 60, 'the cell')")
    messages = run(page, "for i in range(100_000): print('line', i)")
    assert sum(len(message["text"]) for message in messages if message["kind"] == "stream") == 200_000
    assert message(messages, "dropped")["characters"] == 1_088_890 - 200_000
    assert "888,890 more characters" in page.locator(".laboratory-note").inner_text()


def test_training_shows_its_epochs(page):
    code = "from nnfromscratch import Network, make_moons, mlp\nX, y = make_moons(200, rng=0)\n"
    page.evaluate("window.seen = []; new MutationObserver(() => seen.push(document.querySelector('.laboratory-epochs')?.textContent))"
                  ".observe(document.querySelector('article'), { subtree: true, childList: true, characterData: true })")  # fmt: skip
    run(page, code + "history = Network(mlp([2, 8, 2], rng=0)).fit(X, y, epochs=30, rng=0)")
    assert page.locator(".laboratory-epochs").inner_text() == "30 epochs"
    assert "epoch 2 of 30" in page.evaluate("seen")


def test_a_live_figure_answers_with_its_python(page):
    code = """
from nnfromscratch.widgets import Choice, Explore
def draw(figure, power):
    figure.subplots().plot([x**power for x in range(5)])
    return f"The curve ends at {4**power:g}."
Explore(draw, title="Powers", power=Choice(1, 2, label="power"))
"""
    assert printed(run(page, code)).splitlines()[-1] == "Power 2: The curve ends at 16."
    figure = page.locator(".laboratory-output .nns-figure")
    field = figure.locator("input[type=number]")
    field.wait_for()
    field.fill("3")
    field.press("Enter")
    figure.locator(".nns-words", has_text="The curve ends at 64.").wait_for()


# --- a figure with many settings, of which few are drawn before it is shown ---

MANY, CHANCES = "book/10-training-well.html", "cell-c41ccc0e"  # the figure "Initial weights": 30 small trainings
FIGURE = """
from nnfromscratch.widgets import Choice, Explore, explore
explore.SECONDS = 0
calls = 0
def draw(figure, n, mood):
    global calls
    calls += 1
    if n == 4:
        raise ValueError("four is not possible")
    print("a line that no cell has printed")
    figure.subplots().plot([0, n])
    return f"{mood} and {n:g}"
Explore(draw, title="Numbers", n=Choice(0, 1, 2, 3, 4, label="n"), mood=["glad", "sad"], setup="calls = 0")
"""


@pytest.fixture
def numbers(page):
    """That figure, with nothing drawn but the start."""
    assert printed(run(page, FIGURE)).splitlines()[-2:] == ["n 0, mood glad: glad and 0", "Drawn when they are chosen: 9 more."]
    figure = page.locator(".laboratory-output .nns-figure")
    figure.locator("input[type=number]").wait_for()  # its Python has answered
    return figure


def choose_number(figure, n):
    figure.locator("input[type=range]").evaluate("(slider, n) => { slider.value = n; slider.dispatchEvent(new Event('input')); }", n)


def words(figure, text):
    figure.locator(".nns-words", has_text=text).wait_for()


def test_a_chapter_shows_a_figure_before_all_of_it_is_drawn_and_then_what_is_printed(browser, published):
    with opened(browser, f"{published}/{MANY}") as page:
        laboratory(page)
        page.evaluate(f"within(laboratory.run('{CHANCES}'), 300, 'the cells')")
        (shown,) = page.evaluate(f"laboratory.cells.find(cell => cell.element?.id === '{CHANCES}').messages")
        *drawn, more = shown["data"]["text/plain"].splitlines()
        cell = next(cell for cell in notebook("10-training-well")["cells"] if f"cell-{cell['id']}" == CHANCES)
        stored = "".join(cell["outputs"][0]["data"]["text/plain"]).splitlines()
        missing = [line for line in stored if line not in drawn]
        assert drawn[0] == stored[0] and set(drawn) < set(stored) and more == f"Drawn when they are chosen: {len(missing)} more."
        figure = page.locator(f"#{CHANCES} .laboratory-output .nns-figure")
        activation, initialization = figure.locator("select").nth(0), figure.locator("select").nth(1)
        before = figure.locator(".nns-picture svg").inner_html()
        activation.select_option("Sigmoid")
        initialization.select_option("He")
        rate = figure.locator("input[type=range]")
        rate.press("End")
        (line,) = [line for line in stored if line.startswith("Activation Sigmoid, initialization He, learning rate 0.1: ")]
        assert line in missing
        words(figure, line.replace("-", "−"))
        assert figure.locator(".nns-picture").get_attribute("aria-label").replace("−", "-") == line.partition(": ")[2]
        assert "% correct after three epochs at 0.1" in figure.locator(".nns-picture svg").text_content()
        assert figure.locator(".nns-picture svg").inner_html() != before and figure.get_attribute("aria-busy") is None
        figure.locator("button", has_text="Code").click()
        assert "activation='Sigmoid', init=he, lr=0.1" in figure.locator("pre").inner_text()


def test_a_frame_is_drawn_once(page, numbers):
    choose_number(numbers, 2)
    words(numbers, "glad and 2")
    choose_number(numbers, 0)
    words(numbers, "glad and 0")
    choose_number(numbers, 2)
    assert "glad and 2" in numbers.locator(".nns-words").inner_text(), "at once"
    assert printed(run(page, "calls", cell=1)) == "2"


def test_an_error_in_a_frame_is_told_and_the_next_one_is_drawn(numbers):
    choose_number(numbers, 4)
    words(numbers, "This does not work: ValueError: four is not possible")
    assert numbers.get_attribute("aria-busy") is None
    numbers.locator("select").select_option("sad")
    words(numbers, "This does not work")
    choose_number(numbers, 3)
    words(numbers, "sad and 3")
    numbers.locator("input[type=number]").fill("2.5")
    numbers.locator("input[type=number]").press("Enter")
    words(numbers, "This does not work: ValueError: n: 2.5 is not a whole number")


def test_a_figure_without_an_answer_shows_and_describes_no_picture(numbers):
    picture = numbers.locator(".nns-picture")
    assert picture.get_attribute("aria-label") == "glad and 0" and picture.locator("svg").count() == 1
    choose_number(numbers, 4)
    words(numbers, "This does not work")
    assert picture.get_attribute("aria-label") == "No picture: ValueError: four is not possible" and picture.inner_html() == ""
    choose_number(numbers, 0)
    words(numbers, "glad and 0")
    assert picture.get_attribute("aria-label") == "glad and 0" and picture.locator("svg").count() == 1


PLAYED = """
import time
from nnfromscratch.widgets import Choice, Explore
calls = 0
def draw(figure, n, height):
    global calls
    calls += 1
    if height == 7:
        time.sleep(0.5)
    figure.subplots().plot([0, n], [0, height])
    return f"{n} of {height:g}"
Explore(draw, title="Played", n=Choice(0, 1, 2, 3, kind="play"), height=Choice(1, 2), setup="import time\\ncalls = 0")
"""
WATCH = """figure => {
  window.said = [];
  const words = figure.querySelector(".nns-words");
  new MutationObserver(() => said.push(words.textContent)).observe(words, { childList: true });
}"""


def test_what_plays_is_drawn_once_for_a_typed_number_and_waits_for_each_frame(page):
    run(page, PLAYED)
    figure = page.locator(".laboratory-output .nns-figure")
    field = figure.locator("input[type=number]").last
    field.fill("7")
    field.press("Enter")
    words(figure, "0 of 7")
    figure.evaluate(WATCH)
    for _ in range(3):
        page.evaluate("said.length = 0")
        figure.locator(".nns-play").click()
        words(figure, "3 of 7")
        figure.locator(".nns-play[aria-label^=Play]").wait_for()
        frames = [line.split(": ")[1] for line in page.evaluate("said") if " of 7" in line]
        assert frames[-3:] == ["1 of 7", "2 of 7", "3 of 7"], "none is left out, although each takes its time"
    assert printed(run(page, "calls", cell=1)) == str(8 + 4)


def test_of_what_is_chosen_while_a_cell_runs_only_the_last_is_drawn(page, numbers):
    page.evaluate(
        """async () => {
          const cell = laboratory.cells.filter(cell => cell.element && !cell.own)[1];
          await cell.edit();
          cell.write("import time\\nbefore = calls\\ntime.sleep(2)\\nprint(calls - before)");
          window.done = laboratory.runRow([cell]).then(() => cell.messages);
        }"""
    )
    for n in (1, 2, 3):
        choose_number(numbers, n)
        assert numbers.locator(".nns-words").inner_text() == "Computing …" and numbers.get_attribute("aria-busy") == "true"
    assert printed(page.evaluate("within(done, 60, 'the cell')")) == "0"
    words(numbers, "glad and 3")
    assert printed(run(page, "calls", cell=1)) == "2"


def test_a_figure_says_that_its_python_is_gone_and_shows_what_it_has(page, numbers):
    choose_number(numbers, 1)
    words(numbers, "glad and 1")
    page.evaluate("laboratory.restart()")
    choose_number(numbers, 3)
    words(numbers, "the Python that made this figure has been stopped; run the cell of the figure again")
    choose_number(numbers, 1)
    words(numbers, "glad and 1")


SLOW = """
from nnfromscratch.widgets import Choice, Explore
def draw(figure, n):
    while n == 9:
        pass
    figure.subplots().plot([0, n])
    return f"A line to {n}."
Explore(draw, title="Slow", n=Choice(1, 2))
"""


def test_a_figure_that_computes_can_be_stopped(page):
    run(page, SLOW)
    stop = page.locator(".laboratory-panel button", has_text="Stop")
    figure = page.locator(".laboratory-output .nns-figure")
    figure.locator("input[type=number]").fill("9")
    assert stop.is_hidden()
    figure.locator("input[type=number]").press("Enter")
    words(figure, "Computing")
    stop.click()
    words(figure, "the Python that made this figure has been stopped; run the cell of the figure again")
    page.locator(".laboratory-words", has_text="Python was stopped").wait_for()
    assert stop.is_hidden() and figure.get_attribute("aria-busy") is None
    assert printed(run(page, "1 + 1")) == "2" and stop.is_hidden()


def test_a_figure_that_was_replaced_no_longer_answers(page):
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    for _ in range(2):
        run(page, "from nnfromscratch.widgets import NeuronLine\nNeuronLine()")
        page.locator(".laboratory-output .nns-boundary").wait_for(state="attached")
    for theme in ("dark", "light"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.wait_for_timeout(100)
    assert faults == []


# --- cells that go wrong ---

HOSTILE = {
    "memory": ("x = bytearray(2 * 10**9)", "MemoryError", "1 GB"),
    "an array": ("import numpy as np\nnp.ones((20_000, 10_000))", "MemoryError", "1 GB"),
    "recursion": ("def f(n): return f(n + 1)\nf(0)", "RecursionError", "calls itself"),
    "input": ("name = input('name')", "RuntimeError", "Assign the value in the cell"),
    "network": ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1')", "", "no network"),
    "a missing package": ("import torch", "ModuleNotFoundError", "No module named 'torch'Python in the page has NumPy"),
    "a thread": ("import threading\nthreading.Thread(target=print).start()", "RuntimeError", "one thread"),
    "a shell": ("!rm -rf /", "Not available here", "no shell"),
    "an install": ("%pip install torch", "Not available here", "Nothing can be installed"),
    "exit": ("raise SystemExit", "SystemExit", ""),
    "matrices": ("import numpy as np\nnp.ones((2, 3)) @ np.ones((2, 3))", "ValueError", "A has 3 entries per row, and B has 2 rows"),
    "a typing error": ("number = 1\nnumbr", "NameError", "Did you mean: 'number'?"),
    "a callback": ("sorted([3, 1], key=lambda x: 1 / (x - 1))", "ZeroDivisionError", "division by zero"),
    "a representation": ("class A:\n    def __repr__(self): raise ValueError('no words')\nA()", "ValueError", "no words"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_cell_gets_a_clear_message_and_python_goes_on(page, what):
    code, name, words = HOSTILE[what]
    run(page, "kept = 7")
    error = message(run(page, code), "error")
    assert name in error["name"] and words in error["message"] + error["hint"]
    assert printed(run(page, "kept")) == "7"


def test_a_cell_that_needs_a_broken_one_leads_to_it(page):
    run(page, "1 / 0")
    page.locator(f"#{GATES} .laboratory-run").click()
    link = page.locator(f"#{GATES} .laboratory-state a", has_text="cell 1")
    link.wait_for()
    first = page.evaluate("laboratory.cells.find(cell => cell.element && !cell.own).element.id")
    assert link.get_attribute("href") == f"#{first}"


def test_a_cell_that_was_edited_runs_again_before_a_later_one(page):
    run(page, "answer = 1")
    page.evaluate("laboratory.cells.find(cell => cell.element && !cell.own).write('answer = 2')")  # nobody presses Run
    found = page.evaluate(
        """async () => {
          const [, second] = laboratory.cells.filter(cell => cell.element && !cell.own);
          await second.edit();
          second.write("print(answer)");
          await within(laboratory.run(second.element.id), 120, "the cell");
          const { messages } = second;
          second.restore();
          return messages;
        }"""
    )
    assert printed(found) == "2"


def test_a_cell_that_needs_jupyter_stops_no_later_one(page):
    run(page, "import numpy as np\nimport nnfromscratch as nn\nfrom nnfromscratch import plots")
    run(page, "1 / 0")
    tag = "tags => { laboratory.cells.find(cell => cell.element && !cell.own).metadata.tags = tags; }"
    page.evaluate(tag, ["skip-execution"])
    page.locator(f"#{GATES} .laboratory-run").click()
    page.locator(f"#{GATES} .laboratory-output", has_text="and [0, 0, 0, 1]").wait_for()
    page.evaluate(tag, [])


def test_a_traceback_leads_to_its_cells(page):
    run(page, "def broken():\n    return 1 / 0")
    run(page, "broken()", cell=1)
    first = page.evaluate("laboratory.cells.find(cell => cell.element && !cell.own).element.id")
    link = page.locator(".laboratory-error pre a", has_text=re.compile("^cell 1$"))
    assert link.get_attribute("href") == f"#{first}" and link.is_visible()
    run(page, "def broken():\n    assert False, 'a check that failed'")
    run(page, "broken()", cell=1)
    assert link.count() == 1 and not link.is_visible()


def test_an_answer_that_lacks_a_name_of_a_different_answer_leads_to_it(browser, published):
    first, second = "972ff441", "1c4ea2df"
    with opened(browser, f"{published}/book/04-gradient-descent.html") as page:
        laboratory(page)
        state = page.locator(f"#cell-answer-{second} .laboratory-state")
        answer_task(page, second, "tell(trace[0])")
        assert state.inner_text() == "ended with an error", "no answer sets the name yet"
        page.evaluate(
            """async check => {
              const cell = laboratory.cells.find(cell => cell.id === `answer-${check}`);
              await cell.edit();
              cell.write("trace = [1.5, 2.25, 2.625]\\ntell_steps(trace, limit=1)");
            }""",
            first,
        )
        answer_task(page, second, "tell(trace[0]) ")
        assert state.inner_text() == (
            "ended with an error: trace is set in your answer to “1. Three steps on paper”. Run that answer first."
        )
        assert state.locator("a").get_attribute("href") == f"#cell-answer-{first}"
        page.evaluate(f"within(laboratory.run('cell-answer-{first}'), 60, 'the answer')")
        answer_task(page, second, "print(trace[0], 'is known')\ntell(nowhere)")
        assert "1.5 is known" in page.locator(f"#cell-answer-{second} .laboratory-output").inner_text()
        assert state.inner_text() == "ended with an error"


def test_the_button_next_to_answer_says_that_it_edits_the_check(page):
    assert page.locator(f"#cell-{TELLS} .laboratory-bar button").all_inner_texts()[:2] == ["Answer", "Edit the check"]
    assert page.locator(f"#{GATES} .laboratory-bar button").all_inner_texts()[:2] == ["Run", "Edit"]


def test_an_answer_with_gaps_is_not_run(page):
    answer = page.locator(f"#cell-answer-{TELLS}")
    answer.locator(".laboratory-run").click()
    answer.locator(".laboratory-state", has_text="Replace the dots").wait_for()
    assert answer.locator(".laboratory-output").count() == 0


def test_a_click_on_the_dots_of_an_answer_opens_its_editor(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        answer = page.locator(f"#cell-answer-{TELLS}")
        answer.locator(".cell_input pre").click()
        answer.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+A")
        page.keyboard.type("tell(1, 2, 3)")
        page.keyboard.press("Control+Enter")
        answer.locator(".laboratory-error", has_text="TypeError").wait_for()
        page.keyboard.press("Control+A")
        page.keyboard.type("tell(w=..., b=...)")
        page.keyboard.press("Control+Enter")
        answer.locator(".laboratory-state", has_text="Replace the dots").wait_for()
        assert answer.locator(".laboratory-error, .laboratory-older:visible").count() == 0


@pytest.mark.parametrize("last, said", [("raise ValueError", "ended with an error"), ("print(1)", "nothing was checked: call tell")])
def test_an_answer_that_is_reset_while_it_runs_has_not_passed(browser, published, last, said):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        laboratory(page)
        page.evaluate(
            """async ([check, last]) => {
              const cell = laboratory.cells.find(cell => cell.id === `answer-${check}`);
              await cell.edit();
              cell.write(`import time\\ntime.sleep(2)\\n${last}`);
              window.done = laboratory.runRow([cell]);
            }""",
            [TELLS, last],
        )
        answer = page.locator(f"#cell-answer-{TELLS}")
        answer.locator(".laboratory-state", has_text="running").wait_for()
        page.wait_for_timeout(500)
        answer.locator("button", has_text="Reset cell").click()
        page.evaluate("within(done, 60, 'the answer')")
        assert answer.locator(".laboratory-state").inner_text().startswith(said) and faults == []
        assert page.locator(".laboratory-passed").count() == 0


def test_a_cell_that_is_reset_while_it_runs_or_waits_still_says_so(page):
    try:
        run_until_stopped(page)
        id = page.locator(".laboratory[aria-busy]").get_attribute("id")
        state, clock = page.locator(f"#{id} .laboratory-state"), page.locator(f"#{id} .laboratory-clock")
        clock.filter(has_text="1 s").wait_for()
        page.locator(f"#{id} button", has_text="Reset cell").click()
        assert state.inner_text() == "running …"
        clock.filter(has_text="2 s").wait_for()
        page.locator(f"#{id} .laboratory-run").click()  # it has to wait for itself
        page.locator(f"#{GATES} .laboratory-run").click()
        waiting = page.locator(f"#{GATES} .laboratory-state", has_text="waiting for its turn")
        waiting.wait_for()
        assert state.inner_text() == "running …"
        page.evaluate(f"laboratory.cells.find(cell => cell.element?.id === '{GATES}').restore()")
        assert waiting.is_visible()
    finally:
        page.evaluate("laboratory.stop()")
    page.locator("[aria-busy]").wait_for(state="detached")
    assert [state.inner_text(), clock.inner_text(), page.locator(f"#{GATES} .laboratory-state").inner_text()] == ["", "", ""]


def test_an_endless_cell_is_stopped_and_the_page_can_run_again(page):
    run(page, "kept = 7")
    try:
        run_until_stopped(page)
        page.locator(".laboratory-panel button", has_text="Stop").click()
        page.locator(".laboratory-words", has_text="Python was stopped").wait_for()
    finally:
        page.evaluate("laboratory.stop()")
    assert message(run(page, "kept"), "error")["name"] == "NameError", "what Python held is gone"
    assert printed(run(page, "1 + 1")) == "2"


# --- editing ---


def test_an_edit_survives_a_reload_and_can_be_reset(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        cell.locator("button", has_text="Edit").click()
        cell.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+End")
        page.keyboard.type("\nprint('mine')")
        page.keyboard.press("Control+Enter")
        cell.locator(".laboratory-output", has_text="mine").wait_for()
        page.reload()
        cell.locator(".ace_editor", has_text="print('mine')").wait_for()
        cell.locator("button", has_text="Compare").click()
        assert cell.locator("ins").inner_text().strip() == "+ print('mine')"
        cell.locator("button", has_text="Reset cell").click()
        assert cell.locator(".ace_editor").count() == 0 and cell.locator(".cell_input pre").first.is_visible()
        page.reload()
        page.wait_for_load_state("networkidle")
        assert cell.locator(".ace_editor").count() == 0


@pytest.mark.parametrize("everywhere", [False, True], ids=["Reset cell", "Reset page"])
def test_a_reset_can_be_undone(browser, published, everywhere):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell, undo = page.locator(f"#{GATES}"), page.locator(f"#{GATES} button", has_text="Undo the reset")
        cell.locator(".laboratory-bar button", has_text="Edit").click()
        cell.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.type("mine = 1")
        assert undo.is_hidden()
        if everywhere:
            choose(page, "Reset page")
        else:
            cell.locator("button", has_text="Reset cell").click()
        assert cell.locator(".ace_editor").count() == 0 and kept_of_cells(page) == []
        undo.click()
        cell.locator(".ace_editor", has_text="mine = 1").wait_for()
        assert undo.is_hidden() and kept_of_cells(page)[0]["text"] == "mine = 1"
        page.reload()
        cell.locator(".ace_editor", has_text="mine = 1").wait_for()
        assert undo.is_hidden()


def test_what_a_cell_without_published_output_prints_is_seen_after_a_reset(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        id = page.evaluate(
            """async () => {
              const cell = laboratory.cells.find(cell => cell.element && !cell.own && !cell.static.length);
              await cell.edit();
              cell.restore();
              cell.change("print('seen')");
              await within(laboratory.runRow([cell]), 60, "the cell");
              return cell.element.id;
            }"""
        )
        page.locator(f"#{id} .laboratory-output", has_text="seen").wait_for()


def test_escape_leaves_the_editor_and_tab_moves_on(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#{GATES} button", has_text="Edit").click()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        inside = "document.activeElement.classList.contains('ace_text-input')"
        assert page.evaluate(inside)
        page.keyboard.press("Escape")
        for _ in range(3):
            page.keyboard.press("Tab")
        assert not page.evaluate(inside)
        assert page.evaluate(f"document.getElementById('{GATES}').contains(document.activeElement)"), "the cell's buttons come next"


def test_a_changed_edition_offers_the_old_edit_and_does_not_apply_it(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        prefix = page.evaluate("`nnfromscratch${location.pathname.replace('book/01-neuron.html', '')}book/01-neuron#`")
        page.evaluate(
            "([key, value]) => localStorage.setItem(key, value)", [f"{prefix}{GATES}", json.dumps({"text": "old = 1", "hash": "another"})]
        )
        page.reload()
        note = page.locator(f"#{GATES} .laboratory-note", has_text="has changed since you edited it")
        note.wait_for()
        assert page.locator(f"#{GATES} .ace_editor").count() == 0
        note.locator("button", has_text="Use my edit").click()
        page.locator(f"#{GATES} .ace_editor", has_text="old = 1").wait_for()
        assert kept_of_cells(page)[0]["text"] == "old = 1" and "former" not in kept_of_cells(page)[0]


def kept_of_cells(page):
    """Return what the browser keeps of the cells of a page."""
    kept = page.evaluate("Object.keys(localStorage).filter(key => key.includes('#cell-')).map(key => localStorage[key])")
    return [json.loads(entry) for entry in kept]


@pytest.mark.parametrize(("chosen", "text"), [("Use my edit", "old = 1"), ("Forget my edit", "new = 2")])
def test_an_old_edit_stays_on_offer_while_the_reader_writes_a_new_one(browser, published, chosen, text):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        note = cell.locator(".laboratory-note", has_text="has changed since you edited it")
        page.evaluate(
            "([cell, entry]) => { localStorage[`nnfromscratch${location.pathname.replace('.html', '')}#${cell}`] = entry; }",
            [GATES, json.dumps({"text": "old = 1", "hash": "another", "passed": True})],
        )
        page.reload()
        note.wait_for()
        cell.locator(".laboratory-bar button", has_text="Edit").click()
        cell.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.type("new = 2")
        page.reload()
        cell.locator(".ace_editor", has_text="new = 2").wait_for()
        note.locator("button", has_text=chosen).click()
        page.reload()
        cell.locator(".ace_editor", has_text=text).wait_for()
        assert note.count() == 0
        (entry,) = kept_of_cells(page)
        assert entry["text"] == text and not {"former", "passed"} & set(entry)


def test_a_second_tab_does_not_overwrite(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as first:
        second = first.context.new_page()
        second.goto(first.url)
        for page in (first, second):
            page.locator(f"#{GATES} button", has_text="Edit").click()
            page.locator(f"#{GATES} .ace_editor").wait_for()
        for page, text in ((first, "a = 1"), (second, "b = 2")):
            page.bring_to_front()
            page.locator(f"#{GATES} .ace_text-input").focus()
            page.keyboard.press("Control+a")
            page.keyboard.type(text)
        second.locator(f"#{GATES} .laboratory-conflict").wait_for()
        assert first.locator(f"#{GATES} .laboratory-conflict").count() == 0, "what the first one kept is unchanged"
        stored = first.evaluate("Object.entries(localStorage).find(([key]) => key.includes('#cell-'))[1]")
        assert json.loads(stored)["text"] == "a = 1", "the first one stays until the reader decides"
        second.locator(".laboratory-conflict button", has_text="Keep this one").click()
        stored = first.evaluate("Object.entries(localStorage).find(([key]) => key.includes('#cell-'))[1]")
        assert json.loads(stored)["text"] == "b = 2"
        first.locator(f"#{GATES} .laboratory-conflict").wait_for()


def test_two_tabs_that_agree_again_have_no_conflict(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as first:
        second = first.context.new_page()
        second.goto(first.url)
        note = second.locator(f"#{GATES} .laboratory-conflict")
        write = f"""async text => {{
          const cell = laboratory.cells.find(cell => cell.element?.id === "{GATES}");
          await cell.edit();
          cell.write(text);
        }}"""
        for page in (first, second):
            laboratory(page)
        for elsewhere, here in (("a = 1", "b = 2"), ("c = 3", "d = 4")):
            first.evaluate(write, elsewhere)
            second.wait_for_function("text => Object.values(localStorage).some(entry => entry.includes(text))", arg=elsewhere)
            second.evaluate(write, here)
            note.wait_for()
            if elsewhere == "a = 1":
                first.evaluate(write, here)  # the other tab comes to the same text
            else:
                second.evaluate(write, elsewhere)  # or this one does
            note.wait_for(state="detached")
        first.evaluate(write, "other = 1")
        note.wait_for()
        first.evaluate(write, "c = 3")  # what this tab knows
        note.wait_for(state="detached")
        second.evaluate(write, "e = 5")
        assert kept_of_cells(second)[0]["text"] == "e = 5" and note.count() == 0


@pytest.mark.parametrize(("how", "words"), [("QuotaExceededError", "full"), ("SecurityError", "blocks it")])
def test_storage_that_keeps_nothing_is_reported(browser, published, how, words):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        page.evaluate(f"() => {{ Storage.prototype.setItem = () => {{ throw new DOMException('no', '{how}'); }}; }}")
        page.locator(f"#{GATES} button", has_text="Edit").click()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        page.keyboard.type("x")
        page.locator(".laboratory-words", has_text=words).wait_for()


def test_names_in_scope_complete(page):
    run(page, "learning_rate = 0.1")
    assert "learning_rate" in page.evaluate("laboratory.complete('learning_r')")
    run(page, "import numpy as np")
    assert "np.linspace(" in page.evaluate("laboratory.complete('np.linsp')")


def test_a_completion_that_is_stopped_offers_nothing(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        run(page, "1 + 1")
        found = page.evaluate(
            """async () => {
              const names = laboratory.complete("pri");
              laboratory.stop();
              return within(names, 20, "the completion");
            }"""
        )
        assert found == []


def test_a_name_is_completed_in_the_editor(page):
    run(page, "import numpy as np\nlearning_rate = 0.1")
    cell = page.locator(f"#{page.evaluate('laboratory.cells.find(cell => cell.element && !cell.own).element.id')}")
    popup = page.locator(".ace_autocomplete")
    for typed, offered in (("np.ara", "np.arange"), ("learning_r", "learning_rate")):
        cell.locator(".ace_text-input").focus()
        page.keyboard.press("Control+End")
        page.keyboard.type(f"\nprint({typed}")
        page.keyboard.press("Control+Space")
        popup.filter(has_text=offered).wait_for()
        page.keyboard.press("Enter")
        popup.wait_for(state="hidden")
        assert (
            page.evaluate("laboratory.cells.find(cell => cell.element && !cell.own).text").splitlines()[-1].startswith(f"print({offered}")
        )


def outputs(page, id):
    """Return source and outputs of a cell in the notebook that the page hands out."""
    with page.expect_download() as saved:
        choose(page, "Download notebook")
    cells = json.loads(saved.value.path().read_text(encoding="utf-8"))["cells"]
    cell = next(cell for cell in cells if f"cell-{cell['id']}" == id)
    return "".join(cell["source"]), ["".join(output["text"]) for output in cell["outputs"]]


@pytest.mark.parametrize("ran", [False, True], ids=["with the published output", "with the output of a run"])
def test_an_old_edit_is_not_shown_with_the_output_of_other_code(browser, published, ran):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        note, older = cell.locator(".laboratory-note button", has_text="Use my edit"), cell.get_by_text("output is from different code")
        page.evaluate(
            "([cell, entry]) => { localStorage[`nnfromscratch${location.pathname.replace('.html', '')}#${cell}`] = entry; }",
            [GATES, json.dumps({"text": "print('old')", "hash": "another"})],
        )
        page.reload()
        note.wait_for()
        if ran:
            cell.locator(".laboratory-run").click()
            cell.locator(".laboratory-output", has_text="and [0, 0, 0, 1]").wait_for()
        assert not older.is_visible() and outputs(page, GATES)[1] == ["and [0, 0, 0, 1]\n"]
        note.click()
        older.wait_for()
        assert outputs(page, GATES) == ("print('old')", [])
        cell.locator(".laboratory-run").click()
        cell.locator(".laboratory-output", has_text="old").wait_for()
        assert not older.is_visible() and outputs(page, GATES) == ("print('old')", ["old\n"])
        page.reload()
        older.wait_for()  # the edit is kept; its output is not
        cell.locator("button", has_text="Reset cell").click()
        assert not older.is_visible() and cell.locator(".cell_output", has_text="and [0, 0, 0, 1]").is_visible()


# --- what is typed before the editor is there ---


@contextmanager
def held(page, pattern):
    """Hold back what the page asks for, until the block ends."""
    waiting = []
    page.context.route(pattern, lambda route: waiting.append(route) if waiting is not None else route.continue_())
    yield
    let_go, waiting = waiting, None
    for route in let_go:
        route.continue_()


@pytest.mark.parametrize("slow", ["**/laboratory/laboratory.js", "**/laboratory/*.ipynb", "**/laboratory/ace/ace.js"])
def test_keys_pressed_while_the_editor_loads_are_in_its_text(browser, published, slow):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        with held(page, slow.replace("laboratory/*.ipynb", "_sources/**/*.ipynb")):
            cell.locator("button", has_text="Edit").click()
            page.keyboard.press("Control+End")
            page.keyboard.type("\nprint('ab')")
            for _ in range(2):
                page.keyboard.press("ArrowLeft")
            assert cell.locator(".ace_editor").count() == 0
        cell.locator(".ace_editor").wait_for()
        page.keyboard.type("c")  # where the cursor was
        page.keyboard.press("Control+Enter")
        cell.locator(".laboratory-output", has_text="abc").wait_for()
        assert cell.locator(".laboratory-draft").count() == 0
        (entry,) = kept_of_cells(page)
        source = next("".join(cell["source"]) for cell in notebook("01-neuron")["cells"] if f"cell-{cell['id']}" == GATES)
        assert entry["text"] == f"{source}\nprint('abc')"
        page.reload()
        cell.locator(".ace_editor", has_text="print('abc')").wait_for()


def test_keys_pressed_while_an_answer_loads_are_the_answer(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        with held(page, "**/laboratory/laboratory.js"):
            page.locator(f"#cell-{TELLS} .laboratory-run").click()
            page.keyboard.type("tell(w=[1, 1, 1], b=-1.5)")
            page.keyboard.press("Control+Enter")
        page.locator(f"#cell-answer-{TELLS} .laboratory-state", has_text="passed").wait_for()
        assert page.locator(f"#cell-answer-{TELLS} .ace_editor", has_text="b=-1.5").is_visible()


def test_keys_pressed_while_the_place_for_words_loads_are_in_it(browser, published):
    with opened(browser, f"{published}/{ASSIGNMENT}") as page:
        place, box = page.locator(f"#cell-{IN_WORDS}"), page.locator(f"#cell-{IN_WORDS} textarea")
        for first, second in (("", "A line"), ("A line", " has two sides.")):
            with held(page, "**/laboratory/laboratory.js"):
                if not first:
                    place.locator("button", has_text="Write your answer").click()
                    page.keyboard.type(second)
            box.wait_for()
            place.locator("[role=status]", has_text="kept in this browser").wait_for()
            if first:
                box.press("Control+End")
                page.keyboard.type(second)
            assert box.input_value() == first + second and place.locator("p").is_hidden()
            page.reload()
        box.wait_for()
        assert box.input_value() == "A line has two sides."


def test_a_word_that_is_being_composed_is_not_taken_away(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell, keys = page.locator(f"#{GATES}"), page.context.new_cdp_session(page)
        with held(page, "**/laboratory/ace/ace.js"):
            cell.locator("button", has_text="Edit").click()
            keys.send("Input.imeSetComposition", {"text": "# 中", "selectionStart": 3, "selectionEnd": 3})
        page.locator("script[src*='ext-language_tools']").wait_for(state="attached")
        page.wait_for_load_state("networkidle")
        assert cell.locator(".ace_editor").count() == 0
        keys.send("Input.insertText", {"text": "# 中文\n"})
        cell.locator(".ace_editor", has_text="# 中文").wait_for()
        page.keyboard.type("x = 1\n")
        assert page.evaluate("ace.edit(document.querySelector('.ace_editor')).getValue()").startswith("# 中文\nx = 1\n")


def test_focus_that_has_moved_on_is_not_taken_back(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        with held(page, "**/laboratory/ace/ace.js"):
            page.locator(f"#{GATES} button", has_text="Edit").click()
            page.keyboard.press("Shift+Tab")
            focused = page.evaluate_handle("document.activeElement")
        page.locator(f"#{GATES} .ace_editor").wait_for()
        assert focused.evaluate("element => element === document.activeElement && element !== document.body")


def test_without_its_editor_a_cell_is_changed_in_a_plain_box(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        page.context.route("**/laboratory/ace/ace.js", lambda route: route.abort())
        cell.locator("button", has_text="Edit").click()
        page.locator(".laboratory-words", has_text="the editor could not be loaded").wait_for()
        page.keyboard.type("print('plain')\n")
        page.keyboard.press("Control+Enter")
        cell.locator(".laboratory-output", has_text="plain").wait_for()
        page.context.unroute("**/laboratory/ace/ace.js")
        cell.locator("button", has_text="Edit").click()
        cell.locator(".ace_editor", has_text="print('plain')").wait_for()


def test_a_laboratory_that_cannot_be_loaded_says_so_and_keeps_what_was_typed(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        page.context.route("**/_sources/**/*.ipynb", lambda route: route.abort())
        cell.locator("button", has_text="Edit").click()
        cell.locator("[role=alert]", has_text="could not be loaded").wait_for()
        page.keyboard.type("mine = 1\n")
        page.context.unroute("**/_sources/**/*.ipynb")
        cell.locator("button", has_text="Edit").click()
        cell.locator(".ace_editor", has_text="mine = 1").wait_for()
        assert cell.locator("[role=alert]").count() == 0


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "book").glob("*.ipynb")))
def test_the_code_on_a_page_is_the_code_of_its_notebook(site, name):
    page = BeautifulSoup((site / "book" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    cells = {f"cell-{cell['id']}": "".join(cell["source"]) for cell in notebook(name)["cells"]}
    shown = {cell["id"]: cell.select_one(".cell_input pre").get_text().removesuffix("\n") for cell in page.select(".cell.laboratory")}
    assert shown == {id: cells[id] for id in shown}


# --- checks ---


def test_a_practice_task_is_checked_and_its_mistakes_are_named(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#cell-{TELLS} .laboratory-run").click()
        answer = page.locator(f"#cell-answer-{TELLS}")
        answer.locator(".ace_editor").wait_for()
        for code, words in (("tell(w=[1, 1, 1], b=-0.5)", 'this is "or"'), ("tell(w=[1, 1, 1], b=-2.5)", 'this is "and"')):
            page.keyboard.press("Control+a")
            page.keyboard.type(code)
            answer.locator(".laboratory-run").click()
            answer.locator(".laboratory-error", has_text=words).wait_for()
            answer.locator(".ace_text-input").focus()
        page.keyboard.press("Control+a")
        page.keyboard.type("tell(w=[1, 1, 1], b=-1.5)")
        answer.locator(".laboratory-run").click()
        answer.locator(".laboratory-state", has_text="passed").wait_for()
        page.goto(f"{published}/book/your-progress.html")
        row = page.locator("tr", has_text="The neuron").first
        row.wait_for()
        assert re.search(r"\b1 of \d", row.inner_text())
        page.locator("button", has_text="Erase").first.click()
        page.locator("button", has_text="Yes, erase it").click()
        assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('nnfromscratch'))") == []


def test_an_answer_is_part_of_the_notebook_and_passes_only_if_it_calls_the_check(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#cell-{TELLS} .laboratory-run").click()
        answer = page.locator(f"#cell-answer-{TELLS}")
        answer.locator(".ace_editor", has_text="tell(w=..., b=...)").wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.type("# tell(w=[1, 1, 1], b=-1.5)\nprint(X.shape)")
        answer.locator(".laboratory-run").click()
        answer.locator(".laboratory-output pre", has_text="(4, 2)").wait_for()
        answer.locator(".laboratory-state", has_text="nothing was checked: call tell").wait_for()
        assert page.locator(".laboratory-passed").count() == 0
        with page.expect_download() as saved:
            choose(page, "Download notebook")
        downloaded = json.loads(saved.value.path().read_text(encoding="utf-8"))["cells"]
        place = next(i for i, cell in enumerate(downloaded) if cell["id"] == TELLS)
        assert "".join(downloaded[place + 1]["source"]).endswith("print(X.shape)")


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "book" / "exercises").glob("*.ipynb")))
def test_every_question_that_is_answered_in_words_has_a_place_for_it(site, name):
    page = BeautifulSoup((site / "book" / "exercises" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
    questions = [f"cell-{cell['id']}" for cell in notebook(f"exercises/{name}")["cells"] if answered_in_words(cell)]
    assert [place["id"] for place in page.select(".laboratory-in-words")] == questions != []


def test_an_answer_in_words_is_kept_downloaded_and_reset(browser, published):
    words = "A line has two sides.\n\n*Xor* needs more: $z > 0$."
    with opened(browser, f"{published}/{ASSIGNMENT}") as page:
        place = page.locator(f"#cell-{IN_WORDS}")
        assert place.locator("p", has_text="YOUR ANSWER HERE").is_visible()
        place.locator("button", has_text="Write your answer").click()
        box = page.get_by_role("textbox", name="Your answer in words")
        box.wait_for()
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
        page.keyboard.type("A line has two sides.")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type("*Xor* needs more: $z > 0$.")
        place.locator("[role=status]", has_text="kept in this browser").wait_for()
        page.reload()
        box.wait_for()
        assert box.input_value() == words and place.locator("p").is_hidden()
        with page.expect_download() as saved:
            choose(page, "Download notebook")
        downloaded = json.loads(saved.value.path().read_text(encoding="utf-8"))
        answers = {cell["id"]: cell for cell in downloaded["cells"]}
        original = {cell["id"]: cell for cell in notebook("exercises/01-neuron")["cells"]}
        assert "".join(answers[IN_WORDS]["source"]) == words
        assert {**answers[IN_WORDS], "source": ""} == {**original[IN_WORDS], "source": ""}, "nbgrader's data are as they were"
        second = page.context.new_page()
        second.goto(page.url)
        second.get_by_role("textbox", name="Your answer in words").fill("something else")
        place.locator(".laboratory-conflict button", has_text="Use that version").click()
        assert box.input_value() == "something else"
        second.close()
        place.locator("button", has_text="Reset answer").click()
        assert place.locator("p").is_visible() and box.count() == 0
        assert page.evaluate("Object.keys(localStorage).filter(key => key.includes('#cell-'))") == []
        place.locator("button", has_text="Undo the reset").click()
        assert box.input_value() == "something else" and place.locator("p").is_hidden()
        page.reload()
        box.wait_for()
        assert box.input_value() == "something else"


def test_progress_is_exported_erased_and_imported(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#{GATES} button", has_text="Edit").click()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        page.keyboard.type("mine = 1\n")
        for quiz, right in enumerate([True, False]):  # the first answer to each question counts
            for correct in (right, not right):
                page.locator(".Quiz").nth(quiz).locator(f".MCButton[data-correct={str(correct).lower()}]").first.click()
        page.wait_for_timeout(100)
        page.goto(f"{published}/book/your-progress.html")
        row = page.locator("tr", has_text="The neuron").first
        row.wait_for()
        assert row.locator("td").nth(1).inner_text().startswith("1 of ") and row.locator("td").nth(3).inner_text() == "1"
        with page.expect_download() as saved:
            page.locator("button", has_text="Export").click()
        exported = saved.value.path().read_bytes()
        page.locator("button", has_text="Erase").first.click()
        page.locator("button", has_text="Yes, erase it").click()
        assert row.locator("td").nth(3).inner_text() == "–" and row.locator("td").nth(1).inner_text().startswith("0 of ")
        chosen = page.locator("#progress-table input[type=file]")
        chosen.set_input_files({"name": "other.json", "mimeType": "application/json", "buffer": b'{"a": 1}'})
        page.get_by_text("This is not a file that was exported here.").wait_for()
        chosen.set_input_files({"name": "progress.json", "mimeType": "application/json", "buffer": exported})
        page.get_by_text("entries were imported").wait_for()
        assert row.locator("td").nth(1).inner_text().startswith("1 of ") and row.locator("td").nth(3).inner_text() == "1"
        page.goto(f"{published}/{CHAPTER}")
        page.locator(f"#{GATES} .ace_editor", has_text="mine = 1").wait_for()


def test_without_storage_the_page_of_progress_says_so_whatever_is_pressed(browser, published):
    with opened(browser, "about:blank") as page:
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } })"
        )
        page.goto(f"{published}/book/your-progress.html")
        status, faults = page.locator("#progress-table [role=status]"), []
        status.filter(has_text="Your browser stores nothing for this site (blocked)").wait_for()
        page.on("pageerror", lambda error: faults.append(str(error)))
        for words in ("Export", "Erase", "Yes, erase it"):
            status.evaluate("status => { status.textContent = ''; }")
            page.get_by_role("button", name=words, exact=True).click()
            if words != "Erase":
                assert "stores nothing" in status.inner_text(), words
        chosen = page.locator("#progress-table input[type=file]")
        exported = b'{"format": "nnfromscratch-progress-1", "entries": {"a": "b"}}'
        chosen.set_input_files({"name": "progress.json", "mimeType": "application/json", "buffer": exported})
        status.filter(has_text="stores nothing").wait_for()
        page.wait_for_timeout(100)
        assert faults == []


@pytest.mark.parametrize("damaged", ["null", "{", "5"])
def test_a_damaged_record_of_quiz_answers_is_begun_anew(browser, published, damaged):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        key = page.evaluate("`nnfromscratch${location.pathname.replace('.html', '')}#quiz`")
        page.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, damaged])
        page.locator(".Quiz .MCButton[data-correct=true]").first.click()
        page.wait_for_timeout(100)
        assert faults == [] and json.loads(page.evaluate("key => localStorage[key]", key)) == {"0": True}


def test_the_pages_state_how_much_is_loaded(site):
    sizes = {name: entry["size"] for name, entry in json.loads((site / "laboratory" / "files.json").read_text()).items() if "size" in entry}
    first, plots = round((sum(sizes.values()) - sizes["plotting"]) / 1e6), round(sizes["plotting"] / 1e6)
    for page in ("index", "students", "running-a-term"):
        assert f"about {first} MB" in (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    words = (ROOT / "book" / "running-a-term.md").read_text(encoding="utf-8")
    assert f"another {plots} MB" in words and f"about {round(sum(sizes.values()) / 1e6)} MB larger" in words


def solved(name):
    """Return {id: source} of the cells of a solved assignment."""
    cells = json.loads((ROOT / "coursework" / "solved" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def test_an_assignment_solved_on_the_page_passes_and_is_downloaded_as_it_was(browser, published):
    answers = {id: source for id, source in solved("01-neuron").items() if not id.startswith("test-")}
    with opened(browser, f"{published}/{ASSIGNMENT}") as page:
        laboratory(page)
        page.evaluate(
            """async answers => {
              for (const cell of laboratory.cells) {
                const text = answers[cell.id];
                if (text !== undefined && text !== cell.text) { await cell.edit(false); cell.write(text); }
              }
              await within(laboratory.runAll(), 300, "the assignment");
            }""",
            answers,
        )
        tests = [cell["id"] for cell in notebook("exercises/01-neuron")["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
        passed = page.evaluate("laboratory.cells.filter(cell => cell.passed).map(cell => cell.id)")
        assert passed == [id for id in tests if id.startswith("test-")]
        with page.expect_download() as saved:
            choose(page, "Download notebook")
        downloaded = json.loads(saved.value.path().read_text(encoding="utf-8"))
    original = notebook("exercises/01-neuron")
    assert downloaded["metadata"] == original["metadata"]
    assert [(cell["id"], cell["metadata"]) for cell in downloaded["cells"]] == [
        (cell["id"], cell["metadata"]) for cell in original["cells"]
    ]
    sources = {cell["id"]: "".join(cell["source"]) for cell in downloaded["cells"]}
    assert {id: sources[id] for id in answers if id in sources and id != "setup"} == {
        id: text for id, text in answers.items() if id != "setup"
    }


# --- what has to run ---

COUNT = """() => {
  window.runs = {};
  for (const cell of laboratory.cells) {
    const begin = cell.begin.bind(cell);
    cell.begin = ask => { runs[cell.id] = (runs[cell.id] ?? 0) + 1; return begin(ask); };
  }
}"""


def test_an_answer_runs_only_the_cells_that_it_needs(browser, published):
    """On this page, the first task needs none of the trainings, which take a minute."""
    with opened(browser, f"{published}/book/08-mnist.html") as page:
        laboratory(page)
        page.evaluate(COUNT)
        answer_task(page, "f0e29b9e", "tell(n=4 * 0.96 * 0.04 / 0.005**2)")
        page.locator("#cell-answer-f0e29b9e .laboratory-state", has_text="passed").wait_for()
        assert set(page.evaluate("runs")) == {"f0e29b9e", "answer-f0e29b9e"}
        answer_task(page, "f0e29b9e", "tell(n=np.float64(1))")
        assert page.evaluate("runs") == {"0c9e4862": 1, "f0e29b9e": 1, "answer-f0e29b9e": 2}
        answer_task(page, "f0e29b9e", "tell(n=(")
        page.locator("#cell-answer-f0e29b9e .laboratory-error", has_text="SyntaxError").wait_for()
        assert page.evaluate("runs")["answer-f0e29b9e"] == 3 and len(page.evaluate("runs")) == 3


FACTORS = "s = X @ W[:, 0] + b[0]\ntell_factors(2 * s, binary_step(s), binary_step(-s))"
PENALIZED = "tell_penalized(grads['W1'] + 0.1 * params['W1'])"


@pytest.mark.parametrize("runs_it", [False, True], ids=["not run", "run alone"])
@pytest.mark.parametrize(
    ("name", "edited", "old", "new", "check", "answer"),
    [
        ("01-neuron", "416f509e", "print(", "# mine\nprint(", "538fc9d5", FACTORS),
        ("05a-any-number-of-layers", "2fa2f5de", "dZ = dA *", "dZ = 2 * dA *", "a3a83891", PENALIZED),
    ],
    ids=["a comment", "another formula"],
)
def test_an_answer_is_right_after_an_earlier_cell_was_edited(browser, published, name, edited, old, new, check, answer, runs_it):
    with opened(browser, f"{published}/book/{name}.html") as page:
        laboratory(page)
        page.evaluate(f"within(laboratory.runAbove('cell-{check}'), 400, 'the page')")
        answer_task(page, check, answer)
        state = page.locator(f"#cell-answer-{check} .laboratory-state")
        assert state.inner_text() == "passed ✓"
        page.evaluate(
            """async ([id, old, now, runsIt]) => {
              const cell = laboratory.cells.find(cell => cell.id === id);
              await cell.edit();
              cell.write(cell.text.replace(old, now));
              if (runsIt) await within(laboratory.run(cell.element.id), 120, "the cell");
            }""",
            [edited, old, new, runs_it],
        )
        answer_task(page, check, answer + "  # again")
        assert state.inner_text() == "passed ✓"
        page.evaluate("id => laboratory.cells.find(cell => cell.id === id).restore()", edited)
        answer_task(page, check, answer)
        assert state.inner_text() == "passed ✓"


def test_code_without_output_is_not_called_outdated(page):
    run(page, "x = 1")
    page.evaluate("laboratory.cells.find(cell => cell.element && !cell.own).write('x = 2')")
    assert not page.get_by_text("The output is from different code").first.is_visible()


def test_what_a_waiting_run_has_run_does_not_run_again(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        page.evaluate(COUNT)
        page.evaluate(
            f"""() => {{
              const answer = laboratory.cells.find(cell => cell.own);
              window.done = answer.edit().then(() => {{
                answer.write("tell(w=[1, 1, 1], b=-1.5)");
                return Promise.all([laboratory.run("{GATES}"), laboratory.run(answer.element.id), laboratory.run(answer.element.id)]);
              }});
            }}"""
        )
        page.locator(f"#cell-answer-{TELLS} .laboratory-state", has_text="waiting for its turn").wait_for()
        assert page.evaluate("within(done, 60, 'the runs')") == [True, True, True]
        assert {id: count for id, count in page.evaluate("runs").items() if count > 1} == {f"answer-{TELLS}": 2}


def test_python_restarts_while_a_cell_runs(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        run(page, "1 + 1")
        run_until_stopped(page)
        page.evaluate("() => { laboratory.run(laboratory.cells.filter(cell => cell.element)[1].element.id); }")
        choose(page, "Restart")
        assert page.locator(".laboratory-more[open]").count() == 0 and page.locator(".laboratory-more summary:focus").count() == 1
        page.locator(".laboratory-words", has_text="Python is ready").wait_for()
        assert page.locator("[aria-busy], .laboratory-state:has-text('waiting')").count() == 0
        assert printed(run(page, "1 + 1")) == "2"


def test_a_python_that_ends_on_its_own_is_started_again(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        run(page, "import os\nos._exit(3)")
        assert printed(run(page, "1 + 1")) == "2"


def test_a_lost_connection_is_reported_and_python_goes_on(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        page.context.route("**/laboratory/*.bin", lambda route: route.abort())
        run(page, "kept = 7")
        page.locator(".laboratory-words", has_text="Python could not be loaded").wait_for()
        page.context.unroute("**/laboratory/*.bin")
        run(page, "kept = 7")
        page.context.route("**/laboratory/plotting*.bin", lambda route: route.abort())
        error = message(run(page, "import matplotlib.pyplot as plt\nplt.plot([1, 2])"), "error")
        assert "could not be loaded" in error["message"] and "Check your connection" in error["hint"]
        page.context.unroute("**/laboratory/plotting*.bin")
        assert printed(run(page, "kept")) == "7"
        assert message(run(page, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"), "display")


def test_files_of_the_reader_are_there_after_a_restart(browser, published, tmp_path):
    path = tmp_path / "heights.csv"
    path.write_text("1.5\n")
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        with page.expect_file_chooser() as chooser:
            choose(page, "Add a file")
        chooser.value.set_files(path)
        page.locator(".laboratory-words", has_text="heights.csv").wait_for()
        page.evaluate("laboratory.restart()")
        assert printed(run(page, "open('heights.csv').read()")) == "'1.5\\n'"


# --- odd texts and outputs ---


def test_more_than_a_page_can_show_is_cut(page):
    messages = run(page, "for i in range(2_000):\n    display(i)\n'x' * 3_000_000")
    assert len([one for one in messages if one["kind"] == "display"]) == 500
    assert message(messages, "left_out")["values"] == 1_501
    value = printed(run(page, "'x' * 3_000_000"))
    assert len(value) < 101_000 and value.endswith("more characters")
    assert len(message(run(page, "raise ValueError('x' * 3_000_000)"), "error")["message"]) < 101_000


def test_text_with_the_line_ends_of_windows_is_stored_like_any_other(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        cell.locator("button", has_text="Edit").click()
        cell.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.evaluate("ace.edit(document.querySelector('.ace_editor')).onPaste('x = 1\\r\\nprint(\"é\", x)\\r\\n')")
        page.keyboard.press("Control+Enter")
        cell.locator(".laboratory-output", has_text="é 1").wait_for()
        assert kept_of_cells(page)[0]["text"] == 'x = 1\nprint("é", x)\n'


def test_tabs_among_spaces_are_explained(page):
    error = message(run(page, "if True:\n        x = 1\n\ty = 2"), "error")
    assert error["name"] == "TabError" and "Start every line with spaces" in error["hint"]


def test_a_cell_without_text_stays_so(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        cell = page.locator(f"#{GATES}")
        cell.locator("button", has_text="Edit").click()
        cell.locator(".ace_editor").wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
        page.reload()
        cell.locator(".ace_editor").wait_for()
        assert page.evaluate("ace.edit(document.querySelector('.ace_editor')).getValue()") == ""
        cell.locator(".laboratory-run").click()
        cell.locator(".laboratory-state", has_text="finished").wait_for()


def test_the_reader_is_asked_before_leaving_with_work_that_is_not_kept(browser, published):
    with opened(browser, f"{published}/{ASSIGNMENT}") as page:
        asked = []
        page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
        page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); }; }")
        place = page.locator(f"#cell-{IN_WORDS}")
        place.locator("button", has_text="Write your answer").click()
        page.keyboard.type("lost?")
        place.locator(".laboratory-note", has_text="not kept when you leave this page: the storage of this site is full").wait_for()
        assert not place.get_by_text("kept in this browser").is_visible()
        page.reload()
        assert asked == ["beforeunload"]
        place.locator("button", has_text="Write your answer").click()
        page.keyboard.type("kept")
        place.get_by_text("kept in this browser").wait_for()
        page.reload()
        assert asked == ["beforeunload"]


@pytest.mark.parametrize(("page_name", "button"), [(CHAPTER, "Edit"), (ASSIGNMENT, "Write your answer")], ids=["code", "words"])
def test_the_reader_is_asked_before_leaving_with_work_that_nothing_has_taken_over(browser, published, page_name, button):
    with opened(browser, f"{published}/{page_name}") as page, held(page, "**/laboratory/laboratory.js"):
        asked = []
        page.on("dialog", lambda dialog: asked.append(dialog.type) or dialog.accept())
        for typed in ("", "new"):
            page.get_by_role("button", name=button, exact=True).first.click()
            page.keyboard.type(typed)
            page.reload()
        assert asked == ["beforeunload"]


# --- for everyone ---


def test_no_barriers_while_a_cell_runs_and_after_an_error(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        run(page, "print('some text')\n1 / 0")
        axe.prepare(page)
        assert axe.barriers(page) == []
        run_until_stopped(page)
        assert axe.barriers(page) == []
        axe.keep_new_looks(page, set())
        assert axe.pale(page) == []
        page.evaluate("laboratory.stop()")


def run_until_stopped(page):
    """Start a cell that does not end, and return when it runs."""
    page.evaluate("""() => {
      const cell = laboratory.cells.find(cell => cell.element);
      cell.write("print('on it')\\nwhile True: pass");
      laboratory.run(cell.element.id);
    }""")
    page.locator(".laboratory-output pre", has_text="on it").wait_for()


def test_a_file_of_the_reader_can_be_opened(page, tmp_path):
    path = tmp_path / "heights.csv"
    path.write_text("1.5\n1.7\n")
    with page.expect_file_chooser() as chooser:
        choose(page, "Add a file")
    chooser.value.set_files(path)
    page.locator(".laboratory-words", has_text="heights.csv").wait_for()
    assert printed(run(page, "open('heights.csv').read()")) == "'1.5\\n1.7\\n'"
