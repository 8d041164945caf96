"""Compressions: recognised by suffix or first bytes, decompressed whole or as a stream."""

import sys
import zlib
from typing import IO, Any

from klcli.errors import Unreadable
from klcli.support.optional_package import need

__all__ = [
    "COMPRESSIONS",
    "compression_errors",
    "compression_of",
    "decompress",
    "not_whole",
    "open_decompressed",
]

COMPRESSIONS = {".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ\x00", ".zst": b"\x28\xb5\x2f\xfd"}  # first bytes

_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def compression_of(head: bytes) -> str:
    """Returns the suffix of the compression that some first bytes announce; empty for uncompressed bytes."""
    return next((suffix for suffix, magic in COMPRESSIONS.items() if head.startswith(magic)), "")


def decompress(name: str, data: bytes, suffix: str) -> bytes:
    """Returns the decompressed bytes; `name` is the source, for messages.

    Raises:
        Unreadable: the data are truncated or not compressed this way. MissingPackage: the decompressor is missing.
    """
    module = _module(suffix)
    errors = compression_errors(suffix)
    try:
        found: bytes = module.decompress(data)
    except errors:
        raise not_whole(name, suffix) from None
    except (OSError, ValueError):
        raise not_whole(name, suffix) from None
    return found


def open_decompressed(file: Any, suffix: str) -> IO[bytes]:
    """Returns the decompressed bytes of a path or stream, as a stream."""
    stream: IO[bytes] = _module(suffix).open(file, "rb")
    return stream


def compression_errors(suffix: str) -> tuple[type[Exception], ...]:
    """Returns the exception types, besides OSError, for bytes that are truncated or damaged."""
    module = _module(suffix)
    own = [getattr(module, error) for error in ("LZMAError", "ZstdError") if hasattr(module, error)]
    return (EOFError, zlib.error, *own)


def not_whole(name: str, suffix: str) -> Unreadable:
    """Returns the error for compressed bytes that are truncated or damaged."""
    return Unreadable(f"{name}: not a whole {suffix[1:]} file", hint="it may be truncated, or have the wrong suffix")


def _module(suffix: str) -> Any:
    module: Any
    match suffix:
        case ".gz":
            import gzip as module
        case ".bz2":
            import bz2 as module
        case ".xz":
            import lzma as module
        case _:
            module = need(_ZSTD, extra="zstd", purpose=f"reading {suffix}")
    return module
