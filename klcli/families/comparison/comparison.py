"""The comparison of two families: the measures that exist for densities, each with its method and its error."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf, nan
from sys import float_info
from typing import TYPE_CHECKING

from klcli.core.distributions.units import Base, UnitKind, scale, unit_name
from klcli.core.measures.entropies import cross_entropy
from klcli.core.measures.kl import forward_kl, reverse_kl
from klcli.core.measures.measure import Measure
from klcli.core.measures.selection import select
from klcli.document import pairs as document
from klcli.families.catalogue.empirical import Sample
from klcli.families.catalogue.mixture import Mixture
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.measures import MEASURES, FamilyPair
from klcli.families.comparison.mixture_bounds import bounds_of_mixtures
from klcli.families.family.family import Family
from klcli.notes import (
    Note,
    divergence_bounds,
    entropy_negative,
    error_large,
    monte_carlo_interval,
    overflow,
    sample_log_likelihood,
    value_infinite,
)
from klcli.support.optional_package import need
from klcli.support.sentence import Option
from klcli.support.text.text_table import Shown, TextTable

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["FamilyComparison"]


_ROUGH = 1e-3  # relative error above which a value has a note, unless the error is subnormal, as beside a value of 0
_OTHERS = Option("-m", "all") + " gives the measures that can be determined"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FamilyComparison(Shown):
    """How different two families are; `comparison.forward_kl` is in the unit of `base`.

    Attributes:
        pair: the two families, and the answers computed so far.
        base: of the logarithm.
        measures: those that were asked for.
        left_out: which of the default measures, or of `all`, are missing, and why.
        reading_notes: what was assumed of data as they were read.
    """

    pair: FamilyPair
    base: Base
    measures: tuple[Measure, ...]
    left_out: tuple[Note, ...] = ()
    reading_notes: tuple[Note, ...] = ()

    @property
    def p(self) -> Family:
        return self.pair.p

    @property
    def q(self) -> Family:
        return self.pair.q

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers computed so far, by the name of the measure, in nats."""
        return self.pair.answers

    @property
    def unit(self) -> str:
        return unit_name(UnitKind.INFORMATION, self.base)

    @property
    def values(self) -> dict[str, float]:
        """The measures that were asked for, by name, in the unit of `base`."""
        return {measure.name: self.value(measure) for measure in self.measures}

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes on each measure, on bounds and on the likelihood: why a value is infinite, rough or negative."""
        return self.notes_with(())

    def notes_with(self, others: Iterable[Measure]) -> tuple[Note, ...]:
        """Returns the notes, those on other measures than were asked for included, such as ones that have a limit."""
        measures = {each.name: each for each in (*self.measures, *others)}.values()
        infinite: dict[str, list[str]] = {}  # names of measures by the reason
        for measure in measures:
            answer = self.nats(measure)
            if answer.value == inf and answer.reason:
                infinite.setdefault(answer.reason.text, []).append(measure.name)
        found = [value_infinite(tuple(names), reason) for reason, names in infinite.items()]
        found += [note for measure in measures for note in self._notes_on(measure)]
        return (*self.reading_notes, *found, *self._bounds(), *self._likelihood(), *self.left_out)

    def _notes_on(self, measure: Measure) -> Iterator[Note]:
        answer, name = self.nats(measure), measure.name
        if answer.value == inf:
            if answer.reason is None:
                yield overflow((name,))
        elif answer.value < 0:
            yield entropy_negative(name)
        elif not answer.interval and answer.error > max(_ROUGH * abs(answer.value), float_info.min):
            yield error_large(name, self.error(measure))
        if answer.interval:
            low, high = (scale(end, measure.unit, self.base) for end in answer.interval)
            yield monte_carlo_interval(name, low, high)

    def nats(self, measure: Measure) -> Answer:
        """Returns the answer for a measure, in nats.

        Raises:
            UsageError: it cannot be computed for these families.
            Undetermined: its error is not below its value.
        """
        return self.pair.answer(measure.name).checked(measure.name, hint=_OTHERS)

    def value(self, measure: Measure) -> float:
        """Returns a measure's value in the unit of `base`."""
        return scale(self.nats(measure).value, measure.unit, self.base)

    def error(self, measure: Measure) -> float:
        """Returns a bound on the absolute error (for Monte Carlo the standard error), in the unit of `base`."""
        return scale(float(self.nats(measure).error), measure.unit, self.base)

    def bound_of_error(self, measure: Measure) -> float:
        """Returns a bound on the absolute error in the unit of `base`; 0 for Monte Carlo, which has an interval."""
        return 0.0 if self.nats(measure).interval else self.error(measure)

    def to_pandas(self) -> "DataFrame":
        """Returns a row for each measure that was asked for, by its name: value, unit, method and error."""
        pandas = need("pandas", purpose="to_pandas()")
        rows = {name: (value, unit, method, error) for name, _, value, unit, method, error in self._rows()}
        found: DataFrame = pandas.DataFrame.from_dict(
            rows, orient="index", columns=["value", "unit", "method", "error"]
        )
        return found.rename_axis("measure")

    def _rows(self) -> list[tuple[str, str, float, str, str, float]]:
        return [
            (each.name, each.notation, self.value(each), unit_name(each.unit, self.base), self.nats(each).method,
             self.error(each))
            for each in self.measures
        ]  # fmt: skip

    def _text_table(self) -> TextTable:
        rows = [
            (name, notation, value, unit, method, f"± {error:.1e}")
            for name, notation, value, unit, method, error in self._rows()
        ]
        remarks = tuple(f"note: {note.text}" for note in self.notes)
        return TextTable(
            f"P = {self.p}, Q = {self.q}", ("measure", "", "value", "unit", "method", "error"), rows, remarks
        )

    def to_dict(self) -> dict[str, object]:
        """Returns the comparison as the JSON document that `kl compute -f json` prints, with plain values."""
        return self.document_with(self.notes)

    def document_with(self, notes: Iterable[Note]) -> dict[str, object]:
        """Returns the document that `to_dict` returns, with these notes."""
        details = {measure.name: self.details(measure) for measure in self.measures}
        likelihood = self.log_likelihood if isinstance(self.p, Sample) else None
        sides = describe(self.p), describe(self.q)
        return document.family_comparison(*sides, self.base, self.unit, self.values, details, likelihood, notes)

    def details(self, measure: Measure) -> dict[str, object]:
        """Returns how a measure was computed: method, error, source, formula; for Monte Carlo also the interval."""
        answer = self.nats(measure)
        found: dict[str, object] = {
            "method": answer.method, "error": self.error(measure), "source": answer.source,
            "formula": str(answer.formula),
        }  # fmt: skip
        if answer.interval:
            found["interval"] = [scale(end, measure.unit, self.base) for end in answer.interval]
            found |= {"samples": self.pair.samples, "seed": self.pair.seed}
        estimate = answer.estimate(scale(1.0, measure.unit, self.base))
        if estimate is not None:
            found["estimate"] = estimate.to_dict()
        return found

    def __getitem__(self, name: str) -> float:
        return self.value(select(name))

    def __getattr__(self, name: str) -> float:
        if name.startswith("_") or name not in MEASURES:
            raise AttributeError(f"a comparison of families has no measure {name!r}")
        return self[name]

    @property
    def log_likelihood(self) -> float:
        """The sum of log q over the sample P, in the unit of `base`; NaN if P is not a sample."""
        return -self.value(cross_entropy) * float(self.p.counts.sum()) if isinstance(self.p, Sample) else nan

    def _likelihood(self) -> tuple[Note, ...]:
        if not isinstance(self.p, Sample):
            return ()
        return (sample_log_likelihood(float(self.p.counts.sum()), self.log_likelihood, self.unit),)

    def _bounds(self) -> tuple[Note, ...]:
        found = []
        for measure in self.measures:
            if measure not in (forward_kl, reverse_kl):
                continue
            sides = (self.p, self.q) if measure is forward_kl else (self.q, self.p)
            limits = bounds_of_mixtures(*sides)
            if limits is not None:
                low, high = (scale(each, measure.unit, self.base) for each in limits)
                found.append(divergence_bounds(measure.name, low, high))
        return tuple(found)


def describe(member: Family) -> dict[str, object]:
    """Returns a family as JSON: its text, its kind and its parameters; for a mixture, its weights and parts."""
    parameters = {name: value.tolist() if hasattr(value, "tolist") else value for name, value in member.given.items()}
    if isinstance(member, Mixture):
        parameters = {"weights": member.weights.tolist(), "parts": [describe(part) for part in member.parts]}
    return {"name": str(member), "kind": member.kind, "family": member.name, "parameters": parameters}
