"""Rows of a table in a database: the columns of numbers are the outcomes."""

from collections.abc import Iterator, Sequence

import numpy as np

from klcli.errors import Place
from klcli.sources.binary.parquet_columns import place
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.missing_numbers import no_number
from klcli.sources.columns.numbers import cell_number
from klcli.sources.columns.row_columns import RowColumns
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import RowBlock, RowSource, numbered
from klcli.support.text.safe_text import shorten

__all__ = ["DatabaseRows"]


class DatabaseRows(RowSource):
    """The rows of a table that was fetched.

    Raises:
        Unreadable: there is no column of outcomes. NotADistribution, of a block: a cell there is not a number.
    """

    def __init__(
        self, source: ByteSource, query: RowQuery, names: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> None:
        query.refuse_array(source.name)
        self.name = source.name
        self._rows = rows
        texts = RowColumns.texts(rows, lambda cell: cell_number(cell) is not None)
        self._columns = RowColumns.found(query, names, texts)
        if not self._columns.outcomes:
            raise source.unreadable("there are no columns but those asked for by name")
        self.labels: tuple[str, ...] = tuple(names[index] for index in self._columns.outcomes)
        self.outcomes, self.count = len(self.labels), len(rows)
        self.columns = tuple(self._columns.others)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        for first in range(0, len(self._rows), rows):
            block = self._rows[first : first + rows]
            numbers = [
                [self._number(cells[at], column, first + row) for column, at in enumerate(self._columns.outcomes)]
                for row, cells in enumerate(block)
            ]

            def texts(at: int, block: Sequence[Sequence[object]] = block) -> list[str]:
                return ["" if cells[at] is None else str(cells[at]) for cells in block]

            yield RowBlock(
                np.array(numbers), first, numbered(first), self.labels, *self._columns.cells_asked_for(texts)
            )

    def _number(self, cell: object, column: int, row: int) -> float:
        number = cell_number(cell)
        if number is not None:
            return number
        error = no_number(Place(self.name).then(place(row)).then(repr(shorten(self.labels[column]))), cell, None)
        raise self._columns.explained(error, column, self.labels)
