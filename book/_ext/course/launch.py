"""Ways to open a page as a notebook, in Binder, Colab, or a JupyterHub: shown if the repository's address is known, hidden otherwise.

A class that has its own JupyterHub names it in the environment variable NNFROMSCRATCH_JUPYTERHUB.
"""

import os
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .address import repository

ANY_HUB = "https://hub.example.org"  # a name that can belong to nobody: the reader replaces it
FETCHES = r'"HOME = \"{}\"'  # in the first cell of a notebook: where it fetches the package (tools/notebooks/setup_cells.py)
NO_ADDRESS = (
    "This copy of the course does not know its public address, so there is no link here. "
    "Build it again with the address in the environment variable NNFROMSCRATCH_REPOSITORY."
)


def hub():
    """Return the address of the reader's JupyterHub, or "" if none is named."""
    return os.environ.get("NNFROMSCRATCH_JUPYTERHUB", "").rstrip("/")


def hub_link(home, page):
    """Return the link that copies the course into a reader's folder on a JupyterHub (which has nbgitpuller) and opens a notebook there."""
    folder = home.address.rpartition("/")[2]
    where = {"repo": home.address, "branch": home.branch, "urlpath": f"lab/tree/{folder}/{page}"}
    return f"{hub() or ANY_HUB}/hub/user-redirect/git-pull?{urlencode(where)}"


def add_buttons(app, config):
    """Tell the theme where the repository is; without an address it shows no button."""
    home = repository(app.srcdir)
    options = {"repository_url": "", "launch_buttons": {}}
    if home:
        options = {
            "repository_url": home.address,
            "repository_branch": home.branch,
            "path_to_docs": "",
            "use_repository_button": True,
            "use_issues_button": True,
            "launch_buttons": {
                "notebook_interface": "jupyterlab",
                "binderhub_url": "https://mybinder.org",
                "jupyterhub_url": hub(),
                "colab_url": "https://colab.research.google.com",
            },
        }
        app.connect("html-page-context", partial(hide_colab, home), priority=900)  # after the theme has added its buttons
    config.html_theme_options.update(options)


def hide_colab(home, app, pagename, templatename, context, doctree):
    """Show Colab's button only on pages whose first cell fetches the package from where the links lead, the same branch or tag of it.

    Colab opens a notebook without the files next to it; from a different place it would fetch a different state of the package.
    """
    source = Path(app.env.doc2path(pagename))
    agrees = source.suffix == ".ipynb" and FETCHES.format(home.for_pip) in source.read_text(encoding="utf-8")
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons" and not agrees:
            group["buttons"] = [button for button in group["buttons"] if button["text"] != "Colab"]


class HubLinks(SphinxDirective):
    """The directive `{hub-links}`: for every notebook of the book, the link that opens it on a JupyterHub.

    If no hub is named, the links are text with the name of a hub that does not exist, to be copied and changed; if the
    repository's address is not known, a sentence says so.
    """

    def run(self):
        self.env.note_reread()  # this depends on the environment, not on the page
        home = repository(self.env.srcdir)
        if home is None:
            return [nodes.paragraph("", NO_ADDRESS)]
        notebooks = sorted(path for path in map(self.env.doc2path, self.env.found_docs) if path.endswith(".ipynb"))
        pages = [Path(path).relative_to(self.env.srcdir).as_posix() for path in notebooks]
        links = [hub_link(home, page) for page in pages]
        if not hub():
            return [nodes.literal_block("", "\n".join(links), language="text")]
        items = (nodes.list_item("", nodes.paragraph("", "", nodes.reference("", page, refuri=link))) for page, link in zip(pages, links))
        return [nodes.bullet_list("", *items)]


def setup(app):
    app.connect("config-inited", add_buttons)
    app.add_directive("hub-links", HubLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
