"""Drive figures in a browser as readers do: every control to both ends, by mouse and by keyboard, and look at what changes."""

import time
from contextlib import contextmanager

from environment import ROOT

SCREENSHOTS = ROOT / "_build" / "screenshots"
PATIENCE = 60  # seconds after which something that should have happened counts as broken; a test that passes never waits this long
# What is seen may be a megabyte of SVG and pixels. It is only compared, so a short digest is enough.
STATE = """root => {
    const digest = values => {
        let sum = values.length;
        for (let i = 0; i < values.length; i++) sum = (Math.imul(sum, 31) + values[i]) | 0;
        return sum;
    };
    const pixels = canvas => new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
    const pictures = [...root.querySelectorAll(".nns-picture")].map(picture => new TextEncoder().encode(picture.innerHTML));
    const canvases = [...root.querySelectorAll(".nns-picture canvas")].map(pixels);
    return { seen: [...pictures, ...canvases].map(digest).join(), said: root.querySelector(".nns-words").innerText };
}"""

# What a careful typesetter would mark: a hyphen where a minus sign belongs, and a sentence that does not start with a capital.
TYPOS = r"""figure => {
    const hyphen = /(?<![\p{L}\p{N}_])-(?=\.?\d)|\d[eE]-\d/u, small = /^\s*\p{Ll}\p{L}/u, found = [];
    const texts = document.createTreeWalker(figure, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.data, place = texts.currentNode.parentElement;
        if (hyphen.test(text) && !place.closest("pre, code, style, .nns-title")) found.push(`hyphen for minus: ${text}`);
    }
    for (const name of ["aria-label", "aria-valuetext", "alt"])
        for (const element of figure.querySelectorAll(`[${name}]`))
            if (hyphen.test(element.getAttribute(name))) found.push(`hyphen for minus: ${element.getAttribute(name)}`);
    for (const words of figure.querySelectorAll(".nns-words, .nns-outcome, .nns-remark, .nns-sum"))
        if (small.test(words.textContent)) found.push(`starts small: ${words.textContent}`);
    return found.map(text => text.slice(0, 160));
}"""

WINDOWS = {  # in which figures by themselves are driven; those on the site's pages meet the other colors, and motion, in their place
    "desktop, less motion": {"reduced_motion": "reduce"},
    "phone, dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "has_touch": True},
}
_tabs = {}  # {kind of window: the tab that the previous test left in order}: what pages share is read and compiled once


@contextmanager
def opened(browser, address, *, name, **context):
    """Open a page and yield it; afterwards nothing may have gone wrong. If something has, keep a screenshot and close the window."""
    kind = browser, repr(context)
    page = _tabs.pop(kind, None) or browser.new_context(**context).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.emulate_media(color_scheme=context.get("color_scheme"))
    page.mouse.move(0, 0)
    faults, host = [], address.split("/")[2]
    listeners = {
        "console": lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None,
        "pageerror": lambda error: faults.append(f"exception: {error}"),
        "request": lambda request: faults.append(f"asked another host: {request.url}") if _elsewhere(request.url, host) else None,
        "response": lambda response: faults.append(f"{response.status}: {response.url}") if response.status >= 400 else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        page.goto(address)
        yield page
        assert not faults, faults
    except BaseException:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
        page.context.close()
        raise
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    page.goto("about:blank")
    _tabs[kind] = page


def _elsewhere(url, host):
    return url.partition("://")[0] in ("http", "https", "ws", "wss") and url.split("/")[2] != host


def ready(page):
    """Wait until the figures of a published page are there; return them."""
    page.locator("html[data-figures=ready]").wait_for(state="attached")
    return page.locator(".nns-figure").all()


def state(figure):
    """Return what a figure shows and says."""
    return figure.evaluate(STATE)


def expect_change(figure, before, what, enough=all):
    """Wait until the picture and the words (or, for a small step, `any` of the two) have changed; return what they are now.

    They must be typeset well, too.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now = state(figure)
        same = [key for key in before if now[key] == before[key]]
        if enough(key not in same for key in before):
            typos = figure.evaluate(TYPOS)
            assert not typos, f"{what}: {typos}"
            return now
        time.sleep(0.01)
    raise AssertionError(f"{what}: what is {' and '.join(same)} did not change ({now['said'][:80]})")


def exercise(figure):
    """Move every control of a figure; return how many there were."""
    figure = figure.element_handle()  # found once; a locator would look for it again at each step
    controls = figure.query_selector_all(".nns-controls :is(input[type=range], select):not([data-later])")  # later: acts on steps to come
    for control in [control for control in controls if control.is_visible() and control.is_enabled()]:
        assert control.evaluate("control => control.labels.length") == 1, "a control without a label"
        (to_both_ends if control.get_attribute("type") == "range" else through_the_menu)(figure, control)
    for play in figure.query_selector_all(".nns-play"):
        watch(figure, play)
    return len(controls)


def to_both_ends(figure, slider):
    """Move a slider by its keys: to the start, to the end, one step back. Then to where it was or, if it can be played, to the end."""
    name, was, least, most = slider.evaluate("slider => [slider.labels[0].textContent, slider.value, slider.min, slider.max]")
    if least == most:
        return
    slider.press("Home")
    before = state(figure)
    slider.press("End")
    before = expect_change(figure, before, f"slider {name!r} with the key End")
    slider.press("ArrowLeft")
    expect_change(figure, before, f"slider {name!r} with the arrow key", enough=any)
    told, shown, plays = slider.evaluate("""slider => {
        const control = slider.parentElement;
        return [slider.ariaValueText, control.querySelector("output").textContent, control.querySelector(".nns-play") !== null];
    }""")
    assert told == shown
    if plays:
        slider.press("End")
    else:
        slider.evaluate("(slider, was) => { slider.value = was; slider.dispatchEvent(new Event('input', { bubbles: true })); }", was)


def through_the_menu(figure, menu):
    """Choose the first entry of a menu, the last, and the first again; the last step by keyboard.

    An entry such as "my own" is not chosen: it leaves everything as it is, for the reader to change.
    """
    name, options = menu.evaluate("menu => [menu.labels[0].textContent, [...menu.options].map(option => option.text)]")
    last = len([option for option in options if not option.startswith("my own")]) - 1
    if last == 0:
        return
    menu.select_option(index=0)
    before = state(figure)
    menu.select_option(index=last)
    before = expect_change(figure, before, f"menu {name!r}")
    menu.focus()
    for _ in range(last):
        menu.press("ArrowUp")
    expect_change(figure, before, f"menu {name!r} with the arrow keys")


def watch(figure, play):
    """Press play at the start, see the picture move, press pause."""
    play.query_selector("xpath=ancestor::*[contains(@class, 'nns-control')][1]//input[@type='range']").press("Home")
    before = state(figure)
    play.click()
    expect_change(figure, before, "play")
    play.evaluate("play => { if (play.getAttribute('aria-label').startsWith('Pause')) play.click(); }")  # it may end by itself
    assert play.get_attribute("aria-label").startswith("Play")


def shown_code(figure):
    """Return the code behind the button."""
    button = figure.get_by_role("button", name="Show the code")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    return figure.locator(".nns-code code").text_content()
