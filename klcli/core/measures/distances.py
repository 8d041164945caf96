"""Distances of P and Q: functions of the difference q - p, which is accurate to its last digits (see `pair`)."""

from collections.abc import Callable
from math import log2

import numpy as np

from klcli.core.arithmetic.extended_range import ExtendedRange, product
from klcli.core.arithmetic.series import binary_entropy_series
from klcli.core.arithmetic.split_product import ROUNDING
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.divergences import MIXTURE_SUM, mixture_terms
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.forms.matrix_form import Part
from klcli.core.measures.forms.pair_sums import PairSums, square_root
from klcli.core.measures.forms.sum_form import Tiny
from klcli.core.measures.measure import Finite, Measure, declare
from klcli.core.measures.power_sums import log_of_sum, minus_log, power_products
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, Pair

__all__ = [
    "bhattacharyya",
    "differences",
    "hellinger",
    "jensen_shannon_distance",
    "total_variation",
]

_ROOT = MAGNIFICATION**0.5


def _magnified_roots(pair: Pair) -> tuple[Array, Array]:
    """√p and √q, times the root of MAGNIFICATION: the root of a mass that has underflowed may be a normal double."""
    return (
        _magnified_root(pair.p, pair.in_p, lambda: pair.wide_p),
        _magnified_root(pair.q, pair.in_q, lambda: pair.wide_q),
    )


def _magnified_root(mass: Array, in_support: Mask, wide: Callable[[], ExtendedRange]) -> Array:
    root = np.sqrt(mass) * _ROOT
    is_lost = in_support & (mass < NORMAL)
    return np.where(is_lost, product((wide(), 0.5), exponent=log2(_ROOT)), root) if is_lost.any() else root


def _magnified_mixture_terms(pair: Pair) -> Array:
    """The terms of Jensen–Shannon, times the square of MAGNIFICATION: ¼·(p + q)·((1-s)·log(1-s) + (1+s)·log(1+s))."""
    size = np.hypot(*_magnified_roots(pair))
    s = pair.near_contrast
    root = size * (pair.magnified_contrast / _ROOT) * np.sqrt(binary_entropy_series(s * s)) / 2
    if pair.is_far is not None:
        s = np.abs(pair.contrast)
        bend = (1 + s) * np.log1p(s) + np.where(s < 1, (1 - s) * np.log1p(-s), 0.0)
        root = np.where(pair.is_far, size * (np.sqrt(bend) * (_ROOT / 2)), root)
    return root * root


jensen_shannon_distance = declare(
    Measure(
        name="jensen_shannon_distance",
        title="Jensen–Shannon distance",
        meaning="The square root of Jensen–Shannon, which keeps the triangle inequality.",
        template="√JS({p}, {q})",
        formula="√JS(P, Q), a metric",
        source="Endres & Schindelin (2003), IEEE Trans. Inf. Theory 49(7), 1858-1860",
        aliases=("js_distance",),
        unit=UnitKind.ROOT_INFORMATION,
        symmetric=True,
        bound=float(np.sqrt(np.log(2))),
        finite_when=Finite.ALWAYS,
        terms=lambda pair: mixture_terms(pair.magnified),
        finish=lambda total: np.sqrt(total) / _ROOT,
        tiny=Tiny(_magnified_mixture_terms, np.sqrt),
        rounded_above=0.9,
        kernel=KernelForm(("jensen_shannon",), np.sqrt),
        pair_sums=(square_root(MIXTURE_SUM),),
    )
)


def differences(pair: Pair) -> Part:
    """Returns p - r for a reference r, the sum of its magnitudes, and the largest of them."""
    difference = -pair.difference
    magnitude = np.abs(difference)
    return difference, np.add.reduce(magnitude, axis=-1), np.maximum.reduce(magnitude, axis=-1)


