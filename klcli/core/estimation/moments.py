"""Mean and standard deviation from exact sums, which can be added in any order to the same result."""

from fractions import Fraction
from math import ldexp, sqrt
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Index

__all__ = ["Moments", "moments_of"]

_BLOCK = 1 << 14  # values at once, so that they stay in the cache of a processor
_DIGITS = 53  # of a double
_HALF = 27  # digits of the lower part of a double, whose products are exact in 64 bits
_LOW = (1 << _HALF) - 1
_WORD = 32


class Moments(NamedTuple):
    """Number, exact sum and exact sum of squares of finite doubles."""

    number: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)

    @property
    def mean(self) -> float | None:
        """The mean, correctly rounded; None without a value."""
        return float(self.total / self.number) if self.number else None

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the values themselves, not of a population, to two ulps; None without a value."""
        if not self.number:
            return None
        variance = self.squares / self.number - (self.total / self.number) ** 2
        size = variance.numerator.bit_length() - variance.denominator.bit_length()
        half = size // 2  # so that no square overflows, nor is rounded to 0
        return ldexp(sqrt(variance / Fraction(4) ** half), half)

    def scaled(self, exponent: int) -> "Moments":
        """Returns the moments of the values divided by 2 to this power."""
        unit = Fraction(2) ** exponent
        return Moments(self.number, self.total / unit, self.squares / unit**2)

    def joined(self, other: "Moments") -> "Moments":
        """Returns the moments of both together."""
        return Moments(self.number + other.number, self.total + other.total, self.squares + other.squares)


def moments_of(values: Array) -> Moments:
    """Returns the moments of the finite values among these, shape (n,); the same in any order."""
    found = Moments()
    for start in range(0, len(values), _BLOCK):
        found = found.joined(_of_block(values[start : start + _BLOCK]))
    return found


def _of_block(values: Array) -> Moments:
    finite = values[np.isfinite(values) & (values != 0)]
    zeros = int(np.count_nonzero(values == 0))
    if not finite.size:
        return Moments(zeros)
    fractions, exponents = np.frexp(finite)
    order = np.argsort(exponents.astype(np.int16), kind="stable")
    whole = np.ldexp(fractions, _DIGITS).astype(np.int64)[order]
    at = exponents[order]
    starts = np.concatenate([[0], np.flatnonzero(at[1:] != at[:-1]) + 1])
    size = np.abs(whole)
    high, low = size >> _HALF, size & _LOW
    sums = _sums(whole, starts)
    squares = [
        (a << (2 * _HALF)) + (b << (_HALF + 1)) + c
        for a, b, c in zip(*(_sums(part, starts) for part in (high * high, high * low, low * low)), strict=True)
    ]
    total = square = Fraction(0)
    for exponent, one, two in zip((at[starts] - _DIGITS).tolist(), sums, squares, strict=True):
        unit = Fraction(2) ** exponent
        total, square = total + one * unit, square + two * unit * unit
    return Moments(zeros + finite.size, total, square)


def _sums(whole: Index, starts: Index) -> list[int]:
    """Returns the sum of each run of integers, exactly: of their upper and lower halves, which do not overflow."""
    upper, lower = (np.add.reduceat(part, starts).tolist() for part in (whole >> _WORD, whole & ((1 << _WORD) - 1)))
    return [(a << _WORD) + b for a, b in zip(upper, lower, strict=True)]
