"""The bytes of a source: from a file, a pipe or standard input, decompressed, and as text."""

import codecs
import errno
import os
import re
import stat
import sys
import zlib
from contextlib import suppress
from functools import partial

from klcli.errors import InputError, Unreadable
from klcli.sources.bytes.expansion import MAX_EXPAND, Expansion, expanded, parse_expansion
from klcli.support.optional_package import need
from klcli.support.registry import nearest

__all__ = [
    "COMPRESSIONS",
    "HEAD",
    "KEPT",
    "Content",
    "Path",
    "is_marked_utf16",
    "is_stream",
    "keep",
    "missing_file",
    "read_file",
    "read_regular_file",
    "read_stdin",
    "reason",
    "refuse_unreadable",
    "status_of",
]

Path = str | os.PathLike[str]

_MAX_EXPAND = parse_expansion(MAX_EXPAND)


class Content:
    """What a reader is given.

    Attributes:
        name: of the source, for messages.
        path: where an uncompressed file stands, so that it can be mapped; else None. size: of that file, in bytes.
        limit: what compressed parts of it may expand to.
    """

    def __init__(
        self, name: str, data: bytes | None = None, path: Path | None = None, size: int = 0,
        limit: Expansion = _MAX_EXPAND,
    ) -> None:  # fmt: skip
        self.name, self.path, self.size, self.limit = name, path, size, limit
        self._data = data

    @property
    def data(self) -> bytes:
        """The bytes, decompressed; those of a file are read when they are first asked for.

        Raises:
            Unreadable: the file cannot be read to its end.
        """
        if self._data is None:
            assert self.path is not None
            self._data = _bytes_of(self.path, self.size)
        return self._data

    def text(self) -> str:
        """Returns the text: UTF-8, or UTF-16 where it begins with a byte order mark.

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

_COMPRESSED = tuple(COMPRESSIONS)

HEAD = 1024  # bytes by which an encoding is told

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # Windows would change line feeds
_PIECE = 1 << 16  # bytes that are asked for at a time where there is no telling how many there are
_PATTERN = re.compile(r"[*?]|\[.*\]")  # of the shell
_DESCRIPTORS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")  # regular files there, after <, have no name


# what streams held that are asked for more than once, by word, as each can be read only once
KEPT: dict[str, bytes] = {}


def keep(word: str) -> None:
    """Reads a stream, "-" for standard input, into KEPT; what is no stream, or cannot be read, is left."""
    with suppress(Unreadable):
        if word == "-" or is_stream(word):
            KEPT[word] = _bytes_of_stream(word)


def is_marked_utf16(name: str, head: bytes) -> bool:
    """Whether a text is UTF-16, by its first HEAD bytes, which begin with a byte order mark then.

    Raises:
        Unreadable: it is UTF-16 without that: of most pairs of bytes, the same one is NUL.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    little, big = head[1::2].count(0), head[::2].count(0)
    if 8 * max(little, big) > len(head) and 10 * min(little, big) < max(little, big):
        encoding = "utf-16le" if little > big else "utf-16be"
        hint = f"convert it, as with iconv -f {encoding} -t utf-8"
        raise Unreadable(f"{name}: UTF-16 without a byte order mark", hint=hint)
    return False


def read_stdin(limit: Expansion = _MAX_EXPAND) -> Content:
    """Returns what stands on standard input, decompressed where its first bytes say so."""
    return _sniffed("stdin", _bytes_of_stream("-"), limit)


def status_of(path: Path) -> os.stat_result | None:
    """Returns what the system knows of a path; None where there is nothing."""
    try:
        return os.stat(path)
    except (OSError, ValueError):  # a name too long, or with a NUL, is no file
        return None


def read_file(path: Path, status: os.stat_result | None = None, limit: Expansion = _MAX_EXPAND) -> Content:
    """Returns the content of a file or a named pipe; its status, where that is known, is not asked for again.

    Raises:
        Unreadable: it does not exist, may not be read, is a directory or a device, or does not decompress, or to more
            than the limit.
    """
    name = os.fspath(path)
    status = refuse_unreadable(path, status)
    if is_stream(path, status):
        return _sniffed(name, _bytes_of_stream(name), limit)
    return read_regular_file(path, status, limit)


def read_regular_file(path: Path, status: os.stat_result, limit: Expansion = _MAX_EXPAND) -> Content:
    """Returns the content of a file that is no stream; errors as above."""
    name = os.fspath(path)
    if name.lower().endswith(_COMPRESSED):
        suffix = os.path.splitext(name)[1].lower()
        if suffix:  # .gz alone is a name
            return _decompressed(name, _bytes_of(name, status.st_size), suffix, limit)
    return Content(name, path=path, size=status.st_size, limit=limit)


