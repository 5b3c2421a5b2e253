"""The walls behind which students' code runs, and its limits.

| walls | what the code can reach |
|---|---|
| `podman`, `docker` | a container: an image of Python and the package, one empty folder, no network |
| `bwrap` | Bubblewrap: this machine's Python and the package to read, one empty folder, no network, no other process |
| `none` | everything that you can reach yourself |

Only the kernel, which runs the code, is behind the walls; nbgrader, the gradebook and the hidden tests that are not yet run stay outside.
"""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

import nnfromscratch

ROOT = Path(__file__).parents[2]
INSIDE = Path(__file__).with_name("inside.py")
CONTAINERS = ("podman", "docker")
WALLS = (*CONTAINERS, "bwrap", "none")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
KEPT = ("PATH", "LANG", "TMPDIR", "SYSTEMROOT")  # of the environment
ENGINE = ("HOME", "XDG_", "DBUS_", "CONTAINER", "DOCKER_")  # begins what tells an engine where its images and its service are
DOCKERFILE = """\
FROM docker.io/library/python:3.11-slim
WORKDIR /course
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps . && rm -rf /course/*
"""
TRIAL = "import ipykernel_launcher, matplotlib, nnfromscratch"
WARNING = """\
Students' code runs on this machine with your rights: it can read your files, use the network and change what you can change.
Neither Podman nor Docker nor Bubblewrap is to be used here. Grade on a machine with nothing on it that matters."""


class Limits(NamedTuple):
    """What a submission may use."""

    cell: int = 30  # seconds for one cell
    whole: int = 300  # seconds for all of it
    memory: int = 2_000  # megabytes
    output: int = 100_000  # characters of one cell


def choose(wanted="auto"):
    """Return the walls to use: those asked for, or the strongest that are to be had.

    Raises
    ------
    ValueError
        If the walls asked for do not stand.
    """
    if wanted == "auto":
        return next(walls for walls in WALLS if stand(walls))
    if wanted not in WALLS or not stand(wanted):
        raise ValueError(f"isolation {wanted!r} is not to be had on this machine; known: auto, {', '.join(WALLS)}")
    return wanted


@functools.cache
def stand(walls):
    """Whether code can be run behind these walls, found out by running some."""
    if walls == "none":
        return True
    if sys.platform != "linux" or not shutil.which(walls):
        return False
    if walls in CONTAINERS and not (quietly(walls, "info") and built(walls)):
        return False
    with tempfile.TemporaryDirectory(prefix="desk-") as desk:
        return quietly(*command(walls, desk, ["-c", TRIAL], Limits()))


def quietly(*arguments):
    """Whether a program ends well."""
    try:
        return subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def command(walls, desk, arguments, limits):
    """Return the command that runs Python with these arguments behind the walls.

    `desk` is the one folder that the code may use; it has the same path on both sides.
    """
    limited = [str(INSIDE), desk, str(limits.memory), str(limits.whole)]
    if walls in CONTAINERS:
        python = "/usr/local/bin/python"
        return [*container(walls, desk, limits), python, *limited, python, *arguments]
    python = [sys.executable, *limited, sys.executable, *arguments]
    return [*bubble(desk), *python] if walls == "bwrap" else python


def environment(walls, desk):
    """Return the environment in which that command runs. Code can read it, but for that of an engine, which does not hand it on."""
    if walls in CONTAINERS:
        return {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(ENGINE)}
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"HOME": desk}


def bubble(desk):
    """Return how Bubblewrap is called."""
    places = [*SYSTEM, sys.base_prefix, sys.prefix, str(Path(nnfromscratch.__file__).parent), str(INSIDE)]
    readable = [word for place in places for word in ("--ro-bind-try", place, place)]
    return [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--cap-drop",
        "ALL",
        "--tmpfs",
        "/tmp",
        *readable,
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--bind",
        desk,
        desk,
        "--",
    ]


def container(engine, desk, limits):
    """Return how a container engine is called."""
    own = ["--userns", "keep-id"] if engine == "podman" and os.getuid() else []
    return [
        engine,
        "run",
        "--rm",
        "--name",
        Path(desk).name,
        "--network",
        "none",
        "--read-only",
        "--tmpfs",
        "/tmp",
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--security-opt",
        "label=disable",
        "--pids-limit",
        "256",
        "--memory",
        f"{limits.memory}m",
        "--user",
        f"{os.getuid()}:{os.getgid()}",
        *own,
        "--volume",
        f"{desk}:{desk}",
        "--volume",
        f"{INSIDE}:{INSIDE}:ro",
        image(),
    ]


def clear(walls, desk):
    """End what may still run behind the walls; Bubblewrap's end with the process that started them."""
    if walls in CONTAINERS:
        quietly(walls, "rm", "--force", Path(desk).name)


def context():
    """Return the files that the image is made of, {path in the image's folder: bytes}."""
    elsewhere = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-dir"].values()
    package = [path for folder in ("nnfromscratch", *elsewhere) for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc"]
    package += [ROOT / name for name in ("pyproject.toml", "LICENSE")]
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in package if path.is_file()}
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").replace("-e .\n", "")
    return files | {"requirements.txt": pins.encode(), "Dockerfile": DOCKERFILE.encode()}


@functools.cache
def image():
    """Return the name of the image; another package or other requirements have another."""
    digest = hashlib.sha256(repr(sorted(context().items())).encode()).hexdigest()
    return f"nnfromscratch-grading:{digest[:12]}"


def built(engine):
    """Whether the image is there; it is built if not."""
    if quietly(engine, "image", "inspect", image()):
        return True
    print(f"Building the image {image()} with {engine}, once; this takes some minutes.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in context().items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(content)
        run = subprocess.run([engine, "build", "--tag", image(), folder], capture_output=True, text=True)
    if run.returncode:
        print(f"{engine} cannot build it:\n{run.stderr[-1000:]}", file=sys.stderr)
    return run.returncode == 0
