"""Wrong and unusual solutions for assignment 8."""

from . import Mutant


def split(
    members="rng.permutation(np.flatnonzero(y == label))",
    mark="in_val[members[:round(val * len(members))]] = True",
    parts="X[~in_val], y[~in_val], X[in_val], y[in_val]",
):
    """Return the split with some of its lines changed."""
    return f"""
def train_validation_split(X, y, val, rng):
    in_val = np.zeros(len(y), bool)
    for label in np.unique(y):
        members = {members}
        {mark}
    return {parts}
"""


def exam(
    learn="recipe(split.X_train, split.y_train, seed)",
    part="val",
    mean="np.mean",
    before="pass",
    report="[network.score(split.X_test, split.y_test) for network in networks[name]]",
):
    """Return the exam with some of its lines changed."""
    return f"""
def exam(recipes, split, seeds):
    networks = {{name: [{learn} for seed in seeds] for name, recipe in recipes.items()}}
    {before}
    judged = {{name: {mean}([network.score(split.X_{part}, split.y_{part}) for network in trained]) for name, trained in networks.items()}}
    name = max(judged, key=judged.get)
    return name, {report}
"""


def surest(
    said="P.argmax(axis=1)",
    wrong="np.flatnonzero(said != y)",
    places="wrong[np.argsort(-P[wrong, said[wrong]])][:k]",
    answers="said[places]",
    p_answer="P[places, said[places]]",
    p_truth="P[places, y[places]]",
):
    """Return the search for the surest mistakes with some of its lines changed."""
    return f"""
def surest_mistakes(P, y, k):
    said = {said}
    wrong = {wrong}
    places = {places}
    return places, {answers}, {p_answer}, {p_truth}
"""


CONFUSION = "def confusion_matrix(y, y_pred, n_classes):\n    counts = np.zeros((n_classes, n_classes), int)\n    "
RECALL = "def recall_and_precision(counts):\n    right = np.diag(counts)\n    return "
ROWS, COLUMNS = "right / np.maximum(counts.sum(axis=1), 1)", "right / np.maximum(counts.sum(axis=0), 1)"
SHIFTED = "def shifted(images, down, right):\n    "
PARTS, CLASSES = {"test-split-parts"}, {"test-split-classes"}
CHOICE, DISCIPLINE = {"test-exam-choice"}, {"test-exam-discipline"}
PLACES, PROBABILITIES = {"test-surest-places"}, {"test-surest-probabilities"}

