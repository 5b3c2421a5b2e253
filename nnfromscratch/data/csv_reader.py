"""Read MNIST from the CSV files that people have: from Kaggle, pandas, NumPy, R, or Excel, in any of their dialects.

The layout of a file (separator, header, label column, index columns) is worked out once, from its first lines. Then every line must
have that layout, and the first one that does not is reported. Lines are read in blocks: a block of plain digits is read at once, as arrays
of characters, and only a block with anything unusual in it is read field by field, which also finds the first fault.
"""

import csv
import io
import itertools
import re
import warnings
from collections.abc import Iterator
from os import PathLike
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from .._typing import Array
from ._packing import faults_named, sniff, unpacked, what_it_is
from .readers import EMNIST, looks_transposed

Line = tuple[int, str]  # its number and its text
Sample = list[tuple[int, list[str]]]  # number and fields of some lines
N_PIXELS = 784
MOST_EXTRA = 4  # columns besides the pixels: a label, and index columns
BLOCK = 32  # lines
SAMPLE = 32  # lines that the layout is worked out from
LINE_LIMIT = 2**16  # characters, to bound the memory (escaped, each may take ten); the longest lines in use (NumPy's %.18e) have 20,000
SEPARATORS = ("\t", ";", "|", ",", None)  # None: white space
LABEL_NAMES = {"label", "labels", "class", "classes", "target", "targets", "digit", "y"}
INDEX_NAMES = re.compile(r"|unnamed: ?[0-9.]+(_level_[0-9]+)?|index|id|image_?id|row|row_?names")
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE | re.ASCII)
MISSING = {"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", ".", "\\n", "<na>", "missing", "#null!", "#value!"}
STRAY_MARKS = "\ufeffï»¿"  # byte order marks besides the one that the decoder skips, also as Latin-1 shows them
RENAMED = re.compile(r"x?0(?:\.|_duplicated_)([0-9]+)")  # the second and later zeros of a line that was read as a header
SPACES = re.compile(r"\\xa0|\\u(2007|2009|202f|3000)")  # characters that programs use as spaces and quotes, in ASCII
QUOTES = re.compile(r"\\x(ab|bb|84|9[1-4])|\\u201[89a-f]")
ESCAPED = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U(000[0-9a-f]{5}))")
BLANK = " \t\n\v\f\x1a,;|\"'"
COMMENTS = ("#", "%", "//")
SEPARATOR_LINE = re.compile(r'"?sep=.?"?\s*', re.IGNORECASE)  # for Excel
LAST = "the last column is read as labels: the first one holds none"
ALL_ZERO = "the first column is read as labels, and all of them are 0: if a different column holds the labels, say which, as in label=-1"
EXPECTED = "expected 784 pixels, or a label and 784 pixels"


