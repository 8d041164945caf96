"""Collects notes on rows as they are compared: counts, and the names of the first few."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.rows import Rows
from klcli.core.measures.masks import are_of_masks
from klcli.notes import (
    Note,
    lists_whole,
    one_outcome_each,
    row_labels_missing,
    rows_infinite,
    rows_made_by_masks,
    rows_normalised,
    tokens_not_listed,
    upper_bound_infinite,
)
from klcli.runs.rows.results import RowAnswer
from klcli.runs.rows.top_lists import UPPER

__all__ = ["RowNotes"]

_NAMED = 5  # rows whose names are kept


@dataclass(slots=True)
class RowNotes:
    """Notes on the rows so far."""

    _normalised: dict[str, tuple[int, float]] = field(default_factory=dict)
    _kept: dict[Note, None] = field(default_factory=dict)
    _missing: tuple[Note, ...] = ()
    _rows_with_missing: int = 0
    _rows: int = 0
    _outcomes: int = 0  # most of any row
    _infinite: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    _masked: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    whole_lists: int = 0
    not_listed: int = 0

    def read(self, p: Rows, q: Rows) -> None:
        """Counts rows that did not sum to 1; a row of one file that is on both sides once."""
        self._outcomes = max(self._outcomes, p.outcomes, q.outcomes)
        for name in dict.fromkeys((p.name, q.name)):
            sides = [side for side in (p, q) if side.name == name and side.normalised]
            if sides:
                before, furthest = self._normalised.get(name, (0, 1.0))
                count = int(np.logical_or.reduce([side.are_normalised for side in sides]).sum())
                worst = max(furthest, *(side.furthest for side in sides), key=lambda total: abs(total - 1))
                self._normalised[name] = (before + count, worst)

    def joined(self, missing: tuple[Note, ...], rows: int) -> None:
        """Counts rows, and those with missing labels; keeps the note on the first such rows."""
        self._rows += rows
        if missing:
            self._missing = self._missing or missing
            self._rows_with_missing += rows

    def keep(self, note: Note) -> None:
        """Keeps a note unless it is kept already."""
        self._kept.setdefault(note)

    def answered(self, answer: RowAnswer) -> None:
        """Counts infinite rows and keeps the names of the first; those with an infinite upper bound have one note."""
        for name in answer.values:  # includes measures that have a limit but are not shown
            where = np.flatnonzero(np.isinf(answer.values[name]))
            if name == UPPER and answer.refuse_floor is not None:
                has_cause = answer.refuse_floor[where]
                if not has_cause.all():
                    self.keep(upper_bound_infinite())
                where = where[has_cause]
            _count(self._infinite, name, where, answer)
        compared = answer.comparison
        if compared is not None and (compared.p.are_logarithms or compared.q.are_logarithms):
            for measure in compared.measures:
                is_masked = are_of_masks(measure, compared.nats[measure.name])
                _count(self._masked, measure.name, np.flatnonzero(is_masked), answer)

    def __iter__(self) -> Iterator[Note]:
        if self._outcomes == 1:
            yield one_outcome_each("P and Q")
        for name, found in self._normalised.items():
            yield rows_normalised(name, *found)
        for note in self._missing:
            counts = {"rows_with_missing": self._rows_with_missing, "rows": self._rows}
            yield note.with_values(**counts) if note.kind == row_labels_missing.__name__ else note
        for note in self._kept:
            is_refused = note.code == "unbounded" and UPPER in self._infinite  # a floor holds for all rows
            yield note.with_values(is_cured=False) if is_refused else note
        for measure, (count, names) in self._infinite.items():
            yield rows_infinite(measure, count, tuple(names))
        for measure, (count, names) in self._masked.items():
            yield rows_made_by_masks(measure, count, tuple(names))
        if self.whole_lists:
            yield lists_whole(self.whole_lists)
        if self.not_listed:
            yield tokens_not_listed(self.not_listed)

    def merge(self, other: "RowNotes", shift: int) -> None:
        """Adds the notes on further rows, whose numbers are to grow by `shift`."""
        for name, (count, furthest) in other._normalised.items():
            before, worst = self._normalised.get(name, (0, 1.0))
            self._normalised[name] = (before + count, max(worst, furthest, key=lambda total: abs(total - 1)))
        self.joined(other._missing, 0)
        self._rows += other._rows
        self._outcomes = max(self._outcomes, other._outcomes)
        self._rows_with_missing += other._rows_with_missing
        for note in other._kept:
            self.keep(note)
        for mine, theirs in ((self._infinite, other._infinite), (self._masked, other._masked)):
            for name, (count, names) in theirs.items():
                before, known = mine.get(name, (0, []))
                further = [str(int(each) + shift) if shift else each for each in names]
                mine[name] = before + count, [*known, *further][:_NAMED]
        self.whole_lists += other.whole_lists
        self.not_listed += other.not_listed

    def state(self) -> dict[str, object]:
        """Returns all of it as values that JSON can hold, but for notes, which stay."""
        return {
            "normalised": {name: list(found) for name, found in self._normalised.items()},
            "kept": list(self._kept), "missing": list(self._missing), "rows": self._rows,
            "outcomes": self._outcomes,
            "rows_with_missing": self._rows_with_missing, "whole_lists": self.whole_lists,
            "not_listed": self.not_listed,
            "infinite": {key: list(each) for key, each in self._infinite.items()},
            "masked": {key: list(each) for key, each in self._masked.items()},
        }  # fmt: skip

    @classmethod
    def of_state(cls, state: Mapping[str, Any]) -> "RowNotes":
        """Returns the notes of a state."""
        return cls(
            {name: (count, total) for name, (count, total) in state["normalised"].items()},
            dict.fromkeys(state["kept"]), tuple(state["missing"]),
            state["rows_with_missing"], state["rows"], state["outcomes"],
            {key: (count, names) for key, (count, names) in state["infinite"].items()},
            {key: (count, names) for key, (count, names) in state["masked"].items()}, state["whole_lists"],
            state["not_listed"],
        )  # fmt: skip


def _count(found: dict[str, tuple[int, list[str]]], name: str, where: Index, answer: RowAnswer) -> None:
    """Adds rows to the count of a measure, and keeps the names of the first."""
    if where.size:
        count, names = found.get(name, (0, []))
        names += [answer.name(int(row)) for row in where[: _NAMED - len(names)]]
        found[name] = count + int(where.size), names
