"""Rows of a table in a database: the columns of numbers are the outcomes."""

from collections.abc import Iterator, Sequence

import numpy as np

from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.numbers import cell_number
from klcli.sources.columns.row_columns import RowColumns
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import RowBlock, RowSource, numbered
from klcli.support.safe_text import shorten

__all__ = ["DatabaseRows"]


class DatabaseRows(RowSource):
    """The rows of a table that was fetched.

    Raises:
        Unreadable: there is no column of outcomes.
    """

    def __init__(
        self, source: ByteSource, query: RowQuery, names: Sequence[str], rows: Sequence[Sequence[object]]
    ) -> None:
        query.refuse_array(source.name)
        self.name = source.name
        self._source, self._names, self._rows = source, names, rows
        texts = [at for at, cell in enumerate(rows[0]) if cell is not None and cell_number(cell) is None]
        self._columns = RowColumns.found(query, names, texts)
        if not self._columns.outcomes:
            raise source.unreadable("there are no columns but those asked for by name")
        self.labels = tuple(names[index] for index in self._columns.outcomes)
        self.outcomes, self.count = len(self.labels), len(rows)
        self.columns = tuple(self._columns.others)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        for first in range(0, len(self._rows), rows):
            block = self._rows[first : first + rows]
            numbers = [[self._number(cells, at, first + row) for at in self._columns.outcomes]
                       for row, cells in enumerate(block)]  # fmt: skip
            texts = [["" if cell is None else str(cell) for cell in cells] for cells in block]
            yield RowBlock(
                np.array(numbers), first, numbered(first), self.labels, *self._columns.cells_asked_for(texts)
            )

    def _number(self, cells: Sequence[object], at: int, row: int) -> float:
        number = cell_number(cells[at])
        if number is not None:
            return number
        found = "there is no number" if cells[at] is None else f"{shorten(str(cells[at]))!r} is not a number"
        hint = None if cells[at] is None else f"if it names the rows, pass --id {self._names[at]!r}"
        raise self._source.unreadable(f"row {row + 1}: {self._names[at]!r}: {found}", hint=hint)
