"""The chance of values beyond the extreme of another sample is that of all orders of both."""

from fractions import Fraction
from itertools import combinations
from math import comb

import pytest

from klcli.core.estimation.significance.extremes import beyond_extreme_p_value


@pytest.mark.parametrize(("m", "n"), [(1, 1), (4, 3), (3, 5), (6, 2)])
def test_it_is_the_share_of_the_orders(m, n):
    orders = list(combinations(range(m + n), n))  # the ranks of the reference
    for k in range(m + 1):
        share = Fraction(sum(order[0] >= k for order in orders), len(orders))
        assert beyond_extreme_p_value(k, m, n) == pytest.approx(float(share), rel=1e-12)


def test_large_samples_neither_overflow_nor_round_to_nothing():
    assert beyond_extreme_p_value(6, 10**8, 10**8) == pytest.approx(2.0**-6, rel=1e-6)
    assert beyond_extreme_p_value(10**6, 10**6, 10**6) == 0
    wanted = Fraction(comb(1_000 + 900 - 40, 1_000), comb(1_900, 1_000))
    assert beyond_extreme_p_value(40, 900, 1_000) == pytest.approx(float(wanted), rel=1e-10)
