"""Pairs of masses of any range and totals, in double-double arithmetic.

Masses may sum to anything: counts, weights, probabilities that miss 1 by a rounding. Dividing each mass by its total
rounds it. If P and Q differ by hardly more than their totals do, that rounding destroys the difference. So the
difference of the normalised masses is computed from the unnormalised ones in double-double arithmetic.

Three traps in the obvious version:
    - a total of counts near 1e308 overflows, and 5e-324 has no reciprocal: everything is scaled by powers of 2 first;
    - -log(p) of an outcome that holds nearly all the mass is log(1 + rest/p), where the rest is summed separately;
    - a mass that underflows when it is normalised still has a finite logarithm.
"""

from math import log2

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, sum_of_parts, total_of, two_product, two_sum
from klcli.core.arithmetic.extended_range import ExtendedRange
from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.pairs.magnified import MagnifiedBeforeUnderflow
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, Pair, put
from klcli.core.pairs.scaled_side import ScaledSide
from klcli.support.lazy import lazy

__all__ = ["DoubleDoubleBlock", "DoubleDoublePair"]

_EPSILON = 2.0**-53


class DoubleDoublePair:
    """Quantities of all masses that normalising a block needs: scales, totals and their difference, (..., 1).

    Attributes:
        has_underflow: True where a mass is so small even when scaled that its difference loses digits, shape (...). If
            any has, differences are not used to magnify a pair.
    """

    def __init__(self, p: "Array | ScaledSide", q: "Array | ScaledSide") -> None:
        self.p, self.q = (side if isinstance(side, ScaledSide) else ScaledSide(side) for side in (p, q))
        self.blocks = blocks(self.p.masses.shape[-1])
        self.q.scale_by(np.rint(np.log2(self.p.total.high / self.q.total.high)).astype(np.int64))
        self.ratio = self.q.total.high / self.p.total.high  # of the totals, rounded
        self.total_difference = sum_of_parts(self._difference_of_totals(where) for where in self.blocks)
        self.proportional = self._are_proportional()
        self.top, self.top_difference = self._dominant()
        self.has_underflow = np.asarray(self.p.has_underflow | self.q.has_underflow)

    def block(self, where: slice) -> Pair:
        return DoubleDoubleBlock(self, where)

    def _difference(self, p: DoubleDouble, q: DoubleDouble) -> DoubleDouble:
        """q - ratio·p, in twice the digits of the difference: where the two are nearly proportional, q - h is exact."""
        product = two_product(self.ratio, p.high)
        difference = two_sum(q.high, -product.high)
        return two_sum(difference.high, difference.low - product.low + (q.low - self.ratio * p.low))

    def _difference_of_totals(self, where: slice) -> DoubleDouble:
        """The total of q minus ratio times that of p."""
        difference = self._difference(self.p.values(where), self.q.values(where))
        return total_of(difference)

    def _are_proportional(self) -> Mask:
        """True where q is exactly a multiple of p, shape (..., 1): both normalise to one distribution."""
        top = self.p.masses.argmax(axis=-1)[..., np.newaxis]
        p_top, q_top = self.p.at(top), self.q.at(top)
        same = np.ones(top.shape, dtype=bool)
        for where in self.blocks:
            p, q = self.p.values(where), self.q.values(where)
            ours, theirs = two_product(p.high, q_top.high), two_product(q.high, p_top.high)
            equal = (ours.high == theirs.high) & (ours.low == theirs.low)
            in_p, in_q = self.p.has_mass(where), self.q.has_mass(where)
            # what underflowed cannot be compared
            equal &= (in_p == (p.high > 0)) & (in_q == (q.high > 0)) & (in_p == in_q)
            same &= equal.all(axis=-1, keepdims=True)
        return same

    def _dominant(self) -> tuple[Index, Array]:
        """Returns the most probable outcome of P and its magnified difference, from those of all others, or NaN.

        The differences sum to 0. For an outcome that holds nearly all the mass the direct difference has an absolute
        error of 1e-32, which may exceed all other differences together.
        """
        top = self.p.masses.argmax(axis=-1)[..., np.newaxis]
        total, size = np.zeros(top.shape), np.zeros(top.shape)
        is_dominant = self.p.at(top).high > self.p.total.high / 2
        if not is_dominant.any():
            return top, total + np.nan
        for where in self.blocks:
            difference = self.difference(self.p.values(where), self.q.values(where), MAGNIFICATION)
            put(difference, top - where.start, np.zeros(top.shape))
            total += difference.sum(axis=-1, keepdims=True)
            size += np.abs(difference).sum(axis=-1, keepdims=True)
        return top, np.where(is_dominant & (size < _EPSILON * MAGNIFICATION), -total, np.nan)

    def difference(self, p: DoubleDouble, q: DoubleDouble, factor: float = 1.0) -> Array:
        """q/Q - p/P, times the factor."""
        return np.asarray(self.numerator(p, q) / self.p.total.high / (self.q.total.high / factor))

    def numerator(self, p: DoubleDouble, q: DoubleDouble) -> Array:
        """q·P - p·Q as (q - c·p)·P - p·(Q - c·P), c the ratio: small parts, each in twice the digits."""
        total_p, total_difference = self.p.total, self.total_difference
        difference = self._difference(p, q)
        own = two_product(difference.high, total_p.high)
        shared = two_product(p.high, total_difference.high)
        high = two_sum(own.high, -shared.high)
        low = (
            own.low
            - shared.low
            + difference.high * total_p.low
            + difference.low * total_p.high
            - p.high * total_difference.low
            - p.low * total_difference.high
        )
        return np.where(self.proportional, 0.0, high.high + (high.low + low))


