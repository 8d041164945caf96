"""Sums of long arrays, against sums in integers of unlimited length."""

from math import fsum, inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.core.arithmetic.array_fsum import array_fsum

SIZES = (0, 1, 1_024, 1_025, 32_768, 32_769, 100_001)


def assert_rounded_once(values):
    ratios = [each.as_integer_ratio() for each in values.tolist()]
    whole = max((denominator for _, denominator in ratios), default=1)  # each is a power of two
    assert array_fsum(values) == sum(numerator * (whole // denominator) for numerator, denominator in ratios) / whole


@pytest.mark.parametrize("size", SIZES)
def test_a_sum_is_rounded_once(size):
    rng = np.random.default_rng(size)
    assert_rounded_once(rng.exponential(1, size))
    assert_rounded_once(rng.normal(0, 1, size) ** 3 * 1e-3)


@given(st.integers(0, 2**32), st.integers(1, 900), st.sampled_from([1_600, 40_000]))
def test_numbers_of_very_different_sizes_are_summed_exactly(seed, reach, size):
    rng = np.random.default_rng(seed)
    values = np.ldexp(rng.normal(0, 1, size), rng.integers(-reach, reach, size))
    assert_rounded_once(values)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20), st.integers(0, 2**32))
def test_what_cancels_leaves_the_rest(few, seed):
    noise = np.random.default_rng(seed).normal(0, 1, 2_000)
    values = np.random.default_rng(seed).permutation(np.concatenate([noise, -noise, np.array(few) / 64]))
    assert array_fsum(values) == fsum(np.array(few) / 64)


def test_subnormal_numbers_are_summed_exactly():
    values = np.full(70_000, 5e-324)
    values[::2] = -1.5e-323
    assert array_fsum(values) == -70_000 * 5e-324


def test_the_given_array_is_kept():
    values = np.random.default_rng(0).normal(0, 1, 2_000)
    before = values.copy()
    array_fsum(values)
    assert (values == before).all()


def test_numbers_near_the_largest_are_summed_exactly():
    values = np.full(2_000, 1.5e308)
    values[1::2] *= -1
    assert array_fsum(values) == 0
    with pytest.raises(OverflowError):
        array_fsum(abs(values))


def test_infinite_numbers_have_the_sum_of_fsum():
    values = np.ones(2_000)
    values[7] = inf
    assert array_fsum(values) == inf
    values[8] = nan
    assert isnan(array_fsum(values))
    values[8] = -inf
    with pytest.raises(ValueError, match="-inf \\+ inf"):
        array_fsum(values)
