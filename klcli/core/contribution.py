"""Which outcomes make a measure what it is."""

from typing import NamedTuple

import numpy as np

from klcli.core.comparison import Comparison
from klcli.core.exact import aligned_pairs
from klcli.core.measure import Measure

__all__ = ["Contribution", "largest_contributions"]


class Contribution(NamedTuple):
    """An outcome, and the mass that P and Q give it, normalised."""

    outcome: str
    p: float
    q: float


def largest_contributions(comparison: Comparison, measure: Measure, count: int = 3) -> tuple[Contribution, ...]:
    """Returns the outcomes whose terms in the measure are the largest, the largest first.

    A term of the forward KL is p·log(p/q), as `kl explain` shows it; those of another measure are the ones that it
    sums, by their size.
    """
    terms = comparison.terms
    size = terms.contribution
    if measure.name != "forward_kl":
        aligned = comparison.aligned
        blocks = aligned_pairs(aligned)
        with np.errstate(all="ignore"):
            found = [measure.terms(block, *measure.arguments) for block in blocks]
        size = np.abs(np.concatenate([term[0] if isinstance(term, tuple) else term for term in found]))
    order = np.argsort(-size, kind="stable")[:count]
    return tuple(
        Contribution(terms.outcomes[index], float(terms.p[index]), float(terms.q[index]))
        for index in order.tolist()
        if size[index] > 0
    )
