"""How well are drawings read? The rates on the drawings in benchmarks/drawings, as the canvas and as a photograph would show them.

    python -m benchmarks.handwriting                  # the development set, with a list of mistakes: look at it as often as you like
    python -m benchmarks.handwriting --held-out       # only the rates, for a final check: never choose anything by them

A drawing counts as read if its most probable digit has at least the canvas's default threshold; below that the answer is "I don't know".
"""

import argparse
import json
from pathlib import Path

import numpy as np

from nnfromscratch.data.handwriting import draw_strokes, load_drawings, prepare_digit, resize
from nnfromscratch.widgets.digit_network import THRESHOLD, load_digit_network

FOLDER = Path(__file__).parent / "drawings"
SIZES = ["normal", "thick", "half size", "quarter size"]


def photograph(strokes, rng):
    """Return strokes as a grainy picture, 160 pixels large, on paper that gets darker to one side."""
    ink = np.pad(draw_strokes(strokes), 70)
    light = 0.9 - 0.35 * np.arange(ink.shape[1]) / ink.shape[1]
    picture = (1 - ink) * light + ink * 0.2 + rng.normal(0, 0.02, ink.shape)
    return resize(np.clip(picture, 0, 1), 300)


def photographs(drawings, rng):
    """Return the network's inputs for the drawings as photographs."""
    return np.array([prepare_digit(photograph(drawing["strokes"], rng)) for drawing in drawings])


def rates(p, y, notes, threshold=THRESHOLD):
    """Return {what: (right, of)}: digits read correctly, overall and by kind; and drawings that are not digits, answered with doubt."""
    answer, sure = p.argmax(axis=1), p.max(axis=1) >= threshold
    right, digit = answer == y, y >= 0
    ones = np.array(["European" in note for note in notes]) & (y == 1)
    kinds = {f"digits, {size}": digit & np.array([note.endswith(f"; {size}") for note in notes]) for size in SIZES}
    counted = {"digits of any size": digit, **kinds, "European 1": ones}
    found = {name: (int(right[which].sum()), int(which.sum())) for name, which in counted.items()}
    found['digits answered with "I don\'t know"'] = int((digit & ~sure).sum()), int(digit.sum())
    found["digits answered, and correctly"] = int((right & sure & digit).sum()), int((digit & sure).sum())
    found['not a digit: "I don\'t know"'] = int((~digit & ~sure).sum()), int((~digit).sum())
    return found


def mistakes(p, y, notes):
    """Yield a line for each drawing that is read incorrectly."""
    for row, label, note in zip(p, y, notes):
        if label >= 0 and row.argmax() != label:
            yield f"{label}, {note}: read as {row.argmax()} ({row.max():.0%}); {label} has {row[label]:.0%}"
        if label < 0 and row.max() >= THRESHOLD:
            yield f"{note}: read as {row.argmax()} ({row.max():.0%})"


def main():
    """Print the rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true")
    held_out = parser.parse_args().held_out
    file = FOLDER / ("held_out.json" if held_out else "development.json")
    drawings = json.loads(file.read_text(encoding="utf-8"))["drawings"]
    network, notes = load_digit_network(), [drawing["note"] for drawing in drawings]
    X, y = load_drawings(file)
    for name, inputs in {"on the canvas": X, "as photographs": photographs(drawings, np.random.default_rng(0))}.items():
        p = network.predict_proba(inputs)
        print(f"{file.stem}, {name}")
        for what, (n, of) in rates(p, y, notes).items():
            print(f"  {what:42} {n:4} of {of:4}  {n / of:6.1%}")
        if not held_out:
            print(*(f"    {line}" for line in mistakes(p, y, notes)), sep="\n")


if __name__ == "__main__":
    main()
