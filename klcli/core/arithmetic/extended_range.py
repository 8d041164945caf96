"""Positive numbers of any size, 2^exponent·exp(rest), and products of their powers.

A double holds no 1e-400, and its logarithm, -921.03, is rounded by 1e-13, which is so much of the number again. So the
whole powers of 2 are kept apart: what is left to a logarithm is small, and its rounding is that of a double near 1.

Logits give logarithms as large as doubles are. Of these a power of 2 holds no digit, so they are kept as they are:
their products with powers are exact, and so is the sum of these, which may be small.
"""

from math import frexp, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import DoubleDouble, distilled, two_product, two_sum
from klcli.core.arithmetic.types import Array, Mask

__all__ = ["LARGEST_LOGARITHM", "LOG_2", "ExtendedRange", "log_of_product", "product"]

LOG_2 = log(2)
LARGEST_LOGARITHM = 2.0**40  # that is cut into powers of 2; a larger one is kept as it is
_LOG_2_LOW = 2.3190468138462996e-17  # log 2 - LOG_2
_FURTHEST = 4000.0  # powers of 2, beyond which every double is 0 or infinite
_DOWN = 2.0**-64  # a logarithm times this can be cut in two without overflow
_CANCELS = 2.0**-20  # of the sum of magnitudes: a sum below is distilled
_ROUNDED = 2.0**50  # a logarithm above this is not a whole number of powers of 2 any more, and only its size matters
_END = 1e290  # of logarithms: what is multiplied by the splitter of two_product stays finite


class ExtendedRange(NamedTuple):
    """Numbers 2^exponent·exp(rest)·exp(large/scale).

    Attributes:
        exponent: whole numbers. rest: of the order of 1; -inf where the number is 0.
        large: logarithms too large to be cut into powers of 2, 0 elsewhere; None if all can be cut.
        is_large: where these are. scale: a power of 2, a number or shape (..., 1).
    """

    exponent: Array
    rest: Array
    large: DoubleDouble | None = None
    is_large: Mask | None = None
    scale: Any = 1.0

    @classmethod
    def of_ratio(cls, values: Array, total: Array, exponent: NDArray[np.int64]) -> "ExtendedRange":
        """values·2^exponent/total, for values down to the smallest double."""
        part, own = np.frexp(values)
        whole, shared = np.frexp(total)
        return cls((own + exponent - shared).astype(np.float64), np.log(part / whole))

    @classmethod
    def of_logarithm(cls, logarithm: DoubleDouble, total: Array | float = 1.0) -> "ExtendedRange":
        """exp(logarithm)/total."""
        whole, shared = np.frexp(total)
        exponent = np.rint(logarithm.high / LOG_2)
        taken = two_product(exponent, np.asarray(LOG_2))
        rest = (logarithm.high - taken.high) - taken.low - exponent * _LOG_2_LOW + logarithm.low
        return cls(exponent - shared, rest - np.log(whole))

    @classmethod
    def of_scaled_logarithm(
        cls, logarithm: DoubleDouble, total: Array | float, scale: Any, is_large: Mask | None
    ) -> "ExtendedRange":
        """exp(logarithm/scale)/total, where the logarithm is kept as it is where `is_large`."""
        if is_large is None:
            return cls.of_logarithm(DoubleDouble(logarithm.high / scale, logarithm.low / scale), total)
        small, large = (
            DoubleDouble(*(np.where(is_large == keeps, part, 0.0) for part in logarithm)) for keeps in (False, True)
        )
        found = cls.of_logarithm(DoubleDouble(small.high / scale, small.low / scale), total)
        return found._replace(large=large, is_large=is_large, scale=scale)

    def times_power_of_2(self, exponent: float) -> "ExtendedRange":
        """The numbers times 2^exponent."""
        return self._replace(exponent=self.exponent + exponent)

    def log_ratio(self, other: "ExtendedRange") -> Array:
        """log(self/other), of numbers without large logarithms."""
        return np.asarray((self.exponent - other.exponent) * LOG_2 + (self.rest - other.rest))


