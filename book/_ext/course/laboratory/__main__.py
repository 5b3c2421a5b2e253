"""Say whether the site that was just built has its laboratory; without it, fail in CI.

PYTHONPATH=book/_ext python -m course.laboratory _build/html
"""

import json
import os
import sys
from pathlib import Path

MISSING = (
    "The site has no laboratory: no Run buttons. Its Python could not be downloaded from PyPI (the log above says why); "
    "once it can be, run make book again."
)


def main(site):
    """Return the exit code."""
    listed = Path(site) / "laboratory" / "files.json"
    if not listed.exists():
        print(MISSING)
        return int(os.environ.get("CI") == "true")
    size = sum(file["size"] for file in json.loads(listed.read_text(encoding="utf-8")).values())
    print(f"The laboratory is part of the site: {size / 1e6:.1f} MB that readers load when they run code.")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
