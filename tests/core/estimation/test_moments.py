"""Moments: exact sums, so that mean and deviation are right to the last digits, in any order and for any parts."""

from fractions import Fraction
from math import inf, isfinite, nan

import mpmath
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.estimation.moments import Moments, moments_of

DOUBLES = st.floats(width=64)
VALUES = st.lists(DOUBLES | st.sampled_from([5e-324, -1.7e308, 0.1, -0.0, inf, -inf, nan]), max_size=40)


@given(VALUES)
def test_both_sums_are_exact(values):
    finite = [Fraction(each) for each in values if isfinite(each)]
    found = moments_of(np.array(values))
    assert found == (len(finite), sum(finite), sum(each * each for each in finite))


@given(VALUES, st.integers(0, 40), st.randoms())
def test_any_parts_in_any_order_have_the_same_sums(values, at, random):
    whole = moments_of(np.array(values))
    random.shuffle(values)
    first, second = moments_of(np.array(values[:at])), moments_of(np.array(values[at:]))
    assert first.joined(second) == second.joined(first) == whole


@given(VALUES)
def test_mean_and_deviation_are_those_of_many_digits(values):
    finite = [each for each in values if isfinite(each)]
    found = moments_of(np.array(values))
    if not finite:
        assert found.mean is found.deviation is None
        return
    with mpmath.workdps(1400):
        numbers = [mpmath.mpf(each) for each in finite]
        mean = mpmath.fsum(numbers) / len(numbers)
        deviation = mpmath.sqrt(mpmath.fsum((each - mean) ** 2 for each in numbers) / len(numbers))
        assert abs(found.mean - mean) <= max(abs(mean) * 2.0**-53, 2.0**-1074)
        assert abs(found.deviation - deviation) <= max(deviation * 2.0**-51, 2.0**-1074)


def test_blocks_are_added():
    values = np.arange(100_000) / 7
    assert moments_of(values) == moments_of(values[:3]).joined(moments_of(values[3:]))
    assert moments_of(values).total == sum(map(Fraction, values.tolist()))


def test_no_values_have_no_mean():
    assert Moments().mean is Moments().deviation is None
