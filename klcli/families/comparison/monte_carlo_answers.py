"""Monte Carlo estimates as Answers, for pairs of vectors without a closed form."""

from math import inf
from typing import Any

from klcli.core.estimation.record import Estimate
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import uncovered_by_vectors
from klcli.families.family.formula import Formula
from klcli.families.integration.monte_carlo import BOUNDED, MEANS, METHOD, estimate, estimate_bounded
from klcli.notes import Cause, Reason

__all__ = ["bounded_quantity", "mean_under_p"]


def mean_under_p(name: str, p: Any, q: Any, samples: int, seed: int) -> Answer:
    """Returns a quantity of `monte_carlo.MEANS`, in nats."""
    found = estimate(name, p, q, samples=samples, seed=seed)
    return _answer(found, f"the mean of {MEANS[name]} over {samples} outcomes of {{P}}, seed {seed}")


def bounded_quantity(name: str, p: Any, q: Any, samples: int, seed: int) -> Answer:
    """Returns a quantity of `monte_carlo.BOUNDED`; no draws are needed if P = Q or their supports are disjoint.

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces.
    """
    disjoint, largest = uncovered_by_vectors(p, q), BOUNDED[name].largest
    if disjoint or p == q:
        is_least = (p == q) is not (name == "affinity")
        formula = Formula(disjoint.template if disjoint and p != q else "{P} = {Q}")
        return Answer(0.0 if is_least else largest, 0.0, "closed form", "", formula)
    drawn = f"over {samples} outcomes of each of {{P}} and {{Q}}, m = ({{p}} + {{q}})/2, seed {seed}"
    text = f"the mean of {BOUNDED[name].text} {drawn}"
    return _answer(estimate_bounded(name, p, q, samples=samples, seed=seed), text)


def _answer(found: Estimate, text: str) -> Answer:
    reason = Reason(Cause.DRAWN_OUTSIDE) if found.value == inf else None
    if found.standard_error == inf:
        reason = Reason(Cause.NO_DENSITY)
    assert found.standard_error is not None
    assert found.lower is not None
    assert found.upper is not None
    ends = found.lower, found.upper
    return Answer(found.value, found.standard_error, METHOD, "", Formula(text), reason, ends, found.count)
