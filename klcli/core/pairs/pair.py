"""Two distributions on one support, normalised exactly, in the quantities from which every measure is computed.

Every measure is written in terms of p, q, their difference q - p, and the log ratio that follows from the difference:

    contrast  s = (q - p)/(p + q)          log(q/p) = 2·atanh(s)

If the difference is accurate to its last digits, so are these, however close the two distributions are.
`double_double_pair` and `float64_pair` compute it for masses, `log_pair` for logits.
"""

from typing import Any

import numpy as np

from klcli.core.arithmetic.extended_range import ExtendedRange, log_of_product
from klcli.core.arithmetic.series import atanh_remainder
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.support.lazy import lazy

__all__ = ["MAGNIFICATION", "NORMAL", "Pair", "put"]


MAGNIFICATION = 2.0**1000  # lifts masses to the end of the doubles, for they add up to 1; its square root is exact
NORMAL = float(np.finfo(np.float64).smallest_normal)
_LARGE_LOG = 2.0**20  # times a mass that underflows it is at most 1e-302
_LEAST_SIZE = 1e-100  # of p + q, whose magnified difference has all its digits
_NEAR = 1 / 3  # |contrast| up to here (q/p in [1/2, 2]) takes the series, beyond it the logarithm


class Pair:
    """A block of outcomes of two normalised distributions; all arrays have shape (..., block).

    Attributes:
        p, q: normalised masses.
        difference: q - p, to its own last digits.
        log_p, log_q: natural logarithms of the normalised masses, -inf for mass 0; never magnified.
        wide_p, wide_q: the normalised masses, where underflow leaves digits of neither.
        in_p, in_q: the supports, which underflow does not empty.
        contrast: (q - p)/(p + q), 0 where both are 0.
        log_ratio: log(q/p), 0 where both are 0, inf or -inf where one is.
        log_scale: a power of 2, a number or shape (..., 1); the scaled logarithms are multiplied by it, so that none
            leaves the range of a double where both sides have mass.
        has_large_logs: whether a logarithm may be so large that its product with a mass near 0 is not small.
    """

    log_scale: Any = 1.0
    has_large_logs = False

    p: Array
    q: Array
    difference: Array
    in_p: Mask
    in_q: Mask

    @lazy
    def log_p(self) -> Array:
        raise NotImplementedError

    @lazy
    def log_q(self) -> Array:
        raise NotImplementedError

    @lazy
    def wide_p(self) -> ExtendedRange:
        raise NotImplementedError

    @lazy
    def wide_q(self) -> ExtendedRange:
        raise NotImplementedError

    @lazy
    def scaled_log_p(self) -> Array:
        return self.log_p

    @lazy
    def scaled_log_q(self) -> Array:
        return self.log_q

    @lazy
    def scaled_log_ratio(self) -> Array:
        return self.log_ratio

    def times_log(self, mass: str, scaled_log: Array) -> Array:
        """Returns the product of p, q or difference, given by name, and a logarithm that is scaled by `log_scale`."""
        value = getattr(self, mass) * scaled_log
        if not self.has_large_logs:
            return np.asarray(value)
        if not isinstance(self.log_scale, float):
            value = value / self.log_scale
        if self.is_lost is None:
            return np.asarray(value)
        is_large = self.is_lost & (np.abs(scaled_log) > _LARGE_LOG * self.log_scale)
        if not is_large.any():
            return np.asarray(value)
        large = getattr(self.magnified, mass) * (scaled_log / (MAGNIFICATION * self.log_scale))
        return np.where(is_large, large, value)

    def log_of_powers(self, order: float, beta: float, share: float) -> Array:
        """Returns share·log(p^order·q^beta) for order + beta = 1, where both have mass, or p alone."""
        value = share * self.log_p + share * beta * self.log_ratio
        if self.has_large_logs and self.wide_p.is_large is not None:
            exact = log_of_product((self.wide_p, order), (self.wide_q, beta), share=share)
            value = np.where(self.wide_p.is_large & self.in_p & self.in_q, exact, value)
        return np.asarray(value)

    @lazy
    def contrast(self) -> Array:
        contrast = self._contrast_of_difference()
        one_sided = self.in_p != self.in_q
        return np.where(one_sided, np.where(self.in_q, 1.0, -1.0), contrast) if one_sided.any() else contrast

    @lazy
    def magnified_contrast(self) -> Array:
        """The contrast times MAGNIFICATION, accurate also where the contrast is subnormal."""
        size = self.p + self.q
        # the difference of a dominant outcome is known better than its log ratio; that of a small one underflows
        return np.where(size > _LEAST_SIZE, self.magnified.difference / size, self.contrast * MAGNIFICATION)

    def _contrast_of_difference(self) -> Array:
        total = self.p + self.q
        return np.divide(self.difference, total, out=np.zeros_like(total), where=total > 0)

    @lazy
    def near_contrast(self) -> Array:
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
    def atanh_remainder(self) -> Array:
        """(atanh(s) - s)/s³ of the near outcomes."""
        return atanh_remainder(self.near_contrast * self.near_contrast)

    @lazy
    def kl_div(self) -> Array:
        """p·log(p/q) - p + q, infinite where only p has mass."""
        s = self.near_contrast
        near = self.difference * s * (1 - (1 - s) * s * self.atanh_remainder)
        if self.is_far is None:
            return np.asarray(near)
        # where p = 0 this is q
        far = np.where(self.in_p, self.difference - self.times_log("p", self.scaled_log_ratio), self.q)
        far = np.where(self.in_p & ~self.in_q, np.inf, far)
        return np.where(self.is_far, far, near)

    @lazy
    def log_ratio(self) -> Array:
        s = self.near_contrast
        near = 2 * (s + s * (s * s) * self.atanh_remainder)
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
        """The pair with p and q exchanged; not cached, because each would keep the other alive."""
        return _Swapped(self)

    @lazy
    def magnified(self) -> "Pair":
        """The pair with p, q and the difference times MAGNIFICATION, before any of them underflows."""
        raise NotImplementedError


