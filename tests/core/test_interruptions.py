"""A killed writer, a full disk, or a truncated download never leaves a file that is read as complete."""

import gzip
import os
import random
import shutil
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile

import numpy as np
import pytest

from nnfromscratch import Network, mlp, read_mnist_csv

pytestmark = pytest.mark.slow

SIZES = [20, 30, 10]
SCRIPT = """if True:
    import sys
    import numpy as np
    from nnfromscratch import Network, mlp
    LIMIT
    network = Network(mlp([20, 30, 10], rng=0))
    for number in range(int(sys.argv[2]), int(sys.argv[3])):
        network.parameters.values[:] = number
        network.save(sys.argv[1])
        if number == int(sys.argv[2]):
            print("started", flush=True)
"""


def saving(path, first, last, limit=""):
    """Start a process that saves network after network in the same file, and wait for the first."""
    command = [sys.executable, "-c", SCRIPT.replace("LIMIT", limit), str(path), str(first), str(last)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not limit:
        assert process.stdout.readline() == "started\n"
    return process


def whole(path):
    """Return which network a file holds; all its parameters must be from the same one."""
    values = Network.load(path).parameters.values
    assert (values == values[0]).all()
    return int(values[0])


def test_a_killed_writer_leaves_the_last_whole_network(tmp_path):
    rng = random.Random(0)
    for _ in range(5):
        with saving(tmp_path / "network.npz", 1, 10**6) as process:
            time.sleep(rng.uniform(0, 0.05))
            process.kill()
        assert whole(tmp_path / "network.npz") >= 1


def test_writers_at_the_same_time_and_a_reader_do_not_meet(tmp_path):
    path = tmp_path / "network.npz"
    with saving(path, 1, 150) as one, saving(path, 1000, 1150) as two:
        while one.poll() is None or two.poll() is None:
            assert whole(path) >= 1
    assert one.returncode == two.returncode == 0
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_a_limit_on_the_size_of_files_keeps_the_older_network(tmp_path):
    with saving(tmp_path / "network.npz", 7, 8) as process:
        assert process.wait() == 0
    limited = saving(tmp_path / "network.npz", 8, 9, limit="import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))")
    _, errors = limited.communicate(timeout=60)
    assert limited.returncode == 1 and "OSError: [Errno 27] File too large" in errors
    assert whole(tmp_path / "network.npz") == 7 and [path.name for path in tmp_path.iterdir()] == ["network.npz"]


@pytest.fixture
def tiny_disk(tmp_path):
    """A disk of 8 kB; only root can mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = shutil.which("mount") and subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder], capture_output=True)
    if not done or done.returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_keeps_the_older_network(tiny_disk):
    small = Network(mlp([2, 2], rng=0))
    small.save(tiny_disk / "network.npz")
    with pytest.raises(OSError, match="No space left"):
        Network(mlp(SIZES, rng=0)).save(tiny_disk / "network.npz")
    assert (Network.load(tiny_disk / "network.npz").parameters.values == small.parameters.values).all()
    assert [path.name for path in tiny_disk.iterdir()] == ["network.npz"]


def test_a_saved_network_cut_short_anywhere_is_never_loaded(tmp_path):
    Network(mlp([2, 2], rng=0)).save(tmp_path / "network.npz")
    content = (tmp_path / "network.npz").read_bytes()
    for length in range(len(content)):
        (tmp_path / "cut.npz").write_bytes(content[:length])
        with pytest.raises(ValueError, match="is not a saved network"):
            Network.load(tmp_path / "cut.npz")


def test_a_directory_that_claims_more_than_the_file_holds_costs_nothing(tmp_path):
    Network(mlp([2, 2], rng=0)).save(tmp_path / "network.npz")
    content = bytearray((tmp_path / "network.npz").read_bytes())
    end = content.rindex(b"PK\5\6")
    content[end + 12 : end + 16] = struct.pack("<I", 2**31)
    (tmp_path / "network.npz").write_bytes(content)
    tracemalloc.start()
    with pytest.raises(ValueError, match="is not a saved network"):
        Network.load(tmp_path / "network.npz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


# ---------------------------------------------------------------------------------------------- cut CSV files


LINES = ["label," + ",".join(f"pixel{i}" for i in range(784))] + [",".join(map(str, [7, *[0] * 783, 255]))] * 3
LINES = [line.replace("7,", f"{label},", 1) if label is not None else line for line, label in zip(LINES, [None, 3, 1, 4])]
TEXT = ("\n".join(line if number == 0 else ",".join(line.split(",")[:785]) for number, line in enumerate(LINES)) + "\n").encode()


def packed_in_a_zip(path, content):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("train.csv", content)
    return path.read_bytes()


@pytest.mark.parametrize("pack", ["gzip", "zip"])
def test_a_packed_csv_file_cut_short_anywhere_is_never_read(tmp_path, pack):
    content = gzip.compress(TEXT) if pack == "gzip" else packed_in_a_zip(tmp_path / "whole", TEXT)
    for length in range(len(content)):
        (tmp_path / "train.csv").write_bytes(content[:length])
        with pytest.raises(ValueError, match="cannot be read as a CSV file of images"):
            read_mnist_csv(tmp_path / "train.csv")


def test_a_csv_file_cut_inside_a_line_is_never_read(tmp_path):
    """Cut between two lines, it is a complete file with fewer images; cut in the last number, that number is smaller: no reader can detect
    this."""
    ends = {position + shift for position, byte in enumerate(TEXT) if byte == 10 for shift in (-2, -1, 0, 1)}
    starts = np.linspace(0, len(TEXT) - 2, 400, dtype=int)
    for length in [int(start) for start in starts if start not in ends]:
        (tmp_path / "train.csv").write_bytes(TEXT[:length])
        with pytest.raises(ValueError, match="cannot be read as a CSV file of images"):
            read_mnist_csv(tmp_path / "train.csv")
    assert os.path.getsize(tmp_path / "train.csv") > 5000