def read_mnist_csv(path: str | PathLike[str], raw: bool = False, label: str | int | None = None) -> tuple[Array, Array | None]:
    """Read MNIST, or any set of 28 x 28 images, from a CSV file with one image per line.

    A line holds 784 pixels, and often a label. The file may be plain or compressed with gzip or zip, in ASCII, UTF-8, or UTF-16, with or
    without a header, separated by commas, semicolons, tabs, vertical bars, or white space. Quotes, index columns, whole numbers written as
    floats ("5.0", or "5,0" with semicolons), a separator at the end of each line, and blank lines are understood.

    Parameters
    ----------
    path : str or path
    raw : bool
        Return the pixels as they are in the file.
    label : str or int, optional
        The name or the position of the label column. Without it, the header decides (`label`, `class`, `target`, `digit`, or `y`, or
        the only name without a number, in any position), or else the values: labels are in the first or in the last column.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 784)
        Pixels in [0, 1]; with `raw` uint8 in 0 ... 255.
    y : ndarray of int64, shape (n_samples,), or None
        Labels 0 ... 9; None if the file has none.

    Raises
    ------
    ValueError
        If the file is something else, or does not say which column holds the labels; if a value is missing, a line has a different
        number of fields, a pixel is not a whole number from 0 to 255, or a label is not one from 0 to 9. The message names the line.
    OSError
        If the file cannot be opened or read.

    Warns
    -----
    UserWarning
        If the file leaves something open: which column holds the labels or an index, or the order of the pixels. The warning says what the
        reader assumed. Also if no pixel is above 1, or the images look like EMNIST's, which are stored with rows and columns swapped.

    Notes
    -----
    Format: https://www.kaggle.com/c/digit-recognizer/data

    Examples
    --------
    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "digits.csv")
    >>> with open(path, "w") as file:
    ...     print(7, *[0] * 782, 51, 255, sep=",", file=file)
    >>> X, y = read_mnist_csv(path)
    >>> X.shape, X[0, -3:], y
    ((1, 784), array([0. , 0.2, 1. ], dtype=float32), array([7]))
    """
    with faults_named(path, "cannot be read as a CSV file of images"), unpacked(path) as (stream, _), _text(stream) as file:
        lines = _lines(file)
        first = list(itertools.islice(lines, SAMPLE))
        layout = _layout(first, label)
        pixels, labels = _read(itertools.chain(first[layout.header :], lines), layout)
        if layout.label_by_default and labels is not None and not labels.any():
            if _are_labels(pixels[:, -1]) and pixels[:, -1].any():  # a file that is sorted by label, in which only zeros come first
                layout.assumptions.append(LAST)
                pixels, labels = np.insert(pixels[:, :-1], 0, 0, axis=1), pixels[:, -1].astype(np.int64)
            else:
                layout.assumptions.append(ALL_ZERO)
    for assumption in [*layout.assumptions, *_doubts(pixels)]:
        warnings.warn(f"{path}: {assumption}", stacklevel=2)
    return (pixels if raw else scaled(pixels)), labels


def scaled(X: Array) -> Array:
    """Return pixels 0 ... 255 as float32 in [0, 1]."""
    return np.divide(X, 255, dtype=np.float32)


def _doubts(pixels: Array) -> Iterator[str]:
    """Yield what looks odd about pixels that are each valid."""
    if pixels.max() == 1:
        yield "no pixel is above 1: if the file's pixels are already scaled to [0, 1], pass raw=True; without it, they are divided by 255"
    if looks_transposed(pixels.reshape(-1, 28, 28)):
        yield f"the images look like {EMNIST}: turn them upright with X.reshape(-1, 28, 28).transpose(0, 2, 1).reshape(-1, 784)"


# ---------------------------------------------------------------------------------------------- lines


def _text(stream: BinaryIO) -> io.TextIOWrapper:
    """Return a stream of bytes as a file of text, or say what it is instead."""
    start = sniff(stream)
    if start[:3] == b"\0\0\x08":
        raise ValueError("it looks like an IDX file: read it with read_idx")
    if what := what_it_is(start):
        raise ValueError(what)
    return io.TextIOWrapper(stream, _encoding(start), errors="backslashreplace")


