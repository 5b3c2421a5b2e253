"""Real data: handwritten digits, some of them inside the package and all 70,000 a download away, and Fisher's irises.

Every file is known by its SHA-256. A file that is cut short, altered or something else entirely is refused, with a word
about what was expected and about the ways out.
"""

import hashlib
import os
from pathlib import Path

import numpy as np

from .._typing import Array
from .csv_reader import scaled
from .readers import read_idx
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
MNIST_SHA256 = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
WAYS_OUT = f"""
Ways out:
- put the four files {", ".join(MNIST_SHA256)} into a folder and name it in the environment variable {FOLDER_VARIABLE};
- download from another address: nnfromscratch.data.datasets.MIRRORS = ("https://.../",);
- stay with the digits that the package brings along: load_digits()."""


def load_digits(raw: bool = False) -> Dataset:
    """Load the 5,000 digits that come with the package: real MNIST, split once and for all.

    Both parts come from MNIST's training set (the first 500 images of each digit), 400 of each digit to train with and 100
    to test with. A score on this test set is therefore not a score on the test set of MNIST: for that, see `load_mnist`.

    Parameters
    ----------
    raw : bool
        Give the pixels as they are stored.

    Returns
    -------
    Dataset
        `X_train` (4000, 784) and `X_test` (1000, 784): one image of 28 x 28 pixels a row, float32 in [0, 1] from
        background to ink; with `raw` uint8 in 0 ... 255. `y_train` (4000,) and `y_test` (1000,): int64, the digits.

    Raises
    ------
    ValueError
        If the file in the package was altered.

    Notes
    -----
    Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998. Origin and licence
    (CC BY-SA 3.0, as stated by others) stand beside the file, in `data/README.md`.

    Examples
    --------
    >>> digits = load_digits()
    >>> digits.X_train.shape, digits.X_test.shape
    ((4000, 784), (1000, 784))
    >>> np.bincount(digits.y_test)
    array([100, 100, 100, 100, 100, 100, 100, 100, 100, 100])
    """
    with np.load(_verified(DATA / "digits.npz", DIGITS_SHA256, "\nWay out: install the package again.")) as arrays:
        return _dataset([arrays[name] for name in Dataset._fields], raw)


def load_mnist(raw: bool = False) -> Dataset:
    """Load all of MNIST: 60,000 digits to train with and 10,000, by other writers, to test with.

    The four files are taken from the folder that the environment variable `NNFROMSCRATCH_DATA` names. Without it they are
    downloaded once (11.6 MB, from the first of several mirrors that answers) and kept in the user's cache folder.

    Parameters
    ----------
    raw : bool
        Give the pixels as they are stored: a quarter of the memory.

    Returns
    -------
    Dataset
        `X_train` (60000, 784) and `X_test` (10000, 784): one image of 28 x 28 pixels a row, float32 in [0, 1] from
        background to ink; with `raw` uint8 in 0 ... 255. `y_train` (60000,) and `y_test` (10000,): int64, the digits.

    Raises
    ------
    FileNotFoundError
        If the folder lacks a file.
    ValueError
        If a file in the folder is not the original one.
    ImportError
        If a download is needed, and the packages pooch or tqdm are missing.
    ConnectionError
        If no mirror gives the right file.

    Notes
    -----
    Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits", 1998.

    Examples
    --------
    >>> if FOLDER_VARIABLE in os.environ:
    ...     mnist = load_mnist()
    ...     assert mnist.X_train.shape == (60000, 784) and mnist.X_test.shape == (10000, 784)
    """
    images_and_labels = [read_idx(_mnist_file(name)) for name in MNIST_SHA256]
    return _dataset([array.reshape(len(array), -1) if array.ndim > 1 else array for array in images_and_labels], raw)


def load_iris() -> tuple[Array, Array]:
    """Load Fisher's irises: lengths and widths, in cm, of the sepals and petals of 50 flowers of each of three species.

    The values are those that Fisher printed; UCI's widespread copy differs in two flowers (rows 35 and 38).

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


def _dataset(arrays, raw):
    """Make a Dataset of stored pixels and labels, scaling the pixels unless `raw`."""
    X_train, y_train, X_test, y_test = arrays
    pixels = np.asarray if raw else scaled
    return Dataset(pixels(X_train), y_train.astype(np.int64), pixels(X_test), y_test.astype(np.int64))


def _mnist_file(name):
    """Return the path of one of the four files, verified: in the reader's folder, or downloaded."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return _download(name)
    path = Path(folder).expanduser() / name
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}, which {FOLDER_VARIABLE} leads to{WAYS_OUT}")
    return _verified(path, MNIST_SHA256[name], WAYS_OUT)


def _verified(path, expected, ways_out):
    """Return the path of a file if its bytes are the expected ones."""
    with open(path, "rb") as file:
        start = file.peek(20)[:20]
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ValueError(
            f"{path} is not the original file: it has {path.stat().st_size} bytes, starts with {start!r} and "
            f"has the SHA-256 {found}; expected {expected}{ways_out}"
        )
    return path


def _download(name):
    """Return the path of a file in the cache, after fetching it from the first mirror that has the right one."""
    try:
        import pooch
        import tqdm  # noqa: F401  (pooch draws its progress bar with it)
    except ImportError as error:
        raise ImportError(f"downloading {name} needs the package {error.name}: pip install pooch tqdm{WAYS_OUT}") from error
    faults = []
    for mirror in MIRRORS:
        try:
            return pooch.retrieve(
                mirror + name, f"sha256:{MNIST_SHA256[name]}", fname=name, path=pooch.os_cache("nnfromscratch"), progressbar=True
            )
        except (OSError, ValueError) as error:
            faults.append(f"\n- {mirror}{name}: {error}")
    raise ConnectionError(f"no mirror gave {name} (expected SHA-256 {MNIST_SHA256[name]}):{''.join(faults)}{WAYS_OUT}")
