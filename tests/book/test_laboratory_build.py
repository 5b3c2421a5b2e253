"""How the laboratory is made: what is downloaded, what is kept of it, which cells can be run, and what is said if it is missing."""

import doctest
import json
import subprocess
import sys

import pytest

from course.laboratory import __main__ as report
from course.laboratory import answered_in_words, kind, parts, runtime, wasm
from environment import ROOT

EXERCISE = ROOT / "book" / "exercises" / "01-neuron.ipynb"


def test_the_examples_of_the_module_reader_are_right():
    assert doctest.testmod(wasm).failed == 0


@pytest.mark.parametrize(
    ("module", "words"),
    [(b"\0elf\1\0\0\0", "expected a WebAssembly module"), (wasm.MAGIC + b"\5\4\1\1\2\x10", "expected one memory without a limit")],
)
def test_what_is_no_such_module_is_rejected(module, words):
    with pytest.raises(ValueError, match=words):
        wasm.fit_for_pages(module, memory=wasm.PAGE)


def test_a_wheel_with_another_hash_is_not_used(tmp_path, monkeypatch):
    pins = tmp_path / "pins.txt"
    pins.write_text("six==1.17.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(runtime, "PINS", pins)
    with pytest.raises(runtime.Unavailable, match="(?i)hash|six"):
        runtime.download(tmp_path)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("numpy/_core/numeric.pyc", True),
        ("numpy/testing/__init__.pyc", True),
        ("numpy/ma/tests/test_core.pyc", False),
        ("pandas/__init__.pyc", False),
        ("json/decoder.pyc", True),
        ("turtle.pyc", False),
        ("numpy-2.5.2.dist-info/METADATA", False),
    ],
)
def test_only_what_the_course_may_need_is_kept(name, needed):
    assert runtime.is_needed(name) == needed


def test_packed_files_come_out_as_they_went_in(tmp_path):
    import gzip

    contents = {"b/c.txt": b"two", "a.txt": b"one"}
    runtime.write_pack(tmp_path / "pack.bin", contents)
    assert runtime.read_zip(gzip.decompress((tmp_path / "pack.bin").read_bytes())) == contents


def test_python_gets_the_package_its_data_and_what_pages_read():
    files = parts.course_files(ROOT)
    assert {"nnfromscratch/__init__.py", "nnfromscratch/data/digits.npz", "nnfromscratch/quizzes/01-neuron.json"} <= files.keys()
    assert {"nnfromscratch/widgets/shared.js", "laboratory/cells.py"} <= files.keys()
    assert not [name for name in files if name.endswith((".pyi", ".pyc")) or "__pycache__" in name]


