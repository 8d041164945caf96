"""Rows of an array that lies in a file: read block by block at their place, in whatever byte order and layout."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from math import prod
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from klcli.errors import Unreadable
from klcli.notes import Note
from klcli.sources.bytes.byte_source import Origin, bytes_of, read_into, skip
from klcli.sources.rows.row_source import RowBlock, RowSource, numbered

__all__ = ["Layout", "MatrixRows", "widened"]

_FORTRAN = 1 << 26  # bytes that are read at once where rows lie across the file


@dataclass(frozen=True, slots=True)
class Layout:
    """How an array lies in a stream of bytes.

    Attributes:
        offset: of its first byte. shape: two dimensions or more, the last of outcomes; the others are rows.
        dtype: of its elements, byte order included. is_bfloat16: each is the upper half of a float32.
        is_fortran: whether the first index runs fastest.
    """

    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_bfloat16: bool = False
    is_fortran: bool = False

    @property
    def size(self) -> int:
        """Its bytes."""
        return prod(self.shape) * self.dtype.itemsize


class MatrixRows(RowSource):
    """The rows of one array; `name` is that of the source, with the array's where there are several.

    Args:
        opening: returns the stream in which the layout holds, from its start.

    Raises:
        Unreadable: an array of such a shape has no rows of outcomes.
    """

    def __init__(
        self, origin: Origin, name: str, layout: Layout, opening: Callable[[], IO[bytes]], notes: tuple[Note, ...] = ()
    ) -> None:
        shape = layout.shape
        if len(shape) < 2:
            raise Unreadable(
                f"{name}: an array of shape {shape}, but rows of distributions need two dimensions or more",
                hint="kl compute compares two distributions",
            )
        if not prod(shape):
            raise Unreadable(f"{name}: empty: an array of shape {shape}")
        if layout.is_fortran and len(shape) > 2:
            raise Unreadable(
                f"{name}: an array of shape {shape} in Fortran order, of which only two dimensions are read",
                hint="save it with numpy.ascontiguousarray",
            )
        self.name, self.notes = name, notes
        self.outcomes: int = shape[-1]
        self.count: int = prod(shape[:-1])
        self._origin, self._layout, self._open = origin, layout, opening

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        read = self._across if self._layout.is_fortran else self._along
        with self._origin.reading(), closing(self._open()) as stream:
            for first, values in read(stream, rows):
                yield RowBlock(widened(values, self._layout), first, numbered(first))

    def _along(self, stream: IO[bytes], rows: int) -> Iterator[tuple[int, NDArray[Any]]]:
        layout = self._layout
        skip(stream, layout.offset)
        for first in range(0, self.count, rows):
            shape = (min(rows, self.count - first), self.outcomes)
            values = np.empty(shape, dtype=layout.dtype)
            came = read_into(stream, bytes_of(values))
            if came < values.nbytes:
                raise self._truncated(first + came // (self.outcomes * layout.dtype.itemsize))
            yield first, values

    def _across(self, stream: IO[bytes], rows: int) -> Iterator[tuple[int, NDArray[Any]]]:
        """In Fortran order: a slice of each column, for as many rows at once as repay the way through the file."""
        layout, size = self._layout, self._layout.dtype.itemsize
        together = max(rows, _FORTRAN // (self.outcomes * size))
        for begin in range(0, self.count, together):
            held = np.empty((self.outcomes, min(together, self.count - begin)), dtype=layout.dtype)
            for column in range(self.outcomes):
                stream.seek(layout.offset + (column * self.count + begin) * size)
                if read_into(stream, bytes_of(held[column])) < held[column].nbytes:
                    raise self._truncated(0)
            for first in range(0, held.shape[1], rows):
                yield begin + first, np.ascontiguousarray(held[:, first : first + rows].T)

    def _truncated(self, rows: int) -> Unreadable:
        return Unreadable(f"{self.name}: truncated: it ends after {rows:,} of {self.count:,} rows")


def widened(values: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Returns bfloat16 as the float32 that it is the upper half of; other values as they are."""
    if not layout.is_bfloat16:
        return values
    return (values.astype(np.uint32) << np.uint32(16)).view(np.float32)
