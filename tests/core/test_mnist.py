"""All of MNIST: from the reader's files, in whatever form they are, or from mirrors, networks, and disks that misbehave."""

import contextlib
import errno
import gzip
import hashlib
import http.server
import io
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nnfromscratch.data import datasets
from nnfromscratch.data.datasets import load_mnist

# ---------------------------------------------------------------------------------------------- all of MNIST


@pytest.mark.skipif(
    datasets.FOLDER_VARIABLE not in os.environ, reason="needs the full MNIST: name the folder of its four files in NNFROMSCRATCH_DATA"
)
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
    content = dict(zip(datasets.MNIST_SHA256, map(idx, arrays)))
    monkeypatch.setattr(datasets, "MNIST_SHA256", {name: hashlib.sha256(value).hexdigest() for name, value in content.items()})
    monkeypatch.delenv(datasets.FOLDER_VARIABLE, raising=False)
    return {f"{name}.gz": gzip.compress(value, mtime=0) for name, value in content.items()}


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


# ---------------------------------------------------------------------------------------------- a folder of the reader's


NAMES = [f"{name}.gz" for name in datasets.MNIST_SHA256]


def zipped(files, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def unpacked(files):
    return {name.removesuffix(".gz"): gzip.decompress(content) for name, content in files.items()}


FOLDERS = {  # how people have the four files
    "as they are": lambda files: files,
    "unpacked by the browser": unpacked,
    "unpacked, with the ending kept": lambda files: {f"{name}.gz": content for name, content in unpacked(files).items()},
    "one of them unpacked": lambda files: {**dict(list(files.items())[:3]), **dict([list(unpacked(files).items())[3]])},
    "packed again": lambda files: {name: gzip.compress(gzip.decompress(content), 1) for name, content in files.items()},
    "packed twice": lambda files: {name: gzip.compress(content) for name, content in files.items()},
    "as zip archives": lambda files: {f"{name}.zip": zipped({name: content}) for name, content in unpacked(files).items()},
    "downloaded again": lambda files: {name.replace(".gz", " (1).gz"): content for name, content in files.items()},
    "with a point": lambda files: {name.replace("-idx", ".idx"): content for name, content in unpacked(files).items()},
    "under any name": lambda files: {f"{number}.bin": content for number, content in enumerate(files.values())},
    "two of them swapped": lambda files: dict(zip(files, list(files.values())[::-1])),
    "as torchvision keeps them": lambda files: {f"MNIST/raw/{name}": content for name, content in (files | unpacked(files)).items()},
    "in a folder for each": lambda files: {f"{name}/{name}": content for name, content in unpacked(files).items()},
    "all in one zip archive": lambda files: {"archive.zip": zipped(unpacked(files))},
    "all in one zip archive, packed": lambda files: {"mnist.zip": zipped({f"mnist/{name}": content for name, content in files.items()})},
    "next to a broken copy": lambda files: unpacked(files) | {name: content[:-1] for name, content in files.items()},
    "next to other things": lambda files: files | {"a.txt": b"words", "b.zip": b"PK\3\4", "c.gz": b"\x1f\x8b", ".DS_Store": b"\0\0\0\1"},
}


def write(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


@pytest.mark.parametrize("arranged", FOLDERS.values(), ids=FOLDERS)
def test_the_files_are_known_by_their_content(files, tmp_path, monkeypatch, arranged):
    write(tmp_path, arranged(files))
    monkeypatch.setenv(datasets.FOLDER_VARIABLE, str(tmp_path))
    assert_the_small_mnist(load_mnist())


@pytest.mark.parametrize("name", ["week 2", "[data] (1)", "größe-数", "-data", "a'b", '"quoted"'])
def test_the_folder_may_have_any_name(files, tmp_path, monkeypatch, name):
    write(tmp_path / name.strip('"'), files)
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path / name.strip('"'), name):
        monkeypatch.setenv(datasets.FOLDER_VARIABLE, str(folder))
        assert_the_small_mnist(load_mnist())


def test_the_variable_may_name_a_zip_archive_or_a_folder_of_the_home(files, tmp_path, monkeypatch):
    write(tmp_path, {"archive.zip": zipped(unpacked(files))})
    monkeypatch.setenv(datasets.FOLDER_VARIABLE, str(tmp_path / "archive.zip"))
    assert_the_small_mnist(load_mnist())
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(datasets.FOLDER_VARIABLE, "~")
    assert_the_small_mnist(load_mnist())


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(FileNotFoundError) as error:
        load_mnist()
    assert f"{folder}, which NNFROMSCRATCH_DATA names, lacks {name.removesuffix('.gz')}\n" in str(error.value)
    assert_shows_the_ways_out(str(error.value))


def test_a_missing_folder_is_named(files, tmp_path, monkeypatch):
    monkeypatch.setenv(datasets.FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="the folder .*nowhere, which NNFROMSCRATCH_DATA names, does not exist"):
        load_mnist()


SPOILT = {
    "truncated": (lambda content: content[:-1], "it is cut short"),
    "too long": (lambda content: content + b"\0" * 20 + b"?", "Not a gzipped file|trailing|continues after"),
    "empty": (lambda content: b"", "it is empty"),
    "web page": (lambda content: b"<!DOCTYPE html><title>Sign in</title>", "it is a web page"),
    "Git LFS": (lambda content: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "it is a Git LFS pointer"),
    "damaged": (lambda content: content[:30] + b"?" + content[31:], "is not a complete IDX file: |is not one of MNIST's files"),
    "unpacked and truncated": (lambda content: gzip.decompress(content)[:-1], "it ends after"),
    "other content": (
        lambda content: idx(np.zeros((7, 28, 28), np.uint8)),
        r"is not one of MNIST's files: it holds uint8 of shape \(7, 28, 28\), and the SHA-256 of its content is [0-9a-f]{64}",
    ),
}


@pytest.mark.parametrize(("spoil", "words"), SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_file_is_rejected_as_what_it_is(folder, name, spoil, words):
    (folder / name).write_bytes(spoil((folder / name).read_bytes()))
    with pytest.raises(ValueError, match=words) as error:
        load_mnist()
    for expected in (str(folder / name), f"lacks {name.removesuffix('.gz')}; these are not the original files:\n- "):
        assert expected in str(error.value)
    assert_shows_the_ways_out(str(error.value))


def test_files_of_emnist_under_the_names_of_mnist_are_named(folder):
    images = datasets.load_digits(raw=True).X_test.reshape(-1, 28, 28)
    (folder / NAMES[0]).write_bytes(gzip.compress(idx(np.ascontiguousarray(images.transpose(0, 2, 1)))))
    with pytest.raises(ValueError, match="its images look like EMNIST's, whose rows and columns are swapped"):
        load_mnist()
    (folder / NAMES[0]).write_bytes(gzip.compress(idx(images)))
    with pytest.raises(ValueError, match="is not one of MNIST's files: it holds uint8 of shape") as error:
        load_mnist()
    assert "EMNIST" not in str(error.value)


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

    def want_a_password(self, content):
        self.answer(b"who are you?", 12, status=407)

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
        self.answer(content + b"\0" * 100_000 + b"?")

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
    for word in (server.address + name, f"no mirror provided {name}"):
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


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: b"", lambda c: b"<html>", lambda c: c + b"?"])
def test_a_spoilt_file_in_the_cache_is_fetched_again(files, cache, monkeypatch, spoil):
    cache.mkdir()
    for name, content in files.items():
        (cache / name).write_bytes(spoil(content))
    with mirror(files, "good") as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
        assert_the_small_mnist(load_mnist())
    assert len(server.requests) == 4


