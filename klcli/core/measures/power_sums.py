"""Sums of powers S = Σ p^A·q^(1-A), from which Rényi, Tsallis, Hellinger, Bhattacharyya and chi-squared follow.

With Σp = Σq = 1, S - 1 is Σ (p^A·q^(1-A) - A·p - (1-A)·q), whose terms are all of one sign. In what follows beta is
1 - A, unrounded, and a share is a power of 2 by which terms are multiplied before they leave the range of a double.
"""

from math import log2

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble
from klcli.core.arithmetic.extended_range import ExtendedRange, product
from klcli.core.arithmetic.series import expm1mx
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.measures.forms.matrix_product import Factoring, Factors, Finish, MatrixProduct, as_it_is
from klcli.core.measures.kl import kl_div
from klcli.core.pairs.pair import NORMAL, Pair

__all__ = [
    "excess_terms",
    "log_of_sum",
    "log_powers",
    "minus_log",
    "power_excess",
    "power_products",
    "powers",
    "toward_half",
]

_LEAST = 1e-100  # a log ratio below it has only the first term of a series
_FAR = 300.0  # from this exponent on nothing else in its term is seen


def toward_half(pair: Pair, order: float) -> tuple[Pair, float, float]:
    """Returns the pair, the order and 1 - order that give the same sum of powers with an order of at least 1/2.

    No digit is lost: 1 - order would round an order near 0.
    """
    return (pair.swapped, 1 - order, order) if order < 0.5 else (pair, order, 1 - order)


def power_excess(pair: Pair, order: float, share: float = 1.0) -> Array:
    """Returns the terms of S - 1, all of one sign, times the share; for the order 1 those of the forward KL."""
    if order == 1:
        return kl_div(pair)
    if order == 0:
        return np.where(pair.in_p, 0.0, -pair.q)
    return excess_terms(*toward_half(pair, order), share)


def excess_terms(pair: Pair, order: float, beta: float, share: float = 1.0) -> Array:
    """Returns p^A·q^(1-A) - A·p - (1-A)·q times the share, all of one sign; for A in [1/2, 1) and above 1."""
    u = pair.log_ratio
    near_u = u if pair.is_far is None else np.where(pair.is_far, 0.0, u)
    near = share * (pair.p * (expm1mx(beta * near_u) / beta - expm1mx(near_u))) * beta  # which may be 1e-300
    is_least = np.abs(near_u) < _LEAST / max(1.0, abs(beta))  # its square may underflow, its product with p may not
    if is_least.any():
        near = np.where(is_least, share * ((pair.p * near_u) * (beta * near_u)) * ((beta - 1) / 2), near)
    exponent = beta * near_u
    is_moved = exponent > _FAR
    if pair.is_lost is not None:
        is_moved |= pair.is_lost & (exponent > 1)  # digits that p lost would be seen
    if is_moved.any():
        rest = np.where(exponent > _FAR, 0.0, share * (pair.p + beta * pair.difference))
        near = np.where(is_moved, _moved(pair, exponent, share) - rest, near)
    if pair.is_far is None:
        return near
    small = share * _times(pair.p, np.expm1(beta * u))
    power = np.where(np.abs(beta * u) > 1, powers(pair, order, beta, share) - share * pair.p, small)
    far = np.where(pair.in_p, power - share * (beta * pair.difference), -share * (beta * pair.q))
    return np.where(pair.is_far, far, near)


def powers(pair: Pair, order: float, beta: float, share: float = 1.0) -> Array:
    """Returns p^A·q^(1-A) times the share, 0 where p = 0 (or where q = 0 and A < 1)."""
    ratio, p = pair.p / pair.q, share * pair.p
    power = p * np.power(ratio, -beta)
    if pair.is_extreme is not None:
        exact = product((pair.wide_p, order), (pair.wide_q, beta), exponent=log2(share))
        power = np.where(pair.is_extreme, exact, power)
    left_range = pair.in_p & pair.in_q & ~((power >= NORMAL) & (power <= 1 / NORMAL))
    if left_range.any():  # the power may leave the range of a double where the product with p does not
        root = np.power(ratio, -beta / 2)
        power = np.where(left_range & ~_mask(pair.is_extreme, p), pair.p * root * share * root, power)
    power = np.where(pair.in_q, power, np.inf if beta < 0 else 0.0)
    return np.where(pair.in_p, power, 0.0)


