"""How pages are executed: again when the package changes, not only when the page itself does, and with sharp figures.

jupyter-cache knows a notebook by its code cells alone. Here the name of the cache's folder carries a fingerprint of everything else
that a page computes with; and because that name is part of Sphinx's configuration, a different name also means that every page is read
again.
"""

import ast
import hashlib
import os
import shutil
from pathlib import Path

from nnfromscratch.widgets.svg import STYLE

COLORS = {name: value for name, value in STYLE.items() if not name.startswith("axes.spines") and name != "svg.fonttype"}
# Two pixels for each pixel of a plain screen; and vectors, with the letters as outlines, in colors that pictures.py replaces.
CONFIGURATION = f'c.InlineBackend.figure_formats = {{"retina", "svg"}}\nc.InlineBackend.rc = {COLORS!r}\n'
SOURCES = ("nnfromscratch/**/*", "book/quizzes/*", "book/results/*", "requirements.txt")


def fingerprint(root):
    """Return twelve hexadecimal digits that change whenever a file that pages compute with does."""
    files = {path for pattern in SOURCES for path in root.glob(pattern) if path.is_file() and path.suffix not in (".pyc", ".md")}
    digest = hashlib.sha256(CONFIGURATION.encode())
    for path in sorted(files):
        content = without_docstrings(path.read_text(encoding="utf-8")) if path.suffix == ".py" else path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:12]


def without_docstrings(source):
    """Return what a module computes, as bytes: its syntax tree without docstrings. Comments and layout make no difference either."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree).encode()


def use_cache_of_this_package(app, config):
    """Point myst-nb to the cache that fits the sources, and throw away those that do not."""
    caches = Path(app.outdir).parent / ".jupyter_cache"
    fitting = caches / fingerprint(Path(app.srcdir))
    for old in caches.glob("*"):
        if old != fitting:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    config.nb_execution_cache_path = str(fitting)


def configure_ipython(app, config):
    """Give the pages' kernels their own configuration folder: sharp figures, and no settings of the person who builds the book."""
    folder = (Path(app.outdir).parent / "ipython").resolve()
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(CONFIGURATION, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)


def setup(app):
    app.connect("config-inited", use_cache_of_this_package)
    app.connect("config-inited", configure_ipython)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
