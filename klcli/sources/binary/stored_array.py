"""One array in a file: its layout, and its values whole, memory-mapped where possible."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import prod
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.real_numbers import BFLOAT16, widened
from klcli.errors import Unreadable
from klcli.notes import Note
from klcli.sources.bytes.binary_reads import bytes_of, read_into, skip
from klcli.sources.bytes.files import Path

__all__ = ["Layout", "StoredArray", "as_float32"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How an array lies in a stream of bytes.

    Attributes:
        offset: of its first byte. shape: the last axis is the outcomes.
        dtype: of its elements, byte order included. is_bfloat16: True if each is the upper half of a float32.
        is_fortran: True if the first index varies fastest.
    """

    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    is_bfloat16: bool = False
    is_fortran: bool = False

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return prod(self.shape) * self.dtype.itemsize

    @property
    def end(self) -> int:
        """The offset of the byte after its last one."""
        return self.offset + self.size


@dataclass(frozen=True, slots=True)
class StoredArray:
    """One array in a file.

    Attributes:
        name: for messages. layout: in the stream that `open` gives.
        open: opens that stream, and converts errors of reading it.
        path: of a file in which the array lies at the offset of the layout, so that it can be mapped; else None.
        notes: what was assumed.
    """

    name: str
    layout: Layout
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    path: Path | None = None
    notes: tuple[Note, ...] = ()

    def load(self) -> NDArray[Any]:
        """Returns the whole array, of its shape; bfloat16 as float32.

        Raises:
            Unreadable: the file ends within the array.
        """
        layout = self.layout
        order: Any = "F" if layout.is_fortran else "C"
        if not layout.size:
            values = np.empty(layout.shape, dtype=layout.dtype)
        elif self.path is not None:
            try:
                values = np.memmap(self.path, layout.dtype, "r", layout.offset, layout.shape, order)
            except (OSError, ValueError):
                raise Unreadable("it changed while it was read", place=self.name) from None
        else:
            try:
                flat = np.empty(prod(layout.shape), dtype=layout.dtype)  # memory is committed as it is filled
            except (MemoryError, ValueError):
                raise Unreadable(
                    f"an array of shape {layout.shape} does not fit into memory", place=self.name
                ) from None
            with self.open() as stream:
                skip(stream, layout.offset)
                came = read_into(stream, bytes_of(flat))
            if came < layout.size:
                raise Unreadable(f"truncated: it has {came:,} bytes of {layout.size:,}", place=self.name)
            values = flat.reshape(layout.shape, order=order)
        return as_float32(values, layout)

    def refuse_truncated(self, size: int) -> None:
        """Refuses an array that ends beyond the end of its file.

        Raises:
            Unreadable: it does.
        """
        if size < self.layout.end:
            raise Unreadable(
                f"truncated: it has {size:,} bytes, but an array of shape {self.layout.shape} ends at "
                f"byte {self.layout.end:,}",
                place=self.name,
            )

    def refuse_all_but_numbers(self) -> None:
        """Refuses an array whose elements are not real numbers.

        Raises:
            Unreadable: they are not.
        """
        dtype = self.layout.dtype
        if dtype.kind not in "iufb":
            raise Unreadable(f"an array of {dtype}, not of numbers", place=self.name)


def as_float32(values: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Returns bfloat16 as float32; other values unchanged."""
    return widened(values.astype(np.uint16, copy=False).view(BFLOAT16)) if layout.is_bfloat16 else values