@pytest.mark.slow
def test_a_killed_download_does_not_poison_the_cache(files, cache, monkeypatch):
    with mirror(files, "stall") as server, start_download(server, cache) as process:
        assert server.stalled.wait(60)
        process.kill()
    assert process.returncode != 0
    assert not set(files) & {path.name for path in cache.iterdir()}
    with mirror(files, "good") as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
        assert_the_small_mnist(load_mnist())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows interrupts all processes of a window, these tests included")
def test_a_download_that_is_interrupted_by_hand_leaves_nothing_behind(files, cache):
    with mirror(files, "stall") as server, start_download(server, cache) as process:
        assert server.stalled.wait(60)
        process.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in process.communicate(timeout=60)[1]
    assert list(cache.iterdir()) == []


def test_a_mirror_that_unpacks_on_the_way_or_packs_again_is_as_good(files, cache, monkeypatch):
    for others in (unpacked(files), FOLDERS["packed twice"](files)):
        with mirror({f"{name.removesuffix('.gz')}.gz": content for name, content in others.items()}, "good") as server:
            monkeypatch.setattr(datasets, "MIRRORS", (server.address,))
            assert_the_small_mnist(load_mnist())
        shutil.rmtree(cache)


# ---------------------------------------------------------------------------------------------- this machine


@pytest.fixture
def good(files, cache, monkeypatch):
    with mirror(files, "good") as server:
        monkeypatch.setattr(datasets, "MIRRORS", (server.address, server.address))
        yield server


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_cache_folder_that_cannot_be_written_is_named_and_no_mirror_is_blamed(good, cache, monkeypatch, number):
    def refuse(*arguments, **keywords):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("tempfile.mkstemp", refuse)  # the tests may run as root, who may write anywhere
    with pytest.raises(OSError, match="the file cannot be saved in the cache folder .*nnfromscratch: it cannot be written") as error:
        load_mnist()
    assert (
        str(cache) in str(error.value) and os.strerror(number) in str(error.value) and "mirror" not in str(error.value).split("To fix")[0]
    )
    assert error.value.errno == number and good.requests == []
    assert_shows_the_ways_out(str(error.value))


