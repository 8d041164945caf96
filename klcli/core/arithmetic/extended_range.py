"""Positive numbers of any size, 2^exponent·exp(rest), and products of their powers.

A double holds no 1e-400, and its logarithm, -921.03, is rounded by 1e-13, which is so much of the number again. So the
whole powers of 2 are kept apart: what is left to a logarithm is small, and its rounding is that of a double near 1.
"""

from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import Double2, two_product, two_sum
from klcli.core.arithmetic.types import Array

__all__ = ["LOG_2", "Wide", "product"]

LOG_2 = log(2)
_LOG_2_LOW = 2.3190468138462996e-17  # log 2 - LOG_2
_FURTHEST = 4000.0  # powers of 2, beyond which every double is 0 or infinite


class Wide(NamedTuple):
    """Numbers 2^exponent·exp(rest).

    Attributes:
        exponent: whole numbers. rest: of the order of 1; -inf where the number is 0.
    """

    exponent: Array
    rest: Array

    @classmethod
    def of_ratio(cls, values: Array, total: Array, exponent: NDArray[np.int64]) -> "Wide":
        """values·2^exponent/total, for values down to the smallest double."""
        part, own = np.frexp(values)
        whole, shared = np.frexp(total)
        return cls((own + exponent - shared).astype(np.float64), np.log(part / whole))

    @classmethod
    def of_logarithm(cls, logarithm: Double2, total: Array | float = 1.0) -> "Wide":
        """exp(logarithm)/total."""
        whole, shared = np.frexp(total)
        exponent = np.rint(logarithm.high / LOG_2)
        taken = two_product(exponent, np.asarray(LOG_2))
        rest = (logarithm.high - taken.high) - taken.low - exponent * _LOG_2_LOW + logarithm.low
        return cls(exponent - shared, rest - np.log(whole))

    def times_power_of_2(self, exponent: float) -> "Wide":
        """The numbers times 2^exponent."""
        return Wide(self.exponent + exponent, self.rest)

    def log_ratio(self, other: "Wide") -> Array:
        """log(self/other)."""
        return np.asarray((self.exponent - other.exponent) * LOG_2 + (self.rest - other.rest))


def product(*powers: tuple[Wide, float], exponent: float = 0.0) -> Array:
    """Π number^power · 2^exponent, rounded once to a double; NaN where a number is 0."""
    whole, rest = Double2(np.zeros(1), np.zeros(1)), np.zeros(1)
    for number, power in powers:
        own = two_product(number.exponent, np.asarray(power, dtype=np.float64))
        total = two_sum(whole.high, own.high)
        whole = Double2(total.high, whole.low + total.low + own.low)
        rest = rest + power * number.rest
    size = whole.high + exponent + rest / LOG_2  # to know where it leaves the doubles, of a power of any size
    nearest = np.rint(whole.high + rest / LOG_2)
    part = ((whole.high - nearest) + whole.low) * LOG_2 + rest
    shift = np.clip(nearest + exponent, -_FURTHEST, _FURTHEST)
    found = np.ldexp(np.exp(part), shift.astype(np.int32))
    return np.where(size > _FURTHEST, np.inf, np.where(size < -_FURTHEST, 0.0, found))
