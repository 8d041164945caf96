"""Matrices as reports: all pairs as a table or pair by pair, the nearest of each row, the rows beside one reference.

The direction stands in every one of them, with `row` for P and `column` for Q: KL(row‖column).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from operator import itemgetter
from typing import overload

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.distributions.note import Note, listing
from klcli.core.distributions.units import Base, scale, unit_name
from klcli.core.limits import Limit, Verdict, verdict_items
from klcli.core.measures.masks import are_of_masks, mask_note
from klcli.core.measures.measure import Finite, Measure
from klcli.reports.report import Cell, Column, Report, Table
from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["Question", "matrix_report", "nearest_report", "reference_report"]

_NAMED = 5  # infinite entries
_PAIR = (Column("row", "row"), Column("column", "column"))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the rows.

    Attributes:
        measure: between which pairs. base: of the logarithm. smoothing: what was done to the rows, or "none".
        limit: that no entry may exceed, but those of a row with itself; or None.
        q: what Q is called, where P is the row.
    """

    measure: Measure
    base: Base
    smoothing: str = "none"
    limit: Limit | None = None
    q: str = "column"

    @property
    def notation(self) -> str:
        """The measure in symbols, with what P and Q are."""
        names = {"P": "row", "Q": self.q}
        return re.sub(r"\b[PQ]\b", lambda found: names[found[0]], self.measure.notation)

    @property
    def unit(self) -> str:
        """The unit of the values; empty where there is none."""
        return unit_name(self.measure.unit, self.base)

    @property
    def heading(self) -> str:
        """The measure in symbols, with its unit in brackets."""
        return f"{self.notation} [{self.unit}]" if self.unit else self.notation

    @property
    def same(self) -> dict[str, Cell]:
        """What every value has in common, by column."""
        return {"measure": self.measure.name, "notation": self.notation, "unit": self.unit, "smoothing": self.smoothing}

    def scaled(self, nats: Array) -> Array:
        """Returns values in the unit of `base`."""
        return nats * scale(1.0, self.measure.unit, self.base)

    def columns(self) -> tuple[Column, ...]:
        """Returns the columns of a value, and of what all have in common."""
        value = Column("value", self.heading, is_number=True, is_measure=True, is_heat=True)
        return (value, *(Column(key, key, for_people=False) for key in self.same))

    def report(
        self, rows: DistributionTable, table: Table, answer: Mapping[str, object],
        lines: Sequence[Mapping[str, object]], infinite: Sequence[str], count: int,
        largest: tuple[float, str] | None, *facts: tuple[str, ...],
        reference: DistributionTable | None = None, masked: Sequence[str] = (),
    ) -> Report:  # fmt: skip
        """Returns a report.

        Args:
            answer: the values, in the document. lines: one a value. facts: besides those of the rows.
            infinite: the first of so many pairs whose value is infinite.
            largest: of the values that a limit holds for, and where it stands.
            reference: what the rows are beside, where that is not the rows.
            masked: the pairs whose value masks seem to make.
        """
        stacks = [rows] if reference is None else [rows, reference]
        is_full = all(bool(each.stack.support().all()) for each in stacks) if count else True
        found = (*(note for each in stacks for note in each.notes), *self._infinite_notes(infinite, count, is_full))
        if masked and rows.stack.log_mass is not None:
            found = (*found, mask_note([self.measure.name], f" at {listing(masked)}"))
        verdicts: tuple[Verdict, ...] = ()
        if self.limit is not None and largest is not None:
            verdicts = (Verdict(self.measure.name, self.limit.limit, largest[0], self.unit, place=largest[1]),)
        smoothing = (("smoothing", self.smoothing, "of every row"),) if self.smoothing != "none" else ()
        document = {"schema": 1, **self.same, "base": self.base, "source": rows.source, "kind": rows.kind,
                    "outcomes": rows.stack.outcomes, **answer,
                    "notes": [{"code": note.code, "text": note.text} for note in found],
                    "verdicts": verdict_items(verdicts)}  # fmt: skip
        return Report(
            (table,),
            document,
            lines=lines,  # type: ignore[arg-type]
            facts=(
                ("rows", rows.source, described(rows)), *facts, *smoothing,
                (self.notation, self.measure.formula, f"in {self.unit}" if self.unit else ""),
            ),
            notes=found,
            verdicts=verdicts,
        )  # fmt: skip

    def _infinite_notes(self, pairs: Sequence[str], count: int, is_full: bool) -> tuple[Note, ...]:
        """The note that so many entries are infinite, by their supports, unless these are full."""
        if not count:
            return ()
        row, column = "the row", f"the {self.q}" if self.q == "column" else self.q
        why = {
            Finite.Q_COVERS_P: f"{column} has no mass on an outcome of {row}",
            Finite.P_COVERS_Q: f"{row} has no mass on an outcome of {column}",
            Finite.SAME_SUPPORT: f"{row} or {column} has no mass on an outcome of the other",
            Finite.OVERLAP: f"{row} and {column} share no outcome",
            Finite.ALWAYS: "above 1.8e308, the largest number of a double",
        }[Finite.ALWAYS if is_full else self.measure.finite_when]
        entries = "1 entry is infinite" if count == 1 else f"{count:,} entries are infinite"
        return (Note("infinite", f"{entries}: {why}: {listing(pairs, count)}"),)


