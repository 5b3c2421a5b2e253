"""examples/train_mnist.py: the promise of the chapter on MNIST, kept on all 70,000 digits if they are available."""

import os
import re
import subprocess
import sys

import pytest

from environment import ROOT
from nnfromscratch import Network, load_digits
from nnfromscratch.data.datasets import FOLDER_VARIABLE

SCRIPT = ROOT / "examples" / "train_mnist.py"


def run(*options):
    """Run the script and return the accuracy in its last line."""
    told = subprocess.run([sys.executable, SCRIPT, *options], capture_output=True, text=True, timeout=600)
    assert told.returncode == 0, told.stderr
    accuracy, n_test = re.search(r"([\d.]+)% of ([\d,]+) test images are classified correctly\n$", told.stdout).groups()
    return float(accuracy) / 100, n_test


def test_bundled_digits_are_learned_and_the_network_is_kept(tmp_path):
    accuracy, n_test = run("--data", "digits", "--epochs", "8", "--save", str(tmp_path / "net.npz"))
    assert accuracy >= 0.94 and n_test == "1,000"
    digits = load_digits()
    assert Network.load(tmp_path / "net.npz").score(digits.X_test, digits.y_test) == pytest.approx(accuracy)


@pytest.mark.skipif(FOLDER_VARIABLE not in os.environ, reason=f"all of MNIST is needed: name its folder in {FOLDER_VARIABLE}")
def test_98_percent_of_mnist():
    """A third of the script's usual epochs is enough (97.8 % after two, 98.3 % after five, 98.5 to 98.6 % after fifteen)."""
    accuracy, n_test = run("--epochs", "5")
    assert accuracy >= 0.98 and n_test == "10,000"