MUTANTS = {
    "split: labels shuffled apart from rows": Mutant(
        "split", split(parts="X[~in_val], rng.permutation(y[~in_val]), X[in_val], rng.permutation(y[in_val])"), PARTS
    ),
    "split: validation samples also train": Mutant("split", split(parts="X, y, X[in_val], y[in_val]"), PARTS | CLASSES),
    "split: drawn again and again": Mutant(
        "split",
        """
def train_validation_split(X, y, val, rng):
    places = np.concatenate([rng.choice(np.flatnonzero(y == label), round(val * (y == label).sum())) for label in np.unique(y)])
    rest = np.setdiff1d(np.arange(len(y)), places)
    return X[rest], y[rest], X[places], y[places]
""",
        PARTS | CLASSES,
    ),
    "split: the first of each class": Mutant("split", split(members="np.flatnonzero(y == label)"), PARTS),
    "split: its own seed": Mutant("split", split(members="np.random.default_rng(0).permutation(np.flatnonzero(y == label))"), PARTS),
    "split: drawn from elsewhere": Mutant("split", split(members="np.random.permutation(np.flatnonzero(y == label))"), PARTS),
    "split: the parts exchanged": Mutant("split", split(parts="X[in_val], y[in_val], X[~in_val], y[~in_val]"), PARTS | CLASSES),
    "split: classes left to chance": Mutant(
        "split",
        """
def train_validation_split(X, y, val, rng):
    order = rng.permutation(len(y))
    k = round(val * len(y))
    return X[order[k:]], y[order[k:]], X[order[:k]], y[order[:k]]
""",
        CLASSES,
    ),
    "split: equally many of each class": Mutant(
        "split", split(mark="in_val[members[:round(val * len(y) / len(np.unique(y)))]] = True"), CLASSES
    ),
    "exam: chosen by the training set": Mutant("exam", exam(part="train"), CHOICE),
    "exam: chosen by the test set": Mutant("exam", exam(part="test"), CHOICE | DISCIPLINE),
    "exam: chosen by the best seed": Mutant("exam", exam(mean="max"), CHOICE),
    "exam: chosen by the first seed": Mutant("exam", exam(mean="(lambda scores: scores[0])"), CHOICE),
    "exam: learns from training and validation": Mutant(
        "exam", exam(learn="recipe(np.vstack([split.X_train, split.X_val]), np.hstack([split.y_train, split.y_val]), seed)"), DISCIPLINE
    ),
    "exam: learns from everything": Mutant(
        "exam",
        exam(
            learn="recipe(np.vstack([split.X_train, split.X_val, split.X_test]), "
            "np.hstack([split.y_train, split.y_val, split.y_test]), seed)"
        ),
        DISCIPLINE,
    ),
    "exam: opens the test set for all": Mutant(
        "exam",
        exam(before="tests = {n: [w.score(split.X_test, split.y_test) for w in ws] for n, ws in networks.items()}", report="tests[name]"),
        DISCIPLINE,
    ),
    "exam: reports the validation scores": Mutant(
        "exam", exam(report="[network.score(split.X_val, split.y_val) for network in networks[name]]"), DISCIPLINE
    ),
    "exam: reports the best test score": Mutant(
        "exam", exam(report="[max(network.score(split.X_test, split.y_test) for network in networks[name])]"), DISCIPLINE
    ),
    "confusion: transposed": Mutant("confusion", CONFUSION + "np.add.at(counts, (y_pred, y), 1)\n    return counts", {"test-confusion"}),
    "confusion: each pair once": Mutant("confusion", CONFUSION + "counts[y, y_pred] += 1\n    return counts", {"test-confusion"}),
    "confusion: shares": Mutant(
        "confusion", CONFUSION + "np.add.at(counts, (y, y_pred), 1)\n    return counts / len(y)", {"test-confusion"}
    ),
    "confusion: only classes that came": Mutant(
        "confusion",
        CONFUSION + "np.add.at(counts, (y, y_pred), 1)\n    n = max(y.max(), y_pred.max()) + 1\n    return counts[:n, :n]",
        {"test-confusion"},
    ),
    "recall: exchanged with precision": Mutant("recall", RECALL + f"{COLUMNS}, {ROWS}", {"test-recall"}),
    "recall: divided by all samples": Mutant("recall", RECALL + f"right / counts.sum(), {COLUMNS}", {"test-recall"}),
    "recall: nothing to divide by": Mutant("recall", RECALL + "right / counts.sum(axis=1), right / counts.sum(axis=0)", {"test-recall"}),
    "recall: twice": Mutant("recall", RECALL + f"{ROWS}, {ROWS}", {"test-recall"}),
    "surest: places among the mistakes": Mutant("surest", surest(places="np.argsort(-P[wrong, said[wrong]])[:k]"), PLACES),
    "surest: right answers among them": Mutant("surest", surest(wrong="np.arange(len(y))"), PLACES),
    "surest: the least sure": Mutant("surest", surest(places="wrong[np.argsort(P[wrong, said[wrong]])][:k]"), PLACES),
    "surest: by the truth": Mutant("surest", surest(places="wrong[np.argsort(P[wrong, y[wrong]])][:k]"), PLACES),
    "surest: unsorted": Mutant("surest", surest(places="wrong[:k]"), PLACES),
    "surest: the truth as answer": Mutant("surest", surest(answers="y[places]"), PLACES),
    "surest: the probability of other classes": Mutant("surest", surest(p_truth="1 - P[places, said[places]]"), PROBABILITIES),
    "surest: whole columns": Mutant("surest", surest(p_truth="P[places][:, y[places]]"), PROBABILITIES),
    "surest: probabilities exchanged": Mutant(
        "surest", surest(p_answer="P[places, y[places]]", p_truth="P[places, said[places]]"), PROBABILITIES
    ),
    "shift: wraps around": Mutant("shift", SHIFTED + "return np.roll(images, (down, right), axis=(1, 2))", {"test-shift"}),
    "shift: down and right exchanged": Mutant(
        "shift",
        SHIFTED + "down, right = right, down\n    padded = np.pad(images, ((0, 0), (9, 9), (9, 9)))\n"
        "    return padded[:, 9 - down:, 9 - right:][:, :images.shape[1], :images.shape[2]]",
        {"test-shift"},
    ),
    "shift: the other way": Mutant(
        "shift",
        SHIFTED + "padded = np.pad(images, ((0, 0), (9, 9), (9, 9)))\n"
        "    return padded[:, 9 + down:, 9 + right:][:, :images.shape[1], :images.shape[2]]",
        {"test-shift"},
    ),
}

