"""The laboratory with a screen reader and on a phone, as far as a machine can tell.

Chromium says what it would tell a screen reader, and takes the events of a touch screen and of a phone's keyboard. What a voice makes of
it, and how a real keyboard behaves, only people with these devices can say.
"""

import re
from contextlib import contextmanager

import pytest

from laboratory_driver import laboratory, opened, run

pytestmark = pytest.mark.browser

CHAPTER, ASSIGNMENT = "book/01-neuron.html", "book/exercises/01-neuron.html"
GATES, TELLS, IN_WORDS = "cell-f196308d", "cell-da35b457", "cell-explain-same"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
EVERY_PHONE = pytest.mark.parametrize("agent", [ANDROID, IPHONE], ids=["android", "iphone"])
WRITTEN = "ace.edit(document.querySelector('.ace_editor')).getValue()"


@contextmanager
def phone(browser, address, agent=ANDROID, height=844):
    """Yield a page on a small screen that is touched; editors behave as they do for such a browser."""
    context = browser.new_context(
        viewport={"width": 390, "height": height}, has_touch=True, is_mobile=True, device_scale_factor=2, user_agent=agent
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    yield page
    context.close()


def told(page, selector):
    """Return what the browser tells assistive technology about an element: its role, its name, and its states."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    found = session.send("Runtime.evaluate", {"expression": f"document.querySelector({selector!r})"})["result"]
    node = session.send("Accessibility.getPartialAXTree", {"objectId": found["objectId"], "fetchRelatives": False})["nodes"][0]
    session.detach()
    states = {state["name"]: state["value"].get("value") for state in node.get("properties", [])}
    return {"role": node["role"]["value"], "name": node["name"]["value"], **states}


@contextmanager
def keyboard(page):
    """Yield a phone's keyboard: `compose(text)` shows a word that is not final, `commit(text)` makes it final."""
    session = page.context.new_cdp_session(page)

    class Keyboard:
        def compose(self, text):
            session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})

        def commit(self, text):
            session.send("Input.insertText", {"text": text})

    yield Keyboard()
    session.detach()


# --- what a screen reader is told ---


