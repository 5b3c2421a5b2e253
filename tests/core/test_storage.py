"""Saving and loading: the same network comes back, and nothing else is ever loaded."""

import copy
import io
import json
import os
import pickle
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import ACTIVATIONS, LOSSES, numbers, targets
from nnfromscratch import Adam, Dropout, Linear, Network, ReLU, Scale, SoftmaxCrossEntropy, SquaredError, Tanh, mlp


@pytest.fixture
def saved(tmp_path):
    """A saved network and its file."""
    network, path = Network(mlp([4, 5, 3], rng=0)), tmp_path / "network.npz"
    network.save(path)
    return network, path


# ---------------------------------------------------------------------------------------------- saved and loaded


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("make", [*ACTIVATIONS.values(), lambda: Dropout(0.3), lambda: Scale(0.1)], ids=[*ACTIVATIONS, "Dropout", "Scale"])
def test_the_same_network_comes_back(make, loss, dtype, tmp_path):
    network = Network([Linear(4, 5, rng=0, dtype=dtype), make(), Linear(5, 3, rng=1, dtype=dtype)], loss())
    X, path = numbers(7, 4, dtype=dtype), tmp_path / "n.npz"
    network.fit(X, targets(loss, 7, 3, dtype=dtype), epochs=2, optimizer=Adam(0.01), rng=0)
    network.save(path)
    twin = Network.load(path)
    assert repr(twin) == repr(network) and twin.dtype == network.dtype == dtype
    assert twin.parameters.names == network.parameters.names
    assert twin.parameters.values.tobytes() == network.parameters.values.tobytes()
    assert (twin.predict(X) == network.predict(X)).all() and (twin.forward(X) == network.forward(X)).all()


def test_a_loaded_network_learns_on_like_the_one_that_was_saved(saved):
    network, path = saved
    X, y = numbers(20, 4, dtype=np.float32), targets(SoftmaxCrossEntropy, 20, 3)
    twin = Network.load(path)
    assert network.fit(X, y, epochs=3, rng=0) == twin.fit(X, y, epochs=3, rng=0)
    assert (network.parameters.values == twin.parameters.values).all()


def test_the_file_is_an_npz_without_pickle_that_numpy_reads(saved):
    network, path = saved
    with np.load(path, allow_pickle=False) as archive:
        assert {*archive.files} == {*network.parameters.names, "architecture.json"}
        for name in network.parameters.names:
            assert (archive[name] == network.parameters[name]).all() and archive[name].dtype == np.float32


@pytest.mark.parametrize("kind", [str, lambda path: path, lambda path: str(path).replace("network", "nätverk 数")])
def test_paths_are_strings_or_paths(kind, saved):
    network, path = saved
    network.save(kind(path))
    assert repr(Network.load(kind(path))) == repr(network)


def test_a_network_of_activations_alone(tmp_path):
    Network([ReLU(2), Tanh()]).save(tmp_path / "n.npz")
    assert repr(Network.load(tmp_path / "n.npz").layers) == "[ReLU(slope=2.0), Tanh()]"


# ---------------------------------------------------------------------------------------------- what is not saved, and loses nothing


class Own(ReLU):
    pass


class SameName(ReLU):
    pass


SameName.__name__ = "Tanh"


class OwnLoss(SquaredError):
    pass


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Network([Own()]), "unknown layer 'Own'; expected one of: .*Linear"),
        (lambda: Network([SameName()]), "belongs to a class of your own; expected a layer from this package"),
        (lambda: Network([ReLU()], OwnLoss()), "unknown loss 'OwnLoss'; expected one of: SquaredError"),
    ],
)
def test_what_load_would_not_know_is_not_saved_and_the_older_file_stays(make, message, saved):
    _, path = saved
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        make().save(path)
    assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]


