"""Pairs of exactly smoothed distributions: smoothed masses in double-double, normalised as any others are.

Their difference has an error of 2^-104 of each mass. Where all of it is little more than that, as of two distributions
that differ in their last digits, or beside a much larger amount, it is computed in whole numbers.
Smoothed, an outcome has mass on both sides, however small: the supports are full.
"""

from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.double_double_pair import DoubleDoubleBlock, DoubleDoublePair
from klcli.core.pairs.magnified import MagnifiedBeforeUnderflow
from klcli.core.pairs.pair import MAGNIFICATION, Pair
from klcli.core.pairs.scaled_side import ScaledSide
from klcli.core.pairs.smoothed_side import METHODS, ExactMethod, SideOfLogarithms, SmoothedSide
from klcli.core.pairs.whole_numbers import Parts, differences
from klcli.support.lazy import lazy

__all__ = ["SmoothedPair"]

_NEAR = 2.0**-49  # of the sum of |q - p|, in which 2^-104 would show


class _Exactly(NamedTuple):
    """Which rows, shape (..., 1), have their magnified contrast and difference from whole numbers, shape (..., k)."""

    rows: Mask
    contrast: Array
    difference: Array


class SmoothedPair(DoubleDoublePair):
    """Two distributions, smoothed alike.

    Args:
        p, q: masses as given, shape (..., k). log_p, log_q: their logarithms, where those are what was given.
    """

    def __init__(
        self, method: str, amount: float, p: Array, q: Array, log_p: Array | None, log_q: Array | None
    ) -> None:
        exact = METHODS[method]
        self._given = (p, q) if log_p is None else (log_p, log_q)
        self._before = _side(p, log_p), _side(q, log_q)
        super().__init__(*(SmoothedSide(side, exact, amount) for side in self._before))
        self.exactly = self._by_whole_numbers(exact, amount)

    def block(self, where: slice) -> Pair:
        return _SmoothedBlock(self, where)

    def _are_proportional(self) -> Mask:
        """True where the same numbers are given twice; others that normalise alike take whole numbers."""
        p, q = self._given
        shape = self.p.total.high.shape
        return np.zeros(shape, dtype=bool) if p is None or q is None else (p == q).all(axis=-1, keepdims=True)

    def _by_whole_numbers(self, method: ExactMethod, amount: float) -> _Exactly | None:
        """The differences of rows that are nearly equal; None where no row is."""
        size = sum(
            np.abs(self.difference(self.p.values(where), self.q.values(where))).sum(axis=-1, keepdims=True)
            for where in self.blocks
        )
        rows = (size < _NEAR) & ~self.proportional
        if not rows.any():
            return None
        sides = [_whole_parts(side) for side in self._before]
        contrast, difference = np.zeros((2, *self.p.masses.shape))
        for row in zip(*np.nonzero(rows[..., 0]), strict=True) if rows.ndim > 1 else [()]:
            p, q = ((high[row], low[row], power[row]) for high, low, power in sides)
            contrast[row], difference[row] = differences(p, q, amount, method.whole)
        return _Exactly(rows, contrast, difference)


class _SmoothedBlock(DoubleDoubleBlock):
    def __init__(self, whole: SmoothedPair, where: slice) -> None:
        super().__init__(whole, where)
        exactly = whole.exactly
        self._exactly = None if exactly is None else _Exactly(exactly.rows, *(each[..., where] for each in exactly[1:]))
        self.difference = self._known("difference", self.difference * MAGNIFICATION) / MAGNIFICATION

    def _known(self, name: str, magnified: Array) -> Array:
        """Returns magnified numbers, of rows from whole numbers these."""
        return (
            magnified
            if self._exactly is None
            else np.where(self._exactly.rows, getattr(self._exactly, name), magnified)
        )

    def _contrast_of_difference(self) -> Array:
        return self._known("contrast", super()._contrast_of_difference() * MAGNIFICATION) / MAGNIFICATION

    @lazy
    def magnified_contrast(self) -> Array:
        return self._known("contrast", super().magnified_contrast)

    @lazy
    def magnified(self) -> Pair:
        magnified = MagnifiedBeforeUnderflow(self)
        magnified.difference = self._known("difference", magnified.difference)
        return magnified


def _side(masses: Array, logarithms: Array | None) -> ScaledSide:
    return ScaledSide(masses) if logarithms is None else SideOfLogarithms(masses, logarithms)


def _whole_parts(side: ScaledSide) -> Parts:
    """Returns masses h·2^e + l·2^e as h, from 0.5 to 1, l and e, shape (..., k)."""
    powers = side.powers(slice(None))
    return *side.scaled(lambda array: array, -powers), powers
