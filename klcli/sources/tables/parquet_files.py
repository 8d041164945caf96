"""Tables of Parquet files, the rows of one after those of another: counted by duckdb, or read by pyarrow."""

from collections.abc import Sequence
from typing import Any

from klcli.engines.arrays.array_table import ArrayTable
from klcli.engines.arrays.arrow_columns import arrow_columns
from klcli.engines.countable import Countable
from klcli.errors import Unreadable, first_line
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.tables.condition import rows_of
from klcli.sources.tables.options import TableOptions
from klcli.sources.tables.ragged import refuse_ragged
from klcli.support.optional_package import installed, need

__all__ = ["parquet_bytes", "parquet_files"]


def parquet_files(word: str, paths: Sequence[str], options: TableOptions) -> Countable:
    """Returns the table in Parquet files; columns are matched by name, in the widest of their types.

    Raises:
        Unreadable: one is not Parquet, or they have different columns.
        MissingPackage: neither duckdb nor pyarrow is installed.
    """
    if installed("duckdb") is not None:
        from klcli.engines.duckdb.parquet_files import parquet_table

        found = parquet_table(word, paths, options.where, threads=options.threads, missing=options.missing)
        if found is not None:
            return found
    return _in_memory(word, paths, paths, options)


def parquet_bytes(source: ByteSource, options: TableOptions) -> Countable:
    """Returns the table in Parquet from standard input, which is read whole; errors as of `parquet_files`."""
    arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading Parquet in a pipe")
    return _in_memory(source.name, [source.name], [arrow.BufferReader(source.data)], options)


def _in_memory(word: str, paths: Sequence[str], files: Sequence[Any], options: TableOptions) -> Countable:
    arrow = need("pyarrow", extra="parquet", purpose=f"{word}: reading Parquet")
    parquet = need("pyarrow.parquet", extra="parquet", purpose=f"{word}: reading Parquet")
    try:
        tables = [parquet.ParquetFile(file).read() for file in files]
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise Unreadable(f"not a Parquet file: {first_line(error)}", place=word) from None
    columns = arrow_columns(_joined(word, paths, tables, arrow))
    refuse_ragged(word, columns)
    return rows_of(ArrayTable(word, columns), options)


def _joined(word: str, paths: Sequence[str], tables: Sequence[Any], arrow: Any) -> Any:
    """Returns the rows of Arrow tables in one, whose columns are those of the first."""
    names = tables[0].column_names
    for path, table in zip(paths, tables, strict=True):
        if sorted(table.column_names) != sorted(names):
            raise Unreadable(f"its columns differ from those of {paths[0]}", place=path)
    if len(tables) == 1 or len(set(names)) < len(names):
        return tables[0]
    try:
        columns = [_widest([table.column(name) for table in tables], arrow) for name in names]
    except arrow.ArrowException as error:
        raise Unreadable(
            f"the files have columns of different types: {first_line(error)}",
            place=word,
            hint="write all with one schema",
        ) from None
    return arrow.Table.from_arrays(columns, names=names)


def _widest(parts: Sequence[Any], arrow: Any) -> Any:
    """Returns a column of several files in one type: numbers as numbers, other types that differ as texts."""
    types = arrow.types
    found = list(dict.fromkeys(part.type for part in parts if not types.is_null(part.type))) or [arrow.null()]
    if len(found) == 1:
        common = found[0]
    elif all(map(types.is_integer, found)):
        common = arrow.decimal128(20, 0) if arrow.uint64() in found else arrow.int64()
    elif all(types.is_integer(each) or types.is_floating(each) for each in found):
        common = arrow.float64()
    else:
        common = arrow.string()
    return arrow.chunked_array([chunk for part in parts for chunk in part.cast(common).chunks], common)
