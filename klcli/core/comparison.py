"""The comparison of two distributions: every measure on demand, the terms by outcome, and what to watch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.alignment import Aligned, align
from klcli.core.distributions.distribution import Distribution
from klcli.core.distributions.note import Note, listing, together
from klcli.core.distributions.smoothing import Smoothing, parse_smoothing, smooth
from klcli.core.distributions.units import Base, UnitKind, are_lost, parse_base, scale, unit_name
from klcli.core.evaluation.evaluate import evaluate, evaluate_tiny
from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.measures.masks import are_of_masks, mask_note
from klcli.core.measures.measure import DEFAULT_MEASURES, MEASURES, Finite, Measure, select
from klcli.core.pairs.pair import MAGNIFICATION
from klcli.core.pairs.textbook_sums import Sum

__all__ = ["Comparison", "Terms", "compare"]


class Terms(NamedTuple):
    """The forward KL outcome by outcome, in the unit of the comparison; arrays of shape (k,).

    Attributes:
        outcomes: labels, or numbers in brackets.
        p, q: normalised masses.
        log_ratio: log(p/q), 0 where both are 0.
        contribution: p·log(p/q); these sum to the forward KL.
    """

    outcomes: tuple[str, ...]
    p: Array
    q: Array
    log_ratio: Array
    contribution: Array


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
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
        """What was assumed, what was done to the data, and why a value is infinite."""
        return self.notes_with(())

    def notes_with(self, others: Iterable[Measure]) -> tuple[Note, ...]:
        """Returns the notes, those on other measures than were asked for included, such as ones that have a limit."""
        measures = {measure.name: measure for measure in (*self.measures, *others)}
        found = together(self.p.notes, self.q.notes)
        return (*found, *self.aligned.notes, *self._infinite_notes(measures.values()), *self._mask_notes())

    @property
    def terms(self) -> Terms:
        """The forward KL by outcome."""
        aligned = self.aligned
        blocks = list(aligned.pairs())
        with np.errstate(all="ignore"):
            p, q = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("p", "q"))
            log_ratio = -np.concatenate([block.log_ratio for block in blocks]) + 0.0
            parts = [np.where(each.in_p, each.times_log("p", -each.scaled_log_ratio), 0.0) for each in blocks]
            contribution = np.where(p > 0, np.concatenate(parts), 0.0) + 0.0
        refuse_nan({"a term of forward_kl": contribution, "log(p/q)": log_ratio})
        unit = scale(1.0, UnitKind.INFORMATION, self.base)
        outcomes = tuple(map(aligned.outcome, range(len(p))) if aligned.labels is None else aligned.labels)
        return Terms(outcomes, p, q, log_ratio * unit, contribution * unit)

    def value(self, measure: Measure) -> float:
        """Returns a measure's value in the unit of `base`."""
        if measure.name not in self.nats:
            self.nats.update(_evaluate(self.aligned, [measure]))
        nats = self.nats[measure.name]
        if measure.has_tiny and are_lost(nats, measure.unit, self.base):
            return self._value_of_tiny(measure)
        return scale(nats, measure.unit, self.base)

    def _value_of_tiny(self, measure: Measure) -> float:
        """A value that is known in its unit where it is lost in nats."""
        aligned = self.aligned
        logs = {"log_p": aligned.log_p, "log_q": aligned.log_q}
        magnified = evaluate_tiny(measure, aligned.p, aligned.q, **logs, unsmoothed=aligned.unsmoothed)
        return float(scale(magnified, measure.unit, self.base) / MAGNIFICATION)

    def to_dict(self) -> dict[str, object]:
        """Returns the comparison as the JSON document that `kl compute -f json` prints, with plain values."""
        return {
            "schema": 1,
            "p": _described(self.p),
            "q": _described(self.q),
            "outcomes": len(self.aligned.p),
            "base": self.base,
            "unit": self.unit,
            "smoothing": self.smoothing,
            "measures": self.values,
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def __getitem__(self, name: str) -> float:
        return self.value(select(name))

    def __getattr__(self, name: str) -> float:
        if name.startswith("_") or name not in MEASURES:
            raise AttributeError(f"a comparison has no measure {name!r}")
        return self[name]

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *(name for name in MEASURES.names() if not MEASURES.lookup(name).orders)]

    def _mask_notes(self) -> Iterable[Note]:
        aligned = self.aligned
        if aligned.log_p is None and aligned.log_q is None:
            return
        names = [each.name for each in self.measures if are_of_masks(each, self.nats[each.name])]
        if names:
            sides = (("P", aligned.p, aligned.log_p, aligned.q), ("Q", aligned.q, aligned.log_q, aligned.p))
            lost = [
                f"{aligned.outcome(int(index))} of {side}"
                for side, mass, logs, other in sides
                if logs is not None
                for index in np.flatnonzero((mass == 0) & (logs > -inf) & (other > 0))
            ]
            yield mask_note(names, f" by the logits of {listing(lost)}" * bool(lost))

    @property
    def supports(self) -> tuple[Mask, Mask]:
        """Whether each outcome has mass in P, and in Q; each of shape (k,)."""
        aligned = self.aligned
        if aligned.unsmoothed is not None:
            everywhere = np.ones(len(aligned.p), dtype=bool)
            return everywhere, everywhere
        return (
            aligned.p > 0 if aligned.log_p is None else aligned.log_p > -inf,
            aligned.q > 0 if aligned.log_q is None else aligned.log_q > -inf,
        )

    def _infinite_notes(self, measures: Iterable[Measure]) -> Iterable[Note]:
        infinite = [measure for measure in measures if self.value(measure) == inf]
        if not infinite:
            return
        p, q = self.supports
        for this, other, mass, here, there, when in (
            ("P", "Q", self.aligned.p, p, q, Finite.Q_COVERS_P),
            ("Q", "P", self.aligned.q, q, p, Finite.P_COVERS_Q),
        ):
            names = [measure.name for measure in infinite if measure.finite_when in (when, Finite.SAME_SUPPORT)]
            where = np.flatnonzero(here & ~there)
            if names and where.size:
                scaled = mass / mass.max()
                share = float(scaled[where].sum() / scaled.sum())
                labels = [self.aligned.outcome(int(index)) for index in where[:5]]
                outcomes = f"{where.size} outcome{'s' * (where.size > 1)}"
                verb = "is" if len(names) == 1 else "are"
                yield Note(
                    "infinite",
                    f"{', '.join(names)} {verb} infinite: {other} has no mass on {outcomes} of {this}: "
                    f"{listing(labels, where.size)} ({share:.6g} of {this}'s mass)",
                )
        disjoint = [measure.name for measure in infinite if measure.finite_when is Finite.OVERLAP]
        overlap = bool((p & q).any())
        if disjoint and not overlap:
            yield Note("infinite", f"{', '.join(disjoint)}: infinite, as P and Q share no outcome")
        finite = {Finite.ALWAYS: True, Finite.OVERLAP: overlap, Finite.Q_COVERS_P: not (p & ~q).any()}
        finite[Finite.P_COVERS_Q] = not (q & ~p).any()
        finite[Finite.SAME_SUPPORT] = finite[Finite.Q_COVERS_P] and finite[Finite.P_COVERS_Q]
        huge = [measure.name for measure in infinite if finite[measure.finite_when]]
        if huge:
            yield Note("overflow", f"{', '.join(huge)}: finite, but above 1.8e308, the largest number of a double")


