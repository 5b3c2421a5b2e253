"""Real data: handwritten digits, some of them in the package and all 70,000 a download away, and Fisher's irises.

Every file is recognized by the SHA-256 of its content, however it is compressed or named. A file that is truncated, changed, or something
else entirely is rejected, and the message says what was expected and what to do.
"""

import hashlib
import itertools
import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from .._typing import Array
from ._download import download
from ._packing import member_names
from .csv_reader import scaled
from .readers import EMNIST, idx_header, looks_transposed, read_idx_member
from .splits import Dataset

DATA = Path(__file__).parent
DIGITS_SHA256 = "85764978d6e0138ec8565111e98210b173d53c14c8d1ad08c4cd223f42a755a0"
IRIS_FEATURES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
IRIS_CLASSES = ("setosa", "versicolor", "virginica")

FOLDER_VARIABLE = "NNFROMSCRATCH_DATA"
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://azureopendatastorage.blob.core.windows.net/mnist/",
)
MNIST_SHA256 = {  # of the unpacked content
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MAX_FILES, MAX_BYTES = 1000, 100_000_000  # in the reader's folder: at most this many files are opened, none larger
WAYS_OUT = f"""
To fix this, either
- put the four files {", ".join(MNIST_SHA256)}, zipped or not, in a folder, and set the environment variable {FOLDER_VARIABLE} to its path;
- or download from a different address: nnfromscratch.data.datasets.MIRRORS = ("https://.../",);
- or use the digits that come with the package: load_digits()."""


def load_digits(raw: bool = False) -> Dataset:
    """Load the 5,000 digits that come with the package: real MNIST, always split the same way.

    Both parts come from MNIST's training set (the first 500 images of each digit), 400 of each digit for training and 100
    for testing. A score on this test set is therefore not a score on the test set of MNIST; for that, see `load_mnist`.

    Parameters
    ----------
    raw : bool
        Return the pixels as they are stored.

    Returns
    -------
    Dataset
        `X_train` (4000, 784) and `X_test` (1000, 784): one image of 28 x 28 pixels per row, float32 in [0, 1] from
        background to ink; with `raw` uint8 in 0 ... 255. `y_train` (4000,) and `y_test` (1000,): int64, the digits.

    Raises
    ------
    ValueError
        If the file in the package was altered.

    Notes
    -----
    Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998. Origin and license
    (CC BY-SA 3.0, as stated by others) are described in `data/README.md`.

    Examples
    --------
    >>> digits = load_digits()
    >>> digits.X_train.shape, digits.X_test.shape
    ((4000, 784), (1000, 784))
    >>> np.bincount(digits.y_test)
    array([100, 100, 100, 100, 100, 100, 100, 100, 100, 100])
    """
    with np.load(_verified(DATA / "digits.npz", DIGITS_SHA256, ": install the package again")) as arrays:
        return _dataset([arrays[name] for name in Dataset._fields], raw)


def load_mnist(raw: bool = False) -> Dataset:
    """Load all of MNIST: 60,000 digits for training and 10,000, by other writers, for testing.

    The four files are taken from the folder that the environment variable `NNFROMSCRATCH_DATA` names, compressed or not, under any
    name, in a subfolder or in a zip archive: they are recognized by their content. Without the variable, they are downloaded once
    (11.6 MB, from the first of several mirrors that responds) and kept in the user's cache folder.

    Parameters
    ----------
    raw : bool
        Return the pixels as they are stored, which takes a quarter of the memory.

    Returns
    -------
    Dataset
        `X_train` (60000, 784) and `X_test` (10000, 784): one image of 28 x 28 pixels per row, float32 in [0, 1] from
        background to ink; with `raw` uint8 in 0 ... 255. `y_train` (60000,) and `y_test` (10000,): int64, the digits.

    Raises
    ------
    FileNotFoundError
        If the folder lacks a file.
    ValueError
        If a file in the folder is not the original one. The message says what it is.
    ImportError
        If the environment variable is not set, and pooch or tqdm is missing.
    ConnectionError
        If no mirror gives the right file.
    OSError
        If the cache folder cannot be written, or the disk is full.

    Notes
    -----
    Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998.

    Examples
    --------
    >>> if FOLDER_VARIABLE in os.environ:
    ...     mnist = load_mnist()
    ...     assert mnist.X_train.shape == (60000, 784) and mnist.X_test.shape == (10000, 784)
    """
    folder = os.environ.get(FOLDER_VARIABLE, "").strip(" \"'")
    found = _from_folder(Path(folder).expanduser()) if folder else _from_cache()
    arrays = [found[name] for name in MNIST_SHA256]
    return _dataset([array.reshape(len(array), -1) if array.ndim > 1 else array for array in arrays], raw)


def load_iris() -> tuple[Array, Array]:
    """Load Fisher's irises: lengths and widths, in cm, of the sepals and petals of 50 flowers of each of three species.

    The values are those that Fisher printed; UCI's widespread copy differs in two flowers, the 35th and the 38th.

    Returns
    -------
    X : ndarray of float32, shape (150, 4)
        Features in the order of `IRIS_FEATURES`, in cm.
    y : ndarray of int64, shape (150,)
        Labels 0, 1, 2, in the order of `IRIS_CLASSES`.

    Notes
    -----
    Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7(2), 1936.

    Examples
    --------
    >>> X, y = load_iris()
    >>> X[0], IRIS_CLASSES[y[0]]
    (array([5.1, 3.5, 1.4, 0.2], dtype=float32), 'setosa')
    """
    rows = np.loadtxt(DATA / "iris.csv", dtype=str, delimiter=",", skiprows=1)
    return rows[:, :4].astype(np.float32), np.array([IRIS_CLASSES.index(name) for name in rows[:, 4]], dtype=np.int64)


def _dataset(arrays: Iterable[Array], raw: bool) -> Dataset:
    """Make a Dataset of stored pixels and labels, scaling the pixels unless `raw`."""
    X_train, y_train, X_test, y_test = arrays
    pixels = np.asarray if raw else scaled
    return Dataset(pixels(X_train), y_train.astype(np.int64), pixels(X_test), y_test.astype(np.int64))


def _verified(path: Path, expected: str, ways_out: str) -> Path:
    """Return the path of a file if its bytes are the expected ones."""
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ValueError(f"{path} is not the original file: its SHA-256 is {found}; expected {expected}{ways_out}")
    return path


# ---------------------------------------------------------------------------------------------- all of MNIST


def _from_folder(folder: Path) -> dict[str, Array]:
    """Return the four arrays by name, from any files in the reader's folder that hold them."""
    found: dict[str, Array] = {}
    faults = []
    for path, member in _contents(folder):
        try:
            array = read_idx_member(path, member)
            found.setdefault(_name(array, path), array)
        except (OSError, ValueError) as error:
            if any(name.partition("-idx")[0] in path.name for name in MNIST_SHA256):
                faults.append(f"\n- {error}")
        if len(found) == len(MNIST_SHA256):
            return found
    missing = [name for name in MNIST_SHA256 if name not in found]
    message = f"{folder}, which {FOLDER_VARIABLE} names, lacks {', '.join(missing)}"
    if not folder.exists():
        raise FileNotFoundError(f"the folder {folder}, which {FOLDER_VARIABLE} names, does not exist{WAYS_OUT}")
    if faults:
        raise ValueError(f"{message}; these are not the original files:{''.join(faults)}{WAYS_OUT}")
    raise FileNotFoundError(f"{message}{WAYS_OUT}")


def _contents(folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield the files, and the members of zip archives, that could hold MNIST: first those that have the original names."""
    named = [folder / f"{name}{ending}" for name in MNIST_SHA256 for ending in (".gz", "")]
    others = itertools.chain([folder], *(sorted(folder.glob(pattern)) for pattern in ("*", "*/*", "*/*/*")))
    for path in dict.fromkeys(itertools.chain(named, itertools.islice(others, MAX_FILES))):
        if path.is_file() and path.stat().st_size <= MAX_BYTES:
            try:
                members = member_names(path)
            except (OSError, zipfile.BadZipFile, ValueError):
                members = [None]  # reading it will say what is wrong
            yield from ((path, member) for member in members)


def _name(array: Array, path: Path) -> str:
    """Return which of the four files holds this array; say what is wrong with it if none does."""
    digest = hashlib.sha256(idx_header(array))
    digest.update(array.data if array.itemsize == 1 else b"")  # MNIST has bytes only
    for name, expected in MNIST_SHA256.items():
        if digest.hexdigest() == expected:
            return name
    hint = f"; its images look like {EMNIST}" if looks_transposed(array) else ""
    raise ValueError(
        f"{path} is not one of MNIST's files: it holds {array.dtype} of shape {array.shape}, and the SHA-256 of its content is "
        f"{digest.hexdigest()}{hint}"
    )


def _from_cache() -> dict[str, Array]:
    """Return the four arrays by name, from the user's cache folder; what is not there, or is damaged, is downloaded."""
    try:
        import pooch
        import tqdm  # noqa: F401  (pooch draws its progress bar with it)
    except ImportError as error:
        raise ImportError(f"downloading MNIST needs the package {error.name}: pip install pooch tqdm{WAYS_OUT}") from error
    folder = Path(pooch.os_cache("nnfromscratch"))
    return {name: _cached(folder / f"{name}.gz", name) for name in MNIST_SHA256}


def _cached(path: Path, name: str) -> Array:
    """Return the array of this name from a file of the cache, after downloading it if need be."""

    def read(path: Path) -> Array:
        array = read_idx_member(path)
        if _name(array, path) != name:
            raise ValueError(f"{path} is a different MNIST file; expected {name}")
        return array

    try:
        return read(path)
    except (OSError, ValueError):
        pass
    try:
        download([f"{mirror}{name}.gz" for mirror in MIRRORS], path, check=read)
    except OSError as error:
        raise type(error)(*error.args[:-1], f"{error.args[-1]}{WAYS_OUT}") from None
    return read(path)
