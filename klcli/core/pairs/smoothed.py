"""Pairs of exactly smoothed distributions: the masses as given, and what a method makes of them without rounding.

Rounding each smoothed mass to float64 would destroy the difference of two near distributions. So the difference is
computed from that of the given distributions, or of their masses, in double-double arithmetic. Let x be the smoothed
masses of P before normalisation, X = Σx, Y the same of Q, d the smoothed masses of Q less those of P, and D = Σd. Then
the difference is (d·X - x·D)/(X·Y), where

    mix:    d = (1 - W)·(q - p), X = Y = 1, D = 0
    floor:  d = q - p + c, for c what is raised in Q less what is raised in P
    add:    (d·X - x·D) = (d·P - p·D) + A·(k·d - D): where A is large, each part is as small as the sum

Smoothed, an outcome has mass on both sides, however small: the supports are full.
"""

from math import log2
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, plus
from klcli.core.arithmetic.extended_range import ExtendedRange, product
from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.given import GivenLogarithms, GivenMasses, times_power_of_2
from klcli.core.pairs.magnified import MagnifiedBeforeUnderflow
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, Pair, put
from klcli.core.pairs.smoothed_side import Side
from klcli.core.pairs.unsmoothed import Unsmoothed
from klcli.core.pairs.whole_numbers import differences
from klcli.support.lazy import lazy

__all__ = ["Smoothed"]

_MAGNIFIED = log2(MAGNIFICATION)
_ALONE = 75.0  # the logarithm of a mass beside what is added, from which only the mass is seen, in twice the digits
_CANCELS = 2.0**-40  # of what a difference is the sum of; above, twice the digits leave it 65 bits
_SHRUNK = 1e-85  # of a mass times MAGNIFICATION, 1e-386 unmagnified, whose difference may have underflowed


class Exactly(NamedTuple):
    """Which rows, shape (..., 1), have their contrast and magnified difference from whole numbers."""

    rows: Mask
    contrast: Array
    magnified: Array


class Smoothed:
    """Quantities of all masses that smoothing and normalising a block needs; `block(where)` returns a Pair."""

    def __init__(self, before: Unsmoothed) -> None:
        has_logs = before.log_p is not None or before.log_q is not None
        self.given = GivenLogarithms(*before[2:]) if has_logs else GivenMasses(before.p, before.q)
        self.outcomes = before.p.shape[-1]
        self.blocks = blocks(self.outcomes)
        self.are_equal: Mask = np.asarray(self.given.are_proportional)
        self.p, self.q, self.total_p, self.total_q = self._sides(before.amount)
        self.top = before.p.argmax(axis=-1)[..., np.newaxis]
        self.exactly = None if has_logs else self._by_whole_numbers(before)
        self.top_difference = self._difference_of_dominant()

    def _sides(self, amount: float) -> tuple[Side, Side, Array, Array]:
        """Both sides, and what the numerator is to be divided by."""
        raise NotImplementedError

    def _parts(self, where: slice) -> tuple[DoubleDouble, DoubleDouble | None]:
        """Two summands of the difference times both totals, the second None where there is one alone."""
        raise NotImplementedError

    @staticmethod
    def _whole_numbers(masses: list[int], amount: int, one: int) -> list[int]:
        """The smoothed masses in whole numbers, see `whole_numbers`."""
        raise NotImplementedError

    def _numerator(self, where: slice) -> DoubleDouble:
        """The difference times both totals."""
        one, other = self._parts(where)
        return one if other is None else plus(one, other)

    def _by_whole_numbers(self, before: Unsmoothed) -> "Exactly | None":
        """The differences of rows whose summands cancel beyond twice the digits of a double; None where no row does."""
        total, size = (np.zeros(self.top.shape) for _ in range(2))
        for where in self.blocks:
            one, other = self._parts(where)
            if other is None:
                return None
            total += np.add.reduce(np.abs(one.high + other.high), axis=-1, keepdims=True)
            size += np.add.reduce(np.abs(one.high) + np.abs(other.high), axis=-1, keepdims=True)
        cancels = (total < _CANCELS * size) | self._underflows
        cancels &= ~self.are_equal
        if not cancels.any():
            return None
        shape = before.p.shape
        contrast, magnified = np.zeros(shape), np.zeros(shape)
        for row in zip(*np.nonzero(cancels[..., 0]), strict=True) if len(shape) > 1 else [()]:
            found = differences(before.p[row], before.q[row], before.amount, self._whole_numbers)
            contrast[row], magnified[row] = found
        return Exactly(cancels, contrast, magnified)

    _underflows: Mask = np.zeros(1, dtype=bool)  # rows whose amount underflows beside their masses, shape (..., 1)
    contrast_of_raised: Array  # of an outcome where a floor takes the place of both masses, shape (..., 1)

    def raised(self, where: slice) -> tuple[Mask, Mask] | tuple[None, None]:
        """Where a floor takes the place of the masses of P and of Q."""
        return None, None

    def block(self, where: slice) -> Pair:
        return _SmoothedPair(self, where)

    def difference(self, where: slice, factor: float) -> Array:
        """The difference times a factor."""
        found = self._numerator(where)
        root = factor**0.5
        difference = (found.high + found.low) / (self.total_p / root) / (self.total_q / root)
        difference = np.where(self.are_equal, 0.0, difference)
        if self.exactly is not None:
            rows, _, magnified = self.exactly
            difference = np.where(rows, magnified[..., where] * (factor / MAGNIFICATION), difference)
        put(difference, self.top - where.start, self.top_difference * (factor / MAGNIFICATION))
        return difference

    def _difference_of_dominant(self) -> Array:
        """Returns the magnified difference of an outcome that holds most of the mass, from all others; else NaN."""
        self.top_difference = np.full(self.top.shape, np.nan)
        own = times_power_of_2(np.take_along_axis(self.given.p, self.top, -1), -self.given.exponent_p)
        is_dominant = self.p.masses(own / self.given.total_p.high, None) > 0.5
        if not is_dominant.any():
            return self.top_difference
        sum_, size = np.zeros(self.top.shape), np.zeros(self.top.shape)
        for where in self.blocks:
            difference = self.difference(where, MAGNIFICATION)
            put(difference, self.top - where.start, np.zeros(self.top.shape))
            sum_ += np.add.reduce(difference, axis=-1, keepdims=True)
            size += np.add.reduce(np.abs(difference), axis=-1, keepdims=True)
        is_known = is_dominant & (size < self.given.alone * MAGNIFICATION)
        if self.exactly is not None:
            is_known &= ~self.exactly.rows
        return np.where(is_known, -sum_, np.nan)


