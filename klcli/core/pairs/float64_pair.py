"""Pairs with equal totals and moderate range, for which float64 computes q - p accurately.

Let P be the total of p, and let q be scaled to nearly the same total (see `scaling`). With D = Σ(q - p), the
difference of the normalised masses is

    ((q - p) - p·D/P) / (P + D)

If p is nearly q, float64 subtraction q - p is exact, so D is accurate relative to Σ|q - p|, and the difference is
accurate relative to |q - p| + p·D/P. These two cancel only if p and q are proportional to about 1 part in 10⁸. Such
pairs, and masses near the ends of the range of float64, are left to `double_double_pair`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import BLOCK, blocks, each_block
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.pair import MAGNIFICATION, Pair, put
from klcli.core.pairs.scaling import ScaledMasses
from klcli.support.lazy import lazy

__all__ = ["Float64Pair"]

_LARGEST_SHARE = 0.8  # of Σ|q - p| that Σ(q - p) may be: the difference is right to 5 units in the last place
_EVERYWHERE = np.asarray(True)


class Float64Pair:
    """Quantities of all masses that normalising a block needs: totals and their difference.

    Attributes:
        is_accurate: True where float64 gives the difference its digits, shape (...); elsewhere do not use the pair.
    """

    def __init__(self, masses: ScaledMasses) -> None:
        self.masses = masses = masses.with_equal_totals
        self.total_p, self.all_positive = masses.total_p, masses.all_positive
        self._only: tuple[Array, Array, Array] | None = None  # the block, if there is one
        found = each_block(masses.p.shape[-1], lambda: self._sums)
        in_range, total_difference, size = zip(*found, strict=True)
        self.total_difference, self._size = _last(np.add.reduce(total_difference)), _last(np.add.reduce(size))
        self.total_q = self.total_p + self.total_difference
        self.totals_differ = bool(np.any(self.total_difference))
        is_small = np.abs(self.total_difference) <= _LARGEST_SHARE * self._size
        self.is_accurate = np.logical_and.reduce(in_range) & (is_small if np.ndim(is_small) == 0 else is_small[..., 0])

    def _sums(self, where: slice) -> tuple[Any, Array, Array]:
        found = self.masses.block_and_difference(where)
        difference = found[2]
        if self.masses.p.shape[-1] <= BLOCK:
            self._only = found
        total_difference = np.add.reduce(difference, axis=-1)
        size = np.add.reduce(np.abs(difference), axis=-1)
        return self.all_positive or self.masses.is_in_range(where), total_difference, size

    def block(self, where: slice) -> Pair:
        return _Float64Block(self, where)

    def given(self, where: slice) -> tuple[Array, Array, Array]:
        """Returns the scaled masses of a block, and their difference: of few outcomes, as they were found first."""
        return self._only or self.masses.block_and_difference(where)

    @lazy
    def rest_p(self) -> Array:
        """The mass of P without its most probable outcome."""
        return _rest(self.masses.p) * self.masses.unit_p

    @lazy
    def rest_q(self) -> Array:
        return _rest(self.masses.q) * self.masses.unit_q * self.masses.factor


class _Float64Block(Pair):
    def __init__(self, whole: Float64Pair, where: slice, factor: float = 1.0) -> None:
        self._whole, self._where, self._factor = whole, where, factor
        p, q, difference = whole.given(where)
        self.p = p * (factor / whole.total_p)
        self.q = q * (factor / whole.total_q)
        if whole.totals_differ:
            difference = difference - p * (whole.total_difference / whole.total_p)
        self.difference = difference * (factor / whole.total_q)
        self.in_p, self.in_q = (_EVERYWHERE, _EVERYWHERE) if whole.all_positive else (p > 0, q > 0)
        self.__dict__.update(is_lost=None, is_extreme=None)

    def _contrast_of_difference(self) -> Array:
        return self.difference / (self.p + self.q) if self._whole.all_positive else super()._contrast_of_difference()

    def _unmagnified(self, mass: Array) -> Array:
        return mass if self._factor == 1 else mass / self._factor

    @lazy
    def magnified(self) -> Pair:
        return _Float64Block(self._whole, self._where, MAGNIFICATION)

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
