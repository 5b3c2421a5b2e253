"""The book's own machinery, tried on a book of one page: fresh execution, launch buttons, and the last look at the built pages."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image
from sphinx.util.matching import get_matching_files

import nnfromscratch
from course import MODULES, execution, figures, launch, pictures, quality, typography, upstream_fixes
from course.address import Repository, repository
from environment import ROOT
from nnfromscratch.plots import style
from tools import serve
from tools.notebooks import setup_cells

yaml = pytest.importorskip("yaml")

HOME = "https://github.com/someone/course"


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A function that builds a book of one notebook with this repository's settings, and returns (exit code, log, page)."""
    from nbformat import from_dict, v4, write

    root = tmp_path_factory.mktemp("book")
    shutil.copytree(ROOT / "book" / "_ext", root / "book" / "_ext")
    shutil.copytree(ROOT / "book" / "_static", root / "book" / "_static")
    for name in ("_config.yml", "requirements.txt", "book/references.bib"):
        shutil.copy(ROOT / name, root / name)
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/page\n")
    (root / "nnfromscratch").mkdir()

    def build(code, *, package, address="", **environment):
        """Build with this code cell, this address in the setup cell, and a package of this source (before the installed one)."""
        (root / "nnfromscratch" / "__init__.py").write_text(package)
        cells = [v4.new_markdown_cell("# Page\n\n```{hub-links}\n```", id="title"), v4.new_code_cell(code, id="code")]
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        write(from_dict(setup_cells.with_setup_cell(notebook, address)), root / "book" / "page.ipynb")
        run = subprocess.run(
            [Path(sys.executable).parent / "jupyter-book", "build", root, "-W", "-n", "--keep-going"],
            capture_output=True,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root), "NNFROMSCRATCH_REPOSITORY": "", "NNFROMSCRATCH_JUPYTERHUB": "", **environment},
        )
        page = root / "_build" / "html" / "book" / "page.html"
        return run.returncode, run.stdout + run.stderr, page.read_text() if page.exists() else ""

    return build


LINKS = {  # what each way to open the page starts with, once the address is known
    "Binder": "https://mybinder.org/v2/gh/someone/course/%s?urlpath=lab/tree/book/page.ipynb",
    "Colab": "https://colab.research.google.com/github/someone/course/blob/%s/book/page.ipynb",
    "JupyterHub": "https://hub.school.example/hub/user-redirect/git-pull?repo=https%%3A//github.com/someone/course"
    "&urlpath=lab/tree/course/book/page.ipynb&branch=%s",
}


def targets(page):
    """Return the targets of all links on a page."""
    from bs4 import BeautifulSoup

    return {link["href"] for link in BeautifulSoup(page, "html.parser").find_all("a", href=True)}


SHOW = "import nnfromscratch\nprint('the package says', nnfromscratch.ANSWER * 111)"


def test_a_changed_package_runs_the_pages_again_and_an_unchanged_one_does_not(small_book):
    code, log, page = small_book(SHOW, package="ANSWER = 2")
    assert code == 0, log
    assert "the package says 222" in page
    assert "mybinder" not in page and "colab" not in page and "git-pull" not in page and "github.com" not in page
    assert "does not know its public address" in page

    code, log, page = small_book(SHOW, package="ANSWER = 3")
    assert code == 0 and "the package says 333" in page

    code, log, page = small_book(SHOW, package="ANSWER = 3", NNFROMSCRATCH_REPOSITORY=HOME)
    assert code == 0 and "the package says 333" in page
    assert "Executing notebook" not in log, "an unchanged page was run again"
    assert {LINKS["Binder"] % "main", HOME} <= targets(page)
    assert "colab" not in page, "the notebook does not know where Colab could fetch the package"
    assert "https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fsomeone%2Fcourse" in page
    assert not any("git-pull" in target for target in targets(page)), "a link to a hub that does not exist"

    hub = "https://hub.school.example/"
    code, log, page = small_book(
        SHOW, package="ANSWER = 3", address=f"{HOME}@autumn", NNFROMSCRATCH_REPOSITORY=f"{HOME}/tree/autumn", NNFROMSCRATCH_JUPYTERHUB=hub
    )
    assert "find_spec" not in page, "the setup cell is not part of the page"
    assert {link % "autumn" for link in LINKS.values()} <= targets(page)
    assert sum("git-pull" in target for target in targets(page)) == 2, "one from the button, one from the list"


