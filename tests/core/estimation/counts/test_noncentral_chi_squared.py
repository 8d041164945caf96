"""The non-central chi-squared distribution, against scipy."""

import numpy as np
import pytest

from klcli.core.estimation.counts.noncentral_chi_squared import noncentral_chi_squared_cdf, noncentrality_at

pytestmark = pytest.mark.numerics

special = pytest.importorskip("scipy.special")

GRID = [
    (freedom, noncentrality, freedom + noncentrality + deviation * (2 * freedom + 4 * noncentrality) ** 0.5)
    for freedom in (1e-3, 0.5, 1, 9, 99, 3000)
    for noncentrality in (0.0, 1e-3, 1.0, 30.0, 5e3, 1e6)
    for deviation in (-2.5, -1, 0, 1, 3)
]


@pytest.mark.parametrize(("freedom", "noncentrality", "statistic"), GRID)
def test_the_probability_is_that_of_scipy(freedom, noncentrality, statistic):
    expected = special.chndtr(statistic, freedom, noncentrality) if statistic > 0 else 0.0
    assert noncentral_chi_squared_cdf(statistic, freedom, noncentrality) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("probability", [0.975, 0.5, 0.025, 5e-4])
def test_the_noncentrality_inverts_the_probability(probability):
    for freedom in (0.01, 1, 9, 500):
        for statistic in (0.1, 10.0, 600.0, 1e5):
            found = noncentrality_at(statistic, freedom, probability)
            if found == 0:
                assert special.chndtr(statistic, freedom, 0) <= probability
            else:
                assert special.chndtr(statistic, freedom, found) == pytest.approx(probability, rel=1e-9)


def test_very_large_noncentralities_continue_the_exact_ones():
    statistic = 1.0001e8
    below, above = (noncentral_chi_squared_cdf(statistic, 3, each) for each in (1e8, 1e8 * (1 + 1e-12)))
    assert above == pytest.approx(below, rel=1e-6)
    assert np.isclose(below, special.chndtr(statistic, 3, 1e8), rtol=1e-6)
