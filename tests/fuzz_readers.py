"""Random files for the readers: right ones in every dialect, damaged ones, and nonsense.

    python tests/fuzz_readers.py --inputs 100000 [--reader csv] [--seed 1]

runs this many inputs through each reader, and prints the longest time and the most memory that one took. Every input must give the right
arrays or a ValueError that names the file, in bounded time and memory; anything else ends the run with the input's number, and
`--seed SEED --only NUMBER` repeats it. The tests run a few thousand inputs of each kind.
"""

import argparse
import contextlib
import gzip
import io
import random
import re
import struct
import sys
import tempfile
import time
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np

from nnfromscratch import Network, mlp
from nnfromscratch.data.csv_reader import read_mnist_csv
from nnfromscratch.data.readers import IDX_TYPES, read_idx

SPARE = 3_000_000  # bytes that a reader may use in addition to its data: buffers, the unpacking, lines of text
SECONDS = 2  # for one input
STARTS = [
    b"",
    b"\0\0\x08\1", b"\0\0\x08\3", b"\x1f\x8b\x08\0", b"PK\3\4", b"PK\5\6", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<html>", b"label,",
    b"version https://git-lfs", b"sep=;\n", b"BZh9", b"\x93NUMPY", b"0," * 784, b"label" + b",pixel" * 784 + b"\n",
]  # fmt: skip


# ---------------------------------------------------------------------------------------------- damage


def damaged(rng, content):
    """Return the bytes with up to four of them changed, inserted, repeated, or cut off."""
    content = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(content))
        how = rng.choice(["change", "change", "insert", "cut", "repeat", "delete"])
        if how == "cut":
            del content[place:]
        elif how == "insert":
            content[place:place] = rng.choice([rng.randbytes(rng.randint(1, 6)), b"\n", b",", b'"', b"\0", b"\r", b";", b"-", b"\xff" * 4])
        elif how == "repeat":
            content[place:place] = content[place : place + rng.randint(1, 3000)]
        elif how == "delete":
            del content[place : place + rng.randint(1, 3000)]
        elif place < len(content):
            content[place] = rng.randrange(256)
    return bytes(content)


def nonsense(rng):
    return rng.choice(STARTS) + rng.randbytes(rng.randint(0, 300)) + rng.choice([b"", b"\n", bytes(1000), b"," * 1000, b"\n" * 1000])


def packed(rng, content):
    """Return the bytes packed in one of the ways that the readers know, or as they are."""
    how = rng.choice(["plain", "plain", "plain", "gzip", "zip", "gzip in zip", "gzip twice"])
    if "gzip" in how:
        content = gzip.compress(content, 1, mtime=0)
    if how == "gzip twice":
        content = gzip.compress(content, 1, mtime=0)
    return zipped(content) if "zip" in how.replace("gzip", "") else content


def zipped(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("file", content)
        archive.writestr("__MACOSX/._file", b"\0\5\x16\7")
    return buffer.getvalue()


# ---------------------------------------------------------------------------------------------- IDX


def idx_input(rng):
    """Return a file's bytes and the array in it; None if the bytes are wrong, ... if they could be either."""
    kind = rng.choice(["right", "right", "damaged", "claims", "nonsense", "damaged package"])
    if kind == "nonsense":
        return nonsense(rng), ...
    code = rng.choice(sorted(IDX_TYPES))
    shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 4))]
    dtype = np.dtype(IDX_TYPES[code])
    data = rng.randbytes(int(np.prod(shape)) * dtype.itemsize)
    if kind == "claims":
        shape = [rng.choice([rng.randint(0, 5), rng.randrange(2**32)]) for _ in range(rng.randint(1, 255))]
    content = struct.pack(f">HBB{len(shape)}I", 0, code, len(shape), *shape) + data
    if kind == "right":
        return packed(rng, content), np.frombuffer(data, dtype).reshape(shape)
    if kind == "damaged package":
        return damaged(rng, packed(rng, content)), ...
    if kind == "damaged":
        content = damaged(rng, content)
    return packed(rng, content), plain_idx(content)


