"""Feather and Arrow files, with the extra `parquet`: columns by the same rules as Parquet."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError
from klcli.sources.binary.parquet import observed_in_arrow
from klcli.sources.binary.parquet_expansion import FREE, decoded_size
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.input_format import input_format
from klcli.sources.formats.query import Query, RowQuery
from klcli.support.optional_package import need

if TYPE_CHECKING:  # kl compute starts without the modules of rows
    from klcli.sources.formats.row_source import RowSource

__all__ = ["arrow_table", "open_arrow", "read_arrow"]

_VALUE = 8  # bytes that a value takes in a list, whatever its type


def open_arrow(source: ByteSource, query: RowQuery) -> "RowSource":
    """Returns the rows of a table, by the same rules as those of Parquet; errors as in `read_arrow`."""
    from klcli.sources.binary.parquet_rows import ArrowRows

    table = arrow_table(source)

    def batches(rows: int, columns: list[str] | None) -> Iterable[Any]:
        return (table if columns is None else table.select(columns)).to_batches(max_chunksize=rows)

    def values_in(name: str) -> int:
        return sum(len(chunk.flatten()) for chunk in table.column(name).chunks)

    return ArrowRows(source, query, table.schema, table.num_rows, batches, values_in)


@input_format(
    "arrow",
    summary="Feather and Arrow columns (needs the extra parquet)",
    suffixes=(".feather", ".arrow", ".ipc"),
    aliases=("feather",),
    open_rows=open_arrow,
    recognises=lambda head: head.startswith((b"ARROW1", b"FEA1")),
)
def read_arrow(source: ByteSource, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions of a table.

    Raises:
        Unreadable: it is not an Arrow file, or its columns cannot be identified.
        NotADistribution: a cell that must hold a number does not.
    """
    return observed_in_arrow(source, arrow_table(source), query)


def arrow_table(source: ByteSource) -> Any:
    """Returns the pyarrow Table of a file, read batch by batch, so that compressed ones cannot fill the memory.

    Raises:
        Unreadable: it is not a whole Feather or Arrow file.
    """
    arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading Feather")
    ipc = need("pyarrow.ipc", extra="parquet", purpose=f"{source.name}: reading Feather")
    try:
        if source.head().startswith(b"FEA1"):
            feather = need("pyarrow.feather", extra="parquet", purpose=f"{source.name}: reading Feather")
            return feather.read_table(arrow.BufferReader(source.data))
        file = arrow.memory_map(os.fspath(source.path)) if source.path is not None else arrow.BufferReader(source.data)
        if source.head().startswith(b"ARROW1"):
            reader = ipc.open_file(file)
            batches = map(reader.get_batch, range(reader.num_record_batches))
        else:
            reader = ipc.open_stream(file)
            batches = iter(reader)
        found, size = [], 0
        for batch in batches:
            batch.validate(full=True)
            size += sum(_VALUE * batch.num_rows + decoded_size(arrow, column) for column in batch.columns)
            source.limit.check(source.name, source.size or len(source.data), size, FREE)
            found.append(batch)
        return arrow.Table.from_batches(found, reader.schema)
    except InputError:
        raise
    except (arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError):
        raise source.unreadable("not a whole Feather or Arrow file") from None
