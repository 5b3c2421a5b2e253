"""IDX files, plain and packed: right ones are read exactly, wrong ones are rejected with the reason."""

import bz2
import gzip
import io
import lzma
import pickle
import string
import struct
import tarfile
import tracemalloc
import zipfile

import numpy as np
import pytest

from nnfromscratch import load_digits
from nnfromscratch.data.readers import IDX_TYPES, looks_transposed, read_idx


def idx(array):
    code = {np.dtype(name): code for code, name in IDX_TYPES.items()}[array.dtype]
    return struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape) + array.tobytes()


def zipped(content, name="labels", method=zipfile.ZIP_DEFLATED, **others):
    """The bytes of a zip archive with a file, and others."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for key, value in {name: content, **others}.items():
            archive.writestr(key, value)
    return buffer.getvalue()


def tarred(content):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("labels"), io.BytesIO(content))
    return buffer.getvalue()


PACKINGS = {
    "plain": bytes,
    "gzip": gzip.compress,
    "gzip twice": lambda content: gzip.compress(gzip.compress(content)),
    "gzip in parts": lambda content: gzip.compress(content[:3]) + gzip.compress(content[3:]),
    "zip": zipped,
    "zip without compression": lambda content: zipped(content, method=zipfile.ZIP_STORED),
    "zip from macOS": lambda content: zipped(content, **{"__MACOSX/._labels": b"\0\5\x16\7", ".DS_Store": b"\0"}),
    "zip with a folder": lambda content: zipped(content, "mnist/labels", **{"mnist/": b""}),
    "gzip in zip": lambda content: zipped(gzip.compress(content), "labels.gz"),
    "zip in gzip": lambda content: gzip.compress(zipped(content)),
}


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
@pytest.mark.parametrize("dtype", IDX_TYPES.values())
@pytest.mark.parametrize("shape", [(1,), (7,), (2, 3), (3, 28, 28), (1, 2, 3, 4, 5)])
def test_idx_of_every_type_is_read_exactly(tmp_path, pack, dtype, shape):
    array = (np.random.default_rng(0).normal(size=shape) * 100).astype(np.int8).astype(dtype)
    (tmp_path / "any.gz").write_bytes(pack(idx(array)))
    read = read_idx(tmp_path / "any.gz")
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.dtype(dtype).newbyteorder("=") and read.dtype.isnative and read.flags.writeable


LABELS = idx(np.arange(10, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (LABELS[:3], "expected two zeros, the code of a type"),
        (b"<!DOCTYPE html>", "it is a web page"),
        (b"\1" + LABELS[1:], "starts with b'.x01"),
        (b"\0\0\x0a\1" + LABELS[4:], "starts with"),
        (b"\0\0\x08\0" + LABELS[4:], "the number of axes, 1 to 32"),
        (LABELS[:6], "ends inside its header"),
        (LABELS[:-1], "ends after 9 bytes of data; expected 10"),
        (LABELS[:7] + b"\x20" + LABELS[8:], "claims uint8 of shape .32,.; expected 1 to 18 bytes"),
        (LABELS + b"\0", "continues after its data; expected 10 bytes of data: download it again, as it is .binary, not text"),
        (idx(np.full(5, 10, np.uint8)).replace(b"\n", b"\r\n"), "continues after its data.*binary, not text"),
        (idx(np.full(5, 200, np.uint8)).decode("latin-1").encode(), "continues after its data.*binary, not text"),
        (bytes(5000), "it starts with nothing but zeros, as an unfinished download does"),
        (gzip.compress(bytes(5000)), "it starts with nothing but zeros, as an unfinished download does"),
        (b"\0\0\x08\1" + b"\0\0\0\0", "claims uint8 of shape .0,."),
        (b"\0\0\x08\4" + b"\xff" * 16 + b"\1" * 9, "claims uint8 of shape .4294967295, "),
        (gzip.compress(LABELS, mtime=0)[:-9], r"cut short .the end of its compressed data is missing."),
        (gzip.compress(LABELS, mtime=0)[:5], r"cut short .the end of its compressed data is missing."),
        (gzip.compress(LABELS[:-1], mtime=0), "ends after 9 bytes of data; expected 10"),
        (gzip.compress(LABELS + b"\0", mtime=0), "continues after its data"),
        (gzip.compress(LABELS, mtime=0)[:-8] + b"\0" * 8, "it is damaged .CRC check failed.*: download it again"),
        (b"\x1f\x8bnonsense", "it is damaged .Unknown compression method.: download it again"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 18\n", "a Git LFS pointer.*git lfs pull"),
        (b"/annex/objects/SHA256E-s18--00.gz\n", "a git-annex pointer"),
        (b"\n\n <html><head><title>Sign in</title>", "a web page.*sign in"),
        (b"\xef\xbb\xbf<!doctype html>", "a web page"),
        ("<!DOCTYPE html>".encode("utf-16"), "a web page"),
        (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML document, perhaps a server's error"),
        (b'{"message": "Not Found"}', "a JSON text, perhaps a server's error"),
        (b"404: Not Found", "a server's error message"),
        (b"404 Not Found", "a server's error message"),
        (b"404 page not found\n", "a server's error message"),
        (gzip.compress(b"<!DOCTYPE html>"), "a web page"),
        (zipped(b"<!DOCTYPE html>"), "a web page"),
        (bz2.compress(LABELS), "compressed with bzip2: unpack it first"),
        (lzma.compress(LABELS), "compressed with xz: unpack it first"),
        (b"\x28\xb5\x2f\xfd\0\0", "compressed with Zstandard"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (tarred(LABELS), "a tar archive: unpack it first"),
        (gzip.compress(tarred(LABELS)), "a tar archive: unpack it first"),
        (pickle.dumps(list(range(300)), protocol=4), "a Python pickle"),
        (gzip.compress(pickle.dumps([1], protocol=2)), "a Python pickle"),  # as mnist.pkl.gz
        (pickle.dumps(list(range(300)), protocol=5), "a Python pickle"),
        (pickle.dumps(np.arange(3), protocol=0), "a Python pickle"),
        (rb"{\rtf1\ansi 7,0,0}", "formatted text .RTF."),
        (b"MATLAB 5.0 MAT-file, Platform: GLNX86", "a MATLAB file: read it with scipy.io.loadmat"),
        (zipped(b"", "x_train.npy", **{"y_train.npy": b""}), "an .npz archive of NumPy arrays: read it with numpy.load"),
        (b"\x93NUMPY\1\0", "a NumPy array: read it with numpy.load"),
        (b"\x89PNG\r\n", "a PNG picture"),
        (b"\0\5\x16\7\0\2\0\0Mac OS X", r"macOS metadata about a file .\._name."),
        (b"bplist00\xd1\1\2_\x10", "a web page as Safari saves it"),
        (b"<script>location = '/login'</script>", "a web page, or a part of one"),
        (b"[InternetShortcut]\r\nURL=https://example.org\r\n", "a shortcut to an address"),
        (b"Too many requests, try again later", "text that starts with b'Too many requests, t'"),
        (b"403 Forbidden\n", "text that starts with b'403 Forbidden'"),
        ("label,pixel0\n7,0\n".encode("utf-16"), "text that starts with b'label,pixel0.*read_mnist_csv"),
        (b"\xef\xbb\xbf7,0,0\n", "text that starts with b'7,0,0.*read_mnist_csv"),
        (b"label,pixel0\n7,0\n", "text that starts with b'label,pixel0.*read_mnist_csv"),
        (LABELS[3::-1] + LABELS[4:], "in the wrong byte order"),
        (zipped(LABELS, **{"README.md": b"words"}), r"a zip archive of 2 files .labels, README.md.; expected one"),
        (zipped(b"", "labels/"), "a zip archive of 0 files"),
        (zipped(b"<xml>", "[Content_Types].xml", **{"xl/workbook.xml": b""}), "an Excel workbook"),
        (zipped(LABELS, method=zipfile.ZIP_LZMA), r"a rare compression method .14.: unpack it first"),
        (zipped(LABELS)[:-10], "File is not a zip file"),
        (zipped(LABELS, method=zipfile.ZIP_STORED).replace(LABELS[-5:], bytes(5)), "Bad CRC-32"),
        (gzip.compress(gzip.compress(gzip.compress(gzip.compress(LABELS)))), r"starts with b'.x1f.x8b"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",  # packed files differ from process to process
)
def test_wrong_idx_files_are_refused(tmp_path, content, words):
    (tmp_path / "labels").write_bytes(content)
    with pytest.raises(ValueError, match=words) as error:
        read_idx(tmp_path / "labels")
    assert str(tmp_path / "labels") in str(error.value)


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx(tmp_path / "nowhere")
    with pytest.raises(OSError, match="directory"):
        read_idx(tmp_path)


def test_idx_in_gzip_is_read_straight_into_its_array(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (5000, 28, 28), np.uint8)
    (tmp_path / "images.gz").write_bytes(gzip.compress(idx(array), compresslevel=1))
    tracemalloc.start()
    read = read_idx(tmp_path / "images.gz")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < read.nbytes + 1_500_000


def protected(content):
    """A zip archive whose flags say that a password is needed."""
    archive = bytearray(zipped(content))
    archive[6] |= 1
    archive[archive.rindex(b"PK\1\2") + 8] |= 1
    return bytes(archive)


def test_a_password_is_named(tmp_path):
    (tmp_path / "labels.zip").write_bytes(protected(LABELS))
    with pytest.raises(ValueError, match="password required"):
        read_idx(tmp_path / "labels.zip")


def test_a_directory_that_claims_more_than_its_archive_holds_costs_nothing(tmp_path):
    """`zipfile` would set aside as many bytes as the end of the archive claims."""
    archive = bytearray(zipped(LABELS))
    end = archive.rindex(b"PK\5\6")
    archive[end + 12 : end + 16] = struct.pack("<I", 2**31)
    (tmp_path / "labels.zip").write_bytes(archive)
    tracemalloc.start()
    with pytest.raises(ValueError, match="is not a complete IDX file"):
        read_idx(tmp_path / "labels.zip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_a_file_cut_short_anywhere_is_never_read(tmp_path, pack):
    whole = pack(LABELS)
    for length in range(len(whole)):
        (tmp_path / "labels").write_bytes(whole[:length])
        try:
            read = read_idx(tmp_path / "labels")
        except ValueError:
            continue
        assert read.tolist() == list(range(10)), length  # the end of a zip archive can lack only its comment
        assert pack is not bytes


# ---------------------------------------------------------------------------------------------- EMNIST


def test_images_stored_as_emnist_stores_them_are_named(tmp_path):
    images = load_digits(raw=True).X_test.reshape(-1, 28, 28)
    (tmp_path / "images").write_bytes(idx(np.ascontiguousarray(images.transpose(0, 2, 1))))
    with pytest.warns(UserWarning, match=r"images look like EMNIST's, .*images.transpose\(0, 2, 1\)"):
        read = read_idx(tmp_path / "images")
    np.testing.assert_array_equal(read.transpose(0, 2, 1), images)


def test_few_images_suffice_to_see_it_and_no_upright_ones_are_suspected(tmp_path):
    digits = load_digits(raw=True)
    rng = np.random.default_rng(0)
    for size in (100, 100, 100, 300, 1000):
        some = digits.X_train[rng.choice(4000, size, replace=False)].reshape(-1, 28, 28)
        assert looks_transposed(some.transpose(0, 2, 1)) and not looks_transposed(some)


def letters(alphabet):
    """Letters as EMNIST prepares them: 20 pixels along their longer side, in the middle of 28 x 28; set in DejaVu, slanted at random."""
    pillow, font_manager = pytest.importorskip("PIL.Image"), pytest.importorskip("matplotlib.font_manager")
    from PIL import ImageDraw, ImageFont

    rng = np.random.default_rng(0)
    fonts = [ImageFont.truetype(font.fname, 80) for font in font_manager.fontManager.ttflist if "DejaVuS" in font.fname]
    for letter, font in [(letter, font) for letter in alphabet for font in fonts]:
        picture = pillow.new("L", (200, 200))
        ImageDraw.Draw(picture).text((40, 30), letter, font=font, fill=255)
        slant = rng.normal(0, 0.25)
        picture = picture.transform((200, 200), pillow.Transform.AFFINE, (1, slant, -100 * slant, 0, 1, 0))
        picture = picture.crop(picture.getbbox())
        picture.thumbnail((20, 20))
        image = pillow.new("L", (28, 28))
        image.paste(picture, ((28 - picture.width) // 2, (28 - picture.height) // 2))
        yield np.asarray(image)


@pytest.mark.parametrize("alphabet", [string.ascii_uppercase, string.ascii_lowercase, string.ascii_letters + string.digits])
def test_letters_are_named_too(alphabet):
    upright = np.random.default_rng(0).permutation([*letters(alphabet)])
    assert looks_transposed(upright.transpose(0, 2, 1)) and not looks_transposed(upright)


@pytest.mark.parametrize(("dtype", "value"), [("i1", -5), (">i4", -1), (">f4", np.nan), (">f8", np.inf), (">f4", -1)])
def test_images_of_other_numbers_are_read_without_a_guess(tmp_path, dtype, value):
    (tmp_path / "images").write_bytes(idx(np.full((100, 28, 28), value, dtype)))
    assert read_idx(tmp_path / "images").shape == (100, 28, 28)


@pytest.mark.parametrize("label", range(10))
def test_one_kind_of_digit_is_not_suspected(label):
    digits = load_digits(raw=True)
    assert not looks_transposed(digits.X_train[digits.y_train == label].reshape(-1, 28, 28))


def test_other_pictures_are_not_suspected():
    rng = np.random.default_rng(0)
    wide = np.zeros((200, 28, 28), np.uint8)
    wide[:, 10:18, 2:26] = 200  # such as shoes
    down, across = np.mgrid[:28, :28]
    bags = np.tile((((down - 14) / 8) ** 2 + ((across - 14) / 13) ** 2 < 1) * np.uint8(200), (200, 1, 1))
    for pictures in (
        bags,
        bags.transpose(0, 2, 1),
        wide,
        wide.transpose(0, 2, 1),
        rng.integers(0, 256, (200, 28, 28)),
        np.zeros((200, 28, 28)),
        wide[:, :14],
    ):
        assert not looks_transposed(pictures)
