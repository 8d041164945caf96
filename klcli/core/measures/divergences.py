"""Divergences: how far q is from p, in terms that are never negative and keep their digits where p is nearly q.

Each sum over outcomes is rewritten with Σp = Σq = 1 so that its terms are 0, not merely small in sum, where p = q:
Σ p·log(p/q) becomes Σ (p·log(p/q) - p + q). An error in the totals then enters squared, and a sum of terms of one sign
loses nothing. Where q/p is within [1/2, 2] the terms are series in the contrast s = (q - p)/(p + q).
"""

from math import inf, log, log2
from typing import TYPE_CHECKING

import numpy as np

from klcli.core.arithmetic.double_double import DoubleDouble
from klcli.core.arithmetic.extended_range import ExtendedRange, product
from klcli.core.arithmetic.series import binary_entropy_series, expm1mx
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import Finite, Tiny, measure
from klcli.core.measures.textbook import TextbookForm
from klcli.core.pairs.float64_pair import kl_div_of_p, kl_div_of_q, of_one_sign, total_difference
from klcli.core.pairs.pair import MAGNIFICATION, Pair
from klcli.core.pairs.textbook_sums import log_mixture, p_log_ratio, q_log_ratio

if TYPE_CHECKING:
    from klcli.core.pairs.logit_pair import LogitPair

__all__ = ["forward_kl", "jeffreys", "jensen_shannon", "minus_log", "power_excess", "renyi", "reverse_kl", "tsallis"]

_LEAST = 1e-100  # of a log ratio, of which a series has but its first term
_FAR = 300.0  # of an exponent, from which nothing else in its term is seen
_TINY = float(np.finfo(np.float64).smallest_normal)


@measure(
    "forward_kl",
    title="forward KL",
    notation="KL({p}‖{q})",
    formula="Σ p·log(p/q)",
    source="Kullback & Leibler (1951), Ann. Math. Stat. 22(1), 79-86",
    finite=Finite.Q_COVERS_P,
    textbook=TextbookForm(lambda P, Q, p_log_ratio: np.log(Q / P) - p_log_ratio / P, (p_log_ratio,), is_log_ratio=True),
    near=TextbookForm(
        lambda P, Q, excess, total_difference: of_one_sign(excess / P, total_difference / P),
        (kl_div_of_p, total_difference),
        trusted_above=0.0,
    ),
    of_logits=lambda pair: pair.forward_kl,
    aliases=("kl", "kullback_leibler", "relative_entropy"),
)
def forward_kl(pair: Pair) -> Array:
    s = pair.near
    near = pair.difference * s * (1 - (1 - s) * s * pair.atanh_remainder)
    if pair.is_far is None:
        return near
    # p·log(p/q) - p + q; where p = 0 that is q
    far = np.where(pair.in_p, pair.difference - pair.times_log("p", pair.scaled_log_ratio), pair.q)
    far = np.where(pair.in_p & ~pair.in_q, np.inf, far)
    return np.where(pair.is_far, far, near)


@measure(
    "reverse_kl",
    title="reverse KL",
    notation="KL({q}‖{p})",
    formula="Σ q·log(q/p)",
    source="Kullback & Leibler (1951), Ann. Math. Stat. 22(1), 79-86",
    finite=Finite.P_COVERS_Q,
    textbook=TextbookForm(lambda P, Q, q_log_ratio: q_log_ratio / Q - np.log(Q / P), (q_log_ratio,), is_log_ratio=True),
    near=TextbookForm(
        lambda P, Q, excess, total_difference: of_one_sign(excess / Q, -total_difference / Q),
        (kl_div_of_q, total_difference),
        trusted_above=0.0,
    ),
    of_logits=lambda pair: pair.reverse_kl,
)
def reverse_kl(pair: Pair) -> Array:
    return forward_kl.terms(pair.swapped)  # type: ignore[return-value]


def plain_jensen_shannon(P: Array, Q: Array, q_log_ratio: Array, log_mixture: Array) -> Array:
    """½·Σ q'·log(q'/p) - ½·Σ (p + q')·log((p + q')/2p), over P, for q' = q·P/Q."""
    reverse = q_log_ratio / Q - np.log(Q / P)
    value = (reverse - log_mixture / P) / 2
    return np.where(value > reverse / 6, value, np.nan)  # the two sums cancel where KL(Q‖P) is much the larger


@measure(
    "jensen_shannon",
    title="Jensen–Shannon",
    notation="JS({p}, {q})",
    formula="½·KL(P‖M) + ½·KL(Q‖M), M = (P + Q)/2",
    source="Lin (1991), IEEE Trans. Inf. Theory 37(1), 145-151",
    symmetric=True,
    bound=log(2),
    finite=Finite.ALWAYS,
    textbook=TextbookForm(plain_jensen_shannon, (q_log_ratio, log_mixture), trusted_above=0.08),
    of_logits=lambda pair: pair.ratios.jensen_shannon(),
    aliases=("js", "jsd"),
)
def jensen_shannon(pair: Pair) -> Array:
    s = pair.near
    near = pair.difference * s / 4 * binary_entropy_series(s * s)
    if pair.is_far is None:
        return near
    total = pair.p + pair.q  # doubling p is exact; halving p + q can underflow to 0
    far = (_times_log(pair.p, 2 * pair.p / total) + _times_log(pair.q, 2 * pair.q / total)) / 2
    return np.where(pair.is_far, far, near)


