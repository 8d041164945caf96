"""The comparison of two families: the measures that make sense for densities, each with its method and its error."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf, nan

from klcli import document
from klcli.core.distributions.units import Base, parse_base, scale, unit_name
from klcli.core.measures.measure import Measure, select
from klcli.errors import MissingPackage, UsageError
from klcli.families.catalogue.empirical import Sample
from klcli.families.catalogue.mixture import Mixture
from klcli.families.comparison.against_masses import of_masses
from klcli.families.comparison.divergence import Answer
from klcli.families.comparison.measures import MEASURES
from klcli.families.comparison.mixture_bounds import bounds_of_mixtures
from klcli.families.family.family import Family
from klcli.families.integration.monte_carlo import SAMPLES, SEED
from klcli.notes import (
    Note,
    divergence_bounds,
    entropy_negative,
    error_unbounded,
    measures_left_out,
    monte_carlo_interval,
    overflow,
    sample_log_likelihood,
    value_infinite,
)

__all__ = ["DEFAULT_MEASURES", "MEASURES", "FamilyComparison", "compare_families"]

DEFAULT_MEASURES = ("forward_kl", "reverse_kl", "cross_entropy", "entropy_p", "entropy_q", "jensen_shannon")


@dataclass(frozen=True, slots=True, eq=False)
class FamilyComparison:
    """How different two families are; `comparison.forward_kl` is in the unit of `base`.

    Attributes:
        p, q: the families. base: of the logarithm. measures: those that were asked for.
        samples, seed: for Monte Carlo, where nothing else will do.
        answers: those computed so far, by the name of the measure, in nats.
        left_out: why a measure that is usual is not among them.
    """

    p: Family
    q: Family
    base: Base
    measures: tuple[Measure, ...]
    samples: int = SAMPLES
    seed: int = SEED
    answers: dict[str, Answer] = field(default_factory=dict, repr=False)
    left_out: tuple[Note, ...] = ()

    @property
    def unit(self) -> str:
        return unit_name(select("forward_kl").unit, self.base)

    @property
    def values(self) -> dict[str, float]:
        """The measures that were asked for, by name, in the unit of `base`."""
        return {measure.name: self.value(measure) for measure in self.measures}

    @property
    def notes(self) -> tuple[Note, ...]:
        """Why a value is infinite, and how one that looks wrong is right."""
        found = []
        for measure in self.measures:
            answer = self.nats(measure)
            if answer.value == inf and answer.reason:
                found.append(value_infinite(measure.name, answer.reason))
            elif answer.value == inf:
                found.append(overflow((measure.name,)))
            elif answer.error == inf:
                found.append(error_unbounded(measure.name, answer.reason))
            elif answer.value < 0:
                found.append(entropy_negative(measure.name))
            if answer.interval:
                low, high = (scale(end, measure.unit, self.base) for end in answer.interval)
                found.append(monte_carlo_interval(measure.name, low, high))
        return (*found, *self._bounds(), *self._likelihood(), *self.left_out)

    def nats(self, measure: Measure) -> Answer:
        """Returns the answer for a measure, in nats.

        Raises:
            UsageError: it cannot be computed for these families.
        """
        if measure.name not in self.answers:
            if measure.name not in MEASURES:
                raise UsageError(
                    f"{measure.name} is not computed for families",
                    hint=f"those are {', '.join(MEASURES)}",
                )
            found = of_masses(measure.name, self.p, self.q)
            self.answers[measure.name] = MEASURES[measure.name](self) if found is None else found
        return self.answers[measure.name]

    def value(self, measure: Measure) -> float:
        """Returns a measure's value in the unit of `base`."""
        return scale(self.nats(measure).value, measure.unit, self.base)

    def error(self, measure: Measure) -> float:
        """Returns a bound on its absolute error (by Monte Carlo, the standard error), in the unit of `base`."""
        return scale(float(self.nats(measure).error), measure.unit, self.base)

    def to_dict(self) -> dict[str, object]:
        """Returns the comparison as the JSON document that `kl compute -f json` prints, with plain values."""
        details = {measure.name: self.details(measure) for measure in self.measures}
        likelihood = self.log_likelihood if isinstance(self.p, Sample) else None
        sides = described(self.p), described(self.q)
        return document.family_comparison(*sides, self.base, self.unit, self.values, details, likelihood, self.notes)

    def details(self, measure: Measure) -> dict[str, object]:
        """Returns how a measure was found: method, error, source; and by Monte Carlo the interval."""
        answer = self.nats(measure)
        found: dict[str, object] = {
            "method": answer.method, "error": self.error(measure), "source": answer.source, "formula": answer.formula,
        }  # fmt: skip
        if answer.interval:
            found["interval"] = [scale(end, measure.unit, self.base) for end in answer.interval]
            found |= {"samples": self.samples, "seed": self.seed}
        return found

    def __getitem__(self, name: str) -> float:
        return self.value(select(name))

    def __getattr__(self, name: str) -> float:
        if name.startswith("_") or name not in MEASURES:
            raise AttributeError(f"a comparison of families has no measure {name!r}")
        return self[name]

    @property
    def log_likelihood(self) -> float:
        """The sum of log q over a sample, in the unit of `base`; NaN where P is none."""
        return -self["cross_entropy"] * float(self.p.counts.sum()) if isinstance(self.p, Sample) else nan

    def _likelihood(self) -> tuple[Note, ...]:
        if not isinstance(self.p, Sample):
            return ()
        return (sample_log_likelihood(float(self.p.counts.sum()), self.log_likelihood, self.unit),)

    def _bounds(self) -> tuple[Note, ...]:
        found = []
        for measure in self.measures:
            if measure.name not in ("forward_kl", "reverse_kl"):
                continue
            sides = (self.p, self.q) if measure.name == "forward_kl" else (self.q, self.p)
            limits = bounds_of_mixtures(*sides)
            if limits is not None:
                low, high = (scale(each, measure.unit, self.base) for each in limits)
                found.append(divergence_bounds(measure.name, low, high))
        return tuple(found)


