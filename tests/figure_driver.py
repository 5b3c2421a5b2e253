"""Drive figures in a browser as readers do: every control to both ends, by mouse and by keyboard, and look at what changes."""

import time
from contextlib import contextmanager
from pathlib import Path

SCREENSHOTS = Path(__file__).parent.parent / "_build" / "screenshots"
PATIENCE = 120      # seconds after which something that should happen is held to be broken; no test waits so long that passes
SEEN = """root => [...root.querySelectorAll(".nns-picture")].map(picture => picture.innerHTML +
    [...picture.querySelectorAll("canvas")].map(canvas => canvas.toDataURL()).join()).join()"""


@contextmanager
def opened(browser, address, *, name, **context):
    """Open a page and yield it; afterwards nothing may have gone wrong. If something has, keep a screenshot."""
    context = browser.new_context(**context)
    context.set_default_timeout(PATIENCE * 1000)
    page, faults = context.new_page(), []
    host = address.split("/")[2]
    page.on("console", lambda message: faults.append(f"console: {message.text}") if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    page.on("request", lambda request: faults.append(f"asked another host: {request.url}") if _elsewhere(request.url, host) else None)
    page.on("response", lambda response: faults.append(f"{response.status}: {response.url}") if response.status >= 400 else None)
    try:
        page.goto(address)
        yield page
        assert not faults, faults
    except BaseException:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")
        raise
    finally:
        context.close()


def _elsewhere(url, host):
    return url.partition("://")[0] in ("http", "https", "ws", "wss") and url.split("/")[2] != host


def ready(page):
    """Wait until the figures of a published page are there; return them."""
    page.locator("html[data-figures=ready]").wait_for(state="attached")
    return page.locator(".nns-figure").all()


def state(figure):
    """Return what a figure shows and says."""
    return {"seen": figure.evaluate(SEEN), "said": figure.locator(".nns-words").first.inner_text()}


def expect_change(figure, before, what, of=("seen", "said")):
    """Wait until the picture and the words have changed, however slow the machine is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        now = state(figure)
        same = [key for key in of if now[key] == before[key]]
        if not same:
            return
        figure.page.wait_for_timeout(20)
    raise AssertionError(f"{what}: what is {' and '.join(same)} did not change ({now['said'][:80]})")


def exercise(figure):
    """Move every control of a figure; return how many there were."""
    controls = figure.locator(".nns-controls :is(input[type=range], select)").all()
    for control in [control for control in controls if control.is_visible() and control.is_enabled()]:
        assert control.evaluate("control => control.labels.length") == 1, "a control without a label"
        (to_both_ends if control.get_attribute("type") == "range" else through_the_menu)(figure, control)
    for play in figure.locator(".nns-play").all():
        watch(figure, play)
    return len(controls)


def to_both_ends(figure, slider):
    """Move a slider by its keys: to the start, to the end, one step back. Then to where it was, or, where it can be played, to the end."""
    if slider.get_attribute("min") == slider.get_attribute("max"):
        return
    name, was = slider.evaluate("slider => [slider.labels[0].textContent, slider.value]")
    slider.press("Home")
    before = state(figure)
    slider.press("End")
    expect_change(figure, before, f"slider {name!r} with the key End")
    before = state(figure)
    slider.press("ArrowLeft")
    expect_change(figure, before, f"slider {name!r} with the arrow key", of=["said"])
    assert slider.get_attribute("aria-valuetext") == slider.evaluate("slider => slider.parentElement.querySelector('output').textContent")
    if slider.evaluate("slider => slider.parentElement.querySelector('.nns-play') !== null"):
        slider.press("End")
    else:
        slider.evaluate("(slider, was) => { slider.value = was; slider.dispatchEvent(new Event('input', { bubbles: true })); }", was)


def through_the_menu(figure, menu):
    """Choose the first entry of a menu, the last, and the first again; the last step by keyboard."""
    options = menu.locator("option").count()
    if options == 1:
        return
    name = menu.evaluate("menu => menu.labels[0].textContent")
    menu.select_option(index=0)
    before = state(figure)
    menu.select_option(index=options - 1)
    expect_change(figure, before, f"menu {name!r}")
    before = state(figure)
    menu.focus()
    for _ in range(options - 1):
        menu.press("ArrowUp")
    expect_change(figure, before, f"menu {name!r} with the arrow keys")


def watch(figure, play):
    """Press play at the start, see the picture move, press pause."""
    play.locator("xpath=ancestor::*[contains(@class, 'nns-control')][1]//input[@type='range']").press("Home")
    before = state(figure)
    play.click()
    expect_change(figure, before, "play")
    if play.get_attribute("aria-label").startswith("Pause"):
        play.click()
    assert play.get_attribute("aria-label").startswith("Play")


def shown_code(figure):
    """Return the code behind the button."""
    button = figure.get_by_role("button", name="Show the code")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
    return figure.locator(".nns-code code").text_content()