def _absolute_sums(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """Σ |p - q|."""
    np.subtract(those, this, out=buffer)
    return np.add.reduce(np.abs(buffer, out=buffer), axis=-1)


def _total_variation(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """Returns half of the sums: a difference is accurate to 3 roundings, a sum of terms of one sign to a few."""
    value = found / 2
    return value, ROUNDING * (1.5 * np.add.outer(left[1], right[1]) + 8 * value)


total_variation = declare(
    Measure(
        name="total_variation",
        title="total variation",
        meaning="The largest difference between the probabilities that P and Q give one event.",
        template="TV({p}, {q})",
        formula="½·Σ |p - q|",
        source="Levin, Peres & Wilmer (2009), Markov Chains and Mixing Times, 4.1",
        aliases=("tv", "tvd", "total_variation_distance"),
        unit=UnitKind.NONE,
        symmetric=True,
        bound=1.0,
        finite_when=Finite.ALWAYS,
        terms=lambda pair: np.abs(pair.difference) / 2,
        rounded_above=0.45,
        kernel=KernelForm(("total_variation",)),
        pair_sums=(PairSums(differences, _absolute_sums, _total_variation),),
    )
)


def _squared_hellinger(pair: Pair) -> Array:
    """Half of (√q - √p)²."""
    roots = np.sqrt(pair.p) + np.sqrt(pair.q)
    difference = np.divide(pair.difference, roots, out=np.zeros_like(roots), where=roots > 0)  # √q - √p
    return difference * difference / 2


def _magnified_squared_hellinger(pair: Pair) -> Array:
    """Half of (√q - √p)², times the square of MAGNIFICATION: √q - √p is s·(p + q)/(√p + √q) for the contrast s."""
    p, q = _magnified_roots(pair)
    total = p + q
    size = np.where(total > 0, p * (p / total) + q * (q / total), 0.0)
    difference = size * (pair.magnified_contrast / _ROOT)
    return difference * difference / 2


def _hellinger_of_products(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    value = np.sqrt(-excess)
    return value, error / (2 * value)


hellinger = declare(
    Measure(
        name="hellinger",
        title="Hellinger",
        meaning="The Euclidean distance between the roots of the masses over √2: a metric, 1 for disjoint P and Q.",
        template="Hel({p}, {q})",
        formula="√(½·Σ (√p - √q)²)",
        source="Le Cam & Yang (2000), Asymptotics in Statistics, 2nd ed., ch. 3",
        aliases=("hellinger_distance",),
        unit=UnitKind.NONE,
        symmetric=True,
        bound=1.0,
        finite_when=Finite.ALWAYS,
        terms=lambda pair: _squared_hellinger(pair.magnified),
        finish=lambda total: np.sqrt(total) / _ROOT,
        tiny=Tiny(_magnified_squared_hellinger, np.sqrt),
        kernel=KernelForm(("hellinger",)),
        gemm=power_products(0.5, _hellinger_of_products),
    )
)


def _bhattacharyya_terms(pair: Pair) -> tuple[Array, ...]:
    overlap = np.sqrt(pair.p) * np.sqrt(pair.q)
    if pair.is_lost is not None:
        overlap = np.where(pair.is_lost, product((pair.wide_p, 0.5), (pair.wide_q, 0.5)), overlap)
    return _squared_hellinger(pair), overlap


def _bhattacharyya_of_products(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    return -log_of_sum(excess, total), error / total


bhattacharyya = declare(
    Measure(
        name="bhattacharyya",
        title="Bhattacharyya",
        meaning="The negative logarithm of the overlap Σ √(p·q) of P and Q.",
        template="B({p}, {q})",
        formula="-log Σ √(p·q)",
        source="Bhattacharyya (1943), Bull. Calcutta Math. Soc. 35, 99-109",
        aliases=("bhattacharyya_distance",),
        symmetric=True,
        finite_when=Finite.OVERLAP,
        terms=_bhattacharyya_terms,
        finish=minus_log,
        log_terms=lambda pair, share: (pair.scaled_log_p + pair.scaled_log_q) * (share / 2 / pair.log_scale),
        from_log=lambda log_total, share: -log_total / share,
        tiny=Tiny(lambda pair: _squared_hellinger(pair.magnified)),
        rounded_above=1.8,
        kernel=KernelForm(("bhattacharyya",)),
        gemm=power_products(0.5, _bhattacharyya_of_products),
    )
)
