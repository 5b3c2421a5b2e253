"""Plain data as text, on its way into the sandbox and out of it.

Numbers, strings, lists, tuples, dictionaries, arrays, and random generators cross; objects do not. The type must match exactly: what comes
out for a subclass of ndarray, or for anything with an `__array__` of its own, is only the name of its class. Functions cross as numbers
under which the other side can be asked to call them.
"""

import base64
import re
import types

import numpy as np

LARGEST_INTEGER = 2**63
NUMBERS = (int, float, np.ndarray, np.generic)
NUMERIC = re.compile(r"[<|][biufc]\d{1,2}")


class Other:
    """What is left of an object that is not plain data: only the name of its class, as the name of a subclass of this one."""


def encode(value, functions=None, depth=0):
    """Return a value as something that JSON can hold; functions are appended to `functions`."""
    if depth > 50:
        return {"other": "structure nested too deeply"}
    kind = type(value)
    if value is None or kind in (bool, str, float) or (kind is int and abs(value) < LARGEST_INTEGER):
        return value
    if kind is list or kind is tuple:
        return {kind.__name__: [encode(item, functions, depth + 1) for item in value]}
    if kind is dict:
        return {"dict": [[encode(part, functions, depth + 1) for part in item] for item in value.items()]}
    if kind is np.ndarray or (isinstance(value, np.generic) and kind.__module__ == "numpy"):
        return {"array" if kind is np.ndarray else "scalar": encode_array(np.asarray(value))}
    if kind is np.random.Generator and type(value.bit_generator) is np.random.PCG64:
        state = value.bit_generator.state
        return {"generator": [str(n) for n in (*state["state"].values(), state["has_uint32"], state["uinteger"])]}
    if kind is types.SimpleNamespace:
        return {"namespace": encode(vars(value), functions, depth + 1)}
    if callable(value) and not isinstance(value, type):
        if functions is not None:
            functions.append(value)
        return {"function": [len(functions or ()) - 1, str(getattr(value, "__name__", ""))]}
    return {"other": kind.__name__}


def encode_array(array):
    """Return [dtype, shape, base64 of the bytes]; of an array that holds no numbers, only that it is one of objects."""
    if array.dtype.kind not in "biufc":
        return ["object", list(array.shape), ""]
    if array.dtype.itemsize > 8 and array.dtype.kind == "f":
        array = array.astype(np.float64)
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    return [array.dtype.str, list(array.shape), base64.b64encode(array.tobytes()).decode("ascii")]


def decode(data, function=None):
    """Return the value that `encode` was given; `function(number, name)` makes something to call of a function.

    Raises
    ------
    ValueError, TypeError, KeyError, OverflowError
        If this is not what `encode` makes: it may come from a sandbox in which somebody else writes it.
    """
    if data is None or type(data) in (bool, int, float, str):
        if type(data) is int and abs(data) >= LARGEST_INTEGER:
            raise ValueError("an integer that is too large")
        return data
    [(kind, content)] = data.items()
    match kind:
        case "list" | "tuple":
            items = [decode(item, function) for item in content]
            return items if kind == "list" else tuple(items)
        case "dict":
            return {decode(key, function): decode(value, function) for key, value in content}
        case "array":
            return decode_array(*content)
        case "scalar":
            return decode_array(content[0], [], content[2])[()]
        case "generator":
            generator = np.random.default_rng(0)
            state, increment, *rest = map(int, content)
            numbers = {"state": {"state": state, "inc": increment}, "has_uint32": rest[0], "uinteger": rest[1]}
            generator.bit_generator.state = {"bit_generator": "PCG64", **numbers}
            return generator
        case "namespace":
            return types.SimpleNamespace(**decode(content, function))
        case "function":
            return function(int(content[0]), str(content[1])) if function else not_here
        case "other":
            return type(re.sub(r"\W", "_", str(content))[:40] or "object", (Other,), {})()
    raise ValueError(f"no kind of plain data: {str(kind)[:40]}")


def decode_array(dtype, shape, content):
    """Return an array of its own memory."""
    shape = tuple(int(n) for n in shape)
    if dtype == "object":
        return np.full(shape if np.prod(shape) <= 10_000 else (0,), None, dtype=object)
    if not NUMERIC.fullmatch(dtype):
        raise ValueError("a dtype that is not of numbers")
    return np.frombuffer(base64.b64decode(content, validate=True), dtype=dtype).reshape(shape).copy()


def strangers(value):
    """Yield the names of the classes of which nothing else has crossed, wherever they are in a value."""
    if isinstance(value, Other):
        yield type(value).__name__
    elif isinstance(value, types.SimpleNamespace):
        yield from strangers(list(vars(value).values()))
    elif isinstance(value, dict):
        yield from strangers([*value.keys(), *value.values()])
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from strangers(item)


def arrays(data):
    """Yield the arrays in what `encode` has made."""
    for kind, content in data.items() if isinstance(data, dict) else ():
        if kind == "array":
            yield content
        elif kind in ("list", "tuple", "dict"):
            for item in content:
                for part in item if kind == "dict" else [item]:
                    yield from arrays(part)
        elif kind == "namespace":
            yield from arrays(content)


def not_here(*_, **__):
    """Stand for a function of the student's: nobody outside the sandbox calls it."""
    raise TypeError("a function of the student's cannot be called outside the sandbox")
