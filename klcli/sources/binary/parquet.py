"""Parquet, with the extra `parquet`: columns by the same rules as delimited text."""

import os
from collections.abc import Sequence
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.labels import PackedText
from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import Unreadable
from klcli.sources.bytes.content import Content
from klcli.sources.bytes.expansion import Expansion
from klcli.sources.reader import Query, reader
from klcli.sources.table import Table, one_by_one
from klcli.support.optional_package import installed, need

__all__ = ["HUGE", "cells_of", "check_expansion", "place", "read_parquet"]

_VALUE = 8  # bytes of a number in memory
_FREE = 16 << 20  # bytes that are not too many for the smallest file, as columns of one value are usual

HUGE = 10_000_000  # bytes from which duckdb is faster, its import included


@reader(
    "parquet",
    summary="Parquet columns (needs the extra parquet)",
    suffixes=(".parquet", ".pq"),
)
def read_parquet(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of a Parquet file."""
    arrow = need("pyarrow", extra="parquet", purpose=f"{content.name}: reading Parquet")
    parquet = need("pyarrow.parquet", extra="parquet", purpose=f"{content.name}: reading Parquet")
    try:
        source = arrow.BufferReader(content.data) if content.path is None else os.fspath(content.path)
        check_expansion(content.limit, content.name, content.size or len(content.data), parquet.read_metadata(source))
    except Unreadable:
        raise
    except (arrow.ArrowException, OSError, ValueError):
        pass  # the careful way has the words
    if content.path is not None and not any(query.samples) and content.size >= HUGE:
        from klcli.sources.binary.parquet_scan import scan_parquet

        scan = scan_parquet
        scanned = scan(content.name, os.fspath(content.path), query) if installed("duckdb") else None
        if scanned is not None:
            return tuple(scanned)
    try:
        table = parquet.ParquetFile(arrow.BufferReader(content.data)).read()
        columns = [cells_of(arrow, column) for column in table.columns]
    except UnicodeDecodeError:
        raise content.unreadable("labels that are not UTF-8") from None
    except (arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError):
        raise content.unreadable("not a whole Parquet file") from None
    if len(set(table.column_names)) < len(columns):
        raise content.unreadable("two columns have the same name")
    if not columns or not len(columns[0]):
        raise content.unreadable("empty: there are no values")
    return Table(content.name, table.column_names, columns, one_by_one(_number), place).observed(query)


def check_expansion(limit: Expansion, name: str, size: int, metadata: Any) -> None:
    """Refuses a file whose columns have too many values: a value that is repeated takes no room in it.

    Raises:
        Unreadable: they are more than the file may expand to.
    """
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    values = sum(group.column(index).num_values for group in groups for index in range(group.num_columns))
    limit.check(name, size, max(_VALUE * values, sum(group.total_byte_size for group in groups)), _FREE)


def place(row: int) -> str:
    """Returns the words for where a row stands."""
    return f"row {row + 1}"


def cells_of(arrow: Any, column: Any) -> Sequence[object] | NDArray[Any]:
    """Returns the cells of a pyarrow column; without gaps, numbers in an array and texts in their buffer."""
    array = column.combine_chunks()
    if isinstance(array, arrow.ChunkedArray):  # with pyarrow 10
        array = arrow.concat_arrays(array.chunks) if array.num_chunks else arrow.array([], column.type)
    if len(array) and not array.null_count and not array.offset:
        if arrow.types.is_floating(array.type) or arrow.types.is_integer(array.type):
            return np.asarray(array.to_numpy(zero_copy_only=False))
        if arrow.types.is_string(array.type) and _is_text(arrow, array):
            _, edges, text = array.buffers()
            ends = np.frombuffer(edges, dtype=np.int32)[: len(array) + 1].astype(np.int64)
            return PackedText(memoryview(text), ends[:-1], np.diff(ends))
    return [cell.decode() if isinstance(cell, bytes) else cell for cell in column.to_pylist()]


def _is_text(arrow: Any, array: Any) -> bool:
    """Whether every text is UTF-8 without NUL, and there is a letter at all."""
    try:
        array.validate(full=True)
    except arrow.ArrowInvalid:
        return False
    text = array.buffers()[2]
    return text is not None and bool((np.frombuffer(text, dtype=np.uint8) != 0).all())


def _number(cell: object) -> float | None:
    return float(cell) if isinstance(cell, SupportsFloat) and not isinstance(cell, bool) else None
