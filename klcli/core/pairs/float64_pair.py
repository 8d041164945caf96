"""Pairs of masses that lie level: of moderate range and totals that agree, so that doubles give the gap its digits.

With P the total of p, q levelled to it (`scaled`), and D = Σ(q - p) what is left of the drift of the totals, the gap of
the normalised masses is

    ((q - p) - p·D/P) / (P + D)

Where p is nearly q, q - p has its last digit, so the sum D is right to the last digits of Σ|q - p|, and the gap to
those of q - p and p·D/P. Only where these cancel, as p and q are proportional to 1 part in 10⁸ or so, is that too
little: such pairs, and masses near the ends of the doubles, are left to `masses`.

A sum of terms that have one sign needs no normalised masses, but one pass over those that are given. With d = q - p
and the contrast s = d/(p + q), where Q = P + D,

    KL(P‖Q) = Σ (p·log(p/q) + d)/P - (D/P - log(1 + D/P))
    p·log(p/q) + d = d·s·(1 - (1 - s)·s·A(s²)),   A(s²) = (atanh(s) - s)/s³ = 1/3 + s²/5 + …

What is taken off for the totals is of second order in the drift; where it is no small part of the sum, the gap of each
outcome is needed.
"""

from collections.abc import Callable
from math import isnan
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import added, blocks, each_block
from klcli.core.arithmetic.series import atanh_excess, slight_atanh_excess
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import MAGNIFICATION, Pair, put
from klcli.core.pairs.scaling import Scaled
from klcli.core.pairs.textbook_sums import PlainBlock
from klcli.support.lazy import lazy

__all__ = ["Level", "drift", "of_one_sign", "p_excess", "q_excess"]

_DRIFT = 0.8  # of Σ|q - p|: up to here the gap is right to five units in the last place of Σ|gap|
_TAKEN_OFF = 0.2  # of a sum of one sign, at most: that makes the error of the value 1.5 times that of the sum
_NEAR = 1 / 3  # so far the series reaches
_EVERYWHERE = np.asarray(True)


def drift(block: PlainBlock) -> Array:
    """Σ (q - p)."""
    return added(block.gap)


def p_excess(block: PlainBlock) -> Array:
    """Σ (p·log(p/q) - p + q)."""
    return _excess(block, block.p, 1.0)


def q_excess(block: PlainBlock) -> Array:
    """Σ (q·log(q/p) - q + p)."""
    return _excess(block, block.q, -1.0)


def of_one_sign(mean: Any, drift: Any) -> Any:
    """The sum of one sign by its total, less D/P - log(1 + D/P); NaN where that leaves too few digits."""
    s = drift / (2 + drift)
    if isinstance(s, np.ndarray):
        column = np.where(np.abs(s) <= _NEAR, s, np.nan)[:, np.newaxis]
        off = drift * s * (1 - (1 - s) * s * atanh_excess(column * column)[:, 0])
        return np.where(off <= _TAKEN_OFF * mean, mean - off, np.nan)
    if not abs(s) <= _NEAR:
        return np.nan
    off = drift * s * (1 - (1 - s) * s * atanh_excess(np.asarray(s * s)))
    return mean - off if off <= _TAKEN_OFF * mean else np.nan


def _excess(block: PlainBlock, mass: Array, sign: float) -> Array:
    """As p_excess for sign 1; as q_excess for sign -1, where the contrast counts the other way."""
    s, largest, far = block.contrast
    if isnan(largest):
        return np.array([np.nan])
    small = np.subtract(sign, s, out=block.room("small"))
    small *= s
    small *= slight_atanh_excess(s, largest)
    small *= s
    near = block.inner(block.gap, s) - block.inner(block.gap, small)
    if not far.size:
        return near
    ratio = block.q[far] / block.p[far]
    return np.concatenate([near, added(sign * (block.gap[far] - mass[far] * np.log(ratio)))])


