"""Rows of scores compared by their logarithms: each sum in terms of one sign, so that near rows keep their digits.

With w = log q - log p up to a constant, its mean W under p, and x = w - W, whose mean is 0,

    KL(P‖Q) = log(Σ p·exp(x)) = log(1 + Σ p·(exp(x) - 1 - x))

The terms are never negative, and each is right to its last digits: x is the scores' difference, which is exact for
singles, and one rounding; exp(x) - 1 - x is taken as a whole where it would cancel (`series`). No logarithm of a total
is taken, whose rounding would be all that is seen of two rows that are nearly equal; and q is not exponentiated.

A row that leaves the range where this holds is NaN here, and is compared by `logarithms`.
"""

from collections.abc import Callable

import numpy as np

from klcli.core.blocks import Rooms, blocks
from klcli.core.error_free import Array, Double2, two_sum
from klcli.core.lazy import lazy
from klcli.core.pair import Mask
from klcli.core.series import near_expm1_excess

__all__ = ["ScorePair"]

_LOWEST = -690.0  # of a score below the largest: exp of it, and its product with one more, are normal doubles
_NEAR = 1.5  # |x| up to here takes the series
_ENOUGH = 0.02  # from this divergence on, the rounding of exp(x) - 1, √(2/KL) times that of 1, is within 1e-15 of it
_STEEP = 32.0  # up to here the rounding of x, which exp(x) takes on, is 1.8e-15 at most; beyond, it takes part
_STEEPEST = 300.0
_SHIFTED = 1.0  # |W| from here on leaves a mean of x that is seen
_COLUMNS = 32_768  # outcomes taken at once: four arrays of them fill the second-level cache


class Scores:
    """The softmax of each row of scores of shape (n, k), without its total.

    Attributes:
        top: the largest score of each row, shape (n, 1). is_sound: whether none is too far below it, shape (n, 1).
        are_singles: whether the scores are no longer than singles, so that their differences are exact.
    """

    def __init__(self, scores: Array, name: str, rooms: Rooms, *, are_singles: bool) -> None:
        self.scores, self._name, self._rooms, self.are_singles = scores, name, rooms, are_singles
        self.columns = blocks(scores.shape[-1], _COLUMNS)

    @lazy
    def top(self) -> Array:
        return np.maximum.reduce(self.scores, axis=-1, keepdims=True).astype(np.float64)

    @lazy
    def is_sound(self) -> Mask:
        return np.asarray(np.minimum.reduce(self.scores, axis=-1, keepdims=True) >= self.top + _LOWEST)

    def widened(self, where: slice) -> Array:
        """The scores of these columns as doubles."""
        block = self.scores[:, where]
        if block.dtype == np.float64:
            return block
        room = self._rooms.like(f"wide {self._name}", block)
        room[...] = block
        return room

    @lazy
    def below(self) -> Array:
        """The scores less the largest."""
        return np.subtract(self.scores, self.top, out=self._rooms.like(f"below {self._name}", self.scores))

    @lazy
    def mass(self) -> Array:
        """exp(below): the masses up to their total."""
        mass = self._rooms.like(f"mass {self._name}", self.scores)
        for where in self.columns:
            wide = self.widened(where)
            below = np.subtract(wide, self.top, out=self._rooms.like("block", wide))
            np.exp(below, out=mass[:, where])
            if not self.are_singles:
                mass[:, where] *= 1 + two_sum(wide, -self.top).low
        return mass

    @lazy
    def total(self) -> Array:
        return np.add.reduce(self.mass, axis=-1, keepdims=True)

    @lazy
    def log_total(self) -> Array:
        """log(total), with all digits also where one outcome has nearly all the mass."""
        at = self.scores.argmax(axis=-1)[:, np.newaxis]
        np.put_along_axis(self.mass, at, 0.0, -1)
        rest = np.add.reduce(self.mass, axis=-1, keepdims=True)
        np.put_along_axis(self.mass, at, 1.0, -1)
        return np.log1p(rest)

    def surprise(self, under: "Scores") -> Array:
        """-Σ p·log q, for p of these scores and q of the others; shape (n,)."""
        terms = np.multiply(self.mass, under.below, out=self._rooms.like("terms", self.scores))
        value = under.log_total - np.add.reduce(terms, axis=-1, keepdims=True) / self.total
        return np.where(self.is_sound & under.is_sound, value, np.nan)[:, 0]


