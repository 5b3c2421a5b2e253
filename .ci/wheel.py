"""Try the installed package, far from the repository: the README's ten lines, a plot, an interactive figure, a data set, a quiz."""

import doctest
import sys
from importlib import metadata, resources
from pathlib import Path

import matplotlib
import numpy as np

import nnfromscratch as nn
from nnfromscratch import plots
from nnfromscratch.widgets import DigitCanvas, NeuronLine

matplotlib.use("agg")
assert Path(nn.__file__).is_relative_to(sys.prefix), nn.__file__
assert doctest.testfile(sys.argv[1], module_relative=False).failed == 0
X, y = nn.load_iris()
plots.samples(X[:, :2], y).figure.savefig("iris.png")
shown, _ = NeuronLine()._repr_mimebundle_()
assert shown["image/png"] and shown["text/plain"] and DigitCanvas().lines()
assert len(list(resources.files("nnfromscratch.quizzes").iterdir())) >= 10
assert (resources.files("nnfromscratch") / "py.typed").is_file()
print("nnfromscratch", metadata.version("nnfromscratch"), "works with NumPy", np.__version__, "and matplotlib", matplotlib.__version__)
