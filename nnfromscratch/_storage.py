"""A network in a file, without pickle.

Unpickling runs whatever code the file contains. So a saved network holds only arrays and a text that describes the architecture. Loading
builds the network from layers that this module knows, checks every shape, and rejects everything else. Nothing in the file is executed,
and a file that claims larger arrays than it can hold is rejected before any memory is set aside for them.
"""

import contextlib
import importlib
import io
import json
import math
import os
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from ._checks import check_finite, look_up
from ._typing import Array
from .layers import LAYERS, Layer
from .losses import LOSSES, Loss

FORMAT = "nnfromscratch 1"
HEADER = "architecture.json"
DTYPES = {"float32": np.float32, "float64": np.float64}


def save_network(network: Any, path: str | os.PathLike[str]) -> None:
    """Write a network to an .npz file (see `Network.save`)."""
    path = os.fspath(path)
    if not path.endswith(".npz"):
        raise ValueError(f"path is {path!r}; expected a name that ends in .npz")
    text = json.dumps(_describe(network))
    partial = f"{path}.{os.getpid()}.part"  # a crash or another process must not damage a file with this name
    try:
        with zipfile.ZipFile(partial, "w") as archive:
            archive.writestr(HEADER, text)
            for name in network.parameters.names:
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, network.parameters[name], version=(1, 0), allow_pickle=False)
        os.replace(partial, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(partial)


def load_layers(path: str | os.PathLike[str]) -> tuple[list[Layer], Loss]:
    """Return (layers, loss) from a file that `save_network` wrote (see `Network.load`)."""
    path = os.fspath(path)
    if os.path.isdir(path):
        raise ValueError(f"{path} is a folder; expected a file written by save")
    with open(path, "rb") as file:
        try:
            start = file.read(4)
            if not start.startswith(b"PK"):
                raise ValueError(f"it starts with {start!r}; expected a zip archive written by save")
            return _read(zipfile.ZipFile(file), os.path.getsize(path))
        except (zipfile.BadZipFile, EOFError, OSError, OverflowError, KeyError, TypeError, RuntimeError, ValueError) as error:
            raise ValueError(f"{path} is not a saved network: {str(error)[:300]}") from None


# ---------------------------------------------------------------------------------------------- the text: architecture


def _describe(network: Any) -> dict[str, Any]:
    """Return the description of a network, as a dict; raise a ValueError if `load` could not rebuild the network from it."""
    for name in network.parameters.names:
        check_finite(name, network.parameters[name])
    return {
        "format": FORMAT,
        "dtype": network.dtype.name,
        "loss": _class_name("loss", network.loss, LOSSES),
        "layers": [
            {"type": _class_name("layer", layer, LAYERS), **{name: getattr(layer, name) for name in layer.options}}
            for layer in network.layers
        ],
    }


def _class_name(kind: str, thing: object, known: Mapping[str, type]) -> str:
    name = type(thing).__name__
    if look_up(kind, name, known) is not type(thing):
        raise ValueError(f"{thing!r} belongs to a class of your own; expected a {kind} from this package: {', '.join(known)}")
    return name


def _build(description: dict[str, Any], dtype: type, n_parameters: int) -> Layer:
    """Return the layer that is described; the weights of a `Linear` layer are zeros."""
    make = _layer_class(description.pop("type"))
    unknown = set(description) - set(make.options)
    if unknown:
        raise ValueError(f"{make.__name__} has options {sorted(unknown)}; expected {list(make.options)}")
    if "n_in" not in make.options:
        plain: Layer = make(**description)
        return plain
    sizes = [description[name] for name in ("n_in", "n_out", "size", "size") if name in make.options]
    if not (all(type(size) is int for size in sizes) and math.prod(sizes) <= n_parameters):
        raise ValueError(f"{make.__name__} has sizes {str(description)[:60]}; expected no more numbers than the file holds")
    layer: Layer = make(**description, init="zeros", dtype=dtype)
    return layer


def _layer_class(name: str) -> Any:
    if name not in LAYERS:
        importlib.import_module(".convolution", __package__)  # adds its layers to LAYERS
    return look_up("layer", name, LAYERS)


# ---------------------------------------------------------------------------------------------- the archive: text and arrays


def _read(archive: zipfile.ZipFile, size: int) -> tuple[list[Layer], Loss]:
    # save_network stores without compression, so all members together can never be larger than the file that they are in
    members = archive.infolist()
    stored = all(member.compress_type == zipfile.ZIP_STORED and member.compress_size == member.file_size for member in members)
    if not stored or sum(member.file_size for member in members) > size:
        raise ValueError("its members are compressed or larger than the file; expected stored arrays")
    if HEADER not in archive.namelist():
        raise ValueError(f"it is an archive without {HEADER}; expected one written by save")
    description = json.loads(archive.read(HEADER))
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ValueError(f"its format is {str(description)[:60]}; expected {FORMAT!r}")
    dtype, loss = look_up("dtype", description["dtype"], DTYPES), look_up("loss", description["loss"], LOSSES)
    layers: list[Layer] = []
    for i, described in enumerate(description["layers"]):
        layers.append(_build(dict(described), dtype, size // np.dtype(dtype).itemsize))
        for key, array in layers[-1].params.items():  # at once, before the next layer claims more than there is
            array[...] = _read_array(archive, f"{i}.{key}.npy", array)
    return layers, loss()


def _read_array(archive: zipfile.ZipFile, name: str, wanted: Array) -> Array:
    """Return the array of this name, which must look like `wanted`: its header is compared, not interpreted."""
    data, like = archive.read(name), io.BytesIO()
    np.lib.format.write_array_header_1_0(like, np.lib.format.header_data_from_array_1_0(wanted))
    start = 10 + int.from_bytes(data[8:10], "little")  # the format: 6 bytes magic, 2 version, 2 length of the text, the text
    if data[:8] != like.getvalue()[:8] or data[10:start].split() != like.getvalue()[10:].split():
        raise ValueError(f"{name} begins with {data[:80]!r}; expected an array of {wanted.dtype} with shape {wanted.shape}")
    if len(data) - start != wanted.nbytes:
        raise ValueError(f"{name} holds {len(data) - start} bytes; expected {wanted.nbytes}")
    array = np.frombuffer(data, wanted.dtype, offset=start).reshape(wanted.shape)
    check_finite(name, array)
    return array
