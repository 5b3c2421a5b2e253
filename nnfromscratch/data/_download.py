"""Download a file once, and keep it: whole and checked, or not at all.

A download goes into a temporary file next to its destination, is checked there, and is moved in one step. So a download that is killed, or
that fills the disk, leaves nothing that looks like the file, and two at the same time do not interfere.
"""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

FULL = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EFBIG: "the file is larger than is allowed here",
}
DAY = 24 * 60 * 60  # seconds; no download takes longer


def download(urls: list[str], path: Path, check: Callable[[Path], object]) -> None:
    """Download to `path` from the first address whose file passes `check`.

    Parameters
    ----------
    urls : list of str
    path : Path
        Its folder is made if it does not exist.
    check : function of a path
        Raises a ValueError if the file there is not the right one.

    Raises
    ------
    ImportError
        If the package pooch, or one that it needs, is missing.
    ConnectionError
        If no address gives the right file; the message says what each one did.
    OSError
        If the file cannot be written, with the reason.
    """
    faults = []
    for url in urls:
        with _written(path.parent), _partial(path) as partial:
            try:
                _get(url, partial)
                check(partial)
            except (ConnectionError, ValueError) as error:
                faults.append(f"\n- {url}: {str(error).replace(str(partial), 'the file it sent')}{_by_proxy(url)}")
            else:
                _put(partial, path, check)
                return
    raise ConnectionError(f"no mirror provided {path.name}:{''.join(faults)}")


def _get(url: str, path: Path) -> None:
    """Download one address into a file. Whatever goes wrong outside this machine is a ConnectionError."""
    import requests
    from pooch import HTTPDownloader

    try:
        HTTPDownloader(progressbar=True)(url, str(path), None)
    except requests.exceptions.ProxyError as error:
        raise ConnectionError(f"the proxy failed: {error}") from None
    except (requests.RequestException, TimeoutError) as error:
        raise ConnectionError(str(error)) from None


def _by_proxy(url: str) -> str:
    """Name the proxy (without its password) that a request went through, if it did."""
    from requests.utils import get_environ_proxies, select_proxy

    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return ""
    place = urlsplit(proxy if "//" in proxy else f"//{proxy}").netloc.rpartition("@")[2]
    return f" (through the proxy {place}: see the variable {urlsplit(url).scheme}_proxy, or this computer's settings)"


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Turn a write error into one that says what is wrong with the folder."""
    try:
        yield
    except ConnectionError:
        raise
    except OSError as error:
        reason = FULL.get(error.errno or 0, f"it cannot be written ({error.strerror or error})")
        raise OSError(error.errno, f"the file cannot be saved in the cache folder {folder}: {reason}") from None


@contextlib.contextmanager
def _partial(path: Path) -> Iterator[Path]:
    """Yield the name of a temporary file next to `path`; remove it, and old ones that killed downloads left behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(".*.part"):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > DAY:
                old.unlink()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(name)


def _put(partial: Path, path: Path, check: Callable[[Path], object]) -> None:
    """Move a whole file to its place. On Windows this fails while a program reads an identical file there, which is just as good."""
    try:
        os.replace(partial, path)
    except PermissionError:
        with contextlib.suppress(ValueError, OSError):
            check(path)
            return
        raise