def described(rows: DistributionTable) -> str:
    """Returns how many distributions there are, of what, over how many outcomes."""
    outcomes = rows.stack.outcomes
    many = f"{len(rows):,} × " if len(rows) > 1 else ""
    return f"{many}{rows.kind}, {outcomes:,} outcome{'s' * (outcomes != 1)}"


def matrix_report(
    question: Question,
    rows: DistributionTable,
    nats: Array,
    *,
    order: str = "",
    is_long: bool = False,
    is_bare: bool = False,
) -> Report:
    """Returns the report of all pairs of rows; nats has the shape (n, n).

    Args:
        order: how the rows are ordered, in words, where that is not as they came. is_long: a line for each pair.
        is_bare: without the values, which go another way.
    """
    values = question.scaled(nats)
    names, listed = rows.names, [] if is_bare else values.tolist()
    lines = _Pairs(question, names, listed)
    if is_long:
        table = Table((*_PAIR, *question.columns()), tuple(tuple(line.values()) for line in lines))
    else:
        heads = tuple(Column(name, name, is_number=True, is_measure=True, is_heat=True) for name in names)
        cells = tuple((name, *row) for name, row in zip(names, listed, strict=not is_bare))
        table = Table((Column(question.heading, question.notation), *heads), cells)
    infinite = np.argwhere(np.isinf(values))
    shown = [f"{names[row]}‖{names[column]}" for row, column in infinite[:_NAMED].tolist()]
    largest = None if question.limit is None else _largest(values, names)
    answer = ({"order": order} if order else {}) | {"rows": names, "columns": names, "values": listed}
    facts = (("order", order),) if order else ()
    masked = [
        f"{names[row]}‖{names[column]}" for row, column in np.argwhere(are_of_masks(question.measure, nats)).tolist()
    ]
    return question.report(rows, table, answer, lines, shown, len(infinite), largest, *facts, masked=masked)


def _largest(values: Array, names: Sequence[str]) -> tuple[float, str] | None:
    """The largest value of two different rows, and which they are; None where there is one row."""
    if len(values) < 2:
        return None
    others = np.where(np.eye(len(values), dtype=bool), -np.inf, values)
    row, column = divmod(int(others.argmax()), len(values))
    return float(others[row, column]), f"{names[row]}‖{names[column]}"


def nearest_report(question: Question, rows: DistributionTable, indices: Index, nats: Array) -> Report:
    """Returns the report of the nearest rows of each row, the nearest first; arrays of shape (n, count)."""
    cells = [
        (rows.names[row], rank, rows.names[column], value)
        for row, (those, theirs) in enumerate(zip(indices.tolist(), question.scaled(nats).tolist(), strict=True))
        for rank, (column, value) in enumerate(zip(those, theirs, strict=True), 1)
    ]
    columns = (Column("row", "row"), Column("rank", "rank", is_number=True), Column("column", "nearest column"))
    table, lines = _listed(question, columns, cells)
    infinite = [f"{row}‖{column}" for row, _, column, value in cells if isinf(value)]
    largest = max(((value, f"{row}‖{column}") for row, _, column, value in cells), key=itemgetter(0), default=None)
    return question.report(rows, table, {"nearest": lines}, lines, infinite[:_NAMED], len(infinite), largest)


def reference_report(
    question: Question, rows: DistributionTable, reference: DistributionTable, order: Index, nats: Array
) -> Report:
    """Returns the report of some rows beside a reference, in the order that is given; nats has the shape (n,)."""
    cells = [
        (rows.names[index], value)
        for index, value in zip(order.tolist(), question.scaled(nats)[order].tolist(), strict=True)
    ]
    table, lines = _listed(question, (Column("row", "row"),), cells)
    infinite = [name for name, value in cells if isinf(value)]
    largest = max(((value, f"row {name}") for name, value in cells), key=itemgetter(0), default=None)
    masked = [rows.names[index] for index in order.tolist() if are_of_masks(question.measure, nats[index])]
    return question.report(
        rows, table, {"reference": reference.source, "values": lines}, lines, infinite[:_NAMED], len(infinite), largest,
        (question.q, reference.source, described(reference)), reference=reference, masked=masked,
    )  # fmt: skip


def _listed(
    question: Question, columns: tuple[Column, ...], cells: Sequence[tuple[Cell, ...]]
) -> tuple[Table, tuple[dict[str, Cell], ...]]:
    """A table of values that stand below each other, and the same as records."""
    table = Table((*columns, *question.columns()), tuple((*row, *question.same.values()) for row in cells))
    keys = [column.key for column in table.columns]
    return table, tuple(dict(zip(keys, row, strict=True)) for row in table.rows)


class _Pairs(Sequence[Mapping[str, Cell]]):
    """A record for each pair, made when it is asked for: most answers need none."""

    def __init__(self, question: Question, names: Sequence[str], values: Sequence[Sequence[float]]) -> None:
        self._same, self._names, self._values = question.same, names, values

    def __len__(self) -> int:
        return len(self._names) ** 2

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Cell]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Cell]]: ...

    def __getitem__(self, index: int | slice) -> Mapping[str, Cell] | Sequence[Mapping[str, Cell]]:
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        row, column = divmod(range(len(self))[index], len(self._names))
        value = self._values[row][column]
        return {"row": self._names[row], "column": self._names[column], "value": value, **self._same}
