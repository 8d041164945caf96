"""The smoothings of a pair in exact arithmetic: what each adds to the masses, and what becomes of their difference."""

import numpy as np

from klcli.core.arithmetic.double_double import (
    DoubleDouble,
    exact_sum,
    over,
    plus,
    shifted,
    sum_of_parts,
    times,
    two_product,
    two_sum,
)
from klcli.core.arithmetic.extended_range import ExtendedRange
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.given import times_power_of_2
from klcli.core.pairs.smoothed import Smoothed
from klcli.core.pairs.smoothed_side import Side

__all__ = ["Added", "Floored", "Mixed"]

_TOP = 450  # the power of 2 to which the larger of a total and what is added is brought, as in `double_double_pair`
_LEAST = 1e-270  # of an amount, whose error-free product with a mass is exact
_SAFE = 1e280  # of a product of two, which is then exact


class Mixed(Smoothed):
    """(1 - W)·p + W/k."""

    def _sides(self, amount: float) -> tuple[Side, Side, Array, Array]:
        self._share = 1 - amount
        shape = (1,) * self.given.p.ndim
        added = _wide(np.full(shape, amount), np.full(shape, float(self.outcomes)))
        rest = np.full(shape, amount * ((self.outcomes - 1) / self.outcomes))
        side = Side(_wide(np.full(shape, self._share), np.ones(shape)), added, rest)
        return side, side, self.given.total_p.high, self.given.total_q.high

    def _parts(self, where: slice) -> tuple[DoubleDouble, None]:
        return DoubleDouble(*(self._share * part for part in self.given.numerator(where))), None


class Added(Smoothed):
    """p + A, for the mass p as given."""

    def _sides(self, amount: float) -> tuple[Side, Side, Array, Array]:
        given, outcomes = self.given, float(self.outcomes)
        sides, totals, exponents = [], [], []
        for own, exponent in ((given.total_p, given.exponent_p), (given.total_q, given.exponent_q)):
            most = np.frexp(amount)[1] + np.frexp(outcomes)[1]
            scale = np.maximum(np.frexp(own.high)[1] + exponent, most) - _TOP
            added = times_power_of_2(np.full(scale.shape, amount), -scale)
            total = plus(shifted(own, exponent - scale), two_product(np.asarray(outcomes), added))
            share = _wide(own.high, total.high, exponent - scale)
            wide = _wide(np.full(scale.shape, amount), total.high, -scale)
            sides.append(Side(share, wide, (outcomes - 1) * added / total.high))
            totals.append(total.high)
            exponents.append(scale)
        self._scales = (exponents[0], exponents[1])
        self._amount = times_power_of_2(np.full(exponents[0].shape, amount), -np.minimum(*exponents))
        self._underflows = self._amount < _LEAST
        self._total_difference = sum_of_parts(_total(self._difference(where)) for where in self.blocks)
        self.are_equal = self._are_proportional(amount)
        return sides[0], sides[1], totals[0], totals[1]

    def _difference(self, where: slice) -> DoubleDouble:
        return self.given.difference(where, np.maximum(*self._scales))

    @staticmethod
    def _whole_numbers(masses: list[int], amount: int, one: int) -> list[int]:
        return [mass + amount for mass in masses]

    def _parts(self, where: slice) -> tuple[DoubleDouble, DoubleDouble]:
        given, (scale_p, scale_q) = self.given, self._scales
        own = shifted(given.numerator(where), given.exponent_p + given.exponent_q - scale_p - scale_q)
        apart = times(self._difference(where), DoubleDouble(np.asarray(float(self.outcomes)), np.zeros(1)))
        apart = plus(apart, DoubleDouble(-self._total_difference.high, -self._total_difference.low))
        return own, times(apart, DoubleDouble(self._amount, np.zeros(1)))

    def _are_proportional(self, amount: float) -> Mask:
        """Where the sums are doubles whose products show that both normalise to the same distribution."""
        top = self.given.p.argmax(axis=-1)[..., np.newaxis]
        p_top, q_top = (np.take_along_axis(side, top, -1) + amount for side in (self.given.p, self.given.q))
        same = np.ones(top.shape, dtype=bool)
        for where in self.blocks:
            p, q = (two_sum(side[..., where], np.asarray(amount)) for side in (self.given.p, self.given.q))
            ours, theirs = two_product(p.high, q_top), two_product(q.high, p_top)
            equal = (p.low == 0) & (q.low == 0) & (ours.high == theirs.high) & (ours.low == theirs.low)
            same &= (equal & (ours.high > 1 / _SAFE) & (ours.high < _SAFE)).all(axis=-1, keepdims=True)
        return same


