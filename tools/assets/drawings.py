"""Write the benchmark drawings of digits: benchmarks/drawings/development.json and held_out.json.

python -m tools.assets.drawings

Each form below was drawn by hand on squared paper and typed in: strokes separated by "/", points as x,y in percent of the digit's height,
"*" after a corner. A curve goes smoothly through the points; then it is slanted, stretched, shaken, and placed, as a hand would do it. The
two sets share no form and no random number, so that tuning on one says nothing about the other.
"""

import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "drawings"
SHEET, SPACING = 280, 4  # sides of the sheet; distance of two points of a stroke, in its units

DEVELOPMENT = [
    (0, "round", "45,0 15,15 2,50 15,88 45,100 78,86 88,50 76,12 47,1"),
    (0, "narrow", "30,0 10,25 5,60 18,98 35,95 50,60 48,20 30,2"),
    (0, "slashed", "42,0 12,18 4,52 18,90 42,100 70,88 80,50 70,14 44,0 / 78,4 12,96"),
    (0, "not closed", "40,4 10,25 6,70 35,100 70,85 78,40 62,8 48,10"),
    (1, "stick", "20,0 20,100"),
    (1, "short flag", "5,18 25,0* 25,100"),
    (1, "with a foot", "12,14 30,0* 30,100 / 5,100 55,100"),
    (1, "European, long flag", "0,40 38,0* 38,100"),
    (1, "European, flag and foot", "6,30 38,0* 38,100 / 14,100 62,100"),
    (1, "European, very long flag", "0,60 45,0* 43,100"),
    (1, "European, curved flag", "2,42 22,28 38,0* 36,50 37,100"),
    (1, "European, separate strokes", "40,2 3,36 / 40,0 40,100"),
    (2, "loop", "5,20 30,0 60,10 62,35 35,70 5,95 15,80 30,88 50,98 75,90"),
    (2, "like a z", "5,15 35,0 65,12 60,40 5,100* 72,98"),
    (2, "swan", "8,22 30,1 56,14 52,44 28,74 4,100* 40,94 78,100"),
    (3, "round", "8,12 35,0 62,12 58,35 30,47* 62,58 68,82 40,100 5,88"),
    (3, "flat top", "5,2* 65,2* 30,42* 62,55 68,82 38,100 4,90"),
    (3, "two bows", "10,8 40,2 58,22 24,46* 60,60 56,94 8,97"),
    (4, "open", "15,0 8,55* 70,55 / 55,5 52,100"),
    (4, "closed", "52,100 55,0* 2,66* 78,64"),
    (4, "open, round", "8,0 8,42 28,56 55,48 60,0* 58,100"),
    (4, "closed, two strokes", "50,2 4,62* 74,62 / 54,2 52,100"),
    (5, "corner", "65,2 15,2* 10,42* 45,36 70,60 55,92 5,98"),
    (5, "separate hat", "15,3 10,45* 45,38 68,62 52,95 5,96 / 15,3 68,0"),
    (5, "like an S", "60,5 25,0 8,22 30,42 62,62 50,95 5,92"),
    (6, "curl", "55,0 20,30 5,70 25,100 58,88 55,58 28,52 8,75"),
    (6, "straight back", "35,0 8,65 22,100 55,92 58,65 30,55 10,72"),
    (7, "plain", "2,4* 65,2* 25,100"),
    (7, "European, barred", "2,5* 65,3* 28,100 / 15,50 62,48"),
    (7, "serif", "4,22 5,2* 65,4* 30,100"),
    (7, "curved", "2,8 35,2 68,6* 40,45 30,100"),
    (8, "one stroke", "60,10 30,0 8,18 30,42 60,65 55,95 25,100 5,80 25,50 58,25 60,10"),
    (8, "two circles", "35,0 12,15 12,38 35,48 58,35 58,12 35,0 / 35,48 8,65 8,90 35,100 64,88 62,62 35,48"),
    (8, "open top", "62,5 30,2 12,22 55,60 50,95 20,98 5,75 45,40 66,12"),
    (9, "straight", "60,15 35,0 8,18 15,45 42,45 60,15* 58,100"),
    (9, "curled", "60,15 35,0 8,20 18,46 48,40 60,12* 62,60 45,98 10,92"),
    (9, "tilted", "66,10 40,0 14,20 20,44 48,42 66,8* 30,100"),
    (None, "letter A", "0,100 38,0* 76,100 / 14,64 62,64"),
    (None, "letter E", "60,0 5,0* 5,100* 62,100 / 5,48 50,48"),
    (None, "letter H", "5,0 5,100 / 62,0 62,100 / 5,50 62,50"),
    (None, "letter K", "5,0 5,100 / 60,0 6,55* 64,100"),
    (None, "letter M", "0,100 8,0* 42,62* 76,0* 86,100"),
    (None, "letter W", "0,0 22,100* 45,30* 68,100* 90,0"),
    (None, "letter R", "6,100 6,0* 45,2 58,25 44,48 8,50* 62,100"),
    (None, "cross", "5,5 90,95 / 92,4 4,96"),
    (None, "smiley", "50,0 15,15 0,50 15,86 50,100 86,85 100,50 85,14 51,0 / 32,32 32,40 / 68,32 68,40 / 25,62 50,80 75,62"),
    (None, "star", "50,0 78,95* 2,36* 98,36* 20,96* 50,2"),
    (None, "zigzag", "0,10 30,90* 45,8* 70,92* 85,10* 110,88"),
    (None, "spiral", "50,50 60,44 62,58 46,66 34,50 46,30 70,32 82,56 68,82 38,86 14,62 18,30 46,10 86,14 104,50"),
    (None, "17", "6,20 22,0* 22,100 / 50,4* 108,2* 76,100"),
    (None, "heart", "50,30 30,2 4,14 8,48 50,100* 92,48 96,14 70,2 50,30"),
    (None, "house", "5,45 5,100* 85,100* 85,45* 45,0* 5,45* 85,45"),
    (None, "scribble", "10,30 60,5 80,60 20,80 15,20 90,30 70,95 30,40 95,70 5,60 50,10 60,90"),
]
HELD_OUT = [
    (0, "egg", "38,2 8,30 0,68 24,99 58,96 74,64 64,22 36,0"),
    (0, "wide", "60,0 18,12 0,52 22,92 66,100 104,82 112,44 92,8 58,2"),
    (0, "overshot", "52,6 22,4 3,44 12,90 44,99 70,74 72,30 50,4 30,10"),
    (0, "angular", "30,0 6,22* 3,76* 28,100 56,96* 70,70 68,24* 44,2"),
    (0, "slashed inside", "36,0 8,22 2,58 16,94 40,100 64,80 70,40 58,8 36,1 / 54,26 20,76"),
    (1, "bent stick", "24,0 21,48 26,100"),
    (1, "tiny flag", "13,11 22,0* 21,100"),
    (1, "foot alone", "28,0 28,99 / 4,99 56,98"),
    (1, "European, steep flag", "6,46 32,0* 33,100"),
    (1, "European, flat flag", "0,27 42,1* 40,100"),
    (1, "European, half-length flag", "0,52 40,0* 40,100"),
    (1, "European, flag from above", "3,33 20,22 41,0* 39,100"),
    (1, "European, flag, narrow foot", "4,36 33,0* 33,99* 33,99 / 18,100 50,99"),
    (1, "European, leaning", "10,34 52,0* 30,100"),
    (2, "open hook", "3,26 16,4 44,1 60,22 46,54 6,97* 36,92 70,97"),
    (2, "large loop", "6,16 34,0 58,18 44,58 14,92 4,84 20,76 44,92 82,96"),
    (2, "square", "4,8* 56,4 60,44 6,60 4,98* 64,98"),
    (2, "flat curl", "2,34 20,6 54,8 58,36 30,68 2,94* 74,88"),
    (3, "narrow", "6,10 26,0 46,14 40,38 18,48* 48,60 50,86 26,100 2,92"),
    (3, "long nose", "2,10 38,0 60,20 44,42 14,48* 56,54 64,80 34,101 0,82"),
    (3, "angular", "4,0* 60,0* 22,38* 60,52* 62,90* 6,100"),
    (3, "small top", "14,12 34,2 48,16 22,36* 62,46 74,76 44,100 4,94"),
    (4, "open, slanted", "26,0 2,52* 72,50 / 60,22 44,100"),
    (4, "closed, leaning back", "46,100 42,0* 0,58* 70,64"),
    (4, "open, wide", "6,6 0,50 76,54 / 66,0 66,100"),
    (4, "small triangle", "58,100 58,0* 12,46* 80,48"),
    (4, "open, short stem", "12,2 10,48 58,50* 58,8 / 57,50 54,100"),
    (5, "round belly", "60,0 20,2* 16,36* 52,32 76,62 54,98 4,90"),
    (5, "small belly", "58,2 16,0* 12,50* 38,44 52,66 36,96 2,98"),
    (5, "hat with a gap", "14,6 8,44* 42,40 64,66 44,98 2,92 / 20,4 64,6"),
    (5, "sloping", "70,4 26,0* 14,40* 44,40 56,66 34,100 0,92"),
    (6, "small loop", "44,2 16,36 4,76 20,99 44,94 46,72 26,66 6,82"),
    (6, "large loop", "58,4 22,18 2,60 18,98 62,96 74,64 44,42 6,64"),
    (6, "leaning", "70,0 30,34 6,78 22,100 50,92 54,68 34,62 12,80"),
    (6, "nearly straight", "22,0 6,52 10,94 38,100 54,80 38,62 8,74"),
    (7, "sagging top", "0,2 34,10 66,0* 36,48 22,100"),
    (7, "European, short bar", "0,6* 58,4* 22,100 / 22,54 54,50"),
    (7, "Italian, long bar", "0,10 8,2* 66,2* 34,100 / 8,46 74,44"),
    (7, "steep", "4,6* 56,0* 40,100"),
    (7, "hooked", "2,26 6,6 18,4 62,4* 34,50 28,100"),
    (8, "slim", "40,8 22,0 8,16 22,42 42,66 38,94 18,100 2,82 18,52 42,28 40,8"),
    (8, "large bottom", "48,6 28,2 18,18 34,38 70,66 56,98 16,98 2,72 30,42 52,22 48,6"),
    (8, "started in the middle", "34,46 12,28 22,4 48,4 56,26 34,46 6,68 10,96 46,100 66,78 34,46"),
    (8, "not closed", "56,12 34,0 14,18 26,42 58,68 46,98 12,92 10,66 40,46 58,24"),
    (9, "hooked", "54,10 28,0 4,20 14,44 40,40 54,12* 52,74 34,100 14,92"),
    (9, "small head", "48,10 30,2 16,16 26,32 46,26 48,6* 50,100"),
    (9, "like a g", "56,6 26,0 2,22 18,46 50,34 56,8* 58,78 36,101 0,86"),
    (9, "leaning", "70,6 42,0 20,20 30,42 60,32 72,4* 44,100"),
    (None, "letter F", "6,100 6,0* 58,2 / 6,46 46,46"),
    (None, "letter N", "4,100 4,0* 62,100* 62,0"),
    (None, "letter X", "2,2 66,98 / 64,0 0,100"),
    (None, "letter T", "0,2 80,2 / 40,2 40,100"),
    (None, "letter P, doubled stem", "8,100 8,0* 50,4 62,28 46,50 10,52 / 22,100 22,0"),
    (None, "letter V", "0,0 34,100* 70,0"),
    (None, "letter m", "4,100 4,20* 4,44 24,20 40,40* 40,100* 40,44 60,20 78,42 78,100"),
    (None, "arrow", "0,50 100,50 / 70,20 100,50* 70,80"),
    (None, "triangle with a dot", "46,0 0,100* 94,100* 48,0 / 46,62 48,66"),
    (None, "42", "24,0 2,60* 44,60 / 36,30 34,100 / 62,20 82,2 98,22 60,100* 108,98"),
    (None, "hatching", "0,10 40,90 / 20,6 60,92 / 40,4 80,88 / 60,8 100,90 / 80,6 110,80"),
    (None, "wave", "0,50 16,16 34,50 52,84 70,50 88,16 106,50 124,84 140,50"),
    (None, "sad face", "46,0 10,20 2,60 24,96 60,98 92,76 94,30 62,4 46,0 / 32,36 34,44 / 62,34 62,42 / 26,78 46,64 70,78"),
    (None, "lightning", "52,0 12,52* 52,50* 18,100 30,98* 18,100* 20,84"),
    (None, "number sign", "24,0 16,100 / 60,0 52,100 / 0,34 84,32 / 0,68 82,66"),
    (None, "tangle", "4,40 44,0 90,30 60,90 10,84 30,24 84,60 40,98 0,20 70,10 98,74 24,58 56,34"),
]
# The hand: a name, the height in percent of the sheet, and how often the stroke is repeated (a thick pen draws strokes side by side).
STYLES = [("normal", 62, 1), ("thick", 66, 4), ("half size", 34, 1), ("quarter size", 17, 1)]


