"""Print the solution manual and the guide for teaching assistants into dist/staff/, which is neither published nor committed.

make manuals
"""

from coursework.manuals import guide, solutions
from coursework.manuals.text import STYLE
from tools import ROOT
from tools.release.printing import launched, print_pdf, whole

STAFF = ROOT / "dist" / "staff"


def write(browser, folder):
    """Print both manuals into a folder."""
    for name, title, body in (
        ("solution-manual", "Solution manual", solutions.manual()),
        ("teaching-assistants", "Guide for teaching assistants", guide.guide()),
    ):
        path = folder / f"{name}.pdf"
        print_pdf(browser, whole(title, body, STYLE, math=True), path)
        print(f"{path}  {path.stat().st_size / 1e6:.2f} MB")


def main():
    with launched() as browser:
        write(browser, STAFF)


if __name__ == "__main__":
    main()
