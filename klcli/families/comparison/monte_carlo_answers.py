"""Monte Carlo estimates as Answers, for pairs of vectors without a closed form."""

from math import inf
from typing import Any

from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import DRAWN_OUTSIDE, uncovered_by_vectors
from klcli.families.integration.monte_carlo import BOUNDED, MEANS, Estimate, estimate, estimate_bounded

__all__ = ["bounded_quantity", "mean_under_p"]


def mean_under_p(name: str, p: Any, q: Any, samples: int, seed: int) -> Answer:
    """Returns a quantity of `monte_carlo.MEANS`, in nats."""
    found = estimate(name, p, q, samples=samples, seed=seed)
    return _answer(found, f"the mean of {MEANS[name]} over {samples} outcomes of P, seed {seed}")


def bounded_quantity(name: str, p: Any, q: Any, samples: int, seed: int) -> Answer:
    """Returns a quantity of `monte_carlo.BOUNDED`; no draws are needed if P = Q or their supports are disjoint.

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces.
    """
    disjoint, largest = uncovered_by_vectors(p, q), BOUNDED[name].largest
    if disjoint or p == q:
        is_least = (p == q) is not (name == "affinity")
        return Answer(0.0 if is_least else largest, 0.0, "closed form", "", "P = Q" if p == q else disjoint)
    text = f"the mean of {BOUNDED[name].text} over {samples} outcomes of each of P and Q, m = (p + q)/2, seed {seed}"
    return _answer(estimate_bounded(name, p, q, samples=samples, seed=seed), text)


def _answer(found: Estimate, text: str) -> Answer:
    reason = DRAWN_OUTSIDE if found.value == inf else ""
    if found.standard_error == inf:
        reason = "an outcome that was drawn has no density in doubles"
    return Answer(found.value, found.standard_error, "monte carlo", "", text, reason, found.interval)
