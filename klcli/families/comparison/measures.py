"""The measures of two families, each from closed forms, or from one integral or sum over the support of P."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import expm1, inf, log, sqrt
from typing import Any

from klcli.core.evaluation.nan_check import refuse_nan
from klcli.errors import UsageError
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.closed_forms.bhattacharyya import bhattacharyya_form
from klcli.families.comparison.against_masses import compare_with_masses
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.divergence import (
    cross_entropy,
    entropy,
    evaluate_closed_form,
    kl,
    refuse_samples,
)
from klcli.families.comparison.infinite import DISJOINT, is_singular
from klcli.families.comparison.monte_carlo_answers import bounded_quantity
from klcli.families.comparison.numeric import integral_or_sum
from klcli.families.family.family import Family
from klcli.families.family.support import covers
from klcli.families.integration.monte_carlo import SEED, samples_for

__all__ = ["MEASURES", "FamilyPair"]


@dataclass(frozen=True, slots=True, eq=False)
class FamilyPair:
    """P and Q, the settings of Monte Carlo, and the answers computed so far, by the name of the measure.

    Attributes:
        samples: the number of draws; 0 becomes `samples_for` the numbers in an outcome.
    """

    p: Family
    q: Family
    samples: int = 0
    seed: int = SEED
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.samples:
            numbers = self.p.numbers if self.p.kind == "multivariate" else 1
            object.__setattr__(self, "samples", samples_for(numbers))

    def answer(self, name: str) -> Answer:
        """Returns a measure in nats, by its full name.

        Raises:
            UsageError: it cannot be computed for these families.
            NotComparable: the outcomes of P and Q lie in different spaces.
        """
        if name not in self.answers:
            if name not in MEASURES:
                raise UsageError(f"{name} is not computed for families", hint=f"use one of {', '.join(MEASURES)}")
            found = compare_with_masses(name, self.p, self.q)
            answer = MEASURES[name](self) if found is None else found
            refuse_nan({name: answer.value})
            self.answers[name] = answer
        return self.answers[name]

    def flipped(self) -> "FamilyPair":
        """Returns the pair with P and Q exchanged."""
        return FamilyPair(self.q, self.p, self.samples, self.seed)

    @property
    def has_vectors(self) -> bool:
        """True if the outcomes of P or Q are vectors or matrices."""
        return "multivariate" in (self.p.kind, self.q.kind)

    def bounded_integral(self, name: str) -> Answer:
        """Returns the integral or sum of one of INTEGRANDS that is bounded, whatever P and Q."""
        refuse_samples(self.p, self.q)
        return integral_or_sum(name, self.p, self.q, may_diverge=False)

    def bounded_estimate(self, name: str) -> Answer:
        """Returns a Monte Carlo estimate of one of the quantities in BOUNDED."""
        refuse_samples(self.p, self.q)
        return bounded_quantity(name, self.p, self.q, self.samples, self.seed)


_Compute = Callable[[FamilyPair], Answer]


def _jeffreys(pair: FamilyPair) -> Answer:
    return _sum([pair.answer(name) for name in ("forward_kl", "reverse_kl")])


def _sum(parts: list[Answer], weight: float = 1.0) -> Answer:
    methods = ("closed form", "sum", "quadrature", "monte carlo")
    return Answer(
        sum(part.value for part in parts) * weight,
        sum(float(part.error) for part in parts) * weight,
        max((part.method for part in parts), key=methods.index),
        "; ".join(dict.fromkeys(part.source for part in parts if part.source)),
        " + ".join(dict.fromkeys(part.formula for part in parts)),
        next((part.reason for part in parts if part.reason), ""),
    )


def _jensen_shannon(pair: FamilyPair) -> Answer:
    if is_singular(pair.p, pair.q):
        return Answer(log(2), 0.0, "closed form", "", "log 2, as P and Q share no mass")
    if pair.has_vectors:
        return pair.bounded_estimate("jensen_shannon")
    of_p, of_q = (side.bounded_integral("kl_to_mixture") for side in (pair, pair.flipped()))
    found = _sum([of_p, _exchanged(of_q)], 0.5)
    return replace(found, value=min(max(found.value, 0.0), log(2)), formula="(KL(P‖M) + KL(Q‖M))/2, M = (P + Q)/2")


def _jensen_shannon_distance(pair: FamilyPair) -> Answer:
    return _square_root(pair.answer("jensen_shannon"))


def _square_root(found: Answer) -> Answer:
    root = sqrt(found.value)
    error = sqrt(found.value + found.error) - root if found.value < found.error else found.error / (2 * root or 1)
    error += DOUBLES.unit * root
    ends = found.interval and (sqrt(found.interval[0]), sqrt(found.interval[1]))
    return replace(found, value=root, error=error, formula=f"√({found.formula})", interval=ends)


def _total_variation(pair: FamilyPair) -> Answer:
    if is_singular(pair.p, pair.q):
        return Answer(1.0, 0.0, "closed form", "", "1, as P and Q share no mass")
    if pair.has_vectors:
        return pair.bounded_estimate("total_variation")
    found = pair.bounded_integral("positive_part")
    return replace(found, value=min(max(found.value, 0.0), 1.0), formula="the mass of p - q where p > q")


def _affinity(pair: FamilyPair) -> Answer:
    if is_singular(pair.p, pair.q):
        return Answer(0.0, 0.0, "closed form", "", "√(p·q)")
    if pair.has_vectors:
        return pair.bounded_estimate("affinity")
    found = pair.bounded_integral("affinity")
    return replace(found, value=min(max(found.value, 0.0), 1.0), formula=f"{found.formula[:1]} √(p·q)")


def _bhattacharyya(pair: FamilyPair) -> Answer:
    p: Any
    p, q = pair.p, pair.q
    form = bhattacharyya_form(p, q)
    if form is not None:
        p.check_dimension(q)
        return evaluate_closed_form(form, p, q) if p != q else pair.bounded_estimate("squared_hellinger")
    found = _affinity(pair)
    if found.interval and found.interval[0] <= 0:
        raise UsageError(
            "bhattacharyya: Monte Carlo finds no overlap of P and Q",
            hint="use hellinger or jensen_shannon, which have a largest value",
        )
    value = _minus_log(found.value)
    reason = DISJOINT if value == inf else ""
    error = found.error / max(found.value, 1e-300)
    ends = found.interval and (_minus_log(found.interval[1]), _minus_log(found.interval[0]))
    return replace(found, value=value, error=error, formula=f"-log({found.formula})", reason=reason, interval=ends)


def _minus_log(share: float) -> float:
    return -log(share) + 0.0 if share > 0 else inf


def _hellinger(pair: FamilyPair) -> Answer:
    if bhattacharyya_form(pair.p, pair.q) is not None:
        distance = _bhattacharyya(pair)
        value = -expm1(-distance.value)
        error = distance.error * (1 - value) + 2 * DOUBLES.unit * value
        square = replace(distance, value=value, error=error, formula=f"1 - exp(-[{distance.formula}])", reason="")
        return _square_root(square)
    if pair.has_vectors:
        return _square_root(pair.bounded_estimate("squared_hellinger"))
    found = _affinity(pair)
    square = replace(found, value=max(1 - found.value, 0.0), formula=f"1 - {found.formula}")
    if found.value > 0.5 and not is_singular(pair.p, pair.q) and covers(pair.q, pair.p):
        # the support of P holds all of Q, so the squared distance is one integral over it, without cancellation
        square = pair.bounded_integral("squared_hellinger")
    return replace(_square_root(square), formula="√(½·∫(√p - √q)²)")


def _of(function: Callable[..., Answer], sides: str) -> _Compute:
    def compute(pair: FamilyPair) -> Answer:
        members: list[Any] = [getattr(pair, side) for side in sides]
        found: Answer = function(*members, samples=pair.samples, seed=pair.seed)
        return found if sides.startswith("p") else _exchanged(found)

    return compute


_WORD = re.compile("[A-Za-z]+")
_OTHER = {"p": "q", "q": "p", "P": "Q", "Q": "P", "dp": "dq", "dq": "dp"}


def _exchanged(found: Answer) -> Answer:
    """The answer with P and Q exchanged in its texts: those of KL(Q‖P) are computed with Q in the place of P."""
    formula, reason = (
        _WORD.sub(lambda word: _OTHER.get(word[0], word[0]), text) for text in (found.formula, found.reason)
    )
    return replace(found, formula=formula, reason=reason)


MEASURES: dict[str, _Compute] = {
    "forward_kl": _of(kl, "pq"),
    "reverse_kl": _of(kl, "qp"),
    "cross_entropy": _of(cross_entropy, "pq"),
    "entropy_p": _of(entropy, "p"),
    "entropy_q": _of(entropy, "q"),
    "jensen_shannon": _jensen_shannon,
    "jeffreys": _jeffreys,
    "reverse_cross_entropy": _of(cross_entropy, "qp"),
    "jensen_shannon_distance": _jensen_shannon_distance,
    "total_variation": _total_variation,
    "hellinger": _hellinger,
    "bhattacharyya": _bhattacharyya,
}
