"""Every code cell of every page, run where it is read, prints what the committed notebook stores."""

import pytest

from course.laboratory import kind
from environment import CI, ROOT
from laboratory_driver import RUN_ALL, answer_task, laboratory, notebook, opened, printed, run, stored

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


def draw_all(page):
    """Let figures draw every setting before they are shown, as in the notebook."""
    run(page, "__import__('os').environ['NNFROMSCRATCH_DRAW_SECONDS'] = 'inf'")
    page.evaluate("laboratory.cells.find(cell => cell.element && !cell.own).restore()")


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in PAGES if CI or name in SAMPLE])
def test_every_cell_prints_what_is_stored(browser, published, name):
    cells, wrong = runnable(name), []
    with opened(browser, f"{published}/book/{name}.html") as page:
        laboratory(page)
        draw_all(page)
        found = {cell["id"]: cell["messages"] or [] for cell in page.evaluate(RUN_ALL)}
    assert cells.keys() <= found.keys()
    for id, cell in cells.items():
        error = next((message for message in found[id] if message["kind"] == "error"), None)
        if error and not any(output["output_type"] == "error" for output in cell["outputs"]) and not reasons(cell):
            wrong.append((id, f"{error['name']}: {error['message']}\n{error['trace']}", ""))
        elif not error and not reasons(cell) and printed(found[id]) != stored(cell):
            wrong.append((id, printed(found[id]), stored(cell)))
    assert not wrong, "\n".join(f"--- cell {id} of {name}\n{got}\n--- stored:\n{want}" for id, got, want in wrong)


def wrong_or_missing(cell, messages):
    """Return what a cell printed and what is stored, if they differ."""
    got, want = printed(messages), stored(cell)
    return None if got == want or reasons(cell) else (cell["id"], got, want)


def test_what_an_answer_sets_does_not_reach_the_page(browser, published):
    """The page's cells print what is stored, although an answer between them used their names."""
    name, check = "04-gradient-descent", "972ff441"
    with opened(browser, f"{published}/book/{name}.html") as page:
        laboratory(page)
        draw_all(page)
        answer_task(page, check, "w = x = y = b = loss = sum = 'mine'\nmeasured = None\nimport math as np\ntell_steps(3, 4)")
        assert page.locator(f"#cell-answer-{check} .laboratory-error").is_visible()
        page.evaluate("within(laboratory.run(laboratory.cells.findLast(cell => cell.has('solution')).element.id), 120, 'the page')")
        found = page.evaluate("laboratory.cells.filter(cell => cell.messages && !cell.own).map(cell => [cell.id, cell.messages])")
    cells = runnable(name)
    assert len(found) > 20
    assert not list(filter(None, (wrong_or_missing(cells[id], messages) for id, messages in found if id in cells)))


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in PAGES if CI or name in SAMPLE])
def test_a_solution_given_as_an_answer_needs_only_the_cells_that_are_found(browser, published, name):
    """In a new Python, after the cells that its code needs, it passes the check and prints what is stored."""
    cells = [cell for cell in runnable(name).values() if kind(cell) in ("task", "solution")]
    for task, solution in zip(cells[::2], cells[1::2], strict=True):
        with opened(browser, f"{published}/book/{name}.html") as page:
            laboratory(page)
            answer_task(page, task["id"], "".join(solution["source"]))
            state = page.locator(f"#cell-answer-{task['id']} .laboratory-state").last.inner_text()
            messages = page.evaluate(f"laboratory.cells.find(cell => cell.id === 'answer-{task['id']}').messages")
        assert state == "passed ✓" and not wrong_or_missing(solution, messages)


def test_exceptions_are_few(record_property):
    cells = [cell for page in PAGES for cell in runnable(page).values()]
    exceptions = [cell for cell in cells if any(reason.startswith(EXCEPTION) for reason in reasons(cell))]
    record_property("exceptions", len(exceptions))
    print(f"{len(exceptions)} of {len(cells)} cells may print something else in a page")
    assert len(exceptions) <= SHARE * len(cells)
