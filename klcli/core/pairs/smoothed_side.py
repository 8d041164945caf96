"""Smoothing of the normalised masses of one side: the masses, their logarithms, and both in a wide range."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.extended_range import LOG_2, ExtendedRange, product
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.pair import NORMAL

__all__ = ["Side"]


class Side(NamedTuple):
    """The smoothing of the normalised masses of one side: share·p + added; with a floor, either.

    Attributes:
        share, added: shape (..., 1). rest: what an outcome that holds most of the mass leaves to what is added.
    """

    share: ExtendedRange
    added: ExtendedRange
    rest: Array

    def masses(self, own: Array, raised: Mask | None) -> Array:
        kept, added = _value(self.share) * own, _value(self.added)
        return kept + added if raised is None else np.where(raised, added, kept)

    def logarithm(self, smoothed: Array, log_own: Callable[[], Array], wide: Callable[[], ExtendedRange]) -> Array:
        result = np.log(smoothed)
        dominant = smoothed > 0.5
        if dominant.any():
            rest = _value(self.share) * -np.expm1(log_own()) + self.rest
            result = np.where(dominant, -np.log1p(rest / smoothed), result)
        lost = smoothed < NORMAL
        if lost.any():
            found = wide()
            result = np.where(lost, found.exponent * LOG_2 + found.rest, result)
        return result

    def wide(self, own: ExtendedRange, in_own: Mask, raised: Mask | None) -> ExtendedRange:
        has_mass = in_own if own.is_large is None else in_own & ~own.is_large  # else far below any double, so 0
        kept = ExtendedRange(
            own.exponent + self.share.exponent, np.where(has_mass, own.rest + self.share.rest, -np.inf)
        )
        if raised is not None:
            added = self.added
            return ExtendedRange(
                *(np.where(raised, getattr(added, part), getattr(kept, part)) for part in ("exponent", "rest"))
            )
        ratio = kept.log_ratio(self.added)
        small = np.log1p(np.exp(-np.abs(ratio)))
        is_kept = ratio > 0
        return ExtendedRange(
            np.where(is_kept, kept.exponent, self.added.exponent),
            np.where(is_kept, kept.rest, self.added.rest) + small,
        )


def _value(number: ExtendedRange) -> Array:
    return np.where(number.rest > -np.inf, product((number, 1)), 0.0)
