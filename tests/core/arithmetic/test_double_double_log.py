"""Logarithms and exponentials in twice the digits of a double, over all doubles."""

import mpmath
import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble
from klcli.core.arithmetic.double_double_log import exponential, logarithm

random = np.random.default_rng(0)
VALUES = np.concatenate([
    random.random(300), 10.0 ** random.uniform(-323, 308, 300), 1 + 1e-3 * random.normal(size=100),
    1 + 1e-10 * random.normal(size=50), [5e-324, 1.7976931348623157e308, 0.9999999999999999, 1.0000000000000002],
    np.sqrt(0.5) * (1 + 1e-16 * np.arange(-3, 4)),
])  # fmt: skip


def test_logarithms_have_31_digits():
    found = logarithm(VALUES)
    with mpmath.workprec(300):
        for value, high, low in zip(VALUES.tolist(), found.high.tolist(), found.low.tolist(), strict=True):
            exact = mpmath.log(mpmath.mpf(value))
            assert abs(mpmath.mpf(high) + mpmath.mpf(low) - exact) <= 1e-31 * abs(exact)


def test_the_logarithm_of_1_is_0_and_that_of_0_is_minus_infinity():
    found = logarithm(np.array([[1.0], [0.0]]))
    assert found.high.tolist() == [[0.0], [-np.inf]]
    assert found.low.tolist() == [[0.0], [0.0]]


def test_exponentials_have_30_digits():
    high = np.concatenate([random.normal(size=300), -(10.0 ** random.uniform(-20, 3.4, 300)), [0.0, -3000.0, 700.0]])
    low = high * random.normal(0, 1e-17, len(high))
    mass, power = exponential(DoubleDouble(high, low))
    assert ((mass.high >= 0.99) & (mass.high <= 2.01)).all()
    with mpmath.workprec(300):
        numbers = (each.tolist() for each in (high, low, *mass, power))
        for of_high, of_low, found_high, found_low, found_power in zip(*numbers, strict=True):
            exact = mpmath.exp(mpmath.mpf(of_high) + mpmath.mpf(of_low)) / mpmath.mpf(2) ** found_power
            assert abs(mpmath.mpf(found_high) + mpmath.mpf(found_low) - exact) <= 5e-31 * exact


def test_the_exponential_of_minus_infinity_is_0_and_far_ones_keep_their_size():
    mass, power = exponential(DoubleDouble(np.array([[-np.inf, -1e300, -1.7e308]]), np.array([[np.nan, 0.0, 0.0]])))
    assert (mass.high[0, 0], mass.low[0, 0]) == (0.0, 0.0)
    assert (power[0, 1:] < -(10**6)).all()