@measure(
    "jeffreys",
    title="Jeffreys",
    notation="J({p}, {q})",
    formula="Σ (p - q)·log(p/q) = KL(P‖Q) + KL(Q‖P)",
    source="Jeffreys (1946), Proc. R. Soc. A 186, 453-461",
    symmetric=True,
    finite=Finite.SAME_SUPPORT,
    textbook=TextbookForm(lambda P, Q, p_sum, q_sum: q_sum / Q - p_sum / P, (p_log_ratio, q_log_ratio)),
    of_logits=lambda pair: pair.ratios.jeffreys(),
    aliases=("psi", "population_stability_index"),
)
def jeffreys(pair: Pair) -> Array:
    terms = np.where(pair.in_p & pair.in_q, pair.times_log("difference", pair.scaled_log_ratio), 0.0)
    return np.where(pair.in_p != pair.in_q, np.inf, terms)


def _power_excess(pair: Pair, order: float, beta: float, share: float = 1.0) -> Array:
    """Terms of Σ p^A·q^(1-A) - 1: p^A·q^(1-A) - A·p - (1-A)·q, all of one sign; for A in [1/2, 1) and above 1.

    beta is 1 - A, unrounded. Of each the share is taken, a power of 2, before it leaves the range of a double.
    """
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
    power = np.where(np.abs(beta * u) > 1, _power(pair, order, beta, share) - share * pair.p, small)
    far = np.where(pair.in_p, power - share * (beta * pair.difference), -share * (beta * pair.q))
    return np.where(pair.is_far, far, near)


def _power(pair: Pair, order: float, beta: float, share: float = 1.0) -> Array:
    """The share of p^A·q^(1-A), 0 where p = 0 (or where q = 0 and A < 1)."""
    ratio, p = pair.p / pair.q, share * pair.p
    power = p * np.power(ratio, -beta)
    if pair.is_extreme is not None:
        exact = product((pair.wide_p, order), (pair.wide_q, beta), exponent=log2(share))
        power = np.where(pair.is_extreme, exact, power)
    left_range = pair.in_p & pair.in_q & ~((power >= _TINY) & (power <= 1 / _TINY))
    if left_range.any():  # the power may leave the range of a double where the product with p does not
        root = np.power(ratio, -beta / 2)
        power = np.where(left_range & ~_mask(pair.is_extreme, p), pair.p * root * share * root, power)
    power = np.where(pair.in_q, power, np.inf if beta < 0 else 0.0)
    return np.where(pair.in_p, power, 0.0)


def _moved(pair: Pair, exponent: Array, share: float) -> Array:
    """The share of p·exp(exponent), where a factor may leave the doubles and the product may not."""
    root = np.exp(exponent / 2)
    moved = pair.p * root * share * root
    if pair.is_lost is None:
        return moved
    factor = ExtendedRange.of_logarithm(DoubleDouble(exponent, np.zeros_like(exponent)))
    return np.where(pair.is_lost, product((pair.wide_p, 1), (factor, 1), exponent=log2(share)), moved)


def _log_power(pair: Pair, order: float, beta: float, share: float) -> Array:
    """share·log(p^A·q^(1-A)), -inf where the power is 0."""
    supported = pair.in_p & (pair.in_q | (beta < 0))
    return np.where(supported, pair.log_of_powers(order, beta, share), -np.inf)


def _toward_half(pair: Pair, order: float) -> tuple[Pair, float, float]:
    """The pair, order and 1 - order that give the same Σ p^A·q^(1-A) with A >= 1/2, where no digit is lost."""
    return (pair.swapped, 1 - order, order) if order < 0.5 else (pair, order, 1 - order)


def _renyi_finish(*totals: Array) -> Array:
    *sums, order = totals
    alpha = float(order)
    if alpha == 1:
        return sums[0]
    if alpha == inf:
        return sums[0]
    if alpha == 0:
        return minus_log(*sums)
    excess, total = sums  # of a total above 1, the excess has the digits that a power of p/q loses to a large order
    return np.where(excess >= -0.5, np.log1p(excess), np.log(total)) / (alpha - 1)


def _tiny_renyi(pair: Pair, order: float) -> Array:
    """Terms of a divergence so small that log(1 + x) is x, times MAGNIFICATION."""
    if order == 1:
        return forward_kl.terms(pair.magnified)  # type: ignore[return-value]
    if order == 0:
        return np.where(pair.in_p, 0.0, pair.magnified.q)
    if order == inf:
        is_tiny = np.abs(pair.contrast) < _LEAST
        ratio = np.where(is_tiny, -2 * pair.magnified_contrast, -pair.log_ratio * MAGNIFICATION)
        return np.where(pair.in_p, ratio, -inf)
    return _power_excess(*_toward_half(pair.magnified, order)) / (order - 1)


