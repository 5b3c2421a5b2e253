"""Every control of every kind of figure, pushed past its limits with a mouse, with a finger, and with keys."""

import pytest

import reader_figures
from figure_driver import expect_change, opened, ready, state
from figure_kinds import one_of_each
from nnfromscratch.widgets import ScoreBars
from widget_pages import write_page

pytestmark = pytest.mark.browser

FAR = 900  # pixels; farther than any figure is wide
NO_NUMBER = """figure => [...figure.querySelectorAll(".nns-picture, .nns-words, .nns-controls")]
    .flatMap(part => part.outerHTML.match(/.{0,60}(NaN|undefined|Infinity).{0,30}/g) ?? [])"""
PRESS_UNTIL_IT_STOPS = """(handle, key) => {
    const told = () => handle.getAttribute("aria-valuetext");
    for (let presses = 0, was = ""; presses < 300; presses++) {
        if (told() === was) return was;
        was = told();
        handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, shiftKey: true }));
    }
    return null;  // it still moves
}"""
WHERE = "(handle, name) => +handle.getAttribute(`aria-value${name}`)"


DESKTOP = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "has_touch": True, "is_mobile": True}


class Mouse:
    """A mouse on a desktop."""

    def __init__(self, page):
        self.mouse = page.mouse

    def press(self, x, y):
        self.mouse.move(x, y)
        self.mouse.down()

    def move(self, x, y):
        self.mouse.move(x, y, steps=2)

    def release(self):
        self.mouse.up()