def _moved(pair: Pair, exponent: Array, share: float) -> Array:
    """p·exp(exponent) times the share, where a factor may leave the doubles and the product may not."""
    root = np.exp(exponent / 2)
    moved = pair.p * root * share * root
    if pair.is_lost is None:
        return moved
    factor = ExtendedRange.of_logarithm(DoubleDouble(exponent, np.zeros_like(exponent)))
    return np.where(pair.is_lost, product((pair.wide_p, 1), (factor, 1), exponent=log2(share)), moved)


def log_powers(pair: Pair, order: float, beta: float, share: float) -> Array:
    """Returns share·log(p^A·q^(1-A)), -inf where the power is 0, inf where q alone is 0 and its power negative."""
    lonely = np.where(pair.in_p & (beta < 0), np.inf, -np.inf)  # not from logarithms: both may be -inf in doubles
    return np.where(pair.in_p & pair.in_q, pair.log_of_powers(order, beta, share), lonely)


def minus_log(rest: Array, total: Array) -> Array:
    """Returns -log(total) for total = 1 - rest, from the smaller of the two."""
    return np.where(rest <= 0.5, -np.log1p(-rest), -np.log(total))


def log_of_sum(excess: Array, total: Array) -> Array:
    """Returns log(total) for total = 1 + excess, from the one that keeps its digits."""
    return np.where(np.abs(excess) <= 0.5, np.log1p(excess), np.log(total))


def power_products(order: float, finish: Finish = as_it_is, *, forward: bool = True) -> tuple[MatrixProduct, ...]:
    """Returns fast forms of all pairs for a measure that follows from S, for an order above 0 other than 1.

    The first multiplies S - 1 relative to a reference r; below 1, the second multiplies S for the pairs that this
    leaves, which lie so far apart that nothing cancels:

        S(p, q) - 1 = (S(p, r) - 1) + (S(r, q) - 1) + Σ r·((p/r)^A - 1)·((q/r)^(1-A) - 1)

    Args:
        forward: False where p and q are exchanged in S.
    """
    relative = MatrixProduct(_power_factoring(order), (forward,), finish, times=max(1.0, order / 2))
    overlap = MatrixProduct(_overlap_factoring(order), (forward,), finish, is_overlap=True)
    return (relative, overlap) if order < 1 else (relative,)


def _power_factoring(order: float) -> Factoring:
    """Returns the factors of Σ p^A·q^(1-A) - 1, for an order A above 0 other than 1, where it is finite."""

    def factoring(pair: Pair) -> tuple[Factors, Factors]:
        as_p, as_q = power_excess(pair, order), power_excess(pair.swapped, order)
        if order > 1:
            as_q = np.where(~pair.in_p & pair.in_q, -order * pair.q, as_q)
        return (
            Factors.of(pair, as_p, pair.q * _power_less_1(pair, order), 1 / pair.q),
            Factors.of(pair, as_q, _power_less_1(pair, 1 - order), pair.q),
        )

    return factoring


def _overlap_factoring(order: float) -> Factoring:
    """Returns the factors of Σ p^A·q^(1-A), for an order A between 0 and 1; no term is negative, so none cancels."""

    def factoring(pair: Pair) -> tuple[Factors, Factors]:
        nothing = np.zeros((*pair.p.shape[:-1], 1))
        p, q = (Factors.of(pair, nothing, np.power(pair.p, power), pair.q) for power in (order, 1 - order))
        return p, q

    return factoring


def _power_less_1(pair: Pair, power: float) -> Array:
    """(p/q)^power - 1, and -1 where p has no mass."""
    u = -pair.log_ratio
    if pair.is_far is None:
        return np.expm1(power * u)
    exponent = power * u
    far = np.where(pair.in_p, np.power(pair.p / pair.q, power), 0.0) - 1
    return np.where(pair.is_far & ~(np.abs(exponent) <= 1), far, np.expm1(exponent))


def _mask(mask: Mask | None, like: Array) -> Mask:
    return np.zeros(like.shape, dtype=bool) if mask is None else mask


def _times(p: Array, factor: Array) -> Array:
    return np.where(p > 0, p * factor, 0.0)
