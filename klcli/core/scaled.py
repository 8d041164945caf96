"""Masses brought to totals near 1 by powers of 2, which changes no digit, so that no square or product overflows."""

from math import log2
from typing import Any, NamedTuple

import numpy as np

from klcli.core.blocks import added, census, total
from klcli.core.error_free import Array

__all__ = ["Censuses", "Scaled", "every"]

Censuses = tuple[tuple[Any, Any], tuple[Any, Any]]

_RANGE = (1e-290, 1e290)  # of the totals; beyond, a power of 2 may itself leave the range of a double
_LEAST = 1e-250  # of the total; above it no term of a measure underflows, nor does a ratio of two masses


class Scaled(NamedTuple):
    """Two arrays of masses, shape (..., k), with their units and totals: numbers, or shape (..., 1).

    Attributes:
        p, q: the masses as given. unit_p, unit_q: powers of 2 to multiply them by.
        total_p, total_q: of the masses times their units; within a factor 2 of 1, and of each other.
        is_full: whether no mass is 0, or so small that a term or a ratio may underflow.
    """

    p: Array
    q: Array
    unit_p: Any
    unit_q: Any
    total_p: Any
    total_q: Any
    is_full: bool

    @classmethod
    def of(cls, p: Array, q: Array, known: Censuses | None = None) -> "Scaled | None":
        """Returns the masses scaled; None where a total is near the end of the doubles.

        Args:
            known: the smallest mass and the total, of p and of q, where they are known.
        """
        (least_p, total_p), (least_q, total_q) = known or (_census(p), _census(q))
        low, high = _RANGE
        if not every((total_p > low) & (total_p < high) & (total_q > low) & (total_q < high)):
            return None
        unit_p = _unit(total_p)
        total_p = total_p * unit_p
        # q is brought to p's size, not to its own power of 2, so that where they are nearly equal their units are
        unit_q = _unit(total_q / total_p)
        is_full = every((least_p * unit_p > _LEAST) & (least_q * unit_q > _LEAST))
        return cls(p, q, unit_p, unit_q, total_p, total_q * unit_q, is_full)

    def block(self, where: slice) -> tuple[Array, Array]:
        """Returns the scaled masses of a block."""
        return _times(self.p[..., where], self.unit_p), _times(self.q[..., where], self.unit_q)

    def is_in_range(self, where: slice) -> bool:
        """Whether each mass of a block is 0, or large enough for every term and ratio."""
        return all(
            bool(((masses[..., where] == 0) | (scaled > _LEAST)).all())
            for masses, scaled in zip((self.p, self.q), self.block(where), strict=True)
        )


def _census(masses: Array) -> tuple[Any, Any]:
    if masses.ndim == 1:
        return census(masses)
    return np.minimum.reduce(masses, axis=-1, keepdims=True), total([added(masses)])[..., np.newaxis]


def every(condition: Any) -> bool:
    """Whether a condition, or each of an array, is true."""
    return bool(condition.all() if isinstance(condition, np.ndarray) else condition)


def _unit(total: Any) -> Any:
    """The power of 2 that brings a total, or each of an array, nearest to 1."""
    if isinstance(total, float):  # numpy takes ten times as long for one number
        return 2.0 ** -round(log2(total))
    return np.exp2(-np.rint(np.log2(total)))


def _times(block: Array, unit: Array) -> Array:
    return block if every(unit == 1) else block * unit
