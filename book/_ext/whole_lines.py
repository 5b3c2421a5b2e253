"""What a cell prints stands on the page as it was printed.

A kernel may send a printed line in pieces, wherever its clock happens to strike; myst-nb ends a line after each piece. Here the pieces are
joined before it looks at them.
"""

from myst_nb.core import render
from myst_nb.core.utils import coalesce_streams


def join_pieces(outputs):
    """Return the outputs with one text for each stream, in the place of its first piece."""
    joined, streams = [], {}
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] in streams:
            streams[output["name"]]["text"] += output["text"]
            continue
        if output["output_type"] == "stream":
            output = streams[output["name"]] = type(output)(output)
        joined.append(output)
    return joined


def setup(app):
    render.coalesce_streams = lambda outputs: coalesce_streams(join_pieces(outputs))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
