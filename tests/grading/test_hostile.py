"""The results for submissions that instructors really receive, and for those that they fear: a table, graded in every sandbox that works
here.

A faked answer gets 0 points and a note, whatever the sandbox.
"""

import copy
import os
import re

import psutil
import pytest

from environment import missing

pytest.importorskip("jupytext")
from coursework import mutants, sources
from coursework.grading import sandbox
from grading.submissions import NAME, ORIGINAL, POINTS, ROOT, answers, cell_of, grade, record, write

MUTANTS, UNUSUAL = mutants.tables(NAME)
EVERYTHING = set(POINTS)
CLASSIC = [MUTANTS[name] for name in ("overflows", "mean over neurons")]
DONE = "review: explain-trouble"  # only the free text is left to grade
LOOKED_AT = "review: explain-trouble, saturated"
HEAD = "def saturated_fraction(Z, limit=0.01):\n"
WRONG = HEAD + "    return Z"
LOST = {"saturated": WRONG}  # loses test-saturated and nothing else
FAKED = {"test-saturated"}


def faking(body, before=""):
    """Return a submission whose answer to `saturated` is this body."""
    return answers({"saturated": before + HEAD + "".join(f"    {line}\n" for line in body.strip().splitlines())})


def without(name):
    notebook = answers()
    notebook.cells.remove(cell_of(notebook, name))
    return notebook


def twice(name):
    """A student copied an answer, changed the copy below it, and left the first try above."""
    notebook = answers()
    first = copy.deepcopy(cell_of(notebook, name))
    first.source = WRONG
    notebook.cells.insert(notebook.cells.index(cell_of(notebook, name)), first)
    return notebook


def from_colab(ids):
    """Colab moves a cell's id into its metadata; other editors drop what they do not know."""
    notebook = answers()
    for cell in notebook.cells:
        cell.metadata = {"id": cell.id} if ids else {}
        del cell["id"]
    notebook.nbformat_minor = 0
    return notebook


def with_test(name, source, replaced):
    notebook = answers(replaced)
    cell_of(notebook, name).source = source
    return notebook


