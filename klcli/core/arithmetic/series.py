"""Power series for the differences that a logarithm or an exponential loses to cancellation near 0.

Each sums its Taylor series with as many terms as the largest argument needs, so arguments that are nearly 0 (two
distributions that nearly agree) cost two or three; where it needs many, a Chebyshev interpolation takes fewer. Each row
takes its own number of terms, for the value of a row must not depend on the rows beside it.
"""

from collections.abc import Callable, Sequence
from math import factorial, log
from typing import Any

import numpy as np

from klcli.core.arithmetic.gathered import by_either
from klcli.core.arithmetic.types import Array

__all__ = ["atanh_remainder", "binary_entropy_series", "expm1mx"]

_EPSILON = float(np.finfo(np.float64).eps)
_ATANH = (  # Chebyshev interpolation of `atanh_remainder` up to 1/9, right to 2e-17 with the rounding of 1/3
    0.3333333333333333, 0.19999999999999762, 0.1428571428580005, 0.11111111099118386, 0.09090909948981357,
    0.07692271982430275, 0.06667589315724629, 0.05867139530651599, 0.05422589197440007, 0.03746071897775383,
    0.07815288900461426,
)  # fmt: skip
_ENTROPY = (  # of `binary_entropy_series`, right to 8e-18
    1.0, 0.16666666666667357, 0.0666666666646181, 0.03571428594922577, 0.022222208575230024,
    0.015151968842819332, 0.010979877982613248, 0.008446096739196702, 0.005709412262824744, 0.008470317323693714,
)  # fmt: skip
_CURVE = 0.5  # |x| from which exp(x) - 1 - x, with the rounding of exp(x) alone, is right to 11 roundings
_FACTORIALS = [1 / factorial(n) for n in range(2, 16)]  # 1/2! to 1/15!; the next is 2^-57 of the sum


def atanh_remainder(x2: Array, *, largest: float | None = None) -> Array:
    """(atanh(x) - x) / x³ as a function of x², for x² <= 1/9: 1/3 + x²/5 + x⁴/7 + …

    Args:
        largest: that x² of one row may be, which decides how many terms are summed; by default its own largest.
    """
    return _power_series(x2, lambda j: 1 / (2 * j + 3), _ATANH, largest)


def binary_entropy_series(x2: Array) -> Array:
    """((1 + x)·log(1 + x) + (1 - x)·log(1 - x)) / x² as a function of x², for x² <= 1/9: 1 + x²/6 + x⁴/15 + …"""
    return _power_series(x2, lambda j: 1 / ((j + 1) * (2 * j + 1)), _ENTROPY)


def expm1mx(x: Array) -> Array:
    """exp(x) - 1 - x without cancellation, for any x; it is never negative."""
    return by_either(np.abs(x) <= _CURVE, _near_expm1mx, lambda far: np.exp(far) - 1 - far, x)


def _near_expm1mx(x: Array) -> Array:
    total = _polynomial(x, len(_FACTORIALS) - 1, _FACTORIALS.__getitem__)
    total *= x
    total *= x
    return total


def _power_series(
    x: Array, taylor: Callable[[int], float], chebyshev: Sequence[float], largest: float | None = None
) -> Array:
    last = len(chebyshev) - 1
    if x.ndim < 2 or largest is not None:
        degree = _degree(float(np.max(x, initial=0.0)) if largest is None else largest)
        is_uniform = True
    else:
        degrees = _degrees_of_rows(np.max(x, axis=-1, initial=0.0, keepdims=True))
        degree = int(degrees.max(initial=1))
        is_uniform = degree == degrees.min(initial=degree)
    if is_uniform:
        return _polynomial(x, min(degree, last), chebyshev.__getitem__ if degree > last else taylor)

    def coefficient(j: int) -> Array:
        return np.where(degrees > last, chebyshev[j], np.where(degrees >= j, taylor(j), 0.0))

    return _polynomial(x, min(degree, last), coefficient)


def _polynomial(x: Array, degree: int, coefficient: Callable[[int], Any]) -> Array:
    total = x * coefficient(degree)
    total += coefficient(degree - 1)
    for j in range(degree - 2, -1, -1):
        total *= x
        total += coefficient(j)
    return total


def _degree(largest: float) -> int:
    return 1 if largest < _EPSILON / 8 else 1 + int(log(_EPSILON / 8) / log(largest))


def _degrees_of_rows(largest: Array) -> Array:
    needed = 1 + np.floor(log(_EPSILON / 8) / np.log(np.clip(largest, _EPSILON / 8, 0.5)))
    return np.where(largest >= _EPSILON / 8, needed, 1).astype(int)
