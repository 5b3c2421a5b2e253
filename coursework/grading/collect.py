"""Find out which file is whose: the layouts in which submissions reach an instructor.

| layout | files |
|---|---|
| nbgrader | `submitted/ada/01-neuron/01-neuron.ipynb` |
| a folder a student | `ada/01-neuron.ipynb`, whatever the file is called |
| a folder an assignment | `01-neuron/ada.ipynb` or `01-neuron/ada/01-neuron.ipynb` |
| a file a student | `ada.ipynb`, `ada_01-neuron.ipynb` |
| Moodle's download | `Ada Lovelace_123_assignsubmission_file_/01-neuron.ipynb` |
| Canvas's download | `lovelaceada_123_456_01-neuron.ipynb`, `lovelaceada_LATE_123_456_01-neuron.ipynb` |

All of them may be a zip archive; a zip archive in the place of a student's file is opened, too.
"""

import io
import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

MOODLE = re.compile(r"(.+?)_(\d+)_assignsubmission_\w+")
CANVAS = re.compile(r"([^_]+)_(?:LATE_)?(\d+)_\d+_", re.IGNORECASE)
NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)  # some browsers and mail programs add an ending
WRAPPERS = {"submitted", "submissions"}
NEVER_OURS = {"__MACOSX", ".ipynb_checkpoints"}
LARGEST = 50_000_000  # bytes of one file


class Submission(NamedTuple):
    """A file as it was handed in."""

    student: str
    path: str
    content: bytes  # empty for what is no notebook


def collect(place, assignments):
    """Return everything that was handed in.

    Parameters
    ----------
    place : path
        A folder or a zip archive.
    assignments : sequence of str
        Names of assignments, to tell their folders from students'.

    Returns
    -------
    list of Submission
        In the order of students and paths. A student who handed in no notebook is there with the file that came instead.

    Raises
    ------
    FileNotFoundError
        If there is no such folder or archive.
    """
    place = Path(place)
    if not place.exists():
        raise FileNotFoundError(f"no folder and no zip archive: {place}")
    files = dict(unpacked(place.read_bytes(), "") if place.is_file() else from_folder(place))
    paths = [PurePosixPath(path) for path in files]
    deep = len({path.parts[0] for path in paths} - {".."}) == 1 and all(len(path.parts) > 2 for path in paths)
    found = [Submission(owner(path, assignments, deep), str(path), files[str(path)]) for path in paths]
    notebooks = [submission for submission in found if NOTEBOOK.search(submission.path)]
    having = {submission.student for submission in notebooks}
    others = {submission.student: submission for submission in found if submission.student not in having}
    return sorted(with_own_names(notebooks + [other._replace(content=b"") for other in others.values()]))


def from_folder(folder):
    """Yield (path within the folder, content) of every file; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or NEVER_OURS & set(path.parts):
            continue
        name, content = path.relative_to(folder).as_posix(), path.read_bytes() if path.stat().st_size <= LARGEST else b""
        yield from unpacked(content, f"{name[:-4]}/") if path.suffix.lower() == ".zip" else [(name, content)]


def unpacked(content, prefix):
    """Yield (path, content) of the files in a zip archive; of one that cannot be read, the archive itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and not NEVER_OURS & set(PurePosixPath(entry.filename).parts):
                    with archive.open(entry) as file:
                        inside = file.read(LARGEST + 1)
                    yield prefix + entry.filename, inside if len(inside) <= LARGEST else b""
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if not prefix:
            raise ValueError(f"this zip archive cannot be read: {error}") from error
        yield f"{prefix[:-1]}.zip", b""


def owner(path, assignments, deep=False):
    """Return the name of the student to whom a file belongs; `deep` says that all files lie in one folder more than they need."""
    folders = [part for part in path.parts[:-1] if part not in ("..", "/")]
    if folders and (folders[0] in WRAPPERS or (deep and not set(folders[:2]) & set(assignments))):
        folders = folders[1:]
    for place, folder in enumerate(folders):
        if folder in assignments:
            folders = folders[:place] or folders[place + 1 :]
            break
    if folders:
        match = MOODLE.fullmatch(folders[0].rstrip("_"))
        return f"{match[1]}_{match[2]}" if match else folders[0]
    name = path.name
    if match := CANVAS.match(name):
        return f"{match[1]}_{match[2]}"
    name = NOTEBOOK.sub("", name)
    for assignment in assignments:
        name = re.sub(rf"(?<=.)[-_ ]+{assignment}.*$", "", name)
    return name


def with_own_names(submissions):
    """Return the submissions with students' names that can be the name of a folder; different students keep different names."""
    names = {}
    for student in sorted({submission.student for submission in submissions}):
        plain = re.sub(r"[^\w.@+-]+", "_", student).strip("._") or "student"
        taken = set(names.values())
        names[student] = next(name for name in [plain, *(f"{plain}-{i}" for i in range(2, 10_000))] if name not in taken)
    return [submission._replace(student=names[submission.student]) for submission in submissions]
