"""A bundle of all figures of the chapters: as PNG, and also as SVG if matplotlib draws them.

| figure | in the bundle |
|---|---|
| a drawing | SVG, and PNG twice as large |
| an interactive figure that matplotlib draws (`Explore`) | SVG and PNG of how it starts |
| an interactive figure that JavaScript draws | PNG of how it starts |
"""

import base64
import json
import zlib

from tools.release.dist import write_zip

PICTURES = "article img[src*=_images]:not(.only-dark)"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
INK = "#14181e"  # for writing that has the color of the page around it
README = """\
The figures of Neural Networks from Scratch, CC BY 4.0.

There is a folder for each chapter, and the figures are numbered in the order of the page. SVG files can be edited; their text is real text,
in DejaVu Sans and STIX. Interactive figures are shown in their initial state; on the course's site you can use them.
"""


def pack(browser, chapters, site, path):
    """Write the bundle of all pictures of the chapters, (name, parsed page) each; return how many pictures there are."""
    files, lines, count = {}, [README], 0
    sheet = browser.new_page(device_scale_factor=2)
    for name, page in chapters:
        lines.append(f"\n{name}\n")
        script = page.find("script", type=STATE)
        models = json.loads(script.string)["state"] if script else {}
        for number, picture in enumerate(page.select(PICTURES), 1):
            source, place = site / "book" / picture["src"], f"{name}/{number:02d}"
            live = picture.find_parent(class_="live-still")
            drawing = start_of(live, models, site) if live else drawing_of(source, site)
            if drawing:
                files[f"{place}.svg"] = drawing.encode()
            files[f"{place}.png"] = source.read_bytes() if source.suffix == ".png" else rendered(sheet, drawing)
            what = f"{'svg, png' if drawing else 'png'}; {'interactive, in its initial state' if live else 'drawing'}"
            lines.append(f"  {number:02d} ({what}): {' '.join(picture['alt'].split())}\n")
            count += 1
    sheet.close()
    files["README.txt"] = "".join(lines).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_zip(path, dict(sorted(files.items())), (1980, 1, 1, 0, 0, 0))
    return count


def drawing_of(source, site):
    """Return the SVG of a picture of the site, or None. One with too many parts for a page is kept where the pages were made."""
    large = site.parent / "jupyter_execute" / source.with_suffix(".svg").name
    for path in (source, large):
        if path.suffix == ".svg" and path.exists():
            return path.read_text(encoding="utf-8")
    return None


def start_of(still, models, site):
    """Return the SVG of how an interactive figure starts, or None if JavaScript draws it."""
    about = json.loads(still.find_next("script", type=VIEW).string)
    model = models[about["model_id"]]
    meta = model["state"].get("meta", {})
    data = next((part for part in model.get("buffers", []) if part["path"] == ["frames"]), None)
    return start_frame(meta, content_of(data, site)) if data and "svg" in meta["mime"] else None


def content_of(part, site):
    """Return the bytes of a model's data, which are in the page or in a file of the site."""
    return (site / part["file"]).read_bytes() if "file" in part else base64.b64decode(part["data"])


def start_frame(meta, data):
    """Return the frame with which a figure of many frames starts, as SVG."""
    number = 0
    for choice in meta["choices"]:  # the last choice changes fastest
        number = number * len(choice["options"]) + choice["start"]
    begin = sum(frame["size"] for frame in meta["frames"][:number])
    text = zlib.decompress(data)[begin : begin + meta["frames"][number]["size"]].decode()
    return text.replace("currentColor", INK)


def rendered(sheet, drawing):
    """Return a drawing as PNG, twice as large."""
    sheet.set_content(f"<body style='margin: 0'>{drawing[drawing.index('<svg') :]}")
    return sheet.locator("svg").first.screenshot(omit_background=True)
