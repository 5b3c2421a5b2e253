"""Programs that make and check the course's files. Run them from the repository's folder: python -m tools.notebooks.tidy"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
