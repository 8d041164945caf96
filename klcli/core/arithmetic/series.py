"""Power series for the differences that a logarithm or an exponential loses to cancellation near 0.

Each sums its Taylor series with as many terms as the largest argument needs, so arguments that are nearly 0 (two
distributions that nearly agree) cost two or three. Of many rows each takes its own number, for what a row gives must
not depend on the rows beside it.
"""

from collections.abc import Callable
from math import factorial, log
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = ["atanh_remainder", "binary_entropy_series", "expm1mx", "short_atanh_remainder"]

_EPSILON = float(np.finfo(np.float64).eps)
_SHORT = (  # Chebyshev interpolation, as in the compiled kernel
    0.3333333333333333, 0.20000000000004262, 0.1428571428350731, 0.1111111154582057,
    0.09090867123200161, 0.07694501062582865, 0.06603540041034682, 0.06814555360930634,
)  # fmt: skip
_CURVE = 0.25  # |x| from which exp(x) - 1 - x keeps its digits
_FACTORIALS = [1 / factorial(n) for n in range(2, 14)]  # 1/2! to 1/13!; the next is 2^-57 of the sum


def atanh_remainder(x2: Array) -> Array:
    """(atanh(x) - x) / x³ as a function of x², for x² <= 1/9: 1/3 + x²/5 + x⁴/7 + …"""
    return _power_series(x2, lambda j: 1 / (2 * j + 3))


def short_atanh_remainder(x2: Array) -> Array:
    """Returns `atanh_remainder(x2)` for x² <= 0.0405, accurate to 1e-17 inside 1 + x·(…)."""
    return _polynomial(x2, len(_SHORT) - 1, _SHORT.__getitem__)


def binary_entropy_series(x2: Array) -> Array:
    """((1 + x)·log(1 + x) + (1 - x)·log(1 - x)) / x² as a function of x², for x² <= 1/9: 1 + x²/6 + x⁴/15 + …"""
    return _power_series(x2, lambda j: 1 / ((j + 1) * (2 * j + 1)))


def expm1mx(x: Array, expm1: Array | None = None) -> Array:
    """exp(x) - 1 - x without cancellation, for any x, given exp(x) - 1 or not; it is never negative."""
    near = np.clip(x, -_CURVE, _CURVE)
    total = _polynomial(near, len(_FACTORIALS) - 1, _FACTORIALS.__getitem__)
    total *= near * near
    is_near = near == x
    return total if is_near.all() else np.where(is_near, total, (np.expm1(x) if expm1 is None else expm1) - x)


def _power_series(x: Array, coefficient: Callable[[int], float]) -> Array:
    if x.ndim < 2 or x.size == x.shape[-1]:
        return _polynomial(x, _terms(float(np.max(x, initial=0.0))), coefficient)
    by_row = _terms_of_rows(np.max(x, axis=-1, initial=0.0, keepdims=True))
    most = int(by_row.max(initial=1))
    if by_row.min(initial=most) == most:
        return _polynomial(x, most, coefficient)
    return _polynomial(x, most, lambda j: np.where(by_row >= j, coefficient(j), 0.0))


def _polynomial(x: Array, degree: int, coefficient: Callable[[int], Any]) -> Array:
    total = x * coefficient(degree)
    total += coefficient(degree - 1)
    for j in range(degree - 2, -1, -1):
        total *= x
        total += coefficient(j)
    return total


def _terms(largest: float) -> int:
    return 1 if largest < _EPSILON / 8 else min(18, 1 + int(log(_EPSILON / 8) / log(largest)))


def _terms_of_rows(largest: Array) -> Array:
    needed = 1 + np.floor(log(_EPSILON / 8) / np.log(np.clip(largest, _EPSILON / 8, 0.5)))
    return np.where(largest >= _EPSILON / 8, np.minimum(18, needed), 1).astype(int)