def test_a_network_that_diverged_is_not_saved(saved):
    network, path = saved
    before = path.read_bytes()
    network.parameters["2.b"][1] = np.nan
    with pytest.raises(ValueError, match=r"2.b holds nan at index \(1,\); expected finite numbers"):
        network.save(path)
    assert path.read_bytes() == before


def test_a_crash_on_the_way_leaves_the_older_file_and_nothing_else(saved, monkeypatch):
    network, path = saved
    before, calls = path.read_bytes(), []

    def full(*args, **options):
        calls.append(args)
        if len(calls) == 3:
            raise OSError("no space left on device")
        return write(*args, **options)

    write = np.lib.format.write_array
    monkeypatch.setattr(np.lib.format, "write_array", full)
    with pytest.raises(OSError, match="no space left"):
        network.save(path)
    assert path.read_bytes() == before and os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize(
    "path, error, message",
    [
        ("network.npy", ValueError, "path is 'network.npy'; expected a name that ends in .npz"),
        ("network", ValueError, "expected a name that ends"),
        (5, TypeError, "expected str, bytes or os.PathLike"),
        (None, TypeError, "expected str"),
    ],
)
def test_bad_names(path, error, message):
    with pytest.raises(error, match=message):
        Network(mlp([2, 2])).save(path)
    assert not isinstance(path, str) or not os.path.exists(path)


@pytest.mark.parametrize(
    "path, error, message",
    [
        ("missing.npz", FileNotFoundError, "missing.npz"),
        (".", ValueError, "is a folder; expected a file"),
        (3, TypeError, "expected str"),
        (None, TypeError, "expected str"),
    ],
)
def test_bad_places(path, error, message):
    with pytest.raises(error, match=message):
        Network.load(path)


# ---------------------------------------------------------------------------------------------- files that are not what they claim to be


def members(path):
    """The members of an archive by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts, compression=zipfile.ZIP_STORED):
    """An archive of these members, as bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def npy(array, **options):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, **options)
    return stream.getvalue()


def refused(path, data):
    """True if loading this file raises ValueError, False if it loads; anything else, or much memory, is a failure of the test."""
    path.write_bytes(data)
    tracemalloc.start()
    try:
        Network.load(path)
    except ValueError as error:
        assert str(error)
        return True
    else:
        return False
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4_000_000 + 60 * len(data), f"a file of {len(data)} bytes took {peak} bytes of memory"


def described(path, **changes):
    """The parts of a saved file with other words in its description."""
    parts = members(path)
    parts["architecture.json"] = json.dumps({**json.loads(parts["architecture.json"]), **changes}).encode()
    return parts


def test_repacked_as_it_was_it_loads(saved):
    """The tests below can fail: unpacking and packing alone does no harm."""
    _, path = saved
    assert not refused(path, packed(members(path))) and not refused(path, packed(described(path)))


