"""Read IDX files, the format of the original MNIST, or say what is wrong with them.

A downloaded file may be truncated, changed, or something else entirely, so nothing in it is trusted until it has been checked.
"""

import math
import string
import struct
import warnings
from os import PathLike
from typing import Any, BinaryIO

import numpy as np

from .._typing import Array
from ._packing import PathName, faults_named, sniff, unpacked, what_it_is

IDX_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_AXES = 32  # as many as every version of NumPy allows
CHUNK = 2**18
EMNIST = "EMNIST's, whose rows and columns are swapped"


def read_idx(path: str | PathLike[str]) -> Array:
    """Read the array in an IDX file, the format of the original MNIST files.

    The file may be plain or compressed with gzip or zip, under any name. Whatever its header claims, no more memory is
    requested than the file can fill.

    Parameters
    ----------
    path : str or path

    Returns
    -------
    ndarray
        With the shape and type that the header states, in this machine's byte order. MNIST's images are uint8 of
        shape (n_samples, 28, 28), its labels uint8 of shape (n_samples,).

    Raises
    ------
    ValueError
        If the file is not an IDX file, is empty, is cut short, continues after its end, or is damaged.
    OSError
        If the file cannot be opened or read.

    Warns
    -----
    UserWarning
        If the images look like EMNIST's, which are stored with rows and columns swapped. `images.transpose(0, 2, 1)` turns them upright.

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
    array = read_idx_member(path)
    if looks_transposed(array):
        warnings.warn(f"the images in {path} look like {EMNIST}: turn them upright with images.transpose(0, 2, 1)", stacklevel=2)
    return array


def read_idx_member(path: PathName, member: str | None = None) -> Array:
    """Return the array in an IDX file, or in the named file of a zip archive."""
    with faults_named(path, "is not a complete IDX file"), unpacked(path, member) as (stream, most):
        return _read_array(stream, most)


def idx_header(array: Array) -> bytes:
    """Return the bytes that an IDX file of this array starts with."""
    code = {np.dtype(name).newbyteorder("="): code for code, name in IDX_TYPES.items()}[array.dtype]
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)


def looks_transposed(images: Array) -> bool:
    """Whether these are bytes of 28 x 28 images of at least 100 digits or letters whose rows and columns are swapped."""
    if images.shape[1:] != (28, 28) or len(images) < 100 or images.dtype != np.uint8:
        return False
    mean = images[:1000].mean(axis=0)
    if not 1.25 < _height(mean.T) / _height(mean) < 2.2:  # digits and letters are taller than wide, but shoes are much wider than tall
        return False
    from .datasets import load_digits  # only now: few files get this far

    upright = load_digits(raw=True).X_train[:1000].mean(axis=0)
    likeness = _likeness(mean.T, upright)
    return likeness > 0.8 and likeness > _likeness(mean, upright) + 0.12


def _height(image: Array) -> float:
    """Return the variance of the ink in the vertical direction."""
    rows, ink = np.arange(len(image)), image.sum(axis=1)
    return float(np.cov(rows, fweights=None, aweights=ink + 1e-9))


def _likeness(image: Array, other: Array) -> float:
    return float(np.corrcoef(image.ravel(), other.ravel())[0, 1])


def _read_array(stream: BinaryIO, most: int) -> Array:
    start = sniff(stream)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in IDX_TYPES or not 0 < start[3] <= MAX_AXES:
        raise ValueError(_not_idx(start))
    shape_bytes = stream.read(4 + 4 * start[3])[4:]
    if len(shape_bytes) < 4 * start[3]:
        raise ValueError(f"it ends inside its header; expected the lengths of {start[3]} axes")
    shape, dtype = struct.unpack(f">{start[3]}I", shape_bytes), np.dtype(IDX_TYPES[start[2]])
    n_bytes = math.prod(shape) * dtype.itemsize
    if not 0 < n_bytes <= most:
        raise ValueError(f"its header claims {dtype} of shape {shape}; expected 1 to {most} bytes in a file of this size")
    array = np.empty(shape, dtype)
    _fill(stream, array.reshape(-1).view(np.uint8))
    return array.astype(dtype.newbyteorder("="), copy=False)


def _not_idx(start: bytes) -> str:
    """Say what a file is that is not IDX."""
    if what := what_it_is(start):
        return what
    if start[2:4] == b"\0\0" and start[1] in IDX_TYPES:
        return f"its header is in the wrong byte order ({start[:4]!r}); expected the most significant byte first"
    text = start.lstrip(b"\xef\xbb\xbf\xfe\xff").replace(b"\0", b"")[:20].strip()
    if text and not text.strip(string.printable.encode()):
        return f"it is text that starts with {text!r}: if this is a CSV file, read it with read_mnist_csv"
    return f"it starts with {start[:4]!r}; expected two zeros, the code of a type, and the number of axes, 1 to {MAX_AXES}"


def _fill(stream: Any, array: Array) -> None:
    """Fill the bytes of `array` from `stream`, which must end where they end (checked, so that gzip verifies its checksum)."""
    filled, view = 0, array.data
    while filled < len(view) and (n_read := stream.readinto(view[filled : filled + CHUNK])):
        filled += n_read
    if filled < len(view):
        raise ValueError(f"it ends after {filled} bytes of data; expected {len(view)}: download it again")
    if stream.read(1):
        raise ValueError(f"it continues after its data; expected {len(view)} bytes of data: download it again, as it is (binary, not text)")
