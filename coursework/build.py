"""Make the students' notebooks, `book/exercises/NN-topic.ipynb`, from the sources: nbgrader removes solutions and hidden tests.

    python -m coursework.build                  write them (make coursework)
    python -m coursework.build --check          write nothing; fail if a notebook does not match its source
    python -m coursework.build --course FOLDER  write a course for nbgrader: sources with solutions, gradebook, students' notebooks

The course takes the seeds of its hidden tests from the environment variable NNFROMSCRATCH_VARIANT, a secret of yours, if there is one.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from coursework import sources

# nbgrader starts `alembic`, which is next to this Python, and looks for it on the PATH.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
CONFIGURATION = """\
# Start nbgrader and Jupyter in this folder, which may be moved. What you set here stays: nothing overwrites this file.
c = get_config()  # noqa: F821
"""


def course(folder):
    """Return nbgrader's interface to a course in `folder`."""
    config = Config()
    config.CourseDirectory.root = str(folder)
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.WARNING)
    return api


def generate(names, folder, secret=""):
    """Put instructors' notebooks into a course folder and let nbgrader make the students'; return {name: path of the student's}."""
    api = course(folder)
    for name in names:
        source = Path(folder) / "source" / name / f"{name}.ipynb"
        source.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(sources.read(name, sources.seed_of(secret, name)), source)
        result = api.generate_assignment(name, create=True)
        if not result["success"]:
            raise ValueError(f"nbgrader could not make an assignment from coursework/src/{name}.md:\n{result['log']}")
    return {name: Path(folder) / "release" / name / f"{name}.ipynb" for name in names}


def write_course(folder, names, secret=""):
    """Write a course folder for nbgrader, or add assignments to the one that is there."""
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    generate([name for name in names if not (folder / "source" / name).exists()], folder, secret)
    configuration = folder / "nbgrader_config.py"
    if not configuration.exists():  # else it is the instructor's: the hub's exchange may be set in it
        configuration.write_text(CONFIGURATION, encoding="utf-8")


def student_texts(names):
    """Return {name: text of the student's notebook file}."""
    with tempfile.TemporaryDirectory() as folder:
        notebooks = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in generate(names, folder).items()}
    return {name: json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n" for name, notebook in notebooks.items()}


def differing(names, texts):
    """Return the names of assignments whose committed file is not the text that it should be, or has no source any more."""
    wrong = [name for name in names if not sources.target(name).exists() or sources.target(name).read_text(encoding="utf-8") != texts[name]]
    return wrong + sorted({path.stem for path in sources.TARGET.glob("*.ipynb")} - set(sources.names()))


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m coursework.build", description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a notebook does not match its source")
    parser.add_argument("--course", type=Path, metavar="FOLDER", help="write a course folder for nbgrader instead")
    parser.add_argument("names", nargs="*", help="such as 02-activations (default: all)")
    given = parser.parse_args(arguments)
    names = given.names or sources.names()
    if given.course:
        write_course(given.course, names, sources.secret())
        return
    texts = student_texts(names)
    wrong = differing(names, texts)
    if given.check:
        sys.exit(f"these files do not match their sources (run: make coursework): {' '.join(wrong)}" if wrong else 0)
    sources.TARGET.mkdir(exist_ok=True)
    for name in wrong:
        if name in texts:
            sources.target(name).write_text(texts[name], encoding="utf-8")
        else:
            sources.target(name).unlink()
        print(f"{'written' if name in texts else 'removed'}: book/exercises/{name}.ipynb")


if __name__ == "__main__":
    main()
