"""The sum of a Ball lies within its bound; exact sums are those of fractions, and other values those of mpmath."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.ball_arithmetic.refinement import is_accurate
from klcli.families.catalogue.dirichlet import Dirichlet

RANDOM = np.random.default_rng(11)
MANY = RANDOM.normal(size=5_000) * 10.0 ** RANDOM.uniform(-12, 12, 5_000)


@pytest.mark.parametrize(
    "numbers",
    [MANY[:3], MANY[:32], MANY[:33], MANY, np.append(MANY, -MANY), np.append(MANY, -MANY[1:]), np.full(100, 1e299)],
    ids=["3", "32", "33", "5,000", "nothing is left", "one is left", "near the end of the doubles"],
)
def test_the_exact_sum_lies_within_the_bound(numbers):
    total = exact(numbers, DOUBLES).sum()
    assert abs(Fraction(float(total.value)) - sum(map(Fraction, numbers))) <= Fraction(float(total.error))


def test_the_sum_of_many_numbers_has_the_bound_of_one_rounding():
    total = exact(MANY, DOUBLES).sum()
    assert total.error <= 2.0**-53 * abs(total.value)


def test_the_sums_of_rows_lie_within_their_bounds():
    total = exact(MANY.reshape(50, 100), DOUBLES).sum()
    for row, value, error in zip(MANY.reshape(50, 100), total.value, total.error, strict=True):
        assert abs(Fraction(value) - sum(map(Fraction, row))) <= Fraction(error)


def test_doubles_have_the_digits_of_the_entropy_of_20_000_parameters():
    found = Dirichlet(np.tile([0.75, 1.3], 10_000)).in_arithmetic(DOUBLES).entropy()
    with mpmath.workdps(40):
        alpha, count = [mpmath.mpf(0.75), mpmath.mpf(1.3)], 10_000
        total = count * sum(alpha)
        own = sum(mpmath.loggamma(each) - (each - 1) * mpmath.digamma(each) for each in alpha)
        value = count * own - mpmath.loggamma(total) + (total - 2 * count) * mpmath.digamma(total)
        assert abs(float(found.value) - value) <= 4e-15 * abs(value)
    assert is_accurate(found.value, found.error)