def test_each_part_has_a_role_a_name_and_its_state(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        before = told(page, f"#{GATES} .laboratory-run")
        assert (before["role"], before["name"], before["focusable"]) == ("button", "Run", True)
        page.locator(f"#{GATES} button", has_text="Edit").click()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        cell = told(page, f"#{GATES}")
        assert cell["role"] == "group" and re.fullmatch(r"cell \d+", cell["name"])
        editor = told(page, f"#{GATES} .ace_text-input")
        assert editor["role"] == "textbox" and editor["multiline"] and editor["focused"]
        assert editor["name"].startswith(f"Code of {cell['name']}. Escape leaves the editor.")
        page.keyboard.press("Escape")
        outside = told(page, f"#{GATES} .ace_scroller")
        assert outside["focused"] and "press Enter to start editing" in outside["name"]
        assert told(page, ".laboratory-panel")["role"] == "region"
        for selector in (".laboratory-words", f"#{GATES} .laboratory-state"):
            assert told(page, selector)["role"] == "status" and told(page, selector)["live"] == "polite"


def test_the_end_of_a_run_its_output_and_its_error_are_announced(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        page.evaluate(
            """() => {
              window.said = [];
              const cell = laboratory.cells.find(cell => cell.element);
              new MutationObserver(() => said.push(cell.status.textContent)).observe(cell.status, { childList: true });
            }"""
        )
        run(page, "print('a line')")
        assert page.evaluate("said") == ["running …", "finished"]
        cell = f"#{page.evaluate('laboratory.cells.find(cell => cell.element).element.id')}"
        output = told(page, f"{cell} .laboratory-output pre")
        assert output["name"] == "Text" and output["focusable"]
        run(page, "1 / 0")
        assert page.evaluate("said").pop() == "ended with an error"
        error = told(page, f"{cell} .laboratory-error")
        assert error["role"] == "alert" and error["live"] == "assertive"
        assert page.locator(f"{cell} .laboratory-error").inner_text().startswith("ZeroDivisionError in line 1: division by zero")


def test_the_seconds_of_a_long_cell_are_shown_and_not_announced(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        laboratory(page)
        page.evaluate(
            """() => {
              window.said = [];
              window.shown = [];
              const { status, clock } = laboratory.cells.find(cell => cell.element);
              new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
              new MutationObserver(() => shown.push(clock.textContent)).observe(clock, { childList: true });
            }"""
        )
        cell = f"#{page.evaluate('laboratory.cells.find(cell => cell.element).element.id')}"
        run(page, "import time\ntime.sleep(3.5)")
        shown = [text for text in page.evaluate("shown") if text]
        assert all(text.endswith(" s") for text in shown)
        seconds = [int(text.removesuffix(" s")) for text in shown]  # a busy machine may skip one
        assert len(seconds) > 1 and seconds == sorted(set(seconds)) and seconds[0] > 0
        assert page.evaluate("said") == ["running …", "finished"] and page.locator(f"{cell} .laboratory-clock").inner_text() == ""
        clock = told(page, f"{cell} .laboratory-clock")
        assert (clock["role"], clock["name"], clock.get("live")) == ("timer", "Running for", None)
        assert page.evaluate(f"document.querySelector('{cell} .laboratory-clock').closest('[role=status], [aria-live]')") is None


def test_a_check_and_an_answer_in_words_have_names(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#{TELLS} .laboratory-run").click()
        page.locator(".laboratory-own .ace_editor").wait_for()
        assert told(page, ".laboratory-own")["name"] == "your answer"
        assert told(page, ".laboratory-own .laboratory-run")["name"] == "Check"
    with opened(browser, f"{published}/{ASSIGNMENT}") as page:
        page.locator(f"#{IN_WORDS} button").click()
        page.locator(".laboratory-answer").wait_for()
        answer = told(page, ".laboratory-answer")
        assert answer["role"] == "textbox" and answer["multiline"] and answer["focused"]
        assert re.match(r"Your answer in words: \d\. .+", answer["name"])


def test_the_editor_is_entered_and_left_by_keyboard_in_both_directions(browser, published):
    with opened(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#{GATES} button", has_text="Edit").click()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        inside = "document.activeElement.classList.contains('ace_text-input')"
        for key in ("Tab", "Shift+Tab"):
            assert page.evaluate(inside)
            page.keyboard.press("Escape")
            for _ in range(3):
                page.keyboard.press(key)
            assert not page.evaluate("document.activeElement.closest('.ace_editor') !== null")
            page.locator(f"#{GATES} .ace_scroller").focus()
            page.keyboard.press("Enter")


# --- a phone ---


@EVERY_PHONE
def test_cells_run_and_open_by_touch(browser, published, agent):
    with phone(browser, f"{published}/{CHAPTER}", agent) as page:
        page.locator(f"#{GATES} .laboratory-run").tap()
        page.locator(f"#{GATES} .laboratory-output pre", has_text="and [0, 0, 0, 1]").wait_for()
        page.locator(f"#{GATES} button", has_text="Edit").tap()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        assert page.evaluate("document.activeElement.matches('.ace_text-input')"), "the keyboard would not open"
        assert page.evaluate("['autocapitalize', 'autocorrect', 'spellcheck'].map(name => document.activeElement.getAttribute(name))") == [
            "off",
            "off",
            "false",
        ]


@EVERY_PHONE
def test_words_of_a_phones_keyboard_arrive_once(browser, published, agent):
    """Such a keyboard shows a word while it is written, replaces it when it is corrected, and makes it final with a space or a tap."""
    with phone(browser, f"{published}/{CHAPTER}", agent) as page, keyboard(page) as keys:
        page.locator(f"#{GATES} button", has_text="Edit").tap()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        page.evaluate("ace.edit(document.querySelector('.ace_editor')).selectAll()")
        page.keyboard.press("Delete")
        for word in ("p", "pr", "pri", "prnt", "print"):
            keys.compose(word)
        keys.commit("print")
        keys.commit("(")
        keys.commit("6*7)")
        page.keyboard.press("Enter")
        for word in ("n", "na", "naïve", ""):
            keys.compose(word)
        keys.commit("x = 1")
        page.keyboard.press("Backspace")
        keys.commit("2")
        assert page.evaluate(WRITTEN) == "print(6*7)\nx = 2"
        page.locator(f"#{GATES} .laboratory-run").tap()
        page.locator(f"#{GATES} .laboratory-output pre", has_text="42").wait_for()


@EVERY_PHONE
def test_an_answer_in_words_is_written_on_a_phone(browser, published, agent):
    with phone(browser, f"{published}/{ASSIGNMENT}", agent) as page, keyboard(page) as keys:
        page.locator(f"#{IN_WORDS} button").tap()
        page.locator(".laboratory-answer").wait_for()
        for word in ("B", "Be", "Bec", "Because"):
            keys.compose(word)
        keys.commit("Because ")
        keys.commit("🙂")
        assert page.locator(".laboratory-answer").input_value() == "Because 🙂"
        page.locator(f"#{IN_WORDS} [role=status]", has_text="kept in this browser").wait_for()
        page.reload()
        page.locator(".laboratory-answer").wait_for()
        assert page.locator(".laboratory-answer").input_value() == "Because 🙂"


def test_the_line_that_is_written_is_not_covered(browser, published):
    """An open keyboard leaves about 400 pixels of a phone's screen, and the laboratory's panel is at their lower end."""
    with phone(browser, f"{published}/{CHAPTER}", height=400) as page:
        page.locator(f"#{GATES} button", has_text="Edit").tap()
        page.locator(f"#{GATES} .ace_editor").wait_for()
        page.keyboard.press("Control+End")
        for number in range(20):
            page.keyboard.type(f"\nx{number} = {number}")
        page.wait_for_timeout(300)
        line, panel = (page.evaluate(f"document.querySelector('{selector}').getBoundingClientRect().toJSON()")
                       for selector in (f"#{GATES} .ace_cursor", ".laboratory-panel"))  # fmt: skip
        assert 0 <= line["top"] and line["bottom"] <= panel["top"]


def test_everything_can_be_hit_with_a_finger_and_nothing_is_wider_than_the_screen(browser, published):
    with phone(browser, f"{published}/{CHAPTER}") as page:
        page.locator(f"#{TELLS} .laboratory-run").tap()
        page.locator(".laboratory-own .ace_editor").wait_for()
        page.locator(".laboratory-more").evaluate("box => { box.open = true; }")
        small = page.evaluate(
            """() => [...document.querySelectorAll(".laboratory-bar button, .laboratory-panel button, .laboratory-panel summary")]
              .map(button => ({ words: button.textContent, box: button.getBoundingClientRect() }))
              .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24)).map(({ words }) => words)"""
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