class Level:
    """What must be known of all masses before a block can be normalised: their drift.

    Attributes:
        suffices: whether plain doubles do, shape (...); where not, this is not to be used.
    """

    def __init__(self, masses: Scaled) -> None:
        self.masses = masses = masses.levelled
        self.total_p, self.is_full = masses.total_p, masses.is_full
        found = each_block(masses.p.shape[-1], lambda: self._survey)
        in_range, drift, size = zip(*found, strict=True)
        self.drift, self._size = _last(np.add.reduce(drift)), _last(np.add.reduce(size))
        self.total_q = self.total_p + self.drift
        self.has_drift = bool(np.any(self.drift))
        is_level = np.abs(self.drift) <= _DRIFT * self._size
        self.suffices = np.logical_and.reduce(in_range) & (is_level if np.ndim(is_level) == 0 else is_level[..., 0])

    def _survey(self, where: slice) -> tuple[Any, Array, Array]:
        difference = self.masses.gap(where)
        drift = np.add.reduce(difference, axis=-1)
        size = np.add.reduce(np.abs(difference, out=difference), axis=-1)
        return self.is_full or self.masses.is_in_range(where), drift, size

    def block(self, where: slice) -> Pair:
        return _LevelPair(self, where)

    @lazy
    def rest_p(self) -> Array:
        """The mass of P without its most probable outcome."""
        return _rest(self.masses.p) * self.masses.unit_p

    @lazy
    def rest_q(self) -> Array:
        return _rest(self.masses.q) * self.masses.unit_q * self.masses.factor


class _LevelPair(Pair):
    def __init__(self, whole: Level, where: slice, factor: float = 1.0) -> None:
        self._whole, self._where, self._factor = whole, where, factor
        p, q, self.gap = whole.masses.block_and_gap(where)
        self.p = p * (factor / whole.total_p)
        self.q = q * (factor / whole.total_q)
        if whole.has_drift:
            self.gap -= p * (whole.drift / whole.total_p)
        self.gap *= factor / whole.total_q
        self.in_p, self.in_q = (_EVERYWHERE, _EVERYWHERE) if whole.is_full else (p > 0, q > 0)
        self.__dict__.update(is_lost=None, is_extreme=None)

    def _contrast_of_gap(self) -> Array:
        return self.gap / (self.p + self.q) if self._whole.is_full else super()._contrast_of_gap()

    def _unmagnified(self, mass: Array) -> Array:
        return mass if self._factor == 1 else mass / self._factor

    @lazy
    def magnified(self) -> Pair:
        return _LevelPair(self._whole, self._where, MAGNIFICATION)

    @lazy
    def log_p(self) -> Array:
        return _logarithm(
            self._unmagnified(self.p), lambda: self._whole.masses.block(self._where)[0], lambda: self._whole.rest_p
        )

    @lazy
    def log_q(self) -> Array:
        return _logarithm(
            self._unmagnified(self.q), lambda: self._whole.masses.block(self._where)[1], lambda: self._whole.rest_q
        )


def _last(sums: Any) -> Any:
    """Sums of shape (...) with an axis for the outcomes; a number as it is."""
    return sums if np.ndim(sums) == 0 else sums[..., np.newaxis]


def _logarithm(normalised: Array, masses: Callable[[], Array], rest: Callable[[], Array]) -> Array:
    result = np.log(normalised)
    dominant = normalised > 0.5
    # -log(p) of an outcome that holds nearly all the mass is log(1 + rest/p), with the rest summed by itself
    return np.where(dominant, -np.log1p(rest() / masses()), result) if dominant.any() else result


def _rest(masses: Array) -> Array:
    top = masses.argmax(axis=-1)[..., np.newaxis]
    total = np.zeros(top.shape)
    for where in blocks(masses.shape[-1]):
        block = masses[..., where].copy()
        put(block, top - where.start, np.zeros(top.shape))
        total += np.add.reduce(block, axis=-1, keepdims=True)
    return total
