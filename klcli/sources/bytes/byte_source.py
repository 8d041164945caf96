"""Byte sources: a file that can be opened again and again, or a stream that can be read once.

Compressed bytes are decompressed as they are read. Nothing is memory-mapped here: pages of a mapped file count as
memory of the process, so a large file would seem to be held.
"""

import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any, cast

from klcli.errors import Place, Unreadable
from klcli.sources.bytes.compression import (
    COMPRESSIONS,
    compression_errors,
    compression_of,
    decompress,
    not_whole,
    open_decompressed,
    open_decompressed_stream,
)
from klcli.sources.bytes.encoding import HEAD, is_marked_utf16
from klcli.sources.bytes.expansion import DEFAULT_EXPANSION, Expansion
from klcli.sources.bytes.files import (
    STREAM_CACHE,
    Path,
    is_stream,
    read_stream,
    read_whole,
    reason,
    refuse_unreadable,
    shown_name,
    split_table,
)

__all__ = ["ByteSource", "suffix_of"]

_HEAD = 64  # bytes that identify a format
_COMPRESSED = tuple(COMPRESSIONS)
_UTF8_HINT = "convert it, as with iconv -f latin1 -t utf-8"


class ByteSource:
    """The bytes of a file, of a stream, or of memory.

    Attributes:
        name: for messages; "stdin" for standard input. table: in a file that holds several: that of "x.db#table".
        path, size: of an uncompressed regular file, so that it can be mapped, and its bytes; else None and 0.
        is_stream: True if it can be read only once. limit: on what its compressed parts may expand to.

    Raises:
        Unreadable: the path does not exist, or is a directory or a device.
    """

    def __init__(self, word: Path, status: os.stat_result | None = None, limit: Expansion = DEFAULT_EXPANSION) -> None:
        """Refers to a path, or to standard input if the word is "-"; a `status` that is known is not asked for."""
        self.name = os.fspath(word)
        self.table = ""
        self.path: Path | None = None
        self.size = 0
        self.limit = limit
        self._word = word
        self._compression = ""
        self._data: bytes | None = None
        self._stream: IO[bytes] | None = None
        if self.name == "-":
            self.name, self.is_stream = "stdin", True
            return
        if "#" in self.name:
            word, self.table = split_table(word)
            self._word = word
        status = refuse_unreadable(word, status)
        self.is_stream = is_stream(word, status)
        if self.is_stream:
            self.name = shown_name(word)
            return
        if self.file.lower().endswith(_COMPRESSED):
            self._compression = os.path.splitext(self.file)[1].lower()  # empty for ".gz", which is a name
        if not self._compression:
            self.path, self.size = word, status.st_size

    @classmethod
    def from_bytes(cls, name: str, data: bytes, limit: Expansion = DEFAULT_EXPANSION) -> "ByteSource":
        """Returns a source of bytes that are in memory."""
        source = cls.__new__(cls)
        source.name, source.path, source.size, source.is_stream = name, None, 0, False
        source.limit, source.table = limit, ""
        source._word, source._compression, source._data, source._stream = name, "", data, None
        return source

    @property
    def suffix(self) -> str:
        """The suffix in lower case, without that of a compression; empty for a stream."""
        return "" if self.is_stream else suffix_of(self.file)

    @property
    def file(self) -> str:
        """The path, without the name of a table."""
        return os.fspath(self._word)

    @property
    def data(self) -> bytes:
        """All bytes, decompressed; read when first asked for, then held.

        Raises:
            Unreadable: they cannot be read to their end, or do not decompress.
        """
        if self._data is None:
            self._data = self._read_all()
        return self._data

    def text(self) -> str:
        """Returns the whole text: UTF-8, or UTF-16 with a byte order mark.

        Raises:
            Unreadable: it is neither; the message gives the line.
        """
        is_utf16 = is_marked_utf16(self.name, self.data[:HEAD])
        try:
            return self.data.decode("utf-16" if is_utf16 else "utf-8-sig")
        except UnicodeDecodeError as error:
            if is_utf16:
                raise self.unreadable("not valid UTF-16, though it begins with its byte order mark") from None
            line = self.data.count(b"\n", 0, error.start) + 1
            found = f"byte 0x{self.data[error.start]:02x} is not UTF-8"
            raise self.unreadable(found, place=Place(line=line), hint=_UTF8_HINT) from None

    def head(self) -> bytes:
        """Returns the first bytes, without consuming them."""
        if self._is_in_memory():
            return self.data[:_HEAD]
        if self.is_stream:
            return cast("io.BufferedReader", self._opened_stream()).peek(_HEAD)[:_HEAD]
        with self.opened() as stream:
            return stream.read(_HEAD)

    def open(self) -> IO[bytes]:
        """Returns the decompressed bytes from the start, as a stream.

        Raises:
            Unreadable: it cannot be opened, or is a stream that was read before.
        """
        if self._is_in_memory():
            return io.BytesIO(self.data)
        if self.is_stream:
            stream, self._stream = self._opened_stream(), _SPENT
            if stream is _SPENT:
                raise self.unreadable("can be read only once", hint="save it to a file")
            return stream
        try:
            if self._compression:
                return open_decompressed(self._word, self._compression, self.limit)
            return open(self._word, "rb")
        except OSError as error:
            raise self.unreadable(reason(error)) from None

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Opens the bytes for reading inside a `with` block; errors as of `open` and `reading`."""
        with self.reading(), closing(self.open()) as stream:
            yield stream

    @contextmanager
    def text_stream(self) -> Iterator[io.TextIOWrapper]:
        """Opens the text for reading line by line: UTF-8, or UTF-16 with a byte order mark.

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
            raise self.unreadable(found, hint=_UTF8_HINT) from None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Converts errors of reads inside the block into Unreadable, with the name of the source.

        Raises:
            Unreadable: bytes cannot be read, or do not decompress.
        """
        errors = compression_errors(self.name, self._compression) if self._compression else (EOFError, zlib.error)
        try:
            yield
        except errors as error:
            raise not_whole(self.name, self._compression) from error
        except OSError as error:
            if self._compression and error.errno is None:
                raise not_whole(self.name, self._compression) from error
            raise self.unreadable(reason(error)) from None

    def unreadable(self, found: str, *, place: Place | None = None, hint: str | None = None) -> Unreadable:
        """Returns the error that says what is wrong with this source."""
        return Unreadable(found, place=Place(self.name).then(place or Place()), hint=hint)

    def _is_in_memory(self) -> bool:
        return self._data is not None or (self.is_stream and os.fspath(self._word) in STREAM_CACHE)

    def _read_all(self) -> bytes:
        if not self.is_stream:
            data = read_whole(self._word, self.size)
            return decompress(self.name, data, self._compression, self.limit) if self._compression else data
        if self._stream is not None:
            with self.opened() as stream:
                return stream.read()
        data = read_stream(self._word)
        compression = compression_of(data)
        return decompress(self.name, data, compression, self.limit) if compression else data

    def _opened_stream(self) -> IO[bytes]:
        """Returns the stream, opened once, so that a look at its head loses nothing."""
        if self._stream is None:
            try:
                raw: Any = sys.stdin.buffer if os.fspath(self._word) == "-" else open(self._word, "rb")  # noqa: SIM115
            except OSError as error:
                raise self.unreadable(reason(error)) from None
            stream = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
            self._compression = compression_of(stream.peek(_HEAD))
            if self._compression:
                stream = open_decompressed_stream(self.name, stream, self._compression, self.limit)
            self._stream = stream
        return self._stream


def suffix_of(path: Path) -> str:
    """Returns the suffix of a path in lower case, without that of a compression."""
    stem, suffix = os.path.splitext(path)
    if suffix.lower() in COMPRESSIONS:
        suffix = os.path.splitext(stem)[1]
    return suffix.lower()


_SPENT = cast("IO[bytes]", object())
