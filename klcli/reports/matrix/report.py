"""Reports on matrices: all pairs as a table or a list, the nearest rows of each row, each row against a reference."""

from collections.abc import Callable, Sequence
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.matrix.nearest import Nearest
from klcli.core.matrix.pair_values import Matrix, row_blocks
from klcli.reports.matrix.heat_map import matrix_view
from klcli.reports.matrix.request import MatrixRequest, Values, described
from klcli.reports.parts import Cell, Column, Grid, Picture, Table
from klcli.reports.report import Report
from klcli.reports.table_rows import MadeRows, NumberRows
from klcli.sources.rows.distribution_table import DistributionTable

__all__ = ["matrix_report", "nearest_report", "reference_report"]

_PAIR = (Column("row", "row", is_label=True), Column("column", "column", is_label=True))


def matrix_report(
    request: MatrixRequest, rows: DistributionTable, nats: Matrix, *, order: str = "", is_long: bool = False
) -> Report:
    """Returns the report of all pairs of rows; nats has the shape (n, n).

    Args:
        order: Name of the order of the rows, if they were reordered. is_long: A line for each pair.
    """
    values = request.scaled(nats)
    names = rows.names

    def answer() -> dict[str, object]:
        made = NumberRows(values)
        return ({"order": order} if order else {}) | {"rows": names, "columns": names, "values": made}

    def pairs() -> Table:
        count = len(names)

        def numbers(at: range) -> Array:
            first = at.start // count
            return values[first : -(-at.stop // count)].ravel()[at.start - first * count : at.stop - first * count]

        return _listed(
            request, _PAIR, count * count, numbers, lambda at: [_at(names, each) for each in np.divmod(at, count)]
        )

    def table() -> Table:
        heads = tuple(
            Column(name, name, is_number=True, is_measure=True, is_heat=True, is_label=True) for name in names
        )
        return Table((Column(request.heading, request.notation, is_label=True), *heads), NumberRows(values, names))

    found = Values(
        lambda: (block.ravel() for _, block in row_blocks(nats)),
        lambda at: f"{names[at // len(names)]} vs {names[at % len(names)]}",
    )
    return request.report(
        rows, Grid(values, pairs if is_long else table), answer, lambda: pairs().records, found,
        _largest(nats, names) if request.limit else None, *((("order", order),) if order else ()),
        picture=Picture(lambda: (matrix_view(names, values, request.notation, request.unit),), is_table=True),
    )  # fmt: skip


def _largest(nats: Matrix, names: Sequence[str]) -> tuple[float, str] | None:
    """Returns the largest value of two different rows and the name of the first such pair; None for a single row."""
    largest, pair = -inf, ""
    for where, block in row_blocks(nats):
        others = block.copy()
        np.fill_diagonal(others[:, where], -inf)
        if others.max() > largest:
            row, column = divmod(int(others.argmax()), len(names))
            largest, pair = float(others[row, column]), f"{names[where.start + row]} vs {names[column]}"
    return (largest, pair) if pair else None


def nearest_report(request: MatrixRequest, rows: DistributionTable, found: Nearest) -> Report:
    """Returns the report of the nearest rows of each row, nearest first; limits are on all pairs."""
    names, indices, count = rows.names, found.indices, max(1, found.values.shape[1])
    columns = (
        Column("row", "row", is_label=True),
        Column("rank", "rank", is_number=True),
        Column("column", "nearest column", is_label=True),
    )

    def cells(at: Index) -> list[Sequence[Cell]]:
        row, rank = np.divmod(at, count)
        return [_at(names, row), (rank + 1).tolist(), _at(names, indices[row, rank])]

    nats, top = found.values.ravel(), found.largest
    table = _listed(request, columns, len(nats), _slice_of(request.scaled(nats)), cells)
    return request.report(
        rows, table, lambda: {"nearest": table.records}, lambda: table.records,
        Values(lambda: (nats,), lambda at: f"{names[at // count]} vs {names[indices.flat[at]]}"),
        (top.value, f"{names[top.row]} vs {names[top.column]}"),
    )  # fmt: skip


def reference_report(
    request: MatrixRequest, rows: DistributionTable, reference: DistributionTable, order: Index, nats: Array
) -> Report:
    """Returns the report of rows against a reference; limits are on all rows.

    Args:
        order: Indices of the rows to show. nats: Values of all rows, shape (n,).
    """
    names, shown = rows.names, nats[order]
    table = _listed(
        request, (Column("row", "row", is_label=True),), len(shown), _slice_of(request.scaled(shown)),
        lambda at: [_at(names, order[at])],
    )  # fmt: skip
    return request.report(
        rows, table, lambda: {"reference": reference.source, "values": table.records}, lambda: table.records,
        Values(lambda: (shown,), lambda at: names[order[at]]), (float(nats.max()), f"row {names[int(nats.argmax())]}"),
        (request.q, reference.source, described(reference)), reference=reference,
    )  # fmt: skip


def _listed(
    request: MatrixRequest, columns: tuple[Column, ...], count: int, values: Callable[[range], Array],
    cells: Callable[[Index], list[Sequence[Cell]]],
) -> Table:  # fmt: skip
    """Returns a table with a row for each of `count` values; `cells` returns those before some values, by column."""
    shared = request.shared.values()

    def made(at: range) -> list[Sequence[Cell]]:
        found = cells(np.arange(at.start, at.stop))
        return [*found, values(at).tolist(), *([each] * len(at) for each in shared)]

    return Table((*columns, *request.columns()), MadeRows(count, made))


def _slice_of(values: Array) -> Callable[[range], Array]:
    return lambda at: values[at.start : at.stop]


def _at(names: Sequence[str], indices: Index) -> list[str]:
    return [names[index] for index in indices.tolist()]
