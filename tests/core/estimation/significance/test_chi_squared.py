"""Tail and quantile of chi-squared, against mpmath."""

import mpmath
import pytest

from klcli.core.estimation.significance.chi_squared import chi_squared_isf, chi_squared_sf

pytestmark = [pytest.mark.numerics, pytest.mark.oldest]

FREEDOMS = (0.5, 1, 2, 3, 9, 50, 999, 20_000)


def exact_tail(statistic, freedom):
    with mpmath.workdps(40):
        return mpmath.gammainc(mpmath.mpf(freedom) / 2, mpmath.mpf(statistic) / 2, mpmath.inf, regularized=True)


@pytest.mark.parametrize("freedom", FREEDOMS)
@pytest.mark.parametrize("deviation", [-3, -1, 0, 0.1, 1, 4, 12, 30])
def test_the_tail_is_that_of_mpmath(freedom, deviation):
    statistic = freedom + deviation * (2 * freedom) ** 0.5
    if statistic > 0:
        assert chi_squared_sf(statistic, freedom) == pytest.approx(float(exact_tail(statistic, freedom)), rel=2e-13)


@pytest.mark.parametrize(("statistic", "freedom"), [(1400, 1), (1400, 10), (2600, 500), (0.001, 1), (1e-9, 3)])
def test_far_and_near_tails_keep_their_digits(statistic, freedom):
    assert chi_squared_sf(statistic, freedom) == pytest.approx(float(exact_tail(statistic, freedom)), rel=2e-12)


def test_the_tail_is_1_at_0_and_0_at_infinity():
    assert (chi_squared_sf(0, 3), chi_squared_sf(float("inf"), 3)) == (1, 0)


@pytest.mark.parametrize("freedom", FREEDOMS)
@pytest.mark.parametrize("tail", [0.999, 0.5, 0.05, 1e-3, 1e-20, 1e-300])
def test_the_quantile_inverts_the_tail(freedom, tail):
    found = chi_squared_isf(tail, freedom)
    assert float(exact_tail(found, freedom)) == pytest.approx(tail, rel=1e-11)


@pytest.mark.parametrize(("tail", "freedom"), [(0, 1), (1.5, 1), (0.5, 0), (float("nan"), 1)])
def test_what_is_no_tail_is_refused(tail, freedom):
    with pytest.raises(ValueError, match="chi-squared"):
        chi_squared_isf(tail, freedom)
    with pytest.raises(ValueError, match="chi-squared"):
        chi_squared_sf(float("nan"), freedom)
