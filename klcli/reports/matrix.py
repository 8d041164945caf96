"""Reports on matrices: all pairs as a table or a list, the nearest rows of each row, each row against a reference.

Each states the direction, with `row` for P and `column` for Q: KL(row‖column).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isinf
from operator import itemgetter
from typing import TYPE_CHECKING, overload

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.distributions.units import Base, scale, unit_name
from klcli.core.limits import Limit, Verdict
from klcli.core.measures.masks import are_of_masks
from klcli.core.measures.measure import Measure
from klcli.core.pairs.supports import CAUSES
from klcli.document import matrix
from klcli.notes import Cause, Note, entries_infinite, entries_made_by_masks
from klcli.reports.parts import Cell, Column, Facts, Grid, Part, Picture, Report, Table, Verdicts
from klcli.sources.rows.distribution_table import DistributionTable
from klcli.support.optional_package import installed

if TYPE_CHECKING:
    from klcli.reports.pictures.model import View

__all__ = ["MatrixRequest", "matrix_report", "nearest_report", "reference_report"]

_NAMED = 5  # entries that a note names
_TREE = (3, 60)  # rows of a heat map with a tree, least and most
_PAIR = (Column("row", "row", is_label=True), Column("column", "column", is_label=True))


_Answer = Callable[[], Mapping[str, object]]
_Lines = Callable[[], Sequence[Mapping[str, Cell]]]


@dataclass(frozen=True, slots=True)
class MatrixRequest:
    """The request of `kl matrix`.

    Attributes:
        measure: The measure. base: Base of the logarithm. smoothing: As `--smooth`, or "none".
        limit: Limit on every entry except those of a row with itself, or None.
        q: Name of Q; P is the row.
    """

    measure: Measure
    base: Base
    smoothing: str = "none"
    limit: Limit | None = None
    q: str = "column"

    @property
    def notation(self) -> str:
        """The measure in symbols: KL(row‖column)."""
        return self.measure.notation_of("row", self.q)

    @property
    def unit(self) -> str:
        """The unit of the values; empty if they have none."""
        return unit_name(self.measure.unit, self.base)

    @property
    def heading(self) -> str:
        """The notation with the unit in brackets: KL(row‖column) [nats]."""
        return f"{self.notation} [{self.unit}]" if self.unit else self.notation

    @property
    def shared(self) -> dict[str, Cell]:
        """Properties that all values share, by column."""
        return {"measure": self.measure.name, "notation": self.notation, "unit": self.unit, "smoothing": self.smoothing}

    def scaled(self, nats: Array) -> Array:
        """Returns values in the unit of `base`."""
        return nats * scale(1.0, self.measure.unit, self.base)

    def columns(self) -> tuple[Column, ...]:
        """Returns the column of values and the columns that all values share."""
        value = Column("value", self.heading, is_number=True, is_measure=True, is_heat=True)
        return (value, *(Column(key, key, for_people=False) for key in self.shared))

    def report(
        self, rows: DistributionTable, table: Part, answer: _Answer, lines: _Lines,
        infinite: Sequence[str], count: int, largest: tuple[float, str] | None, *facts: tuple[str, ...],
        reference: DistributionTable | None = None, masked: Sequence[str] = (), picture: Picture | None = None,
    ) -> Report:  # fmt: skip
        """Returns a report.

        Args:
            table: Part that shows the values. answer: Makes their part of the document. lines: Makes a record a value.
            facts: Facts besides those of the rows.
            infinite: Names of the first infinite pairs, of which there are `count`.
            largest: Largest value to which the limit applies, and the name of its pair, or None.
            reference: The rows compared with, if they are not the rows themselves.
            picture: Picture of the values, or None.
            masked: Names of the pairs whose values masks seem to make.
        """
        stacks = [rows] if reference is None else [rows, reference]
        is_full = all(bool(each.stack.support().all()) for each in stacks) if count else True
        found = (*(note for each in stacks for note in each.notes), *self._infinite_notes(infinite, count, is_full))
        if masked and rows.stack.log_mass is not None:
            found = (*found, entries_made_by_masks(self.measure.name, len(masked), tuple(masked[:_NAMED])))
        verdicts: tuple[Verdict, ...] = ()
        if self.limit is not None and largest is not None:
            verdicts = (Verdict(self.measure.name, self.limit.limit, largest[0], self.unit, place=largest[1]),)
        smoothing = (("smoothing", self.smoothing, "of every row"),) if self.smoothing != "none" else ()
        facts = (
            ("rows", rows.source, described(rows)), *facts, *smoothing,
            (self.notation, self.measure.formula, f"in {self.unit}" if self.unit else ""),
        )  # fmt: skip
        return Report(
            "matrices",
            (Facts(facts), table, *([picture] if picture else []), *([Verdicts(verdicts)] if verdicts else [])),
            lambda: matrix(
                self.shared, self.base, rows.source, rows.kind, rows.stack.outcomes, answer(), found, verdicts
            ),
            lines,
            rows.source,
            found,
            verdicts,
            "--fail-above",
        )

    def _infinite_notes(self, pairs: Sequence[str], count: int, is_full: bool) -> tuple[Note, ...]:
        """Returns a note if entries are infinite; if `is_full`, no mass is 0, so the cause is overflow."""
        if not count:
            return ()
        q = f"the {self.q}" if self.q == "column" else self.q
        causes = (Cause.OVERFLOW,) if is_full else CAUSES[self.measure.support_law]
        return (entries_infinite(count, causes or (Cause.OVERFLOW,), "the row", q, tuple(pairs)),)


def described(rows: DistributionTable) -> str:
    """Returns the number of distributions, their kind, and the number of outcomes, in words."""
    outcomes = rows.stack.outcomes
    many = f"{len(rows):,} × " if len(rows) > 1 else ""
    return f"{many}{rows.kind}, {outcomes:,} outcome{'s' * (outcomes != 1)}"


def matrix_report(
    request: MatrixRequest, rows: DistributionTable, nats: Array, *, order: str = "", is_long: bool = False
) -> Report:
    """Returns the report of all pairs of rows; nats has the shape (n, n).

    Args:
        order: Name of the order of the rows, if they were reordered. is_long: A line for each pair.
    """
    values = request.scaled(nats)
    names = rows.names

    def answer() -> dict[str, object]:
        return ({"order": order} if order else {}) | {"rows": names, "columns": names, "values": values.tolist()}

    def lines() -> _Pairs:
        return _Pairs(request, names, values.tolist())

    def table() -> Table:
        if is_long:
            return Table((*_PAIR, *request.columns()), tuple(tuple(line.values()) for line in lines()))
        heads = tuple(
            Column(name, name, is_number=True, is_measure=True, is_heat=True, is_label=True) for name in names
        )
        cells = tuple((name, *row) for name, row in zip(names, values.tolist(), strict=True))
        return Table((Column(request.heading, request.notation, is_label=True), *heads), cells)

    infinite = np.argwhere(np.isinf(values))
    shown = [f"{names[row]} vs {names[column]}" for row, column in infinite[:_NAMED].tolist()]
    largest = None if request.limit is None else _largest(values, names)
    facts = (("order", order),) if order else ()
    masked = [
        f"{names[row]} vs {names[column]}" for row, column in np.argwhere(are_of_masks(request.measure, nats)).tolist()
    ]
    return request.report(
        rows, Grid(values, table), answer, lines, shown, len(infinite), largest, *facts, masked=masked,
        picture=Picture(lambda: _heat(request, names, nats), is_table=True),
    )  # fmt: skip


def _heat(request: MatrixRequest, names: Sequence[str], nats: Array) -> "tuple[View, ...]":
    """Returns the heat map, its rows in the order of a tree where scipy is installed."""
    from klcli.reports.pictures.heat import heat_view
    from klcli.reports.pictures.model import Link
    from klcli.runs.clustering import tree_of

    tree = tree_of(nats) if _TREE[0] <= len(nats) <= _TREE[1] and installed("scipy.cluster.hierarchy") else None
    order = np.arange(len(nats)) if tree is None else tree.order
    links = () if tree is None else tuple(Link(*each) for each in tree.links)
    values = request.scaled(nats)[np.ix_(order, order)]
    return (heat_view([names[index] for index in order.tolist()], values, request.notation, request.unit, links),)


def _largest(values: Array, names: Sequence[str]) -> tuple[float, str] | None:
    """Returns the largest value of two different rows and the name of the pair; None for a single row."""
    if len(values) < 2:
        return None
    others = np.where(np.eye(len(values), dtype=bool), -np.inf, values)
    row, column = divmod(int(others.argmax()), len(values))
    return float(others[row, column]), f"{names[row]} vs {names[column]}"


def nearest_report(request: MatrixRequest, rows: DistributionTable, indices: Index, nats: Array) -> Report:
    """Returns the report of the nearest rows of each row, nearest first; arrays of shape (n, count)."""
    cells = [
        (rows.names[row], rank, rows.names[column], value)
        for row, (those, theirs) in enumerate(zip(indices.tolist(), request.scaled(nats).tolist(), strict=True))
        for rank, (column, value) in enumerate(zip(those, theirs, strict=True), 1)
    ]
    columns = (
        Column("row", "row", is_label=True),
        Column("rank", "rank", is_number=True),
        Column("column", "nearest column", is_label=True),
    )
    table, lines = _listed(request, columns, cells)
    infinite = [f"{row} vs {column}" for row, _, column, value in cells if isinf(value)]
    largest = max(((value, f"{row} vs {column}") for row, _, column, value in cells), key=itemgetter(0), default=None)
    return request.report(
        rows, table, lambda: {"nearest": lines}, lambda: lines, infinite[:_NAMED], len(infinite), largest
    )


def reference_report(
    request: MatrixRequest, rows: DistributionTable, reference: DistributionTable, order: Index, nats: Array
) -> Report:
    """Returns the report of rows against a reference; `order` are indices of rows, nats has the shape (n,)."""
    cells = [
        (rows.names[index], value)
        for index, value in zip(order.tolist(), request.scaled(nats)[order].tolist(), strict=True)
    ]
    table, lines = _listed(request, (Column("row", "row", is_label=True),), cells)
    infinite = [name for name, value in cells if isinf(value)]
    largest = max(((value, f"row {name}") for name, value in cells), key=itemgetter(0), default=None)
    masked = [rows.names[index] for index in order.tolist() if are_of_masks(request.measure, nats[index])]
    return request.report(
        rows, table, lambda: {"reference": reference.source, "values": lines}, lambda: lines, infinite[:_NAMED],
        len(infinite), largest, (request.q, reference.source, described(reference)), reference=reference, masked=masked,
    )  # fmt: skip


def _listed(
    request: MatrixRequest, columns: tuple[Column, ...], cells: Sequence[tuple[Cell, ...]]
) -> tuple[Table, tuple[dict[str, Cell], ...]]:
    """Returns a table with a row for each value, and the rows as records."""
    table = Table((*columns, *request.columns()), tuple((*row, *request.shared.values()) for row in cells))
    keys = [column.key for column in table.columns]
    return table, tuple(dict(zip(keys, row, strict=True)) for row in table.rows)


class _Pairs(Sequence[Mapping[str, Cell]]):
    """Records of all pairs, made on access, because most formats need none."""

    def __init__(self, request: MatrixRequest, names: Sequence[str], values: Sequence[Sequence[float]]) -> None:
        self._same, self._names, self._values = request.shared, names, values

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
