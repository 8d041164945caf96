"""Which outcomes make a measure what it is."""

from math import inf
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.comparison import Comparison
from klcli.core.measures.measure import Measure
from klcli.core.pairs.supports import CAUSES
from klcli.notes import Cause

__all__ = ["Contribution", "largest_contributions"]


class Contribution(NamedTuple):
    """An outcome, and the mass that P and Q give it, normalised."""

    outcome: str
    p: float
    q: float


def largest_contributions(comparison: Comparison, measure: Measure, count: int = 3) -> tuple[Contribution, ...]:
    """Returns the outcomes whose terms in the measure are the largest, the largest first.

    A term of the forward KL is p·log(p/q), and of the reverse KL q·log(q/p), as `kl explain` shows them; those of
    another measure are the ones that it sums, by their size. Where the measure is infinite, only the outcomes that make
    it so count, by their mass.
    """
    terms = comparison.terms
    if comparison.value(measure) == inf and (sole := _sole_outcomes(comparison, measure)).any():
        size = np.where(sole, np.maximum(terms.p, terms.q), 0.0)
    else:
        size = _sizes(comparison, measure)
    order = np.argsort(-size, kind="stable")[:count]
    return tuple(
        Contribution(terms.outcomes[index], float(terms.p[index]), float(terms.q[index]))
        for index in order.tolist()
        if size[index] > 0
    )


def _sizes(comparison: Comparison, measure: Measure) -> Array:
    """How much each outcome adds to the measure; terms that people know are ranked by their sign, too."""
    blocks = comparison.aligned.pairs()
    with np.errstate(all="ignore"):
        if measure.shown_terms is not None:
            return np.concatenate([measure.shown_terms(block, *measure.arguments) for block in blocks])
        found = [measure.terms(block, *measure.arguments) for block in blocks]
    return np.abs(np.concatenate([term[0] if isinstance(term, tuple) else term for term in found]))


def _sole_outcomes(comparison: Comparison, measure: Measure) -> Mask:
    """The outcomes with mass on one side alone where that makes the measure infinite."""
    p, q = comparison.aligned.supports
    found = {Cause.Q_LACKS_P: p & ~q, Cause.P_LACKS_Q: q & ~p}
    sole = np.zeros_like(p)
    for cause in CAUSES[measure.support_law]:
        sole |= found.get(cause, sole)
    return sole
