"""Find out who submitted each file, in every layout in which submissions reach an instructor.

| layout | files |
|---|---|
| nbgrader | `submitted/ada/01-neuron/01-neuron.ipynb` |
| a folder per student | `Ada Lovelace/01-neuron.ipynb`, whatever the file is called |
| a folder per assignment | `01-neuron/ada.ipynb` or `01-neuron/ada/01-neuron.ipynb` |
| a file per student | `ada.ipynb`, `ada_01-neuron.ipynb`, `01-neuron-ada.ipynb` |
| Moodle's download | `Ada Lovelace_123_assignsubmission_file_/01-neuron.ipynb`, or the same without a folder |
| Canvas's download | `lovelaceada_123_456_01-neuron.ipynb`, `lovelaceada_LATE_123_456_01-neuron-1.ipynb` |

The archives of both platforms give all files the time of the download, which says nothing about when they were submitted.
Any of them may be a zip archive, and a zip archive may take the place of a student's files. Only the lists of what
archives contain are read here: a file itself is read when its turn comes.
"""

import io
import re
import unicodedata
import zipfile
import zoneinfo
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)", re.DOTALL)
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<attempt>\d+)_(?P<file>.+)", re.IGNORECASE | re.DOTALL)
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)  # some browsers and mail programs add an ending
WRAPPERS = {"submitted", "submissions"}
WORK = re.compile(
    r"\d|(hw|homework|week|assignment|exercise|ex|lab|unit|task|solution)s?(?![^\W\d_])", re.IGNORECASE
)  # the start of the name of a folder with a student's work
JUNK = {"__macosx", "thumbs.db", "desktop.ini"}
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
LARGEST = 50_000_000  # bytes of one file
MOST = 50_000  # files in all


class File(NamedTuple):
    """A file that was found, not yet read."""

    path: str  # within the place that was given; archives are folders in it
    read: Callable  # () -> bytes, at most LARGEST + 1 of them
    time: datetime | None = None  # as an archive states it


class Submission(NamedTuple):
    """A file as it was submitted."""

    student: str  # a name that can be that of a folder
    path: str
    read: Callable
    file: str = ""  # its name, without what a learning platform puts in front of it
    id: str = ""  # the number by which a learning platform knows the student
    attempt: tuple = ()  # a later one of the same student compares larger
    late: bool | None = None  # if the platform says so
    time: datetime | None = None

    @property
    def is_notebook(self):
        return bool(NOTEBOOK.search(self.path))


def collect(place, assignments, leave_out=None):
    """Return everything that was submitted, and what was ignored.

    Parameters
    ----------
    place : path
        A folder or a zip archive.
    assignments : sequence of str
        Names of assignments, to distinguish their folders from those of students.
    leave_out : path, optional
        A folder that is not searched.

    Returns
    -------
    (list of Submission, list of str)
        In the order of students and paths. A student who submitted no notebook is there with the file that came instead. The paths of files
        that belong to nobody are the second list.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or archive.
    ValueError
        If the archive cannot be read.
    """
    place = Path(place)
    if not place.exists():
        raise FileNotFoundError(f"there is no folder or zip archive {place}")
    if place.is_file() and not zipfile.is_zipfile(place):
        raise ValueError(f"{place} is neither a folder nor a zip archive that can be read")
    files = list(members(place.open, "", 0) if place.is_file() else from_folder(place, leave_out))[:MOST]
    ours = [file for file in files if not is_junk(file.path)]
    deep = is_wrapped([parts(file.path) for file in ours], assignments)
    times = {parent(file.path): when for file in ours if parts(file.path)[-1] == "timestamp.txt" and (when := of_nbgrader(file.read()))}
    found = [one._replace(time=times.get(parent(one.path), one.time)) for one in (owned(file, assignments, deep) for file in ours)]
    having = {one.student for one in found if one.student and one.is_notebook}
    kept = [one for one in found if one.student and (one.is_notebook or one.student not in having)]
    first = {one.student: one for one in reversed(kept) if not one.is_notebook}
    kept = [one for one in kept if one.is_notebook or first[one.student] is one]
    taken = {one.path for one in found if one.student in having | set(first)}
    return sorted(kept, key=lambda one: (one.student, one.path)), [file.path for file in files if file.path not in taken]


def from_folder(folder, leave_out):
    """Yield the files in a folder; links are not followed."""
    leave_out = Path(leave_out).resolve() if leave_out else None
    for path in sorted(folder.resolve().rglob("*")):
        if path.is_symlink() or not path.is_file() or (leave_out and leave_out in path.parents):
            continue
        name = path.relative_to(folder.resolve()).as_posix()
        if path.suffix.lower() == ".zip":
            yield from members(path.open, f"{name[:-4]}/", 0)
        else:
            yield File(name, lambda path=path: bounded(path.open))


