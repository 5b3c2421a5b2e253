"""Write the solved assignments, `coursework/solved/NN-topic.ipynb`: the sources with solutions and hidden tests, run from top to bottom.

    python -m coursework.solved [NAME ...]      (make coursework)

The committed outputs are what nbval compares with a fresh run.
"""

import argparse
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from coursework import sources
from tools.notebooks.tidy import tidied

FOLDER = Path(__file__).parent / "solved"


def solved(name):
    """Return the text of an assignment's solved notebook, run in an empty folder."""
    notebook = sources.read(name)
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False, resources={"metadata": {"path": folder}})
        client.execute()
    return tidied(nbformat.writes(notebook))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m coursework.solved", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="such as 02-activations (default: all)")
    names = parser.parse_args(arguments).names
    FOLDER.mkdir(exist_ok=True)
    for name in names or sources.names():
        (FOLDER / f"{name}.ipynb").write_text(solved(name), encoding="utf-8")
    for path in FOLDER.glob("*.ipynb"):
        if path.stem not in sources.names():
            path.unlink()


if __name__ == "__main__":
    main()