@pytest.mark.parametrize("where", ["nnfromscratch", "."])
def test_a_file_in_the_place_of_the_cache_folder_is_named(good, cache, tmp_path, monkeypatch, where):
    (tmp_path / "blocked").write_text("a file")
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / "blocked" / where)
    with pytest.raises(OSError, match="the file cannot be saved in the cache folder .*blocked.*: it cannot be written"):
        load_mnist()


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder in which even the administrator can write nothing")
@pytest.mark.parametrize("where", ["", "new"])
def test_a_folder_in_which_nobody_can_write_is_named(good, cache, monkeypatch, where):
    monkeypatch.setattr("pooch.os_cache", lambda name: Path("/sys/kernel", where))
    with pytest.raises(OSError, match="the file cannot be saved in the cache folder /sys/kernel.*: it cannot be written") as error:
        load_mnist()
    assert "mirror" not in str(error.value).split("To fix")[0] and good.requests == []
    assert_shows_the_ways_out(str(error.value))


def test_a_full_cache_that_is_right_needs_neither_network_nor_permission(files, cache, monkeypatch):
    write(cache, files)
    monkeypatch.setattr(datasets, "MIRRORS", ())
    monkeypatch.setattr("tempfile.mkstemp", lambda *a, **k: pytest.fail("it was written to"))
    assert_the_small_mnist(load_mnist())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_named_and_leaves_nothing_behind(good, cache, monkeypatch, number):
    def fill(self, url, path, pooch):
        Path(path).write_bytes(b"\x1f\x8b half of it")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pooch.HTTPDownloader.__call__", fill)
    words = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "quota is used up", errno.EFBIG: "larger than is allowed"}[number]
    with pytest.raises(OSError, match=f"the file cannot be saved in the cache folder .*nnfromscratch: .*{words}"):
        load_mnist()
    assert list(cache.iterdir()) == []


DOWNLOAD = """if True:
    import signal, sys, pathlib, pooch
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background has told its children to ignore it
    from nnfromscratch.data import datasets
    datasets.MIRRORS, datasets.MNIST_SHA256, cache = (sys.argv[1],), eval(sys.argv[3]), pathlib.Path(sys.argv[2])
    pooch.os_cache = lambda name: cache
    LIMIT
    print(datasets.load_mnist().y_train.tolist())"""


def start_download(server, cache, limit="", **keywords):
    script = DOWNLOAD.replace("LIMIT", limit)
    command = [sys.executable, "-c", script, server.address, str(cache), repr(datasets.MNIST_SHA256)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_a_limit_on_the_size_of_files_stops_a_download_with_a_word(good, cache):
    process = start_download(good, cache, "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))")
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and output == ""
    assert re.search("OSError: .*the file cannot be saved in the cache folder .*: the file is larger than is allowed here", errors)
    assert not list(cache.glob("*idx*"))


@pytest.mark.slow
def test_downloads_at_the_same_time_do_not_meet(good, cache, files):
    processes = [start_download(good, cache) for _ in range(4)]
    outputs = [process.communicate(timeout=120) for process in processes]
    assert [output for output, _ in outputs] == ["[5, 0, 4]\n"] * 4, outputs
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == files


def test_what_killed_downloads_left_is_cleared_away_after_a_day(good, cache):
    cache.mkdir()
    old, new = cache / ".old.part", cache / ".new.part"
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    load_mnist()
    assert not old.exists() and new.exists()


# ---------------------------------------------------------------------------------------------- proxies


def test_a_proxy_that_does_not_answer_is_named_without_its_password(good, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("http_proxy", f"http://ada:secret@{place}")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(
            ConnectionError, match=rf"the proxy failed: .* \(through the proxy {place}: see the variable http_proxy"
        ) as error:
            load_mnist()
    assert "secret" not in str(error.value) and good.requests == []


@pytest.mark.parametrize(
    ("manner", "words"), [("want_a_password", r"407.*\(through the proxy"), ("web_page", r"it is a web page.*\(through the proxy")]
)
def test_what_a_proxy_answers_is_told_from_what_a_mirror_answers(files, cache, monkeypatch, manner, words):
    with mirror(files, manner) as proxy:
        monkeypatch.setenv("http_proxy", proxy.address.removesuffix("/mnist/"))
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setattr(datasets, "MIRRORS", ("http://mirror.invalid/mnist/",))
        with pytest.raises(ConnectionError, match=words):
            load_mnist()
    assert list(cache.iterdir()) == []


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
    script = "import sys, nnfromscratch.data.datasets; print({'pooch', 'requests', 'tqdm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
