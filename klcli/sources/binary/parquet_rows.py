"""Rows of Parquet, with the extra `parquet`: the columns of numbers are the outcomes, or a column holds lists."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from klcli.errors import InputError, Place
from klcli.notes import index_names_rows, lists_read
from klcli.sources.binary.list_columns import chosen_list, rows_of_lists
from klcli.sources.binary.parquet_columns import index_of_pandas
from klcli.sources.binary.parquet_expansion import FREE, opened, refuse_expansion
from klcli.sources.binary.parquet_footer import values_in_columns
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.row_columns import NAMES_OF_ROWS, RowColumns, cure_of_names
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import RowBlock, RowSource, numbered
from klcli.support.optional_package import need
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["ArrowRows", "parquet_rows"]

_VALUE = 8  # bytes of a number in memory


def parquet_rows(source: ByteSource, query: RowQuery) -> "ArrowRows":
    """Returns the rows of a Parquet file, read in batches.

    Raises:
        Unreadable: it is not a Parquet file, or a column of outcomes does not hold numbers.
    """
    arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading Parquet")
    try:
        file = opened(source)
        refuse_expansion(arrow, source, file)
    except InputError:
        raise
    except (arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError):
        raise source.unreadable("not a whole Parquet file") from None

    def values_in(name: str) -> int:
        count = values_in_columns(source).get(name, 0)
        source.limit.check(source.name, source.size or len(source.data), _VALUE * count, FREE)
        return count

    def batches(rows: int, columns: list[str] | None) -> Iterable[Any]:
        return file.iter_batches(batch_size=rows, columns=columns)

    # schema_arrow once: pyarrow builds it anew on each access
    return ArrowRows(source, query, file.schema_arrow, file.metadata.num_rows, batches, values_in)


def _cure(name: str, columns: RowColumns, names: Sequence[str], *, is_list: bool) -> str:
    if is_list:
        return Sentence(
            "write JSON lines and pass ",
            Option("--column", name),
            ", or one column for each outcome, or .npy",
        )
    return cure_of_names(name, columns.absent, names)


class ArrowRows(RowSource):
    """The rows of columns in batches.

    Args:
        batches: takes a number of rows, and the names of columns or None for all, and returns batches of at most that
            size. values_in: returns how many values a column of lists holds; errors if they are too many.

    Raises:
        Unreadable: a column of outcomes holds neither numbers nor lists of them.
    """

    def __init__(
        self, source: ByteSource, query: RowQuery, schema: Any, count: int,
        batches: Callable[[int, list[str] | None], Iterable[Any]], values_in: Callable[[str], int],
    ) -> None:  # fmt: skip
        self.name = source.name
        self._source, self._schema, self._batches = source, schema, batches
        self._arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading columns")
        self._errors = (self._arrow.ArrowException, KeyError, OSError, ValueError, TypeError, OverflowError)
        names = schema.names
        if len(set(names)) < len(names):
            raise source.unreadable("two columns have the same name")
        types = self._arrow.types
        texts = [
            at for at, field in enumerate(schema) if types.is_string(field.type) or types.is_large_string(field.type)
        ]
        of_pandas = index_of_pandas(schema)
        self._columns = RowColumns.found(query, names, texts, index=of_pandas)
        if of_pandas:
            self.notes = (index_names_rows(self.name, tuple(names[at] for at in of_pandas)),)
        self.count = count
        if not self._columns.outcomes or not self.count:
            raise source.unreadable("empty: there are no values")
        self.columns = tuple(self._columns.others)
        self._list = chosen_list(self._arrow, schema, list(self._columns.outcomes), query, self.name)
        if self._list is not None:
            self.outcomes = max(1, values_in(names[self._list]) // count)
            self._note_others(query)
            self._read_names(query)
            return
        for index in self._columns.outcomes:
            kind = schema.field(index).type
            if not (types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind)):
                raise source.unreadable(
                    f"the column {shorten(names[index])!r} holds {kind}, not numbers",
                    hint=_cure(names[index], self._columns, names, is_list=types.is_nested(kind)),
                )
        self.labels = tuple(names[index] for index in self._columns.outcomes)
        self.outcomes = len(self.labels)

    def _note_others(self, query: RowQuery) -> None:
        """Notes the columns beside one of lists, unless its name was asked for, or is p or q as its side."""
        names, wanted = self._schema.names, self._wanted or []
        left = tuple(name for name in names if name not in wanted)
        if left and query.array is None and names[self._list] != query.side:
            self.notes = (*self.notes, lists_read(self.name, names[self._list], left[:5], len(left)))

    def _read_names(self, query: RowQuery) -> None:
        """Reads a column that may name the rows beside one of lists, where no names are asked for."""
        if query.id is not None or self._columns.id is not None:
            return
        types, names = self._arrow.types, self._schema.names
        tests = (types.is_string, types.is_large_string, types.is_integer)
        for name in NAMES_OF_ROWS:
            if name in names and any(test(self._schema.field(name).type) for test in tests):
                others = {name: names.index(name), **self._columns.others}
                self._columns = replace(self._columns, others=others)
                return

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        first = 0
        try:
            for batch in self._batches(rows, self._wanted):
                yield self._block(batch, first)
                first += batch.num_rows
        except InputError:
            raise
        except self._errors:
            raise self._source.unreadable(f"corrupt after row {first:,}: not a whole file") from None

    @property
    def _wanted(self) -> list[str] | None:
        """Names of the columns to read; None for all. Further columns of lists may take any memory."""
        if self._list is None:
            return None
        positions = {self._list, *({self._columns.id} - {None}), *self._columns.others.values()}
        return [name for at, name in enumerate(self._schema.names) if at in positions]

    def _block(self, batch: Any, first: int) -> RowBlock:
        def column(at: int) -> Any:
            return batch.column(batch.schema.get_field_index(self._schema.names[at]))

        def texts(at: int) -> list[str]:
            return ["" if cell is None else str(cell) for cell in column(at).to_pylist()]

        if self._list is not None:
            name, length = self._schema.names[self._list], self.outcomes or 0
            values = rows_of_lists(self._arrow, self.name, column(self._list), name, length, first)
        else:
            values = np.stack([self._numbers(column(at), at, first) for at in self._columns.outcomes], axis=1)
        return RowBlock(values, first, numbered(first), self.labels, *self._columns.cells_asked_for(texts))

    def _numbers(self, column: Any, index: int, first: int) -> Any:
        if column.null_count:
            row = first + int(np.argmax(column.is_null().to_numpy(zero_copy_only=False)))
            place = Place.nth("row", row).then(repr(self._schema.names[index]))
            raise self._source.unreadable("there is no number", place=place)
        return column.to_numpy(zero_copy_only=False)
