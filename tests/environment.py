"""What tests share about the machine and the repository: folders, and what to do when something is not installed."""

import importlib.util
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SITE = ROOT / "_build" / "html"
CI = os.environ.get("CI") == "true"


def missing(what, remedy):
    """Skip the test, or fail it in CI."""
    (pytest.fail if CI else pytest.skip)(f"{what} is missing. {remedy}")


def skip_without(package):
    """Skip a file of tests whose package is missing. Unlike `pytest.importorskip`, do not import it: each process collects all files."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"the package {package} is not installed", allow_module_level=True)
