"""What the course can name: the words of the catalog and of the assignments' tests, read from their source; and what to ask about each.

The catalog's functions compute wrong answers for given numbers. Here only their words count, so nothing is called.
"""

import ast
import inspect
import re

from coursework import sources
from nnfromscratch.course import mistakes as catalog

# Students should find a mistake themselves: the question leads to it. The first pattern found in the words decides.
QUESTIONS = (
    (
        r"overflow|exp is 0|rounding|log of zero|logarithm of 0",
        "What is exp(1000) in floating point? What can you subtract from all scores without changing the result?",
    ),
    (
        r"1/n|by n\b|times n|number of samples|number of all|averag|the mean|mean of|its mean|is missing: the sum",
        "Where does the 1/n of the mean come in, and how often must it appear in the end?",
    ),
    (
        r"transpose|swapped: this is|factors are swapped|W @ X|it is transposed",
        "Write the shapes of both factors next to each other. What shape must the result have?",
    ),
    (
        r"axis|keepdims|over everything|over samples|over neurons|whole matrix|row's|each row|columns|spread",
        "Which numbers belong together here, those of a sample or those of a neuron? Which axis is that?",
    ),
    (
        r"only the (first|last) sample|last place|all samples|only right|only the samples|all of them",
        "Cover all rows but one. What changes in the result if you uncover the others?",
    ),
    (
        r"sign|minus|uphill|subtract|wrong direction|inverted|opposite|flipped",
        "Take one number: if the prediction is too large, which way must it move? Does your sign do that?",
    ),
    (
        r"applied twice|once more|twice|its output|is already|needs the output|at its output|taken at",
        "Is the number in your formula z, or already the output of the activation?",
    ),
    (
        r"slope|derivative|gradient|Jacobian|dA|dZ|dL|local|path|upstream|arrives",
        "If this number grows by a little, through which paths does the loss change, and how much along each?",
    ),
    (r"bias|\bb\b", "What should the neuron output if all its inputs are 0?"),
    (
        r"weight|inputs are added|entry by entry|product|multipl|pairs",
        "Work out one entry by hand: which numbers are multiplied, and which are added up?",
    ),
    (r"learning rate|lr|step|update|velocity|momentum|loop", "Do two steps by hand with simple numbers. Where should w be after each?"),
    (
        r"logarithm|log\b|base|entropy|probabilit|normaliz|temperature|softmax|sigmoid|score",
        "What do the outputs add up to? What is the loss of a perfect prediction, and of a hopeless one?",
    ),
    (r"square|root|absolute|half|factor", "Write the formula with one sample and one output. Which factor is there, and which is not?"),
    (
        r"copy|changed|written|in place|caller|store|kept|shared|same array",
        "Whose array do you write into? Print it before and after the call.",
    ),
    (r"own mean|deviation|training", "Which data may you look at when you choose these numbers? What happens to new data later?"),
    (r"layer|activation|outputs of|Z, the sum|tanh|ReLU", "Follow one sample through the network on paper: what goes into each layer?"),
    (r"use of each|used several|counted only once|tape|path", "How often is this number used? What comes back from each use?"),
    (
        r"fire|limit|corner|cut off|lies outside|everywhere|saturated|side",
        "Try a number on each side of every boundary, and the boundary itself.",
    ),
    (r"trust|division by C", "Give one sample all the trust. What should the loss be then?"),
    (
        r"batch|samples|start|epoch|halved|low\b|loss is smaller|h apart",
        "Count by hand with small numbers: what comes first, and when does it end?",
    ),
    (
        r"sure|sorted|wrong answers|percentage|fraction|share|swapped",
        "Write down four samples with their answers, and find the result without code.",
    ),
    (
        r"kernel|pixel|patch|image|stride|padding|feature map|moved|right come",
        "Draw a 3 by 3 image on paper. Which pixels does each output see?",
    ),
    (
        r"label|class|shape|number|index|count|place|rows|entry|first W|second W|shortcut",
        "Take the smallest case: how many numbers must come out, and which is which?",
    ),
)
GENERAL = "Work out the smallest case by hand, with two samples. Which line of your code is the first to give a different number?"


def question(words):
    """Return what to ask a student whose answer has this mistake."""
    return next((asked for pattern, asked in QUESTIONS if re.search(pattern, words)), GENERAL)


def of_function(function):
    """Return {gradient or "": words} of a function of the catalog, in the order of its source."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    texts = {
        node.targets[0].id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            inner = {
                key.value: value
                for key, value in zip(node.keys, node.values)
                if isinstance(value, ast.Dict) and isinstance(key, ast.Constant)
            }
            for name, table in inner.items():
                found[name] = words_of(table, texts)
            if not inner and not any(node is table for tables in found for table in ()):
                found.setdefault("", []).extend(words_of(node, texts))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript) and isinstance(node.value, ast.Lambda):
            found.setdefault("", []).append(text_of(node.targets[0].slice, texts))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("_mistakes"):
            found.setdefault("", []).extend(words for table in of_function(getattr(catalog, node.func.id)).values() for words in table)
    nested = {words for name, table in found.items() if name for words in table}
    plain = [words for words in dict.fromkeys(found.pop("", [])) if words not in nested]
    return ({"": plain} if plain else {}) | found


def words_of(table, texts):
    """Return the keys of a table of mistakes: its values are functions."""
    return [text_of(key, texts) for key, value in zip(table.keys, table.values) if key is not None and isinstance(value, ast.Lambda)]


def text_of(node, texts):
    """Return the text that an expression stands for: a constant, a name of one, or an f-string of both."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return texts.get(node.id, node.id)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part.value if isinstance(part, ast.FormattedValue) else part, texts) for part in node.values)
    return ast.unparse(node)


def the_catalog():
    """Return {function: {gradient or "": words}} of the whole catalog."""
    functions = [(name, one) for name, one in vars(catalog).items() if name.endswith("_mistakes") and inspect.isfunction(one)]
    return {name: of_function(one) for name, one in functions}


def of_test(source, known):
    """Return the words of the mistakes that a test can name: its own, and those of the catalog's functions that it uses."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "mistakes":
            found += of_expression(node.value, known)
    return list(dict.fromkeys(found))


def of_expression(node, known):
    """Return the words in the argument `mistakes` of a test."""
    if isinstance(node, ast.Dict):
        own = [text_of(key, {}) for key in node.keys if isinstance(key, (ast.Constant, ast.JoinedStr))]
        return own + [words for key, value in zip(node.keys, node.values) if key is None for words in of_expression(value, known)]
    if isinstance(node, ast.BinOp):
        return of_expression(node.left, known) + of_expression(node.right, known)
    part = node.slice.value if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) else None
    call = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in known:
        tables = known[call.func.id]
        return [words for name, table in tables.items() if part in (None, name) for words in table]
    return []


def of_assignment(notebook):
    """Return {test: words} of an assignment; a test that can name nothing is left out."""
    known = the_catalog()
    tests = {sources.grade_id(cell): of_test(runnable(cell.source), known) for cell in notebook.cells if sources.is_test(cell)}
    return {name: words for name, words in tests.items() if words}


def runnable(source):
    """Return a test cell without the marks around its hidden part."""
    return re.sub(r"^ *### (BEGIN|END) HIDDEN TESTS$", "", source, flags=re.MULTILINE)
