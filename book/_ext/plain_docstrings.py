"""Docstrings are written to be read in a terminal, too: there |a - b| means an absolute value, not a substitution of reStructuredText."""


def escape_bars(app, what, name, obj, options, lines):
    """Escape the bars of a docstring outside its doctests (which last from >>> to the next empty line)."""
    in_doctest = False
    for number, line in enumerate(lines):
        in_doctest = bool(line.strip()) and (in_doctest or line.lstrip().startswith(">>>"))
        if not in_doctest:
            lines[number] = line.replace("|", r"\|")


def setup(app):
    app.connect("autodoc-process-docstring", escape_bars)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
