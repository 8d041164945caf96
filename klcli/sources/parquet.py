"""Parquet, with the extra `parquet`: columns by the same rules as delimited text."""

from typing import SupportsFloat

from klcli.core.distribution import Observed
from klcli.extras import need
from klcli.sources.content import Content
from klcli.sources.reader import Query, reader
from klcli.sources.table import Table

__all__ = ["read_parquet"]


@reader(
    "parquet",
    summary="Parquet columns (needs the extra parquet)",
    suffixes=(".parquet", ".pq"),
)
def read_parquet(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of a Parquet file."""
    arrow = need("pyarrow", extra="parquet", purpose="reading Parquet")
    parquet = need("pyarrow.parquet", extra="parquet", purpose="reading Parquet")
    try:
        table = parquet.ParquetFile(arrow.BufferReader(content.data)).read()
        columns = [_cells(column.to_pylist()) for column in table.columns]
    except UnicodeDecodeError:
        raise content.unreadable("labels that are not UTF-8") from None
    except (arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError):
        raise content.unreadable("not a whole Parquet file") from None
    if len(set(table.column_names)) < len(columns):
        raise content.unreadable("two columns have the same name")
    if not columns or not columns[0]:
        raise content.unreadable("empty: there are no values")
    return Table(content.name, table.column_names, columns, _number, lambda row: f"row {row + 1}").observed(query)


def _cells(cells: list[object]) -> list[object]:
    """The same cells, with the bytes of a binary column as text."""
    return [cell.decode() if isinstance(cell, bytes) else cell for cell in cells]


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, SupportsFloat) and not isinstance(cell, bool) else None