class _SmoothedPair(Pair):
    def __init__(self, whole: Smoothed, where: slice) -> None:
        inner = whole.given.block(where)
        raised_p, raised_q = whole.raised(where)
        self._inner, self._whole, self._where = inner, whole, where
        self._raised_p, self._raised_q = raised_p, raised_q
        self.p, self.q = whole.p.masses(inner.p, raised_p), whole.q.masses(inner.q, raised_q)
        self.in_p = self.in_q = np.ones(self.p.shape, dtype=bool)
        self._magnified_difference = whole.difference(where, MAGNIFICATION)
        self.difference = self._magnified_difference / MAGNIFICATION

    def _contrast_of_difference(self) -> Array:
        contrast = self._contrast_of_doubles()
        if self._whole.exactly is None:
            return contrast
        rows, exact, _ = self._whole.exactly
        return np.where(rows, exact[..., self._where], contrast)

    def _contrast_of_doubles(self) -> Array:
        contrast = self._magnified_difference / ((self.p + self.q) * MAGNIFICATION)
        if self._raised_p is not None and self._raised_q is not None:
            contrast = np.where(self._raised_p & self._raised_q, self._whole.contrast_of_raised, contrast)
        if self.is_lost is None:
            return contrast
        total = sum(
            np.where(mass < NORMAL, product((wide, 1), exponent=_MAGNIFIED), mass * MAGNIFICATION)
            for mass, wide in ((self.p, self.wide_p), (self.q, self.wide_q))
        )
        lost = np.where(
            total > _SHRUNK, self._magnified_difference / total, np.tanh(self.wide_q.log_ratio(self.wide_p) / 2)
        )
        return np.where(self.is_lost, np.where(self._are_as_given(), self._inner.contrast, lost), contrast)

    def _are_as_given(self) -> Mask:
        """Where what a smoothing does to a mass that has underflowed is nothing beside it."""
        inner, whole = self._inner, self._whole
        if self._raised_p is not None and self._raised_q is not None:
            return ~(self._raised_p | self._raised_q)
        ratios = (
            (wide.log_ratio(side.added), in_side)
            for wide, side, in_side in ((inner.wide_p, whole.p, inner.in_p), (inner.wide_q, whole.q, inner.in_q))
        )
        (of_p, in_p), (of_q, in_q) = ratios
        return in_p & in_q & (of_p > _ALONE) & (of_q > _ALONE)

    @lazy
    def magnified(self) -> Pair:
        magnified = MagnifiedBeforeUnderflow(self)
        put(magnified.difference, self._whole.top - self._where.start, self._whole.top_difference)
        return magnified

    @lazy
    def log_p(self) -> Array:
        return self._whole.p.logarithm(self.p, lambda: self._inner.log_p, lambda: self.wide_p)

    @lazy
    def log_q(self) -> Array:
        return self._whole.q.logarithm(self.q, lambda: self._inner.log_q, lambda: self.wide_q)

    @lazy
    def wide_p(self) -> ExtendedRange:
        return self._whole.p.wide(self._inner.wide_p, self._inner.in_p, self._raised_p)

    @lazy
    def wide_q(self) -> ExtendedRange:
        return self._whole.q.wide(self._inner.wide_q, self._inner.in_q, self._raised_q)
