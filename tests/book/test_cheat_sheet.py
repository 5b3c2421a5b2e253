"""The cheat sheet: its code runs, its gradients are right, and it is one sheet of paper."""

import ast
import contextlib
import io
import re

import numpy as np
import pytest

import nnfromscratch as nn
from environment import ROOT

PAGE = (ROOT / "book" / "cheat-sheet.md").read_text(encoding="utf-8")
LAYER, PACKAGE = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def test_the_code_of_a_layer_has_the_package_s_gradients():
    rng = np.random.default_rng(0)
    layer, act, X, dA = nn.Linear(3, 2, rng=0, dtype=np.float64), nn.Sigmoid(), rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    names = {
        "X": X,
        "dA": dA,
        "lr": 0.1,
        "W": layer.params["W"].copy(),
        "b": layer.params["b"].copy(),
        "f": nn.sigmoid,
        "f_slope": nn.d_sigmoid,
    }
    exec(LAYER, names)
    np.testing.assert_allclose(names["A"], act.forward(layer.forward(X)))
    np.testing.assert_allclose(names["dX"], layer.backward(act.backward(dA)))
    for name in "Wb":
        np.testing.assert_allclose(names[f"d{name}"], layer.grads[name])
        np.testing.assert_allclose(names[name], layer.params[name] - 0.1 * layer.grads[name])


def test_the_code_of_the_package_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(PACKAGE, {})
    errors, right, *_ = printed.getvalue().splitlines()
    assert max(ast.literal_eval(errors).values()) < 1e-6 and float(right) > 0.85
    assert (tmp_path / "digits.npz").exists()


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_it_prints_on_one_sheet(browser, site, served, paper):
    page = browser.new_page()
    page.goto(f"{served(site)}/book/cheat-sheet.html")
    page.wait_for_function("window.MathJax?.startup?.promise")
    page.evaluate("MathJax.startup.promise.then(() => null)")
    sheets = re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper))
    page.close()
    assert len(sheets) == 1
