"""Reads of exactly so many bytes from a stream."""

import os
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["bytes_of", "read_into", "read_up_to", "skip"]

_PIECE = 1 << 20  # bytes


def skip(stream: IO[bytes], count: int) -> None:
    """Skips so many bytes, also in a stream that cannot seek."""
    if stream.seekable():
        stream.seek(count, os.SEEK_CUR)
        return
    while count > 0 and (came := len(stream.read(min(count, _PIECE)))):
        count -= came


def read_into(stream: IO[bytes], buffer: memoryview) -> int:
    """Fills a buffer, or as much of it as the stream holds; returns the number of bytes read."""
    filled = 0
    into = getattr(stream, "readinto", None)
    while filled < len(buffer):
        if into is None:
            some = stream.read(len(buffer) - filled)
            came = len(some)
            buffer[filled : filled + came] = some
        else:
            came = into(buffer[filled:])
        if not came:
            break
        filled += came
    return filled


def read_up_to(stream: IO[bytes], count: int) -> bytes:
    """Returns so many bytes, or all that the stream holds; allocates only what arrives, as `count` may be corrupt."""
    parts = []
    while count > 0 and (part := stream.read(min(count, _PIECE))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def bytes_of(values: NDArray[Any]) -> memoryview:
    """Returns the memory of a contiguous array as bytes."""
    held: Any = values.view(np.uint8)
    return memoryview(held).cast("B")
