"""Divergences built from KL: Jensen–Shannon, by the mixture M of P and Q, and Jeffreys, the sum of both directions."""

from math import log

import numpy as np

from klcli.core.arithmetic.double_double import exact_sum
from klcli.core.arithmetic.series import binary_entropy_series
from klcli.core.arithmetic.split_product import ROUNDING
from klcli.core.arithmetic.types import Array
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.forms.matrix_form import Part
from klcli.core.measures.forms.matrix_product import MatrixProduct
from klcli.core.measures.forms.pair_sums import PairSums
from klcli.core.measures.kl import kl_div, kl_factors
from klcli.core.measures.measure import Finite, Measure, declare
from klcli.core.pairs.pair import NORMAL, Pair

__all__ = ["MIXTURE_SUM", "jeffreys", "jensen_shannon", "mixture_terms"]

_TINY = 1e-300  # instead of a 0 whose logarithm is multiplied by it


def mixture_terms(pair: Pair) -> Array:
    """Returns ½·(p·log(p/m) + q·log(q/m)) for m = (p + q)/2, never negative; shape (..., block)."""
    s = pair.near_contrast
    near = pair.difference * s / 4 * binary_entropy_series(s * s)
    if pair.is_far is None:
        return near
    total = pair.p + pair.q  # doubling p is exact; halving p + q can underflow to 0
    far = (_times_log(pair.p, 2 * pair.p / total) + _times_log(pair.q, 2 * pair.q / total)) / 2
    return np.where(pair.is_far, far, near)


def _times_log(p: Array, x: Array) -> Array:
    return np.where(p > 0, p * np.log(np.maximum(x, NORMAL)), 0.0)  # x may underflow where p does not


def _halves(pair: Pair) -> Part:
    """p/2r, KL(P‖r), by how much the rounding of p/2r changes half of the total, and √Σp²."""
    half = np.divide(pair.p, 2 * pair.q, out=np.zeros_like(pair.p), where=pair.q > 0)
    total = exact_sum(half * pair.q)
    own = exact_sum(kl_div(pair)).high[..., 0]
    return half, own, ((total.high - 0.5) + total.low)[..., 0], np.sqrt(np.add.reduce(pair.p * pair.p, axis=-1))


def _entropy_of_mixture(those: Array, this: Array, weights: Array, buffer: Array, other: Array) -> Array:
    """Σ r·t·log t."""
    np.add(those, this, out=buffer)
    np.log(np.maximum(buffer, _TINY, out=other), out=other)
    np.multiply(buffer, other, out=buffer)
    return np.add.reduce(np.multiply(buffer, weights, out=buffer), axis=-1)


def _by_mixture(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
    """½·KL(P‖r) + ½·KL(Q‖r) - KL(M‖r).

    Σ m·|log t| is at most D + √(2D) for D = KL(M‖r) (the negative part is below the total variation, and that below
    √(D/2)). The roundings of the terms cancel, the better the more outcomes share the mass. What is allowed is twice
    the largest error that was found, for 2 outcomes to 1,000.
    """
    mean = np.add.outer(left[1], right[1]) / 2
    mixture = found - np.add.outer(left[2], right[2])
    error = np.abs(mixture)
    error += np.sqrt(2 * error)
    error *= 2
    error += 4 * mean
    error += 1
    error *= 0.6 + 5 * np.maximum.outer(left[3], right[3])
    return mean - mixture, ROUNDING * error


def _are_near(left: Part, right: Part) -> bool:
    """Returns True if the value is inaccurate for all pairs: it is at most the mean of both KL."""
    return bool(left[1].max() + right[1].max() < 0.03)


# JS(P, Q) = ½·KL(P‖r) + ½·KL(Q‖r) - KL(M‖r), where KL(M‖r) = Σ r·t·log t for t = (p + q)/2r: one logarithm an outcome
MIXTURE_SUM = PairSums(_halves, _entropy_of_mixture, _by_mixture, _are_near, one_by_one=False)

jensen_shannon = declare(
    Measure(
        name="jensen_shannon",
        title="Jensen–Shannon",
        meaning="How much one draw tells of whether it came from P or from Q, where either is as likely.",
        template="JS({p}, {q})",
        formula="½·KL(P‖M) + ½·KL(Q‖M), M = (P + Q)/2",
        source="Lin (1991), IEEE Trans. Inf. Theory 37(1), 145-151",
        aliases=("js", "jsd", "js_divergence", "jensen_shannon_divergence"),
        symmetric=True,
        bound=log(2),
        finite_when=Finite.ALWAYS,
        terms=mixture_terms,
        rounded_above=0.24,
        kernel=KernelForm(("jensen_shannon",)),
        pair_sums=(MIXTURE_SUM,),
    )
)


def _jeffreys_terms(pair: Pair) -> Array:
    """(q - p)·log(q/p), infinite where one side alone has mass."""
    terms = np.where(pair.in_p & pair.in_q, pair.times_log("difference", pair.scaled_log_ratio), 0.0)
    return np.where(pair.in_p != pair.in_q, np.inf, terms)


jeffreys = declare(
    Measure(
        name="jeffreys",
        title="Jeffreys",
        meaning="The sum of forward and reverse KL. In credit scoring it is the population stability index.",
        template="J({p}, {q})",
        formula="Σ (p - q)·log(p/q) = KL(P‖Q) + KL(Q‖P)",
        source="Jeffreys (1946), Proc. R. Soc. A 186, 453-461",
        aliases=("psi", "population_stability_index", "j_divergence", "jeffreys_divergence"),
        symmetric=True,
        finite_when=Finite.SAME_SUPPORT,
        terms=_jeffreys_terms,
        rounded_above=1.05,
        kernel=KernelForm(("forward_kl", "reverse_kl"), np.add),
        gemm=(MatrixProduct(kl_factors, (True, False)),),
    )
)
