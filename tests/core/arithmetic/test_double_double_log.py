"""Logarithms in twice the digits of a double, over all doubles."""

import mpmath
import numpy as np

from klcli.core.arithmetic.double_double_log import logarithm

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
