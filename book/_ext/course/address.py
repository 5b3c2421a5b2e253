"""The repository's public address, for launch links and for the first cell of each notebook.

It comes from one place: the environment variable NNFROMSCRATCH_REPOSITORY, or else the git remote `origin`. With a branch or tag appended,
as GitHub writes it (https://github.com/someone/course/tree/autumn), every link leads to that one.
"""

import os
import re
import subprocess
from typing import NamedTuple

ADDRESS = re.compile(r"(?:https://(?:[^@/]+@)?|(?:ssh://)?git@)github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?(?:/tree/([\w./-]+?))?/?")


class Repository(NamedTuple):
    """Where the course can be found: its public address, and a branch or a tag of it."""

    address: str
    branch: str

    @property
    def for_pip(self):
        """The address as pip accepts it: a branch or a tag after an @, and nothing for main."""
        return self.address if self.branch == "main" else f"{self.address}@{self.branch}"


def repository(root):
    """Return where the course can be found, or None if nothing says."""
    named = os.environ.get("NNFROMSCRATCH_REPOSITORY")
    if named is None:
        named = subprocess.run(["git", "remote", "get-url", "origin"], cwd=root, capture_output=True, text=True).stdout.strip()
    match = ADDRESS.fullmatch(named)
    return Repository(f"https://github.com/{match[1]}", match[2] or "main") if match else None
