"""Masses brought to totals near 1 by powers of 2, which changes no digit, so that no square or product overflows.

Where the totals still differ, as those of two samples do, q - p says more of the totals than of the distributions. So
a factor c = P/Q of 26 bits makes them equal to 1 part in 10⁸. With q = h + l, of 26 bits each, h·c and l·c are exact,
and so is h·c - p where the two are near (Sterbenz): the difference (h·c - p) + l·c is right to its last digit.
"""

from math import log2
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.double_double import leading_bits
from klcli.core.arithmetic.parallel import added, min_and_sum, total
from klcli.core.arithmetic.types import Array, Index

__all__ = ["MinsAndSums", "ScaledMasses", "every", "in_range", "units"]

MinsAndSums = tuple[tuple[Any, Any], tuple[Any, Any]]

_RANGE = (1e-290, 1e290)  # of the totals; beyond, a power of 2 may itself leave the range of a double
_LEAST = 1e-250  # of the total; above it no term of a measure underflows, nor does a ratio of two masses


class ScaledMasses(NamedTuple):
    """Two arrays of masses, shape (..., k), with their units and totals: numbers, or shape (..., 1).

    Attributes:
        p, q: the masses as given. unit_p, unit_q: powers of 2 to multiply them by.
        total_p, total_q: of the masses times their units; within a factor 2 of 1, and of each other.
        full: True if no mass is 0, or so small that a term or a ratio may underflow.
        factor: gives q the total of p; 1 until that is asked for, and where the totals are as near without it.
    """

    p: Array
    q: Array
    unit_p: Any
    unit_q: Any
    total_p: Any
    total_q: Any
    full: Any
    factor: Any = 1.0

    @classmethod
    def of(cls, p: Array, q: Array, known: MinsAndSums | None = None) -> "ScaledMasses | None":
        """Returns the masses scaled; None where a total is near the end of the doubles.

        Args:
            known: the smallest mass and the total, of p and of q, where they are known.
        """
        known = known or (_min_and_sum(p), _min_and_sum(q))
        (_, total_p), (_, total_q) = known
        if not every(in_range(total_p) & in_range(total_q)):
            return None
        return cls(p, q, *units(known))

    @property
    def all_positive(self) -> bool:
        """True if all masses are positive."""
        return every(self.full)

    @property
    def totals_equal(self) -> bool:
        """True if the factor is 1, so the totals are equal."""
        return every(self.factor == 1)

    @property
    def with_equal_totals(self) -> "ScaledMasses":
        """The masses with the factor that gives q the total of p."""
        if not self.totals_equal:
            return self
        factor = leading_bits(self.total_p / self.total_q)
        return self if every(factor == 1) else self._replace(factor=factor, total_q=self.total_q * factor)

    def rows(self, chosen: Any) -> "ScaledMasses":
        """Returns the chosen ones of rows, for masses of shape (n, k)."""
        p, q, *facts = self
        return ScaledMasses(p[chosen], q[chosen], *(_some(each, chosen) for each in facts))

    def by_factor(self) -> "list[tuple[slice | Index, ScaledMasses]]":
        """Returns the rows that need a factor and those that do not, by their places, for masses of shape (n, k)."""
        if self.totals_equal or every(self.factor != 1):
            return [(slice(None), self)]
        needs_factor = (self.factor != 1)[:, 0]
        parts = np.flatnonzero(needs_factor), np.flatnonzero(~needs_factor)
        return [(parts[0], self.rows(parts[0])), (parts[1], self.rows(parts[1])._replace(factor=1.0))]

    def block(self, where: slice) -> tuple[Array, Array]:
        """Returns the scaled masses of a block, q times its factor."""
        p, q = self._times_units(where)
        return p, q if self.totals_equal else q * self.factor

    def block_and_difference(self, where: slice) -> tuple[Array, Array, Array]:
        """Returns the scaled masses of a block, and q - p, accurate to the last digit where the two are near."""
        p, q = self._times_units(where)
        if self.totals_equal:
            return p, q, q - p
        product = q * self.factor
        if (q.astype(np.float32) == q).all():  # of 24 bits, as most counts are: the product is exact
            return p, product, product - p
        high = leading_bits(q)
        low = (q - high) * self.factor
        high *= self.factor
        high -= p
        high += low
        return p, product, np.asarray(high)

    def _times_units(self, where: slice) -> tuple[Array, Array]:
        return _times(self.p[..., where], self.unit_p), _times(self.q[..., where], self.unit_q)

    def is_in_range(self, where: slice) -> Any:
        """Returns True where each mass of a block is 0, or large enough for every term and ratio; shape (...)."""
        p, q = (
            ((masses[..., where] == 0) | (scaled > _LEAST)).all(axis=-1)
            for masses, scaled in zip((self.p, self.q), self.block(where), strict=True)
        )
        return p & q


def units(known: MinsAndSums) -> tuple[Any, Any, Any, Any, Any]:
    """The units, the totals times these, and whether no mass is 0 or too small."""
    (least_p, total_p), (least_q, total_q) = known
    unit_p = _unit(total_p)
    total_p = total_p * unit_p
    # q is brought to p's size, not to its own power of 2, so that where they are nearly equal their units are
    unit_q = _unit(total_q / total_p)
    full = (least_p * unit_p > _LEAST) & (least_q * unit_q > _LEAST)
    return unit_p, unit_q, total_p, total_q * unit_q, full


def in_range(total: Any) -> Any:
    """Returns True where a total is far enough from the ends of the range of float64 to be scaled."""
    low, high = _RANGE
    return (total > low) & (total < high)


def _min_and_sum(masses: Array) -> tuple[Any, Any]:
    if masses.ndim == 1:
        return min_and_sum(masses)
    return np.minimum.reduce(masses, axis=-1, keepdims=True), total([added(masses)])[..., np.newaxis]


def every(condition: Any) -> bool:
    """Returns True if a condition, or each of an array of them, is true."""
    return bool(condition.all() if isinstance(condition, np.ndarray) else condition)


def _some(fact: Any, chosen: Any) -> Any:
    """The chosen ones of what is known of rows; a number is that of all."""
    return fact[chosen] if isinstance(fact, np.ndarray) else fact


def _unit(total: Any) -> Any:
    """The power of 2 that brings a total, or each of an array, nearest to 1."""
    if isinstance(total, float):  # numpy takes ten times as long for one number
        return 1.0 if 0.75 < total < 1.4 else 2.0 ** -round(log2(total))
    return np.exp2(-np.rint(np.log2(total)))


def _times(block: Array, unit: Array) -> Array:
    if isinstance(unit, float):
        return block if unit == 1.0 else block * unit
    return block if every(unit == 1) else block * unit