@pytest.mark.parametrize(
    ("fetched", "branch", "there"),
    [
        (HOME, "main", True),
        (f"{HOME}@autumn", "autumn", True),
        (HOME, "autumn", False),
        (f"{HOME}@autumn", "main", False),
        (f"{HOME}@autumn-2", "autumn", False),
        ("https://github.com/someone-else/course", "main", False),
        ("", "main", False),
    ],
)
def test_colab_is_offered_where_it_fetches_the_package_of_the_state_that_the_links_lead_to(tmp_path, fetched, branch, there):
    from nbformat import from_dict, v4, write

    notebook = setup_cells.with_setup_cell(v4.new_notebook(cells=[v4.new_code_cell("1", id="code")]), fetched)
    write(from_dict(notebook), tmp_path / "page.ipynb")
    home = Repository(HOME, branch)
    app = SimpleNamespace(env=SimpleNamespace(doc2path=lambda name: tmp_path / f"{name}.ipynb"))
    group = {"label": "launch-buttons", "buttons": [{"text": "Binder"}, {"text": "Colab"}]}
    launch.hide_colab(home, app, "page", "page.html", {"header_buttons": [group]}, None)
    assert [button["text"] for button in group["buttons"]] == ["Binder", "Colab"][: 1 + there]


UNFIT = """
import sys
import ipywidgets
import matplotlib.pyplot as plt
print("careful", file=sys.stderr)
ax = plt.plot([0, 1])
ipywidgets.IntSlider()
"""


@pytest.mark.parametrize(
    ("code", "complaints"),
    [("1 / 0", ["ZeroDivisionError"]), (UNFIT, ["stderr was found", "picture without alt text", "ordinary widget (IntSliderModel)"])],
)
def test_a_page_that_is_not_fit_fails_the_build(small_book, code, complaints):
    exit_code, log, _ = small_book(code, package="")
    assert exit_code != 0
    assert [complaint for complaint in complaints if complaint not in log] == []


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("https://github.com/someone/course", "https://github.com/someone/course"),
        ("https://github.com/someone/course.git", "https://github.com/someone/course"),
        ("git@github.com:some-one/the.course.git", "https://github.com/some-one/the.course"),
        ("https://token@github.com/someone/course", "https://github.com/someone/course"),
        ("https://github.com/someone/course/tree/autumn-2027", "https://github.com/someone/course autumn-2027"),
        ("https://github.com/someone/course.git/tree/v1.0/", "https://github.com/someone/course v1.0"),
        ("https://github.com/someone/course/issues", None),
        ("https://example.org/someone/course", None),
        ("../course", None),
        ("", None),
    ],
)
def test_the_repository_s_address(monkeypatch, tmp_path, named, address):
    if address:
        address = (*address.split(), "main")[:2]
    monkeypatch.setenv("NNFROMSCRATCH_REPOSITORY", named)
    assert repository(tmp_path) == address
    monkeypatch.delenv("NNFROMSCRATCH_REPOSITORY")
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert repository(tmp_path) is None
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", named or "."], check=True)
    assert repository(tmp_path) == address


def test_every_module_of_the_extension_is_set_up():
    folder = ROOT / "book" / "_ext" / "course"
    files = {path.stem: path for path in folder.glob("*.py")} | {path.parent.name: path for path in folder.glob("*/__init__.py")}
    assert {name for name, path in files.items() if "\ndef setup(app):" in path.read_text(encoding="utf-8")} == {"__init__", *MODULES}


def test_a_doi_is_looked_up_where_it_is_registered_and_other_links_are_asked_themselves():
    ask = upstream_fixes.ask_registry
    assert ask(None, "https://doi.org/10.1016/0893-6080(89)90020-8") == "https://doi.org/api/handles/10.1016/0893-6080(89)90020-8"
    assert ask(None, "https://example.org/https://doi.org/10.1000/1") is None


def test_pages_share_the_modules_styles_and_large_data_of_figures(tmp_path):
    app = SimpleNamespace(outdir=str(tmp_path), builder=SimpleNamespace(format="html"))
    state = {"_model_module": "anywidget", "_esm": "export default 1; // </script>", "_css": "a {}", "meta": {"title": "T"}}
    large, small = base64.b64encode(bytes(4000)).decode(), base64.b64encode(b"small").decode()
    model = {"state": state, "buffers": [{"path": ["weights"], "data": large}, {"path": ["few"], "data": small}]}
    content = json.dumps({"state": {"m": model}}).replace("</", "<\\/")
    html = f'<script type="{quality.STATE}">{content}</script>'
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    for page in pages:
        page.write_text(html)
    for _ in range(2):  # the second time there is nothing left to do
        figures.share_parts(app, None)
    found = {page.read_text() for page in pages}
    assert len(found) == 1 and len(list((tmp_path / "_static" / "figures").iterdir())) == 3
    shared = json.loads(re.search(r">(.*?)</script>", found.pop())[1])["state"]["m"]
    assert (tmp_path / shared["state"]["_esm_file"]).read_text() == state["_esm"]
    assert (tmp_path / shared["state"]["_css_file"]).read_text() == "a {}" and shared["state"]["meta"] == {"title": "T"}
    assert (tmp_path / shared["buffers"][0]["file"]).read_bytes() == bytes(4000) and shared["buffers"][1]["data"] == small