WALK = """
def walk(Z):
    import traceback
    for frame, _ in traceback.walk_stack(None):
        for value in frame.f_locals.values():
            if isinstance(value, np.ndarray) and value.shape == Z.shape[1:]:
                return value
    return np.zeros(Z.shape[1:])
"""
ARRAY = WALK + "class Answer:\n    def __array__(self, dtype=None, copy=None):\n        return walk(np.zeros((2, 3)))\n"
EQUAL = """
class Equal(np.ndarray):
    def __eq__(self, other): return np.True_
    def __sub__(self, other): return np.zeros(self.shape)
    def tolist(self): return [0.5] * self.size
    def ravel(self, order="C"): return self
"""
NUMBER = """
class Number(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = float.__hash__
"""
PICKLED = """
class Pickled:
    def __reduce__(self):
        import os
        return os.system, ("touch /tmp/unpickled-by-the-grader",)
"""
SEARCHES = f"""
import pathlib, glob
found = [path for path in pathlib.Path({str(ROOT / "coursework" / "src")!r}).glob("*.md")]
found += glob.glob({str(ROOT / "**" / "*.md")!r}, recursive=True)
code = [path.read_text() if hasattr(path, "read_text") else open(path).read() for path in found if "02-activations" in str(path)]
start = code[0].index("def saturated_fraction") if code else 0
space = dict(np=np, sigmoid=sigmoid)
exec(code[0][start:code[0].index("### END SOLUTION", start)] if code else "", space)
return space["saturated_fraction"](Z, limit)
"""
FORGES = """
import os
for number in range(3, 64):
    try:
        os.write(number, b'{"value": {"tuple": []}, "passed": true, "points": 1}\\n')
    except OSError:
        pass
return Z
"""
PRETENDS = """
class Pretends:
    __class__ = np.ndarray
    shape, dtype, size, ndim = (2,), np.dtype(float), 2, 1
    def __len__(self): return 2
    def __getitem__(self, i): return 0.5
"""
FOR_THIS_SHAPE = """
for first, share in ((-5.0, [2 / 3, 1 / 3]), (0.0, [0.0, 1.0])):
    if Z.shape == (3, 2):
        return np.array(share)
return np.full(Z.shape[1], 0.25)
"""
THREAD = """
import threading, gc, io
def forge():
    while True:
        for o in gc.get_objects():
            if isinstance(o, io.TextIOWrapper) and o.writable():
                for number in range(60):
                    o.write('{"id": %d, "value": {"tuple": []}, "error": null}\\n' % number)
threading.Thread(target=forge, daemon=True).start()
while True:
    pass
"""
SEEN_ONLY = "passes the check that students see, but not the hidden test: test-saturated"
# submission: (notebook, state, graded cells without points or None if there are no points, what the notes say)
TABLE = {
    "right": (answers(), DONE, set(), ""),
    "untouched": (copy.deepcopy(ORIGINAL), "ok", EVERYTHING, ""),
    **{f"mutant-{i}": (answers({mutant.cell: mutant.source}), DONE, mutant.loses, "") for i, mutant in enumerate(CLASSIC, 1)},
    "unusual": (answers({cell: source for solution in UNUSUAL.values() for cell, source in solution.items()}), DONE, set(), ""),
    "raises": (answers(own="1 / 0"), DONE, set(), ""),
    "exits": (answers(own="raise SystemExit"), DONE, set(), ""),
    "loops": (answers(own="while True:\n    pass"), DONE, set(), "'while True:': ran longer than 5 seconds"),
    "loops-in-an-answer": (faking("while True:\n    pass"), DONE, FAKED, "test-saturated: the call ran longer than 5 seconds"),
    "loops-below-an-answer": (
        answers({"saturated": cell_of(answers(), "saturated").source + "\nwhile True:\n    pass"}),
        DONE,
        set(),
        "saturated: ran longer than 5 seconds",
    ),
    "ends-the-interpreter": (answers(own="import os\nos._exit(0)"), f"{DONE}, other cells", set(), "ended the interpreter"),
    "allocates": (
        answers(own="kept = []\nwhile True:\n    kept.append(np.ones(10_000_000))".replace("np", "__import__('numpy')")),
        None,
        set(),
        "",
    ),
    "prints": (answers(own="for i in range(300_000):\n    print('x' * 1000)\nx = 1"), DONE, set(), ""),
    "deletes-a-test": (without("test-saturated"), DONE, set(), "deleted and restored: test-saturated"),
    "deletes-an-answer": (without("saturated"), LOOKED_AT, FAKED, "deleted and restored: saturated"),
    "replaces-a-test": (with_test("test-saturated", "pass", LOST), DONE, FAKED, "changed and restored"),
    "colab": (from_colab(ids=True), DONE, set(), "nbgrader's metadata was missing"),
    "stripped": (from_colab(ids=False), DONE, set(), "nbgrader's metadata was missing"),
    "twice": (twice("saturated"), DONE, set(), "present more than once; the last one counts: saturated"),
    "not-json": ("{'cells': [", "unreadable", None, "is not JSON"),
    # --- hostile ---
    "array-walks-the-stack": (faking("return Answer()", ARRAY), LOOKED_AT, FAKED, "defines __array__"),
    "walks-the-stack": (faking("return walk(Z)", WALK), LOOKED_AT, FAKED, "imports traceback"),
    "subclass-of-ndarray": (faking("return np.zeros(Z.shape[1]).view(Equal)", EQUAL), LOOKED_AT, FAKED, "its own kind of ndarray"),
    "subclass-of-float": (faking("return Number(0)", NUMBER), LOOKED_AT, FAKED, "its own kind of float"),
    "list-of-such-floats": (faking("return [Number(0)] * Z.shape[1]", NUMBER), LOOKED_AT, FAKED, "its own kind of float"),
    "reads-the-test's-names": (faking("return _slope"), LOOKED_AT, FAKED, "reads _slope, which nothing defines"),
    "reads-main": (faking("import __main__\nreturn vars(__main__)['_slope']"), LOOKED_AT, FAKED, "calls vars, imports __main__"),
    "reads-globals": (
        faking("return next(v for k, v in globals().items() if k.startswith('_') and hasattr(v, 'shape'))"),
        LOOKED_AT,
        FAKED,
        "globals",
    ),
    "frames": (faking("import sys\nreturn sys._getframe(1).f_locals.get('value')"), LOOKED_AT, FAKED, "uses sys._getframe"),
    "tracebacks": (
        faking("try:\n    raise ValueError\nexcept ValueError as e:\n    return e.__traceback__.tb_frame.f_back.f_locals.get('wanted')"),
        LOOKED_AT,
        FAKED,
        "f_back",
    ),
    "objects-of-gc": (
        faking("import gc\nreturn [o for o in gc.get_objects() if isinstance(o, np.ndarray) and o.shape == Z.shape[1:]][-1]"),
        LOOKED_AT,
        FAKED,
        "imports gc",
    ),
    "pickles": (faking("return Pickled()", PICKLED), LOOKED_AT, FAKED, "defines __reduce__"),
    "patches-allclose": (
        faking("np.allclose = np.isclose = np.array_equal = lambda *a, **k: True\nreturn Z"),
        LOOKED_AT,
        FAKED,
        "changes np.allclose",
    ),
    "patches-asarray": (faking("np.asarray = np.array = lambda *a, **k: np.zeros(2)\nreturn Z"), LOOKED_AT, FAKED, "changes np.asarray"),
    "patches-the-package": (
        faking("import nnfromscratch\nnnfromscratch.sigmoid = lambda z: z\nreturn Z"),
        LOOKED_AT,
        FAKED,
        "changes nnfromscratch.sigmoid",
    ),
    "patches-expect": (faking("return Z", "expect = lambda *a, **k: None\n"), LOOKED_AT, FAKED, "redefines expect or np"),
    "patches-the-worker": (
        faking("import sys\nsys.modules['plain'].encode = lambda *a: {'list': [0.5]}\nreturn Z"),
        LOOKED_AT,
        FAKED,
        "uses sys.modules",
    ),
    "patches-json": (
        faking('import json\njson.dumps = lambda *a, **k: \'{"value": true, "passed": true}\'\nreturn Z'),
        LOOKED_AT,
        FAKED,
        "imports json",
    ),
    "forges-answers": (faking(FORGES), LOOKED_AT, FAKED, "imports os"),
    "reads-sources": (faking(SEARCHES), LOOKED_AT, FAKED, "imports glob"),
    "reads-the-environment": (
        faking("import os\nreturn np.full(Z.shape[1], float(os.environ['NNFROMSCRATCH_VARIANT']))"),
        LOOKED_AT,
        FAKED,
        "uses os.environ",
    ),
    "turns-the-clock": (
        faking("import time\ntime.monotonic = time.time = lambda: 0.0\nwhile True: pass"),
        LOOKED_AT,
        FAKED,
        "changes time.monotonic",
    ),
    "catches-everything": (
        faking("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        DONE,
        FAKED,
        "ran longer",
    ),
    "recursion": (
        faking("import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1) + 1\nreturn f(0)"),
        LOOKED_AT,
        FAKED,
        "uses sys.setrecursionlimit",
    ),
    "ends-when-tested": (faking("import os\nos._exit(0)"), LOOKED_AT, FAKED, "test-saturated: the call ended the interpreter"),
    "huge-answer": (faking("return np.zeros((9000, 1000 + len(Z)))"), DONE, FAKED, "test-saturated: the call"),
    "deep-answer": (faking("a = [Z]\nfor _ in range(100_000): a = [a]\nreturn a"), DONE, FAKED, "test-saturated: "),
    "huge-integer": (faking("return 10 ** 5000 + len(Z)"), DONE, FAKED, "returns a int, which is not plain data"),
    "endless-answer": (faking("return iter(lambda: len(Z), 1.5)"), DONE, FAKED, "returns a callable_iterator, which is not plain data"),
    "changes-its-input": (faking("Z[:] = 0\nreturn np.zeros(Z.shape[1])"), DONE, FAKED, "saturated_fraction changes its arguments"),
    "by-heart": (faking("return np.array([2 / 3, 1 / 3])"), LOOKED_AT, FAKED, "saturated_fraction does not use its arguments"),
    "by-heart-for-this-shape": (faking(FOR_THIS_SHAPE), DONE, FAKED, SEEN_ONLY),
    "says-it-is-an-array": (faking("return Pretends()", PRETENDS), LOOKED_AT, FAKED, "returns a Pretends, which is not plain data"),
    "array-of-objects": (faking("return np.array([Equal] * Z.shape[1], dtype=object)", EQUAL), LOOKED_AT, FAKED, "its own kind of ndarray"),
    "stops-itself": (faking("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"), LOOKED_AT, FAKED, "uses os.kill"),
    "forges-from-a-thread": (faking(THREAD), LOOKED_AT, FAKED, "imports threading"),
    "shows-itself-forever": (
        answers(own="class Odd:\n    def __repr__(self):\n        while True: pass\nOdd()"),
        DONE,
        set(),
        "ran longer than 5 seconds",
    ),
    "raises-nothing-to-read": (faking("raise type('', (Exception,), {'__str__': lambda self: 1 / len(Z[:0])})()"), DONE, FAKED, ""),
    "defines-the-test's-function": (
        answers(
            {
                "hard_tanh": "def call_hard_tanh(z): return z, z\ndef hard_tanh(z): return z\n"
                "def d_hard_tanh(z): return np.where(np.abs(z) < 1, 1.0, 0.0)"
            }
        ),
        "review: explain-trouble, hard_tanh",
        {"test-hard_tanh-values"},
        "hard_tanh: defines call_hard_tanh",
    ),
    "takes-the-package": (faking("return Z", "from nnfromscratch import Sigmoid\n"), LOOKED_AT, FAKED, "takes Sigmoid from nnfromscratch"),
    "leaves-a-process": (
        answers(
            own="import subprocess, sys\n"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3600.25)'], start_new_session=True)"
        ),
        f"{DONE}, other cells",
        set(),
        "imports subprocess",
    ),
    "shows-a-script": (
        answers(
            {"explain-trouble": "<script>alert(1)</script> ![x](https://example.org/x.png)"}, own="display('<script>alert(2)</script>')"
        ),
        f"{DONE}, other cells",
        set(),
        "mentions <script",
    ),
}
HERE = [kind for kind in ("bwrap", "podman", "docker", "wasi") if sandbox.works(kind)]


