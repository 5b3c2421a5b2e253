"""Reads as much of a WebAssembly module as it takes to leave sections out and to limit its memory."""

MAGIC = b"\0asm\1\0\0\0"
CUSTOM, MEMORY = 0, 5  # kinds of sections; the program does not need custom ones, which hold names for debuggers and the like
PAGE = 65536


def fit_for_pages(module, memory):
    """Return a WebAssembly module without its custom sections, and with a limit to its memory.

    Parameters
    ----------
    module : bytes
        It has its own memory, without a limit.
    memory : int
        The limit, in bytes.

    Returns
    -------
    bytes

    Examples
    --------
    >>> names, without, limited = b"\\0\\5\\4name", b"\\5\\3\\1\\0\\2", b"\\5\\4\\1\\1\\2\\x10"
    >>> fit_for_pages(MAGIC + without + names, memory=16 * PAGE) == MAGIC + limited
    True
    """
    return MAGIC + b"".join(
        bytes([kind]) + _leb128(len(content)) + content
        for kind, content in ((kind, _limited(content, memory) if kind == MEMORY else content) for kind, content in _sections(module))
        if kind != CUSTOM
    )


def _sections(module):
    """Yield the kind and the content of each section."""
    if not module.startswith(MAGIC):
        raise ValueError(f"expected a WebAssembly module; got bytes that start with {module[:8]!r}")
    position = len(MAGIC)
    while position < len(module):
        kind = module[position]
        size, position = _unsigned(module, position + 1)
        yield kind, module[position : position + size]
        position += size


def _limited(memories, limit):
    count, unlimited = memories[:2]
    if count != 1 or unlimited != 0:
        raise ValueError(f"expected one memory without a limit; got the section {memories.hex()}")
    return bytes([1, 1]) + memories[2:] + _leb128(limit // PAGE)


def _unsigned(data, position):
    """Return the number in LEB128 at a position, and the position after it."""
    number = shift = 0
    while True:
        byte = data[position]
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return number, position


def _leb128(number):
    """Return a number in LEB128."""
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])
