"""IDX and CSV files: what is right is read exactly, what is wrong is refused with the place and the reason."""

import gzip
import struct
import tracemalloc
import warnings

import numpy as np
import pytest

from nnfromscratch.readers import IDX_TYPES, read_idx, read_mnist_csv


def idx(array):
    code = {np.dtype(name): code for code, name in IDX_TYPES.items()}[array.dtype]
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("dtype", IDX_TYPES.values())
@pytest.mark.parametrize("shape", [(1,), (7,), (2, 3), (3, 28, 28), (1, 2, 3, 4, 5)])
def test_idx_of_every_type_is_read_exactly(tmp_path, pack, dtype, shape):
    array = (np.random.default_rng(0).normal(size=shape) * 100).astype(np.int8).astype(dtype)
    (tmp_path / "any.name").write_bytes(pack(idx(array)))
    read = read_idx(tmp_path / "any.name")
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.dtype(dtype).newbyteorder("=") and read.dtype.isnative and read.flags.writeable


LABELS = idx(np.arange(10, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "starts with b''"),
        (LABELS[:3], "expected two zeros, the code of a type"),
        (b"<!DOCTYPE html>", "starts with b'<!DO'"),
        (b"\1" + LABELS[1:], "starts with b'.x01"),
        (b"\0\0\x0a\1" + LABELS[4:], "starts with"),
        (b"\0\0\x08\0" + LABELS[4:], "the number of axes, 1 to 32"),
        (LABELS[:6], "ends inside its header"),
        (LABELS[:-1], "ends after 9 bytes of data; expected 10"),
        (LABELS[:7] + b"\x20" + LABELS[8:], "announces uint8 of shape .32,.; expected 1 to 18 bytes"),
        (LABELS + b"\0", "goes on after its data; expected 10 bytes"),
        (b"\0\0\x08\1" + b"\0\0\0\0", "announces uint8 of shape .0,."),
        (b"\0\0\x08\4" + b"\xff" * 16 + b"\1" * 9, "announces uint8 of shape .4294967295, "),
        (gzip.compress(LABELS, mtime=0)[:-9], "ended before the end-of-stream"),
        (gzip.compress(LABELS, mtime=0)[:5], "ended before the end-of-stream"),
        (gzip.compress(LABELS[:-1], mtime=0), "ends after 9 bytes of data; expected 10"),
        (gzip.compress(LABELS + b"\0", mtime=0), "goes on after its data"),
        (gzip.compress(LABELS, mtime=0)[:-8] + b"\0" * 8, "CRC check failed"),
        (b"\x1f\x8bnonsense", "Unknown compression method"),
    ],
)
def test_wrong_idx_files_are_refused(tmp_path, content, words):
    (tmp_path / "labels").write_bytes(content)
    with pytest.raises(ValueError, match=words) as error:
        read_idx(tmp_path / "labels")
    assert str(tmp_path / "labels") in str(error.value)


def test_a_missing_file_is_an_os_error(tmp_path):
    for read in (read_idx, read_mnist_csv):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            read(tmp_path / "nowhere")
        with pytest.raises(OSError, match="directory"):
            read(tmp_path)


