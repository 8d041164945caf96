"""The comparison of two distributions: every measure on demand, the terms by outcome, and what to watch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.comparison_notes import infinite_notes, mask_notes, one_outcome_notes, sample_notes
from klcli.core.distributions.alignment import Aligned, align
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.smoothing import Smoothing, parse_smoothing, smooth
from klcli.core.distributions.units import Base, UnitKind, are_lost, parse_base, scale, unit_name
from klcli.core.evaluation.evaluate import evaluate, evaluate_tiny
from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.measures.kl import forward_kl
from klcli.core.measures.measure import DEFAULT_MEASURES, MEASURES, Measure
from klcli.core.measures.selection import names_of, select
from klcli.core.pairs.pair import MAGNIFICATION
from klcli.document import pairs as document
from klcli.errors import UsageError
from klcli.notes import Note, together
from klcli.support.optional_package import need
from klcli.support.text.text_table import Shown, TextTable

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Comparison", "Terms", "compare"]


class Terms(NamedTuple):
    """A measure outcome by outcome, in the unit of the comparison; arrays of shape (k,).

    Attributes:
        outcomes: labels, or numbers in brackets.
        p, q: normalised masses.
        log_ratio: log(p/q), 0 where both are 0.
        contribution: the terms, which sum to the measure; of the forward KL p·log(p/q).
    """

    outcomes: tuple[str, ...]
    p: Array
    q: Array
    log_ratio: Array
    contribution: Array


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(Shown):
    """How different P and Q are. A measure that was not asked for is computed when it is.

    `comparison.forward_kl` and `comparison["renyi:2"]` are values in the unit of `base`; they are held in nats.
    """

    p: Distribution
    q: Distribution
    aligned: Aligned
    base: Base
    smoothing: str
    measures: tuple[Measure, ...]
    nats: dict[str, float] = field(repr=False)
    reading_notes: tuple[Note, ...] = ()

    @property
    def unit(self) -> str:
        """The unit of information: nats, bits, bans, or the base."""
        return unit_name(UnitKind.INFORMATION, self.base)

    @property
    def values(self) -> dict[str, float]:
        """The measures that were asked for, by name, in the unit of `base`."""
        return {measure.name: self.value(measure) for measure in self.measures}

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes on what was assumed, what was done to the data, and why a value is infinite."""
        return self.notes_with(())

    def notes_with(self, others: Iterable[Measure]) -> tuple[Note, ...]:
        """Returns the notes, those on other measures than were asked for included, such as ones that have a limit."""
        measures = {measure.name: measure for measure in (*self.measures, *others)}
        infinite = [each for each in measures.values() if self.value(each) == inf]
        return (
            *together(self.p.notes, self.q.notes),
            *self.reading_notes,
            *self.aligned.notes,
            *one_outcome_notes(self.aligned),
            *infinite_notes(self.aligned, infinite),
            *mask_notes(self.aligned, self.measures, self.nats),
            *sample_notes(self.p, self.q, len(self.aligned.p)),
        )

    @property
    def terms(self) -> Terms:
        """The forward KL by outcome."""
        return self.terms_of(forward_kl)

    def terms_of(self, measure: Measure) -> Terms:
        """Returns a measure by outcome.

        Raises:
            UsageError: the measure is not the sum of a term of each outcome.
        """
        if not measure.is_sum:
            sums = ", ".join(each.name for each in MEASURES if each.is_sum)
            raise UsageError(f"{measure.name} is {measure.formula}, not a sum of terms", hint=f"the sums are {sums}")
        aligned, term = self.aligned, measure.shown_terms or measure.terms
        blocks = list(aligned.pairs())
        with np.errstate(all="ignore"):
            p, q = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("p", "q"))
            log_ratio = -np.concatenate([block.log_ratio for block in blocks]) + 0.0
            contribution = np.concatenate([np.asarray(term(each, *measure.arguments)) for each in blocks]) + 0.0
        refuse_nan({f"a term of {measure.name}": contribution, "log(p/q)": log_ratio})
        outcomes = tuple(map(aligned.outcome, range(len(p))) if aligned.labels is None else aligned.labels)
        unit = scale(1.0, UnitKind.INFORMATION, self.base)
        return Terms(outcomes, p, q, log_ratio * unit, contribution * scale(1.0, measure.unit, self.base))

    def value(self, measure: Measure) -> float:
        """Returns a measure's value in the unit of `base`."""
        if measure.name not in self.nats:
            self.nats.update(_evaluate(self.aligned, [measure]))
        nats = self.nats[measure.name]
        if measure.has_tiny and are_lost(nats, measure.unit, self.base):
            return self._value_of_tiny(measure)
        return scale(nats, measure.unit, self.base)

    def bound_of_error(self, measure: Measure) -> float:
        """Returns 0: a value is right to its last digits, so that no limit lies within its error."""
        return 0.0

    def _value_of_tiny(self, measure: Measure) -> float:
        """A value that is known in its unit where it is lost in nats."""
        aligned = self.aligned
        logs = {"log_p": aligned.log_p, "log_q": aligned.log_q}
        magnified = evaluate_tiny(measure, aligned.p, aligned.q, **logs, unsmoothed=aligned.unsmoothed)
        return float(scale(magnified, measure.unit, self.base) / MAGNIFICATION)

    def to_pandas(self) -> "DataFrame":
        """Returns a row for each measure that was asked for, by its name, with its value and unit."""
        pandas = need("pandas", purpose="to_pandas()")
        units = [unit_name(measure.unit, self.base) for measure in self.measures]
        found: DataFrame = pandas.DataFrame({"value": self.values, "unit": dict(zip(self.values, units, strict=True))})
        return found.rename_axis("measure")

    def _text_table(self) -> TextTable:
        heading = f"P: {self.p.described}; Q: {self.q.described}"
        heading += f"; smoothing {self.smoothing}" * (self.smoothing != "none")
        rows = [(each.name, each.notation, self.value(each), unit_name(each.unit, self.base)) for each in self.measures]
        remarks = tuple(f"note: {note.text}" for note in self.notes)
        return TextTable(heading, ("measure", "", "value", "unit"), rows, remarks)

    def to_dict(self) -> dict[str, object]:
        """Returns the comparison as the JSON document that `kl compute -f json` prints, with plain values."""
        return self.document_with(self.notes)

    def document_with(self, notes: Iterable[Note]) -> dict[str, object]:
        """Returns the document that `to_dict` returns, with these notes."""
        p, q = (document.distribution(side.name, side.kind, len(side), side.total) for side in (self.p, self.q))
        outcomes = len(self.aligned.p)
        return document.comparison(p, q, outcomes, self.base, self.unit, self.smoothing, self.values, notes)

    def __getitem__(self, name: str) -> float:
        return self.value(select(name))

    def __getattr__(self, name: str) -> float:
        if name.startswith("_") or name not in MEASURES:
            raise AttributeError(f"a comparison has no measure {name!r}")
        return self[name]

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *(name for name in MEASURES.names() if not MEASURES.lookup(name).orders)]


