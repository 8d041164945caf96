"""The values of all pairs of rows, read by slices: the first 64 MiB are held in memory, the others in a file.

A megabyte may hold 5,790 short rows, whose values take 256 MiB.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import IO, Protocol

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.core.matrix.all_pairs import AllPairs

__all__ = ["Matrix", "PairValues", "row_blocks"]

_IN_MEMORY = 1 << 26  # bytes
_AT_ONCE = 1 << 20  # values of a block of rows
_Slices = slice | tuple[slice, slice]


class Matrix(Protocol):
    """A square array, or what is read as one, a few rows at a time."""

    def __len__(self) -> int: ...
    def __getitem__(self, where: _Slices, /) -> Array: ...
    def __mul__(self, factor: float, /) -> "Matrix": ...


def row_blocks(values: Matrix) -> Iterator[tuple[slice, Array]]:
    """Yields where a block of rows of about 8 MiB stands, and its values."""
    count = len(values)
    size = max(1, _AT_ONCE // max(1, count))
    for start in range(0, count, size):
        where = slice(start, min(start + size, count))
        yield where, values[where]


@dataclass(frozen=True, slots=True, eq=False)
class PairValues:
    """The values of all pairs of rows in nats, times a factor, the rows and the columns in any order."""

    _tiles: "_Tiles"
    _factor: float = 1.0
    _order: Index | None = None

    @classmethod
    def of(cls, pairs: AllPairs, *, in_memory: int = _IN_MEMORY) -> "PairValues":
        """Returns the values of all pairs of rows of one table, computed now.

        Args:
            in_memory: Bytes of values that are held in memory; a temporary file holds the others.
        """
        return cls(_Tiles(pairs, in_memory))

    def __len__(self) -> int:
        return self._tiles.count

    def __mul__(self, factor: float) -> "PairValues":
        return replace(self, _factor=self._factor * factor)

    def ordered(self, order: Index) -> "PairValues":
        """Returns the values with the rows, and the columns, in another order."""
        return replace(self, _order=order)

    def __getitem__(self, where: _Slices) -> Array:
        every = range(len(self))
        rows, columns = (every[each] for each in (where if isinstance(where, tuple) else (where, slice(None))))
        if self._order is None:
            values = self._tiles.read(rows, columns)
        else:
            places = self._order[rows.start : rows.stop].tolist()
            lines = np.concatenate([self._tiles.read(range(place, place + 1), every) for place in places])
            values = lines[:, self._order[columns.start : columns.stop]]
        return values if self._factor == 1.0 else np.multiply(values, self._factor, out=values)


class _Tiles:
    """Square blocks of values, each in memory or in one piece of a temporary file."""

    def __init__(self, pairs: AllPairs, in_memory: int) -> None:
        self.count, self._size = len(pairs.x), pairs.size
        self._room: float = in_memory
        self._file: IO[bytes] | None = None
        self._tiles = {
            (block.rows.start, block.columns.start): self._placed(np.ascontiguousarray(block.values))
            for block in pairs.blocks()
        }

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def read(self, rows: range, columns: range) -> Array:
        """Returns the values of rows and columns."""
        found, size = np.empty((len(rows), len(columns))), self._size
        for top in range(rows.start - rows.start % size, rows.stop, size):
            first, last = max(rows.start, top), min(rows.stop, top + size)
            into = found[first - rows.start : last - rows.start]
            for left in range(columns.start - columns.start % size, columns.stop, size):
                lines = self._lines(top, left, slice(first - top, last - top))
                start, stop = max(columns.start, left), min(columns.stop, left + size)
                into[:, start - columns.start : stop - columns.start] = lines[:, start - left : stop - left]
        return found

    def _lines(self, top: int, left: int, lines: slice) -> Array:
        """Returns rows of a block."""
        tile = self._tiles[top, left]
        if not isinstance(tile, int):
            return tile[lines]
        assert self._file is not None
        width = min(self._size, self.count - left)
        found = np.empty((lines.stop - lines.start, width))
        self._file.seek(tile + lines.start * width * found.itemsize)
        self._file.readinto(found.data)  # type: ignore[attr-defined]  # as every binary file has
        return found

    def _placed(self, values: Array) -> Array | int:
        """Returns the values, or where they stand in the file."""
        if values.nbytes > self._room:
            try:
                if self._file is None:
                    from tempfile import TemporaryFile  # here, as importing it takes 5 ms

                    self._file = TemporaryFile()  # noqa: SIM115  # it lives as long as the values
                start = self._file.seek(0, 2)
                self._file.write(values.data)
                self._file.flush()
                return start
            except OSError:  # there is no folder for it, or no space: memory holds the rest
                self._room = inf
        self._room -= values.nbytes
        return values
