"""Reports on matrices: all pairs as a table or a list, the nearest rows of each row, each row against a reference."""

from collections.abc import Iterator, Mapping, Sequence
from math import isinf

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.matrix.nearest import Nearest
from klcli.core.measures.masks import are_of_masks
from klcli.reports.matrix.heat_map import matrix_view
from klcli.reports.matrix.request import NAMED, MatrixRequest, described
from klcli.reports.parts import Cell, Column, Grid, Picture, Table
from klcli.reports.report import Report
from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["matrix_report", "nearest_report", "reference_report"]

_PAIR = (Column("row", "row", is_label=True), Column("column", "column", is_label=True))


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

    def lines() -> Iterator[Mapping[str, Cell]]:
        shared = request.shared
        for name, row in zip(names, values.tolist(), strict=True):
            for other, value in zip(names, row, strict=True):
                yield {"row": name, "column": other, "value": value, **shared}

    def table() -> Table:
        if is_long:
            return Table((*_PAIR, *request.columns()), tuple(tuple(line.values()) for line in lines()))
        heads = tuple(
            Column(name, name, is_number=True, is_measure=True, is_heat=True, is_label=True) for name in names
        )
        cells = tuple((name, *row) for name, row in zip(names, values.tolist(), strict=True))
        return Table((Column(request.heading, request.notation, is_label=True), *heads), cells)

    infinite = np.argwhere(np.isinf(values))
    shown = [f"{names[row]} vs {names[column]}" for row, column in infinite[:NAMED].tolist()]
    largest = None if request.limit is None else _largest(values, names)
    facts = (("order", order),) if order else ()
    masked = [
        f"{names[row]} vs {names[column]}" for row, column in np.argwhere(are_of_masks(request.measure, nats)).tolist()
    ]
    return request.report(
        rows, Grid(values, table), answer, lines, shown, len(infinite), largest, *facts, masked=masked,
        picture=Picture(lambda: (matrix_view(names, values, request.notation, request.unit),), is_table=True),
    )  # fmt: skip


def _largest(values: Array, names: Sequence[str]) -> tuple[float, str] | None:
    """Returns the largest value of two different rows and the name of the pair; None for a single row."""
    if len(values) < 2:
        return None
    others = np.where(np.eye(len(values), dtype=bool), -np.inf, values)
    row, column = divmod(int(others.argmax()), len(values))
    return float(others[row, column]), f"{names[row]} vs {names[column]}"


def nearest_report(request: MatrixRequest, rows: DistributionTable, found: Nearest) -> Report:
    """Returns the report of the nearest rows of each row, nearest first; limits are on all pairs."""
    values = request.scaled(found.values).tolist()
    cells = [
        (rows.names[row], rank, rows.names[column], value)
        for row, (those, theirs) in enumerate(zip(found.indices.tolist(), values, strict=True))
        for rank, (column, value) in enumerate(zip(those, theirs, strict=True), 1)
    ]
    columns = (
        Column("row", "row", is_label=True),
        Column("rank", "rank", is_number=True),
        Column("column", "nearest column", is_label=True),
    )
    table = _listed(request, columns, cells)
    infinite = [f"{row} vs {column}" for row, _, column, value in cells if isinf(value)]
    top = found.largest
    largest = (float(request.scaled(np.array(top.value))), f"{rows.names[top.row]} vs {rows.names[top.column]}")
    return request.report(
        rows, table, lambda: {"nearest": table.records}, lambda: table.records, infinite[:NAMED], len(infinite), largest
    )


def reference_report(
    request: MatrixRequest, rows: DistributionTable, reference: DistributionTable, order: Index, nats: Array
) -> Report:
    """Returns the report of rows against a reference; limits are on all rows.

    Args:
        order: Indices of the rows to show. nats: Values of all rows, shape (n,).
    """
    values = request.scaled(nats)
    cells = [(rows.names[index], value) for index, value in zip(order.tolist(), values[order].tolist(), strict=True)]
    table = _listed(request, (Column("row", "row", is_label=True),), cells)
    infinite = [name for name, value in cells if isinf(value)]
    largest = (float(values.max()), f"row {rows.names[int(values.argmax())]}")
    masked = [rows.names[index] for index in order.tolist() if are_of_masks(request.measure, nats[index])]
    return request.report(
        rows, table, lambda: {"reference": reference.source, "values": table.records}, lambda: table.records,
        infinite[:NAMED], len(infinite), largest, (request.q, reference.source, described(reference)),
        reference=reference, masked=masked,
    )  # fmt: skip


def _listed(request: MatrixRequest, columns: tuple[Column, ...], cells: Sequence[tuple[Cell, ...]]) -> Table:
    """Returns a table with a row for each value."""
    shared = tuple(request.shared.values())
    return Table((*columns, *request.columns()), tuple((*row, *shared) for row in cells))