def product(*powers: tuple[ExtendedRange, float], exponent: float = 0.0) -> Array:
    """Π number^power · 2^exponent, rounded once to a double; NaN where a number is 0."""
    whole, rest = DoubleDouble(np.zeros(1), np.zeros(1)), np.zeros(1)
    for number, power in powers:
        whole, rest = _added(whole, rest, number, power)
    large = _sum_of_large(powers)
    if large is not None:
        value, unit = large
        whole, rest = _added(whole, rest, _of_any_logarithm(DoubleDouble(*(part / unit for part in value))), 1.0)
    size = whole.high + exponent + rest / LOG_2  # to know where it leaves the doubles, of a power of any size
    nearest = np.rint(whole.high + (whole.low + rest / LOG_2))
    part = ((whole.high - nearest) + whole.low) * LOG_2 + rest
    shift = np.clip(nearest + exponent, -_FURTHEST, _FURTHEST)
    found = np.ldexp(np.exp(part), shift.astype(np.int32))
    return np.where(size > _FURTHEST, np.inf, np.where(size < -_FURTHEST, 0.0, found))


def log_of_product(*powers: tuple[ExtendedRange, float], share: float) -> Array:
    """share·log Π number^power, the share a power of 2."""
    found = np.zeros(1)
    for number, power in powers:
        found = found + share * power * (number.exponent * LOG_2 + number.rest)
    large = _sum_of_large(powers)
    if large is not None:
        value, unit = large
        found = found + (value.high + value.low) * (share / unit)
    return found


def _added(whole: DoubleDouble, rest: Array, number: ExtendedRange, power: float) -> tuple[DoubleDouble, Array]:
    """The powers of 2 and the rest of a product, times number^power."""
    own = two_product(number.exponent, np.asarray(power, dtype=np.float64))
    total = two_sum(whole.high, own.high)
    return DoubleDouble(total.high, whole.low + total.low + own.low), rest + power * number.rest


def _of_any_logarithm(logarithm: DoubleDouble) -> ExtendedRange:
    """exp(logarithm), its size alone where the logarithm is too large for more."""
    high = np.clip(logarithm.high, -_END, _END)
    is_rounded = ~(np.abs(high) <= _ROUNDED)
    found = ExtendedRange.of_logarithm(
        DoubleDouble(np.where(is_rounded, 0.0, high), np.where(is_rounded, 0.0, logarithm.low))
    )
    return ExtendedRange(np.where(is_rounded, np.rint(high / LOG_2), found.exponent), found.rest)


def _sum_of_large(powers: tuple[tuple[ExtendedRange, float], ...]) -> tuple[DoubleDouble, Any] | None:
    """Σ power·large in units that keep it in range, and this unit; None where no logarithm is large.

    Where the sum cancels, as that of p² and 1/q may, it is right to its last digits all the same.
    """
    found = [(number, number.large, power) for number, power in powers if number.large is not None]
    if not found:
        return None
    highest = max(frexp(power)[1] for _, _, power in found)
    parts: list[Array] = []
    for _, large, power in found:
        for part in large:
            parts += two_product(part * _DOWN, np.asarray(power * 2.0**-highest))
    value = parts[0], np.zeros_like(parts[0])
    size = np.abs(parts[0])
    for part in parts[1:]:
        total = two_sum(value[0], part)
        value, size = (total.high, value[1] + total.low), size + np.abs(part)
    high, low = two_sum(*value)
    cancels = np.abs(high) < _CANCELS * size
    if cancels.any():
        exact = distilled([part[cancels] for part in np.broadcast_arrays(*parts)])
        high[cancels], low[cancels] = exact
    return DoubleDouble(high, low), found[0][0].scale * _DOWN * 2.0**-highest
