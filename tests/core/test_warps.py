"""Warps: each image is rotated, stretched, shifted, and bent slightly, and remains recognizable."""

import numpy as np
import pytest

from nnfromscratch import load_digits, random_warps
from nnfromscratch.data.augmentation import SAME_WARP, four_neighbors, smoothing, warped_grid

STILL = {"degrees": 0, "stretch": 0, "pixels": 0, "bend": 0, "n_warps": 3, "rng": 0}


@pytest.fixture(scope="module")
def digits():
    return load_digits().X_test[:100]


def look(points, image):
    """Return the image as seen from these points."""
    return sum(image.ravel()[index] * share.ravel() for index, share in four_neighbors(points)).reshape(image.shape)


def test_no_warp_at_all_changes_nothing(digits):
    assert np.array_equal(random_warps(**STILL)(digits, 0), digits)


def test_points_between_pixels_see_their_average_and_points_outside_see_nothing():
    image = np.array([[0.0, 4.0], [8.0, 16.0]])
    grid = np.indices((2, 2)).astype(float)
    assert look(grid, image).tolist() == image.tolist()
    assert look(grid + np.array([0.0, 0.5])[:, None, None], image).tolist() == [[2, 2], [12, 8]]
    assert look(grid + 0.5, image)[0, 0] == 7
    assert look(grid + np.array([1.0, 0.0])[:, None, None], image).tolist() == [[8, 16], [0, 0]]
    for by, seen in [
        ((0, -0.5), [[0, 2], [4, 12]]),
        ((-0.5, 0), [[0, 2], [4, 10]]),
        ((0, 0.5), [[2, 2], [12, 8]]),
        ((0.5, 0), [[4, 10], [4, 8]]),
    ]:
        assert look(grid + np.reshape(by, (2, 1, 1)), image).tolist() == seen
    assert not look(grid + 5, image).any() and not look(grid - 5, image).any()


@pytest.mark.parametrize("setting, most", [({"degrees": 30}, 10.5), ({"stretch": 0.2}, 7), ({"pixels": 2}, 2), ({"bend": 0.5}, 2.5)])
def test_each_setting_moves_points_and_not_too_far(setting, most):
    settings = {"degrees": 0, "stretch": 0, "pixels": 0, "bend": 0} | setting
    rng, still = np.random.default_rng(0), np.indices((28, 28))
    moved = [abs(warped_grid(28, 28, **settings, rng=rng) - still).max() for _ in range(50)]
    assert 0.1 < max(moved) <= most and len(set(moved)) == 50


def test_turning_keeps_distances_and_turns_as_far_as_told():
    rng = np.random.default_rng(1)
    for _ in range(20):
        y, x = warped_grid(9, 9, 20, 0, 0, 0, rng)
        dy, dx = y[4, 8] - y[4, 0], x[4, 8] - x[4, 0]
        assert np.hypot(dy, dx) == pytest.approx(8) and abs(np.degrees(np.arctan2(dy, dx))) <= 20
        assert (y[4, 4], x[4, 4]) == (4, 4)


def test_bending_is_smooth_and_as_strong_as_told():
    moved = warped_grid(28, 28, 0, 0, 0, 0.7, np.random.default_rng(0)) - np.indices((28, 28))
    assert moved.std() == pytest.approx(0.7, rel=0.1) and abs(np.diff(moved, axis=1)).max() < 0.7


def test_smoothing_averages():
    assert np.allclose(smoothing(10).sum(axis=1), 1) and (smoothing(10) > 0).all()


def test_digits_stay_digits(digits):
    warped = random_warps(rng=0)(digits, np.random.default_rng(0))
    assert warped.min() >= 0 and warped.max() <= 1 + 1e-6
    assert not np.array_equal(warped, digits)
    assert warped.sum() == pytest.approx(digits.sum(), rel=0.1)
    likeness = [np.corrcoef(a, b)[0, 1] for a, b in zip(warped, digits)]
    assert np.median(likeness) > 0.6


def test_bytes_become_floats_of_the_same_size(digits):
    raw = (digits * 255).astype(np.uint8)
    warp = random_warps(rng=0)
    as_bytes, as_floats = warp(raw, 5), warp(raw.astype(np.float32), 5)
    assert as_bytes.dtype == np.float32 and np.array_equal(as_bytes, as_floats) and as_bytes.max() > 100
    assert warp(digits.astype(np.float64), 5).dtype == np.float64


def test_the_same_seed_gives_the_same_warps(digits):
    one, same, other = (random_warps(rng=seed)(digits, 7) for seed in (3, 3, 4))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    warp = random_warps(rng=3)
    assert np.array_equal(warp(digits, 7), one) and not np.array_equal(warp(digits, 8), one)


def test_a_batch_sees_several_warps_and_is_left_as_it_was(digits):
    same = np.repeat(digits[:1], 3 * SAME_WARP, axis=0)
    before = same.copy()
    warped = random_warps(rng=0)(same, 0)
    assert np.array_equal(same, before)
    assert len(np.unique(warped, axis=0)) == 3


@pytest.mark.parametrize(
    "settings, error, message",
    [
        ({"degrees": -1}, ValueError, "degrees is -1; expected a number of at least 0"),
        ({"bend": "much"}, TypeError, "bend is 'much'; expected a number"),
        ({"n_warps": 0}, ValueError, "n_warps is 0"),
        ({"image_shape": (28, 2.5)}, TypeError, "side of image_shape is 2.5"),
    ],
)
def test_settings_are_looked_at(settings, error, message):
    with pytest.raises(error, match=message):
        random_warps(**settings)


@pytest.mark.parametrize(
    "X, error, message",
    [([[0.0] * 784], TypeError, "X is a list; expected a NumPy array"), (np.zeros((2, 9)), ValueError, r"expected \(any, 784\)")],
)
def test_images_are_looked_at(X, error, message):
    with pytest.raises(error, match=message):
        random_warps(n_warps=1, rng=0)(X, 0)
