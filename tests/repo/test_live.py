"""`make live`: what is saved is seen, and nothing else."""

import os

from environment import ROOT
from tools import live


def test_what_is_saved_made_or_removed_is_seen(tmp_path):
    for name in ("book/1.ipynb", "book/quizzes/1.json", "nnfromscratch/layers.py", "_toc.yml"):
        before = live.state(tmp_path)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one")
        assert live.changes(before, live.state(tmp_path)) == [path.name]
        before = live.state(tmp_path)
        path.write_text("two")
        os.utime(path, ns=(0, 1))
        assert live.changes(before, live.state(tmp_path)) == [path.name]
    before = live.state(tmp_path)
    path.unlink()
    assert live.changes(before, live.state(tmp_path)) == [path.name]


def test_what_programs_leave_behind_is_no_change(tmp_path):
    for folder in ("book/.ipynb_checkpoints", "nnfromscratch/__pycache__", "_build/html", "tests"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file").write_text("new")
    assert live.state(tmp_path) == {}


def test_it_builds_with_the_program_of_its_own_environment():
    program, command, folder, *_ = live.BUILD
    assert program.exists() and command == "build" and folder == ROOT
