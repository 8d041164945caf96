"""Where the bytes of rows come from: a file that can be opened again and again, or a stream that comes by once.

What is compressed is decompressed as it is read. Nothing is mapped: pages of a mapped file count as memory of the
process, so that a large file would seem to be held.
"""

import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from klcli.errors import Unreadable
from klcli.sources.bytes.content import (
    COMPRESSIONS,
    HEAD,
    is_marked_utf16,
    is_stream,
    missing_file,
    reason,
    refuse_unreadable,
)
from klcli.sources.bytes.expansion import MAX_EXPAND, Counted, Expansion, limited, parse_expansion
from klcli.support.optional_package import need

__all__ = ["Origin", "bytes_of", "read_into", "read_up_to", "skip"]

_MAX_EXPAND = parse_expansion(MAX_EXPAND)
_HEAD = 64  # bytes that tell the format


class Origin:
    """A file or a stream of bytes.

    Attributes:
        name: for messages. suffix: without that of a compression, in small letters; empty for a stream.
        path, size: of a file that is not compressed, and its bytes; else None.
        is_stream: whether it can be read once only. limit: what compressed parts of it may expand to.

    Raises:
        Unreadable: there is no such file, or it cannot be opened.
    """

    def __init__(self, word: str, limit: Expansion = _MAX_EXPAND) -> None:
        self.name = "stdin" if word == "-" else word
        self.suffix = ""
        self.path: Path | None = None
        self.size: int | None = None
        self._path = Path(word)
        self._stream: IO[bytes] | None = None
        self._compression = ""
        self.limit = limit
        if word == "-":
            self._stream = self._decompressed(_peekable(sys.stdin.buffer))
        else:
            self._look_at(self._path)
        self.is_stream = self._stream is not None

    def _look_at(self, path: Path) -> None:
        try:
            exists = path.exists()
        except (OSError, ValueError):  # a name too long, or with a NUL, is no file
            exists = False
        if not exists:
            raise missing_file(path, "no such file", "an operand is a file of many rows, or - for standard input")
        refuse_unreadable(path)
        if is_stream(path):
            self._stream = self._decompressed(_peekable(self._opened()))
            return
        suffixes = [suffix.lower() for suffix in path.suffixes]
        if suffixes and suffixes[-1] in COMPRESSIONS:
            self._compression = suffixes.pop()
        else:
            self.path, self.size = path, path.stat().st_size
        self.suffix = suffixes[-1] if suffixes else ""

    def head(self) -> bytes:
        """Returns the first bytes, without taking them from a stream."""
        if self._stream is not None:
            return cast("io.BufferedReader", self._stream).peek(_HEAD)[:_HEAD]
        with self.reading(), self.open() as stream:
            return stream.read(_HEAD)

    def open(self) -> IO[bytes]:
        """Returns the bytes from the start; a stream is given once.

        Raises:
            Unreadable: it cannot be opened, or was read before.
        """
        if self._stream is not None:
            stream, self._stream = self._stream, _SPENT
            if stream is _SPENT:
                raise Unreadable(f"{self.name}: can be read once only", hint="save it to a file")
            return stream
        return self._opened()

    @contextmanager
    def text(self) -> Iterator[io.TextIOWrapper]:
        """Gives the text: UTF-8, or UTF-16 where it begins with a byte order mark.

        Raises:
            Unreadable: it is neither, or cannot be read.
        """
        is_utf16 = is_marked_utf16(self.name, self.head()[:HEAD])
        encoding = "utf-16" if is_utf16 else "utf-8-sig"
        try:
            with self.reading(), io.TextIOWrapper(self.open(), encoding, newline="") as stream:
                yield stream
        except UnicodeDecodeError as error:
            found = f"byte 0x{error.object[error.start]:02x} is not {'UTF-16' if is_utf16 else 'UTF-8'}"
            raise self.unreadable(found, hint="convert it, as with iconv -f latin1 -t utf-8") from None

    def _opened(self) -> IO[bytes]:
        try:
            if not self._compression:
                return open(self._path, "rb")
            size = os.stat(self._path).st_size
            stream = _module(self.name, self._compression).open(self._path, "rb")
        except OSError as error:
            raise Unreadable(f"{self.name}: {reason(error)}") from None
        return limited(stream, self.name, lambda: size, self.limit)

    def _decompressed(self, stream: io.BufferedReader) -> IO[bytes]:
        head = stream.peek(_HEAD)
        for suffix, (magic, _) in COMPRESSIONS.items():
            if head.startswith(magic):
                self._compression = suffix
                return self._expanded(Counted(stream))
        return stream

    def _expanded(self, stream: Counted) -> IO[bytes]:
        inner = _module(self.name, self._compression).open(io.BufferedReader(stream), "rb")
        return limited(inner, self.name, lambda: stream.count, self.limit)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turns what goes wrong with bytes that are read within into words.

        Raises:
            Unreadable: they cannot be read, or do not decompress.
        """
        own = ()
        if self._compression:
            module = _module(self.name, self._compression)
            own = tuple(getattr(module, error) for error in ("LZMAError", "ZstdError") if hasattr(module, error))
        try:
            yield
        except (EOFError, zlib.error, *own) as error:
            raise self._truncated() from error
        except OSError as error:
            if self._compression and error.errno is None:
                raise self._truncated() from error
            raise Unreadable(f"{self.name}: {reason(error)}") from None

    def _truncated(self) -> Unreadable:
        return Unreadable(
            f"{self.name}: not a whole {self._compression[1:]} file",
            hint="it may be truncated, or have the wrong suffix",
        )

    def unreadable(self, found: str, *, hint: str | None = None) -> Unreadable:
        """Returns the error that says what is wrong with this source."""
        return Unreadable(f"{self.name}: {found}", hint=hint)


_SPENT = cast("IO[bytes]", object())


def _peekable(stream: Any) -> io.BufferedReader:
    return stream if hasattr(stream, "peek") else io.BufferedReader(stream)


def _module(name: str, suffix: str) -> Any:
    return need(COMPRESSIONS[suffix][1], extra="zstd", purpose=f"{name}: reading {suffix}")


def skip(stream: IO[bytes], count: int) -> None:
    """Passes over so many bytes, also where the stream cannot seek."""
    if stream.seekable():
        stream.seek(count, os.SEEK_CUR)
        return
    while count > 0 and (taken := len(stream.read(min(count, 1 << 20)))):
        count -= taken


def read_into(stream: IO[bytes], buffer: memoryview) -> int:
    """Fills a buffer of bytes as far as the stream goes; returns how many came."""
    filled = 0
    into = getattr(stream, "readinto", None)
    while filled < len(buffer):
        if into is None:
            some = stream.read(len(buffer) - filled)
            taken = len(some)
            buffer[filled : filled + taken] = some
        else:
            taken = into(buffer[filled:])
        if not taken:
            break
        filled += taken
    return filled


def read_up_to(stream: IO[bytes], count: int) -> bytes:
    """Returns so many bytes, or those that there are; a count that is not to be trusted takes no memory."""
    parts = []
    while count > 0 and (part := stream.read(min(count, 1 << 20))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def bytes_of(values: NDArray[Any]) -> memoryview:
    """Returns the memory of an array that lies in one piece, as bytes."""
    held: Any = values.view(np.uint8)
    return memoryview(held).cast("B")
