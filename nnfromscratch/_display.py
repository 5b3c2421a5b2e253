"""What a network shows to people: a table of its layers, and a progress bar."""

from typing import Any


def table(network: Any) -> str:
    """Return a line for each layer: its shapes, and how many numbers they hold (see `Network.summary`)."""
    rows = [("", "layer", "parameters", "count")]
    for i, layer in enumerate(network.layers):
        shapes = ", ".join(f"{key} {array.shape}" for key, array in layer.params.items())
        rows.append((str(i), repr(layer), shapes, f"{sum(a.size for a in layer.params.values()):,}"))
    rows.append(("", repr(network.loss), "total", f"{network.parameters.values.size:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join((a.rjust(widths[0] + 2), b.ljust(widths[1]), c.ljust(widths[2]), d.rjust(max(widths[3], 13)))) for a, b, c, d in rows
    )


def progress_bar(run: Any, epochs: int) -> Any:
    """Return an iterator over the epochs of a run that shows how many there are and how long they take."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from None
    return tqdm(run, total=epochs, unit="epoch")
