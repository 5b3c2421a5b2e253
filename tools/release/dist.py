"""Build the package into dist/: a source archive and a wheel, the wheel byte for byte the same from the same sources.

python -m tools.release.dist
"""

import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from tools import ROOT

DIST = ROOT / "dist"


def commit_date():
    """Return the date of the last commit as (year, month, day, hour, minute, second) in UTC; 1 January 1980 outside a repository."""
    run = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or run.stdout.strip() or 0)
    return max(time.gmtime(seconds)[:6], (1980, 1, 1, 0, 0, 0))


def write_zip(path, files, date):
    """Write {name: bytes} as a zip archive that depends on names and contents alone: in this order, with one date and plain rights."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = (0o100755 if content.startswith(b"#!") else 0o100644) << 16
            archive.writestr(entry, content)


def build(kind, folder):
    """Build a "wheel" or an "sdist" into a folder and return its path; nothing of an earlier build comes along."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    command = "import sys; from setuptools import build_meta; getattr(build_meta, f'build_{sys.argv[1]}')(sys.argv[2])"
    run = subprocess.run([sys.executable, "-c", command, kind, str(folder)], cwd=ROOT, capture_output=True, text=True)
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    [path] = Path(folder).glob({"wheel": "*.whl", "sdist": "*.tar.gz"}[kind])
    return path


def build_wheel(folder):
    """Build the wheel into an empty folder and return its path."""
    wheel = build("wheel", folder)
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    write_zip(wheel, files, commit_date())
    return wheel


def main():
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    for path in (build("sdist", DIST), build_wheel(DIST)):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
