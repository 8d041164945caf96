"""Sums and products in two doubles are exact, as rational arithmetic shows."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.core.arithmetic.double_double import exact_sum, two_product, two_sum

numbers = st.floats(-1e140, 1e140).filter(lambda x: x == 0 or abs(x) > 1e-140)
many = settings(max_examples=200)


def exact(pair):
    return Fraction(pair.high.item()) + Fraction(pair.low.item())


@many
@given(a=numbers, b=numbers)
def test_two_sum_loses_nothing(a, b):
    found = two_sum(np.float64(a), np.float64(b))
    assert exact(found) == Fraction(a) + Fraction(b)
    assert found.high == a + b


@many
@given(a=numbers, b=numbers)
def test_two_product_loses_nothing(a, b):
    found = two_product(np.float64(a), np.float64(b))
    assert exact(found) == Fraction(a) * Fraction(b)
    assert found.high == a * b


@many
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_sum_is_right_to_100_bits_of_its_magnitude(values):
    found = exact_sum(np.array(values))
    error = abs(exact(found) - sum(map(Fraction, values)))
    assert error <= Fraction(2) ** -100 * sum(map(Fraction, values))


@many
@given(values=st.lists(st.floats(-1, 1).filter(lambda x: x == 0 or abs(x) > 1e-200), min_size=1, max_size=40))
def test_a_sum_that_cancels_keeps_what_is_left(values):
    values = [*values, *(-value for value in values), 2.0**-90]
    found = exact_sum(np.array(values))
    error = abs(exact(found) - Fraction(2) ** -90)
    assert error <= Fraction(2) ** -100 * sum(abs(Fraction(value)) for value in values)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 1000, 4097])
def test_a_tenth_added_k_times_is_k_times_a_tenth(size):
    found = exact_sum(np.full(size, 0.1))
    assert abs(exact(found) - size * Fraction(0.1)) <= Fraction(2) ** -100 * size


def test_a_sum_goes_over_the_last_axis():
    values = np.arange(24.0).reshape(2, 3, 4)
    found = exact_sum(values)
    assert found.high.shape == (2, 3, 1)
    assert found.high[..., 0].tolist() == values.sum(axis=-1).tolist()
    assert not found.low.any()