LINEAR = {"type": "Linear", "n_in": 4, "n_out": 5}
REST = [{"type": "ReLU", "slope": 1.0}, {"type": "Linear", "n_in": 5, "n_out": 3}]
BAD_DESCRIPTIONS = {
    "another format": {"format": "nnfromscratch 2"},
    "no format": {"format": None},
    "format list": {"format": ["nnfromscratch 1"]},
    "half": {"dtype": "float16"},
    "objects": {"dtype": "object"},
    "dtype number": {"dtype": 32},
    "dtype list": {"dtype": ["float32"]},
    "double": {"dtype": "float64"},
    "unknown loss": {"loss": "Hinge"},
    "loss dict": {"loss": {}},
    "loss None": {"loss": None},
    "no layers": {"layers": []},
    "layers text": {"layers": "Linear"},
    "layers number": {"layers": 3},
    "layers None": {"layers": None},
    "layers dict": {"layers": {"type": "Linear"}},
    "layer text": {"layers": ["Linear"]},
    "layer without type": {"layers": [{"n_in": 4, "n_out": 5}]},
    "type number": {"layers": [{"type": 1}]},
    "type list": {"layers": [{"type": []}]},
    "unknown type": {"layers": [{"type": "Conv"}]},
    "builtin": {"layers": [{"type": "eval"}]},
    "dunder": {"layers": [{"type": "__class__"}]},
    "one layer less": {"layers": [LINEAR, {"type": "Tanh"}, {"type": "Tanh"}, REST[1]]},
    "wrong widths": {"layers": [LINEAR, LINEAR, *REST]},
    "option unknown": {"layers": [{**LINEAR, "rng": 3}, *REST]},
    "init": {"layers": [{**LINEAR, "init": "he"}, *REST]},
    "option missing": {"layers": [{"type": "Linear", "n_in": 4}, *REST]},
    "size text": {"layers": [{**LINEAR, "n_in": "4"}, *REST]},
    "size float": {"layers": [{**LINEAR, "n_in": 4.0}, *REST]},
    "size true": {"layers": [{**LINEAR, "n_in": True}, *REST]},
    "size zero": {"layers": [{**LINEAR, "n_in": 0}, *REST]},
    "size negative": {"layers": [{**LINEAR, "n_in": -4, "n_out": -5}, *REST]},
    "size huge": {"layers": [{**LINEAR, "n_in": 10**12}, *REST]},
    "sizes huge": {"layers": [{**LINEAR, "n_in": 10**12, "n_out": 10**12}, *REST]},
    "sizes beyond int64": {"layers": [{**LINEAR, "n_in": 10**400, "n_out": 10**400}, *REST]},
    "size swapped": {"layers": [{**LINEAR, "n_in": 5, "n_out": 4}]},
    "sizes minus huge": {"layers": [{**LINEAR, "n_in": -(10**12), "n_out": 10**12}, *REST]},
    "many at once": {"layers": [{"type": "Linear", "n_in": 400, "n_out": 1}] * 10_000},
    "slope text": {"layers": [LINEAR, {"type": "ReLU", "slope": "1"}, REST[1]]},
    "slope zero": {"layers": [LINEAR, {"type": "ReLU", "slope": 0}, REST[1]]},
    "slope huge": {"layers": [LINEAR, {"type": "ReLU", "slope": 10**400}, REST[1]]},
    "p": {"layers": [LINEAR, {"type": "Dropout", "p": 1}, REST[1]]},
    "slopes": {"layers": [LINEAR, {"type": "LeakyReLU", "a": 0.1, "b": 0.2}, REST[1]]},
    "slope NaN": {"layers": [LINEAR, {"type": "ReLU", "slope": float("nan")}, REST[1]]},
}


@pytest.mark.parametrize("changes", BAD_DESCRIPTIONS.values(), ids=BAD_DESCRIPTIONS)
def test_bad_descriptions(changes, saved):
    assert refused(saved[1], packed(described(saved[1], **changes)))