def test_setup_and_quiz_are_not_run_and_tests_are_checks():
    cells = {cell["id"]: cell for cell in json.loads(EXERCISE.read_text(encoding="utf-8"))["cells"]}
    assert [kind(cells[name]) for name in ("setup", "strongest", "test-strongest", "explain-same")] == ["", "run", "check", ""]
    assert [name for name, cell in cells.items() if answered_in_words(cell)] == ["explain-same"]
    quiz = {"cell_type": "code", "id": "q", "metadata": {}, "source": ['show_quiz("quizzes/01-neuron.json")']}
    task = {"cell_type": "code", "id": "t", "metadata": {"mystnb": {"code_prompt_show": "Show the check"}}, "source": ["def tell(): ..."]}
    assert [kind(quiz), kind(task)] == ["", "task"]


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_site_without_laboratory_says_so_and_fails_in_ci(tmp_path, monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    assert report.main(tmp_path) == code
    assert "no Run buttons" in capsys.readouterr().out
    (tmp_path / "laboratory").mkdir()
    (tmp_path / "laboratory" / "files.json").write_text('{"python": {"name": "p.bin", "size": 2000000}}')
    assert report.main(tmp_path) == 0
    assert "2.0 MB" in capsys.readouterr().out


# --- the half inside Python, which is plain Python and runs here as well ---


def guest(code):
    """Run code with the laboratory's guest modules importable; return what it printed."""
    path = ROOT / "book" / "_laboratory" / "guest"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(path), "PATH": ""})
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.mark.parametrize(
    ("source", "translated"),
    [
        ("x = 1\ny = 5 % 3", "x = 1\ny = 5 % 3"),
        ("%time x = 1", "__laboratory_time__('x = 1', globals(), first_line=1)"),
        ("if x:\n    %timeit f()", "if x:\n    __laboratory_timeit__('f()', globals(), first_line=2)"),
        ("%%time\nx = 1\ny", "__laboratory_time__('x = 1\\ny', globals(), first_line=2)"),
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ('text = """\n!ls\n%pip\n"""', 'text = """\n!ls\n%pip\n"""'),
    ],
)
def test_magics_become_python_and_python_stays(source, translated):
    assert guest(f"from laboratory.source import translate; print(translate({source!r}))") == translated + "\n"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\n!ls", 2, "There is no shell here"),
        ("%pip install torch", 1, "Nothing can be installed here"),
        ("pip install torch", 1, "Nothing can be installed here"),
        ("!pip install torch", 1, "Nothing can be installed here"),
        ("%debug", 1, "%debug is not available here; %time and %timeit are"),
        ("%%bash\nls", 1, "%%bash is not available here"),
    ],
)
def test_what_a_page_cannot_do_is_named_with_its_line(source, line, words):
    code = f"""
from laboratory.source import NotHere, translate
try:
    translate({source!r})
except NotHere as error:
    print(error.lineno, error.msg)
"""
    assert guest(code).startswith(f"{line} {words}")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("np.ones((4, 3)) @ np.ones((2, 5))", "Here A has 3 entries per row, and B has 2 rows."),
        ("np.ones(3) @ 2", "To multiply by a number, use *."),
        ("np.ones((4, 3)) * np.ones((2, 3))", "Compare them from right to left"),
        ("np.array([[1, 2], [3]])", "must have the same length"),
        ("np.ones(3)(1)", "is not a function"),
        ("1 if np.ones(3) > 0 else 0", "use np.where(condition, a, b)"),
        ("nn.softmax(np.ones(3))", "Write one sample as a row of its own"),
        ("math.exp(np.ones(3))", "for arrays, use NumPy's, such as np.exp."),
        ("f'{np.ones(3):.2f}'", "x.round(2)"),
        ("np.add(np.ones(3, int), 0.5, out=np.ones(3, int))", "cannot store fractions"),
        ("np.ones((4, 3)).dot(np.ones((2, 5)))", "In A.dot(B)"),
        ("(...)['W1']", "Three dots are still in the code"),
        ("unanswered()", "Write your code where it says raise NotImplementedError(), and delete that line."),
        ("nn.Layer().forward(0)", ""),
        ("np.ones(3)[5]", ""),
    ],
)
def test_errors_in_terms_of_numpy_are_explained(code, words):
    found = guest(f"""
import math
import numpy as np
import nnfromscratch as nn
from laboratory import errors

def unanswered():
    # YOUR CODE HERE
    raise NotImplementedError()

try:
    eval({code!r})
except Exception as error:
    print(errors.hint(error))
""")
    assert words in found and bool(words) == bool(found.strip())


def test_training_reports_its_epochs():
    code = """
from laboratory import progress
seen = []
progress.tell = lambda kind, **message: seen.append((kind, message["done"], message["total"]))
progress.watch("from nnfromscratch import Network")
from nnfromscratch import Network, make_moons, mlp
X, y = make_moons(50, rng=0)
network = Network(mlp([2, 4, 2], rng=0))
history = network.fit(X, y, epochs=2, rng=0)
print(seen, len(history["loss"]))
seen.clear()
print(len(list(network.train(X, y, epochs=1, rng=0))), seen)
seen.clear()
history = network.fit(X, y, epochs=1000, validation=(X, 1 - y), patience=1, rng=0)
print(len(history["loss"]) < 1000, seen[-2:] == [("progress", len(history["loss"]), n) for n in (1000, len(history["loss"]))])
"""
    assert guest(code).splitlines() == [
        "[('progress', 0, 2), ('progress', 1, 2), ('progress', 2, 2), ('progress', 2, 2)] 2",
        "1 [('progress', 0, 1), ('progress', 1, 1), ('progress', 1, 1)]",
        "True True",
    ]


