"""Parquet with a distribution in each row, with the extra `parquet`: the columns of numbers are the outcomes."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from klcli.errors import InputError
from klcli.sources.binary.parquet import check_expansion
from klcli.sources.bytes.byte_source import Origin
from klcli.sources.rows.columns import Columns
from klcli.sources.rows.row_source import RowBlock, RowQuery, RowSource, numbered, row_format
from klcli.support.optional_package import need
from klcli.support.safe_text import shorten

__all__ = ["ParquetRows", "open_parquet"]


@row_format(
    "parquet", summary="Parquet: a distribution in each row, the columns are the outcomes", suffixes=(".parquet", ".pq")
)
def open_parquet(origin: Origin, query: RowQuery) -> RowSource:
    """Returns the rows of a Parquet file."""
    query.refuse_array(origin.name)
    return ParquetRows(origin, query)


class ParquetRows(RowSource):
    """The rows of a Parquet file, read in groups as they are wanted.

    Raises:
        Unreadable: it is none, or a column of outcomes holds no numbers.
    """

    def __init__(self, origin: Origin, query: RowQuery) -> None:
        self.name = origin.name
        self._origin = origin
        self._arrow = need("pyarrow", extra="parquet", purpose=f"{origin.name}: reading Parquet")
        parquet = need("pyarrow.parquet", extra="parquet", purpose=f"{origin.name}: reading Parquet")
        self._errors = (self._arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError)
        try:
            source: Any = origin.path
            if source is None:
                with origin.reading(), origin.open() as stream:
                    source = self._arrow.BufferReader(stream.read())
            self._file = parquet.ParquetFile(source)
            size = origin.size if origin.size is not None else source.size()
            check_expansion(origin.limit, origin.name, size, self._file.metadata)
        except InputError:
            raise
        except self._errors:
            raise origin.unreadable("not a whole Parquet file") from None
        schema = self._file.schema_arrow  # once: it is made anew of all columns each time
        names = schema.names
        if len(set(names)) < len(names):
            raise origin.unreadable("two columns have the same name")
        types = self._arrow.types
        texts = [
            at for at, field in enumerate(schema) if types.is_string(field.type) or types.is_large_string(field.type)
        ]
        self._columns = Columns.found(query, names, texts)
        self.count = self._file.metadata.num_rows
        if not self._columns.outcomes or not self.count:
            raise origin.unreadable("empty: there are no values")
        for index in self._columns.outcomes:
            kind = schema.field(index).type
            if not (types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind)):
                raise origin.unreadable(
                    f"the column {shorten(names[index])!r} holds {kind}, not numbers",
                    hint=f"if it names the rows, pass --id {names[index]!r}",
                )
        self.labels = tuple(names[index] for index in self._columns.outcomes)
        self.outcomes = len(self.labels)
        self.columns = tuple(self._columns.others)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        first = 0
        try:
            for batch in self._file.iter_batches(batch_size=rows):
                yield self._block(batch, first)
                first += batch.num_rows
        except InputError:
            raise
        except self._errors:
            raise self._origin.unreadable(f"corrupt after row {first:,}: not a whole Parquet file") from None

    def _block(self, batch: Any, first: int) -> RowBlock:
        columns = [self._numbers(batch.column(index), index, first) for index in self._columns.outcomes]
        names = {at: batch.column(at).to_pylist() for at in {self._columns.id, *self._columns.others.values()} - {None}}
        texts = [[str(names.get(at, [""] * batch.num_rows)[row]) for at in range(batch.num_columns)]
                 for row in range(batch.num_rows)] if names else []  # fmt: skip
        return RowBlock(
            np.stack(columns, axis=1), first, numbered(first), self.labels,
            *self._columns.taken(texts),
        )  # fmt: skip

    def _numbers(self, column: Any, index: int, first: int) -> Any:
        if column.null_count:
            row = first + int(np.argmax(column.is_null().to_numpy(zero_copy_only=False))) + 1
            raise self._origin.unreadable(f"row {row}: {self._file.schema_arrow.names[index]!r}: there is no number")
        return column.to_numpy(zero_copy_only=False)