UNUSUAL = {
    "with plain loops": {
        "split": """
def train_validation_split(X, y, val, rng):
    train, chosen = [], []
    for label in sorted(set(y.tolist())):
        members = [i for i in range(len(y)) if y[i] == label]
        rng.shuffle(members)
        k = round(val * len(members))
        chosen += members[:k]
        train += members[k:]
    return X[train], y[train], X[chosen], y[chosen]
""",
        "exam": """
def exam(recipes, split, seeds):
    best, best_mean = None, -1
    for name, recipe in recipes.items():
        total = 0
        for seed in seeds:
            total += recipe(split.X_train, split.y_train, seed).score(split.X_val, split.y_val)
        if total / len(seeds) > best_mean:
            best, best_mean = name, total / len(seeds)
    networks = [recipes[best](split.X_train, split.y_train, seed) for seed in seeds]
    return best, np.array([network.score(split.X_test, split.y_test) for network in networks])
""",
        "confusion": """
def confusion_matrix(y, y_pred, n_classes):
    counts = np.zeros((n_classes, n_classes))
    for true, answer in zip(y, y_pred):
        counts[true, answer] += 1
    return counts
""",
        "recall": """
def recall_and_precision(counts):
    recall, precision = np.zeros(len(counts)), np.zeros(len(counts))
    for k in range(len(counts)):
        if counts[k].sum():
            recall[k] = counts[k, k] / counts[k].sum()
        if counts[:, k].sum():
            precision[k] = counts[k, k] / counts[:, k].sum()
    return recall, precision
""",
        "surest": """
def surest_mistakes(P, y, k):
    found = [(-max(p), i, np.argmax(p)) for i, p in enumerate(P) if np.argmax(p) != y[i]]
    found = sorted(found)[:k]
    return (np.array([i for _, i, _ in found]), np.array([a for _, _, a in found]), np.array([-p for p, _, _ in found]),
            np.array([P[i, y[i]] for _, i, _ in found]))
""",
        "shift": """
def shifted(images, down, right):
    moved = np.roll(images, (down, right), axis=(1, 2))
    if down:
        moved[:, :down if down > 0 else None][:, down if down < 0 else 0:] = 0
    if right:
        moved[:, :, :right if right > 0 else None][:, :, right if right < 0 else 0:] = 0
    return moved
""",
    },
    "counts by one-hot rows and by bincount": {
        "split": """
def train_validation_split(X, y, val, rng):
    order = rng.permutation(len(y))
    rank = np.array([(y[order[:place]] == y[i]).sum() for place, i in enumerate(order)])
    quota = np.array([round(val * c) for c in np.bincount(y)])
    chosen = rank < quota[y[order]]
    return X[order[~chosen]], y[order[~chosen]], X[order[chosen]], y[order[chosen]]
""",
        "exam": """
def exam(recipes, split, seeds):
    names = list(recipes)
    networks = [[recipes[name](split.X_train, split.y_train, seed) for seed in seeds] for name in names]
    val = np.array([[network.score(split.X_val, split.y_val) for network in row] for row in networks])
    best = val.sum(axis=1).argmax()
    return names[best], tuple(network.score(split.X_test, split.y_test) for network in networks[best])
""",
        "confusion": """
def confusion_matrix(y, y_pred, n_classes):
    return np.eye(n_classes)[y].T @ np.eye(n_classes)[y_pred]
""",
        "recall": """
def recall_and_precision(counts):
    with np.errstate(invalid="ignore"):
        return tuple(np.nan_to_num(np.diag(counts) / counts.sum(axis=axis)) for axis in (1, 0))
""",
        "surest": """
def surest_mistakes(P, y, k):
    sure, said = P.max(axis=1), P.argmax(axis=1)
    order = np.argsort(sure)[::-1]
    places = order[said[order] != y[order]][:k]
    truth = np.take_along_axis(P, y[:, None], axis=1)[:, 0]
    return places, said[places], sure[places], truth[places]
""",
    },
}
