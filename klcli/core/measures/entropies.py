"""Entropies, cross-entropies and the perplexities that exponentiate them: sums of p·(-log q), no term negative."""

from math import exp

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.measure import Finite, Tiny, measure
from klcli.core.measures.textbook import TextbookForm
from klcli.core.pairs.pair import Pair
from klcli.core.pairs.textbook_sums import p_log_p, p_log_ratio, q_log_p, q_log_ratio

__all__ = [
    "cross_entropy",
    "cross_perplexity",
    "entropy_p",
    "entropy_q",
    "perplexity_p",
    "perplexity_q",
    "reverse_cross_entropy",
]


def _plain_entropy_q(P: Array, Q: Array, q_log_p: Array, q_log_ratio: Array) -> Array:
    value = np.log(Q) - (q_log_p + q_log_ratio) / Q
    return np.where(value > q_log_ratio, value, np.nan)  # H(Q, P) - KL(Q‖P) cancels where H(Q) is the smaller


# H(P, Q) = -Σ p·log p - Σ p·log(q/p): two logarithms serve all
_ENTROPY_P = TextbookForm(lambda P, Q, p_log_p: np.log(P) - p_log_p / P, (p_log_p,))
_ENTROPY_Q = TextbookForm(_plain_entropy_q, (q_log_p, q_log_ratio))
_CROSS_ENTROPY = TextbookForm(lambda P, Q, own, ratio: np.log(Q) - (own + ratio) / P, (p_log_p, p_log_ratio))
_REVERSE_CROSS_ENTROPY = TextbookForm(lambda P, Q, q_log_p: np.log(P) - q_log_p / Q, (q_log_p,))


def _exponential(textbook: TextbookForm) -> TextbookForm:
    return TextbookForm(
        lambda *sums: np.exp(textbook.value(*sums)), textbook.sums, trusted_above=exp(textbook.trusted_above)
    )


_SHANNON = "Shannon (1948), Bell Syst. Tech. J. 27, 379-423"
_GOOD = "Good (1956), in: Information Theory (ed. Cherry), 180-195"
_JELINEK = "Jelinek et al. (1977), J. Acoust. Soc. Am. 62, S63"


@measure(
    "cross_entropy",
    title="cross-entropy",
    notation="H({p}, {q})",
    formula="-Σ p·log q",
    source=_GOOD,
    zero_when_equal=False,
    finite=Finite.Q_COVERS_P,
    tiny=Tiny(lambda pair: _tiny_surprise(pair, "p", "q")),
    textbook=_CROSS_ENTROPY,
    of_logits=lambda pair: pair.cross_entropy,
)
def cross_entropy(pair: Pair) -> Array:
    return _expected_surprise(pair, "p", pair.in_p & ~pair.in_q, pair.scaled_log_q)


@measure(
    "entropy_p",
    title="entropy of P",
    notation="H({p})",
    formula="-Σ p·log p",
    source=_SHANNON,
    zero_when_equal=False,
    finite=Finite.ALWAYS,
    aliases=("entropy",),
    tiny=Tiny(lambda pair: _tiny_surprise(pair, "p", "p")),
    textbook=_ENTROPY_P,
    of_logits=lambda pair: pair.entropy_p,
)
def entropy_p(pair: Pair) -> Array:
    return _expected_surprise(pair, "p", None, pair.scaled_log_p)


@measure(
    "entropy_q",
    title="entropy of Q",
    notation="H({q})",
    formula="-Σ q·log q",
    source=_SHANNON,
    zero_when_equal=False,
    finite=Finite.ALWAYS,
    tiny=Tiny(lambda pair: _tiny_surprise(pair, "q", "q")),
    textbook=_ENTROPY_Q,
    of_logits=lambda pair: pair.entropy_q,
)
def entropy_q(pair: Pair) -> Array:
    return _expected_surprise(pair, "q", None, pair.scaled_log_q)


@measure(
    "reverse_cross_entropy",
    title="reverse cross-entropy",
    notation="H({q}, {p})",
    formula="-Σ q·log p",
    source=_GOOD,
    zero_when_equal=False,
    finite=Finite.P_COVERS_Q,
    tiny=Tiny(lambda pair: _tiny_surprise(pair, "q", "p")),
    textbook=_REVERSE_CROSS_ENTROPY,
    of_logits=lambda pair: pair.reverse_cross_entropy,
)
def reverse_cross_entropy(pair: Pair) -> Array:
    return _expected_surprise(pair, "q", pair.in_q & ~pair.in_p, pair.scaled_log_p)


@measure(
    "perplexity_p",
    title="perplexity of P",
    notation="exp H({p})",
    formula="exp(-Σ p·log p), the effective number of outcomes",
    source=_JELINEK,
    unit=UnitKind.NONE,
    zero_when_equal=False,
    finite=Finite.ALWAYS,
    finish=np.exp,
    textbook=_exponential(_ENTROPY_P),
    of_logits=lambda pair: np.exp(pair.entropy_p),
)
def perplexity_p(pair: Pair) -> Array:
    return entropy_p.terms(pair)  # type: ignore[return-value]


@measure(
    "perplexity_q",
    title="perplexity of Q",
    notation="exp H({q})",
    formula="exp(-Σ q·log q), the effective number of outcomes",
    source=_JELINEK,
    unit=UnitKind.NONE,
    zero_when_equal=False,
    finite=Finite.ALWAYS,
    finish=np.exp,
    textbook=_exponential(_ENTROPY_Q),
    of_logits=lambda pair: np.exp(pair.entropy_q),
)
def perplexity_q(pair: Pair) -> Array:
    return entropy_q.terms(pair)  # type: ignore[return-value]


@measure(
    "cross_perplexity",
    title="cross-perplexity",
    notation="exp H({p}, {q})",
    formula="exp(-Σ p·log q)",
    source=_JELINEK,
    unit=UnitKind.NONE,
    zero_when_equal=False,
    finite=Finite.Q_COVERS_P,
    finish=np.exp,
    textbook=_exponential(_CROSS_ENTROPY),
    of_logits=lambda pair: np.exp(pair.cross_entropy),
)
def cross_perplexity(pair: Pair) -> Array:
    return cross_entropy.terms(pair)  # type: ignore[return-value]


def _expected_surprise(pair: Pair, mass: str, infinite: Mask | None, scaled_log: Array) -> Array:
    """-m·log of p or q, given by name; infinite where the logarithm is of an outcome without mass."""
    has_mass = pair.in_p if mass == "p" else pair.in_q
    surprise = np.where(has_mass, -pair.times_log(mass, scaled_log), 0.0)
    return surprise if infinite is None else np.where(infinite, np.inf, surprise)


def _tiny_surprise(pair: Pair, mass: str, under: str) -> Array:
    """-m·log n times MAGNIFICATION, for m and n given by name; -log n is 1 - n where n has nearly all the mass.

    That difference is summed as what the other outcomes have, so a dominant outcome adds nothing itself.
    """
    m, n = getattr(pair.magnified, mass), getattr(pair.magnified, under)
    scaled_log = getattr(pair, f"scaled_log_{under}")
    has_mass, is_covered = getattr(pair, f"in_{mass}"), getattr(pair, f"in_{under}")
    surprise = np.where(has_mass & (m > 0), -(m / pair.log_scale) * scaled_log, 0.0)
    others = np.where(has_mass & ~is_covered, np.inf, surprise) + n
    return np.where(getattr(pair, under) > 0.5, 0.0, others)