def _encoding(start: bytes) -> str:
    """Return the encoding of a text that starts with these bytes."""
    for mark, name in [(b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")]:
        if start.startswith(mark):
            return name
    evens, odds = start[0:1000:2], start[1:1000:2]
    for name, zeros, letters in [("utf-16-le", odds, evens), ("utf-16-be", evens, odds)]:
        if zeros.count(0) > 0.9 * len(zeros) and letters.count(0) < 0.1 * len(letters):  # nearly all is ASCII, but a name may not be
            return name
    return "utf-8-sig"


def _lines(file: io.TextIOWrapper) -> Iterator[Line]:
    """Yield the number and the text, in plain ASCII, of each line that is not blank, and skip byte order marks up to the first one."""
    marks = STRAY_MARKS
    for number in itertools.count(1):
        line = file.readline(LINE_LIMIT)
        if not line:
            return
        line = line.lstrip(marks)
        if "\\" in line or not line.isascii():
            line = _in_ascii(line)
        if len(line) >= LINE_LIMIT:
            raise ValueError(f"line {number} is longer than {LINE_LIMIT} characters (it starts with {line[:20]!r}); {EXPECTED}")
        if (line[:8].strip(BLANK) or line.strip(BLANK)) and not (number == 1 and SEPARATOR_LINE.fullmatch(line)):
            marks = marks if line.startswith(COMMENTS) else ""
            yield number, _unwrapped(line.rstrip("\n"))


def _in_ascii(line: str) -> str:
    """Return a line in ASCII: plain spaces and quotes for unusual ones, and an escape such as \\xe9 for any other character."""
    return QUOTES.sub("'", SPACES.sub(" ", line.encode("ascii", "backslashreplace").decode("ascii")))


def _unwrapped(line: str) -> str:
    """Return what is inside the quotes if a line is one quoted field, as spreadsheets write it that took the line for a single cell."""
    if line[0] != '"' or line[-1] != '"' or '"' in line[1:-1].replace('""', ""):
        return line
    return line[1:-1].replace('""', '"')


def _name(field: str) -> str:
    """Return the name in a field of the header, in lowercase."""
    text = ESCAPED.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), field)
    return text.encode("utf-8", "replace").decode().strip(" \"'").lower()


def _fields(line: str, separator: str | None) -> list[str]:
    """Return the fields of a line."""
    if '"' not in line or separator is None:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return [line]


def _whole(field: str) -> int | None:
    """Return the whole number that a field holds, written in any way; None if it does not hold one."""
    text = field.strip(" \t\v\f\"'").replace(",", ".", 1)
    number = float(text) if NUMBER.fullmatch(text) else 0.5
    return int(number) if number.is_integer() else None


def _is_fraction(field: str) -> bool:
    """Whether a field holds a number between 0 and 1."""
    text = field.strip(" \t\"'").replace(",", ".", 1)
    return NUMBER.fullmatch(text) is not None and 0 < float(text) < 1


class _Bytes(dict[str, int | None]):
    """The whole numbers 0 ... 255 by how they are written; None for any other text."""

    def __missing__(self, field: str) -> int | None:
        number = _whole(field)
        value = number if number is not None and 0 <= number <= 255 else None
        if len(self) < 4096 and len(field) < 32:
            self[field] = value
        return value


# ---------------------------------------------------------------------------------------------- layout


class _Layout(NamedTuple):
    """Where the values are in each line.

    Attributes
    ----------
    header : bool
    separator : str or None
    width : int
        Fields per line, without the empty one at the end.
    ends_empty : bool
        Whether lines end with a separator.
    label : int or None
        The label's column.
    pixels : list of int
        The columns of the 784 pixels.
    assumptions : list of str
        What the names of the columns leave open.
    label_by_default : bool
        Whether the label's column is the first one because nothing suggested the last.
    """

    header: bool
    separator: str | None
    width: int
    ends_empty: bool
    label: int | None
    pixels: list[int]
    assumptions: list[str]
    label_by_default: bool


def _layout(lines: list[Line], label: int | str | None) -> _Layout:
    """Work out the layout from the first lines."""
    while lines and lines[0][1].startswith(COMMENTS) and max(_counts_of_fields(lines[0][1]).values()) < N_PIXELS:
        del lines[0]  # a comment above the header
    if not lines:
        raise ValueError("it holds no images; expected one per line")
    number, text = lines[0]
    separator = _separator(number, text)
    names = [_name(field) for field in _fields(text.removeprefix("#"), separator)]
    if {str(i) for i in range(1, 30)} <= {match[1] for match in map(RENAMED.fullmatch, names) if match}:
        raise ValueError(
            f"line {number} is an image that a program took for a header, renaming repeated values ({', '.join(names[1:4])}, ...): "
            "write the file again from the original, and read that without a header (header=None in pandas)"
        )
    header = _is_header(names)
    sample = [(number, _fields(text, separator)) for number, text in lines[header:]]
    if not sample:
        raise ValueError("it has a header but holds no images; expected one per line")
    width, ends_empty = len(sample[0][1]), all(fields[-1].strip() == "" for _, fields in sample)
    if ends_empty and header and not names[-1]:
        del names[-1]
    elif ends_empty and header and len(names) == width:
        ends_empty = False  # the last column has a name: its values are missing
    width -= ends_empty
    fitted = _fitted(names, width, sample[0][0]) if header else None
    sample = list(itertools.takewhile(lambda line: len(line[1]) == width + ends_empty, sample))
    return _Layout(header, separator, width, ends_empty, *_columns(fitted, width, sample, label))