@pytest.mark.parametrize(
    ("earlier", "last", "needed"),
    [
        (["import numpy as np", "x = 1", "y = 2"], "np.add(y, 1)", [0, 2]),
        (["x = []", "x.append(1)", "y = x[0]", "z = 1"], "z", [3]),
        (["x = []", "x.append(1)", "y = x[0]", "z = 1"], "y", [0, 1, 2]),
        (["import numpy as np", "w = np.zeros(2)", "w += 1", "print(w)", "v = np.ones(2)"], "w", [0, 1, 2, 3]),
        (["n = 5", "def f(n):\n    return n"], "f(2)", [1]),
        (["n = 5", "def f():\n    return n"], "f()", [0, 1]),
        (["w = 0", "def step():\n    global w\n    w += 1", "step()"], "w", [0, 1, 2]),
        (["class A: pass", "A.x = 1", "b = 3"], "A().x", [0, 1]),
        (["def f(): return 1", "a = f()", "def f(): return 2"], "a", [0, 1, 2]),
        (["b = []", "def f(x=b): x.append(1)", "f()"], "b", [0, 1, 2]),
        (["class A: n = 0", "class B(A): pass", "A.n = 1", "B().set()"], "A.n", [0, 1, 2, 3]),
        (["s = []", "def note(f): return f", "@note\ndef g(): pass", "note.x = 1", "g()"], "note.x", [1, 2, 3, 4]),
        (["x = 1", "y = 2"], "exec('x')", [0, 1]),
        (["from math import *", "y = 2"], "sqrt(2)", [0, 1]),
        (["x = 1", "y = (2"], "x", [0, 1]),
        (["x = 1", "y = 2"], "x = (", []),
        (["x = 1", "y = " + "-" * 20_000 + "1"], "x", [0, 1]),
        (["x = 1", "y = 2"], "x + " + "-" * 20_000 + "1", []),
        (["x = 1", "y = 2"], "print(x, '\ud800')", []),
    ],
)
def test_the_cells_that_an_answer_needs_are_found_in_the_code(earlier, last, needed):
    assert guest(f"from laboratory.needs import needed; print(needed({[*earlier, last]!r}))") == f"{needed}\n"


def test_the_cells_that_set_a_name_are_found_in_the_code():
    sources = ["print(w)", "w = 1", "v = (", "def w(): pass", "import w", "def f():\n    w = 1", "for w in []: pass"]
    assert guest(f"from laboratory.needs import setters; print(setters('w', {sources!r}))") == "[1, 3, 4, 6]\n"


PAGE = """
from collections import defaultdict
from contextlib import contextmanager
from functools import cache, partial, singledispatch, wraps
import numpy as np
from nnfromscratch import Network, ReLU
w, b, rng, seen = np.zeros(2), 1.0, np.random.default_rng(0), []
def step():
    global w
    w = w - 1
    seen.append(b)
class Model:
    def fit(self):
        seen.append("fit")
    @property
    def noted(self):
        seen.append("noted")
    @staticmethod
    def note():
        seen.append("note")
    @classmethod
    def notes(cls):
        cls.note()
class Deep(Model):
    pass
class Noted(ReLU):
    def forward(self, A):
        seen.append("forward")
def add(into, what=1):
    into.append(what)
def twice(function):
    @wraps(function)
    def wrapped():
        function(), function()
    return wrapped
@twice
def grow():
    seen.append("grown")
model, ready = Model(), (n for n in range(3))
deep, fit, made = Deep(), model.fit, Network([Noted()])
ways = {"lambda": [lambda: seen.append("lambda")]}
append, later = partial(add, seen), partial(step)
@contextmanager
def noting():
    seen.append("before")
    yield
@singledispatch
def kind(what):
    seen.append(what)
@cache
def kept(what):
    seen.append(what)
@np.errstate(all="ignore")
def silent():
    seen.append("silent")
def remember(what, memory=seen, *, also=seen):
    memory.append(what), also.append(what)
def counting():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n if n > 9 else count()
    return count
def called():
    called.times += 1
count, called.times, push, put = counting(), 0, seen.append, seen.__setitem__
each, counts = np.vectorize(lambda number: seen.append(number)), defaultdict(lambda: seen.append("counted"))
"""


