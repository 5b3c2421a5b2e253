"""The readers against files that are truncated, altered, oversized, or nonsense: a right array or a ValueError, nothing else.

Whatever a file claims, no reader may take much more memory than the file can fill: every call is watched by tracemalloc.
"""

import gzip
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz_readers import READERS, plain_idx, run, zipped
from nnfromscratch.data.csv_reader import read_mnist_csv
from nnfromscratch.data.readers import IDX_TYPES, read_idx

pytestmark = pytest.mark.slow

SPARE = 2_000_000  # bytes that a reader may use in addition to its data: buffers, the unpacking, lines of text
fuzz = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def watched(tmp_path):
    """A function that writes a file, reads it, and returns the result (None for a ValueError) and the peak of memory."""

    def watched(reader, content):
        (tmp_path / "file").write_bytes(content)
        tracemalloc.start()
        try:
            result = reader(tmp_path / "file")
        except ValueError as error:
            assert str(tmp_path / "file") in str(error) and len(str(error)) < 500
            result = None
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return result, peak

    return watched


def header(code, shape):
    return struct.pack(f">HBB{len(shape)}I", 0, code, len(shape), *shape)


def assert_read_as_expected(result, content):
    expected = plain_idx(content)
    if expected is ...:
        return  # packed
    assert (result is None) == (expected is None)
    if expected is not None:
        assert result.shape == expected.shape and result.dtype == expected.dtype.newbyteorder("=")
        assert result.tobytes() == expected.astype(result.dtype).tobytes()


codes = st.sampled_from(sorted(IDX_TYPES))
lengths = st.integers(0, 5) | st.integers(0, 2**32 - 1)
small_shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@st.composite
def idx_files(draw):
    """Whole IDX files, at times with some bytes changed, inserted, or cut off."""
    code, shape = draw(codes), draw(small_shapes)
    n_bytes = int(np.prod(shape)) * np.dtype(IDX_TYPES[code]).itemsize
    content = bytearray(header(code, shape) + draw(st.binary(min_size=n_bytes, max_size=n_bytes)))
    return alter(draw, content)


def alter(draw, content):
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(content)))
        how = draw(st.sampled_from(["change", "insert", "cut", "keep"]))
        if how == "cut":
            del content[place:]
        elif how == "insert":
            content[place:place] = draw(st.binary(max_size=5))
        elif how == "change" and place < len(content):
            content[place] = draw(st.integers(0, 255))
    return bytes(content)


@fuzz
@given(content=idx_files())
def test_idx_files_right_and_altered(watched, content):
    result, peak = watched(read_idx, content)
    assert_read_as_expected(result, content)
    assert peak < SPARE


@fuzz
@given(content=idx_files())
def test_idx_files_in_gzip(watched, content):
    result, peak = watched(read_idx, gzip.compress(content))
    assert_read_as_expected(result, content)
    assert peak < SPARE


@fuzz
@given(data=st.data(), content=idx_files())
def test_altered_gzip_files_never_give_other_data(watched, data, content):
    packed = alter(data.draw, bytearray(gzip.compress(content, mtime=0)))
    result, peak = watched(read_idx, packed)
    if result is not None and packed[:2] == b"\x1f\x8b":
        assert_read_as_expected(result, content)  # harmless changes, as of the time in gzip's header
    assert peak < SPARE


@fuzz
@given(
    content=st.binary(max_size=200)
    | st.binary(max_size=200).map(lambda b: b"\0\0\x08\2" + b)
    | st.binary(max_size=200).map(lambda b: b"\x1f\x8b\x08" + b)
)
def test_nonsense_is_no_idx(watched, content):
    result, peak = watched(read_idx, content)
    if content[:2] != b"\x1f\x8b":
        assert_read_as_expected(result, content)
    assert peak < SPARE


