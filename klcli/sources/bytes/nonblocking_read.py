"""Reads of a live stream: return what has arrived, and never wait for bytes that may not come.

A pipe returns at most 64 KiB per read, about a hundred lines of JSON, too few to repay the cost of a comparison. So
it is read again as long as more has arrived.
"""

import io
import select
from collections.abc import Iterator
from typing import IO, Any

__all__ = ["available_chunks"]

_MUCH = 1 << 14  # bytes: a writer of more at once may be blocked on a full pipe
_PATIENCE = 0.001  # seconds to wait for such a writer


def available_chunks(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yields what has arrived in a buffered stream, at most `size` bytes at a time, as soon as there is any."""
    source: Any = stream
    while True:
        parts = [source.read1(size)]
        left = size - len(parts[0])
        while parts[-1] and left > 0 and _has_more(source, _PATIENCE if len(parts[-1]) >= _MUCH else 0.0):
            parts.append(source.read1(left))
            left -= len(parts[-1])
        yield b"".join(parts)
        if not parts[-1]:  # a terminal would continue after its end if read again
            return


def _has_more(stream: Any, patience: float) -> bool:
    """Returns True if a read would return within `patience` seconds; False where that cannot be known."""
    source = getattr(stream, "raw", None)
    if not isinstance(source, io.FileIO):  # a decompressor may need more bytes than have arrived
        return False
    try:
        return bool(select.select([source], [], [], patience)[0])
    except (OSError, ValueError):  # not a pipe, or a descriptor too high for select
        return False
