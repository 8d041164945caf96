"""KL of masses of any totals in float64, by sums whose terms have one sign.

For masses p and q with the totals P and Q, and kl_div(p, q) = p·log(p/q) - p + q >= 0,

    KL(P‖Q) = (Σ kl_div(p, q) - kl_div(P, Q)) / P

is an identity. Both sides are brought to nearly equal totals (see `scaling`), so that kl_div(P, Q) is small. With
d = q - p, to its own digits, and the contrast s = d/(p + q), a term is

    d·s·(1 + (s² - s)·A(s²)),  A(s²) = (atanh(s) - s)/s³

where |s| <= 1/3: a product of factors right to a few roundings, at every closeness. Elsewhere q/p is above 2 or below
1/2, and p·log(p/q) + d loses at most 20 roundings, 5 of them to the rounding of q times a factor.
"""

from collections.abc import Callable

import numpy as np

from klcli.core.arithmetic.gathered import by_either
from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.series import atanh_remainder
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.scaling import ScaledMasses

__all__ = ["forward_kl_sum", "kl_div", "reverse_kl_sum"]

_NEAR = 1 / 9  # s² up to here takes the series
_LARGEST_SHARE = 1 / 16  # of the sum that kl_div(P, Q) may be
_LEAST = 1e-200  # of a value; below it terms may have underflowed
_TINY = 1e-300  # below every mass and ratio that is summed, so it stands for 0 where a 0 has no quotient or logarithm

Term = Callable[[Array, Array, Array], Array]  # of p, q and q - p


def forward_kl_sum(masses: ScaledMasses) -> Array:
    """Returns KL(P‖Q) in nats, shape (...); NaN where float64 may not have its digits."""
    total, excess, total_p, _ = _sums(masses, kl_div)
    return _accepted(total, excess, total_p)


def reverse_kl_sum(masses: ScaledMasses) -> Array:
    """Returns KL(Q‖P), as `forward_kl_sum` does KL(P‖Q)."""
    total, excess, _, total_q = _sums(masses, lambda p, q, difference: kl_div(q, p, -difference))
    return _accepted(total, excess, total_q)


def _accepted(total: Array, excess: Array, whole: Array) -> Array:
    value = (total - excess) / whole
    return np.where((excess <= _LARGEST_SHARE * total) & (value >= _LEAST), value, np.nan)


def _sums(masses: ScaledMasses, term: Term) -> tuple[Array, Array, Array, Array]:
    """The sum of the terms, NaN where a mass is too small, the term of the totals, and these; shape (...)."""
    masses = masses.with_equal_totals

    def sums_of(where: slice) -> tuple[Array, Array]:
        p, q, difference = masses.block_and_difference(where)
        total, total_difference = (np.add.reduce(each, axis=-1) for each in (term(p, q, difference), difference))
        return total if masses.all_positive else np.where(masses.is_in_range(where), total, np.nan), total_difference

    parts = each_block(masses.p.shape[-1], lambda: sums_of)
    total, difference = (np.add.reduce(each) for each in zip(*parts, strict=True))
    total_p = np.reshape(masses.total_p, (*np.shape(total), 1))
    difference = np.reshape(difference, total_p.shape)
    total_q = total_p + difference
    excess = term(total_p, total_q, difference)
    return total, excess[..., 0], total_p[..., 0], total_q[..., 0]


def kl_div(p: Array, q: Array, difference: Array) -> Array:
    """Returns p·log(p/q) - p + q, given q - p; the last axis is that of the outcomes."""
    contrast = p + q
    np.maximum(contrast, _TINY, out=contrast)
    np.divide(difference, contrast, out=contrast)
    square = contrast * contrast
    is_near = square <= _NEAR
    if is_near.all():
        return _near_kl_div(difference, contrast, square, atanh_remainder(square))
    are_near = is_near.all(axis=-1)
    if are_near.any():  # such a row takes fewer terms, alone or beside others
        found = np.empty_like(contrast)
        for rows in (are_near, ~are_near):
            found[rows] = kl_div(p[rows], q[rows], difference[rows])
        return found
    return by_either(
        is_near,
        lambda _p, _q, d, s, s2: _near_kl_div(d, s, s2, atanh_remainder(s2, largest=_NEAR)),
        lambda p, q, d, _s, _s2: _far_kl_div(p, q, d),
        p, q, difference, contrast, square,
    )  # fmt: skip


def _near_kl_div(difference: Array, contrast: Array, square: Array, remainder: Array) -> Array:
    """The terms by the series; overwrites the last two."""
    square -= contrast
    remainder *= square
    remainder += 1
    remainder *= contrast
    remainder *= difference
    return remainder


def _far_kl_div(p: Array, q: Array, difference: Array) -> Array:
    found = p / q
    np.maximum(found, _TINY, out=found)
    np.log(found, out=found)
    found *= p
    found += difference
    return found
