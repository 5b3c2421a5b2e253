"""Files of images and labels, read as they are or refused in words.

MNIST comes in two formats: IDX, a header of sizes and then the bare pixels, and CSV, one image a line. A file from the
network may be cut short, altered or something else entirely, so nothing in it is believed before it has been counted.
"""

import gzip
import math
import re
import struct
import warnings
import zlib
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from .._checks import check_labels, check_shape
from .._typing import Array

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIP_START = b"\x1f\x8b"
GZIP_MOST = 1032  # no byte of a gzip file unpacks to more than this many
MAX_AXES = 32  # as many as every version of NumPy allows
CHUNK = 2**18

N_PIXELS = 784
NUMBER = re.compile(r"\s*\+?[0-9]+\s*")
PIXELS = frozenset(map(str, range(256)))


def read_idx(path: str | PathLike[str]) -> Array:
    """Read the array in an IDX file, the format of the original MNIST files.

    Never more memory is asked for than the file can fill, whatever its header claims.

    Parameters
    ----------
    path : str or path
        An IDX file, plain or compressed with gzip (told apart by their first bytes, not by their names).

    Returns
    -------
    ndarray
        Of the shape and type that the header states, in this machine's byte order. MNIST's images are uint8 of
        shape (n_samples, 28, 28), its labels uint8 of shape (n_samples,).

    Raises
    ------
    ValueError
        If the file is no IDX file, is empty, is cut short, goes on after its end, or is damaged.
    OSError
        If the file cannot be opened or read.

    Notes
    -----
    Format: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998.

    Examples
    --------
    A header of four bytes (two zeros, the type 8 for uint8, one axis), the length of that axis, and the items:

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "labels")
    >>> with open(path, "wb") as file:
    ...     n_bytes = file.write(bytes([0, 0, 8, 1]) + bytes([0, 0, 0, 3]) + bytes([5, 0, 4]))
    >>> read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    path = Path(path)
    with open(path, "rb") as file:
        zipped = file.read(2) == GZIP_START
        file.seek(0)
        stream = gzip.GzipFile(fileobj=file) if zipped else file
        most = path.stat().st_size * (GZIP_MOST if zipped else 1)
        try:
            return _read_array(stream, most)
        except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ValueError(f"{path} is no whole IDX file: {error}") from None


def _read_array(stream, most):
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in IDX_TYPES or not 0 < start[3] <= MAX_AXES:
        raise ValueError(f"it starts with {start!r}; expected two zeros, the code of a type and the number of axes, 1 to {MAX_AXES}")
    sizes = stream.read(4 * start[3])
    if len(sizes) < 4 * start[3]:
        raise ValueError(f"it ends inside its header; expected the lengths of {start[3]} axes")
    shape, dtype = struct.unpack(f">{start[3]}I", sizes), np.dtype(IDX_TYPES[start[2]])
    n_bytes = math.prod(shape) * dtype.itemsize
    if not 0 < n_bytes <= most:
        raise ValueError(f"its header announces {dtype} of shape {shape}; expected 1 to {most} bytes in a file of this size")
    array = np.empty(shape, dtype)
    _fill(stream, array.reshape(-1).view(np.uint8))
    return array.astype(dtype.newbyteorder("="), copy=False)


def _fill(stream, array):
    """Fill the bytes of `array` from `stream`, which must end where they end (checked, so that gzip checks its sum)."""
    filled, view = 0, memoryview(array)
    while filled < len(view) and (n_read := stream.readinto(view[filled : filled + CHUNK])):
        filled += n_read
    if filled < len(view):
        raise ValueError(f"it ends after {filled} bytes of data; expected {len(view)}")
    if stream.read(1):
        raise ValueError(f"it goes on after its data; expected {len(view)} bytes of data")


def read_mnist_csv(path: str | PathLike[str], raw: bool = False) -> tuple[Array, Array | Any]:
    """Read MNIST from a CSV file with one image of 28 x 28 pixels a line, as Kaggle's "Digit Recognizer" has it.

    A line is a label and 784 pixels, or 784 pixels alone: the number of fields tells which. The first line may be a header.
    Blank lines and white space around a number are skipped.

    Parameters
    ----------
    path : str or path
        The file, not compressed.
    raw : bool
        Give the pixels as they stand in the file.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, 784)
        Pixels in [0, 1]; with `raw` uint8 in 0 ... 255.
    y : ndarray of int64, shape (n_samples,), or None
        Labels 0 ... 9; None if the file has none.

    Raises
    ------
    ValueError
        If a line has another number of fields, a pixel is no whole number from 0 to 255, a label none from 0 to 9, the
        label is not the first column, or there are no images. The message names the line.
    OSError
        If the file cannot be opened or read.

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
    with open(path, encoding="ascii", errors="backslashreplace") as file:  # NumPy's parser can crash on rare letters
        header, width = _first_line(path, file)
        labelled = width > N_PIXELS
        file.seek(0)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # of an empty file; and of older NumPy's detour by way of floats
                table = np.loadtxt(file, np.uint8, comments=None, delimiter=",", skiprows=int(header), ndmin=2)
            check_shape("the table", table, (None, width))
            if labelled:
                check_labels(table[:, 0], n_classes=10, name="the first column")
        except UserWarning:
            raise ValueError(f"{path} holds no images; expected one a line") from None
        except (ValueError, DeprecationWarning) as error:
            raise ValueError(f"{path}, {_first_fault(file, header, width) or error}") from None
    X = table[:, labelled:]
    return (X.copy() if raw else scaled(X)), (table[:, 0].astype(np.int64) if labelled else None)


def scaled(X):
    """Return pixels 0 ... 255 as float32 in [0, 1]."""
    return np.divide(X, 255, dtype=np.float32)


def _first_line(path, file):
    """Return whether the first line is a header, and the number of its fields."""
    fields = file.readline().rstrip("\n").split(",")
    header = not any(NUMBER.fullmatch(field) for field in fields)
    if len(fields) not in (N_PIXELS, N_PIXELS + 1):
        raise ValueError(
            f"{path}, line 1 has {len(fields)} fields (it starts with {','.join(fields)[:20]!r}); "
            f"expected {N_PIXELS} pixels, or a label and {N_PIXELS} pixels"
        )
    if header and len(fields) > N_PIXELS and fields[0].strip(" \"'").lower() != "label":
        raise ValueError(f"{path}, line 1 calls its first column {fields[0][:20]!r}; expected 'label'")
    return header, len(fields)


def _first_fault(file, header, width):
    """Say in words what is wrong with the first line that is wrong; None if none is."""
    file.seek(0)
    for number, line in enumerate(file, start=1):
        fields = line.rstrip("\n").split(",")
        if number <= header or fields == [""]:
            continue
        if len(fields) != width:
            return f"line {number} has {len(fields)} fields; expected {width}"
        if width > N_PIXELS and not _is_number(fields[0], 9):
            return f"line {number} has the label {fields[0][:20]!r}; expected a whole number from 0 to 9"
        if not PIXELS.issuperset(fields):  # a line at a time: a long file takes a second, not a minute
            for column, field in enumerate(fields, start=1):
                if not _is_number(field, 255):
                    return f"line {number}, field {column} is {field[:20]!r}; expected a whole number from 0 to 255"


def _is_number(field, most):
    return NUMBER.fullmatch(field) is not None and float(field.strip()) <= most
