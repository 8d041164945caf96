"""Products of matrices to twice the digits that a plain multiplication keeps, at three times its price.

A sum of k products in doubles may be off by k roundings. So each factor is cut in two at a bit that all entries of a
row share: the high parts have so few bits that their products, and the sums of these, are exact in a double; what is
left is 2^-20 as large, and so are its roundings. All are multiplications of matrices, at the speed of BLAS.

Source: Ozaki, Ogita, Oishi & Rump (2012), Numer. Algorithms 59, 95-118.
"""

from math import ceil, log2
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = ["ROUNDING", "Factor", "product", "product_error"]

ROUNDING = 2.0**-53  # half a unit in the last place, relative

_DIGITS = 53
_RANGE = 2.0**300  # a row whose largest entry is beyond is not cut: its products may leave the doubles


class Factor(NamedTuple):
    """A factor of shape (n, k), with what its rows need to be cut.

    Attributes:
        unit: a power of 2 not below any entry of the row, NaN where that has no range. size: the sum of the magnitudes.
    """

    values: Array
    unit: Array
    size: Array

    @classmethod
    def of(cls, values: Array) -> "Factor":
        """Returns the factor of these values."""
        magnitude = np.abs(values)
        largest = np.maximum.reduce(magnitude, axis=-1)
        unit = np.exp2(np.ceil(np.log2(np.where(largest > 0, largest, 1.0))))
        unit = np.where((unit <= _RANGE) & (unit >= 1 / _RANGE), unit, np.nan)
        return cls(values, unit, np.add.reduce(magnitude, axis=-1))


def product(left: Factor, right: Factor) -> Array:
    """Returns Σ left·right over the last axis: (n, k) and (m, k) to (n, m), NaN where a factor has no range.

    It is right to one rounding of itself, and `product_error`.
    """
    outcomes = left.values.shape[-1]
    ours, theirs = np.empty((len(left.unit), 2 * outcomes)), np.empty((len(right.unit), 2 * outcomes))
    high, low = ours[:, :outcomes], ours[:, outcomes:]
    _cut(left, high, low)
    their_high, their_low = np.empty_like(right.values), theirs[:, :outcomes]
    _cut(right, their_high, their_low)
    theirs[:, outcomes:] = right.values
    found = high @ their_high.T  # exact: multiples of one unit, their sum below 2^53 of it
    found += ours @ theirs.T
    return found


def product_error(left: Factor, right: Factor) -> tuple[Array, Array]:
    """Returns factors (n, 2) and (2, m) of what bounds the error of the product besides its own rounding."""
    outcomes = left.values.shape[-1]
    # the roundings of 2k products and their sum, each with a part below unit·2^-bits-1 in one factor
    share = 2 * (outcomes + 1) * ROUNDING * 2.0 ** -(_bits(outcomes) + 1)
    return np.stack([left.size, left.unit], axis=-1) * share, np.stack([right.unit, right.size])


def _bits(outcomes: int) -> int:
    return (_DIGITS - ceil(log2(max(outcomes, 2)))) // 2


def _cut(factor: Factor, high: Array, low: Array) -> None:
    """Writes the values as high + low, exactly, high in multiples of unit·2^-bits."""
    shift = (factor.unit * (1.5 * 2.0 ** (_DIGITS - 1 - _bits(factor.values.shape[-1]))))[:, np.newaxis]
    np.add(factor.values, shift, out=high)
    np.subtract(high, shift, out=high)
    np.subtract(factor.values, high, out=low)
