"""The values of rows of masses by the textbook's sums, and by sums of one sign where the rows are near.

A call of numpy leaves the lock of Python to the other thread, and to be woken takes longer than a short call: so rows
are taken some hundred thousand numbers at a time, by few calls, and none is moved unless the rows go different ways.
"""

import numpy as np

from klcli.core.arithmetic.parallel import Workspace, each_block
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.distributions.rows import Rows
from klcli.core.evaluation.near_rows import near_sums
from klcli.core.evaluation.row_values import Values
from klcli.core.evaluation.textbook import sums_of
from klcli.core.measures.measure import Measure
from klcli.core.pairs.float64_pair import kl_div_of_p, kl_div_of_q, total_difference
from klcli.core.pairs.scaling import SEEN, Scaled, in_range, units
from klcli.core.pairs.supports import Supports
from klcli.core.pairs.textbook_sums import Sum, TextbookBlock, keeps_ratio

__all__ = ["put_textbook_values"]

_AT_ONCE = 2  # times what the second-level cache holds is taken at once
_PROBED, _PROBE = 512, 32  # outcomes, and how many of them are looked at first
_PROBED_AT_ONCE = 2048  # rows
_PROMISING = 0.35 / 4 / 2  # the sum of (q - p)²/(p + q), about KL, beside that of p + q
_NEAR_SUMS: tuple[Sum, ...] = (kl_div_of_p, kl_div_of_q, total_difference)


def put_textbook_values(chosen: list[Measure], p: Rows, q: Rows, found: Values) -> None:
    """Puts in the values that can be trusted, of the rows whose masses are 0 or in range; reads all rows.

    Args:
        chosen: measures that have textbook sums.
    """
    if chosen:
        is_far = _seem_far_all(p, q) if all(each.kl_div_sum for each in chosen) and p.outcomes >= _PROBED else None
        sums = sums_of({each.name: each.textbook for each in chosen if each.textbook})
        size = p.at_once(_AT_ONCE * (2 if len(sums) == 1 else 1))  # one sum holds few arrays
        each_block(len(p), lambda: _TextbookRows(chosen, p, q, found, is_far).put, size=size, worth=1)


