"""Numbers that nobody typed into the text of a page: measured by a cell and quoted by a sentence, or saved by a program of the course."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

KIND = "application/papermill.record/text/plain"


def book_file(path: str | PathLike[str]) -> Path:
    """Return a file of the book: the one next to the notebook, or the copy that came with the package.

    Parameters
    ----------
    path : str or path
        Relative to the folder `book`, such as "quizzes/01-neuron.json". A chapter opened by itself has no such file next to it.

    Returns
    -------
    Path
    """
    return Path(path) if Path(path).exists() else Path(__file__).parents[1] / path


def saved(name: str) -> Any:
    """Return what a program of the course measured and saved under this name.

    Parameters
    ----------
    name : str
        A file in the folder `book/results`, without the extension.

    Returns
    -------
    dict

    Raises
    ------
    FileNotFoundError
        If there is no such file, either next to the notebook or in the package.
    """
    return json.loads(book_file(f"results/{name}.json").read_text(encoding="utf-8"))


def quote(**values: str | float) -> None:
    """Pass values on to the text of the page, which inserts them with {glue:text}`name`.

    Nothing is shown below the cell. This needs IPython. It does what myst_nb's `glue` does, but works without myst_nb.

    Parameters
    ----------
    **values : str or number
        By name; use each name once per page. Round what differs between processors.

    Raises
    ------
    TypeError
        If a value is neither a str nor a plain Python number.

    Examples
    --------
    >>> quote(right=[0.9, 0.8])
    Traceback (most recent call last):
        ...
    TypeError: right is a list; expected a str, an int, or a float
    """
    from IPython.display import display

    for name, value in values.items():
        if type(value) not in (str, int, float):
            raise TypeError(f"{name} is a {type(value).__name__}; expected a str, an int, or a float")
        display({KIND: repr(value)}, metadata={"scrapbook": {"name": name, "mime_prefix": KIND.removesuffix("text/plain")}}, raw=True)
