"""Draw the figures of the site with two pixels for each one of a plain screen, so that they are sharp on phones and new displays.

IPython reads this from its configuration folder; the build gets one of its own, which also keeps a reader's settings out of the pages.
"""

import os
from pathlib import Path

CONFIGURATION = 'c.InlineBackend.figure_formats = {"retina"}\n'


def configure_ipython(app, config):
    """Write the folder that the pages' kernels take their settings from, and name it in their environment."""
    folder = (Path(app.outdir).parent / "ipython").resolve()
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(CONFIGURATION, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(folder)


def setup(app):
    app.connect("config-inited", configure_ipython)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
