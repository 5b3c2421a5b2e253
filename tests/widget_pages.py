"""Pages with figures on them, as the book has them, but made in a moment; and requests to a figure as a browser sends them to its
kernel."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from environment import ROOT
from nnfromscratch.widgets.base import VIEW

LOADER = ROOT / "book" / "_ext" / "course" / "figures.js"
STATE = "application/vnd.jupyter.widget-state+json"


def script(kind, content):
    """Return a script element with JSON in it."""
    return f'<script type="{kind}">' + json.dumps(content).replace("</", "<\\/") + "</script>"


def page(*widgets, state=None):
    """Return the HTML of a page with these widgets, whose state may be replaced by another."""
    from ipywidgets.embed import dependency_state

    bundles = [widget._repr_mimebundle_()[0] for widget in widgets]
    state = dependency_state([widget.widget() for widget in widgets], drop_defaults=False) if state is None else state
    views = "".join(
        f'<div class="cell_output"><div class="live-still"><img alt="{bundle[VIEW]["alt"]}" width="480" '
        f'src="data:image/png;base64,{bundle["image/png"]}"><p>A note.</p></div>{script(VIEW, bundle[VIEW])}</div>'
        for bundle in bundles
    )
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Figures</title>'
    head += '<link rel="icon" href="data:,">'
    return (
        f'<!DOCTYPE html><html lang="en"><head>{head}<script src="loader.js"></script></head><body><h1>Text</h1>{views}'
        f"{script(STATE, {'version_major': 2, 'version_minor': 0, 'state': state})}</body></html>"
    )


def write_page(folder, *widgets, state=None):
    """Write such a page and the script that starts its figures into a folder; return the folder."""
    (folder / "index.html").write_text(page(*widgets, state=state), encoding="utf-8")
    (folder / "loader.js").write_text(LOADER.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def talk(widget, *requests):
    """Send requests as the browser does, all at once; return what comes back. A function among them is called when its turn comes."""
    heard = []

    async def conversation():
        widget.send = lambda content, buffers=None: heard.append((content, buffers))
        for request in requests:
            if callable(request):
                request()
            else:
                widget.widget()._handle_msg({"content": {"data": {"method": "custom", "content": request}}, "buffers": []})
        while widget._job and not widget._job.done():
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)

    with ThreadPoolExecutor(1) as other_thread:  # in this one Playwright's loop may run
        other_thread.submit(asyncio.run, conversation()).result()
    return heard