def points(form):
    """Return a form's strokes as arrays (n, 2): smooth curves through its points, in units of the digit's height."""
    return [curve([word for word in stroke.split()]) for stroke in form.split("/")]


def curve(words, steps=12):
    """Return points on Catmull-Rom curves through the points, one curve from corner to corner."""
    knots = np.array([[float(number) for number in word.rstrip("*").split(",")] for word in words]) / 100
    corners = [0, *(k for k, word in enumerate(words) if word.endswith("*")), len(words) - 1]
    pieces = [smooth(knots[a : b + 1], steps) for a, b in zip(corners, corners[1:]) if b > a]
    return np.concatenate(pieces)


def smooth(knots, steps):
    """Return points on a Catmull-Rom curve through some knots."""
    P = np.concatenate([[2 * knots[0] - knots[1]], knots, [2 * knots[-1] - knots[-2]]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = (P[k : len(P) - 3 + k, None] for k in range(4))
    inside = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.concatenate([inside.reshape(-1, 2), knots[-1:]])


def written(strokes, percent, repeats, rng):
    """Return the strokes as a hand writes them on the sheet: slanted, stretched, shaken, somewhere, in whole units."""
    height, slant, width = SHEET * percent / 100, rng.uniform(-0.15, 0.35), np.exp(rng.normal(0, 0.12))
    turn = np.deg2rad(rng.normal(0, 4))
    matrix = [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]] @ np.array([[width, -slant], [0, 1]])
    wobble = rng.normal(0, 0.012, (3, 2)), rng.uniform(0, 2 * np.pi, (3, 2))
    shaken = [height * (shake(stroke, *wobble) @ matrix.T) for stroke in strokes]
    every = np.concatenate(shaken)
    room = SHEET - 16 - np.ptp(every, axis=0)
    place = 8 + np.clip(rng.normal(0.5, 0.2, 2) if percent > 40 else rng.uniform(0, 1, 2), 0.02, 0.98) * room - every.min(axis=0)
    beside = [rng.normal(0, 0.028 * height * (k > 0), 2) for k in range(repeats)]
    return [thin_out(np.clip(stroke + place + shift, 0, SHEET)) for shift in beside for stroke in shaken]


def shake(stroke, size, phase):
    """Return a stroke with a slow tremor."""
    along = np.arange(1, 4)[:, None, None] * 2 * np.pi * stroke[None, :, ::-1]
    return stroke + (size[:, None] * np.sin(along + phase[:, None])).sum(axis=0)


def thin_out(stroke):
    """Return whole-numbered points at least SPACING apart, the last one included."""
    kept = [stroke[0]]
    for point in stroke[1:]:
        if np.hypot(*(point - kept[-1])) >= SPACING:
            kept.append(point)
    if np.hypot(*(stroke[-1] - kept[-1])) >= 1:
        kept.append(stroke[-1])
    return np.rint(kept).astype(int).tolist()


def drawings(forms, rng):
    """Return each form in two styles, by turns; a European 1 in all."""
    for k, (label, name, form) in enumerate(forms):
        every = label == 1 and name.startswith("European")
        for style, percent, repeats in STYLES if every else (STYLES[k % 4], STYLES[(k + 2 + k // 4 % 2) % 4]):
            yield {"label": label, "note": f"{name}; {style}", "strokes": written(points(form), percent, repeats, rng)}


def write(name, forms, seed):
    """Write a set of drawings, one per line."""
    lines = [json.dumps(drawing, separators=(",", ":")) for drawing in drawings(forms, np.random.default_rng(seed))]
    text = ",\n".join(lines)
    head = f'"format":"nnfromscratch drawings","version":1,"sheet":{SHEET}'
    (FOLDER / f"{name}.json").write_text(f'{{{head},"drawings":[\n{text}\n]}}\n', encoding="utf-8")
    return len(lines)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    print(write("development", DEVELOPMENT, 1), "drawings for development,", write("held_out", HELD_OUT, 2), "held out")
