"""Drawings for both color modes: a matplotlib figure becomes two SVG files, one for light pages and one for dark ones.

The pages' kernels draw axes and text in a color of their own (see `execution.py`), and send each figure as SVG and as PNG. A drawing
of very many parts, which a phone would draw slowly, stays a PNG; the theme puts a white background behind it on a dark page. Its SVG stays
in the folder of the executed notebooks, under the PNG's name, for the bundle of figures.
"""

import base64
import io
import re
from pathlib import Path

import numpy as np
from docutils import nodes
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image
from sphinx.transforms import SphinxTransform

from nnfromscratch.plots.style import DIVERGING, NIGHT, SEQUENTIAL
from nnfromscratch.widgets.svg import INK, slim

SVG, PNG = "image/svg+xml", "image/png"
LIGHT = {INK: "#14181e"}
PAGE = "#121212"  # of the theme in dark mode
# The palette of nnfromscratch.plots on a dark page, as figures.css has it; white is the page.
DARK = {
    INK: "#e8eaee",
    "#0072b2": "#55b2ea",
    "#d55e00": "#f58c46",
    "#009e73": "#37c79a",
    "#cc79a7": "#e59ac5",
    "#7b4fe0": "#b79cff",
    "#e10f4b": "#ff6f91",
    "#cfe3f1": "#1f4159",
    "#f8d9c4": "#5a341d",
    "#050607": "#e8eaee",
    "stroke: #ffffff": f"stroke: {PAGE}",
}
# The color maps on a dark page: zero is the page, and what is darkest on a light page is brightest. The second has text on it: it is as
# bright as the light one where the text changes from black to white, here from white to black.
DARK_DIVERGING = LinearSegmentedColormap.from_list("dark diverging", ["#a9d9f7", "#55b2ea", PAGE, "#f58c46", "#ffcfae"], N=257)
DARK_SEQUENTIAL = LinearSegmentedColormap.from_list("dark sequential", [(0, PAGE), (0.461, "#1a7bbd"), (1, "#c3e3f7")])
MOST_BYTES = 200_000
SIZE = re.compile(r'<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"|<svg[^>]* height="([\d.]+)pt"[^>]* width="([\d.]+)pt"')
PIXELS = re.compile(r'(?<=xlink:href="data:image/png;base64,)[^"]+')
PIXELS_PER_POINT = 100 / 72
FIXED_SIZE = re.compile(r'style="(?=[^"]*width: (?P<width>\d+)px)(?=[^"]*height: (?P<height>\d+)px)[^"]*"(?=[^<]*/>)')


class TwoModes(SphinxTransform):
    """Replace the SVG of each figure by one for each color mode, or by nothing if it is too large."""

    default_priority = 500  # while a page is read: pictures that appear later would not be copied to the site

    def apply(self, **kwargs):
        folder = Path(self.app.outdir).parent / "jupyter_execute"
        for bundle in list(self.document.findall(_is_bundle)):
            forms = {form["mime_type"]: form for form in bundle.children}
            if {SVG, PNG} <= forms.keys():
                drawing, pixels = (next(forms[kind].findall(nodes.image)) for kind in (SVG, PNG))
                small = _split(drawing, folder)
                if not small:
                    _keep(folder / Path(drawing["uri"]).name, folder / Path(pixels["uri"]).with_suffix(".svg").name)
                bundle.remove(forms[PNG] if small else forms[SVG])


def _is_bundle(node):
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _split(image, folder):
    """Replace a picture by the same for light and for dark pages; return whether it is small enough."""
    path = folder / Path(image["uri"]).name
    text = path.read_text(encoding="utf-8")
    if len(text) > MOST_BYTES:
        return False
    for mode, colors in (("light", LIGHT), ("dark", DARK)):
        drawing = recolored(text, colors)
        if mode == "dark":
            drawing = on_a_dark_page(drawing)
        (folder / f"{path.stem}-{mode}.svg").write_text(drawing, encoding="utf-8")
        copy = image.copy()
        copy["uri"] = image["uri"].replace(path.name, f"{path.stem}-{mode}.svg")
        copy["classes"] = [*image["classes"], f"only-{mode}"]
        copy["width"], copy["height"] = (f"{round(length * PIXELS_PER_POINT)}px" for length in size(text))
        image.parent.append(copy)
    image.parent.remove(image)
    return True


