"""The words of the pages: no measured number is typed, the wording is plain, and headings come in order."""

import json
import re

import pytest

from environment import ROOT
from nnfromscratch.course import quote, saved

NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
PAGES = NOTEBOOKS + sorted((ROOT / "book").glob("*.md"))
EVERY_NOTEBOOK = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
EVERY_PAGE = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)

FENCED = re.compile(r"^(`{3,}|\$\$).*?^\1", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"\$[^$\n]+\$|`[^`\n]+`|\]\([^)\n]+\)")


def read(path):
    """Return the cells of a notebook; of a text page its one cell."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text)["cells"] if path.suffix == ".ipynb" else [words(text)]


def words(text):
    return {"cell_type": "markdown", "source": [text]}


def source(cell):
    return "".join(cell["source"])


def prose(cells):
    """Return the text of the cells, one string each, without the code cells."""
    return [source(cell) for cell in cells if cell["cell_type"] == "markdown"]


def without_code(text):
    """Return running text without formulas, code, and addresses."""
    return INLINE.sub(" ", FENCED.sub(" ", text))


# --- numbers that were measured come from the run ---------------------------------------------------------------------------------------


NUMBER = re.compile(r"(?<![\w.,])[-−]?\d+(?:\.\d+)?(?: ?%)?(?![\w.]*\d)")
ELSEWHERE = {  # numbers that are not results of the page, and where they come from
    "2.30": "log 10; the page prints it with four digits",
    "0.73": "sigmoid(1)",
    "11.6": "MB of the download; tests/core/test_datasets.py",
    "98%": "the promise that tests/repo/test_mnist_script.py keeps",
    "83.1%": "what a public copy of that program printed",
    "0.05": "the rate of the program that claims up to 97 %",
    "1.00": "the relative error of opposite arrays",
    "0.33": "the relative error of an array and its double",
    "0.45": "an example",
    "0.40": "an example",
    "0.99": "an example",
}


def typed(cells):
    """Return the decimals and percentages in running text that are nowhere else on the page: not in code, outputs, or formulas.

    Whatever is there was chosen, printed, or derived. A typed result that happens to equal such a number is not found.
    """
    found = {number for text in prose(cells) for number in NUMBER.findall(without_code(text)) if re.search(r"[.%]", number)}
    formulae = [match[0] for text in prose(cells) for pattern in (FENCED, INLINE) for match in pattern.finditer(text)]
    code = [source(cell) + json.dumps(cell["outputs"], ensure_ascii=False) for cell in cells if cell["cell_type"] == "code"]
    known = "\n".join(formulae + code)
    return sorted(number for number in found - set(ELSEWHERE) if not stands_in(number, known))


def stands_in(number, text):
    """Return whether a text holds the number, or, for a percentage, its fraction of 1."""
    value = number.rstrip("% ").replace("−", "-")
    forms = {value, value.lstrip("-")} | ({f"{float(value) / 100:g}"} if "%" in number else set())
    return any(re.search(rf"(?<![\d.]){re.escape(form)}0*(?!\d|\.\d)", text) for form in forms)


@EVERY_NOTEBOOK
def test_no_measured_number_is_typed(path):
    assert typed(read(path)) == [], "let a cell quote it (nnfromscratch.course.pages.quote), or say in ELSEWHERE where it comes from"


@EVERY_NOTEBOOK
def test_every_quoted_number_is_handed_over_by_a_cell(path):
    """And every number handed over is quoted."""
    names = [name for text in prose(read(path)) for name in re.findall(r"\{glue:text\}`(\w+)", text)]
    outputs = [output for cell in read(path) if cell["cell_type"] == "code" for output in cell["outputs"]]
    assert set(names) == {output["metadata"]["scrapbook"]["name"] for output in outputs if "scrapbook" in output.get("metadata", {})}


def test_every_saved_result_says_when_and_with_what_it_was_measured():
    saved_files = sorted((ROOT / "book" / "results").glob("*.json"))
    assert len(saved_files) >= 15
    for path in saved_files:
        text = path.read_text(encoding="utf-8")
        assert re.search(r'"date": "\d{4}-\d\d-\d\d"', text) and re.search(r'"numpy": "\d', text), path.name


def test_quote_shows_nothing_and_keeps_what_it_was_given(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **options: shown.append((data, options)))
    quote(right="94 %", epochs=10)
    name = {"name": "right", "mime_prefix": "application/papermill.record/"}
    assert shown[0] == ({"application/papermill.record/text/plain": "'94 %'"}, {"metadata": {"scrapbook": name}, "raw": True})
    assert [list(data.values()) for data, _ in shown] == [["'94 %'"], ["10"]]
    with pytest.raises(TypeError, match="right is a list; expected a str, an int, or a float"):
        quote(right=[0.94])


# --- headings ----------------------------------------------------------------------------------------------------------------------------


def out_of_order(texts):
    """Yield the headings that are a second title, or are more than one level below the preceding one."""
    level = 0
    for marks, title in re.findall(r"^(#+) +(.+)$", FENCED.sub("", "\n\n".join(texts)), re.MULTILINE):
        if len(marks) > level + 1 or (level and len(marks) == 1):
            yield title
        level = len(marks)


@EVERY_PAGE
def test_headings_come_in_order(path):
    assert list(out_of_order(prose(read(path)))) == []


# --- wording -----------------------------------------------------------------------------------------------------------------------------


TEXTS = [
    *PAGES,
    *sorted((ROOT / "book" / "exercises").glob("*.ipynb")),
    *sorted((ROOT / "book" / "quizzes").glob("*.json")),
    *sorted(ROOT.glob("*.md")),
]
WORDING = re.compile(
    r"\b(?:learnt|spelt|labelled|whilst|analys(?:e|es|ed)|(?:colour|neighbour|favour|behaviour)\w*|(?:normal|regular|initial|general)is\w+"
    r"|to and fro|the way (?:back|forward)|shall|one and the same|a trifle|puts? out|for ever|per cent"
    r"|(?:read|answer(?:ed)?|classified) (?:rightly|wrongly)|is no (?:number|array|slope|step|notebook))\b|\d %",
    re.IGNORECASE,
)


def oddly_worded(text):
    """Return what a text says in British spelling, in words that are not the field's, or in an order that is not English."""
    return WORDING.findall(without_code(text))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_text_is_plain_american_english(path):
    cells = [words(path.read_text(encoding="utf-8"))] if path.suffix == ".json" else read(path)
    assert [found for text in prose(cells) for found in oddly_worded(text)] == []


