"""Σ (p·log(p/q) + q - p) of each of many rows that are near, by the formula of `level` in few passes.

With d = q - p, the contrast s = d/(p + q) and u = d·s²·A(s²), where A(s²) = (atanh(s) - s)/s³,

    Σ (p·log(p/q) + q - p) = Σ d·s - Σ u + Σ u·s
    Σ (q·log(q/p) + p - q) = Σ d·s + Σ u + Σ u·s

The few outcomes of a row that are further apart than the series reaches are taken by themselves.
"""

import numpy as np

from klcli.core.blocks import Rooms
from klcli.core.error_free import Array
from klcli.core.row_sums import row_inner, row_sum
from klcli.core.series import atanh_excess_of_rows

__all__ = ["near_sums"]

_NEAR = 1 / 9  # s², so far the series reaches
_FEW = 16  # outcomes that are further apart; of more, the running sum would be seen


def near_sums(p: Array, q: Array, rooms: Rooms, gap: Array | None = None) -> tuple[Array, Array, Array]:
    """Returns both sums, NaN where a row is not near, and Σ (q - p); shape (n,).

    Args:
        p, q: masses of shape (n, k), none of which is 0.
        gap: q - p, where it is known better than from these.
    """
    if gap is None:
        gap = np.subtract(q, p, out=rooms.like("gap", p))
    contrast = np.add(p, q, out=rooms.like("contrast", p))
    np.divide(gap, contrast, out=contrast)
    square = np.multiply(contrast, contrast, out=rooms.like("square", p))
    most = np.maximum.reduce(square, axis=-1)
    far = _take_far(p, q, gap, contrast, square) if (most > _NEAR).any() else None
    if far:
        most = np.maximum.reduce(square, axis=-1)
    first = row_inner(gap, contrast)
    term = np.multiply(square, atanh_excess_of_rows(square, most), out=square)
    term *= gap
    even, odd = first + row_inner(term, contrast), row_sum(term)
    forward, reverse = (even - odd)[:, 0], (even + odd)[:, 0]
    if far:
        forward, reverse = forward + far[0], reverse + far[1]
    return forward, reverse, row_sum(gap)[:, 0]


def _take_far(p: Array, q: Array, gap: Array, contrast: Array, square: Array) -> tuple[Array, Array]:
    """The same sums of the outcomes beyond the series, which are taken out of it; NaN where they are many."""
    is_far = square > _NEAR
    is_near = np.count_nonzero(is_far, axis=-1) <= _FEW
    square[is_far] = contrast[is_far] = 0.0
    is_far &= is_near[:, np.newaxis]
    row = np.nonzero(is_far)[0]
    ours, theirs, between = p[is_far], q[is_far], gap[is_far]
    log_ratio = np.log(theirs / ours)
    forward, reverse = (
        np.where(is_near, np.bincount(row, terms, minlength=len(p)), np.nan)
        for terms in (between - ours * log_ratio, theirs * log_ratio - between)
    )
    return forward, reverse
