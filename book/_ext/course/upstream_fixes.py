"""Corrections to what myst-nb, autodoc, Jupyter Book, and linkcheck do. Each one can go when a test says that it is no longer needed."""

import os
import re
from pathlib import Path

from myst_nb.core import render
from myst_nb.core.utils import coalesce_streams
from sphinx import addnodes
from sphinx.util.matching import Matcher

RESOLVER = "https://doi.org/"
REGISTRY = f"{RESOLVER}api/handles/"  # answers 404 for a DOI that is not registered


def join_pieces(outputs):
    """Return a cell's outputs with one text per stream, in the place of its first piece.

    A kernel may send a printed line in pieces, at any moment; myst-nb ends a line after each piece.
    """
    joined, streams = [], {}
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
            continue
        if output["output_type"] == "stream":
            output = streams[output["name"]] = type(output)(output)
        joined.append(output)
    return joined


def escape_bars(app, what, name, obj, options, lines):
    """Escape the bars of a docstring outside its doctests: |a - b| is an absolute value there, not a substitution.

    A doctest lasts from >>> to the next empty line.
    """
    in_doctest = False
    for number, line in enumerate(lines):
        in_doctest = bool(line.strip()) and (in_doctest or line.lstrip().startswith(">>>"))
        if not in_doctest:
            lines[number] = line.replace("|", r"\|")


def skip_alias(app, what, name, obj, skip, options):
    """Return True for a field of a named tuple without its own docstring ("Alias for field number 0"), else None: no opinion."""
    return True if (getattr(obj, "__doc__", None) or "").startswith("Alias for field number") else None


def show_hidden_pages(app, doctree):
    """List the pages below each chapter on the first page also. (On a chapter's own page such a list stays hidden.)"""
    if app.env.docname == app.config.root_doc:
        for toctree in doctree.findall(addnodes.toctree):
            toctree["includehidden"] = True


def leave_out_other_files(app, config):
    """Exclude all notebooks and texts that are not pages, whatever brackets the name of their folder or of the book's folder has.

    sphinx-external-toc reads brackets as a pattern, finds nothing, and lets the build run any notebook that happens to be there.
    """
    excluded, others = Matcher(config.exclude_patterns), []
    for folder, folders, names in os.walk(app.srcdir):
        place = Path(folder).relative_to(app.srcdir)
        folders[:] = [name for name in folders if not excluded((place / name).as_posix())]
        paths = [(place / name).as_posix() for name in names if name.endswith(tuple(config.source_suffix))]
        pages = {page for path in paths for page in (path, os.path.splitext(path)[0]) if page in config.external_site_map}
        others += [path for path in paths if not {path, os.path.splitext(path)[0]} & pages and not excluded(path)]
    config.exclude_patterns = [*config.exclude_patterns, *(re.sub(r"[*?[]", "?", path) for path in others)]


def ask_registry(app, uri):
    """Return the address at which `make links` looks up a DOI, or None for other links.

    Publishers reject programs (403); the registry does not.
    """
    return REGISTRY + uri.removeprefix(RESOLVER) if uri.startswith(RESOLVER) else None


def setup(app):
    render.coalesce_streams = lambda outputs: coalesce_streams(join_pieces(outputs))
    app.connect("autodoc-skip-member", skip_alias)
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("doctree-read", show_hidden_pages, priority=900)  # after the lists were made
    app.connect("linkcheck-process-uri", ask_registry)
    app.connect("config-inited", leave_out_other_files, priority=950)  # after the table of contents was read
    return {"parallel_read_safe": True, "parallel_write_safe": True}
