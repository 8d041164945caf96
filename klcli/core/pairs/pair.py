"""Two distributions on one support, normalised exactly, in the quantities from which every measure is computed.

Each measure is written in terms of p, q, their *gap* q - p, and the logarithm of q/p that follows from the gap:

    contrast  s = (q - p)/(p + q)          log(q/p) = 2·atanh(s)

Where the gap has its own last digits, so have these, however close the two distributions are. How it gets them is left
to `masses`, for numbers that are masses, and to `logarithms`, for scores.
"""

from math import log2
from typing import Any

import numpy as np

from klcli.core.arithmetic.extended_range import Wide, product
from klcli.core.arithmetic.series import atanh_excess
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.support.lazy import lazy

__all__ = ["MAGNIFICATION", "NORMAL", "MagnifiedBeforeUnderflow", "Pair", "WidePair", "put"]


MAGNIFICATION = 2.0**1000  # lifts masses to the end of the doubles, for they add up to 1; its square root is exact
NORMAL = float(np.finfo(np.float64).smallest_normal)
_NEAR = 1 / 3  # |contrast| up to here (q/p in [1/2, 2]) takes the series, beyond it the logarithm


class Pair:
    """A block of outcomes of two normalised distributions; all arrays have shape (..., block).

    Attributes:
        p, q: normalised masses.
        gap: q - p, to its own last digits.
        log_p, log_q: natural logarithms of the normalised masses, -inf where there is none; never magnified.
        wide_p, wide_q: the normalised masses, where underflow leaves digits of neither.
        in_p, in_q: the supports, which underflow does not empty.
        contrast: (q - p)/(p + q), 0 where both are 0.
        log_ratio: log(q/p), 0 where both are 0, inf or -inf where one is.
    """

    p: Array
    q: Array
    gap: Array
    in_p: Mask
    in_q: Mask

    @lazy
    def log_p(self) -> Array:
        raise NotImplementedError

    @lazy
    def log_q(self) -> Array:
        raise NotImplementedError

    @lazy
    def wide_p(self) -> Wide:
        raise NotImplementedError

    @lazy
    def wide_q(self) -> Wide:
        raise NotImplementedError

    @lazy
    def contrast(self) -> Array:
        contrast = self._contrast_of_gap()
        one_sided = self.in_p != self.in_q
        return np.where(one_sided, np.where(self.in_q, 1.0, -1.0), contrast) if one_sided.any() else contrast

    def _contrast_of_gap(self) -> Array:
        total = self.p + self.q
        return np.divide(self.gap, total, out=np.zeros_like(total), where=total > 0)

    @lazy
    def near(self) -> Array:
        """The contrast where it is small enough for a series, else 0."""
        return self.contrast if self.is_far is None else np.where(self.is_far, 0.0, self.contrast)

    @lazy
    def is_far(self) -> Mask | None:
        """Where the series do not reach; None if nowhere."""
        least, most = np.minimum.reduce(self.contrast, axis=None), np.maximum.reduce(self.contrast, axis=None)
        return None if least >= -_NEAR and most <= _NEAR else np.abs(self.contrast) > _NEAR

    @lazy
    def is_lost(self) -> Mask | None:
        """Where both have mass, but one has lost digits, or all, to underflow; None if nowhere."""
        lost = self.in_p & self.in_q & ((self.p < NORMAL) | (self.q < NORMAL))
        return lost if lost.any() else None

    @lazy
    def atanh_excess(self) -> Array:
        """(atanh(s) - s)/s³ of the near outcomes."""
        return atanh_excess(self.near * self.near)

    @lazy
    def log_ratio(self) -> Array:
        s = self.near
        near = 2 * (s + s * (s * s) * self.atanh_excess)
        if self.is_far is None:
            return near
        far = np.log(self.q / self.p)
        if self.is_extreme is not None:
            far = np.where(self.is_extreme, self.wide_q.log_ratio(self.wide_p), far)
        far = np.where(self.in_p == self.in_q, far, np.where(self.in_p, -np.inf, np.inf))
        return np.where(self.is_far, far, near)

    @lazy
    def is_extreme(self) -> Mask | None:
        """Where both have mass, but q/p or p/q is no normal double, or a mass is lost; None if nowhere."""
        ratio = self.q / self.p
        extreme = self.in_p & self.in_q & ~((ratio >= NORMAL) & (ratio <= 1 / NORMAL))
        if self.is_lost is not None:
            extreme |= self.is_lost
        return extreme if extreme.any() else None

    @property
    def swapped(self) -> "Pair":
        """The same pair with p and q exchanged; not kept, for the two would keep each other."""
        return _Swapped(self)

    @lazy
    def magnified(self) -> "Pair":
        """The pair with p, q and the gap times MAGNIFICATION, before any of them underflows."""
        raise NotImplementedError


