"""Link the first use of every glossary term in each chapter to the glossary: {term}`word`, or {term}`words <word>`.

Only running text counts: no code, formulas, tables, headings, boxes, nor the list of what a chapter is about. A link that comes
later than the first use moves there. Running it twice changes nothing.

    python -m tools.notebooks.link_terms
"""

import json
import re

from tools import ROOT

GLOSSARY = ROOT / "book" / "glossary.md"
CHAPTERS = "book/[0-9]*.ipynb"
AIMS = ("**In this chapter you will**", "**On this page you will**")
TERM = re.compile(r"\{term\}`([^`<]*?)(?: <[^`>]*>)?`")
# what is not running text: boxes and formulas, headings, table rows, formulas, links, roles, and code within a line
APART = re.compile(
    r"^(`{3,}|\$\$).*?^\1.*?$|^#.*?$|^\|.*?$|\$[^$\n]+\$|\[[^]\n]*\]\([^)\n]*\)|(?:\{[\w:-]+\})?`[^`\n]*`|\]\([^)\n]*\)",
    re.DOTALL | re.MULTILINE,
)


def terms(glossary):
    """Return the terms of the glossary, the longest first."""
    inside = glossary.partition("```{glossary}")[2].partition("```")[0]
    return sorted(re.findall(r"^(?! |:)(.+)$", inside, re.MULTILINE), key=len, reverse=True)


def pattern(names):
    """Return what finds any of the terms, also in the plural or as the first word of a sentence."""
    forms = "|".join(f"(?P<t{number}>{re.escape(name)}{'' if name.endswith('s') else 's?'}(?:es)?)" for number, name in enumerate(names))
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE)


def linked(texts, names):
    """Return the texts of a chapter, with a link at the first use of each term."""
    seen, find = set(), pattern(names)

    def link(match):
        name = names[int(match.lastgroup[1:])]
        if name in seen:
            return match[0]
        seen.add(name)
        return f"{{term}}`{match[0]}`" if match[0] == name else f"{{term}}`{match[0]} <{name}>`"

    def link_prose(text):
        if any(aim in text for aim in AIMS):
            return text
        parts, end = [], 0
        for apart in APART.finditer(text):
            parts += [find.sub(link, text[end : apart.start()]), apart[0]]
            end = apart.end()
        return "".join([*parts, find.sub(link, text[end:])])

    return [link_prose(TERM.sub(r"\1", text)) for text in texts]


def with_links(notebook, names):
    """Return the notebook with its links set."""
    places = [number for number, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "markdown"]
    texts = linked(["".join(notebook["cells"][number]["source"]) for number in places], names)
    cells = list(notebook["cells"])
    for number, text in zip(places, texts):
        cells[number] = {**cells[number], "source": text.splitlines(keepends=True)}
    return {**notebook, "cells": cells}


def main():
    names = terms(GLOSSARY.read_text(encoding="utf-8"))
    for path in sorted(ROOT.glob(CHAPTERS)):
        text = path.read_text(encoding="utf-8")
        changed = json.dumps(with_links(json.loads(text), names), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if changed != text:
            path.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    main()