class _TextbookRows:
    """The rows of one thread.

    Attributes:
        is_far: which rows seem far, if their units are 1, shape (n,); None where every row is tried.
    """

    def __init__(self, chosen: list[Measure], p: Rows, q: Rows, found: Values, is_far: Mask | None) -> None:
        self.chosen, self.p, self.q, self.found, self.is_far = chosen, p, q, found, is_far
        self.textbook = {each.name: each.textbook for each in chosen if each.textbook}
        self.near = {each.name: each.kl_div_sum for each in chosen if each.kl_div_sum}
        self.workspace, self.sums = Workspace(), sums_of(self.textbook)
        self.keeps_ratio = keeps_ratio(self.sums)

    def put(self, rows: slice) -> None:
        """Reads a block of rows, and puts in their values."""
        if self.p.read(rows) & self.q.read(rows):
            at, scaled = self._as_they_stand(rows)
            self._put(scaled, at, None if self.is_far is None else self.is_far[rows])
            return
        at, scaled = self._scaled(rows)
        all_positive = scaled.full[:, 0]
        if all_positive.all():
            self._put_scaled(scaled, at)
        else:
            self._put_scaled(scaled.rows(all_positive), at[all_positive])
            if self.p.before is None:  # smoothed, a mass is not 0, though rounded it may be
                self._put_filled(scaled.rows(~all_positive), at[~all_positive])

    def _put_filled(self, scaled: Scaled, at: Index) -> None:
        """Rows of which masses are 0, where the others are large enough; and what is infinite."""
        supports = Supports.of(scaled)
        self._put_scaled(scaled.rows(supports.are_accurate).zeros_replaced, at[supports.are_accurate])
        for each in self.chosen:
            self.found[each.name][at[supports.is_infinite(each.support_law)]] = np.inf

    def _put_scaled(self, scaled: Scaled, at: Index) -> None:
        if len(at):
            self._put(scaled, at, None if self.is_far is None else _seem_far(*scaled.block(slice(_PROBE))))

    def _put(self, scaled: Scaled, at: Index, is_far: Mask | None) -> None:
        if is_far is None or is_far.all():
            if self._put_sums(scaled, at):
                return
        elif is_far.any():
            self._put_sums(scaled.rows(is_far), at[is_far])
        if self.near:
            is_left = self.found.lacks(self.near, at)
            if not is_left.all():
                at, scaled = at[is_left], scaled.rows(is_left)
            if len(at):
                for some, alike in scaled.with_equal_totals.by_equality_of_totals():
                    self._put_near(alike, at[some])

    def _as_they_stand(self, rows: slice) -> tuple[Index, Scaled]:
        """The masses of rows of plain probabilities."""
        p, q = self.p.masses(rows), self.q.masses(rows)
        total_p, total_q = self.p.totals[rows, np.newaxis], self.q.totals[rows, np.newaxis]
        return np.arange(rows.start, rows.start + len(p)), Scaled(p, q, 1.0, 1.0, total_p, total_q, True)

    def _scaled(self, rows: slice) -> tuple[Index, Scaled]:
        """The rows whose totals are in range, and their masses."""
        known = (self.p.min_and_sum(rows), self.q.min_and_sum(rows))
        scaled = Scaled(self.p.masses(rows), self.q.masses(rows), *units(known))
        fits = (in_range(known[0][1]) & in_range(known[1][1]))[:, 0] & self.p.is_fine[rows] & self.q.is_fine[rows]
        at = rows.start + np.flatnonzero(fits)
        return at, scaled if len(at) == len(fits) else scaled.rows(fits)

    def _put_sums(self, scaled: Scaled, at: Index) -> bool:
        """The textbook's sums, where they can be trusted; returns whether all can."""
        total_p, total_q = scaled.total_p, scaled.total_q
        p_by_q, difference = total_p / total_q, total_q - total_p
        block = TextbookBlock(
            *scaled.block(slice(None)), p_by_q, self.workspace, difference, keeps_ratio=self.keeps_ratio
        )
        sums = {each: each(block)[:, 0] for each in self.sums}
        are_all = True
        for name, each in self.textbook.items():
            value = each.value(total_p[:, 0], total_q[:, 0], *(sums[one] for one in each.sums))
            if not each.trusted_above <= np.minimum.reduce(value) <= np.maximum.reduce(value) < np.inf:
                value = np.where((value >= each.trusted_above) & (value < np.inf), value, np.nan)
                are_all = False
            self.found[name][at] = value
        return are_all

    def _put_near(self, scaled: Scaled, at: Index) -> None:
        """The sums of one sign, NaN of rows that are not near."""
        sums = dict(zip(_NEAR_SUMS, near_sums(*scaled.block_and_difference(slice(None)), self.workspace), strict=True))
        totals = scaled.total_p[:, 0], scaled.total_q[:, 0]
        values = {name: each.value(*totals, *(sums[one] for one in each.sums)) for name, each in self.near.items()}
        if scaled.floor:
            values = {name: np.where(value > SEEN, value, np.nan) for name, value in values.items()}
        self.found.fill(at, values)


def _seem_far_all(p: Rows, q: Rows) -> Mask:
    """Returns True for each row, unnormalised, that seems far enough apart; shape (n,)."""
    seem = np.empty(len(p), dtype=bool)

    def look(rows: slice) -> None:
        seem[rows] = _seem_far(p.first(rows, _PROBE), q.first(rows, _PROBE))

    each_block(len(p), lambda: look, size=_PROBED_AT_ONCE, worth=1)
    return seem


def _seem_far(p: Array, q: Array) -> Mask:
    """Returns True for each row whose first outcomes suggest that the textbook sum will be accepted; shape (n,)."""
    both = p + q
    difference = q - p
    difference *= difference
    difference /= both
    return np.asarray(np.add.reduce(difference, axis=-1) >= _PROMISING * np.add.reduce(both, axis=-1))
