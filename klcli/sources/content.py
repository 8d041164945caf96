"""The bytes of a source: from a file, a pipe or standard input, decompressed, and as text."""

import codecs
import os
import stat
import sys
import zlib
from pathlib import Path

from klcli.errors import Unreadable
from klcli.extras import need

__all__ = ["COMPRESSIONS", "Content", "is_stream", "read_file", "read_stdin"]


class Content:
    """What a reader is given.

    Attributes:
        name: of the source, for messages.
        path: where an uncompressed file stands, so that it can be mapped; else None.
    """

    def __init__(self, name: str, data: bytes | None = None, path: Path | None = None) -> None:
        self.name, self.path = name, path
        self._data = data

    @property
    def data(self) -> bytes:
        """The bytes, decompressed; those of a file are read when they are first asked for.

        Raises:
            Unreadable: the file cannot be read to its end.
        """
        if self._data is None:
            assert self.path is not None
            self._data = _bytes_of(self.path)
        return self._data

    def text(self) -> str:
        """Returns the text: UTF-8, or UTF-16 where it begins with a byte order mark.

        Raises:
            Unreadable: it is neither; the message gives the line.
        """
        is_utf16 = self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        try:
            return self.data.decode("utf-16" if is_utf16 else "utf-8-sig")
        except UnicodeDecodeError as error:
            if is_utf16:
                raise self.unreadable("not valid UTF-16, though it begins with its byte order mark") from None
            line = self.data.count(b"\n", 0, error.start) + 1
            raise self.unreadable(
                f"line {line}: byte 0x{self.data[error.start]:02x} is not UTF-8",
                hint="convert it, as with iconv -f latin1 -t utf-8",
            ) from None

    def unreadable(self, found: str, *, hint: str | None = None) -> Unreadable:
        """Returns the error that says what is wrong with this source."""
        return Unreadable(f"{self.name}: {found}", hint=hint)


# suffix, first bytes, the module that decompresses
COMPRESSIONS: dict[str, tuple[bytes, str]] = {
    ".gz": (b"\x1f\x8b", "gzip"),
    ".bz2": (b"BZh", "bz2"),
    ".xz": (b"\xfd7zXZ\x00", "lzma"),
    ".zst": (b"\x28\xb5\x2f\xfd", "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"),
}

_DESCRIPTORS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")  # regular files there, after <, have no name


def read_stdin() -> Content:
    """Returns what stands on standard input, decompressed where its first bytes say so."""
    return _sniffed("stdin", sys.stdin.buffer.read())


def read_file(path: Path) -> Content:
    """Returns the content of a file or a named pipe.

    Raises:
        Unreadable: it does not exist, may not be read, is a directory or a device, or does not decompress.
    """
    name = str(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Unreadable(f"{name}: a directory, not a file")
        if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and not _is_harmless(path)):
            raise Unreadable(f"{name}: a device, not a file")
    except OSError as error:
        raise Unreadable(f"{name}: {_reason(error)}") from None
    if is_stream(path):
        return _sniffed(name, _bytes_of(path))
    suffix = path.suffix.lower()
    if suffix not in COMPRESSIONS:
        return Content(name, path=path)
    return _decompressed(name, _bytes_of(path), suffix)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {_reason(error)}") from None


def is_stream(path: Path) -> bool:
    """Whether this is a pipe, a terminal or a redirection, which has no suffix that could tell what it holds."""
    try:
        return str(path).startswith(_DESCRIPTORS) or not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _sniffed(name: str, data: bytes) -> Content:
    for suffix, (magic, _) in COMPRESSIONS.items():
        if data.startswith(magic):
            return _decompressed(name, data, suffix)
    return Content(name, data)


def _decompressed(name: str, data: bytes, suffix: str) -> Content:
    module = need(COMPRESSIONS[suffix][1], extra="zstd", purpose=f"reading {suffix}")
    own_errors = [getattr(module, error) for error in ("LZMAError", "ZstdError") if hasattr(module, error)]
    try:
        return Content(name, module.decompress(data))
    except (EOFError, OSError, ValueError, zlib.error, *own_errors):
        raise Unreadable(
            f"{name}: not a whole {suffix[1:]} file", hint="it may be truncated, or have the wrong suffix"
        ) from None


def _is_harmless(path: Path) -> bool:
    """A device that ends: /dev/null, or the terminal."""
    if os.path.samefile(path, os.devnull):
        return True
    with path.open("rb") as stream:
        return stream.isatty()


def _reason(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "may not be read (permission denied)"
        case _:
            return (error.strerror or str(error)).lower()
