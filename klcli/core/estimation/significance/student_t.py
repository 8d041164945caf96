"""Quantiles of Student's t with `math` only, so that the mean of rows has an interval without scipy.

With whole degrees of freedom the probability of |T| <= t is a finite sum (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4);
for many of them Fisher's expansion of the quantile about the normal one (26.7.5) is shorter.
"""

from functools import lru_cache
from math import cos, pi, sin, sqrt, tan

from klcli.core.estimation.significance.chi_squared import chi_squared_isf

__all__ = ["normal_quantile", "student_t_quantile"]

_MANY = 200  # degrees of freedom from which the expansion is right to 1e-10 for levels up to 0.99


def normal_quantile(level: float) -> float:
    """Returns the z that a standard normal stays within, |Z| <= z, with probability `level`, between 0 and 1."""
    return sqrt(chi_squared_isf(1 - level, 1))


@lru_cache(256)
def student_t_quantile(level: float, degrees_of_freedom: int) -> float:
    """Returns the t that Student's T stays within, |T| <= t, with probability `level`, between 0 and 1.

    Raises:
        ValueError: there is not at least one degree of freedom.
    """
    if degrees_of_freedom < 1:
        raise ValueError(f"no Student's t with {degrees_of_freedom} degrees of freedom")
    if degrees_of_freedom >= _MANY:
        return _expanded(normal_quantile(level), degrees_of_freedom)
    low, high = 0.0, pi / 2  # of the angle atan(t/√ν)
    while low < (middle := (low + high) / 2) < high:
        if _within(middle, degrees_of_freedom) < level:
            low = middle
        else:
            high = middle
    return sqrt(degrees_of_freedom) * tan(high)


def _within(angle: float, degrees_of_freedom: int) -> float:
    """Returns the probability of |T| <= √ν·tan(angle)."""
    square, total = cos(angle) ** 2, 0.0
    is_odd = degrees_of_freedom % 2
    term = cos(angle) if is_odd else 1.0
    for at in range(1 + is_odd, degrees_of_freedom, 2):
        total += term
        term *= at / (at + 1) * square
    return 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total


def _expanded(z: float, degrees_of_freedom: int) -> float:
    square = z * z
    terms = (
        (square + 1) / 4,
        ((5 * square + 16) * square + 3) / 96,
        (((3 * square + 19) * square + 17) * square - 15) / 384,
        ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160,
    )
    total = 0.0
    for each in reversed(terms):
        total = (total + each) / degrees_of_freedom
    return z * (1 + total)
