from math import inf

import mpmath
import numpy as np
import pytest
from corpus import LARGEST, SUBNORMAL

from klcli.core.arithmetic.double_double import DoubleDouble
from klcli.core.arithmetic.extended_range import ExtendedRange, product

VALUES = np.array([1.0, 3.0, 1e-5, 1.7e308, 5e-324, 2.2e-308])


def exact(values, total=1.0, exponent=0):
    with mpmath.workdps(60):
        return [mpmath.mpf(value) / total * mpmath.mpf(2) ** exponent for value in values]


@pytest.mark.parametrize("power", [1.0, 0.5, 0.3, -1.0, 2.0])
@pytest.mark.parametrize("scale", [-2000, 0, 1500])
def test_a_product_of_powers_is_rounded_once_whatever_its_factors_are(scale, power):
    total = 6.02e23
    wide = ExtendedRange.of_ratio(VALUES, np.array(total), np.array(scale))
    other = ExtendedRange.of_ratio(VALUES[::-1].copy(), np.array(total), np.array(-scale))
    with np.errstate(over="ignore", under="ignore"):
        found = product((wide, power), (other, -power), exponent=3)
    with mpmath.workdps(60):
        pairs = zip(exact(VALUES, total, scale), exact(VALUES[::-1], total, -scale), strict=True)
        for value, (a, b) in zip(found, pairs, strict=True):
            expected = (a / b) ** mpmath.mpf(power) * 8
            if expected > LARGEST:
                assert value == inf
            else:
                assert abs(mpmath.mpf(float(value)) - expected) <= max(SUBNORMAL, 1e-15 * expected)


@pytest.mark.parametrize("logarithm", [-1e4, -745.2, -0.3, 0.0, 700.1, 1e4])
def test_a_logarithm_keeps_the_digits_of_its_number(logarithm):
    low = logarithm * 2.0**-55
    wide = ExtendedRange.of_logarithm(DoubleDouble(np.array([logarithm]), np.array([low])), np.array(7.0))
    with mpmath.workdps(60):
        expected = mpmath.exp(mpmath.mpf(logarithm) + mpmath.mpf(low)) / 7
        number = mpmath.mpf(2) ** int(wide.exponent[0]) * mpmath.exp(mpmath.mpf(float(wide.rest[0])))
        assert abs(number - expected) <= 5e-16 * expected
