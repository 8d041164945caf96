"""The columns of two tables, matched and counted in the same cells."""

from dataclasses import dataclass, field
from typing import NamedTuple

from klcli.notes import Note
from klcli.tables.column import Column, Kind, Read, Reading, Storage
from klcli.tables.cuts import Cut
from klcli.tables.facts import Facts
from klcli.tables.kinds import Decision

__all__ = ["MISSING_CELL", "NOT_NUMBERS", "NUMBERS", "OTHER", "Binned", "Cells", "CountedColumn"]

NUMBERS = (Storage.INTEGER, Storage.FLOAT, Storage.DECIMAL)
OTHER, MISSING_CELL, NOT_NUMBERS = "(other)", "(missing)", "(not a number)"


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts of both tables in the same cells.

    Attributes:
        labels: Names of the cells: categories, or intervals. p, q: Counts, one for each label.
        cuts: Boundaries of bins, None for categories; cells such as (missing) follow those of the bins.
        unseen, vanished: Labels of Q that P lacks, and of P that Q lacks.
        unseen_count, vanished_count: Their counts in Q, and in P.
        joined: Counts in P and Q of each label in the cell (other) that is known, and count in Q of all others.
    """

    labels: tuple[str, ...]
    p: tuple[int, ...]
    q: tuple[int, ...]
    cuts: tuple[Cut, ...] | None = None
    unseen: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    unseen_count: int = 0
    vanished_count: int = 0
    joined: tuple[tuple[tuple[int, int], ...], int] = ((), 0)

    @property
    def is_grouped(self) -> bool:
        """True if rare cells are merged before the test; bins between quantiles must not be."""
        return self.cuts is None


class Binned(NamedTuple):
    """The bins of a column of the reference, and the number of its values on the left of each cut.

    Attributes:
        bins: Number of bins that the rule asked for.
    """

    bins: int
    cuts: tuple[Cut, ...]
    below: tuple[int, ...]


@dataclass(slots=True)
class CountedColumn:
    """A column of the reference, and the column of the same name in the current table.

    Attributes:
        decision: Its kind, None if it was not looked at. column_q, facts_q: None if Q lacks it.
        binned: Cuts of a column of numbers, None until they are made.
        cells: Counts, None unless it is compared. skipped: Why it is not compared, else empty.
        error, hint: Why it cannot be compared, else empty.
    """

    name: str
    column_p: Column
    column_q: Column | None = None
    decision: Decision | None = None
    facts_p: Facts | None = None
    facts_q: Facts | None = None
    binned: Binned | None = None
    cells: Cells | None = None
    skipped: str = ""
    error: str = ""
    hint: str = ""
    notes: list[Note] = field(default_factory=list)

    @property
    def is_compared(self) -> bool:
        return not self.skipped and not self.error

    @property
    def has_order(self) -> bool:
        """True for numbers, in bins or one by one, and not for labels."""
        kind, reading = (None, None) if self.decision is None else self.decision[:2]
        return kind is Kind.NUMERIC or (kind is Kind.CATEGORY and reading is Reading.NUMBER)

    @property
    def read_p(self) -> Read:
        """The reading of the reference, once the kind is decided."""
        assert self.decision is not None
        return Read(self.column_p, self.decision.reading)

    @property
    def read_q(self) -> Read:
        """The reading of the current table: as in the reference, but numbers stay numbers where that holds labels."""
        assert self.decision is not None
        assert self.column_q is not None
        is_number = self.decision.reading is Reading.LABEL and self.column_q.storage in NUMBERS
        return Read(self.column_q, Reading.NUMBER if is_number else self.decision.reading)

    def with_missing(
        self, missing: str, labels: tuple[str, ...], p: tuple[int, ...], q: tuple[int, ...]
    ) -> tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]]:
        """Returns names and counts of cells, with one for missing cells where the setting `missing` is "bin"."""
        assert self.facts_p is not None
        assert self.facts_q is not None
        counts = self.facts_p.missing, self.facts_q.missing
        if missing != "bin" or not any(counts):
            return labels, p, q
        return (*labels, MISSING_CELL), (*p, counts[0]), (*q, counts[1])

    def fail(self, error: str, hint: str = "") -> None:
        """Says why the column cannot be compared."""
        self.error, self.hint = error, hint
