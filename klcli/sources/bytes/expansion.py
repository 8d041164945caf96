"""The limit on what a compressed file may expand to, so that a small one cannot fill the memory: --max-expand.

Expanded bytes are counted as they are read, not taken from a header; except for members of an .npz and columns of
Parquet, whose libraries read no more than their headers say.
"""

import io
import os
import re
import zlib
from collections.abc import Callable
from math import inf
from typing import IO, Any, NamedTuple

from klcli.errors import Unreadable, UsageError
from klcli.support.sentence import Option, Sentence

__all__ = ["DEFAULT_EXPANSION", "MAX_EXPAND", "Counted", "Expansion", "expanded", "limited", "parse_expansion"]

_FREE = 4 << 20  # bytes that no ratio forbids: they take about as long as the start of kl
_PART = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(x|×|[kmgt]i?b?|b)\s*", re.IGNORECASE)
_POWERS = {"b": 0, "k": 1, "m": 2, "g": 3, "t": 4}


class Expansion(NamedTuple):
    """A limit on expanded bytes: `ratio` for each compressed byte, and `size` in all; inf removes a limit."""

    ratio: float
    size: float

    def allowed(self, compressed: int, free: int = _FREE) -> float:
        """Returns the number of bytes that `compressed` bytes may expand to; the ratio allows `free` in any case."""
        return min(self.size, max(free, self.ratio * compressed))

    def check(self, name: str, compressed: int, size: float, free: int = _FREE) -> None:
        """Refuses expanded bytes.

        Raises:
            Unreadable: `size` bytes are more than `compressed` bytes may expand to.
        """
        if size > self.allowed(compressed, free):
            raise self.refusal(name, compressed, free)

    def refusal(self, name: str, compressed: int, free: int = _FREE) -> Unreadable:
        """Returns the error for a source; `compressed` is the number of compressed bytes read so far."""
        allowed = self.allowed(compressed, free)
        by = f"{self.ratio:g} times its {compressed:,} bytes" if allowed == self.ratio * compressed else "the most"
        return Unreadable(
            f"expands to more than {allowed:,.0f} bytes, {by} that --max-expand allows",
            place=name,
            hint=Sentence("if you trust the file, allow more, as with ", Option("--max-expand", "8GiB"), ", or none"),
        )


MAX_EXPAND = "100x,4GiB"


def parse_expansion(text: str) -> Expansion:
    """Returns the limit in a text: "100x", "4GiB", both with a comma between, or "none"; an omitted part sets no limit.

    Raises:
        UsageError: the text is not such a limit.
    """
    if text.strip().lower() == "none":
        return Expansion(inf, inf)
    found = {"ratio": inf, "size": inf}
    for part in text.split(","):
        match = _PART.fullmatch(part)
        number = float(match[1]) if match else 0.0
        if match is None or number == 0:
            raise UsageError(
                f"{text!r} is not a limit on what a file may expand to", hint=f"as in {MAX_EXPAND}, or none"
            )
        unit = match[2].lower()
        if unit in ("x", "×"):
            found["ratio"] = number
        else:
            found["size"] = number * (1024 if unit[1:] in ("", "i", "ib") else 1000) ** _POWERS[unit[0]]
    return Expansion(**found)


DEFAULT_EXPANSION = parse_expansion(MAX_EXPAND)


def expanded(module: Any, name: str, data: bytes, limit: Expansion) -> bytes:
    """Returns the expanded bytes of all compressed streams in `data`, which follow each other.

    Raises:
        Unreadable: they exceed the limit. EOFError: the data are truncated. Other errors are those of the module.
    """
    begin, compressed = _decompressor(module), len(data)
    most = int(min(limit.allowed(compressed), 2.0**62)) + 1
    parts: list[bytes] = []
    while data or not parts:
        decompressor = begin()
        try:
            part = decompressor.decompress(data, most)
        except (OSError, getattr(module, "LZMAError", OSError)):
            if parts:  # bytes after the last stream, which bz2 and lzma ignore
                break
            raise
        parts.append(part)
        most -= len(part)
        if most <= 0:
            raise limit.refusal(name, compressed)
        if not decompressor.eof:
            raise EOFError("the compressed data end too early")
        data = decompressor.unused_data.lstrip(b"\0") if module.__name__ == "gzip" else decompressor.unused_data
    return parts[0] if len(parts) == 1 else b"".join(parts)


def limited(stream: Any, name: str, compressed: Callable[[], int], limit: Expansion) -> IO[bytes]:
    """Returns a stream of expanded bytes whose reads raise an error beyond the limit.

    Args:
        compressed: returns the number of compressed bytes, or of those read so far.

    Raises:
        Unreadable: on a read beyond the limit.
    """
    return io.BufferedReader(_Limited(stream, name, compressed, limit))


class Counted(io.RawIOBase):
    """A stream that counts the bytes read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken: int = self._stream.readinto1(buffer)  # type: ignore[attr-defined]
        self.count += taken
        return taken


class _Limited(io.RawIOBase):
    def __init__(self, stream: Any, name: str, compressed: Callable[[], int], limit: Expansion) -> None:
        self._stream, self._name, self._compressed, self._limit = stream, name, compressed, limit
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken: int = self._stream.readinto(buffer)
        self._count += taken
        self._limit.check(self._name, self._compressed(), self._count)
        return taken

    def seekable(self) -> bool:
        return bool(self._stream.seekable())

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._count = self._stream.seek(offset, whence)
        return self._count

    def close(self) -> None:
        self._stream.close()
        super().close()


def _decompressor(module: Any) -> Callable[[], Any]:
    """Returns the constructor of a decompressor of one stream, by the module of its format."""
    if module.__name__ == "gzip":
        return lambda: zlib.decompressobj(16 + zlib.MAX_WBITS)
    names = ("BZ2Decompressor", "LZMADecompressor", "ZstdDecompressor")
    found: Callable[[], Any] = next(getattr(module, name) for name in names if hasattr(module, name))
    return found
