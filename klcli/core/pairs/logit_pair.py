"""Rows of logits compared by their logarithms: each sum in terms of one sign, so that near rows keep their digits.

With w = log q - log p up to a constant, and x = w - W for any W near the mean of w under p,

    KL(P‖Q) = log(1 + r + s) - r   for r = Σ p·x, s = Σ p·(exp(x) - 1 - x)
            = s - (t - log(1 + t))  for t = r + s

The terms of s are never negative, and each is right to its last digits: x is the logits' difference, which is exact for
float32, and one rounding. What is subtracted from s is about r²/2, so W is 0 where that is small beside s, and the
logits' difference is taken as it stands; else W is the mean, which leaves an r of its rounding. No logarithm of a total
is taken, whose rounding would be all that is seen of two rows that are nearly equal; and q is not exponentiated.
`exp_remainder` computes the sum s.

Rows that are far apart, whose KL is well above the roundings of log(Σ exp(q)/Σ exp(p)) - Σ p·w, are taken by that.

A row that leaves the range where this holds is NaN here, and is compared by `log_pair`.
"""

from collections.abc import Callable
from math import inf, nan

import numpy as np

from klcli.core.arithmetic.exp_remainder import SERIES, Form, by_both, by_exponential
from klcli.core.arithmetic.parallel import Workspace
from klcli.core.arithmetic.series import expm1mx
from klcli.core.arithmetic.softmax import Logits, Softmax
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.logit_differences import Differences
from klcli.core.pairs.logit_ratios import Ratios
from klcli.core.pairs.logit_row import APART, LogitRow
from klcli.support.lazy import lazy

__all__ = ["LogitPair"]

_ENOUGH = 0.02  # from this divergence on, the rounding of exp(x) - 1, √(2/KL) times that of 1, is within 1e-15 of it
_STEEP = 32.0  # up to here the rounding of x, which exp(x) takes on, is 1.8e-15 at most; beyond, it takes part
_STEEPEST = 300.0


class LogitPair:
    """Rows of logits of P and of Q, shape (n, k); the values have shape (n,), NaN where they are not known.

    Attributes:
        p, q: the softmax of each side.
    """

    def __init__(self, p: Logits, q: Logits, workspace: Workspace, alone: LogitRow | None = None) -> None:
        """Takes rooms, used again for the next rows, and room for one row, where these are wide."""
        self._of_p, self._of_q, self._workspace, self._alone = p, q, workspace, alone

    @lazy
    def p(self) -> Softmax:
        return Softmax(self._of_p, "p", self._workspace)

    @lazy
    def q(self) -> Softmax:
        return Softmax(self._of_q, "q", self._workspace)

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
        value = self._by_row(self._of_p, self._of_q)
        return _filled(value, lambda: _divergence(self.p, self.q, self._workspace))

    @lazy
    def reverse_kl(self) -> Array:
        value = self._by_row(self._of_q, self._of_p)
        return _filled(value, lambda: _divergence(self.q, self.p, self._workspace))

    def _by_row(self, p: Logits, q: Logits) -> Array:
        """KL(P‖Q) of the rows that are taken one by one, shape (n,); NaN of others."""
        if self._alone is None:
            return np.full(len(p.values), nan)
        divergence, stand = self._alone.divergence, p.stand & q.stand
        rows = zip(p.values, q.values, stand[:, 0].tolist(), strict=True)
        return np.array([divergence(ours, theirs) if stands else nan for ours, theirs, stands in rows])

    @lazy
    def ratios(self) -> Ratios:
        """q/p."""
        return Ratios(self.p, self.q, self._workspace, "q/p")

    @lazy
    def inverse_ratios(self) -> Ratios:
        """p/q."""
        return Ratios(self.q, self.p, self._workspace, "p/q")

    @lazy
    def bhattacharyya(self) -> Array:
        return np.log1p(Ratios(self.p, self.q, self._workspace, "√q/p", part=0.5).spread_of_squares()) / 2


_REACHES, _FORMS = list(SERIES), list(SERIES.values())


def _filled(value: Array, others: Callable[[], Array]) -> Array:
    """The values, and others where they are NaN, which are taken only where they are needed."""
    is_left = np.isnan(value)
    return np.where(is_left, others(), value) if is_left.any() else value


def _divergence(p: Softmax, q: Softmax, workspace: Workspace) -> Array:
    """KL(P‖Q), shape (n,)."""
    differences = Differences(p, q, workspace)
    value = _apart(p, q, differences)
    is_left = np.isnan(value)
    if is_left.any():
        differences.centre(is_left & p.is_sound)
        value = np.where(is_left, _near(p, differences), value)
    return value[:, 0]


def _apart(p: Softmax, q: Softmax, differences: Differences) -> Array:
    """KL(P‖Q) of rows that are far apart by the textbook, NaN where it is not trusted; shape (n, 1)."""
    first = differences.first
    rows = differences.second - first * first >= APART
    if not rows.any():
        return np.full(first.shape, np.nan)
    log_ratio = np.log(q.total / p.total)
    value = log_ratio + (q.shift - p.shift) - first
    least = np.maximum(1.0, np.maximum(np.abs(first), np.abs(log_ratio)) / 4)
    return np.where(rows & (value >= least) & (value < inf), value, np.nan)


def _near(p: Softmax, differences: Differences) -> Array:
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
    bend = expm1mx(np.log1p(np.where(after <= 1, after, 0.0)))  # t - log(1 + t)
    # a mask far below makes the second moment large, and so centred, where the excess is not
    near = np.where(first * first <= excess, excess - bend, np.nan)
    value = np.where(after <= 1, near, np.log1p(after) - first)
    return np.where(is_sound & (least == most), 0.0, value)
