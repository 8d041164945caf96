"""Rows of logits compared in float64: log(q/p) from differences of logits, and the masses from it.

Let w be the difference of the logits less a constant near its mean under p, κ = Σ p·(exp(w) - 1), and
u = w - log(1 + κ). Then u is log(q/p), and the difference of the masses is

    q - p = p·(exp(w) - 1 - κ)/(1 + κ) = p·(exp(u) - 1)

w is a difference of numbers as given, held as two doubles where a constant is taken off, and κ is of second order in
it. So rows that are near keep their digits, and q is not exponentiated. Rows that span more than 690, or of which one
side alone has no mass, are left to `log_pair`.
"""

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble, parts_of, two_sum
from klcli.core.arithmetic.extended_range import LN2_HIGH, LN2_LOW
from klcli.core.arithmetic.series import expm1mx
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.pairs.pair import MAGNIFICATION, Pair
from klcli.support.lazy import lazy

__all__ = ["Float64LogPair"]

_REACH = 690.0  # of a logit below the largest, and of |u|: exponentials of these are normal doubles
_NO_SHIFT = 1e-9  # below this the mean difference and that of the top outcome are the same, but for rounding
_LEAST = 1e-100  # of Σ|q - p|: its square is a double


class Float64LogPair:
    """Quantities of rows of logits, shape (n, k), that a block needs.

    Attributes:
        is_accurate: True where float64 keeps the digits, shape (n,); do not use the other rows.
    """

    def __init__(self, lp: Array | DoubleDouble, lq: Array | DoubleDouble) -> None:
        """Takes logits as doubles, or logarithms of masses in twice the digits."""
        (lp, self._low_p), (lq, self._low_q) = parts_of(lp), parts_of(lq)
        least_p, least_q = (np.minimum.reduce(side, axis=-1) for side in (lp, lq))
        self._top, self._top_q = (side.argmax(axis=-1)[:, np.newaxis] for side in (lp, lq))
        self._hidden = None
        if (least_p == -np.inf).any():
            hidden = self._hidden = (lp == -np.inf) & (lq == -np.inf)
            lp, lq = (np.where(hidden, np.maximum.reduce(side, axis=-1, keepdims=True), side) for side in (lp, lq))
            least_p, least_q = (np.minimum.reduce(side, axis=-1) for side in (lp, lq))
        self._lp, self._lq = lp, lq
        self.p, self._rest_p = self._softmax(lp, self._low_p, self._top)
        w, low = two_sum(lq, -lp)
        for lost, sign in ((self._low_q, 1), (self._low_p, -1)):
            if lost is not None:
                w, low = two_sum(w, low + sign * lost)
        least, most = (end.reduce(w, axis=-1, keepdims=True) for end in (np.minimum, np.maximum))
        mean, size = (np.add.reduce(self.p * each, axis=-1, keepdims=True) for each in (w, np.abs(w)))
        own, at_top = (np.take_along_axis(each, self._top, -1) for each in (self.p, w))
        is_at_top = (own > 0.5) | (np.abs(at_top - mean) <= _NO_SHIFT * (1 + np.abs(mean)))
        origin = np.where(is_at_top, at_top, np.where(np.abs(mean) <= size / 2, 0.0, mean))
        if origin.any():
            low -= np.where(is_at_top, np.take_along_axis(low, self._top, -1), 0.0)
            w, lost = two_sum(w, -origin)
            w, low = two_sum(w, low + lost)  # what is left may be less than what was lost
        rise = np.expm1(w)
        self._w, self._low = w, low if low.any() else None
        if self._low is not None:
            rise += low * (1 + rise)
        self._ratio = ratio = np.add.reduce(self.p * rise, axis=-1, keepdims=True)
        shift = np.log1p(ratio)
        is_far = np.abs(shift) > 1
        rise -= ratio
        rise /= 1 + ratio
        self.rise = rise
        self.log_ratio = u = w - shift
        if self._low is not None:
            u += low
        if is_far.any():
            np.copyto(u, _less_logarithm(w, low, 1 + ratio), where=is_far)
        self.difference = self.p * rise
        reach = np.maximum(np.abs((least - origin) - shift), np.abs((most - origin) - shift))[:, 0]
        are_equal = ~rise.any(axis=-1)
        self.is_accurate = (
            (least_p >= np.maximum.reduce(lp, axis=-1) - _REACH)
            & (least_q >= np.maximum.reduce(lq, axis=-1) - _REACH)
            & (reach <= _REACH)
            & ((np.add.reduce(np.abs(self.difference), axis=-1) >= _LEAST) | are_equal)
        )

    def block(self, where: slice) -> Pair:
        return _Block(self, where)

    @lazy
    def support(self) -> Mask:
        return np.ones(self.p.shape, dtype=bool) if self._hidden is None else ~self._hidden

    @lazy
    def q(self) -> Array:
        is_less = self.rise < -0.5
        q = self.p + self.difference
        return np.where(is_less, self.p * self._power(), q) if is_less.any() else q

    def _power(self) -> Array:
        """q/p, to its last digits however small it is."""
        power = np.exp(self._w)
        if self._low is not None:
            power += power * self._low
        return power / (1 + self._ratio)

    @lazy
    def log_p(self) -> Array:
        return self._logarithm(self._lp, self._low_p, self._rest_p)

    @lazy
    def log_q(self) -> Array:
        rest = self._softmax(self._lq, self._low_q, self._top_q)[1]
        return self._logarithm(self._lq, self._low_q, rest)

    def _softmax(self, logits: Array, lost: Array | None, at: Index) -> tuple[Array, Array]:
        """Returns the masses, and Σ exp(logit - largest) without the largest, at `at`, which may be all but 0."""
        top = np.take_along_axis(logits, at, -1)
        below, low = two_sum(logits, -top)
        if lost is not None:
            low += lost - np.take_along_axis(lost, at, -1)
        mass = np.exp(below, out=below)
        mass += mass * low
        if self._hidden is not None:
            mass[self._hidden] = 0.0
        np.put_along_axis(mass, at, 0.0, -1)
        rest = np.add.reduce(mass, axis=-1, keepdims=True)
        np.put_along_axis(mass, at, 1.0, -1)
        mass /= 1 + rest
        return mass, rest

    def _logarithm(self, logits: Array, lost: Array | None, rest: Array) -> Array:
        at = logits.argmax(axis=-1)[:, np.newaxis]
        below, low = two_sum(logits, -np.take_along_axis(logits, at, -1))
        if lost is not None:
            low = low + (lost - np.take_along_axis(lost, at, -1))
        found = (below - np.log1p(rest)) + low
        return found if self._hidden is None else np.where(self._hidden, -np.inf, found)