def compare(
    p: Distribution,
    q: Distribution,
    *,
    measures: Sequence[str] = DEFAULT_MEASURES,
    base: object = "e",
    smoothing: Smoothing | str | None = None,
    missing: str = "zero",
    sums: Mapping[Sum, Any] | None = None,
) -> Comparison:
    """Returns the comparison of two distributions.

    Args:
        measures: the names to compute now. base: "e", or a number above 1. smoothing: such as "add:1".
        missing: "zero" or "error", for labels that are on one side only.
        sums: of the masses of both as they stand, where they are known (`core.survey`).

    Raises:
        NotComparable: their outcomes cannot be matched. UsageError: a name, the base or the smoothing is none.
    """
    chosen = _selected(tuple(measures))
    asked = parse_smoothing(smoothing) if isinstance(smoothing, str) else smoothing
    unit = parse_base(base)
    aligned = align(p, q, missing=missing)
    if asked is not None:
        aligned, sums = smooth(aligned, asked), None
    text = asked.text if asked else "none"
    return Comparison(p, q, aligned, unit, text, chosen, _evaluate(aligned, chosen, sums))


@lru_cache(64)  # of many pairs, most are asked the same
def _selected(names: tuple[str, ...]) -> tuple[Measure, ...]:
    return tuple({measure.name: measure for measure in map(select, names)}.values())


def _evaluate(aligned: Aligned, measures: Iterable[Measure], sums: Mapping[Sum, Any] | None = None) -> dict[str, float]:
    found = evaluate(
        measures,
        aligned.p,
        aligned.q,
        log_p=aligned.log_p,
        log_q=aligned.log_q,
        known=aligned.known,
        sums=sums,
        unsmoothed=aligned.unsmoothed,
    )
    return {name: float(value) for name, value in found.items()}


def _described(distribution: Distribution) -> dict[str, object]:
    return {
        "name": distribution.name,
        "kind": distribution.kind,
        "outcomes": len(distribution),
        "total": distribution.total,
    }
