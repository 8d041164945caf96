"""Rows of tables: made from arrays when they are read, read in blocks, and read as records.

A matrix has a million values, so a format writes a block of rows before it reads the next.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, overload

from klcli.core.arithmetic.types import Array
from klcli.core.matrix.pair_values import Matrix

__all__ = ["Cell", "MadeRows", "NumberRows", "Records", "Row", "columns_of", "in_blocks", "slices"]

Cell: TypeAlias = str | float | int | None
Row: TypeAlias = tuple[Cell, ...]

_BLOCK, _WIDE_BLOCK = 1 << 14, 1 << 18  # cells that are read at once
_ROWS = 512  # of a wide table, each of whose columns takes some calls a block


def in_blocks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yields the rows in blocks of about 16,384 cells, of a wide table at most 262,144."""
    return (rows[at] for at in slices(rows))


def slices(rows: Sequence[Row]) -> Iterator[slice]:
    """Yields where these blocks stand."""
    width = len(rows) if isinstance(rows, NumberRows) else max(1, len(rows[0])) if rows else 1
    size = max(1, _BLOCK // width, min(_ROWS, _WIDE_BLOCK // width))
    return (slice(start, min(start + size, len(rows))) for start in range(0, len(rows), size))


def columns_of(rows: Sequence[Row], at: slice, shown: Sequence[int]) -> list[Sequence[Cell]]:
    """Returns the cells of some columns of a slice of rows, by column."""
    if isinstance(rows, NumberRows):
        return rows.columns(at, shown)
    block = rows[at]
    return [[row[index] for row in block] for index in shown]


class MadeRows(Sequence[Row]):
    """Rows that are made when they are read, and not kept.

    Args:
        count: Number of rows. columns: Returns the cells of a range of rows, column by column.
    """

    def __init__(self, count: int, columns: Callable[[range], Sequence[Sequence[Cell]]]) -> None:
        self._numbers, self._columns = range(count), columns

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, where: int) -> Row: ...
    @overload
    def __getitem__(self, where: slice) -> Sequence[Row]: ...
    def __getitem__(self, where: int | slice) -> Row | Sequence[Row]:
        if isinstance(where, slice):
            return tuple(zip(*self._columns(self._numbers[where]), strict=True))
        number = self._numbers[where]
        return self[number : number + 1][0]

    def __iter__(self) -> Iterator[Row]:
        for block in in_blocks(self):
            yield from block


class NumberRows(MadeRows):
    """Rows of a matrix, which is read when they are: numbers, behind a name where there are names."""

    def __init__(self, values: Matrix, names: Sequence[str] = ()) -> None:
        super().__init__(len(values), lambda at: self._cells(slice(at.start, at.stop)))
        self.values, self.names = values, names

    def blocks(self) -> Iterator[tuple[Sequence[str], Array]]:
        """Yields the names and the numbers of some rows after others."""
        return ((self.names[at], self.values[at]) for at in slices(self))

    def _cells(self, at: slice) -> list[Sequence[Cell]]:
        return [*([self.names[at]] if self.names else []), *self.values[at].T.tolist()]

    def columns(self, at: slice, shown: Sequence[int]) -> list[Sequence[Cell]]:
        """Returns the cells of some columns of a slice of rows, by column; reads no more than these."""
        first = bool(self.names)
        numbers = [index - first for index in shown if index >= first]
        start = min(numbers, default=0)
        values = self.values[at, start : max(numbers, default=-1) + 1].T
        return [self.names[at] if index < first else values[index - first - start].tolist() for index in shown]


class Records(Sequence[dict[str, Cell]]):
    """Rows as mappings, each made when it is read."""

    def __init__(self, keys: Sequence[str], rows: Sequence[Row]) -> None:
        self.keys, self.rows = keys, rows

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, where: int) -> dict[str, Cell]: ...
    @overload
    def __getitem__(self, where: slice) -> "Records": ...
    def __getitem__(self, where: int | slice) -> "dict[str, Cell] | Records":
        if isinstance(where, slice):
            return Records(self.keys, self.rows[where])
        return dict(zip(self.keys, self.rows[where], strict=True))

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        return (dict(zip(self.keys, row, strict=True)) for row in self.rows)
