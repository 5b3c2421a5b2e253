"""Buttons that open a page in Binder or Colab: there when the repository's address is known, hidden otherwise.

The address comes from one place: the environment variable NNFROMSCRATCH_REPOSITORY, or else the git remote `origin`.
"""

import os
import re
import subprocess

ADDRESS = re.compile(r"(?:https://(?:[^@/]+@)?|(?:ssh://)?git@)github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def repository(root):
    """Return the repository's public address, or None where there is none."""
    named = os.environ.get("NNFROMSCRATCH_REPOSITORY")
    if named is None:
        named = subprocess.run(["git", "remote", "get-url", "origin"], cwd=root, capture_output=True, text=True).stdout.strip()
    match = ADDRESS.fullmatch(named)
    return f"https://github.com/{match[1]}" if match else None


def add_buttons(app, config):
    """Tell the theme where the repository is; without an address it shows no button."""
    address = repository(app.srcdir)
    options = {"repository_url": "", "launch_buttons": {}}
    if address:
        options = {
            "repository_url": address, "repository_branch": "main", "path_to_docs": "",
            "use_repository_button": True, "use_issues_button": True,
            "launch_buttons": {
                "notebook_interface": "jupyterlab",
                "binderhub_url": "https://mybinder.org",
                "colab_url": "https://colab.research.google.com",
            },
        }
    config.html_theme_options.update(options)


def setup(app):
    app.connect("config-inited", add_buttons)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
