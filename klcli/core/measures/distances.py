"""Distances and chi-squared: functions of the difference q - p, which is right to its last digits (see `pair`)."""

import numpy as np

from klcli.core.arithmetic.extended_range import product
from klcli.core.arithmetic.series import binary_entropy_series
from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.divergences import jensen_shannon, minus_log, plain_jensen_shannon
from klcli.core.measures.measure import Finite, Tiny, measure
from klcli.core.measures.textbook import TextbookForm
from klcli.core.pairs.pair import MAGNIFICATION, Pair
from klcli.core.pairs.textbook_sums import absolute_difference, log_mixture, p_by_ratio, q_log_ratio, q_ratio, root_p_q

__all__ = [
    "bhattacharyya",
    "chi_squared",
    "hellinger",
    "jensen_shannon_distance",
    "l_infinity",
    "neyman_chi_squared",
    "total_variation",
]

_ROOT = MAGNIFICATION**0.5


@measure(
    "jensen_shannon_distance",
    title="Jensen–Shannon distance",
    notation="√JS({p}, {q})",
    formula="√JS(P, Q), a metric",
    source="Endres & Schindelin (2003), IEEE Trans. Inf. Theory 49(7), 1858-1860",
    unit=UnitKind.ROOT_INFORMATION,
    symmetric=True,
    bound=float(np.sqrt(np.log(2))),
    finite=Finite.ALWAYS,
    finish=lambda total: np.sqrt(total) / _ROOT,
    tiny=Tiny(lambda pair: _tiny_jensen_shannon(pair.magnified), np.sqrt),
    aliases=("js_distance",),
    textbook=TextbookForm(lambda *sums: np.sqrt(plain_jensen_shannon(*sums)), (q_log_ratio, log_mixture), 0.3),
    of_logits=lambda pair: np.sqrt(pair.ratios.jensen_shannon()),
)
def jensen_shannon_distance(pair: Pair) -> Array:
    return jensen_shannon.terms(pair.magnified)  # type: ignore[return-value]


def _tiny_jensen_shannon(pair: Pair) -> Array:
    """The terms times MAGNIFICATION, which those of near outcomes take before they are squared."""
    near = (pair.difference * _ROOT) * (pair.near * _ROOT) / 4 * binary_entropy_series(pair.near * pair.near)
    if pair.is_far is None:
        return near
    return np.where(pair.is_far, jensen_shannon.terms(pair) * MAGNIFICATION, near)  # type: ignore[operator]


@measure(
    "total_variation",
    title="total variation",
    notation="TV({p}, {q})",
    formula="½·Σ |p - q|",
    source="Levin, Peres & Wilmer (2009), Markov Chains and Mixing Times, 4.1",
    unit=UnitKind.NONE,
    symmetric=True,
    bound=1.0,
    finite=Finite.ALWAYS,
    aliases=("tv",),
    textbook=TextbookForm(lambda P, Q, differences: differences / P / 2, (absolute_difference,), trusted_above=0.15),
    of_logits=lambda pair: pair.ratios.total_variation(),
)
def total_variation(pair: Pair) -> Array:
    return np.abs(pair.difference) / 2


@measure(
    "hellinger",
    title="Hellinger",
    notation="H({p}, {q})",
    formula="√(½·Σ (√p - √q)²)",
    source="Le Cam & Yang (2000), Asymptotics in Statistics, 2nd ed., ch. 3",
    unit=UnitKind.NONE,
    symmetric=True,
    bound=1.0,
    finite=Finite.ALWAYS,
    finish=lambda total: np.sqrt(total) / _ROOT,
    tiny=Tiny(lambda pair: _squared_hellinger(pair.magnified, _ROOT), np.sqrt),
    textbook=TextbookForm(lambda P, Q, overlap: np.sqrt(1 - overlap / np.sqrt(P * Q)), (root_p_q,), trusted_above=0.6),
    of_logits=lambda pair: np.sqrt(-np.expm1(-pair.bhattacharyya)),
)
def hellinger(pair: Pair) -> Array:
    return _squared_hellinger(pair.magnified)