def compare(
    p: Distribution,
    q: Distribution,
    *,
    measures: str | Sequence[str] = DEFAULT_MEASURES,
    base: object = "e",
    smoothing: Smoothing | str | None = None,
    missing: str = "zero",
) -> Comparison:
    """Returns the comparison of two distributions.

    Args:
        measures: the names to compute now, as `names_of` reads them.
        base: "e", the name of a unit, or a number above 1. smoothing: such as "add:1".
        missing: "zero" or "error", for labels that are on one side only.

    Raises:
        NotComparable: their outcomes cannot be matched. UsageError: a name, the base or the smoothing is wrong.
    """
    chosen = _selected(measures if isinstance(measures, str) else tuple(measures))
    asked = parse_smoothing(smoothing) if isinstance(smoothing, str) else smoothing
    unit = parse_base(base)
    aligned = align(p, q, missing=missing)
    if asked is not None:
        aligned = smooth(aligned, asked)
    text = asked.text if asked else "none"
    return Comparison(p, q, aligned, unit, text, chosen, _evaluate(aligned, chosen))


@lru_cache(64)  # of many pairs, most are asked the same
def _selected(asked: str | tuple[str, ...]) -> tuple[Measure, ...]:
    return tuple({measure.name: measure for measure in map(select, names_of(asked))}.values())


def _evaluate(aligned: Aligned, measures: Iterable[Measure]) -> dict[str, float]:
    values = evaluate(
        measures,
        aligned.p,
        aligned.q,
        log_p=aligned.log_p,
        log_q=aligned.log_q,
        known=aligned.known,
        unsmoothed=aligned.unsmoothed,
    )
    return {name: float(value) for name, value in values.items()}