def described(member: Family) -> dict[str, object]:
    """Returns a family as JSON: its name as written, its kind, and its parameters; of a mixture, weights and parts."""
    parameters = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in member.given.items()}
    if isinstance(member, Mixture):
        parameters = {"weights": member.weights.tolist(), "parts": [described(part) for part in member.parts]}
    return {"name": str(member), "kind": member.kind, "family": member.name, "parameters": parameters}


def compare_families(
    p: Family,
    q: Family,
    *,
    measures: Sequence[str] | None = None,
    base: object = "e",
    samples: int = SAMPLES,
    seed: int = SEED,
) -> FamilyComparison:
    """Returns the comparison of two families; without measures, of the usual ones that they have.

    Raises:
        UsageError: a measure is none, or cannot be computed for them. NotComparable: they are not of one space.
    """
    chosen = tuple(dict.fromkeys(select(name) for name in measures or ()))
    comparison = FamilyComparison(p, q, parse_base(base), chosen, samples, seed)
    if measures is None:
        found: list[Measure] = []
        reasons: dict[str, list[str]] = {}
        refusal: UsageError | None = None
        for name in DEFAULT_MEASURES:
            try:
                comparison.nats(select(name))
            except UsageError as error:
                refusal = error
                reason = f"{error.message}: {error.hint}" if isinstance(error, MissingPackage) else error.message
                reasons.setdefault(reason, []).append(name)
            else:
                found.append(select(name))
        if refusal is not None and not found:
            raise refusal
        return replace(comparison, measures=tuple(found), left_out=tuple(map(_left_out, reasons.items())))
    for measure in chosen:
        comparison.nats(measure)
    return comparison


def _left_out(item: tuple[str, list[str]]) -> Note:
    reason, names = item
    return measures_left_out(tuple(names), reason)
