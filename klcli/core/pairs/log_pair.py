"""Pairs known by the logarithms of their masses: softmax, and the log ratio without leaving logarithms.

Scores that differ in the last digits, or whose exponentials underflow, are compared as they stand.
"""

import numpy as np

from klcli.core.arithmetic.double_double import Double2, exact_sum, two_sum
from klcli.core.arithmetic.extended_range import Wide, product
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, MagnifiedBeforeUnderflow, Pair, WidePair, put
from klcli.support.lazy import lazy

__all__ = ["Logarithms"]

_EPSILON = 2.0**-53
_NO_SHIFT = 1e-9  # below this the mean ratio of scores and that of the top outcome are the same, but for rounding


class Logarithms:
    """What must be known of all the logarithms: normalised masses, and the log ratio.

    log(q/p) = w - c, with w = lq - lp and c the difference of the two log-totals. w is first taken relative to its mean
    under p (or to its value where p has most of its mass), which leaves c small where p is nearly q; and c is log1p of
    a sum of expm1: no digit of w is lost.
    """

    def __init__(self, lp: Array, lq: Array) -> None:
        lp, lq = np.broadcast_arrays(lp, lq)
        p, q = self.p, self.q = _Softmax(lp), _Softmax(lq)
        self.in_p, self.in_q = np.isfinite(lp), np.isfinite(lq)
        w = two_sum(np.where(self.in_q, lq, 0.0), -np.where(self.in_p, lp, 0.0))
        mean = (p.mass * w.high).sum(axis=-1, keepdims=True)
        top = self.top = p.mass.argmax(axis=-1)[..., np.newaxis]
        p_top, high_top, low_top = (np.take_along_axis(array, top, -1) for array in (p.mass, w.high, w.low))
        at_top = (p_top > 0.5) | (np.abs(high_top - mean) <= _NO_SHIFT * (1 + np.abs(mean)))
        origin = Double2(np.where(at_top, high_top, mean), np.where(at_top, low_top, 0.0))
        high = two_sum(w.high, -origin.high)
        deviation = two_sum(high.high, high.low + (w.low - origin.low))
        c = np.log1p(self._added(deviation).sum(axis=-1, keepdims=True))
        is_close = (self.in_p == self.in_q).all(axis=-1, keepdims=True) & (np.abs(c) <= 1)
        below = two_sum(q.below.high, -p.below.high)
        apart = (below.high + (below.low + (q.below.low - p.below.low))) - (np.log1p(q.rest) - np.log1p(p.rest))
        both = self.in_p & self.in_q
        one_sided = np.where(self.in_p, -np.inf, np.where(self.in_q, np.inf, 0.0))
        self.log_ratio = np.where(both, np.where(is_close, (deviation.high - c) + deviation.low, apart), one_sided)
        u = self.log_ratio
        self.gap = np.where(both & (np.abs(u) <= 1), p.mass * np.expm1(u), q.mass - p.mass)
        others = self.gap.copy()
        put(others, top, np.zeros(top.shape))
        top_gap = np.where(p_top > 0.5, -others.sum(axis=-1, keepdims=True), np.nan)
        put(self.gap, top, np.where(np.abs(others).sum(axis=-1, keepdims=True) < 0.5, top_gap, np.nan))

    def _added(self, deviation: Double2) -> Array:
        """What each outcome adds to the ratio of the totals: p·(exp(deviation) - 1)."""
        p = self.p
        rise = np.expm1(deviation.high)
        added = p.mass * (rise + deviation.low * (1 + rise))
        by_mass = (deviation.high < 700) & (p.mass >= NORMAL)
        if by_mass.all():
            return added
        moved = np.where(self.in_p, product((p.wide(), 1), (Wide.of_logarithm(deviation), 1)), 0.0)
        return np.where(by_mass, added, moved - p.mass)

    def block(self, where: slice) -> Pair:
        return _LogPair(self, where)

    @lazy
    def magnified_top_gap(self) -> Array:
        """The gap of an outcome that holds nearly all the mass, before those of the others underflow; else NaN."""
        gap = MagnifiedBeforeUnderflow(_LogPair(self, slice(0, self.gap.shape[-1]))).gap
        put(gap, self.top, np.zeros(self.top.shape))
        size = np.abs(gap).sum(axis=-1, keepdims=True)
        return np.where(size < NORMAL / _EPSILON * MAGNIFICATION, -gap.sum(axis=-1, keepdims=True), np.nan)


class _LogPair(WidePair):
    def __init__(self, whole: Logarithms, where: slice) -> None:
        self.p, self.q, self.gap = whole.p.mass[..., where], whole.q.mass[..., where], whole.gap[..., where]
        self.in_p, self.in_q = whole.in_p[..., where], whole.in_q[..., where]
        self._whole, self._where = whole, where
        u = whole.log_ratio[..., where]
        self.__dict__.update(
            log_p=whole.p.log[..., where], log_q=whole.q.log[..., where], log_ratio=u, contrast=np.tanh(u / 2)
        )

    @lazy
    def magnified(self) -> Pair:
        magnified = MagnifiedBeforeUnderflow(self)
        put(magnified.gap, self._whole.top - self._where.start, self._whole.magnified_top_gap)
        return magnified


class _Softmax:
    """Normalised masses of logarithms.

    Attributes:
        below: the logarithms relative to the largest, in twice the digits. rest: the sum of exp(below) without one 1.
        mass: normalised. log: its logarithms, right to their last digits also where they are nearly 0.
    """

    def __init__(self, logarithms: Array) -> None:
        top = logarithms.max(axis=-1, keepdims=True)
        finite = np.isfinite(logarithms)
        self.below = two_sum(np.where(finite, logarithms, top), -top)
        relative = np.where(finite, np.exp(self.below.high) * (1 + self.below.low), 0.0)
        total = exact_sum(relative)
        self.total = total.high
        self.rest = (total.high - 1) + total.low
        self.mass = relative / total.high
        self.log = np.where(finite, (self.below.high - np.log1p(self.rest)) + self.below.low, -np.inf)

    def wide(self, where: slice = slice(None)) -> Wide:
        """The normalised masses of a block, where there is any."""
        return Wide.of_logarithm(Double2(*(part[..., where] for part in self.below)), self.total)
