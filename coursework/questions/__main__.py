"""Write the question bank for learning platforms, and a test in versions A, B, and C to print, with keys.

    make questions                                                       everything, into dist/staff/questions/
    make questions OPTIONS="--chapters 01,02,03 --numeric 6 --choice 6"  a test on three chapters

The numbers come from a seed. NNFROMSCRATCH_VARIANT, your secret, gives you numbers that nobody can look up.
"""

import argparse
from pathlib import Path

from coursework import sources
from coursework.questions import items, model, moodle, paper, qti
from tools import ROOT
from tools.release.dist import write_zip
from tools.release.printing import launched

DAY = (1980, 1, 1, 0, 0, 0)  # so that the same questions make the same archive


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m coursework.questions", description=__doc__.partition("\n")[0])
    parser.add_argument("--to", type=Path, default=ROOT / "dist" / "staff" / "questions", help="the folder for all files")
    parser.add_argument("--chapters", default="", help="only those whose names begin with one of these, such as 01,05b (default: all)")
    parser.add_argument("--numeric", type=int, default=10, help="how many numeric tasks the test has (default: 10)")
    parser.add_argument("--choice", type=int, default=10, help="how many multiple-choice tasks it has (default: 10)")
    parser.add_argument("--title", default="Neural networks from scratch")
    parser.add_argument("--no-papers", action="store_true", help="write only what platforms import; this needs no browser")
    given = parser.parse_args(arguments)
    seed = sources.seed_of(sources.secret(), "questions") or 2026
    quiz, numeric = bank(given.chapters, seed)
    given.to.mkdir(parents=True, exist_ok=True)
    write(given.to, quiz + numeric)
    print(f"{given.to}: {len(quiz)} multiple-choice questions and {len(numeric)} numeric ones, as Moodle XML, GIFT, QTI 1.2, and QTI 2.1")
    if not given.no_papers:
        names, questions = paper.chosen(quiz, given.numeric, given.choice, seed)
        papers = {variant: paper.paper(variant, names, questions, seed) for variant in "ABC"}
        with launched() as browser:
            made = paper.print_papers(browser, given.to, given.title, papers)
        print("printed: " + ", ".join(path.name for path in made))


def bank(chapters, seed):
    """Return (quiz questions, numeric items) of the chapters whose names begin with one of `chapters`; of all chapters if it is empty.

    Raises
    ------
    SystemExit
        If no page has a name that begins with one of them.
    """
    wanted = [name.strip() for name in chapters.split(",") if name.strip()]
    quiz, numeric = model.book_questions(), items.bank(seed)
    for name in wanted:
        if not any(one.chapter.startswith(name) for one in quiz):
            raise SystemExit(f"no chapter's name begins with {name}; expected one of {', '.join(sorted({one.chapter for one in quiz}))}")
    if wanted:
        quiz, numeric = ([one for one in some if one.chapter.startswith(tuple(wanted))] for some in (quiz, numeric))
    return quiz, numeric


def write(folder, questions):
    """Write the files that platforms import."""
    (folder / "moodle.xml").write_bytes(moodle.moodle_xml(questions))
    (folder / "questions.gift").write_text(moodle.gift(questions), encoding="utf-8")
    write_zip(folder / "canvas-qti-1.2.zip", qti.qti12(questions), DAY)
    write_zip(folder / "qti-2.1.zip", qti.qti21(questions), DAY)


if __name__ == "__main__":
    main()
