"""Parquet, with the extra `parquet`: columns by the same rules as delimited text."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, SupportsFloat

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import Unreadable
from klcli.sources.binary.parquet_columns import cells_of, index_of_pandas, place
from klcli.sources.binary.parquet_expansion import flat_columns, opened, refuse_expansion
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.numbers import one_by_one
from klcli.sources.columns.table import Table
from klcli.sources.formats.input_format import input_format
from klcli.sources.formats.query import Query, RowQuery
from klcli.support.optional_package import installed, need

if TYPE_CHECKING:  # kl compute starts without the modules of rows
    from klcli.sources.formats.row_source import RowSource

__all__ = ["HUGE", "observed_in_arrow", "open_parquet", "read_parquet"]

HUGE = 10_000_000  # bytes from which duckdb is faster, its import included


def open_parquet(source: ByteSource, query: RowQuery) -> "RowSource":
    """Returns the rows of a Parquet file, whose columns of numbers are the outcomes, or one of lists the rows.

    Raises:
        Unreadable: it is not a Parquet file, or a column of outcomes does not hold numbers.
    """
    from klcli.sources.binary.parquet_rows import parquet_rows

    return parquet_rows(source, query)


@input_format(
    "parquet",
    summary="Parquet columns (needs the extra parquet)",
    suffixes=(".parquet", ".pq"),
    open_rows=open_parquet,
    recognises=lambda head: head.startswith(b"PAR1"),
)
def read_parquet(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a Parquet file.

    Raises:
        Unreadable: it is not a Parquet file, or its columns cannot be identified.
        NotADistribution: a cell that must hold a number does not.
    """
    arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading Parquet")
    errors = (arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError)
    try:
        file = opened(source)
        _refuse_repeated(source, file.schema_arrow.names)
        refuse_expansion(arrow, source, file)
    except Unreadable:
        raise
    except errors:
        raise source.unreadable("not a whole Parquet file") from None
    if source.path is not None and not any(query.samples) and source.size >= HUGE and _scans(query, file.schema_arrow):
        from klcli.sources.binary.parquet_scan import scan_parquet

        scanned = scan_parquet(source.name, os.fspath(source.path), query)
        if scanned is not None:
            return scanned
    flat = flat_columns(arrow, file.schema_arrow)
    try:
        table = file.read(columns=flat)
    except errors:
        raise source.unreadable("not a whole Parquet file") from None
    if flat is not None:
        fields, rows = list(file.schema_arrow), file.metadata.num_rows
        columns = [table.column(each.name) if each.name in flat else arrow.nulls(rows, each.type) for each in fields]
        table = arrow.Table.from_arrays(columns, names=[each.name for each in fields])
    return observed_in_arrow(source, table, query)


def observed_in_arrow(source: ByteSource, table: Any, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a pyarrow table; errors as in `read_parquet`."""
    arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading columns")
    try:
        columns = [cells_of(arrow, column) for column in table.columns]
    except (arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError):
        raise source.unreadable("columns that cannot be read") from None
    _refuse_repeated(source, table.column_names)
    if not columns or not len(columns[0]):
        raise source.unreadable("empty: there are no values")
    nulls = query.dialect.nulls
    index = index_of_pandas(table.schema)
    found = Table(
        source.name, table.column_names, columns, one_by_one(_number), place, nulls=nulls, index_columns=index
    )
    return found.observed(query)


def _scans(query: Query, schema: Any) -> bool:
    """Returns True if duckdb can read what is asked for: it knows neither an index nor --null."""
    return not query.dialect.nulls and not index_of_pandas(schema) and installed("duckdb") is not None


def _refuse_repeated(source: ByteSource, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise source.unreadable("two columns have the same name")


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, SupportsFloat) and not isinstance(cell, bool) else None
