"""What to watch in many rows: counted as they go by, with the first few named, so that it stays short."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from klcli.core.distributions.rows import Rows
from klcli.notes import Note, rows_infinite, rows_normalised, upper_bound_infinite
from klcli.runs.row_results import RowAnswer
from klcli.runs.top_rows import UPPER

__all__ = ["RowNotes"]

_NAMED = 5  # infinite rows that are named


@dataclass(slots=True)
class RowNotes:
    """Remarks on the rows so far."""

    _normalised: dict[str, tuple[int, float]] = field(default_factory=dict)
    _kept: dict[str, Note] = field(default_factory=dict)
    _missing: tuple[Note, ...] = ()
    _rows_with_missing: int = 0
    _rows: int = 0
    _infinite: dict[str, tuple[int, list[str]]] = field(default_factory=dict)

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
        for name in (column.name for column in answer.columns):
            where = np.flatnonzero(np.isinf(answer.values[name]))
            if where.size and name == UPPER:
                self.keep(upper_bound_infinite())
            elif where.size:
                count, names = self._infinite.get(name, (0, []))
                names += [answer.name(int(row)) for row in where[: _NAMED - len(names)]]
                self._infinite[name] = count + int(where.size), names

    def __iter__(self) -> Iterator[Note]:
        for name, found in self._normalised.items():
            yield rows_normalised(name, *found)
        for note in self._missing:
            yield note.with_values(rows_with_missing=self._rows_with_missing, rows=self._rows)
        yield from self._kept.values()
        for measure, (count, names) in self._infinite.items():
            yield rows_infinite(measure, count, tuple(names))