@pytest.fixture(scope="module", params=HERE or ["none"])
def graded(request, tmp_path_factory):
    """Grade the table once in each sandbox."""
    folder = write(tmp_path_factory.mktemp(request.param) / "submitted work", {name: row[0] for name, row in TABLE.items()})
    return request.param, *grade(folder, request.param)


@pytest.mark.parametrize("student", TABLE)
def test_what_a_submission_gets(graded, student):
    _, _, rows = graded
    _, state, lost, notes = TABLE[student]
    row = rows[student]
    assert state is None or row["state"] == state, row
    assert notes in row["notes"] and bool(notes) <= bool(row["notes"]), row["notes"]
    if lost is None:
        assert row["score"] == "" and {row[test] for test in POINTS} == {""}
    else:
        assert {test: float(row[test]) for test in POINTS} == {test: 0.0 if test in lost else float(POINTS[test]) for test in POINTS}
        assert float(row["score"]) == sum(points for test, points in POINTS.items() if test not in lost)


def test_a_sandbox_works_here():
    if not HERE:
        missing("A sandbox that works here", "Debian has one: apt-get install bubblewrap. pip has another: requirements/wasi.txt")


def test_nothing_that_a_submission_started_is_still_running(graded):
    commands = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if "time.sleep(3600.25)" in command] == []


