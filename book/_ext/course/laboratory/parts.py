"""Put the laboratory into a site: Python, the editor, the course's package, and the modules that join them to the pages."""

import hashlib
import json
import shutil

from . import runtime

NOT_PACKED = {"__pycache__", "py.typed"}
NOT_SERVED = shutil.ignore_patterns("guest", "page", "__pycache__")  # one is packed; the other is served with every page


def course_files(root):
    """Return {name: content} of what Python imports in addition to its library: the package, its data, and the laboratory's own half.

    Parameters
    ----------
    root : Path
        Of the repository.
    """
    package, guest = root / "nnfromscratch", root / "book" / "_laboratory" / "guest"
    found = {f"nnfromscratch/{path.relative_to(package).as_posix()}": path for path in package.rglob("*")}
    found |= {path.relative_to(guest).as_posix(): path for path in guest.rglob("*.py")}
    for folder in ("quizzes", "results"):  # where an installed package has them, too
        found |= {f"nnfromscratch/{folder}/{path.name}": path for path in (root / "book" / folder).glob("*.json")}
    return {
        name: path.read_bytes()
        for name, path in sorted(found.items())
        if path.is_file() and not NOT_PACKED & set(path.parts) and path.suffix != ".pyi"
    }


def write(root, folder):
    """Write the laboratory of the repository at `root` into a folder of the site, in place of an earlier one."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "book" / "_laboratory", folder, ignore=NOT_SERVED)
    shutil.copytree(runtime.files(), folder, dirs_exist_ok=True)
    runtime.write_pack(folder / "course.bin", course_files(root))
    files = {path.name.partition(".")[0]: _named_by_content(path) for path in sorted(folder.glob("*.bin"))}
    (folder / "files.json").write_text(json.dumps(files), encoding="utf-8")


def _named_by_content(path):
    """Rename a file such that a browser that keeps an older one fetches this one; return its name and size."""
    content = path.read_bytes()
    renamed = path.with_name(f"{path.name.partition('.')[0]}-{hashlib.sha256(content).hexdigest()[:12]}.bin")
    path.rename(renamed)
    return {"name": renamed.name, "size": len(content)}