def _renyi_log_terms(pair: Pair, share: float, order: float) -> Array:
    if order == 0:
        return np.where(pair.in_p, pair.scaled_log_q * (share / pair.log_scale), -np.inf)
    return _log_power(*_toward_half(pair, order), share)


def _renyi_from_log(log_total: Array, share: float, order: float) -> Array:
    return log_total / ((order - 1) * share)


def _renyi_of_scores(pair: "LogitPair", order: float) -> Array:
    if order == 0:
        return np.where(pair.p.is_sound[:, 0], 0.0, np.nan)
    if order == 0.5:
        return 2 * pair.bhattacharyya
    if order == 1:
        return pair.forward_kl
    if order == 2:
        return np.log1p(pair.inverse_ratios.spread_of_squares())
    if order == inf:
        return pair.ratios.largest_log_ratio()
    return _log_sum_of_powers(pair, order) / (order - 1)


def _tsallis_of_scores(pair: "LogitPair", order: float) -> Array:
    if order == 0.5:
        return -2 * np.expm1(-pair.bhattacharyya)
    if order == 2:
        return pair.inverse_ratios.spread_of_squares()
    if order in (0, 1):
        return _renyi_of_scores(pair, order)
    return np.expm1(_log_sum_of_powers(pair, order)) / (order - 1)


def _tsallis_finish(total: Array, order: float) -> Array:
    return total if order == 1 else total / (order - 1) / _share(order)


def _log_sum_of_powers(pair: "LogitPair", order: float) -> Array:
    """log Σ p^A·q^(1-A), as `_toward_half`."""
    ratios, beta = (pair.inverse_ratios, order) if order < 0.5 else (pair.ratios, 1 - order)
    return ratios.log_sum_of_powers(beta)


@measure(
    "renyi",
    title="Rényi",
    notation="D_A({p}‖{q})",
    formula="log(Σ p^A·q^(1-A)) / (A - 1)",
    source="Rényi (1961), Proc. 4th Berkeley Symp. 1, 547-561",
    finite=lambda order: Finite.OVERLAP if order < 1 else Finite.Q_COVERS_P,
    finish=_renyi_finish,
    log_terms=_renyi_log_terms,
    from_log=_renyi_from_log,
    tiny=Tiny(_tiny_renyi),
    of_logits=_renyi_of_scores,
    orders="a number from 0 to inf; 1 is forward KL",
)
def renyi(pair: Pair, order: float) -> Array | tuple[Array, ...]:
    if order == 1:
        return forward_kl.terms(pair)
    if order == 0:
        return np.where(pair.in_p, 0.0, pair.q), np.where(pair.in_p, pair.q, 0.0)
    if order == inf:
        return np.where(pair.in_p, -pair.log_ratio, -inf)
    turned = _toward_half(pair, order)
    return _power_excess(*turned), _power(*turned)


@measure(
    "tsallis",
    title="Tsallis",
    notation="T_A({p}‖{q})",
    formula="(Σ p^A·q^(1-A) - 1) / (A - 1)",
    source="Tsallis (1998), Phys. Rev. E 58, 1442-1445",
    unit=UnitKind.NONE,
    bound=lambda order: 1 / (1 - order) if order < 1 else inf,
    finite=lambda order: Finite.ALWAYS if order < 1 else Finite.Q_COVERS_P,
    finish=_tsallis_finish,
    tiny=Tiny(lambda pair, order: power_excess(pair.magnified, order, _share(order)), _tsallis_finish),
    of_logits=_tsallis_of_scores,
    orders="a number from 0; 1 is forward KL in nats",
)
def tsallis(pair: Pair, order: float) -> Array:
    return power_excess(pair, order, _share(order))


def power_excess(pair: Pair, order: float, share: float = 1.0) -> Array:
    """Terms of Σ p^A·q^(1-A) - 1, all of one sign, times the share; of order 1 those of the forward KL."""
    if order == 1:
        return forward_kl.terms(pair)  # type: ignore[return-value]
    if order == 0:
        return np.where(pair.in_p, 0.0, -pair.q)
    return _power_excess(*_toward_half(pair, order), share)


def _share(order: float) -> float:
    """The power of 2 next to 1/(A - 1), at most 1: the sum may leave the range of a double where Tsallis does not."""
    return float(2.0 ** -np.ceil(np.log2(max(order - 1, 1.0))))


def minus_log(rest: Array, total: Array) -> Array:
    """-log(total) for total = 1 - rest, from the smaller of the two."""
    return np.where(rest <= 0.5, -np.log1p(-rest), -np.log(total))


def _mask(mask: Mask | None, like: Array) -> Mask:
    return np.zeros(like.shape, dtype=bool) if mask is None else mask


def _times(p: Array, factor: Array) -> Array:
    return np.where(p > 0, p * factor, 0.0)


def _times_log(p: Array, x: Array) -> Array:
    return np.where(p > 0, p * np.log(np.maximum(x, _TINY)), 0.0)  # x may underflow where p does not