def encoded(pixels):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def test_on_a_dark_page_shades_are_inverted_and_unknown_colors_are_not():
    shade, color = np.full((2, 3, 4), (250, 250, 250, 90)), np.full((2, 3, 4), (250, 240, 250, 255))
    inverted = pictures.pixels_of(pictures.darkened(encoded(shade)))
    assert inverted.shape == (2, 3, 4) and inverted[0, 0].tolist() == [23, 23, 23, 90]
    assert pictures.darkened(encoded(color)) == encoded(color)


@pytest.mark.parametrize("name", ["diverging", "sequential"])
def test_on_a_dark_page_zero_is_the_page_and_the_largest_number_is_brightest(name):
    colormap = getattr(style, name.upper())
    pixels = pictures.pixels_of(pictures.darkened(encoded(colormap(np.arange(colormap.N), bytes=True)[None])))[0, :, :3]
    light = [style.luminance(color / 255) for color in pixels]
    zero = 128 if name == "diverging" else 0
    assert np.abs(pixels[zero] - np.array([0x12] * 3)).max() <= 4 and light[zero] == min(light)
    assert (np.diff(light[zero:]) > -1e-9).all() and (np.diff(light[: zero + 1]) < 1e-9).all()


def test_writing_on_a_color_stays_readable_on_a_dark_page():
    shares = np.linspace(0, 1, 256)
    words = "".join(f'<text style="fill: {to_hex(style.readable_on(style.SEQUENTIAL(share)))}"/>' for share in shares)
    image = encoded(style.SEQUENTIAL(shares, bytes=True)[None])
    dark = pictures.on_a_dark_page(f'<svg><image xlink:href="data:image/png;base64,{image}"/>{words}</svg>')
    pixels = pictures.pixels_of(pictures.PIXELS.search(dark)[0])[0, :, :3] / 255
    inks = re.findall(r"fill: (#\w+)", dark)
    assert min(map(style.contrast, inks, pixels)) > 4.4


MODEL = '{"state": {"m": {"model_name": "X", "state": {"_model_module": "%s"}}}}'
STATE = f'<script type="application/vnd.jupyter.widget-state+json">{MODEL}</script>'
VIEW = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "m"}</script>'


@pytest.mark.parametrize(
    ("html", "faults"),
    [
        ('<img src="a.png" alt="A line that rises">', 0),
        ('<img src="a.png">', 1),
        ('<img src="a.png" alt=" ">', 1),
        ('<img src="a.png" alt="a.png">', 1),
        (STATE % "anywidget" + VIEW, 0),
        (STATE % "@jupyter-widgets/controls" + VIEW, 1),
        (VIEW, 1),
    ],
)
def test_the_last_look_at_a_page(html, faults):
    assert len(list(quality.faults(html))) == faults


def test_the_fingerprint_covers_the_package_the_quizzes_the_saved_results_and_the_pins(tmp_path):
    seen = {execution.fingerprint(tmp_path)}
    names = ["layers.py", "data/digits.npz", "widgets/a.js"]
    for name in [*(f"nnfromscratch/{name}" for name in names), "book/quizzes/1.json", "book/results/measured.json", "requirements.txt"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for content in ("one", "two"):
            path.write_text(content)
            seen.add(execution.fingerprint(tmp_path))
    assert len(seen) == 13
    (tmp_path / "nnfromscratch" / "layers.pyc").write_text("compiled")
    (tmp_path / "nnfromscratch" / "data" / "README.md").write_text("words")
    (tmp_path / "README.md").write_text("words")
    assert execution.fingerprint(tmp_path) in seen


MODULE = '''"""A module."""

class Layer:
    """A layer."""

    def forward(self, X):
        """Forward."""
        return X @ self.W  # the scores
'''


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("A layer.", "A layer with weights.", True),
        ('        """Forward."""\n', "", True),
        ("# the scores", "", True),
        ("X @ self.W", "self.W @ X", False),
        ("class Layer:", "class Dense:", False),
        ("    def forward", "    width = 3\n\n    def forward", False),
    ],
)
def test_a_changed_docstring_or_comment_runs_no_page_again_but_changed_code_does(tmp_path, old, new, same):
    assert old in MODULE
    path = tmp_path / "nnfromscratch" / "layers.py"
    path.parent.mkdir()
    path.write_text(MODULE)
    before = execution.fingerprint(tmp_path)
    path.write_text(MODULE.replace(old, new))
    assert (execution.fingerprint(tmp_path) == before) is same