def _counts_of_fields(text: str) -> dict[str | None, int]:
    return {separator: len(_fields(text, separator)) for separator in SEPARATORS}


def _separator(number: int, text: str) -> str | None:
    """Return the separator that gives the first line a plausible number of fields."""
    counts = _counts_of_fields(text)
    for separator, count in counts.items():
        if N_PIXELS <= count <= N_PIXELS + MOST_EXTRA:
            return separator
    raise ValueError(f"line {number} has {max(counts.values())} fields (it starts with {text[:20]!r}); {EXPECTED}")


def _is_header(names: list[str]) -> bool:
    """Whether the first line holds names: mostly words, or numbers that count the columns."""
    numbers = {_whole(name) for name in names if NUMBER.fullmatch(name)}
    words = [name for name in names if name not in MISSING and not NUMBER.fullmatch(name.replace(",", "."))]
    counting = len(numbers) > 256 and numbers in (set(range(len(numbers))), set(range(1, len(numbers) + 1)))
    return counting or len(words) > len(names) / 2


def _fitted(names: list[str], width: int, number: int) -> list[str]:
    """Return the names in a header, one per column."""
    if len(names) == width + 1 and not names[-1]:
        return names[:-1]
    if len(names) == width - 1:
        return ["", *names]  # as R writes the names of rows: their column has none
    if len(names) != width:
        raise ValueError(f"line {number} has {width} fields; expected {len(names)}, as in the header")
    return names


def _columns(names: list[str] | None, width: int, sample: Sample, label: int | str | None) -> tuple[int | None, list[int], list[str], bool]:
    """Return the last four parts of a layout."""
    assumptions = []
    label = named = _named_label(names, width, label)
    if names and label is None:
        label = named = _label_by_names(names, sample)
        assumptions += [] if label is None else [f"column {label + 1}, called {names[label]!r}, is read as labels"]
    rest = [column for column in range(width) if column != label and not (names and INDEX_NAMES.fullmatch(names[column]))]
    if len(rest) > N_PIXELS + (label is None) and _is_index(names, sample, rest[0]):
        assumptions.append(f"column {rest[0] + 1} numbers the lines and is skipped")
        del rest[0]
    if len(rest) == N_PIXELS + 1 and label is None:
        label, assumption = _label_by_values(sample, rest)
        assumptions += [assumption] if assumption else []
        rest.remove(rest[0] if label is None else label)
    if len(rest) != N_PIXELS:
        listed = f": {', '.join(names[:3])}, ... {names[-1]}" if names else ""
        raise ValueError(f"line {sample[0][0]} has {width} fields, {len(rest)} of them pixels{listed}; {EXPECTED}")
    order = _order([names[column] for column in rest]) if names else None
    if names and order:
        assumptions.append(f"the columns of pixels are not in order ({names[rest[1]]}, {names[rest[2]]}, ...), and are sorted by number")
        rest = [rest[i] for i in order]
    return label, rest, assumptions, named is None and label is not None


def _named_label(names: list[str] | None, width: int, label: int | str | None) -> int | None:
    """Return the column of labels if the caller or the header names it, or None."""
    if isinstance(label, str) and names:
        found = [column for column, name in enumerate(names) if name == label.strip().lower()]
        if len(found) != 1:
            raise ValueError(f"{len(found)} columns are called {label!r}; expected one of {', '.join(names[:3])}, ... {names[-1]}")
        return found[0]
    if label is not None:
        if isinstance(label, str) or not -width <= label < width:
            raise ValueError(f"label is {label!r}; expected a position from 0 to {width - 1}{'' if names else ' (there is no header)'}")
        return label % width
    found = [column for column, name in enumerate(names or []) if name in LABEL_NAMES]
    if len(found) > 1:
        raise ValueError(
            f"its columns {' and '.join(str(c + 1) for c in found)} are both named like labels: choose one, as in label={found[0]}"
        )
    return found[0] if found else None