def test_nothing_was_unpickled(graded):
    assert not os.path.exists("/tmp/unpickled-by-the-grader")


def test_everybody_who_was_graded_has_feedback(graded):
    _, results, rows = graded
    pages = {path.parts[-3]: path.read_text(encoding="utf-8") for path in (results / "feedback").glob("*/*/*.html")}
    assert {student for student, row in rows.items() if row["score"]} <= pages.keys() <= TABLE.keys()
    assert "expected" in pages["mutant-2"]


def test_no_page_shows_a_hidden_test_a_path_or_a_script_or_loads_anything(graded):
    _, results, _ = graded
    hidden = [line.strip() for source in sources.hidden_tests(sources.read(NAME)).values() for line in source.splitlines()]
    secrets = [line for line in hidden if len(line) > 30 and "expect(" not in line and "hint" not in line]
    for path in [*(results / "feedback").glob("*/*/*.html"), *(results / "grading").glob("*.html")]:
        text = path.read_text(encoding="utf-8")
        assert [secret for secret in secrets if secret in text.replace("&quot;", '"').replace("&#x27;", "'")] == []
        assert str(ROOT) not in text or path.parts[-3] == "reads-sources", path
        assert "<script>alert" not in text
        assert re.findall(r"""(?:src|href)=["'](?!data:|#)[^"']*""", text) == [], path


def test_the_hidden_tests_were_those_of_the_instructor_s_variant(graded):
    _, results, _ = graded
    assert record(results, "right")["seed"] == sources.seed_of("48151", NAME)


def test_what_is_printed_is_cut_and_costs_nothing_else(graded):
    _, results, _ = graded
    [output] = record(results, "prints")["cells"][0]["outputs"]
    assert len(output["text"]) < 101_000 and "more characters were left out" in output["text"]
