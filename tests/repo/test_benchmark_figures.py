"""The command that measures the figures: it runs, covers every control, and writes only between its marks. Nothing here depends on
times."""

import re
import sys
from contextlib import nullcontext

import pytest

from nnfromscratch.widgets import BackpropStepper, DigitCanvas, Explore
from widget_pages import write_page

pytest.importorskip("psutil")
figures = pytest.importorskip("benchmarks.figures")

MARKED = "before\n<!-- benchmarks.figures: begin -->\nold\n<!-- end -->\nafter\n"


def lines(figure, n):
    figure.subplots().plot([0, n])
    return f"A line to {n}."


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A site of one page with figures and one without."""
    import numpy as np

    from nnfromscratch import Network, mlp

    stepper = BackpropStepper(Network(mlp([2, 1, 2], "Tanh", rng=0)), np.ones((1, 2), np.float32), np.array([0]))
    (tmp_path / "book").mkdir()
    write_page(tmp_path / "book", Explore(lines, title="Lines", n=[1, 2]), DigitCanvas(), stepper)
    (tmp_path / "book" / "index.html").rename(tmp_path / "book" / "01-lines.html")
    (tmp_path / "book" / "text.html").write_text("<h1>Text</h1>")
    monkeypatch.setattr(figures, "SITE", tmp_path)
    return tmp_path


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["benchmarks.figures", *map(str, arguments)])
    figures.main()


@pytest.mark.browser
def test_every_figure_has_a_row_and_the_file_gets_the_tables(browser, site, monkeypatch, capsys):
    monkeypatch.setattr(figures, "launched", lambda: nullcontext(browser))
    monkeypatch.setattr(figures.measure, "busy_neighbors", lambda: 1.5)
    file = site / "guide.md"
    file.write_text(MARKED)
    run(monkeypatch, "--even-if-busy", "--into", file)
    printed, written = capsys.readouterr().out, file.read_text()
    assert "| 01-lines | Lines |" in written and "| 01-lines | 3 |" in written and "text" not in written.split("*Answers*")[0]
    assert "  Lines: n " in printed and re.search(r"Draw a digit: .*\d ms, Sheet to draw a digit on \d", printed)
    assert "| Draw a digit |" in written and "| Backpropagation step by step |" in written and "An epoch of the Playground" in written
    assert "while others took 1.5 cores: the times are too long" in written and "Aims missed:" in written
    assert written.startswith("before\n<!--") and written.endswith("<!-- end -->\nafter\n") and "old" not in written
    assert written.splitlines()[2] in printed
    figures.put_between_marks(file, "once more\n")
    assert file.read_text() == MARKED.replace("old", "once more")


def test_a_busy_machine_is_refused(site, monkeypatch):
    monkeypatch.setattr(figures.measure, "busy_neighbors", lambda: 1.5)
    with pytest.raises(SystemExit, match=r"Other processes are using 1\.5 cores.*--even-if-busy"):
        run(monkeypatch)


def test_an_idle_machine_is_said_to_be_one():
    assert "otherwise idle" in figures.where(0.05, "150") and "Chromium 150" in figures.where(0.05, "150")


def test_what_misses_its_aim_is_told():
    assert "Aims missed: none." in figures.report([], [], [], 4.9, "")
    assert "Aims missed: A; B; an epoch of the Playground takes 5.1 ms." in figures.report([], [], ["A", "B"], 5.1, "")


def test_a_page_weighs_its_pictures_of_one_mode_and_the_data_of_its_figures(site):
    page = site / "book" / "02-pictures.html"
    pictures = '<img class="only-light" src="../_images/a.svg"><img class="only-dark" src="../_images/a-dark.svg">'
    page.write_text(f'{pictures}<script>{{"file": "_static/figures/b.bin"}}</script>')
    alone = figures.gzip.compress(page.read_bytes())
    for name, content in (("_images/a.svg", bytes(3000)), ("_images/a-dark.svg", b"x"), ("_static/figures/b.bin", b"y" * 500)):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    parts = [figures.gzip.compress(bytes(3000)), figures.gzip.compress(b"y" * 500)]
    assert figures.weight(page) == pytest.approx((len(alone) + sum(map(len, parts))) / 1000, abs=0.02)


def test_without_a_site_or_marks_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "SITE", tmp_path)
    with pytest.raises(SystemExit, match="no page with figures; build the site first: make book"):
        run(monkeypatch)
    (tmp_path / "guide.md").write_text("no marks")
    with pytest.raises(SystemExit, match="has no marks"):
        figures.put_between_marks(tmp_path / "guide.md", "text")