class Finger:
    """A finger on a phone: events of a real touch screen, which the page may also take as scrolling."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)

    def touch(self, kind, *points):
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    def press(self, x, y):
        self.at = x, y
        self.touch("touchStart", self.at)

    def move(self, x, y):
        (x0, y0), self.at = self.at, (x, y)
        for part in (0.1, 0.5, 1):
            self.touch("touchMove", (x0 + part * (x - x0), y0 + part * (y - y0)))

    def release(self):
        self.touch("touchEnd")


@pytest.fixture(scope="module")
def kinds():
    return one_of_each()


@pytest.fixture(scope="module")
def address(kinds, served, tmp_path_factory):
    return served(write_page(tmp_path_factory.mktemp("site"), *kinds.values())) + "/index.html"


def middle(element):
    """Bring an element into the middle of the window; return where its center is."""
    element.evaluate("element => element.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def visible(figure, selector):
    """Return the elements that a reader can operate."""
    return [element for element in figure.query_selector_all(selector) if element.is_visible() and element.is_enabled()]


def name_of(control):
    return control.evaluate("control => control.labels?.[0]?.textContent ?? control.ariaLabel")


def push_sliders(figure, hand):
    """Drag each slider past both of its ends and back; return how many there were."""
    sliders = visible(figure, ".nns-controls input[type=range], .nns-grid input[type=range]")
    for slider in sliders:
        x, y = middle(slider)
        name, least, most = name_of(slider), slider.get_attribute("min"), slider.get_attribute("max")
        seen = []
        hand.press(x, y)
        for far, limit in ((-FAR, least), (FAR, most)):
            hand.move(x + far, y)
            assert float(slider.input_value()) == pytest.approx(float(limit), abs=0.05), f"{name!r} does not reach {limit}"
            seen.append(state(figure))
        hand.move(x, y)
        hand.release()
        assert least == most or seen[0] != seen[1] or slider.get_attribute("data-later") is not None, f"{name!r} shows nothing"
    return len(sliders)


def push_handles(figure, hand):
    """Drag each handle far out of the picture in four directions and back; return how many there were."""
    handles = visible(figure, ".nns-handle")
    for handle in handles:
        x, y = middle(handle)
        told = set()
        hand.press(x, y)
        for dx, dy in ((-FAR, 0), (0, -FAR), (FAR, 0), (0, FAR)):
            hand.move(x + dx, y + dy)
            told.add(handle.get_attribute("aria-valuetext"))
            now, least, most = (handle.evaluate(WHERE, name) for name in ("now", "min", "max"))
            assert least - 1e-9 <= now <= most + 1e-9, f"{name_of(handle)!r} is at {now}, outside its range"
        hand.move(x, y)
        hand.release()
        assert len(told) > 1, f"{name_of(handle)!r} does not move"
    return len(handles)


def push_sheets(figure, hand):
    """Draw from the middle of each sheet past all of its edges; return how many there were."""
    sheets = visible(figure, ".nns-picture canvas[tabindex='0'][data-lm-suppress-shortcuts]")
    for sheet in sheets:
        x, y = middle(sheet)
        before = state(figure)
        hand.press(x, y)
        for dx, dy in ((-FAR, 0), (0, -FAR), (FAR, 0), (0, FAR)):
            hand.move(x + dx, y + dy)
        hand.release()
        expect_change(figure, before, name_of(sheet), enough=any)
    return len(sheets)


def tap(figure, hand):
    """Tap the first and the last cell of a matrix, neuron of a network, and a corner of a plane; return how many there were."""
    parts = [visible(figure, selector) for selector in (".nns-cell.nns-result", ".nns-node", ".nns-field > svg")]
    taps = [part for found in parts for part in found[:: len(found) - 1 or 1]]
    for part in taps:
        x, y = middle(part)
        before = state(figure)
        hand.press(x, y)
        hand.release()
        expect_change(figure, before, f"tap on {part.evaluate('part => part.ariaLabel ?? part.textContent')!r}", enough=any)
    return len(taps)


def push_keys(figure):
    """Press the keys of each slider and each handle until nothing moves any more; return how many there were."""
    sliders = visible(figure, ".nns-controls input[type=range]")
    for slider in sliders:
        for keys, limit in (("Home", "min"), ("ArrowLeft", "min"), ("End", "max"), ("ArrowRight", "max")):
            slider.press(keys)
            assert slider.input_value() == slider.evaluate("(slider, limit) => String(+slider[limit])", limit), name_of(slider)
    handles = visible(figure, ".nns-handle")
    for handle in handles:
        told = set()
        for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
            told.add(handle.evaluate(PRESS_UNTIL_IT_STOPS, key))
        assert None not in told, f"{name_of(handle)!r} has no limit"
        assert len(told) > 1, f"{name_of(handle)!r} does not move"
    return len(sliders) + len(handles)


@pytest.mark.parametrize("hand, window", [(Mouse, DESKTOP), (Finger, PHONE)], ids=["mouse", "finger"])
def test_what_can_be_dragged_stops_at_its_limits(browser, address, kinds, hand, window):
    with opened(browser, address, name=f"limits-{hand.__name__}", **window) as page:
        for kind, locator in zip(kinds, ready(page), strict=True):
            figure, by = locator.element_handle(), hand(page)
            assert sum(push(figure, by) for push in (push_sliders, push_handles, push_sheets, tap)) > 0, kind
            assert figure.evaluate(NO_NUMBER) == [], kind


def test_what_keys_move_stops_at_its_limits(browser, address, kinds):
    with opened(browser, address, name="limits-keys", **DESKTOP) as page:
        for kind, locator in zip(kinds, ready(page), strict=True):
            figure = locator.element_handle()
            assert push_keys(figure) > 0, kind
            assert figure.evaluate(NO_NUMBER) == [], kind


def test_the_readers_own_stop_at_their_limits(browser, served, tmp_path):
    """A reader's own networks and data, and the scores that are farthest apart."""
    my = reader_figures.made()
    figures = {name: my[name] for name in reader_figures.CELLS} | {"far": ScoreBars([100, -100], truth=1, temperature=0.05)}
    with opened(browser, served(write_page(tmp_path, *figures.values())) + "/index.html", name="limits-own", **DESKTOP) as page:
        for name, locator in zip(figures, ready(page), strict=True):
            figure, by = locator.element_handle(), Mouse(page)
            assert figure.evaluate(NO_NUMBER) == [], name
            assert sum(push(figure, by) for push in (push_sliders, push_handles, push_sheets, tap)) > 0, name
            assert figure.evaluate(NO_NUMBER) == [], name
