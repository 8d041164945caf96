"""Rows of scores compared by their logarithms: each sum in terms of one sign, so that near rows keep their digits.

With w = log q - log p up to a constant, and x = w - W for any W near the mean of w under p,

    KL(P‖Q) = log(1 + r + s) - r   for r = Σ p·x, s = Σ p·(exp(x) - 1 - x)
            = s - (t - log(1 + t))  for t = r + s

The terms of s are never negative, and each is right to its last digits: x is the scores' difference, which is exact for
singles, and one rounding. What is subtracted from s is about r²/2, so W is 0 where that is small beside s, and the
scores' difference is taken as it stands; else W is the mean, which leaves an r of its rounding. No logarithm of a total
is taken, whose rounding would be all that is seen of two rows that are nearly equal; and q is not exponentiated.
`excess` has the sum s.

Rows that are far apart, whose KL is well above the roundings of log(Σ exp(q)/Σ exp(p)) - Σ p·w, are taken by that.

A row that leaves the range where this holds is NaN here, and is compared by `logarithms`.
"""

from bisect import bisect_left
from collections.abc import Iterator
from math import fsum, inf, isnan, log1p, nan

import numpy as np

from klcli.core.blocks import Rooms
from klcli.core.error_free import Array, Double2, two_sum
from klcli.core.excess import NEAR, POWERS, SERIES, Form, Terms, by_both, by_exponential
from klcli.core.lazy import lazy
from klcli.core.pair import Mask
from klcli.core.row_sums import row_inner
from klcli.core.series import expm1_excess
from klcli.core.softmax import Softmax

__all__ = ["ScorePair"]

_ENOUGH = 0.02  # from this divergence on, the rounding of exp(x) - 1, √(2/KL) times that of 1, is within 1e-15 of it
_STEEP = 32.0  # up to here the rounding of x, which exp(x) takes on, is 1.8e-15 at most; beyond, it takes part
_STEEPEST = 300.0
_APART = 2.0  # variance of x under p from which the textbook is tried
_OFF = 0.25  # |r| up to here, and r² up to a quarter of Σ p·x², leave the digits of s to KL


class ScorePair:
    """Rows of scores of P and of Q, shape (n, k); the values have shape (n,), NaN where they are not known.

    Attributes:
        rooms: arrays by name, used again for the next rows.
    """

    def __init__(self, p: Softmax, q: Softmax, rooms: Rooms) -> None:
        self.p, self.q, self._rooms = p, q, rooms

    @lazy
    def entropy_p(self) -> Array:
        return self.p.surprise(self.p)

    @lazy
    def entropy_q(self) -> Array:
        return self.q.surprise(self.q)

    @lazy
    def cross_entropy(self) -> Array:
        return self.p.surprise(self.q)

    @lazy
    def reverse_cross_entropy(self) -> Array:
        return self.q.surprise(self.p)

    @lazy
    def forward_kl(self) -> Array:
        return _divergence(self.p, self.q, self._rooms)

    @lazy
    def reverse_kl(self) -> Array:
        return _divergence(self.q, self.p, self._rooms)


_REACHES, _FORMS = list(SERIES), list(SERIES.values())


def _divergence(p: Softmax, q: Softmax, rooms: Rooms) -> Array:
    """KL(P‖Q), shape (n,)."""
    differences = _Differences(p, q, rooms)
    if p.is_wide:
        alone = _of_one(p, differences)
        if not isnan(alone):
            return np.array([alone])
    value = _apart(p, q, differences)
    is_left = np.isnan(value)
    if is_left.any():
        differences.centre(is_left & p.is_sound)
        value = np.where(is_left, _near(p, differences), value)
    return value[:, 0]


class _Differences:
    """x of each row and its moments under p: the difference of the scores, less a shift where its mean is off.

    Attributes:
        shift: of each row, shape (n, 1), or None. least, most: the extremes of x, shape (n, 1).
        first, second: Σ p·x and Σ p·x².
    """

    def __init__(self, p: Softmax, q: Softmax, rooms: Rooms) -> None:
        self._p, self._q, self.rooms = p, q, rooms
        self._are_singles = p.are_singles and q.are_singles
        self.shift: Array | None = None
        self._measure()

    def centre(self, rows: Mask) -> None:
        """Shifts x where its mean is off, of these rows, shape (n, 1)."""
        is_off = rows & np.isfinite(self.first) & ~self.are_centred
        if is_off.any():
            self.shift = np.where(is_off, self.first, 0.0)
            self._measure()

    @property
    def are_centred(self) -> Mask:
        """Whether the mean of each row is small enough, or x is the same everywhere."""
        is_small = (np.abs(self.first) <= _OFF) & (4 * self.first * self.first <= self.second)
        is_level = self.least == self.most
        if not self._are_singles:
            return is_small if self.shift is None else is_small | is_level
        needs_bits = is_level & (self.least != 0) if self.shift is None else is_level | (self.shift != 0)
        is_centred = is_small | is_level
        return is_centred & (~needs_bits | self._are_exact) if needs_bits.any() else is_centred

    @lazy
    def _are_exact(self) -> Mask:
        """Whether the differences of singles are doubles: the smallest ends within the 53 bits of the largest."""
        sizes = [np.abs(each.scores) for each in (self._p, self._q)]
        largest = np.maximum(*(np.maximum.reduce(size, axis=-1, keepdims=True) for size in sizes))
        return np.logical_and(*(_least_above_0(size) >= largest * 2.0**-27 for size in sizes))

    def _measure(self) -> None:
        found = []
        for where in self._p.columns:
            terms = self._taken = self._take(where)
            least = np.minimum.reduce(terms.x, axis=-1, keepdims=True)
            most = np.maximum.reduce(terms.x, axis=-1, keepdims=True)
            found.append((least, most, np.add.reduce(terms.product, axis=-1, keepdims=True), terms.second))
        parts = found[0]
        if len(found) > 1:
            ways = (np.minimum, np.maximum, np.add, np.add)
            parts = tuple(way.reduce(each) for way, each in zip(ways, zip(*found, strict=True), strict=True))
        self.least, self.most, first, second = parts
        self.first, self.second = first / self._p.total, second / self._p.total

    def _take(self, where: slice) -> Terms:
        mass = self._p.mass[:, where]
        powers = self.rooms.like("powers", mass, POWERS)
        x = powers[0]
        if self.shift is None or self._are_singles:
            np.subtract(self._q.scores[:, where], self._p.scores[:, where], out=x, dtype=np.float64)
            if self.shift is not None:
                x -= self.shift
        else:
            x[...] = self.exact(where, slice(None)).high
        product = np.multiply(mass, x, out=self.rooms.like("product", x))
        return Terms(mass, powers, product, row_inner(product, x), None, self.rooms)

    def terms(self, at: Mask | slice, *, with_low: bool) -> Iterator[Terms]:
        """The terms of these rows, column by column."""
        columns = self._p.columns
        for where in columns:
            terms = self._taken if len(columns) == 1 else self._take(where)
            if not isinstance(at, slice):
                terms = terms.of(at)
            if with_low:
                high, low = self.exact(where, at)
                terms = terms._replace(powers=high[np.newaxis], low=low)
            yield terms

    def exact(self, where: slice, at: Mask | slice) -> Double2:
        """x of these columns and rows, in twice the digits where the shift all but cancels it."""
        ours, theirs = (side.scores[at, where].astype(np.float64) for side in (self._p, self._q))
        value = two_sum(theirs, -ours)
        if self.shift is None:
            return value
        part = two_sum(value.high, -self.shift[at])
        return two_sum(part.high, part.low + value.low)