BAD_TEXTS = {
    "empty": b"",
    "no JSON": b"{",
    "bytes": bytes(range(256)),
    "number": b"3",
    "null": b"null",
    "list": b"[]",
    "empty object": b"{}",
    "text": b'"nnfromscratch 1"',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"layers":' * 50_000 + b"1" + b"}" * 50_000,
    "huge number": b'{"format": ' + b"9" * 10_000 + b"}",
    "huge": b'{"format": "' + b"x" * 1_000_000 + b'"}',
    "UTF-16 half": b"\xff\xfe{",
    "pickle": pickle.dumps({"format": "nnfromscratch 1"}),
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_bad_texts(text, saved):
    assert refused(saved[1], packed({**members(saved[1]), "architecture.json": text}))


def with_header(text, data=b""):
    """An .npy file with any text in the place where NumPy describes the array."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


W = np.zeros((4, 5), np.float32)
BAD_ARRAYS = {
    "missing": None,
    "empty": b"",
    "nonsense": b"\x00" * 300,
    "magic alone": b"\x93NUMPY",
    "no header": b"\x93NUMPY\x01\x00\xff\xff",
    "shape": npy(W.T),
    "flat": npy(W.ravel()),
    "scalar": npy(W[0, 0]),
    "float64": npy(W.astype(float)),
    "int": npy(W.astype(np.int32)),
    "big-endian": npy(W.astype(">f4")),
    "fortran": npy(np.asfortranarray(W)),
    "version 2": npy(W, version=(2, 0)),
    "short": npy(W)[:-1],
    "long": npy(W) + b"\x00",
    "NaN": npy(W + np.nan),
    "infinity": npy(W - np.inf),
    "text": npy(np.full((4, 5), "a")),
    "objects": npy(np.array([[print] * 5] * 4, object), allow_pickle=True),
    "pickle": pickle.dumps(W),
    "10^12 items": with_header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000), }\n"),
    "10^12 items, 1 byte": with_header(b"{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000,), }\n", b"1"),
    "a program": with_header(b"__import__('os').abort()\n"),
    "deep": with_header(b"(" * 60_000),
    "broken escape": with_header(b"'\\d'\n"),
    "unclosed": with_header(b"{'descr': '''"),
    "header beyond the end": b"\x93NUMPY\x01\x00\xff\xff{'descr'",
    "negative": with_header(b"{'descr': '<f4', 'fortran_order': False, 'shape': (-4, -5), }\n", bytes(80)),
}


@pytest.mark.parametrize("data", BAD_ARRAYS.values(), ids=BAD_ARRAYS)
def test_bad_arrays(data, saved):
    parts = members(saved[1])
    parts.pop("0.W.npy") if data is None else parts.update({"0.W.npy": data})
    assert refused(saved[1], packed(parts))


@pytest.mark.parametrize("start", [b"", b"<!DOCTYPE html>", b"\x93NUMPY", b"\x1f\x8b\x08", b"\x89HDF", b"version https://git-lfs"])
def test_another_file_is_shown_by_its_start(start, saved):
    saved[1].write_bytes(start)
    with pytest.raises(ValueError) as error:
        Network.load(saved[1])
    assert f"is not a saved network: it starts with {start[:4]!r}; expected a zip archive written by save" in str(error.value)


@pytest.mark.parametrize("folder", ["network/", "../", "./"])
def test_an_archive_that_was_packed_again_in_a_folder_is_named(folder, saved):
    saved[1].write_bytes(packed({folder + name: content for name, content in members(saved[1]).items()}))
    with pytest.raises(ValueError, match=r"it is an archive without architecture.json; expected one written by save"):
        Network.load(saved[1])


@pytest.mark.parametrize("name", ["architecture.json", "0.W.npy"])
def test_bombs(name, saved):
    bomb = packed({**members(saved[1]), name: bytes(30_000_000)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000 and refused(saved[1], bomb)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressed_members_are_refused_even_when_small(compression, saved):
    assert refused(saved[1], packed(members(saved[1]), compression))


@pytest.mark.parametrize("flag, message", [(0x1, "password"), (0x20, "patched"), (0x40, "encrypt")])
def test_members_that_are_encrypted_or_patched(flag, message, saved):
    data = bytearray(saved[1].read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + offset] |= flag
            start = data.find(mark, start + 1)
    saved[1].write_bytes(data)
    with pytest.raises(ValueError, match=f"is not a saved network: .*{message}"):
        Network.load(saved[1])


@pytest.mark.parametrize("name", ["architecture.json", "0.W.npy"])
def test_a_size_that_lies(name, saved):
    data, size = saved[1].read_bytes(), len(members(saved[1])[name])
    lying = data.replace(struct.pack("<II", size, size), struct.pack("<II", size, 0xFFFFFFF0))
    assert lying != data and refused(saved[1], lying)


def test_one_member_under_many_names(tmp_path):
    """Many entries of the list of members may point at the same bytes: each alone fits into the file, all together do not."""
    n, path = 40, tmp_path / "n.npz"
    Network([Linear(300, 300, rng=0)]).save(path)
    data = packed(described(path, layers=[{"type": "Linear", "n_in": 300, "n_out": 300}] * n))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text, *arrays = archive.infolist()
    twins = [copy.copy(info) for i in range(n) for info in arrays]
    for i, twin in enumerate(twins):
        twin.filename = twin.filename.replace("0.", f"{i // 2}.", 1)
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.filelist, archive._didModify = [text, *twins], True  # the list is written again when the archive is closed
    assert {f"{n - 1}.W.npy", f"{n - 1}.b.npy"} < set(zipfile.ZipFile(stream).namelist())
    assert refused(path, stream.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"\x00" * 1000,
        b"PK\x05\x06" + bytes(18),
        b"\x93NUMPY\x01\x00",
        pickle.dumps([1]),
        npy(W),
        packed({}),
        packed({"a.npy": npy(W)}),
        b"GIF89a" + bytes(100),
    ],
)
def test_something_else_altogether(data, tmp_path):
    assert refused(tmp_path / "n.npz", data)


def test_a_member_that_claims_more_than_the_file_holds_is_refused_before_it_is_read(saved):
    data = bytearray(saved[1].read_bytes())
    size = data.index(b"PK\x01\x02") + 20  # of the first member, in the directory at the end: stored bytes
    data[size : size + 4] = (10**9).to_bytes(4, "little")
    assert refused(saved[1], bytes(data))


def test_every_truncation_is_refused(saved):
    _, path = saved
    data = path.read_bytes()
    assert all(refused(path, data[:end]) for end in range(0, len(data), 7))


FUZZ = settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@FUZZ
@given(st.data())
def test_altered_bytes_are_refused_or_do_no_harm(saved, data):
    altered = bytearray(saved[1].read_bytes())
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(altered) - 1), st.integers(0, 255)), min_size=1, max_size=6)):
        altered[place] = value
    refused(saved[1].with_suffix(".altered"), bytes(altered))


@pytest.mark.slow
@FUZZ
@given(start=st.integers(0, 2000), end=st.integers(0, 2000), inserted=st.binary(max_size=40))
def test_cut_out_and_inserted_bytes_are_refused_or_do_no_harm(saved, start, end, inserted):
    data = saved[1].read_bytes()
    refused(saved[1].with_suffix(".altered"), data[:start] + inserted + data[end:])


NAMES = st.sampled_from(["type", "n_in", "n_out", "slope", "Linear", "ReLU", "float32"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
)


@pytest.mark.slow
@FUZZ
@given(key=st.sampled_from(["format", "dtype", "loss", "layers"]), value=JSON)
def test_any_json_in_any_place_is_refused_or_says_the_same(saved, key, value):
    path = saved[1].with_suffix(".altered")
    parts = described(saved[1], **{key: value})
    assert refused(path, packed(parts)) or repr(Network.load(path).layers) == repr(saved[0].layers)


@pytest.mark.slow
@FUZZ
@given(i=st.integers(0, 2), value=JSON, key=st.sampled_from(["type", "n_in", "n_out", "slope", "p"]))
def test_any_json_in_a_layer_is_refused_or_makes_a_layer(saved, i, value, key):
    layers = [LINEAR, *REST]
    layers[i] = {**layers[i], key: value}
    refused(saved[1].with_suffix(".altered"), packed(described(saved[1], layers=layers)))


@pytest.mark.slow
@FUZZ
@given(text=st.text(max_size=60) | st.binary(max_size=60).map(lambda b: b.decode("latin1")), data=st.binary(max_size=100))
def test_any_header_of_an_array_is_refused(saved, text, data):
    parts = {**members(saved[1]), "0.W.npy": with_header(text.encode(), data)}
    assert refused(saved[1].with_suffix(".altered"), packed(parts))