class Floored(Smoothed):
    """p where it is at least E, else E, over the total of these."""

    def _sides(self, amount: float) -> tuple[Side, Side, Array, Array]:
        self._floor = DoubleDouble(np.asarray(amount), np.zeros(1))
        given = self.given
        lifts = [[_total(_kept(lift)) for lift in self._lifts(where)] for where in self.blocks]
        sides, self._totals, ends = [], [], []
        shape = given.total_p.high.shape
        for own, parts in zip((given.total_p, given.total_q), zip(*lifts, strict=True), strict=True):
            lift = over(sum_of_parts(parts), own)
            total = plus(DoubleDouble(np.ones(shape), np.zeros(shape)), lift)
            sides.append(
                Side(
                    _wide(np.ones(shape), total.high),
                    _wide(np.full(shape, amount), total.high),
                    lift.high / total.high,
                )
            )
            self._totals.append(total)
            ends.append(own.high * total.high)
        self._total_difference = over(self._total_of_smaller_parts(), given.total_p)
        apart = self._total_difference.high / given.total_q.high
        self.contrast_of_raised = np.where(self.are_equal, 0.0, -apart / (self._totals[0].high + self._totals[1].high))
        return sides[0], sides[1], ends[0], ends[1]

    def _total_of_smaller_parts(self) -> DoubleDouble:
        """How much more is raised in Q, which is also the sum of the differences: by the one of smaller parts."""
        sums, sizes = [], []
        for which in (0, 1):
            parts = [self._changes(where)[which] for where in self.blocks]
            sums.append(sum_of_parts(map(_total, parts)))
            sizes.append(sum(np.add.reduce(np.abs(part.high), axis=-1, keepdims=True) for part in parts))
        is_first = sizes[0] <= sizes[1]
        return DoubleDouble(*(np.where(is_first, one, other) for one, other in zip(*sums, strict=True)))

    def _lifts(self, where: slice) -> list[DoubleDouble]:
        """E·P - p and E·Q - q, where that is above 0 by how much each mass is raised."""
        given = self.given
        return [
            plus(times(total, self._floor), DoubleDouble(-own, np.zeros_like(own)))
            for own, total in zip(given.values(where), (given.total_p, given.total_q), strict=True)
        ]

    def raised(self, where: slice) -> tuple[Mask, Mask]:
        p, q = self._lifts(where)
        return p.high > 0, q.high > 0

    def _changes(self, where: slice) -> tuple[DoubleDouble, DoubleDouble]:
        """Returns the mass raised in Q less that in P, and the difference of the resulting masses, both times P·Q."""
        given = self.given
        own = given.numerator(where)
        of_p, of_q = self._lifts(where)
        are_both = (of_p.high > 0) & (of_q.high > 0)
        less = times(_kept(of_p), given.total_q)
        change = plus(times(_kept(of_q), given.total_p), DoubleDouble(-less.high, -less.low))
        change = DoubleDouble(*(np.where(are_both, -ours, new) for ours, new in zip(own, change, strict=True)))
        difference = plus(own, change)
        return change, DoubleDouble(*(np.where(are_both, 0.0, part) for part in difference))

    @staticmethod
    def _whole_numbers(masses: list[int], amount: int, one: int) -> list[int]:
        least = amount * sum(masses)
        return [max(mass * one, least) for mass in masses]

    def _parts(self, where: slice) -> tuple[DoubleDouble, DoubleDouble]:
        given = self.given
        of_p = self._lifts(where)[0]
        floor = times(given.total_p, self._floor)
        own = given.values(where)[0]
        is_raised = of_p.high > 0
        mass = DoubleDouble(np.where(is_raised, floor.high, own), np.where(is_raised, floor.low, 0.0))
        shared = times(mass, self._total_difference)
        return times(self._changes(where)[1], self._totals[0]), DoubleDouble(-shared.high, -shared.low)


def _total(numbers: DoubleDouble) -> DoubleDouble:
    high, low = exact_sum(numbers.high), exact_sum(numbers.low)
    return plus(high, low)


def _kept(lift: DoubleDouble) -> DoubleDouble:
    """Returns the numbers where they are positive, else 0."""
    return DoubleDouble(*(np.where(lift.high > 0, part, 0.0) for part in lift))


def _wide(values: Array, total: Array, exponent: Array | int = 0) -> ExtendedRange:
    return ExtendedRange.of_ratio(values, total, np.asarray(exponent, dtype=np.int64))
