"""Masses of one side of a pair, scaled by powers of 2, in twice the digits of a double."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import DoubleDouble, shifted, sum_of_parts, total_of
from klcli.core.arithmetic.extended_range import LOG_2, ExtendedRange
from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.pairs.pair import NORMAL

__all__ = ["NOWHERE", "Exponent", "ScaledSide"]

Exponent = NDArray[np.int64]

NOWHERE = -6000  # a power of 2 below which no mass is
_LEAST = 1e-270  # of a scaled mass whose error-free product is exact


class ScaledSide:
    """Masses times a power of 2 that brings the largest to 2^450, with their total in twice the digits.

    There a product of two does not overflow, and a mass 1e-450 times the largest does not underflow.
    """

    def __init__(self, masses: Array) -> None:
        self.masses = masses
        every = blocks(masses.shape[-1])
        self.exponent = np.maximum.reduce([self.powers(w).max(axis=-1, keepdims=True) for w in every]) - 450
        totals, self.has_underflow = [], np.zeros(masses.shape[:-1], dtype=bool)
        for where in every:
            values = self.values(where)
            totals.append(total_of(values))
            self.has_underflow |= (self.has_mass(where) & (values.high < _LEAST)).any(axis=-1)
        self.total = sum_of_parts(totals)

    def has_mass(self, where: slice) -> Mask:
        return self.masses[..., where] > 0

    def values(self, where: slice, exponent: Exponent | int = 0) -> DoubleDouble:
        """The scaled masses of a block, times a power of 2 more."""
        return self.scaled(lambda array: array[..., where], exponent - self.exponent)

    def at(self, index: Index) -> DoubleDouble:
        """The scaled mass of one outcome of each row, shape (..., 1)."""
        return self.scaled(lambda array: np.take_along_axis(array, index, -1), -self.exponent)

    def scaled(self, some: Callable[[NDArray[Any]], NDArray[Any]], exponent: Exponent) -> DoubleDouble:
        """Returns some of the masses, times a power of 2."""
        return shifted(DoubleDouble(some(self.masses), np.zeros(1)), exponent)

    def exponents(self, where: slice) -> Exponent:
        """The powers of 2 next above the scaled masses of a block; far below any other where there is no mass."""
        return self.powers(where) - self.exponent

    def powers(self, where: slice) -> Exponent:
        """The powers of 2 next above the masses of a block, before they are scaled."""
        masses = self.masses[..., where]
        return np.where(masses > 0, np.frexp(masses)[1], NOWHERE).astype(np.int64)

    def scale_by(self, exponent: Exponent) -> None:
        self.total = shifted(self.total, exponent)
        self.exponent = self.exponent - exponent

    def logarithm(self, where: slice, normalised: Array) -> Array:
        """log of the normalised masses of a block."""
        result = np.log(normalised)
        dominant = normalised > 0.5
        if dominant.any():
            values = self.values(where)
            rest = (self.total.high - values.high) + (self.total.low - values.low)
            result = np.where(dominant, -np.log1p(rest / values.high), result)
        lost = self.has_mass(where) & (normalised < NORMAL)
        if lost.any():
            wide = self.wide(where)
            result = np.where(lost, wide.exponent * LOG_2 + wide.rest, result)
        return result

    def wide(self, where: slice) -> ExtendedRange:
        """The normalised masses of a block."""
        size = self.exponents(where)
        return ExtendedRange.of_ratio(self.values(where, -size).high, self.total.high, size)
