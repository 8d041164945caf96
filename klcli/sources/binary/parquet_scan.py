"""Huge Parquet files, read by duckdb if their labels are texts and their numbers floats or integers.

If a cell is missing, a number is not finite, or duckdb cannot read the file, the result is None.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from klcli.core.distributions.label_texts import HashedText
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError
from klcli.sources.binary.parquet_columns import cells_of, place
from klcli.sources.formats.query import Query
from klcli.sources.text.duckdb_scan import fetch, found_table
from klcli.support.optional_package import need

__all__ = ["scan_parquet"]


def scan_parquet(source: str, path: str, query: Query) -> tuple[RawNumbers, ...] | None:
    """Returns the distributions that a query wants, or None; `source` is the name of the file, for messages."""
    arrow = need("pyarrow", extra="parquet", purpose=f"{source}: reading Parquet")
    parquet = need("pyarrow.parquet", extra="parquet", purpose=f"{source}: reading Parquet")
    try:
        file = parquet.ParquetFile(path)
        names, rows = file.schema_arrow.names, file.metadata.num_rows
        choice = found_table(source, names, {}, place).choose(query)
        values, label = choice.values, choice.labels[0] if choice.labels else None
    except (arrow.ArrowException, InputError, OSError, ValueError):
        return None  # the reader without duckdb raises the error
    types = file.schema_arrow.types
    are_numbers = all(arrow.types.is_floating(types[index]) or arrow.types.is_integer(types[index]) for index in values)
    if len(choice.labels) > 1 or not (rows and are_numbers and (label is None or arrow.types.is_string(types[label]))):
        return None
    if len({name.casefold() for name in names}) < len(names) or any("." in name for name in names):
        return None  # duckdb would rename these, and pyarrow takes a name with a point for a path
    texts = {} if label is None else {label: _quoted(names[label])}
    numbers = {index: _number(_quoted(names[index]), *texts.values()) for index in values}
    found = fetch("read_parquet($path, hive_partitioning=false)", path, texts, numbers)
    if found is None or any(len(column) != rows for column in found.values()):
        return None
    columns: dict[int, Any] = dict(found)
    if label is not None:
        ends: Any = np.cumsum([file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)])

        def label_at(row: int) -> str:
            group = int(np.searchsorted(ends, row, side="right"))
            return str(file.read_row_group(group, columns=[names[label]]).column(0)[row - int(ends[group])])

        def every_label() -> Sequence[str]:
            cells = cells_of(arrow, file.read(columns=[names[label]]).column(0))
            return found_table(source, names, {label: cells}, place).labels(label)

        columns[label] = HashedText(found[label], label_at, every_label)
    return found_table(source, names, columns, place).observed(query)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _number(column: str, *present: str) -> str:
    """Returns the SQL for the number in a row, NaN if the number or a label is missing."""
    is_whole = " AND ".join(f"{each} IS NOT NULL" for each in (column, *present))
    return f"CASE WHEN {is_whole} THEN {column}::DOUBLE ELSE 'nan'::DOUBLE END"
