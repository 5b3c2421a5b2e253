"""The book's Sphinx extension: one module per job, each with its own `setup`.

* `execution`: runs pages again when the package changes; sharp figures
* `pictures`: matplotlib figures as SVG, for light and for dark pages
* `quizzes`, `figures`: quizzes as text; the still picture of each interactive figure, and the script that starts it
* `launch`: Binder, Colab, and JupyterHub links
* `metadata`: descriptions, link previews, site map, page for unknown addresses
* `typography`, `accessibility`, `upstream_fixes`: corrections to the HTML that the theme and myst-nb produce
* `laboratory`: the cells that readers can run, and what runs them
* `quality`: fails a build with unexecuted pages, figures without alt text, or dead widgets
* `policy`: the Content-Security-Policy of each page, by the hashes of its scripts
"""

MODULES = (
    "execution",
    "launch",
    "pictures",
    "figures",
    "quizzes",
    "typography",
    "upstream_fixes",
    "accessibility",
    "metadata",
    "laboratory",
    "quality",
    "policy",  # after every module that writes pages
)


def setup(app):
    for module in MODULES:
        app.setup_extension(f"course.{module}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
