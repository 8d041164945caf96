"""Forward and reverse KL, as sums of terms that are never negative and keep their digits where p is nearly q.

With Σp = Σq = 1, Σ p·log(p/q) is Σ (p·log(p/q) - p + q), whose terms are 0, not merely small in sum, where p = q. An
error in the totals then enters squared, and a sum of terms of one sign loses nothing. Where q/p is within [1/2, 2] the
terms are series in the contrast s = (q - p)/(p + q).
"""

from typing import TYPE_CHECKING

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.forms.matrix_product import Factors, MatrixProduct
from klcli.core.measures.measure import Finite, Measure, declare
from klcli.core.pairs.pair import Pair

if TYPE_CHECKING:  # the kernel answers most pairs without them
    from klcli.core.pairs.scaling import ScaledMasses

__all__ = ["forward_kl", "kl_div", "kl_factors", "rel_entr", "reverse_kl"]


def kl_div(pair: Pair) -> Array:
    """Returns p·log(p/q) - p + q, infinite where only p has mass; shape (..., block)."""
    return pair.kl_div


def rel_entr(pair: Pair) -> Array:
    """Returns p·log(p/q), which is negative where p < q, and 0 where p underflows to 0; shape (..., block)."""
    terms = np.where(pair.in_p, pair.times_log("p", -pair.scaled_log_ratio), 0.0)
    return np.where(pair.p > 0, terms, 0.0) + 0.0


def kl_factors(pair: Pair) -> tuple[Factors, Factors]:
    """Returns the factors of KL(P‖Q) as P and as Q, of rows and a reference, where Q has mass wherever P has.

    With a reference r, KL(p‖q) = KL(p‖r) + KL(r‖q) + Σ (p - r)·log(r/q).
    """
    q_is_0 = ~pair.in_p & pair.in_q
    as_q = np.where(q_is_0, -pair.q, kl_div(pair.swapped))
    log_ratio = np.where(q_is_0, 0.0, pair.log_ratio)
    return (
        Factors.of(pair, kl_div(pair), -pair.difference, 1 / pair.q),
        Factors.of(pair, as_q, log_ratio, pair.q),
    )


def _forward_sum(masses: "ScaledMasses") -> Array:
    from klcli.core.pairs.kl_div_sums import forward_kl_sum

    return forward_kl_sum(masses)


def _reverse_sum(masses: "ScaledMasses") -> Array:
    from klcli.core.pairs.kl_div_sums import reverse_kl_sum

    return reverse_kl_sum(masses)


def _logit_sum(p: Array, q: Array) -> Array:
    from klcli.core.pairs.logit_sums import forward_kl_of_logits

    return forward_kl_of_logits(p, q)


forward_kl = declare(
    Measure(
        name="forward_kl",
        title="forward KL",
        meaning="The extra information per draw from P where it is coded for Q. It punishes a Q that misses P.",
        template="KL({p}‖{q})",
        formula="Σ p·log(p/q)",
        source="Kullback & Leibler (1951), Ann. Math. Stat. 22(1), 79-86",
        aliases=(
            "kl",
            "fkl",
            "kld",
            "kl_divergence",
            "d_kl",
            "kullback_leibler",
            "kullback_leibler_divergence",
            "relative_entropy",
        ),
        finite_when=Finite.Q_COVERS_P,
        terms=kl_div,
        shown_terms=rel_entr,
        rounded_above=1.05,
        kl_div_sum=_forward_sum,
        logit_sum=_logit_sum,
        kernel=KernelForm(("forward_kl",)),
        gemm=(MatrixProduct(kl_factors),),
    )
)

reverse_kl = declare(
    Measure(
        name="reverse_kl",
        title="reverse KL",
        meaning="The extra information per draw from Q where it is coded for P. It punishes a Q that strays from P.",
        template="KL({q}‖{p})",
        formula="Σ q·log(q/p)",
        source=forward_kl.source,
        aliases=("rkl",),
        finite_when=Finite.P_COVERS_Q,
        terms=lambda pair: kl_div(pair.swapped),
        shown_terms=lambda pair: rel_entr(pair.swapped),
        rounded_above=1.05,
        kl_div_sum=_reverse_sum,
        logit_sum=lambda p, q: _logit_sum(q, p),
        kernel=KernelForm(("reverse_kl",)),
        gemm=(MatrixProduct(kl_factors, (False,)),),
    )
)
