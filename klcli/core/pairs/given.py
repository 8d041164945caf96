"""Distributions as given, before they are smoothed: their masses, and how these differ, in more digits than a double.

Both kinds of numbers, masses and logarithms of masses, answer the same questions: so each smoothing is written once.
"""

from typing import Any

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, exact_sum, parts_of, plus, shifted, two_sum
from klcli.core.arithmetic.double_double_log import logarithm
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.double_double_pair import DoubleDoublePair
from klcli.core.pairs.log_pair import LogPair

__all__ = ["GivenLogarithms", "GivenMasses", "times_power_of_2"]


class GivenMasses:
    """Masses as given, and their difference in twice the digits: of masses times powers of 2, in `exponent`."""

    alone = 2.0**-53  # a sum of other differences up to here is better than the difference of a dominant outcome itself

    def __init__(self, p: Array, q: Array) -> None:
        self._whole = whole = DoubleDoublePair(p, q)
        self.p, self.q = p, q
        self.total_p, self.total_q = whole.p.total, whole.q.total
        self.exponent_p, self.exponent_q = whole.p.exponent, whole.q.exponent
        self.block = whole.block
        self.are_proportional = whole.proportional

    def values(self, where: slice) -> tuple[Array, Array]:
        return self._whole.p.values(where), self._whole.q.values(where)

    def numerator(self, where: slice) -> DoubleDouble:
        """q·P - p·Q."""
        whole = self._whole
        if not whole.has_underflow.any():
            return whole.full_numerator(*self.values(where))
        size = -np.maximum(whole.p.exponents(where), whole.q.exponents(where))  # so that no product underflows
        return shifted(whole.full_numerator(whole.p.values(where, size), whole.q.values(where, size)), -size)

    def difference(self, where: slice, exponent: Any) -> DoubleDouble:
        """q - p of the masses as given, over a power of 2."""
        p, q = (times_power_of_2(side[..., where], -exponent) for side in (self.p, self.q))
        return two_sum(q, -p)


class GivenLogarithms:
    """Masses given by their logarithms: these are exact, so that differences of logits keep their digits."""

    alone = 0.5

    def __init__(self, p: Array, q: Array, log_p: Array | None, log_q: Array | None) -> None:
        logs = [logarithm(mass) if log is None else log for mass, log in ((p, log_p), (q, log_q))]
        self._whole = whole = LogPair(*logs)
        self.block = whole.block
        self._below_p, self._below_q = (_below(mass, *parts_of(log)) for mass, log in zip((p, q), logs, strict=True))
        self.p, self.q = _exponential(self._below_p), _exponential(self._below_q)
        self.total_p, self.total_q = exact_sum(self.p), exact_sum(self.q)
        self.exponent_p = self.exponent_q = np.zeros((*p.shape[:-1], 1), dtype=np.int64)
        self.are_proportional = (whole.difference == 0).all(axis=-1, keepdims=True)

    def values(self, where: slice) -> tuple[Array, Array]:
        return self.p[..., where], self.q[..., where]

    def numerator(self, where: slice) -> DoubleDouble:
        difference = self._whole.difference[..., where]
        return DoubleDouble(difference * (self.total_p.high * self.total_q.high), np.zeros_like(difference))

    def difference(self, where: slice, exponent: Any) -> DoubleDouble:
        p, q = self.values(where)
        own, other = (DoubleDouble(*(part[..., where] for part in side)) for side in (self._below_p, self._below_q))
        both = (own.high > -np.inf) & (other.high > -np.inf)
        apart = plus(other, DoubleDouble(-own.high, -own.low))
        rise = np.expm1(apart.high)
        near = p * (rise + apart.low * (1 + rise))
        difference = np.where(both & (np.abs(apart.high) <= 1), near, q - p)
        return DoubleDouble(times_power_of_2(difference, -exponent), np.zeros_like(difference))


def _below(mass: Array, logarithm: Array, low: Array | None) -> DoubleDouble:
    """Returns the logarithms of the given masses (of logits: relative to the largest); -inf for mass 0."""
    top = logarithm.argmax(axis=-1)[..., np.newaxis]
    is_shifted = np.take_along_axis(mass, top, -1) == 1
    shift = np.where(is_shifted, np.take_along_axis(logarithm, top, -1), 0.0)
    finite = logarithm > -np.inf
    below = two_sum(np.where(finite, logarithm, 0.0), -shift)
    lost = below.low if low is None else below.low + low
    return DoubleDouble(np.where(finite, below.high, -np.inf), np.where(finite, lost, 0.0))


def _exponential(logarithm: DoubleDouble) -> Array:
    return np.exp(logarithm.high) * (1 + logarithm.low)


def times_power_of_2(values: Array, exponent: Any) -> Array:
    """Returns values times powers of 2, however large or small these are."""
    return np.asarray(np.ldexp(values, np.clip(exponent, -5000, 5000).astype(np.int32)))