def refuse_unreadable(path: Path, status: os.stat_result | None = None) -> os.stat_result:
    """Returns the status of a file or of a pipe that ends, and refuses everything else.

    Raises:
        Unreadable: it does not exist, or is a directory or a device.
    """
    name = os.fspath(path)
    try:
        status = status or os.stat(path)
        mode = status.st_mode
        if stat.S_ISREG(mode):
            return status
        if stat.S_ISDIR(mode):
            raise Unreadable(f"{name}: a directory, not a file")
        if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode) or (stat.S_ISCHR(mode) and not _is_harmless(path)):
            raise Unreadable(f"{name}: a device, not a file")
    except OSError as error:
        raise Unreadable(f"{name}: {reason(error)}") from None
    return status


def missing_file(path: Path, found: str, hint: str) -> Unreadable:
    """Returns the error for a word that names no file: a name that is near is the cure, or else `hint`."""
    try:
        os.stat(path)
    except FileNotFoundError:
        if os.path.islink(path):
            return Unreadable(f"{path}: a link to {os.readlink(path)}, which does not exist")
    except OSError as error:
        if error.errno in (errno.EACCES, errno.ELOOP):  # of a folder above it, or of a link
            return Unreadable(f"{path}: {reason(error)}")
    except ValueError:  # it holds a NUL
        pass
    folder, name = os.path.split(path)
    if _PATTERN.search(name):
        return Unreadable(
            f"{path}: no such file",
            hint="only the shell expands a pattern: leave out the quotes, and check that files match it",
        )
    try:
        near = nearest(name, os.listdir(folder or "."))
    except (OSError, ValueError):
        near = []
    if near:
        return Unreadable(f"{path}: no such file", hint=f"did you mean {os.path.join(folder, near[0])}?")
    return Unreadable(f"{path or repr(path)}: {found}", hint=hint)  # an empty word is seen by its quotes


def _bytes_of_stream(word: str) -> bytes:
    if word in KEPT:
        return KEPT[word]
    if word != "-":
        return _bytes_of(word)
    try:
        return sys.stdin.buffer.read()
    except OSError as error:  # it may be open for writing alone
        raise Unreadable(f"stdin: {reason(error)}") from None


def _bytes_of(path: Path, size: int = 0) -> bytes:
    """All bytes of a file of about this size, or of a pipe, whose size is 0.

    By the system's own calls, as small files are opened by the thousand, and a file object takes twice as long.
    """
    try:
        descriptor = os.open(path, _READ)
        try:
            first = os.read(descriptor, (size or _PIECE) + 1)
            if len(first) == size:
                return first
            return b"".join([first, *iter(partial(os.read, descriptor, (size or _PIECE) + 1), b"")])
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unreadable(f"{path}: {reason(error)}") from None


def is_stream(path: Path, status: os.stat_result | None = None) -> bool:
    """Whether this is a pipe, a terminal or a redirection, which has no suffix that could tell what it holds."""
    status = status or status_of(path)
    return status is not None and (not stat.S_ISREG(status.st_mode) or os.fspath(path).startswith(_DESCRIPTORS))


def _sniffed(name: str, data: bytes, limit: Expansion) -> Content:
    for suffix, (magic, _) in COMPRESSIONS.items():
        if data.startswith(magic):
            return _decompressed(name, data, suffix, limit)
    return Content(name, data, limit=limit)


def _decompressed(name: str, data: bytes, suffix: str, limit: Expansion) -> Content:
    module = need(COMPRESSIONS[suffix][1], extra="zstd", purpose=f"{name}: reading {suffix}")
    own_errors = [getattr(module, error) for error in ("LZMAError", "ZstdError") if hasattr(module, error)]
    try:
        return Content(name, expanded(module, name, data, limit), limit=limit)
    except InputError:
        raise
    except (EOFError, OSError, ValueError, zlib.error, *own_errors):
        raise Unreadable(
            f"{name}: not a whole {suffix[1:]} file", hint="it may be truncated, or have the wrong suffix"
        ) from None


def _is_harmless(path: Path) -> bool:
    """A device that ends: /dev/null, or the terminal."""
    if os.path.samefile(path, os.devnull):
        return True
    with open(path, "rb") as stream:
        return stream.isatty()


def reason(error: OSError) -> str:
    """Returns why a file cannot be read, in words."""
    match error:
        case FileNotFoundError():
            return "no such file"
        case PermissionError():
            return "may not be read (permission denied)"
        case _:
            return (error.strerror or str(error)).lower()