def members(opened, prefix, depth):
    """Yield the files in a zip archive, and those in archives in it; of one that cannot be read, the archive itself.

    `opened(mode)` opens the archive. Archives within archives are opened three levels deep.
    """
    try:
        with opened("rb") as stream, zipfile.ZipFile(stream) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()][:MOST]
    except (OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile):
        yield File(f"{prefix[:-1]}.zip", bytes)
        return
    for entry in entries:
        read = reader(opened, entry)
        if entry.filename.lower().endswith(".zip") and depth < 3:
            yield from members(lambda mode, read=read: io.BytesIO(read()), prefix + entry.filename[:-4] + "/", depth + 1)
        else:
            yield File(prefix + entry.filename, read, timestamp(entry))


def reader(opened, entry):
    """Return a function that reads a file out of an archive; nothing of one that is larger than it may be, or damaged."""

    def read():
        try:
            with opened("rb") as stream, zipfile.ZipFile(stream) as archive:
                return bounded(lambda mode: archive.open(entry)) if entry.file_size <= LARGEST else b""
        except (OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.BadZipFile):
            return b""

    return read


def bounded(opened):
    """Return what a file holds, in pieces, or nothing if it is too large: an archive may promise less than it holds."""
    content = io.BytesIO()
    with opened("rb") as file:
        while piece := file.read(1_000_000):
            content.write(piece)
            if content.tell() > LARGEST:
                return b""
    return content.getvalue()


def timestamp(entry):
    """Return when a file in an archive was last changed, if the archive says so."""
    try:
        return datetime(*entry.date_time) if entry.date_time[0] > 1980 else None
    except ValueError:
        return None


def of_nbgrader(content):
    """Return the time in a `timestamp.txt`: 2027-01-15 23:58:59.123456 UTC, or with another zone's name."""
    match = re.match(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\S* ?(\S*)", content.decode("utf-8", "replace").strip())
    try:
        return match and datetime.fromisoformat(match[1]).replace(tzinfo=zoneinfo.ZoneInfo(match[2] or "UTC"))
    except (ValueError, KeyError, OSError):
        return None


def parent(path):
    """Return the folder of a path."""
    return path.rpartition("/")[0]


def parts(path):
    """Return the folders of a path and its name, without steps upwards."""
    return [part for part in PurePosixPath(path.replace("\\", "/")).parts if part not in ("..", "/", ".")]


def is_junk(path):
    """Whether a file was made by a system and not by a person."""
    return any(part.startswith(".") or part.lower() in JUNK for part in parts(path))


def is_wrapped(paths, assignments):
    """Whether one folder holds the folders of all students: then it is nobody's name."""
    folders = {path[0] for path in paths if len(path) > 1}
    inside = {path[1] for path in paths if len(path) > 2 and NOTEBOOK.search(path[-1])}
    names = {name for name in inside if not WORK.match(name) and name not in assignments}
    return len(folders) == 1 and len(names) > 1 and all(len(path) != 2 or not NOTEBOOK.search(path[1]) for path in paths)


def owned(file, assignments, deep):
    """Return a file as somebody's submission; of a file that belongs to nobody, the name is empty."""
    *folders, name = parts(file.path)
    if folders and (folders[0] in WRAPPERS or (deep and folders[0] not in assignments)):
        folders = folders[1:]
    for place, folder in enumerate(folders):
        if folder in assignments:
            folders = folders[:place] or folders[place + 1 :]
            break
    for given, rest in (*((folder, name) for folder in folders), (name, "")):
        if match := MOODLE.fullmatch(given):
            return Submission(clean(match["name"]), file.path, file.read, rest or match["file"], match["id"])
    if folders and (match := CANVAS.fullmatch(folders[0])) and len(match["attempt"]) > 2:  # an archive that was submitted
        attempt = int(match["attempt"]), 0
        return Submission(clean(match["name"]), file.path, file.read, name, match["id"], attempt, bool(match["late"]))
    if match := CANVAS.fullmatch(name):
        number = re.search(r"-(\d+)\.ipynb", match["file"])
        attempt = int(match["attempt"]), int(number[1]) if number else 0
        plain = re.sub(r"-\d+(?=\.ipynb)", "", match["file"])
        owner = clean(folders[0] if folders else match["name"])
        return Submission(owner, file.path, file.read, plain, match["id"], attempt, bool(match["late"]))
    if folders:
        return Submission(clean(folders[0]), file.path, file.read, name, time=file.time)
    return Submission(of_file(name, assignments), file.path, file.read, name, time=file.time)


def of_file(name, assignments):
    """Return whose file this is, by its name alone: that of a notebook or an archive."""
    if not NOTEBOOK.search(name) and not name.lower().endswith(".zip"):
        return ""
    name = NOTEBOOK.sub("", name) if NOTEBOOK.search(name) else name[:-4]
    for assignment in map(re.escape, assignments):
        name = re.sub(rf"(?<=.)[-_ ]+{assignment}.*$", "", name)
        name = re.sub(rf"^{assignment}[-_ ]+(?=\w)", "", name)
    return clean(name)


def clean(name):
    """Return a name in one form that can be the name of a folder: letters of all scripts stay as they are."""
    name = unicodedata.normalize("NFC", " ".join(name.split()))
    name = FORBIDDEN.sub("_", name.encode("utf-8", "replace").decode("utf-8")).strip(". ")
    return f"{name}_" if re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)", name, re.IGNORECASE) else name[:120]
