"""Compressions: recognised by suffix or first bytes, decompressed whole or as a stream."""

import io
import os
import sys
import zlib
from typing import IO, Any

from klcli.errors import InputError, Unreadable
from klcli.sources.bytes.expansion import Counted, Expansion, expanded, limited
from klcli.sources.bytes.files import Path
from klcli.support.optional_package import need

__all__ = [
    "COMPRESSIONS",
    "compression_errors",
    "compression_of",
    "decompress",
    "not_whole",
    "open_decompressed",
    "open_decompressed_stream",
]

COMPRESSIONS = {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ\x00", ".zst": b"\x28\xb5\x2f\xfd"}  # first bytes

_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def compression_of(head: bytes) -> str:
    """Returns the suffix of the compression that some first bytes announce; empty for uncompressed bytes."""
    return next((suffix for suffix, magic in COMPRESSIONS.items() if head.startswith(magic)), "")


def decompress(name: str, data: bytes, suffix: str, limit: Expansion) -> bytes:
    """Returns the decompressed bytes; `name` is the source, for messages.

    Raises:
        Unreadable: the data are truncated, not compressed this way, or expand to more than the limit.
        MissingPackage: the decompressor is missing.
    """
    module = _module(name, suffix)
    errors: tuple[type[Exception], ...] = (*compression_errors(name, suffix), OSError, ValueError)
    try:
        return expanded(module, name, data, limit)
    except InputError:
        raise
    except errors:
        raise not_whole(name, suffix) from None


def open_decompressed(path: Path, suffix: str, limit: Expansion) -> IO[bytes]:
    """Returns the decompressed bytes of a file, as a stream; a read of more than the limit raises Unreadable."""
    name, size = os.fspath(path), os.stat(path).st_size
    return limited(_module(name, suffix).open(path, "rb"), name, lambda: size, limit)


def open_decompressed_stream(name: str, stream: IO[bytes], suffix: str, limit: Expansion) -> IO[bytes]:
    """Returns the decompressed bytes of a stream; a read of more than the limit raises Unreadable."""
    counted = Counted(stream)
    inner = _module(name, suffix).open(io.BufferedReader(counted), "rb")
    return limited(inner, name, lambda: counted.count, limit)


def compression_errors(name: str, suffix: str) -> tuple[type[Exception], ...]:
    """Returns the exception types, besides OSError, for bytes that are truncated or damaged."""
    module = _module(name, suffix)
    own = [getattr(module, error) for error in ("LZMAError", "ZstdError") if hasattr(module, error)]
    return (EOFError, zlib.error, *own)


def not_whole(name: str, suffix: str) -> Unreadable:
    """Returns the error for compressed bytes that are truncated or damaged."""
    return Unreadable(
        f"not a whole {suffix[1:]} file", place=name, hint="it may be truncated, or have the wrong suffix"
    )


def _module(name: str, suffix: str) -> Any:
    module: Any
    match suffix:
        case ".gz":
            import gzip as module
        case ".bz2":
            import bz2 as module
        case ".xz":
            import lzma as module
        case _:
            module = need(_ZSTD, extra="zstd", purpose=f"{name}: reading {suffix}")
    return module