def _least_above_0(sizes: Array) -> Array:
    """The smallest of each row but 0, shape (n, 1); inf where there is none."""
    least = np.minimum.reduce(sizes, axis=-1, keepdims=True)
    if least.all():
        return np.asarray(least)
    return np.asarray(np.minimum.reduce(sizes, axis=-1, keepdims=True, where=sizes > 0, initial=inf))


def _apart(p: Softmax, q: Softmax, differences: _Differences) -> Array:
    """KL(P‖Q) of rows that are far apart by the textbook, NaN where it is not trusted; shape (n, 1)."""
    first = differences.first
    rows = differences.second - first * first >= _APART
    if not rows.any():
        return np.full(first.shape, np.nan)
    log_ratio = np.log(q.total / p.total)
    value = log_ratio + (q.shift - p.shift) - first
    least = np.maximum(1.0, np.maximum(np.abs(first), np.abs(log_ratio)) / 4)
    return np.where(rows & (value >= least) & (value < inf), value, np.nan)


def _of_one(p: Softmax, differences: _Differences) -> float:
    """KL(P‖Q) of one row that is near and centred as it stands, by Python's floats; NaN of any other.

    Of one row, numpy takes longer for these numbers than for 10,000 of its outcomes.
    """
    least, most, first, second = (
        each.item() for each in (differences.least, differences.most, differences.first, differences.second)
    )
    reach = max(-least, most)
    if not (reach <= NEAR and p.is_sound and abs(first) <= _OFF and 4 * first * first <= second):
        return nan
    form = _FORMS[bisect_left(_REACHES, reach)]
    excess = fsum(form(terms).item() for terms in differences.terms(slice(None), with_low=False)) / p.total.item()
    after = first + excess
    return excess - _bend(after) if after <= 1 else log1p(after) - first


def _bend(after: float) -> float:
    """t - log(1 + t), as exp(u) - 1 - u with u = log(1 + t), for -0.3 <= t <= 1."""
    log = log1p(after)
    term = log * log / 2
    parts, power = [term], 2
    while abs(term) > 2.0**-56 * parts[0]:
        power += 1
        term *= log / power
        parts.append(term)
    return fsum(parts)


def _near(p: Softmax, differences: _Differences) -> Array:
    """KL(P‖Q) of rows that are centred, shape (n, 1)."""
    least, most, first = differences.least, differences.most, differences.first
    reach = np.maximum(-least, most)
    is_sound = p.is_sound & (least > -inf) & differences.are_centred
    is_known = is_sound & (least < most) & (most <= _STEEPEST)
    excess = np.full(first.shape, np.nan)

    def put(rows: Mask, form: Form, *, with_low: bool = False) -> None:
        if not rows.any():
            return
        at = slice(None) if rows.all() else rows[:, 0]
        excess[at] = np.add.reduce([form(terms) for terms in differences.terms(at, with_low=with_low)]) / p.total[at]

    length = np.searchsorted(_REACHES, reach)
    for each in set(length[is_known].tolist()) - {len(_FORMS)}:
        put(is_known & (length == each), _FORMS[each])
    is_far = is_known & (length == len(_FORMS))
    if is_far.any():
        is_steep = is_far & (most > _STEEP)
        is_small = differences.second < 2 * _ENOUGH
        put(is_far & ~is_steep & ~is_small, by_exponential)
        put(is_steep & ~is_small, by_exponential, with_low=True)
        is_left = is_far & ~(np.log1p(first + excess) - first >= np.maximum(_ENOUGH, first * first))
        put(is_left & ~is_steep, by_both)
        put(is_left & is_steep, by_both, with_low=True)
    after = first + excess
    bend = expm1_excess(np.log1p(np.where(after <= 1, after, 0.0)))  # t - log(1 + t)
    value = np.where(after <= 1, excess - bend, np.log1p(after) - first)
    return np.where(is_sound & (least == most), 0.0, value)