def _squared_hellinger(pair: Pair, factor: float = 1.0) -> Array:
    """Half of (√q - √p)², where the factor multiplies the difference before it is squared."""
    roots = np.sqrt(pair.p) + np.sqrt(pair.q)
    difference = np.divide(pair.difference, roots, out=np.zeros_like(roots), where=roots > 0)  # √q - √p
    if factor != 1:
        difference *= factor
    return difference * difference / 2


@measure(
    "bhattacharyya",
    title="Bhattacharyya",
    notation="B({p}, {q})",
    formula="-log Σ √(p·q)",
    source="Bhattacharyya (1943), Bull. Calcutta Math. Soc. 35, 99-109",
    symmetric=True,
    finite=Finite.OVERLAP,
    finish=minus_log,
    tiny=Tiny(lambda pair: _squared_hellinger(pair.magnified)),
    log_terms=lambda pair, share: (pair.scaled_log_p + pair.scaled_log_q) * (share / 2 / pair.log_scale),
    from_log=lambda log_total, share: -log_total / share,
    textbook=TextbookForm(lambda P, Q, overlap: -np.log(overlap / np.sqrt(P * Q)), (root_p_q,), trusted_above=0.6),
    of_logits=lambda pair: pair.bhattacharyya,
)
def bhattacharyya(pair: Pair) -> tuple[Array, ...]:
    overlap = np.sqrt(pair.p) * np.sqrt(pair.q)
    if pair.is_lost is not None:
        overlap = np.where(pair.is_lost, product((pair.wide_p, 0.5), (pair.wide_q, 0.5)), overlap)
    return _squared_hellinger(pair), overlap


@measure(
    "chi_squared",
    title="chi-squared (Pearson)",
    notation="χ²({p}‖{q})",
    formula="Σ (p - q)²/q",
    source="Pearson (1900), Phil. Mag. 50, 157-175",
    unit=UnitKind.NONE,
    finite=Finite.Q_COVERS_P,
    aliases=("chi2", "pearson_chi_squared"),
    textbook=TextbookForm(lambda P, Q, squares: squares * Q / (P * P) - 1, (p_by_ratio,), trusted_above=3.0),
    of_logits=lambda pair: pair.inverse_ratios.spread_of_squares(),
)
def chi_squared(pair: Pair) -> Array:
    squares = pair.difference * (pair.difference / pair.q)
    is_equal = pair.difference == 0
    if pair.is_extreme is not None:  # difference/q may overflow, or q underflow, where difference²/q does not
        squares = np.where(pair.is_extreme, _extreme_squares(pair), squares)
        is_equal &= ~pair.is_extreme  # the difference of lost masses underflows where difference²/q does not
    return np.where(pair.in_p & ~pair.in_q, np.inf, np.where(is_equal, 0.0, squares))


def _extreme_squares(pair: Pair) -> Array:
    """difference²/q as p²/q·(1 - q/p)², or q·(1 - p/q)² where q is larger."""
    u = pair.log_ratio
    largest = np.where(u < 0, product((pair.wide_p, 2), (pair.wide_q, -1)), pair.q)
    ratio = np.expm1(-np.abs(u))
    return largest * ratio * ratio


@measure(
    "neyman_chi_squared",
    title="chi-squared (Neyman)",
    notation="χ²({q}‖{p})",
    formula="Σ (p - q)²/p",
    source="Neyman (1949), Proc. Berkeley Symp., 239-273",
    unit=UnitKind.NONE,
    finite=Finite.P_COVERS_Q,
    textbook=TextbookForm(lambda P, Q, squares: squares * P / (Q * Q) - 1, (q_ratio,), trusted_above=3.0),
    of_logits=lambda pair: pair.ratios.spread_of_squares(),
)
def neyman_chi_squared(pair: Pair) -> Array:
    return chi_squared.terms(pair.swapped)  # type: ignore[return-value]


@measure(
    "l_infinity",
    title="largest difference",
    notation="L∞({p}, {q})",
    formula="max |p - q|",
    source="Rényi (1961), Proc. 4th Berkeley Symp. 1, 547-561",
    unit=UnitKind.NONE,
    symmetric=True,
    bound=1.0,
    finite=Finite.ALWAYS,
    reduce=np.maximum,
    of_logits=lambda pair: pair.ratios.largest_difference(),
    aliases=("chebyshev", "linf"),
)
def l_infinity(pair: Pair) -> Array:
    return np.abs(pair.difference)
