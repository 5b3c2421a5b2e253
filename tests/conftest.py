"""What tests may need beyond the environment: a browser, PyTorch, the built site.

If one is missing, its tests are skipped with a line that says how to get it; in CI (CI=true) they fail.
"""

import functools
import importlib
import os
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import settings

from environment import CI, SITE, missing

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")  # fastest first

settings.register_profile("course", deadline=None, derandomize=CI, print_blob=True)
settings.register_profile("quick", parent=settings.get_profile("course"), max_examples=15)  # make check
settings.load_profile("course")


def pytest_collection_modifyitems(items):
    """Leave PyTorch to `make test`: importing it alone takes seconds."""
    for item in items:
        if "torch" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def torch():
    """PyTorch, or a message that it is missing."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        missing("PyTorch", "To compare with it: .venv/bin/pip install -r requirements/parity.txt")


@pytest.fixture(scope="session")
def site():
    """The folder of the built site."""
    if not (SITE / "index.html").exists():
        missing("The built site", "Build it: make book")
    return SITE


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, format, *arguments):
        """Keep the test's output for the tests."""


@pytest.fixture(scope="session")
def served():
    """A function that serves a folder on this machine and returns its address."""
    servers = []

    def serve(folder):
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(SilentHandler, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def published(site, served, tmp_path_factory):
    """The site's address, in some folder of a web server: nothing may depend on which one."""
    root = tmp_path_factory.mktemp("web")
    (root / "some" / "folder").mkdir(parents=True)
    (root / "some" / "folder" / "book").symlink_to(site)
    return f"{served(root)}/some/folder/book"


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium: the system's, or else the one that Playwright installed."""
    from playwright.sync_api import Error, sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=options)
        except Error as error:
            missing(f"A browser ({str(error).splitlines()[0]})", "Install Chromium, or: .venv/bin/playwright install chromium")
        yield chromium
        chromium.close()