class _Block(Pair):
    def __init__(self, whole: Float64LogPair, where: slice, factor: float = 1.0) -> None:
        self._whole, self._where, self._factor = whole, where, factor
        self.in_p = self.in_q = whole.support[..., where]
        self.p, self.difference = self._times_factor(whole.p), self._times_factor(whole.difference)
        self.__dict__.update(log_ratio=whole.log_ratio[..., where], is_lost=None, is_extreme=None)

    def _times_factor(self, values: Array) -> Array:
        block = values[..., self._where]
        return block if self._factor == 1 else block * self._factor

    @lazy
    def q(self) -> Array:
        return self._times_factor(self._whole.q)

    @lazy
    def log_p(self) -> Array:
        return self._whole.log_p[..., self._where]

    @lazy
    def log_q(self) -> Array:
        return self._whole.log_q[..., self._where]

    @lazy
    def kl_div(self) -> Array:
        return self.p * expm1mx(self.log_ratio, self._whole.rise[..., self._where])

    @lazy
    def magnified(self) -> Pair:
        return _Block(self._whole, self._where, MAGNIFICATION)


def _less_logarithm(w: Array, low: Array, ratio: Array) -> Array:
    """Returns w + low - log(ratio), whose rounding is that of the result where w is large and the result is not."""
    part, exponent = np.frexp(ratio)
    high, lost = two_sum(w, -exponent * LN2_HIGH)
    return high + (lost + low - (exponent * LN2_LOW + np.log(part)))