class ScorePair:
    """Rows of scores of P and of Q, doubles of shape (n, k); the values have shape (n,), NaN where they are not known.

    Attributes:
        rooms: arrays by name, used again for the next rows.
    """

    def __init__(self, p: Array, q: Array, rooms: Rooms, *, are_singles: bool) -> None:
        self._rooms = rooms
        self.p = Scores(p, "p", rooms, are_singles=are_singles)
        self.q = Scores(q, "q", rooms, are_singles=are_singles)

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


def _divergence(p: Scores, q: Scores, rooms: Rooms) -> Array:
    """KL(P‖Q), shape (n,)."""
    w = rooms.like("difference", p.mass)
    means, extremes = [], []
    for where in p.columns:
        block = np.subtract(q.widened(where), p.widened(where), out=w[:, where])
        means.append(_sum_of_product(p.mass[:, where], block, rooms))
        extremes.append((np.minimum.reduce(block, axis=-1), np.maximum.reduce(block, axis=-1)))
    shifts = [np.add.reduce(means) / p.total]
    is_exact = p.are_singles and q.are_singles

    def difference(at: Mask | slice, where: slice, *, with_low: bool = False) -> Double2:
        if is_exact and not with_low:
            x = np.subtract(w[at, where], shifts[0][at], out=rooms.like("x", w[at, where]))
            for shift in shifts[1:]:
                x -= shift[at]
            return Double2(x, x)
        own = two_sum(q.scores[at, where].astype(np.float64), -p.scores[at, where].astype(np.float64))
        return _less([shift[at] for shift in shifts], own)

    every = slice(None)
    if (np.abs(shifts[0]) > _SHIFTED).any():
        means = [_sum_of_product(p.mass[:, where], difference(every, where).high, rooms) for where in p.columns]
        shifts.append(np.where(np.abs(shifts[0]) > _SHIFTED, np.add.reduce(means) / p.total, 0.0))
    least = np.minimum.reduce([low for low, _ in extremes]) - shifts[0][:, 0]
    most = np.maximum.reduce([high for _, high in extremes]) - shifts[0][:, 0]
    is_known = p.is_sound[:, 0] & (least > -np.inf) & (most <= _STEEPEST)
    is_near = (least >= -_NEAR) & (most <= _NEAR)
    is_steep = is_known & (most > _STEEP)
    excess = np.full(len(w), np.nan)

    def put(rows: Mask, form: Form, *, with_low: bool = False) -> None:
        if not rows.any():
            return
        at = every if rows.all() else rows
        parts = []
        for where in p.columns:
            x, low = difference(at, where, with_low=with_low)
            terms = form(x, low if with_low else None)
            parts.append(_sum_of_product(p.mass[at, where], terms, rooms)[:, 0])
        excess[rows] = np.add.reduce(parts) / p.total[at, 0]

    put(is_known & is_near, _near_form)
    put(is_known & ~is_near & ~is_steep, _far_form)
    put(is_steep, _far_form, with_low=True)
    put(is_known & ~is_near & ~(excess >= _ENOUGH), _any_form)
    return np.log1p(excess)


Form = Callable[[Array, Array | None], Array]  # exp(x + low) - 1 - x


def _near_form(x: Array, low: Array | None) -> Array:
    return near_expm1_excess(x)


def _far_form(x: Array, low: Array | None) -> Array:
    rise = np.expm1(x)
    if low is not None:
        rise += low * (1 + rise)
    rise -= x
    return rise


def _any_form(x: Array, low: Array | None) -> Array:
    near = np.clip(x, -_NEAR, _NEAR)
    return np.where(near == x, near_expm1_excess(near), _far_form(x, low))


def _sum_of_product(a: Array, b: Array, rooms: Rooms) -> Array:
    return np.asarray(np.add.reduce(np.multiply(a, b, out=rooms.like("block", a)), axis=-1, keepdims=True))


def _less(shifts: list[Array], value: Double2) -> Double2:
    """The value less shifts of shape (n, 1), in twice the digits where the first all but cancels it."""
    for shift in shifts:
        part = two_sum(value.high, -shift)
        value = two_sum(part.high, part.low + value.low)
    return value