def test_odd_wording_is_seen():
    assert oddly_worded("What we learnt: it puts out 96 %. `colour` is fine in code.") == ["learnt", "puts out", "6 %"]
    assert oddly_worded("It was normalised; labels are answered wrongly. The number is normal.") == ["normalised", "answered wrongly"]


ITEM = r"(?:(?:an?|the|its|their|no|of) )?(?:`[^`\n]+`|\*+[^*\n]+\*+|\$[^$\n]+\$|[\w'’–−.-]+)(?: [\w-]+)?"
SERIES = re.compile(rf", (?!and |or |that is){ITEM}, (?!and |or ){ITEM} (?:and|or) [\w`$*]+".replace(" ", r"\s+"))


def without_the_last_comma(text):
    """Return the lists of four or more that lack the serial comma, as in "a, b, c and d".

    In "a, b and c" the comma may also begin an aside, as in "two numbers, 1 and 2"; only a reader can tell.
    """
    return SERIES.findall(FENCED.sub(" ", text))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_lists_have_a_serial_comma(path):
    cells = [words(path.read_text(encoding="utf-8"))] if path.suffix == ".json" else read(path)
    assert [found for text in prose(cells) for found in without_the_last_comma(text)] == []


def test_a_missing_serial_comma_is_seen():
    assert without_the_last_comma("With `+`, `-`, the `*` and $x$.") == [", `-`, the `*` and $x$"]
    assert without_the_last_comma("A red, a green, a blue, and a gray one. Two numbers, 1 and 2.") == []


# --- results that a program saved ------------------------------------------------------------------------------------------------------


def test_saved_results_are_those_beside_the_notebook_or_those_that_came_with_the_package(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("nnfromscratch.course.pages.__file__", str(tmp_path / "package" / "course" / "pages.py"))
    with pytest.raises(FileNotFoundError):
        saved("numbers")
    for folder, number in (("package", 1), (".", 2)):
        (tmp_path / folder / "results").mkdir(parents=True)
        (tmp_path / folder / "results" / "numbers.json").write_text(json.dumps({"found": number}))
        assert saved("numbers") == {"found": number}