def plain_idx(content):
    """Return the array in whole IDX bytes, or None if they are wrong: a second, plain reader to compare with."""
    if content[:2] == b"\x1f\x8b" or content[:2] == b"PK":
        return ...
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in IDX_TYPES or not 0 < content[3] <= 32:
        return None
    n_axes, data, n_items = content[3], content[4 + 4 * content[3] :], 1
    shape = [int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(n_axes)]
    dtype = np.dtype(IDX_TYPES[content[2]])
    for length in shape:
        n_items *= length
    if len(content) < 4 + 4 * n_axes or n_items == 0 or n_items * dtype.itemsize != len(data):
        return None
    return np.frombuffer(data, dtype).reshape(shape)


def check_idx(path, expected):
    array = read_idx(path)
    assert expected is not None, "it was read, though it is wrong"
    if expected is not ...:
        assert array.dtype == expected.dtype.newbyteorder("=") and array.shape == expected.shape
        assert array.tobytes() == expected.astype(array.dtype).tobytes()


# ---------------------------------------------------------------------------------------------- CSV


WRITTEN = ["{}", "{}.0", '"{}"', "+{}", " {}", "{:.6e}", "{:03d}", "{}.", "{}\xa0", "«{}»", '"{},0"', "{},0"]
BAD = ["", " ", "nan", "NA", "#N/A", "x", "256", "-1", "1.5", "0.5", '"0,5"', "1e3", "0x1", "1_0", "\u0661", "1\U0010a0e3", "\0", "1 2"]
BAD += ["9" * 50, "#", "--1", "inf"]
PIXELS = ["pixel{0}", "p{3}", "{0}", '"{3}"', "{1}x{2}", "X{1}.{2}", "größe{0}"]  # names
LABELS = ["label", "Class", '"target"', "DIGIT", " y "]
INDICES = ["", '""', "Unnamed: 0", "index", "ImageId"]
WAYS = ["name", "name", "only name", "no name", "first", "last", "late", "given", "given name", "unlabeled", "unlabeled", "wrong"]
FATES = ["right"] * 6 + ["bad field"] * 3 + ["bad line", "damaged", "damaged", "damaged package"]
ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]


def csv_input(rng):
    """Return a file's bytes, what must come of it, and the reader's `label`.

    What must come is (X, y) if the file is right, None if it must be rejected, and the number of a line that the message must name if that
    line is wrong; ... for anything else.
    """
    if rng.random() < 0.1:
        return nonsense(rng), ..., None
    X, y, label, names, lines, checked = csv_table(rng)
    separator = rng.choice([",", ",", ",", ";", "\t", "|", " "])
    lines = csv_fields(rng, lines, separator)
    fate, wrong = rng.choice(FATES), rng.randrange(len(lines))
    if max(y or [0]) > 9:
        fate, wrong = "bad label", y.index(max(y))
    elif fate == "bad field":
        bad = rng.choice(BAD if separator != " " else [bad for bad in BAD if len(bad.split()) == 1])
        lines[wrong][rng.randrange(checked, len(lines[0]) - (not names))] = bad  # without a header, the last one could be the end of a line
    elif fate == "bad line" and wrong > bool(checked):  # of which the lines before show the columns
        lines[wrong] = rng.choice([["0", *lines[wrong]], lines[wrong][1:], lines[wrong][:1]])
    else:
        wrong = None
    text, numbers = csv_text(rng, names, lines, separator)
    content = text.encode(rng.choice(ENCODINGS), "replace")
    if fate == "damaged":
        content = damaged(rng, content)
    content = packed(rng, content)
    if fate == "damaged package":
        content = damaged(rng, content)
    expected = ... if "damaged" in fate else None if X is None else (X, y) if wrong is None else numbers[wrong]
    return content, expected, label


