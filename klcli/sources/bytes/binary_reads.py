"""Reads a known number of bytes from a stream."""

import os
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["bytes_of", "read_array", "read_into", "read_up_to", "skip"]

_PIECE = 1 << 20  # bytes
_BELIEVED = 1 << 26  # bytes that are allocated before they arrive


def skip(stream: IO[bytes], count: int) -> None:
    """Skips `count` bytes, also in a stream that cannot seek."""
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


def read_up_to(stream: IO[bytes], count: int) -> bytearray:
    """Returns `count` bytes, or all that the stream holds; allocates only what arrives, as `count` may be corrupt."""
    found = bytearray()
    while count > 0 and (part := stream.read(min(count, _PIECE))):
        found += part
        count -= len(part)
    return found


def read_array(stream: IO[bytes], count: int) -> NDArray[np.uint8]:
    """Returns `count` bytes, or all that the stream holds, as an array that may be written to; see `read_up_to`."""
    if count > _BELIEVED:
        return np.frombuffer(read_up_to(stream, count), np.uint8)
    values = np.empty(count, dtype=np.uint8)
    return values[: read_into(stream, bytes_of(values))]


def bytes_of(values: NDArray[Any]) -> memoryview:
    """Returns the memory of a contiguous array as bytes."""
    held: Any = values.view(np.uint8)
    return memoryview(held).cast("B")
