"""The assignments, as grading needs them: what students get, hidden tests, points, the text of each task."""

import functools

import nbformat

from coursework import sources


class Course:
    """The assignments in `coursework/src`."""

    def __init__(self):
        self.names = sources.names()

    @functools.cached_property
    def originals(self):
        """{name: the student's notebook}, as `make coursework` wrote them.

        Raises
        ------
        ValueError
            If one of them does not match its source.
        """
        found = {}
        for name in self.names:
            source = {cell.id: cell for cell in self.source(name).cells if sources.is_test(cell)}
            found[name] = nbformat.read(sources.target(name), 4) if sources.target(name).exists() else None
            tests = (
                {}
                if found[name] is None
                else {sources.grade_id(cell): cell.source.strip() for cell in found[name].cells if sources.is_test(cell)}
            )
            if tests != {test: sources.visible(cell.source) for test, cell in source.items()}:
                raise ValueError(f"book/exercises/{name}.ipynb does not match coursework/src/{name}.md: run make coursework")
        return found

    @functools.cache  # noqa: B019 - there is one course
    def source(self, name):
        """Return an assignment with its solutions and hidden tests."""
        return sources.read(name)

    def points(self, name):
        """Return {graded cell: points}, in the order of the cells; nothing for a name that is not an assignment's."""
        if name not in self.names:
            return {}
        return {cell.id: sources.points(cell) for cell in self.source(name).cells if cell.metadata.get("nbgrader", {}).get("grade")}

    def tests(self, name, seed=None):
        """Return {test: source of its hidden part}."""
        hidden = sources.hidden_tests(self.source(name))
        return hidden if seed is None else {test: sources.SEED.sub(rf"\g<1>{seed}\g<2>", source) for test, source in hidden.items()}

    def answered(self, name):
        """Return the names that students define."""
        return tuple(sorted(sources.answered(self.source(name))))

    def texts(self, name):
        """Return {graded cell: its cell in the source} of the questions that are answered as text."""
        return {cell.id: cell for cell in self.source(name).cells if cell.cell_type == "markdown" and sources.is_solution(cell)}

    def headings(self, name):
        """Return {graded cell: the heading that it is under}."""
        heading, found = name, {}
        for cell in self.source(name).cells:
            if sources.grade_id(cell):
                found[cell.id] = heading
            elif cell.cell_type == "markdown":
                lines = [line.lstrip("# ") for line in cell.source.splitlines() if line.startswith("#")]
                heading = lines[-1] if lines else heading
        return found

    def question(self, name, wanted):
        """Return the text that asks a question: everything since the last heading."""
        text = []
        for cell in self.source(name).cells:
            if cell.id == wanted:
                break
            if cell.cell_type == "markdown" and not sources.is_solution(cell):
                text = [cell.source] if any(line.startswith("#") for line in cell.source.splitlines()) else [*text, cell.source]
        joined = "\n\n".join(text)
        return joined[joined.rfind("\n#") + 1 :] if "\n#" in joined else joined
