"""A pair times MAGNIFICATION where masses have underflowed, so that tiny measures keep their digits."""

from math import log2

import numpy as np

from klcli.core.arithmetic.extended_range import ExtendedRange, product
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, Pair
from klcli.support.lazy import lazy

__all__ = ["MagnifiedBeforeUnderflow"]

_LARGEST = float(np.finfo(np.float64).max)


class MagnifiedBeforeUnderflow(Pair):
    """A pair times MAGNIFICATION, with the masses that had underflowed taken as they were before."""

    def __init__(self, pair: Pair) -> None:
        lost_p, lost_q = pair.in_p & (pair.p < NORMAL), pair.in_q & (pair.q < NORMAL)
        shift = log2(MAGNIFICATION)
        self.p = np.where(lost_p, product((pair.wide_p, 1), exponent=shift), pair.p * MAGNIFICATION)
        self.q = np.where(lost_q, product((pair.wide_q, 1), exponent=shift), pair.q * MAGNIFICATION)
        self.in_p, self.in_q = pair.in_p, pair.in_q
        self.difference = pair.contrast * (self.p + self.q)
        self._pair = pair
        # a log ratio beyond the doubles is that of a mass of 0 here, which it must not make NaN
        finite = np.clip(pair.log_ratio, -_LARGEST, _LARGEST)
        log_ratio = np.where(pair.in_p & pair.in_q, finite, pair.log_ratio)
        self.__dict__.update(
            contrast=pair.contrast, near_contrast=pair.near_contrast, is_far=pair.is_far, log_ratio=log_ratio
        )

    @lazy
    def log_p(self) -> Array:
        return self._pair.log_p

    @lazy
    def log_q(self) -> Array:
        return self._pair.log_q

    @lazy
    def wide_p(self) -> ExtendedRange:
        return self._pair.wide_p.times_power_of_2(log2(MAGNIFICATION))

    @lazy
    def wide_q(self) -> ExtendedRange:
        return self._pair.wide_q.times_power_of_2(log2(MAGNIFICATION))