class _Swapped(Pair):
    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.p, self.q, self.gap = pair.q, pair.p, -pair.gap
        self.in_p, self.in_q = pair.in_q, pair.in_p
        self.__dict__.update(contrast=-pair.contrast, near=-pair.near, is_far=pair.is_far)

    @property
    def swapped(self) -> Pair:
        return self._pair

    @lazy
    def magnified(self) -> Pair:
        return self._pair.magnified.swapped

    @lazy
    def atanh_excess(self) -> Array:
        return self._pair.atanh_excess

    @lazy
    def log_ratio(self) -> Array:
        return -self._pair.log_ratio

    @lazy
    def log_p(self) -> Array:
        return self._pair.log_q

    @lazy
    def log_q(self) -> Array:
        return self._pair.log_p

    @lazy
    def wide_p(self) -> Wide:
        return self._pair.wide_q

    @lazy
    def wide_q(self) -> Wide:
        return self._pair.wide_p


class WidePair(Pair):
    """A block `_where` of a `_whole` whose two sides know their masses before these underflow."""

    _whole: Any
    _where: slice

    @lazy
    def wide_p(self) -> Wide:
        return self._whole.p.wide(self._where)

    @lazy
    def wide_q(self) -> Wide:
        return self._whole.q.wide(self._where)


class MagnifiedBeforeUnderflow(Pair):
    """A pair times MAGNIFICATION, with the masses that had underflowed taken as they were before."""

    def __init__(self, pair: Pair) -> None:
        lost_p, lost_q = pair.in_p & (pair.p < NORMAL), pair.in_q & (pair.q < NORMAL)
        shift = log2(MAGNIFICATION)
        self.p = np.where(lost_p, product((pair.wide_p, 1), exponent=shift), pair.p * MAGNIFICATION)
        self.q = np.where(lost_q, product((pair.wide_q, 1), exponent=shift), pair.q * MAGNIFICATION)
        self.in_p, self.in_q = pair.in_p, pair.in_q
        self.gap = pair.contrast * (self.p + self.q)
        self._pair = pair
        self.__dict__.update(contrast=pair.contrast, near=pair.near, is_far=pair.is_far, log_ratio=pair.log_ratio)

    @lazy
    def log_p(self) -> Array:
        return self._pair.log_p

    @lazy
    def log_q(self) -> Array:
        return self._pair.log_q

    @lazy
    def wide_p(self) -> Wide:
        return self._pair.wide_p.times_power_of_2(log2(MAGNIFICATION))

    @lazy
    def wide_q(self) -> Wide:
        return self._pair.wide_q.times_power_of_2(log2(MAGNIFICATION))


def put(values: Array, index: Index, new: Array) -> None:
    """Sets values[..., index] = new, where the index is within the last axis and new is not NaN."""
    inside = np.clip(index, 0, values.shape[-1] - 1)
    old = np.take_along_axis(values, inside, -1)
    np.put_along_axis(values, inside, np.where((inside == index) & ~np.isnan(new), new, old), -1)