def test_a_line_that_was_sent_in_pieces_is_one_line():
    from myst_nb.core.utils import coalesce_streams
    from nbformat.v4 import new_output

    def pieces():
        texts = [("stdout", "0.W"), ("stdout", " 0.33\n"), ("stderr", "careful\n"), ("stdout", "0.b"), ("stdout", " 0.25\n")]
        outputs = [new_output("stream", name=name, text=text) for name, text in texts]
        return outputs[:3] + [new_output("display_data", data={"text/plain": "figure"})] + outputs[3:]

    assert coalesce_streams(pieces())[0]["text"] == "0.W\n 0.33\n0.b\n 0.25\n", "myst-nb joins pieces by itself: the extension can go"
    sent = pieces()
    joined = upstream_fixes.join_pieces(sent)
    assert [output.get("text") for output in joined] == ["0.W 0.33\n0.b 0.25\n", "careful\n", None]
    assert sent == pieces(), "what was executed is left as it was"


def test_a_number_and_its_percent_sign_stay_together():
    keep_together = typography.keep_percent
    assert keep_together("from 34.5 to 53.4 %, or 98 % of them") == "from 34.5 to 53.4\N{NO-BREAK SPACE}%, or 98\N{NO-BREAK SPACE}% of them"
    assert keep_together("7 %d and a % of b") == "7 %d and a % of b"


def test_bars_in_docstrings_are_bars():
    lines = ["Return |a - b|.", "", ">>> print('|')", "|", "", "And |c|."]
    upstream_fixes.escape_bars(None, "function", "f", None, None, lines)
    assert lines == [r"Return \|a - b\|.", "", ">>> print('|')", "|", "", r"And \|c\|."]


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("so ", ", and", ["so ", "[(x),]", " and"]),
        ("(", ") is", ["", "[((x))]", " is"]),
        ("at (see ", "", ["at (see ", "(x)"]),
        ("so ", " is it.", ["so ", "(x)", " is it."]),
        ("“", "”.", ["", "[“(x)”.]", ""]),
    ],
)
def test_a_formula_stays_with_the_marks_that_touch_it(before, after, kept):
    from docutils import nodes

    formula = nodes.math("", "(x)")
    paragraph = nodes.paragraph("", "", *([nodes.Text(before)] if before else []), formula, *([nodes.Text(after)] if after else []))
    typography.keep_with_punctuation(formula)
    assert [f"[{part.astext()}]" if isinstance(part, nodes.inline) else part.astext() for part in paragraph] == kept


def test_formulas_side_by_side_and_in_a_cell():
    from docutils import nodes

    first, second = nodes.math("", "x"), nodes.math("", "y")
    paragraph = nodes.paragraph("", "", first, nodes.Text(", "), second, nodes.Text("."))
    for formula in (first, second):
        typography.keep_with_punctuation(formula)
    assert paragraph.astext() == "x, y." and [len(part) for part in paragraph if isinstance(part, nodes.inline)] == [3, 3]


def test_fields_of_named_tuples_are_told_by_the_docstring_alone():
    assert upstream_fixes.skip_alias(None, "class", "X_train", nnfromscratch.Split.X_train, False, None) is True
    assert upstream_fixes.skip_alias(None, "class", "parameters", nnfromscratch.Network.dtype, False, None) is None


def test_the_server_is_for_this_machine_only():
    with serve.start(0) as first, serve.start(first.server_port) as second:
        assert first.server_address[0] == second.server_address[0] == "127.0.0.1"
        assert first.server_port != second.server_port


@pytest.mark.parametrize("course", ["course", "-Kurs [1] größe's (2)", "a*b?c"])
def test_what_is_no_page_is_left_out_whatever_brackets_its_folder_has(tmp_path, course):
    root = tmp_path / course
    pages = ["book/index.ipynb", "book/a b.md"]
    others = ["README.md", "-week [2] ü/ada/02.ipynb", "week*/a?.md", "[x]/[y].ipynb"]
    for path in (*pages, *others, ".venv/x.md", "tests/t.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()
    suffixes, known = {".ipynb": "myst-nb", ".md": "myst-nb"}, {"book/index": None, "book/a b.md": None}
    config = SimpleNamespace(exclude_patterns=[".*", "**/.*", "tests"], source_suffix=suffixes, external_site_map=known)
    upstream_fixes.leave_out_other_files(SimpleNamespace(srcdir=str(root)), config)
    found = set(map(str, get_matching_files(root, exclude_patterns=config.exclude_patterns)))
    assert found == set(pages)
