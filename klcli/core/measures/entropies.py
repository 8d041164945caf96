"""Entropies, cross-entropies and the perplexities that exponentiate them: sums of p·(-log q), no term negative."""

from typing import Literal

import numpy as np

from klcli.core.arithmetic.double_double import exact_sum
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.forms.matrix_product import Factors, MatrixProduct
from klcli.core.measures.forms.sum_form import Tiny
from klcli.core.measures.kl import kl_factors
from klcli.core.measures.measure import Finite, MatrixForms, Measure, declare
from klcli.core.pairs.pair import Pair

__all__ = [
    "cross_entropy",
    "cross_perplexity",
    "entropy_p",
    "entropy_q",
    "perplexity_p",
    "perplexity_q",
    "reverse_cross_entropy",
]

_Side = Literal["p", "q"]

_SHANNON = "Shannon (1948), Bell Syst. Tech. J. 27, 379-423"
_GOOD = "Good (1956), in: Information Theory (ed. Cherry), 180-195"
_JELINEK = "Jelinek et al. (1977), J. Acoust. Soc. Am. 62, S63"


def _surprise(pair: Pair, mass: _Side, scaled_log: Array, infinite: Mask | None = None) -> Array:
    """-m·log of p or q, given by name; infinite where the logarithm is of an outcome without mass."""
    has_mass = pair.in_p if mass == "p" else pair.in_q
    surprise = np.where(has_mass, -pair.times_log(mass, scaled_log), 0.0)
    return surprise if infinite is None else np.where(infinite, np.inf, surprise)


def _tiny(mass: _Side, under: _Side) -> Tiny:
    """-m·log n times MAGNIFICATION, for m and n given by name; -log n is 1 - n where n has nearly all the mass.

    That difference is summed as what the other outcomes have, so a dominant outcome adds nothing itself.
    """

    def terms(pair: Pair) -> Array:
        m, n = getattr(pair.magnified, mass), getattr(pair.magnified, under)
        scaled_log = getattr(pair, f"scaled_log_{under}")
        has_mass, is_covered = getattr(pair, f"in_{mass}"), getattr(pair, f"in_{under}")
        surprise = np.where(has_mass & (m > 0), -(m / pair.log_scale) * scaled_log, 0.0)
        others = np.where(has_mass & ~is_covered, np.inf, surprise) + n
        return np.where(getattr(pair, under) > 0.5, 0.0, others)

    return Tiny(terms)


def _cross_entropy_factors(pair: Pair) -> tuple[Factors, Factors]:
    """Returns the factors of H(p) + KL(p‖q)."""
    as_p, as_q = kl_factors(pair)
    entropy = exact_sum(_surprise(pair, "p", pair.scaled_log_p)).high[..., 0]
    return as_p._replace(own=as_p.own + entropy, lost=as_p.lost + entropy), as_q


def _exponential_of_products(excess: Array, total: Array, error: Array) -> tuple[Array, Array]:
    """Returns exp H for a cross-entropy H; exp multiplies its error, so 1 + H times more is allowed."""
    value = np.exp(excess)
    return value, value * error / (1 + excess)


cross_entropy = declare(
    Measure(
        name="cross_entropy",
        title="cross-entropy",
        meaning="The mean surprise of draws from P to someone who believes Q: H(P) + KL(P‖Q). A classifier's log loss.",
        template="H({p}, {q})",
        formula="-Σ p·log q",
        source=_GOOD,
        aliases=("ce", "xent", "log_loss"),
        zero_when_equal=False,
        finite_when=Finite.Q_COVERS_P,
        terms=lambda pair: _surprise(pair, "p", pair.scaled_log_q, pair.in_p & ~pair.in_q),
        tiny=_tiny("p", "q"),
        rounded_above=1.05,
        kernel=KernelForm(("cross_entropy",)),
        gemm=(MatrixProduct(_cross_entropy_factors),),
    )
)

entropy_p = declare(
    Measure(
        name="entropy_p",
        title="entropy of P",
        meaning="The mean surprise of draws from P to someone who knows P: the limit of lossless compression.",
        template="H({p})",
        formula="-Σ p·log p",
        source=_SHANNON,
        aliases=("entropy",),
        zero_when_equal=False,
        finite_when=Finite.ALWAYS,
        depends_on="p",
        terms=lambda pair: _surprise(pair, "p", pair.scaled_log_p),
        tiny=_tiny("p", "p"),
        rounded_above=1.05,
        kernel=KernelForm(("entropy_p",)),
    )
)

entropy_q = declare(
    Measure(
        name="entropy_q",
        title="entropy of Q",
        meaning="The mean surprise of draws from Q to someone who knows Q.",
        template="H({q})",
        formula="-Σ q·log q",
        source=_SHANNON,
        zero_when_equal=False,
        finite_when=Finite.ALWAYS,
        depends_on="q",
        terms=lambda pair: _surprise(pair, "q", pair.scaled_log_q),
        tiny=_tiny("q", "q"),
        rounded_above=1.05,
        kernel=KernelForm(("entropy_q",)),
    )
)

reverse_cross_entropy = declare(
    Measure(
        name="reverse_cross_entropy",
        aliases=("rce", "reverse_ce"),
        title="reverse cross-entropy",
        meaning="The mean surprise of draws from Q to someone who believes P: H(Q) + KL(Q‖P).",
        template="H({q}, {p})",
        formula="-Σ q·log p",
        source=_GOOD,
        zero_when_equal=False,
        finite_when=Finite.P_COVERS_Q,
        terms=lambda pair: _surprise(pair, "q", pair.scaled_log_p, pair.in_q & ~pair.in_p),
        tiny=_tiny("q", "p"),
        rounded_above=1.05,
        kernel=KernelForm(("reverse_cross_entropy",)),
        gemm=(MatrixProduct(_cross_entropy_factors, (False,)),),
    )
)


def _perplexity(
    entropy: Measure, *, name: str, title: str, meaning: str, remark: str = "", gemm: MatrixForms = ()
) -> Measure:
    """Returns the measure exp(entropy), with each form of the entropy followed by exp."""
    return Measure(
        name=name,
        title=title,
        meaning=meaning,
        template=f"exp {entropy.template}",
        formula=f"exp({entropy.formula}){remark}",
        source=_JELINEK,
        unit=UnitKind.NONE,
        least=1.0,
        zero_when_equal=False,
        finite_when=entropy.finite_when,
        depends_on=entropy.depends_on,
        terms=entropy.terms,
        finish=np.exp,
        rounded_above=4.3,
        kernel=KernelForm((entropy.name,), np.exp),
        gemm=gemm,
    )


perplexity_p = declare(
    _perplexity(
        entropy_p,
        name="perplexity_p",
        title="perplexity of P",
        meaning="The number of equally likely outcomes that are as uncertain as P.",
        remark=", the effective number of outcomes",
    )
)

perplexity_q = declare(
    _perplexity(
        entropy_q,
        name="perplexity_q",
        title="perplexity of Q",
        meaning="The number of equally likely outcomes that are as uncertain as Q.",
        remark=", the effective number of outcomes",
    )
)

cross_perplexity = declare(
    _perplexity(
        cross_entropy,
        name="cross_perplexity",
        title="cross-perplexity",
        meaning="The number of equally likely outcomes that surprise as much as P surprises someone who believes Q.",
        gemm=(MatrixProduct(_cross_entropy_factors, finish=_exponential_of_products),),
    )
)