def test_idx_in_gzip_is_read_straight_into_its_array(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (5000, 28, 28), np.uint8)
    (tmp_path / "images.gz").write_bytes(gzip.compress(idx(array), compresslevel=1))
    tracemalloc.start()
    read = read_idx(tmp_path / "images.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < read.nbytes + 1_500_000


# ---------------------------------------------------------------------------------------------- CSV

rng = np.random.default_rng(1)
PIXELS = rng.integers(0, 256, (4, 784), np.uint8)
DIGITS = np.array([7, 0, 9, 3])
HEADER = ["label", *(f"pixel{i}" for i in range(784))]


def csv(pixels=PIXELS, labels=DIGITS, header=HEADER, end="\n"):
    """The text of a CSV file; labels and header may be None."""
    table = pixels if labels is None else np.column_stack([labels, pixels])
    lines = [",".join(map(str, row)) for row in table.tolist()]
    if header is not None:
        lines.insert(0, ",".join(header[-table.shape[1] :]))
    return end.join([*lines, ""])


@pytest.fixture
def read(tmp_path):
    def read(text, **kwargs):
        (tmp_path / "train.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return read_mnist_csv(tmp_path / "train.csv", **kwargs)

    return read


OTHER_HEADERS = [[f'"{name}"' for name in HEADER], ["Label", *(f"{i}x{j}" for i in range(28) for j in range(28))]]


@pytest.mark.parametrize("header", [None, HEADER, *OTHER_HEADERS], ids=["none", "kaggle", "quoted", "other"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\r"])
def test_csv_with_and_without_header_and_labels(read, header, end):
    X, y = read(csv(header=header, end=end))
    assert X.dtype == np.float32 and y.dtype == np.int64 and X.flags.c_contiguous
    np.testing.assert_array_equal(X, PIXELS.astype(np.float32) / 255)
    np.testing.assert_array_equal(y, DIGITS)
    X, y = read(csv(labels=None, header=header, end=end), raw=True)
    assert X.dtype == np.uint8 and y is None and X.flags.c_contiguous and X.base is None
    np.testing.assert_array_equal(X, PIXELS)


def test_csv_of_one_image_without_a_newline_at_its_end(read):
    X, y = read(csv(PIXELS[:1], DIGITS[:1], header=None).rstrip())
    assert X.shape == (1, 784) and y.tolist() == [7]


def altered(line, field, value):
    """The text of a CSV file with a header, with one field replaced (line and field counted from 1)."""
    lines = [text.split(",") for text in csv().split("\n")]
    lines[line - 1][field - 1] = value
    return "\n".join(map(",".join, lines))


NUMBER_255, NUMBER_9 = "expected a whole number from 0 to 255", "expected a whole number from 0 to 9"


@pytest.mark.parametrize(
    ("line", "field", "value", "words"),
    [
        (2, 2, "256", f"line 2, field 2 is '256'; {NUMBER_255}"),
        (3, 785, "-1", f"line 3, field 785 is '-1'; {NUMBER_255}"),
        (4, 400, "1.5", f"line 4, field 400 is '1.5'; {NUMBER_255}"),
        (4, 400, "1.0", f"line 4, field 400 is '1.0'; {NUMBER_255}"),
        (5, 9, "", f"line 5, field 9 is ''; {NUMBER_255}"),
        (5, 9, "nan", f"line 5, field 9 is 'nan'; {NUMBER_255}"),
        (5, 9, "1e2", f"line 5, field 9 is '1e2'; {NUMBER_255}"),
        (5, 9, "0x1", f"line 5, field 9 is '0x1'; {NUMBER_255}"),
        (5, 9, "9" * 5000, f"line 5, field 9 is '{'9' * 20}'; {NUMBER_255}"),
        (5, 9, "\u0661", r"line 5, field 9 is '\\\\xd9\\\\xa1'; "),
        (5, 9, "1\U0010a0e3", r"line 5, field 9 is '1\\\\xf4\\\\x8a"),  # once a segmentation fault inside NumPy
        (5, 9, "#", f"line 5, field 9 is '#'; {NUMBER_255}"),
        (3, 1, "10", f"line 3 has the label '10'; {NUMBER_9}"),
        (3, 1, "seven", f"line 3 has the label 'seven'; {NUMBER_9}"),
        (2, 1, "300", f"line 2 has the label '300'; {NUMBER_9}"),
        (4, 3, "1,2", "line 4 has 786 fields; expected 785"),
        (4, 1, "7\n5", "line 4 has 1 fields; expected 785"),
        (1, 1, "pixel", "line 1 calls its first column 'pixel'; expected 'label'"),
        (1, 7, "12", "line 1 has the label 'label'"),
        (1, 1, "label,number", "line 1 has 786 fields .it starts with 'label,number,pixel0,'.; expected 784 pixels, or a label"),
    ],
)
def test_wrong_csv_files_are_refused_with_the_line(read, line, field, value, words):
    with pytest.raises(ValueError, match=words) as error:
        read(altered(line, field, value))
    assert "train.csv" in str(error.value)


def test_lines_are_counted_with_blank_ones(read):
    text = altered(4, 400, "x").replace("\n", "\n\n")
    with pytest.raises(ValueError, match="line 7, field 400 is 'x'"):
        read(text)


def test_a_short_line_is_refused(read):
    with pytest.raises(ValueError, match=r"line 5 has \d+ fields; expected 785"):
        read(csv()[:-100])


@pytest.mark.parametrize("text", ["", "\n", "one,two\n", "<html>\n<body>", b"\x1f\x8b\x08\0\0", b"PK\3\4\xff\xfe", "7\n" * 800])
def test_what_is_no_csv_of_images_is_refused(read, text):
    with pytest.raises(ValueError, match=r"line 1 has \d+ fields .*expected 784 pixels, or a label and 784 pixels"):
        read(text)


@pytest.mark.parametrize("ending", ["", "\n", "\n\n\n"])
def test_a_header_alone_is_refused(read, ending):
    with warnings.catch_warnings(), pytest.raises(ValueError, match="holds no images"):
        warnings.simplefilter("ignore")  # as a reader may have it
        read(",".join(HEADER) + ending)


@pytest.mark.parametrize("raw", [False, True])
def test_csv_takes_at_most_about_twice_the_memory_of_its_data(tmp_path, raw):
    many = np.tile(PIXELS, (500, 1))
    (tmp_path / "many.csv").write_text(csv(many, np.tile(DIGITS, 500)))
    tracemalloc.start()
    X, y = read_mnist_csv(tmp_path / "many.csv", raw=raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # NumPy 2.5 reports a table that loadtxt grew by a quarter too much, and cuts to size where it lies, as two: 1.25 + 1, and a buffer
    assert peak < 2.4 * (X.nbytes + y.nbytes)
