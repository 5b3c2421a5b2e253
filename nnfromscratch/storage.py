"""A network in a file, without pickle.

Unpickling runs whatever program the file brings along. So a saved network holds only arrays and a text that describes the architecture,
and whoever reads it builds the network from layers it knows, checks every shape, and refuses the rest. Nothing larger than
the file itself is ever allocated.
"""

import json
import os
import zipfile

import numpy as np

from .checks import look_up
from .layers import LAYERS
from .losses import LOSSES

FORMAT = "nnfromscratch 1"
HEADER = "architecture.json"


def save_network(network, path):
    """Write a network to an .npz file (see `Network.save`)."""
    if not str(path).endswith(".npz"):
        raise ValueError(f"path is {str(path)!r}; expected a name that ends in .npz")
    for layer in network.layers:
        look_up("layer", type(layer).__name__, LAYERS)
    text = json.dumps({"format": FORMAT, "dtype": network.dtype.name, "loss": type(network.loss).__name__,
                       "layers": [{"type": type(layer).__name__, **{name: getattr(layer, name) for name in layer.options}}
                                  for layer in network.layers]})
    partial = f"{path}.part"       # a crash on the way must not damage an older file of the same name
    with zipfile.ZipFile(partial, "w") as archive:
        archive.writestr(HEADER, text)
        for name in network.parameters.names:
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, network.parameters[name], allow_pickle=False)
    os.replace(partial, path)


def load_layers(path):
    """Return (layers, loss) from a file that `save_network` wrote (see `Network.load`)."""
    with open(path, "rb") as file:
        try:
            return _read(zipfile.ZipFile(file), os.path.getsize(path))
        except (zipfile.BadZipFile, EOFError, OSError, KeyError, TypeError, NotImplementedError, RecursionError,
                ValueError) as error:
            raise ValueError(f"{path} is not a saved network: {error}") from None


def _read(archive, size):
    # save_network stores without compression, so a member can never be larger than the file it is in
    for member in archive.infolist():
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > size:
            raise ValueError(f"{member.filename} is compressed or larger than the file; expected stored arrays")
    description = json.loads(archive.read(HEADER))
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ValueError(f"its format is {str(description)[:60]}; expected {FORMAT!r}")
    dtype = look_up("dtype", description["dtype"], {"float32": np.float32, "float64": np.float64})
    n_parameters = size // np.dtype(dtype).itemsize
    layers = [_build(dict(layer), dtype, n_parameters) for layer in description["layers"]]
    for i, layer in enumerate(layers):
        for key, array in layer.params.items():
            layer.params[key] = _read_array(archive, f"{i}.{key}.npy", array)
    return layers, look_up("loss", description["loss"], LOSSES)()


def _build(description, dtype, n_parameters):
    make = look_up("layer", description.pop("type"), LAYERS)
    unknown = set(description) - set(make.options)
    if unknown:
        raise ValueError(f"{make.__name__} has options {sorted(unknown)}; expected {list(make.options)}")
    if make.__name__ != "Linear":
        return make(**description)
    if not all(type(n) is int and 0 < n <= n_parameters for n in description.values()) or np.prod(
            [int(n) for n in description.values()], dtype=object) > n_parameters:
        raise ValueError(f"Linear has sizes {description}; expected no more numbers than the file holds")
    return make(**description, init="zeros", dtype=dtype)


def _read_array(archive, name, wanted):
    with archive.open(name) as member:
        version = np.lib.format.read_magic(member)
        if version != (1, 0):
            raise ValueError(f"{name} has format version {version}; expected (1, 0)")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
        if (shape, fortran, dtype) != (wanted.shape, False, wanted.dtype):
            raise ValueError(f"{name} holds {dtype} of shape {shape}; expected {wanted.dtype} of shape {wanted.shape}")
        data = member.read()
        if len(data) != wanted.nbytes:
            raise ValueError(f"{name} holds {len(data)} bytes; expected {wanted.nbytes}")
    return np.frombuffer(data, dtype).reshape(shape)