def csv_table(rng):
    """Return images, labels, the reader's `label`, the names of columns (or None), lines of numbers, and the first column that is checked.

    There are no images if the table must be rejected, and no labels if it has none.
    """
    way, header, place, label = rng.choice(WAYS), rng.random() < 0.6, rng.choice([0, 784, rng.randrange(785)]), None
    n = 40 if way == "late" else rng.randint(1, 3)
    X = np.frombuffer(bytearray(rng.randbytes(n * 784)), np.uint8).reshape(n, 784)
    X[:, [0, -1]] = 0  # as in MNIST; without a header only this shows which column holds the labels
    X //= rng.choice([1, 1, 100])  # numbers of one digit only, at times
    y = [rng.randrange(10) for _ in range(n)]
    form, order = rng.choice(PIXELS), rng.sample(range(784), 784) if header and rng.random() < 0.1 else range(784)
    names, name = [form.format(i, i // 28, i % 28, i + 1) for i in order], rng.choice(["answer", "réponse"])
    if way in ("name", "only name", "given name"):
        header, name = True, rng.choice(LABELS) if way == "name" else name
    elif way == "no name":
        header, name, place, y = True, "", 0, [rng.randint(2, 9)] * n  # and not the numbers of lines
    elif way in ("first", "last", "late"):
        place, order = 0 if way == "first" else 784, range(784)
        y = y if way == "first" else [0] * 39 + [7] if way == "late" else [7, *y[1:]]
        names, name = list(map(str, range(place == 0, 784 + (place == 0)))), "784" if place else "0"  # pandas' names
    if way in ("name", "given", "given name") and rng.random() < 0.1:
        y[rng.randrange(n)] = rng.randint(10, 255)  # which is no label
    lines = X[:, order].tolist()
    if way == "wrong":
        return None, None, None, *wrong_table(rng, names, lines), 0
    if way == "unlabeled":
        y = None
    else:
        names.insert(place, name)
        lines = [[*line[:place], digit, *line[place:]] for line, digit in zip(lines, y)]
    n_indices = 0 if way == "no name" else rng.choice([0, 0, 1, 2]) if header else rng.choice([0, 1]) if y or n == 3 else 0
    start = 5000 if not header and not y else rng.choice([0, 1, 5000])
    for _ in range(n_indices):
        names = [rng.choice(INDICES), *names]
        lines = [[i, *line] for i, line in enumerate(lines, start)]
    if way == "given":
        label = place + n_indices - rng.choice([0, len(lines[0])])
    elif way == "given name":
        label = name
    return X, y, label, names if header else None, lines, 1 if way == "no name" else n_indices


def wrong_table(rng, names, lines):
    """Return names and lines of a table that says too little, or too much, about its columns."""
    first, last = (sorted([rng.randint(2, 9) for _ in lines], reverse=True) for _ in range(2))  # which don't number the lines
    both = [[a, *line, b] for a, line, b in zip(first, lines, last)]
    return rng.choice(
        [
            (["label", *names, "class"], both),
            (["weight", *names, "age"], both),
            (None, both),
            (None, [[a, *line[1:], b] for a, line, b in zip(first, lines, last)]),
            (None, [[*line, i] for i, line in enumerate(lines * 3, start=5000)]),
            (["0", *(f"0.{i}" for i in range(1, 785))], [[a, *line] for a, line in zip(first, lines)]),
        ]
    )


def csv_fields(rng, lines, separator):
    """Return lines of numbers as lines of fields, all written in one way or in two."""
    forms = rng.sample([form for form in WRITTEN if "," not in form or separator in (";\t|" if form == "{},0" else ",;\t|")], 2)
    return [[form.format(value) for value in line] for line in lines for form in [forms[rng.random() < 0.2]]]


def csv_text(rng, names, lines, separator):
    """Return the text of a file with these names and lines, and whatever programs add to them; and the number of each line."""
    if names:
        names = [name.replace(" ", "") or '""' for name in names] if separator == " " else names + [""] * (rng.random() < 0.1)
    if separator != " " and rng.random() < 0.2:
        lines = [[*line, ""] for line in lines]
    if names and names[-1] and not names[0].strip('"') and rng.random() < 0.5:
        names = names[1:]  # as R leaves out the name of the lines' names
    rows = [separator.join(row) for row in ([names] if names else []) + lines]
    rows[0] = "# " * (bool(names) and rng.random() < 0.1) + rows[0]  # as NumPy writes a header
    if rng.random() < 0.05:
        rows = ['"' + row.replace('"', '""') + '"' for row in rows]  # as a spreadsheet writes lines that it took for single fields
    text, numbers = [line for line in ["sep=;", "# two,words"] if rng.random() < 0.1], []
    for row in rows:
        text += [blank for blank in ["", "  ", ",", ";;", '""'] if rng.random() < 0.03] + [row]
        numbers.append(len(text))
    mark = "ï»¿" * (rng.random() < 0.1)  # a byte order mark that was read as letters
    end = rng.choice(["\n", "\n", "\r\n", "\r"])
    return mark + end.join([*text, ""]), numbers[bool(names) :]


def check_csv(path, expected, label):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            X, y = read_mnist_csv(path, raw=True, label=label)
    except ValueError as error:
        if isinstance(expected, int):
            assert re.search(rf"line {expected}\b", str(error)), f"expected line {expected}, got {error}"
        raise
    assert expected is not None, "it was read, though it is wrong"
    assert not isinstance(expected, int), f"it was read, though line {expected} is wrong"
    assert X.shape[1] == 784 and X.dtype == np.uint8 and (y is None or (y.shape == (len(X),) and y.max() <= 9))
    if expected is not ...:
        assert (X == expected[0]).all() and (y is None if expected[1] is None else y.tolist() == expected[1])


# ---------------------------------------------------------------------------------------------- saved networks


def network_input(rng, saved=[]):  # noqa: B006  (made once)
    """Return the bytes of a saved network, at times damaged."""
    if not saved:
        with tempfile.TemporaryDirectory() as folder:
            for number, sizes in enumerate([[2, 3, 2], [4, 2], [1, 1, 1, 1]]):
                network = Network(mlp(sizes, rng=number))
                network.save(Path(folder) / "n.npz")
                saved.append((Path(folder, "n.npz").read_bytes(), network.parameters.values.copy()))
    content, values = rng.choice(saved)
    kind = rng.choice(["right", "damaged", "damaged", "nonsense"])
    if kind == "nonsense":
        return nonsense(rng), ...
    return (content, values) if kind == "right" else (damaged(rng, content), ...)


def check_network(path, expected):
    network = Network.load(path)
    assert expected is ... or (network.parameters.values == expected).all()


# ---------------------------------------------------------------------------------------------- the run


READERS = {"idx": (idx_input, check_idx), "csv": (csv_input, check_csv), "network": (network_input, check_network)}


def run(reader, path, number, seed=0, watch_memory=True):
    """Run one input through a reader; return whether it was read, the seconds, and the peak of memory (0 without watching)."""
    make, check = READERS[reader]
    content, expected, *options = make(random.Random(f"{reader} {seed} {number}"))
    path.write_bytes(content)
    if watch_memory:
        tracemalloc.start()
    start = time.process_time()  # the processor's, because this machine may be busy
    try:
        check(path, expected, *options)
        accepted = True
    except ValueError as error:
        assert expected is ... or expected is None or isinstance(expected, int), f"a right file was rejected: {error}"
        assert str(path) in str(error) and len(str(error)) < 600
        accepted = False
    finally:
        seconds = time.process_time() - start
        peak = tracemalloc.get_traced_memory()[1] if watch_memory else 0
        tracemalloc.stop()
    assert peak < 60 * len(content) + SPARE and seconds < SECONDS, f"{peak} bytes and {seconds} s for a file of {len(content)} bytes"
    return accepted, seconds, peak


def main():
    parser = argparse.ArgumentParser(
        description="Run random files through the readers. Ctrl-C ends a reader's run with its figures so far."
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="how many for each reader")
    parser.add_argument("--reader", choices=READERS, help="only this one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="repeat the input of this number")
    options = parser.parse_args()
    print(
        f"{'reader':8} {'inputs':>8} {'read':>8} {'rejected':>8} {'longest':>9} {'peak of one':>12} {'process':>9} {'total':>7}", flush=True
    )
    for reader in [options.reader] if options.reader else READERS:
        numbers = range(options.inputs) if options.only is None else [options.only]
        start, results = time.perf_counter(), []
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
            for number in numbers:
                results.append(run_or_say(reader, Path(folder) / "file", number, options.seed))
        report(reader, results, time.perf_counter() - start)


def run_or_say(reader, path, number, seed):
    """Run one input, watching the memory of every tenth; if it fails, say how to repeat it."""
    try:
        return run(reader, path, number, seed, watch_memory=number % 10 == 0)
    except Exception:
        print(f"{reader}, input {number}: repeat it with --reader {reader} --seed {seed} --only {number}", file=sys.stderr)
        raise


def most_memory():
    """Return the most megabytes that this process has had; NaN on Windows, which does not say it in this way."""
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def report(reader, results, total):
    """Print one line about a run."""
    accepted, seconds, peaks = zip(*results)
    print(
        f"{reader:8} {len(results):8,} {sum(accepted):8,} {len(results) - sum(accepted):8,} {1000 * max(seconds):6.0f} ms "
        f"{max(peaks) / 1e6:9.1f} MB {most_memory():6.0f} MB {total:5.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
