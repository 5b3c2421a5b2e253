"""Every code cell of every page, run where it is read, prints what the committed notebook stores."""

import pytest

from course.laboratory import kind
from environment import CI, ROOT
from laboratory_driver import RUN_ALL, laboratory, notebook, opened, printed, stored

pytestmark = [pytest.mark.browser, pytest.mark.site]

PAGES = sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))
SAMPLE = ("01-neuron", "05-backpropagation", "07-network-class")  # a few seconds each; CI runs all
EXCEPTION = "laboratory:"  # opens the tag of a cell that may print something else, and goes on with the reason
SHARE = 0.03  # of the cells may be exceptions


def reasons(cell):
    """Return why a cell may print something else in a page: tags that say so, or that nbval does not compare it either."""
    tags = cell["metadata"].get("tags", [])
    return [tag for tag in tags if tag.startswith(EXCEPTION)] + ["nbval-ignore-output"] * ("nbval-ignore-output" in tags)


def runnable(page):
    """Return {id: cell} of the cells that readers can run."""
    return {cell["id"]: cell for cell in notebook(page)["cells"] if kind(cell)}


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in PAGES if CI or name in SAMPLE])
def test_every_cell_prints_what_is_stored(browser, published, name):
    cells, wrong = runnable(name), []
    with opened(browser, f"{published}/book/{name}.html") as page:
        laboratory(page)
        found = {cell["id"]: cell["messages"] or [] for cell in page.evaluate(RUN_ALL)}
    assert cells.keys() <= found.keys()
    for id, cell in cells.items():
        error = next((message for message in found[id] if message["kind"] == "error"), None)
        if error and not any(output["output_type"] == "error" for output in cell["outputs"]) and not reasons(cell):
            wrong.append((id, f"{error['name']}: {error['message']}\n{error['trace']}", ""))
        elif not error and not reasons(cell) and printed(found[id]) != stored(cell):
            wrong.append((id, printed(found[id]), stored(cell)))
    assert not wrong, "\n".join(f"--- cell {id} of {name}\n{got}\n--- stored:\n{want}" for id, got, want in wrong)


def test_exceptions_are_few(record_property):
    cells = [cell for page in PAGES for cell in runnable(page).values()]
    exceptions = [cell for cell in cells if any(reason.startswith(EXCEPTION) for reason in reasons(cell))]
    record_property("exceptions", len(exceptions))
    print(f"{len(exceptions)} of {len(cells)} cells may print something else in a page")
    assert len(exceptions) <= SHARE * len(cells)
