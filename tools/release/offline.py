"""Pack the course for a machine without a network: the built site, the notebooks, the package, the data, and a starter.

The archive depends on what is built and on the date of the last commit, and on nothing else.

    python -m tools.release.offline
"""

import json
import re
import tempfile
from pathlib import Path

from tools import ROOT
from tools.release.dist import build_wheel, commit_date, write_zip

SITE = ROOT / "_build" / "html"
STARTER = Path(__file__).with_name("offline_files")
FOLDER = "neural-networks-from-scratch"
NOTEBOOKS = ("*.ipynb", "exercises/*.ipynb", "results/*.json", "quizzes/*.json")
MODEL = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
DATA = re.compile(r'(<script type="application/vnd\.jupyter\.widget-(state|view)\+json">)(.*?)(</script>)', re.DOTALL)


def steady(page):
    """Return a page without what differs from one build to the next: the names and the order of its figures' parts."""
    found = [(kind, json.loads(data)) for _, kind, data, _ in DATA.findall(page)]
    models = {name: model for kind, data in found if kind == "state" for name, model in data["state"].items()}
    order = [data["model_id"] for kind, data in found if kind == "view"]  # the figures in the order of the page, then their parts
    for name in order:
        order += [part for part in MODEL.findall(ordered(models.get(name))) if part in models and part not in order]
    order += sorted(models.keys() - set(order), key=lambda name: MODEL.sub("", ordered(models[name])))
    numbers = {name: f"{number:032x}" for number, name in enumerate(dict.fromkeys(order))}
    page = MODEL.sub(lambda match: numbers.get(match[0], match[0]), page)
    return DATA.sub(lambda match: match[1] + ordered(json.loads(match[3])) + match[4], page)


def ordered(data):
    """Return data as JSON with its keys in order; it cannot contain the end of a script."""
    return json.dumps(data, sort_keys=True).replace("</", "<\\/")


def below(folder, *patterns):
    """Return {path below the folder: content} of its files."""
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def parts():
    """Return {path: content} of everything that the archive holds."""
    site = below(SITE, "**/*")
    site.pop(".buildinfo", None)  # Sphinx's note to itself, which depends on the folder of the build
    files = {f"site/{name}": steady(content.decode()).encode() if name.endswith(".html") else content for name, content in site.items()}
    files |= {f"notebooks/{name}": content for name, content in below(ROOT / "book", *NOTEBOOKS).items()}
    files |= {f"data/{name}": content for name, content in below(ROOT / "nnfromscratch" / "data", "*").items()}
    files |= below(STARTER, "*") | {"LICENSE.txt": (ROOT / "LICENSE").read_bytes()}
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_wheel(folder)
        files[wheel.name] = wheel.read_bytes()
    return {f"{FOLDER}/{name}": files[name] for name in sorted(files)}


def main():
    path = ROOT / "dist" / f"{FOLDER}.zip"
    path.parent.mkdir(exist_ok=True)
    write_zip(path, parts(), commit_date())
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
