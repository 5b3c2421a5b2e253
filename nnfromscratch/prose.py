"""Numbers that a cell measures and the sentences around it quote, so that no number has to be typed (needs IPython)."""

KIND = "application/papermill.record/text/plain"


def quote(**values):
    """Hand values to the running text of the page, which names them as {glue:text}`name`.

    Nothing is shown below the cell. This is what myst_nb's `glue` does, without the need to have myst_nb installed.

    Parameters
    ----------
    **values : str or number
        By name; each name once a page. What differs between processors is rounded before.

    Raises
    ------
    TypeError
        For a value that is neither a str nor a number of Python's own.

    Examples
    --------
    >>> quote(right=[0.9, 0.8])
    Traceback (most recent call last):
        ...
    TypeError: right is a list; expected a str, an int or a float
    """
    from IPython.display import display
    for name, value in values.items():
        if type(value) not in (str, int, float):
            raise TypeError(f"{name} is a {type(value).__name__}; expected a str, an int or a float")
        display({KIND: repr(value)}, metadata={"scrapbook": {"name": name, "mime_prefix": KIND.removesuffix("text/plain")}}, raw=True)
