"""The bytes of a stream as they arrive: what is there is taken at once, and nothing is waited for that may not come.

A pipe holds 64 KiB, and gives no more at a time: a hundred lines of JSON, for which a comparison is hardly worth its
start. So it is asked again, as long as there is more.
"""

import io
import select
from collections.abc import Iterator
from typing import IO, Any

__all__ = ["arriving"]

_MUCH = 1 << 14  # bytes: who wrote so many at once may be waiting for room to write on
_PATIENCE = 0.001  # seconds for that


def arriving(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """Yields what is there of a stream that can be peeked into, up to so many bytes, as soon as there is any."""
    source: Any = stream
    while True:
        parts = [source.read1(size)]
        left = size - len(parts[0])
        while parts[-1] and left > 0 and _has_more(source, _PATIENCE if len(parts[-1]) >= _MUCH else 0.0):
            parts.append(source.read1(left))
            left -= len(parts[-1])
        yield b"".join(parts)
        if not parts[-1]:  # not asked again: a terminal would go on
            return


def _has_more(stream: Any, patience: float) -> bool:
    """Whether a read gives something, or the end, within so many seconds; no where that cannot be known."""
    source = getattr(stream, "raw", None)
    if not isinstance(source, io.FileIO):  # what is decompressed may need more than has come
        return False
    try:
        return bool(select.select([source], [], [], patience)[0])
    except (OSError, ValueError):  # no pipe, or too high a number for select
        return False
