"""Tests of P = Q by KS and W1: the laws of their p-values."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, kstwobign, norm

from klcli.core.estimation.numbers.ordered import distances_of_samples
from klcli.core.estimation.significance.order import area_p_value, ks_p_value, ks_quantile, ks_rows

POPULATIONS = {
    "normal": lambda random, n: random.normal(size=n),
    "heavy tails": lambda random, n: random.pareto(1.1, n),
    "three values": lambda random, n: random.choice([0.0, 1.0, 50.0], p=[0.5, 0.49, 0.01], size=n),
    "few far away": lambda random, n: np.where(random.random(n) < 0.004, 1e3, random.normal(size=n)),
}


@given(st.floats(0, 1), st.integers(50, 2000), st.integers(50, 2000))
def test_the_p_value_of_ks_is_smirnovs_limit(distance, n, m):
    assert ks_p_value(distance, n, m) == pytest.approx(kstwobign.sf(distance * sqrt(n * m / (n + m))), rel=1e-9)


@pytest.mark.parametrize(("n", "m"), [(50, 50), (57, 91), (50, 400), (300, 300)])
@pytest.mark.parametrize("shift", [0.0, 0.3, 0.6])
def test_the_p_value_of_ks_is_not_below_the_exact_one(n, m, shift):
    random = np.random.default_rng(3)
    x, y = random.normal(size=n), random.normal(shift, 1, m)
    exact = ks_2samp(x, y, method="exact").pvalue
    assert distances_of_samples(x, y)[0].p_value >= 0.99 * exact


@pytest.mark.parametrize("tail", [0.05, 1e-3, 1e-8])
def test_chance_exceeds_the_quantile_of_ks_with_its_probability(tail):
    assert ks_p_value(ks_quantile(tail, 500, 800), 500, 800) == pytest.approx(tail, rel=1e-4)
    rows = ks_rows(0.1, tail)
    assert ks_p_value(0.1, rows, rows) <= tail < 1.1 * ks_p_value(0.1, rows - 5, rows - 5)


@given(st.floats(0.0, 8.0), st.floats(0.05, 0.95), st.floats(1e-3, 1e3))
def test_an_area_with_the_mean_of_a_normal_tail_has_the_probability_of_that_tail(z, share, width):
    n, m = 400, 1000
    deviation = sqrt(share * (1 - share) * (1 / n + 1 / m) * (n + m) / (n + m - 1))
    mean = norm.pdf(z) / norm.sf(z)
    one = np.ones(1)
    p_value = area_p_value(share * one, share * one, mean * deviation * one, width * one, n, m)
    assert p_value == pytest.approx(2 * norm.sf(z), rel=1e-6)


@pytest.mark.parametrize("population", POPULATIONS)
@pytest.mark.parametrize(("n", "m"), [(60, 60), (1000, 80)])
def test_two_samples_of_one_population_are_seldom_called_different(population, n, m):
    random = np.random.default_rng(4)
    draw = POPULATIONS[population]
    pairs = [distances_of_samples(draw(random, n), draw(random, m)) for _ in range(300)]
    for at in range(2):
        assert sum(pair[at].p_value < 0.05 for pair in pairs) <= 27  # Binomial(300, 0.05) is above once in 1,000
        assert sum(pair[at].p_value < 0.001 for pair in pairs) <= 4


def test_far_away_values_that_one_sample_holds_are_seen_by_their_area():
    random = np.random.default_rng(5)
    x = random.normal(size=2000)
    y = np.where(np.arange(2000) < 40, 100.0, random.normal(size=2000))
    ks, area = distances_of_samples(x, y)
    assert ks.p_value > 0.05
    assert area.p_value < 1e-6
