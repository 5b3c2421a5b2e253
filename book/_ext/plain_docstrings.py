"""Docstrings are written to be read in a terminal, too: there |a - b| means an absolute value, not a substitution of reStructuredText.

The fields of a named tuple are told by its docstring; Python's own words for them, "Alias for field number 0", are left out.
"""


def escape_bars(app, what, name, obj, options, lines):
    """Escape the bars of a docstring outside its doctests (which last from >>> to the next empty line)."""
    in_doctest = False
    for number, line in enumerate(lines):
        in_doctest = bool(line.strip()) and (in_doctest or line.lstrip().startswith(">>>"))
        if not in_doctest:
            lines[number] = line.replace("|", r"\|")


def skip_alias(app, what, name, obj, skip, options):
    """Return True for a field of a named tuple that has no words of its own, and None, no opinion, for all else."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None


def setup(app):
    app.connect("autodoc-skip-member", skip_alias)
    app.connect("autodoc-process-docstring", escape_bars)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
