"""KS and W1 from counts at some points: the distance of the samples lies within the stated error."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from klcli.core.estimation.numbers.ordered import (
    Steps,
    distances_of_counts,
    ks_distance,
    ks_from_steps,
    wasserstein_from_steps,
)

SAMPLES = st.lists(st.integers(-8, 8) | st.floats(-10, 10, allow_subnormal=False), min_size=1, max_size=40)
POINTS = st.lists(st.integers(-9, 9).map(float), unique=True, max_size=12).map(sorted)


def steps(sample, points):
    sample = np.sort(np.array(sample, dtype=float))
    below, at_most = (np.searchsorted(sample, points, side) for side in ("left", "right"))
    return Steps(below, at_most, sample[0], sample[-1], sample.size)


def largest_difference(x, y):
    """Returns KS by its definition; scipy warns of samples of one value."""
    return max(abs(sum(a <= each for a in x) / len(x) - sum(b <= each for b in y) / len(y)) for each in [*x, *y])


@given(SAMPLES, SAMPLES, POINTS)
def test_the_distances_of_the_samples_lie_within_the_error(x, y, points):
    p, q = steps(x, points), steps(y, points)
    value, error, _ = ks_from_steps(p, q)
    assert value - 1e-12 <= largest_difference(x, y) <= value + error + 1e-12
    value, error, _ = wasserstein_from_steps(p, q, np.array(points))
    assert abs(value - wasserstein_distance(x, y)) <= error + 1e-12


@given(SAMPLES, SAMPLES)
def test_points_at_every_value_leave_no_error(x, y):
    points = np.unique(np.array([*x, *y], dtype=float))
    p, q = steps(x, points), steps(y, points)
    assert ks_from_steps(p, q)[:2] == pytest.approx((largest_difference(x, y), 0), abs=1e-12)
    assert wasserstein_from_steps(p, q, points)[:2] == pytest.approx((wasserstein_distance(x, y), 0), abs=1e-10)


@given(SAMPLES, SAMPLES)
def test_the_largest_difference_is_rounded_once(x, y):
    exact = max(
        abs(Fraction(sum(a <= each for a in x), len(x)) - Fraction(sum(b <= each for b in y), len(y)))
        for each in [*x, *y]
    )
    points = np.unique(np.array([*x, *y], dtype=float))
    assert ks_distance(x, y) == float(exact)
    assert ks_from_steps(steps(x, points), steps(y, points)).value == float(exact)


@given(SAMPLES, SAMPLES)
def test_counts_have_the_distances_of_the_samples(x, y):
    values = np.unique(np.array([*x, *y], dtype=float))
    counts = [np.array([sum(each == value for each in side) for value in values]) for side in (x, y)]
    wanted = largest_difference(x, y), wasserstein_distance(x, y)
    found = distances_of_counts(values, *counts)
    assert [each.value for each in found] == pytest.approx(wanted, abs=1e-12)


def test_the_error_is_of_the_share_and_width_of_cells():
    x = np.random.default_rng(1).random(10_000)
    points = np.arange(1, 100) / 100
    p, q = steps(x, points), steps(x**1.1, points)
    ks, w1 = ks_from_steps(p, q), wasserstein_from_steps(p, q, points)
    assert ks.error < 0.03  # a cell holds 1 % of one sample and a little more of the other
    assert w1.error < 0.011  # half of 1 % of each, over a width of 1
    assert w1.value == pytest.approx(wasserstein_distance(x, x**1.1), rel=1e-2)