@pytest.mark.parametrize(
    "answer",
    [
        "w = 5", "w += 1", "w[0] = 7", "del w", "step()", "seen.append(2)", "model.fit()", "model.rate = 3", "rng.normal()",
        "sum = 3", "def step(): pass", "for b in range(3): w = b", "print(next(ready))", "b = 2\nraise ValueError", "import math as np",
        "mine = w\nmine += 1", "model.noted", "deep.fit()", "Deep.note()", "deep.notes()", "deep.noted", "fit()", "append(2)", "later()",
        "ways['lambda'][0]()", "grow()", "made.layers[0].forward(w)", "[model][0].noted",
        "with noting(): pass", "kind(1)", "kept(1)", "silent()", "each(w)", "counts['a']",
        "remember(1)", "count()", "called()", "push(1)", "seen += [1]\nput(0, 1)",
    ],
)  # fmt: skip
def test_an_answer_changes_nothing_on_the_page(answer):
    state = "w.tolist(), b, seen, vars(model), rng.bit_generator.state['state'], step.__code__.co_names, np.__name__, sum([1, 2]), "
    state += "called.times, count.__closure__[-1].cell_contents"
    code = f"""
from contextlib import suppress
from copy import deepcopy
from laboratory.answers import on_copies
scope = {{"__name__": "__main__"}}
exec({PAGE!r}, scope)
before = deepcopy(eval({state!r}, scope))
with suppress(ValueError), on_copies(scope, compile({answer!r}, "answer", "exec")):
    exec({answer!r}, scope)
print(before == eval({state!r}, scope))
"""
    assert guest(code).splitlines()[-1] == "True"


def test_the_entries_of_a_long_list_are_not_searched_for_functions():
    code = """
from unittest.mock import patch
from laboratory import answers
scope = {"__name__": "__main__", "numbers": list(range(100_000)), "words": {str(n): float(n) for n in range(100_000)}}
with patch.object(answers, "_can_contain_functions", wraps=answers._can_contain_functions) as asked:
    with answers.on_copies(scope, compile("numbers, words", "answer", "exec")):
        print(asked.call_count < 100)
"""
    assert guest(code) == "True\n"


def test_an_answer_sees_its_own_names_and_they_stay_for_the_next_one():
    code = f"""
from laboratory.answers import on_copies
scope = {{"__name__": "__main__"}}
exec({PAGE!r}, scope)
for answer in ("b = 9\\nstep()\\nmine = (w.tolist(), seen[-1])", "print(mine, b)"):
    with on_copies(scope, compile(answer, "answer", "exec")):
        exec(answer, scope)
"""
    assert guest(code) == "([-1.0, -1.0], 9) 1.0\n"


def test_an_answer_that_is_run_again_replaces_its_names_until_a_cell_sets_them():
    code = """
from laboratory.answers import give_up, on_copies
from laboratory.needs import Code
scope = {"__name__": "__main__"}

def run(source, answer=True):
    if not answer:
        give_up(Code(source).binds)
        return exec(source, scope)
    with on_copies(scope, compile(source, "answer", "exec")):
        exec(source, scope)

run("def helper(): return 1")
run("def helper(): return 2")
run("print(helper())")
run("print(dict(helper=3)['helper'])", answer=False)  # mentions it only
run("def helper(): return 4")
run("print(helper())")
run("def helper(): return 5", answer=False)
run("def helper(): return 6")
run("print(helper())")
"""
    assert guest(code).split() == ["2", "3", "4", "5"]
