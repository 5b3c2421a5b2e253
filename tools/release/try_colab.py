"""Run every chapter as Colab would: with its versions, without the package, and without files next to the notebook.

Each chapter's first cell has to fetch the package, without touching what was there; git takes this repository for the public one. Then
every output is compared. The Python is the one that runs this file; Colab has 3.13.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tools import ROOT
from tools.notebooks.setup_cells import CHAPTERS, with_setup_cell

ENVIRONMENT = ROOT / ".venv-colab"
PYTHON = ENVIRONMENT / "bin" / "python"
HOME = "https://github.com/someone/course"
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": f"url.{ROOT.as_uri()}.insteadOf",
    "GIT_CONFIG_VALUE_0": HOME,
}


def python(*arguments, **options):
    """Run the environment's Python and return what it prints."""
    return subprocess.run([PYTHON, *arguments], check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def installed():
    """Return the environment's packages with their versions."""
    return set(python("-m", "pip", "freeze").splitlines())


def put_alone(folder):
    """Put the chapters into an empty folder, knowing only the public address, and return their paths."""
    for path in ROOT.glob(CHAPTERS):
        notebook = with_setup_cell(json.loads(path.read_text(encoding="utf-8")), HOME)
        (folder / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "conftest.py").write_bytes((ROOT / "tests" / "_nbval.py").read_bytes())  # which outputs are compared
    return sorted(folder.glob("*.ipynb"))


def run(notebooks, *options):
    """Run the notebooks and compare their outputs with those that are committed."""
    folder = notebooks[0].parent
    command = [
        PYTHON,
        "-m",
        "pytest",
        "-q",
        "--rootdir",
        folder,
        "-c",
        os.devnull,
        "-p",
        "no:cacheprovider",
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=300",
        *options,
        *notebooks,
    ]
    subprocess.run(command, check=True, cwd=folder, env={**os.environ, **SETTINGS})


def main():
    print("Python", sys.version.split()[0], "(Colab has 3.13)", flush=True)
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    python("-m", "pip", "install", "--quiet", "uv")  # the same packages in a tenth of the time
    python("-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "-r", ROOT / "requirements" / "colab.txt")
    before = installed()
    with tempfile.TemporaryDirectory() as folder:
        first, *others = put_alone(Path(folder))
        run([first])
        run(others, "-n", "2", "--dist", "loadscope")
    if lost := before - installed():
        sys.exit(f"the first cell changed what Colab has: {sorted(lost)}")
    print("fetched by the first cell:", *sorted(installed() - before))


if __name__ == "__main__":
    main()