class DoubleDoubleBlock(Pair):
    """A block of outcomes of such a pair, times a factor."""

    def __init__(self, whole: DoubleDoublePair, where: slice, factor: float = 1.0) -> None:
        self._whole, self._where, self._factor = whole, where, factor
        p, q = whole.p.values(where), whole.q.values(where)
        self.p, self.q = p.high / (whole.p.total.high / factor), q.high / (whole.q.total.high / factor)
        self.in_p, self.in_q = whole.p.has_mass(where), whole.q.has_mass(where)
        self.difference = whole.difference(p, q, factor)
        put(self.difference, whole.top - where.start, whole.top_difference * (factor / MAGNIFICATION))

    def _contrast_of_difference(self) -> Array:
        contrast = super()._contrast_of_difference()
        is_small = (np.abs(self.difference) < NORMAL / _EPSILON) & (self.difference != 0)
        is_small |= self.in_p & self.in_q & (self.p + self.q < NORMAL / _EPSILON**2)  # whose difference may be lost
        if self.is_lost is not None:
            is_small |= self.is_lost
        if not is_small.any():
            return contrast
        # a difference that has lost digits to underflow: the same quotient of both masses times a power of 2
        found = np.where(is_small, self._quotient(1.0), contrast)
        top = self._whole.top - self._where.start  # whose difference is known better from those of the others
        of_top = np.take_along_axis(contrast, np.clip(top, 0, contrast.shape[-1] - 1), -1)
        put(found, top, np.where(np.isnan(self._whole.top_difference), np.nan, of_top))
        return found

    def _quotient(self, factor: float) -> Array:
        """Returns the contrast times a factor, from masses that are scaled outcome by outcome."""
        whole = self._whole
        size = -np.maximum(whole.p.exponents(self._where), whole.q.exponents(self._where))
        p, q = whole.p.values(self._where, size), whole.q.values(self._where, size)
        return np.asarray(whole.numerator(p, q) * factor / (p.high * whole.q.total.high + q.high * whole.p.total.high))

    @lazy
    def magnified_contrast(self) -> Array:
        is_tiny = self.in_p & self.in_q & (np.abs(self.contrast) < NORMAL / _EPSILON)
        if not is_tiny.any():
            return np.asarray(self.contrast * MAGNIFICATION)
        found = np.where(is_tiny, self._quotient(MAGNIFICATION), self.contrast * MAGNIFICATION)
        top = self._whole.top - self._where.start
        total = np.take_along_axis(self.p + self.q, np.clip(top, 0, found.shape[-1] - 1), -1)
        put(found, top, self._whole.top_difference * self._factor / total)
        return found

    @lazy
    def magnified(self) -> Pair:
        if self._whole.has_underflow.any():
            magnified = MagnifiedBeforeUnderflow(self)
            put(magnified.difference, self._whole.top - self._where.start, self._whole.top_difference)
            return magnified
        return DoubleDoubleBlock(self._whole, self._where, MAGNIFICATION)

    @lazy
    def wide_p(self) -> ExtendedRange:
        return self._whole.p.wide(self._where).times_power_of_2(log2(self._factor))

    @lazy
    def wide_q(self) -> ExtendedRange:
        return self._whole.q.wide(self._where).times_power_of_2(log2(self._factor))

    @lazy
    def log_p(self) -> Array:
        return self._whole.p.logarithm(self._where, self.p / self._factor)

    @lazy
    def log_q(self) -> Array:
        return self._whole.q.logarithm(self._where, self.q / self._factor)
