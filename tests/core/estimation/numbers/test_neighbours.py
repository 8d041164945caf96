"""Estimates by neighbours, against the formulas with all distances written out."""

import numpy as np
import pytest

from klcli.core.estimation.numbers.neighbours import knn, knn_adaptive
from klcli.core.estimation.settings import Settings
from klcli.core.estimation.several_columns.vectors import estimate_vectors
from klcli.errors import NotADistribution

psi = pytest.importorskip("scipy.special").psi

SAMPLES = pytest.mark.parametrize(("n", "m", "columns"), [(40, 60, 1), (60, 40, 1), (50, 70, 2), (40, 30, 4)])


def drawn(n, m, columns):
    random = np.random.default_rng(n)
    return random.normal(size=(n, columns)), random.normal(0.5, 1.5, size=(m, columns))


def distances(x, y):
    """Of each row of x to all others of x, and to all of y, sorted."""
    own = np.linalg.norm(x[:, np.newaxis] - x, axis=2)
    np.fill_diagonal(own, np.inf)
    return np.sort(own, axis=1), np.sort(np.linalg.norm(x[:, np.newaxis] - y, axis=2), axis=1)


@SAMPLES
@pytest.mark.parametrize("k", [1, 5])
def test_the_value_is_that_of_all_distances(n, m, columns, k):
    x, y = drawn(n, m, columns)
    own, other = distances(x, y)
    expected = columns * np.log(other[:, k - 1] / own[:, k - 1]).mean() + np.log(m / (n - 1))
    assert knn(x, y, k) == pytest.approx(expected, rel=1e-12)


@SAMPLES
def test_the_adaptive_value_counts_both_samples_within_one_radius(n, m, columns):
    """Theorem 4 of Wang, Kulkarni and Verdu 2009: the mean of psi(l) - psi(j) + log(m/(n - 1)), as l, j >= 5."""
    x, y = drawn(n, m, columns)
    own, other = distances(x, y)
    radius = np.maximum(own[:, 4], other[:, 4])[:, np.newaxis] * (1 + 1e-12)
    expected = (psi((own <= radius).sum(axis=1)) - psi((other <= radius).sum(axis=1))).mean() + np.log(m / (n - 1))
    assert knn_adaptive(x, y) == pytest.approx(expected, rel=1e-12)


def test_samples_that_are_shared_between_threads_have_the_value_of_all_distances():
    x, y = drawn(700, 500, 6)
    own, other = distances(x, y)
    expected = 6 * np.log(other[:, 4] / own[:, 4]).mean() + np.log(500 / 699)
    assert knn(x, y, 5) == pytest.approx(expected, rel=1e-12)


def test_repeated_rows_have_no_value():
    x = np.repeat(np.arange(20.0).reshape(10, 2), 6, axis=0)
    assert np.isnan(knn(x, x + 0.1, 5))


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize(("n", "m"), [(5, 40), (40, 4), (2, 2)])
@pytest.mark.parametrize("estimate", [lambda x, y: knn(x, y, 5), knn_adaptive])
def test_samples_with_fewer_rows_than_neighbours_are_refused(estimate, n, m, columns):
    """Of 5 rows each has 4 neighbours: a distance to a fifth would be infinite, and so would the value."""
    with pytest.raises(NotADistribution, match=f"samples of {n} and {m} observations are too small"):
        estimate(*drawn(n, m, columns))


@pytest.mark.parametrize(("n", "m"), [(5, 40), (40, 5), (2, 2)])
def test_the_default_estimate_asks_small_samples_for_a_neighbour_that_both_have(n, m):
    x, y = drawn(n, m, 2)
    measures = ("forward_kl", "reverse_kl", "jeffreys")
    found = estimate_vectors(("x", "y"), x, y, Settings(measures, scales=False))
    k = min(n, m) - 1
    forward, reverse = knn(x, y, k), knn(y, x, k)
    values = [found[name].value for name in measures]
    assert values == pytest.approx([forward, reverse, forward + reverse], rel=1e-9)
    assert np.isfinite(values).all()
