"""The pages of the built site, as tests find them: nobody keeps a list."""

import pytest

from environment import SITE

NOT_PAGES = {"_static", "_sources", "_images", "_downloads", "laboratory"}
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if not NOT_PAGES & set(path.relative_to(SITE).parts) and path != SITE / "index.html"
)  # the last only redirects to the first page: it has its own test
STATE, VIEW = (f"application/vnd.jupyter.widget-{part}+json" for part in ("state", "view"))


def views(path):
    """Return how many interactive figures a page has."""
    return (SITE / path).read_text(encoding="utf-8").count(f'<script type="{VIEW}">')


FIGURES = [path for path in PAGES if views(path)]
NO_PAGE = pytest.param("", marks=pytest.mark.skip("no page with figures is built"))
EVERY_PAGE = pytest.mark.parametrize("path", PAGES or ["book/index.html"])
EVERY_PAGE_WITH_FIGURES = pytest.mark.parametrize("path", FIGURES or [NO_PAGE])
