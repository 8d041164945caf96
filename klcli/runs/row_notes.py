"""What to watch in many rows: counted as they go by, with the first few named, so that it stays short."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from klcli.core.arithmetic.types import Index
from klcli.core.distributions.note import Note, listing
from klcli.core.distributions.rows import Rows, normalised_notes
from klcli.core.measures.masks import are_of_masks, mask_note
from klcli.runs.row_results import RowAnswer
from klcli.runs.top_rows import UPPER, unbounded

__all__ = ["RowNotes"]

_NAMED = 5  # rows that are named


@dataclass(slots=True)
class RowNotes:
    """Remarks on the rows so far."""

    _normalised: dict[str, tuple[int, float]] = field(default_factory=dict)
    _kept: dict[str, Note] = field(default_factory=dict)
    _missing: tuple[Note, ...] = ()
    _rows_with_missing: int = 0
    _rows: int = 0
    _infinite: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    _masked: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

    def read(self, rows: Rows) -> None:
        """Counts those that did not sum to 1."""
        if rows.normalised:
            count, furthest = self._normalised.get(rows.name, (0, 1.0))
            worst = max(furthest, rows.furthest, key=lambda total: abs(total - 1))
            self._normalised[rows.name] = (count + rows.normalised, worst)

    def joined(self, missing: tuple[Note, ...], rows: int) -> None:
        """Counts rows, and those with labels on one side only; the words are those of the first of them."""
        self._rows += rows
        if missing:
            self._missing = self._missing or missing
            self._rows_with_missing += rows

    def keep(self, note: Note) -> None:
        """Keeps a note, once."""
        self._kept.setdefault(note.text, note)

    def answered(self, answer: RowAnswer) -> None:
        """Counts the infinite rows, and keeps the names of the first; an upper bound is infinite by what it is."""
        for name in answer.values:  # those that have a limit, though they are not shown, among them
            where = np.flatnonzero(np.isinf(answer.values[name]))
            if where.size and name == UPPER:
                self.keep(unbounded)
            else:
                _count(self._infinite, name, where, answer)
        compared = answer.comparison
        if compared is not None and (compared.p.are_logarithms or compared.q.are_logarithms):
            for measure in compared.measures:
                is_masked = are_of_masks(measure, compared.nats[measure.name])
                _count(self._masked, measure.name, np.flatnonzero(is_masked), answer)

    def __iter__(self) -> Iterator[Note]:
        for name, found in self._normalised.items():
            yield from normalised_notes(name, *found)
        for note in self._missing:
            some = self._rows_with_missing
            every = "" if some == self._rows else f", and the like in {some:,} of {self._rows:,} rows"
            yield Note(note.code, note.text + every)
        yield from self._kept.values()
        for measure, (count, names) in self._infinite.items():
            rows = f"{count:,} row{'s' * (count > 1)}"
            yield Note("infinite", f"{measure} is infinite in {rows}: {listing(names, count)}")
        for measure, (count, names) in self._masked.items():
            yield mask_note([measure], f" in {count:,} row{'s' * (count > 1)}, {listing(names, count)}")


def _count(found: dict[str, tuple[int, list[str]]], name: str, where: Index, answer: RowAnswer) -> None:
    """Adds rows to those of a measure, and their names while there are few."""
    if where.size:
        count, names = found.get(name, (0, []))
        names += [answer.name(int(row)) for row in where[: _NAMED - len(names)]]
        found[name] = count + int(where.size), names
