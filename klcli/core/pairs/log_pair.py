"""Pairs known by the logarithms of their masses: softmax, and the log ratio without leaving logarithms.

Logits that differ in the last digits, or whose exponentials underflow, are compared as they stand.
"""

from typing import Any

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, distilled, exact_sum, parts_of, two_sum
from klcli.core.arithmetic.extended_range import LARGEST_LOGARITHM, ExtendedRange, product
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.magnified import MagnifiedBeforeUnderflow
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, Pair, put
from klcli.support.lazy import lazy

__all__ = ["LogPair"]

_EPSILON = 2.0**-53
_NO_SHIFT = 1e-9  # below this the mean difference of logits and that of the top outcome are the same, but for rounding
_WIDEST = 4e307  # logits up to here, whose differences, and those of these, are doubles
_DOWN = 2.0**-3  # brings all others there
_STEEP = 700.0  # exp of more is no double


class LogPair:
    """Quantities of all logarithms that a block needs: normalised masses, and the log ratio.

    log(q/p) = w - c, with w = lq - lp and c the difference of the two log-totals. w is first taken relative to its mean
    under both (or to its value where p has most of its mass), which leaves c small where p is nearly q; and c is log1p
    of a sum of expm1, of all outcomes, also those that have mass on one side alone: no digit of w is lost.

    Logarithms near the end of the doubles are scaled by a power of 2, as their differences are beyond it.

    Args:
        lp, lq: the logarithms, shape (..., k); of masses in twice the digits, as logits may be near them.
    """

    def __init__(self, lp: Array | DoubleDouble, lq: Array | DoubleDouble) -> None:
        (high_p, low_p), (high_q, low_q) = parts_of(lp), parts_of(lq)
        of_p, of_q = np.broadcast_arrays(high_p, high_q)
        scale = self.scale = _scale(of_p, of_q)
        self.in_p, self.in_q = of_p > -np.inf, of_q > -np.inf
        if not isinstance(scale, float):
            of_p, of_q = of_p * scale, of_q * scale
            low_p, low_q = (None if low is None else low * scale for low in (low_p, low_q))
        p, q = _Softmax(of_p, self.in_p, scale, low_p), _Softmax(of_q, self.in_q, scale, low_q)
        self.p, self.q = p, q
        lowest = -LARGEST_LOGARITHM * scale
        is_large = (p.below.high < lowest) | (q.below.high < lowest)
        p.is_large = q.is_large = is_large if is_large.any() else None
        both = self.in_p & self.in_q
        w = two_sum(np.where(both, of_q, 0.0), -np.where(both, of_p, 0.0))
        for low, sign in ((low_q, 1), (low_p, -1)):
            if low is not None:
                w = two_sum(w.high, w.low + np.where(both, sign * low, 0.0))
        shared = p.mass if both.all() else np.where(both, p.mass, 0.0)
        # weights of outcomes that both sides see: where one side has a mask, the mean under p would be that of the mask
        weights = shared * (q.mass / (p.mass + q.mass))
        weights[~(weights > 0)] = 0.0
        mean = (weights * w.high).sum(axis=-1, keepdims=True) / weights.sum(axis=-1, keepdims=True)
        top = self.top = shared.argmax(axis=-1)[..., np.newaxis]
        p_top, high_top, low_top = (np.take_along_axis(array, top, -1) for array in (shared, w.high, w.low))
        at_top = (p_top > 0.5) | (np.abs(high_top - mean) <= _NO_SHIFT * (1 + np.abs(mean)))
        origin = DoubleDouble(np.where(at_top, high_top, mean), np.where(at_top, low_top, 0.0))
        deviation = _less(w, origin)
        c = np.log1p(self._added(deviation, origin).sum(axis=-1, keepdims=True))
        is_close = np.abs(c) <= 1
        below = two_sum(q.below.high, -p.below.high)
        totals = scale * (np.log1p(q.rest) - np.log1p(p.rest))
        apart = (below.high + (below.low + (q.below.low - p.below.low))) - totals
        one_sided = np.where(self.in_p, -np.inf, np.where(self.in_q, np.inf, 0.0))
        u = np.where(both, np.where(is_close, (deviation.high - scale * c) + deviation.low, apart), one_sided)
        self.scaled_log_ratio = u
        u = self.log_ratio = _divided(u, scale)
        self.difference = np.where(both & (np.abs(u) <= 1), p.mass * np.expm1(u), q.mass - p.mass)
        others = self.difference.copy()
        put(others, top, np.zeros(top.shape))
        top_difference = np.where(p_top > 0.5, -others.sum(axis=-1, keepdims=True), np.nan)
        put(self.difference, top, np.where(np.abs(others).sum(axis=-1, keepdims=True) < 0.5, top_difference, np.nan))

    def _added(self, deviation: DoubleDouble, origin: DoubleDouble) -> Array:
        """Returns the part of each outcome in the ratio of the totals: p·(exp(deviation) - 1)."""
        p, q = self.p, self.q
        high, low = (_divided(part, self.scale) for part in deviation)
        rise = np.expm1(high)
        added = p.mass * (rise + low * (1 + rise))
        by_mass = (high < _STEEP) & (p.mass >= NORMAL) & self.in_q
        if by_mass.all():
            return added
        # p·exp(deviation) is exp(lq - top of p - origin)/Σp, where what is common to all outcomes is added up first
        common = distilled([q.top, q.low_top, -p.top, -p.low_top, -origin.high, -origin.low])
        total = two_sum(q.below.high, common.high)
        logarithm = two_sum(total.high, total.low + (q.below.low + common.low))
        is_large = np.abs(logarithm.high) > LARGEST_LOGARITHM * self.scale
        moved = product((ExtendedRange.of_scaled_logarithm(logarithm, p.total, self.scale, is_large), 1))
        return np.where(by_mass, added, np.where(self.in_q, moved, 0.0) - p.mass)

    def block(self, where: slice) -> Pair:
        return _LogBlock(self, where)

    @lazy
    def magnified_top_difference(self) -> Array:
        """Returns the difference of an outcome that holds nearly all the mass, before others underflow; else NaN."""
        difference = MagnifiedBeforeUnderflow(_LogBlock(self, slice(0, self.difference.shape[-1]))).difference
        put(difference, self.top, np.zeros(self.top.shape))
        size = np.abs(difference).sum(axis=-1, keepdims=True)
        return np.where(size < NORMAL / _EPSILON * MAGNIFICATION, -difference.sum(axis=-1, keepdims=True), np.nan)


