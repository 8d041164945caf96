"""Σ (p·log(p/q) + q - p) of each of many rows that are near, by the formula of `float64_pair` in few passes.

With d = q - p, the contrast s = d/(p + q) and u = d·s²·A(s²), where A(s²) = (atanh(s) - s)/s³,

    Σ (p·log(p/q) + q - p) = Σ d·s - Σ u + Σ u·s
    Σ (q·log(q/p) + p - q) = Σ d·s + Σ u + Σ u·s

The few outcomes of a row that are further apart than the series reaches are taken by themselves.
"""

import numpy as np

from klcli.core.arithmetic.parallel import Workspace
from klcli.core.arithmetic.series import atanh_remainder_of_rows
from klcli.core.arithmetic.summation import row_inner, row_sum
from klcli.core.arithmetic.types import Array

__all__ = ["near_sums"]

_NEAR = 1 / 9  # s², so far the series reaches
_FEW, _PART = 16, 8  # outcomes that are further apart, of so many at least; each takes as long as ten that are near


def near_sums(p: Array, q: Array, difference: Array, workspace: Workspace) -> tuple[Array, Array, Array]:
    """Returns both sums, NaN where a row is not near, and Σ (q - p); shape (n,).

    Args:
        p, q: masses of shape (n, k), none of which is 0.
        difference: q - p.
    """
    contrast = np.add(p, q, out=workspace.like("contrast", p))
    np.divide(difference, contrast, out=contrast)
    square = np.multiply(contrast, contrast, out=workspace.like("square", p))
    most = np.maximum.reduce(square, axis=-1)
    far = _take_far(p, q, difference, contrast, square) if (most > _NEAR).any() else None
    if far:
        most = np.maximum.reduce(square, axis=-1)
    first = row_inner(difference, contrast)
    term = np.multiply(square, atanh_remainder_of_rows(square, most), out=square)
    term *= difference
    even, odd = first + row_inner(term, contrast), row_sum(term)
    forward, reverse = (even - odd)[:, 0], (even + odd)[:, 0]
    if far:
        forward, reverse = forward + far[0], reverse + far[1]
    return forward, reverse, row_sum(difference)[:, 0]


def _take_far(p: Array, q: Array, difference: Array, contrast: Array, square: Array) -> tuple[Array, Array]:
    """Returns the sums over outcomes beyond the series, and removes these from it; NaN where they are many."""
    is_far = square > _NEAR
    is_near = np.count_nonzero(is_far, axis=-1) <= max(_FEW, p.shape[-1] // _PART)
    square[is_far] = contrast[is_far] = 0.0
    is_far &= is_near[:, np.newaxis]
    row = np.nonzero(is_far)[0]
    begin = np.flatnonzero(np.diff(row, prepend=-1))  # of the terms of each row that has any
    ours, theirs, between = p[is_far], q[is_far], difference[is_far]
    log_ratio = np.log(theirs / ours)
    forward, reverse = np.where(is_near, 0.0, np.nan), np.where(is_near, 0.0, np.nan)
    forward[row[begin]] = np.add.reduceat(between - ours * log_ratio, begin)
    reverse[row[begin]] = np.add.reduceat(theirs * log_ratio - between, begin)
    return forward, reverse