class _Swapped(Pair):
    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.p, self.q, self.difference = pair.q, pair.p, -pair.difference
        self.in_p, self.in_q = pair.in_q, pair.in_p
        self.log_scale, self.has_large_logs = pair.log_scale, pair.has_large_logs
        self.__dict__.update(contrast=-pair.contrast, near_contrast=-pair.near_contrast, is_far=pair.is_far)

    @property
    def swapped(self) -> Pair:
        return self._pair

    # these change places
    log_p = lazy(lambda self: self._pair.log_q)
    log_q = lazy(lambda self: self._pair.log_p)
    scaled_log_p = lazy(lambda self: self._pair.scaled_log_q)
    scaled_log_q = lazy(lambda self: self._pair.scaled_log_p)
    wide_p = lazy(lambda self: self._pair.wide_q)
    wide_q = lazy(lambda self: self._pair.wide_p)
    magnified = lazy(lambda self: self._pair.magnified.swapped)
    # these change their sign
    log_ratio = lazy(lambda self: -self._pair.log_ratio)
    scaled_log_ratio = lazy(lambda self: -self._pair.scaled_log_ratio)
    magnified_contrast = lazy(lambda self: -self._pair.magnified_contrast)
    # these stay
    atanh_remainder = lazy(lambda self: self._pair.atanh_remainder)
    is_lost = lazy(lambda self: self._pair.is_lost)
    is_extreme = lazy(lambda self: self._pair.is_extreme)


def put(values: Array, index: Index, new: Array) -> None:
    """Sets values[..., index] = new, where the index is within the last axis and new is not NaN."""
    inside = np.clip(index, 0, values.shape[-1] - 1)
    old = np.take_along_axis(values, inside, -1)
    np.put_along_axis(values, inside, np.where((inside == index) & ~np.isnan(new), new, old), -1)
