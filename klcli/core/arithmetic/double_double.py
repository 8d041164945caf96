"""Error-free transformations: sums and products of doubles as an unevaluated pair, high + low, high the nearest double.

Twice the digits of a double from plain float64 operations, elementwise on arrays of any shape. Exact while nothing
overflows or falls below 1e-292, which the scaling in `double_double_pair` prevents.

Sources: Knuth (1969), TAOCP 2, 4.2.2 (two-sum); Dekker (1971), Numer. Math. 18, 224-242 (two-product); Ogita, Rump &
Oishi (2005), SIAM J. Sci. Comput. 26(6), 1955-1988 (sums).
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = [
    "DoubleDouble",
    "distilled",
    "exact_sum",
    "leading_bits",
    "over",
    "parts_of",
    "plus",
    "shifted",
    "sum_of_parts",
    "times",
    "total_of",
    "two_product",
    "two_sum",
]


_SPLITTER = 134217729.0  # 2^27 + 1: cuts 53 bits into 26 + 26 and a sign


class DoubleDouble(NamedTuple):
    """An unevaluated sum of two doubles, about 106 bits."""

    high: Array
    low: Array


def two_sum(a: Array, b: Array) -> DoubleDouble:
    """a + b, exactly."""
    high = a + b
    virtual = high - a
    return DoubleDouble(high, (a - (high - virtual)) + (b - virtual))


def two_product(a: Array, b: Array) -> DoubleDouble:
    """a · b, exactly."""
    high = a * b
    a_high, a_low = _split(a)
    b_high, b_low = _split(b)
    return DoubleDouble(high, a_low * b_low - (((high - a_high * b_high) - a_low * b_high) - a_high * b_low))


def exact_sum(values: Array) -> DoubleDouble:
    """The sum over the last axis, right to about 2^-100 of the sum of the magnitudes; shape (..., k) → (..., 1)."""
    low = np.zeros((*values.shape[:-1], 1))
    while values.shape[-1] > 1:
        half = values.shape[-1] // 2
        folded, errors = two_sum(values[..., :half], values[..., half : 2 * half])
        low = low + errors.sum(axis=-1, keepdims=True)
        values = np.concatenate([folded, values[..., 2 * half :]], axis=-1) if values.shape[-1] % 2 else folded
    return two_sum(values, low)


def sum_of_parts(parts: Iterable[DoubleDouble]) -> DoubleDouble:
    """Adds numbers of twice the digits, one after another."""
    found = DoubleDouble(np.zeros(1), np.zeros(1))
    for part in parts:
        total = two_sum(found.high, part.high)
        found = DoubleDouble(total.high, found.low + total.low + part.low)
    return two_sum(*found)


def total_of(numbers: DoubleDouble) -> DoubleDouble:
    """The sum over the last axis of numbers of twice the digits; shape (..., k) → (..., 1)."""
    return plus(exact_sum(numbers.high), exact_sum(numbers.low))


def plus(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """Adds two numbers of twice the digits."""
    high, low = two_sum(a.high, b.high), two_sum(a.low, b.low)
    middle = two_sum(high.high, high.low + low.high)
    return two_sum(middle.high, middle.low + low.low)


def times(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """Multiplies two numbers of twice the digits; exact where both are one double."""
    product = two_product(a.high, b.high)
    return two_sum(product.high, product.low + (a.high * b.low + a.low * b.high))


def over(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """Divides two numbers of twice the digits."""
    first = a.high / b.high
    rest = plus(a, times(DoubleDouble(-first, np.zeros(1)), b))
    return two_sum(first, (rest.high + rest.low) / b.high)


def parts_of(a: "Array | DoubleDouble") -> tuple[Array, Array | None]:
    """Returns the high and the low part of numbers; of plain doubles there is no low part."""
    return (a.high, a.low) if isinstance(a, DoubleDouble) else (a, None)


def shifted(a: DoubleDouble, exponent: Any) -> DoubleDouble:
    """Multiplies by a power of 2."""
    return DoubleDouble(*(np.ldexp(part, np.clip(exponent, -5000, 5000).astype(np.int32)) for part in a))


def distilled(parts: Iterable[Array]) -> DoubleDouble:
    """The sum of a few arrays, elementwise, right to its own last digits however much of it cancels."""
    terms = list(parts)
    for _ in terms:
        for at in range(1, len(terms)):
            terms[at], terms[at - 1] = two_sum(terms[at], terms[at - 1])
    high, low = terms[-1], terms[0]
    for term in terms[1:-1]:
        low = low + term
    return two_sum(high, low)


def leading_bits(a: Any) -> Any:
    """The nearest number of 26 bits, of a number or of each of an array; what is left has 26 bits as well."""
    scaled = _SPLITTER * a
    return scaled - (scaled - a)


def _split(a: Array) -> DoubleDouble:
    high = leading_bits(a)
    return DoubleDouble(high, a - high)
