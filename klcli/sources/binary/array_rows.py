"""Rows of an array in a file, read block by block, in any byte order and layout."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from klcli.errors import Place, Unreadable
from klcli.sources.binary.stored_array import StoredArray, as_float32
from klcli.sources.bytes.binary_reads import bytes_of, read_array, read_into, skip
from klcli.sources.formats.row_source import RowBlock, RowSource, numbered
from klcli.support.sentence import Command

__all__ = ["ArrayRows", "RowsByName"]

_FORTRAN = 1 << 26  # bytes read at once from an array in Fortran order


class ArrayRows(RowSource):
    """The rows of one array of two dimensions or more.

    Raises:
        Unreadable: the array is empty, does not hold numbers, or its shape or order has no rows that can be read.
    """

    def __init__(self, array: StoredArray) -> None:
        shape, name = array.layout.shape, array.name
        array.refuse_all_but_numbers()
        if len(shape) < 2:
            raise Unreadable(
                f"an array of shape {shape}, but rows of distributions need two dimensions or more",
                place=name,
                hint=Command("compute") + " compares two distributions",
            )
        if not prod(shape):
            raise Unreadable(f"empty: an array of shape {shape}", place=name)
        if array.layout.is_fortran and len(shape) > 2:
            raise Unreadable(
                f"an array of shape {shape} in Fortran order, which is read in two dimensions only",
                place=name,
                hint="save it with numpy.ascontiguousarray",
            )
        self.name, self.notes = name, array.notes
        self.outcomes: int = shape[-1]
        self.axes = shape[:-1]
        self.count: int = prod(self.axes)
        self._array, self._layout = array, array.layout

    @property
    def _labels_of_columns(self) -> Sequence[str] | None:
        return None if self.labels is None or len(self.labels) != self.outcomes else self.labels

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        read = self._in_fortran_order if self._layout.is_fortran else self._in_c_order
        with self._array.open() as stream:
            for first, values in read(stream, rows):
                yield RowBlock(as_float32(values, self._layout), first, numbered(first), self._labels_of_columns)

    def _in_c_order(self, stream: IO[bytes], rows: int) -> Iterator[tuple[int, NDArray[Any]]]:
        layout = self._layout
        skip(stream, layout.offset)
        for first in range(0, self.count, rows):
            count, size = min(rows, self.count - first), self.outcomes * layout.dtype.itemsize
            data = read_array(stream, count * size)
            if len(data) < count * size:
                raise self._truncated(first + len(data) // size)
            yield first, data.view(layout.dtype).reshape(count, self.outcomes)

    def _in_fortran_order(self, stream: IO[bytes], rows: int) -> Iterator[tuple[int, NDArray[Any]]]:
        """Reads a slice of each column, for as many rows at once as make up for the seeks."""
        layout, size = self._layout, self._layout.dtype.itemsize
        together = max(rows, _FORTRAN // (self.outcomes * size))
        for begin in range(0, self.count, together):
            try:
                held = np.empty((self.outcomes, min(together, self.count - begin)), dtype=layout.dtype)
            except (MemoryError, ValueError):
                raise Unreadable(
                    f"rows of {self.outcomes:,} outcomes do not fit into memory", place=self.name
                ) from None
            for column in range(self.outcomes):
                stream.seek(layout.offset + (column * self.count + begin) * size)
                if read_into(stream, bytes_of(held[column])) < held[column].nbytes:
                    raise self._truncated(0)
            for first in range(0, held.shape[1], rows):
                yield begin + first, np.ascontiguousarray(held[:, first : first + rows].T)

    def _truncated(self, rows: int) -> Unreadable:
        return Unreadable(f"truncated: it ends after {rows:,} of {self.count:,} rows", place=self.name)


class RowsByName(RowSource):
    """Arrays of one dimension and one length, each a row with the name of its array.

    Args:
        arrays: at least one, by name.

    Raises:
        Unreadable: an array is empty, or does not hold numbers.
    """

    def __init__(self, name: str, arrays: Mapping[str, StoredArray]) -> None:
        self.name, self._arrays = name, arrays
        for array in arrays.values():
            array.refuse_all_but_numbers()
        first = next(iter(arrays.values()))
        self.outcomes: int = first.layout.shape[0]
        self.count: int = len(arrays)
        if not self.outcomes:
            raise Unreadable("empty: an array of shape (0,)", place=first.name)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        names = list(self._arrays)
        values = np.stack([array.load() for array in self._arrays.values()])
        yield RowBlock(values, 0, lambda row: Place().then(names[row]), self.labels, names)
