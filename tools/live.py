"""Build the book again whenever one of its files is saved, and serve it all the while: edit, save, reload the page in the browser.

    python -m tools.live        (or: make live)

Sphinx reads only what changed, and runs only notebooks whose code changed, or all of them after a change of the package.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path

from tools import ROOT, serve

BUILD = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT, "--quiet"]
PASSED_OVER = {"__pycache__", ".ipynb_checkpoints"}
WATCHED = ("_config.yml", "_toc.yml", "book/**/*", "nnfromscratch/**/*")


def state(root):
    """Return when each file of the book was saved last."""
    files = (path for pattern in WATCHED for path in root.glob(pattern))
    return {path: path.stat().st_mtime_ns for path in files if path.is_file() and not PASSED_OVER & set(path.parts)}


def changes(before, now):
    """Return the names of files that are new, gone or saved again."""
    return sorted(path.name for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def build(reason):
    """Build, and say what came of it."""
    print(f"{reason}: building ...", flush=True)
    start = time.monotonic()
    failed = subprocess.run(BUILD).returncode
    print(f"  {'failed (see above)' if failed else 'built: reload the page'} after {time.monotonic() - start:.0f} s", flush=True)


def main():
    seen = state(ROOT)
    build("the book")
    server = serve.start(8000)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"The book is at http://127.0.0.1:{server.server_port}/  Save a file to build it again. (Ctrl-C stops it)", flush=True)
    while True:
        now = state(ROOT)
        if changed := changes(seen, now):
            seen = now
            build(", ".join(changed))
        time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()