def _label_by_names(names: list[str], sample: Sample) -> int | None:
    """Return the only column without a number in its name, or without a name, if it can hold the labels; None if there is none."""
    words = [column for column, name in enumerate(names) if name and not re.search("[0-9]", name) and not INDEX_NAMES.fullmatch(name)]
    unnamed = [column for column, name in enumerate(names) if not name]
    n_numbered = len(names) - len(words) - sum(bool(INDEX_NAMES.fullmatch(name)) for name in names)
    found = words or unnamed
    if len(found) != 1 or n_numbered != N_PIXELS:
        return None
    values = _column(sample, found[0])
    if _are_labels(values):
        return found[0] if words or not _counts(values) else None
    return found[0] if words and not _counts(values) else None  # a wrong label is reported later, with its line


def _label_by_values(sample: Sample, rest: list[int]) -> tuple[int | None, str | None]:
    """Return which of 785 columns holds the labels, and what was assumed: the first, if nothing suggests the last."""
    first, last = (_column(sample, column) for column in (rest[0], rest[-1]))
    if _are_labels(first) and any(first):
        if _are_labels(last) and any(last):
            number, fields = next(row for row, value in zip(sample, last) if value)
            raise ValueError(
                f"the first and the last column could both hold the labels (line {number}: {fields[rest[0]]} and {fields[rest[-1]]}): "
                "say which, with label=0 or label=-1"
            )
        return rest[0], None
    if _are_labels(last) and any(last):
        return rest[-1], LAST
    if _count_up(last):
        raise ValueError("the last column counts the lines; expected pixels or labels there: remove it")
    if (
        _counts(first)
        and not _are_labels(first)
        and (_count_up(first) or (len(first) > 1 and all(value is not None and value > 9 for value in first)))
    ):
        return None, "the first column numbers the lines and is skipped; there are no labels"
    return rest[0], None


def _is_index(names: list[str] | None, sample: Sample, column: int) -> bool:
    """Whether a column numbers the lines. A single 0 or 1 does not, if the name is one that pixels have (pixel0)."""
    values = _column(sample, column)
    numbered = names and re.search("[a-z].*[0-9]", names[column])
    return _counts(values) and not (numbered and values in ([0], [1]))


def _column(sample: Sample, column: int) -> list[int | None]:
    return [_whole(fields[column]) for _, fields in sample]


def _are_labels(values: Any) -> bool:
    return all(value is not None and 0 <= value <= 9 for value in values)


def _counts(values: Any) -> bool:
    """Whether values number the lines: they count up, or are different numbers too large for a pixel."""
    if None in values:
        return False
    return _count_up(values) or values in ([0], [1]) or (len(set(values)) == len(values) and max(values) > 255)


def _count_up(values: Any) -> bool:
    return len(values) > 1 and None not in values and values[0] >= 0 and values == list(range(values[0], values[0] + len(values)))


def _order(names: list[str]) -> list[int] | None:
    """Return the order of names by the numbers in them (pixel2 before pixel10); None if they are in order, or hold none."""
    keys = [tuple(map(int, re.findall(r"[0-9]{1,9}", name))) for name in names]
    if len(set(keys)) < len(keys) or len({len(key) for key in keys}) > 1:
        return None
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return order if order != list(range(len(keys))) else None


# ---------------------------------------------------------------------------------------------- values


