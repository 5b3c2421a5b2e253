"""What axe-core, the usual program that looks for barriers on web pages, reports about a page in the browser."""

import functools
import importlib.util
from pathlib import Path

COLORS = ["color-contrast", "link-in-text-block"]  # the rules whose answer depends on light or dark
MODERATE = ["region"]  # slow, and what it finds is never called serious
OPEN = "() => document.querySelectorAll('details').forEach(box => { box.open = true; })"
# Two thirds of a page's elements are glyphs of formulas, which hold nothing but their look, and colored words of code. Nobody meets a
# barrier there, but each rule would visit them all: the glyphs are taken away, and each piece of code is one text until the words are back.
WITHOUT_GLYPHS = "() => document.querySelectorAll('mjx-math[aria-hidden=true]').forEach(formula => formula.replaceChildren())"
CODE_AS_TEXT = """() => [...document.querySelectorAll("pre")].map(box => {
    const words = [...box.childNodes];
    box.textContent = box.textContent;
    return () => box.replaceChildren(...words);
})"""
# axe-core cannot measure colors on a gradient. The shadow at the edges of code and tables, which shows that they scroll, is removed.
WITHOUT_SHADE = """() => document.querySelectorAll("pre, .pst-scrollable-table-container").forEach(box => {
    box.style.backgroundImage = "none";
})"""
RUN = """async options => {
    await Promise.all(document.getAnimations().map(animation => animation.finished));      // no colors on their way to others
    const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false, ...options });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).flatMap(({ id, impact, nodes }) =>
        nodes.map(node => `${id} (${impact}): ${node.html.slice(0, 200)} | ${node.any.concat(node.all, node.none)[0]?.message}`));
}"""
# Colors are measured for each piece of text, slowly. Most of the thousands on a page look alike: of those with the same elements, classes,
# and styles, from the top of the page down (in tables also even and odd rows), one stands for all, on this page and on those that share
# its style sheets, and the others are taken away.
ONE_OF_EACH_LOOK = """known => {
    const looks = new Map(), seen = new Set(known), first = [];
    const look = element => {      // a number for each, that of its parent counted in: the looks of all pages are many and long
        if (!element) return 0;
        if (!looks.has(element)) {
            const row = element.localName === "tr" ? element.rowIndex % 2 : "", classes = element.className?.baseVal ?? element.className;
            const own = [element.localName, row, classes, element.getAttribute("style"), element.disabled].join(" ");
            const add = (sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)) | 0;
            looks.set(element, [...own].reduce(add, look(element.parentElement)));
        }
        return looks.get(element);
    };
    const kept = new Set([document.documentElement]);
    for (const element of document.body.querySelectorAll("*")) {
        const itself = look(element);
        if (seen.has(itself)) continue;
        seen.add(itself);
        first.push(itself);
        for (let part = element; part && !kept.has(part); part = part.parentElement) kept.add(part);
    }
    // A figure draws itself again in other colors: its parts stay, unseen.
    for (const figure of document.querySelectorAll(".nns-figure")) for (let part = figure; part; part = part.parentElement) kept.add(part);
    for (const element of document.body.querySelectorAll("*")) {
        if (kept.has(element)) continue;
        if (element.closest(".nns-figure")) element.style.setProperty("display", "none", "important");
        else element.remove();
    }
    return first;
}"""


@functools.cache
def script():
    """Return axe-core, which comes with a package of the tests' environment."""
    return (Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js").read_text(encoding="utf-8")


def prepare(page):
    """Load axe-core into a page, and open all its boxes."""
    page.evaluate(script())
    page.evaluate(OPEN)
    page.evaluate(WITHOUT_GLYPHS)
    page.evaluate(WITHOUT_SHADE)


def barriers(page):
    """Return the serious and critical findings on a prepared page, except those about colors."""
    put_back = page.evaluate_handle(CODE_AS_TEXT)
    found = page.evaluate(RUN, {"rules": {name: {"enabled": False} for name in COLORS + MODERATE}})
    put_back.evaluate("words => words.forEach(put => put())")
    return found


def keep_new_looks(page, known):
    """Keep on a page one text of each look that is not in the set `known`, to which it is added. Most of the page is gone afterwards."""
    known.update(page.evaluate(ONE_OF_EACH_LOOK, list(known)))


def pale(page):
    """Return the serious and critical findings about colors on a prepared page."""
    return page.evaluate(RUN, {"runOnly": {"type": "rule", "values": COLORS}})
