"""Each series agrees with mpmath over the whole of its argument."""

import mpmath
import numpy as np
import pytest

from klcli.core.arithmetic.series import atanh_remainder, binary_entropy_series, expm1mx

RELATIVE = 4 * 2.0**-53  # two units in the last place
SQUARES = np.array([0.0, 1e-300, 1e-30, 1e-17, 1e-8, 1e-3, 0.01, 0.05, 0.1, 1 / 9])


def atanh_exactly(x2):
    x = mpmath.sqrt(x2)
    return (mpmath.atanh(x) - x) / x**3


def binary_entropy_exactly(x2):
    x = mpmath.sqrt(x2)
    return ((1 + x) * mpmath.log1p(x) + (1 - x) * mpmath.log1p(-x)) / x2


def error(value, exact):
    return float(abs(mpmath.mpf(float(value)) - exact) / exact)


@pytest.mark.parametrize(
    ("series", "exactly", "at_0"),
    [(atanh_remainder, atanh_exactly, 1 / 3), (binary_entropy_series, binary_entropy_exactly, 1.0)],
)
def test_a_series_in_the_square_is_right_up_to_a_ninth(series, exactly, at_0):
    for largest in range(1, len(SQUARES) + 1):  # the number of terms depends on the largest argument
        values = series(SQUARES[:largest])
        assert values[0] == at_0
        with mpmath.workdps(1000):
            exact = [exactly(mpmath.mpf(x2)) for x2 in SQUARES[1:largest]]
            errors = [error(*each) for each in zip(values[1:], exact, strict=True)]
        assert all(each <= RELATIVE for each in errors)


@pytest.mark.parametrize("sign", [1, -1])
def test_expm1_excess_is_right_on_both_sides_of_its_switch(sign):
    x = sign * np.array([1e-150, 1e-17, 1e-8, 1e-3, 0.1, 0.5, 0.999, 1.0, 1.0000000000000002, 1.5, 3.0, 20.0, 600.0])
    with mpmath.workdps(400):
        exact = [mpmath.expm1(mpmath.mpf(each)) - mpmath.mpf(each) for each in x]
        errors = [error(*each) for each in zip(expm1mx(x), exact, strict=True)]
    # beyond 1 the subtraction costs up to (e^x + x)/(e^x - 1 - x) < 6 roundings
    assert all(each <= 3 * RELATIVE for each in errors)


def test_expm1_excess_is_never_negative():
    assert (expm1mx(np.linspace(-30, 30, 10_001)) >= 0).all()
    assert expm1mx(np.array([0.0, -0.0])).tolist() == [0, 0]


@pytest.mark.parametrize("series", [atanh_remainder, binary_entropy_series, expm1mx])
def test_a_series_keeps_the_shape_and_the_argument(series):
    x = np.full((2, 3), 0.1)
    assert series(x).shape == (2, 3)
    assert (x == 0.1).all()
    assert series(np.zeros((0,))).shape == (0,)


@pytest.mark.parametrize("series", [atanh_remainder, binary_entropy_series])
def test_a_row_does_not_depend_on_the_rows_beside_it(series):
    rows = np.outer([0.0, 1e-20, 1e-8, 1e-3, 0.03, 1 / 9], np.linspace(0, 1, 7))
    assert (series(rows) == np.array([series(row) for row in rows])).all()


def test_a_square_is_summed_with_the_terms_of_the_largest_that_is_named():
    few = np.array([1e-9, 1e-3])
    assert (atanh_remainder(few, largest=1 / 9) == atanh_remainder(np.append(few, 1 / 9))[:2]).all()