def _keep(path, copy):
    """Keep a drawing that is too large for a page under another name, in the colors of a light page."""
    copy.write_text(recolored(path.read_text(encoding="utf-8"), LIGHT), encoding="utf-8")


def recolored(text, colors):
    """Return the text of an SVG file, slimmer, in other colors.

    Examples
    --------
    >>> recolored('<svg><path style="stroke: #0072b2"/><path style="stroke: #010203"/></svg>', DARK)
    '<svg><path style="stroke: #55b2ea"/><path style="stroke: #e8eaee"/></svg>'
    """
    for old, new in colors.items():
        text = text.replace(old, new)
    return slim(text)


def on_a_dark_page(drawing):
    """Return an SVG drawing with its white areas and its images for a dark page; text on an image stays readable."""
    if "<image" not in drawing:
        return drawing.replace("fill: #ffffff", f"fill: {PAGE}")  # white is the page, or writing on a color that is bright now
    if any(map_of(pixels_of(content)) == "sequential" for content in PIXELS.findall(drawing)):
        swap = {"fill: #ffffff": f"fill: {NIGHT}", f"fill: {NIGHT}": "fill: #ffffff"}
        drawing = re.sub("|".join(swap), lambda found: swap[found[0]], drawing)
    return PIXELS.sub(lambda content: darkened(content[0]), drawing)


def table(colormap):
    """Return the colors of a map as an array of integers, shape (n_colors, 3)."""
    return colormap(np.arange(colormap.N), bytes=True)[:, :3].astype(int)


GRAYS = np.arange(256)[:, None].repeat(3, axis=1)
MAPS = {  # the colors of each map on a light page and on a dark one
    "gray": (GRAYS, np.linspace(255, int(PAGE[1:3], 16), 256).round().astype(int)[:, None].repeat(3, axis=1)),
    "diverging": (table(DIVERGING), table(DARK_DIVERGING)),
    "sequential": (table(SEQUENTIAL), table(DARK_SEQUENTIAL)),
}


def pixels_of(content):
    """Return a PNG in base64 as an array of uint8, shape (height, width, 4)."""
    return np.array(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA"))


def nearest(colors, known):
    """Return which known color is nearest to each color, and how far away it is in the channel that differs most."""
    distances = np.abs(colors[:, None].astype(int) - known).max(axis=2)
    return distances.argmin(axis=1), distances.min(axis=1)


def map_of(pixels):
    """Return the name of the map whose colors an image has, or None. Matplotlib rounds them: 1 more or less is the same color."""
    seen = np.unique(pixels[pixels[..., 3] > 0][:, :3], axis=0)
    return next((name for name, (light, _) in MAPS.items() if (nearest(seen, light)[1] <= 1).all()), None)


def darkened(content):
    """Return an image, a PNG in base64, for a dark page: shades of gray inverted, so that digits are white on black; zero dark, not white.

    An image in colors that are not those of our color maps stays as it is.
    """
    pixels = pixels_of(content)
    if (name := map_of(pixels)) is None:
        return content
    (light, dark), buffer = MAPS[name], io.BytesIO()
    colors, places = np.unique(pixels[..., :3].reshape(-1, 3), axis=0, return_inverse=True)
    image = np.dstack([dark[nearest(colors, light)[0]][places].reshape(*pixels.shape[:2], 3), pixels[..., 3]])
    Image.fromarray(image.astype(np.uint8)).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def size(text):
    """Return width and height of an SVG file, in points.

    Examples
    --------
    >>> size('<svg width="324pt" height="216.5pt" viewBox="0 0 324 216.5">')
    (324.0, 216.5)
    """
    width, height, *other = SIZE.search(text).groups()
    return (float(width), float(height)) if width else (float(other[1]), float(other[0]))


def settled(body):
    """Return a page on which browsers know the size of each picture at once, and fetch those of the dark mode only where it is on.

    Examples
    --------
    >>> settled('<img class="only-dark" src="a.svg" style="width: 45px; height: 30px;" />')
    '<img loading="lazy" class="only-dark" src="a.svg" width="45" height="30" />'
    """
    body = FIXED_SIZE.sub(lambda style: " ".join(f'{name}="{style[name]}"' for name in ("width", "height")), body)
    return re.sub(r'<img (?=[^>]*class="[^"]*only-dark)', '<img loading="lazy" ', body)


def settle(app, pagename, templatename, context, doctree):
    if "body" in context:
        context["body"] = settled(context["body"])


def setup(app):
    app.add_transform(TwoModes)
    app.connect("html-page-context", settle)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