class _LogBlock(Pair):
    def __init__(self, whole: LogPair, where: slice) -> None:
        self.p, self.q, self.difference = (
            whole.p.mass[..., where],
            whole.q.mass[..., where],
            whole.difference[..., where],
        )
        self.in_p, self.in_q = whole.in_p[..., where], whole.in_q[..., where]
        self.log_scale = whole.scale
        self.has_large_logs = whole.p.is_large is not None or not isinstance(whole.scale, float)
        self._whole, self._where = whole, where
        u = whole.log_ratio[..., where]
        self.__dict__.update(
            scaled_log_p=whole.p.scaled_log[..., where],
            scaled_log_q=whole.q.scaled_log[..., where],
            scaled_log_ratio=whole.scaled_log_ratio[..., where],
            log_ratio=u,
            contrast=np.tanh(u / 2),
        )

    @lazy
    def wide_p(self) -> ExtendedRange:
        return self._whole.p.wide(self._where)

    @lazy
    def wide_q(self) -> ExtendedRange:
        return self._whole.q.wide(self._where)

    @lazy
    def log_p(self) -> Array:
        return np.asarray(self.scaled_log_p / self.log_scale)

    @lazy
    def log_q(self) -> Array:
        return np.asarray(self.scaled_log_q / self.log_scale)

    @lazy
    def magnified(self) -> Pair:
        magnified = MagnifiedBeforeUnderflow(self)
        put(magnified.difference, self._whole.top - self._where.start, self._whole.magnified_top_difference)
        return magnified


class _Softmax:
    """Normalised masses of logarithms, -inf for mass 0, which are scaled.

    Attributes:
        top, low_top: the largest logarithm. below: the logarithms relative to it, in twice the digits; all scaled.
        rest: the sum of exp(below) without one 1. mass: normalised.
        scaled_log: the logarithms of the masses, right to their last digits also where they are nearly 0.
        is_large: where a logarithm, of this side or of the other, is too large for powers of 2; None if nowhere.
    """

    is_large: Mask | None = None

    def __init__(self, logarithms: Array, in_support: Mask, scale: Any, low: Array | None) -> None:
        self.scale = scale
        self.top = logarithms.max(axis=-1, keepdims=True)
        self.low_top = np.zeros_like(self.top)
        self.below = two_sum(np.where(in_support, logarithms, self.top), -self.top)
        if low is not None:
            self.low_top = np.take_along_axis(low, logarithms.argmax(axis=-1)[..., np.newaxis], -1)
            apart = np.where(in_support, low - self.low_top, 0.0)
            self.below = two_sum(self.below.high, self.below.low + apart)
        relative = np.where(in_support, np.exp(_divided(self.below.high, scale)), 0.0)
        relative += relative * _divided(self.below.low, scale)
        total = exact_sum(relative)
        self.total = total.high
        self.rest = (total.high - 1) + total.low
        self.mass = relative / total.high
        logs = (self.below.high - scale * np.log1p(self.rest)) + self.below.low
        self.scaled_log = np.where(in_support, logs, -np.inf)

    def wide(self, where: slice = slice(None)) -> ExtendedRange:
        """The normalised masses of a block, where there is any."""
        below = DoubleDouble(*(part[..., where] for part in self.below))
        is_large = None if self.is_large is None else self.is_large[..., where]
        return ExtendedRange.of_scaled_logarithm(below, self.total, self.scale, is_large)


def _scale(lp: Array, lq: Array) -> Any:
    """The power of 2 that brings the logarithms of each row within _WIDEST, shape (..., 1); 1 where no row needs it."""
    is_wide = np.zeros((*lp.shape[:-1], 1), dtype=bool)
    for side in (lp, lq):
        least = np.minimum.reduce(side, axis=-1, keepdims=True)
        if (least == -np.inf).any():
            least = np.minimum.reduce(side, axis=-1, keepdims=True, where=side > -np.inf, initial=np.inf)
        is_wide |= (least < -_WIDEST) | (np.maximum.reduce(side, axis=-1, keepdims=True) > _WIDEST)
    return np.where(is_wide, _DOWN, 1.0) if is_wide.any() else 1.0


def _divided(values: Array, scale: Any) -> Array:
    return values if isinstance(scale, float) else np.asarray(values / scale)


def _less(a: DoubleDouble, b: DoubleDouble) -> DoubleDouble:
    """a - b, for numbers of which few differ by more than rounding: the low parts are subtracted without error."""
    high, low = two_sum(a.high, -b.high), two_sum(a.low, -b.low)
    total = two_sum(high.high, low.high)
    return two_sum(total.high, total.low + (high.low + low.low))