def _read(lines: Iterator[Line], layout: _Layout) -> tuple[Array, Array | None]:
    """Return the pixels and the labels (None if there are none) of all lines."""
    columns = ([] if layout.label is None else [layout.label]) + layout.pixels
    pixels, labels, known = bytearray(), bytearray(), _Bytes((str(i), i) for i in range(256))
    while block := list(itertools.islice(lines, BLOCK)):
        table = _plain(block, layout, columns)
        if table is None:
            rows = b"".join(_row(number, text, layout, columns, known) for number, text in block)
            table = np.frombuffer(rows, np.uint8).reshape(len(block), -1)
        pixels += table[:, -N_PIXELS:].tobytes()
        labels += table[:, :-N_PIXELS].tobytes()
    X = np.frombuffer(pixels, np.uint8).reshape(-1, N_PIXELS)
    return X, None if layout.label is None else np.frombuffer(labels, np.uint8).astype(np.int64)


def _plain(block: list[Line], layout: _Layout, columns: list[int]) -> Array | None:
    """Return the values of a block of lines, label first; None unless they are digits with single separators between them."""
    skipped = min(columns)
    lines = (text.removesuffix(layout.separator or "") for _, text in block) if layout.ends_empty else (text for _, text in block)
    lines = (text.split(layout.separator, skipped)[-1] for text in lines) if skipped else lines
    lines = (" ".join(text.split()) for text in lines) if layout.separator is None else lines
    table = _numbers("\n".join([*lines, ""]), layout.separator or " ", layout.width - skipped, len(block))
    if table is None or table.max() > 255:
        return None
    if columns != list(range(skipped, layout.width)):
        table = table[:, np.array(columns) - skipped]
    return None if layout.label is not None and table[:, 0].max() > 9 else table.astype(np.uint8)


def _numbers(text: str, separator: str, width: int, n_lines: int) -> Array | None:
    """Return the numbers of up to three digits in lines of ASCII, as uint16; None if there is anything else in them."""
    if len(text) > 4 * width * n_lines:  # three digits and a separator
        return None
    characters = np.frombuffer(text.encode(), np.uint8)
    digits = characters - ord("0")  # of anything else it is more than 9, wrapped around or not
    inside = digits < 10
    ends = np.flatnonzero(~inside)
    marks = np.full(width, ord(separator), np.uint8)
    marks[-1] = ord("\n")
    if len(ends) != n_lines * width or (characters.take(ends).reshape(-1, width) != marks).any():
        return None
    none = not inside[0] or not (inside[1:] | inside[:-1]).all()
    if none or (inside[3:] & inside[2:-1] & inside[1:-2] & inside[:-3]).any():  # four digits
        return None
    digits *= inside
    numbers = digits.astype(np.uint16)  # at each character, what its digit and the two before it stand for
    numbers[1:] += 10 * digits[:-1]
    numbers[2:] += np.multiply(digits[:-2] * inside[1:-1], 100, dtype=np.uint16)
    return numbers.take(ends - 1).reshape(-1, width)


def _row(number: int, text: str, layout: _Layout, columns: list[int], known: _Bytes) -> bytes:
    """Return the values of a line as bytes, label first, or say what is wrong with it."""
    fields = _fields(text, layout.separator)
    if layout.ends_empty and fields[-1].strip() == "":
        del fields[-1]
    if len(fields) != layout.width:
        raise ValueError(f"line {number} has {len(fields)} fields; expected {layout.width}")
    values = [known[fields[column]] for column in columns]
    if layout.label is not None and (values[0] is None or values[0] > 9):
        raise ValueError(f"line {number}: the label is {_shown(fields[layout.label])}; expected a whole number from 0 to 9")
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values):
        column = min(column for column, value in zip(columns, values) if value is None)
        hint = ": multiply pixels in [0, 1] by 255 first" if _is_fraction(fields[column]) else ""
        raise ValueError(f"line {number}, field {column + 1} is {_shown(fields[column])}; expected a whole number from 0 to 255{hint}")
    return bytes(numbers)


def _shown(field: str) -> str:
    """Return a field as a message shows it."""
    missing = field.strip(" \t\"'").lower() in MISSING
    return f"missing ({field[:20]!r})" if missing else repr(field[:20])
