"""Open a file, whether plain or compressed with gzip or zip; if it is anything else, say what it is.

Browsers unpack files behind your back, servers pack them twice, and a download can turn out to be a web page. So the readers go by
a file's first bytes, never by its name, and believe nothing that a packed file claims about its size.
"""

import contextlib
import errno
import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

EXPANSION = 1032  # deflate, the method of gzip and zip, packs at most this many bytes into one
MAX_DEPTH = 3
SNIFFED = 4096

GZIP, ZIP = b"\x1f\x8b", (b"PK\3\4", b"PK\5\6")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
UNPACK = "unpack it first"
PICKLES = (b"\x80\2", b"\x80\3", b"\x80\4\x95", b"\x80\5\x95", b"cnumpy", b"(cnumpy", b"(lp0", b"(dp0")
PAGE = "download the file itself; the server may want you to sign in, or the address is wrong"
KINDS = [  # how a file starts, what it is, and what to do
    (b"version https://git-lfs", "a Git LFS pointer, which only names the real file", "run `git lfs pull`, or download the file itself"),
    (b"/annex/objects/", "a git-annex pointer, which only names the real file", "run `git annex get`, or download the file itself"),
    (b"\xfd7zXZ", "compressed with xz", UNPACK),
    (b"BZh", "compressed with bzip2", UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", UNPACK),
    (b"\x1f\x9d", "compressed with compress (.Z)", UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"\x93NUMPY", "a NumPy array", "read it with numpy.load"),
    (b"PAR1", "a Parquet table", "read it with pandas, and save it as CSV"),
    (b"\x89HDF", "an HDF5 file", "read it with h5py"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "save it as CSV"),
    (b"SQLite format 3", "an SQLite database", "export its table as CSV"),
    (b"\x89PNG", "a PNG picture", "expected all images in one file"),
    (b"\xff\xd8\xff", "a JPEG picture", "expected all images in one file"),
    (b"%PDF", "a PDF document", "download the data, not their description"),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file", "read it with scipy.io.loadmat"),
    (b"\0\5\x16\7", "macOS metadata about a file (._name)", "use the file itself, whose name has no ._"),
    (b"bplist", "a web page as Safari saves it, or a list of settings", PAGE),
    (b"{\\rtf", "formatted text (RTF), as TextEdit and WordPad save it", "save it as plain text"),
    (b"ARROW1", "an Arrow table", "read it with pandas, and save it as CSV"),
    *((start, "a Python pickle", "save its arrays in another format; unpickling runs the file's own code") for start in PICKLES),
]
TEXTS = [  # the same for text: lowercase, after white space
    (b"<!doctype", "a web page", PAGE),
    (b"<html", "a web page", PAGE),
    (b"<?xml", "an XML document, perhaps a server's error message", PAGE),
    (b"<error", "an XML document, perhaps a server's error message", PAGE),
    (b"<", "a web page, or a part of one", PAGE),
    (b"from: <saved", "a web page as browsers save it", PAGE),
    (b"[internetshortcut]", "a shortcut to an address", PAGE),
    (b"@relation", "an ARFF file, as OpenML offers it", "download it as CSV, or read it with scipy.io.arff"),
    (b"{", "a JSON text, perhaps a server's error message", PAGE),
    *((start, "a server's error message", PAGE) for start in (b"404:", b"404 not", b"404 page")),
]


PathName = str | os.PathLike[str]


class _Bounded(io.BufferedReader):
    """A file that never sets memory aside for more bytes than it has, whatever an archive's directory claims."""

    def __init__(self, path: PathName) -> None:
        super().__init__(io.FileIO(path))
        self.size = os.fstat(self.fileno()).st_size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(-1 if size is None else min(size, self.size))


@contextlib.contextmanager
def unpacked(path: PathName, member: str | None = None) -> Iterator[tuple[BinaryIO, int]]:
    """Yield the content of a file as a binary stream, and the most bytes that it can hold.

    Parameters
    ----------
    path : str or path
    member : str, optional
        Which file of a zip archive; without it, the archive must hold just one.

    Raises
    ------
    ValueError
        If an archive holds several files, or none, or is protected by a password.
    """
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(_Bounded(path))
        stream: Any = file
        for _ in range(MAX_DEPTH):
            start = sniff(stream)
            if start.startswith(GZIP):
                stream = stack.enter_context(gzip.GzipFile(fileobj=stream, mode="rb"))
            elif start.startswith(ZIP):
                archive = stack.enter_context(zipfile.ZipFile(stream))
                stream = stack.enter_context(archive.open(_member(archive, member)))
            else:
                break
        yield stream, file.size * (1 if stream is file else EXPANSION)


def sniff(stream: BinaryIO) -> bytes:
    """Return how a stream starts, and go back to its start."""
    start = stream.read(SNIFFED)
    stream.seek(0)
    return start


def member_names(path: PathName) -> list[str] | list[None]:
    """Return the names of the files in a zip archive; [None], which stands for the file itself, for any other file."""
    with _Bounded(path) as file:
        if not sniff(file).startswith(ZIP):
            return [None]
        with zipfile.ZipFile(file) as archive:
            return [member.filename for member in _members(archive)]


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files in an archive, without those that macOS and Windows add."""
    members = [(member, member.filename.rpartition("/")[2].lower()) for member in archive.infolist() if not member.is_dir()]
    return [
        member
        for member, name in members
        if not (member.filename.startswith("__MACOSX/") or name.startswith(".") or name in ("thumbs.db", "desktop.ini"))
    ]


def _member(archive: zipfile.ZipFile, name: str | None) -> zipfile.ZipInfo:
    members = [member for member in _members(archive) if name is None or member.filename == name]
    names = [member.filename for member in members]
    if "[Content_Types].xml" in names:
        raise ValueError("it is an Excel workbook or another office document: save the table as CSV")
    if names and all(name.endswith(".npy") for name in names):
        raise ValueError("it is an .npz archive of NumPy arrays: read it with numpy.load")
    if len(members) != 1:
        listed = ", ".join(name[:60] for name in names[:4]) + ", ..." * (len(names) > 4)
        raise ValueError(f"it is a zip archive of {len(members)} files{f' ({listed})' if names else ''}; expected one: {UNPACK}")
    if members[0].compress_type not in METHODS:
        raise ValueError(f"it is a zip archive with a rare compression method ({members[0].compress_type}): {UNPACK}")
    return members[0]


def what_it_is(start: bytes) -> str | None:
    """Return what a file is that starts with these bytes, and what to do with it; None for anything unknown."""
    if not start:
        return "it is empty: download it again"
    if len(start) > 100 and not any(start):
        return "it starts with nothing but zeros, as an unfinished download does: download it again"
    if start[257:262] == b"ustar":
        return f"it is a tar archive: {UNPACK}"
    text = start.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n").replace(b"\0", b"").lower()
    kinds = [kind for kind in KINDS if start.startswith(kind[0])] + [kind for kind in TEXTS if text.startswith(kind[0])]
    return f"it is {kinds[0][1]}: {kinds[0][2]}" if kinds else None


@contextlib.contextmanager
def faults_named(path: PathName, verdict: str) -> Iterator[None]:
    """Turn every fault of a file's content into a ValueError, "path verdict: reason"; errors of the disk itself pass through."""
    try:
        yield
    except EOFError:
        raise ValueError(f"{path} {verdict}: it is cut short (the end of its compressed data is missing): download it again") from None
    except (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} {verdict}: it is damaged ({str(error)[:300]}): download it again") from None
    except (ValueError, NotImplementedError, RuntimeError, MemoryError, struct.error, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise ValueError(f"{path} {verdict}: {str(error)[:300] or 'it needs more memory than is available'}") from None
