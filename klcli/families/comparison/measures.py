"""The measures of two families, each from closed forms, or from one integral or sum over the support of P."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import expm1, inf, log, sqrt
from typing import Any

from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.measures import distances, divergences, entropies, kl
from klcli.core.measures.measure import Measure
from klcli.errors import UsageError
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.closed_forms.bhattacharyya import bhattacharyya_form
from klcli.families.comparison import slopes
from klcli.families.comparison.against_masses import compare_with_masses
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.divergence import cross_entropy, entropy, evaluate_closed_form, refuse_samples
from klcli.families.comparison.divergence import kl as divergence
from klcli.families.comparison.infinite import is_singular, share_support
from klcli.families.comparison.monte_carlo_answers import bounded_quantity
from klcli.families.comparison.numeric import ROUGH, integral_or_sum, symmetric_integral_or_sum
from klcli.families.comparison.slopes import Slopes
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula
from klcli.families.family.support import covers
from klcli.families.integration.monte_carlo import SEED, samples_for
from klcli.notes import Cause, Reason

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
            asked = MEASURES[name]
            found = compare_with_masses(asked.measure, asked.slopes, self.p, self.q)
            answer = asked.compute(self) if found is None else found
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

    def symmetric_integral(self, name: str) -> Answer:
        """Returns a bounded integral that is the same for Q and P: over the support that determines it better."""
        refuse_samples(self.p, self.q)
        return symmetric_integral_or_sum(name, self.p, self.q)

    def bounded_estimate(self, name: str) -> Answer:
        """Returns a Monte Carlo estimate of one of the quantities in BOUNDED."""
        refuse_samples(self.p, self.q)
        return bounded_quantity(name, self.p, self.q, self.samples, self.seed)


_Compute = Callable[[FamilyPair], Answer]


def _jeffreys(pair: FamilyPair) -> Answer:
    return _sum([pair.answer(each.name) for each in (kl.forward_kl, kl.reverse_kl)])


def _sum(parts: list[Answer], weight: float = 1.0) -> Answer:
    methods = ("closed form", "sum", "quadrature", "monte carlo")
    return Answer(
        sum(part.value for part in parts) * weight,
        sum(float(part.error) for part in parts) * weight,
        max((part.method for part in parts), key=methods.index),
        "; ".join(dict.fromkeys(part.source for part in parts if part.source)),
        _joined([part.formula for part in parts]),
        next((part.reason for part in parts if part.reason), None),
    )


def _joined(formulas: list[Formula]) -> Formula:
    different = list(dict.fromkeys(formulas))
    if len(different) == 1:
        return different[0]
    return Formula(" + ".join(", ".join(filter(None, (each.text, each.where))) for each in different))


def _jensen_shannon(pair: FamilyPair) -> Answer:
    if is_singular(pair.p, pair.q):
        return Answer(log(2), 0.0, "closed form", "", Formula("log 2, as {P} and {Q} share no mass"))
    if pair.has_vectors:
        return pair.bounded_estimate("jensen_shannon")
    of_p, of_q = (side.bounded_integral("kl_to_mixture") for side in (pair, pair.flipped()))
    found = _sum([of_p, of_q.swapped()], 0.5)
    formula = Formula("(KL({P}‖M) + KL({Q}‖M))/2", "M = ({P} + {Q})/2")
    return replace(found, value=min(max(found.value, 0.0), log(2)), formula=formula)


def _jensen_shannon_distance(pair: FamilyPair) -> Answer:
    return _square_root(pair.answer(divergences.jensen_shannon.name))


def _square_root(found: Answer) -> Answer:
    root = sqrt(found.value)
    error = sqrt(found.value + found.error) - root if found.value < found.error else found.error / (2 * root or 1)
    error += DOUBLES.unit * root
    ends = found.interval and (sqrt(found.interval[0]), sqrt(found.interval[1]))
    return replace(found, value=root, error=error, formula=found.formula.within("√(", ")"), interval=ends)


def _total_variation(pair: FamilyPair) -> Answer:
    if is_singular(pair.p, pair.q):
        return Answer(1.0, 0.0, "closed form", "", Formula("1, as {P} and {Q} share no mass"))
    if pair.has_vectors:
        return pair.bounded_estimate("total_variation")
    found = pair.symmetric_integral("positive_part")
    formula = Formula("the mass of {p} - {q} where {p} > {q}")
    return replace(found, value=min(max(found.value, 0.0), 1.0), formula=formula)


def _affinity(pair: FamilyPair) -> Answer:
    if is_singular(pair.p, pair.q):
        return Answer(0.0, 0.0, "closed form", "", Formula("√({p}·{q})"))
    if pair.has_vectors:
        return pair.bounded_estimate("affinity")
    found = pair.symmetric_integral("affinity")
    sign = "Σ" if pair.p.kind == "discrete" else "∫"
    formula = Formula(f"{sign} √({{p}}·{{q}})")
    return replace(found, value=min(max(found.value, 0.0), 1.0), formula=formula)


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
    formula = found.formula.within("-log(", ")")
    if (found.method == "closed form" and not found.value) or not share_support(p, q):
        return Answer(inf, 0.0, "closed form", "", formula, Reason(Cause.NO_SHARED_MASS))
    ends = found.interval and (_minus_log(found.interval[1]), _minus_log(found.interval[0]))
    if found.error < ROUGH * found.value or ends:
        value, error, reason = _minus_log(found.value), found.error / max(found.value, 1e-300), None
    else:
        from klcli.families.integration.log_affinity import log_affinity  # most pairs share enough mass

        value, error = log_affinity(p, q)
        value, reason = max(0.0 - value, 0.0), Reason(Cause.NOT_FOUND) if error == inf else None
    return replace(found, value=value, error=error, formula=formula, interval=ends, reason=reason)


def _minus_log(share: float) -> float:
    return -log(share) + 0.0 if share > 0 else inf


def _hellinger(pair: FamilyPair) -> Answer:
    if bhattacharyya_form(pair.p, pair.q) is not None:
        distance = _bhattacharyya(pair)
        value = -expm1(-distance.value)
        error = distance.error * (1 - value) + 2 * DOUBLES.unit * value
        formula = distance.formula.within("1 - exp(-[", "])")
        square = replace(distance, value=value, error=error, formula=formula, reason=None)
        return _square_root(square)
    if pair.has_vectors:
        return _square_root(pair.bounded_estimate("squared_hellinger"))
    found = _affinity(pair)
    square = replace(found, value=max(1 - found.value, 0.0), formula=found.formula.within("1 - "))
    if found.value > 0.5 and not is_singular(pair.p, pair.q) and covers(pair.q, pair.p):
        # the support of P holds all of Q, so the squared distance is one integral over it, without cancellation
        square = pair.bounded_integral("squared_hellinger")
    return replace(_square_root(square), formula=Formula("√(½·∫(√{p} - √{q})²)"))


def _of(function: Callable[..., Answer], sides: str) -> _Compute:
    def compute(pair: FamilyPair) -> Answer:
        members: list[Any] = [getattr(pair, side) for side in sides]
        found: Answer = function(*members, samples=pair.samples, seed=pair.seed)
        return found if sides.startswith("p") else found.swapped()

    return compute


@dataclass(frozen=True, slots=True)
class FamilyMeasure:
    """A measure that families have: its record, how it is computed, and its slopes if one side has masses alone."""

    measure: Measure
    compute: _Compute
    slopes: Slopes | None = None


MEASURES: dict[str, FamilyMeasure] = {
    each.measure.name: each
    for each in (
        FamilyMeasure(kl.forward_kl, _of(divergence, "pq"), slopes.FORWARD_KL),
        FamilyMeasure(kl.reverse_kl, _of(divergence, "qp"), slopes.REVERSE_KL),
        FamilyMeasure(entropies.cross_entropy, _of(cross_entropy, "pq"), slopes.CROSS_ENTROPY),
        FamilyMeasure(entropies.entropy_p, _of(entropy, "p")),
        FamilyMeasure(entropies.entropy_q, _of(entropy, "q")),
        FamilyMeasure(divergences.jensen_shannon, _jensen_shannon, slopes.JENSEN_SHANNON),
        FamilyMeasure(divergences.jeffreys, _jeffreys),
        FamilyMeasure(entropies.reverse_cross_entropy, _of(cross_entropy, "qp"), slopes.REVERSE_CROSS_ENTROPY),
        FamilyMeasure(distances.jensen_shannon_distance, _jensen_shannon_distance),
        FamilyMeasure(distances.total_variation, _total_variation, slopes.TOTAL_VARIATION),
        FamilyMeasure(distances.hellinger, _hellinger, slopes.HELLINGER),
        FamilyMeasure(distances.bhattacharyya, _bhattacharyya, slopes.BHATTACHARYYA),
    )
}