@fuzz
@given(code=codes, shape=st.lists(lengths, min_size=1, max_size=255), rest=st.binary(max_size=300), zipped=st.booleans())
def test_headers_that_claim_anything(watched, code, shape, rest, zipped):
    content = header(code, shape) + rest
    result, peak = watched(read_idx, gzip.compress(content) if zipped else content)
    assert_read_as_expected(result, content)
    assert peak < SPARE


@pytest.mark.parametrize("shape", [(10**9,), (10**6, 10**6), (2**32 - 1,) * 4, (2**32 - 1,) * 255, (2**31, 2**31, 4)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_claims_of_a_billion_items_and_more_cost_nothing(watched, shape, pack):
    result, peak = watched(read_idx, pack(header(8, shape) + b"\1" * 1000))
    assert result is None and peak < SPARE


@pytest.fixture(scope="module")
def bomb():
    """A gzip file of 250 kB that unpacks to 256 MB: a header of ten labels, and then zeros without end."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [squeeze.compress(header(8, (10,)))] + [squeeze.compress(bytes(2**24)) for _ in range(16)]
    return b"".join([*parts, squeeze.flush()])


def test_a_gzip_bomb_is_refused_unexploded(watched, bomb):
    assert len(bomb) < 300_000
    result, peak = watched(read_idx, bomb)
    assert result is None and peak < SPARE


def test_a_gzip_bomb_cut_short_is_refused(watched, bomb):
    result, peak = watched(read_idx, bomb[:100_000])
    assert result is None and peak < SPARE


def test_the_most_that_gzip_can_hold_is_still_read(watched):
    n = 10_000_000
    content = gzip.compress(header(8, (n,)) + bytes(n), compresslevel=9)
    assert n / len(content) > 1000  # near the 1032 that the format allows
    result, peak = watched(read_idx, content)
    assert result.shape == (n,) and peak < n + SPARE


def test_many_empty_gzip_members_do_no_harm(watched):
    result, peak = watched(read_idx, gzip.compress(b"") * 5000 + gzip.compress(header(8, (3,)) + b"abc"))
    assert result.tolist() == list(b"abc") and peak < SPARE


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("seed", range(4))
def test_random_files_right_damaged_and_nonsense(tmp_path, reader, seed):
    """Five hundred each; `python tests/fuzz_readers.py` runs a hundred thousand."""
    accepted = [run(reader, tmp_path / "file", number, seed, watch_memory=number % 20 == 0)[0] for number in range(500)]
    assert 100 < sum(accepted) < 400


# ---------------------------------------------------------------------------------------------- oversized CSV


ROW = b"7," + b"0," * 783 + b"0\n"
HUGE = {
    "commas": b"," * 1_000_000,
    "ones": b"1," * 1_000_000,
    "newlines": b"\n" * 1_000_000,
    "one long number": b"0" * 1_000_000,
    "a long number last": b"0," * 784 + b"1" * 1_000_000,
    "commas after a line": ROW + b"," * 1_000_000,
    "newlines after a line": ROW + b"\n" * 1_000_000,
    "quotes": b'"' * 1_000_000,
    "an open quote": ROW + b'"0,' * 300_000,
    "zeros": bytes(1_000_000),
    "a bomb of zeros": gzip.compress(bytes(10**8)),
    "a bomb of digits": gzip.compress(b"0" * 10**8),
    "lines of characters that take ten": (ROW.decode() + 20 * (60_000 * "\U0010ffff" + "\n")).encode(),
    "a bomb of such lines": gzip.compress((ROW.decode() + 40 * (60_000 * "\U0010ffff" + "\n")).encode()),
    "a bomb in a zip": zipped(gzip.compress(bytes(10**8))),
}


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE)
def test_oversized_csv_files_cost_little(watched, content):
    result, peak = watched(lambda path: read_mnist_csv(path, raw=True), content)
    assert peak < 3 * len(content) + SPARE
    assert result is None or (result[0].shape == (1, 784) and not result[0].any())
